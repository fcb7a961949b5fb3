"""Which files are read, and what is said of those that cannot be."""

from __future__ import annotations

import json
import os
import select
import shutil
import socket
import subprocess
import threading
import time
from pathlib import Path

import pytest
from hypothesis import given, settings

from imr_cli.files import sources
from tests.conftest import COMMAND, LETTER_002, WRITTEN, Command
from tests.outside import file_names, harmful


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    """A folder with one case."""
    made = tmp_path / "cases"
    made.mkdir()
    shutil.copy(LETTER_002, made / "case.json")
    return made


def test_endings_in_any_case(command: Command, tmp_path: Path) -> None:
    shutil.copy(LETTER_002, tmp_path / "A.JSON")
    shutil.copy(WRITTEN / "2014.txt", tmp_path / "B.TXT")
    assert command(str(tmp_path), "-f", "jsonl").stdout.count("\n") == 1
    assert command("letter", "read", str(tmp_path), "-f", "jsonl").stdout.count("\n") == 1


def test_pipes_sockets_and_links_to_folders_are_reported_and_not_opened(command: Command, folder: Path) -> None:
    os.mkfifo(folder / "pipe.json")
    (folder / "linked.json").symlink_to(folder / "pipe.json")
    (folder / "up").symlink_to(folder.parent)
    (folder / "loop.json").symlink_to("loop.json")
    (folder / "dead.json").symlink_to("nothing")
    (folder / "unrelated").symlink_to("unrelated")
    with socket.socket(socket.AF_UNIX) as heard:
        heard.bind(str(folder / "socket.json"))
        done = command(str(folder), "-f", "jsonl")
    assert (done.returncode, done.stdout.count("\n")) == (2, 1)
    assert [line.removeprefix(f"imr-check: {folder}/") for line in done.stderr.splitlines()] == [
        "dead.json: cannot be read (No such file or directory)",
        "linked.json: is not a regular file; skipped",
        "loop.json: cannot be read (Too many levels of symbolic links)",
        "pipe.json: is not a regular file; skipped",
        "socket.json: is not a regular file; skipped",
        "up: is a link to a folder; links to folders are not followed",
    ]


@pytest.mark.skipif(os.geteuid() == 0, reason="root can read every folder")
def test_an_unreadable_folder_is_reported(command: Command, folder: Path) -> None:
    (folder / "closed").mkdir(mode=0)
    done = command(str(folder), "-f", "jsonl")
    assert (done.returncode, done.stdout.count("\n")) == (2, 1)
    assert f"{folder}/closed: cannot be read (Permission denied)" in done.stderr


def test_folders_deeper_than_a_path_can_be_long(command: Command, folder: Path) -> None:
    """Folders may be nested deeper than Python's stack; below 4096 bytes of path, Linux refuses to go on."""
    shutil.copy(LETTER_002, folder / "z.json")
    here = os.open(folder, os.O_RDONLY)
    for name in ["a"] * 1100 + ["a" * 250] * 8:
        os.mkdir(name, dir_fd=here)
        below = os.open(name, os.O_RDONLY, dir_fd=here)
        os.close(here)
        here = below
    os.close(here)
    done = command(str(folder), "-f", "jsonl")
    subprocess.run(["rm", "-r", str(folder / "a")], check=True)
    assert (done.returncode, done.stdout.count("\n")) == (2, 2)
    assert done.stderr.count("\n") == 1
    assert "cannot be read (File name too long)" in done.stderr


def test_a_pipe_that_somebody_writes_to_is_read(command: Command, tmp_path: Path) -> None:
    pipe = tmp_path / "pipe"
    os.mkfifo(pipe)
    writer = threading.Thread(target=lambda: pipe.write_bytes(Path(LETTER_002).read_bytes()))
    writer.start()
    assert command(str(pipe)).stdout == command(LETTER_002).stdout
    writer.join()
    done = command(str(pipe))
    assert (done.returncode, done.stderr) == (2, f"imr-check: {pipe}: is a pipe that nobody writes to\n")


