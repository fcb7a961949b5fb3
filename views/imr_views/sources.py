"""The sources of requirements and inferences: as links, and what each is."""

from __future__ import annotations

from collections.abc import Iterator

from imr_criteria import Catalogue
from imr_criteria.model import Inference, Requirement, Source
from imr_views.blocks import Link, Phrase, joined

CASES = "../../letters/imr_letters/cases"
"""The labelled letters that ship with the program, as seen from docs/criteria/."""


def source_links(catalogue: Catalogue, user: Requirement | Inference) -> Phrase:
    """Links to the sources of a requirement or inference, each with the guideline whose text stands in, if any."""
    phrases: list[Phrase] = []
    for name in user.sources:
        source = catalogue.sources[name]
        link = Link(source.case_number or source.id, f"sources.md#{source.id}")
        stands_in = f" ({_restated(catalogue, source)})" if source.stands_in(user.citation.guideline) else ""
        phrases.append((link, stands_in))
    linked = joined(phrases) or ("none",)
    return (*linked, f". {user.sources_note}") if user.sources_note else linked


def source_text(catalogue: Catalogue, source: Source) -> Iterator[Phrase]:
    """What a source is, a paragraph each."""
    if source.text is not None:
        yield f"{source.text[0].upper()}{source.text[1:]}."
    if source.labelled is not None:
        yield (
            "An IMR determination of 2013-14 in which a reviewer restates or applies the guideline. "
            "Shipped as a labelled case: ",
            Link(source.labelled, f"{CASES}/{source.labelled}"),
            ".",
        )
    elif source.kind == "letter":
        number = f" (letter {source.number} of 2016-17)" if source.number is not None else ""
        yield (
            f"IMR determination {source.case_number} of {source.date}{number}, published by the California Division of "
            "Workers' Compensation. It is not shipped."
        )
    if source.restates:
        yield (
            f"It restates {_restated(catalogue, source)}. Where a requirement of another guideline rests on it, that "
            "text stands in."
        )


def _restated(catalogue: Catalogue, source: Source) -> str:
    return ", ".join(catalogue.guidelines[name].short for name in source.restates)
