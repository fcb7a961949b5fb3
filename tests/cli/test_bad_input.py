"""Bad input of every kind: exit code 2, one clear message, no traceback, no value echoed; other files still run."""

from __future__ import annotations

import json
import os
from pathlib import Path
from typing import Any

import pytest

from tests.conftest import Command, written

SECRET = "Jane Q. Patient 123-45-6789"

# kind of damage: (content of the file, part of the message)
CONTENTS: dict[str, tuple[bytes, str]] = {
    "empty file": (b"", "is empty"),
    "only whitespace": (b" \n\t ", "is empty"),
    "not JSON": (b"\n{'schema': 1}", ":2: is not JSON"),
    "truncated": (b'{"schema": "imr-check/case/1", "facts": {', "is not JSON"),
    "two documents": (b"{}{}", "is not JSON"),
    "not UTF-8": (b'{"case_id": "\xff\xfe"}', "is not UTF-8"),
    "UTF-16": ('{"case_id": "a"}'.encode("utf-16"), "is not UTF-8"),
    "a list": (b"[]", "is not a case"),
    "a number": (b"3", "is not a case"),
    "null": (b"null", "is not a case"),
    "NaN": (b'{"facts": {"pain-relief-percent": NaN}}', "NaN"),
    "Infinity": (b'{"facts": {"pain-relief-percent": Infinity}}', "NaN or an infinite number"),
    "minus Infinity": (b'{"a": -Infinity}', "NaN or an infinite number"),
    "a float that overflows": (b'{"facts": {"pain-relief-percent": 1e999}}', "too large"),
    "an integer of 5,000 digits": (b'{"a": ' + b"9" * 5000 + b"}", "too large"),
    "nested 100,000 deep": (b"[" * 100_000 + b"]" * 100_000, "nested too deeply"),
    "objects nested 100,000 deep": (b'{"a":' * 100_000 + b"1" + b"}" * 100_000, "nested too deeply"),
    "a duplicate key": (
        b'{"case_id": "a", "case_id": "b"}',
        "$.case_id: stands twice in one object, first in column 2",
    ),
    "over the size limit": (b" " * 20_000_001, "larger than 20 MB"),
}


@pytest.mark.parametrize("kind", CONTENTS)
def test_a_file_that_is_not_a_case(command: Command, tmp_path: Path, kind: str) -> None:
    content, says = CONTENTS[kind]
    path = tmp_path / "bad.json"
    path.write_bytes(content)
    done = command(str(path))
    assert done.returncode == 2
    assert done.stdout == ""
    assert done.stderr.count("\n") == 1
    assert done.stderr.startswith(f"imr-check: {path}")
    assert says in done.stderr
    assert "Traceback" not in done.stderr


def change(case: dict[str, Any], *keys: Any) -> None:
    """Sets the value (the last argument) at a path of keys."""
    *path, last, value = keys
    for key in path:
        case = case[key]
    case[last] = value


