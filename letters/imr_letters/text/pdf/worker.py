"""The process that reads PDFs: contents in on standard input, answers (JSON) out on standard output, until it closes.

Nothing can interrupt PDFium. So a PDF that needs too much time or memory ends the process, and the exit code says why.
"""

from __future__ import annotations

import json
import os
import signal
import sys
import threading
import time
from pathlib import Path

from imr_letters.text.pdf.messages import TOOK_TOO_LONG, TOOK_TOO_MUCH, Answer, EndedError, receive, send

_LOOK_EVERY = 0.01  # seconds
# Address space for each MB that may be in use. Where it runs out, PDFium aborts or, worse, leaves out text without a
# word; so there is plenty, and its limit only catches growth faster than the watch.
_ADDRESS_SPACE = 3


class _Watch(threading.Thread):
    """Ends the process when its work goes over a limit.

    Time is processor time, so that neither a busy machine nor a suspended one changes what can be read.
    """

    def __init__(self, seconds: float, megabytes: int) -> None:
        super().__init__(daemon=True)
        self._seconds = seconds
        self._bytes = megabytes * 1_000_000
        self._working = threading.Event()
        self._began = 0.0

    def begin(self) -> None:
        self._began = time.process_time()
        self._working.set()

    def end(self) -> None:
        self._working.clear()

    def run(self) -> None:
        while self._working.wait():
            if time.process_time() - self._began > self._seconds:
                os._exit(TOOK_TOO_LONG)
            if _in_use() > self._bytes:
                os._exit(TOOK_TOO_MUCH)
            time.sleep(_LOOK_EVERY)


def main(seconds: float, megabytes: int) -> None:
    """Says that it is ready (an empty message), then answers until the input is closed."""
    signal.signal(signal.SIGINT, signal.SIG_IGN)  # Ctrl-C is for the parent; when that ends, so does the input
    questions = os.fdopen(os.dup(0), "rb", buffering=0)
    answers = os.fdopen(os.dup(1), "wb", buffering=0)
    for stream in (0, 1):
        os.dup2(os.open(os.devnull, os.O_RDWR), stream)  # so that nothing but answers is taken for one
    _restrict(megabytes * _ADDRESS_SPACE)
    from imr_letters.text.pdf.extract import extract  # noqa: PLC0415 (loads PDFium)

    watch = _Watch(seconds, megabytes)
    watch.start()
    send(answers, b"")
    while True:
        try:
            content = receive(questions)
        except EndedError:
            return
        answer: Answer
        watch.begin()
        try:
            answer = extract(content)
        except MemoryError:
            os._exit(TOOK_TOO_MUCH)
        except Exception as error:
            answer = {"refused": f"cannot be read: internal error ({type(error).__name__})"}
        watch.end()
        send(answers, json.dumps(answer).encode())


def _restrict(megabytes: int) -> None:
    """Limits the address space, and keeps patient data out of core dumps, as far as the system can."""
    if sys.platform == "win32":
        return
    import resource  # noqa: PLC0415

    for kind, value in ((resource.RLIMIT_AS, megabytes * 1_000_000), (resource.RLIMIT_CORE, 0)):
        hard = resource.getrlimit(kind)[1]
        try:
            resource.setrlimit(kind, (value if hard == resource.RLIM_INFINITY else min(value, hard), hard))
        except (ValueError, OSError):  # macOS has no limit on address space
            continue
    if sys.platform == "linux":
        import ctypes  # noqa: PLC0415

        # A service that collects core dumps gets them whatever the limit is, unless the process is not dumpable.
        set_dumpable = 4
        ctypes.CDLL(None).prctl(set_dumpable, 0, 0, 0, 0)


if sys.platform == "linux":
    _STATM = Path("/proc/self/statm")
    _PAGE = os.sysconf("SC_PAGE_SIZE")

    def _in_use() -> int:
        """Bytes of memory in use. (The peak would include what the parent used when it started this process.)"""
        return int(_STATM.read_bytes().split()[1]) * _PAGE

elif sys.platform == "win32":

    def _in_use() -> int:
        """Not limited here."""
        return 0

else:
    import resource

    def _in_use() -> int:
        """Most bytes of memory in use so far: macOS gives bytes, others kilobytes."""
        peak = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss
        return peak if sys.platform == "darwin" else peak * 1024
