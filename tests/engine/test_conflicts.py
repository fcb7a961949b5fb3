"""Evidence in conflict is neither missing nor against the request: it has its own mark, count and remedy."""

from __future__ import annotations

from typing import Any

import pytest

from imr_views.blocks import Table
from imr_views.result import request_blocks
from tests.conftest import P122, Answer
from tests.engine.strategies import favourable
from tests.engine.support import CATALOGUE, a_case, checked

REPORT = {"document": "progress report", "date": "2013-10-01"}
CONSULT = {"document": "consultation", "date": "2013-10-01"}
TWITCH = [
    {"state": "present", "date": "2013-10-01", "evidence": REPORT},
    {"state": "absent", "date": "2013-10-01", "evidence": CONSULT},
]
SIDES = 'present ("progress report", 2013-10-01) against absent ("consultation", 2013-10-01)'


@pytest.fixture
def conflicting(complete: dict[str, Any]) -> dict[str, Any]:
    """A complete case, but for two reports of one day that contradict each other."""
    complete["facts"]["twitch-response"] = TWITCH
    return complete


def test_a_conflict_is_not_missing_paper(answer: Answer, conflicting: dict[str, Any]) -> None:
    request = answer(conflicting)
    assert request["verdict"] == "deny"
    assert request["because"] == "requirements-in-conflict"
    assert request["counts"] == {"met": 15, "unmet": 0, "in-conflict": 1, "undocumented": 0, "not-applicable": 0}
    assert not request["only_documentation_missing"]
    assert request["still_failing"] == []
    requirement = next(r for r in request["requirements"] if r["id"] == f"{P122}/twitch-response")
    assert (requirement["status"], requirement["in_conflict"]) == ("undocumented", True)


def test_both_sides_are_named_with_their_evidence(answer: Answer, conflicting: dict[str, Any]) -> None:
    request = answer(conflicting)
    (remedy,) = request["remedies"]
    assert remedy["kind"] == "resolve"
    assert SIDES in remedy["text"]
    assert "If true, document" not in remedy["text"]
    sentences = request["rationale"].splitlines()
    said = next(line for line in sentences if line.startswith("Requirement 3 is in conflict: "))
    assert SIDES in said
    assert "not documented" not in request["rationale"]
    assert sentences[-1] == "1 requirement is in conflict; as it stands, deny."


@pytest.mark.parametrize(
    ("exercise", "mark", "says"),
    [
        (TWITCH, "in conflict", "whether an exception that it lists applies is in conflict."),
        ("undocumented", "not documented", "and no exception that it lists is documented."),
        ("absent", "unmet", "and no exception that it lists applies."),
    ],
)
def test_an_exception_that_is_not_shown_is_not_claimed(exercise: Any, mark: str, says: str) -> None:
    """It read "but an exception that it lists applies", and was denied."""
    seen = {"exercise-failed": exercise, "special-equipment-required": "present", "clinician-supervised": "present"}
    result = checked(a_case("gym-membership", seen))
    request = result["requests"][0]
    assert request["verdict"] == "deny"
    assert request["requirements"][0]["says"].endswith(says)
    assert says in request["rationale"]
    assert "but an exception that it lists applies" not in request["rationale"]
    (table,) = (block for block in request_blocks(result, request, CATALOGUE) if isinstance(block, Table))
    assert table.rows[0].cells[0] == mark
    assert str(table.rows[0].cells[1]).endswith(says)


def test_what_is_in_conflict_is_not_claimed(answer: Answer, conflicting: dict[str, Any]) -> None:
    says = next(r["says"] for r in answer(conflicting)["requirements"] if r["in_conflict"])
    assert says == "In conflict: palpation of the trigger point evokes a local twitch response."


