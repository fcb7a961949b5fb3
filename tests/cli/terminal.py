"""Runs the command in a pseudo-terminal and lists the commands of the typer app."""

from __future__ import annotations

import fcntl
import os
import pty
import struct
import subprocess
import termios
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Annotated, Any, Literal, get_args, get_origin, get_type_hints

import typer

from tests.conftest import COMMAND


@dataclass(frozen=True)
class Leaf:
    """A command of the app: its words on the command line and the choices of each parameter."""

    words: tuple[str, ...]
    choices: dict[str, tuple[str, ...]]


def groups(app: typer.Typer, words: tuple[str, ...] = ()) -> Iterator[tuple[tuple[str, ...], typer.Typer]]:
    """The app and its command groups, each with its words."""
    yield words, app
    for group in app.registered_groups:
        assert group.typer_instance is not None
        yield from groups(group.typer_instance, (*words, str(group.name)))


def leaves(app: typer.Typer) -> Iterator[Leaf]:
    """Every command of the app."""
    for words, group in groups(app):
        for command in group.registered_commands:
            hints = get_type_hints(command.callback, include_extras=True)
            choices = {name: found for name, hint in hints.items() if (found := _choices(hint))}
            yield Leaf((*words, str(command.name)), choices)


def on_terminal(*arguments: str, width: int = 80, **environment: str) -> tuple[int, str]:
    """Runs the command in a terminal of this width; returns its exit code and standard output."""
    leader, follower = pty.openpty()
    fcntl.ioctl(follower, termios.TIOCSWINSZ, struct.pack("HHHH", 50, width, 0, 0))
    inherited = {k: v for k, v in os.environ.items() if k not in {"NO_COLOR", "FORCE_COLOR", "COLUMNS", "LINES"}}
    with subprocess.Popen(
        [COMMAND, *arguments],
        stdin=subprocess.DEVNULL,
        stdout=follower,
        stderr=subprocess.PIPE,
        env={**inherited, "TERM": "xterm-256color", **environment},
    ) as process:
        os.close(follower)
        written = b"".join(iter(lambda: _read(leader), b""))
        os.close(leader)
        assert process.stderr is not None
        errors = process.stderr.read().decode()
    assert "Traceback" not in errors, errors
    return process.returncode, written.decode().replace("\r\n", "\n")


def _read(leader: int) -> bytes:
    try:
        return os.read(leader, 65536)
    except OSError:
        return b""  # Linux raises an error once the other end is closed


def _choices(hint: Any) -> tuple[str, ...]:
    if get_origin(hint) is Annotated:
        hint = get_args(hint)[0]
    return get_args(hint) if get_origin(hint) is Literal else ()
