"""Doubt never approves: what was found once, and then denied, sought in vain, outgrown or left behind."""

from __future__ import annotations

from typing import Any

import pytest

from tests.conftest import Answer, failing

Case = dict[str, Any]
PRESENT, ABSENT, MISSING = {"state": "present"}, {"state": "absent"}, {"state": "undocumented"}


def on(day: str, seen: Case) -> Case:
    return {**seen, "date": day}


def value(number: int | str, day: str) -> Case:
    return {"value": number, "date": day}


class TestSoughtInVain:
    """Looked for later and not found is no evidence for the contrary of what was found before."""

    @pytest.mark.parametrize("fact", ["trigger-point", "functional-improvement", "conservative-care-failed"])
    @pytest.mark.parametrize("day", [{}, {"date": "2013-11-10"}])
    def test_found_absent_and_then_concluded(self, answer: Answer, complete: Case, fact: str, day: Case) -> None:
        """The evidence below still shows it, against what was found."""
        complete["facts"] |= {
            **dict.fromkeys(["stretching-failed", "nsaid-failed", "dependence-on-treatment-reduced"], "present"),
            **dict.fromkeys(["daily-activities-improved", "medication-use-reduced"], "present"),
            fact: [on("2013-11-01", ABSENT), {**MISSING, **day}],
        }
        assert set(failing(answer(complete)).values()) == {"undocumented"}

    @pytest.mark.parametrize("where", ["case", "request"])
    def test_a_total_is_no_less_than_it_was(self, answer: Answer, relaxant: Case, where: str) -> None:
        days: list[Case] = [value(300, "2013-01-15")]
        if where == "case":
            days.append(on("2013-11-01", MISSING))
        else:
            relaxant["requests"][0]["facts"] = {"muscle-relaxant-use-days": "undocumented"}
        relaxant["facts"]["muscle-relaxant-use-days"] = days
        assert "not-prolonged" in failing(answer(relaxant))

    @pytest.mark.parametrize("sought", [MISSING, on("2013-11-01", MISSING)])
    def test_the_onset_stays(self, answer: Answer, complete: Case, sought: Case) -> None:
        """The date of injury does not stand in for it."""
        complete["date_of_injury"] = "2008-01-01"
        complete["facts"]["symptom-onset"] = [value("2013-10-20", "2013-10-25"), sought]
        assert failing(answer(complete))["duration"] == "unmet"

    def test_the_last_treatment_stays(self, answer: Answer, complete: Case) -> None:
        complete["facts"]["last-treatment-date"] = [value("2013-11-01", "2013-11-02"), on("2013-11-10", MISSING)]
        complete["records"] = {"treatments": [{"treatment": "trigger-point-injection", "date": "2013-01-01"}]}
        assert failing(answer(complete))["interval"] == "unmet"


