"""Doubt never approves: each way in which evidence that was not settled once passed for settled."""

from __future__ import annotations

import copy
from typing import Any

import pytest

from tests.conftest import Answer, failing
from tests.engine.support import checked

Case = dict[str, Any]
PRESENT, ABSENT, MISSING = {"state": "present"}, {"state": "absent"}, {"state": "undocumented"}
FIRST_COURSE = ("pain-relief-percent", "pain-relief-weeks", "functional-improvement", "last-treatment-date")


@pytest.fixture
def first(complete: Case) -> Case:
    """A p.122 case of a first injection that is approved."""
    complete["facts"]["prior-treatment"] = "absent"
    for name in FIRST_COURSE:
        del complete["facts"][name]
    return complete


def on(day: str, seen: Case) -> Case:
    return {**seen, "date": day}


@pytest.mark.parametrize("fixture", ["complete", "first", "relaxant", "therapy"])
def test_the_cases_below_start_from_an_approval(answer: Answer, request: pytest.FixtureRequest, fixture: str) -> None:
    assert answer(request.getfixturevalue(fixture))["verdict"] == "approve"


@pytest.mark.parametrize("fact", ["radicular-pain", "typical-neck-or-back-pain", "fibromyalgia"])
@pytest.mark.parametrize(
    "seen",
    [
        [on("2013-11-01", PRESENT), on("2013-11-01", ABSENT)],
        [on("2013-10-01", PRESENT), on("2013-11-01", MISSING)],
        [PRESENT, on("2013-11-01", ABSENT)],
        [on("2013-11-01", PRESENT), ABSENT],
        [on("2013-11-01", PRESENT), MISSING],
        [PRESENT, ABSENT],
    ],
)
def test_an_exclusion_in_doubt_is_not_assumed_absent(answer: Answer, complete: Case, fact: str, seen: Any) -> None:
    complete["facts"][fact] = seen
    request = answer(complete)
    assert request["verdict"] == "deny"
    assert list(failing(request).values()) == ["undocumented"]
    assert fact not in str(request["assumptions"])


@pytest.mark.parametrize("seen", ["undocumented", on("2013-11-01", MISSING), [MISSING, on("2013-01-01", MISSING)]])
def test_an_exclusion_looked_for_and_not_found_is_still_silence(answer: Answer, complete: Case, seen: Any) -> None:
    complete["facts"]["radicular-pain"] = seen
    request = answer(complete)
    assert request["verdict"] == "approve"
    assert [a["requirement"].partition("/")[2] for a in request["assumptions"]] == ["not-radicular-pain"]


class TestResponse:
    """A response is seen after the treatment it answers to, and lasts no longer than the time since."""

    def test_relief_seen_before_the_last_treatment(self, answer: Answer, complete: Case) -> None:
        complete["facts"]["pain-relief-percent"] = {"value": 80, "date": "2010-01-01"}
        assert failing(answer(complete)) == {"response-to-earlier-injection": "undocumented"}

    @pytest.mark.parametrize("weeks", [20, 15])
    def test_relief_that_lasts_longer_than_the_time_since(self, answer: Answer, complete: Case, weeks: int) -> None:
        complete["facts"] |= {"last-treatment-date": "2013-09-05", "pain-relief-weeks": weeks}
        assert failing(answer(complete)) == {"response-to-earlier-injection": "undocumented"}

    def test_the_day_of_a_later_entry_counts(self, answer: Answer, complete: Case) -> None:
        """The relief follows an injection, but not the last one."""
        complete["facts"]["pain-relief-percent"] = {"value": 80, "date": "2012-06-01"}
        complete["facts"]["last-treatment-date"] = "2012-05-01"
        complete["records"] = {"treatments": [{"treatment": "trigger-point-injection", "date": "2013-01-01"}]}
        assert "response-to-earlier-injection" in failing(answer(complete))

    def test_a_record_that_it_failed(self, answer: Answer, complete: Case) -> None:
        complete["records"] = {"treatments": [{"treatment": "trigger-point-injection", "outcome": "failed"}]}
        assert failing(answer(complete)) == {"response-to-earlier-injection": "undocumented"}

    def test_relief_of_what_was_never_done(self, answer: Answer, complete: Case) -> None:
        complete["facts"]["prior-treatment"] = "absent"
        assert answer(complete)["verdict"] == "deny"

    def test_an_earlier_failure_says_nothing_of_the_last_treatment(self, answer: Answer, complete: Case) -> None:
        injections = [{"treatment": "trigger-point-injection", "date": "2009-03-01", "outcome": "failed"}]
        complete["records"] = {"treatments": injections}
        assert answer(complete)["verdict"] == "approve"


