"""Problems with an input: where, what, and what is allowed. Never the offending value itself."""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, replace
from itertools import islice

from imr_criteria.outside import visible

_PLAIN_KEY = re.compile(r"\$?[A-Za-z][A-Za-z0-9_-]{0,59}")


MAX_PROBLEMS = 50
"""How many problems of one file are listed. Work on a bad file ends there."""


@dataclass(frozen=True)
class Problem:
    """One problem; as text it is one line.

    `path` is a JSON path ($.facts.twitch-response). `file`, `line` and `column` (both from 1) are given if known.
    """

    path: str
    message: str
    allowed: str | None = None
    file: str | None = None
    line: int | None = None
    column: int | None = None

    def __str__(self) -> str:
        place = self.file or ""
        if self.line is not None:
            place += f":{self.line}"
        said = ": ".join(part for part in (place, self.path, self.message) if part)
        return visible(f"{said}; allowed: {self.allowed}" if self.allowed else said)


MORE = Problem("", f"has more problems than these; the first {MAX_PROBLEMS} found are listed")


def first(problems: Iterable[Problem], file: str | None = None) -> list[Problem]:
    """The first problems of a file, and a remark if there are more. Makes no more of them than that."""
    found = list(islice(problems, MAX_PROBLEMS + 1))
    return [*found[:MAX_PROBLEMS], replace(MORE, file=file)] if len(found) > MAX_PROBLEMS else found


def json_path(parts: Iterable[str | int]) -> str:
    """A JSON path from keys and indices.

    A key that does not look like an identifier might be patient data, so it is not repeated.
    """
    path = "$"
    for part in parts:
        if isinstance(part, int):
            path += f"[{part}]"
        else:
            path += f".{part}" if _PLAIN_KEY.fullmatch(part) else ".(a key)"
    return path


def nearest(name: str, known: Iterable[str], also: Mapping[str, str] | None = None) -> str:
    """The known names closest to `name`, for a message; failing that, all of them if they are few, else their number.

    `also` maps aliases (brands) to known names; a close alias yields its known name.
    """
    import difflib  # noqa: PLC0415 (only needed for a message)

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
