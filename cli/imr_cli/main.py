"""The entry of the command, and how it ends."""

from __future__ import annotations

import os
import sys

# Plugins of pydantic see what is validated, and some of them send it away: no patient data leaves the machine.
os.environ["PYDANTIC_DISABLE_PLUGINS"] = "__all__"

COMMANDS = ("check", "criteria", "letter")


def _only_inputs(arguments: list[str]) -> bool:
    """Whether there are files and nothing else: no subcommand, no option."""
    plain = all(argument == "-" or not argument.startswith("-") for argument in arguments)
    return bool(arguments) and plain and arguments[0] not in COMMANDS


def main() -> None:
    """Runs the command. `imr-check CASE.json…` without options goes straight to the check: typer takes a third of the
    start, and a clinician or a CI job starts the command once a case.
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
        # The reader went away (head): not an error of ours, and nothing more can be said.
        os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())
        sys.exit(0)
    except KeyboardInterrupt:
        sys.exit(130)