class TestStatementsAndRecords:
    """A statement that the records exceed is a conflict; neither silently beats the other."""

    def test_days_of_use(self, answer: Answer, relaxant: Case) -> None:
        relaxant["records"]["medications"][0]["from"] = "2010-01-01"
        relaxant["facts"]["muscle-relaxant-use-days"] = 0
        assert failing(answer(relaxant)) == {"not-prolonged": "undocumented"}

    def test_no_day_of_use_and_a_record_without_dates(self, answer: Answer, relaxant: Case) -> None:
        relaxant["records"]["medications"] = [{"drug": "cyclobenzaprine", "status": "current"}]
        relaxant["facts"]["muscle-relaxant-use-days"] = 0
        assert failing(answer(relaxant)) == {"not-prolonged": "undocumented"}

    def test_the_last_treatment(self, answer: Answer, complete: Case) -> None:
        complete["facts"]["last-treatment-date"] = "2012-01-01"
        complete["records"] = {"treatments": [{"treatment": "trigger-point-injection", "date": "2013-03-01"}]}
        assert "interval" in failing(answer(complete))

    def test_earlier_visits(self, answer: Answer, therapy: Case) -> None:
        therapy["facts"] |= {
            "prior-treatment": "present",
            "prior-treatment-count": 2,
            "functional-improvement": "present",
        }
        assert answer(therapy)["verdict"] == "approve"
        therapy["records"] = {"treatments": [{"treatment": "cognitive-behavioral-therapy", "count": 20}]}
        assert failing(answer(therapy)) == {"visits-in-all": "undocumented"}

    def test_no_earlier_treatment_and_its_date(self, answer: Answer, first: Case) -> None:
        first["facts"]["last-treatment-date"] = "2013-01-01"
        assert answer(first)["verdict"] == "deny"

    def test_no_earlier_treatment_and_a_record_of_one(self, answer: Answer, first: Case) -> None:
        first["records"] = {"treatments": [{"treatment": "trigger-point-injection", "date": "2012-01-01"}]}
        assert answer(first)["verdict"] == "deny"

    def test_a_statement_speaks_of_the_time_until_its_date(self, answer: Answer, relaxant: Case) -> None:
        """Three days by 13 November, and one more until the request."""
        relaxant["facts"]["muscle-relaxant-use-days"] = {"value": 3, "date": "2013-11-13"}
        assert answer(relaxant)["verdict"] == "approve"

    def test_a_statement_of_more_than_the_records_show(self, answer: Answer, relaxant: Case) -> None:
        relaxant["facts"]["muscle-relaxant-use-days"] = 300
        assert failing(answer(relaxant)) == {"not-prolonged": "unmet"}


class TestMedications:
    """Entries have extent; time on a class counts all of them."""

    @pytest.mark.parametrize(
        "earlier",
        [
            {"drug": "cyclobenzaprine", "from": "2010-01-01", "to": "2013-11-09", "status": "stopped"},
            {"drug": "metaxalone", "from": "2010-01-01", "to": "2013-11-09"},
            {"drug": "muscle-relaxant", "from": "2010-01-01", "to": "2013-11-09"},
        ],
    )
    def test_time_on_a_class_counts_all_entries(self, answer: Answer, relaxant: Case, earlier: Case) -> None:
        relaxant["records"]["medications"].append(earlier)
        assert failing(answer(relaxant)) == {"not-prolonged": "unmet"}

    @pytest.mark.parametrize(
        ("other", "status"),
        [
            ({"drug": "metaxalone", "from": "2013-11-13", "to": "2014-01-01"}, "unmet"),  # ends after as_of
            ({"drug": "metaxalone", "from": "2013-11-13", "to": "2014-01-01", "status": "stopped"}, "unmet"),
            ({"drug": "metaxalone", "from": "2013-11-13"}, "unmet"),
            ({"drug": "metaxalone"}, "undocumented"),
            ({"drug": "metaxalone", "status": "current", "to": "2013-11-13"}, "undocumented"),
            ({"drug": "muscle-relaxant", "status": "current"}, "undocumented"),  # by its class alone
        ],
    )
    def test_another_relaxant_taken_now(self, answer: Answer, relaxant: Case, other: Case, status: str) -> None:
        relaxant["as_of"] = "2013-11-20"
        relaxant["records"]["medications"].append(other)
        assert failing(answer(relaxant))["no-other-muscle-relaxant"] == status

    @pytest.mark.parametrize("others", [[], [{"drug": "gabapentin", "status": "current"}]])
    def test_a_list_without_another_relaxant_is_no_proof(self, answer: Answer, relaxant: Case, others: Any) -> None:
        relaxant["records"]["medications"] += others
        request = answer(relaxant)
        assert request["verdict"] == "approve"
        assert [a["requirement"].partition("/")[2] for a in request["assumptions"]] == ["no-other-muscle-relaxant"]


