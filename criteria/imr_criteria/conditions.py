"""Conditions and quantities: the closed set of operators that a criterion may use.

A condition reads facts, attributes, quantities and records, and is true, false or undocumented (Kleene's strong
three values). There are no expressions in strings and no code in data: each operator is one of the models below,
told apart by its keys.
"""

from __future__ import annotations

from typing import Annotated, Any, Literal

from pydantic import BaseModel, ConfigDict, Discriminator, Field, Tag, model_validator

Identifier = Annotated[str, Field(pattern=r"^[a-z][a-z0-9]*(-[a-z0-9]+)*$", max_length=60)]
ListName = Literal["treatments", "medications", "studies"]
SAME_AS_REQUEST = "same-as-request"


class Data(BaseModel):
    """Base of everything read from YAML: unknown keys are refused, nothing is coerced, nothing changes."""

    model_config = ConfigDict(extra="forbid", strict=True, frozen=True, populate_by_name=True)


class Where(Data):
    """Which entries of a list of records are meant; every key given has to match.

    `drug` and `treatment` also match the members of a class (naproxen is an nsaid). `not` turns the whole around.
    """

    treatment: list[str] | None = None
    drug: list[str] | None = None
    drug_not: list[str] | None = None
    study: list[str] | None = None
    status: list[str] | None = None
    outcome: list[str] | None = None
    not_: Where | None = Field(default=None, alias="not")


class RecordQuery(Data):
    """Entries of one list of records."""

    list_: ListName = Field(alias="list")
    where: Where


class Test(Data):
    """One statement about one subject: is, one-of or a comparison.

    Exactly one subject (`fact`, `attribute`, `quantity`, `request`) and at most one predicate; a fact without
    predicate is `is: present`.
    """

    fact: str | None = None
    attribute: str | None = None
    quantity: str | None = None
    request: Literal["region", "side", "treatment"] | None = None
    reading: Literal["latest", "ever"] | None = None
    is_: Literal["present", "absent"] | None = Field(default=None, alias="is")
    one_of: list[str] | None = Field(default=None, min_length=1)
    at_most: int | float | None = None
    at_least: int | float | None = None
    more_than: int | float | None = None
    less_than: int | float | None = None

    @model_validator(mode="after")
    def _one_subject_one_predicate(self) -> Test:
        subjects = [name for name in ("fact", "attribute", "quantity", "request") if getattr(self, name) is not None]
        if len(subjects) != 1:
            raise ValueError("a test has exactly one subject: fact, attribute, quantity or request")
        given = [name for name in PREDICATES if getattr(self, name) is not None]
        if len(given) > 1 or (not given and subjects != ["fact"]):
            raise ValueError("a test has one predicate: is, one_of, at_most, at_least, more_than, less_than")
        if self.reading is not None and subjects != ["fact"]:
            raise ValueError("only a fact has a reading")
        return self


PREDICATES = ("is_", "one_of", "at_most", "at_least", "more_than", "less_than")


class All(Data):
    """True when every arm is; false when one arm is false."""

    all: list[Condition] = Field(min_length=1)


class Any_(Data):
    """True when one arm is; false when every arm is false."""

    any: list[Condition] = Field(min_length=1)


class Not(Data):
    """The other way round; undocumented stays undocumented."""

    not_: Condition = Field(alias="not")


class AtLeast(Data):
    """True when n arms are true; false when true and undocumented together are fewer than n."""

    at_least: int = Field(ge=1)
    of: list[Condition] = Field(min_length=1)


class Some(Data):
    """True when a recorded entry matches; else undocumented: a list of records is not all that happened."""

    some: RecordQuery


class Every(Data):
    """True when there are entries and all match; false when one does not; undocumented without entries."""

    every: RecordQuery


class DependsOn(Data):
    """The verdict of the request that this one depends on; not-addressed and none are undocumented."""

    depends_on: Literal["approve", "deny"]


def _operator(value: Any) -> str | None:
    keys = set(value) if isinstance(value, dict) else set(getattr(type(value), "model_fields", ()))
    if "of" in keys:
        return "at_least"
    for key in ("all", "any", "not", "not_", "some", "every", "depends_on"):
        if key in keys:
            return key.rstrip("_")
    return "test" if keys & {"fact", "attribute", "quantity", "request"} else None


Condition = Annotated[
    Annotated[All, Tag("all")]
    | Annotated[Any_, Tag("any")]
    | Annotated[Not, Tag("not")]
    | Annotated[AtLeast, Tag("at_least")]
    | Annotated[Some, Tag("some")]
    | Annotated[Every, Tag("every")]
    | Annotated[DependsOn, Tag("depends_on")]
    | Annotated[Test, Tag("test")],
    Discriminator(
        _operator,
        custom_error_type="operator",
        custom_error_message="a condition is one of: all, any, not, at_least … of, some, every, depends_on, "
        "or a test of a fact, attribute, quantity or request",
    ),
]


class Operand(Data):
    """A number or date from which a quantity is derived; exactly one key.

    `request: quantity` takes a `unit` list; `total` adds up a field of the matching records, `count` counts them,
    `latest` takes the latest entry's field. `months_between` counts whole months and the days of the last one as a
    fraction, so that three months and a day are more than three months.
    """

    fact: str | None = None
    attribute: str | None = None
    quantity: str | None = None
    case: Literal["date-of-injury"] | None = None
    request: Literal["date", "quantity"] | None = None
    unit: list[str] | None = None
    first: list[Operand] | None = Field(default=None, min_length=1)
    sum: list[Operand] | None = Field(default=None, min_length=2)
    product: list[Operand] | None = Field(default=None, min_length=2)
    quotient: list[Operand] | None = Field(default=None, min_length=2, max_length=2)
    count: RecordQuery | None = None
    total: FieldQuery | None = None
    latest: FieldQuery | None = None
    days_between: Span | None = None
    months_between: Span | None = None
    lookup: Lookup | None = None

    @model_validator(mode="after")
    def _one_operation(self) -> Operand:
        given = [name for name in type(self).model_fields if name != "unit" and getattr(self, name) is not None]
        if len(given) != 1:
            raise ValueError("an operand has exactly one operation")
        if (self.unit is not None) != (self.request == "quantity"):
            raise ValueError("the request's quantity, and nothing else, is taken with the units that count")
        return self

    @property
    def operation(self) -> str:
        """The one key that is given."""
        return next(n for n in type(self).model_fields if n != "unit" and getattr(self, n) is not None)


class FieldQuery(RecordQuery):
    """A field of the matching entries."""

    field: Literal["count", "date", "from", "to", "dose_mg"]


class Span(Data):
    """From one date to another."""

    from_: Operand = Field(alias="from")
    to: Operand


class Lookup(Data):
    """A number from a table, by a code; a code that the table lacks is undocumented."""

    of: Operand
    table: dict[str, int | float]


class Quantity(Data):
    """A derived number with its unit."""

    id: Identifier
    name: str
    unit: str
    value: Operand


for _model in (Where, All, Any_, Not, AtLeast, Operand, Span, Lookup, FieldQuery):
    _model.model_rebuild()
