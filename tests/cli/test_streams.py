"""Standard streams that are closed, full, or left by their reader: one message, exit code 2, never a traceback."""

from __future__ import annotations

import json
import os
import resource
import subprocess
from pathlib import Path
from typing import Any

import pytest

from imr_letters import LABELLED_CASES
from tests.cli.terminal import on_terminal
from tests.conftest import COMMAND, LETTER_002, WRITTEN, Command, written

Done = subprocess.CompletedProcess[bytes]
# Every way to write to standard output.
WRITERS: list[list[str]] = [
    [LETTER_002],
    [LETTER_002, "--format", "json"],
    [str(LABELLED_CASES), "--format", "jsonl"],
    [str(LABELLED_CASES), "--format", "markdown"],
    ["--help"],
    ["--version"],
    ["criteria", "list"],
    ["criteria", "list", "-f", "json"],
    ["criteria", "show", "radiculopathy"],
    ["criteria", "lint"],
    ["letter", "read", str(WRITTEN)],
    ["letter", "read", str(WRITTEN), "-f", "text"],
    ["letter", "lint", str(WRITTEN)],
]


def run(*arguments: str, **options: Any) -> Done:
    options = {"stdout": subprocess.PIPE, "stderr": subprocess.PIPE, "timeout": 60, **options}
    return subprocess.run([str(COMMAND), *arguments], check=False, **options)


def unread() -> int:
    """The writing end of a pipe whose reader has left."""
    reader, writer = os.pipe()
    os.close(reader)
    return writer


def limited() -> None:
    """Lets no file grow beyond 100 bytes, as on a full disk."""
    resource.setrlimit(resource.RLIMIT_FSIZE, (100, 100))


@pytest.mark.parametrize("arguments", WRITERS, ids=" ".join)
def test_output_that_nobody_reads(arguments: list[str]) -> None:
    writer = unread()
    done = run(*arguments, stdout=writer)
    os.close(writer)
    assert done.returncode == 2
    assert done.stderr.splitlines()[-1].startswith(b"imr-check: standard output: cannot be written (Broken pipe)")
    assert b"Traceback" not in done.stderr
    assert b"Exception" not in done.stderr


@pytest.mark.parametrize("arguments", WRITERS[::4], ids=" ".join)
def test_output_that_is_closed(arguments: list[str]) -> None:
    done = run(*arguments, stdout=None, preexec_fn=lambda: os.close(1))
    assert done.returncode == 2
    assert done.stderr.splitlines()[-1].startswith(b"imr-check: standard output: cannot be written (it is closed)")
    assert b"Traceback" not in done.stderr


def test_output_that_is_full(tmp_path: Path) -> None:
    with (tmp_path / "out").open("wb") as file:
        done = run(LETTER_002, stdout=file, preexec_fn=limited)
    assert done.returncode == 2
    assert b"standard output: cannot be written (File too large)" in done.stderr


def test_a_reader_that_leaves_early_is_told_by_the_exit_code() -> None:
    process = subprocess.Popen(
        [str(COMMAND), *[str(LABELLED_CASES)] * 20, "-f", "json"], stdout=subprocess.PIPE, stderr=subprocess.PIPE
    )
    assert process.stdout is not None
    assert process.stderr is not None
    assert process.stdout.read(10)
    process.stdout.close()
    assert b"Broken pipe" in process.stderr.read()
    process.stderr.close()
    assert process.wait(60) == 2


def test_a_slow_reader_of_a_pipe_that_does_not_block_gets_everything() -> None:
    reader, writer = os.pipe()
    os.set_blocking(writer, False)
    process = subprocess.Popen([str(COMMAND), str(LABELLED_CASES), "-f", "json"], stdout=writer)
    os.close(writer)
    with os.fdopen(reader, "rb") as file:
        assert len(json.load(file)) == 5
    assert process.wait(60) == 0


@pytest.mark.parametrize("how", ["closed", "unread"])
def test_messages_that_cannot_be_written(how: str, tmp_path: Path, complete: dict[str, Any]) -> None:
    """A message that is lost makes exit code 2; a mismatch that was told on standard output stays 1."""
    complete["requests"][0]["label"] = {"verdict": "deny"}
    mismatch = written(tmp_path / "case.json", complete)
    writer = unread()
    options: dict[str, Any] = (
        {"stderr": writer} if how == "unread" else {"stderr": None, "preexec_fn": lambda: os.close(2)}
    )
    done = [run(name, **options) for name in ("none.json", LETTER_002, mismatch)]
    os.close(writer)
    assert [one.returncode for one in done] == [2, 0, 1]
    assert [one.stdout[:7] for one in done] == [b"", b"DENY  l", b"APPROVE"]


def test_everything_closed() -> None:
    done = run(LETTER_002, stdout=None, stderr=None, preexec_fn=lambda: os.closerange(0, 3))
    assert done.returncode == 2


def test_standard_input_that_is_closed(command: Command) -> None:
    done = run("-", LETTER_002, "-f", "jsonl", preexec_fn=lambda: os.close(0))
    assert done.returncode == 2
    assert done.stdout.count(b"\n") == 1
    assert done.stderr == b"imr-check: standard input: cannot be read (it is closed)\n"


@pytest.mark.parametrize("encoding", ["ascii", "latin-1", "utf-8"])
def test_a_terminal_gets_escapes_for_what_it_cannot_show(
    tmp_path: Path, complete: dict[str, Any], encoding: str
) -> None:
    complete["requests"][0]["title"] = "“therapy” 痛"
    path = written(tmp_path / "case.json", complete)
    code, text = on_terminal(path, PYTHONIOENCODING=encoding)
    assert code == 0
    assert ("痛" if encoding == "utf-8" else r"\u201ctherapy\u201d \u75db") in text
    data = json.loads(on_terminal(path, "-f", "json", PYTHONIOENCODING=encoding)[1])
    assert data["requests"][0]["title"] == "“therapy” 痛"


@pytest.mark.parametrize(
    "locale", [{"LC_ALL": "C", "PYTHONUTF8": "0", "PYTHONCOERCECLOCALE": "0"}, {"PYTHONIOENCODING": "ascii"}]
)
def test_a_pipe_gets_utf_8_whatever_the_locale(
    command: Command, tmp_path: Path, complete: dict[str, Any], locale: dict[str, str]
) -> None:
    complete["requests"][0]["title"] = "痛"
    path = written(tmp_path / "é.json", complete)
    assert "痛" in command(path, env={**os.environ, **locale}).stdout
    assert command(path + "x", env={**os.environ, **locale}).returncode == 2


@pytest.mark.parametrize("columns", ["0", "1", "99999999", "x"])
def test_a_terminal_without_a_sane_width(columns: str) -> None:
    code, text = on_terminal(LETTER_002, COLUMNS=columns)
    assert code == 0
    assert "DENY" in text
    assert max(map(len, text.splitlines())) < 600


@pytest.mark.parametrize("width", [0, 1])
def test_a_terminal_of_no_width(width: int) -> None:
    code, text = on_terminal(LETTER_002, width=width)
    assert code == 0
    assert "DENY" in text
