"""The full run of test_remedies.py: what the remedies say, applied to the JSON of thousands of denials.

    python tests/engine/full_remedies.py [--cases 12000]

Where a result says that only documentation is missing, the case is approved once everything is written that the
remedies ask for; changes, later dates and stops, alone and together, leave what they mend satisfied and let nothing
else fail. Prints how many denials of each criterion there were, and of how many each was said. Exits with code 1 at the
first exception.
"""

from __future__ import annotations

import argparse
import sys
import time
import traceback
from collections import Counter
from pathlib import Path

from hypothesis import given, settings

sys.path.insert(0, str(Path(__file__).parents[2]))
from tests.engine.remedied import DENIALS, GUIDELINES, documents_approve, the_mends_hold
from tests.engine.strategies import STEADY, Case


def main() -> int:
    """Runs over generated cases and reports the counts."""
    parser = argparse.ArgumentParser(description=str(__doc__).splitlines()[0])
    parser.add_argument("--cases", type=int, default=12_000)
    denied: Counter[str] = Counter()
    documents: Counter[str] = Counter()
    kinds: Counter[str] = Counter()

    @given(DENIALS, GUIDELINES)
    @settings(STEADY, max_examples=parser.parse_args().cases, database=None)
    def look(case: Case, guideline: str | None) -> None:
        for criterion, answer in documents_approve(case, guideline):
            denied[criterion] += 1
            documents[criterion] += answer["only_documentation_missing"]
        kinds.update(the_mends_hold(case, guideline))

    started = time.monotonic()
    try:
        look()
    except AssertionError as error:
        failed = traceback.extract_tb(error.__traceback__)[-1]
        print(f"different: {failed.line} {error}", *getattr(error, "__notes__", ()), sep="\n", file=sys.stderr)
        return 1
    for criterion, count in sorted(denied.items()):
        print(f"{criterion:<34}{count:>7} denials, {documents[criterion]:>6} lack only documentation")
    print(f"remedies: {', '.join(f'{count} {kind}' for kind, count in sorted(kinds.items()))}")
    print(f"{denied.total()} denials without an exception in {time.monotonic() - started:.0f} s")
    return 0


if __name__ == "__main__":
    sys.exit(main())
