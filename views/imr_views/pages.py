"""The pages of docs/criteria/: an index, one page per criterion, the inferences, and the sources.

Links are relative to docs/criteria/.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator
from typing import Any

from imr_criteria import Catalogue
from imr_criteria.model import TO_VERIFY, Criterion, Requirement
from imr_engine.answer.numbers import amount_text
from imr_engine.answer.words import cite, in_force
from imr_views.blocks import Block, Column, Fields, Heading, Link, Paragraph, Phrase, Row, Table, Title, joined
from imr_views.criterion import RequirementData, basis_text, criterion_data, inference_data, recordable, short_id
from imr_views.sources import source_links, source_text

DATA = "../../criteria/imr_criteria/data"
"""The folder of the criteria, as seen from docs/criteria/."""

_GENERATED = "Generated from the criteria by make generate."
_BASES = (
    ("primary", "the text of the regulation says so"),
    ("letter", "a reviewer's letter restates it"),
    ("secondary", "a public page restates it"),
    ("proxy", "seen for a later edition, or in the text that the guideline was adapted from; to be verified"),
    ("recalled", "known to people in the field, not checked against the text; to be verified"),
)
_INDEX = ("Criterion", "Title", "Guideline", "In force", "Stance", "Required", "Exclusions", "Advice", "To verify")


def index_page(catalogue: Catalogue) -> Iterator[Block]:
    """The index of all criteria."""
    yield Title("Criteria", "what is encoded, and on what evidence")
    yield Paragraph(_GENERATED)
    rows = [_index_row(catalogue, criterion) for criterion in catalogue.criteria.values()]
    yield Table(tuple(map(Column, _INDEX)), tuple(rows))
    yield Paragraph(
        (
            "Facts concluded from other facts: ",
            Link("inferences", "inferences.md"),
            ". Letters and pages that requirements rest on: ",
            Link("sources", "sources.md"),
            ".",
        )
    )
    yield Heading("Basis")
    yield Paragraph("How well a requirement is evidenced:")
    yield Fields(_BASES)


def criterion_page(catalogue: Catalogue, criterion: Criterion) -> Iterator[Block]:
    """The page of one criterion: what it is about, then a section for each requirement."""
    data = criterion_data(catalogue, criterion)
    folder = f"{DATA}/{criterion.guideline}/{criterion.id}"
    yield Title(data["id"], data["title"])
    yield Paragraph((_GENERATED, " ", Link("All criteria", "README.md"), "."))
    yield Fields(
        (
            ("Citation", data["citation"]),
            ("Stance", data["stance"]),
            ("Treatments", ", ".join(data["treatments"])),
            ("Readings", (Link("notes.md", f"{folder}/notes.md"),)),
            ("Tested by", (Link("cases.md", f"{folder}/cases.md"),)),
        )
    )
    yield Heading("Requirements")
    for requirement, shown in zip(criterion.requirements, data["requirements"], strict=True):
        yield Heading(short_id(shown), 2)
        yield Paragraph(shown["claim"])
        yield Fields(tuple(_requirement(catalogue, requirement, shown)))
    yield Heading("What a case may record for it")
    yield Paragraph(joined([*recordable(data)]))


def inferences_page(catalogue: Catalogue) -> Iterator[Block]:
    """The page of all inferences, a section for each fact that one concludes."""
    yield Title("Inferences", "facts concluded from other facts")
    yield Paragraph((_GENERATED, " ", Link("All criteria", "README.md"), "."))
    for inference in catalogue.inferences.values():
        data = inference_data(catalogue, inference)
        yield Heading(inference.concludes)
        yield Paragraph(data["reading"])
        yield Fields(
            (
                ("Present if", data["present_if"] or "stated"),
                ("Absent if", data["absent_if"] or "stated"),
                ("Citation", cite(catalogue, inference.citation)),
                ("Basis", data["basis"]),
                ("Sources", source_links(catalogue, inference)),
                ("Readings", (Link("notes.md", f"{DATA}/inferences/{inference.concludes}/notes.md"),)),
            )
        )


def sources_page(catalogue: Catalogue) -> Iterator[Block]:
    """The page of all sources, a section for each."""
    yield Title("Sources", "what requirements and inferences rest on")
    yield Paragraph((_GENERATED, " ", Link("All criteria", "README.md"), "."))
    users = _users(catalogue)
    for source in catalogue.sources.values():
        yield Heading(source.id)
        yield from map(Paragraph, source_text(catalogue, source))
        if source.id in users:
            yield Paragraph(("Used by ", *joined([*users[source.id]]), "."))


def _users(catalogue: Catalogue) -> dict[str, dict[Phrase, None]]:
    """What uses each source, by the source's id, with links."""
    found: dict[str, dict[Phrase, None]] = {}
    for criterion in catalogue.criteria.values():
        page: Phrase = (Link(criterion.id, f"{criterion.id}.md"),)
        for name in (source for requirement in criterion.requirements for source in requirement.sources):
            found.setdefault(name, {})[page] = None
    for inference in catalogue.inferences.values():
        section: Phrase = (Link(f"the inference on {inference.concludes}", f"inferences.md#{inference.concludes}"),)
        for name in inference.sources:
            found.setdefault(name, {})[section] = None
    for silence in catalogue.silences:
        guideline, treatment = catalogue.guidelines[silence.guideline], catalogue.treatments[silence.treatment]
        for name in silence.sources:
            found.setdefault(name, {})[f"the silence of {guideline.short} on {treatment.name}"] = None
    return found


def _index_row(catalogue: Catalogue, criterion: Criterion) -> Row:
    kinds = Counter(requirement.kind for requirement in criterion.requirements)
    weak = sum(requirement.basis in TO_VERIFY for requirement in criterion.requirements)
    counts = (kinds["required"], kinds["exclusion"], kinds["advice"], weak)
    return Row(
        (
            (Link(criterion.id, f"{criterion.id}.md"),),
            criterion.title,
            catalogue.guidelines[criterion.guideline].short,
            in_force(catalogue, criterion.guideline),
            criterion.stance,
            *map(str, counts),
        )
    )


def _requirement(
    catalogue: Catalogue, requirement: Requirement, shown: RequirementData
) -> Iterator[tuple[str, Phrase]]:
    yield "Kind", shown["kind"]
    if shown["when"]:
        yield "Applies if", shown["when"]
    yield "Met if", shown["met_if"]
    yield "Citation", shown["citation"]
    yield "Basis", basis_text(shown)
    yield "Sources", source_links(catalogue, requirement)
    yield "Question", shown["ask"]
    yield "Remedy", _remedy(catalogue, shown["remedy"])


def _remedy(catalogue: Catalogue, remedy: dict[str, Any]) -> Phrase:
    said = {
        "none": "none; no change of the request would help",
        "wait": "wait: the same request on a later date",
        "stop": "stop what is excluded, if the physician agrees",
        "first": f"first: {remedy.get('do')}",
    }
    if remedy["kind"] in said:
        return said[remedy["kind"]]
    attribute, to = catalogue.attributes.get(remedy["attribute"]), remedy["to"]
    name, unit = (attribute.name, attribute.unit) if attribute is not None else (remedy["attribute"], None)
    if attribute is not None and isinstance(to, str):
        return f"change the request: {name}, {attribute.codes[to]}"
    less = f", less {catalogue.quantities[remedy['less']].name}" if "less" in remedy else ""
    return f"change the request: {name}, at most {amount_text(to, unit)}{less}"
