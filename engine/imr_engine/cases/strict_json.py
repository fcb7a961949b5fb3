"""Reads JSON without its traps: UTF-8, no NaN or infinity, no key twice, bounded; each refusal with its place."""

from __future__ import annotations

import json
import re
from collections.abc import Callable, Iterator
from itertools import islice
from typing import Any, NoReturn

from imr_criteria.problems import MAX_PROBLEMS, MORE, Problem, json_path
from imr_engine.cases.complaints import CaseError, in_order
from imr_engine.cases.model import MAX_ENTRIES
from imr_engine.cases.positions import Path, Position, position_at, positions, text_at

MAX_BYTES = 20_000_000
MAX_VALUES = 1_000_000
"""How many values a file has at most, whatever their nesting: they may take a hundred times its size in memory."""
MAX_KEYS = 1000
MAX_DIGITS = 40
_PIECE = 1_000_000
SHOWN_DEPTH = 20
"""How many parts a path has at most; a case needs seven."""

NOT_A_NUMBER = "is NaN or an infinite number, which is not valid JSON"
TOO_MANY_VALUES = f"has more than {MAX_VALUES:,} values"
TOO_LARGE = "is a number too large to be read"
TOO_MANY_KEYS = f"has more than {MAX_KEYS:,} keys"
TOO_MANY_ENTRIES = f"has more than {MAX_ENTRIES:,} entries"
TOO_DEEP = "is nested too deeply"


def text_of(content: bytes, expected: str) -> str:
    """The text of a file. Raises CaseError if empty, too large or not UTF-8; `expected` says what it should be."""
    if len(content) > MAX_BYTES:
        raise CaseError([Problem("", f"is larger than {MAX_BYTES // 1_000_000} MB")])
    try:
        text = content.decode("utf-8-sig")
    except UnicodeDecodeError as error:
        line = content.count(b"\n", 0, error.start) + 1
        raise CaseError([Problem("", f"is not UTF-8 text (at byte {error.start})", line=line)]) from None
    if not text or text.isspace():
        raise CaseError([Problem("", "is empty", expected)])
    return text


def parse(text: str) -> Any:
    """The data in a JSON text. Raises CaseError if it is not JSON or not accepted here."""
    if _values(text) > MAX_VALUES and sum(map(_values, _outside_strings(text))) > MAX_VALUES:
        raise CaseError([Problem("$", TOO_MANY_VALUES)])
    try:
        return _STRICT.decode(text)
    except json.JSONDecodeError as error:
        raise CaseError([_not_json(error)]) from None
    except RecursionError:
        raise CaseError([_too_deep(text)]) from None
    except _RefusedError:
        raise CaseError(_refused(text)) from None


def _values(text: str) -> int:
    """How many values a JSON text has at most, but for the first: each follows one of these marks."""
    return sum(map(text.count, "[{,"))


def _outside_strings(text: str) -> Iterator[str]:
    """A JSON text without its strings, piece by piece: all at once would take as much memory as what it guards."""
    text = text.replace("\\\\", "").replace('\\"', "")
    inside = False
    for at in range(0, len(text), _PIECE):
        parts = text[at : at + _PIECE].split('"')
        yield "".join(parts[inside::2])
        inside ^= len(parts) % 2 == 0


class _RefusedError(ValueError):
    """JSON that is well formed but not accepted here."""


class _Refused:
    """Stands in for what is not accepted, so that the rest can be read and its path be found."""

    def __init__(self, why: str) -> None:
        self.why = why


class _Doubled(dict[str, Any]):
    """An object in which keys stand twice."""

    def __init__(self, pairs: list[tuple[str, Any]]) -> None:
        super().__init__(pairs)
        seen: set[str] = set()
        self.twice = {key for key, _ in pairs if key in seen or seen.add(key)}  # type: ignore[func-returns-value]