class TestContradictedLater:
    def test_it_never_happened(self, answer: Answer, complete: Case) -> None:
        """ "Never", said later, contradicts that it happened before, whatever else happened."""
        complete["facts"]["prior-treatment"] = on("2013-11-10", ABSENT)
        failed = {"treatment": "trigger-point-injection", "date": "2012-01-01", "outcome": "failed"}
        for treatments in ([], [failed]):
            complete["records"] = {"treatments": treatments}
            assert answer(complete)["verdict"] == "deny"

    def test_never_until_then(self, answer: Answer, complete: Case) -> None:
        complete["facts"] |= {"prior-treatment": on("2013-01-10", ABSENT), "last-treatment-date": "2013-06-01"}
        complete["records"] = {"treatments": [{"treatment": "trigger-point-injection", "date": "2013-06-01"}]}
        assert answer(complete)["verdict"] == "approve"

    @pytest.mark.parametrize("day", [{}, {"date": "2013-11-13"}])
    def test_a_drug_on_record_and_a_later_statement(self, answer: Answer, relaxant: Case, day: Case) -> None:
        relaxant["records"]["medications"].append({"drug": "metaxalone", "from": "2013-11-08", "status": "current"})
        relaxant["facts"]["other-muscle-relaxant"] = {**ABSENT, **day}
        assert failing(answer(relaxant))["no-other-muscle-relaxant"] == "undocumented"

    @pytest.mark.parametrize("day", [{}, {"date": "2013-10-01"}])
    def test_a_study_on_record_and_a_later_statement(self, answer: Answer, complete: Case, day: Case) -> None:
        """The statement is no new study."""
        complete["facts"]["radiculopathy-on-electrodiagnostic-study"] = {**ABSENT, **day}
        complete["records"] = {
            "studies": [{"study": "emg", "date": "2013-06-01", "findings": {"radiculopathy": "present"}}]
        }
        assert failing(answer(complete)) == {"no-radiculopathy": "undocumented"}

    def test_a_total_does_not_shrink(self, answer: Answer, relaxant: Case) -> None:
        relaxant["facts"]["muscle-relaxant-use-days"] = [value(300, "2013-01-15"), value(3, "2013-11-01")]
        assert failing(answer(relaxant)) == {"not-prolonged": "undocumented"}

    def test_two_onsets(self, answer: Answer, complete: Case) -> None:
        onsets = [value("2013-10-20", "2013-11-01"), value("2008-01-01", "2013-11-10")]
        complete["facts"]["symptom-onset"] = onsets
        assert failing(answer(complete)) == {"duration": "undocumented"}

    def test_therapy_on_record_that_helped(self, answer: Answer, therapy: Case) -> None:
        assert answer(therapy)["verdict"] == "approve"
        therapy["records"] = {"treatments": [{"treatment": "physical-therapy", "count": 12, "outcome": "helped"}]}
        assert failing(answer(therapy)) == {"physical-therapy-first": "undocumented"}


class TestLongAgo:
    """What was so before the injury, or years ago, is not so now."""

    @pytest.mark.parametrize(
        ("fact", "requirement"),
        [
            ("fear-avoidance-screen", "fear-avoidance-screen"),
            ("therapy-without-progress-4-weeks", "physical-therapy-first"),
        ],
    )
    def test_before_the_injury(self, answer: Answer, therapy: Case, fact: str, requirement: str) -> None:
        therapy["date_of_injury"] = "2012-01-01"
        therapy["facts"][fact] = on("2009-06-01", PRESENT)
        assert failing(answer(therapy)) == {requirement: "undocumented"}

    def test_studies_before_the_injury(self, answer: Answer, complete: Case) -> None:
        del complete["facts"]["radiculopathy"]
        complete["facts"]["radiculopathy-on-exam"] = "absent"
        studies: list[Case] = [
            {"study": "mri", "date": "2012-06-01", "findings": {"nerve-root-compromise": "absent"}},
            {"study": "emg", "date": "2012-06-01", "findings": {"radiculopathy": "absent"}},
        ]
        complete |= {"records": {"studies": studies}, "date_of_injury": "2012-01-01"}
        assert answer(complete)["verdict"] == "approve"
        complete["date_of_injury"] = "2012-07-01"
        assert failing(answer(complete)) == {"no-radiculopathy": "undocumented"}

    def test_without_an_injury_the_onset_counts(self, answer: Answer, complete: Case) -> None:
        complete.pop("date_of_injury", None)
        complete["facts"] |= {"symptom-onset": "2013-06-01", "conservative-care-failed": on("2009-06-01", PRESENT)}
        assert "conservative-care-failed" in failing(answer(complete))

    def test_a_count_of_years_ago(self, answer: Answer, relaxant: Case) -> None:
        relaxant["records"] = {}
        relaxant["facts"]["muscle-relaxant-use-days"] = value(0, "2009-01-01")
        assert failing(answer(relaxant)) == {"not-prolonged": "undocumented"}
        relaxant["facts"]["muscle-relaxant-use-days"] = value(0, "2013-11-01")
        assert answer(relaxant)["verdict"] == "approve"

    def test_another_drug_of_years_ago(self, answer: Answer, relaxant: Case) -> None:
        """That it was taken then is no proof that it is now, and nobody may assume that it is not."""
        relaxant["facts"]["other-muscle-relaxant"] = on("2009-01-01", PRESENT)
        assert failing(answer(relaxant)) == {"no-other-muscle-relaxant": "undocumented"}


