"""The guidelines that letters cite: how their names are written, and the id of each."""

from __future__ import annotations

import re

from imr_letters.text.whitespace import one_line, spaced

_AND = "(?:and|&)"

# Titles within the MTUS as letters of 2016 list them. Some contain a comma or "and", so they must be known.
_ACOEM_TITLES = (
    "Neck and Upper Back Complaints",
    "Shoulder Complaints",
    "Elbow (?:Disorders|Complaints)",
    rf"Forearm\s*,\s*Wrist\s*,?\s*{_AND}\s*Hand Complaints",
    "Low Back Complaints",
    "Knee Complaints",
    f"Ankle {_AND} Foot Complaints",
    r"Stress[\s-]+Related Conditions",
    "Eye (?:Chapter|Complaints)",
    "General Approaches",
    "General Approach(?:es)? to Initial Assessment and Documentation",
    "Initial Approaches to Treatment",
    "Initial Care",
    "Cornerstones of Disability Prevention and Management",
    "Independent Medical Examinations and Consultations",
    r"Pain\s*,\s*Suffering\s*,? and the Restoration of Function",
    "Prevention",
)
_OWN_TITLES = (
    "Chronic Pain (?:Medical )?Treatment(?: Guidelines?)?",
    "Opioids? Treatment",
    "Acupuncture(?: Medical)? Treatment(?: Guidelines?)?",
    r"Post-?\s?surgical Treatment(?: Guidelines?)?",
)
MTUS_TITLE = f"(?:{'|'.join(_ACOEM_TITLES + _OWN_TITLES)})"
"""A title within the MTUS, as a piece for larger patterns (`spaced`)."""

# Names that a section may follow without "Section(s):".
_ODG = (
    r"Official Disability Guidelines?(?:\s*-?\s*Treatment (?:in|for) Workers'?\s*Comp(?:ensation)?)?"
    r"(?:\s*,?\s*\(?ODG\)?)?"
)
_ODG_FOR_SHORT = r"\(?ODG\)?(?:[-\s]TWC)?(?: (?:Guidelines?|Treatment))?"
_ACOEM = (
    r"(?:American College of Occupational and Environmental Medicine\s*)?\(?ACOEM\)?"
    r"(?: (?:Occupational Medicine )?Practice)?\s*(?:Guidelines?)?"
    r"(?:\s*,?\s*(?:2nd|3rd|Second|Third) (?:ed\.?|edition)(?=\W))?"
)
_CHRONIC_PAIN = "Chronic Pain (?:Medical )?Treatment Guidelines?"
_CHAPTER_OF_ACOEM = r"(?:ACOEM )?Chapter \d{1,2}"
_OTHERS = "UpToDate|Other Medical Treatment Guidelines?"
NAME = spaced(
    rf"\s*(?P<name>{_ODG}|{_ODG_FOR_SHORT}|{_ACOEM}|{_CHRONIC_PAIN}|{_CHAPTER_OF_ACOEM}|{_OTHERS})"
    r"(?:\s*,?\s*\(?\d{4}\)?(?!\d))?\s*[:,;.]?\s*"
)
"""A guideline's name and year at the start of a citation, and the punctuation after them."""

_ODG_CHAPTERS = (
    rf"Ankle\s*{_AND}\s*Foot",
    "Burns",
    "Carpal Tunnel Syndrome",
    "Diabetes",
    "Elbow",
    "Eye",
    "Fitness for Duty",
    rf"Forearm\s*,?\s*Wrist\s*,?\s*{_AND}\s*Hand",
    "Head",
    "Hernia",
    rf"Hips?\s*{_AND}\s*Pelvis",
    "Infectious Diseases",
    rf"Knee(?:\s*{_AND}\s*Leg)?",
    "Low Back",
    rf"Mental(?: Illness)?(?:\s*{_AND}\s*Stress)?",
    rf"Neck(?:\s*{_AND}\s*Upper Back)?",
    "Pain",
    "Pulmonary",
    "Shoulder",
)
# "Low Back - Lumbar & Thoracic (Acute & Chronic) Chapter (updated 3/1/16), "
ODG_CHAPTER = spaced(
    rf"\s*[-–]?\s*(?P<chapter>{'|'.join(_ODG_CHAPTERS)})\b"
    rf"(?:\s*-\s*Lumbar\s*{_AND}\s*Thoracic)?"
    rf"(?:\s*\((?:Acute\s*{_AND}\s*Chronic|Chronic)\))?"
    r"(?:\s*(?:Chapter|section))?"
    r"(?:\s*\((?:updated|Online)[^)]*\))*"
    r"\s*[,:;/.-]*\s*"
)
"""An ODG chapter with the rest of its title, up to its entries."""

SECTIONS = (
    "NSAIDs, specific drug list & adverse effects", "NSAIDs, GI symptoms & cardiovascular risk",
    "NSAIDs, hypertension and renal function", "Opioids, specific drug list", "Opioids, long-term assessment",
    "Opioids, criteria for use", "Opioids, dosing", "Opioids, pain treatment agreement", "TENS, chronic pain",
    "TENS, chronic pain (transcutaneous electrical nerve stimulation)", "CRPS, medications",
    "CRPS, spinal cord stimulators (SCS)", "Forearm, Wrist, & Hand", "Forearm, Wrist, and Hand",
    "Preoperative testing, general",
)  # fmt: skip
"""Section titles that contain commas."""

# Chapters of ACOEM by words of their titles.
_CHAPTERS = {
    "neck and upper back": 8, "shoulder": 9, "elbow": 10, "forearm, wrist, and hand": 11, "low back": 12, "knee": 13,
    "ankle and foot": 14, "stress related": 15, "eye": 16, "initial approaches to treatment": 3,
    "cornerstones of disability prevention": 5,
}  # fmt: skip

_YEAR = re.compile(r"\b(?:19|20)\d{2}\b")


def year_of(name: str) -> int | None:
    """The year in a guideline's name, or None."""
    found = _YEAR.search(name)
    return int(found[0]) if found else None


def id_of(name: str, section: str | None, outside_mtus: bool) -> str | None:
    """A guideline's id in the catalogue of criteria, or None if it has none.

    `section` matters for "General Approaches" only: it tells which chapter of ACOEM is meant.
    """
    said = one_line(name.lower())
    if said.startswith("general approaches"):
        said += f" {section}".lower()
    if "official disability" in said or re.search(r"\bodg\b", said):
        return "odg"
    if outside_mtus:
        return None
    if "chronic pain" in said:
        return "mtus-chronic-pain-2016" if year_of(said) == 2016 else "mtus-chronic-pain-2009"
    if "opioid" in said:
        return "mtus-opioids-2016"
    if "acupuncture" in said:
        return "mtus-acupuncture-2007"
    if re.search(r"post[- ]?surgical", said):
        return "mtus-postsurgical-2009"
    numbered = re.search(r"chapter\s+(\d{1,2})", said)
    if numbered:
        return _acoem(int(numbered[1]))
    return next((_acoem(chapter) for words, chapter in _CHAPTERS.items() if words in said), None)


def _acoem(chapter: int) -> str:
    # Only the elbow chapter was revised, in 2007.
    return f"acoem-{2007 if chapter == 10 else 2004}-ch-{chapter}"
