"""How numbers and claims are written in results, rationales and pages."""

from __future__ import annotations

from decimal import Decimal

import pytest
from hypothesis import given
from hypothesis import strategies as st

from imr_criteria import Catalogue
from imr_engine.answer.words import mid_sentence, number_text


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


@given(st.floats(min_value=1e-9, max_value=1e9))
def test_no_number_is_shown_as_zero(value: float) -> None:
    """Never zero, never in scientific notation, and within 5% of the value."""
    shown = number_text(value)
    assert "e" not in shown
    assert abs(Decimal(shown) - Decimal(value)) <= Decimal(value) / 20


@pytest.mark.parametrize(
    ("claim", "within"),
    [
        ("Palpation evokes a twitch.", "palpation evokes a twitch."),
        ("NSAIDs have failed.", "NSAIDs have failed."),
        ("A local anesthetic is injected.", "a local anesthetic is injected."),
        ("MRI-guided injections.", "MRI-guided injections."),
        ("X-rays are negative.", "X-rays are negative."),
        ("Flexeril was tried.", "Flexeril was tried."),
        ("C6 is weak.", "C6 is weak."),
    ],
)
def test_a_claim_in_mid_sentence(catalogue: Catalogue, claim: str, within: str) -> None:
    assert mid_sentence(catalogue, claim) == within
