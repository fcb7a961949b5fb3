"""Prints how many labelled cases go from JSON to JSON per CPU-second, with whichever packages are found first.

`whole_path.py` also runs it on an earlier revision of the code, which is why it tries two locations of one function.
"""

from __future__ import annotations

import json
import sys
import time
from pathlib import Path

from imr_criteria import default_catalogue
from imr_engine.evaluate import Engine

try:
    from orjson import dumps

    from imr_engine.cases.intake import read_case
except ImportError:
    from imr_engine.intake import read_case

    def dumps(value: object) -> bytes:
        """Writes JSON Lines as the command did then."""
        return json.dumps(value, ensure_ascii=False).encode()


CASES = Path(__file__).resolve().parent.parent / "letters" / "imr_letters" / "cases"
SECONDS = 1.0


def cases() -> list[bytes]:
    """The labelled cases, or the first one with the number of medication records that the command line gives."""
    texts = [path.read_bytes() for path in sorted(CASES.glob("*.json"))]
    if "--medications" not in sys.argv:
        return texts
    case = json.loads(texts[0])
    drugs = ("naproxen", "ibuprofen", "tramadol", "gabapentin", "cyclobenzaprine")
    count = int(sys.argv[-1])
    taken = [{"drug": drugs[n % 5], "from": f"{2000 + n % 12}-01-05", "outcome": "failed"} for n in range(count)]
    case.setdefault("records", {})["medications"] = taken
    return [json.dumps(case).encode()]


def main() -> None:
    """Measures for one second, after a pass that compiles the criteria."""
    catalogue = default_catalogue()
    engine = Engine(catalogue)
    texts = cases()
    for text in texts:
        dumps(engine.check(read_case(text, catalogue)))
    done = 0
    began = time.process_time()
    while (seconds := time.process_time() - began) < SECONDS:
        for text in texts:
            dumps(engine.check(read_case(text, catalogue)))
        done += len(texts)
    print(done / seconds)


if __name__ == "__main__":
    main()
