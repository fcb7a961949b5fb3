"""Fixtures, names and helpers shared by all tests: a complete case, the engine, and the installed command."""

from __future__ import annotations

import copy
import json
import os
import subprocess
import sys
from collections.abc import Callable, Iterator, Mapping
from pathlib import Path
from typing import Any

import pytest

from imr_criteria import Catalogue, default_catalogue
from imr_engine.answer.result import RequestResult
from imr_engine.cases.intake import check_case
from imr_engine.evaluate import Engine
from imr_letters import LABELLED_CASES

Answer = Callable[[dict[str, Any]], RequestResult]
Command = Callable[..., subprocess.CompletedProcess[str]]

COMMAND = Path(sys.executable).parent / "imr-check"
P122 = "cp09-trigger-point-injection"
LETTER_002 = str(LABELLED_CASES / "letter-002.json")
DATA = Path(__file__).parents[1] / "criteria" / "imr_criteria" / "data"  # a wheel has no YAML
WRITTEN = Path(__file__).parent / "letters" / "written"  # letters written for the project
SHARED = Path(__file__).parents[2] / "shared" / "letters"  # published ones, if they are next to it
NO_DURABLE = "durable_rules is not installed here, or cannot be imported"

# Minimal: removing or contradicting one fact shows which requirement of p.122 rests on it.
COMPLETE: dict[str, Any] = {
    "schema": "imr-check/case/1",
    "case_id": "complete",
    "as_of": "2013-11-14",
    "date_of_injury": "2012-01-05",
    "facts": {
        "myofascial-pain-syndrome": "present",
        "trigger-point": "present",
        "twitch-response": "present",
        "referred-pain-on-palpation": "present",
        "conservative-care-failed": "present",
        "radiculopathy": "absent",
        "active-therapy": "present",
        "prior-treatment": "present",
        "pain-relief-percent": 60,
        "pain-relief-weeks": 8,
        "functional-improvement": "present",
        "last-treatment-date": "2013-06-01",
        "radicular-pain": "absent",
        "typical-neck-or-back-pain": "absent",
        "fibromyalgia": "absent",
    },
    "requests": [
        {
            "id": "1",
            "treatment": "trigger-point-injection",
            "date": "2013-11-14",
            "region": "low-back",
            "attributes": {"injections-per-session": 4, "sessions": 1, "injectate": "local-anesthetic"},
        }
    ],
}


@pytest.fixture
def complete() -> dict[str, Any]:
    """A fresh copy of a p.122 case that meets every requirement."""
    return copy.deepcopy(COMPLETE)


@pytest.fixture(scope="session")
def catalogue() -> Catalogue:
    """The shipped catalogue."""
    return default_catalogue()


@pytest.fixture(scope="session")
def engine(catalogue: Catalogue) -> Engine:
    """The default engine on this Python."""
    return Engine(catalogue)


@pytest.fixture(scope="session")
def answer(engine: Engine) -> Answer:
    """Answers the first request of a case."""

    def of(case: dict[str, Any]) -> RequestResult:
        return engine.check(check_case(case, engine.catalogue))["requests"][0]

    return of


@pytest.fixture(scope="session")
def command() -> Command:
    """Runs the installed command."""

    def run(*arguments: str, stdin: str | bytes = "", **options: Any) -> subprocess.CompletedProcess[str]:
        given = stdin.encode() if isinstance(stdin, str) else stdin
        done = subprocess.run(
            [str(COMMAND), *arguments], input=given, capture_output=True, timeout=60, check=False, **options
        )
        return subprocess.CompletedProcess(done.args, done.returncode, done.stdout.decode(), done.stderr.decode())

    return run


def failing(request: RequestResult) -> dict[str, str]:
    """The statuses of the failing requirements, by short id."""
    return {
        r["id"].partition("/")[2]: r["status"]
        for r in request["requirements"]
        if (r["kind"] == "required" and r["status"] in {"unmet", "undocumented"})
        or (r["kind"] == "exclusion" and r["status"] in {"unmet", "undocumented"} and not r.get("assumed"))
    }


def keys_of(data: Any) -> Iterator[str]:
    """Every key of every object in JSON data."""
    if isinstance(data, dict):
        yield from data
        data = list(data.values())
    if isinstance(data, list):
        for inner in data:
            yield from keys_of(inner)


def written(path: Path, case: dict[str, Any]) -> str:
    """Writes a case to `path` and returns the path as a command-line argument."""
    path.write_text(json.dumps(case), encoding="utf-8")
    return str(path)


def run_python(
    *arguments: str,
    path: Path,
    timeout: float = 60,
    environment: Mapping[str, str] | None = None,
    cwd: Path | None = None,
) -> subprocess.CompletedProcess[str]:
    """Runs this Python in a separate process, where modules are looked for in `path` first."""
    paths = [str(path), *filter(None, [os.environ.get("PYTHONPATH")])]
    known = {**os.environ, "PYTHONPATH": os.pathsep.join(paths), **(environment or {})}
    command = [sys.executable, *arguments]
    return subprocess.run(command, env=known, cwd=cwd, capture_output=True, text=True, timeout=timeout, check=False)
