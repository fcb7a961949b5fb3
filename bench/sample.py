"""The criterion that is timed, and the cases it is timed on.

It is the shipped criterion, cut down to the eight criteria that p.122 numbers (the first of which is three requirements
here), so the benchmark stays valid when the criterion or an inference changes.
"""

from __future__ import annotations

import random
from collections.abc import Iterator
from dataclasses import replace

from imr_criteria import Catalogue
from imr_engine.evaluators.plain import Values
from imr_engine.rules.compiler import compile_criterion
from imr_engine.rules.keys import Input
from imr_engine.rules.program import CONFLICT, Program

CRITERION = "cp09-trigger-point-injection"
NUMBERED = (
    "trigger-point",  # 1, with the next two
    "twitch-response",
    "referred-pain",
    "duration",  # 2
    "conservative-care-failed",  # 3
    "no-radiculopathy",  # 4
    "injections-per-session",  # 5
    "response-to-earlier-injection",  # 6
    "interval",  # 7
    "injectate",  # 8
)

# What a complete file that meets every requirement says. What inferences conclude is not in it.
_COMPLETE: dict[str, str | int | float] = {
    "fact:taut-band": "present",
    "fact:twitch-response": "present",
    "fact:referred-pain-on-palpation": "present",
    "quantity:symptom-months": 7.4333,
    "fact:stretching-failed": "present",
    "fact:exercise-failed": "present",
    "fact:physical-therapy-failed": "present",
    "fact:nsaid-failed": "present",
    "fact:muscle-relaxant-failed": "present",
    "fact:myotomal-weakness": "absent",
    "fact:reflex-loss": "absent",
    "fact:dermatomal-sensory-loss": "absent",
    "fact:nerve-root-tension-sign": "absent",
    "fact:nerve-root-compromise-on-imaging": "absent",
    "fact:nerve-root-compromise-on-imaging@ever": "absent",
    "fact:imaging-done": "present",
    "fact:stenosis-on-imaging": "absent",
    "fact:radicular-pain": "absent",
    "fact:electrodiagnostic-study-done": "absent",
    "quantity:injections-per-session": 4,
    "quantity:prior-visits": 1,
    "fact:pain-relief-percent": 60,
    "fact:pain-relief-weeks": 8,
    "fact:daily-activities-improved": "present",
    "fact:work-restrictions-reduced": "present",
    "fact:dependence-on-treatment-reduced": "present",
    "quantity:months-since-last-treatment": 2.5,
    "attribute:injectate": "local-anesthetic",
}
COMPLETE = {
    key._replace(reading=bound) if bound else key: value
    for key, value in ((Input.parse(text), value) for text, value in _COMPLETE.items())
    for bound in (("least", "most") if key.kind == "quantity" else (None,))
}
# How much of a case differs from the complete file; each case draws one of these.
DISORDER = (0.0, 0.05, 0.15, 0.4, 0.7, 1.0)


def numbered_program(catalogue: Catalogue) -> Program:
    """The compiled criterion, with only the eight criteria that p.122 numbers."""
    criterion = catalogue.criteria[CRITERION]
    kept = [requirement for requirement in criterion.requirements if requirement.id in NUMBERED]
    if len(kept) != len(NUMBERED):
        raise SystemExit(f"{CRITERION} lacks {set(NUMBERED) - {r.id for r in kept}}: bring the benchmark up to date")
    return compile_criterion(catalogue, replace(criterion, requirements=tuple(kept)))


def sample_cases(program: Program, catalogue: Catalogue, size: int, seed: int) -> list[Values]:
    """Cases as the evaluators get them: validated values by input key; a missing key means undocumented."""
    draw = random.Random(seed)
    choices = {key: list(_values(program, catalogue, key)) for key in program.inputs}
    return [_case(draw, program, choices) for _ in range(size)]


def _case(draw: random.Random, program: Program, choices: dict[Input, list[str | int | float]]) -> Values:
    disorder = draw.choice(DISORDER)
    case: dict[Input, str | int | float] = {}
    for key in program.inputs:
        if draw.random() >= disorder:
            if key in COMPLETE:
                case[key] = COMPLETE[key]
        elif draw.random() < 0.6:
            case[key] = draw.choice(choices[key])
    for least in [key for key in case if key.reading == "least"]:
        most = least._replace(reading="most")
        if most in case:  # no range ends before it begins
            case[least], case[most] = sorted([case[least], case[most]])  # type: ignore[type-var]
    return case


def _values(program: Program, catalogue: Catalogue, key: Input) -> Iterator[str | int | float]:
    """The values an input can take: states, codes of the vocabulary, or numbers at and around the rules' limits."""
    kind, name, _ = key
    if kind == "fact" and catalogue.facts[name].type == "state":
        # Few records contradict themselves.
        yield from ("present", "absent") * 5
        yield CONFLICT
        return
    if kind == "attribute" and catalogue.attributes[name].type == "code":
        yield from catalogue.attributes[name].codes
        return
    limits = {check.value for rule in program.rules for check in rule.checks if check.ref == key}
    for limit in sorted(limit for limit in limits if isinstance(limit, int | float)):
        yield from sorted({max(0, limit - 1), limit, limit + 1, 2 * limit + 3})
        if "months" in name:
            # Months are derived from dates and are seldom whole.
            yield from (limit - 0.0667, limit + 0.0333, 4 * limit + 0.4194)


def field_names(program: Program) -> dict[Input, str]:
    """Names for the inputs that are valid identifiers: `fact:taut-band` becomes `taut_band`."""
    names = {key: "_".join(filter(None, key[1:])).replace("-", "_") for key in program.inputs}
    if len(set(names.values())) != len(names):
        raise SystemExit("two inputs share a field name: bring the benchmark up to date")
    return names