# kind of mistake: (path and value, path in the message, part of the message)
WORDS: dict[str, tuple[tuple[Any, ...], str, str]] = {
    "unknown fact": (
        ("facts", "twich-response", "present"),
        "$.facts.twich-response",
        "nearest known: twitch-response",
    ),
    "unknown treatment": (
        ("requests", 0, "treatment", "triger-point"),
        "$.requests[0].treatment",
        "trigger-point-injection",
    ),
    "a brand name": (("requests", 0, "treatment", "Flexeril"), "$.requests[0].treatment", "cyclobenzaprine"),
    "unknown attribute": (
        ("requests", 0, "attributes", "guidance", "x"),
        "$.requests[0].attributes.guidance",
        "imaging-guidance",
    ),
    "attribute of another treatment": (
        ("requests", 0, "attributes", "dose-mg", 5),
        "$.requests[0].attributes.dose-mg",
        "injections-per-session",
    ),
    "unknown requirement": (
        ("requests", 0, "label", {"verdict": "deny", "conceded": ["twitch"]}),
        "$.requests[0].label.conceded[0]",
        "cp09-trigger-point-injection/twitch-response",
    ),
    "unknown key": (("as-of", "2014-01-01"), "$.as-of", "nearest known: as_of"),
    "unknown key in a request": (("requests", 0, "treatmnt", "x"), "$.requests[0].treatmnt", "treatment"),
    "unknown region": (("requests", 0, "region", "cervical"), "$.requests[0].region", "allowed"),
    "a boolean for a state": (
        ("facts", "twitch-response", True),
        "$.facts.twitch-response",
        "present, absent, undocumented",
    ),
    "a word for a state": (("facts", "twitch-response", SECRET), "$.facts.twitch-response", "present, absent"),
    "a state for a number": (
        ("facts", "pain-relief-percent", "present"),
        "$.facts.pain-relief-percent",
        "from 0 to 100",
    ),
    "text for a number": (("facts", "pain-relief-percent", "60"), "$.facts.pain-relief-percent", "a number from 0"),
    "a boolean for a number": (
        ("facts", "pain-relief-percent", True),
        "$.facts.pain-relief-percent",
        "a number from 0",
    ),
    "a number out of bounds": (("facts", "pain-relief-percent", 101), "$.facts.pain-relief-percent", "from 0 to 100"),
    "2**63": (("facts", "prior-treatment-count", 2**63), "$.facts.prior-treatment-count", "a whole number from 0"),
    "a fraction for a count": (
        ("facts", "prior-treatment-count", 1.5),
        "$.facts.prior-treatment-count",
        "a whole number",
    ),
    "an impossible date": (("as_of", "2014-02-30"), "$.as_of", "YYYY-MM-DD"),
    "a date with a time": (("as_of", "2014-02-03T00:00"), "$.as_of", "YYYY-MM-DD"),
    "an American date": (("date_of_injury", "2/3/2014"), "$.date_of_injury", "YYYY-MM-DD"),
    "an unknown code": (
        ("requests", 0, "attributes", "injectate", "botox"),
        "$.requests[0].attributes.injectate",
        "botulinum-toxin",
    ),
    "state and value": (
        ("facts", "twitch-response", {"state": "present", "value": 3}),
        "$.facts.twitch-response",
        "a state or a value",
    ),
    "a value for a state": (("facts", "twitch-response", {"value": 3}), "$.facts.twitch-response", "takes a state"),
    "an empty list": (("facts", "twitch-response", []), "$.facts.twitch-response", "empty list"),
    "a list of words": (("facts", "twitch-response", ["present"]), "$.facts.twitch-response[0]", "observation"),
    "facts are a list": (("facts", ["present"]), "$.facts", "must be an object"),
    "no requests": (("requests", []), "$.requests", "is an empty list"),
    "another schema": (("schema", "imr-check/case/2"), "$.schema", "imr-check/case/1"),
    "10 MB of text": (("requests", 0, "title", "x" * 10_000_000), "$.requests[0].title", "longer than 2000"),
    "a 10 MB fact": (("facts", "twitch-response", "x" * 10_000_000), "$.facts.twitch-response", "present, absent"),
    "a 10 MB key": (("facts", "x" * 10_000_000, "present"), "$.facts.(a key)", "unknown fact"),
    "personal data as a key": (("facts", SECRET, "present"), "$.facts.(a key)", "unknown fact"),
    "control characters": (("case_id", "a\u001b[31m"), "$.case_id", "control characters"),
    "a lone surrogate": (("case_id", "a\ud800"), "$.case_id", "Unicode"),
    "a negative quantity": (
        ("requests", 0, "quantity", {"value": -1, "unit": "injections"}),
        "$.requests[0].quantity.value",
        "greater than 0",
    ),
    "an unknown unit": (
        ("requests", 0, "quantity", {"value": 1, "unit": "shots"}),
        "$.requests[0].quantity.unit",
        "injections",
    ),
    "a request that depends on nothing": (("requests", 0, "depends_on", "9"), "$.requests[0].depends_on", "no request"),
    "a request that depends on itself": (("requests", 0, "depends_on", "1"), "$.requests[0].depends_on", "itself"),
    "findings of a study not done": (
        ("records", {"studies": [{"study": "mri", "status": "not-done", "findings": {"stenosis": "present"}}]}),
        "$.records.studies[0]",
        "has no findings",
    ),
    "a drug among the treatments": (
        ("records", {"treatments": [{"treatment": "metaxalone"}]}),
        "$.records.treatments[0].treatment",
        "is a drug; it belongs in records.medications",
    ),
    "a therapy among the drugs": (
        ("records", {"medications": [{"drug": "exercise"}]}),
        "$.records.medications[0].drug",
        "is no drug; it belongs in records.treatments",
    ),
    "a day outside of its course": (
        ("records", {"treatments": [{"treatment": "exercise", "to": "2013-10-20", "date": "2013-11-14"}]}),
        "$.records.treatments[0].date",
        "is not between from and to",
    ),
    "a day after it was seen": (
        ("facts", "last-treatment-date", {"value": "2013-09-01", "date": "2013-06-01"}),
        "$.facts.last-treatment-date.value",
        "is later than the day of the observation",
    ),
    "unknown study": (("records", {"studies": [{"study": "mrt"}]}), "$.records.studies[0].study", "mri"),
}