class TestScope:
    """Whether the pain is chronic decides whether the guideline speaks at all."""

    @pytest.mark.parametrize(
        "onset",
        [
            [{"value": "2008-03-01"}, {"value": "2013-11-01"}],
            [value("2008-03-01", "2013-11-10"), value("2013-11-01", "2013-11-10")],
            "2013-11-20",  # after the request
        ],
    )
    def test_in_doubt_it_does_not_approve(self, answer: Answer, relaxant: Case, therapy: Case, onset: Any) -> None:
        for case in (relaxant, therapy):
            case["facts"]["symptom-onset"] = onset
            request = answer(case)
            assert failing(request) == {"chronic-pain": "undocumented"}
            assert request["counts"]["in-conflict"] > request["counts"]["undocumented"] == 0

    def test_in_silence_it_is_assumed(self, answer: Answer, therapy: Case) -> None:
        del therapy["facts"]["symptom-onset"]
        request = answer(therapy)
        assert request["verdict"] == "approve"
        assert [a["requirement"] for a in request["assumptions"]] == ["cp09-cbt/chronic-pain"]


class TestStudies:
    @pytest.mark.parametrize(
        "study",
        [
            {"study": "x-ray", "findings": {"nerve-root-compromise": "present"}},
            {"study": "emg", "findings": {"nerve-root-compromise": "present", "radiculopathy": "absent"}},
            {"study": "mri", "findings": {"radiculopathy": "present", "nerve-root-compromise": "absent"}},
        ],
    )
    def test_a_finding_that_no_rule_reads_is_no_silence(self, answer: Answer, complete: Case, study: Case) -> None:
        complete["facts"]["radiculopathy"] = "absent"
        complete["records"] = {"studies": [study]}
        request = answer(complete)
        assert failing(request) == {"no-radiculopathy": "undocumented"}
        assert request["counts"]["in-conflict"] == 1

    def test_a_study_after_the_date_of_the_file_settles_no_order(self, answer: Answer, complete: Case) -> None:
        del complete["facts"]["radiculopathy"]
        complete["facts"]["radiculopathy-on-exam"] = "absent"
        complete["as_of"] = "2013-11-14"
        mri = {"study": "mri", "date": "2013-06-01", "findings": {"nerve-root-compromise": "absent"}}
        emg: list[Case] = [{"study": "emg", "status": "ordered", "date": "2013-11-01"}]
        for since in ([], [{"study": "emg", "date": "2013-12-01", "findings": {"radiculopathy": "absent"}}]):
            complete["records"] = {"studies": [mri, *emg, *since]}
            assert failing(answer(complete)) == {"no-radiculopathy": "undocumented"}
        complete["records"] = {"studies": [mri, *emg, {"study": "emg", "status": "not-done", "date": "2013-11-10"}]}
        assert answer(complete)["verdict"] == "approve"


