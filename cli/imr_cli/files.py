"""Finds and reads input files. What cannot be read is a Problem, never skipped in silence."""

from __future__ import annotations

import os
import stat
import sys
import time
from collections.abc import Iterator
from typing import NamedTuple

from imr_criteria.problems import Problem

STANDARD_STREAM = "-"
"""Standard input among the inputs, standard output as the output."""
_PATIENCE = 1.0  # seconds: how long a pipe may wait for somebody to write to it
_PART = 1 << 18  # bytes
_NOT_REGULAR = "is not a regular file; skipped"
_LINKED = "is a link to a folder; links to folders are not followed"


class InputFile(NamedTuple):
    """One input: its name in messages, and its whole content or why it cannot be read."""

    name: str
    content: bytes | Problem


class Found(NamedTuple):
    """A file that an argument names, or what is wrong with it."""

    path: str
    problem: str | None = None


def sources(arguments: list[str], endings: tuple[str, ...], limit: int) -> Iterator[InputFile]:
    """The inputs that the arguments name, in order; a folder stands for its files with these endings, sorted.

    Reads at most one byte more than `limit` from each, so endless files (/dev/zero) are harmless.
    """
    for argument in arguments:
        if argument == STANDARD_STREAM:
            yield _read_stream(limit)
            continue
        for found in files_of(argument, endings):
            yield _read(found.path, limit) if found.problem is None else _failed(found.path, found.problem)


def files_of(argument: str, endings: tuple[str, ...]) -> Iterator[Found]:
    """The files that an argument names: itself, or those below it with these (lower-case) endings."""
    if not argument:
        yield Found(argument, "a file name is empty")
        return
    if not os.path.isdir(argument):  # noqa: PTH112 (raises nothing, however long the name)
        yield Found(argument)
        return
    empty = True
    for found in _below(argument, endings):
        empty = False
        yield found
    if empty:
        yield Found(argument, f"is a folder without *{' or *'.join(endings)}")


def many(arguments: list[str]) -> bool:
    """Whether the arguments may name several inputs, so that JSON output is an array."""
    return len(arguments) != 1 or (arguments[0] != STANDARD_STREAM and os.path.isdir(arguments[0]))  # noqa: PTH112


class _Entry(NamedTuple):
    """An entry of a folder: a folder, a file to read, or one that is not read, with the reason."""

    name: str
    is_folder: bool = False
    problem: str | None = None


def _below(folder: str, endings: tuple[str, ...]) -> Iterator[Found]:
    """The files below a folder, in the order of their names; only names of the folders in progress are in memory."""
    levels = [(folder, _entries(folder, endings))]
    while levels:
        parent, entries = levels[-1]
        try:
            entry = next(entries, None)
        except OSError as error:
            entry = None
            yield Found(parent, _unreadable(error))
        if entry is None:
            levels.pop()
            continue
        path = os.path.join(parent, entry.name)  # noqa: PTH118 (a Path for each of 10,000 names takes megabytes)
        if entry.is_folder:
            levels.append((path, _entries(path, endings)))
        else:
            yield Found(path, entry.problem)


def _entries(folder: str, endings: tuple[str, ...]) -> Iterator[_Entry]:
    found: list[_Entry] = []
    with os.scandir(folder) as entries:
        for entry in entries:
            if entry.is_dir(follow_symlinks=False):
                found.append(_Entry(entry.name, is_folder=True))
            elif _leads_to_folder(entry):
                found.append(_Entry(entry.name, problem=_LINKED))
            elif entry.name.lower().endswith(endings):
                found.append(_Entry(entry.name, problem=None if _may_be_read(entry) else _NOT_REGULAR))
    yield from sorted(found)


def _leads_to_folder(entry: os.DirEntry[str]) -> bool:
    try:
        return entry.is_symlink() and entry.is_dir()
    except OSError:
        return False  # a loop of links


def _may_be_read(entry: os.DirEntry[str]) -> bool:
    """Whether opening it cannot hang or disturb others, as with a pipe; a dead link is reported when it is read."""
    try:
        return stat.S_ISREG(entry.stat().st_mode)
    except OSError:
        return True


def _read(path: str, limit: int) -> InputFile:
    try:
        # Opening a pipe that nobody writes to would wait for ever.
        descriptor = os.open(path, os.O_RDONLY | os.O_NONBLOCK | os.O_NOCTTY)
        try:
            first = b""
            if stat.S_ISFIFO(os.fstat(descriptor).st_mode):
                first = _first_of_pipe(descriptor)
                if not first:
                    return _failed(path, "is a pipe that nobody writes to")
            return InputFile(path, first + _all(descriptor, limit + 1 - len(first)))
        finally:
            os.close(descriptor)
    except (OSError, ValueError) as error:
        return _failed(path, _unreadable(error))


def _first_of_pipe(descriptor: int) -> bytes:
    """The first byte of a pipe, for which a writer may take its time; nothing if none comes."""
    until = time.monotonic() + _PATIENCE
    while time.monotonic() < until:
        if first := _some(descriptor, 1):  # waits if there is a writer
            return first
        time.sleep(0.01)
    return b""


def _read_stream(limit: int) -> InputFile:
    if sys.stdin is None:
        return _failed("standard input", "cannot be read (it is closed)")
    try:
        return InputFile("standard input", _all(0, limit + 1))
    except OSError as error:
        return _failed("standard input", _unreadable(error))


def _all(descriptor: int, limit: int) -> bytes:
    """Everything up to the end, or `limit` bytes."""
    parts = []
    while limit > 0 and (part := _some(descriptor, min(limit, _PART))):
        parts.append(part)
        limit -= len(part)
    return b"".join(parts)


def _some(descriptor: int, size: int) -> bytes:
    """At most `size` bytes, as soon as there are any; nothing at the end.

    Standard input does not block if another process that shares it made it so; then nothing yet is not the end.
    """
    while True:
        try:
            return os.read(descriptor, size)
        except BlockingIOError:
            import select  # noqa: PLC0415 (seldom needed)

            select.select([descriptor], [], [])


def _unreadable(error: Exception) -> str:
    reason = error.strerror if isinstance(error, OSError) and error.strerror else "not a file name"
    return f"cannot be read ({reason})"


def _failed(name: str, said: str) -> InputFile:
    return InputFile(name, Problem("", said, file=name))
