"""Hypothesis strategies for whole cases: valid JSON in the catalogue's words, some favourable, much contradictory."""

from __future__ import annotations

from typing import Any

from hypothesis import HealthCheck, Phase, settings
from hypothesis import strategies as st

from imr_criteria import Catalogue, default_catalogue
from imr_criteria.model import Attribute, Fact
from tests.engine.support import a_case

Case = dict[str, Any]

# Derandomized: the same examples in every run, on every machine.
STEADY = settings(
    derandomize=True,
    deadline=None,
    max_examples=250,
    suppress_health_check=[HealthCheck.too_slow, HealthCheck.data_too_large, HealthCheck.filter_too_much],
)

FIRST_FOUND = settings(STEADY, max_examples=5000, phases=[Phase.generate])

# Before, during and after each edition, and few, so that observations often fall on the same day.
DAYS = ["2008-03-01", "2009-07-17", "2009-07-18", "2013-06-01", "2013-10-31", "2013-11-14", "2013-11-15"]
DAYS += ["2016-07-27", "2016-07-28", "2017-11-30", "2017-12-01", "2020-02-29"]
USUAL_DAY = "2013-11-14"
ENCODED = ["trigger-point-injection", "cyclobenzaprine", "muscle-relaxant"]
ENCODED += ["cognitive-behavioral-therapy", "gym-membership"]

PRESENT = [
    "myofascial-pain-syndrome",
    "trigger-point",
    "taut-band",
    "twitch-response",
    "referred-pain-on-palpation",
    "stretching-failed",
    "nsaid-failed",
    "active-therapy",
    "acute-exacerbation",
    "muscle-spasm",
    "subjective-improvement",
    "daily-activities-improved",
    "dependence-on-treatment-reduced",
    "fear-avoidance-screen",
    "therapy-without-progress-4-weeks",
    "medication-use-reduced",
    "exercise-failed",
    "special-equipment-required",
    "clinician-supervised",
]

EXCLUDING = ["radicular-pain", "typical-neck-or-back-pain", "fibromyalgia"]

# Given these, every criterion that can approve does; a case starts with most of them or with none.
FAVOURABLE: dict[str, Any] = {
    **dict.fromkeys(PRESENT, "present"),
    **dict.fromkeys(["radiculopathy", *EXCLUDING], "absent"),
    "symptom-onset": "2008-03-01",
    "last-treatment-date": "2013-06-01",
    "prior-treatment-count": 1,
    "pain-relief-percent": 60,
    "pain-relief-weeks": 8,
    "muscle-relaxant-use-days": 3,
}
WISHES: dict[str, Any] = {
    "injections-per-session": 4,
    "injectate": "local-anesthetic",
    "duration-days": 10,
    "dose-mg": 5,
    "doses-per-day": 3,
    "sessions-per-week": 1,
    "duration-weeks": 4,
}
NUMBERS = [0, 1, 2, 3, 3.0001, 4, 5, 6, 10, 21, 21.5, 50, 50.0001, 60, 100, 1e-07, 0.1]
days = st.sampled_from(DAYS)


def favourable(treatment: str) -> Case:
    """A case with one request for a treatment and nothing missing."""
    known = default_catalogue().treatments[treatment].attributes
    wishes = {key: WISHES[key] for key in known if key in WISHES}
    return a_case(treatment, FAVOURABLE, date=USUAL_DAY, region="low-back", attributes=wishes)


def maybe(strategy: st.SearchStrategy[Any], into: Case, key: str, draw: st.DrawFn) -> None:
    """Sets a key half of the time."""
    if draw(st.booleans()):
        into[key] = draw(strategy)


def number(kind: Fact | Attribute) -> st.SearchStrategy[Any]:
    """A number within the bounds of its kind, often at a criterion's limit."""
    low, high = kind.minimum or 0, kind.maximum or 0
    listed = [n for n in (*NUMBERS, low, high) if low <= n <= high]
    if kind.type == "integer":
        return st.sampled_from([int(n) for n in listed if n == int(n)]) | st.integers(int(low), int(high))
    return st.sampled_from(listed) | st.floats(low, high)


def value_of(fact: Fact) -> st.SearchStrategy[Any]:
    """A state, number or date, as the fact's type requires."""
    if fact.type == "state":
        return st.sampled_from(["present", "absent"])
    return days if fact.type == "date" else number(fact)


@st.composite
def observations(draw: st.DrawFn, fact: Fact) -> Case:
    """One observation: sometimes undocumented, with or without date, region and evidence."""
    if draw(st.integers(0, 5)) == 0:
        made: Case = {"state": "undocumented"}
    else:
        made = {"state" if fact.type == "state" else "value": draw(value_of(fact))}
    maybe(days, made, "date", draw)
    if fact.type == "date" and made.get("value", "") > made.get("date", "9999"):
        del made["date"]  # a day is not seen before it comes
    maybe(st.sampled_from(["neck", "low-back", "knee"]), made, "region", draw)
    if draw(st.booleans()):
        made["evidence"] = {"document": draw(st.sampled_from(["progress report", "MRI"])), "section": "record"}
        maybe(st.integers(1, 9), made["evidence"], "page", draw)
    return made


def written(fact: Fact) -> st.SearchStrategy[Any]:
    """A fact in any form a case may use."""
    one = observations(fact)
    return st.one_of(value_of(fact), st.just("undocumented"), one, st.lists(one, min_size=1, max_size=3))


