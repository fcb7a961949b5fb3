"""Parses what a decision says it is based on: for each guideline its year, chapter, section and pages.

The forms are "Decision based on MTUS NAME YEAR, Section(s): A, B, and NAME YEAR …", "NAME Page(s): 41,63.",
"Decision based on Non-MTUS Citation …" and "did not cite any medical evidence".
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator

from imr_letters.citations.guidelines import MTUS_TITLE, NAME, ODG_CHAPTER, SECTIONS, id_of, year_of
from imr_letters.model import CitedGuideline, GuidelineBasis
from imr_letters.text.whitespace import one_line, spaced

_NO_EVIDENCE = spaced(r"did not cite any medical evidence")
_OUTSIDE = spaced(r"outside of the MTUS|did not base their decision on the MTUS")
# Begins a list of citations.
_BASED = spaced(r"(?:Decision )?based on (?P<non>Non-?\s*MTUS(?:\s+Citations?)?|MTUS)\s*[:,]?\s*")
# Begins the next citation of the MTUS in a list: a known title, or any name with a year, after "and" or a semicolon.
_NEXT = spaced(
    r"(?:\A|(?:[,;.]\s*| )and |;\s*)\s*"
    rf"(?P<name>{MTUS_TITLE}(?: \d{{4}})?|[A-Z][^,.;:()]{{3,80}}? \d{{4}})\b(?!\s*,?\s*\d)"
)
# Outside the MTUS names are free text, and only this one begins another citation.
_OTHER = spaced(r"[,;.]? and (?=Other Medical Treatment Guidelines?\b)")
_SECTION = spaced(r"[,;.]?\s*\bSections?(?:\(s\))?\s*:\s*")
# "Page(s): 41,63", "pg. 98-99", "(p. 122)"
_PAGES = spaced(
    r"[,;(]?\s*\b(?:Page\(s\)|Pages?|pgs?\.?|pp?\.)\s*:?\s*"
    r"(?P<pages>\d{1,3}[a-z]?(?:\s*(?:,|-|–|and|&|to)\s*\d{1,3})*)\)?"
)
# May end a citation, and means nothing there.
_MARKS = " \t\n.;,"
_KNOWN = re.compile("|".join(map(re.escape, sorted(SECTIONS, key=len, reverse=True))), re.IGNORECASE)
_BETWEEN = re.compile(r"\s*[,;]\s*(?:and\s+)?|\s*")

Place = Callable[[int, int], tuple[int, int]]
"""Maps a slice of the cleaned letter to its place in the source text."""


def basis_of(text: str, start: int, place: Place) -> GuidelineBasis:
    """The basis stated in `text`, a piece of the cleaned letter that begins at `start`."""
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
    """Slices of the text, one per citation, each with whether it is outside the MTUS."""
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
        starts = [found.start("name") for found in _NEXT.finditer(text[low:end])] or [0]
        starts[0] = 0
        for begin, until in zip(starts, [*starts[1:], end - low], strict=True):
            yield low + begin, low + until, False


def _cited(text: str, start: int, outside: bool, place: Place) -> CitedGuideline:
    offsets = {}
    stripped = text.rstrip(_MARKS)
    stripped = re.sub(r"\band\Z", "", stripped).rstrip(_MARKS)
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
        # Some letters repeat the guideline's name before the section.
        section = re.sub(r"^Chronic Pain\s*,\s*", "", section, flags=re.IGNORECASE)
    return CitedGuideline(
        guideline=name,
        id=id_of(name, section, outside),
        chapter=chapter,
        section=section or None,
        sections=_split((entries if chapter else section) or ""),
        pages=pages,
        year=year_of(name),
        outside_mtus=outside,
        offsets=offsets,
    )


def _named(body: str, outside: bool) -> tuple[str, str, int]:
    """The guideline's name, the rest of the citation, and where the rest begins."""
    found = NAME.match(body)
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
    """The ODG chapter and the entries after it. If no chapter is recognized, everything is entries."""
    found = ODG_CHAPTER.match(rest)
    if found is None:
        return None, rest
    return one_line(found["chapter"]), rest[found.end() :]


def _split(section: str) -> list[str]:
    """Splits a list of section titles, some of which contain commas."""
    found: list[str] = []
    ends = iter([*_separators(section), len(section)])
    end = next(ends)
    at = 0
    while at < len(section):
        known = _KNOWN.match(section, at)
        while end < at:
            end = next(ends)
        stop = known.end() if known else end
        found.append(section[at:stop].strip())
        between = _BETWEEN.match(section, stop)
        assert between is not None  # it may be empty
        at = between.end()
    return [name for name in found if name]


def _separators(text: str) -> list[int]:
    """Where there is a semicolon, or a comma that is not in parentheses."""
    found = []
    closes = False
    for mark in reversed(list(re.finditer("[(),;]", text))):
        if mark[0] in "()":
            closes = mark[0] == ")"
        elif mark[0] == ";" or not closes:
            found.append(mark.start())
    return found[::-1]


def _numbers(text: str) -> list[int]:
    """The page numbers in a list. A range is expanded up to fifty pages; a longer one gives its ends only."""
    pages: list[int] = []
    for low, high in re.findall(r"(\d{1,3})(?:\s*(?:-|–|to)\s*(\d{1,3}))?", text):
        last = int(high) if high else int(low)
        pages += range(int(low), last + 1) if int(low) <= last <= int(low) + 50 else [int(low), last]
    return list(dict.fromkeys(pages))


def _tidy(text: str) -> str:
    return one_line(text).strip(" ,;:")
