"""`imr-check letter read|lint`: historical letters as structure, and what in them does not hold together."""

from __future__ import annotations

import json
import sys
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any, Literal

from imr_cli.checking import EXIT_ERROR, EXIT_FAILED_ON, EXIT_OK, say
from imr_cli.files import Source, many, sources
from imr_criteria import default_catalogue
from imr_criteria.problems import Problem
from imr_engine.answer.words import pages_text
from imr_letters.check import Remark
from imr_letters.check import lint as findings_of
from imr_letters.model import GuidelineBasis, Letter
from imr_letters.reader import NotALetterError, read_letter
from imr_letters.text.limits import MAX_BYTES
from imr_letters.text.sources import UnreadableError, text_of
from imr_views.report import Block, plain

Form = Literal["text", "json", "jsonl"]
ENDINGS = ("*.pdf", "*.txt")


@dataclass(frozen=True)
class Read:
    """A letter that was read, with the name of its file and its text."""

    file: str
    letter: Letter
    text: str
    kind: str


def read(arguments: list[str], form: Form) -> int:
    """Prints every letter; one that cannot be read never stops the rest."""
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


def lint(arguments: list[str], form: Form) -> int:
    """Prints what in the letters does not hold together; exit code 1 when something does not."""
    catalogue = default_catalogue()
    failed = found = False
    rows: list[dict[str, Any]] = []
    for one in _letters(arguments):
        if isinstance(one, Problem):
            say([one])
            failed = True
            continue
        for finding in findings_of(one.letter, catalogue):
            found = True
            row = _finding(one, finding)
            rows.append(row)
            if form == "text":
                print(f"{row['file']}:{row['line']}: {row['code']}: {row['message']}")
            elif form == "jsonl":
                print(json.dumps(row, ensure_ascii=False))
    if form == "json":
        print(json.dumps(rows, indent=2, ensure_ascii=False))
    return EXIT_ERROR if failed else EXIT_FAILED_ON if found else EXIT_OK


def _letters(arguments: list[str]) -> Iterator[Read | Problem]:
    for source in sources(arguments, ENDINGS, MAX_BYTES):
        yield _letter(source)


def _letter(source: Source) -> Read | Problem:
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


def _write(one: Read, form: Form, several: bool, first: bool) -> None:
    if form == "text":
        blocks = _blocks(one)
        if sys.stdout.isatty():
            from imr_views.terminal import paint  # noqa: PLC0415 (rich, for terminals only)

            paint(blocks)
        else:
            sys.stdout.write(plain(blocks))
        return
    data = {"file": one.file, "source": one.kind, **one.letter.model_dump(mode="json", by_alias=True)}
    data = {"schema": data.pop("schema_"), **data}
    if form == "jsonl":
        print(json.dumps(data, ensure_ascii=False))
        return
    text = json.dumps(data, indent=2, ensure_ascii=False)
    # An array is written as it is read: memory stays flat over any number of letters.
    print((("[" if first else ",") + "\n" + text) if several else text)


def _finding(one: Read, finding: Remark) -> dict[str, Any]:
    return {
        "file": one.file,
        "line": one.text.count("\n", 0, finding.start) + 1,
        "code": finding.code,
        "message": finding.message,
        "start": finding.start,
        "end": finding.end,
    }


def _blocks(one: Read) -> Iterator[Block]:
    letter = one.letter
    yield Block("verdict", f"{letter.case_number or 'no case number'}  {one.file}")
    dates = {
        "injury": letter.date_of_injury,
        "utilization review": letter.utilization_review_date,
        "decision": letter.decision_date,
    }
    said = ", ".join(f"{name} {day.isoformat()}" for name, day in dates.items() if day is not None)
    reviewer = letter.reviewer.specialty or "a reviewer whose specialty is not stated"
    yield Block("text", f"{said or 'no dates'}; {reviewer}", "note")
    yield Block(
        "table",
        columns=("Decision", "Item", "Reviewer's guideline", "Claims administrator's"),
        rows=tuple(
            (
                item.decision,
                _title(item.title, item.original_request),
                _cited(item.reviewer_guideline),
                _cited(item.claims_administrator_guideline),
            )
            for item in letter.items
        ),
    )


def _title(title: str, original: str | None) -> str:
    return f"{title} (remains of: {original})" if original else title


def _cited(basis: GuidelineBasis | None) -> str:
    if basis is None:
        return "missing"
    if not basis.sources:
        return "no evidence cited" if basis.no_evidence_cited else basis.text
    parts = []
    for source in basis.sources:
        section = f": {source.section}" if source.section else ""
        parts.append(source.guideline + section + pages_text(source.pages))
    return "; ".join(parts)
