"""Text to letter: finds the parts of a determination by their headings, wherever they stand in a line.

Items are anchored on the decision word right before "Claims Administrator guideline"; a title is what stands between
the last sentence before it and the decision. Built on the layouts of 2014 and 2016-17; the layout of 2013 is known by
its headings only, and is read by those.
"""

from __future__ import annotations

import datetime as dt
import re
from typing import Any

from imr_letters.citations import basis_of
from imr_letters.layouts.boundaries import split_of, title_start
from imr_letters.layouts.headings import (
    ANCHOR,
    BOARD,
    CASE,
    CERTIFIED,
    DEVELOPED,
    GAP,
    HEAD,
    ISSUES,
    LICENSURE,
    MAXIMUS,
    PRIORITY,
    RATIONALE,
    SAID,
    SUMMARY,
)
from imr_letters.model import Item, Letter, Offsets, Reviewer
from imr_letters.text.cleaning import Clean, clean
from imr_letters.text.dates import day_of
from imr_letters.text.limits import MAX_CHARACTERS, MAX_ITEMS
from imr_letters.text.whitespace import one_line
from imr_letters.titles import request_of


class NotALetterError(ValueError):
    """The text is no determination letter; the message says what it lacks."""


def read_letter(text: str) -> Letter:
    """The letter that a text holds. Raises NotALetterError with what it lacks."""
    if len(text) > MAX_CHARACTERS:
        raise NotALetterError(f"is longer than {MAX_CHARACTERS:,} characters, and no letter is")
    if not text.strip():
        raise NotALetterError("has no text (a scan without text, perhaps)")
    return _Reading(clean(text)).letter()


