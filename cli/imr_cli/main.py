"""The entry point: starts the command as fast as possible and ends it cleanly."""

from __future__ import annotations

import os
import sys

# Pydantic plugins see what is validated, and some send it elsewhere. No patient data leaves the machine.
os.environ["PYDANTIC_DISABLE_PLUGINS"] = "__all__"

COMMANDS = ("check", "criteria", "letter")


def _only_inputs(arguments: list[str]) -> bool:
    """Whether the arguments are only files: no subcommand, no option."""
    plain = all(argument == "-" or not argument.startswith("-") for argument in arguments)
    return bool(arguments) and plain and arguments[0] not in COMMANDS


def main() -> None:
    """Runs the command.

    `imr-check CASE.json…` without options skips typer, which adds about a tenth to the start-up time: clinicians and
    CI jobs start the command once per case.
    """
    if not sys.stdout.isatty() and hasattr(sys.stdout, "reconfigure"):
        sys.stdout.reconfigure(encoding="utf-8", newline="\n")
    arguments = sys.argv[1:]
    try:
        if _only_inputs(arguments) and "_IMR_CHECK_COMPLETE" not in os.environ:
            from imr_cli.checking import check  # noqa: PLC0415

            sys.exit(check(arguments))
        from imr_cli.app import app  # noqa: PLC0415

        app(prog_name="imr-check")
    except BrokenPipeError:
        # The reader closed the pipe (as `head` does): not an error, and there is nobody left to tell.
        os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())
        sys.exit(0)
    except KeyboardInterrupt:
        sys.exit(130)
    except Exception as error:
        # A traceback could reveal what a case says. Errors that list problems (with the criteria) say what to do.
        problems = getattr(error, "problems", None) or [f"internal error ({type(error).__name__})"]
        for problem in problems:
            print(f"imr-check: {problem}", file=sys.stderr)
        sys.exit(2)
