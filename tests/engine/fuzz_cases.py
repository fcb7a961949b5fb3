"""Damages cases at random and reads them: `python -m tests.engine.fuzz_cases [CASES [SEED]]`, or `make fuzz-cases`.

Whatever the damage, a case is either evaluated or refused by problems, each with a path and a line; nothing else is
raised, no value is repeated, and time and memory stay bounded. The suite runs a few hundred of them.
"""

from __future__ import annotations

import json
import random
import resource
import sys
import time
from collections import Counter
from collections.abc import Iterator
from typing import Any

from imr_criteria import default_catalogue
from imr_criteria.problems import MAX_PROBLEMS, Problem
from imr_engine.cases.intake import CaseError, read_case
from imr_engine.evaluate import Engine
from imr_letters import LABELLED_CASES
from tests.conftest import COMPLETE

SECRET = "Jane Q. Patient 123-45-6789"
WHOLE: dict[str, Any] = {
    **COMPLETE,
    "facts": {
        **COMPLETE["facts"],
        "twitch-response": [
            {"state": "present", "date": "2013-10-01", "region": "neck", "evidence": {"document": "a", "page": 2}},
            {"state": "undocumented", "evidence": {"section": "record", "line": 3, "note": "b", "date": "2013-10-01"}},
        ],
        "pain-relief-percent": {"value": 60, "date": "2013-06-01"},
    },
    "records": {
        "treatments": [
            {"treatment": "physical-therapy", "from": "2012-02-01", "to": "2012-03-01", "outcome": "failed"}
        ],
        "medications": [{"drug": "cyclobenzaprine", "dose_mg": 5, "from": "2013-01-01", "status": "current"}],
        "studies": [{"study": "mri", "date": "2012-05-01", "region": "neck", "findings": {"stenosis": "absent"}}],
    },
    "requests": [
        {
            **COMPLETE["requests"][0],
            "quantity": {"value": 3, "unit": "injections"},
            "facts": {"radicular-pain": "absent"},
        },
        {
            "id": "2",
            "treatment": "cyclobenzaprine",
            "depends_on": "1",
            "label": {"verdict": "deny", "reasons": [], "conceded": [], "other": ["c"]},
        },
    ],
}
CASES = [WHOLE, *(json.loads(path.read_text(encoding="utf-8")) for path in sorted(LABELLED_CASES.glob("*.json")))]
KEYS = [
    *("schema_", "from_", "int", "float", "constrained-int", "[key]", "", "\u200b", "facts\u00ad", "as_of ", "\ud800"),
    *("present", "state", "value", "evidence", "date", "__class__", "x" * 300, SECRET, "\u001b[31m", "0", "-1", "id"),
]
VALUES: list[Any] = [
    *(None, True, False, 0, -1, 1, 2**53, 10**39, 0.5, 1e308, -0.0, "", " ", SECRET, "x" * 3000, "\ud800", "\x1b[31m"),
    *("present", "absent", "undocumented", "2014-02-30", "2013-01-01", "9999-12-31", "0001-01-01", "1", "neck"),
    *([], {}, [[]], [{}], {"state": "present"}, {"value": 3}, [None] * 70, [{"state": SECRET}] * 70, {"": {}}),
    *({f"k{n}": n for n in range(70)}, {"int": 1, "float": 2}),
]
INSERTED = [
    "NaN",
    "-Infinity",
    "1e999",
    "9" * 60,
    '"',
    "\\",
    "{",
    "}",
    "[",
    "]",
    ",",
    ":",
    "\n",
    "\t",
    "\0",
    "\ufeff",
    "[" * 9,
]


def damaged(rng: random.Random) -> bytes:
    """A case with one to four kinds of damage to its data, and sometimes to its text."""
    data = json.loads(json.dumps(rng.choice(CASES)))
    for _ in range(rng.randint(0, 4)):
        data = _with_damage(data, rng)
    text = json.dumps(data, indent=rng.choice([None, 0, 2]), ensure_ascii=rng.random() < 0.9)
    if rng.random() < 0.3:
        for _ in range(rng.randint(1, 3)):
            start = rng.randrange(len(text) + 1)
            end = min(len(text), start + rng.choice([0, 0, 1, 20]))
            text = text[:start] + rng.choice([*INSERTED, "", text[start:end] * 2]) + text[end:]
    return text.encode("utf-8", "surrogatepass")


def damaged_data(rng: random.Random) -> Any:
    """The data of a case with one to four kinds of damage."""
    data = json.loads(json.dumps(rng.choice(CASES)))
    for _ in range(rng.randint(1, 4)):
        data = _with_damage(data, rng)
    return data


def _with_damage(data: Any, rng: random.Random) -> Any:
    inner = list(_containers(data))
    if not inner:
        return rng.choice(VALUES)
    one = rng.choice(inner)
    places: list[Any] = list(one) if isinstance(one, dict) else list(range(len(one)))
    place = rng.choice(places) if places else None
    copied = json.dumps(rng.choice([*VALUES, *inner[:20]]))
    new: Any = json.loads(copied) if len(copied) < 5000 else None
    kind = rng.randrange(4)
    if kind == 0 and place is not None:
        del one[place]
    elif kind == 1 and place is not None:
        one[place] = new
    elif isinstance(one, dict):
        value = one.pop(place) if kind == 2 and place is not None else new
        one[rng.choice(KEYS)] = value
    else:
        one.extend([new] * rng.choice([1, 1, 2, 60]))
    return data


def _containers(data: Any) -> Iterator[Any]:
    if isinstance(data, dict | list):
        yield data
        for inner in data.values() if isinstance(data, dict) else data:
            yield from _containers(inner)


def outcome(content: bytes, engine: Engine) -> str:
    """`evaluated` or `refused`. Raises AssertionError if a problem is not as it should be, or what is internal."""
    problems = problems_of(content, engine)
    lines = content.count(b"\n") + 1
    for problem in problems:
        said = str(problem)
        assert SECRET not in said
        assert len(said) < 1000
        assert said.isprintable(), ascii(said)
        assert 1 <= (problem.line or 1) <= lines
        assert problem.line is not None or not problem.path, said
    assert len(problems) <= MAX_PROBLEMS + 1
    return "refused" if problems else "evaluated"


def problems_of(content: bytes, engine: Engine) -> list[Problem]:
    """The problems of a case; if there are none, it was evaluated."""
    try:
        engine.check(read_case(content, engine.catalogue))
    except CaseError as error:
        return error.problems
    return []


def main(arguments: list[str]) -> int:
    """Reads damaged cases and prints what came of them; 1 if one fails."""
    count = int(arguments[0]) if arguments else 20_000
    first = int(arguments[1]) if len(arguments) > 1 else 0
    engine = Engine(default_catalogue(), "plain")
    tally: Counter[str] = Counter()
    longest = 0.0
    for seed in range(first, first + count):
        content = damaged(random.Random(seed))
        started = time.process_time()
        try:
            tally[outcome(content, engine)] += 1
        except Exception as error:
            tally["failed"] += 1
            print(f"seed {seed}: {type(error).__name__}: {ascii(error)[:300]}")
        longest = max(longest, time.process_time() - started)
    peak = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss // 1024
    print(f"{count} damaged cases: {dict(tally)}; longest {longest * 1000:.0f} ms, peak memory {peak} MB")
    return 1 if tally["failed"] else 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
