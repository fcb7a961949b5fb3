"""What would mend an unmet requirement: a change of the request or of its date, or that something is stopped."""

from __future__ import annotations

import datetime as dt
from bisect import bisect_left
from collections.abc import Iterator
from math import ceil, prod
from typing import NamedTuple

from imr_criteria import Catalogue
from imr_criteria.conditions import RecordQuery, Test
from imr_criteria.dates import add_days
from imr_criteria.model import Remedy, Requirement
from imr_criteria.quantities import Operand
from imr_engine.answer.numbers import Number
from imr_engine.answer.writes import Kind, Write, Writes
from imr_engine.cases.model import MedicationRecord
from imr_engine.inputs.observations import Subject
from imr_engine.inputs.values import Inputs
from imr_engine.rules import keys
from imr_engine.rules.compiler import compared


class Mended(NamedTuple):
    """What to write, and the value that a person is told: of the attribute, or the date."""

    writes: Writes
    to: Number | str | None = None


def mended(inputs: Inputs, requirement: Requirement) -> Mended | None:
    """How the remedy of a requirement mends it in this case; None if it cannot."""
    remedy = requirement.remedy
    if remedy.kind == "change":
        return _changed(inputs, requirement)
    if remedy.kind == "wait":
        return _later(inputs, requirement)
    if remedy.kind == "stop":
        return _stopped(inputs, requirement)
    return Mended([]) if remedy.kind == "first" else None


def _changed(inputs: Inputs, requirement: Requirement) -> Mended | None:
    """The attribute's new value; the numbers of the request that say the same follow it."""
    remedy = requirement.remedy
    to = target(inputs, remedy)
    if to is None:
        return None
    condition = requirement.condition
    tested = condition.quantity if isinstance(condition, Test) else None
    writes: dict[tuple[Kind, str], Write] = {}
    if remedy.attribute == "quantity":
        asked = inputs.subject.request.quantity
        units = list(_units(inputs.subject.catalogue, Operand(quantity=tested)))
        unit = asked.unit if asked is not None and asked.unit in units else units[0]
        value: object = {"value": to, "unit": unit}
        writes["request", "quantity"] = Write("request", "quantity", value)
    else:
        writes["attribute", str(remedy.attribute)] = Write("attribute", str(remedy.attribute), to)
    if tested is not None and isinstance(to, int | float):
        for write in _following(inputs, Operand(quantity=tested), remedy, to):
            writes.setdefault((write.kind, write.name), write)
    return Mended(list(writes.values()), to)


def _units(catalogue: Catalogue, operand: Operand) -> Iterator[str]:
    """The units in which the request's quantity is read, the usual one first."""
    if operand.quantity is not None:
        yield from _units(catalogue, catalogue.quantities[operand.quantity].value)
    yield from operand.unit or ()
    for part in operand.first or operand.agreeing or operand.sum or ():
        yield from _units(catalogue, part)


def target(inputs: Inputs, remedy: Remedy) -> Number | str | None:
    """The value the attribute would need; None if nothing is left to request."""
    if remedy.less is None or not isinstance(remedy.to, int | float):
        return remedy.to
    spent = inputs.seen(keys.quantity(remedy.less)).value
    if not isinstance(spent, int | float):
        return None
    rest = remedy.to - spent
    return rest if rest > 0 else None


def _following(inputs: Inputs, operand: Operand, remedy: Remedy, to: Number) -> Iterator[Write]:
    """What else the request says of the same number: six injections do not stay six when four are asked for."""
    if operand.quantity is not None:
        yield from _following(inputs, inputs.subject.catalogue.quantities[operand.quantity].value, remedy, to)
    for part in operand.sum or ():
        yield from _following(inputs, part, remedy, to)
    parts = list(_alternatives(operand))
    for part in parts if any(_names(part, remedy) for part in parts) else ():
        if not _names(part, remedy):
            yield from _equal(inputs, part, to)


