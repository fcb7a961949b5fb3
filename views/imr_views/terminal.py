"""Paints blocks on a terminal with rich. NO_COLOR and narrow windows are rich's business."""

from __future__ import annotations

from collections.abc import Iterable

from rich.console import Console
from rich.padding import Padding
from rich.table import Table
from rich.text import Text

from imr_engine.answer.result import Result
from imr_views.report import Block, blocks_of

STYLES = {
    "advice": "dim",
    "approve": "bold white on green",
    "deny": "bold white on red",
    "not-addressed": "bold black on yellow",
    "met": "green",
    "unmet": "bold red",
    "undocumented": "yellow",
    "not-applicable": "dim",
    "assumed": "yellow",
    "note": "dim",
    "Upheld": "red",
    "Overturned": "green",
}


def paint(blocks: Iterable[Block]) -> None:
    """Prints blocks on standard output."""
    console = Console(highlight=False, markup=False, emoji=False)
    for block in blocks:
        _paint(console, block)


def show(results: list[Result], several: bool, failures: int) -> None:
    """Prints results on standard output."""
    paint(blocks_of(results, several, failures))


def table(columns: list[str], rows: list[list[str]]) -> None:
    """Prints a table of words on standard output."""
    made = Table(header_style="dim", show_edge=False, pad_edge=False)
    for column in columns:
        made.add_column(column, overflow="fold")
    for row in rows:
        made.add_row(*(Text(cell) for cell in row))
    Console(highlight=False, markup=False, emoji=False).print(made)


def _paint(console: Console, block: Block) -> None:
    if block.kind == "verdict":
        verdict, _, rest = block.text.partition("  ")
        console.print()
        console.print(Text.assemble((f" {verdict} ", STYLES[block.style]), "  ", (rest, "bold")))
    elif block.kind == "heading":
        console.print()
        console.print(Text(block.text, "bold"))
    elif block.kind == "text":
        console.print(Text(block.text, STYLES.get(block.style, "")))
    elif block.kind == "list":
        for item in block.items:
            bullet = Table.grid(padding=(0, 1))
            bullet.add_row("•", Text(item))
            console.print(Padding(bullet, (0, 0, 0, 1)))
    else:
        table = Table(header_style="dim", show_edge=False, pad_edge=False)
        for column, ratio in zip(block.columns, (None, 6, 6, 3), strict=True):
            table.add_column(column, ratio=ratio, no_wrap=ratio is None)
        for status, *cells in block.rows:
            table.add_row(Text(status, STYLES[status]), *(Text(cell) for cell in cells))
        console.print(table)
