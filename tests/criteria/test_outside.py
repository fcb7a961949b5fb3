"""Text from outside is shown on one line, visible, and commands nothing."""

from __future__ import annotations

import json
import unicodedata

import pytest
from hypothesis import given

from imr_criteria.outside import json_safe, quoted, visible
from imr_criteria.problems import Problem
from tests.outside import UNTIMED, harmful, texts


@pytest.mark.parametrize(
    ("text", "shown"),
    [
        ("Trigger point injections (TPI) x 6 — 1.5 mg, 50 %, é 痛 😀", None),
        ("a\nb\r\tc", r"a\nb\r\tc"),
        ("\x1b[31m\x9b\x7f", r"\x1b[31m\x9b\x7f"),
        ("\u202eevil\u2066\u200b\u2028", r"\u202eevil\u2066\u200b\u2028"),
        ("\U000e0041", r"\U000e0041"),
        ("caf\udce9.json", r"caf\xe9.json"),
        ("\ud800", r"\ud800"),
        ("::error::x", r":\x3aerror:\x3ax"),
        (":::", r":\x3a\x3a"),
        ("##[error] ###[ ##VSO[ ## a: #90", r"#\x23[error] ##\x23[ #\x23VSO[ ## a: #90"),
        ("##teamcity[x] ##a-b.c_1[ ##a [b]", r"#\x23teamcity[x] #\x23a-b.c_1[ ##a [b]"),
    ],
)
def test_what_is_shown_of_a_text(text: str, shown: str | None) -> None:
    assert visible(text) == (text if shown is None else shown)


def test_no_character_is_invisible_or_leaves_the_line() -> None:
    for code in range(0x110000):
        if unicodedata.category(chr(code)) in {"Cc", "Cf", "Cs", "Zl", "Zp"}:
            assert visible(chr(code)).isascii(), hex(code)


@UNTIMED
@given(texts)
def test_every_text_is_one_harmless_line(text: str) -> None:
    shown = visible(text)
    assert not harmful(shown)
    assert len(shown.splitlines()) <= 1
    assert visible(shown) == shown


@UNTIMED
@given(texts, texts)
def test_harmless_texts_stay_so_side_by_side(one: str, other: str) -> None:
    assert not harmful(str(Problem(one, other, file=one, line=3, allowed=other)))


@UNTIMED
@given(texts)
def test_a_quoted_text_ends_at_its_last_mark(text: str) -> None:
    shown = quoted(text)
    assert shown[0] == shown[-1] == '"'
    assert '"' not in shown[1:-1].replace('\\"', "")


@UNTIMED
@given(texts)
def test_json_keeps_its_data(text: str) -> None:
    for indent in (None, 2):
        document = json.dumps({text: [text]}, ensure_ascii=False, indent=indent)
        assert json.loads(json_safe(document)) == {text: [text]}
        assert not harmful(json_safe(document))
