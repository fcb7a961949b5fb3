"""Days as American letters write them: one pattern that finds them, one function that reads them."""

from __future__ import annotations

import datetime as dt
import re

_MONTHS = ("jan", "feb", "mar", "apr", "may", "jun", "jul", "aug", "sep", "oct", "nov", "dec")

# 10/05/2016, 3/3/07. Text extracted from a PDF may have a space on either side of the slash.
_SLASHED = r"[0-9]{1,2}\s?/\s?[0-9]{1,2}\s?/\s?(?:[0-9]{4}|[0-9]{2})"
# 10-05-2016, 3-3-07. Spaces only before a year of four digits: "10-5 - 10-12-16" is a range, not 5 October 2010.
_DASHED = r"[0-9]{1,2}(?:\s?-\s?[0-9]{1,2}\s?-\s?[0-9]{4}|-[0-9]{1,2}-[0-9]{2})"
# 2016-10-05
_ISO = r"[0-9]{4}-[0-9]{2}-[0-9]{2}"
# October 5, 2016; Oct. 5 2016
_NAMED = rf"\b(?:{'|'.join(_MONTHS)})[a-z]{{0,6}}\.?\s+[0-9]{{1,2}}(?:\s*,\s*|\s+)[0-9]{{4}}"

DAY = rf"(?:(?<![0-9/])(?:{_SLASHED}|{_DASHED}|{_ISO}|{_NAMED})(?![0-9/]))"
"""A written day, as a piece for larger patterns: no groups inside, to be compiled with `re.IGNORECASE`."""

_DAY = re.compile(DAY, re.IGNORECASE)


def day_of(written: str) -> dt.date | None:
    """Reads a written day; None if it does not match `DAY` or the calendar has no such day.

    A two-digit year is one from 1930 to 2029: letters look back decades, but hardly ahead.
    """
    written = written.strip()
    if _DAY.fullmatch(written) is None:
        return None
    numbers = [int(number) for number in re.findall("[0-9]+", written)]
    if written[0].isalpha():
        month, (day, year) = _MONTHS.index(written[:3].lower()) + 1, numbers
    elif written[:4].isdigit():
        year, month, day = numbers
    else:
        month, day, year = numbers
    if year < 100:
        year += 1900 if year >= 30 else 2000
    try:
        return dt.date(year, month, day)
    except ValueError:
        return None
