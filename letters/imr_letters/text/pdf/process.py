"""Starts the worker at the first PDF, keeps it over many, and replaces it when it ends."""

from __future__ import annotations

import atexit
import json
import os
import subprocess
import sys
import threading
import time
from typing import IO, cast

from imr_letters.text.limits import MAX_CHARACTERS, PDF_MEMORY, PDF_SECONDS
from imr_letters.text.pdf.messages import TOOK_TOO_LONG, TOOK_TOO_MUCH, Answer, EndedError, receive, send

# The worker finds modules where this process does, however that came about.
_START = (
    "import sys; seconds, megabytes, *sys.path = sys.argv[1:]; "
    "from imr_letters.text.pdf.worker import main; main(float(seconds), int(megabytes))"
)
# The worker ends itself when its processor time is up. One that gets none (stopped, swapped out) is ended from here.
_HUNG_SECONDS = 60
# In JSON a character takes at most six bytes.
_LONGEST_ANSWER = 6 * MAX_CHARACTERS + 1_000_000
# Lets glibc keep what one page frees at hand for the next, which saves a tenth of the time.
_TUNABLES = {"trim_threshold": 64 << 20, "top_pad": 16 << 20, "tcache_count": 2000}
_MALLOC = {"GLIBC_TUNABLES": ":".join(f"glibc.malloc.{name}={value}" for name, value in _TUNABLES.items())}


class PdfProcess:
    """Reads PDFs in another process, one at a time. Threads may share it."""

    def __init__(self, seconds: float = PDF_SECONDS, megabytes: int = PDF_MEMORY) -> None:
        self._seconds = seconds
        self._megabytes = megabytes
        self._worker: subprocess.Popen[bytes] | None = None
        self._asked: float | None = None
        self._lock = threading.Lock()

    def read(self, content: bytes) -> Answer:
        """What the PDF with this content holds, or why it is refused."""
        with self._lock:
            while True:
                fresh = self._worker is None
                try:
                    return self._ask(content)
                except OSError:
                    return {"refused": "cannot be read: the PDF reader does not start"}
                except EndedError:
                    code = self._end(patience=1)
                except BaseException:  # Ctrl-C: the worker's next answer would be to this question
                    self._end()
                    raise
                # What ended a worker that was in use may be what earlier PDFs left behind, or come from outside.
                if fresh or code == TOOK_TOO_LONG:
                    return {"refused": self._reason(code)}

    def close(self) -> None:
        """Ends the worker; the next PDF gets a new one."""
        with self._lock:
            self._end()

    def forget(self) -> None:
        """In a forked process: leaves the worker to the parent."""
        self._lock = threading.Lock()
        if self._worker is not None:
            for pipe in _pipes(self._worker):
                pipe.close()
            self._worker.returncode = 0  # not ours to wait for
            self._worker = None

    def _ask(self, content: bytes) -> Answer:
        self._asked = time.monotonic()
        try:
            questions, answers = _pipes(self._worker or self._started())
            send(questions, content)
            return cast("Answer", json.loads(receive(answers, _LONGEST_ANSWER)))
        finally:
            self._asked = None

    def _started(self) -> subprocess.Popen[bytes]:
        """A new worker that is ready; raises OSError if there can be none."""
        limits = [str(self._seconds), str(self._megabytes)]
        flags = ["-I", *(["-B"] if sys.dont_write_bytecode else [])]
        self._worker = subprocess.Popen(
            [sys.executable, *flags, "-c", _START, *limits, *sys.path],
            bufsize=0,
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            stderr=subprocess.DEVNULL,
            env={**_MALLOC, **os.environ},
        )
        threading.Thread(target=self._guard, args=(self._worker,), daemon=True).start()
        try:
            receive(_pipes(self._worker)[1])
        except EndedError:
            self._end()
            raise OSError from None
        return self._worker

    def _guard(self, worker: subprocess.Popen[bytes]) -> None:
        """Ends a worker that hangs, while it is in use."""
        while self._worker is worker:
            time.sleep(1)
            asked = self._asked
            if asked is not None and time.monotonic() - asked > _HUNG_SECONDS:
                worker.kill()

    def _end(self, patience: float = 0) -> int | None:
        """Ends the worker, after `patience` seconds in which it may end by itself. Returns its exit code."""
        worker, self._worker = self._worker, None
        if worker is None:
            return None
        try:
            return worker.wait(patience)
        except subprocess.TimeoutExpired:
            worker.kill()
            return worker.wait()
        finally:
            for pipe in _pipes(worker):
                pipe.close()

    def _reason(self, code: int | None) -> str:
        if code == TOOK_TOO_LONG:
            return f"takes longer than {self._seconds:g} seconds to read"
        if code == TOOK_TOO_MUCH:
            return f"needs more than {self._megabytes} MB of memory to read"
        return "crashes the PDF reader"


def _pipes(worker: subprocess.Popen[bytes]) -> tuple[IO[bytes], IO[bytes]]:
    assert worker.stdin is not None
    assert worker.stdout is not None
    return worker.stdin, worker.stdout


PDFS = PdfProcess()
"""The one that every caller of `text_of` uses."""
atexit.register(PDFS.close)
if hasattr(os, "register_at_fork"):
    os.register_at_fork(after_in_child=PDFS.forget)
