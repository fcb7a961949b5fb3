"""What a title says about the request itself: that treatment was already given, and when."""

from __future__ import annotations

from imr_letters.text.dates import day_of
from imr_letters.titles.model import DateOfService
from imr_letters.titles.title import Found, Title
from imr_letters.titles.tokens import number_at
from imr_letters.titles.words import NOT_SERVICE, THROUGH


def dates_of_service(t: Title) -> list[DateOfService]:
    """The dates of service, if the title is retrospective; not the dates of something else, such as an RFA."""
    if t.labels.isdisjoint({"retrospective", "service"}):
        return []
    found: list[DateOfService] = []
    past = -1
    for i in t.days:
        date = day_of(t.tokens[i].low)
        if i < past or date is None or t.tokens[i - 1].low in NOT_SERVICE:
            continue
        j, through = i + 1, None
        if t.tokens[j].low in THROUGH and t.tokens[j + 1].kind == "day":
            through = day_of(t.tokens[j + 1].low)
            j = j + 2 if through else j
        found.append(DateOfService(date=date, through=through, **t.span(i, j)))
        past = t.take(i, j, "other")
    return found


def phrase(t: Title, i: int, j: int, meaning: str) -> int:
    """Takes the phrase on tokens i to j; "up to" counts only before a number."""
    if meaning == "limit" and number_at(t.tokens, j) is None:
        return i
    if meaning == "taken":
        t.taken.append((i, j))
    if meaning == "once a day":
        t.frequencies.append(Found(i, j, 0, 1, "day"))
    t.labels.add(meaning)
    return t.take(i, j, "other")
