"""Finds and reads input files, and writes output files whole or not at all. Failures are Problems, not tracebacks."""

from __future__ import annotations

import os
import sys
import tempfile
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

from imr_criteria.problems import Problem

STANDARD_INPUT = "-"


@dataclass(frozen=True)
class Source:
    """One input: its name in messages, and its content or what went wrong."""

    name: str
    content: bytes | None
    problem: Problem | None = None


def sources(arguments: list[str], endings: tuple[str, ...], limit: int) -> Iterator[Source]:
    """The inputs that the arguments name, in order; a folder stands for its files with these endings, sorted.

    Reads at most one byte more than `limit` from each, so endless files (/dev/zero) are no trouble.
    """
    for argument in arguments:
        if argument == STANDARD_INPUT:
            yield _read_stream(limit)
            continue
        path = Path(argument)
        try:
            folder = path.is_dir()
            found = sorted({file for ending in endings for file in path.rglob(ending)}) if folder else [path]
        except (OSError, ValueError) as error:
            yield _failed(argument, error)
            continue
        if not found:
            yield Source(argument, None, Problem("", f"is a folder without {' or '.join(endings)}", file=argument))
        for file in found:
            yield _read(file, limit)


def many(arguments: list[str]) -> bool:
    """Whether the arguments may name several inputs, so that JSON output is an array."""
    return len(arguments) != 1 or (arguments[0] != STANDARD_INPUT and Path(arguments[0]).is_dir())


def write_whole(path: Path, content: str) -> Problem | None:
    """Writes a file by way of a temporary one beside it, so that a failure leaves the old content in place."""
    temporary = None
    try:
        handle, temporary = tempfile.mkstemp(dir=path.parent, prefix=f".{path.name[:40]}.")
        with os.fdopen(handle, "w", encoding="utf-8", newline="\n") as file:
            file.write(content)
        mode = path.stat().st_mode & 0o777 if path.exists() else 0o666 & ~_umask()
        Path(temporary).chmod(mode)
        Path(temporary).replace(path)
    except OSError as error:
        if temporary is not None:
            Path(temporary).unlink(missing_ok=True)
        return Problem("", f"cannot be written ({error.strerror})", file=str(path))
    return None


def _umask() -> int:
    mask = os.umask(0)
    os.umask(mask)
    return mask


def _read(path: Path, limit: int) -> Source:
    name = str(path)
    try:
        with path.open("rb") as file:
            return Source(name, file.read(limit + 1))
    except (OSError, ValueError) as error:
        return _failed(name, error)


def _read_stream(limit: int) -> Source:
    try:
        return Source("standard input", sys.stdin.buffer.read(limit + 1))
    except OSError as error:
        return _failed("standard input", error)


def _failed(name: str, error: Exception) -> Source:
    said = error.strerror if isinstance(error, OSError) and error.strerror else "not a file name"
    return Source(name, None, Problem("", f"cannot be read ({said})", file=name))
