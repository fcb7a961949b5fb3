"""Conditions: the closed set of operators that a criterion may use.

A condition reads facts, attributes, quantities and records, and is true, false or undocumented (Kleene's strong
three values). There are no expressions in strings and no code in data: each operator is one of the classes below,
identified by its keys.

The classes are plain dataclasses so that loading compiled criteria stays fast; pydantic validates them when YAML is
read. A field named like a Python keyword or builtin ends in an underscore, which files omit.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import FrozenInstanceError, dataclass, field
from typing import Annotated, Any, ClassVar, Literal, TypeVar

from pydantic import Discriminator, Field, Tag
from typing_extensions import dataclass_transform

T = TypeVar("T")

Identifier = Annotated[str, Field(pattern=r"^[a-z][a-z0-9]*(-[a-z0-9]+)*$", max_length=60)]
ListName = Literal["treatments", "medications", "studies"]
SAME_AS_REQUEST = "same-as-request"


class Data:
    """Base of everything read from data files: it rejects unknown keys, coerces nothing and is immutable."""

    __dataclass_fields__: ClassVar[dict[str, Any]]
    __pydantic_config__: ClassVar[Any] = {
        "extra": "forbid",
        "strict": True,
        "alias_generator": lambda name: name.removesuffix("_"),
    }

    def __eq__(self, other: object) -> bool:
        return type(self) is type(other) and _values(self) == _values(other)

    def __hash__(self) -> int:
        return hash(_values(self))

    def __repr__(self) -> str:
        given = ", ".join(f"{name}={value!r}" for name, value in vars(self).items())
        return f"{type(self).__name__}({given})"

    def __setattr__(self, name: str, value: object) -> None:
        if name in vars(self) or name not in self.__dataclass_fields__:
            raise FrozenInstanceError(f"cannot assign to field {name!r}")
        object.__setattr__(self, name, value)

    def __delattr__(self, name: str) -> None:
        raise FrozenInstanceError(f"cannot delete field {name!r}")


@dataclass_transform(frozen_default=True, kw_only_default=True, field_specifiers=(field,))
def data(cls: type[T]) -> type[T]:
    """Makes a frozen dataclass of a subclass of `Data`.

    What frozen dataclasses have in common is inherited from `Data`: generated anew for each of thirty classes, it takes
    a fifteenth of the command's start.
    """
    return dataclass(kw_only=True, eq=False, repr=False)(cls)


def _values(one: Any) -> tuple[Any, ...]:
    return tuple(getattr(one, name) for name in one.__dataclass_fields__)


def as_written(value: Any) -> Any:
    """Data as files write it: keys without trailing underscores, defaults omitted, dates as text."""
    if isinstance(value, Data):
        return {
            name.removesuffix("_"): as_written(given)
            for name, given in vars(value).items()
            if not _is_default(type(value), name, given)
        }
    if isinstance(value, tuple):
        return [as_written(one) for one in value]
    if isinstance(value, dict):
        return {key: as_written(one) for key, one in value.items()}
    return value.isoformat() if hasattr(value, "isoformat") else value


def _is_default(model: type[Any], name: str, given: object) -> bool:
    known = model.__dataclass_fields__.get(name)
    if known is None:  # a cached property
        return True
    if callable(known.default_factory):
        return bool(given == known.default_factory())
    return bool(given == known.default)


@data
class Where(Data):
    """Selects entries from a list of records; every key given must match.

    `drug` and `treatment` also match the members of a class (naproxen is an nsaid). `not` matches the entries that the
    selection within it does not.
    """

    treatment: tuple[str, ...] | None = None
    drug: tuple[str, ...] | None = None
    drug_not: tuple[str, ...] | None = None
    study: tuple[str, ...] | None = None
    status: tuple[str, ...] | None = None
    outcome: tuple[str, ...] | None = None
    not_: Where | None = None


@data
class RecordQuery(Data):
    """Selected entries of one list of records."""

    list_: ListName
    where: Where


@data
class Test(Data):
    """One statement about one subject: is, one-of or a comparison.

    Exactly one subject (`fact`, `attribute`, `quantity`, `request`) and at most one predicate; a fact without
    a predicate means `is: present`. Raises ValueError otherwise.
    """

    fact: str | None = None
    attribute: str | None = None
    quantity: str | None = None
    request: Literal["region", "side", "treatment"] | None = None
    reading: Literal["latest", "ever"] | None = None
    is_: Literal["present", "absent"] | None = None
    one_of: Annotated[tuple[str, ...], Field(min_length=1)] | None = None
    at_most: int | float | None = None
    at_least: int | float | None = None
    more_than: int | float | None = None
    less_than: int | float | None = None

    def __post_init__(self) -> None:
        subjects = [name for name in SUBJECTS if getattr(self, name) is not None]
        if len(subjects) != 1:
            raise ValueError("a test has exactly one subject: fact, attribute, quantity or request")
        given = [name for name in PREDICATES if getattr(self, name) is not None]
        if len(given) > 1 or (not given and subjects != ["fact"]):
            raise ValueError("a test has one predicate: is, one_of, at_most, at_least, more_than, less_than")
        if self.reading is not None and subjects != ["fact"]:
            raise ValueError("only a fact has a reading")


SUBJECTS = ("fact", "attribute", "quantity", "request")
PREDICATES = ("is_", "one_of", "at_most", "at_least", "more_than", "less_than")


@data
class All(Data):
    """True if every arm is true; false if any arm is false."""

    all: Arms


@data
class Any_(Data):
    """True if any arm is true; false if every arm is false."""

    any: Arms


@data
class Not(Data):
    """Negation; undocumented stays undocumented."""

    not_: Condition


@data
class AtLeast(Data):
    """True if n arms are true; false if fewer than n are true or undocumented."""

    at_least: Annotated[int, Field(ge=1)]
    of: Arms


@data
class Some(Data):
    """True if a recorded entry matches, otherwise undocumented: records need not list everything that happened."""

    some: RecordQuery


@data
class Every(Data):
    """True if there are entries and all match; false if one does not; undocumented if there are none."""

    every: RecordQuery


@data
class DependsOn(Data):
    """The verdict of the request that this one depends on; undocumented if it is not-addressed or there is none."""

    depends_on: Literal["approve", "deny"]


def _operator(value: Any) -> str | None:
    keys = set(value if isinstance(value, dict) else getattr(value, "__dataclass_fields__", ()))
    if "of" in keys:
        return "at_least"
    for key in ("all", "any", "not", "not_", "some", "every", "depends_on"):
        if key in keys:
            return key.rstrip("_")
    return "test" if keys & set(SUBJECTS) else None


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
Arms = Annotated[tuple[Condition, ...], Field(min_length=1)]


def arms_of(condition: Condition) -> tuple[Condition, ...]:
    """The arms of all, any and at-least; any other condition is its own single arm."""
    if isinstance(condition, All):
        return condition.all
    if isinstance(condition, Any_):
        return condition.any
    return condition.of if isinstance(condition, AtLeast) else (condition,)


def least_of(condition: Condition) -> int:
    """How many arms must be true."""
    if isinstance(condition, All):
        return len(condition.all)
    return condition.at_least if isinstance(condition, AtLeast) else 1


def conditions(condition: Condition) -> Iterator[Condition]:
    """A condition and all conditions nested in it."""
    yield condition
    if isinstance(condition, All | Any_ | AtLeast):
        for arm in arms_of(condition):
            yield from conditions(arm)
    elif isinstance(condition, Not):
        yield from conditions(condition.not_)
