"""The inputs of programs for one request, each read once."""

from __future__ import annotations

import datetime as dt

from imr_engine.inputs.observations import Seen, Subject
from imr_engine.inputs.quantities import derive
from imr_engine.rules.keys import Input
from imr_engine.rules.program import Program


class Inputs:
    """What the inputs of programs are for one request. `sources` has the inputs that quantities were derived from."""

    def __init__(self, subject: Subject) -> None:
        self.subject = subject
        self.sources: dict[Input, tuple[Input | str, ...]] = {}
        self._seen: dict[Input, Seen] = {}

    def values(self, program: Program) -> dict[Input, str | int | float]:
        """The values that a program's rules read; what is missing is undocumented."""
        values: dict[Input, str | int | float] = {}
        known = self._seen
        for key in program.inputs:
            seen = known.get(key)
            if seen is None:
                seen = known[key] = self._read(key, program)
            value = seen.value
            if value is not None and not isinstance(value, dt.date):
                values[key] = value
        return values

    def seen(self, key: Input, program: Program | None = None) -> Seen:
        """What an input is. Queries of records are looked up in the program that asks them."""
        found = self._seen.get(key)
        if found is None:
            found = self._seen[key] = self._read(key, program)
        return found

    def _read(self, key: Input, program: Program | None) -> Seen:
        subject = self.subject
        if key.kind == "fact":
            return subject.fact(key.name, key.reading)
        if key.kind == "attribute":
            return Seen(subject.attribute(key.name))
        if key.kind == "quantity":
            derived = derive(subject, key.name)
            self.sources[key] = derived.sources
            return Seen(derived.value, (), derived.conflict)
        if key.kind == "request":
            return Seen(getattr(subject.request, key.name))
        if key.kind == "records" and program is not None:
            query = program.queries[key]
            return subject.some(query) if key.reading == "some" else subject.every(query)
        verdict = subject.verdict_of_dependency
        return Seen(verdict if verdict in {"approve", "deny"} else None)
