"""`imr-check letter read|lint`: historical letters as structured data, and inconsistencies in them."""

from __future__ import annotations

import os
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

from imr_cli.files import InputFile, many, sources
from imr_cli.options import EXIT_ERROR, EXIT_FAILED_ON, EXIT_OK, LetterForm
from imr_cli.output import json_text, show, show_json, show_line
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


def read(arguments: list[str], form: LetterForm) -> int:
    """Prints every letter; one that cannot be read never stops the others."""
    several = many(arguments)
    failed = False
    shown = 0
    for one in _letters(arguments):
        if isinstance(one, Problem):
            say([one])
            failed = True
            continue
        say(Problem("", f"warning: {warning}", file=one.file) for warning in one.letter.warnings)
        _write(one, form, several, first=shown == 0)
        shown += 1
    if form == "json" and several:
        print("]" if shown else "[]")
    return EXIT_ERROR if failed else EXIT_OK


def lint(arguments: list[str], form: LetterForm) -> int:
    """Prints the inconsistencies in letters; exit code 1 if there are any."""
    catalogue = default_catalogue()
    failed = found = False
    rows: list[dict[str, Any]] = []
    for one in _letters(arguments):
        if isinstance(one, Problem):
            say([one])
            failed = True
            continue
        for remark in remarks_of(one.letter, catalogue):
            found = True
            row = _remark(one, remark)
            rows.append(row)
            if form == "text":
                show_line(f"{one.file}:{row['line']}: {row['code']}: {row['message']}")
            elif form == "jsonl":
                print(json_text(row))
    if form == "json":
        show_json(rows)
    return EXIT_ERROR if failed else EXIT_FAILED_ON if found else EXIT_OK


def _letters(arguments: list[str]) -> Iterator[Read | Problem]:
    for source in sources(arguments, ENDINGS, MAX_BYTES):
        yield _letter(source)


def _letter(source: InputFile) -> Read | Problem:
    if source.content is None:
        assert source.problem is not None
        return source.problem
    try:
        text = text_of(source.content)
        letter = read_letter(text.text)
    except (UnreadableError, NotALetterError) as error:
        return Problem("", str(error), file=source.name)
    except Exception as error:
        return Problem("", f"internal error ({type(error).__name__}); the letter was not read", file=source.name)
    letter = letter.model_copy(update={"warnings": [*text.warnings, *letter.warnings]})
    return Read(source.name, letter, text.text, text.kind)


def _write(one: Read, form: LetterForm, several: bool, first: bool) -> None:
    if form == "text":
        show(letter_blocks(one.letter, one.file), apart=not first)
        return
    data = {"file": one.name, "source": one.kind, **one.letter.model_dump(mode="json", by_alias=True)}
    data = {"schema": data.pop("schema_"), **data}
    if form == "jsonl":
        print(json_text(data))
        return
    text = json_text(data, indent=2)
    # The array is written letter by letter, so memory does not grow with their number.
    print((("[" if first else ",") + "\n" + text) if several else text)


def _remark(one: Read, remark: Remark) -> dict[str, Any]:
    return {
        "file": one.name,
        "line": one.text.count("\n", 0, remark.start) + 1,
        "code": remark.code,
        "message": remark.message,
        "start": remark.start,
        "end": remark.end,
    }
