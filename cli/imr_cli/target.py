"""The file that -o names: written whole or not at all, and never in the place of an input, a device or a folder."""

from __future__ import annotations

import errno
import os
import signal
import stat
from collections.abc import Iterable, Iterator
from contextlib import contextmanager
from itertools import chain
from pathlib import Path
from shutil import copyfileobj
from tempfile import TemporaryFile
from typing import IO, NamedTuple

from imr_cli.files import STANDARD_STREAM, files_of
from imr_criteria.problems import Problem

_MAX_LINKS = 40  # as many as Linux follows


class Target(NamedTuple):
    """A file to write: its name in messages, and its path without links, whose folder exists."""

    name: str
    path: Path


def target(output: str, arguments: list[str], endings: tuple[str, ...]) -> Target | Problem:
    """Where the output goes, or why it cannot go there. A symbolic link stands for the file it leads to."""
    if not output:
        return Problem("--output", "a file name is empty")
    try:
        path = _resolved(output)
        found = _status(path)
        # A link of the system (/dev/stdout) leads to a pipe or to a file without a name.
        if not (_status(output) is None if found is None else stat.S_ISREG(found.st_mode)):
            return Problem("", "cannot be written (it is not a regular file)", file=output)
        if found is not None:
            if any(os.path.samestat(found, given) for given in _inputs(arguments, endings)):
                return Problem("", "cannot be written (it is one of the inputs)", file=output)
            if not os.access(path, os.W_OK):
                return Problem("", "cannot be written (Permission denied)", file=output)
    except OSError as error:
        return _unwritable(output, error)
    return Target(output, Path(path))


def write_whole(target: Target, pieces: Iterable[str]) -> Problem | None:
    """Writes a file once all pieces are there, so that a failure leaves the old content; without pieces, nothing.

    Until then they are in a file without a name, which the system removes however the process ends.
    """
    name, path = target
    pieces = iter(pieces)
    if (first := next(pieces, None)) is None:
        return Problem("", "was not written (nothing was evaluated)", file=name)
    try:
        with TemporaryFile(dir=path.parent) as collected:
            collected.writelines(piece.encode("utf-8", "backslashreplace") for piece in chain([first], pieces))
            collected.seek(0)
            _replace(path, collected)
    except OSError as error:
        return _unwritable(name, error)
    return None


def _replace(path: Path, content: IO[bytes]) -> None:
    temporary = path.with_name(f".{path.name[:40]}.{os.urandom(6).hex()}.part")
    with _without_signals():
        try:
            mode = stat.S_IMODE(path.stat().st_mode) if path.exists() else None
            descriptor = os.open(temporary, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o666 if mode is None else mode)
            with os.fdopen(descriptor, "wb") as file:
                if mode is not None:
                    os.chmod(descriptor, mode)  # noqa: PTH101 (whatever the umask)
                copyfileobj(content, file)
            temporary.replace(path)
        finally:
            temporary.unlink(missing_ok=True)


@contextmanager
def _without_signals() -> Iterator[None]:
    """Lets signals wait, so that none ends the process while a temporary file has a name."""
    before = signal.pthread_sigmask(signal.SIG_BLOCK, signal.valid_signals())
    try:
        yield
    finally:
        signal.pthread_sigmask(signal.SIG_SETMASK, before)


def _resolved(output: str) -> str:
    """The path that the system writes to, without links. Raises OSError if one of its folders does not exist."""
    path = output
    for _ in range(_MAX_LINKS):
        folder, name = os.path.split(path)
        os.stat(folder or ".")  # noqa: PTH116 (realpath folds "none/.." as text; to the system it is an error)
        folder = os.path.realpath(folder)
        path = os.path.join(folder, name)  # noqa: PTH118 (a Path would drop the slash in "name/")
        if not os.path.islink(path):  # noqa: PTH114
            return path
        path = os.path.join(folder, os.readlink(path))  # noqa: PTH115, PTH118
    raise OSError(errno.ELOOP, os.strerror(errno.ELOOP))


def _status(path: str) -> os.stat_result | None:
    try:
        return os.stat(path)  # noqa: PTH116
    except FileNotFoundError:
        return None


def _inputs(arguments: list[str], endings: tuple[str, ...]) -> Iterator[os.stat_result]:
    """What identifies each input, whatever its name: a hard link and another spelling are the same file."""
    for argument in arguments:
        if argument == STANDARD_STREAM:
            yield os.fstat(0)
            continue
        for found in files_of(argument, endings):
            try:
                yield os.stat(found.path)  # noqa: PTH116
            except (OSError, ValueError):
                continue  # reported when it is read


def _unwritable(output: str, error: OSError) -> Problem:
    return Problem("", f"cannot be written ({error.strerror})", file=output)