@pytest.mark.parametrize("arguments", [["-f", "json"], ["letter", "read"]], ids=["check", "letter"])
@pytest.mark.parametrize("at_once", [1, 1000])
def test_standard_input_that_does_not_block_is_read_whole(arguments: list[str], at_once: int) -> None:
    """Another process that shares the pipe may make it so at any time; what is not there yet is not the end."""
    path = Path(LETTER_002) if "-f" in arguments else WRITTEN / "2014.txt"
    content = path.read_bytes()
    wanted = subprocess.run(
        [str(COMMAND), *arguments, "-"], input=content, capture_output=True, timeout=60, check=False
    )
    reading, writing = os.pipe()
    os.set_blocking(reading, False)
    process = subprocess.Popen([str(COMMAND), *arguments, "-"], stdin=reading, stdout=subprocess.PIPE)
    os.write(writing, content[:at_once])
    while select.select([reading], [], [], 0)[0]:  # until the first part was read
        time.sleep(0.05)
    os.write(writing, content[at_once:])
    os.close(writing)
    assert process.communicate(timeout=60)[0] == wanted.stdout
    assert wanted.stdout
    assert not os.get_blocking(reading)
    os.close(reading)


def test_process_substitution(command: Command) -> None:
    script = f"{COMMAND} <(cat {LETTER_002}) -f jsonl"
    done = subprocess.run(["bash", "-c", script], capture_output=True, timeout=60, check=False)
    assert json.loads(done.stdout)["case_id"] == "letter-002"


@pytest.mark.parametrize("name", ["", "x" * 300, "x/" * 3000, "\udcff", "\n::error::"])
def test_names_of_nothing(command: Command, name: str) -> None:
    for arguments in ([name], ["letter", "read", name], [LETTER_002, "-o", f"{name}/no" if name else ""]):
        done = command(*arguments)
        assert (done.returncode, done.stdout) == (2, "")
        assert done.stderr.count("\n") == 1
        assert not harmful(done.stderr)


def test_a_name_that_is_not_utf_8(command: Command, tmp_path: Path) -> None:
    path = tmp_path / "caf\udce9.txt"
    shutil.copy(WRITTEN / "2014.txt", path)
    for form in ("json", "jsonl"):
        assert json.loads(command("letter", "read", str(path), "-f", form).stdout)["file"].endswith(r"/caf\xe9.txt")
    assert "caf\\xe9.txt" in command("letter", "read", str(path), "-f", "text").stdout


@settings(max_examples=40, deadline=None)
@given(file_names)
def test_any_file_name_is_one_harmless_line(tmp_path_factory: pytest.TempPathFactory, name: str) -> None:
    folder = tmp_path_factory.mktemp("names")
    (folder / f"{name}.json").write_text("{", encoding="utf-8")
    found = list(sources([str(folder)], (".json",), 100))
    assert [one.content for one in found] == [b"{"]
    (folder / f"{name}.json").unlink()
    (folder / f"{name}.json").symlink_to("nothing")
    (found,) = sources([str(folder)], (".json",), 100)
    assert not harmful(str(found.content))
    assert len(str(found.content).splitlines()) == 1


@pytest.mark.parametrize("arguments", [[], ["letter", "lint"], ["letter", "read"]])
def test_file_names_command_nothing(command: Command, tmp_path: Path, arguments: list[str]) -> None:
    """The end-to-end form of the law above, with the worst names at once."""
    for name in ("\n::error::x", "::error::x", "##[error]", "\x1b]0;x\x07", "\x9b2J", "\udcff", "\u202ex", "a\rb"):
        (tmp_path / f"{name}.json").write_text("{", encoding="utf-8")
        (tmp_path / f"{name}.txt").write_text((WRITTEN / "2014.txt").read_text(encoding="utf-8"), encoding="utf-8")
    names = sorted(path.name for path in tmp_path.iterdir())
    for form, files in (("text", names), ("json", ["."])):
        done = command(*arguments, "-f", form, "--", *files, cwd=tmp_path)
        assert not harmful(done.stdout + done.stderr)
        assert done.stderr.count("json:1: is not JSON") == (0 if arguments else 8)
