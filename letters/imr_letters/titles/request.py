"""Reads a title: applies the rules at each token, then puts together what they found."""

from __future__ import annotations

from typing import Literal

from imr_letters.titles.amounts import (
    bare,
    counted,
    marked,
    measure_at,
    refilled,
    refills_after,
    strength_at,
    with_noun_before,
)
from imr_letters.titles.model import Amount, Duration, Excerpt, Frequency, Requested, Strength
from imr_letters.titles.parts import after_ordinal, body, body_parts, part_at
from imr_letters.titles.schedule import duration_at, for_weeks, frequency_at, often_at, times_weeks, visits_of
from imr_letters.titles.service import dates_of_service, phrase
from imr_letters.titles.title import MEASURED_OUT, TIMES, Found, Title, by_at, connects, is_in_a_name
from imr_letters.titles.tokens import is_whole, number_at
from imr_letters.titles.treatment import treatment_words
from imr_letters.titles.words import ADVERBS, EVERY, NUMBER_WORDS, OFTEN, PHRASES_BY_WORD, STRENGTH_UNITS, either


def request_of(title: str) -> Requested:
    """What a title requests. Never fails, whatever the text; time is linear in its length."""
    t = Title(title)
    i = 0
    while i < t.size:
        i = i + 1 if t.cut[i] else max(at(t, i), i + 1)
    for found in (t.amounts, t.strengths):
        found.sort(key=lambda f: f.rank)  # stable: the first of equal rank wins
    parts, dates, visits = body_parts(t), dates_of_service(t), visits_of(t)
    return Requested(
        treatment_words=treatment_words(t),
        body_parts=parts,
        quantity=amount(t, t.amounts[0]) if t.amounts else None,
        strength=strength_of(t, t.strengths[0]) if t.strengths else None,
        frequency=frequency_of(t, t.frequencies[0]) if t.frequencies else None,
        duration=duration_of(t, t.durations[0]) if t.durations else None,
        refills=amount(t, t.refills[0]) if t.refills else None,
        visits=None if isinstance(visits, tuple) else visits,
        visits_range=visits if isinstance(visits, tuple) else None,
        retrospective=not t.labels.isdisjoint({"retrospective", "service"}),
        dates_of_service=dates,
        associated_surgical_service="surgical" in t.labels,
        further=further(t),
    )


def at(t: Title, i: int) -> int:
    """Applies the rules for a token. A rule returns the index after what it took, or the same index if nothing."""
    token = t.tokens[i]
    if token.kind == "day":
        t.days.append(i)
        return i + 1
    if token.kind in {"number", "word"}:
        j = worded(t, i, token.low) if token.kind == "word" else in_digits(t, i)
        t.begun |= j == i and not connects(t, i)
        return j
    if token.low == "#":
        return marked(t, i)
    if token.low == "(":
        return numbered(t, i)
    return multiplied(t, i) if token.low == "x" else i


def in_digits(t: Title, i: int) -> int:
    """A number in digits: part of a name ("H2"), of a finger ("3rd finger"), or of what is requested."""
    if is_in_a_name(t, i):
        return i
    return numbered(t, i) if after_ordinal(t, i) == i else part_at(t, i)


def worded(t: Title, i: int, low: str) -> int:
    """A word: the first of a phrase, of an amount or a time, or of a body part or its side."""
    for rest, meaning in either(PHRASES_BY_WORD, low) or ():
        if j := t.follows(i + 1, rest):
            return phrase(t, i, j, meaning)
    if low in {"qty", "quantity", "count", "total"}:
        return marked(t, i)
    if low in {"refill", "refills", "rf", "no"}:
        return refills_after(t, i)
    if by_at(t, i):
        return multiplied(t, i)
    if low in OFTEN or low in ADVERBS or low in EVERY:
        return often_at(t, i)
    if low in NUMBER_WORDS:
        return i if is_in_a_name(t, i) else numbered(t, i)
    if low == "a" and t.tokens[i - 1].low == "for":
        return duration_at(t, i, 1, i + 1)
    if low == "unknown" and not t.begun:
        return t.take(i, i + 1, "other")
    return body(t, i)


def numbered(t: Title, i: int) -> int:
    """A number: what it means depends on what follows."""
    if t.tokens[i].kind == "number" and (j := strength_at(t, i)) > i:
        return j
    number = number_at(t.tokens, i)
    if number is None:
        return i
    value, j = number
    for rule in (measure_at, frequency_at, times_weeks, duration_at, refilled, counted):
        if (k := rule(t, i, value, j)) > i:
            return k
    return bare(t, i, value, j)


def multiplied(t: Title, i: int) -> int:
    """ "x 6", "times 6", "x 6 sessions", "x 4 weeks", "x 3 per week"."""
    number = number_at(t.tokens, i + 1)
    if number is None or not by_at(t, i) or either(STRENGTH_UNITS, t.tokens[number[1]].low):
        return i
    value, j = number
    for rule in (measure_at, frequency_at, duration_at, refilled, counted, for_weeks):
        if (k := rule(t, i + 1, value, j)) > i + 1:
            t.cut[i] = "time"
            return k
    return with_noun_before(t, i, j, TIMES, value) if is_whole(value) else i


def amount(t: Title, found: Found) -> Amount:
    kind: Literal["count", "measure"] = "measure" if found.rank == MEASURED_OUT else "count"
    return Amount(value=found.value, unit=found.unit, kind=kind, **t.span(found.i, found.j))


def strength_of(t: Title, found: Found) -> Strength:
    value = found.values[0] if len(found.values) == 1 else None
    return Strength(value=value, values=found.values, unit=found.unit, **t.span(found.i, found.j))


def frequency_of(t: Title, found: Found) -> Frequency:
    return Frequency(times=found.value, per=found.unit, **t.span(found.i, found.j))


def duration_of(t: Title, found: Found) -> Duration:
    return Duration(value=found.value, unit=found.unit, **t.span(found.i, found.j))


def further(t: Title) -> list[Excerpt]:
    """What was found beyond the first of each kind, and how a drug is taken, in order."""
    lists = t.amounts, t.strengths, t.frequencies, t.durations, t.refills
    spans = {(found.i, found.j) for each in lists for found in each[1:]}
    taken: list[tuple[int, int]] = []
    for i, j in t.taken:
        start = taken.pop()[0] if taken and taken[-1][1] == i else i  # "one" + "by mouth"
        taken.append((start, j))
    return [Excerpt(**t.span(i, j)) for i, j in sorted(spans.union(taken))]
