"""Entries that a remedy asks for, and a case with them written into it."""

from __future__ import annotations

import datetime as dt
import re
from collections.abc import Sequence
from typing import Any, Literal, NamedTuple, cast

from imr_engine.answer.result import Written
from imr_engine.cases.model import Amount, Case, Request, observed

Kind = Literal["fact", "attribute", "request", "record"]
_ENTRY = re.compile(r"([a-z]+)\[(\d+)\]\.([a-z_]+)")


class Write(NamedTuple):
    """One entry: a fact, an attribute or a property of the request, or a field of an entry of the records."""

    kind: Kind
    name: str
    value: Any

    def shown(self) -> Written:
        """The entry as results show it."""
        value = self.value.isoformat() if isinstance(self.value, dt.date) else self.value
        return cast("Written", {self.kind: self.name, "value": value})


Writes = list[Write]


def written(case: Case, request: Request, writes: Sequence[Write], date: dt.date | None) -> tuple[Case, Request]:
    """The case and the request with entries written as a clinician would, facts as seen on the date of the file."""
    own, facts = dict(case.request_facts[request.id]), dict(case.facts)
    changes: dict[str, Any] = {}
    records: dict[str, list[Any]] = {}
    for kind, name, value in writes:
        if kind == "fact":
            state = value if value in {"present", "absent"} else None
            own[name] = (observed(state, None if state else value, case.as_of or date, None, None),)
            if name in facts:
                facts[name] = tuple([one for one in facts[name] if one.state != "undocumented"])
        elif kind == "attribute":
            changes.setdefault("attributes", dict(request.attributes))[name] = value
        elif kind == "request":
            changes[name] = Amount(**value) if name == "quantity" else value
        else:
            list_, number, field = _ENTRY.fullmatch(name).groups()  # type: ignore[union-attr]
            entries = records.setdefault(list_, list(getattr(case.records, list_)))
            entries[int(number)] = entries[int(number)].model_copy(update={field: value})
    asked = request.model_copy(update=changes) if changes else request
    return case._replace(
        facts=facts,
        records=case.records.model_copy(update=records) if records else case.records,
        requests=tuple(asked if other.id == asked.id else other for other in case.requests),
        request_facts={**case.request_facts, request.id: own},
    ), asked
