"""The inputs of programs for one request. Each is read once."""

from __future__ import annotations

import datetime as dt
from collections.abc import Container

from imr_criteria.outside import quoted
from imr_engine.inputs.doubt import Doubts, speaks_against
from imr_engine.inputs.observations import Subject
from imr_engine.inputs.quantities import UNRECORDED, derive, units_of
from imr_engine.inputs.reading import NOTHING, Seen, Value
from imr_engine.inputs.siblings import asked_before
from imr_engine.rules import keys
from imr_engine.rules.keys import Input
from imr_engine.rules.program import CONFLICT, Program


class Inputs:
    """The inputs of programs for one request.

    `recorded` has the inputs on which somebody recorded something, for the programs whose values were read so far;
    `sources` has the inputs and records behind each quantity, `units` those in which the programs read the request's
    quantity.
    """

    def __init__(self, subject: Subject, units: frozenset[str] = frozenset()) -> None:
        self.subject = subject
        self.units = units
        self.recorded: set[Input] = set()
        self.sources: dict[Input, tuple[Input | str, ...]] = {}
        self.doubts = Doubts(self)
        self._seen: dict[Input, Seen] = {}

    def values(self, program: Program) -> dict[Input, str | int | float]:
        """The values a program's rules read; a missing key means undocumented."""
        values: dict[Input, str | int | float] = {}
        unsettled = any(fact in self.subject.recorded for fact in program.nested)
        # The cost depends on how much a case documents, not on how much a criterion asks for.
        facts = program.facts
        facts_read = [key for name in self.subject.recorded if name in facts for key in facts[name]]
        for key in (*facts_read, *program.others):
            seen = self.seen(key, program)
            if seen is not NOTHING:
                self.recorded.add(key)
                unsettled |= seen.conflict is not None or seen.value == CONFLICT or seen.denied
                if seen.value is not None and not isinstance(seen.value, dt.date):
                    values[key] = seen.value
        for key, least, most in program.quantities:
            seen = self.seen(key)
            if seen is not NOTHING:
                self.recorded.update(end for end in (least, most) if end is not None)
                unsettled |= seen.conflict is not None
                if seen.conflict is not None:
                    continue
                if least is not None and isinstance(seen.low, int | float):
                    values[least] = seen.low
                if most is not None and isinstance(seen.high, int | float):
                    values[most] = seen.high
        for fact in program.concluded if unsettled else ():
            if self.doubts.about(fact):
                # The statement, or the lack of one, does not settle what is in conflict below it.
                values[keys.fact(fact)] = CONFLICT
        for key, condition, reads in program.silences:
            against = not reads.isdisjoint(self.recorded) and speaks_against(self, condition, holds=True)
            values[key] = "absent" if against else "present"
        return values

    def seen(self, key: Input, program: Program | None = None) -> Seen:
        """An input as read. Record queries are looked up in the program that has them."""
        found = self._seen.get(key)
        if found is None:
            found = self._seen[key] = self._read(key, program)
        return found

    def _read(self, key: Input, program: Program | None) -> Seen:
        subject = self.subject
        if key.kind == "fact":
            return subject.fact(key.name, key.reading)
        if key.kind == "quantity":
            return self._quantity(key)
        if key.kind == "records" and program is not None:
            query = program.queries[key]
            return subject.some(query) if key.reading == "some" else subject.every(query)
        value: Value | None
        if key.kind == "attribute":
            value = subject.attribute(key.name)
        elif key.kind == "request":
            value = getattr(subject.request, key.name)
        else:
            verdict = subject.verdict_of_dependency
            value = verdict if verdict in {"approve", "deny"} else None
        return NOTHING if value is None else Seen(value)

    def _quantity(self, key: Input) -> Seen:
        if units_of(self.subject.catalogue, key.name) and (unclear := self._unclear()) is not None:
            self.recorded.add(key)
            self.sources[key] = (keys.request("quantity"),)
            return Seen(conflict=unclear)
        derived = derive(self.subject, key.name)
        amount, sources, conflict, ignored, _, disputed = derived
        if disputed is not None and disputed != key.name:
            conflict = f"{self.subject.catalogue.quantities[disputed].name}: {conflict}"
        self.sources[key] = sources
        if derived is UNRECORDED:
            return NOTHING
        recorded = self.subject.recorded
        if not amount.known and conflict is None and not ignored and not any(_is_fact(s, recorded) for s in sources):
            return NOTHING
        self.recorded.add(key)
        return Seen(amount.value, (), conflict, ignored=ignored, low=amount.low, high=amount.high)

    def _unclear(self) -> str | None:
        """Why nobody can say how much is asked for: its unit, or the same treatment in another request."""
        asked, other = self.subject.request.quantity, asked_before(self.subject)
        if asked is not None and self.units and asked.unit not in self.units:
            return f"it is asked for in {asked.unit}, which no rule reads"
        if other is None:
            return None
        name = self.subject.catalogue.treatments[str(other.treatment)].name
        return f"request {quoted(other.id)} of this case asks for {name}, too"


def _is_fact(source: Input | str, names: Container[str]) -> bool:
    return isinstance(source, Input) and source.kind == "fact" and source.name in names
