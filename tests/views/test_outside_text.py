"""Text from outside in every place of every block: literal in each format, and no line, link or command of its own."""

from __future__ import annotations

import re
from collections.abc import Iterator

import pytest
from hypothesis import given
from markdown_it import MarkdownIt
from markdown_it.token import Token
from rich.console import Console

from imr_criteria.outside import visible
from imr_views.blocks import Block, Bullets, Column, Fields, Heading, Link, Paragraph, Row, Table, Title
from imr_views.markdown import escaped, markdown
from imr_views.terminal import painted
from imr_views.text import tabbed, text
from tests.outside import UNTIMED, harmful, texts

GFM = MarkdownIt("gfm-like", {"linkify": True, "html": True})
# What GitHub and GitLab look for in the text of a page: mentions, issues, commits, emoji, formulas, wiki links.
REFERENCE = re.compile(
    r"@\w|#\d|\bGH-\d|(?<![^\s([{@])(?=[a-f]*\d)[0-9a-f]{7,40}\b|:[\w+-]+:|\$\S|https?://|www\.|[!%~^]\d|\[\[|\[_?TOC_?\]",
    re.IGNORECASE,
)


def everywhere(words: str) -> list[Block]:
    table = Table(
        tuple(Column(place, place) for place in ("mark", "main", "aside", "detail")),
        (Row((words, words, words, words)),),
    )
    return [
        Title(words, words),
        Heading(words),
        Paragraph(words),
        Paragraph((words, words[::-1], Link("x", "x.md"), words)),
        Bullets((words, words)),
        Fields((("name", words),)),
        table,
    ]


def leaves(tokens: list[Token]) -> Iterator[Token]:
    for token in tokens:
        yield from leaves(token.children) if token.children else [token]


@UNTIMED
@given(texts)
def test_markdown_shows_text_literally(words: str) -> None:
    made = "".join(markdown(everywhere(words)))
    assert made.count("\n") == "".join(markdown(everywhere("x"))).count("\n")
    assert not harmful(made)
    tokens = list(leaves(GFM.parse(made)))
    assert [token.attrs["href"] for token in tokens if token.type == "link_open"] == ["x.md"], made
    assert not {token.type for token in tokens} & {"image", "html_inline", "html_block", "fence", "code_block", "hr"}
    assert not [token for token in tokens if token.type == "text" and REFERENCE.search(token.content)], made


@UNTIMED
@given(texts)
def test_markdown_loses_nothing(words: str) -> None:
    shown = "".join(token.content for token in leaves(GFM.parseInline(f"x {escaped(words)} x")))
    assert "".join(shown.split()) == "".join(f"x{visible(words)}x".split())


@UNTIMED
@given(texts)
def test_plain_text_shows_one_line_however_long(words: str) -> None:
    """Wrapped lines are indented, so none passes for a line of the program's own."""
    made = "".join(text(everywhere(words)))
    assert not harmful(made)
    assert not harmful("".join(tabbed(everywhere(words)[-1])).replace("\t", " "))  # type: ignore[arg-type]
    first = "".join(text([Title("DENY", words)])).splitlines()
    assert first[0].startswith("DENY")
    assert all(line.startswith("    ") for line in first[1:-1])


@UNTIMED
@given(texts)
def test_a_terminal_shows_text_literally(words: str) -> None:
    assert not harmful(painted(everywhere(words), console=Console(width=40, force_terminal=False, highlight=False)))


@pytest.mark.parametrize(
    ("words", "shown"),
    [
        ("ask @octocat, #90 and a@b.com.", "ask `@octocat`, `#90` and `a@b.com`."),
        ("see http://x.example/a|b", "see `http://x.example/a`\\|b"),
        ("see [[Home]], [[a b|c]] and [1] [TOC]", "see `[[Home]],` `[[a` b\\|c\\]\\] and \\[1\\] `[TOC]`"),
        ("1.5 mg - p.122 (8 CCR 9792.21.1)", "1.5 mg - p.122 (8 CCR 9792.21.1)"),
        ("*a* `b` <c> &lt; [d](e)", "\\*a\\* \\`b\\` \\<c\\> \\&lt; \\[d\\](e)"),
    ],
)
def test_only_what_would_link_becomes_code(words: str, shown: str) -> None:
    assert escaped(words) == shown
