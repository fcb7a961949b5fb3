"""What the case says, as results have it and in words: evidence, both sides of a conflict, entries of the records."""

from __future__ import annotations

import datetime as dt
import re
from collections.abc import Sequence
from functools import lru_cache
from typing import Any

from imr_criteria import Catalogue
from imr_criteria.model import Fact
from imr_criteria.outside import quoted
from imr_engine.answer.numbers import amount_text, value_text
from imr_engine.answer.result import FactShown
from imr_engine.cases.model import Observation, StudyRecord, TreatmentRecord
from imr_engine.inputs.matching import Record
from imr_engine.inputs.reading import Seen

_MOST_ENTRIES = 5


def evidence_of(seen: Seen, unit: str | None, denial: str = "") -> list[dict[str, Any]]:
    """The evidence of a fact. Where it differs, each piece has the state or the value that it gives.

    `denial`: what an entry of the records says where it contradicts a number.
    """
    if seen.conflict is None and len({(o.state, o.value) for o in seen.observations}) < 2:
        return [o.evidence for o in seen.observations if o.evidence]
    return [_sided(one, unit, denial) for one in seen.observations]


def _sided(one: Observation, unit: str | None, denial: str) -> dict[str, Any]:
    if isinstance(one.value, int | float):
        # As it is written: rounded, two that differ could be one.
        return {**one.evidence, "value": amount_text(one.value, unit)}
    if one.value is not None:
        return {**one.evidence, "value": value_text(one.value)}
    if denial and one.state == "absent":
        return {**{key: said for key, said in one.evidence.items() if key != "state"}, "value": denial}
    return one.evidence


def denial_of(fact: Fact) -> str:
    """What an entry of the records says that contradicts a number: "outcome failed"."""
    against = {f"{rule.state.field} {word}": None for rule in fact.records for word in rule.state.absent}
    return " or ".join(against) if fact.type != "state" else ""


def evidence_of_operand(fact: Fact, seen: Seen, of: str) -> list[dict[str, Any]]:
    """The evidence of a fact that a quantity called `of` is derived from, or would be, were it not open."""
    found = evidence_of(seen, fact.unit, denial_of(fact))
    name = "a statement" if fact.name == of else fact.name
    if seen.value is None:
        return [{"source": name, **shown} for shown in found]
    day = seen.value if isinstance(seen.value, dt.date) else None
    return [dated(name, day), *found] if day is not None or not found else found


def dated(name: str, date: dt.date | None) -> dict[str, Any]:
    """A source that is no document, and its date if it has one."""
    return {"source": name} if date is None else {"source": name, "date": date.isoformat()}


def fact_text(fact: FactShown) -> str:
    """What the record says about a fact, with its evidence and what does not count; empty if nothing is recorded."""
    said, ignored = _counting_text(fact), _ignored_text(fact.get("ignored", ()))
    if not ignored:
        return said
    return f"{said or fact['name'] + ': not documented'}; {ignored}"


def _ignored_text(ignored: Sequence[dict[str, Any]]) -> str:
    """What is recorded and does not count, and why: "present (progress report), of another region"."""
    reasons: dict[str, list[str]] = {}
    for one in ignored:
        what = "" if _side(one) == "undocumented" else _side(one)
        text = f"{what}{_places_text([one])}".strip().removeprefix("(").removesuffix(")" if not what else "")
        reasons.setdefault(one["why"], []).append(text or "it")
    said = [
        f"{', '.join(whats[:_MOST_ENTRIES])}{_more(len(whats) - _MOST_ENTRIES)}, {why}"
        for why, whats in reasons.items()
    ]
    return f"what does not count: {'; '.join(said)}" if said else ""


def _more(number: int) -> str:
    return f" and {number} more" if number > 0 else ""


def _counting_text(fact: FactShown) -> str:
    name, evidence, conflict, state = fact["name"], fact["evidence"], fact["conflict"], fact["state"]
    more = fact.get("more_evidence", 0)
    if conflict is not None:
        sides = [shown for shown in evidence if _side(shown)]
        places = [shown for shown in evidence if not _side(shown) and shown.get("source") != "the request"]
        said = ", ".join(["in conflict", *_sides_text(sides, more)])
        return f"{name}: {said}, because {conflict}{_places_text(places)}"
    if state == "undocumented" and not evidence and "text" not in fact:
        return ""
    if fact["fact"].startswith("records:"):
        return f"{name}: {fact['text']}"
    if "text" not in fact and state == "undocumented":
        if any(_side(shown) not in {"", "undocumented"} for shown in evidence):
            return f"{name}: {', '.join(_sides_text(evidence, more))}"
        where = _places_text(evidence, more)
        return f"{name}: not documented{where}" if where else ""
    # Evidence of another side is not evidence of what is said.
    own = [shown for shown in evidence if _side(shown) in {"", state or ""}]
    other = [shown for shown in evidence if _side(shown) not in {"", state or ""}]
    said = f"{fact.get('text') or state}{', inferred' if 'inferred' in fact else ''}"
    return ", ".join([f"{name}: {said}{_places_text(own, fact.get('more_evidence', 0))}", *_sides_text(other)])


