"""Ranges of numbers and dates, and what a list of record entries amounts to."""

from __future__ import annotations

import datetime as dt
from collections.abc import Callable, Iterable, Sequence
from typing import Any, NamedTuple

from imr_engine.inputs.reading import Value
from imr_engine.inputs.records import Entry
from imr_engine.rules.three_values import Truth

Entries = Sequence[tuple[Entry, Truth]]


class Amount(NamedTuple):
    """A number or date of which at least `low` and at most `high` is known; None if that end is open."""

    low: Value | None = None
    high: Value | None = None

    @property
    def known(self) -> bool:
        """Whether either end is known."""
        return self.low is not None or self.high is not None

    @property
    def value(self) -> Value | None:
        """The value, if it is known exactly."""
        return self.low if self.low == self.high else None

    def apart(self, other: Amount) -> float:
        """How far the two lie apart; not above zero if they overlap, so that they can be the same."""
        return max(gap(self.low, other.high), gap(other.low, self.high))

    def rounded(self) -> Amount:
        """Both ends rounded to four decimals."""
        return Amount(_rounded(self.low), _rounded(self.high))

    def text(self) -> str:
        """The range in words."""
        low, high = (_text(end) for end in self)
        if self.value is not None:
            return low
        return f"at least {low}" if self.high is None else f"at most {high}" if self.low is None else f"{low} to {high}"


UNKNOWN = Amount()


def exact(value: Value | None) -> Amount:
    """A value known exactly, or nothing."""
    return UNKNOWN if value is None else Amount(value, value)


def combined(calculate: Callable[[Iterable[Any]], int | float], parts: list[Amount]) -> Amount:
    """A sum or product. None of its parts is negative, so an unknown one leaves a sum open above and a product open."""
    if not any(part.known for part in parts):
        return UNKNOWN
    low = calculate([part.low or 0 for part in parts])
    high = None if any(part.high is None for part in parts) else calculate([part.high for part in parts])
    return Amount(low or (0 if high is not None else None), high)


def quotient(parts: list[Amount]) -> Amount:
    """The first part divided by the second."""
    (low, high), (least, most) = (_numbers(part) for part in parts)
    return Amount(
        low / most if low is not None and most else None,
        high / least if high is not None and least else None,
    )


def continued(stated: Amount, then: Amount, now: Amount, goes_on: bool) -> Amount:
    """What was stated at one time, with what the records show between then and now.

    `goes_on`: something on record may have gone on after that time.
    """
    if isinstance(stated.low, dt.date):
        later = now if gap(now.low, stated.low) > 0 else stated
        return later if stated.high is not None else Amount(later.low)
    if now == then and not (goes_on and now.high is None):
        return stated
    (least, most), (then_low, then_high), (now_low, now_high) = map(_numbers, (stated, then, now))
    added = 0 if then_high is None else max(0, (now_low or 0) - then_high)
    is_open = most is None or now_high is None
    return Amount(least + added, None if is_open else most + now_high - (then_low or 0))


def _numbers(part: Amount) -> tuple[Any, Any]:
    return part.low, part.high


def _count(entries: Entries, date: dt.date | None) -> Amount:
    """How many there are. One of which nobody knows whether it matches may be one more."""
    sure = sum(matches is True for _, matches in entries)
    return Amount(sure or None, len(entries))


def _total(entries: Entries, date: dt.date | None) -> Amount:
    """The sum of their counts. One without a count is at least one; the rest of a course may be still to come.

    Two documents may tell of one course: what is the same in all but its evidence counts at least once.
    """
    low, high = 0, 0
    is_open = False
    told: set[object] = set()
    for entry, matches in entries:
        count = getattr(entry.record, "count", None)
        same = entry.name, entry.begin, entry.end, count, entry.record.region
        if matches is True and (entry.begin is None or same not in told):
            told.add(same)
            low += 1 if count is None or not _over(entry, date) else count
        is_open |= count is None
        high += count or 0
    return Amount(low or None, None if is_open else high)


def _over(entry: Entry, date: dt.date | None) -> bool:
    """Whether all of a course lies before a date; nothing suggests otherwise if it has no end."""
    return date is None or entry.end is None or entry.end < date


def _latest(entries: Entries, date: dt.date | None) -> Amount:
    """The last day before the date on which one of them is known to have run; open if one of them has no day."""
    until = date - dt.timedelta(1) if date is not None and date > dt.date.min else None
    lows: list[dt.date] = []
    highs: list[dt.date | None] = []
    for entry, matches in entries:
        last = entry.last
        if last is not None and date is not None and last >= date:
            # Still running: there was a session between its first day and the request.
            lows += [entry.begin] if matches is True and entry.begin is not None else []
            highs.append(until)
            continue
        if last is not None and matches is True:
            lows.append(last)
        # A course of which only the beginning is known may have gone on.
        known = last if entry.end is not None else None
        highs.append(known if known is not None else until)
    if not lows:
        return UNKNOWN
    open_above = any(high is None for high in highs)
    return Amount(max(lows), None if open_above else max([high for high in highs if high is not None]))


def _days_covered(entries: Entries, date: dt.date | None) -> Amount:
    """The days before a date on which at least one of them runs: each day counts once."""
    spans: list[tuple[int, int]] = []
    open_above = taken = False
    for entry, matches in entries:
        end = date if entry.running and entry.end is None else entry.end
        if end is not None and date is not None:
            end = min(end, date)
        if matches is not True or end is None or entry.disputed or getattr(entry.record, "from_", None) is None:
            open_above = True
            # On an unknown day, but on one.
            taken |= matches is True and entry.begin is None
        if matches is True and end is not None and entry.begin is not None and entry.begin <= end:
            spans.append((entry.begin.toordinal(), end.toordinal()))
    days = _union(spans)
    least = max(days, int(taken))
    return Amount(least if spans or taken else None, None if open_above else days)


def _union(spans: list[tuple[int, int]]) -> int:
    total, reached = 0, 0
    for start, end in sorted(spans):
        total += max(0, end - max(start, reached))
        reached = max(reached, end)
    return total


OF_RECORDS: dict[str, Callable[[Entries, dt.date | None], Amount]] = {
    "count": _count,
    "total": _total,
    "latest": _latest,
    "days_covered": _days_covered,
}
"""What entries amount to before a date, by operation. Entries that surely do not match are left out."""


def gap(low: Value | None, high: Value | None) -> float:
    """How far one end lies above another; negative if it does not."""
    if isinstance(low, dt.date) and isinstance(high, dt.date):
        return (low - high).days
    if isinstance(low, int | float) and isinstance(high, int | float):
        return low - high
    return -1 if low is None or high is None or low == high else 1


def _rounded(value: Value | None) -> Value | None:
    if type(value) is not float:
        return value
    value = round(value, 4)
    return int(value) if value.is_integer() else value


def _text(value: Value | None) -> str:
    return (
        value.isoformat()
        if isinstance(value, dt.date)
        else f"{value:g}"
        if isinstance(value, int | float)
        else str(value)
    )
