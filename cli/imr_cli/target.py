"""The file that -o names: written whole or not at all, and never in the place of an input, a device or a folder."""

from __future__ import annotations

import os
import signal
import stat
from collections.abc import Iterable, Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import NoReturn

from imr_cli.files import STANDARD_STREAM, files_of
from imr_criteria.problems import Problem


def unusable(output: str, arguments: list[str], endings: tuple[str, ...]) -> Problem | None:
    """Why the output cannot go to this file. A symbolic link stands for the file it leads to."""
    if not output:
        return Problem("--output", "a file name is empty")
    try:
        target = os.stat(output)  # noqa: PTH116 (a Path("") would be the current folder)
    except FileNotFoundError:
        return None
    except OSError as error:
        return _unwritable(output, error)
    if not stat.S_ISREG(target.st_mode):
        return Problem("", "cannot be written (it is not a regular file)", file=output)
    if any(os.path.samestat(target, given) for given in _inputs(arguments, endings)):
        return Problem("", "cannot be written (it is one of the inputs)", file=output)
    if not os.access(output, os.W_OK):
        return Problem("", "cannot be written (Permission denied)", file=output)
    return None


def write_whole(output: str, pieces: Iterable[str]) -> Problem | None:
    """Writes a file by way of a temporary one beside it, so that a failure leaves the old content in place."""
    try:
        path = Path(os.path.realpath(output))
        temporary = path.with_name(f".{path.name[:40]}.{os.urandom(6).hex()}.part")
        with _stopped_by_signals():
            try:
                mode = stat.S_IMODE(path.stat().st_mode) if path.exists() else None
                descriptor = os.open(temporary, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o666 if mode is None else mode)
                with os.fdopen(descriptor, "w", encoding="utf-8", errors="backslashreplace", newline="\n") as file:
                    if mode is not None:
                        os.chmod(descriptor, mode)  # noqa: PTH101 (whatever the umask)
                    file.writelines(pieces)
                temporary.replace(path)
            finally:
                temporary.unlink(missing_ok=True)
    except OSError as error:
        return _unwritable(output, error)
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


@contextmanager
def _stopped_by_signals() -> Iterator[None]:
    """Turns signals that would end the process at once into SystemExit, so that temporary files are removed."""

    def stop(number: int, _: object) -> NoReturn:
        for other in handlers:
            signal.signal(other, signal.SIG_IGN)  # a second one must not interrupt the removal
        raise SystemExit(128 + number)

    handlers = {}
    for number in (signal.SIGINT, signal.SIGTERM, signal.SIGHUP):
        handler = signal.getsignal(number)
        if handler in {signal.SIG_DFL, signal.default_int_handler}:  # not if the caller ignores it, as nohup does
            handlers[number] = handler
    try:
        for number in handlers:
            signal.signal(number, stop)
        yield
    finally:
        for number, handler in handlers.items():
            signal.signal(number, handler)


def _unwritable(output: str, error: OSError) -> Problem:
    return Problem("", f"cannot be written ({error.strerror})", file=output)
