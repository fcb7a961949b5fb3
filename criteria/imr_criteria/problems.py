"""What is wrong with an input: where it is, what it is and what is allowed. Never the value itself."""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping
from dataclasses import dataclass

_PLAIN_KEY = re.compile(r"[A-Za-z][A-Za-z0-9_-]{0,59}")


@dataclass(frozen=True)
class Problem:
    """One thing that is wrong.

    `path` is a JSON path ($.facts.twitch-response). `file` and `line` (from 1) are given where they are known.
    """

    path: str
    message: str
    allowed: str | None = None
    file: str | None = None
    line: int | None = None

    def __str__(self) -> str:
        place = self.file or ""
        if self.line is not None:
            place += f":{self.line}"
        said = ": ".join(part for part in (place, self.path, self.message) if part)
        return f"{said}; allowed: {self.allowed}" if self.allowed else said


def json_path(parts: Iterable[str | int]) -> str:
    """A JSON path of keys and indices.

    A key that does not look like an identifier may be a person's data, and is not repeated.
    """
    path = "$"
    for part in parts:
        if isinstance(part, int):
            path += f"[{part}]"
        else:
            path += f".{part}" if _PLAIN_KEY.fullmatch(part) else ".(a key)"
    return path


def nearest(name: str, known: Iterable[str], also: Mapping[str, str] | None = None) -> str:
    """The known names closest to `name`, for a message; all of them where they are few, else how many there are.

    `also` are other words for known names (brands): they are found, and the known name is said.
    """
    import difflib  # noqa: PLC0415 (only for a message)

    words = {**{n: n for n in known}, **(also or {})}
    wanted = re.sub(r"[^a-z0-9]+", "-", name[:60].lower()).strip("-")
    close = difflib.get_close_matches(wanted, sorted(words), n=3, cutoff=0.55)
    close += [word for word in sorted(words) if len(wanted) > 2 and (wanted in word or word in wanted)]
    if close:
        return "nearest known: " + ", ".join(list(dict.fromkeys(words[word] for word in close))[:3])
    names = sorted(set(words.values()))
    return (
        ", ".join(names)
        if len(names) <= 20
        else f"one of {len(names)} names: imr-check criteria list facts, treatments or records"
    )
