"""Reads a case: what each input of a program is for one request, with the observations that say so.

Decides nothing about guidelines. What it decides is how several observations of a fact are read: which count (region,
as_of), which of them speak (the latest, or any), and when they contradict each other.
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
from imr_engine.inputs.matching import Record, matchers_of
from imr_engine.rules.program import CONFLICT
from imr_engine.rules.three_values import Truth

Value = str | int | float | dt.date


class Seen(NamedTuple):
    """What an input is: a state ("present", "absent", "conflict"), a value, or None for undocumented.

    `observations` are those that decided; `conflict` says in words why they decide nothing.
    """

    value: Value | None = None
    observations: tuple[Observation, ...] = ()
    conflict: str | None = None


NOTHING = Seen()


class Subject:
    """One request in its case, and the date by which it is judged."""

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
        self._own = case.request_facts[request.id]
        self._facts = case.facts
        self._lists: dict[ListName, list[tuple[str, Record]]] = {}
        records = case.records
        self._recorded: frozenset[str] = frozenset()
        if records.treatments or records.medications or records.studies:
            self._recorded = catalogue.facts_from_records

    def fact(self, name: str, reading: str | None = None) -> Seen:
        """A fact; the request's own observations go before the case's."""
        found = self._own.get(name)
        if found is None:
            found = self._facts.get(name, ())
            if name in self._recorded:
                found = (*found, *self._from_records(self.catalogue.facts[name]))
        if not found:
            return NOTHING
        fact = self.catalogue.facts[name]
        return read(fact, reading or fact.reading, [o for o in found if self._counts(fact.regional, o)])

    def attribute(self, name: str) -> Value | None:
        """An attribute of the request, as asked for."""
        value: Value | None = self.request.attributes.get(name)
        return None if value == "undocumented" else value

    def entries(self, query: RecordQuery) -> list[tuple[str, Record, Truth]]:
        """Entries of a list of records that count for this request: path, entry, and whether it matches."""
        counting = self._counting(query.list_)
        if not counting:
            return []
        matches = matchers_of(self.catalogue).of(query.where, self.request.treatment)
        return [(path, entry, matches(entry)) for path, entry in counting]

    def _counting(self, name: ListName) -> list[tuple[str, Record]]:
        """Entries of a list of records by as_of and of the request's region, with their paths."""
        found = self._lists.get(name)
        if found is None:
            found = self._lists[name] = [
                (f"records.{name}[{index}]", entry)
                for index, entry in enumerate(getattr(self.case.records, name))
                if self._timely(_when(entry)) and self._same_region(getattr(entry, "region", None))
            ]
        return found

    def every(self, query: RecordQuery) -> Seen:
        """Whether every recorded entry matches; nothing without entries."""
        results = [matches for _, _, matches in self.entries(query)]
        if any(matches is False for matches in results):
            return Seen("absent")
        return Seen("present") if results and all(results) else Seen()

    def some(self, query: RecordQuery) -> Seen:
        """Whether a recorded entry matches; what is not recorded may have happened, so never absent."""
        return Seen("present") if any(matches for _, _, matches in self.entries(query)) else Seen()

    def _from_records(self, fact: Fact) -> Iterator[Observation]:
        if fact.records is None:
            return
        matches = matchers_of(self.catalogue).of(fact.records.where, self.request.treatment)
        for path, entry in self._counting(fact.records.list_):
            state = _state(fact.records, entry) if matches(entry) else None
            if state is not None:
                source = entry.evidence or Evidence.model_construct(document=path)
                yield observed(state, None, _when(entry), getattr(entry, "region", None), source)

    def _counts(self, regional: bool, observation: Observation) -> bool:
        return self._timely(observation.date) and not (regional and not self._same_region(observation.region))

    def _timely(self, date: dt.date | None) -> bool:
        return date is None or self.case.as_of is None or date <= self.case.as_of

    def _same_region(self, region: str | None) -> bool:
        """An observation of another region is not evidence for this one; one without a region counts."""
        return region is None or self.request.region is None or region == self.request.region


def read(fact: Fact, reading: str, observations: list[Observation]) -> Seen:
    """How several observations of one fact are read.

    latest: those of the latest date, with those that have no date (they cannot be placed before it).
    ever: one present at any time suffices; absent and present contradict each other only on one date.
    """
    if not observations:
        return NOTHING
    if len(observations) == 1 and observations[0].state != "undocumented":
        return Seen(observations[0].state or observations[0].value, tuple(observations))
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


def _ever(observations: list[Observation]) -> Seen:
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
    return Seen(None, tuple(observations))


def _contradiction(date: dt.date | None) -> str:
    return "the record contradicts itself" + (f" ({date.isoformat()})" if date is not None else "")


def _when(entry: Record) -> dt.date | None:
    """When a record's entry was so: its date, else its end, else its beginning."""
    return entry.date or getattr(entry, "to", None) or getattr(entry, "from_", None)


def _state(source: FromRecords, entry: Record) -> State | None:
    """The state that an entry is an observation of; None where it says nothing on it."""
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
    # Tried, with no recorded outcome: looked for and missing.
    return "undocumented"
