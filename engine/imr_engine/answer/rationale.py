"""The verdict in prose, in the style of the letters. Every sentence carries the ids of what it rests on.

The order is that of a determination: what is requested, what the guideline requires, what is unmet, in conflict,
undocumented, met and assumed, how other sources see it, and the conclusion. Requirements are numbered as the sentence
that lists them numbers them.
"""

from __future__ import annotations

from collections.abc import Sequence
from functools import lru_cache

from imr_criteria import Catalogue
from imr_criteria.model import STANCE_ID, TO_VERIFY
from imr_criteria.outside import quoted
from imr_engine.answer.evidence import fact_text
from imr_engine.answer.numbers import amount_text, many
from imr_engine.answer.requirements import Weighed
from imr_engine.answer.result import (
    Assumption,
    CriterionShown,
    FactShown,
    Outcome,
    RequirementShown,
    Sentence,
    StillFailing,
    Unread,
)
from imr_engine.answer.supplying import Supplied
from imr_engine.answer.words import BASES, DATE_NAMES, SIDES, WOULD, cite, in_force, mid_sentence, pages_text
from imr_engine.cases.model import Verdict
from imr_engine.inputs.values import Inputs
from imr_engine.selection import Selection

ENOUGH = "Documenting what is missing, if it is true, would be enough."
_IS: dict[Outcome, str] = {"unmet": "unmet", "in-conflict": "in conflict", "undocumented": "open", "met": "met"}
"""What a requirement is, in the order in which the rationale takes them."""
_FAILS: dict[Outcome, str] = {"unmet": "unmet", "in-conflict": "in conflict", "undocumented": "not documented"}


def sentences_of(
    catalogue: Catalogue,
    inputs: Inputs,
    chosen: Selection,
    criteria: list[CriterionShown],
    requirements: Weighed,
    verdict: Verdict,
    documents: Supplied,
    nothing_reads: Sequence[Unread],
) -> list[Sentence]:
    """The sentences of the rationale, each with its sources. `documents` is what documents alone would come to."""
    made = [_asked(catalogue, inputs, chosen)]
    if chosen.explanation:
        made.append({"text": chosen.explanation, "sources": ["8 CCR 9792.21.1"]})
    numbers: dict[str, int] = {}
    for criterion, role in chosen.criteria:
        if role != "compared":
            verb = "governs" if role == "governing" else "applies as well"
            made.append(_required(catalogue, criterion.id, verb, len(numbers) + 1))
            for requirement in criterion.requirements:
                if requirement.kind != "advice" and requirement.id != STANCE_ID:
                    numbers[criterion.full_id(requirement)] = len(numbers) + 1
    outcomes = requirements.outcomes
    made += [_shown(catalogue, r, o, numbers) for o in _IS for r in outcomes[o]]
    made += [_beside(catalogue, numbers[r["id"]], r["id"]) for r in outcomes["not-applicable"]]
    made += [_assumed(catalogue, numbers[r["id"]], r) for r in requirements.assumed]
    made += [_advice(catalogue, r["id"]) for r in requirements.advising]
    made += [_compared(catalogue, c["id"], c["verdict"]) for c in criteria if c["role"] == "compared"]
    if nothing_reads:
        text = "; ".join(one["text"] for one in nothing_reads)
        made.append({"text": f"No rule reads: {text}.", "sources": [one["path"] for one in nothing_reads]})
    made.append(_conclusion(requirements, verdict, [c.id for c in chosen.deciding]))
    if documents.approves:
        made.append({"text": ENOUGH, "sources": [r["id"] for r in requirements.failing]})
    elif documents.still_failing:
        made.append(_not_enough(catalogue, documents.still_failing))
    return made


def ground_of(requirement: RequirementShown) -> str:
    """On what ground an exclusion is assumed not to apply: nothing is recorded, or nothing that counts."""
    ignored = any("ignored" in fact for fact in requirement["facts"])
    return "nothing that counts says otherwise" if ignored else "nobody recorded otherwise"


