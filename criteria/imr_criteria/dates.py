"""Dates as data and cases write them, and the months between them."""

from __future__ import annotations

import calendar
import datetime as dt
import re

_FORM = re.compile(r"\d{4}-\d{2}-\d{2}")


def day(value: object) -> dt.date:
    """The date that a text gives as YYYY-MM-DD. Raises ValueError for anything else."""
    if isinstance(value, str) and _FORM.fullmatch(value):
        try:
            return dt.date.fromisoformat(value)
        except ValueError:
            pass
    raise ValueError("must be a date as YYYY-MM-DD")


def months_between(start: dt.date, end: dt.date) -> float:
    """Whole months, plus the remaining days as a fraction of the next one: 15 January to 16 April is 3 + 1/30."""
    months = (end.year - start.year) * 12 + end.month - start.month
    anchor = add_months(start, months)
    if anchor > end:
        months -= 1
        anchor = add_months(start, months)
    # On the last day of the calendar, no month is left of which a part could have passed.
    length = (add_months(start, months + 1) - anchor).days or 1
    return months + (end - anchor).days / length


def add_days(date: dt.date, days: int) -> dt.date:
    """The date so many days later; capped at the first and the last date."""
    return dt.date.fromordinal(min(max(date.toordinal() + days, 1), dt.date.max.toordinal()))


def add_months(date: dt.date, months: int) -> dt.date:
    """The same day `months` later, or the last day of a shorter month; capped at the first and the last date."""
    year, month = divmod(date.year * 12 + date.month - 1 + months, 12)
    if not dt.MINYEAR <= year <= dt.MAXYEAR:
        return dt.date.max if months > 0 else dt.date.min
    return dt.date(year, month + 1, min(date.day, calendar.monthrange(year, month + 1)[1]))
