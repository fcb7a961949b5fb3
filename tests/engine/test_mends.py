"""Changes, later dates and stops are one plan that was tried; the others say why nothing mends a request."""

from __future__ import annotations

from typing import Any

import pytest

from tests.conftest import Answer
from tests.engine.remedied import remedied, remedy_of
from tests.engine.strategies import Case, favourable
from tests.engine.support import checked


def asking(treatment: str, quantity: tuple[float, str] | None = None, **attributes: Any) -> Case:
    """A request for which nothing is missing, but for its numbers."""
    case = favourable(treatment)
    request = case["requests"][0]
    case["facts"] = dict(case["facts"]) | {"muscle-relaxant-use-days": 0}
    request["attributes"] = {"injectate": "local-anesthetic"} if treatment == "trigger-point-injection" else {}
    request["attributes"] |= {name.replace("_", "-"): value for name, value in attributes.items()}
    if quantity is not None:
        request["quantity"] = {"value": quantity[0], "unit": quantity[1]}
    if treatment in {"trigger-point-injection", "cognitive-behavioral-therapy"}:
        for name in ("last-treatment-date", "pain-relief-percent", "pain-relief-weeks", "medication-use-reduced"):
            del case["facts"][name]
        case["facts"]["prior-treatment-count"] = 0
    return case


def approved_by_each(case: Case) -> None:
    """Every remedy of a request, applied alone, leaves nothing against it."""
    answer = checked(case)["requests"][0]
    assert answer["verdict"] == "deny"
    for remedy in answer["remedies"]:
        assert remedy["kind"] in {"change", "stop", "wait"}
        assert checked(remedied(case, answer, [remedy]))["requests"][0]["verdict"] == "approve", remedy


@pytest.mark.parametrize(
    ("case", "requirement", "says"),
    [
        (
            asking("cyclobenzaprine", (4, "weeks")),
            "short-course",
            "length of the requested course, at most 21 days. Also change: quantity: 3 weeks.",
        ),
        (
            asking("cyclobenzaprine", (1, "months")),
            "short-course",
            "length of the requested course, at most 21 days. Also change: quantity: 21 days.",
        ),
        (
            asking("cyclobenzaprine", (90, "tablets"), doses_per_day=3),
            "short-course",
            "length of the requested course, at most 21 days. Also change: quantity: 63 tablets.",
        ),
        (
            asking("cognitive-behavioral-therapy", sessions_per_week=2, duration_weeks=3),
            "trial-size",
            "quantity, at most 4 sessions. Also change: length of the requested course: 2 weeks.",
        ),
        (
            asking("cognitive-behavioral-therapy", (6, "weeks"), sessions_per_week=2),
            "trial-size",
            "quantity, at most 4 sessions. Also change: quantity: 2 weeks.",
        ),
        (  # three a week cannot be four visits in whole weeks
            asking("cognitive-behavioral-therapy", (9, "visits"), sessions_per_week=3, duration_weeks=3),
            "trial-size",
            "quantity, at most 3 sessions. Also change: length of the requested course: 1 week.",
        ),
        (
            asking("trigger-point-injection", (6, "injections")),
            "injections-per-session",
            "injections per session, at most 4 injections. Also change: quantity: 4 injections.",
        ),
        (  # one session stays one
            asking("trigger-point-injection", (6, "injections"), injections_per_session=6),
            "injections-per-session",
            "injections per session, at most 4 injections. Also change: quantity: 4 injections.",
        ),
        (  # one injection, eight a session: it stays one
            asking("trigger-point-injection", (1, "injections"), injections_per_session=8),
            "injections-per-session",
            "injections per session, at most 4 injections.",
        ),
        (  # four a session stay four
            asking("trigger-point-injection", (8, "injections"), sessions=2),
            "one-session-at-a-time",
            "requested sessions, at most 1 session. Also change: quantity: 4 injections.",
        ),
        (  # two requirements on the same number: at most four in one session, so four in all
            asking("trigger-point-injection", (9, "injections"), sessions=2),
            "one-session-at-a-time",
            "requested sessions, at most 1 session. "
            "Also change: quantity: 4 injections; injections per session: 4 injections.",
        ),
    ],
)
def test_numbers_that_say_the_same_follow(case: Case, requirement: str, says: str) -> None:
    assert remedy_of(checked(case)["requests"][0], requirement)["text"] == f"Change the request: {says}"
    approved_by_each(case)


def test_the_stricter_of_two_limits_is_said_by_both() -> None:
    """Fifteen days are behind: six are left of the 21, whatever a short course may be."""
    case = asking("cyclobenzaprine", duration_days=30)
    case["facts"]["muscle-relaxant-use-days"] = 15
    answer = checked(case)["requests"][0]
    for name in ("short-course", "not-prolonged"):
        assert remedy_of(answer, name)["text"] == "Change the request: length of the requested course, at most 6 days."
        assert remedy_of(answer, name)["write"] == [{"attribute": "duration-days", "value": 6}]
    approved_by_each(case)


@pytest.mark.parametrize(
    ("use", "why"),
    [
        (25, "Nothing is left to request (days on a muscle relaxant to date: 25 days)."),
        (None, "How much is left to request depends on what is not known: days on a muscle relaxant to date."),
    ],
)
def test_why_no_shorter_course_would_do(use: int | None, why: str) -> None:
    case = asking("cyclobenzaprine", duration_days=30)
    case["facts"].pop("muscle-relaxant-use-days")
    if use is not None:
        case["facts"]["muscle-relaxant-use-days"] = use
    remedy = remedy_of(checked(case)["requests"][0], "not-prolonged")
    assert (remedy["kind"], remedy["write"]) == ("none", [])
    assert remedy["text"].endswith(why)
    assert remedy["text"].startswith("No change" if use is not None else "A change of the request alone does not mend")


