"""The pages of docs/criteria/: an index, one page per criterion, the inferences, and the source labels.

Links are relative to docs/criteria/.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator, Sequence
from typing import Any

from imr_criteria import Catalogue
from imr_criteria.model import TO_VERIFY, Criterion
from imr_engine.answer.words import cite, in_force, number_text
from imr_views.blocks import Block, Column, Fields, Heading, Link, Paragraph, Phrase, Row, Table, Title, joined
from imr_views.criterion import RequirementData, basis_text, criterion_data, inference_data, recordable, short_id
from imr_views.source_labels import anchor, resolve

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
    for requirement in data["requirements"]:
        yield Heading(short_id(requirement), 2)
        yield Paragraph(requirement["claim"])
        yield Fields(tuple(_requirement(catalogue, requirement)))
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
                ("Sources", _sources(inference.sources)),
                ("Readings", (Link("notes.md", f"{DATA}/inferences/{inference.concludes}/notes.md"),)),
            )
        )


def sources_page(catalogue: Catalogue) -> Iterator[Block]:
    """The page of all source labels, a section for each."""
    yield Title("Sources", "what the labels of requirements and inferences stand for")
    yield Paragraph((_GENERATED, " ", Link("All criteria", "README.md"), "."))
    for label, users in sorted(_labels(catalogue).items()):
        yield Heading(label)
        for phrase in resolve(label) or ["A remark; it names no document."]:
            yield Paragraph(phrase)
        yield Paragraph(("Used by ", *joined(users), "."))


def _labels(catalogue: Catalogue) -> dict[str, list[Phrase]]:
    """Every source label with links to what uses it."""
    found: dict[str, dict[Phrase, None]] = {}
    for criterion in catalogue.criteria.values():
        page: Phrase = (Link(criterion.id, f"{criterion.id}.md"),)
        for label in (source for requirement in criterion.requirements for source in requirement.sources):
            found.setdefault(label, {})[page] = None
    for inference in catalogue.inferences.values():
        section: Phrase = (Link(f"the inference on {inference.concludes}", f"inferences.md#{inference.concludes}"),)
        for label in inference.sources:
            found.setdefault(label, {})[section] = None
    return {label: list(users) for label, users in found.items()}


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


def _requirement(catalogue: Catalogue, requirement: RequirementData) -> Iterator[tuple[str, Phrase]]:
    yield "Kind", requirement["kind"]
    if requirement["when"]:
        yield "Applies if", requirement["when"]
    yield "Met if", requirement["met_if"]
    yield "Citation", requirement["citation"]
    yield "Basis", basis_text(requirement)
    yield "Sources", _sources(requirement["sources"])
    yield "Question", requirement["ask"]
    yield "Remedy", _remedy(catalogue, requirement["remedy"])


def _sources(labels: Sequence[str]) -> Phrase:
    return joined([(Link(label, f"sources.md#{anchor(label)}"),) for label in labels]) or "none"


def _remedy(catalogue: Catalogue, remedy: dict[str, Any]) -> Phrase:
    if remedy["kind"] == "none":
        return "none; no change to the request would help"
    attribute, to = catalogue.attributes.get(remedy["attribute"]), remedy["to"]
    name, unit = (attribute.name, attribute.unit) if attribute is not None else (remedy["attribute"], None)
    if attribute is not None and isinstance(to, str):
        return f"change the request: {name}, {attribute.codes[to]}"
    less = f", less {catalogue.quantities[remedy['less']].name}" if "less" in remedy else ""
    return f"change the request: {name}, at most {number_text(to)}{f' {unit}' if unit else ''}{less}"
