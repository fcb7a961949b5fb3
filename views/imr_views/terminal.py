"""Paints blocks on a terminal with rich, which honors NO_COLOR and the width of the window.

The only module that imports rich; the command imports it only when it writes to a terminal.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from typing import TypedDict

from rich.cells import cell_len
from rich.console import Console, RenderableType
from rich.padding import Padding
from rich.table import Table as Grid
from rich.text import Text

from imr_criteria.outside import visible
from imr_views.blocks import (
    Block,
    Bullets,
    Fields,
    Heading,
    Paragraph,
    Phrase,
    Row,
    Stacked,
    Table,
    Title,
    plain,
    stacked,
    stands_apart,
    unreachable,
)
from imr_views.layout import GAP, widths


class Styles(TypedDict):
    """One style for each tone: mypy refuses a table that lacks one."""

    plain: str
    quiet: str
    good: str
    bad: str
    open: str


WORDS: Styles = {"plain": "", "quiet": "dim", "good": "green", "bad": "bold red", "open": "yellow"}
BADGES: Styles = {
    "plain": "bold reverse",
    "quiet": "dim reverse",
    "good": "bold white on green",
    "bad": "bold white on red",
    "open": "bold black on yellow",
}


# A terminal may claim no columns at all (80 are assumed), too few for words, or so many that padding fills memory.
_WIDTHS = (20, 500)


def painted(blocks: Iterable[Block], before: Block | None = None, console: Console | None = None) -> str:
    """The blocks as a terminal shows them; by default, the one of standard output. `before`: the block written last."""
    if console is None:
        console = Console(highlight=False, markup=False, emoji=False)
        console.width = min(max(console.width or 80, _WIDTHS[0]), _WIDTHS[1])
    with console.capture() as made:
        for block in blocks:
            if isinstance(block, Title) or stands_apart(block, before):
                console.print()
            before = block
            for piece in _pieces(block, console):
                console.print(piece)
    return made.get()


def _pieces(block: Block, console: Console) -> Iterator[RenderableType]:
    match block:
        case Title():
            label = (f" {visible(block.label)} ", BADGES[block.tone])
            yield _hung(Text.assemble(label, "  ", (visible(block.text), "bold")), console)
        case Heading():
            yield _words(block.text, "bold")
        case Paragraph():
            words = _words(block.text, WORDS[block.tone])
            yield _hung(words, console) if block.hanging else words
        case Bullets():
            for item in block.items:
                yield Padding(_pair(Text("-" if console.options.ascii_only else "•"), _words(item)), (0, 0, 0, 1))
        case Fields():
            margin = max((cell_len(name) for name, _ in block.items), default=0)
            for name, value in block.items:
                yield Padding(_pair(_words(name, "dim"), _words(value), margin), (0, 0, 0, 1))
        case Table():
            columns = widths(block, console.width, cell_len)
            if columns is None:
                yield from _stack(block)
            else:
                yield _grid(block, columns)
        case _:
            raise unreachable(block)


def _grid(table: Table, columns: list[int]) -> Grid:
    made = Grid(box=None, header_style="dim", pad_edge=False, padding=(0, GAP, 0, 0))
    for column, width in zip(table.columns, columns, strict=True):
        made.add_column(column.name, width=width, overflow="fold")
    for row in table.rows:
        made.add_row(*_cells(table, row))
    return made


def _cells(table: Table, row: Row) -> Iterator[Text]:
    for column, cell in zip(table.columns, row.cells, strict=True):
        yield _words(cell, WORDS[row.tone] if column.place == "mark" else "")


def _stack(table: Table) -> Iterator[RenderableType]:
    rows = [stacked(table, row) for row in table.rows]
    margin = max((cell_len(row.mark) for row in rows), default=0)
    for row in rows:
        lines = Grid.grid()
        lines.add_column(overflow="fold")
        lines.add_row(_line(row, bold=margin == 0))
        for label, detail in row.details:
            said = Text.assemble((f"{label}: " if label else "", "dim"), visible(detail))
            lines.add_row(_pair(Text(">", "dim"), said))
        yield _pair(_words(row.mark, WORDS[row.tone]), lines, margin) if margin else lines


def _line(row: Stacked, bold: bool) -> Text:
    aside = (f" ({visible(row.aside)})", "dim") if row.aside else ""
    return Text.assemble((visible(row.line), "bold" if bold else ""), aside)


def _pair(first: Text, second: RenderableType, width: int | None = None) -> Grid:
    """Two things side by side; the lines of the second stay aligned."""
    grid = Grid.grid(padding=(0, 1))
    grid.add_column(width=width, overflow="fold")
    grid.add_column(overflow="fold")
    grid.add_row(first, second)
    return grid


def _hung(words: Text, console: Console) -> Text:
    """Text whose second and following lines are indented."""
    lines = words.wrap(console, max(1, console.width - 4))
    return Text("\n    ").join(lines)


def _words(phrase: Phrase, style: str = "") -> Text:
    return Text(visible(plain(phrase)), style)
