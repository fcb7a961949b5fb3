"""The command as users run it: output formats, exit codes, several files, help."""

from __future__ import annotations

import json
import os
import re
import subprocess
import sys
from pathlib import Path
from typing import Any

import jsonschema
import pytest

from imr_engine.answer.result import ADVICE
from imr_engine.evaluate import durable_available
from imr_letters import LABELLED_CASES
from tests.cli.terminal import on_terminal
from tests.conftest import DATA, LETTER_002, NO_DURABLE, Command, written

GOLDEN = Path(__file__).parent / "golden"


def test_text_starts_with_verdict_reason_and_remedy(command: Command) -> None:
    lines = command(LETTER_002).stdout.splitlines()
    assert lines[0].startswith("DENY  letter-002, request 1: Trigger point injections (TPI) x 6")
    assert "1 unmet, 6 not documented, 5 met." in lines[2]
    first = lines.index("What is missing, and what would fix it") + 1
    assert lines[first].startswith("  - Change the request: injections per session, at most 4 injections.")
    assert max(map(len, lines)) <= 100


def test_the_top_says_when_only_documentation_is_missing(
    command: Command, tmp_path: Path, complete: dict[str, Any]
) -> None:
    del complete["facts"]["twitch-response"]
    lines = command(written(tmp_path / "case.json", complete)).stdout.splitlines()
    assert lines[2] == "1 not documented, 15 met. Only documentation is missing."


@pytest.mark.parametrize(("form", "ending"), [("text", "txt"), ("markdown", "md")])
def test_output_matches_the_golden_file(command: Command, form: str, ending: str) -> None:
    """IMR_CHECK_UPDATE_GOLDEN=1 rewrites the files; read them whenever they change."""
    path = GOLDEN / f"letter-002.{ending}"
    found = command(LETTER_002, "--format", form, *([] if durable_available() else ["--engine", "plain"])).stdout
    if os.environ.get("IMR_CHECK_UPDATE_GOLDEN"):
        path.write_text(found, encoding="utf-8")
    assert found == path.read_text(encoding="utf-8")


def test_json_is_an_object_for_one_file_and_an_array_for_several(
    command: Command, tmp_path: Path, complete: dict[str, Any]
) -> None:
    assert json.loads(command(LETTER_002, "--format", "json").stdout)["case_id"] == "letter-002"
    assert len(json.loads(command(LETTER_002, LETTER_002, "--format", "json").stdout)) == 2
    written(tmp_path / "only.json", complete)
    assert len(json.loads(command(str(tmp_path), "--format", "json").stdout)) == 1
    folder = command(str(LABELLED_CASES), "--format", "jsonl").stdout.splitlines()
    assert [json.loads(line)["case_id"] for line in folder] == [f"letter-00{n}" for n in range(5)]


def test_a_result_has_the_fields_that_others_rely_on(command: Command) -> None:
    result = json.loads(command(LETTER_002, "--format", "json").stdout)
    assert result["schema"] == "imr-check/result/4"
    assert set(result["engine"]) - {"because"} == {"name", "version", "criteria_digest"}
    assert result["engine"]["name"] == ("durable_rules" if durable_available() else "plain")
    assert result["advice"] == ADVICE
    request = result["requests"][0]
    assert set(request) >= {
        "id", "title", "treatment", "verdict", "because", "date_used", "criteria", "requirements", "counts",
        "assumptions", "remedies", "trace", "rationale", "label", "agreement",
    }  # fmt: skip
    assert set(request["counts"]) == {"met", "unmet", "in-conflict", "undocumented", "not-applicable"}
    assert all(set(entry) == {"rule", "concludes", "from"} for entry in request["trace"])
    assert all(
        set(f) >= {"fact", "state", "value", "evidence", "conflict"}
        for r in request["requirements"]
        for f in r["facts"]
    )
    assert {c["role"] for c in request["criteria"]} == {"governing", "compared"}
    assert request["date_used"] == {"date": "2014-01-30", "source": "request"}


def test_full_adds_what_a_result_leaves_out(command: Command) -> None:
    short = json.loads(command(LETTER_002, "--format", "json").stdout)["requests"][0]
    full = json.loads(command(LETTER_002, "--format", "json", "--full").stdout)["requests"][0]
    assert "\n".join(sentence["text"] for sentence in full.pop("rationale_sentences")) == short["rationale"]
    compared = [criterion.pop("requirements") for criterion in full["criteria"] if criterion["role"] == "compared"]
    assert compared
    assert all(compared)
    assert full == short


def test_a_result_says_each_thing_once(command: Command) -> None:
    """A request once took 50 KB because long texts were repeated."""
    text = command(LETTER_002, "--format", "jsonl").stdout
    assert len(text) < 30_000
    assert text.count("Labor Code 4610") == 1
    assert text.count("MTUS Chronic Pain Medical Treatment Guidelines") == 0


