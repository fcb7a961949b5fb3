"""The full run of what test_parity.py covers in part: the verdict of p.122 over combinations of statuses.

    python tests/engine/full_parity.py [--processes 2]

Twelve required requirements (ten with three statuses, two with four) and three of the four exclusions with three
statuses, the last one met, make 25,509,168 combinations. durable_rules, the generated Python and invariant 3 of
ARCHITECTURE.md must reach the same verdict, and both evaluators must fire the same rules. Exits with code 1 at the
first difference.
"""

from __future__ import annotations

import argparse
import sys
import time
from functools import cache
from itertools import product
from math import prod
from multiprocessing import get_context
from pathlib import Path

from imr_engine.evaluators.durable import DurableEvaluator

sys.path.insert(0, str(Path(__file__).parents[2]))
from imr_engine.rules.three_values import MET
from tests.conftest import P122
from tests.engine.nodes import Verdicts
from tests.engine.support import compiled

SPLIT = 5


@cache
def verdicts() -> Verdicts:
    """The verdict of p.122 in both evaluators, built once per process because a ruleset cannot be pickled."""
    program = compiled(P122)
    return Verdicts(program, DurableEvaluator(program))


def part(first: tuple[int, ...]) -> int:
    """Compares every combination that begins with these statuses; returns how many."""
    made = verdicts()
    return made.compare(product(*((code,) for code in first), *most(made.choices[SPLIT:])), silences=(True,))


def most(choices: list[tuple[int, ...]]) -> list[tuple[int, ...]]:
    """Every status of all but the last exclusion, and of that one `met`: a third of the time for the same rules.

    test_parity.py has every status of all exclusions, and what speaks for them.
    """
    return [*choices[:-1], (MET,)]


def main() -> int:
    """Runs all parts and reports the number of combinations and the time taken."""
    parser = argparse.ArgumentParser(description=str(__doc__).splitlines()[0])
    parser.add_argument("--processes", type=int, default=2)
    processes = parser.parse_args().processes
    choices = verdicts().choices
    started, count = time.monotonic(), 0
    with get_context("spawn").Pool(processes) as pool:
        try:
            for done in pool.imap_unordered(part, product(*choices[:SPLIT])):
                count += done
        except AssertionError as error:
            print(f"different: {error}", file=sys.stderr)
            return 1
    seconds = time.monotonic() - started
    assert count == prod(map(len, most(choices)))
    print(f"{count} combinations, all equal, in {seconds:.0f} s with {processes} processes")
    return 0


if __name__ == "__main__":
    sys.exit(main())
