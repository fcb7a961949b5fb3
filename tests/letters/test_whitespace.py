"""Whitespace of any kind counts as one space, in patterns and in text."""

from __future__ import annotations

import re

import pytest

from imr_letters.text.cleaning import clean
from imr_letters.text.whitespace import one_line, spaced

GAPS = (" ", "\n", "\r\n", "\t", "\u00a0", " \n \n ")


@pytest.mark.parametrize("gap", GAPS)
def test_any_whitespace_is_a_space(gap: str) -> None:
    assert spaced("date of (?P<what>injury)").fullmatch(f"Date{gap}OF{gap}injury")
    assert one_line(f"{gap}Date{gap}of injury{gap}") == "Date of injury"


def test_missing_whitespace_is_not_a_space() -> None:
    assert spaced("date of").match("dateof") is None
    assert one_line(" \n") == ""


@pytest.mark.parametrize(
    "piece",
    ["Final Determination Letter for IMR Case Number CM16-0999001 2\n", " \x00", "Â\xa0", " \u00ad\n", "\r\n", " "],
)
def test_no_long_run_of_white_space_is_left(piece: str) -> None:
    """A pattern that scans white space to its end would do so from every position."""
    cleaned = clean(f"before {piece * 1000}after")
    assert re.search(r"\s{130}", cleaned.text) is None
    at = cleaned.text.index("after")
    assert cleaned.span(at, at + 5) == (cleaned.length - 5, cleaned.length)
