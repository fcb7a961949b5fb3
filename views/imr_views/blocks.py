"""What people see, as typed blocks.

Builders (`result`, `criterion`, `letter`, `vocabulary`, `pages`) make blocks; renderers (`text`, `markdown`,
`terminal`) show them. Every renderer handles every block and every tone: a missing one is a type error.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal, NamedTuple, NoReturn, TypeAlias

Tone = Literal["plain", "quiet", "good", "bad", "open"]
"""Whether something is good news, bad news or still open; the terminal gives each tone a color."""

Place = Literal["mark", "main", "aside", "detail"]
"""Where a cell goes when its table is stacked: before the line, on it, in parentheses after it, or below it."""


class Link(NamedTuple):
    """Text that links to a target; only Markdown shows the target."""

    text: str
    target: str


Phrase: TypeAlias = str | tuple[str | Link, ...]
"""Text that may contain links."""


class Title(NamedTuple):
    """The first line of a result, a criterion or a letter: a label (verdict, id, case number) and what it is about."""

    label: str
    text: str
    tone: Tone = "plain"


class Heading(NamedTuple):
    """A heading below the title; level 2 is below level 1."""

    text: str
    level: Literal[1, 2] = 1


class Paragraph(NamedTuple):
    """Running text. `hanging`: lines after the first are indented."""

    text: Phrase
    tone: Tone = "plain"
    hanging: bool = False


class Bullets(NamedTuple):
    """A list of points."""

    items: tuple[Phrase, ...]


class Fields(NamedTuple):
    """Names with their values, one pair a line."""

    items: tuple[tuple[str, Phrase], ...]


class Column(NamedTuple):
    """A column of a table.

    `wraps`: cells may continue on the next line; ids and codes should not. `labelled`: a detail of a stacked row is
    preceded by the column's name.
    """

    name: str
    place: Place = "detail"
    wraps: bool = True
    labelled: bool = True


class Row(NamedTuple):
    """A row of a table; the tone is that of its mark."""

    cells: tuple[Phrase, ...]
    tone: Tone = "plain"


@dataclass(frozen=True)
class Table:
    """A table of any number of columns. Plain text stacks its rows; a terminal does so if the table does not fit."""

    columns: tuple[Column, ...]
    rows: tuple[Row, ...]

    def __post_init__(self) -> None:
        if any(len(row.cells) != len(self.columns) for row in self.rows):
            raise ValueError("every row of a table needs one cell for each column")


Block: TypeAlias = Title | Heading | Paragraph | Bullets | Fields | Table
"""Every kind of block; a renderer must handle them all."""


class Stacked(NamedTuple):
    """A row of a table without columns: a mark, a line, and details below it with their labels (or none)."""

    mark: str
    tone: Tone
    line: str
    aside: str
    details: tuple[tuple[str, str], ...]


def stacked(table: Table, row: Row) -> Stacked:
    """Arranges a row by the places of its columns, leaving out empty cells."""
    cells = [(column, plain(cell)) for column, cell in zip(table.columns, row.cells, strict=True)]
    texts: dict[Place, list[str]] = {"mark": [], "main": [], "aside": [], "detail": []}
    for column, text in cells:
        if text:
            texts[column.place].append(text)
    return Stacked(
        mark=" ".join(texts["mark"]),
        tone=row.tone,
        line=" ".join(texts["main"]),
        aside="; ".join(texts["aside"]),
        details=tuple((c.name if c.labelled else "", text) for c, text in cells if c.place == "detail" and text),
    )


def stands_apart(block: Block, before: Block | None) -> bool:
    """Whether an empty line precedes a block, in plain text and on a terminal."""
    if isinstance(block, Paragraph):
        return isinstance(before, Bullets | Fields | Table)
    return isinstance(block, Heading) or (isinstance(block, Title) and before is not None)


def plain(phrase: Phrase) -> str:
    """The words of a phrase, without its links."""
    if isinstance(phrase, str):
        return phrase
    return "".join(part.text if isinstance(part, Link) else part for part in phrase)


def joined(phrases: list[Phrase]) -> tuple[str | Link, ...]:
    """Joins phrases with commas."""
    parts: list[str | Link] = []
    for phrase in phrases:
        if parts:
            parts.append(", ")
        parts += [phrase] if isinstance(phrase, str) else phrase
    return tuple(parts)


def unreachable(block: NoReturn) -> AssertionError:
    """Raise this at the end of a match over all blocks; mypy then reports any kind that is not handled."""
    return AssertionError(f"no renderer for {block!r}")