class _Reading:
    def __init__(self, cleaned: Clean) -> None:
        self.clean = cleaned
        self.text = cleaned.text
        self.offsets: Offsets = {}
        self.warnings: list[str] = []

    def letter(self) -> Letter:
        issues = ISSUES.search(self.text)
        body = issues.end() if issues else 0
        anchors = list(ANCHOR.finditer(self.text, body)) or list(ANCHOR.finditer(self.text))
        if not anchors:
            return self._of_2013()
        if len(anchors) > MAX_ITEMS:
            raise NotALetterError(f"has more than {MAX_ITEMS} items, and no letter has")
        summary = self._summary(issues.start() if issues else anchors[0].start())
        found = self._head(summary)
        items = self._items(anchors, body if anchors[0].start() >= body else 0)
        if issues is None:
            self.warnings.append("the heading before the items is missing")
        layout = "2016" if "case_number" in self.offsets or LICENSURE.search(self.text) else "2014"
        return Letter(layout=layout, items=items, warnings=self.warnings, offsets=self.offsets, **found)

    def _head(self, summary: str | None) -> dict[str, Any]:
        """Case number, dates, priority and reviewer: from the head block, else from the prose."""
        until = self.offsets.get("summary")
        head_end = self._clean_position(until[0]) if until else len(self.text)
        found: dict[str, Any] = {"summary": summary, "reviewer": self._reviewer(head_end)}
        case = self._take("case_number", CASE, 0, head_end)
        found["case_number"] = re.sub(r"\s", "", case).upper() if case else None
        priority = self._take("priority", PRIORITY, 0, head_end)
        found["priority"] = priority.capitalize() if priority else None
        for name, pattern in HEAD.items():
            found[name] = self._day(name, pattern, 0, head_end)
        for name, pattern in SAID.items():
            if found[name] is None and until is not None:
                found[name] = self._day(name, pattern, head_end, self._clean_position(until[1] - 1) + 1)
        if summary is None:
            self.warnings.append("the clinical case summary is missing")
        return found

    def _clean_position(self, raw: int) -> int:
        """The first cleaned position at or after a place of the source."""
        low, high = 0, len(self.text)
        while low < high:
            middle = (low + high) // 2
            low, high = (middle + 1, high) if self.clean.raw(middle) < raw else (low, middle)
        return low

    def _take(self, name: str, pattern: re.Pattern[str], start: int, end: int) -> str | None:
        match = pattern.search(self.text, start, end)
        if match is None:
            return None
        self.offsets[name] = self.clean.span(*match.span("value"))
        return one_line(match["value"])

    def _day(self, name: str, pattern: re.Pattern[str], start: int, end: int) -> dt.date | None:
        written = self._take(name, pattern, start, end)
        day = day_of(written) if written else None
        if written and day is None:
            self.warnings.append(f"{name}: not a day of the calendar")
            del self.offsets[name]
        return day

    def _reviewer(self, end: int) -> Reviewer:
        offsets: Offsets = {}
        specialty = subspecialty = None
        licensure: list[str] = []
        states = LICENSURE.search(self.text, 0, end)
        certified = CERTIFIED.search(self.text, 0, end)
        if states is not None:
            licensure = [s for s in (one_line(s) for s in states["value"].split(",")) if s]
            offsets["licensure"] = self.clean.span(*states.span("value"))
        if certified is not None and certified["value"].strip():
            specialty = one_line(certified["value"])
            offsets["specialty"] = self.clean.span(*certified.span("value"))
        board = BOARD.search(self.text, 0, end) if specialty is None else None
        if board is not None:
            specialty = one_line(board["value"])
            offsets["specialty"] = self.clean.span(*board.span("value"))
            if board["sub"]:
                subspecialty = one_line(board["sub"])
                offsets["subspecialty"] = self.clean.span(*board.span("sub"))
            licensure = [one_line(s) for s in re.split(r",\s*(?:and\s+)?|\s+and\s+", board["state"]) if s.strip()]
            offsets["licensure"] = self.clean.span(*board.span("state"))
        return Reviewer(specialty=specialty, subspecialty=subspecialty, licensure=licensure, offsets=offsets)

    def _summary(self, end: int) -> str | None:
        heading = SUMMARY.search(self.text, 0, end)
        if heading is None:
            return None
        developed = DEVELOPED.match(self.text, heading.end(), end)
        return self._prose("summary", developed.end() if developed else heading.end(), end, self.offsets)

    def _prose(self, name: str, start: int, end: int, offsets: Offsets) -> str | None:
        """Running text: paragraphs kept, lines joined."""
        start, end = self._trimmed(start, end)
        if start >= end:
            return None
        offsets[name] = self.clean.span(start, end)
        text = self.text[start:end]
        # Some letters are set with a blank line after every line; their paragraphs cannot be told apart.
        gaps, lines = len(GAP.findall(text)), text.count("\n")
        paragraphs = [text] if gaps * 3 > lines else GAP.split(text)
        return "\n".join(one_line(paragraph) for paragraph in paragraphs)

    def _trimmed(self, start: int, end: int) -> tuple[int, int]:
        while start < end and self.text[start].isspace():
            start += 1
        while end > start and self.text[end - 1].isspace():
            end -= 1
        return start, end

    def _items(self, anchors: list[re.Match[str]], body: int) -> list[Item]:
        items = []
        low = body
        for index, anchor in enumerate(anchors):
            stop = anchors[index + 1].start() if index + 1 < len(anchors) else len(self.text)
            title = title_start(self.text, low, anchor.start())
            next_title = title_start(self.text, anchor.end(), stop) if index + 1 < len(anchors) else stop
            items.append(self._item(anchor, title, next_title))
            low = anchor.end()
        return items

    def _item(self, anchor: re.Match[str], start: int, end: int) -> Item:
        offsets: Offsets = {"decision": self.clean.span(*anchor.span("decision"))}
        low, high = self._trimmed(start, anchor.start())
        # The words before the decision: what was asked, or what remains of it.
        written = self.text[low:high].rstrip(" :;")
        high = low + len(written)
        spans = {"title": (low, high), **split_of(self.text, low, high)}
        offsets |= {name: self.clean.span(*span) for name, span in spans.items()}
        title, original, authorized = (
            self.text[slice(*spans[name])] if name in spans else None
            for name in ("title", "original_request", "authorized")
        )
        maximus = MAXIMUS.search(self.text, anchor.end(), end)
        reason = RATIONALE.search(self.text, maximus.end() if maximus else anchor.end(), end)
        claims_end = maximus.start() if maximus else reason.start() if reason else end
        reviewer_end = reason.start() if reason else end
        title = _joined(title) or ""
        if not title:
            self.warnings.append("an item has no title")
        return Item(
            title=title,
            treatment=None,
            decision="Upheld" if anchor["decision"].lower() == "upheld" else "Overturned",
            original_request=_joined(original),
            authorized=_joined(authorized),
            request=request_of(title),
            claims_administrator_guideline=basis_of(
                self.text[anchor.end("claims") : claims_end], anchor.end("claims"), self.clean.span
            ),
            reviewer_guideline=basis_of(self.text[maximus.end() : reviewer_end], maximus.end(), self.clean.span)
            if maximus
            else None,
            rationale=self._prose("rationale", reason.end(), end, offsets) if reason else None,
            offsets=offsets,
        )

    def _of_2013(self) -> Letter:
        from imr_letters.layouts.of_2013 import items_of_2013, summary_end  # noqa: PLC0415 (the rare layout)

        items = items_of_2013(self.text, self.clean.span)
        if not items:
            raise NotALetterError("is no IMR determination letter: no decision on a disputed item was found")
        heading = SUMMARY.search(self.text)
        found = self._head(self._summary(summary_end(self.text)) if heading else None)
        return Letter(layout="2013", items=items, warnings=self.warnings, offsets=self.offsets, **found)


def _joined(text: str | None) -> str | None:
    return one_line(text) if text is not None else None
