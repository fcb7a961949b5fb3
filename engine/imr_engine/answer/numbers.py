"""How numbers, amounts and values are shown: rounded for reading, but never so that a comparison reads otherwise."""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterable, Mapping
from decimal import Decimal
from functools import lru_cache

Number = int | float


def number_text(value: Number, limits: Iterable[Number] = ()) -> str:
    """A number as people read it: one decimal, or two significant digits below one; never in powers of ten.

    82.94 becomes 82.9, and 0.025 stays 0.025. Next to a limit it gets as many decimals as it needs to stay on its side
    of it: 3.03 against 3 is 3.03, not 3. Results have the exact number.
    """
    rounded = _rounded(value)
    if all(_side(Decimal(rounded), limit) == _side(value, limit) for limit in limits):
        return rounded
    exact = exact_text(value)
    for places in range(2, len(exact)):
        shown = f"{value:.{places}f}"
        if all(_side(Decimal(shown), limit) == _side(value, limit) for limit in limits):
            return shown
    return exact


def exact_text(value: Number) -> str:
    """A number with all its decimals: a limit, or what a request or a remedy says."""
    return format(Decimal(repr(value)), "f").removesuffix(".0")


def counted(shown: str, unit: str | None) -> str:
    """A number with its unit: "1 injection", "2 injections", "60 %"."""
    if unit is None:
        return shown
    if unit == "percent":
        return f"{shown} %"
    return f"{shown} {_singular(unit) if shown == '1' else unit}"


def amount_text(value: Number, unit: str | None) -> str:
    """An amount as a request, a criterion or a remedy gives it."""
    return counted(exact_text(value), unit)


def value_text(
    value: Number | str | dt.date,
    unit: str | None = None,
    limits: Iterable[Number] = (),
    names: Mapping[str, str] | None = None,
) -> str:
    """A value in words: a number with its unit, a date, or the name of a code."""
    if isinstance(value, int | float):
        return counted(number_text(value, limits), unit)
    if isinstance(value, dt.date):
        return value.isoformat()
    return (names or {}).get(value, value)


def many(number: int, noun: str) -> str:
    """A count with its noun: "1 requirement", "2 requirements"."""
    return f"{number} {noun}" + ("" if number == 1 else "s")


def _rounded(value: Number) -> str:
    if abs(value) >= 1 or value == 0:
        return f"{value:.1f}".removesuffix(".0")
    return format(Decimal(f"{value:.2g}"), "f")


def _side(value: Number | Decimal, limit: Number) -> int:
    """Below (-1), at (0) or above (1) a limit, as the limit is written."""
    if isinstance(value, Decimal):
        written = Decimal(repr(limit))
        return (value > written) - (value < written)
    return (value > limit) - (value < limit)


@lru_cache(maxsize=256)
def _singular(unit: str) -> str:
    """The unit of one: "patches" is "patch", "doses/day" is "dose/day"."""
    noun, slash, per = unit.partition("/")
    for ending, one in (("ches", "ch"), ("s", "")):
        if noun.endswith(ending):
            noun = noun.removesuffix(ending) + one
            break
    return noun + slash + per
