"""-o: whole or not at all, and never in the place of an input, a pipe or a folder."""

from __future__ import annotations

import json
import os
import resource
import shutil
import signal
import subprocess
from pathlib import Path

import pytest

from imr_cli.target import Target, target
from tests.conftest import COMMAND, LETTER_002, Command, run_python

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
        assert not isinstance(target(str(tmp_path / name), given, (".json",)), Target)
        assert isinstance(target(str(tmp_path / name) + ".new", given, (".json",)), Target)
    assert isinstance(target(str(tmp_path / name), [LETTER_002], (".json",)), Target)
    assert isinstance(target(str(tmp_path / name), [str(tmp_path)], (".pdf",)), Target)


@pytest.mark.parametrize("name", ["none/../case.json", "link", "case.json/../case.json", "none/", "none/.", "no/new"])
def test_the_folder_of_the_output_exists(command: Command, case: Path, name: str) -> None:
    """To the system, "none/../case.json" leads nowhere; taken as text, it would be the input."""
    (case.parent / "link").symlink_to("none/../case.json")
    before = sorted(case.parent.iterdir())
    for given in (str(case), str(case.parent), LETTER_002):
        refused(command(given, "-o", name, cwd=case.parent), case, f"{name}: cannot be written (")
    assert sorted(case.parent.iterdir()) == before


def test_what_is_checked_is_what_is_written(tmp_path: Path, case: Path) -> None:
    (tmp_path / "up").symlink_to(case.parent)
    (tmp_path / "link").symlink_to("up/../deeper/new")
    found = target(str(tmp_path / "link"), [str(case)], (".json",))
    assert found == Target(str(tmp_path / "link"), case.parent.resolve() / "new")


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
    for output in ("/dev/stdout", "/dev/stderr", "/dev/fd/1"):
        refused(command(str(case), "-o", output), case, "cannot be written (it is not a regular file)")
    (tmp_path / "loop").symlink_to("loop")
    refused(command(str(case), "-o", str(tmp_path / "loop")), case, "Too many levels of symbolic links")


def test_a_link_is_followed(command: Command, tmp_path: Path, case: Path) -> None:
    (tmp_path / "out").write_text("old", encoding="utf-8")
    (tmp_path / "out").chmod(0o640)
    for name, leads_to in (("link", "out"), ("dangling", "new")):
        (tmp_path / name).symlink_to(leads_to)
        assert command(str(case), "-f", "json", "-o", str(tmp_path / name)).returncode == 0
        assert (tmp_path / name).is_symlink()
        assert json.loads((tmp_path / leads_to).read_text(encoding="utf-8"))["case_id"] == "letter-002"
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


@pytest.mark.parametrize("form", ["text", "json", "markdown"])
def test_a_file_is_kept_if_nothing_was_evaluated(command: Command, tmp_path: Path, case: Path, form: str) -> None:
    (tmp_path / "out").write_text("old", encoding="utf-8")
    for name in ("out", "new"):
        done = command("none.json", "-f", form, "-o", str(tmp_path / name))
        assert (done.returncode, done.stdout) == (2, "")
        assert done.stderr.endswith(f"{name}: was not written (nothing was evaluated)\n")
    assert (tmp_path / "out").read_text(encoding="utf-8") == "old"
    assert not (tmp_path / "new").exists()
    assert command(str(case), "none.json", "-f", form, "-o", str(tmp_path / "out")).returncode == 2
    assert "letter-002" in (tmp_path / "out").read_text(encoding="utf-8")


ENDING = [signal.SIGTERM, signal.SIGINT, signal.SIGHUP, signal.SIGQUIT, signal.SIGUSR1, signal.SIGALRM, signal.SIGXCPU]


@pytest.mark.parametrize("numbers", [*([one] for one in ENDING), [signal.SIGINT, signal.SIGTERM], [signal.SIGKILL]])
def test_a_signal_leaves_no_other_file(tmp_path: Path, case: Path, numbers: list[signal.Signals]) -> None:
    (tmp_path / "out").write_text("old", encoding="utf-8")
    process = subprocess.Popen(
        [str(COMMAND), str(case), "none.json", "-", "-o", str(tmp_path / "out")],
        stdin=subprocess.PIPE,
        stderr=subprocess.PIPE,
        cwd=tmp_path / "cases",  # for a core dump
    )
    assert process.stderr is not None
    said = process.stderr.readline()  # the first case is done
    assert b"none.json" in said
    for number in numbers:
        process.send_signal(number)
    assert process.communicate(timeout=30)[1] in {b"", said}  # an interrupted write may be repeated
    assert process.returncode in {130, *(-number for number in numbers)}
    assert sorted(path.name for path in tmp_path.iterdir()) == ["cases", "out"]
    assert (tmp_path / "out").read_text(encoding="utf-8") == "old"


@pytest.mark.parametrize("number", ENDING)
def test_a_signal_waits_while_the_file_is_replaced(tmp_path: Path, number: signal.Signals) -> None:
    script = f"""
import os, resource, imr_cli.target as target
resource.setrlimit(resource.RLIMIT_CORE, (0, 0))
copy = target.copyfileobj
def interrupted(*arguments):
    for _ in range(3):
        os.kill(os.getpid(), {number.value})
    copy(*arguments)
target.copyfileobj = interrupted
target.write_whole(target.target("out", [], ()), ["new"])
"""
    done = run_python("-c", script, path=tmp_path, cwd=tmp_path)
    assert done.returncode == -number
    assert [(path.name, path.read_text(encoding="utf-8")) for path in tmp_path.iterdir()] == [("out", "new")]
