"""Decides how wide the columns of a table are, and whether the table fits at all."""

from __future__ import annotations

from collections.abc import Callable

from imr_criteria.outside import visible
from imr_views.blocks import Place, Table, plain

GAP = 2
# Prose in narrower columns is unreadable, so the rows are stacked instead.
_LEAST: dict[Place, int] = {"mark": 12, "main": 30, "detail": 30, "aside": 16}


def widths(table: Table, total: int, length: Callable[[str], int] = len) -> list[int] | None:
    """The width of each column, or None if the table must be stacked to fit into `total` columns.

    Columns that do not wrap get what they need, the others at least a readable width; the rest is shared in
    proportion among those that need more.
    """
    needed = [
        max(length(visible(text)) for text in (column.name, *(plain(row.cells[n]) for row in table.rows)))
        for n, column in enumerate(table.columns)
    ]
    given = [
        min(need, _LEAST[column.place]) if column.wraps else need
        for need, column in zip(needed, table.columns, strict=True)
    ]
    spare = total - GAP * (len(given) - 1) - sum(given)
    if spare < 0:
        return None
    wanted = [need - width for need, width in zip(needed, given, strict=True)]
    share = min(1.0, spare / (sum(wanted) or 1))
    return [width + int(want * share) for width, want in zip(given, wanted, strict=True)]