def test_one_bad_file_in_an_array(command: Command, tmp_path: Path, complete: dict[str, Any]) -> None:
    written(tmp_path / "a.json", complete)
    (tmp_path / "b.json").write_text("{", encoding="utf-8")
    (tmp_path / "deeper").mkdir()
    written(tmp_path / "deeper" / "c.json", complete)
    done = command(str(tmp_path), "--format", "json")
    assert done.returncode == 2
    assert len(json.loads(done.stdout)) == 2
    (tmp_path / "a.json").unlink()
    (tmp_path / "deeper" / "c.json").unlink()
    assert json.loads(command(str(tmp_path), "--format", "json").stdout) == []


def test_standard_input(command: Command) -> None:
    done = command("-", stdin=Path(LETTER_002).read_bytes())
    assert done.returncode == 0
    assert done.stdout == command(LETTER_002).stdout
    assert (
        json.loads(command("-", "--format", "json", stdin=Path(LETTER_002).read_bytes()).stdout)["case_id"]
        == "letter-002"
    )


def test_output_goes_to_a_file_and_never_over_the_input(command: Command, tmp_path: Path) -> None:
    target = tmp_path / "out.md"
    assert command(LETTER_002, "--format", "markdown", "-o", str(target)).stdout == ""
    assert target.read_text(encoding="utf-8").startswith("## DENY: letter-002")
    assert [path.name for path in tmp_path.iterdir()] == ["out.md"]
    copy = tmp_path / "case.json"
    copy.write_bytes(Path(LETTER_002).read_bytes())
    assert command(str(copy), "-o", str(copy)).returncode == 2
    assert copy.read_bytes() == Path(LETTER_002).read_bytes()
    assert "cannot be written" in command(LETTER_002, "-o", str(tmp_path / "none" / "out")).stderr


@pytest.mark.parametrize(
    ("fail_on", "code"), [("mismatch", 0), ("deny", 1), ("undocumented", 1), ("not-addressed", 0), ("never", 0)]
)
def test_exit_codes(command: Command, fail_on: str, code: int) -> None:
    assert command(LETTER_002, "--fail-on", fail_on).returncode == code


@pytest.mark.parametrize(
    ("kinds", "code"),
    [
        (["deny", "not-addressed"], 1),
        (["not-addressed", "deny"], 1),
        (["mismatch", "not-addressed"], 0),
        (["deny", "deny"], 1),
        (["never", "never"], 0),
    ],
)
def test_every_fail_on_counts(command: Command, kinds: list[str], code: int) -> None:
    assert command(LETTER_002, *(f"--fail-on={kind}" for kind in kinds)).returncode == code


def test_both_engines_agree(command: Command) -> None:
    if not durable_available():
        done = command(LETTER_002, "--engine", "durable")
        assert (done.returncode, done.stdout) == (2, "")
        pytest.skip(NO_DURABLE)
    plain = json.loads(command(str(LABELLED_CASES), "--format", "json", "--engine", "plain").stdout)
    durable = json.loads(command(str(LABELLED_CASES), "--format", "json", "--engine", "durable").stdout)
    for one, other in zip(plain, durable, strict=True):
        assert (one["engine"].pop("name"), other["engine"].pop("name")) == ("plain", "durable_rules")
    assert plain == durable


def test_a_2020_request_is_never_silently_judged_by_the_2009_edition(
    command: Command, tmp_path: Path, complete: dict[str, Any]
) -> None:
    complete["requests"][0]["date"] = complete["as_of"] = "2020-03-01"
    path = written(tmp_path / "case.json", complete)
    request = json.loads(command(path, "--format", "json").stdout)["requests"][0]
    assert (request["verdict"], request["because"]) == ("not-addressed", "out-of-force")
    assert request["requirements"] == []
    assert "MTUS Chronic Pain 2009 (2009-07-18 to 2016-07-27)" in request["rationale"]
    assert command(path, "--fail-on", "not-addressed").returncode == 1
    forced = json.loads(command(path, "--format", "json", "--guideline", "mtus-chronic-pain-2009").stdout)["requests"][
        0
    ]
    assert forced["verdict"] in {"approve", "deny"}
    assert "out of force on 2020-03-01" in forced["explanation"]
    assert forced["explanation"] in forced["rationale"]


def test_as_of_hides_later_observations(command: Command, tmp_path: Path, complete: dict[str, Any]) -> None:
    complete["facts"]["twitch-response"] = {"state": "present", "date": "2013-11-10"}
    path = written(tmp_path / "case.json", complete)
    assert command(path).stdout.startswith("APPROVE")
    assert command(path, "--as-of", "2013-11-09").stdout.startswith("DENY")


def test_help_teaches_by_example(command: Command) -> None:
    text = command("--help").stdout
    assert "imr-check cases/ --format jsonl" in text
    example = re.search(r'\{"schema".*?\}\]\}', text, re.DOTALL)
    assert example is not None
    done = command("-", stdin=example[0])
    assert done.returncode == 0
    assert done.stdout.startswith("DENY  A-1")
    assert re.fullmatch(r"imr-check \d+\.\d+\.\d+\n", command("--version").stdout)
    assert "--install-completion" in text
    for words in ([], ["check"], ["criteria"], ["criteria", "show"], ["letter"], ["letter", "read"]):
        assert command(*words, "-h").stdout == command(*words, "--help").stdout


