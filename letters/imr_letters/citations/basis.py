"""Parses what a decision is said to be based on: guideline, year, chapter, section and pages, source by source.

The grammar is that of the published letters: "Decision based on MTUS NAME YEAR, Section(s): A, B, and NAME YEAR …",
"NAME Page(s): 41,63.", "Decision based on Non-MTUS Citation …", "did not cite any medical evidence".
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator

from imr_letters.model import CitedGuideline, GuidelineBasis
from imr_letters.text.whitespace import one_line

# What letters call the guidelines, and their ids in the registry (criteria/…/guidelines.yaml) where one has them.
_CHAPTERS = {
    "neck and upper back": 8, "shoulder": 9, "elbow": 10, "forearm, wrist, and hand": 11, "low back": 12, "knee": 13,
    "ankle and foot": 14, "stress related": 15, "eye": 16,
}  # fmt: skip
_CHAPTER_TITLES = {3: "initial approaches to treatment", 5: "cornerstones of disability prevention"}

# Section names that have commas of their own, so that a list of sections can be split.
_SECTIONS = (
    "NSAIDs, specific drug list & adverse effects", "Opioids, specific drug list", "TENS, chronic pain",
    "NSAIDs, GI symptoms & cardiovascular risk", "Opioids, long-term assessment", "Forearm, Wrist, & Hand",
    "TENS, chronic pain (transcutaneous electrical nerve stimulation)", "Opioids, criteria for use",
    "CRPS, medications",
    "NSAIDs, hypertension and renal function", "Opioids, dosing", "Forearm, Wrist, and Hand",
    "CRPS, spinal cord stimulators (SCS)", "Opioids, pain treatment agreement", "Preoperative testing, general",
)  # fmt: skip

_NO_EVIDENCE = re.compile(r"did\s+not\s+cite\s+any\s+medical\s+evidence", re.IGNORECASE)
_OUTSIDE = re.compile(r"outside\s+of\s+the\s+MTUS|did\s+not\s+base\s+their\s+decision\s+on\s+the\s+MTUS", re.IGNORECASE)
_BASED = re.compile(
    r"(?:Decision\s+)?based\s+on\s+(?P<non>Non-?\s*MTUS(?:\s+Citations?)?|MTUS)\s*[:,]?\s*", re.IGNORECASE
)
_PAGES = re.compile(
    r"[,;(]?\s*\b(?:Page\(s\)|Pages?|pgs?\.?|pp?\.)\s*:?\s*(?P<pages>\d{1,3}[a-z]?(?:\s*(?:,|-|–|and|&|to)\s*\d{1,3})*)\)?",
    re.IGNORECASE,
)
_SECTION = re.compile(r"[,;.]?\s*\bSections?(?:\(s\))?\s*:\s*", re.IGNORECASE)
# The MTUS as letters list it: NAME YEAR, joined by "and". Only these names have commas or "and" of their own.
_MTUS_NAMES = (
    r"Neck\s+and\s+Upper\s+Back\s+Complaints|Shoulder\s+Complaints|Elbow\s+(?:Disorders|Complaints)"
    r"|Forearm\s*,\s*Wrist\s*,?\s*(?:and|&)\s*Hand\s+Complaints|Low\s+Back\s+Complaints|Knee\s+Complaints"
    r"|Ankle\s+(?:and|&)\s+Foot\s+Complaints|Stress[\s-]+Related\s+Conditions|Eye\s+(?:Chapter|Complaints)"
    r"|General\s+Approaches|General\s+Approach(?:es)?\s+to\s+Initial\s+Assessment\s+and\s+Documentation|Initial\s+Approaches\s+to\s+Treatment"
    r"|Initial\s+Care|Cornerstones\s+of\s+Disability\s+Prevention\s+and\s+Management"
    r"|Independent\s+Medical\s+Examinations\s+and\s+Consultations|Pain\s*,\s*Suffering\s*,?\s+and\s+the\s+Restoration\s+of\s+Function"
    r"|Prevention|Chronic\s+Pain\s+(?:Medical\s+)?Treatment(?:\s+Guidelines?)?|Opioids?\s+Treatment|Acupuncture(?:\s+Medical)?\s+Treatment(?:\s+Guidelines?)?"
    r"|Post-?\s?surgical\s+Treatment(?:\s+Guidelines?)?"
)
_NEXT_SOURCE = re.compile(
    rf"(?:\A|(?:[,;.]\s*|\s+)and\s+|;\s*)\s*(?P<name>(?:{_MTUS_NAMES})(?:\s+\d{{4}})?|[A-Z][^,.;:()]{{3,80}}?\s+\d{{4}})\b(?!\s*,?\s*\d)",
    re.IGNORECASE,
)
_ODG_CHAPTER = re.compile(
    r"\s*[-–]?\s*(?P<chapter>Ankle\s*(?:&|and)\s*Foot|Burns|Carpal\s+Tunnel\s+Syndrome|Diabetes|Elbow|Eye|Fitness\s+[Ff]or\s+Duty"
    r"|Forearm\s*,?\s*Wrist\s*,?\s*(?:&|and)\s*Hand|Head|Hernia|Hips?\s*(?:&|and)\s*Pelvis|Infectious\s+Diseases|Knee(?:\s*(?:&|and)\s*Leg)?"
    r"|Low\s+Back|Mental(?:\s+Illness)?(?:\s*(?:&|and)\s*Stress)?|Neck(?:\s*(?:&|and)\s*Upper\s+Back)?|Pain|Pulmonary|Shoulder)\b"
    r"(?:\s*-\s*Lumbar\s*(?:&|and)\s*Thoracic)?(?:\s*\((?:Acute\s*(?:&|and)\s*Chronic|Chronic)\))?"
    r"(?:\s*(?:Chapter|section))?(?:\s*\((?:updated|Online)[^)]*\))*\s*[,:;/.-]*\s*",
    re.IGNORECASE,
)
_OTHER = re.compile(r"[,;.]?\s+and\s+(?=Other\s+Medical\s+Treatment\s+Guidelines?\b)", re.IGNORECASE)
_YEAR = re.compile(r"\b(?:19|20)\d{2}\b")

Place = Callable[[int, int], tuple[int, int]]


def basis_of(text: str, start: int, place: Place) -> GuidelineBasis:
    """What `text`, which starts at `start` of the cleaned letter, says; `place` gives places in the source."""
    sources = [
        _cited(text[low:high], start + low, outside, place)
        for low, high, outside in _citations(text)
        if text[low:high].strip()
    ]
    return GuidelineBasis(
        text=one_line(text),
        sources=sources,
        outside_mtus=bool(_OUTSIDE.search(text)) or any(source.outside_mtus for source in sources),
        no_evidence_cited=bool(_NO_EVIDENCE.search(text)),
        offsets={"text": place(start, start + len(text))},
    )


def _citations(text: str) -> Iterator[tuple[int, int, bool]]:
    """Slices of the text, one a source, and whether it is outside the MTUS."""
    marks = list(_BASED.finditer(text))
    for index, mark in enumerate(marks):
        end = marks[index + 1].start() if index + 1 < len(marks) else len(text)
        outside = mark["non"].lower().startswith("non")
        low = mark.end()
        if outside:
            for other in _OTHER.finditer(text, low, end):
                yield low, other.start(), True
                low = other.end()
            yield low, end, True
            continue
        starts = [found.start("name") for found in _NEXT_SOURCE.finditer(text[low:end])] or [0]
        starts[0] = 0
        for begin, until in zip(starts, [*starts[1:], end - low], strict=True):
            yield low + begin, low + until, False


def _cited(text: str, start: int, outside: bool, place: Place) -> CitedGuideline:
    offsets = {}
    stripped = re.sub(r"[\s.;,]*(?:\band)?[\s.;,]*\Z", "", text)
    pages_at = _PAGES.search(stripped)
    pages: list[int] = []
    body = stripped
    if pages_at is not None:
        pages = _numbers(pages_at["pages"])
        offsets["pages"] = place(start + pages_at.start("pages"), start + pages_at.end("pages"))
        body = stripped[: pages_at.start()]
    section: str | None = None
    chapter: str | None = None
    entries: str | None = None
    name = body
    marked = _SECTION.search(body)
    if marked is not None:
        name, section = body[: marked.start()], _tidy(body[marked.end() :])
        offsets["section"] = place(start + marked.end(), start + len(body.rstrip()))
    else:
        name, rest, at = _named(body, outside)
        if rest:
            offsets["section"] = place(start + at, start + len(body.rstrip()))
            section = rest
            if outside:
                chapter, entries = _chapter(rest)
    lead = len(name) - len(name.lstrip(" ,;:\n"))
    offsets["guideline"] = place(start + lead, start + max(lead + 1, len(name.rstrip(" ,;:\n"))))
    name = _tidy(name)
    if section and "chronic pain" in name.lower():
        # Some letters say the guideline's name once more before the entry.
        section = re.sub(r"^Chronic Pain\s*,\s*", "", section, flags=re.IGNORECASE)
    year = _YEAR.search(name)
    return CitedGuideline(
        guideline=name,
        id=_id(name, outside, section),
        chapter=chapter,
        section=section or None,
        sections=_split(entries if chapter else section or ""),
        pages=pages,
        year=int(year[0]) if year else None,
        outside_mtus=outside,
        offsets=offsets,
    )


# Names of guidelines that are followed by what they say it under, without "Section(s)".
_NAMES = re.compile(
    r"\s*(?P<name>Official\s+Disability\s+Guidelines?(?:\s*-?\s*Treatment\s+(?:in|for)\s+Workers'?\s*Comp(?:ensation)?)?(?:\s*,?\s*\(?ODG\)?)?"
    r"|\(?ODG\)?(?:[-\s]TWC)?(?:\s+(?:Guidelines?|Treatment))?"
    r"|(?:American\s+College\s+of\s+Occupational\s+and\s+Environmental\s+Medicine\s*)?\(?ACOEM\)?(?:\s+(?:Occupational\s+Medicine\s+)?Practice)?"
    r"\s*(?:Guidelines?)?(?:\s*,?\s*(?:2nd|3rd|Second|Third)\s+(?:ed\.?|edition)(?=\W))?"
    r"|Chronic\s+Pain\s+(?:Medical\s+)?Treatment\s+Guidelines?"
    r"|(?:ACOEM\s+)?Chapter\s+\d{1,2}|UpToDate|Other\s+Medical\s+Treatment\s+Guidelines?)"
    r"(?P<year>\s*,?\s*\(?\d{4}\)?(?!\d))?\s*[:,;.]?\s*",
    re.IGNORECASE,
)


def _named(body: str, outside: bool) -> tuple[str, str, int]:
    """The guideline's name, what follows it, and where that begins."""
    found = _NAMES.match(body)
    if found is None:
        return body, "", len(body)
    rest = body[found.end() :]
    if not outside and re.match(r"ACOEM", found["name"], re.IGNORECASE) and "chapter" not in found["name"].lower():
        chaptered = re.match(r"\s*Chapter\s+\d{1,2}\s*[:,]?\s*", rest, re.IGNORECASE)
        if chaptered:
            at = found.end() + chaptered.end()
            return body[:at], _tidy(body[at:]), at
    return body[: found.end()], _tidy(rest), found.end()


