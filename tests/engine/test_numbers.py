"""How numbers and amounts are shown, and that what is shown agrees with every comparison that was made."""

from __future__ import annotations

from decimal import Decimal
from math import inf, nextafter

import pytest
from hypothesis import given
from hypothesis import strategies as st

from imr_criteria import Catalogue
from imr_engine.answer.facts import limits_of
from imr_engine.answer.numbers import amount_text, counted, exact_text, many, number_text
from tests.engine.support import CATALOGUE, compiled

LIMITS = sorted({n for name in CATALOGUE.criteria for found in limits_of(compiled(name)).values() for n in found})
POSITIVE = st.floats(min_value=1e-9, max_value=1e9)


@pytest.mark.parametrize(
    ("value", "shown"),
    [
        (4, "4"),
        (82.94, "82.9"),
        (60.0, "60"),
        (0.025, "0.025"),
        (0.5, "0.5"),
        (0, "0"),
        (1e-05, "0.00001"),
        (1e16, "1" + "0" * 16),
    ],
)
def test_numbers(value: float, shown: str) -> None:
    assert number_text(value) == shown


@pytest.mark.parametrize(
    ("value", "limit", "shown"),
    [
        (3.0333, 3, "3.03"),
        (2.96, 3, "2.96"),
        (1.9677, 2, "1.97"),
        (50.0001, 50, "50.0001"),
        (4.04, 4, "4.04"),
        (3, 3, "3"),
        (21.5, 21, "21.5"),
        (0.2549, 0.25, "0.255"),
    ],
)
def test_a_number_stays_on_its_side_of_a_limit(value: float, limit: float, shown: str) -> None:
    """3.03 months once was shown as 3 beside "more than three months"."""
    assert number_text(value, [limit]) == shown


def side(value: Decimal | float, limit: Decimal | float) -> int:
    return (value > limit) - (value < limit)


@given(st.data())
def test_what_is_shown_compares_as_the_value_does(data: st.DataObject) -> None:
    """The law: read back, a value compares with every limit that is shown beside it as it does unrounded."""
    limits = data.draw(st.lists(st.sampled_from(LIMITS) | st.integers(0, 400) | POSITIVE, max_size=4))
    near = [f(limit) for limit in limits for f in (lambda n: nextafter(n, inf), lambda n: nextafter(n, 0), float)]
    value = data.draw(st.sampled_from([n for n in near if n > 0] or [1.0]) | POSITIVE | st.integers(0, 10_000))
    shown = number_text(value, limits)
    assert "e" not in shown
    for limit in limits:
        assert side(Decimal(shown), Decimal(exact_text(limit))) == side(value, limit)


@given(POSITIVE)
def test_no_number_is_shown_as_zero(value: float) -> None:
    """Never zero, never in scientific notation, and within 5% of the value."""
    shown = number_text(value)
    assert "e" not in shown
    assert abs(Decimal(shown) - Decimal(value)) <= Decimal(value) / 20


@given(POSITIVE | st.integers(0, 10**9))
def test_an_exact_text_reads_back_as_the_number(value: float) -> None:
    assert float(exact_text(value)) == value
    assert "e" not in exact_text(value)


@pytest.mark.parametrize(
    ("shown", "unit", "text"),
    [
        ("1", "injections", "1 injection"),
        ("1", "patches", "1 patch"),
        ("1", "doses/day", "1 dose/day"),
        ("1", "mg", "1 mg"),
        ("1", "percent", "1 %"),
        ("1.5", "weeks", "1.5 weeks"),
        ("0", "days", "0 days"),
        ("2", None, "2"),
    ],
)
def test_one_of_a_unit(shown: str, unit: str | None, text: str) -> None:
    assert counted(shown, unit) == text


def test_every_unit_has_a_singular(catalogue: Catalogue) -> None:
    known = {*catalogue.units, *(q.unit for q in catalogue.quantities.values())}
    known |= {unit for kind in (catalogue.facts, catalogue.attributes) for v in kind.values() if (unit := v.unit)}
    plural = {unit for unit in known if counted("1", unit) == f"1 {unit}"}
    assert plural == {"mg", "mg/day"}


def test_counts() -> None:
    assert [many(n, "requirement") for n in (0, 1, 2)] == ["0 requirements", "1 requirement", "2 requirements"]
    assert amount_text(2.25, "weeks") == "2.25 weeks"