class TestRecords:
    def test_relief_is_not_silenced_by_an_entry_without_an_outcome(self, answer: Answer, complete: Case) -> None:
        """As most files have it: the injection on record, its effect in a report."""
        complete["facts"] |= {"pain-relief-percent": value(60, "2013-10-01"), "last-treatment-date": "2013-06-01"}
        complete["records"] = {"treatments": [{"treatment": "trigger-point-injection", "date": "2013-06-01"}]}
        assert answer(complete)["verdict"] == "approve"

    def test_relief_seen_after_the_next_treatment(self, answer: Answer, complete: Case) -> None:
        complete["as_of"] = "2014-06-01"
        complete["facts"] |= {"pain-relief-percent": value(60, "2014-01-15"), "last-treatment-date": "2013-06-01"}
        assert answer(complete)["verdict"] == "approve"
        complete["records"] = {"treatments": [{"treatment": "trigger-point-injection", "date": "2013-12-01"}]}
        assert failing(answer(complete)) == {"response-to-earlier-injection": "undocumented"}

    def test_a_drug_that_ends_between_the_file_and_the_request(self, answer: Answer, relaxant: Case) -> None:
        relaxant["as_of"] = "2013-10-15"
        relaxant["records"]["medications"] = [{"drug": "cyclobenzaprine", "from": "2013-10-12", "to": "2013-10-18"}]
        assert answer(relaxant)["verdict"] == "approve"

    def test_a_drug_that_begins_after_the_request(self, answer: Answer, relaxant: Case) -> None:
        """The file knows of it, so nobody may assume that it will not be taken beside the one requested."""
        relaxant["records"]["medications"].append({"drug": "metaxalone", "from": "2013-11-16", "status": "current"})
        assert failing(answer(relaxant)) == {"no-other-muscle-relaxant": "undocumented"}
        relaxant["as_of"] = "2013-11-14"
        assert answer(relaxant)["verdict"] == "approve"

    def test_a_drug_that_is_current_and_ended(self, answer: Answer, relaxant: Case) -> None:
        relaxant["records"]["medications"][0] |= {"to": "2013-11-12"}
        assert failing(answer(relaxant)) == {"not-prolonged": "undocumented"}

    @pytest.mark.parametrize(("count", "status"), [(3, None), (4, "undocumented"), (11, "unmet")])
    def test_a_course_that_two_documents_tell_of(
        self, answer: Answer, therapy: Case, count: int, status: str | None
    ) -> None:
        del therapy["facts"]["prior-treatment"]
        therapy["facts"]["functional-improvement"] = "present"
        course = {"treatment": "cognitive-behavioral-therapy", "from": "2013-05-01", "to": "2013-10-01", "count": count}
        therapy["records"] = {"treatments": [course | {"evidence": {"document": name}} for name in ("a", "b")]}
        assert failing(answer(therapy)).get("visits-in-all") == status

    @pytest.mark.parametrize(("day", "status"), [("2013-10-01", None), ("2013-09-30", "undocumented")])
    def test_a_course_that_ended_when_its_visits_were_counted(
        self, answer: Answer, therapy: Case, day: str, status: str | None
    ) -> None:
        del therapy["facts"]["prior-treatment"]
        therapy["facts"] |= {"prior-treatment-count": value(4, day), "functional-improvement": "present"}
        course = {"treatment": "cognitive-behavioral-therapy", "from": "2013-09-01", "to": "2013-10-01", "count": 4}
        therapy["records"] = {"treatments": [course]}
        assert failing(answer(therapy)).get("visits-in-all") == status

    def test_a_total_says_nothing_of_what_went_on_since(self, answer: Answer, relaxant: Case, therapy: Case) -> None:
        relaxant["facts"]["muscle-relaxant-use-days"] = value(3, "2012-12-01")
        relaxant["records"] = {"medications": [{"drug": "cyclobenzaprine", "status": "current"}]}
        assert failing(answer(relaxant)) == {"not-prolonged": "undocumented"}
        del therapy["facts"]["prior-treatment"]
        therapy["facts"] |= {"prior-treatment-count": value(4, "2013-01-20"), "functional-improvement": "present"}
        course = {"treatment": "cognitive-behavioral-therapy", "from": "2013-01-01", "to": "2013-10-10"}
        therapy["records"] = {"treatments": [course]}
        assert failing(answer(therapy)) == {"visits-in-all": "undocumented"}

    def test_a_course_that_ran_while_its_visits_were_counted(self, answer: Answer, therapy: Case) -> None:
        """Two by June, and five from May to October: between five and seven."""
        del therapy["facts"]["prior-treatment"]
        therapy["facts"] |= {"prior-treatment-count": value(2, "2013-06-01"), "functional-improvement": "present"}
        course = {"treatment": "cognitive-behavioral-therapy", "from": "2013-05-01", "to": "2013-10-01", "count": 5}
        therapy["records"] = {"treatments": [course]}
        therapy["requests"][0]["quantity"] = {"value": 5, "unit": "visits"}
        assert failing(answer(therapy)) == {"visits-in-all": "undocumented"}
