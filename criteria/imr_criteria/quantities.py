"""Quantities: numbers derived before the rules run, by a closed set of operations."""

from __future__ import annotations

from dataclasses import fields
from typing import Annotated, Literal

from pydantic import Field

from imr_criteria.cached import cached_property
from imr_criteria.conditions import Data, Identifier, RecordQuery, data


@data
class Operand(Data):
    """A number or date from which a quantity is derived; exactly one key is given, or ValueError is raised.

    `request: quantity` takes a `unit` list; `total` sums the counts of the matching records, `count` counts them,
    `latest` takes the last date among them, and `days_covered` the days on which at least one of them runs.
    `first` takes the first operand with a value, `agreeing` does so, too, but those that are known must agree.
    `months_between` counts whole months plus the remaining days as a fraction, so three months and a day are more than
    three months.
    """

    constant: int | float | None = None
    fact: str | None = None
    attribute: str | None = None
    quantity: str | None = None
    case: Literal["date-of-injury"] | None = None
    request: Literal["date", "quantity"] | None = None
    unit: tuple[str, ...] | None = None
    first: Annotated[tuple[Operand, ...], Field(min_length=1)] | None = None
    agreeing: Annotated[tuple[Operand, ...], Field(min_length=2)] | None = None
    reconcile: Reconciled | None = None
    sum: Annotated[tuple[Operand, ...], Field(min_length=2)] | None = None
    product: Annotated[tuple[Operand, ...], Field(min_length=2)] | None = None
    quotient: Annotated[tuple[Operand, ...], Field(min_length=2, max_length=2)] | None = None
    count: RecordQuery | None = None
    total: RecordQuery | None = None
    latest: RecordQuery | None = None
    days_covered: RecordQuery | None = None
    days_between: Span | None = None
    months_between: Span | None = None
    lookup: Lookup | None = None

    def __post_init__(self) -> None:
        given = [name for name in OPERATIONS if getattr(self, name) is not None]
        if len(given) != 1:
            raise ValueError("an operand has exactly one operation")
        if (self.unit is not None) != (self.request == "quantity"):
            raise ValueError("request: quantity needs a unit list; no other operation takes one")

    @cached_property
    def operation(self) -> str:
        """The name of the one key that is given."""
        return next(name for name in OPERATIONS if getattr(self, name) is not None)


OPERATIONS = tuple(field.name for field in fields(Operand) if field.name != "unit")


@data
class Reconciled(Data):
    """What a fact states beside what the records show; records may lack something, but a statement may not."""

    stated: str
    recorded: Operand


@data
class Span(Data):
    """From one date to another."""

    from_: Operand
    to: Operand


@data
class Lookup(Data):
    """A number looked up by a code; a code missing from the table is undocumented."""

    of: Operand
    table: dict[str, int | float]


@data
class Quantity(Data):
    """A derived number with its unit."""

    id: Identifier
    name: str
    unit: str
    value: Operand
