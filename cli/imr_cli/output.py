"""Views as text: painted on a terminal, plain in a pipe."""

from __future__ import annotations

import json
import sys
from collections.abc import Callable, Iterable
from typing import TYPE_CHECKING, Any, Literal, TypeAlias

from imr_criteria.outside import json_safe, visible

if TYPE_CHECKING:
    from imr_views.blocks import Block, Table

    Renderer: TypeAlias = Callable[[Iterable[Block], Block | None], Iterable[str]]


class Pages:
    """Renders groups of blocks (a result, a letter) one after the other. `own`: for standard output, not for a file."""

    def __init__(self, form: Literal["text", "markdown"] = "text", own: bool = True) -> None:
        self._render = _renderer(form, own and sys.stdout.isatty())
        self._before: Block | None = None

    def page(self, blocks: Iterable[Block]) -> str:
        """The text of a group, set apart from the one before. If it fails, nothing has changed."""
        blocks = list(blocks)
        made = "".join(self._render(blocks, self._before))
        self._before = blocks[-1] if blocks else self._before
        return made


def show(blocks: Iterable[Block]) -> None:
    """Writes blocks to standard output."""
    sys.stdout.write(Pages().page(blocks))


def show_table(table: Table) -> None:
    """Writes a table, tab-separated in a pipe."""
    if sys.stdout.isatty():
        show([table])
        return
    from imr_views.text import tabbed  # noqa: PLC0415

    sys.stdout.writelines(tabbed(table))


def line_text(line: str) -> str:
    """One line with its end; only a terminal wraps it."""
    if sys.stdout.isatty():
        from imr_views.blocks import Paragraph  # noqa: PLC0415

        return Pages().page([Paragraph(line, hanging=True)])
    return visible(line) + "\n"


def json_text(data: Any, indent: int | None = None) -> str:
    """Data as JSON, on one line unless indented."""
    return json_safe(json.dumps(data, indent=indent, ensure_ascii=False))


def show_json(data: Any) -> None:
    """Writes indented JSON."""
    sys.stdout.write(json_text(data, indent=2) + "\n")


def _renderer(form: Literal["text", "markdown"], terminal: bool) -> Renderer:
    """The renderer of a form, loaded only now: JSON needs none, and rich is slow to import."""
    if form == "markdown":
        from imr_views.markdown import markdown  # noqa: PLC0415

        return markdown
    if terminal:
        from imr_views.terminal import painted  # noqa: PLC0415

        return painted
    from imr_views.text import text  # noqa: PLC0415

    return text