class TestStudies:
    """Examination and studies negative: every study is, or was not done."""

    @pytest.fixture
    def by_studies(self, first: Case) -> Case:
        del first["facts"]["radiculopathy"]
        first["facts"]["radiculopathy-on-exam"] = "absent"
        first["records"] = {
            "studies": [
                {"study": "mri", "date": "2013-06-01", "findings": {"nerve-root-compromise": "absent"}},
                {"study": "emg-ncs", "status": "not-done"},
            ]
        }
        return first

    def test_all_negative(self, answer: Answer, by_studies: Case) -> None:
        assert answer(by_studies)["verdict"] == "approve"

    @pytest.mark.parametrize(
        "study",
        [
            {"study": "ct"},
            {"study": "ct", "findings": {"nerve-root-compromise": "undocumented"}},
            {"study": "mri", "status": "ordered", "date": "2013-11-01"},
            {"study": "emg", "status": "ordered"},
            {
                "study": "mri",
                "date": "2013-07-01",
                "findings": {"radiculopathy": "present", "nerve-root-compromise": "absent"},
            },
            {"study": "x-ray", "findings": {"nerve-root-compromise": "present"}},
            {"study": "other"},
        ],
    )
    def test_one_that_is_open(self, answer: Answer, by_studies: Case, study: Case) -> None:
        by_studies["records"]["studies"].append(study)
        assert failing(answer(by_studies)) == {"no-radiculopathy": "undocumented"}

    @pytest.mark.parametrize("study", [{"study": "ct"}, {"study": "x-ray"}, {"study": "mri", "status": "ordered"}])
    def test_one_that_is_open_beside_what_is_stated(self, answer: Answer, by_studies: Case, study: Case) -> None:
        by_studies["facts"] |= {
            "nerve-root-compromise-on-imaging": "absent",
            "radiculopathy-on-electrodiagnostic-study": "absent",
        }
        by_studies["records"]["studies"] = [study]
        assert failing(answer(by_studies)) == {"no-radiculopathy": "undocumented"}

    @pytest.mark.parametrize(
        ("ordered", "done"), [(["emg"], ["emg-ncs"]), (["emg-ncs"], ["emg", "nerve-conduction-study"])]
    )
    def test_one_that_was_done_as_part_of_another(
        self, answer: Answer, by_studies: Case, ordered: list[str], done: list[str]
    ) -> None:
        negative = {"findings": {"radiculopathy": "absent"}, "date": "2013-10-05", "region": "low-back"}
        orders: list[Case] = [{"study": name, "status": "ordered", "date": "2013-05-10"} for name in ordered]
        by_studies["records"]["studies"][1:] = [*orders, *({"study": name, **negative} for name in done)]
        assert answer(by_studies)["verdict"] == "approve"
        by_studies["records"]["studies"].pop()
        assert failing(answer(by_studies)) == {"no-radiculopathy": "undocumented"}

    def test_one_that_was_ordered_and_then_done(self, answer: Answer, by_studies: Case) -> None:
        by_studies["records"]["studies"].append({"study": "mri", "status": "ordered", "date": "2013-05-01"})
        assert answer(by_studies)["verdict"] == "approve"

    @pytest.mark.parametrize("stated", [{}, {"radiculopathy": "absent"}])
    def test_a_conflict_below_a_finding_is_not_lost(self, answer: Answer, by_studies: Case, stated: Case) -> None:
        by_studies["facts"] |= {"nerve-root-compromise-on-imaging": "absent", **stated}
        by_studies["records"]["studies"][0]["findings"] = {"nerve-root-compromise": "present"}
        assert failing(answer(by_studies)) == {"no-radiculopathy": "undocumented"}

    def test_a_conflict_two_levels_below_is_not_lost(self, answer: Answer, by_studies: Case) -> None:
        by_studies["facts"] |= {"radiculopathy": "absent", "reflex-loss": "present"}
        assert failing(answer(by_studies)) == {"no-radiculopathy": "undocumented"}

    def test_one_not_done_does_not_contradict_another_that_was(self, answer: Answer, by_studies: Case) -> None:
        by_studies["records"]["studies"] += [{"study": "emg", "findings": {"radiculopathy": "absent"}}]
        request = answer(by_studies)
        assert request["verdict"] == "approve"
        assert not [f for r in request["requirements"] for f in r["facts"] if f["conflict"]]


