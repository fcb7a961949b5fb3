"""Renders blocks as plain text, for pipes and files."""

from __future__ import annotations

import textwrap
from collections.abc import Iterable, Iterator

from imr_criteria.outside import visible
from imr_views.blocks import (
    Block,
    Bullets,
    Fields,
    Heading,
    Paragraph,
    Row,
    Table,
    Title,
    plain,
    stacked,
    stands_apart,
    unreachable,
)

WIDTH = 100
_MARK = 15


def text(blocks: Iterable[Block], before: Block | None = None) -> Iterator[str]:
    """The lines of the blocks, at most WIDTH columns wide and with line ends. `before`: the block written last."""
    for block in blocks:
        if stands_apart(block, before):
            yield "\n"
        for line in _lines(block):
            yield f"{line}\n"
        before = block


def tabbed(table: Table) -> Iterator[str]:
    """A table as tab-separated lines with a header line, for other programs."""
    yield "\t".join(column.name for column in table.columns) + "\n"
    for row in table.rows:
        yield "\t".join(visible(plain(cell)) for cell in row.cells) + "\n"


def _lines(block: Block) -> Iterator[str]:
    match block:
        case Title():
            # Indented, so that no continuation looks like the title of another result.
            yield from _wrapped(f"{block.label}  {block.text}", "", "    ")
            yield "=" * 8
        case Heading():
            yield visible(block.text)
        case Paragraph():
            yield from _wrapped(plain(block.text), "", "    " if block.hanging else "")
        case Bullets():
            for item in block.items:
                yield from _wrapped(plain(item), "  - ")
        case Fields():
            for name, value in block.items:
                yield from _wrapped(plain(value), f"  {name:<{_MARK}} ")
        case Table():
            for row in block.rows:
                yield from _row(block, row)
        case _:
            raise unreachable(block)


def _row(table: Table, row: Row) -> Iterator[str]:
    parts = stacked(table, row)
    lead = f"  {parts.mark:<{_MARK}} " if any(column.place == "mark" for column in table.columns) else "  "
    aside = f" ({parts.aside})" if parts.aside else ""
    yield from _wrapped(parts.line + aside, lead) or [lead.rstrip()]
    for label, detail in parts.details:
        yield from _wrapped(f"{label}: {detail}" if label else detail, " " * len(lead) + "> ")


def _wrapped(words: str, lead: str, following: str | None = None) -> list[str]:
    lead = visible(lead)
    indent = " " * len(lead) if following is None else following
    return textwrap.wrap(visible(words), WIDTH, initial_indent=lead, subsequent_indent=indent, break_on_hyphens=False)