def _decoder(refuse: Callable[[str], Any], doubled: Callable[[list[tuple[str, Any]]], Any]) -> json.JSONDecoder:
    def number(text: str) -> Any:
        value = float(text)
        return refuse(TOO_LARGE) if value in (float("inf"), float("-inf")) else value

    def whole(text: str) -> Any:
        return refuse(TOO_LARGE) if len(text) > MAX_DIGITS else int(text)

    def once(pairs: list[tuple[str, Any]]) -> Any:
        if len(pairs) > MAX_KEYS:
            return refuse(TOO_MANY_KEYS)
        made = dict(pairs)
        return made if len(made) == len(pairs) else doubled(pairs)

    return json.JSONDecoder(
        parse_constant=lambda _: refuse(NOT_A_NUMBER), parse_float=number, parse_int=whole, object_pairs_hook=once
    )


def _give_up(_: Any) -> NoReturn:
    raise _RefusedError


def _lenient() -> json.JSONDecoder:
    """Marks what is not accepted and goes on. Few marks are made: millions may be needed."""
    marks = {why: _Refused(why) for why in (NOT_A_NUMBER, TOO_LARGE, TOO_MANY_KEYS)}
    left = iter(range(MAX_PROBLEMS + 1))
    return _decoder(marks.__getitem__, lambda pairs: dict(pairs) if next(left, None) is None else _Doubled(pairs))


# Stops at anything that is not accepted. Building a decoder for each file would take as long as reading a small one.
_STRICT = _decoder(_give_up, _give_up)


def _refused(text: str) -> list[Problem]:
    """Everything that is not accepted in a text that is JSON up to there, in the order of the text."""
    try:
        found = list(islice(_refusals(_lenient().decode(text)), MAX_PROBLEMS + 1))
        places = positions(text, [path for path, _ in found])
    except json.JSONDecodeError as error:
        return [_not_json(error)]
    except RecursionError:
        return [_too_deep(text)]
    listed = []
    for path, why in found[:MAX_PROBLEMS]:
        at = places[path]
        if why is None:
            first, second = at[-2:]
            where = f"line {first.line}" if first.line != second.line else f"column {first.column}"
            listed.append(_placed(path, f"stands twice in one object, first in {where}", second))
        else:
            listed.append(_placed(path, why, at[-1]))
    return in_order(listed) + [MORE] * (len(found) > MAX_PROBLEMS)


def _not_json(error: json.JSONDecodeError) -> Problem:
    said = f"is not JSON ({error.msg}, column {error.colno})"
    return Problem("", said, line=error.lineno, column=error.colno)


def _placed(path: Path, message: str, place: Position) -> Problem:
    return Problem(json_path(path), message, line=place.line, column=place.column)


def _refusals(data: Any) -> Iterator[tuple[Path, str | None]]:
    """The paths of what was marked, and why; no reason for a key that stands twice."""
    path: list[str | int] = []
    entered: list[Iterator[tuple[str | int, Any]]] = [iter([(0, data)])]
    while entered:
        part, value = next(entered[-1], (None, None))
        if part is None:
            entered.pop()
            if path:
                path.pop()
            continue
        if isinstance(value, _Refused):
            yield (*path, part)[1:], value.why
        elif isinstance(value, list) and len(value) > MAX_ENTRIES:
            yield (*path, part)[1:], TOO_MANY_ENTRIES
        elif isinstance(value, dict | list) and len(path) == SHOWN_DEPTH:
            yield (*path, part)[1:], TOO_DEEP
        elif isinstance(value, dict | list):
            path.append(part)
            entered.append(iter(value.items()) if isinstance(value, dict) else iter(enumerate(value)))
            if isinstance(value, _Doubled):
                for key in sorted(value.twice):
                    yield (*path, key)[1:], None


_STRUCTURE = re.compile(r'["\[\]{},]')


def _too_deep(text: str) -> Problem:
    """Where a text whose nesting the decoder gave up on goes beyond SHOWN_DEPTH."""
    path: list[str | int] = []
    at = 0
    while found := _STRUCTURE.search(text, at):
        start, at = found.span()
        mark = found[0]
        if mark == '"':
            key, at = text_at(text, start)
            if isinstance(path[-1], str):
                path[-1] = key
        elif mark in "{[":
            if len(path) == SHOWN_DEPTH:
                return _placed(tuple(path), TOO_DEEP, position_at(text, start))
            path.append(0 if mark == "[" else "")
        elif mark in "}]":
            path.pop()
        elif isinstance(path[-1], int):
            path[-1] += 1
    return Problem("$", TOO_DEEP)
