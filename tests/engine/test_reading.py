"""How several observations are read, and how quantities are derived."""

from __future__ import annotations

import datetime as dt
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from imr_criteria import Catalogue
from imr_criteria.dates import add_months, months_between
from imr_engine.cases.intake import check_case
from imr_engine.inputs.observations import Subject
from imr_engine.inputs.quantities import derive
from imr_engine.inputs.reading import Seen
from tests.engine.support import a_case


def subject(catalogue: Catalogue, facts: dict[str, Any], /, **request: Any) -> Subject:
    """The first request of a case with these facts."""
    dates = {"as_of": "2014-06-30", "date_of_injury": "2013-12-15"}
    made = a_case(date="2014-05-01", region=None) | dates | {"facts": facts, "records": request.pop("records", {})}
    made["requests"][0] |= request
    case = check_case(made, catalogue)
    return Subject(catalogue, case, case.requests[0], case.requests[0].date)


def seen(catalogue: Catalogue, *observations: dict[str, Any], fact: str = "twitch-response", **request: Any) -> Seen:
    return subject(catalogue, {fact: list(observations)}, **request).fact(fact)


PRESENT, ABSENT = {"state": "present"}, {"state": "absent"}


class TestLatest:
    """twitch-response has the reading `latest`."""

    def test_the_latest_date_decides(self, catalogue: Catalogue) -> None:
        assert seen(catalogue, PRESENT | {"date": "2014-01-01"}, ABSENT | {"date": "2014-02-01"}).value == "absent"

    def test_an_observation_after_as_of_does_not_count(self, catalogue: Catalogue) -> None:
        assert seen(catalogue, PRESENT | {"date": "2014-06-30"}, ABSENT | {"date": "2014-07-01"}).value == "present"

    def test_two_that_disagree_on_one_date_are_a_conflict(self, catalogue: Catalogue) -> None:
        found = seen(catalogue, PRESENT | {"date": "2014-02-01"}, ABSENT | {"date": "2014-02-01"})
        assert found.value == "conflict"
        assert found.conflict == "the record contradicts itself (2014-02-01)"

    def test_one_without_a_date_cannot_be_placed_before_the_latest(self, catalogue: Catalogue) -> None:
        assert seen(catalogue, PRESENT, ABSENT | {"date": "2014-02-01"}).value == "conflict"

    def test_looked_for_and_missing_on_the_latest_date(self, catalogue: Catalogue) -> None:
        assert (
            seen(catalogue, PRESENT | {"date": "2014-01-01"}, {"state": "undocumented", "date": "2014-02-01"}).value
            == "conflict"
        )

    def test_missing_and_found_on_one_date(self, catalogue: Catalogue) -> None:
        assert (
            seen(catalogue, PRESENT | {"date": "2014-02-01"}, {"state": "undocumented", "date": "2014-02-01"}).value
            == "present"
        )

    def test_another_region_is_not_evidence(self, catalogue: Catalogue) -> None:
        assert seen(catalogue, PRESENT | {"region": "low-back"}, region="neck").value is None
        assert seen(catalogue, PRESENT | {"region": "neck"}, region="neck").value == "present"
        assert seen(catalogue, PRESENT | {"region": "low-back"}).value == "present"  # the request names no region
        assert seen(catalogue, PRESENT, region="neck").value == "present"

    def test_a_fact_that_is_not_regional_counts_everywhere(self, catalogue: Catalogue) -> None:
        assert seen(catalogue, PRESENT | {"region": "knee"}, fact="fibromyalgia", region="neck").value == "present"

    def test_values_that_disagree_are_a_conflict(self, catalogue: Catalogue) -> None:
        found = seen(catalogue, {"value": 50}, {"value": 60}, fact="pain-relief-percent")
        assert (found.value, found.conflict) == (None, "the record contradicts itself")
        assert seen(catalogue, {"value": 50}, {"value": 50.0}, fact="pain-relief-percent").value == 50


