"""Words for inputs, conditions and evidence, as used in results, rationales and the command's output."""

from __future__ import annotations

import re
from collections.abc import Sequence
from decimal import Decimal
from functools import lru_cache
from typing import Any

from imr_criteria import Catalogue
from imr_criteria.conditions import (
    All,
    Any_,
    AtLeast,
    Condition,
    DependsOn,
    Every,
    Not,
    RecordQuery,
    Some,
    Test,
    Where,
    arms_of,
)
from imr_criteria.model import Citation
from imr_engine.answer.result import FactShown
from imr_engine.cases.model import Verdict

WOULD: dict[Verdict, str] = {
    "approve": "would approve",
    "deny": "would deny",
    "not-addressed": "would not decide",
}
"""What a compared criterion would have decided."""
_LIMITS = {"at_most": "at most", "at_least": "at least", "more_than": "more than", "less_than": "less than"}


def describe(catalogue: Catalogue, condition: Condition) -> str:
    """A condition in words: "twitch response on palpation is present"."""
    if isinstance(condition, Test):
        return _test(catalogue, condition)
    if isinstance(condition, Not):
        return f"not: {describe(catalogue, condition.not_)}"
    if isinstance(condition, DependsOn):
        return f"the request it depends on: {condition.depends_on}"
    if isinstance(condition, Some):
        return f"some of the {condition.some.list_} recorded: {_where(catalogue, condition.some.where)}"
    if isinstance(condition, Every):
        return f"each of the {condition.every.list_} recorded: {_where(catalogue, condition.every.where)}"
    arms = [describe(catalogue, arm) for arm in arms_of(condition)]
    if isinstance(condition, AtLeast):
        return f"at least {condition.at_least} of: {'; '.join(arms)}"
    return (" and " if isinstance(condition, All) else " or ").join(
        f"({text})" if isinstance(arm, All | Any_) else text for arm, text in zip(arms_of(condition), arms, strict=True)
    )


def subject_name(catalogue: Catalogue, test: Test) -> str:
    """What a test is about, in words."""
    if test.fact is not None:
        return catalogue.facts[test.fact].name
    if test.attribute is not None:
        return catalogue.attributes[test.attribute].name
    if test.quantity is not None:
        return catalogue.quantities[test.quantity].name
    return "region of the complaint" if test.request == "region" else f"{test.request} requested"


def cite(catalogue: Catalogue, citation: Citation) -> str:
    """A citation with its dates in force: "MTUS Chronic Pain 2009, Trigger point injections, p.122 (in force …)"."""
    guideline = catalogue.guidelines[citation.guideline]
    return f"{guideline.short}, {citation.section}{pages_text(citation.pages)} ({in_force(catalogue, guideline.id)})"


def pages_text(pages: Sequence[int]) -> str:
    """Pages as they follow a citation: ", p.41, 63"; empty without pages."""
    return f", p.{', '.join(map(str, pages))}" if pages else ""


def number_text(value: int | float) -> str:
    """A number as people read it: one decimal, or two significant digits below one; never in powers of ten.

    82.94 becomes 82.9, and 0.025 stays 0.025. Results have the exact number.
    """
    if abs(value) >= 1 or value == 0:
        return f"{value:.1f}".removesuffix(".0")
    return format(Decimal(f"{value:.2g}"), "f")


@lru_cache(maxsize=4096)
def mid_sentence(catalogue: Catalogue, text: str) -> str:
    """A sentence as it continues another: in lower case, unless it begins with a name or an abbreviation."""
    word = re.split(r"[\s,;:.]", text, maxsplit=1)[0]
    if word[1:] != word[1:].lower() or not word.isalpha() or word.lower() in catalogue.brands:
        return text
    return text[:1].lower() + text[1:]


