"""Derives quantities before the rules run, from a closed set of operations, identically for every evaluator.

A quantity is a range: an unknown part leaves a sum open above, so what is known may already be more than a limit. Two
sources that contradict each other leave no range at all, but a conflict. Numbers are rounded to four decimals. A
quantity's operations are resolved once per catalogue; a request only reads values.
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Callable, Iterator
from functools import lru_cache
from math import prod
from typing import NamedTuple

from imr_criteria import Catalogue
from imr_criteria.conditions import RecordQuery
from imr_criteria.dates import months_between
from imr_criteria.quantities import Lookup, Operand, Span
from imr_engine.inputs import amounts
from imr_engine.inputs.amounts import UNKNOWN, Amount
from imr_engine.inputs.observations import Subject
from imr_engine.inputs.reading import NOTHING, Ignored
from imr_engine.rules import keys
from imr_engine.rules.keys import Input


class Derived(NamedTuple):
    """A quantity: its range, the inputs and records behind it, why it is in conflict, and what did not count.

    `disputed` names the quantity that is in conflict, which may be one that this is derived from. In conflict, the
    range is between the two sides if that is known, and nothing is concluded from it. `lost`: it was known once, and
    nobody knows it now, so that no other source stands in for it.
    """

    amount: Amount = UNKNOWN
    sources: tuple[Input | str, ...] = ()
    conflict: str | None = None
    ignored: tuple[Ignored, ...] = ()
    lost: bool = False
    disputed: str | None = None


UNRECORDED = Derived()
Derivation = Callable[[Subject], Derived]


def derive(subject: Subject, name: str) -> Derived:
    """A quantity of the vocabulary, for one request."""
    return _quantity(subject.catalogue, name).derive(subject)


def units_of(catalogue: Catalogue, name: str) -> frozenset[str]:
    """The units in which a quantity of the vocabulary reads that of the request; none if it does not."""
    return _quantity(catalogue, name).units


class _Quantity:
    """A quantity with its operations resolved, and a list of what they read."""

    def __init__(self, catalogue: Catalogue, name: str) -> None:
        value = catalogue.quantities[name].value
        self._name = name
        self._derive = _operand(catalogue, value)
        leaves = list(_leaves(catalogue, value))
        self._facts = frozenset(read for leaf in leaves if (read := leaf.fact or _stated(leaf)) is not None)
        self._attributes = frozenset(leaf.attribute for leaf in leaves if leaf.attribute is not None)
        queries = [leaf.count or leaf.total or leaf.latest or leaf.days_covered for leaf in leaves]
        self._lists = {query.list_ for query in queries if query is not None}
        self.units = frozenset(unit for leaf in leaves for unit in leaf.unit or ())
        self._injury = any(leaf.case is not None for leaf in leaves)

    def derive(self, subject: Subject) -> Derived:
        """The quantity for one request, rounded to four decimals."""
        found: Derived | None = subject.derived.get(self._name)
        if found is None:
            found = self._derive(subject) if self._recorded(subject) else UNRECORDED
            if found.amount.known:
                found = found._replace(amount=found.amount.rounded())
            if found.conflict is not None and found.disputed is None:
                found = found._replace(disputed=self._name)
            subject.derived[self._name] = found
        return found

    def _recorded(self, subject: Subject) -> bool:
        """Whether the case has anything that could give a value. The request's date alone never does."""
        return (
            not self._facts.isdisjoint(subject.recorded)
            or not self._attributes.isdisjoint(subject.request.attributes)
            or (bool(self.units) and subject.request.quantity is not None)
            or (self._injury and subject.case.date_of_injury is not None)
            or any(subject.counted(name) for name in self._lists)
        )


@lru_cache(maxsize=4096)
def _quantity(catalogue: Catalogue, name: str) -> _Quantity:
    return _Quantity(catalogue, name)


def leaves_of(catalogue: Catalogue, name: str) -> list[Operand]:
    """What a quantity of the vocabulary reads of a case."""
    return list(_leaves(catalogue, catalogue.quantities[name].value))


def _leaves(catalogue: Catalogue, operand: Operand) -> Iterator[Operand]:
    """The operands that read a case: those that are not composed of others, and statements beside the records."""
    if operand.quantity is not None:
        yield from _leaves(catalogue, catalogue.quantities[operand.quantity].value)
        return
    span = operand.days_between or operand.months_between
    parts = operand.first or operand.agreeing or operand.sum or operand.product or operand.quotient or ()
    if span is not None:
        parts = (span.from_, span.to)
    elif operand.lookup is not None:
        parts = (operand.lookup.of,)
    elif operand.reconcile is not None:
        parts = (operand.reconcile.recorded,)
    if not parts or operand.reconcile is not None:
        yield operand
    for part in parts:
        yield from _leaves(catalogue, part)


def _stated(operand: Operand) -> str | None:
    return operand.reconcile.stated if operand.reconcile is not None else None


