"""Derives quantities before the rules, from a closed set of operations, alike for every evaluator.

An operand that is undocumented makes the quantity undocumented. Numbers are rounded to four decimals.
"""

from __future__ import annotations

import datetime as dt
from dataclasses import dataclass
from math import prod
from typing import Any

from imr_criteria.dates import months_between
from imr_criteria.quantities import FieldQuery, Operand, Span
from imr_engine.inputs.observations import Subject, Value
from imr_engine.rules import keys
from imr_engine.rules.keys import Input


@dataclass(frozen=True)
class Derived:
    """A quantity: its value (None: undocumented), the inputs and records behind it, and why there is no value."""

    value: Value | None = None
    sources: tuple[Input | str, ...] = ()
    conflict: str | None = None


def derive(subject: Subject, name: str) -> Derived:
    """A quantity of the vocabulary, for one request."""
    found = _operand(subject, subject.catalogue.quantities[name].value)
    if isinstance(found.value, float):
        rounded = round(found.value, 4)
        return Derived(int(rounded) if rounded.is_integer() else rounded, found.sources, found.conflict)
    return found


def _operand(subject: Subject, operand: Operand) -> Derived:
    operation = operand.operation
    if operation in {"first", "sum", "product", "quotient"}:
        return _combined(subject, operation, getattr(operand, operation))
    if operation in {"days_between", "months_between"}:
        return _between(subject, operation, getattr(operand, operation))
    if operation in {"count", "total", "latest"}:
        return _records(subject, operation, getattr(operand, operation))
    if operand.lookup is not None:
        code = _operand(subject, operand.lookup.of)
        return Derived(operand.lookup.table.get(str(code.value)), code.sources, code.conflict)
    return _leaf(subject, operand)


def _leaf(subject: Subject, operand: Operand) -> Derived:
    if operand.fact is not None:
        seen = subject.fact(operand.fact)
        return Derived(seen.value, (keys.fact(operand.fact),), seen.conflict)
    if operand.quantity is not None:
        return derive(subject, operand.quantity)
    if operand.attribute is not None:
        return Derived(subject.attribute(operand.attribute), (keys.attribute(operand.attribute),))
    if operand.case is not None:
        return Derived(subject.case.date_of_injury, (keys.DATE_OF_INJURY,))
    if operand.request == "date":
        return Derived(subject.date, (keys.request("date"),))
    amount = subject.request.quantity
    value = amount.value if amount is not None and amount.unit in (operand.unit or ()) else None
    return Derived(value, (keys.request("quantity"),))


def _combined(subject: Subject, operation: str, operands: tuple[Operand, ...]) -> Derived:
    parts: list[Derived] = []
    for operand in operands:
        part = _operand(subject, operand)
        # A contradiction is not made good by the next best source.
        if operation == "first" and (part.value is not None or part.conflict is not None):
            return part
        parts.append(part)
    sources = tuple(dict.fromkeys(source for part in parts for source in part.sources))
    conflict = next((part.conflict for part in parts if part.conflict is not None), None)
    numbers = [part.value for part in parts if isinstance(part.value, int | float)]
    if operation == "first" or len(numbers) < len(parts):
        return Derived(None, sources, conflict)
    if operation == "quotient":
        return Derived(numbers[0] / numbers[1] if numbers[1] else None, sources)
    return Derived(float(sum(numbers) if operation == "sum" else prod(numbers)), sources)


def _between(subject: Subject, operation: str, span: Span) -> Derived:
    start, end = _operand(subject, span.from_), _operand(subject, span.to)
    sources = tuple(dict.fromkeys((*start.sources, *end.sources)))
    if not isinstance(start.value, dt.date) or not isinstance(end.value, dt.date):
        return Derived(None, sources, start.conflict or end.conflict)
    if end.value < start.value:
        return Derived(None, sources, "the dates are in the wrong order")
    if operation == "days_between":
        return Derived((end.value - start.value).days, sources)
    return Derived(months_between(start.value, end.value), sources)


def _records(subject: Subject, operation: str, query: FieldQuery) -> Derived:
    entries = [(path, entry) for path, entry, matches in subject.entries(query) if matches]
    sources = tuple(path for path, _ in entries)
    if operation == "count":
        return Derived(len(entries) or None, sources)
    field = "from_" if query.field == "from" else query.field
    values: list[Any] = [getattr(entry, field, None) for _, entry in entries]
    if not values or any(value is None for value in values):
        return Derived(None, sources)
    return Derived(float(sum(values)) if operation == "total" else max(values), sources)
