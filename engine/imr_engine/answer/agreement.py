"""Compares an answer with what a letter decided."""

from __future__ import annotations

from imr_engine.answer.result import Agreement, RequirementShown
from imr_engine.cases.model import Label, Verdict
from imr_engine.rules.standing import fails


def agreement_of(label: Label, verdict: Verdict, requirements: list[RequirementShown]) -> Agreement:
    """Verdict against verdict, reason against requirement with its status, concession against contradiction.

    A reason is found where the requirement fails with the status that the letter gives. A concession is contradicted
    where we hold the requirement unmet; undocumented contradicts nobody.
    """
    failing = {r["id"]: r["status"] for r in requirements if fails(r["kind"], r["status"])}
    given = {(reason.requirement, reason.status) for reason in label.reasons}
    extra = [name for name, status in failing.items() if (name, status) not in given]
    return {
        "verdict": verdict == label.verdict,
        "reasons_missed": [
            {"requirement": reason.requirement, "status": reason.status}
            for reason in label.reasons
            if failing.get(reason.requirement) != reason.status
        ],
        "conceded_contradicted": [name for name in label.conceded if failing.get(name) == "unmet"],
        "extra_unmet": [name for name in extra if failing[name] == "unmet"],
        "extra_undocumented": [name for name in extra if failing[name] == "undocumented"],
    }
