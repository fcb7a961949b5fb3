"""Renders blocks as GitHub-flavored Markdown."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator

from imr_criteria.outside import visible
from imr_views.blocks import Block, Bullets, Fields, Heading, Link, Paragraph, Phrase, Table, Title, unreachable

_PIECE = re.compile(r"[^\s`|]+|[`|]")
_MARKUP = re.compile(r"[\\`*_!\[\]<>|#&~]")
_BEGINS_LIST = re.compile(r"\A(\d+(?=[.)](?:\s|\Z))|(?=[-+]))")
# What GitHub, GitLab or a renderer that looks for bare domains turns into a mention, a link, a picture or a formula.
_LINKED = re.compile(
    r"@\S|[#%~]\w|[!&^]\d|\$|:[\w/+-]|//|www\.|\S\.[^\W\d_]{2}|\b(?:GH|GHSA|CVE)-|(?<![^(\[{@])(?=[a-f]*\d)[\da-f]{7,40}(?!\w)",
    re.IGNORECASE,
)
# Links of wikis, and the sign for a table of contents.
_BRACKETED = re.compile(r"\[\[|\[_?TOC_?\]", re.IGNORECASE)
_AROUND = "()[]{}\"'.,;:!?"


def markdown(blocks: Iterable[Block], before: Block | None = None, level: int = 2) -> Iterator[str]:
    """The blocks as Markdown, one at a time. `before`: the block written last; `level`: of titles, above headings."""
    for block in blocks:
        yield ("" if before is None else "\n") + _part(block, level) + "\n"
        before = block


def escaped(text: str) -> str:
    """Text that Markdown shows literally, on one line: no markup, HTML, link, mention or reference.

    Renderers look for links and mentions after they have removed backslashes, so a word that looks like one is code.
    """
    return _PIECE.sub(_literal, visible(text))


def _literal(piece: re.Match[str]) -> str:
    word = piece[0]
    if _BRACKETED.search(word):
        return f"`{word}`"
    if _LINKED.search(word):
        before, core, after = word.partition(word.strip(_AROUND))
        return f"{_marked(before)}`{core}`{_marked(after)}"
    return _marked(word)


def _marked(word: str) -> str:
    return _MARKUP.sub(r"\\\g<0>", word)


def _part(block: Block, level: int) -> str:
    match block:
        case Title():
            return f"{'#' * level} {escaped(f'{block.label}: {block.text}')}"
        case Heading():
            return f"{'#' * (level + block.level)} {escaped(block.text)}"
        case Paragraph():
            return _phrase(block.text)
        case Bullets():
            return "\n".join(f"- {_phrase(item)}" for item in block.items)
        case Fields():
            return "\n".join(f"- **{escaped(name)}:** {_phrase(value)}" for name, value in block.items)
        case Table():
            names = " | ".join(escaped(column.name) for column in block.columns)
            rows = [f"| {' | '.join(map(_phrase, row.cells))} |" for row in block.rows]
            return "\n".join([f"| {names} |", f"|{'---|' * len(block.columns)}", *rows])
        case _:
            raise unreachable(block)


def _phrase(phrase: Phrase) -> str:
    made = text = ""
    for part in (phrase,) if isinstance(phrase, str) else phrase:
        if isinstance(part, Link):
            made += f"{escaped(text)}[{_marked(visible(part.text))}]({part.target})"
            text = ""
        else:
            text += part  # escaped together: two parts may form a link that neither is
    return _BEGINS_LIST.sub(r"\1\\", (made + escaped(text)).lstrip())  # four blanks would begin a block of code
