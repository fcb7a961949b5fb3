"""Reads a case: the value of each input for one request, with the observations behind it.

Nothing here decides about guidelines, only how several observations of a fact are read: which of them count (by region
and as_of), which of those decide (the latest, or any), and when they contradict each other.
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterator
from typing import NamedTuple

from imr_criteria import Catalogue
from imr_criteria.conditions import ListName, RecordQuery
from imr_criteria.model import Fact, FromRecords
from imr_engine.cases.model import (
    Case,
    Evidence,
    Observation,
    Request,
    State,
    StudyRecord,
    observed,
)
from imr_engine.inputs.matching import NAMED_BY, Record, matchers_of
from imr_engine.rules.program import CONFLICT
from imr_engine.rules.three_values import Truth

Value = str | int | float | dt.date


class Seen(NamedTuple):
    """An input as read: a state ("present", "absent", "conflict"), a value, or None for undocumented.

    `observations` are those that decided; `conflict` explains in words why they decide nothing.
    """

    value: Value | None = None
    observations: tuple[Observation, ...] = ()
    conflict: str | None = None


NOTHING = Seen()
"""This very object stands for an input on which nobody recorded anything."""


class Subject:
    """One request in its case, and the date that it is judged by."""

    def __init__(
        self,
        catalogue: Catalogue,
        case: Case,
        request: Request,
        date: dt.date | None,
        verdict_of_dependency: str | None = None,
    ) -> None:
        self.catalogue = catalogue
        self.case = case
        self.request = request
        self.date = date
        self.verdict_of_dependency = verdict_of_dependency
        self._as_of = case.as_of
        self._region = request.region
        self._own = case.request_facts[request.id]
        self._facts = case.facts
        self._matchers = matchers_of(catalogue)
        self._lists: dict[ListName, list[tuple[str, Record]]] = {}
        self._entries: dict[str, list[tuple[str, Record]]] = {}
        for name, field in NAMED_BY.items():
            if not getattr(case.records, name):
                continue
            for path, entry in self.counting(name):
                for fact in self._matchers.facts_of(name, getattr(entry, field), request.treatment):
                    self._entries.setdefault(fact, []).append((path, entry))
        self.recorded = dict.fromkeys((*self._facts, *self._own, *self._entries))
        """The facts that may have observations; all others have none."""

    def fact(self, name: str, reading: str | None = None) -> Seen:
        """A fact as read. The request's own observations take precedence over the case's."""
        if name not in self.recorded:
            return NOTHING
        fact = self.catalogue.facts[name]
        found = self._own.get(name)
        if found is None:
            found = self._facts.get(name, ())
            if name in self._entries:
                found = (*found, *self._from_records(fact))
        counting = tuple([o for o in found if self._counts(o.date, o.region if fact.regional else None)])
        return read(fact, reading or fact.reading, counting)

    def attribute(self, name: str) -> Value | None:
        """An attribute of the request; None if undocumented."""
        value: Value | None = self.request.attributes.get(name)
        return None if value == "undocumented" else value

    def entries(self, query: RecordQuery) -> list[tuple[str, Record, Truth]]:
        """The record entries that count for this request: path, entry, and whether it matches."""
        counting = self.counting(query.list_)
        if not counting:
            return []
        matches = self._matchers.of(query.where, self.request.treatment)
        return [(path, entry, matches(entry)) for path, entry in counting]

    def counting(self, name: ListName) -> list[tuple[str, Record]]:
        """The entries of a record list dated by as_of and about the request's region, with their paths."""
        found = self._lists.get(name)
        if found is None:
            found = self._lists[name] = [
                (f"records.{name}[{index}]", entry)
                for index, entry in enumerate(getattr(self.case.records, name))
                if self._counts(entry.when, entry.region)
            ]
        return found

    def every(self, query: RecordQuery) -> Seen:
        """Whether every recorded entry matches; undocumented if there are none."""
        results = [matches for _, _, matches in self.entries(query)]
        if not results:
            return NOTHING
        if any(matches is False for matches in results):
            return Seen("absent")
        return Seen("present") if all(results) else Seen()

    def some(self, query: RecordQuery) -> Seen:
        """Whether any recorded entry matches. Never absent: something not recorded may still have happened."""
        results = [matches for _, _, matches in self.entries(query)]
        return Seen("present") if any(results) else Seen() if results else NOTHING

    def _from_records(self, fact: Fact) -> Iterator[Observation]:
        """The observations of a fact that are entries of the records."""
        rule = fact.records
        assert rule is not None
        matches = self._matchers.of(rule.where, self.request.treatment)
        for path, entry in self._entries[fact.id]:
            state = _state(rule, entry) if matches(entry) else None
            if state is not None:
                source = entry.evidence or Evidence(document=path)
                yield observed(state, None, entry.when, entry.region, source)

    def _counts(self, date: dt.date | None, region: str | None) -> bool:
        """Whether something seen on this date, in this region, counts: known by as_of, and in the request's region.

        Another region is no evidence for this one; an observation without a region counts.
        """
        if date is not None and self._as_of is not None and date > self._as_of:
            return False
        return region is None or self._region is None or region == self._region


def read(fact: Fact, reading: str, observations: tuple[Observation, ...]) -> Seen:
    """Combines the observations of one fact into one reading.

    latest: those of the latest date decide, together with undated ones, which nobody can place before it.
    ever: one `present` at any time suffices; absent and present contradict each other only on the same date.
    """
    if not observations:
        return NOTHING
    if len(observations) == 1 and observations[0].state != "undocumented":
        return Seen(observations[0].state or observations[0].value, observations)
    if fact.type == "state" and reading == "ever":
        return _ever(observations)
    dates = [o.date for o in observations if o.date is not None]
    newest = max(dates, default=None)
    group = tuple(o for o in observations if o.date in {newest, None})
    spoken = tuple(o for o in group if o.state != "undocumented")
    if not spoken:
        return Seen(None, group)
    if fact.type == "state":
        states = {o.state for o in spoken}
        if len(states) > 1:
            return Seen(CONFLICT, spoken, _contradiction(newest))
        return Seen(spoken[0].state, spoken)
    if any(o.value != spoken[0].value for o in spoken):
        return Seen(None, spoken, _contradiction(newest))
    return Seen(spoken[0].value, spoken)


def _ever(observations: tuple[Observation, ...]) -> Seen:
    present = [o for o in observations if o.state == "present"]
    absent = [o for o in observations if o.state == "absent"]
    denied = {o.date for o in absent}
    clear = tuple(o for o in present if o.date not in denied)
    if clear:
        return Seen("present", clear)
    if present:
        return Seen(CONFLICT, (*present, *absent), _contradiction(present[0].date))
    if absent:
        return Seen("absent", tuple(absent))
    return Seen(None, observations)


def _contradiction(date: dt.date | None) -> str:
    return "the record contradicts itself" + (f" ({date.isoformat()})" if date is not None else "")


def _state(source: FromRecords, entry: Record) -> State | None:
    """The state that an entry is an observation of; None if it has no bearing on it."""
    rule = source.state
    if rule.given is not None:
        return rule.given
    if rule.finding is not None:
        return entry.findings.get(rule.finding) if isinstance(entry, StudyRecord) else None
    value = getattr(entry, str(rule.field), None)
    if value in rule.present:
        return "present"
    if value in rule.absent:
        return "absent"
    # Tried, but without a recorded outcome: looked for and missing.
    return "undocumented"