def _operand(catalogue: Catalogue, operand: Operand) -> Derivation:
    operation = operand.operation
    if operand.agreeing is not None:
        return _agreeing([(_operand(catalogue, part), part.operation) for part in operand.agreeing])
    if operation in _COMBINED:
        return _COMBINED[operation]([_operand(catalogue, part) for part in getattr(operand, operation)])
    if operation in {"days_between", "months_between"}:
        return _between(catalogue, operation, getattr(operand, operation))
    if operation in {"count", "total", "latest", "days_covered"}:
        records = _records(operand)
        return lambda subject: records(subject, None)
    if operand.reconcile is not None:
        return _reconciled(catalogue, operand.reconcile.stated, operand.reconcile.recorded)
    if operand.lookup is not None:
        return _looked_up(catalogue, operand.lookup)
    if operand.quantity is not None:
        return _quantity(catalogue, operand.quantity).derive
    return _leaf(operand)


def _leaf(operand: Operand) -> Derivation:
    if operand.fact is not None:
        return _fact(operand.fact)
    if operand.constant is not None:
        constant = Derived(Amount(operand.constant, operand.constant))
        return lambda subject: constant
    if operand.attribute is not None:
        name, attribute = operand.attribute, (keys.attribute(operand.attribute),)
        return lambda subject: Derived(amounts.exact(subject.attribute(name)), attribute)
    if operand.case is not None:
        injury = (keys.DATE_OF_INJURY,)
        return lambda subject: Derived(amounts.exact(subject.case.date_of_injury), injury)
    if operand.request == "date":
        date = (keys.REQUEST_DATE,)
        return lambda subject: Derived(amounts.exact(subject.date), date)
    units, quantity = operand.unit or (), (keys.request("quantity"),)

    def amount(subject: Subject) -> Derived:
        asked = subject.request.quantity
        return Derived(amounts.exact(asked.value) if asked is not None and asked.unit in units else UNKNOWN, quantity)

    return amount


def _fact(name: str) -> Derivation:
    sources = (keys.fact(name),)
    unrecorded = Derived(UNKNOWN, sources)

    def fact(subject: Subject) -> Derived:
        seen = subject.fact(name)
        if seen is NOTHING:
            return unrecorded
        if seen.value is not None or seen.conflict is not None:
            return Derived(amounts.exact(seen.value), sources, seen.conflict, seen.ignored)
        lost = any(one.value is not None for one in seen.observations)
        return Derived(Amount(seen.low, seen.high), sources, None, seen.ignored, lost)

    return fact


def _first(operands: list[Derivation]) -> Derivation:
    """The first operand with a value. A contradiction is not papered over by the next best source."""

    def first(subject: Subject) -> Derived:
        parts: list[Derived] = []
        for operand in operands:
            part = operand(subject)
            parts.append(part)
            if part.amount.known or part.conflict is not None or part.lost:
                return _joined(parts, part.amount)
        return _joined(parts, UNKNOWN)

    return first


_INDIRECT = ("product", "quotient", "lookup")


def _agreeing(operands: list[tuple[Derivation, str]]) -> Derivation:
    """The first operand with a value, unless another one says something else. Each has the name of its operation.

    Of a quotient, less than one apart is the same: the last session of ten injections at four a session has two.
    """

    def agreeing(subject: Subject) -> Derived:
        parts = [(operand(subject), operation) for operand, operation in operands]
        known = [(part.amount, operation) for part, operation in parts if part.amount.known and part.conflict is None]
        found = _joined([part for part, _ in parts], known[0][0] if known else UNKNOWN)
        if found.conflict is None and any(not _same(known[0], other) for other in known[1:]):
            texts = [amount.text() + (" by its other numbers" if how in _INDIRECT else "") for amount, how in known]
            said = " and ".join(dict.fromkeys(texts))
            return found._replace(amount=UNKNOWN, conflict=f"what the request says of it disagrees ({said})")
        return found

    return agreeing


def _same(one: tuple[Amount, str], other: tuple[Amount, str]) -> bool:
    apart = one[0].apart(other[0])
    return apart < 1 if "quotient" in (one[1], other[1]) else apart <= 0


def _arithmetic(
    calculate: Callable[[list[Amount]], Amount], needs_all: bool = False
) -> Callable[[list[Derivation]], Derivation]:
    """`needs_all`: without one of its parts there is no result, whatever the others are, even in conflict."""

    def combined(operands: list[Derivation]) -> Derivation:
        def number(subject: Subject) -> Derived:
            parts = [operand(subject) for operand in operands]
            if needs_all and any(not part.amount.known and part.conflict is None for part in parts):
                parts = [
                    part if part.conflict is None else part._replace(amount=UNKNOWN, conflict=None) for part in parts
                ]
            found = _joined(parts, UNKNOWN)
            return found if found.conflict is not None else found._replace(amount=calculate([p.amount for p in parts]))

        return number

    return combined


