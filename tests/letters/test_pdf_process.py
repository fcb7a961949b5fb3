"""No PDF can take down or starve a run: hostile and damaged files, and a reader of PDFs that is ended from outside."""

from __future__ import annotations

import json
import os
import signal
import subprocess
import sys
import threading
import time
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest

from imr_letters.text.pdf import process
from imr_letters.text.pdf.process import PdfProcess
from tests.conftest import COMMAND, WRITTEN, Command
from tests.letters.damaged_pdfs import run
from tests.letters.hostile import HOSTILE, pages_of_paths, stream_of_gigabytes
from tests.letters.pdf import pages_of, pdf_of

LETTER = (WRITTEN / "2016.txt").read_text(encoding="utf-8")
PDF = pdf_of(pages_of(LETTER))
MAY_SAY = (
    "takes longer than 0.3 seconds to read", "needs more than 150 MB of memory to read", "is a damaged PDF",
    "is a PDF without text (perhaps a scan)",
)  # fmt: skip
on_linux = pytest.mark.skipif(sys.platform != "linux", reason="finds processes in /proc")


@pytest.fixture
def reader() -> Iterator[PdfProcess]:
    """A reader with limits that hostile files reach soon."""
    reader = PdfProcess(seconds=0.3, megabytes=150)
    yield reader
    reader.close()


@pytest.mark.parametrize("made", HOSTILE.values(), ids=HOSTILE)
def test_a_hostile_pdf_is_read_or_refused_and_the_next_letter_is_read(
    reader: PdfProcess, made: Callable[[], bytes]
) -> None:
    answer = reader.read(made())
    assert "text" in answer or answer["refused"] in MAY_SAY
    assert "CM16-0999001" in reader.read(PDF)["text"]


def test_the_limit_is_named() -> None:
    reader = PdfProcess(seconds=0.2)
    assert reader.read(pages_of_paths()) == {"refused": "takes longer than 0.2 seconds to read"}
    reader.close()
    reader = PdfProcess(megabytes=100)
    assert reader.read(stream_of_gigabytes()) == {"refused": "needs more than 100 MB of memory to read"}
    reader.close()


def test_the_command_reports_hostile_files_and_reads_the_others(command: Command, tmp_path: Path) -> None:
    for name, content in {"1": PDF, "2": stream_of_gigabytes(), "3": PDF, "4": PDF[:60], "5": PDF}.items():
        (tmp_path / f"{name}.pdf").write_bytes(content)
    done = command("letter", "read", str(tmp_path))
    assert done.returncode == 2
    letters = json.loads(done.stdout)
    assert [Path(letter.pop("file")).name for letter in letters] == ["1.pdf", "3.pdf", "5.pdf"]
    assert letters[0] == letters[1] == letters[2]
    assert done.stderr == (
        f"imr-check: {tmp_path}/2.pdf: needs more than 512 MB of memory to read\n"
        f"imr-check: {tmp_path}/4.pdf: is a damaged PDF\n"
    )


def test_damaged_pdfs_have_one_outcome_each(tmp_path: Path) -> None:
    run(tmp_path, count=80, seed=1, hostile=False)


@on_linux
def test_a_reader_ended_from_outside_is_replaced(reader: PdfProcess) -> None:
    read = reader.read(PDF)
    (worker,) = children(os.getpid())
    assert reader.read(PDF) == read
    assert children(os.getpid()) == [worker]  # one process reads many files
    os.kill(worker, signal.SIGKILL)
    assert reader.read(PDF) == read
    assert worker not in children(os.getpid())  # nor is it left as a zombie
    reader.close()
    assert children(os.getpid()) == []


