"""Standard output and standard error, which may be closed, full, or left by their reader.

Python reports that when it exits, with a traceback and exit code 120. Here it is one message and exit code 2.
"""

from __future__ import annotations

import codecs
import io
import os
import sys
from collections.abc import Iterable
from typing import Any

from imr_cli.options import EXIT_ERROR

_ESCAPES = "imr-check"


class OutputError(Exception):
    """Standard output cannot be written; the message says why."""


class _Descriptor(io.FileIO):
    """A file descriptor that fails once: standard output by OutputError, standard error in silence (see `finish`)."""

    def __init__(self, descriptor: int, closed: bool) -> None:
        super().__init__(descriptor, "w", closefd=False)
        self.failed = False
        self._closed = closed

    def write(self, data: Any) -> int:
        """Writes some of the data and says how much; after a failure, drops all of it."""
        if self.failed:
            return len(data)
        try:
            if self._closed:
                raise OSError(0, "it is closed")
            while (written := super().write(data)) is None:
                import select  # noqa: PLC0415 (only for a full pipe that does not block)

                select.select([], [self.fileno()], [])
        except OSError as error:
            self.failed = True
            if self.fileno() == 1:
                raise OutputError(f"cannot be written ({error.strerror}); nothing more was done") from None
            return len(data)
        return written


def prepare() -> None:
    """Replaces sys.stdout and sys.stderr. In a pipe, output is UTF-8; what a terminal cannot show becomes \\uXXXX.

    A closed descriptor is opened on the null device, or the next file to be opened would take its number.
    """
    codecs.register_error(_ESCAPES, _escaped)
    closed = [number for number in range(3) if _is_closed(number)]
    out, err = (_Descriptor(number, number in closed) for number in (1, 2))
    terminal = out.isatty()
    sys.stdout = io.TextIOWrapper(
        io.BufferedWriter(out),
        encoding=sys.stdout.encoding if terminal else "utf-8",
        errors=_ESCAPES,
        newline="\n",
        line_buffering=terminal,
    )
    sys.stderr = io.TextIOWrapper(
        io.BufferedWriter(err),
        encoding=sys.stderr.encoding if sys.stderr is not None else "utf-8",
        errors=_ESCAPES,
        line_buffering=True,
    )


def say(problems: Iterable[object]) -> None:
    """Reports problems on standard error, one line each."""
    for problem in problems:
        print(f"imr-check: {problem}", file=sys.stderr)


def finish(code: int) -> int:
    """Writes what is still buffered. The exit code is `code`, unless something could not be written."""
    try:
        sys.stdout.flush()
    except OutputError as error:
        say([f"standard output: {error}"])
        code = EXIT_ERROR
    raw = getattr(getattr(sys.stderr, "buffer", None), "raw", None)
    return EXIT_ERROR if isinstance(raw, _Descriptor) and raw.failed else code


def _escaped(error: UnicodeError) -> tuple[str, int]:
    """Escapes that JSON has, too, unlike those of Python's backslashreplace."""
    assert isinstance(error, UnicodeEncodeError)
    units = error.object[error.start : error.end].encode("utf-16-be", "surrogatepass")
    return "".join(f"\\u{units[at : at + 2].hex()}" for at in range(0, len(units), 2)), error.end


def _is_closed(number: int) -> bool:
    try:
        os.fstat(number)
    except OSError:
        os.open(os.devnull, os.O_RDWR)  # takes the lowest free number, which is this one
        return True
    return False
