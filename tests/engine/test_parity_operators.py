"""Parity for criteria that do not exist yet: every operator alone, and randomly built criteria.

Each answer is also compared with kleene.py, which evaluates the conditions directly.
"""

from __future__ import annotations

from typing import Any

import pytest
from hypothesis import assume, given, settings
from hypothesis import strategies as st

from imr_engine.evaluate import durable_available
from imr_engine.rules.compiler import compile_criterion
from tests.conftest import NO_DURABLE
from tests.engine.nodes import compare
from tests.engine.strategies import STEADY
from tests.engine.support import assignments, made_catalogue, made_criterion, random_values

if not durable_available():
    pytest.skip(NO_DURABLE, allow_module_level=True)

Condition = dict[str, Any]
A, B, C, D = ({"fact": f"f{n}"} for n in range(4))
INFERENCES: dict[str, dict[str, Any]] = {
    "f8": {"present_when": {"all": [{"fact": "f4"}, {"fact": "f5"}]}, "absent_when": {"fact": "f4", "is": "absent"}},
    "f9": {"present_when": {"any": [{"fact": "f8"}, {"fact": "num", "more_than": 7}]}},
}
CATALOGUE = made_catalogue(10, codes=["red", "red-green", "blue"], inferences=INFERENCES)
DRUGS = {"list": "medications", "where": {"drug": ["nsaid"], "status": ["current"]}}

OPERATORS: dict[str, Condition] = {
    "present": A,
    "absent": {"fact": "f0", "is": "absent"},
    "another reading": {"any": [A, {"fact": "f0", "is": "absent", "reading": "ever"}]},
    "all": {"all": [A, B, C]},
    "any": {"any": [A, B, C]},
    "at least 1 of 3": {"at_least": 1, "of": [A, B, C]},
    "at least 2 of 3": {"at_least": 2, "of": [A, B, C]},
    "at least 3 of 3": {"at_least": 3, "of": [A, B, C]},
    "at least 2 of 4": {"at_least": 2, "of": [A, B, C, D]},
    "at least 3 of 4": {"at_least": 3, "of": [A, B, C, D]},
    "not": {"not": A},
    "not all": {"not": {"all": [A, B]}},
    "not any": {"not": {"any": [A, {"not": B}]}},
    "not at least": {"not": {"at_least": 2, "of": [A, B, C]}},
    "all of any": {"all": [{"any": [A, B]}, {"any": [C, D]}]},
    "any of all": {"any": [{"all": [A, B]}, {"all": [C, D]}, {"not": A}]},
    "at least of arms": {"at_least": 2, "of": [{"all": [A, B]}, {"any": [C, D]}, {"not": A}]},
    "a repeated arm": {"any": [A, A]},
    "one of": {"attribute": "code", "one_of": ["red", "blue"]},
    "one of one": {"attribute": "code", "one_of": ["red"]},
    "not one of": {"not": {"attribute": "code", "one_of": ["red", "blue"]}},
    "at most": {"fact": "num", "at_most": 3},
    "at least": {"fact": "num", "at_least": 2.5},
    "more than": {"fact": "num", "more_than": 0},
    "less than": {"fact": "num", "less_than": 0.1},
    "between": {"all": [{"fact": "num", "at_least": 2}, {"fact": "num", "at_most": 4}]},
    "some": {"some": DRUGS},
    "every": {"every": DRUGS},
    "not every": {"not": {"every": DRUGS}},
    "depends on an approval": {"depends_on": "approve"},
    "depends on a denial": {"depends_on": "deny"},
    "concluded": {"fact": "f8"},
    "concluded absent": {"fact": "f8", "is": "absent"},
    "concluded from a concluded": {"all": [{"fact": "f9"}, {"fact": "f8", "is": "absent"}]},
}
WHEN: dict[str, Condition | None] = {
    "always": None,
    "when a fact": {"fact": "f6"},
    "when not": {"not": {"any": [{"fact": "f6"}, A]}},
}


@pytest.mark.parametrize("when", WHEN)
@pytest.mark.parametrize("operator", OPERATORS)
def test_every_operator(operator: str, when: str) -> None:
    """Each operator over every value of its inputs, with and without a `when`, next to an exclusion and to advice."""
    applies = {} if WHEN[when] is None else {"when": WHEN[when]}
    criterion = made_criterion(
        {"condition": OPERATORS[operator], **applies},
        {"kind": "exclusion", "condition": {"fact": "f7", "is": "absent"}},
        {"kind": "advice", "condition": {"not": OPERATORS[operator]}},
    )
    program = compile_criterion(CATALOGUE, criterion)
    assert compare(CATALOGUE, program, assignments(CATALOGUE, program, program.inputs)) > 0


LEAVES = st.sampled_from([*(OPERATORS[name] for name in OPERATORS if not set(OPERATORS[name]) & {"all", "any", "of"})])


def _several(inner: st.SearchStrategy[Condition]) -> st.SearchStrategy[Condition]:
    arms = st.lists(inner, min_size=1, max_size=4)
    return st.one_of(
        arms.map(lambda several: {"all": several}),
        arms.map(lambda several: {"any": several}),
        arms.flatmap(lambda several: st.integers(1, len(several)).map(lambda n: {"at_least": n, "of": several})),
        inner.map(lambda one: {"not": one}),
    )


CONDITIONS = st.recursive(LEAVES, _several, max_leaves=8)
REQUIREMENTS = st.fixed_dictionaries(
    {"kind": st.sampled_from(["required", "required", "exclusion", "advice"]), "condition": CONDITIONS},
    optional={"when": CONDITIONS},
)


@given(st.lists(REQUIREMENTS, min_size=1, max_size=4), st.integers(0, 1000))
@settings(STEADY, max_examples=150)
def test_random_criteria(requirements: list[dict[str, Any]], seed: int) -> None:
    """Anything the loader would accept: nested conditions, several requirements, each with or without a `when`."""
    assume(any(requirement["kind"] == "required" for requirement in requirements))
    try:
        program = compile_criterion(CATALOGUE, made_criterion(*requirements))
    except ValueError as error:
        assume("split" not in str(error))
        raise
    compare(CATALOGUE, program, [{}, *random_values(program, seed, 30, CATALOGUE)])