@on_linux
def test_a_reader_that_hangs_is_replaced(reader: PdfProcess, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(process, "_HUNG_SECONDS", 1)
    read = reader.read(PDF)
    (worker,) = children(os.getpid())
    os.kill(worker, signal.SIGSTOP)
    assert reader.read(PDF) == read
    assert worker not in children(os.getpid())


@on_linux
def test_a_pdf_that_crashes_its_reader_is_reported() -> None:
    reader = PdfProcess(seconds=20)

    def crash() -> None:
        until(lambda: bool(children(os.getpid())))
        (worker,) = children(os.getpid())
        until(lambda: busy(worker))
        os.kill(worker, signal.SIGABRT)

    crashing = threading.Thread(target=crash)
    crashing.start()
    assert reader.read(pages_of_paths()) == {"refused": "crashes the PDF reader"}
    crashing.join()
    assert "text" in reader.read(PDF)
    reader.close()


@on_linux
@pytest.mark.parametrize("by", [signal.SIGINT, signal.SIGTERM, signal.SIGKILL])
def test_the_reader_ends_with_the_command(tmp_path: Path, by: signal.Signals) -> None:
    path = tmp_path / "slow.pdf"
    path.write_bytes(pages_of_paths())
    with subprocess.Popen(
        [COMMAND, "letter", "read", str(path)], stdout=subprocess.PIPE, stderr=subprocess.PIPE, start_new_session=True
    ) as run:
        until(lambda: bool(children(run.pid)))
        (worker,) = children(run.pid)
        until(lambda: busy(worker))
        # Ctrl-C reaches both processes, other signals only the command.
        (os.killpg if by == signal.SIGINT else os.kill)(run.pid, by)
        out, said = run.communicate(timeout=10)
    assert out == b""
    assert b"Traceback" not in said
    until(lambda: not alive(worker))


@on_linux
def test_a_fork_gets_a_reader_of_its_own(tmp_path: Path) -> None:
    path = tmp_path / "letter.pdf"
    path.write_bytes(PDF)
    script = (
        "import os, sys; from imr_letters.text.sources import text_of\n"
        "content = open(sys.argv[1], 'rb').read(); first = text_of(content); child = os.fork()\n"
        "for _ in range(20): assert text_of(content) == first\n"
        "sys.exit(os.waitpid(child, 0)[1] if child else 0)"
    )
    done = subprocess.run([sys.executable, "-W", "error", "-c", script, str(path)], timeout=30, check=False)
    assert done.returncode == 0


def test_threads_share_a_reader(reader: PdfProcess) -> None:
    texts = [LETTER[: 200 * n] for n in range(1, 9)]
    found: dict[int, list[str]] = {}

    def read(number: int) -> None:
        content = pdf_of(pages_of(texts[number]))
        found[number] = [reader.read(content)["text"].split()[-1] for _ in range(10)]

    threads = [threading.Thread(target=read, args=(number,)) for number in range(len(texts))]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert found == {number: [text.split()[-1]] * 10 for number, text in enumerate(texts)}


def test_a_reader_that_does_not_start_is_reported(monkeypatch: pytest.MonkeyPatch) -> None:
    for program in ("/nowhere/python", "/bin/false"):
        monkeypatch.setattr(sys, "executable", program)
        assert PdfProcess().read(PDF) == {"refused": "cannot be read: the PDF reader does not start"}


def children(pid: int) -> list[int]:
    """The child processes of a process."""
    return [
        int(child) for task in Path(f"/proc/{pid}/task").iterdir() for child in (task / "children").read_text().split()
    ]


def stat(pid: int) -> list[str]:
    """What the system says of a process, from its state on; empty if there is none."""
    try:
        return Path(f"/proc/{pid}/stat").read_text(encoding="utf-8").rpartition(")")[2].split()
    except OSError:
        return []


def alive(pid: int) -> bool:
    return stat(pid)[:1] not in ([], ["Z"])


def busy(worker: int) -> bool:
    """Whether a worker is done with starting: it has used half a second of processor time."""
    return int(stat(worker)[11]) > os.sysconf("SC_CLK_TCK") / 2


def until(true: Callable[[], bool], seconds: float = 10) -> None:
    """Waits until something becomes true."""
    end = time.monotonic() + seconds
    while not true():
        assert time.monotonic() < end
        time.sleep(0.01)
