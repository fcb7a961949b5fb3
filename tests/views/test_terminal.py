"""Blocks on a terminal: every block, tone and width; nothing cut, nothing wider than the window."""

from __future__ import annotations

import re
from typing import get_args

import pytest
from rich.cells import cell_len
from rich.console import Console

from imr_views import terminal
from imr_views.blocks import Bullets, Column, Paragraph, Row, Table, Title, Tone
from imr_views.terminal import BADGES, WORDS
from tests.views.test_renderers import EVERY, LONG, TABLE

PROSE = Table(
    (
        Column("Status", "mark", wraps=False),
        Column("Claim", "main"),
        Column("Evidence", labelled=False),
        Column("Citation", "aside"),
    ),
    (Row(("undocumented", LONG, LONG, "MTUS Chronic Pain 2009, p.122"), "open"),),
)


def painted(*blocks: object, width: int = 80, color: bool = False) -> str:
    console = Console(width=width, force_terminal=color, color_system="256" if color else None, highlight=False)
    return terminal.painted(blocks, console=console)  # type: ignore[arg-type]


def test_there_is_a_style_for_every_tone() -> None:
    for styles in (WORDS, BADGES):
        assert set(styles) == set(get_args(Tone))
    for tone in get_args(Tone):
        assert "x" in painted(
            Title("x", "", tone), Paragraph("x", tone), Table(TABLE.columns, (Row(("x",) * 4, tone),))
        )


@pytest.mark.parametrize("width", [20, 40, 60, 80, 100, 120, 200])
def test_no_line_is_wider_than_the_window_and_no_word_is_lost(width: int) -> None:
    made = painted(*EVERY, PROSE, width=width)
    assert max(map(cell_len, made.splitlines())) <= width
    assert len(re.findall("word", made)) == len(re.findall("word", LONG)) * 4
    assert "…" not in made


def test_a_table_of_prose_is_stacked_at_80_columns_but_not_at_120() -> None:
    assert "Evidence" not in painted(PROSE, width=80)
    assert painted(PROSE, width=120).split()[:4] == ["Status", "Claim", "Evidence", "Citation"]


def test_a_long_id_is_folded_not_cut() -> None:
    name = "x" * 100
    for block in (
        Paragraph(name),
        Bullets((name,)),
        Title("A", name),
        Table((Column("id", "main", False),), (Row((name,)),)),
    ):
        assert painted(block).count("x") == 100


def test_wide_characters_count_twice() -> None:
    assert max(map(cell_len, painted(Paragraph("痛" * 100), Bullets(("痛" * 100,))).splitlines())) <= 80


def test_lines_of_a_hanging_paragraph_are_indented_after_the_first() -> None:
    first, *others = painted(Paragraph(LONG, hanging=True)).splitlines()
    assert first.startswith("word")
    assert all(line.startswith("    word") for line in others)


def test_text_from_a_case_cannot_drive_the_terminal() -> None:
    text = "a\x1b[31mb\x07c\x9b2Jd\re"
    for block in (Title(text, text), Paragraph(text), Bullets((text,)), Table((Column("x"),), (Row((text,)),))):
        assert not set("\x1b\x07\x9b\r") & set(painted(block))
    assert "[red]" in painted(Paragraph("[red]markup[/red] :smile:"))


def test_no_color_turns_color_off(monkeypatch: pytest.MonkeyPatch) -> None:
    assert "\x1b[1;31m" in painted(TABLE, color=True)
    monkeypatch.setenv("NO_COLOR", "1")
    assert not re.search(r"\x1b\[[\d;]*(3|4|9|10)\d[;m]", painted(*EVERY, color=True))
