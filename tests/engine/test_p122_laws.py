"""p.122: a complete case is approved; removing or contradicting a fact fails exactly what rests on it."""

from __future__ import annotations

import re
from typing import Any

import pytest

from imr_engine.cases.intake import check_case
from imr_engine.evaluate import Engine
from tests.conftest import Answer, failing

# fact: (what the record says instead, the requirements that rest on it)
FACTS: dict[str, tuple[Any, set[str]]] = {
    "myofascial-pain-syndrome": ("absent", {"myofascial-pain"}),
    "trigger-point": ("absent", {"trigger-point"}),
    "twitch-response": ("absent", {"twitch-response"}),
    "referred-pain-on-palpation": ("absent", {"referred-pain"}),
    "conservative-care-failed": ("absent", {"conservative-care-failed"}),
    "radiculopathy": ("present", {"no-radiculopathy"}),
    "active-therapy": ("absent", {"active-therapy"}),
    "pain-relief-percent": (50, {"response-to-earlier-injection"}),
    "pain-relief-weeks": (5.9, {"response-to-earlier-injection"}),
    "functional-improvement": ("absent", {"response-to-earlier-injection"}),
    "last-treatment-date": ("2013-10-01", {"interval"}),
}
REQUEST: dict[str, tuple[Any, set[str]]] = {
    "region": ("knee", {"myofascial-pain"}),
    "injections-per-session": (5, {"injections-per-session"}),
    "injectate": ("glucose", {"injectate"}),
}
EXCLUSIONS = {
    "radicular-pain": "not-radicular-pain",
    "typical-neck-or-back-pain": "not-typical-pain",
    "fibromyalgia": "not-fibromyalgia",
}


def test_a_complete_case_is_approved(answer: Answer, complete: dict[str, Any]) -> None:
    request = answer(complete)
    assert request["verdict"] == "approve"
    assert request["because"] == "requirements-met"
    assert failing(request) == {}
    assert request["counts"] == {"met": 16, "unmet": 0, "in-conflict": 0, "undocumented": 0, "not-applicable": 0}
    assert request["remedies"] == []
    assert request["assumptions"] == []


@pytest.mark.parametrize("fact", FACTS)
def test_a_removed_fact_is_undocumented(answer: Answer, complete: dict[str, Any], fact: str) -> None:
    del complete["facts"][fact]
    request = answer(complete)
    assert request["verdict"] == "deny"
    assert failing(request) == dict.fromkeys(FACTS[fact][1], "undocumented")
    assert request["only_documentation_missing"]
    assert [r["kind"] for r in request["remedies"]] == ["document"]


@pytest.mark.parametrize("fact", FACTS)
def test_a_contradicted_fact_is_unmet(answer: Answer, complete: dict[str, Any], fact: str) -> None:
    complete["facts"][fact], expected = FACTS[fact]
    request = answer(complete)
    assert request["verdict"] == "deny"
    statuses = dict.fromkeys(expected, "unmet")
    if fact == "last-treatment-date":  # the relief is then longer than the time since
        statuses["response-to-earlier-injection"] = "undocumented"
    assert failing(request) == statuses
    assert not request["only_documentation_missing"]


@pytest.mark.parametrize("fact", FACTS)
def test_stated_as_undocumented_is_the_same_as_left_out(answer: Answer, complete: dict[str, Any], fact: str) -> None:
    complete["facts"][fact] = "undocumented"
    assert failing(answer(complete)) == dict.fromkeys(FACTS[fact][1], "undocumented")


@pytest.mark.parametrize("name", REQUEST)
@pytest.mark.parametrize("status", ["undocumented", "unmet"])
def test_details_of_the_request(answer: Answer, complete: dict[str, Any], name: str, status: str) -> None:
    request = complete["requests"][0]
    owner = request if name == "region" else request["attributes"]
    if status == "unmet":
        owner[name] = REQUEST[name][0]
    else:
        del owner[name]
    assert failing(answer(complete)) == dict.fromkeys(REQUEST[name][1], status)


@pytest.mark.parametrize("fact", EXCLUSIONS)
def test_an_exclusion_denies_when_present_and_is_assumed_absent_when_unrecorded(
    answer: Answer, complete: dict[str, Any], fact: str
) -> None:
    complete["facts"][fact] = "present"
    assert failing(answer(complete)) == {EXCLUSIONS[fact]: "unmet"}
    del complete["facts"][fact]
    request = answer(complete)
    assert request["verdict"] == "approve"
    assert [a["requirement"].partition("/")[2] for a in request["assumptions"]] == [EXCLUSIONS[fact]]


def test_a_first_course_needs_no_response(answer: Answer, complete: dict[str, Any]) -> None:
    complete["facts"]["prior-treatment"] = "absent"
    for name in ("pain-relief-percent", "pain-relief-weeks", "functional-improvement", "last-treatment-date"):
        del complete["facts"][name]
    request = answer(complete)
    assert request["verdict"] == "approve"
    assert request["counts"]["not-applicable"] == 2


def test_a_met_requirement_need_not_be_known_to_apply(answer: Answer, complete: dict[str, Any]) -> None:
    """If `when` is undocumented, so is the requirement, unless its condition is met."""
    for name in ("prior-treatment", "pain-relief-percent", "pain-relief-weeks", "last-treatment-date"):
        del complete["facts"][name]
    repeat = {"response-to-earlier-injection": "undocumented", "interval": "undocumented"}
    assert failing(answer(complete)) == repeat
    complete["facts"]["functional-improvement"] = "absent"
    assert failing(answer(complete)) == repeat


def test_every_failing_requirement_is_named_contradicted_ones_first(answer: Answer, complete: dict[str, Any]) -> None:
    for fact in FACTS:
        complete["facts"].pop(fact)
    complete["facts"]["trigger-point"] = "absent"
    complete["requests"][0]["attributes"]["injections-per-session"] = 9
    request = answer(complete)
    statuses = failing(request)
    assert {name for name, status in statuses.items() if status == "unmet"} == {
        "trigger-point",
        "injections-per-session",
    }
    found = re.findall(r"^Requirement \d+ is (unmet|open): ", request["rationale"], re.MULTILINE)
    assert found == ["unmet"] * 2 + ["open"] * 8
    assert len(found) == len(statuses)
    assert [r["requirement"].partition("/")[2] for r in request["remedies"]][:2] == [
        "trigger-point",
        "injections-per-session",
    ]


def test_every_sentence_of_the_rationale_has_a_source(engine: Engine, complete: dict[str, Any]) -> None:
    for drop in (None, "twitch-response"):
        complete["facts"].pop(drop, None)
        request = engine.check(check_case(complete, engine.catalogue), include=["sentences"])["requests"][0]
        assert all(sentence["text"] and sentence["sources"] for sentence in request["rationale_sentences"])
        assert "\n".join(s["text"] for s in request["rationale_sentences"]) == request["rationale"]
        assert "p.122 (in force 2009-07-18 to 2016-07-27)" in request["rationale"]
