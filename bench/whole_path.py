"""The whole path, JSON in to JSON out: `python bench/whole_path.py`.

On the labelled cases: cases per second and core, next to an earlier revision of the code (`--against REV`) measured in
the same run; the cost of 200 medication records; peak memory over 1,000 and 10,000 files; rate and cold start with the
shipped criteria and with 22 times as many. Missing a target is reported but is not an error.
"""

from __future__ import annotations

import argparse
import json
import os
import shutil
import statistics
import subprocess
import sys
import tarfile
import tempfile
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from cold_start import with_byte_code
from multiply import installation

TOP = Path(__file__).resolve().parent.parent
CASES = TOP / "letters" / "imr_letters" / "cases"
CHILD = Path(__file__).with_name("whole_path_rate.py")
BEFORE = "7125a69"
PACKAGES = ("criteria", "engine", "letters", "views", "cli")
ROUNDS = 5


def main() -> int:
    """Prints the figures."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--against", default=BEFORE, help="an earlier revision to compare with; - for none")
    options = parser.parse_args()
    with tempfile.TemporaryDirectory() as folder:
        temporary = Path(folder)
        with earlier(options.against, temporary / "before") as before:
            rates = alternating({"now": {}, **({"before": path_of(before)} if before else {})})
        print(f"{'labelled cases, JSON in to JSON out':<58}{rates['now']:>9,.0f} cases/s  {word(rates['now'], 2000)}")
        if "before" in rates:
            ratio = rates["now"] / rates["before"]
            print(f"{'  ' + options.against:<58}{rates['before']:>9,.0f} cases/s")
            print(f"{'  ratio':<58}{ratio:>9.2f}          {word(ratio, 4)}")
        with_records = rate({}, "--medications", "200")
        cost = rate({}, "--medications", "0") / with_records
        print(f"{'a case with 200 medication records to one with none':<58}{cost:>9.2f} times    {word(-cost, -5)}")
        memory(temporary / "files")
        scale(temporary)
    return 0


def word(value: float, target: float) -> str:
    """`ok`, or the target that was missed."""
    return "ok" if value >= target else f"SHORT: target {abs(target):g}"


@contextmanager
def earlier(revision: str, target: Path) -> Iterator[Path | None]:
    """The code of an earlier revision; None if there is no repository that has it."""
    archive = target.with_suffix(".tar")
    made = (
        revision != "-"
        and not subprocess.run(
            ["git", "-C", str(TOP), "archive", "--output", str(archive), revision], capture_output=True, check=False
        ).returncode
    )
    if made:
        with tarfile.open(archive) as content:
            content.extractall(target, filter="data")
    yield target if made else None


def path_of(root: Path) -> dict[str, str]:
    """An environment in which the packages of a checkout are found first."""
    return {"PYTHONPATH": os.pathsep.join(str(root / package) for package in PACKAGES)}


def alternating(kinds: dict[str, dict[str, str]]) -> dict[str, float]:
    """The best rate of each kind. They alternate, so a slow spell of the machine slows them all."""
    best = dict.fromkeys(kinds, 0.0)
    for _ in range(ROUNDS):
        for name, environment in kinds.items():
            best[name] = max(best[name], rate(environment))
    return best


def rate(environment: dict[str, str], *arguments: str) -> float:
    """Cases per CPU-second, measured in a separate process."""
    done = subprocess.run(
        [sys.executable, str(CHILD), *arguments],
        env={**os.environ, **environment},
        capture_output=True,
        text=True,
        check=True,
    )
    return float(done.stdout)


def memory(folder: Path) -> None:
    """Peak memory of `--format jsonl` over many files."""
    content = (CASES / "letter-002.json").read_bytes()
    for count in (1_000, 10_000):
        folder.mkdir()
        for number in range(count):
            (folder / f"{number:05}.json").write_bytes(content)
        peak = run([sys.executable, "-m", "imr_cli", str(folder), "--format", "jsonl"], {})[1]
        print(f"{f'--format jsonl over {count:,} files, peak memory':<58}{peak:>9.1f} MB")
        shutil.rmtree(folder)


def scale(temporary: Path) -> None:
    """Rate and cold start of one case, with the shipped criteria and with many times as many, as in a wheel."""
    starts: dict[int, list[float]] = {}
    rates: dict[int, float] = {}
    homes = [installation(temporary / f"times-{times}", times) for times in (1, 22)]
    case = str(CASES / "letter-002.json")
    cache = with_byte_code(str(temporary / "byte code"))
    for home, _ in homes:
        run([sys.executable, "-m", "imr_cli", case], {**cache, **paths(home)})
    for _ in range(15):
        for home, count in homes:
            environment = paths(home)
            seconds, _ = run([sys.executable, "-m", "imr_cli", case], {**cache, **environment})
            starts.setdefault(count, []).append(1000 * seconds)
            if len(starts[count]) <= ROUNDS:
                rates[count] = max(rates.get(count, 0), rate(environment))
    for count, times_taken in starts.items():
        median = statistics.median(times_taken)
        name = f"{count} criteria: cold start of one case, and the rate"
        print(f"{name:<58}{median:>9.0f} ms {rates[count]:>9,.0f} cases/s")


def paths(home: Path) -> dict[str, str]:
    """An environment in which an installation of the criteria is found before this checkout."""
    return {"PYTHONPATH": os.pathsep.join([str(home), *(str(TOP / package) for package in PACKAGES[1:])])}


def run(command: list[str], environment: dict[str, str]) -> tuple[float, float]:
    """Runs a command; returns the seconds it took and its peak memory in MB."""
    began = time.perf_counter()
    process = subprocess.Popen(command, env={**os.environ, **environment}, stdout=subprocess.DEVNULL)
    _, status, usage = os.wait4(process.pid, 0)
    process.returncode = os.waitstatus_to_exitcode(status)
    if process.returncode not in {0, 1}:
        raise SystemExit(f"{json.dumps(command)} failed with code {process.returncode}")
    return time.perf_counter() - began, usage.ru_maxrss / 1024


if __name__ == "__main__":
    sys.exit(main())