def _alternatives(operand: Operand) -> Iterator[Operand]:
    """The operands that each give the same number."""
    for part in operand.first or operand.agreeing or ():
        inner = list(_alternatives(part))
        yield from inner or [part]


def _names(operand: Operand, remedy: Remedy) -> bool:
    """Whether an operand is what the remedy changes."""
    return operand.attribute == remedy.attribute or (operand.request == remedy.attribute == "quantity")


def _equal(inputs: Inputs, operand: Operand, to: Number) -> Iterator[Write]:
    """What makes an operand that the request gives equal to a number."""
    quantity, units = inputs.subject.request.quantity, operand.unit or ()
    if operand.attribute is not None and inputs.subject.attribute(operand.attribute) is not None:
        yield Write("attribute", operand.attribute, to)
    elif operand.request == "quantity" and quantity is not None and quantity.unit in units:
        yield Write("request", "quantity", {"value": to, "unit": quantity.unit})
    elif operand.quotient is not None:
        first, second = operand.quotient
        by = _given(inputs, second)
        if by is not None:
            yield from _equal(inputs, first, _plain(to * by))
    elif operand.product is not None:
        *others, last = operand.product
        by = prod(value for part in others if (value := _given(inputs, part)) is not None)
        if by:
            yield from _equal(inputs, last, _plain(to / by))


def _given(inputs: Inputs, operand: Operand) -> Number | None:
    """The number that an attribute or a quantity has."""
    if operand.attribute is not None:
        value = inputs.subject.attribute(operand.attribute)
    else:
        value = inputs.seen(keys.quantity(operand.quantity)).value if operand.quantity is not None else None
    return value if isinstance(value, int | float) else None


def _plain(value: Number) -> Number:
    return int(value) if value == int(value) else value


def _later(inputs: Inputs, requirement: Requirement) -> Mended | None:
    """The first date on which the span that the requirement asks for has passed, if its guideline is then in force."""
    today, test = inputs.subject.date, requirement.condition
    limit = (test.more_than or test.at_least) if isinstance(test, Test) else None
    if today is None or not isinstance(test, Test) or limit is None:
        return None

    def has_passed(days: int) -> bool:
        return _holds_on(inputs.subject, test, add_days(today, days))

    # Whatever the unit, the span has passed when this many of the longest months have.
    most = min(31 * (ceil(limit) + 1), (dt.date.max - today).days)
    days = bisect_left(range(most), True, key=has_passed)
    date = add_days(today, days)
    in_force = inputs.subject.catalogue.guidelines[requirement.citation.guideline].in_force
    if not has_passed(days) or not in_force.covers(date):
        return None
    return Mended([Write("request", "date", date)], date.isoformat())


def _holds_on(subject: Subject, test: Test, date: dt.date) -> bool:
    """Whether a quantity is long enough if the request is made on a date."""
    later = Subject(subject.catalogue, subject.case, subject.request, date, subject.verdict_of_dependency)
    seen = Inputs(later).seen(keys.quantity(str(test.quantity)))
    return compared(test, seen.low, seen.high) is True


def _stopped(inputs: Inputs, requirement: Requirement) -> Mended | None:
    """The entries of the records for which the requirement's fact is present, stopped."""
    test, subject = requirement.condition, inputs.subject
    if not isinstance(test, Test) or test.fact is None:
        return None
    writes: Writes = []
    drugs: dict[str, None] = {}
    today = subject.case.as_of or subject.date
    for rule in subject.catalogue.facts[test.fact].records:
        for entry, matches in subject.entries(RecordQuery(list_=rule.list_, where=rule.where)):
            record, path = entry.record, entry.path.removeprefix("records.")
            if matches is False or not isinstance(record, MedicationRecord) or record.status not in rule.state.present:
                continue
            drugs[subject.catalogue.treatments[entry.name].name] = None
            writes.append(Write("record", f"{path}.status", "stopped"))
            if record.to is not None and today is not None and record.to > today:
                writes.append(Write("record", f"{path}.to", today))
    return Mended(writes, " and ".join(drugs)) if writes else None
