"""The marks by which the parts of a letter are found: headings, the head block, and what the prose says instead.

White space between words may be of any kind. No pattern begins with white space or has two that may match the same:
each takes linear time.
"""

from __future__ import annotations

import re

from imr_letters.text.dates import DAY

SUMMARY = re.compile(r"CLINICAL\s+CASE\s+SUMMARY|\bCASE\s+SUMMARY\s*:", re.IGNORECASE)
DEVELOPED = re.compile(r"\s*The\s+\w+\s+reviewer\s+developed\b[^:]{0,200}?\brecords\s*:?\s*", re.IGNORECASE)
ISSUES = re.compile(
    r"IMR\s+ISSUES\s*,\s*DECISIONS\s+AND\s+RATIONALES?|IMR\s+DECISION\s*\(?S?\)?\s+AND\s+RATIONALE\s*\(?S?\)?",
    re.IGNORECASE,
)
SET_FORTH = re.compile(r"Final\s+Determination\s+was\s+based\b[^:]{0,120}?\bset\s+forth\s+below\s*:?\s*", re.IGNORECASE)
ANCHOR = re.compile(
    r"\b(?P<decision>Upheld|Overturned)\b\s*[.:]?\s*(?P<claims>Claims\s+Administrator'?s?\s+guidelines?\s*:)",
    re.IGNORECASE,
)
MAXIMUS = re.compile(r"MAXIMUS\s+guidelines?\s*:", re.IGNORECASE)
RATIONALE = re.compile(r"Decision\s+rationale\s*:", re.IGNORECASE)

CASE = re.compile(r"\bCase\s+Number\s*:?\s*(?P<value>CM\s?\d{2}\s?-\s?\d{5,8})", re.IGNORECASE)
HEAD = {
    "date_assigned": re.compile(rf"\bDate\s+Assigned\s*:\s*(?P<value>{DAY})", re.IGNORECASE),
    "date_of_injury": re.compile(rf"\bDate\s+of\s+Injury\s*:\s*(?P<value>{DAY})", re.IGNORECASE),
    "decision_date": re.compile(rf"(?:\bDecision\s+Date|\bDated)\s*:\s*(?P<value>{DAY})", re.IGNORECASE),
    "utilization_review_date": re.compile(rf"\bUR\s+Denial\s+Date\s*:\s*(?P<value>{DAY})", re.IGNORECASE),
    "date_received": re.compile(rf"(?:\bApplication\s+Received|\bReceived)\s*:\s*(?P<value>{DAY})", re.IGNORECASE),
}
PRIORITY = re.compile(r"\bPriority\s*:\s*(?P<value>Standard|Expedited)\b", re.IGNORECASE)
# Where the head is missing (2014 as text), the summary says it.
SAID = {
    "date_of_injury": re.compile(
        r"(?:date\s+of\s+(?:the\s+)?injury\s*(?:of|was|is|on|:|,)?|injur(?:y|ed|ies)\s+(?:date\s+(?:of|on)|on|dated)"
        rf"|industrial\s+injury\s+(?:on|of|dated))\s*(?P<value>{DAY})",
        re.IGNORECASE,
    ),
    "utilization_review_date": re.compile(
        rf"utilization\s+review\b[^.]{{0,80}}?\b(?:dated|on)\s*(?P<value>{DAY})", re.IGNORECASE
    ),
}
LICENSURE = re.compile(
    r"State\(?s?\)?\s+of\s+Licensure\s*:\s*(?P<value>[^\n]*(?:\n(?!\s*\n|\s*Certif)[^\n]*)*)", re.IGNORECASE
)
CERTIFIED = re.compile(
    r"Certification\(?s?\)?\s*/?\s*Special(?:ty|ties|ity)\s*:\s*(?P<value>.*?)\s*(?=CLINICAL\s+CASE|\n\s*\n|\Z)",
    re.IGNORECASE | re.DOTALL,
)
BOARD = re.compile(
    r"\bBoard\s+Certified\s+in\s+(?P<value>.{2,200}?)(?:\s*,\s*has\s+a\s+subspecialty\s+in\s+(?P<sub>.{2,200}?))?\s*,?\s+and\s+is\s+licensed\s+to\s+practice\s+in\s+(?P<state>[^.]{2,200})\.",
    re.IGNORECASE | re.DOTALL,
)