def _places_text(evidence: Sequence[dict[str, Any]], more: int = 0) -> str:
    """Where something was seen, each place once: ' ("progress report", 2014-01-30; "MRI")'."""
    said = [text for text in dict.fromkeys([evidence_text(shown) for shown in evidence]) if text]
    more += max(0, len(said) - _MOST_ENTRIES)
    places = "; ".join(said[:_MOST_ENTRIES])
    return f" ({places}{f'; and {more} more' if more else ''})" if places else ""


def _sides_text(evidence: Sequence[dict[str, Any]], more: int = 0) -> list[str]:
    """What evidence that differs says, side by side, each with its places, and how many pieces are left out.

    'present ("progress report", 2013-10-01) against absent ("MRI")', 'not described since ("report", 2013-11-01)'.
    """
    sides: dict[str, list[dict[str, Any]]] = {}
    for shown in evidence:
        sides.setdefault(_side(shown), []).append(shown)
    silent = sides.pop("undocumented", [])
    spoken = [f"{side}{_places_text(places)}" for side, places in sides.items()]
    said = [" against ".join(spoken)] if spoken else []
    entries = [shown for shown in silent if "about" in shown]
    if described := [shown for shown in silent if "about" not in shown]:
        since = spoken and all(min(_days(part)) and max(_days(part)) < min(_days(described)) for part in sides.values())
        said.append(f"{'not described since' if since else 'elsewhere not described'}{_places_text(described)}")
    if entries:
        said.append(f"left open{_places_text(entries)}")
    return [*said, f"with {more} more"] if more else said


def _days(evidence: Sequence[dict[str, Any]]) -> list[str]:
    """The days on which something was seen; empty for one that nobody gave."""
    return [shown.get("seen", "") for shown in evidence]


def _side(shown: dict[str, Any]) -> str:
    """What a piece of evidence says where the evidence differs; empty if it is on no side."""
    return str(shown.get("state") or shown.get("value") or "")


def evidence_text(shown: dict[str, Any]) -> str:
    """Evidence in words: a document as the case names it, quoted, or a source in ours, with section, date and page."""
    get = shown.get
    day = get("seen") or get("date") or (f"since {since}" if (since := get("since")) else None)
    parts = get("about"), get("source"), get("document"), get("section"), day, get("page"), get("line")
    return _evidence_text(*parts)


@lru_cache(maxsize=4096)
def _evidence_text(
    about: str | None,
    source: str | None,
    document: str | None,
    section: str | None,
    date: str | None,
    page: int | None,
    line: int | None,
) -> str:
    where = ", ".join([part for part in (_source_text(source or ""), quoted(document) if document else "") if part])
    if section is not None:
        where = f"{where} ({section})" if where else f"the {section}"
    parts = (about, where, date, page and f"p.{page}", line and f"line {line}")
    return ", ".join([part for part in parts if part])


def _source_text(source: str) -> str:
    """A source that is no document; an entry of the records in words, not as the path that results give."""
    entry = re.fullmatch(r"records\.([a-z]+)\[(\d+)\]", source)
    return f"entry {int(entry[2]) + 1} of the {entry[1]} recorded" if entry else source


def entries_text(catalogue: Catalogue, entries: Sequence[Record]) -> str:
    """Entries of the records in words: "methocarbamol, current, 2013-10-01; naproxen, failed"."""
    said = [_entry_text(catalogue, entry) for entry in entries[:_MOST_ENTRIES]]
    more = len(entries) - len(said)
    return "; ".join(said) + (f"; and {more} more" if more else "")


def _entry_text(catalogue: Catalogue, entry: Record) -> str:
    parts: list[str | None]
    if isinstance(entry, StudyRecord):
        known, states = catalogue.study_findings, entry.findings
        found = [f"{said} {states[name]}" for name, said in known.items() if name in states]
        parts = [catalogue.studies[entry.study], entry.status.replace("-", " "), *found]
    elif isinstance(entry, TreatmentRecord):
        parts = [catalogue.name_of_record(entry.treatment), entry.outcome]
    else:
        parts = [catalogue.name_of_record(entry.drug), entry.status, entry.outcome]
    parts.append(_when_text(entry))
    return ", ".join(part for part in parts if part and part != "undocumented")


def _when_text(entry: Record) -> str | None:
    """The days that an entry of the records gives: "2013-10-01", "2013-10-01 to 2014-01-10", "since 2013-10-01"."""
    start, end = getattr(entry, "from_", None), getattr(entry, "to", None)
    if start is not None and end is not None:
        return f"{start.isoformat()} to {end.isoformat()}"
    if start is not None:
        return (
            f"since {start.isoformat()}" if getattr(entry, "status", None) == "current" else f"from {start.isoformat()}"
        )
    day = entry.date or end
    return day.isoformat() if day is not None else None
