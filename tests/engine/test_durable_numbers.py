"""Fault 6 of docs/durable-rules.md in full: how the engine parses and compares numbers."""

from __future__ import annotations

import re
import shutil
import subprocess
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from imr_criteria import default_catalogue
from imr_engine.cases.intake import CaseError, read_json
from imr_engine.evaluate import durable_available
from imr_engine.evaluators.plain import PlainEvaluator
from imr_engine.rules.compiler import compile_criterion
from imr_engine.rules.keys import Input, fact
from tests.conftest import NO_DURABLE, P122
from tests.engine.support import compiled, domain, limits_of, made_catalogue, made_criterion, run_script

if not durable_available():
    pytest.skip(NO_DURABLE, allow_module_level=True)

from imr_engine.evaluators.durable import DurableEvaluator

MAX_EXACT = 2**53
PROGRAMS = {name: compiled(name) for name in sorted(default_catalogue().criteria)}
NUMBERS = [(name, key) for name, program in PROGRAMS.items() for key in program.inputs if limits_of(program, key)]


@pytest.mark.parametrize("text", ["NaN", "Infinity", "-Infinity", "1e999", "-1e999", "1" * 50])
def test_what_is_not_a_number_is_refused_everywhere(text: str) -> None:
    """Even where a value has no bounds."""
    with pytest.raises(CaseError):
        read_json(f'{{"anything": [{text}]}}'.encode())


@given(st.floats(allow_nan=False, allow_infinity=False) | st.integers())
@settings(derandomize=True, deadline=None, max_examples=500)
def test_the_engine_sees_only_small_whole_numbers(value: float) -> None:
    """1e-07 does not parse and 2**63 saturates, so a number is passed as its place among the criterion's limits."""
    program = PROGRAMS[P122]
    for level in DurableEvaluator(program)._levels:
        fact = level.fact(dict.fromkeys((key for _, key in NUMBERS), value), [1] * len(program.nodes))
        assert re.fullmatch(r'\{"sid":"1","id":"1"(,"[A-Za-z]+":\d{1,2})+\}', fact)


@pytest.mark.parametrize(("name", "key"), NUMBERS)
def test_every_number_is_compared_exactly(name: str, key: Input) -> None:
    """Tiny, large and neighbouring numbers, whole or not, give the plain evaluator's statuses."""
    program = PROGRAMS[name]
    durable, plain = DurableEvaluator(program), PlainEvaluator(program)
    near = [value for value in domain(default_catalogue(), program, key) if value is not None]
    whole = [round(float(value)) + step for value in near for step in (-1, 0, 1)]
    extreme = [0, 0.0, -0.0, 5e-324, 1e-300, 1e-07, 0.1 + 0.2, 1e15 + 0.3, MAX_EXACT, -MAX_EXACT, float(MAX_EXACT)]
    for value in [*near, *whole, *map(float, whole), *extreme]:
        assert durable.run({key: value}) == plain.run({key: value}), value


LIMITS = [1e-07, 5e-324, 1e16, 1e22, 1e300, 2**53 + 1, 2**63, 10**30, 0.1, -2.5, 123456789.125]


@pytest.mark.parametrize("limit", LIMITS)
def test_limits_of_a_criterion_are_exact(limit: float) -> None:
    """Limits never reach the engine's parser, so every one is exact."""
    program = compile_criterion(made_catalogue(0), made_criterion({"condition": {"fact": "num", "at_most": limit}}))
    durable = DurableEvaluator(program)
    plain = PlainEvaluator(program)
    for value in (
        0,
        5e-324,
        5e-08,
        1e-07,
        2e-07,
        0.1,
        0.2,
        3,
        123456789.125,
        123456789.25,
        MAX_EXACT,
        2**53 + 1,
        10**30,
    ):
        assert durable.run({fact("num"): value}) == plain.run({fact("num"): value}), value


def decimal_comma(folder: Path) -> dict[str, str] | None:
    """Environment variables for a locale with a decimal comma; None if there is no such locale."""
    installed = subprocess.run(["locale", "-a"], capture_output=True, text=True, check=False).stdout.split()
    for name in ("de_DE.utf8", "fr_FR.utf8", "es_ES.utf8", "it_IT.utf8"):
        if name in installed:
            return {"COMMA": name}
    if shutil.which("localedef"):
        made = subprocess.run(
            ["localedef", "-i", "de_DE", "-f", "UTF-8", str(folder / "de_DE.utf8")], capture_output=True, check=False
        )
        if made.returncode == 0:
            return {"COMMA": "de_DE.utf8", "LOCPATH": str(folder)}
    return None


@pytest.mark.skipif(shutil.which("locale") is None, reason="needs the `locale` command to find a decimal comma")
def test_a_decimal_comma_changes_nothing(tmp_path: Path) -> None:
    """C parses numbers by locale: with a decimal comma, "3.5" is read as 3. No result may depend on the locale."""
    environment = decimal_comma(tmp_path)
    if environment is None:
        pytest.skip("no locale with a decimal comma is installed, and none can be built")
    run_script(
        "import locale, os\n"
        "locale.setlocale(locale.LC_ALL, os.environ['COMMA'])\n"
        "assert locale.localeconv()['decimal_point'] == ','\n"
        "from imr_engine.evaluators.durable import DurableEvaluator\n"
        "from imr_engine.evaluators.plain import PlainEvaluator\n"
        "from imr_engine.rules.compiler import compile_criterion\n"
        "from imr_engine.rules.keys import fact\n"
        "from imr_engine.rules.three_values import MET, UNMET\n"
        "from tests.engine.support import made_catalogue, made_criterion\n"
        "for limit in (3, 3.25):\n"
        "    criterion = made_criterion({'condition': {'fact': 'num', 'at_most': limit}})\n"
        "    program = compile_criterion(made_catalogue(0), criterion)\n"
        "    durable, plain = DurableEvaluator(program), PlainEvaluator(program)\n"
        "    for value in (2.9, 3, 3.0, 3.1, 3.25, 3.3, 3.5, 4):\n"
        "        codes, fired = durable.run({fact('num'): value})\n"
        "        assert codes[-1] == (MET if value <= limit else UNMET), (limit, value, codes)\n"
        "        assert (codes, fired) == plain.run({fact('num'): value}), (limit, value)\n",
        environment=environment,
    )
