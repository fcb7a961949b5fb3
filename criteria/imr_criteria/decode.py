"""Decodes complete JSON data into the classes of `model`, without validation: that happened when the YAML was read.

Every function raises KeyError, TypeError or ValueError if the data is damaged.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Any, TypeVar

from imr_criteria.conditions import (
    All,
    Any_,
    AtLeast,
    Condition,
    DependsOn,
    Every,
    Not,
    RecordQuery,
    Some,
    Test,
    Where,
)
from imr_criteria.dates import day
from imr_criteria.model import (
    Attribute,
    Citation,
    Criterion,
    Fact,
    FromRecords,
    Guideline,
    Inference,
    InForce,
    Region,
    Remedy,
    Requirement,
    Says,
    Silence,
    Source,
    StateOf,
    Treatment,
)
from imr_criteria.quantities import Lookup, Operand, Quantity, Reconciled, Span

Json = Mapping[str, Any]
T = TypeVar("T")
_RESERVED = frozenset({"list", "not", "is", "from", "class"})


def criterion(data: Json) -> Criterion:
    """A criterion."""
    return _make(Criterion, data, applies_when=condition, citation=citation, requirements=_each(requirement))


def requirement(data: Json) -> Requirement:
    """A requirement."""
    return _make(
        Requirement,
        data,
        when=condition,
        condition=condition,
        citation=citation,
        says=_plain(Says),
        remedy=_plain(Remedy),
    )


def inference(data: Json) -> Inference:
    """An inference."""
    return _make(Inference, data, citation=citation, present_when=condition, absent_when=condition)


def citation(data: Json) -> Citation:
    """A citation."""
    return _make(Citation, data)


def guideline(data: Json) -> Guideline:
    """A guideline."""
    return _make(Guideline, data, in_force=_in_force)


def fact(data: Json) -> Fact:
    """A fact."""
    return _make(Fact, data, records=_each(_from_records))


def quantity(data: Json) -> Quantity:
    """A quantity."""
    return _make(Quantity, data, value=operand)


def treatment(data: Json) -> Treatment:
    """A treatment."""
    return _make(Treatment, data)


def attribute(data: Json) -> Attribute:
    """A request attribute."""
    return _make(Attribute, data)


def region(data: Json) -> Region:
    """A body region."""
    return _make(Region, data)


def silence(data: Json) -> Silence:
    """A guideline's silence on a treatment."""
    return _make(Silence, data)


def source(data: Json) -> Source:
    """A source."""
    return _make(Source, data, date=day)


def condition(data: Json) -> Condition:
    """A condition; its keys identify the operator."""
    if "all" in data:
        return All(all=_each(condition)(data["all"]))
    if "any" in data:
        return Any_(any=_each(condition)(data["any"]))
    if "of" in data:
        return AtLeast(at_least=data["at_least"], of=_each(condition)(data["of"]))
    if "not" in data:
        return Not(not_=condition(data["not"]))
    if "some" in data:
        return Some(some=_query(data["some"]))
    if "every" in data:
        return Every(every=_query(data["every"]))
    return _make(DependsOn, data) if "depends_on" in data else _make(Test, data)


def operand(data: Json) -> Operand:
    """An operand of a quantity."""
    several = _each(operand)
    return _make(
        Operand,
        data,
        first=several,
        agreeing=several,
        reconcile=_reconciled,
        sum=several,
        product=several,
        quotient=several,
        count=_query,
        total=_query,
        latest=_query,
        days_covered=_query,
        days_between=_span,
        months_between=_span,
        lookup=lambda d: _make(Lookup, d, of=operand),
    )


def _span(data: Json) -> Span:
    return _make(Span, data, from_=operand, to=operand)


def _reconciled(data: Json) -> Reconciled:
    return _make(Reconciled, data, recorded=operand)


def _where(data: Json) -> Where:
    return _make(Where, data, not_=_where)


def _query(data: Json) -> RecordQuery:
    return _make(RecordQuery, data, where=_where)


def _from_records(data: Json) -> FromRecords:
    return _make(FromRecords, data, where=_where, state=_plain(StateOf))


def _in_force(data: Json) -> InForce:
    return InForce(from_=_day(data["from"]), to=_day(data["to"]))


def _day(text: str | None) -> Any:
    return None if text is None else day(text)


def _plain(model: type[T]) -> Callable[[Json], T]:
    return lambda data: _make(model, data)


def _each(make: Callable[[Any], T]) -> Callable[[Any], tuple[T, ...]]:
    return lambda several: tuple(map(make, several))


def _make(model: type[T], data: Json, **parts: Callable[[Any], Any]) -> T:
    given: dict[str, Any] = {}
    for key, value in data.items():
        name = f"{key}_" if key in _RESERVED else key
        if name in parts and value is not None:
            given[name] = parts[name](value)
        else:
            given[name] = tuple(value) if type(value) is list else value
    return model(**given)
