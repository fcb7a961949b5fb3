"""The records of a case, entry by entry: how far each extends, what it says by as_of, and when it does not count."""

from __future__ import annotations

import datetime as dt
from typing import NamedTuple

from imr_criteria import Catalogue
from imr_criteria.conditions import ListName
from imr_engine.cases.model import (
    Case,
    MedicationRecord,
    Observation,
    Request,
    State,
    StudyRecord,
    observed,
)
from imr_engine.inputs.matching import NAMED_BY, Record
from imr_engine.inputs.words import Why


class Entry(NamedTuple):
    """A record entry, with the first and the last day that it covers; None if open or unknown."""

    path: str
    name: str
    record: Record
    begin: dt.date | None
    end: dt.date | None
    disputed: bool = False
    """Whether it is recorded as current, and as ended before that."""

    @property
    def last(self) -> dt.date | None:
        """The last day on which it is known to have run."""
        return self.end or self.record.date or self.begin

    def may_go_on_after(self, day: dt.date) -> bool:
        """Whether it may have gone on after a day: a drug that nobody stopped, or a course of which no end is known.

        Of treatment without any date, what was counted on that day is all that is known.
        """
        if self.end is not None:
            return self.end > day
        return self.record.status != "stopped" if isinstance(self.record, MedicationRecord) else self.begin is not None

    @property
    def running(self) -> bool:
        """Whether it has not ended by as_of."""
        return isinstance(self.record, MedicationRecord) and self.record.status == "current"


class Counted(NamedTuple):
    """An entry, and why it does not count for a request; None if it does."""

    entry: Entry
    why: Why | None


class Records:
    """The records of a case by as_of. They are read once for all of its requests that share a date."""

    def __init__(self, catalogue: Catalogue, case: Case, known_by: dt.date | None) -> None:
        self._catalogue = catalogue
        self.case = case
        self.known_by = known_by
        self.lists: dict[ListName, list[Entry]] = {}
        self._observations: dict[tuple[str, State, bool], Observation] = {}
        for name, field in NAMED_BY.items():
            entries = getattr(case.records, name)
            if entries:
                self.lists[name] = [
                    _entry(f"records.{name}[{index}]", getattr(entry, field), entry, known_by)
                    for index, entry in enumerate(entries)
                ]
        self.names: dict[ListName, tuple[str, ...]] = {
            name: tuple(dict.fromkeys([entry.name for entry in entries])) for name, entries in self.lists.items()
        }

    def observation(self, entry: Entry, state: State, dated: bool = True) -> Observation:
        """An entry as an observation, made once for all requests.

        How a treatment went is seen after it, on a day that the entry does not give: then it is not `dated`.
        """
        key = entry.path, state, dated
        found = self._observations.get(key)
        if found is None:
            record = entry.record
            made = observed(state, None, entry.last if dated else None, record.region, record.evidence)
            # Without evidence of its own, the entry is all that there is.
            itself = {} if record.evidence else {"source": entry.path}
            about = {
                "about": self._catalogue.name_of_record(entry.name),
                **itself,
                **made.evidence,
                **self._since(entry),
            }
            if "since" in about:
                about.pop("seen", None)
            found = self._observations[key] = made._replace(instance=entry.name, evidence=about)
        return found

    def _since(self, entry: Entry) -> dict[str, str]:
        """When an entry began that runs at the time: nobody has seen its end yet."""
        begin, last, known_by = entry.begin, entry.last, self.known_by
        if begin is None or last is None or known_by is None or begin > known_by:
            return {}
        taken = entry.running and getattr(entry.record, "from_", None) is not None
        return {"since": begin.isoformat()} if taken or last > known_by else {}

    def counted(
        self, catalogue: Catalogue, request: Request, date: dt.date | None, name: ListName
    ) -> dict[str, list[Counted]]:
        """The entries of a list by what they are about, each with the reason why it does not count for a request."""
        found: dict[str, list[Counted]] = {}
        for entry in self.lists.get(name, ()):
            found.setdefault(entry.name, []).append(Counted(entry, self._why(catalogue, entry, request, date, name)))
        return found

    def _why(
        self, catalogue: Catalogue, entry: Entry, request: Request, date: dt.date | None, name: ListName
    ) -> Why | None:
        # Without as_of, a drug is taken if it is at the date of the request; studies and treatments then all count.
        known_by = self.known_by if name == "medications" else self.case.as_of
        if known_by is not None and entry.begin is not None and entry.begin > known_by:
            return "after-as-of" if self.case.as_of is not None else "not-before-request"
        # What is given on the day of the request, or later, is no earlier treatment.
        if name == "treatments" and date is not None and entry.begin is not None and entry.begin >= date:
            return "not-before-request"
        region = entry.record.region
        if region is None or request.region is None or region == request.region:
            return None
        if name == "treatments" and not catalogue.treatments[entry.name].regional:
            return None
        return "another-region"


def _entry(path: str, name: str, record: Record, known_by: dt.date | None) -> Entry:
    if isinstance(record, StudyRecord):
        return Entry(path, name, record, record.date, record.date)
    begin, end = record.from_ or record.date, record.to
    if not isinstance(record, MedicationRecord):
        return Entry(path, name, record, begin, end or record.date)
    status = _status(record, known_by)
    disputed = status is None and record.status == "current"
    if status != record.status:
        record = record.model_copy(update={"status": status})
    return Entry(path, name, record, begin, end, disputed)


def _status(record: MedicationRecord, known_by: dt.date | None) -> str | None:
    """Whether a drug is taken by then: it has begun, and it has not ended. None if that is not known."""
    end = record.to
    if known_by is None:
        return record.status
    if end is not None and end <= known_by:
        # Recorded as current, yet ended: one of the two is wrong.
        return None if record.status == "current" else "stopped"
    if end is not None:
        return "current"
    if record.status is None and record.from_ is not None:
        return "current"
    return record.status
