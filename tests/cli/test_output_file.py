"""-o: whole or not at all, and never in the place of an input, a pipe or a folder."""

from __future__ import annotations

import json
import os
import resource
import shutil
import signal
import subprocess
import time
from pathlib import Path

import pytest

from imr_cli.target import unusable
from tests.conftest import COMMAND, LETTER_002, Command

BEFORE = Path(LETTER_002).read_bytes()


@pytest.fixture
def case(tmp_path: Path) -> Path:
    """A case in a folder of its own."""
    (tmp_path / "cases" / "deeper").mkdir(parents=True)
    return Path(shutil.copy(LETTER_002, tmp_path / "cases" / "deeper" / "case.json"))


def refused(done: subprocess.CompletedProcess[str], case: Path, says: str) -> None:
    assert (done.returncode, done.stdout) == (2, "")
    assert done.stderr.count("\n") == 1
    assert says in done.stderr
    assert case.read_bytes() == BEFORE
    assert not list(case.parent.parent.parent.rglob("*.part"))


def test_an_input_is_never_replaced(command: Command, tmp_path: Path, case: Path) -> None:
    refused(command(str(tmp_path / "cases"), "-o", str(case)), case, "cannot be written (it is one of the inputs)")


@pytest.mark.parametrize(
    "name", ["cases/deeper/case.json", "cases/../cases/deeper/case.json", "link", "hard", "up/case.json"]
)
def test_an_input_is_recognized_by_any_name(tmp_path: Path, case: Path, name: str) -> None:
    (tmp_path / "link").symlink_to(case)
    (tmp_path / "hard").hardlink_to(case)
    (tmp_path / "up").symlink_to(case.parent)
    for given in (
        [str(case)],
        [str(tmp_path / "cases")],
        ["none.json", LETTER_002, str(tmp_path)],
        [str(tmp_path / "hard")],
    ):
        assert unusable(str(tmp_path / name), given, (".json",)) is not None
        assert unusable(str(tmp_path / name) + ".new", given, (".json",)) is None
    assert unusable(str(tmp_path / name), [LETTER_002], (".json",)) is None
    assert unusable(str(tmp_path / name), [str(tmp_path)], (".pdf",)) is None


def test_standard_input_is_never_replaced(case: Path) -> None:
    with case.open("rb") as file:
        done = subprocess.run(
            [str(COMMAND), "-", "-o", str(case)], stdin=file, capture_output=True, text=True, timeout=60, check=False
        )
    refused(done, case, "cannot be written (it is one of the inputs)")


def test_a_hyphen_is_standard_output(command: Command, tmp_path: Path, case: Path) -> None:
    done = command(str(case), "-o", "-", cwd=tmp_path)
    assert (done.returncode, done.stdout) == (0, command(str(case)).stdout)
    assert not (tmp_path / "-").exists()


def test_a_pipe_or_a_folder_is_never_replaced(command: Command, tmp_path: Path, case: Path) -> None:
    os.mkfifo(tmp_path / "pipe")
    (tmp_path / "link").symlink_to("pipe")
    for name in ("pipe", "link", "cases", ".", "cases/"):
        refused(command(str(case), "-o", str(tmp_path / name)), case, "cannot be written (it is not a regular file)")
    assert (tmp_path / "pipe").is_fifo()
    refused(command(str(case), "-o", ""), case, "a file name is empty")
    (tmp_path / "loop").symlink_to("loop")
    refused(command(str(case), "-o", str(tmp_path / "loop")), case, "Too many levels of symbolic links")


def test_a_link_is_followed(command: Command, tmp_path: Path, case: Path) -> None:
    (tmp_path / "out").write_text("old", encoding="utf-8")
    (tmp_path / "out").chmod(0o640)
    for name, target in (("link", "out"), ("dangling", "new")):
        (tmp_path / name).symlink_to(target)
        assert command(str(case), "-f", "json", "-o", str(tmp_path / name)).returncode == 0
        assert (tmp_path / name).is_symlink()
        assert json.loads((tmp_path / target).read_text(encoding="utf-8"))["case_id"] == "letter-002"
    assert (tmp_path / "out").stat().st_mode & 0o777 == 0o640


@pytest.mark.skipif(os.geteuid() == 0, reason="root can write to every file")
def test_a_file_that_is_protected_is_kept(command: Command, tmp_path: Path, case: Path) -> None:
    (tmp_path / "out").touch(mode=0o400)
    refused(command(str(case), "-o", str(tmp_path / "out")), case, "Permission denied")


def test_a_full_disk_leaves_the_old_content(tmp_path: Path, case: Path) -> None:
    (tmp_path / "out").write_text("old", encoding="utf-8")
    done = subprocess.run(
        [str(COMMAND), str(case), "-o", str(tmp_path / "out")],
        capture_output=True,
        text=True,
        timeout=60,
        check=False,
        preexec_fn=lambda: resource.setrlimit(resource.RLIMIT_FSIZE, (100, 100)),
    )
    refused(done, case, "cannot be written (File too large)")
    assert (tmp_path / "out").read_text(encoding="utf-8") == "old"


@pytest.mark.parametrize("number", [signal.SIGTERM, signal.SIGINT, signal.SIGHUP])
def test_a_signal_leaves_no_temporary_file(tmp_path: Path, case: Path, number: signal.Signals) -> None:
    (tmp_path / "out").write_text("old", encoding="utf-8")
    process = subprocess.Popen(
        [str(COMMAND), str(case), "-", "-o", str(tmp_path / "out")], stdin=subprocess.PIPE, stderr=subprocess.PIPE
    )
    until = time.monotonic() + 30
    while not list(tmp_path.glob(".out.*.part")) and time.monotonic() < until:
        time.sleep(0.02)
    assert list(tmp_path.glob(".out.*.part"))
    process.send_signal(number)
    assert process.communicate(timeout=30)[1] == b""
    assert process.returncode == 128 + number
    assert sorted(path.name for path in tmp_path.iterdir()) == ["cases", "out"]
    assert (tmp_path / "out").read_text(encoding="utf-8") == "old"
