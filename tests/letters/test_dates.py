"""One rule for dates: head, summary, titles and lint all read a date the same way."""

from __future__ import annotations

import datetime as dt
import time

import pytest
from hypothesis import example, given
from hypothesis import strategies as st

from imr_criteria import Catalogue
from imr_letters.check import lint
from imr_letters.reader import read_letter
from imr_letters.text.dates import day_of
from imr_letters.titles import request_of
from tests.conftest import WRITTEN

LETTER_2016 = (WRITTEN / "2016.txt").read_text(encoding="utf-8")
LETTER_2014 = (WRITTEN / "2014.txt").read_text(encoding="utf-8")

NAMES = ("January", "February", "March", "April", "May", "June", "July", "August", "September", "October", "November",
         "December")  # fmt: skip
FORMS = (
    "{m}/{d}/{y}", "{m:02}/{d:02}/{y}", "{m}-{d}-{y}", "{m} / {d} / {y}", "{m} - {d} - {y}", "{y}-{m:02}-{d:02}",
    "{name} {d}, {y}", "{name} {d} {y}", "{name} {d} , {y}", "{short}. {d}, {y}", "{short} {d},{y}",
)  # fmt: skip
SHORT_FORMS = ("{m}/{d}/{yy:02}", "{m:02}/{d:02}/{yy:02}", "{m}-{d}-{yy:02}", "{m}/ {d} /{yy:02}")


def printed(form: str, day: dt.date) -> str:
    name = NAMES[day.month - 1]
    return form.format(m=day.month, d=day.day, y=day.year, yy=day.year % 100, name=name, short=name[:3])


DAYS = st.one_of(
    st.tuples(st.dates(dt.date(1900, 1, 1), dt.date(2099, 12, 31)), st.sampled_from(FORMS)),
    st.tuples(st.dates(dt.date(1930, 1, 1), dt.date(2029, 12, 31)), st.sampled_from(SHORT_FORMS)),
)


@given(DAYS)
@example((dt.date(1945, 3, 3), "{m}/{d}/{yy:02}"))
def test_a_date_is_read_the_same_everywhere(day_and_form: tuple[dt.date, str]) -> None:
    day, form = day_and_form
    written = printed(form, day)
    assert day_of(written) == day
    head = read_letter(LETTER_2016.replace("10/11/2016", written))
    assert head.date_of_injury == day
    summary = read_letter(LETTER_2014.replace("03/04/2011", written))
    assert summary.date_of_injury == day
    (service,) = request_of(f"Retrospective CT of the head (DOS {written})").dates_of_service
    assert (service.date, service.text) == (day, written)


@given(day_and_form=DAYS, later=st.integers(1, 31))
def test_lint_dates_a_study_by_the_same_rule(
    catalogue: Catalogue, day_and_form: tuple[dt.date, str], later: int
) -> None:
    day, form = day_and_form
    other = day + dt.timedelta(days=later)
    text = LETTER_2014.replace("01/07/2014", printed(form, day)).replace("01/09/2014", f"{other:%m/%d/%Y}")
    (said,) = [each.message for each in lint(read_letter(text), catalogue) if each.code == "study-date"]
    assert str(day) in said
    assert str(other) in said


@pytest.mark.parametrize(
    ("written", "day"),
    [
        ("3/3/45", dt.date(1945, 3, 3)),
        ("1/1/29", dt.date(2029, 1, 1)),
        ("12/31/30", dt.date(1930, 12, 31)),
        ("1/1/00", dt.date(2000, 1, 1)),
        ("2/29/16", dt.date(2016, 2, 29)),
        ("2/29/15", None),
        ("13/45/2016", None),
        ("0/5/2016", None),
        ("Feb 30, 2016", None),
        ("2016-13-01", None),
        ("5/5", None),
        ("10/5-2016", None),
        ("10/05/201", None),
        ("10/05/20161", None),
        ("5 October 2016", None),
        ("", None),
    ],
)
def test_edges(written: str, day: dt.date | None) -> None:
    assert day_of(written) == day


def test_the_start_of_a_range_without_a_year_is_not_a_date() -> None:
    found = request_of("Retrospective CT (DOS 10-5 - 10-12-16)").dates_of_service
    assert [service.date for service in found] == [dt.date(2016, 10, 12)]


def test_an_impossible_date_gives_a_warning() -> None:
    letter = read_letter(LETTER_2016.replace("10/11/2016", "13/45/2016"))
    assert letter.date_of_injury is None
    assert "date_of_injury" not in letter.offsets
    assert any(warning.startswith("date_of_injury: ") for warning in letter.warnings)


@pytest.mark.parametrize(
    "piece", ["january ", "jan", "jan 1 ", "jan. 1,", "1/", "1 / ", "1-", "1 - ", "2016-", " ", "1"]
)
def test_long_texts_take_linear_time(piece: str) -> None:
    started = time.process_time()
    day_of(piece * (300_000 // len(piece)))
    request_of("january" + piece * (100_000 // len(piece)))
    assert time.process_time() - started < 10
