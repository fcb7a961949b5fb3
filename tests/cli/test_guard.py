"""One file that the program fails on is one message without data; the others are done, and the output stays whole."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest

import imr_views.letter
import imr_views.result
from imr_cli import checking, letter_commands
from imr_engine.evaluate import Engine
from tests.conftest import WRITTEN, written

SECRET = "Jane Q. Patient"


class _BrokenError(Exception):
    pass


@pytest.fixture
def three(tmp_path: Path, complete: dict[str, Any]) -> list[str]:
    """Three cases; the second one is called as the patient."""
    paths = []
    for name in ("a", SECRET, "c"):
        complete["case_id"] = name
        paths.append(written(tmp_path / f"{len(paths)}.json", complete))
    return paths


def break_views(monkeypatch: pytest.MonkeyPatch) -> None:
    right = imr_views.result._requirements

    def wrong(request: Any, catalogue: Any) -> Any:
        if request["title"] == SECRET:
            raise _BrokenError(SECRET + "\x1b[31m")
        return right(request, catalogue)

    monkeypatch.setattr(imr_views.result, "_requirements", wrong)


def break_results(monkeypatch: pytest.MonkeyPatch, value: Any) -> None:
    right = Engine.check

    def wrong(engine: Engine, case: Any, *rest: Any) -> Any:
        result = right(engine, case, *rest)
        if case.case_id == SECRET:
            result["requests"][0]["title"] = value
        return result

    monkeypatch.setattr(Engine, "check", wrong)


@pytest.mark.parametrize("form", ["text", "markdown", "json", "jsonl"])
def test_a_result_that_cannot_be_shown(
    monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str], three: list[str], form: Any
) -> None:
    assert checking.check([three[0], three[2]], form) == 0
    whole = capsys.readouterr().out
    break_views(monkeypatch)
    break_results(monkeypatch, SECRET if form in {"text", "markdown"} else "\ud800")
    assert checking.check(three, form) == 2
    said = capsys.readouterr()
    assert said.err.count("\n") == 1
    assert said.err.startswith(f"imr-check: {three[1]}: internal error (")
    assert SECRET not in said.err + said.out
    if form == "text":
        assert said.out.replace("; 1 problem, see the messages", "") == whole
    else:
        assert said.out.replace("; 1 problem, see the messages", "") == whole
    if form == "json":
        assert [result["case_id"] for result in json.loads(said.out)] == ["a", "c"]


def test_debug_shows_the_traceback(
    monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str], three: list[str]
) -> None:
    break_views(monkeypatch)
    break_results(monkeypatch, SECRET)
    assert checking.check(three, debug=True) == 2
    said = capsys.readouterr().err
    assert "Traceback (most recent call last):" in said
    assert f"_BrokenError: {SECRET}\\x1b[31m" in said
    assert "\x1b" not in said


@pytest.mark.parametrize("form", ["text", "json", "jsonl"])
def test_a_letter_that_cannot_be_shown(
    monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str], form: Any
) -> None:
    names = ["2013.txt", "2014.txt", "2016.txt"]
    paths = [str(WRITTEN / name) for name in names]
    assert letter_commands.read([paths[0], paths[2]], form) == 0
    whole = capsys.readouterr().out
    right = letter_commands._letter

    class Unshowable:
        def __getattr__(self, name: str) -> Any:
            raise _BrokenError(SECRET)

    def wrong(name: str, content: bytes) -> Any:
        one = right(name, content)
        return letter_commands.Read(name, Unshowable(), "", "text") if name == paths[1] else one  # type: ignore[arg-type]

    monkeypatch.setattr(letter_commands, "_letter", wrong)
    assert letter_commands.read(paths, form) == 2
    said = capsys.readouterr()
    assert said.out == whole
    assert said.err == f"imr-check: {paths[1]}: internal error (_BrokenError); the letter was not read\n"
    assert letter_commands.lint(paths, form) == 2
    assert "Traceback" not in capsys.readouterr().err
    assert letter_commands.lint(paths, form, debug=True) == 2
    assert "Traceback" in capsys.readouterr().err