_COMBINED: dict[str, Callable[[list[Derivation]], Derivation]] = {
    "first": _first,
    "sum": _arithmetic(lambda parts: amounts.combined(sum, parts)),
    "product": _arithmetic(lambda parts: amounts.combined(prod, parts), needs_all=True),
    "quotient": _arithmetic(amounts.quotient, needs_all=True),
}


def _between(catalogue: Catalogue, operation: str, span: Span) -> Derivation:
    first, last = _operand(catalogue, span.from_), _operand(catalogue, span.to)

    def length(start: dt.date, end: dt.date) -> int | float:
        return (end - start).days if operation == "days_between" else months_between(start, end)

    def between(subject: Subject) -> Derived:
        parts = [first(subject), last(subject)]
        found, (start, end) = _joined(parts, UNKNOWN), (part.amount for part in parts)
        if found.conflict is not None or not isinstance(until := end.low, dt.date) or end.value is None:
            return found
        # The later it began, the shorter it is.
        bounds = [bound for bound in (start.high, start.low) if isinstance(bound, dt.date)]
        if any(bound > until for bound in bounds):
            return found._replace(conflict="the dates are in the wrong order")
        shortest = length(start.high, until) if isinstance(start.high, dt.date) else None
        longest = length(start.low, until) if isinstance(start.low, dt.date) else None
        return found._replace(amount=Amount(shortest, longest))

    return between


def _records(operand: Operand) -> Callable[[Subject, dt.date | None], Derived]:
    """What the records amount to by a date; by that of the request, if none is given."""
    query = _query(operand)
    calculate = amounts.OF_RECORDS[operand.operation]

    def found(subject: Subject, by: dt.date | None = None) -> Derived:
        entries = [(entry, matches) for entry, matches in subject.entries(query) if matches is not False]
        sources = tuple([entry.path for entry, _ in entries])
        if by is not None:
            entries = [(entry, matches) for entry, matches in entries if entry.begin is None or entry.begin <= by]
            # What ended on that day had ended.
            by += dt.timedelta(operand.total is not None and by < dt.date.max)
        amount = calculate(entries, by or subject.date) if entries else UNKNOWN
        return Derived(amount, sources, ignored=tuple(subject.ignored(query)))

    return found


def _query(operand: Operand) -> RecordQuery:
    query = operand.count or operand.total or operand.latest or operand.days_covered
    assert query is not None
    return query


def _reconciled(catalogue: Catalogue, stated: str, recorded: Operand) -> Derivation:
    """A statement beside the records, which may lack something: if they exceed it, the two are in conflict.

    A statement speaks of the time until its date; what the records show after that is added.
    """
    statement, records, query = _fact(stated), _records(recorded), _query(recorded)
    # A day more or less is how one counts, not what one counts.
    unit = catalogue.facts[stated].unit
    within = 1 if unit == "days" else 0
    stated_as = f"the {unit} stated are {{}}" if unit is not None else "{} is stated"

    def reconciled(subject: Subject) -> Derived:
        said, shown = statement(subject), records(subject, None)
        found = _joined([said, shown], said.amount if said.amount.known or said.lost else shown.amount)
        if found.conflict is not None or not said.amount.known:
            return found
        value, limit = said.amount
        if isinstance(value, dt.date) and subject.date is not None and value >= subject.date:
            return found._replace(amount=UNKNOWN, conflict=f"{value.isoformat()} is not before the request")
        dates = [one.date for one in subject.fact(stated).observations if one.value is not None]
        by = max([date for date in dates if date is not None]) if dates and None not in dates else None
        then = shown if by is None else records(subject, by)
        # None at all is not one day less than one.
        if amounts.gap(then.amount.low, limit) > (within if value else 0):
            between = Amount(value, then.amount.low)
            against = f"{stated_as.format(said.amount.text())}, and the records show {then.amount.text()}"
            return found._replace(amount=between, conflict=against)
        goes_on = (
            by is not None
            and (subject.date is None or by < subject.date)
            and any(matches is not False and entry.may_go_on_after(by) for entry, matches in subject.entries(query))
        )
        return found._replace(amount=amounts.continued(said.amount, then.amount, shown.amount, goes_on))

    return reconciled


def _looked_up(catalogue: Catalogue, lookup: Lookup) -> Derivation:
    of = _operand(catalogue, lookup.of)

    def looked_up(subject: Subject) -> Derived:
        code = of(subject)
        return code._replace(amount=amounts.exact(lookup.table.get(str(code.amount.value))))

    return looked_up


def _joined(parts: list[Derived], amount: Amount) -> Derived:
    """An amount with everything behind it; if a part is in conflict, nothing but that."""
    for part in parts:
        if part.conflict is not None:
            return part._replace(amount=UNKNOWN)
    sources: dict[Input | str, None] = {}
    ignored: tuple[Ignored, ...] = ()
    lost = False
    for part in parts:
        lost |= part.lost
        sources.update(dict.fromkeys(part.sources))
        ignored += part.ignored
    return Derived(amount, tuple(sources), None, ignored, lost)