def _chapter(rest: str) -> tuple[str | None, str]:
    """ODG: chapter, and the entries within it. Without a known chapter, all of it is entries."""
    found = _ODG_CHAPTER.match(rest)
    if found is None:
        return None, rest
    return one_line(found["chapter"]), rest[found.end() :]


def _id(name: str, outside: bool, section: str | None) -> str | None:
    """The registry's id for a printed name; of the general approaches, the section says which chapter."""
    said = one_line(name.lower())
    if said.startswith("general approaches"):
        said += f" {section}".lower()
    year = _YEAR.search(said)
    if "official disability" in said or re.search(r"\bodg\b", said):
        return "odg"
    if outside:
        return None
    if "chronic pain" in said:
        return "mtus-chronic-pain-2016" if year and year[0] == "2016" else "mtus-chronic-pain-2009"
    for words, known in (("opioid", "mtus-opioids-2016"), ("acupuncture", "mtus-acupuncture-2007")):
        if words in said:
            return known
    if "postsurgical" in said or "post-surgical" in said or "post surgical" in said:
        return "mtus-postsurgical-2009"
    numbered = re.search(r"chapter\s+(\d{1,2})", said)
    if numbered:
        return _acoem(int(numbered[1]))
    for words, chapter in _CHAPTERS.items():
        if words in said:
            return _acoem(chapter)
    for chapter, words in _CHAPTER_TITLES.items():
        if words in said:
            return _acoem(chapter)
    return None


