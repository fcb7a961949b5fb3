"""Why a criterion says nothing of a request: what it applies to, beside what the case says."""

from __future__ import annotations

from imr_criteria.conditions import Condition, Test, conditions
from imr_engine.answer.evidence import fact_text
from imr_engine.answer.facts import Evaluated, view_of
from imr_engine.answer.words import describe


def out_of_scope(evaluated: Evaluated, scope: Condition) -> str:
    """What a criterion's scope asks for, and what the case says of it."""
    catalogue = evaluated.inputs.subject.catalogue
    said: dict[str, None] = {}
    for test in conditions(scope):
        # What is concluded has no value before the rules run.
        if isinstance(test, Test) and test.fact not in catalogue.inferences:
            view = view_of(catalogue, evaluated.program, {}, test, direct=True)
            said.update(dict.fromkeys(fact_text(fact) for fact in view.show(evaluated)))
    here = f" The record: {'; '.join(filter(None, said))}." if any(said) else ""
    return f"Scope: {describe(catalogue, scope)}.{here}"
