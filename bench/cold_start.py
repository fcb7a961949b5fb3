"""How long the command takes from nothing: fresh processes, in turn, beside importing the libraries that it uses."""

from __future__ import annotations

import os
import statistics
import subprocess
import sys
import sysconfig
import time
from dataclasses import dataclass, field
from pathlib import Path

ROOT = Path(__file__).resolve().parent.parent
CASE = ROOT / "letters" / "imr_letters" / "cases" / "letter-002.json"
COMMAND = Path(sysconfig.get_path("scripts")) / "imr-check"
REPETITIONS = 15
ASKED = 2.0

BARE = "import typer, rich, pydantic"
# Recent versions of these packages load their parts when first touched: the bare import loads next to nothing.
USED = """
from typer import Typer
from rich.console import Console
from rich.table import Table
from pydantic import BaseModel
class Model(BaseModel):
    name: str
"""


@dataclass
class Start:
    """One program and the seconds that it took, in each repetition."""

    name: str
    arguments: list[str]
    wall: list[float] = field(default_factory=list)
    cpu: list[float] = field(default_factory=list)


def report() -> list[str]:
    """The lines of the report on cold start."""
    missing = [path for path in (COMMAND, CASE) if not path.exists()]
    starts = [
        Start("import typer, rich, pydantic", [sys.executable, "-c", BARE]),
        Start("import of what a program uses of them", [sys.executable, "-c", USED]),
    ]
    if not missing:
        starts.append(Start(f"imr-check {CASE.name}", [str(COMMAND), str(CASE)]))
    # The first time writes byte code and fills the file cache.
    codes = [_once(start)[0] for start in starts]
    for _ in range(REPETITIONS):
        for start in starts:
            _, wall, cpu = _once(start)
            start.wall.append(wall)
            start.cpu.append(cpu)
    lines = [f"{'cold start, median of ' + str(REPETITIONS):<56}{'wall ms':>9}{'CPU ms':>9}"]
    lines += [
        f"{start.name:<56}{1000 * statistics.median(start.wall):>9.0f}{1000 * statistics.median(start.cpu):>9.0f}"
        for start in starts
    ]
    if missing:
        return [*lines, "skipped: " + ", ".join(str(path) for path in missing) + " not there"]
    if codes[-1] not in {0, 1}:
        return [*lines, f"imr-check failed with code {codes[-1]}: its time means nothing"]
    return [*lines, "", *(line for baseline in starts[:2] for line in _ratios(starts[2], baseline))]


def _once(start: Start) -> tuple[int, float, float]:
    """Runs a program once: exit code, seconds that passed, seconds of CPU (its own and the system's for it)."""
    began = time.perf_counter()
    process = subprocess.Popen(start.arguments, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)
    _, status, usage = os.wait4(process.pid, 0)
    wall = time.perf_counter() - began
    process.returncode = os.waitstatus_to_exitcode(status)
    return process.returncode, wall, usage.ru_utime + usage.ru_stime


def _ratios(start: Start, baseline: Start) -> list[str]:
    wall = statistics.median(start.wall) / statistics.median(baseline.wall)
    cpu = statistics.median(start.cpu) / statistics.median(baseline.cpu)
    said = "ok" if wall <= ASKED else "SHORT"
    against = f"imr-check to {baseline.name}"
    return [f"{against:<56}wall {wall:.2f}, CPU {cpu:.2f}, asked at most {ASKED:g}: {said}"]
