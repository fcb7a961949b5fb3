"""Reads a case: the value of each input for one request, with the observations behind it.

Nothing here decides about guidelines, only which observations count for a request, and why others do not.
"""

from __future__ import annotations

import datetime as dt
from typing import Any

from imr_criteria import Catalogue
from imr_criteria.conditions import SAME_AS_REQUEST, ListName, RecordQuery, Where
from imr_criteria.dates import add_months
from imr_criteria.model import Fact, FromRecords
from imr_criteria.outside import quoted
from imr_engine.cases.model import Case, Observation, Request, State, StudyRecord
from imr_engine.inputs.matching import Record, matchers_of
from imr_engine.inputs.reading import NOTHING, Ignored, Seen, Value, read
from imr_engine.inputs.records import Counted, Entry, Records
from imr_engine.inputs.siblings import facts_about, may_be_taken
from imr_engine.inputs.words import Why
from imr_engine.rules.program import CONFLICT
from imr_engine.rules.three_values import Truth

_EARLIER = RecordQuery(list_="treatments", where=Where(treatment=(SAME_AS_REQUEST,)))
_DAYS = {"days": 1, "weeks": 7}


class Subject:
    """One request in its case, and the date that it is judged by. `records` may be shared between requests."""

    def __init__(
        self,
        catalogue: Catalogue,
        case: Case,
        request: Request,
        date: dt.date | None,
        verdict_of_dependency: str | None = None,
        records: Records | None = None,
    ) -> None:
        self.catalogue = catalogue
        self.case = case
        self.request = request
        self.date = date
        self.verdict_of_dependency = verdict_of_dependency
        self._known_by = case.as_of or date
        self._own = case.request_facts[request.id]
        self._facts = case.facts
        self._matchers = matchers_of(catalogue)
        self.records = Records(catalogue, case, self._known_by) if records is None else records
        self._counted: dict[ListName, dict[str, list[Counted]]] = {}
        self.derived: dict[str, Any] = {}
        """The quantities derived so far, by name."""
        self._current_from: dict[int, dt.date | None] = {}
        self._last: tuple[dt.date | None] | None = None
        self._since: tuple[dt.date | None] | None = None
        # The names of the entries of each list that may be observations of a fact.
        self._named: dict[str, list[tuple[ListName, str]]] = {}
        for list_, names in self.records.names.items():
            for name in names:
                for fact in self._matchers.facts_of(list_, name, request.treatment):
                    self._named.setdefault(fact, []).append((list_, name))
        self.recorded = dict.fromkeys((*self._facts, *self._own, *self._named, *sorted(facts_about(self))))
        """The facts that may have observations; all others have none."""

    def fact(self, name: str, reading: str | None = None) -> Seen:
        """A fact as read, from what the case states, what the request states, and what the records show."""
        if name not in self.recorded:
            return NOTHING
        fact = self.catalogue.facts[name]
        own = self._own.get(name)
        # A response belongs to one treatment, so the request's own goes before the case's.
        stated = own if own and fact.since == "last-treatment" else (*self._facts.get(name, ()), *(own or ()))
        counting: list[Observation] = []
        ignored: list[Ignored] = []
        for one in stated:
            why = self._why(fact, one)
            if why is None:
                counting.append(one)
            else:
                ignored.append(Ignored(one, why))
        entries = self._from_records(fact, ignored) if name in self._named else []
        counting += [one for _, one in entries]
        seen = read(fact, reading or fact.reading, tuple(counting))
        if fact.type != "state" and seen.value is not None:
            seen = self._since_then(fact, self._denied(fact, seen, entries))
        if seen.value != "present" and (other := may_be_taken(self, fact, stated)) is not None:
            asked = self.catalogue.treatments[str(other.treatment)].name
            seen = seen._replace(value=CONFLICT, conflict=f"request {quoted(other.id)} of this case asks for {asked}")
        if ignored:
            seen = seen._replace(ignored=tuple(ignored), doubt=seen.doubt or any(map(_doubtful, ignored)))
        return seen

    def attribute(self, name: str) -> Value | None:
        """An attribute of the request; None if undocumented."""
        value: Value | None = self.request.attributes.get(name)
        return None if value == "undocumented" else value

    def entries(self, query: RecordQuery) -> list[tuple[Entry, Truth]]:
        """The record entries that count for this request, and whether each matches."""
        matches = self._matchers.of(query.where, self.request.treatment)
        return [
            (counted.entry, matches(counted.entry.record))
            for named in self.counted(query.list_).values()
            for counted in named
            if counted.why is None
        ]

    def ignored(self, query: RecordQuery) -> list[Ignored]:
        """The entries that would match, were they to count."""
        matches = self._matchers.of(query.where, self.request.treatment)
        return [
            Ignored(counted.entry.path, counted.why)
            for named in self.counted(query.list_).values()
            for counted in named
            if counted.why is not None and matches(counted.entry.record) is not False
        ]

    def counted(self, name: ListName) -> dict[str, list[Counted]]:
        """The entries of a record list by what they are about, each with the reason why it does not count."""
        found = self._counted.get(name)
        if found is None:
            found = self._counted[name] = self.records.counted(self.catalogue, self.request, self.date, name)
        return found

    def every(self, query: RecordQuery) -> Seen:
        """Whether every recorded entry matches; undocumented if there are none."""
        results = [matches for _, matches in self.entries(query)]
        if not results:
            return NOTHING
        if any(matches is False for matches in results):
            return Seen("absent")
        return Seen("present") if all(results) else Seen(doubt=True)

    def some(self, query: RecordQuery) -> Seen:
        """Whether any recorded entry matches. Never absent: something not recorded may still have happened."""
        results = [matches for _, matches in self.entries(query)]
        if not results:
            return NOTHING
        return Seen("present") if any(results) else Seen(doubt=None in results)

    def last_treatment(self) -> dt.date | None:
        """The last day known of an earlier treatment of the same kind; None without one."""
        if self._last is None:
            stated = self.fact("last-treatment-date") if "last-treatment-date" in self.recorded else NOTHING
            days = [o.value for o in stated.observations if isinstance(o.value, dt.date)]
            days += [day for entry, matches in self.entries(_EARLIER) if matches and (day := self._last_of(entry))]
            self._last = (max([day for day in days if self.date is None or day < self.date], default=None),)
        return self._last[0]

    def _next_treatment(self) -> dt.date | None:
        """The first day on or after the request on which the same kind of treatment was given; None without one."""
        begins = [
            counted.entry.begin
            for named in self.counted("treatments").values()
            for counted in named
            if counted.why == "not-before-request"
            and self._matchers.of(_EARLIER.where, self.request.treatment)(counted.entry.record)
        ]
        return min([begin for begin in begins if begin is not None], default=None)

    def injury(self) -> dt.date | None:
        """The day of the injury, or else the onset of the symptoms, if it is known."""
        if self._since is None:
            day: Value | None = self.case.date_of_injury
            if day is None and "symptom-onset" in self.recorded:
                day = self.fact("symptom-onset").value
            self._since = (day if isinstance(day, dt.date) else None,)
        return self._since[0]

    def _last_of(self, entry: Entry) -> dt.date | None:
        """The last day of an entry before the request; of a course that has not ended then, its first."""
        last = entry.last
        return last if last is None or self.date is None or last < self.date else entry.begin

    def _why(self, fact: Fact, one: Observation) -> Why | None:
        """Why an observation does not count for this request; None if it does."""
        if one.date is not None:
            if self.case.as_of is not None and one.date > self.case.as_of:
                return "after-as-of"
            if fact.since == "last-treatment":
                last, following = self.last_treatment(), self._next_treatment()
                if last is not None and one.date < last:
                    return "before-last-treatment"
                if last is not None and following is not None and one.date > following:
                    return "after-next-treatment"
            if fact.since == "injury" and (injury := self.injury()) is not None and one.date < injury:
                return "before-injury"
            # What was once so was so ever after, and a total is no less than it was.
            lasting = fact.reading == "growing" or (fact.reading == "ever" and one.state == "present")
            if not lasting and self._is_old(fact, one.date):
                return "out-of-date"
        region = one.region if fact.regional else None
        if region is None or self.request.region is None or region == self.request.region:
            return None
        return "another-region"

    def _is_old(self, fact: Fact, date: dt.date) -> bool:
        """Whether an observation of a fact is too old to show what is so now."""
        months = fact.current_for_months
        return months is not None and (oldest := self._oldest(months)) is not None and date < oldest

    def _oldest(self, months: int) -> dt.date | None:
        """The first day from which an observation is no older than so many months at the date of the request."""
        if months not in self._current_from:
            by = self.date or self._known_by
            self._current_from[months] = add_months(by, -months) if by is not None else None
        return self._current_from[months]

    def _from_records(self, fact: Fact, ignored: list[Ignored]) -> list[tuple[FromRecords, Observation]]:
        """The observations of a fact that are entries of the records; the others are added to `ignored`."""
        found: list[tuple[FromRecords, Observation]] = []
        for list_, name in self._named[fact.id]:
            for rule in fact.records:
                if rule.list_ != list_:
                    continue
                matches = self._matchers.of(rule.where, self.request.treatment)
                for entry, why in self.counted(list_)[name]:
                    match = matches(entry.record)
                    state = None if match is False else self._state(rule, entry, match is True)
                    if state is None:
                        continue
                    reason = why or self._why_entry(fact, entry)
                    if reason is not None:
                        ignored.append(Ignored(self.records.observation(entry, state), reason))
                        continue
                    made = self.records.observation(entry, state, fact.since != "last-treatment")
                    contrary = state == "undocumented" and self._shows_more(entry.record)
                    found.append((rule, made._replace(contrary=True) if contrary else made))
        return found

    def _why_entry(self, fact: Fact, entry: Entry) -> Why | None:
        """Why an entry that counts for the request does not count for a fact."""
        if fact.since == "last-treatment":
            last, own = self.last_treatment(), self._last_of(entry)
            return "not-last-treatment" if last is not None and own is not None and own < last else None
        if fact.since == "injury":
            injury = self.injury()
            tried = not isinstance(entry.record, StudyRecord)
            if tried and self.date is not None and entry.begin is not None and entry.begin >= self.date:
                return "not-before-request"
            if injury is not None and entry.last is not None and entry.last < injury and not entry.running:
                return "before-injury"
        return None

    def _state(self, source: FromRecords, entry: Entry, sure: bool) -> State | None:
        """The state that an entry is an observation of; None if it has no bearing on it."""
        rule, record = source.state, entry.record
        if rule.field is not None and not rule.present:
            # It can only contradict, so what is open says nothing.
            return "absent" if sure and getattr(record, rule.field, None) in rule.absent else None
        state: State | None
        if rule.given is not None:
            state = rule.given
        elif isinstance(record, StudyRecord) and (rule.finding is not None or rule.leaves_open):
            state = self._result(source, record)
        else:
            value = getattr(record, str(rule.field), None)
            if isinstance(record, StudyRecord) and value == "ordered" and self._done_since(record):
                state = None
            elif value in rule.present:
                state = "present"
            elif value in rule.absent:
                state = "absent"
            elif value is None or value in {"undocumented", "ordered"}:
                # Tried, but without a recorded outcome: looked for and missing.
                state = "undocumented"
            else:
                state = None
        return state if sure or state is None else "undocumented"

    def _result(self, source: FromRecords, record: StudyRecord) -> State | None:
        """What a study shows of a finding. One without a result, or with another finding, does not exclude it."""
        rule, findings = source.state, record.findings
        if record.status == "not-done" or (record.status == "ordered" and self._done_since(record)):
            return None
        if rule.finding is None:
            # No rule reads this kind of study, so only what it does not show is clear.
            negative = findings and all(state == "absent" for state in findings.values())
            return None if negative else "undocumented"
        found = findings.get(rule.finding, "undocumented")
        return "undocumented" if found == "absent" and self._shows_more(record) else found

    def _shows_more(self, record: Record) -> bool:
        """Whether a study found something that no rule reads of it."""
        if not isinstance(record, StudyRecord):
            return False
        read = self._matchers.findings_of(record.study)
        return any(state == "present" and name not in read for name, state in record.findings.items())

    def _done_since(self, ordered: StudyRecord) -> bool:
        """Whether a study that was ordered has been done since, or is known not to have been."""
        parts = self.catalogue.study_parts
        names = [ordered.study, *(name for name, consists in parts.items() if ordered.study in consists)]
        if any(self._settled(name, ordered) for name in names):
            return True
        consists = parts.get(ordered.study, ())
        return bool(consists) and all(self._settled(name, ordered) for name in consists)

    def _settled(self, study: str, ordered: StudyRecord) -> bool:
        return any(
            isinstance(other := counted.entry.record, StudyRecord)
            and counted.why is None
            and other.status in {"done", "not-done"}
            and (other.region == ordered.region or None in (other.region, ordered.region))
            and other.date is not None
            and ordered.date is not None
            and other.date >= ordered.date
            for counted in self.counted("studies").get(study, ())
        )

    def _since_then(self, fact: Fact, seen: Seen) -> Seen:
        """A total that was counted long ago is no less now; what was added since is not known."""
        dates = [one.date for one in seen.observations]
        if fact.reading != "growing" or seen.value is None:
            return seen
        if not all(date is not None and self._is_old(fact, date) for date in dates):
            return seen
        return seen._replace(value=None, low=seen.value)

    def _denied(self, fact: Fact, seen: Seen, entries: list[tuple[FromRecords, Observation]]) -> Seen:
        """A value, unless the records contradict it: a treatment that failed, or too short a time since."""
        value = seen.value
        if not isinstance(value, int | float):
            return seen
        for rule, one in entries:
            limit = rule.state.contradicts_from
            if one.state == "absent" and limit is not None and value >= limit:
                return Seen(None, (*seen.observations, one), "a statement and the record of the treatment disagree")
        days = _DAYS.get(fact.unit or "")
        last = self.last_treatment() if days is not None and fact.since == "last-treatment" else None
        if days is None or last is None:
            return seen
        by = max([o.date or self._known_by or last for o in seen.observations], default=last)
        if value * days > (by - last).days:
            since = f"the last treatment was on {last.isoformat()}, {(by - last).days} days before {by.isoformat()}"
            return Seen(None, seen.observations, f"it is longer than the time since: {since}")
        return seen


def _doubtful(ignored: Ignored) -> bool:
    """Whether something that does not count still speaks against an assumption: it was so once, or will be soon."""
    return (
        ignored.why in {"before-injury", "out-of-date", "not-before-request"}
        and isinstance(ignored.what, Observation)
        and ignored.what.state == "present"
    )
