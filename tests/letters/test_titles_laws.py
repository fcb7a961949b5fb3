"""Properties of every title: nothing is invented, nothing is slow; and totals over the published letters."""

from __future__ import annotations

import json
import math
import time
from collections import Counter
from collections.abc import Iterator

import pytest
from hypothesis import given
from hypothesis import strategies as st

from imr_criteria import Catalogue
from imr_letters.titles import Excerpt, Requested, request_of
from imr_letters.titles.words import LEVELS, PARTS, STRUCTURES
from tests.conftest import SHARED

LABELS = SHARED / "2016-2017" / "labels.jsonl"

PIECES = (
    "MRI PT therapy injections of the for with and or to right left bilateral L R knee hand/finger spine L4-5 C5 S1 "
    "upper lower back x times 2 4 2-3 7.5 10/325 mg % gm #30 # QTY: ( ) (4) six twelve sessions visits tablets a per "
    "week weeks day days every q 6 hrs daily BID once - / , ; : . 11/3/16 DOS retrospective refills 2x4 1cc no trial "
    "twenty one 3rd x-ray prn by mouth \x00 \u2013 \u00d7 \ud800"
)
WORDS = st.sampled_from(PIECES.split(" "))
TITLES = st.one_of(st.text(), st.text(st.characters()), st.lists(WORDS, max_size=25).map(" ".join))


def spans(found: Requested) -> Iterator[Excerpt]:
    single = found.quantity, found.strength, found.frequency, found.duration, found.refills
    yield from (span for span in single if span is not None)
    yield from (*found.body_parts, *found.dates_of_service, *found.further)


def numbers(found: Requested) -> Iterator[float]:
    figures = [found.visits, found.visits_range]
    figures += [x.value for x in (found.quantity, found.duration, found.refills) if x is not None]
    figures += [found.frequency.times] if found.frequency else []
    figures += found.strength.values if found.strength else []
    for figure in figures:
        if figure is not None:
            yield from figure if isinstance(figure, tuple) else [figure]


@given(TITLES)
def test_nothing_is_invented(title: str) -> None:
    found = request_of(title)
    for span in spans(found):
        assert span.text
        assert title[span.start : span.end] == span.text
    assert all(math.isfinite(number) and number >= 0 for number in numbers(found))
    assert found.treatment_words.isprintable()
    rest = iter(title)
    assert all(character in rest for character in found.treatment_words if character != " "), "words out of order"
    assert len(found.treatment_words) <= len(title)
    assert found == request_of(title)


@given(TITLES)
def test_a_range_goes_up(title: str) -> None:
    found = request_of(title)
    ranges = [found.visits_range, *(x and x.value for x in (found.quantity, found.duration))]
    assert all(pair[0] < pair[1] for pair in ranges if isinstance(pair, tuple))
    assert found.visits is None or found.visits_range is None


NUMBERS = st.integers(1, 30)
SMALL = "zero one two three four five six seven eight nine ten eleven twelve thirteen fourteen fifteen sixteen"
NAMES = dict(enumerate([*SMALL.split(" "), "seventeen", "eighteen", "nineteen"]))
NAMES |= {20 + n: f"twenty-{NAMES[n]}" if n else "twenty" for n in range(10)} | {30: "thirty"}


COURSES = (
    "{} times a week for {} weeks", "{} times per week times {} weeks", "{} times weekly over {} weeks",
    "{} visits a week for {} weeks", "{} x/week x {} weeks", "{} x week x {} wks", "{} x {}", "{} times {}",
)  # fmt: skip
COUNTS = (
    "Massage {} visits", "{} massage visits", "Massage, {} sessions", "Massage sessions, {}", "Massage x {}",
    "Massage x {} sessions", "Massage times {}", "Massage for {} sessions", "Massage QTY: {}", "Massage #{}",
)  # fmt: skip


@given(st.integers(1, 7), st.integers(1, 30), st.data())
def test_every_way_to_write_a_frequency(times: int, weeks: int, data: st.DataObject) -> None:
    often = data.draw(st.sampled_from([f"{times}", NAMES[times], f"{NAMES[times]} ({times})"]))
    long = data.draw(st.sampled_from([f"{weeks}", NAMES[weeks], f"{NAMES[weeks]} ({weeks})"]))
    form = data.draw(st.sampled_from(COURSES))
    found = request_of(f"Acupuncture {form.format(often, long)}, left wrist")
    assert found.frequency is not None
    assert found.duration is not None
    assert (found.frequency.times, found.frequency.per) == (times, "week")
    assert (found.duration.value, found.duration.unit, found.visits) == (weeks, "weeks", times * weeks)
    assert (found.treatment_words, found.quantity) == ("Acupuncture", None)


