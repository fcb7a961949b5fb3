"""What happens when one file, or the program, fails: a message without data, and the traceback only on request."""

from __future__ import annotations

import sys

from imr_criteria.outside import visible
from imr_criteria.problems import Problem


def failure(error: Exception, undone: str, file: str | None = None, debug: bool = False) -> Problem:
    """The problem to report for an unexpected error. `undone` says what did not happen.

    With `debug`, the traceback goes to standard error; it may quote the file.
    """
    if debug:
        from traceback import format_exception  # noqa: PLC0415 (seldom needed)

        for line in "".join(format_exception(error)).splitlines():
            print(visible(line), file=sys.stderr)
    return Problem("", f"internal error ({type(error).__name__}); {undone}", file=file)
