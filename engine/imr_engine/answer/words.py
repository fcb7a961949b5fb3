"""Words for conditions and citations, as used in results, rationales and the command's output."""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from functools import lru_cache

from imr_criteria import Catalogue
from imr_criteria.conditions import (
    SAME_AS_REQUEST,
    All,
    Any_,
    AtLeast,
    Condition,
    DependsOn,
    Every,
    Not,
    Some,
    Test,
    Where,
    arms_of,
)
from imr_criteria.model import Citation
from imr_engine.answer.numbers import amount_text
from imr_engine.cases.model import Verdict
from imr_engine.selection import DateSource

WOULD: dict[Verdict, str] = {
    "approve": "would approve",
    "deny": "would deny",
    "not-addressed": "would not decide",
}
"""What a compared criterion would have decided."""
DATE_NAMES: dict[DateSource, str] = {
    "request": "date of the request",
    "utilization-review": "date of the utilization review",
    "as-of": "date of the file",
}
"""What the date is that a request is judged by."""
BASES: dict[str, str] = {"proxy": "seen only in a related text", "recalled": "not checked against the text"}
"""How it is known what a requirement says, where that is to be verified."""
SIDES = {"left": "left side", "right": "right side", "bilateral": "both sides"}
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


@lru_cache(maxsize=4096)
def mid_sentence(catalogue: Catalogue, text: str) -> str:
    """A sentence as it continues another: in lower case, unless it begins with a name or an abbreviation."""
    word = re.split(r"[\s,;:.]", text, maxsplit=1)[0]
    first, hyphen, _ = word.partition("-")
    # "Non-sedating" is a word and "X-ray" a name.
    if hyphen and len(first) > 1:
        word = first
    if word[1:] != word[1:].lower() or not word.isalpha() or word.lower() in catalogue.brands:
        return text
    return text[:1].lower() + text[1:]


@lru_cache(maxsize=4096)
def in_force(catalogue: Catalogue, guideline: str) -> str:
    """The dates a guideline was in force, in words."""
    dates = catalogue.guidelines[guideline].in_force
    if dates.from_ is None and dates.to is None:
        return "revised continuously"
    start = dates.from_.isoformat() if dates.from_ else "…"
    return f"in force {start} to {dates.to.isoformat()}" if dates.to else f"in force since {start}"


def _test(catalogue: Catalogue, test: Test) -> str:
    name = subject_name(catalogue, test)
    if test.one_of is not None:
        return f"{name}: {' or '.join(_code(catalogue, test, code) for code in test.one_of)}"
    for key, words in _LIMITS.items():
        limit = getattr(test, key)
        if limit is not None:
            return f"{name}: {words} {amount_text(limit, unit_of(catalogue, test))}"
    ever = "ever " if test.reading == "ever" else ""
    return f"{name}: {ever}{test.is_ or 'present'}"


def _code(catalogue: Catalogue, test: Test, code: str) -> str:
    return code_names(catalogue, test).get(code, code)


def code_names(catalogue: Catalogue, test: Test) -> Mapping[str, str]:
    """What the codes stand for that the subject of a test can have."""
    if test.attribute is not None:
        return catalogue.attributes[test.attribute].codes
    if test.request == "region":
        return {region.id: region.name for region in catalogue.regions.values()}
    if test.request == "treatment":
        return {treatment.id: treatment.name for treatment in catalogue.treatments.values()}
    return SIDES if test.request == "side" else {}


def unit_of(catalogue: Catalogue, test: Test) -> str | None:
    """The unit of the subject of a test."""
    if test.fact is not None:
        return catalogue.facts[test.fact].unit
    if test.attribute is not None:
        return catalogue.attributes[test.attribute].unit
    return catalogue.quantities[test.quantity].unit if test.quantity is not None else None


def _where(catalogue: Catalogue, where: Where) -> str:
    named = [names for names in (where.treatment, where.drug, where.study) if names]
    parts = [" or ".join([_named(catalogue, name) for name in names]) for names in named]
    parts += [" or ".join(words).replace("-", " ") for words in (where.status, where.outcome) if words]
    if where.drug_not:
        parts.append("other than " + " or ".join(_named(catalogue, name) for name in where.drug_not))
    if where.not_ is not None:
        parts.append(f"not ({_where(catalogue, where.not_)})")
    return ", ".join(parts)


def _named(catalogue: Catalogue, name: str) -> str:
    return "the treatment requested" if name == SAME_AS_REQUEST else catalogue.name_of_record(name)
