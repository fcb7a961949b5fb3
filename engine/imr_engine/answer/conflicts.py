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

_ASK = "Which of them is right?"


def settled(catalogue: Catalogue, inputs: Inputs, conflicting: Sequence[RequirementShown]) -> dict[str, str]:
    """What to settle, in words, for each requirement in conflict; where that was told before, what it is about."""
    found = {requirement["id"]: _conflicts(requirement) for requirement in conflicting}
    told: dict[str, str] = {}
    texts: dict[str, str] = {}
    for requirement in conflicting:
        conflicts = found[requirement["id"]]
        new = [key for key in conflicts if key not in told]
        told.update({key: conflicts[key]["name"] for key in new})
        if not new:
            texts[requirement["id"]] = (
                f"Settle the conflict told above: {' and '.join(told[key] for key in conflicts)}."
            )
            continue
        sides = "; ".join(_sides(catalogue, inputs, requirement, conflicts[key]) for key in new)
        open_ = [
            mid_sentence(catalogue, one["claim"]).rstrip(".")
            for one in conflicting
            if not found[one["id"]].keys().isdisjoint(new)
        ]
        texts[requirement["id"]] = f"Settle the conflict: {sides}. {_ASK} This leaves open: {'; '.join(open_)}."
    return texts


def _conflicts(requirement: RequirementShown) -> dict[str, FactShown]:
    """The facts in conflict that a requirement rests on, without those that are so for what is below them.

    Numbers may be derived from the same ones, and are then in the same conflict.
    """
    facts = [fact for fact in requirement["facts"] if fact["conflict"] is not None]
    roots = [fact for fact in facts if fact["conflict"] != CONFLICT_BELOW] or facts
    return {str(fact["conflict"] if fact["fact"].startswith("quantity:") else fact["fact"]): fact for fact in roots}


def _sides(catalogue: Catalogue, inputs: Inputs, requirement: RequirementShown, fact: FactShown) -> str:
    """Both sides: where what is stated or concluded differs, each state with what it rests on."""
    if fact["conflict"] not in {CONFLICT_BETWEEN, CONFLICT_WITHIN}:
        return fact_text(fact)
    shown = {one["fact"]: one for one in requirement["facts"]}
    inference = catalogue.inferences[fact["fact"]]
    said: dict[str, list[str]] = {"present": [], "absent": []}
    for one in fact["evidence"]:
        if one.get("state") in said:
            said[one["state"]].append(evidence_text(one) or "stated")
    for state, condition in (("present", inference.present_when), ("absent", inference.absent_when)):
        if condition is not None:
            proof = (shown[name] for name in _proof(catalogue, inputs, condition) if name in shown)
            said[state] += [fact_text(one).removesuffix(" (the request)") for one in proof]
    sides = " against ".join(f"{state} ({'; '.join(dict.fromkeys(texts))})" for state, texts in said.items())
    return f"{fact['name']}: in conflict, {sides}"


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
