"""How long a cold start of the command takes, compared to importing the libraries it uses: fresh processes in turn."""

from __future__ import annotations

import os
import statistics
import subprocess
import sys
import sysconfig
import tempfile
import time
from dataclasses import dataclass, field
from pathlib import Path

ROOT = Path(__file__).resolve().parent.parent
CASE = ROOT / "letters" / "imr_letters" / "cases" / "letter-002.json"
COMMAND = Path(sysconfig.get_path("scripts")) / "imr-check"
REPETITIONS = 15
# The most that a command may take, as a multiple of importing what it uses of the libraries.
TARGET = 1.25

BARE = "import typer, rich, pydantic"
# Recent versions of these packages load their parts on first use, so the bare import loads next to nothing.
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
    """A program and the seconds it took in each repetition."""

    name: str
    arguments: list[str]
    wall: list[float] = field(default_factory=list)
    cpu: list[float] = field(default_factory=list)


def report() -> list[str]:
    """The lines of the cold-start report."""
    with tempfile.TemporaryDirectory() as cache:
        return _report(with_byte_code(cache))


def with_byte_code(cache: str) -> dict[str, str]:
    """What an environment needs so that byte code is kept in a folder, as an installation keeps it."""
    return {"PYTHONDONTWRITEBYTECODE": "", "PYTHONPYCACHEPREFIX": cache}


def _report(environment: dict[str, str]) -> list[str]:
    missing = [path for path in (COMMAND, CASE) if not path.exists()]
    bare = Start("import typer, rich, pydantic", [sys.executable, "-c", BARE])
    baseline = Start("import of what the command uses of them", [sys.executable, "-c", USED])
    commands = [
        Start(f"imr-check {CASE.name}", [str(COMMAND), str(CASE)]),
        Start("imr-check --help", [str(COMMAND), "--help"]),
    ]
    starts = [bare, baseline] if missing else [bare, baseline, *commands]
    # The first run writes byte code and fills the file cache.
    codes = [_once(start, environment)[0] for start in starts]
    for _ in range(REPETITIONS):
        for start in starts:
            _, wall, cpu = _once(start, environment)
            start.wall.append(wall)
            start.cpu.append(cpu)
    lines = [f"{'cold start, median of ' + str(REPETITIONS):<56}{'wall ms':>9}{'CPU ms':>9}"]
    lines += [
        f"{start.name:<56}{1000 * statistics.median(start.wall):>9.0f}{1000 * statistics.median(start.cpu):>9.0f}"
        for start in starts
    ]
    if missing:
        return [*lines, "skipped imr-check, because these are missing: " + ", ".join(map(str, missing))]
    failed = [
        f"{start.name} failed with code {code}: its time means nothing"
        for start, code in zip(starts, codes, strict=True)
        if code not in {0, 1}
    ]
    return [*lines, "", *(failed or [_ratio(command, baseline) for command in commands])]


def _once(start: Start, environment: dict[str, str]) -> tuple[int, float, float]:
    """Runs a program once: its exit code, the seconds it took, and its CPU seconds (user and system)."""
    began = time.perf_counter()
    process = subprocess.Popen(
        start.arguments, env={**os.environ, **environment}, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL
    )
    _, status, usage = os.wait4(process.pid, 0)
    wall = time.perf_counter() - began
    process.returncode = os.waitstatus_to_exitcode(status)
    return process.returncode, wall, usage.ru_utime + usage.ru_stime


def _ratio(command: Start, baseline: Start) -> str:
    wall = statistics.median(command.wall) / statistics.median(baseline.wall)
    cpu = statistics.median(command.cpu) / statistics.median(baseline.cpu)
    outcome = "ok" if wall <= TARGET else "SHORT"
    ratio = f"{command.name} to {baseline.name}"
    return f"{ratio:<72}wall {wall:.2f}, CPU {cpu:.2f}, target at most {TARGET:g}: {outcome}"
