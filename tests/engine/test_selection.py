"""Which criterion answers: treatment and class, date in force, search sequence."""

from __future__ import annotations

from typing import Any

import pytest

from imr_criteria import Catalogue
from imr_engine import evaluate
from imr_engine.answer.result import RequestResult
from imr_engine.cases.intake import check_case
from imr_engine.cases.model import Case, Request
from imr_engine.evaluate import Engine
from imr_engine.selection import Selection, select
from tests.conftest import Answer
from tests.engine.support import a_case


def roles(request: RequestResult) -> dict[str, str]:
    return {criterion["id"]: criterion["role"] for criterion in request["criteria"]}


def test_p122_governs_trigger_points_at_any_duration(answer: Answer) -> None:
    made = a_case(region="low-back") | {"date_of_injury": "2013-11-01"}
    request = answer(made)
    assert roles(request) == {
        "cp09-trigger-point-injection": "governing",
        "ac12-trigger-point": "compared",
        "odg-trigger-point-injection": "compared",
    }
    assert {r["id"]: r["status"] for r in request["requirements"]}["cp09-trigger-point-injection/duration"] == "unmet"


def test_the_low_back_chapter_is_not_compared_for_a_neck(answer: Answer) -> None:
    assert "ac12-trigger-point" not in roles(answer(a_case(region="neck")))


def test_a_guideline_for_another_region_is_not_said_to_have_no_criterion(engine: Engine) -> None:
    case = check_case(a_case(region="neck"), engine.catalogue)
    said = engine.check(case, "acoem-2004-ch-12")["requests"][0]["explanation"]
    assert said == "ACOEM 2004 chapter 12 has a criterion here for trigger point injection, but only for the low back."
    said = engine.check(case, "mtus-opioids-2016")["requests"][0]["explanation"]
    assert said == "MTUS Opioids 2016 has no criterion here for trigger point injection."


def test_compared_criteria_never_change_the_verdict(answer: Answer, complete: dict[str, Any]) -> None:
    request = answer(complete)
    assert request["verdict"] == "approve"
    assert {c["id"]: c["verdict"] for c in request["criteria"]}["ac12-trigger-point"] == "deny"
    assert all(r["id"].startswith("cp09") for r in request["requirements"])


def test_class_and_member_both_apply(answer: Answer) -> None:
    assert roles(answer(a_case("cyclobenzaprine"))) == {
        "cp09-cyclobenzaprine": "governing",
        "cp09-muscle-relaxant-class": "shared",
    }
    assert roles(answer(a_case("methocarbamol"))) == {"cp09-muscle-relaxant-class": "governing"}


def test_a_class_does_not_answer_for_a_member_with_its_own_entry(answer: Answer) -> None:
    request = answer(a_case("carisoprodol"))
    assert (request["verdict"], request["because"]) == ("not-addressed", "not-encoded")
    assert request["explanation"].startswith("The entry of its own for carisoprodol is not encoded;")


@pytest.mark.parametrize(
    ("date", "because"),
    [
        ("2009-07-17", "out-of-force"),
        ("2009-07-18", None),
        ("2016-07-27", None),
        ("2016-07-28", "out-of-force"),
        ("2020-01-01", "out-of-force"),
    ],
)
def test_the_edition_is_chosen_by_date(answer: Answer, date: str, because: str | None) -> None:
    request = answer(a_case(date=date))
    assert (request["verdict"] == "not-addressed") == (because is not None)
    if because is not None:
        assert request["because"] == because
        assert request["requirements"] == []
        assert request["remedies"] == []


@pytest.mark.parametrize(
    ("made", "date", "source"),
    [
        (a_case(utilization_review_date="2014-01-01") | {"as_of": "2014-02-01"}, "2013-11-14", "request"),
        (
            a_case(date=None, utilization_review_date="2014-01-01") | {"as_of": "2014-02-01"},
            "2014-01-01",
            "utilization-review",
        ),
        (a_case(date=None) | {"as_of": "2014-02-01"}, "2014-02-01", "as-of"),
    ],
)
def test_the_date_used_is_reported(answer: Answer, made: dict[str, Any], date: str, source: str) -> None:
    request = answer(made)
    assert request["date_used"] == {"date": date, "source": source}
    assert date in request["rationale"]


def test_no_date_and_no_treatment(answer: Answer) -> None:
    assert answer(a_case(date=None))["because"] == "no-date"
    assert answer(a_case(None))["because"] == "unknown-treatment"
    assert answer(a_case("acupuncture"))["because"] == "not-encoded"


def test_silence_with_citation_opens_the_next_source(answer: Answer) -> None:
    request = answer(a_case("gym-membership"))
    assert roles(request) == {"odg-gym": "governing"}
    assert request["explanation"] == "MTUS Chronic Pain 2009 is silent on gym membership."
    assert request["verdict"] == "deny"