def test_a_remedy_names_what_is_in_conflict_and_nothing_else(answer: Answer, complete: dict[str, Any]) -> None:
    complete["facts"]["last-treatment-date"] = "2013-10-20"  # eight weeks of relief have not passed since
    remedy = next(remedy for remedy in answer(complete)["remedies"] if remedy["kind"] == "resolve")
    assert remedy["text"].startswith(
        "Settle the conflict: how long that pain relief lasted: in conflict, 8 weeks (stated), because"
    )
    assert "60 %" not in remedy["text"]


def test_values_in_conflict_are_told_apart(answer: Answer, complete: dict[str, Any]) -> None:
    complete["facts"]["pain-relief-percent"] = [
        {"value": 60, "date": "2013-10-01", "evidence": REPORT},
        {"value": 20, "date": "2013-10-01", "evidence": CONSULT},
    ]
    text = answer(complete)["remedies"][0]["text"]
    assert '60 % ("progress report", 2013-10-01) against 20 % ("consultation", 2013-10-01)' in text


def test_a_conflict_and_what_is_missing_are_counted_apart(answer: Answer, conflicting: dict[str, Any]) -> None:
    del conflicting["facts"]["active-therapy"]
    request = answer(conflicting)
    assert (request["counts"]["in-conflict"], request["counts"]["undocumented"]) == (1, 1)
    assert request["because"] == "requirements-undocumented"
    assert [remedy["kind"] for remedy in request["remedies"]] == ["resolve", "document"]
    assert not request["only_documentation_missing"]
    assert request["rationale"].endswith("1 requirement is in conflict and 1 is not documented; as it stands, deny.")


def test_a_conflict_that_decides_nothing_is_none(answer: Answer, complete: dict[str, Any]) -> None:
    """An inference met by another arm is met, whatever contradicts itself in the first."""
    del complete["facts"]["conservative-care-failed"]
    complete["facts"] |= {"stretching-failed": "present", "nsaid-failed": "present", "physical-therapy-failed": TWITCH}
    request = answer(complete)
    assert request["verdict"] == "approve"
    assert request["counts"]["in-conflict"] == 0


def test_a_conflict_below_a_conclusion_counts(answer: Answer, complete: dict[str, Any]) -> None:
    del complete["facts"]["conservative-care-failed"]
    complete["facts"] |= {"stretching-failed": "present", "nsaid-failed": TWITCH}
    request = answer(complete)
    assert request["counts"]["in-conflict"] == 1
    assert SIDES in request["remedies"][0]["text"]


def test_a_statement_against_what_the_record_shows(answer: Answer, complete: dict[str, Any]) -> None:
    complete["facts"] |= {"trigger-point": {"state": "absent", "evidence": CONSULT}, "taut-band": "present"}
    request = answer(complete)
    assert request["counts"]["in-conflict"] == 1
    text = request["remedies"][0]["text"]
    assert 'absent ("consultation", 2013-10-01)' in text
    assert "taut band on palpation: present" in text


def test_a_conflict_is_told_once(answer: Answer, complete: dict[str, Any]) -> None:
    """With both sides, and nothing that is not in conflict; the other requirements that it leaves open refer to it."""
    complete["facts"] |= {"prior-treatment": "absent", "last-treatment-date": "2013-06-01"}
    first, *others = [remedy["text"] for remedy in answer(complete)["remedies"] if remedy["kind"] == "resolve"]
    said = "Settle the conflict: earlier treatment of the same kind: in conflict, absent (stated) against present ("
    assert first.startswith(said)
    assert "date of the last treatment of the same kind, 2013-06-01" in first
    assert "What is right? This leaves open: " in first
    assert "at least two months have passed since the last injection" in first
    assert others == ["Settle the conflict told above: earlier treatment of the same kind."]


def test_numbers_of_one_request_are_one_conflict(answer: Answer, complete: dict[str, Any]) -> None:
    complete["requests"][0]["attributes"] |= {"injections-per-session": 3, "sessions": 1}
    complete["requests"][0]["quantity"] = {"value": 12, "unit": "injections"}
    texts = [remedy["text"] for remedy in answer(complete)["remedies"]]
    assert texts[0].startswith("Settle the conflict: injections requested per session: in conflict, because ")
    assert texts[1:] == ["Settle the conflict told above: injections requested per session."]


