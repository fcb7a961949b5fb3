"""The benchmark: `python bench/run.py`. Speed from validated facts to statuses and trace, and cold start."""

from __future__ import annotations

import argparse
import gc
import platform
import sys
import time
from typing import Any

import cold_start
from contenders import Contender, contenders, first_difference
from sample import CRITERION, numbered_program, sample_cases

from imr_criteria import default_catalogue
from imr_engine.evaluators.plain import Values

# Faster, slower, and how many times as fast the first must be.
TARGETS = (
    ("durable", "experta", 4.0),
    ("durable", "zen", 4.0),
    ("durable", "zen-compiled", 4.0),
    ("durable", "zen-tables", 4.0),
    ("plain", "hand", 0.9),
)
# In CPU-seconds: a turn lasts long enough to be trusted, and a contender that has used up enough gets no more turns.
SHORTEST_TURN, ENOUGH = 0.2, 10.0


def main() -> int:
    """Checks that all agree, then times them. Missing a target is reported but is not an error."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--cases", type=int, default=2000, help="size of the sample")
    parser.add_argument("--seed", type=int, default=122, help="seed of the sample")
    parser.add_argument("--rounds", type=int, default=5, help="turns per contender; the best one counts")
    parser.add_argument("--no-cold-start", action="store_true", help="speed only")
    options = parser.parse_args()

    catalogue = default_catalogue()
    program = numbered_program(catalogue)
    cases = sample_cases(program, catalogue, options.cases, options.seed)
    field = contenders(program, catalogue)
    print(f"{CRITERION}, p.122's eight numbered criteria: {len(program.rules)} rules, {len(program.inputs)} inputs")
    print(f"Python {platform.python_version()}, one thread, {len(cases)} cases from seed {options.seed}")
    difference = first_difference(field, cases)
    if difference is not None:
        print(f"The contenders disagree, so there is nothing to time.\n{difference}", file=sys.stderr)
        return 1
    print("All contenders agree on every status and verdict; all that name their rules, on every rule.\n")
    speeds = measure(field, cases, options.rounds)
    print("\n".join(table(field, speeds)))
    if not options.no_cold_start:
        print()
        print("\n".join(cold_start.report()))
    return 0


def measure(field: dict[str, Contender], cases: list[Values], rounds: int) -> dict[str, float]:
    """Cases per CPU-second: the best turn of each. They alternate, so a slow spell of the machine slows them all."""
    prepared = {key: [contender.prepare(case) for case in cases] for key, contender in field.items()}
    best, spent = dict.fromkeys(field, 0.0), dict.fromkeys(field, 0.0)
    for _ in range(rounds):
        for key, contender in field.items():
            if spent[key] < ENOUGH:
                gc.collect()
                evaluated, seconds = _turn(contender, prepared[key])
                best[key] = max(best[key], evaluated / seconds)
                spent[key] += seconds
    return best


def _turn(contender: Contender, prepared: list[Any]) -> tuple[int, float]:
    """Makes whole passes over the sample; returns how many cases took how many CPU-seconds. Results are discarded."""
    run, passes = contender.run, 0
    began = time.process_time()
    while (seconds := time.process_time() - began) < SHORTEST_TURN:
        for case in prepared:
            run(case)
        passes += 1
    return passes * len(prepared), seconds


def table(field: dict[str, Contender], speeds: dict[str, float]) -> list[str]:
    """The figures, then each ratio with its target."""
    lines = [f"{'contender':<56}{'cases per CPU-second':>22}"]
    lines += [f"{contender.name:<56}{speeds[key]:>22,.0f}" for key, contender in field.items()]
    lines += ["", f"{'ratio':<76}{'target':>7}{'measured':>10}"]
    for faster, slower, target in TARGETS:
        measured = speeds[faster] / speeds[slower]
        name = f"{field[faster].name} to {field[slower].name}"
        lines.append(f"{name:<76}{target:>7g}{measured:>10.2f}  {'ok' if measured >= target else 'SHORT'}")
    return lines


if __name__ == "__main__":
    sys.exit(main())
