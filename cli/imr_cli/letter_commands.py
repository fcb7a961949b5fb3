"""`imr-check letter read|lint`: historical letters as structured data, and inconsistencies in them."""

from __future__ import annotations

import os
import sys
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from typing import Any, TypeVar

from imr_cli.files import many, sources
from imr_cli.guard import failure
from imr_cli.options import EXIT_ERROR, EXIT_FAILED_ON, EXIT_OK, LetterForm
from imr_cli.output import Pages, json_text, line_text
from imr_cli.streams import say
from imr_criteria import default_catalogue
from imr_criteria.problems import Problem
from imr_letters.check import Remark
from imr_letters.check import lint as remarks_of
from imr_letters.model import Letter
from imr_letters.reader import NotALetterError, read_letter
from imr_letters.text.limits import MAX_BYTES
from imr_letters.text.sources import UnreadableError, text_of
from imr_views.letter import letter_blocks

ENDINGS = (".pdf", ".txt")
T = TypeVar("T")


@dataclass(frozen=True)
class Read:
    """A letter with the name and the text of its file."""

    file: str
    letter: Letter
    text: str
    kind: str

    @property
    def name(self) -> str:
        """The file's name in data: what is not UTF-8 in it is escaped, since JSON cannot hold it."""
        return os.fsencode(self.file).decode("utf-8", "backslashreplace")


def read(arguments: list[str], form: LetterForm, debug: bool = False) -> int:
    """Prints every letter; one that cannot be read or shown never stops the others."""
    several = many(arguments)
    pages = Pages()

    def shown(one: Read) -> str:
        if form == "text":
            return pages.page(letter_blocks(one.letter, one.file))
        data = {"file": one.name, "source": one.kind, **one.letter.model_dump(mode="json", by_alias=True)}
        data = {"schema": data.pop("schema_"), **data}
        return json_text(data) + "\n" if form == "jsonl" else json_text(data, indent=2)

    run = _Run(arguments, debug)
    # The array is written letter by letter, so memory does not grow with their number.
    before, end = ("[\n", "\n]\n") if several else ("", "\n")
    for one, text in run.each(shown):
        say(Problem("", f"warning: {warning}", file=one.file) for warning in one.letter.warnings)
        sys.stdout.write(before + text if form == "json" else text)
        before = ",\n"
    if form == "json" and (several or before == ",\n"):
        sys.stdout.write(end if before == ",\n" else "[]\n")
    return EXIT_ERROR if run.failed else EXIT_OK


def lint(arguments: list[str], form: LetterForm, debug: bool = False) -> int:
    """Prints the inconsistencies in letters; exit code 1 if there are any."""
    catalogue = default_catalogue()
    rows: list[dict[str, Any]] = []

    def found(one: Read) -> list[dict[str, Any]]:
        return [_remark(one, remark) for remark in remarks_of(one.letter, catalogue)]

    run = _Run(arguments, debug)
    for one, made in run.each(found):
        rows += made
        for row in made:
            if form == "text":
                sys.stdout.write(line_text(f"{one.file}:{row['line']}: {row['code']}: {row['message']}"))
            elif form == "jsonl":
                sys.stdout.write(json_text(row) + "\n")
    if form == "json":
        sys.stdout.write(json_text(rows, indent=2) + "\n")
    return EXIT_ERROR if run.failed else EXIT_FAILED_ON if rows else EXIT_OK


class _Run:
    """Letters one at a time, each with what is made of it. `failed`: something could not be read or made."""

    def __init__(self, arguments: list[str], debug: bool) -> None:
        self.failed = False
        self._arguments = arguments
        self._debug = debug

    def each(self, make: Callable[[Read], T]) -> Iterator[tuple[Read, T]]:
        """Every letter that can be read, with what `make` returns for it; problems with the others are reported."""
        for source in sources(self._arguments, ENDINGS, MAX_BYTES):
            if isinstance(source.content, Problem):
                problem = source.content
            else:
                try:
                    one = _letter(source.name, source.content)
                    made = make(one)
                except (UnreadableError, NotALetterError) as error:
                    problem = Problem("", str(error), file=source.name)
                except Exception as error:
                    problem = failure(error, "the letter was not read", source.name, self._debug)
                else:
                    yield one, made
                    continue
            self.failed = True
            say([problem])


def _letter(name: str, content: bytes) -> Read:
    text = text_of(content)
    letter = read_letter(text.text)
    letter = letter.model_copy(update={"warnings": [*text.warnings, *letter.warnings]})
    return Read(name, letter, text.text, text.kind)


def _remark(one: Read, remark: Remark) -> dict[str, Any]:
    return {
        "file": one.name,
        "line": one.text.count("\n", 0, remark.start) + 1,
        "code": remark.code,
        "message": remark.message,
        "start": remark.start,
        "end": remark.end,
    }
