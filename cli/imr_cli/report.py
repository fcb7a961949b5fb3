"""The answers of a run in each output format: a piece of text for each case, and an end."""

from __future__ import annotations

from typing import TYPE_CHECKING, Protocol

import orjson

from imr_cli.options import Format
from imr_cli.output import Pages
from imr_criteria.outside import json_safe

if TYPE_CHECKING:
    from imr_criteria import Catalogue
    from imr_engine.answer.result import Result
    from imr_views.blocks import Block


class Report(Protocol):
    """Turns results into text, one at a time. A result that cannot be shown leaves no trace."""

    def piece(self, result: Result) -> str:
        """The text of one result."""

    def end(self, problems: int) -> str:
        """What follows the last result; `problems` is the number of problems reported."""


def report(form: Format, catalogue: Catalogue, several: bool, own: bool) -> Report:
    """The report in a format. `several`: of several cases; `own`: to standard output, not to a file."""
    if form == "json":
        return _Array() if several else _Json()
    return _JsonLines() if form == "jsonl" else _Views(Pages(form, own), catalogue, several, form == "markdown")


class _Json:
    def piece(self, result: Result) -> str:
        return _indented(result) + "\n"

    def end(self, problems: int) -> str:
        return ""


class _Array:
    def __init__(self) -> None:
        self._before = "["

    def piece(self, result: Result) -> str:
        text = f"{self._before}\n{_indented(result)}"
        self._before = ","
        return text

    def end(self, problems: int) -> str:
        return "[]\n" if self._before == "[" else "\n]\n"


class _JsonLines(_Json):
    def piece(self, result: Result) -> str:
        return json_safe(orjson.dumps(result).decode()) + "\n"


class _Views:
    def __init__(self, pages: Pages, catalogue: Catalogue, several: bool, rationale: bool) -> None:
        from imr_views.result import Tally  # noqa: PLC0415 (not needed for JSON)

        self._pages = pages
        self._catalogue = catalogue
        self._several = several
        self._rationale = rationale
        self._tally = Tally()

    def piece(self, result: Result) -> str:
        from imr_views.result import result_blocks  # noqa: PLC0415

        text = self._pages.page(result_blocks(result, self._catalogue, self._rationale))
        self._tally.add(result)
        return text

    def end(self, problems: int) -> str:
        from imr_views.result import advice_blocks, summary_blocks  # noqa: PLC0415

        blocks: list[Block] = [*summary_blocks(self._tally, problems)] if self._several else []
        return self._pages.page([*blocks, *advice_blocks(self._tally)])


def _indented(result: Result) -> str:
    return json_safe(orjson.dumps(result, option=orjson.OPT_INDENT_2).decode())
