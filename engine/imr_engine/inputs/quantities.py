"""Derives quantities before the rules run, from a closed set of operations, identically for every evaluator.

An undocumented operand makes the quantity undocumented. Numbers are rounded to four decimals. A quantity's operations
are resolved once per catalogue; a request only reads values.
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Callable, Iterator
from functools import lru_cache
from math import prod
from typing import Any, NamedTuple

from imr_criteria import Catalogue
from imr_criteria.dates import months_between
from imr_criteria.quantities import FieldQuery, Lookup, Operand, Span
from imr_engine.inputs.observations import NOTHING, Subject, Value
from imr_engine.rules import keys
from imr_engine.rules.keys import Input


class Derived(NamedTuple):
    """A quantity: its value (None if undocumented), the inputs and records behind it, and why there is a conflict."""

    value: Value | None = None
    sources: tuple[Input | str, ...] = ()
    conflict: str | None = None


UNRECORDED = Derived()
Derivation = Callable[[Subject], Derived]


def derive(subject: Subject, name: str) -> Derived:
    """A quantity of the vocabulary, for one request."""
    return _quantity(subject.catalogue, name).derive(subject)


class _Quantity:
    """A quantity with its operations resolved, and a list of what they read."""

    def __init__(self, catalogue: Catalogue, value: Operand) -> None:
        self._derive = _operand(catalogue, value)
        leaves = list(_leaves(catalogue, value))
        self._facts = frozenset(leaf.fact for leaf in leaves if leaf.fact is not None)
        self._attributes = frozenset(leaf.attribute for leaf in leaves if leaf.attribute is not None)
        self._lists = {query.list_ for leaf in leaves if (query := leaf.count or leaf.total or leaf.latest) is not None}
        self._amount = any(leaf.request == "quantity" for leaf in leaves)
        self._injury = any(leaf.case is not None for leaf in leaves)

    def derive(self, subject: Subject) -> Derived:
        """The quantity for one request, rounded to four decimals."""
        if not self._recorded(subject):
            return UNRECORDED
        found = self._derive(subject)
        if type(found.value) is not float:
            return found
        value = round(found.value, 4)
        return Derived(int(value) if value.is_integer() else value, found.sources, found.conflict)

    def _recorded(self, subject: Subject) -> bool:
        """Whether the case has anything that could give a value. The request's date alone never does."""
        return (
            not self._facts.isdisjoint(subject.recorded)
            or not self._attributes.isdisjoint(subject.request.attributes)
            or (self._amount and subject.request.quantity is not None)
            or (self._injury and subject.case.date_of_injury is not None)
            or any(subject.counting(name) for name in self._lists)
        )


@lru_cache(maxsize=4096)
def _quantity(catalogue: Catalogue, name: str) -> _Quantity:
    return _Quantity(catalogue, catalogue.quantities[name].value)


def _leaves(catalogue: Catalogue, operand: Operand) -> Iterator[Operand]:
    """The operands that are not composed of others."""
    if operand.quantity is not None:
        yield from _leaves(catalogue, catalogue.quantities[operand.quantity].value)
        return
    span = operand.days_between or operand.months_between
    parts = operand.first or operand.sum or operand.product or operand.quotient or ()
    if span is not None:
        parts = (span.from_, span.to)
    elif operand.lookup is not None:
        parts = (operand.lookup.of,)
    if not parts:
        yield operand
    for part in parts:
        yield from _leaves(catalogue, part)


def _operand(catalogue: Catalogue, operand: Operand) -> Derivation:
    operation = operand.operation
    if operation in _COMBINED:
        return _COMBINED[operation]([_operand(catalogue, part) for part in getattr(operand, operation)])
    if operation in {"days_between", "months_between"}:
        return _between(catalogue, operation, getattr(operand, operation))
    if operation in {"count", "total", "latest"}:
        return _records(operation, getattr(operand, operation))
    if operand.lookup is not None:
        return _looked_up(catalogue, operand.lookup)
    if operand.quantity is not None:
        return _quantity(catalogue, operand.quantity).derive
    return _leaf(operand)


