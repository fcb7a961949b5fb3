"""Whitespace of any kind counts as one space, in patterns and in text."""

from __future__ import annotations

import pytest

from imr_letters.text.whitespace import one_line, spaced

GAPS = (" ", "\n", "\r\n", "\t", "\u00a0", " \n \n ")


@pytest.mark.parametrize("gap", GAPS)
def test_any_whitespace_is_a_space(gap: str) -> None:
    assert spaced("date of (?P<what>injury)").fullmatch(f"Date{gap}OF{gap}injury")
    assert one_line(f"{gap}Date{gap}of injury{gap}") == "Date of injury"


def test_missing_whitespace_is_not_a_space() -> None:
    assert spaced("date of").match("dateof") is None
    assert one_line(" \n") == ""