def assumption_of(requirement: RequirementShown) -> Assumption:
    """What is assumed of an exclusion, and on what ground."""
    ground = ground_of(requirement)
    return {"requirement": requirement["id"], "text": f"{ground[0].upper()}{ground[1:]}: {requirement['claim']}"}


def text_of(sentences: list[Sentence]) -> str:
    """The rationale as running text."""
    return "\n".join([sentence["text"] for sentence in sentences])


def _asked(catalogue: Catalogue, inputs: Inputs, chosen: Selection) -> Sentence:
    request = inputs.subject.request
    name = catalogue.treatments[request.treatment].name if request.treatment else "not identified"
    parts = [f"The treatment requested is {name}"]
    if request.region is not None:
        parts.append(f", for the {catalogue.regions[request.region].name}")
        parts.append(f" ({SIDES[request.side]})" if request.side else "")
    if request.quantity is not None:
        parts.append(f", {amount_text(request.quantity.value, request.quantity.unit)}")
    if request.authorized is not None:
        parts.append(f" ({amount_text(request.authorized.value, request.authorized.unit)} already authorized)")
    if request.title:
        parts.append(f" (as written: {quoted(request.title)})")
    dated = ""
    if chosen.date is not None and chosen.date_source is not None:
        dated = f"; the request is judged by the {DATE_NAMES[chosen.date_source]}, {chosen.date.isoformat()}"
    return {"text": "".join(parts) + dated + ".", "sources": [f"request:{request.id}"]}


@lru_cache(maxsize=4096)
def _required(catalogue: Catalogue, criterion_id: str, verb: str, first: int) -> Sentence:
    criterion = catalogue.criteria[criterion_id]
    mine = [requirement for requirement in criterion.requirements if requirement.kind != "advice"]
    listed = [r for r in mine if r.id != STANCE_ID]
    text = f"{cite(catalogue, criterion.citation)} {verb}"
    if listed:
        claims = (mid_sentence(catalogue, r.claim).rstrip(".") for r in listed)
        text += f" and requires: {'; '.join(f'({n}) {claim}' for n, claim in enumerate(claims, first))}"
    return {"text": f"{text}.", "sources": [criterion_id, *map(criterion.full_id, mine)]}


def _shown(catalogue: Catalogue, requirement: RequirementShown, outcome: Outcome, numbers: dict[str, int]) -> Sentence:
    full_id, facts = requirement["id"], requirement["facts"]
    lead, place = _said(catalogue, full_id, requirement["says"], outcome, numbers.get(full_id))
    of_request: list[FactShown] = []
    of_record: list[FactShown] = []
    for fact in facts:
        (of_request if _of_request(fact) else of_record).append(fact)
    record, asked = _said_by("The record", of_record), _said_by("The request", of_request)
    return {"text": f"{lead}{record}{asked} {place}", "sources": [full_id, *[fact["fact"] for fact in facts]]}


def _said_by(who: str, facts: list[FactShown]) -> str:
    said = "; ".join([text.removesuffix(" (the request)") for fact in facts if (text := fact_text(fact))])
    return f" {who}: {said}." if said else ""


def _of_request(fact: FactShown) -> bool:
    """Whether the request says so, and not the record."""
    if fact["fact"].startswith("quantity:"):
        return bool(fact["evidence"]) and all(shown.get("source") == "the request" for shown in fact["evidence"])
    return fact["fact"].startswith(("attribute:", "request:"))


@lru_cache(maxsize=4096)
def _said(catalogue: Catalogue, full_id: str, says: str, outcome: Outcome, number: int | None) -> tuple[str, str]:
    """What became of a requirement, and where it stands, with any caveat about its basis.

    The citation omits guideline and dates, which stand in the sentence that lists the requirements.
    """
    requirement = catalogue.requirement(full_id)
    basis = "; a reviewer's reading" if requirement.reviewer_reading else ""
    if requirement.basis in TO_VERIFY:
        basis += f"; {BASES[requirement.basis]}"
    place = f"[{requirement.citation.section}{pages_text(requirement.citation.pages)}{basis}]"
    if number is None:
        return says, place
    said = requirement.claim if outcome == "in-conflict" else says
    return f"Requirement {number} is {_IS[outcome]}: {mid_sentence(catalogue, said)}", place


