"""What the remedies say is true: documents that they ask for approve, and changes that they name mend."""

from __future__ import annotations

import json
from collections import Counter
from typing import Any, get_args

import pytest
from hypothesis import given, settings

from imr_engine.answer.result import RemedyKind
from tests.conftest import LABELLED_CASES, Answer
from tests.engine.remedied import DENIALS, GUIDELINES, documents_approve, remedy_of, the_mends_hold
from tests.engine.strategies import STEADY, Case, favourable
from tests.engine.support import checked


def test_the_remedies_are_true() -> None:
    """Both laws, over hundreds of denials; `make remedies` does the same over thousands."""
    claimed: Counter[str] = Counter()
    kinds: Counter[str] = Counter()

    @given(DENIALS, GUIDELINES)
    @settings(STEADY, max_examples=800)
    def look(case: Case, guideline: str | None) -> None:
        for criterion, answer in documents_approve(case, guideline):
            claimed[criterion] += answer["only_documentation_missing"]
        kinds.update(the_mends_hold(case, guideline))

    look()
    assert len(+claimed) >= 5, claimed
    assert {"document", "resolve", "change", "none"} <= set(kinds) <= set(get_args(RemedyKind)), kinds


@pytest.mark.parametrize(
    ("fact", "value", "requirement", "to"),
    [
        ("last-treatment-date", "2013-10-01", "interval", "2013-12-01"),
        ("symptom-onset", "2013-09-14", "duration", "2013-12-15"),  # more than three months: the day after
    ],
)
def test_a_later_date_mends_what_only_time_is_missing_for(
    answer: Answer, complete: dict[str, Any], fact: str, value: str, requirement: str, to: str
) -> None:
    complete["facts"] |= {fact: value, "pain-relief-weeks": 6}
    remedy = remedy_of(answer(complete), requirement)
    assert (remedy["kind"], remedy["attribute"], remedy["to"]) == ("wait", "date", to)
    complete["requests"][0]["date"] = to
    assert answer(complete)["verdict"] == "approve"


def test_no_later_date_is_named_on_which_the_guideline_is_out_of_force(
    answer: Answer, complete: dict[str, Any]
) -> None:
    complete["facts"]["last-treatment-date"] = "2016-07-01"
    complete["requests"][0]["date"] = complete["as_of"] = "2016-07-20"
    assert remedy_of(answer(complete), "interval")["kind"] == "none"


def test_another_relaxant_is_to_be_stopped() -> None:
    case = favourable("cyclobenzaprine")
    case["records"] = {"medications": [{"drug": "naproxen"}, {"drug": "methocarbamol", "status": "current"}]}
    answer = checked(case)["requests"][0]
    remedy = remedy_of(answer, "no-other-muscle-relaxant")
    assert remedy["kind"] == "stop"
    assert remedy["write"] == [
        {"record": "medications[1].status", "value": "stopped"},
        {"record": "medications[1].to", "value": "2013-11-14"},
    ]
    assert "Stop methocarbamol first" in remedy["text"]
    assert "Requirement 2 is unmet: another muscle relaxant is taken at the same time. " in answer["rationale"]
    assert "present (methocarbamol, entry 2 of the medications recorded)." in answer["rationale"]


def test_documents_for_another_region_do_not_make_up_for_what_was_found() -> None:
    """Letter 004, were its findings those of the mid back: neck or low back pain would need findings of its own."""
    case = json.loads((LABELLED_CASES / "letter-004.json").read_text())
    for fact in ("trigger-point", "twitch-response"):
        case["facts"][fact]["region"] = "thoracic-spine"
    injections = checked(case)["requests"][0]
    assert not injections["only_documentation_missing"]
    still = {failing["requirement"].partition("/")[2]: failing["status"] for failing in injections["still_failing"]}
    assert still == {"trigger-point": "undocumented", "twitch-response": "undocumented"}


def test_care_comes_first_where_no_change_of_the_request_would_do(answer: Answer, complete: dict[str, Any]) -> None:
    complete["facts"] |= {"active-therapy": "absent", "twitch-response": "absent"}
    request = answer(complete)
    assert remedy_of(request, "active-therapy")["kind"] == "first"
    assert remedy_of(request, "active-therapy")["text"].startswith("Begin an active therapy program")
    assert remedy_of(request, "twitch-response") == {
        "requirement": "cp09-trigger-point-injection/twitch-response",
        "kind": "none",
        "attribute": None,
        "to": None,
        "write": [],
        "text": "No change of the request mends this: palpation evokes no local twitch response.",
    }


def test_a_length_of_course_within_what_is_left(answer: Answer) -> None:
    """Fifteen days are behind; of the 21, six are left, whatever a short course may be."""
    case = favourable("cyclobenzaprine")
    case["facts"] = {**case["facts"], "muscle-relaxant-use-days": 15}
    del case["requests"][0]["attributes"]["duration-days"]
    request = checked(case)["requests"][0]
    assert request["only_documentation_missing"]
    assert [write for remedy in request["remedies"] for write in remedy["write"]] == [
        {"attribute": "duration-days", "value": 6},
        {"attribute": "duration-days", "value": 6},
    ]
    assert all(
        "(at most 6 days) Write: length of the requested course: 6 days." in r["text"] for r in request["remedies"]
    )


def test_what_to_write_is_said_in_words() -> None:
    case = favourable("cognitive-behavioral-therapy")
    case["facts"] = {"symptom-onset": "2008-03-01"}
    answer = checked(case)["requests"][0]
    assert remedy_of(answer, "fear-avoidance-screen")["text"] == (
        "Whether there were earlier sessions is not documented. "
        "If true, write: earlier treatment of the same kind: present. Then this does not apply. "
        "Otherwise, if true, document that the patient has been screened for risk factors for delayed recovery, "
        "including fear avoidance. Has the patient been screened for fear avoidance, and with what result?"
    )
    assert remedy_of(answer, "subjective-improvement")["text"].endswith(
        "Write: earlier treatment of the same kind: present; improvement reported by the patient: present."
    )


class TestWhatToDocument:
    """The entries that remedies ask for go together with the case, or the answer says that none would."""

    def test_another_day_that_leaves_room_for_the_relief(self, answer: Answer, complete: Case) -> None:
        """Two months is the least, but ten weeks of relief take longer."""
        del complete["facts"]["last-treatment-date"]
        complete["facts"]["pain-relief-weeks"] = 10
        assert answer(complete)["only_documentation_missing"]

    def test_another_drug_where_one_was_found_not_to_have_failed(self, answer: Answer) -> None:
        case = favourable("cyclobenzaprine")
        case["facts"] = {**case["facts"], "nsaid-failed": "absent"}
        case["records"] = {"medications": [{"drug": "naproxen"}]}
        assert remedy_of(answer(case), "second-line")["write"] == [{"fact": "acetaminophen-failed", "value": "present"}]

    def test_what_contradicts_the_case_is_not_asked_for(self, answer: Answer) -> None:
        """Ten sessions after an earlier one are more than ten: only a count of none would do."""
        case = favourable("cognitive-behavioral-therapy")
        case["facts"] = {k: v for k, v in case["facts"].items() if not k.startswith(("prior", "pain", "medication"))}
        case["facts"]["last-treatment-date"] = "2013-09-01"
        case["requests"][0] |= {"quantity": {"value": 10, "unit": "sessions"}, "attributes": {}}
        request = answer(case)
        assert not request["only_documentation_missing"]
        assert remedy_of(request, "visits-in-all")["write"] == []
        assert [failing["requirement"].partition("/")[2] for failing in request["still_failing"]] == ["visits-in-all"]
