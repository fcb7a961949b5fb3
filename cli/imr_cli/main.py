"""The entry point: starts the command as fast as possible and ends it cleanly."""

from __future__ import annotations

import os
import signal
import sys
from typing import TYPE_CHECKING

from imr_cli.options import EXIT_ERROR
from imr_cli.streams import OutputError, finish, prepare, say

if TYPE_CHECKING:
    from collections.abc import Callable

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
    prepare()
    arguments = sys.argv[1:]
    plain = _only_inputs(arguments) and "_IMR_CHECK_COMPLETE" not in os.environ
    sys.exit(finish(_code(_plain if plain else _full, arguments)))


def _plain(arguments: list[str]) -> int:
    from imr_cli.checking import check  # noqa: PLC0415

    return check(arguments)


def _full(arguments: list[str]) -> int:
    from imr_cli.app import run  # noqa: PLC0415

    return run(arguments)


def _code(command: Callable[[list[str]], int], arguments: list[str]) -> int:
    """The exit code of a command; whatever it raises is a message."""
    try:
        return command(arguments)
    except OutputError as error:
        say([f"standard output: {error}"])
    except KeyboardInterrupt:
        signal.signal(signal.SIGINT, signal.SIG_DFL)  # another one shows no traceback
        return 130
    except SystemExit as error:
        return error.code if isinstance(error.code, int) else EXIT_ERROR
    except Exception as error:
        from imr_cli.guard import failure  # noqa: PLC0415

        # Errors that list problems (with the criteria) say what to do.
        say(getattr(error, "problems", None) or [failure(error, "nothing more was done", debug="--debug" in arguments)])
    return EXIT_ERROR
