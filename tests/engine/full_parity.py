"""The whole of what test_parity.py takes a part of: the verdict of p.122 over every combination of its statuses.

    python tests/engine/full_parity.py [--processes 2]

Twelve required requirements (ten of three statuses, two of four) and three exclusions of three: 25,509,168
combinations. Each is concluded by durable_rules, by the generated Python and by invariant 3 of ARCHITECTURE.md; the
fired rules and the verdict have to be the same. Exit code 1 at the first difference.
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

from imr_criteria import default_catalogue
from imr_engine.evaluators.durable import DurableEvaluator
from imr_engine.rules.compiler import compile_criterion

sys.path.insert(0, str(Path(__file__).parents[2]))
from tests.engine.support import P122, Verdicts

SPLIT = 5


@cache
def verdicts() -> Verdicts:
    """The verdict of p.122 in both evaluators: made once a process, since a ruleset cannot be sent."""
    program = compile_criterion(default_catalogue(), default_catalogue().criteria[P122])
    return Verdicts(program, DurableEvaluator(program))


def part(first: tuple[int, ...]) -> int:
    """Every combination that begins with these statuses."""
    made = verdicts()
    return made.compare(product(*((code,) for code in first), *made.choices[SPLIT:]))


def main() -> int:
    """Runs all parts, and says how many combinations there were and how long it took."""
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
    assert count == prod(map(len, choices))
    print(f"{count} combinations, all equal, in {seconds:.0f} s with {processes} processes")
    return 0


if __name__ == "__main__":
    sys.exit(main())
