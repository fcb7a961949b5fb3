"""What precedes the items: case number, dates, reviewer, and the clinical case summary."""

from __future__ import annotations

import datetime as dt
import re
from dataclasses import dataclass, field
from typing import Any

from imr_letters.layouts.headings import (
    BOARD,
    CASE,
    CERTIFIED,
    DEVELOPED,
    HEAD,
    LICENSURE,
    PRIORITY,
    SAID,
    SUMMARY,
)
from imr_letters.layouts.prose import paragraphs_of, trimmed
from imr_letters.model import Offsets, Reviewer
from imr_letters.text.cleaning import Clean
from imr_letters.text.dates import day_of
from imr_letters.text.whitespace import one_line


@dataclass
class Head:
    """The fields of a `Letter` other than its items, with their offsets, and warnings about them."""

    fields: dict[str, Any] = field(default_factory=dict)
    offsets: Offsets = field(default_factory=dict)
    warnings: list[str] = field(default_factory=list)


def head_of(letter: Clean, end: int) -> Head:
    """Reads what precedes `end`, where the items or their heading begin.

    Dates missing from the head block are looked for in the summary; fields found in neither are None.
    """
    head = Head()
    summary = _summary(letter.text, end)
    until = summary[0] if summary else len(letter.text)
    if summary:
        head.offsets["summary"] = letter.span(*summary)
    case = _find(head, "case_number", CASE, letter, 0, until)
    priority = _find(head, "priority", PRIORITY, letter, 0, until)
    days = {name: _day(head, name, pattern, letter, 0, until) for name, pattern in HEAD.items()}
    for name, pattern in SAID.items():
        if days[name] is None and summary:
            days[name] = _day(head, name, pattern, letter, *summary)
    if not summary:
        head.warnings.append("the clinical case summary is missing")
    head.fields = {
        "case_number": re.sub(r"\s", "", case).upper() if case else None,
        "priority": priority.capitalize() if priority else None,
        "reviewer": _reviewer(letter, until),
        "summary": paragraphs_of(letter.text[slice(*summary)]) if summary else None,
        **days,
    }
    return head


def _summary(text: str, end: int) -> tuple[int, int] | None:
    """Where the summary is in the cleaned text, without its heading and opening words."""
    heading = SUMMARY.search(text, 0, end)
    if heading is None:
        return None
    developed = DEVELOPED.match(text, heading.end(), end)
    start, end = trimmed(text, developed.end() if developed else heading.end(), end)
    return (start, end) if start < end else None


def _find(head: Head, name: str, pattern: re.Pattern[str], letter: Clean, start: int, end: int) -> str | None:
    match = pattern.search(letter.text, start, end)
    if match is None:
        return None
    head.offsets[name] = letter.span(*match.span("value"))
    return one_line(match["value"])


def _day(head: Head, name: str, pattern: re.Pattern[str], letter: Clean, start: int, end: int) -> dt.date | None:
    written = _find(head, name, pattern, letter, start, end)
    day = day_of(written) if written else None
    if written and day is None:
        head.warnings.append(f"{name}: no such day in the calendar")
        del head.offsets[name]
    return day


def _reviewer(letter: Clean, end: int) -> Reviewer:
    """Credentials from the labelled lines (2016), or from the sentence about the reviewer (2013 and 2014)."""
    offsets: Offsets = {}
    specialty = subspecialty = None
    licensure: list[str] = []
    states = LICENSURE.search(letter.text, 0, end)
    certified = CERTIFIED.search(letter.text, 0, end)
    if states is not None:
        licensure = [s for s in map(one_line, states["value"].split(",")) if s]
        offsets["licensure"] = letter.span(*states.span("value"))
    if certified is not None and certified["value"].strip():
        specialty = one_line(certified["value"])
        offsets["specialty"] = letter.span(*certified.span("value"))
    board = BOARD.search(letter.text, 0, end) if specialty is None else None
    if board is not None:
        specialty = one_line(board["value"])
        offsets["specialty"] = letter.span(*board.span("value"))
        if board["sub"]:
            subspecialty = one_line(board["sub"])
            offsets["subspecialty"] = letter.span(*board.span("sub"))
        licensure = [one_line(s) for s in re.split(r",\s*(?:and\s+)?|\s+and\s+", board["state"]) if s.strip()]
        offsets["licensure"] = letter.span(*board.span("state"))
    return Reviewer(specialty=specialty, subspecialty=subspecialty, licensure=licensure, offsets=offsets)