class TestTheRequest:
    """Facts and numbers of the request itself."""

    def test_its_facts_do_not_erase_contrary_evidence(self, answer: Answer, complete: Case) -> None:
        complete["facts"]["twitch-response"] = "absent"
        complete["requests"][0]["facts"] = {"twitch-response": "present"}
        assert failing(answer(complete)) == {"twitch-response": "undocumented"}

    def test_injections_that_contradict_each_other(self, answer: Answer, first: Case) -> None:
        first["requests"][0]["quantity"] = {"value": 12, "unit": "injections"}
        first["requests"][0]["attributes"] |= {"injections-per-session": 3, "sessions": 1}
        assert failing(answer(first))["injections-per-session"] == "undocumented"

    def test_tablets_that_contradict_the_days(self, answer: Answer, relaxant: Case) -> None:
        relaxant["requests"][0]["quantity"] = {"value": 90, "unit": "tablets"}
        relaxant["requests"][0]["attributes"] |= {"doses-per-day": 3, "duration-days": 7}
        assert failing(answer(relaxant))["short-course"] == "undocumented"

    @pytest.mark.parametrize(
        "asked",
        [
            {"attributes": {"injections-per-session": 4, "sessions": 3, "injectate": "local-anesthetic"}},
            {"quantity": {"value": 3, "unit": "sessions"}},
            {"quantity": {"value": 12, "unit": "injections"}},
        ],
    )
    def test_a_series_asked_for_at_once(self, answer: Answer, first: Case, asked: Case) -> None:
        attributes = {k: v for k, v in first["requests"][0]["attributes"].items() if k != "sessions"}
        first["requests"][0] |= {"attributes": attributes, **asked}
        assert failing(answer(first)) == {"one-session-at-a-time": "unmet"}

    def test_the_same_treatment_asked_for_twice(self, first: Case) -> None:
        """A series in two requests is a series; the second of them is a repeat without a response."""
        again = {**first["requests"][0], "id": "again"}
        first["requests"].append(again)
        assert [r["verdict"] for r in checked(first)["requests"]] == ["deny", "deny"]
        again["date"] = "2013-11-21"
        assert [r["verdict"] for r in checked(first)["requests"]] == ["approve", "deny"]
        again |= {"date": first["requests"][0]["date"], "region": "knee"}
        first["facts"]["myofascial-pain-syndrome"] = PRESENT
        assert checked(first)["requests"][0]["verdict"] == "approve"

    def test_a_request_that_was_carried_out_since(self, complete: Case) -> None:
        earlier = {**complete["requests"][0], "id": "earlier", "date": "2013-03-01"}
        complete["requests"].append(earlier)
        complete["records"] = {"treatments": [{"treatment": "trigger-point-injection", "date": "2013-04-01"}]}
        complete["facts"]["last-treatment-date"] = "2013-04-01"
        assert checked(complete)["requests"][0]["verdict"] == "approve"

    def test_two_relaxants_asked_for_at_once(self, relaxant: Case) -> None:
        other = {**relaxant["requests"][0], "id": "other", "treatment": "metaxalone"}
        relaxant["requests"].append(other)
        assert [r["verdict"] for r in checked(relaxant)["requests"]] == ["deny", "deny"]
        assert failing(checked(relaxant)["requests"][0])["no-other-muscle-relaxant"] == "undocumented"
        other["date"] = "2014-11-14"
        assert checked(relaxant)["requests"][0]["verdict"] == "approve"

    def test_a_drug_asked_for_before_and_taken_since(self, relaxant: Case) -> None:
        """The records tell what came of that request; a statement since then tells it, too."""
        earlier = {**relaxant["requests"][0], "id": "earlier", "date": "2013-03-01", "treatment": "metaxalone"}
        relaxant["requests"].append(earlier)
        assert checked(relaxant)["requests"][0]["verdict"] == "deny"
        taken = {"drug": "metaxalone", "from": "2013-03-02", "to": "2013-03-06", "status": "stopped"}
        relaxant["records"]["medications"].append(taken)
        assert checked(relaxant)["requests"][0]["verdict"] == "approve"

    def test_sessions_of_a_therapy_that_has_no_region(self, therapy: Case) -> None:
        therapy["requests"].append({**therapy["requests"][0], "id": "again", "region": "neck"})
        assert [r["verdict"] for r in checked(therapy)["requests"]] == ["deny", "deny"]

    def test_doses_that_contradict_the_frequency(self, answer: Answer, relaxant: Case) -> None:
        """Only the last session of a series may be short; one dose and one and a half are not the same."""
        relaxant["requests"][0] |= {
            "quantity": {"value": 30, "unit": "tablets"},
            "attributes": {"doses-per-day": 1.5, "frequency": "daily"},
        }
        assert set(failing(answer(relaxant)).values()) == {"undocumented"}

    def test_doses_in_conflict_do_not_matter_to_a_course_of_stated_length(self, answer: Answer, relaxant: Case) -> None:
        relaxant["requests"][0]["attributes"] = {"duration-days": 10, "doses-per-day": 3, "frequency": "daily"}
        assert answer(relaxant)["verdict"] == "approve"

    @pytest.mark.parametrize("unit", ["months", "units", "tablets"])
    def test_a_quantity_in_a_unit_that_no_rule_reads(self, answer: Answer, first: Case, unit: str) -> None:
        first["requests"][0]["quantity"] = {"value": 6, "unit": unit}
        assert set(failing(answer(first)).values()) == {"undocumented"}

    def test_a_course_of_weeks(self, answer: Answer, relaxant: Case) -> None:
        relaxant["requests"][0] |= {"quantity": {"value": 8, "unit": "weeks"}, "attributes": {}}
        assert failing(answer(relaxant)) == {"short-course": "unmet", "not-prolonged": "unmet"}


