"""The verdict in prose, in the style of the letters. Every sentence carries the ids of what it rests on.

The order is that of a determination: what is requested, what the guideline requires, what is contradicted,
undocumented, met and assumed, how other sources see it, and the conclusion.
"""

from __future__ import annotations

from functools import lru_cache

from imr_criteria import Catalogue
from imr_criteria.model import TO_VERIFY
from imr_engine.answer.requirements import Weighed
from imr_engine.answer.result import CriterionShown, RequirementShown, Sentence
from imr_engine.answer.words import WOULD, cite, fact_text, in_force, mid_sentence, number_text, pages_text
from imr_engine.cases.model import Verdict
from imr_engine.inputs.values import Inputs
from imr_engine.selection import Selection

_DATE_WORDS = {"request": "of the request", "utilization-review": "of the utilization review", "as-of": "of the file"}
_STATUS_WORDS = {"unmet": "Contradicted", "undocumented": "Not documented", "met": "Met"}


def sentences_of(
    catalogue: Catalogue,
    inputs: Inputs,
    chosen: Selection,
    criteria: list[CriterionShown],
    requirements: Weighed,
    verdict: Verdict,
) -> list[Sentence]:
    """The sentences of the rationale, each with its sources."""
    made = [_asked(catalogue, inputs, chosen)]
    if chosen.explanation:
        made.append({"text": chosen.explanation, "sources": ["8 CCR 9792.21.1"]})
    made += [
        _required(catalogue, criterion.id, "governs" if role == "governing" else "applies as well")
        for criterion, role in chosen.criteria
        if role != "compared"
    ]
    deciding: dict[str, list[RequirementShown]] = {"unmet": [], "undocumented": [], "met": [], "not-applicable": []}
    for requirement in requirements.deciding:
        deciding[requirement["status"]].append(requirement)
    made += [_shown(catalogue, r) for status in _STATUS_WORDS for r in deciding[status]]
    made += [
        _claim(catalogue, "Not applicable", r["id"]) for r in deciding["not-applicable"] if r["kind"] == "required"
    ]
    made += [_claim(catalogue, "Assumed, since nobody recorded otherwise", r["id"]) for r in requirements.assumed]
    made += [_advice(catalogue, r["id"]) for r in requirements.advising]
    made += [_compared(catalogue, c["id"], c["verdict"]) for c in criteria if c["role"] == "compared"]
    made.append(_conclusion(requirements.failing, verdict, [c.id for c in chosen.deciding]))
    return made


def text_of(sentences: list[Sentence]) -> str:
    """The rationale as running text."""
    return "\n".join([sentence["text"] for sentence in sentences])


def _asked(catalogue: Catalogue, inputs: Inputs, chosen: Selection) -> Sentence:
    request = inputs.subject.request
    name = catalogue.treatments[request.treatment].name if request.treatment else "a treatment that is not identified"
    parts = [f"The request is for {name}"]
    if request.region is not None:
        side = f"{request.side} " if request.side else ""
        parts.append(f", for the {side}{catalogue.regions[request.region].name}")
    if request.quantity is not None:
        parts.append(f", {number_text(request.quantity.value)} {request.quantity.unit}")
    if request.authorized is not None:
        parts.append(f" ({number_text(request.authorized.value)} {request.authorized.unit} already authorized)")
    if request.title:
        parts.append(f' (as written: "{request.title}")')
    dated = ""
    if chosen.date is not None and chosen.date_source is not None:
        dated = f"; it is judged by the date {_DATE_WORDS[chosen.date_source]}, {chosen.date.isoformat()}"
    return {"text": "".join(parts) + dated + ".", "sources": [f"request:{request.id}"]}


@lru_cache(maxsize=4096)
def _required(catalogue: Catalogue, criterion_id: str, verb: str) -> Sentence:
    criterion = catalogue.criteria[criterion_id]
    mine = [requirement for requirement in criterion.requirements if requirement.kind != "advice"]
    listed = "; ".join(f"({n}) {mid_sentence(catalogue, r.claim).rstrip('.')}" for n, r in enumerate(mine, 1))
    return {
        "text": f"{cite(catalogue, criterion.citation)} {verb} and requires: {listed}.",
        "sources": [criterion_id, *map(criterion.full_id, mine)],
    }


def _shown(catalogue: Catalogue, requirement: RequirementShown) -> Sentence:
    full_id, status = requirement["id"], requirement["status"]
    claim, place, basis = _said(catalogue, full_id)
    facts = requirement["facts"]
    record = "; ".join([said for fact in facts if (said := fact_text(fact))])
    if record:
        record = f" The record: {record}."
    elif status == "undocumented":
        record = " The record does not mention it."
    text = f"{_STATUS_WORDS[status]}: {claim}{record} [{place}{basis}]"
    return {"text": text, "sources": [full_id, *[fact["fact"] for fact in facts]]}


@lru_cache(maxsize=4096)
def _claim(catalogue: Catalogue, lead: str, full_id: str) -> Sentence:
    return {"text": f"{lead}: {_said(catalogue, full_id)[0]}", "sources": [full_id]}


@lru_cache(maxsize=4096)
def _advice(catalogue: Catalogue, full_id: str) -> Sentence:
    claim, place, _ = _said(catalogue, full_id)
    return {"text": f"To consider, without bearing on the verdict: {claim} [{place}]", "sources": [full_id]}


@lru_cache(maxsize=4096)
def _said(catalogue: Catalogue, full_id: str) -> tuple[str, str, str]:
    """A requirement's claim as worded within a sentence, its citation, and any caveat about its basis.

    The citation omits guideline and dates, which stand in the sentence that lists the requirements.
    """
    requirement = catalogue.requirement(full_id)
    place = requirement.citation.section + pages_text(requirement.citation.pages)
    basis = "; a reviewer's reading" if requirement.reviewer_reading else ""
    if requirement.basis in TO_VERIFY:
        basis += f"; {requirement.basis}, to be verified"
    return mid_sentence(catalogue, requirement.claim), place, basis


@lru_cache(maxsize=4096)
def _compared(catalogue: Catalogue, criterion_id: str, verdict: Verdict) -> Sentence:
    criterion = catalogue.criteria[criterion_id]
    name = catalogue.guidelines[criterion.guideline].short
    dates = in_force(catalogue, criterion.guideline)
    return {
        "text": f"For comparison only: {name}, {criterion.title} ({dates}), {WOULD[verdict]}.",
        "sources": [criterion_id],
    }


def _conclusion(failing: list[RequirementShown], verdict: Verdict, deciding: list[str]) -> Sentence:
    if verdict == "not-addressed":
        return {"text": "No criterion decides this request; that is not a denial.", "sources": deciding}
    if verdict == "approve":
        return {"text": "Every requirement is met; the request agrees with the guideline.", "sources": deciding}
    unmet = [r["id"] for r in failing if r["status"] == "unmet"]
    missing = [r["id"] for r in failing if r["status"] == "undocumented"]
    if not unmet:
        text = f"Nothing is contradicted, but {_count(len(missing), 'requirement')} not documented; as it stands, deny."
    elif missing:
        also = f"{len(missing)} more {'is' if len(missing) == 1 else 'are'} not documented"
        text = f"{_count(len(unmet), 'requirement')} contradicted by the record and {also}; deny."
    else:
        text = f"{_count(len(unmet), 'requirement')} contradicted by the record; deny."
    return {"text": text, "sources": [*unmet, *missing]}


def _count(number: int, noun: str) -> str:
    return f"{number} {noun} is" if number == 1 else f"{number} {noun}s are"
