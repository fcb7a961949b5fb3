"""Renders blocks as GitHub-flavored Markdown."""

from __future__ import annotations

from collections.abc import Iterable, Iterator

from imr_views.blocks import Block, Bullets, Fields, Heading, Link, Paragraph, Phrase, Table, Title, unreachable


def markdown(blocks: Iterable[Block], level: int = 2) -> Iterator[str]:
    """The blocks as Markdown, one at a time. `level` is the level of titles; headings go below it."""
    separator = ""
    for block in blocks:
        yield separator + _part(block, level)
        separator = "\n\n"
    yield "\n"


def escaped(text: str) -> str:
    """Escapes text, so that anything that looks like Markdown or HTML is shown literally."""
    for character in "\\`*_[]<>|#":
        text = text.replace(character, f"\\{character}")
    return text.replace("\n", " ")


def _part(block: Block, level: int) -> str:
    match block:
        case Title():
            return f"{'#' * level} {escaped(block.label)}: {escaped(block.text)}"
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
    if isinstance(phrase, str):
        return escaped(phrase)
    return "".join(f"[{escaped(p.text)}]({p.target})" if isinstance(p, Link) else escaped(p) for p in phrase)