class TestEver:
    """physical-therapy-failed has the reading `ever`."""

    FACT = "physical-therapy-failed"

    def test_once_suffices(self, catalogue: Catalogue) -> None:
        found = seen(catalogue, ABSENT | {"date": "2014-02-01"}, PRESENT | {"date": "2014-03-01"}, fact=self.FACT)
        assert found.value == "present"

    def test_what_was_so_before_is_denied_later(self, catalogue: Catalogue) -> None:
        found = seen(catalogue, PRESENT | {"date": "2014-02-01"}, ABSENT | {"date": "2014-03-01"}, fact=self.FACT)
        assert found.value == "conflict"

    def test_a_contradiction_on_one_date(self, catalogue: Catalogue) -> None:
        assert seen(catalogue, PRESENT, ABSENT, fact=self.FACT).value == "conflict"

    def test_never(self, catalogue: Catalogue) -> None:
        assert seen(catalogue, ABSENT, {"state": "undocumented"}, fact=self.FACT).value == "absent"

    @pytest.mark.parametrize(
        ("outcome", "state"), [("failed", "present"), ("helped", "absent"), ("undocumented", None), (None, None)]
    )
    def test_a_record_is_an_observation(self, catalogue: Catalogue, outcome: str | None, state: str | None) -> None:
        entry = {"treatment": "physical-therapy"} | ({"outcome": outcome} if outcome else {})
        assert subject(catalogue, {}, records={"treatments": [entry]}).fact(self.FACT).value == state

    def test_a_member_of_a_class_counts_for_it(self, catalogue: Catalogue) -> None:
        records = {"medications": [{"drug": "naproxen", "outcome": "failed"}]}
        assert subject(catalogue, {}, records=records).fact("nsaid-failed").value == "present"

    def test_a_requests_own_facts_join_the_cases(self, catalogue: Catalogue) -> None:
        made = subject(catalogue, {self.FACT: "absent"}, facts={self.FACT: "present"})
        assert made.fact(self.FACT).value == "conflict"

    def test_a_requests_own_response_goes_first(self, catalogue: Catalogue) -> None:
        made = subject(catalogue, {"pain-relief-percent": 20}, facts={"pain-relief-percent": 60})
        assert made.fact("pain-relief-percent").value == 60


class TestQuantities:
    """Derived before the rules."""

    @pytest.mark.parametrize(
        ("start", "end", "months"),
        [
            ("2014-01-15", "2014-04-15", 3),
            ("2014-01-15", "2014-04-16", 3 + 1 / 30),
            ("2014-01-15", "2014-04-14", 2 + 30 / 31),
            ("2013-11-30", "2014-02-28", 3),
            ("2012-02-29", "2013-02-28", 12),
            ("2014-01-15", "2014-01-15", 0),
        ],
    )
    def test_months(self, start: str, end: str, months: float) -> None:
        found = months_between(dt.date.fromisoformat(start), dt.date.fromisoformat(end))
        assert found == pytest.approx(months)

    @given(st.dates(dt.date(1950, 1, 1), dt.date(2049, 12, 31)), st.integers(0, 600), st.integers(0, 27))
    def test_more_days_are_more_months(self, start: dt.date, months: int, days: int) -> None:
        end = add_months(start, months) + dt.timedelta(days)
        assert months <= months_between(start, end) < months_between(start, end + dt.timedelta(1))

    def test_injections_in_a_session(self, catalogue: Catalogue) -> None:
        six = {"quantity": {"value": 6, "unit": "injections"}}
        assert derive(subject(catalogue, {}, **six), "injections-per-session").amount.value == 6
        assert (
            derive(subject(catalogue, {}, **six, attributes={"sessions": 2}), "injections-per-session").amount.value
            == 3
        )
        assert (
            derive(
                subject(catalogue, {}, **six, attributes={"injections-per-session": 2, "sessions": 1}),
                "injections-per-session",
            ).conflict
            == "what the request says of it disagrees (2 and 6 by its other numbers)"
        )
        assert derive(subject(catalogue, {}), "injections-per-session").amount.value is None

    def test_a_quantity_of_another_unit_does_not_count(self, catalogue: Catalogue) -> None:
        made = subject(catalogue, {}, quantity={"value": 6, "unit": "tablets"})
        assert derive(made, "injections-per-session").amount.value is None

    def test_earlier_visits_add_up_unless_one_has_no_number(self, catalogue: Catalogue) -> None:
        entries = [
            {"treatment": "trigger-point-injection", "count": 2},
            {"treatment": "trigger-point-injection", "count": 3},
        ]
        assert derive(subject(catalogue, {}, records={"treatments": entries}), "prior-visits").amount.value == 5
        entries.append({"treatment": "trigger-point-injection"})  # type: ignore[dict-item]
        assert derive(subject(catalogue, {}, records={"treatments": entries}), "prior-visits").amount.value is None

    def test_dates_in_the_wrong_order_are_a_conflict(self, catalogue: Catalogue) -> None:
        found = derive(subject(catalogue, {"symptom-onset": "2014-05-02"}), "symptom-months")
        assert (found.amount.value, found.conflict) == (None, "the dates are in the wrong order")

    def test_the_next_source_does_not_settle_a_contradiction(self, catalogue: Catalogue) -> None:
        """The onset contradicts itself; the date of injury does not replace it."""
        onsets = [{"value": "2014-01-01"}, {"value": "2014-04-01"}]
        assert derive(subject(catalogue, {"symptom-onset": onsets}), "symptom-months").amount.value is None

    def test_as_needed_is_not_a_number_of_doses(self, catalogue: Catalogue) -> None:
        def days(frequency: str) -> Any:
            attributes = {"frequency": frequency}
            made = subject(
                catalogue,
                {},
                treatment="cyclobenzaprine",
                quantity={"value": 30, "unit": "tablets"},
                attributes=attributes,
            )
            return derive(made, "course-days").amount.value

        assert (days("three-times-daily"), days("daily"), days("as-needed")) == (10, 30, None)