@given(NUMBERS, st.sampled_from(["{}", "{} ({})", "({})"]), st.booleans(), st.data())
def test_every_way_to_write_a_count(count: int, form: str, in_words: bool, data: st.DataObject) -> None:
    number = form.format(NAMES[count] if in_words and form != "({})" else count, count)
    title = data.draw(st.sampled_from(COUNTS))
    found = request_of(title.format(number))
    assert found.quantity is not None
    assert (found.quantity.value, found.visits) == (count, count)
    assert found.treatment_words.lower() == "massage"


LONG = (
    "x ", "1 ", "1 x ", "2x", "(", ")", "( 1 ", "(1) ", "knee ", "left ", "left knee and ", "knee, ", "L4-", "L4-5 ",
    "#", "# 1 ", "10/", "5-", "9", "one ", "two to ", "1 a b c d e f ", "tabs (", "every ", "2 times a ", "11/3/16 ",
    "a.b", "nov ", "and ", "1 mg/", "upper and ", "bilateral, ", "twenty-", "1,000", "january", "retro 11/3/16-",
    "\x00",
)  # fmt: skip


@pytest.mark.parametrize("piece", LONG)
def test_a_long_text_takes_linear_time(piece: str) -> None:
    # Each takes a few tenths of a second; quadratic time would take minutes.
    started = time.process_time()
    request_of(piece * (100_000 // len(piece)))
    assert time.process_time() - started < 10


def test_a_typical_title_is_fast() -> None:
    title = "Additional physical therapy three times a week for two weeks, right hip and foot"
    best = math.inf
    for _ in range(5):
        started = time.perf_counter()
        for _ in range(100):
            request_of(title)
        best = min(best, (time.perf_counter() - started) / 100)
    assert best < 0.001  # usually about 0.0001


def test_regions_are_those_of_the_vocabulary(catalogue: Catalogue) -> None:
    known = {*PARTS.values(), *STRUCTURES.values(), *(region for region, _ in LEVELS.values())}
    assert known - {"none"} == set(catalogue.regions)


# The published letters next to the project

needs_letters = pytest.mark.skipif(not LABELS.exists(), reason="the letters (../shared) are not next to the project")


@pytest.fixture(scope="module")
def requests() -> dict[str, Requested]:
    lines = LABELS.read_text(encoding="utf-8").splitlines()
    titles = [item["title"] for line in lines for item in json.loads(line)["items"]]
    assert len(titles) == 207
    return {f"{n} {title}": request_of(title) for n, title in enumerate(titles)}


@needs_letters
def test_counts_over_all_titles(requests: dict[str, Requested]) -> None:
    """Counted by hand over the 207 titles: if a change alters a count, reread the titles."""
    counts = Counter(
        name
        for found in requests.values()
        for name in Requested.model_fields
        if getattr(found, name) not in (None, False, [], "")
    )
    assert counts == {
        "treatment_words": 207,
        "body_parts": 114,
        "quantity": 72,
        "strength": 42,
        "frequency": 31,
        "duration": 30,
        "refills": 1,
        "visits": 41,
        "visits_range": 3,
        "retrospective": 4,
        "dates_of_service": 4,
        "associated_surgical_service": 6,
        "further": 11,
    }


@needs_letters
def test_regions_over_all_titles(requests: dict[str, Requested]) -> None:
    parts = [part for found in requests.values() for part in found.body_parts]
    assert Counter(part.region for part in parts) == {
        "low-back": 39,
        "shoulder": 21,
        "wrist-hand": 16,
        "neck": 17,
        "knee": 12,
        "hip": 6,
        "elbow": 5,
        "head": 5,
        "thoracic-spine": 5,
        "ankle-foot": 2,
        "chest": 2,
        "lower-leg": 2,
        "pelvis": 2,
        None: 18,  # 15 extremities, two spines, a back
    }
    assert Counter(part.side for part in parts) == {None: 80, "right": 34, "left": 29, "bilateral": 9}


@needs_letters
def test_totals_over_all_titles(requests: dict[str, Requested]) -> None:
    """The two titles that request two courses of therapy have no total."""
    assert sum(found.visits for found in requests.values() if found.visits is not None) == 298
    without = [found for found in requests.values() if found.quantity and found.quantity.unit == "sessions"]
    assert sum(found.visits is None for found in without) == 2
    for found in requests.values():
        assert all(span.text for span in spans(found))
