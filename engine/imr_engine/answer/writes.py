"""Entries that a remedy asks for, and a case with them written into it."""

from __future__ import annotations

import datetime as dt
import re
from collections.abc import Iterable, Sequence
from typing import Any, Literal, NamedTuple, cast

from imr_criteria import Catalogue
from imr_engine.answer.evidence import evidence_text
from imr_engine.answer.numbers import amount_text
from imr_engine.answer.result import Written
from imr_engine.cases.model import Amount, Case, Request, observed

Kind = Literal["fact", "attribute", "request", "record"]
_ENTRY = re.compile(r"([a-z]+)\[(\d+)\]\.([a-z_]+)")


class Write(NamedTuple):
    """One entry: a fact, an attribute or a property of the request, or a field of an entry of the records.

    A fact takes the place of what was not found; one that `ends` what is stated takes the place of that, too.
    """

    kind: Kind
    name: str
    value: Any
    ends: bool = False

    def shown(self) -> Written:
        """The entry as results show it."""
        value = self.value.isoformat() if isinstance(self.value, dt.date) else self.value
        return cast("Written", {self.kind: self.name, "value": value})


Writes = list[Write]


def entries_text(catalogue: Catalogue, writes: Iterable[Write]) -> str:
    """Entries in words, each once: "earlier treatment of the same kind: absent; quantity: 4 sessions"."""
    return "; ".join(dict.fromkeys(_entry_text(catalogue, write) for write in writes))


def _entry_text(catalogue: Catalogue, write: Write) -> str:
    kind, name, value = write.kind, write.name, write.value
    unit: str | None = None
    if kind == "record":
        path, _, field = name.rpartition(".")
        name = f"{evidence_text({'source': f'records.{path}'})}, {field}"
    elif kind == "fact":
        name, unit = catalogue.facts[name].name, catalogue.facts[name].unit
    elif kind == "attribute":
        attribute = catalogue.attributes[name]
        name, unit, value = attribute.name, attribute.unit, attribute.codes.get(value, value)
    elif name == "quantity":
        value, unit = value["value"], value["unit"]
    elif name == "region":
        value = catalogue.regions[value].name
    return f"{name}: {amount_text(value, unit) if isinstance(value, int | float) else value}"


def written(case: Case, request: Request, writes: Sequence[Write], date: dt.date | None) -> tuple[Case, Request]:
    """The case and the request with entries written as a clinician would, facts as seen on the date of the file."""
    own, facts = dict(case.request_facts[request.id]), dict(case.facts)
    changes: dict[str, Any] = {}
    records: dict[str, list[Any]] = {}
    for kind, name, value, ends in writes:
        if kind == "fact":
            state = value if value in {"present", "absent"} else None
            seen = case.as_of or date
            if isinstance(value, dt.date) and seen is not None and value > seen:
                seen = None  # A day is not seen before it comes.
            own[name] = (observed(state, None if state else value, seen, None, None),)
            if name in facts:
                facts[name] = tuple([one for one in facts[name] if not ends and one.state != "undocumented"])
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
