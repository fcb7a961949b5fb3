"""How each failing requirement could be fixed, in words and as the entries to write."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from functools import lru_cache

from imr_criteria import Catalogue
from imr_criteria.conditions import Test
from imr_criteria.model import STANCE_ID, Remedy, Requirement
from imr_engine.answer.evidence import fact_text
from imr_engine.answer.facts import CONFLICT_BETWEEN
from imr_engine.answer.mending import mended, target
from imr_engine.answer.numbers import Number, amount_text
from imr_engine.answer.requirements import Weighed, whether_it_applies_is_open
from imr_engine.answer.result import RemedyKind, RemedyShown, RequirementShown
from imr_engine.answer.words import describe, mid_sentence, unit_of
from imr_engine.answer.writes import Write, Writes
from imr_engine.inputs.values import Inputs

To = Number | str | None


def remedies_of(
    catalogue: Catalogue, inputs: Inputs, weighed: Weighed, documents: Mapping[str, Writes]
) -> list[RemedyShown]:
    """Remedies of what is unmet, in conflict and missing, in this order; `documents` says what to write for the last.

    For what is missing, the entries are one way to meet the requirement.
    """
    outcomes = weighed.outcomes
    made = [_mend(catalogue, inputs, requirement) for requirement in outcomes["unmet"]]
    made += [_resolve(requirement) for requirement in outcomes["in-conflict"]]
    for requirement in outcomes["undocumented"]:
        full_id = requirement["id"]
        to = target(inputs, catalogue.requirement(full_id).remedy)
        text = _document(catalogue, full_id, to, whether_it_applies_is_open(catalogue, requirement))
        made.append(_remedy(full_id, "document", text, documents.get(full_id, ())))
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


def _mend(catalogue: Catalogue, inputs: Inputs, shown: RequirementShown) -> RemedyShown:
    """What would mend an unmet requirement: not always the request, and not always anything."""
    full_id = shown["id"]
    requirement = catalogue.requirement(full_id)
    remedy, found = requirement.remedy, mended(inputs, requirement)
    claim = mid_sentence(catalogue, requirement.claim)
    if found is None:
        says = requirement.says.unmet if requirement.says is not None else requirement.claim
        return _remedy(full_id, "none", f"No change of the request mends this: {mid_sentence(catalogue, says)}")
    if remedy.kind == "change":
        also = " The other numbers of the request change with it." if found.writes[1:] else ""
        text = f"Change the request: {_attribute(catalogue, remedy)}, {_aim(catalogue, requirement, found.to)}.{also}"
        return _remedy(full_id, "change", text, found.writes, remedy.attribute, found.to)
    if remedy.kind == "wait":
        text = f"Make the request on or after {found.to}, if it is still needed; by then, {claim}"
        return _remedy(full_id, "wait", text, found.writes, "date", found.to)
    if remedy.kind == "stop":
        text = f"Stop {found.to} first, if the physician finds that right, so that {claim}"
        return _remedy(full_id, "stop", text, found.writes)
    return _remedy(full_id, remedy.kind, f"{remedy.do} Then request the treatment again.")


def _resolve(shown: RequirementShown) -> RemedyShown:
    """A conflict is named with both its sides: which of them is right is for a person to say."""
    facts = [fact for fact in shown["facts"] if fact["conflict"]]
    if any(fact["conflict"] == CONFLICT_BETWEEN for fact in facts):
        # The other side is what the record shows.
        facts = shown["facts"]
    sides = "; ".join([text for fact in facts if (text := fact_text(fact))])
    return _remedy(shown["id"], "resolve", f"Settle the conflict: {sides}. {shown['ask']}")


@lru_cache(maxsize=4096, typed=True)  # 4 and 4.0 are written differently
def _document(catalogue: Catalogue, full_id: str, to: To, whether_open: bool) -> str:
    requirement = catalogue.requirement(full_id)
    if requirement.id == STANCE_ID:
        return f"If true, document the exception. {requirement.ask}"
    aim = _aim(catalogue, requirement, to) if requirement.remedy.kind == "change" and not isinstance(to, str) else ""
    limit = f" ({aim})" if aim else ""
    instead = ""
    if whether_open and requirement.when is not None:
        instead = f" It applies if {describe(catalogue, requirement.when)}; if not, document that instead."
    return f"If true, document that {mid_sentence(catalogue, requirement.claim)} {requirement.ask}{limit}{instead}"


def _attribute(catalogue: Catalogue, remedy: Remedy) -> str:
    return "quantity" if remedy.attribute == "quantity" else catalogue.attributes[str(remedy.attribute)].name


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
