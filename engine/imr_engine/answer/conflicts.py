"""What to settle: each conflict is told once, with both its sides and the requirements that it leaves open."""

from __future__ import annotations

from collections.abc import Iterator, Sequence

from imr_criteria import Catalogue
from imr_criteria.conditions import All, Any_, AtLeast, Condition, Not, Test, arms_of
from imr_engine.answer.evidence import evidence_text, fact_text
from imr_engine.answer.facts import CONFLICT_BELOW, CONFLICT_BETWEEN, CONFLICT_WITHIN
from imr_engine.answer.result import FactShown, RequirementShown
from imr_engine.answer.words import mid_sentence
from imr_engine.inputs.values import Inputs
from imr_engine.rules import keys

_ASK = "What is right?"
THE_REQUEST = "the request"


def settled(catalogue: Catalogue, inputs: Inputs, conflicting: Sequence[RequirementShown]) -> dict[str, str]:
    """What to settle, in words, for each requirement in conflict; where that was told before, what it is about."""
    found = {requirement["id"]: _conflicts(requirement) for requirement in conflicting}
    told: dict[str, str] = {}
    texts: dict[str, str] = {}
    for requirement in conflicting:
        conflicts = found[requirement["id"]]
        new = [fact for fact in conflicts if told.keys().isdisjoint(_keys(fact))]
        for fact in new:
            told.update(dict.fromkeys(_keys(fact), fact["name"]))
        if not new:
            names = dict.fromkeys(told[key] for fact in conflicts for key in _keys(fact) if key in told)
            texts[requirement["id"]] = f"Settle the conflict told above: {' and '.join(names)}."
            continue
        sides = "; ".join(fact_text(_with_sides(catalogue, inputs, requirement, fact)) for fact in new)
        keys_ = {key for fact in new for key in _keys(fact)}
        open_ = [
            mid_sentence(catalogue, one["claim"]).rstrip(".")
            for one in conflicting
            if any(not keys_.isdisjoint(_keys(fact)) for fact in found[one["id"]])
        ]
        texts[requirement["id"]] = f"Settle the conflict: {sides}. {_ASK} This leaves open: {'; '.join(open_)}."
    return texts


def _conflicts(requirement: RequirementShown) -> list[FactShown]:
    """The facts in conflict that a requirement rests on, without those that are so for what is below them."""
    facts = [fact for fact in requirement["facts"] if fact["conflict"] is not None]
    return [fact for fact in facts if fact["conflict"] != CONFLICT_BELOW] or facts


def _keys(fact: FactShown) -> list[str]:
    """What tells a conflict from others: numbers may be derived from the same ones, or all stand in the request."""
    if not fact["fact"].startswith("quantity:"):
        return [fact["fact"]]
    of_request = fact["evidence"] and all(one.get("source") == THE_REQUEST for one in fact["evidence"])
    return [str(fact["conflict"]), *([THE_REQUEST] if of_request else [])]


def _with_sides(catalogue: Catalogue, inputs: Inputs, requirement: RequirementShown, fact: FactShown) -> FactShown:
    """The fact with evidence for both sides: what is stated without a document, and what each is concluded from."""
    evidence = [
        {**one, "source": "stated"} if (one.get("state") or one.get("value")) and not evidence_text(one) else one
        for one in fact["evidence"]
    ]
    if fact["conflict"] in {CONFLICT_BETWEEN, CONFLICT_WITHIN}:
        shown = {one["fact"]: one for one in requirement["facts"]}
        inference = catalogue.inferences[fact["fact"]]
        for state, condition in (("present", inference.present_when), ("absent", inference.absent_when)):
            proof = [] if condition is None else _proof(catalogue, inputs, condition)
            evidence += [{"state": state, "source": fact_text(shown[name])} for name in proof if name in shown]
    return {**fact, "evidence": evidence}


def _proof(catalogue: Catalogue, inputs: Inputs, condition: Condition) -> Iterator[str]:
    """The facts and quantities, as they are shown, for which a condition is true; nothing if it is not."""
    if not inputs.doubts.refuted(Not(not_=condition)):
        return
    if isinstance(condition, Test):
        if condition.fact is None:
            yield str(keys.quantity(str(condition.quantity)))
            return
        yield condition.fact
        inference = catalogue.inferences.get(condition.fact)
        below = (
            None
            if inference is None
            else (inference.absent_when if condition.is_ == "absent" else inference.present_when)
        )
        if below is not None:
            yield from _proof(catalogue, inputs, below)
    elif isinstance(condition, All | Any_ | AtLeast):
        for arm in arms_of(condition):
            yield from _proof(catalogue, inputs, arm)