def fact_text(fact: FactShown) -> str:
    """What the record says about a fact, with its evidence; empty if nothing is recorded."""
    if fact["state"] == "undocumented" and fact["conflict"] is None and not fact["evidence"]:
        return ""
    said = dict.fromkeys([evidence_text(shown) for shown in fact["evidence"]])
    places = ", ".join([text for text in said if text])
    where = f" ({places})" if places else ""
    value = fact["value"]
    if fact["conflict"] is not None:
        return f"{fact['name']}: not documented, because {fact['conflict']}{where}"
    if value is not None:
        unit = _unit_text(fact.get("unit"))
        return f"{fact['name']}: {number_text(value) if isinstance(value, int | float) else value}{unit}{where}"
    if fact["state"] == "undocumented":
        return f"{fact['name']}: not documented{where}" if places else ""
    return f"{fact['name']}: {fact['state']}{', inferred' if 'inferred' in fact else ''}{where}"


@lru_cache(maxsize=4096)
def in_force(catalogue: Catalogue, guideline: str) -> str:
    """The dates a guideline was in force, in words."""
    dates = catalogue.guidelines[guideline].in_force
    if dates.from_ is None and dates.to is None:
        return "revised continuously"
    start = dates.from_.isoformat() if dates.from_ else "…"
    return f"in force {start} to {dates.to.isoformat()}" if dates.to else f"in force since {start}"


def evidence_text(shown: dict[str, Any]) -> str:
    """Evidence in words: "progress report (summary), 2014-01-30, p.2"."""
    get = shown.get
    return _evidence_text(get("document"), get("section"), get("seen") or get("date"), get("page"), get("line"))


@lru_cache(maxsize=4096)
def _evidence_text(
    document: str | None, section: str | None, date: str | None, page: int | None, line: int | None
) -> str:
    where = document or ""
    if section is not None:
        where = f"{where} ({section})" if where else f"the {section}"
    parts = (where, date, page and f"p.{page}", line and f"line {line}")
    return ", ".join([part for part in parts if part])


def _test(catalogue: Catalogue, test: Test) -> str:
    name = subject_name(catalogue, test)
    if test.one_of is not None:
        return f"{name}: {' or '.join(_code(catalogue, test, code) for code in test.one_of)}"
    for key, words in _LIMITS.items():
        limit = getattr(test, key)
        if limit is not None:
            return f"{name}: {words} {number_text(limit)}{_unit(catalogue, test)}"
    ever = "ever " if test.reading == "ever" else ""
    return f"{name}: {ever}{test.is_ or 'present'}"


def _code(catalogue: Catalogue, test: Test, code: str) -> str:
    if test.attribute is not None:
        return catalogue.attributes[test.attribute].codes[code]
    if test.request == "region":
        return catalogue.regions[code].name
    return catalogue.treatments[code].name if test.request == "treatment" else code


def _unit(catalogue: Catalogue, test: Test) -> str:
    unit: str | None = None
    if test.fact is not None:
        unit = catalogue.facts[test.fact].unit
    elif test.attribute is not None:
        unit = catalogue.attributes[test.attribute].unit
    elif test.quantity is not None:
        unit = catalogue.quantities[test.quantity].unit
    return _unit_text(unit)


def _unit_text(unit: str | None) -> str:
    return "" if unit is None else " %" if unit == "percent" else f" {unit}"


def _where(catalogue: Catalogue, where: Where) -> str:
    parts = []
    for key in ("treatment", "drug", "study", "status", "outcome"):
        names = getattr(where, key)
        if names:
            parts.append(" or ".join(catalogue.treatments[n].name if n in catalogue.treatments else n for n in names))
    if where.drug_not:
        parts.append("other than " + " or ".join(catalogue.treatments[n].name for n in where.drug_not))
    if where.not_ is not None:
        parts.append(f"not ({_where(catalogue, where.not_)})")
    return ", ".join(parts)


def query_name(catalogue: Catalogue, query: RecordQuery) -> str:
    """A query of the records in words."""
    return f"{query.list_} recorded: {_where(catalogue, query.where)}"