def test_a_guideline_that_is_not_encoded_is_not_silent(answer: Answer) -> None:
    """From December 2017 the MTUS adopts current ACOEM guidelines, which are not encoded, so ODG does not govern."""
    request = answer(a_case("gym-membership", date="2018-01-02"))
    assert (request["verdict"], request["because"]) == ("not-addressed", "not-encoded")
    assert roles(request) == {"odg-gym": "compared"}


def test_not_recommended_is_a_failing_requirement_unless_an_exception_is_met(answer: Answer) -> None:
    made = a_case("gym-membership")
    assert [r["id"] for r in answer(made)["requirements"]] == ["odg-gym/recommendation"]
    made["facts"] = dict.fromkeys(["exercise-failed", "special-equipment-required", "clinician-supervised"], "present")
    assert answer(made)["verdict"] == "approve"


def test_flexeril_can_be_approved(answer: Answer) -> None:
    """A short course for a documented acute exacerbation with spasm, after first-line medication."""
    made = a_case(
        "cyclobenzaprine",
        quantity={"value": 21, "unit": "tablets"},
        attributes={"dose-mg": 7.5, "frequency": "three-times-daily"},
    ) | {
        "facts": {
            "acute-exacerbation": "present",
            "muscle-spasm": "present",
            "nsaid-failed": "present",
            "muscle-relaxant-use-days": 0,
        }
    }
    request = answer(made)
    assert request["verdict"] == "approve"
    assert [r["id"] for r in request["requirements"] if r["kind"] == "required"] == [
        "cp09-cyclobenzaprine/short-course",
        "cp09-muscle-relaxant-class/second-line",
        "cp09-muscle-relaxant-class/acute-exacerbation",
        "cp09-muscle-relaxant-class/muscle-spasm",
        "cp09-muscle-relaxant-class/not-prolonged",
    ]
    made["requests"][0]["quantity"]["value"] = 90
    request = answer(made)
    assert request["verdict"] == "deny"
    assert {r["requirement"]: (r["kind"], r["attribute"], r["to"]) for r in request["remedies"]} == {
        "cp09-cyclobenzaprine/short-course": ("change", "duration-days", 21),
        "cp09-muscle-relaxant-class/not-prolonged": ("change", "duration-days", 21),
    }


def test_a_guideline_on_chronic_pain_says_nothing_a_week_after_the_injury(answer: Answer, engine: Engine) -> None:
    made = a_case("cyclobenzaprine", date="2013-11-14", attributes={"duration-days": 7})
    made |= {"date_of_injury": "2013-11-07"}
    request = answer(made)
    assert (request["verdict"], request["because"]) == ("not-addressed", "not-encoded")
    assert request["explanation"] == (
        "MTUS Chronic Pain 2009, Cyclobenzaprine (Flexeril), and MTUS Chronic Pain 2009, Muscle relaxants (for pain), "
        "do not apply to this request. Scope: time since the onset of the symptoms: at least 3 months. The record: "
        "time since the onset of the symptoms: less than 1 month (date of injury, 2013-11-07; date of the request, "
        "2013-11-14). What does apply is not encoded."
    )
    # Someone who asks for the guideline gets it.
    forced = engine.check(check_case(made, engine.catalogue), "mtus-chronic-pain-2009")["requests"][0]
    assert forced["verdict"] == "deny"
    made["date_of_injury"] = "2013-08-14"
    assert answer(made)["criteria"][0]["role"] == "governing"


def test_cognitive_behavioral_therapy_can_be_approved(answer: Answer) -> None:
    improved = {"subjective-improvement": "present", "functional-improvement": "present", "prior-treatment-count": 4}
    made = a_case("cognitive-behavioral-therapy", quantity={"value": 6, "unit": "sessions"}, facts=improved)
    assert answer(made)["verdict"] == "approve"
    made["requests"][0]["quantity"]["value"] = 8
    remedy = answer(made)["remedies"][0]
    assert (remedy["kind"], remedy["attribute"], remedy["to"]) == ("change", "quantity", 6)  # ten less the four so far


def test_a_request_may_depend_on_another(
    engine: Engine, complete: dict[str, Any], monkeypatch: pytest.MonkeyPatch
) -> None:
    """Requests are answered in order of dependency but shown in the order of the case."""
    answered = []

    def watched(catalogue: Catalogue, known: Case, request: Request, guideline: str | None) -> Selection:
        answered.append(request.id)
        return select(catalogue, known, request, guideline)

    monkeypatch.setattr(evaluate, "select", watched)
    for name, other in (("2", "1"), ("3", "2")):
        asked = {"id": name, "treatment": "gym-membership", "date": "2013-11-14", "depends_on": other}
        complete["requests"].insert(0, asked)
    result = engine.check(check_case(complete, engine.catalogue))
    assert list(dict.fromkeys(answered)) == ["1", "2", "3"]
    assert [(r["id"], r["verdict"]) for r in result["requests"]] == [("3", "deny"), ("2", "deny"), ("1", "approve")]