def _acoem(chapter: int) -> str:
    return f"acoem-{2007 if chapter == 10 else 2004}-ch-{chapter}"


def _split(section: str | None) -> list[str]:
    """Section names of a list, where commas belong to some names."""
    found: list[str] = []
    rest = section or ""
    while rest:
        known = max((s for s in _SECTIONS if rest.lower().startswith(s.lower())), key=len, default=None)
        if known is not None:
            name, rest = rest[: len(known)], rest[len(known) :]
        else:
            cut = re.search(r",\s*(?:and\s+)?(?![^(]*\))|;\s*", rest)
            name, rest = (rest[: cut.start()], rest[cut.start() :]) if cut else (rest, "")
        found.append(name.strip())
        rest = re.sub(r"^\s*[,;]?\s*(?:and\s+)?", "", rest) if rest.lstrip()[:1] in {",", ";"} else rest.lstrip()
    return [name for name in found if name]


def _numbers(text: str) -> list[int]:
    """Page numbers of a list; a range gives its pages (at most fifty)."""
    pages: list[int] = []
    for low, high in re.findall(r"(\d{1,3})(?:\s*(?:-|–|to)\s*(\d{1,3}))?", text):
        last = int(high) if high else int(low)
        pages += range(int(low), last + 1) if int(low) <= last <= int(low) + 50 else [int(low), last]
    return list(dict.fromkeys(pages))


def _tidy(text: str) -> str:
    return one_line(text).strip(" ,;:")