class TestEarlierTreatment:
    def test_a_course_of_therapy_has_no_region(self, answer: Answer, therapy: Case) -> None:
        del therapy["facts"]["prior-treatment"]
        therapy["records"] = {
            "treatments": [{"treatment": "cognitive-behavioral-therapy", "region": "neck", "count": 8}]
        }
        assert "visits-in-all" in failing(answer(therapy))

    @pytest.mark.parametrize("day", ["2013-11-14", "2013-11-20"])
    def test_on_or_after_the_day_of_the_request_is_not_earlier(self, answer: Answer, first: Case, day: str) -> None:
        first["records"] = {"treatments": [{"treatment": "trigger-point-injection", "date": day}]}
        assert answer(first)["verdict"] == "approve"

    def test_care_that_failed_before_the_injury(self, answer: Answer, first: Case) -> None:
        del first["facts"]["conservative-care-failed"]
        first["date_of_injury"] = "2012-01-01"
        tried = {"from": "2009-01-01", "to": "2009-06-01", "outcome": "failed"}
        first["records"] = {
            "treatments": [{"treatment": "physical-therapy", **tried}],
            "medications": [{"drug": "naproxen", **tried}],
        }
        assert failing(answer(first)) == {"conservative-care-failed": "undocumented"}
        after = copy.deepcopy(first)
        for entry in (*after["records"]["treatments"], *after["records"]["medications"]):
            entry |= {"from": "2012-02-01", "to": "2012-06-01"}
        assert answer(after)["verdict"] == "approve"

    def test_one_drug_that_failed_and_another_that_helped(self, answer: Answer, first: Case) -> None:
        del first["facts"]["conservative-care-failed"]
        first["facts"]["stretching-failed"] = "present"
        drugs = [{"drug": "naproxen", "outcome": "failed"}, {"drug": "ibuprofen", "outcome": "helped"}]
        first["records"] = {"medications": drugs}
        assert answer(first)["verdict"] == "approve"
        first["records"] = {"medications": [drugs[0], {"drug": "naproxen", "outcome": "helped"}]}
        assert failing(answer(first)) == {"conservative-care-failed": "undocumented"}


def test_an_unknown_part_leaves_a_sum_open_above(answer: Answer, relaxant: Case) -> None:
    relaxant["records"]["medications"][0]["from"] = "2010-01-01"
    relaxant["requests"][0]["attributes"] = {}
    assert failing(answer(relaxant)) == {"short-course": "undocumented", "not-prolonged": "unmet"}