@pytest.mark.parametrize(
    ("arguments", "code"),
    [([LETTER_002], 0), ([LETTER_002, "--fail-on", "deny"], 1), (["nothing.json"], 2), (["--help"], 0), (["--no"], 2)],
)
def test_the_package_runs_as_the_command(command: Command, arguments: list[str], code: int) -> None:
    done = subprocess.run(
        [sys.executable, "-m", "imr_cli", *arguments], capture_output=True, text=True, timeout=60, check=False
    )
    assert done.returncode == code
    known = command(*arguments)
    assert (done.stdout, done.stderr) == (known.stdout, known.stderr)


def test_files_named_like_options_and_commands(command: Command, tmp_path: Path) -> None:
    for name in ("-x.json", "--help", "check", "letter"):
        (tmp_path / name).write_bytes(Path(LETTER_002).read_bytes())
        done = command("--", name, cwd=tmp_path)
        assert (done.returncode, done.stdout) == (0, command(LETTER_002).stdout)


def test_shell_completion(command: Command) -> None:
    script = command("--show-completion", "bash").stdout
    assert "_IMR_CHECK_COMPLETE" in script
    environment = {
        **os.environ,
        "_IMR_CHECK_COMPLETE": "complete_bash",
        "COMP_WORDS": "imr-check crit",
        "COMP_CWORD": "1",
    }
    assert "criteria" in command(env=environment).stdout


def test_a_terminal_gets_color_and_a_pipe_does_not(command: Command) -> None:
    assert "\x1b[" not in command(LETTER_002).stdout
    assert "\x1b[" in on_terminal(LETTER_002)[1]


def test_markdown_escapes_text_from_the_case(command: Command, tmp_path: Path, complete: dict[str, Any]) -> None:
    complete["requests"][0]["title"] = "<script>alert(1)</script> | **x** [a](http://b)"
    text = command(written(tmp_path / "case.json", complete), "--format", "markdown").stdout
    assert "<script>" not in text
    assert r"\| \*\*x\*\*" in text


def test_shipped_cases_fit_the_published_schema() -> None:
    schema = json.loads(
        (Path(__file__).parents[2] / "docs" / "schema" / "case.schema.json").read_text(encoding="utf-8")
    )
    validator = jsonschema.Draft202012Validator(schema)
    for path in LABELLED_CASES.glob("*.json"):
        validator.validate(json.loads(path.read_text(encoding="utf-8")))
    with pytest.raises(jsonschema.ValidationError):
        validator.validate(
            {"schema": "imr-check/case/1", "case_id": "x", "facts": {"twitch": "present"}, "requests": []}
        )


class TestCriteria:
    """imr-check criteria list|show|lint."""

    def test_list(self, command: Command) -> None:
        lines = command("criteria", "list").stdout.splitlines()
        assert lines[0].startswith("id\t")
        assert any(line.startswith("cp09-trigger-point-injection\tmtus-chronic-pain-2009") for line in lines)
        assert any(
            row["id"] == "twitch-response"
            for row in json.loads(command("criteria", "list", "facts", "-f", "json").stdout)
        )
        assert command("criteria", "list", "nonsense").returncode == 2

    @pytest.mark.parametrize("name", ["cp09-trigger-point-injection", "cyclobenzaprine", "radiculopathy"])
    def test_show(self, command: Command, name: str) -> None:
        done = command("criteria", "show", name)
        assert done.returncode == 0
        assert done.stdout.startswith(name)
        assert json.loads(command("criteria", "show", name, "--format", "json").stdout)["id"] == name

    def test_show_unknown(self, command: Command) -> None:
        done = command("criteria", "show", "cp09-triger-point")
        assert done.returncode == 2
        assert "nearest known: " in done.stderr
        assert "cp09-trigger-point-injection" in done.stderr

    def test_lint(self, command: Command, tmp_path: Path) -> None:
        assert "no problems found" in command("criteria", "lint").stdout
        for name, says in (
            (str(tmp_path), "is not a folder of criteria"),
            ("", "a file name is empty"),
            ("x" * 300, "cannot be read (File name too long)"),
            ("x/" * 3000, "cannot be read (File name too long)"),
            (LETTER_002, "is not a folder of criteria"),
            ("\udcff", "is not a folder of criteria"),
        ):
            done = command("criteria", "lint", name, cwd=DATA)
            assert (done.returncode, done.stdout, done.stderr.count("\n")) == (2, "", 1)
            assert says in done.stderr

    def test_debug_is_an_option_of_every_command(self, command: Command) -> None:
        for name in ("list", "lint"):
            assert command("criteria", name, "--debug").returncode == 0
        assert command("criteria", "show", "radiculopathy", "--debug").returncode == 0
