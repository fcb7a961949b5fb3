"""How each failing requirement could be fixed, in words and as the entries to write."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from functools import lru_cache
from typing import Any

from imr_criteria import Catalogue
from imr_criteria.conditions import Condition, Test
from imr_criteria.model import STANCE_ID, Remedy, Requirement
from imr_engine.answer.mending import Mends, target, what_helped
from imr_engine.answer.numbers import Number, amount_text, value_text
from imr_engine.answer.requirements import Retry, Weighed, whether_it_applies_is_open
from imr_engine.answer.result import RemedyKind, RemedyShown, RequirementShown
from imr_engine.answer.words import mid_sentence, unit_of
from imr_engine.answer.writes import Write, Writes, entries_text
from imr_engine.inputs.values import Inputs
from imr_engine.rules import keys

To = Number | str | None


def remedies_of(
    catalogue: Catalogue, inputs: Inputs, weighed: Weighed, documents: Mapping[str, Writes], retry: Retry
) -> list[RemedyShown]:
    """Remedies of what is unmet, in conflict and missing, in this order; `documents` says what to write for the last.

    For what is missing, the entries are one way to meet the requirement.
    """
    outcomes = weighed.outcomes
    mends = Mends(inputs, weighed, retry)
    made = [_mend(catalogue, inputs, mends, shown) for shown in outcomes["unmet"]]
    if outcomes["in-conflict"]:
        from imr_engine.answer.conflicts import settled  # noqa: PLC0415 (few cases are in conflict; start-up time)

        texts = settled(catalogue, inputs, outcomes["in-conflict"])
        made += [_remedy(full_id, "resolve", text) for full_id, text in texts.items()]
    # What was planned last for an entry takes the others into account: fewer days are left of a course, say.
    entries = {(write.kind, write.name): write for writes in documents.values() for write in writes}
    for shown in outcomes["undocumented"]:
        writes = [entries[write.kind, write.name] for write in documents.get(shown["id"], ())]
        made.append(_document(catalogue, inputs, shown, writes))
    return made


def _remedy(
    full_id: str, kind: RemedyKind, text: str, writes: Iterable[Write] = (), attribute: str | None = None, to: To = None
) -> RemedyShown:
    return {
        "requirement": full_id,
        "kind": kind,
        "attribute": attribute,
        "to": to,
        "write": [write.shown() for write in writes],
        "text": text,
    }


def _mend(catalogue: Catalogue, inputs: Inputs, mends: Mends, shown: RequirementShown) -> RemedyShown:
    """What would mend an unmet requirement: not always the request, and not always anything."""
    full_id = shown["id"]
    requirement = catalogue.requirement(full_id)
    remedy, found = requirement.remedy, mends.found.get(full_id)
    then = f"Then this is met: {mid_sentence(catalogue, requirement.claim)}"
    helped = what_helped(inputs, shown) if remedy.kind == "first" else []
    if remedy.kind == "first" and not helped:
        return _remedy(full_id, "first", f"{remedy.do} Then request the treatment again.")
    if found is None:
        says = mid_sentence(catalogue, requirement.says.unmet if requirement.says is not None else requirement.claim)
        because = (
            f"This was tried: {' and '.join(helped)} helped." if helped else _because(catalogue, inputs, mends, full_id)
        )
        lead = (
            "A change of the request alone does not mend"
            if _is_open(inputs, remedy)
            else "No change of the request mends"
        )
        return _remedy(full_id, "none", f"{lead} this: {says} {because}".rstrip())
    if remedy.kind == "change":
        text = f"Change the request: {_attribute(catalogue, remedy)}, {_aim(catalogue, requirement, found.to)}."
        others = [w for w in found.writes if w.name != remedy.attribute or _number(w.value) != found.to]
        if others:
            text += f" Also change: {entries_text(catalogue, others)}."
        return _remedy(full_id, "change", text, found.writes, remedy.attribute, found.to)
    if remedy.kind == "wait":
        text = f"Make the request on or after {found.to}, if it is still needed. {then}"
        if found.again:
            text += f" By then, findings are too old and must be documented again: {'; '.join(found.again)}."
        return _remedy(full_id, "wait", text, found.writes, "date", found.to)
    return _remedy(full_id, "stop", f"Stop {found.to} first, if the physician agrees. {then}", found.writes)


def _document(catalogue: Catalogue, inputs: Inputs, shown: RequirementShown, writes: Writes) -> RemedyShown:
    """What is to be documented, if it is true: that a requirement is met, or else that it does not apply."""
    requirement = catalogue.requirement(shown["id"])
    remedy, entries = requirement.remedy, f"{entries_text(catalogue, writes)}." if writes else ""
    to = target(inputs, remedy)
    if isinstance(to, int | float):
        planned = (_number(write.value) for write in writes if write.name == remedy.attribute)
        to = min([to, *(value for value in planned if isinstance(value, int | float))])
    is_open = whether_it_applies_is_open(catalogue, shown)
    met = _if_true(catalogue, shown["id"], to)
    if is_open and requirement.says is not None and _does_not_apply(requirement.when, writes):
        otherwise = f"Otherwise, {met[0].lower()}{met[1:]}"
        text = f"{requirement.says.applies} If true, write: {entries} Then this does not apply. {otherwise}"
    else:
        text = f"{met} Write: {entries}" if entries else met
    return _remedy(shown["id"], "document", text, writes)


def _does_not_apply(when: Condition | None, writes: Writes) -> bool:
    """Whether what is written makes the condition false on which a requirement applies."""
    if not isinstance(when, Test) or when.fact is None:
        return False
    return any(write.name == when.fact and write.value != (when.is_ or "present") for write in writes)


@lru_cache(maxsize=4096, typed=True)  # 4 and 4.0 are written differently
def _if_true(catalogue: Catalogue, full_id: str, to: To) -> str:
    requirement = catalogue.requirement(full_id)
    if requirement.id == STANCE_ID:
        return f"If true, document the exception. {requirement.ask}"
    aim = _aim(catalogue, requirement, to) if requirement.remedy.kind == "change" and not isinstance(to, str) else ""
    limit = f" ({aim})" if aim else ""
    return f"If true, document that {mid_sentence(catalogue, requirement.claim)} {requirement.ask}{limit}"


def _attribute(catalogue: Catalogue, remedy: Remedy) -> str:
    return "quantity" if remedy.attribute == "quantity" else catalogue.attributes[str(remedy.attribute)].name


def _because(catalogue: Catalogue, inputs: Inputs, mends: Mends, full_id: str) -> str:
    """Why what usually mends a requirement does not."""
    requirement = catalogue.requirement(full_id)
    if full_id in mends.too_late:
        guideline = catalogue.guidelines[requirement.citation.guideline].short
        return f"It is met from {mends.too_late[full_id]}, but {guideline} is out of force by then."
    if full_id in mends.prevented:
        others = "; ".join(mid_sentence(catalogue, claim).rstrip(".") for claim in mends.prevented[full_id])
        return f"If it were mended, this would no longer be met: {others}."
    if requirement.remedy.kind == "wait":
        return "What is known leaves no later date on which it would be met."
    if requirement.remedy.less is None:
        return ""
    quantity = catalogue.quantities[requirement.remedy.less]
    value = inputs.seen(keys.quantity(quantity.id)).value
    if isinstance(value, int | float):
        return f"Nothing is left to request ({quantity.name}: {value_text(value, quantity.unit)})."
    return f"How much is left to request depends on what is not known: {quantity.name}."


def _is_open(inputs: Inputs, remedy: Remedy) -> bool:
    """Whether a change may mend it once a number is known that it depends on."""
    return remedy.less is not None and inputs.seen(keys.quantity(remedy.less)).value is None


def _number(value: Any) -> To:
    """What is written to an attribute, or the number of an amount."""
    number: To = value["value"] if isinstance(value, dict) else value
    return number


def _aim(catalogue: Catalogue, requirement: Requirement, to: To) -> str:
    """What the attribute must be."""
    name, tested = str(requirement.remedy.attribute), requirement.condition
    if to is None:
        return ""
    if isinstance(to, str):
        return catalogue.attributes[name].codes[to]
    if name != "quantity":
        unit = catalogue.attributes[name].unit
    else:
        unit = unit_of(catalogue, tested) if isinstance(tested, Test) else None
    return f"at most {amount_text(to, unit)}"
