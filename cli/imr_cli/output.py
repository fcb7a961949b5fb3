"""Writes views to standard output: painted on a terminal, plain in a pipe."""

from __future__ import annotations

import json
import sys
from collections.abc import Iterable
from typing import TYPE_CHECKING, Any

from imr_criteria.outside import json_safe, visible

if TYPE_CHECKING:
    from imr_views.blocks import Block, Table


def show(blocks: Iterable[Block], apart: bool = False) -> None:
    """Writes blocks one at a time. `apart`: other blocks were written before, so plain text needs an empty line."""
    if sys.stdout.isatty():
        _paint(blocks)
        return
    from imr_views.text import text  # noqa: PLC0415 (not needed for JSON)

    if apart:
        print()
    sys.stdout.writelines(text(blocks))


def show_table(table: Table) -> None:
    """Writes a table, tab-separated in a pipe."""
    if sys.stdout.isatty():
        _paint([table])
        return
    from imr_views.text import tabbed  # noqa: PLC0415

    sys.stdout.writelines(tabbed(table))


def show_line(line: str) -> None:
    """Writes one line; only a terminal wraps it."""
    line = visible(line)
    if sys.stdout.isatty():
        from imr_views.blocks import Paragraph  # noqa: PLC0415

        _paint([Paragraph(line, hanging=True)])
        return
    print(line)


def show_json(data: Any) -> None:
    """Writes indented JSON."""
    print(json_text(data, indent=2))


def json_text(data: Any, indent: int | None = None) -> str:
    """Data as JSON, on one line unless indented."""
    return json_safe(json.dumps(data, indent=indent, ensure_ascii=False))


def _paint(blocks: Iterable[Block]) -> None:
    from imr_views.terminal import paint  # noqa: PLC0415 (rich is slow to import, and for terminals only)

    paint(blocks)
