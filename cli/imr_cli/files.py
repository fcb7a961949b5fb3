"""Finds and reads input files, and writes output files whole or not at all. Failures are Problems, not tracebacks."""

from __future__ import annotations

import os
import sys
from collections.abc import Iterable, Iterator
from pathlib import Path
from typing import NamedTuple

from imr_criteria.problems import Problem

STANDARD_INPUT = "-"


class InputFile(NamedTuple):
    """One input: its name in messages, and its content or what went wrong."""

    name: str
    content: bytes | None
    problem: Problem | None = None


def sources(arguments: list[str], endings: tuple[str, ...], limit: int) -> Iterator[InputFile]:
    """The inputs that the arguments name, in order; a folder stands for its files with these endings, sorted.

    Reads at most one byte more than `limit` from each, so endless files (/dev/zero) are harmless.
    """
    for argument in arguments:
        if argument == STANDARD_INPUT:
            yield _read_stream(limit)
            continue
        try:
            is_folder = Path(argument).is_dir()
        except (OSError, ValueError) as error:
            yield _failed(argument, error)
            continue
        if not is_folder:
            yield _read(Path(argument), limit)
            continue
        empty = True
        for source in _below(argument, endings, limit):
            empty = False
            yield source
        if empty:
            said = f"is a folder without *{' or *'.join(endings)}"
            yield InputFile(argument, None, Problem("", said, file=argument))


def _below(folder: str, endings: tuple[str, ...], limit: int) -> Iterator[InputFile]:
    """The files below a folder, in the order of their names; one folder's names are in memory at a time."""
    names: list[str] = []
    folders: set[str] = set()
    try:
        with os.scandir(folder) as entries:
            for entry in entries:
                if entry.is_dir(follow_symlinks=False):
                    folders.add(entry.name)
                elif not entry.name.endswith(endings):
                    continue
                names.append(entry.name)
    except OSError as error:
        yield _failed(folder, error)
        return
    names.sort()
    for name in names:
        path = os.path.join(folder, name)  # noqa: PTH118 (a Path for each of 10,000 names takes megabytes)
        if name in folders:
            yield from _below(path, endings, limit)
        else:
            yield _read(Path(path), limit)


def many(arguments: list[str]) -> bool:
    """Whether the arguments may name several inputs, so that JSON output is an array."""
    return len(arguments) != 1 or (arguments[0] != STANDARD_INPUT and Path(arguments[0]).is_dir())


def write_whole(path: Path, pieces: Iterable[str]) -> Problem | None:
    """Writes a file by way of a temporary one beside it, so that a failure leaves the old content in place."""
    import tempfile  # noqa: PLC0415 (a check seldom writes a file)

    temporary = None
    try:
        handle, temporary = tempfile.mkstemp(dir=path.parent, prefix=f".{path.name[:40]}.")
        with os.fdopen(handle, "w", encoding="utf-8", newline="\n") as file:
            file.writelines(pieces)
        mode = path.stat().st_mode & 0o777 if path.exists() else 0o666 & ~_umask()
        Path(temporary).chmod(mode)
        Path(temporary).replace(path)
        temporary = None
    except OSError as error:
        return Problem("", f"cannot be written ({error.strerror})", file=str(path))
    finally:
        if temporary is not None:
            Path(temporary).unlink(missing_ok=True)
    return None


def _umask() -> int:
    mask = os.umask(0)
    os.umask(mask)
    return mask


def _read(path: Path, limit: int) -> InputFile:
    name = str(path)
    try:
        with path.open("rb") as file:
            return InputFile(name, file.read(limit + 1))
    except (OSError, ValueError) as error:
        return _failed(name, error)


def _read_stream(limit: int) -> InputFile:
    if sys.stdin is None:
        return InputFile("standard input", None, Problem("", "cannot be read (it is closed)", file="standard input"))
    try:
        return InputFile("standard input", sys.stdin.buffer.read(limit + 1))
    except OSError as error:
        return _failed("standard input", error)


def _failed(name: str, error: Exception) -> InputFile:
    said = error.strerror if isinstance(error, OSError) and error.strerror else "not a file name"
    return InputFile(name, None, Problem("", f"cannot be read ({said})", file=name))