@st.composite
def facts(draw: st.DrawFn, catalogue: Catalogue, most: int) -> Case:
    """Favourable facts or none, some of them removed and others overwritten."""
    made: Case = dict(FAVOURABLE) if draw(st.integers(0, 3)) else {}
    for name in draw(st.lists(st.sampled_from(sorted(FAVOURABLE)), max_size=4)):
        made.pop(name, None)
    for name in draw(st.lists(st.sampled_from(sorted(catalogue.facts)), max_size=most, unique=True)):
        made[name] = draw(written(catalogue.facts[name]))
    if draw(st.integers(0, 5)) == 0:
        made[draw(st.sampled_from(EXCLUDING))] = "present"
    return made


@st.composite
def records(draw: st.DrawFn, catalogue: Catalogue) -> Case:
    """Treatments, medications and studies, mostly of kinds that a criterion reads."""
    outcomes = st.sampled_from(["failed", "helped", "undocumented"])
    made: Case = {}
    for _ in range(draw(st.integers(0, 3))):
        kind = draw(st.sampled_from(["treatments", "medications", "studies"]))
        entry: Case = {}
        maybe(days, entry, "date", draw)
        if kind == "studies":
            entry["study"] = draw(st.sampled_from(["mri", "emg-ncs", "x-ray"]))
            entry["status"] = draw(st.sampled_from(["done", "done", "not-done"]))
            if entry["status"] == "done":
                found = st.sampled_from(sorted(catalogue.study_findings))
                states = st.sampled_from(["present", "absent", "undocumented"])
                entry["findings"] = draw(st.dictionaries(found, states))
        else:
            first, second = sorted(draw(st.tuples(days, days)))
            entry |= {"from": first, "to": second} if draw(st.booleans()) else {}
            maybe(outcomes, entry, "outcome", draw)
        if kind == "treatments":
            given = [treatment for treatment in ENCODED if not catalogue.is_drug(treatment)]
            entry["treatment"] = draw(st.sampled_from([*given, "stretching", "exercise", "physical-therapy"]))
            if "from" in entry:
                entry.pop("date", None)
            maybe(st.integers(1, 12), entry, "count", draw)
        if kind == "medications":
            entry["drug"] = draw(
                st.sampled_from(["naproxen", "nsaid", "cyclobenzaprine", "methocarbamol", "muscle-relaxant"])
            )
            maybe(st.sampled_from(["current", "stopped"]), entry, "status", draw)
        else:
            maybe(st.sampled_from(["neck", "low-back", "knee"]), entry, "region", draw)
        made.setdefault(kind, []).append(entry)
    return made


@st.composite
def requests(draw: st.DrawFn, catalogue: Catalogue, name: str, others: list[str]) -> Case:
    """A request, usually for an encoded treatment on a date when its guideline is in force."""
    made: Case = {"id": name}
    treatment = draw(st.sampled_from([*ENCODED * 30, *sorted(catalogue.treatments), *[None] * 5]))
    if treatment is not None:
        made["treatment"] = treatment
        known = catalogue.treatments[treatment].attributes
        made["attributes"] = {key: WISHES[key] for key in known if key in WISHES and draw(st.integers(0, 3))}
        for key in draw(st.lists(st.sampled_from(known), max_size=2, unique=True)) if known else []:
            kind = catalogue.attributes[key]
            codes = st.sampled_from(sorted(kind.codes)) if kind.codes else number(kind)
            made["attributes"][key] = draw(codes | st.just("undocumented"))
    if draw(st.integers(0, 9)):
        made["date"] = draw(st.just(USUAL_DAY) | days)
    maybe(days, made, "utilization_review_date", draw)
    made["region"] = draw(st.sampled_from(["neck", "low-back", "low-back", "knee"]))
    if draw(st.integers(0, 5)) == 0:
        del made["region"]
    maybe(st.sampled_from(["left", "right", "bilateral"]), made, "side", draw)
    unit = st.sampled_from(["injections", "sessions", "visits", "tablets", "days"])
    amount = st.fixed_dictionaries({"value": st.sampled_from([1, 2, 3, 4, 4.5, 6, 10, 30, 90]), "unit": unit})
    maybe(amount, made, "quantity", draw)
    if draw(st.integers(0, 2)) == 0:
        made["facts"] = draw(facts(catalogue, 2))
    if draw(st.booleans()) and others:
        made["depends_on"] = draw(st.sampled_from(others))
    return made


@st.composite
def cases(draw: st.DrawFn) -> Case:
    """A valid case of one to three requests, in any order."""
    catalogue = default_catalogue()
    names = ["first", "second", "third"][: draw(st.integers(1, 3))]
    made: Case = {"schema": "imr-check/case/1", "case_id": "a case"}
    asked = [draw(requests(catalogue, name, names[:n])) for n, name in enumerate(names)]
    made["requests"] = draw(st.permutations(asked))
    made["facts"] = draw(facts(catalogue, 6))
    made["records"] = draw(records(catalogue))
    maybe(days, made, "as_of", draw)
    maybe(st.sampled_from(["2008-03-01", "2013-08-14", "2013-08-13", "2015-01-01"]), made, "date_of_injury", draw)
    return made