def _leaf(operand: Operand) -> Derivation:
    if operand.fact is not None:
        return _fact(operand.fact)
    if operand.attribute is not None:
        name, attribute = operand.attribute, (keys.attribute(operand.attribute),)
        return lambda subject: Derived(subject.attribute(name), attribute)
    if operand.case is not None:
        injury = (keys.DATE_OF_INJURY,)
        return lambda subject: Derived(subject.case.date_of_injury, injury)
    if operand.request == "date":
        date = (keys.REQUEST_DATE,)
        return lambda subject: Derived(subject.date, date)
    units, quantity = operand.unit or (), (keys.request("quantity"),)

    def amount(subject: Subject) -> Derived:
        asked = subject.request.quantity
        return Derived(asked.value if asked is not None and asked.unit in units else None, quantity)

    return amount


def _fact(name: str) -> Derivation:
    sources = (keys.fact(name),)
    unrecorded = Derived(None, sources)

    def fact(subject: Subject) -> Derived:
        seen = subject.fact(name)
        return unrecorded if seen is NOTHING else Derived(seen.value, sources, seen.conflict)

    return fact


def _first(operands: list[Derivation]) -> Derivation:
    """The first operand with a value. A contradiction is not papered over by the next best source."""

    def first(subject: Subject) -> Derived:
        parts: list[Derived] = []
        for operand in operands:
            part = operand(subject)
            if part.value is not None or part.conflict is not None:
                return part
            parts.append(part)
        return Derived(None, _sources(parts))

    return first


def _arithmetic(calculate: Callable[[list[int | float]], float | None]) -> Callable[[list[Derivation]], Derivation]:
    def combined(operands: list[Derivation]) -> Derivation:
        def number(subject: Subject) -> Derived:
            parts = [operand(subject) for operand in operands]
            numbers = [part.value for part in parts if isinstance(part.value, int | float)]
            if len(numbers) < len(parts):
                return Derived(None, _sources(parts), next((p.conflict for p in parts if p.conflict is not None), None))
            return Derived(calculate(numbers), _sources(parts))

        return number

    return combined


_COMBINED: dict[str, Callable[[list[Derivation]], Derivation]] = {
    "first": _first,
    "sum": _arithmetic(lambda numbers: float(sum(numbers))),
    "product": _arithmetic(lambda numbers: float(prod(numbers))),
    "quotient": _arithmetic(lambda numbers: numbers[0] / numbers[1] if numbers[1] else None),
}


def _between(catalogue: Catalogue, operation: str, span: Span) -> Derivation:
    first, last = _operand(catalogue, span.from_), _operand(catalogue, span.to)

    def between(subject: Subject) -> Derived:
        start, end = first(subject), last(subject)
        sources = _sources([start, end])
        if not isinstance(start.value, dt.date) or not isinstance(end.value, dt.date):
            return Derived(None, sources, start.conflict or end.conflict)
        if end.value < start.value:
            return Derived(None, sources, "the dates are in the wrong order")
        if operation == "days_between":
            return Derived((end.value - start.value).days, sources)
        return Derived(months_between(start.value, end.value), sources)

    return between


def _records(operation: str, query: FieldQuery) -> Derivation:
    def found(subject: Subject) -> Derived:
        entries = [(path, entry) for path, entry, matches in subject.entries(query) if matches]
        sources = tuple(path for path, _ in entries)
        if operation == "count":
            return Derived(len(entries) or None, sources)
        field = "from_" if query.field == "from" else query.field
        values: list[Any] = [getattr(entry, field, None) for _, entry in entries]
        if not values or any(value is None for value in values):
            return Derived(None, sources)
        return Derived(float(sum(values)) if operation == "total" else max(values), sources)

    return found


def _looked_up(catalogue: Catalogue, lookup: Lookup) -> Derivation:
    of = _operand(catalogue, lookup.of)

    def looked_up(subject: Subject) -> Derived:
        code = of(subject)
        return Derived(lookup.table.get(str(code.value)), code.sources, code.conflict)

    return looked_up


def _sources(parts: list[Derived]) -> tuple[Input | str, ...]:
    return tuple(dict.fromkeys(source for part in parts for source in part.sources))
