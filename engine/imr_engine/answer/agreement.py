"""Compares an answer with a letter's decision."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from imr_engine.answer.result import Agreement, RequirementShown
from imr_engine.cases.model import Label, Verdict
from imr_engine.rules.standing import Status


def label_shown(label: Label) -> dict[str, Any]:
    """A label as results show it."""
    return {
        "verdict": label.verdict,
        "reasons": [{"requirement": reason.requirement, "status": reason.status} for reason in label.reasons],
        "conceded": list(label.conceded),
        "other": list(label.other),
    }


def agreement_of(
    label: Label, verdict: Verdict, failing: list[RequirementShown], found: Mapping[str, Status]
) -> Agreement:
    """Compares verdicts, reasons and concessions.

    `found` has the status of every requirement that was evaluated. A reason is found if its requirement has the status
    that the letter gives, also where we read it as advice, or where its criterion is only compared: the answer says so,
    although it decides nothing. A concession is contradicted if we find the requirement unmet; neither what is missing
    nor evidence in conflict contradicts anybody.
    """
    statuses = {requirement["id"]: requirement["status"] for requirement in failing}
    conflicts = {requirement["id"] for requirement in failing if requirement["in_conflict"]}
    given = {(reason.requirement, reason.status) for reason in label.reasons}
    extra = [name for name, status in statuses.items() if (name, status) not in given]
    return {
        "verdict": verdict == label.verdict,
        "reasons_missed": [
            {"requirement": reason.requirement, "status": reason.status}
            for reason in label.reasons
            if found.get(reason.requirement) != reason.status
        ],
        "conceded_contradicted": [name for name in label.conceded if found.get(name) == "unmet"],
        "extra_unmet": [name for name in extra if statuses[name] == "unmet"],
        "extra_in_conflict": [name for name in extra if name in conflicts],
        "extra_undocumented": [name for name in extra if statuses[name] == "undocumented" and name not in conflicts],
    }
