"""Compares an answer with what a letter decided."""

from __future__ import annotations

from imr_engine.answer.result import Agreement, RequirementShown
from imr_engine.cases.model import Label, Verdict


def agreement_of(label: Label, verdict: Verdict, failing: list[RequirementShown]) -> Agreement:
    """Verdict against verdict, reason against requirement with its status, concession against contradiction.

    A reason is found where the requirement fails with the status that the letter gives. A concession is contradicted
    where we hold the requirement unmet; undocumented contradicts nobody.
    """
    statuses = {requirement["id"]: requirement["status"] for requirement in failing}
    given = {(reason.requirement, reason.status) for reason in label.reasons}
    extra = [name for name, status in statuses.items() if (name, status) not in given]
    return {
        "verdict": verdict == label.verdict,
        "reasons_missed": [
            {"requirement": reason.requirement, "status": reason.status}
            for reason in label.reasons
            if statuses.get(reason.requirement) != reason.status
        ],
        "conceded_contradicted": [name for name in label.conceded if statuses.get(name) == "unmet"],
        "extra_unmet": [name for name in extra if statuses[name] == "unmet"],
        "extra_undocumented": [name for name in extra if statuses[name] == "undocumented"],
    }