def taking(*medications: dict[str, Any], **facts: Any) -> Case:
    """A request for cyclobenzaprine in which only another muscle relaxant is in the way."""
    case = asking("cyclobenzaprine", duration_days=10)
    del case["facts"]["muscle-relaxant-use-days"]
    case["facts"] |= {name.replace("_", "-"): value for name, value in facts.items()}
    case["records"] = {"medications": list(medications)}
    return case


METHOCARBAMOL = {"drug": "methocarbamol", "from": "2013-11-10", "status": "current"}


@pytest.mark.parametrize(
    ("case", "what"),
    [
        (taking(METHOCARBAMOL), "methocarbamol"),
        (
            taking(METHOCARBAMOL, {"drug": "baclofen", "from": "2013-11-10", "status": "current"}),
            "methocarbamol and baclofen",
        ),
        (taking(other_muscle_relaxant="present", muscle_relaxant_use_days=3), "the other muscle relaxant"),
        (taking(METHOCARBAMOL, other_muscle_relaxant="present"), "methocarbamol"),
        (
            taking(METHOCARBAMOL, {"drug": "muscle-relaxant", "from": "2013-11-10", "status": "current"}),
            "methocarbamol and the other muscle relaxant (entry 2 of the medications recorded)",
        ),
    ],
)
def test_what_is_stopped_ends_on_the_day_of_the_file(case: Case, what: str) -> None:
    """So that the days until then are known: these, with those requested, are no prolonged use."""
    remedy = remedy_of(checked(case)["requests"][0], "no-other-muscle-relaxant")
    assert remedy["text"].startswith(f"Stop {what} first, if the physician agrees.")
    ends = [entry["value"] for entry in remedy["write"] if entry.get("record", "").endswith(".to")]
    assert ends == ["2013-11-14"] * len(case["records"]["medications"])
    approved_by_each(case)


def test_findings_that_are_too_old_on_a_later_date_are_named(answer: Answer, complete: dict[str, Any]) -> None:
    complete["facts"] |= {
        "symptom-onset": "2013-09-14",
        "twitch-response": {"state": "present", "date": "2012-11-20"},
        "active-therapy": {"state": "present", "date": "2012-12-01"},
    }
    complete["facts"] |= {"pain-relief-weeks": 6}
    assert remedy_of(answer(complete), "duration")["text"] == (
        "Make the request on or after 2013-12-15, if it is still needed. "
        "Then this is met: the symptoms have lasted for more than three months. "
        "By then, findings are too old and must be documented again: "
        "active therapy in progress; twitch response on palpation."
    )


def test_what_a_later_date_would_bring_is_said(answer: Answer, complete: dict[str, Any]) -> None:
    """By then, injections that are planned before are earlier ones, and what they brought is not known."""
    complete["facts"] |= {"symptom-onset": "2013-09-14", "prior-treatment-count": 0}
    for name in ("last-treatment-date", "pain-relief-percent", "pain-relief-weeks"):
        complete["facts"].pop(name, None)
    complete["facts"].pop("prior-treatment", None)
    del complete["as_of"]  # then everything counts that is recorded
    complete["records"] = {"treatments": [{"treatment": "trigger-point-injection", "date": "2013-12-01"}]}
    remedy = remedy_of(answer(complete), "duration")
    assert remedy["kind"] == "none"
    assert "If it were mended, this would no longer be met: " in remedy["text"]
    assert "at least two months have passed since the last injection" in remedy["text"]


def test_one_later_date_serves_all_that_have_to_wait(answer: Answer, complete: dict[str, Any]) -> None:
    complete["facts"] |= {"symptom-onset": "2013-09-14", "last-treatment-date": "2013-10-01", "pain-relief-weeks": 6}
    request = answer(complete)
    assert {remedy_of(request, name)["to"] for name in ("duration", "interval")} == {"2013-12-15"}


def test_a_guideline_that_was_asked_for_stays_in_force(complete: dict[str, Any]) -> None:
    """On a later date it does not apply by itself, and that is said; asked for, it does."""
    complete["facts"]["last-treatment-date"] = "2016-07-01"
    complete["facts"]["pain-relief-weeks"] = 2
    complete["requests"][0]["date"] = complete["as_of"] = "2016-07-20"
    remedy = remedy_of(checked(complete)["requests"][0], "interval")
    assert remedy["kind"] == "none"
    assert remedy["text"].endswith("It is met from 2016-09-01, but MTUS Chronic Pain 2009 is out of force by then.")
    asked_for = checked(complete, guideline="mtus-chronic-pain-2009")["requests"][0]
    assert (remedy_of(asked_for, "interval")["kind"], remedy_of(asked_for, "interval")["to"]) == ("wait", "2016-09-01")


def test_what_was_tried_and_helped_is_not_to_be_tried() -> None:
    case = favourable("cyclobenzaprine")
    case["facts"] = dict(case["facts"]) | {"first-line-medication-contraindicated": "absent"}
    del case["facts"]["nsaid-failed"]
    case["records"] = {"medications": [{"drug": name, "outcome": "helped"} for name in ("naproxen", "acetaminophen")]}
    remedy = remedy_of(checked(case)["requests"][0], "second-line")
    assert (remedy["kind"], remedy["text"]) == (
        "none",
        "No change of the request mends this: no first-line medication has failed or is contraindicated. "
        "This was tried: naproxen and acetaminophen helped.",
    )