@pytest.mark.parametrize("kind", WORDS)
def test_a_case_with_a_mistake(command: Command, tmp_path: Path, complete: dict[str, Any], kind: str) -> None:
    keys, place, says = WORDS[kind]
    change(complete, *keys)
    done = command(written(tmp_path / "case.json", complete))
    assert done.returncode == 2
    assert done.stdout == ""
    assert done.stderr.count("\n") == 1, done.stderr
    assert f"case.json:1: {place}: " in done.stderr
    assert says in done.stderr
    assert SECRET not in done.stderr
    assert len(done.stderr) < 600
    assert "Traceback" not in done.stderr


def test_all_mistakes_are_reported_at_once(command: Command, tmp_path: Path, complete: dict[str, Any]) -> None:
    complete["facts"] |= {"twitch": "present", "pain-relief-percent": -1}
    complete["requests"][0]["region"] = "arm"
    done = command(written(tmp_path / "case.json", complete))
    assert done.stderr.count("\n") == 3


def test_other_files_are_still_evaluated(command: Command, tmp_path: Path, complete: dict[str, Any]) -> None:
    written(tmp_path / "a.json", complete)
    (tmp_path / "b.json").write_text("{", encoding="utf-8")
    written(tmp_path / "c.json", complete)
    done = command(str(tmp_path), "--format", "jsonl")
    assert done.returncode == 2
    assert len(done.stdout.splitlines()) == 2
    assert "b.json:1: is not JSON" in done.stderr
    done = command(*(str(tmp_path / name) for name in ("a.json", "none.json", "c.json")), "--format", "json")
    assert len(json.loads(done.stdout)) == 2
    assert "none.json: cannot be read (No such file or directory)" in done.stderr


def test_a_folder_without_cases(command: Command, tmp_path: Path) -> None:
    done = command(str(tmp_path))
    assert done.returncode == 2
    assert "is a folder without *.json" in done.stderr


@pytest.mark.skipif(os.geteuid() == 0, reason="root can read every file")
def test_a_file_without_read_permission(command: Command, tmp_path: Path) -> None:
    path = tmp_path / "case.json"
    path.touch(mode=0)
    assert "cannot be read (Permission denied)" in command(str(path)).stderr


def test_unreadable_and_endless_files(command: Command, tmp_path: Path) -> None:
    (tmp_path / "loop.json").symlink_to(tmp_path / "loop.json")
    done = command(str(tmp_path / "loop.json"), "/dev/zero", "/proc/self/mem", "x" * 5000)
    assert done.returncode == 2
    assert done.stderr.count("cannot be read") == 3
    assert "/dev/zero: is larger than 20 MB" in done.stderr
    assert "Traceback" not in done.stderr


@pytest.mark.parametrize(
    ("arguments", "says"),
    [
        (["--format", "yaml", "x.json"], "Invalid value for '--format' / '-f': 'yaml' is not one of 'text',"),
        (["--as-of", "tomorrow", "x.json"], "YYYY-MM-DD"),
        (["--guideline", "mtus", "x.json"], "nearest known"),
        (["--engine", "fast", "x.json"], "--engine"),
        (["-", "-"], "once"),
        (["--no-such-option", "x.json"], "--no-such-option"),
        (["--format=", "x.json"], "--format"),
        (["--as-of", "", "x.json"], "YYYY-MM-DD"),
        (["--guideline=", "x.json"], "unknown guideline"),
        (["--fail-on", "denied", "x.json"], "--fail-on: unknown kind; allowed: mismatch, deny,"),
        (["--fail-on", "never", "--fail-on", "deny", "x.json"], "--fail-on: never stands alone"),
        (["--\n::error::\x1b[31m", "x.json"], r":\x3aerror:\x3a\x1b[31m"),
        (["--format", "::error::\x1b", "x.json"], r":\x3aerror:\x3a\x1b"),
    ],
)
def test_bad_usage(command: Command, arguments: list[str], says: str) -> None:
    done = command(*arguments)
    assert done.returncode == 2
    assert says in done.stderr
    assert "Traceback" not in done.stderr
    assert "Value error" not in done.stderr


def test_an_internal_error_reveals_nothing_of_the_case(
    monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str], tmp_path: Path, complete: dict[str, Any]
) -> None:
    from imr_cli import checking  # noqa: PLC0415
    from imr_engine.evaluate import Engine  # noqa: PLC0415

    def broken(*_: object) -> None:
        raise KeyError(SECRET)

    monkeypatch.setattr(Engine, "check", broken)
    assert checking.check([written(tmp_path / "case.json", complete)]) == 2
    said = capsys.readouterr().err
    assert "internal error (KeyError)" in said
    assert SECRET not in said
