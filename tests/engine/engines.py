"""Engines by the hundred, and in forked processes: run by test_durable_sharing.py, each time in a new process."""

from __future__ import annotations

import gc
import multiprocessing
import os
import signal
import threading
import time
import warnings
from collections.abc import Callable
from concurrent.futures import ProcessPoolExecutor
from pathlib import Path

from imr_criteria import Catalogue, default_catalogue
from imr_engine.answer.result import Result
from imr_engine.cases.intake import check_case
from imr_engine.evaluate import Engine
from tests.engine.support import a_case

CATALOGUE = default_catalogue()
ENGINE = Engine(CATALOGUE, "durable")
CASES = [
    check_case(a_case(treatment, {"twitch-response": state, "nsaid-failed": "absent"}), CATALOGUE)
    for treatment, state in (("trigger-point-injection", "present"), ("cyclobenzaprine", "absent"))
]


def by_one_engine() -> list[Result]:
    """The answers of an engine that exists already."""
    return [ENGINE.check(case) for case in CASES]


def by_new_engine(catalogue: Catalogue = CATALOGUE) -> list[Result]:
    """The answers of an engine of their own."""
    engine = Engine(catalogue, "durable")
    return [engine.check(case) for case in CASES]


def by_new_catalogue() -> list[Result]:
    """The answers of an engine with a catalogue of its own: everything is built again."""
    return by_new_engine(default_catalogue.__wrapped__())


def growth(count: int, keep: int) -> float:
    """The memory in MB that each of `count` engines adds to this process, if the last `keep` of them stay."""
    kept: list[Engine] = []

    def run(number: int) -> float:
        for _ in range(number):
            engine = Engine(CATALOGUE, "durable")
            for case in CASES:
                engine.check(case)
            kept.append(engine)
            del kept[: len(kept) - keep]
        gc.collect()
        pages = int(Path("/proc/self/statm").read_text().split()[1])
        return pages * os.sysconf("SC_PAGE_SIZE") / 1e6

    before = run(10)
    return (run(count) - before) / count


def forks(answers: Callable[[], list[Result]], count: int) -> list[int]:
    """How each of `count` children ended that were forked while two threads evaluate: 0 if its answers are right."""
    warnings.simplefilter("ignore", DeprecationWarning)  # about a fork with threads, which is the point
    expected = by_one_engine()
    stop = threading.Event()

    def work() -> None:
        while not stop.is_set():
            answers()

    def child() -> int:
        number = os.fork()
        if number:
            return os.waitpid(number, 0)[1]
        signal.alarm(20)  # ends a child that hangs
        right = False
        try:
            right = answers() == expected
        finally:
            os._exit(0 if right else 1)

    threads = [threading.Thread(target=work) for _ in range(2)]
    for thread in threads:
        thread.start()
    try:
        time.sleep(0.05)
        return [child() for _ in range(count)]
    finally:
        stop.set()
        for thread in threads:
            thread.join()
        assert by_one_engine() == expected


def in_a_pool(method: str) -> None:
    """Two worker processes, started in one of multiprocessing's ways, must give the answers of this one."""
    expected = by_one_engine()
    with ProcessPoolExecutor(2, multiprocessing.get_context(method)) as pool:
        for answers in [by_one_engine, by_new_engine] * 2:
            assert pool.submit(answers).result(60) == expected