def test_both_sides_may_follow_from_what_is_recorded(answer: Answer, complete: dict[str, Any]) -> None:
    complete["facts"].pop("prior-treatment", None)
    complete["facts"] |= {"prior-treatment-count": 0, "last-treatment-date": "2013-06-01"}
    request = answer(complete)
    text = next(remedy["text"] for remedy in request["remedies"] if remedy["kind"] == "resolve")
    assert "absent (earlier sessions or visits of the same kind: 0 sessions" in text
    facts = [fact for requirement in request["requirements"] for fact in requirement["facts"]]
    conflicts = {fact["conflict"] for fact in facts if fact["fact"] == "prior-treatment"}
    assert conflicts == {"what it is concluded from shows both"}


def test_a_conflict_contradicts_no_letter(answer: Answer, conflicting: dict[str, Any]) -> None:
    conflicting["requests"][0]["label"] = {"verdict": "deny", "conceded": [f"{P122}/twitch-response"]}
    agreement = answer(conflicting)["agreement"]
    assert agreement is not None
    assert agreement["conceded_contradicted"] == agreement["extra_undocumented"] == agreement["extra_unmet"] == []
    assert agreement["extra_in_conflict"] == [f"{P122}/twitch-response"]


def test_the_view_counts_and_marks_it(conflicting: dict[str, Any]) -> None:
    result = checked(conflicting)
    shown = str(list(request_blocks(result, result["requests"][0], CATALOGUE)))
    assert "1 in conflict, 15 met." in shown
    assert "Row(cells=('in conflict', 'Palpation of the trigger point" in shown


def said_of(case: dict[str, Any]) -> str:
    """What the first remedy says is in conflict."""
    return str(checked(case)["requests"][0]["remedies"][0]["text"])


def test_values_that_differ_are_never_rounded_to_one(complete: dict[str, Any]) -> None:
    complete["facts"]["pain-relief-percent"] = [
        {"value": 60.04, "date": "2013-10-01", "evidence": REPORT},
        {"value": 60.01, "date": "2013-10-01", "evidence": CONSULT},
    ]
    assert '60.04 % ("progress report", 2013-10-01) against 60.01 % ("consultation"' in said_of(complete)


def test_a_number_against_an_outcome(complete: dict[str, Any]) -> None:
    """The record says that the injection failed; it knows no percentage that could be absent."""
    complete["records"] = {"treatments": [{"treatment": "trigger-point-injection", "outcome": "failed"}]}
    assert "60 % (stated) against outcome failed (trigger point injection, entry 1" in said_of(complete)


@pytest.mark.parametrize(
    ("entry", "shown"),
    [
        ({"drug": "muscle-relaxant"}, "at least 1 ("),
        ({"drug": "methocarbamol", "from": "2013-11-01", "to": "2013-11-11"}, "10 ("),
    ],
)
def test_a_statement_against_the_records_with_its_unit(entry: dict[str, Any], shown: str) -> None:
    case = favourable("cyclobenzaprine") | {"records": {"medications": [entry]}}
    case["facts"] = {**case["facts"], "muscle-relaxant-use-days": 0, "other-muscle-relaxant": "absent"}
    remedies = checked(case)["requests"][0]["remedies"]
    said = next(remedy["text"] for remedy in remedies if remedy["requirement"].endswith("not-prolonged"))
    assert f"the days stated are 0, and the records show {shown}" in said


def test_a_number_that_stands_nowhere_is_said_to_be_worked_out() -> None:
    case = favourable("trigger-point-injection")
    case["requests"][0]["quantity"] = {"value": 12, "unit": "injections"}
    case["requests"][0]["attributes"] = {"injections-per-session": 3, "sessions": 1, "injectate": "local-anesthetic"}
    assert "what the request says of it disagrees (3 and 12 by its other numbers)" in said_of(case)
