"""A criterion, a treatment or a fact: as data (for JSON) and as blocks made from that data."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any, TypedDict

from imr_criteria import Catalogue
from imr_criteria.conditions import as_written
from imr_criteria.model import TO_VERIFY, Attribute, Criterion, Fact, Inference, Requirement
from imr_engine.answer.words import cite, describe
from imr_engine.rules.compiler import compile_criterion
from imr_views.blocks import Block, Bullets, Column, Heading, Paragraph, Row, Table, Title, Tone

_COLUMNS = (
    Column("Kind", "mark", wraps=False),
    Column("Requirement", "main"),
    Column("Condition", labelled=False),
    Column("Basis", "aside"),
)
_NEVER = "never (no exception is listed)"


class RequirementData(TypedDict):
    """A requirement, with its conditions in words."""

    id: str
    kind: str
    claim: str
    when: str | None
    met_if: str
    citation: str
    basis: str
    sources: list[str]
    sources_note: str | None
    to_verify: bool
    reviewer_reading: bool
    ask: str
    remedy: dict[str, Any]


class CriterionData(TypedDict):
    """A criterion. `reads` lists every input of its requirements."""

    id: str
    title: str
    citation: str
    treatments: list[str]
    stance: str
    requirements: list[RequirementData]
    reads: list[str]


class InferenceData(TypedDict):
    """How a fact is concluded from others."""

    reading: str
    present_if: str | None
    absent_if: str | None
    basis: str


class _FactAlways(TypedDict):
    id: str
    name: str
    takes: str
    reading: str
    regional: bool


class FactData(_FactAlways, total=False):
    """A fact of the vocabulary; the last three keys are optional."""

    note: str
    also_from: str
    inferred: InferenceData


def criterion_data(catalogue: Catalogue, criterion: Criterion) -> CriterionData:
    """A criterion as data."""
    program = compile_criterion(catalogue, criterion)
    return {
        "id": criterion.id,
        "title": criterion.title,
        "citation": cite(catalogue, criterion.citation),
        "treatments": list(criterion.treatments),
        "stance": criterion.stance,
        "requirements": [_requirement(catalogue, criterion, r) for r in criterion.requirements],
        "reads": list(map(str, program.inputs)),
    }


def treatment_data(catalogue: Catalogue, name: str) -> dict[str, Any]:
    """A treatment's vocabulary entry, with the criteria for it and for its classes."""
    found = catalogue.criteria_for(catalogue.lineage(name))
    entry = as_written(catalogue.treatments[name])
    return {**entry, "criteria": [criterion_data(catalogue, criterion) for criterion in found]}


def fact_data(catalogue: Catalogue, name: str) -> FactData:
    """A fact as data, with its inference if it has one."""
    fact = catalogue.facts[name]
    data: FactData = {
        "id": fact.id,
        "name": fact.name,
        "takes": takes(fact),
        "reading": fact.reading,
        "regional": fact.regional,
    }
    if fact.note:
        data["note"] = fact.note
    if fact.records:
        data["also_from"] = f"records.{fact.records[0].list_}"
    inference = catalogue.inferences.get(name)
    if inference is not None:
        data["inferred"] = inference_data(catalogue, inference)
    return data


def inference_data(catalogue: Catalogue, inference: Inference) -> InferenceData:
    """An inference as data."""
    present, absent = inference.present_when, inference.absent_when
    return {
        "reading": inference.reading,
        "present_if": describe(catalogue, present) if present is not None else None,
        "absent_if": describe(catalogue, absent) if absent is not None else None,
        "basis": inference.basis,
    }


def takes(word: Fact | Attribute) -> str:
    """The values that a fact or an attribute takes."""
    if word.type == "state":
        return "present, absent, undocumented"
    if word.type == "date":
        return "YYYY-MM-DD"
    if word.type == "code":
        return ", ".join(word.codes)
    return f"{word.type} {word.minimum} to {word.maximum} {word.unit}"


def criterion_blocks(data: CriterionData) -> Iterator[Block]:
    """The blocks of a criterion."""
    yield Title(data["id"], data["title"])
    yield Paragraph(f"{data['citation']}. Treatments: {', '.join(data['treatments'])}. Stance: {data['stance']}.")
    yield Heading("Requirements")
    yield Table(_COLUMNS, tuple(map(_row, data["requirements"])))
    yield Heading("What a case may record for it")
    yield Paragraph(", ".join(recordable(data)))


def treatment_blocks(data: dict[str, Any]) -> Iterator[Block]:
    """The blocks of a treatment: the attributes of a request for it, and its criteria."""
    yield Title(data["id"], data["name"])
    if data.get("attributes"):
        yield Paragraph(f"Attributes of a request: {', '.join(data['attributes'])}.")
    if not data["criteria"]:
        yield Paragraph("No criterion for this treatment is encoded.")
    for criterion in data["criteria"]:
        yield from criterion_blocks(criterion)


def fact_blocks(data: FactData) -> Iterator[Block]:
    """The blocks of a fact."""
    yield Title(data["id"], data["name"])
    regional = f"Read only for the request's region: {'yes' if data['regional'] else 'no'}"
    yield Paragraph(f"Takes: {data['takes']}. Reading: {data['reading']}. {regional}.")
    if "note" in data:
        yield Paragraph(f"Note: {data['note']}.")
    if "also_from" in data:
        yield Paragraph(f"Also read from: {data['also_from']}.")
    if "inferred" in data:
        inferred = data["inferred"]
        yield Heading(f"Inferred ({inferred['basis']})")
        yield Paragraph(inferred["reading"])
        sides = (("present", inferred["present_if"]), ("absent", inferred["absent_if"]))
        yield Bullets(tuple(f"{state} if {condition}" for state, condition in sides if condition))


def recordable(data: CriterionData) -> list[str]:
    """The inputs of a criterion that a case can state directly."""
    return [key for key in data["reads"] if "@" not in key and not key.startswith("records:")]


def basis_text(requirement: RequirementData) -> str:
    """How well a requirement is evidenced, in words."""
    verify = ", to be verified" if requirement["to_verify"] else ""
    return requirement["basis"] + verify + (", a reviewer's reading" if requirement["reviewer_reading"] else "")


def short_id(requirement: RequirementData) -> str:
    """The id of a requirement within its criterion."""
    return requirement["id"].partition("/")[2]


def _requirement(catalogue: Catalogue, criterion: Criterion, requirement: Requirement) -> RequirementData:
    return {
        "id": f"{criterion.id}/{requirement.id}",
        "kind": requirement.kind,
        "claim": requirement.claim,
        "when": describe(catalogue, requirement.when) if requirement.when is not None else None,
        "met_if": describe(catalogue, requirement.condition) or _NEVER,
        "citation": cite(catalogue, requirement.citation),
        "basis": requirement.basis,
        "sources": list(requirement.sources),
        "sources_note": requirement.sources_note,
        "to_verify": requirement.basis in TO_VERIFY,
        "reviewer_reading": requirement.reviewer_reading,
        "ask": requirement.ask,
        "remedy": as_written(requirement.remedy),
    }


def _row(requirement: RequirementData) -> Row:
    when = f"Applies if {requirement['when']}. " if requirement["when"] else ""
    claim = f"{short_id(requirement)}: {requirement['claim']}"
    tone: Tone = "quiet" if requirement["kind"] == "advice" else "plain"
    condition = f"{when}Met if {requirement['met_if']}."
    return Row((requirement["kind"], claim, condition, f"basis: {basis_text(requirement)}"), tone)
