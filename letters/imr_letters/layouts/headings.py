"""Patterns that locate the parts of a letter: headings, labels of the head block, and set phrases.

A space in these patterns matches any white space (`spaced`). All run in linear time: none begins with white space, and
no two adjacent repetitions can match the same text.
"""

from __future__ import annotations

import re

from imr_letters.text.dates import DAY
from imr_letters.text.whitespace import spaced

_VALUE = rf"\s*:\s*(?P<value>{DAY})"

# The case summary, and its opening words.
SUMMARY = spaced(r"CLINICAL CASE SUMMARY|\bCASE SUMMARY\s*:")
DEVELOPED = spaced(r"\s*The \w+ reviewer developed\b[^:]{0,200}?\brecords\s*:?\s*")

# The items: their common heading, the words that open them, and the labels in each.
ISSUES = spaced(r"IMR ISSUES\s*,\s*DECISIONS AND RATIONALES?|IMR DECISION\s*\(?S?\)? AND RATIONALE\s*\(?S?\)?")
SET_FORTH = spaced(r"Final Determination was based\b[^:]{0,120}?\bset forth below\s*:?\s*")
ANCHOR = spaced(
    r"\b(?P<decision>Upheld|Overturned)\b\s*[.:]?\s*(?P<claims>Claims Administrator'?s? guidelines?\s*:)",
)
MAXIMUS = spaced(r"MAXIMUS guidelines?\s*:")
RATIONALE = spaced(r"Decision rationale\s*:")

# The head block, each field in the group `value`. PDF text may have spaces inside a case number.
CASE = spaced(r"\bCase Number\s*:?\s*(?P<value>CM\s?\d{2}\s?-\s?\d{5,8})")
PRIORITY = spaced(r"\bPriority\s*:\s*(?P<value>Standard|Expedited)\b")
HEAD = {
    "date_assigned": spaced(r"\bDate Assigned" + _VALUE),
    "date_of_injury": spaced(r"\bDate of Injury" + _VALUE),
    "decision_date": spaced(r"(?:\bDecision Date|\bDated)" + _VALUE),
    "utilization_review_date": spaced(r"\bUR Denial Date" + _VALUE),
    "date_received": spaced(r"(?:\bApplication Received|\bReceived)" + _VALUE),
}

# Letters of 2014 come without their head block; their summary gives these two dates.
_INJURED = (
    r"date of (?:the )?injury\s*(?:of|was|is|on|:|,)?"
    r"|injur(?:y|ed|ies) (?:date (?:of|on)|on|dated)"
    r"|industrial injury (?:on|of|dated)"
)
SAID = {
    "date_of_injury": spaced(rf"(?:{_INJURED})\s*(?P<value>{DAY})"),
    "utilization_review_date": spaced(rf"utilization review\b[^.]{{0,80}}?\b(?:dated|on)\s*(?P<value>{DAY})"),
}

# The reviewer in 2016: states, up to a blank line or the next label, then the specialty.
LICENSURE = spaced(r"State\(?s?\)? of Licensure\s*:\s*(?P<value>(?:(?!\n\s*\n|\s*Certif).)*)", re.DOTALL)
CERTIFIED = spaced(
    r"Certification\(?s?\)?\s*/?\s*Special(?:ty|ties|ity)\s*:\s*(?P<value>.*?)\s*(?=CLINICAL CASE|\n\s*\n|\Z)",
    re.DOTALL,
)
# The reviewer in 2013 and 2014: one sentence.
BOARD = spaced(
    r"\bBoard Certified in (?P<value>.{2,200}?)"
    r"(?:\s*,\s*has a subspecialty in (?P<sub>.{2,200}?))?"
    r"\s*,? and is licensed to practice in (?P<state>[^.]{2,200})\.",
    re.DOTALL,
)
