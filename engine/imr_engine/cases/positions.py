"""Where the parts of a JSON text stand. Positions are looked up only when there are problems to report."""

from __future__ import annotations

import json
import re
from collections.abc import Callable, Iterable
from typing import Any, NamedTuple

Path = tuple[str | int, ...]
Tree = dict[str | int, Any]

# Numbers as text: what cannot be read as a number can still be passed over. `raw_decode` would double the time.
_read: Callable[[str, int], tuple[Any, int]] = json.JSONDecoder(parse_int=str, parse_float=str).scan_once  # type: ignore[attr-defined]
_BETWEEN = re.compile(r"[ \t\n\r]*[,:]?[ \t\n\r]*")
_NOTHING: Tree = {}


class Position(NamedTuple):
    """A place in a text: line and column, both from 1."""

    line: int
    column: int


def positions(text: str, paths: Iterable[Path]) -> dict[Path, list[Position]]:
    """The positions of parts of a JSON text that `json` can read: of the key in an object, of the entry in a list.

    A key that stands twice in an object has two. Parts that are not in the text are left out. One pass in linear time:
    what no path leads into is passed over by the decoder, which is written in C.
    """
    wanted: Tree = {}
    for path in paths:
        tree = wanted
        for part in path:
            tree = tree.setdefault(part, {})
    found = {path: sorted(starts) for path, starts in _starts(text, wanted).items()}
    known = _lines(text, {start for starts in found.values() for start in starts})
    return {path: [known[start] for start in starts] for path, starts in found.items()}


def position_at(text: str, start: int) -> Position:
    """The position of one offset."""
    return _lines(text, {start})[start]


def _lines(text: str, starts: Iterable[int]) -> dict[int, Position]:
    known = {}
    line, counted = 1, 0
    for start in sorted(starts):
        line += text.count("\n", counted, start)
        counted = start
        known[start] = Position(line, start - text.rfind("\n", 0, start))
    return known


class _Open:
    """An object or list that the search has entered."""

    def __init__(self, path: Path, tree: Tree, is_list: bool) -> None:
        self.path = path
        self.tree = tree
        self.next = 0 if is_list else None


def _starts(text: str, tree: Tree) -> dict[Path, list[int]]:
    path: Path = ()
    at = _next(text, 0)
    found: dict[Path, list[int]] = {path: [at]}
    entered: list[_Open] = []
    while True:
        if tree and text[at] in "{[":
            entered.append(_Open(path, tree, text[at] == "["))
            at = _next(text, at + 1)
        else:
            at = _next(text, _read(text, at)[1])
        while entered and text[at] in "]}":
            entered.pop()
            at = _next(text, at + 1)
        if not entered:
            return found
        inside = entered[-1]
        start = at
        part: str | int
        if inside.next is None:
            part, at = _read(text, at)
            at = _next(text, at)
        else:
            part = inside.next
            inside.next += 1
        tree = _NOTHING
        if part in inside.tree:
            path, tree = (*inside.path, part), inside.tree[part]
            found.setdefault(path, []).append(start)


def text_at(text: str, start: int) -> tuple[str, int]:
    """The JSON string that begins at an offset, and where it ends."""
    return _read(text, start)


def _next(text: str, at: int) -> int:
    """The offset of what follows after blanks, and a comma or colon."""
    return _BETWEEN.match(text, at).end()  # type: ignore[union-attr]
