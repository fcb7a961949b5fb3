"""Which engine runs, and that the result says so: durable_rules if it can be imported, else the plain evaluator."""

from __future__ import annotations

import json

import pytest

from imr_criteria import Catalogue
from imr_engine.cases.intake import check_case
from imr_engine.evaluate import Engine, EngineUnavailableError, durable_available
from tests.conftest import NO_DURABLE
from tests.engine.support import a_case, run_script

# Makes importing durable_rules fail, as it does where it is not installed or was built without its definition.
WITHOUT = """
import json, sys

class Absent:
    def find_spec(self, name, path=None, target=None):
        if name.split('.')[0] in {'durable', 'durable_rules_engine'}:
            raise ERROR(f'{name}: undefined symbol: PyEval_CallObject')

sys.meta_path.insert(0, Absent())
from imr_criteria import default_catalogue
from imr_engine.evaluate import Engine, EngineUnavailableError, durable_available
from imr_engine.cases.intake import check_case
catalogue = default_catalogue()
"""


MISSING = WITHOUT.replace("ERROR", "ModuleNotFoundError")
BROKEN = WITHOUT.replace("ERROR", "ImportError")


@pytest.mark.parametrize(
    ("script", "because"),
    [
        (MISSING, "durable_rules is not installed"),
        (BROKEN, "durable_rules is installed but cannot be imported"),
    ],
    ids=["missing", "broken"],
)
def test_plain_runs_where_durable_rules_is_absent(catalogue: Catalogue, script: str, because: str) -> None:
    """The plain evaluator is the default there, with the answer given here, and the result says why."""
    case = a_case(facts={"twitch-response": "present", "radiculopathy": "absent"})
    printed = run_script(
        f"{script}case = check_case({case!r}, catalogue)\n"
        "assert not durable_available()\n"
        "result = Engine(catalogue).check(case)\n"
        "assert 'durable_rules_engine' not in sys.modules\n"
        "print(json.dumps(result))\n"
    )
    result = json.loads(printed)
    assert result["engine"]["name"] == "plain"
    assert result["engine"].pop("because") == because
    assert result == json.loads(json.dumps(Engine(catalogue, "plain").check(check_case(case, catalogue))))


def test_asking_for_durable_rules_where_it_is_absent_is_an_error() -> None:
    """An engine asked for by name is never silently replaced."""
    run_script(
        MISSING + "try:\n"
        "    Engine(catalogue, 'durable')\n"
        "except EngineUnavailableError as error:\n"
        "    assert 'durable_rules' in str(error)\n"
        "else:\n"
        "    raise SystemExit('no error')\n"
    )


def test_the_result_says_which_engine_ran(catalogue: Catalogue) -> None:
    """durable_rules by default if available; plain if asked for."""
    case = check_case(a_case(), catalogue)
    usual = Engine(catalogue).check(case)["engine"]
    usual.pop("because", "")
    assert usual["name"] == ("durable_rules" if durable_available() else "plain")
    plain = Engine(catalogue, "plain").check(case)["engine"]
    assert plain == {**usual, "name": "plain"}
    assert plain["criteria_digest"] == catalogue.digest
    if durable_available():
        assert Engine(catalogue, "durable").check(case)["engine"] == usual


@pytest.mark.skipif(not durable_available(), reason=NO_DURABLE)
def test_the_engine_that_is_named_is_the_one_that_runs(catalogue: Catalogue) -> None:
    """The name in the result is not just a label."""
    import imr_engine.evaluators.durable as adapter  # noqa: PLC0415 (may be missing)
    from imr_engine.evaluators.plain import PlainEvaluator  # noqa: PLC0415

    name = "cp09-cbt"
    assert isinstance(Engine(catalogue, "durable").evaluator(name), adapter.DurableEvaluator)
    assert isinstance(Engine(catalogue).evaluator(name), adapter.DurableEvaluator)
    assert isinstance(Engine(catalogue, "plain").evaluator(name), PlainEvaluator)


@pytest.mark.skipif(durable_available(), reason="durable_rules can be imported here")
def test_durable_rules_cannot_run_here(catalogue: Catalogue) -> None:
    """On a Python that really lacks it."""
    with pytest.raises(EngineUnavailableError):
        Engine(catalogue, "durable")