@lru_cache(maxsize=4096)
def _claim(catalogue: Catalogue, number: int, what: str, full_id: str) -> Sentence:
    claim = mid_sentence(catalogue, catalogue.requirement(full_id).claim)
    return {"text": f"Requirement {number} {what}: {claim}", "sources": [full_id]}


@lru_cache(maxsize=4096)
def _beside(catalogue: Catalogue, number: int, full_id: str) -> Sentence:
    # In brackets, or the claim would read as one about the patient.
    claim = mid_sentence(catalogue, catalogue.requirement(full_id).claim).rstrip(".")
    return {"text": f"Requirement {number} ({claim}) does not apply.", "sources": [full_id]}


def _assumed(catalogue: Catalogue, number: int, requirement: RequirementShown) -> Sentence:
    """That an exclusion is assumed not to apply, with what is recorded of it and does not count."""
    facts = [fact for fact in requirement["facts"] if "ignored" in fact]
    said = _claim(catalogue, number, f"is assumed to be met, since {ground_of(requirement)}", requirement["id"])
    return {**said, "text": said["text"] + _said_by("The record", facts)} if facts else said


@lru_cache(maxsize=4096)
def _advice(catalogue: Catalogue, full_id: str) -> Sentence:
    requirement = catalogue.requirement(full_id)
    place = requirement.citation.section + pages_text(requirement.citation.pages)
    claim = mid_sentence(catalogue, requirement.claim)
    return {"text": f"To consider, without bearing on the verdict: {claim} [{place}]", "sources": [full_id]}


@lru_cache(maxsize=4096)
def _compared(catalogue: Catalogue, criterion_id: str, verdict: Verdict) -> Sentence:
    criterion = catalogue.criteria[criterion_id]
    name = catalogue.guidelines[criterion.guideline].short
    dates = in_force(catalogue, criterion.guideline)
    return {
        "text": f"For comparison only: {name}, {criterion.title} ({dates}), {WOULD[verdict]}.",
        "sources": [criterion_id],
    }


def _conclusion(requirements: Weighed, verdict: Verdict, deciding: list[str]) -> Sentence:
    if verdict == "not-addressed":
        return {"text": "No criterion decides this request; that is not a denial.", "sources": deciding}
    outcomes = requirements.outcomes
    if verdict == "approve":
        which = " that applies" if outcomes["not-applicable"] else ""
        # The weaker ground is true of both.
        grounds = sorted({ground_of(requirement) for requirement in requirements.assumed})
        also = f", or assumed to be where {grounds[-1]}" if grounds else ""
        text = f"Every requirement{which} is met{also}; the request agrees with the guideline."
        return {"text": text, "sources": deciding}
    said: list[str] = []
    for outcome, word in _FAILS.items():
        number = len(outcomes[outcome])
        if number:
            noun = many(number, "requirement") if not said else str(number)
            said.append(f"{noun} {'is' if number == 1 else 'are'} {word}")
    text = f"{', '.join(said[:-1])}{' and ' if said[1:] else ''}{said[-1]}; as it stands, deny."
    return {"text": text, "sources": [r["id"] for r in requirements.failing]}


def _not_enough(catalogue: Catalogue, still: Sequence[StillFailing]) -> Sentence:
    return {"text": not_enough(catalogue, still), "sources": [failing["requirement"] for failing in still]}


def not_enough(catalogue: Catalogue, still: Sequence[StillFailing]) -> str:
    """That documents alone are not enough, and what would still stand against the request."""
    said = "; ".join(mid_sentence(catalogue, failing["text"]).rstrip(".") for failing in still)
    return f"Documenting what is missing would not be enough. This would still stand against the request: {said}."
