"""How each failing requirement could be fixed: by documenting it if true, by changing the request, or not at all."""

from __future__ import annotations

from functools import lru_cache

from imr_criteria import Catalogue
from imr_criteria.model import Remedy
from imr_engine.answer.result import RemedyShown, RequirementShown
from imr_engine.answer.words import mid_sentence, number_text
from imr_engine.inputs.values import Inputs
from imr_engine.rules import keys
from imr_engine.rules.standing import Status


def remedies_of(catalogue: Catalogue, inputs: Inputs, failing: list[RequirementShown]) -> list[RemedyShown]:
    """Remedies of the failing requirements, contradicted ones first."""
    remedies: dict[Status, list[RemedyShown]] = {"unmet": [], "undocumented": []}
    for requirement in failing:
        full_id, status = requirement["id"], requirement["status"]
        to = _target(inputs, catalogue.requirement(full_id).remedy)
        remedies[status].append(_remedy(catalogue, full_id, status, to))
    return remedies["unmet"] + remedies["undocumented"]


@lru_cache(maxsize=4096, typed=True)  # 4 and 4.0 are written differently
def _remedy(catalogue: Catalogue, full_id: str, status: Status, to: int | float | str | None) -> RemedyShown:
    requirement = catalogue.requirement(full_id)
    remedy = requirement.remedy
    shown: RemedyShown = {
        "requirement": full_id,
        "kind": "none",
        "attribute": remedy.attribute if to is not None else None,
        "to": to,
        "text": "",
    }
    aim = _aim(catalogue, remedy, to)
    if status == "undocumented":
        shown["kind"] = "document"
        said = mid_sentence(catalogue, requirement.claim)
        limit = f" ({aim})" if aim and not isinstance(to, str) else ""
        shown["text"] = f"If true, document that {said} {requirement.ask}{limit}"
    elif aim:
        shown["kind"] = "change"
        shown["text"] = f"Change the request: {_attribute(catalogue, remedy)}, {aim}."
    else:
        shown["text"] = f"Contradicted by the record, and no change to the request would fix it: {requirement.claim}"
    return shown


def _target(inputs: Inputs, remedy: Remedy) -> int | float | str | None:
    """The value the attribute would need; None if nothing is left to request."""
    if remedy.less is None or not isinstance(remedy.to, int | float):
        return remedy.to
    spent = inputs.seen(keys.quantity(remedy.less)).value
    if not isinstance(spent, int | float):
        return None
    rest = remedy.to - spent
    return rest if rest > 0 else None


def _attribute(catalogue: Catalogue, remedy: Remedy) -> str:
    return "quantity" if remedy.attribute == "quantity" else catalogue.attributes[str(remedy.attribute)].name


def _aim(catalogue: Catalogue, remedy: Remedy, to: int | float | str | None) -> str:
    if to is None:
        return ""
    if isinstance(to, str):
        return catalogue.attributes[str(remedy.attribute)].codes[to]
    unit = catalogue.attributes[str(remedy.attribute)].unit if remedy.attribute != "quantity" else None
    return f"at most {number_text(to)}" + (f" {unit}" if unit else "")
