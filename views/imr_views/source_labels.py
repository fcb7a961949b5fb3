"""What the source labels of requirements and inferences stand for."""

from __future__ import annotations

import re

from imr_views.blocks import Link, Phrase

CASES = "../../letters/imr_letters/cases"
"""The labelled letters that ship with the program, as seen from docs/criteria/."""

_REFERENCE = re.compile(r"seed (\d+)|letter (\d+(?:, ?\d+)*)")

# Letters of 2016-17, by the number that labels use: the case number under which the state publishes the
# determination, and its date.
_PUBLISHED = {
    13: ("CM16-0232543", "2017-01-12"),
    15: ("CM16-0233904", "2017-01-06"),
    17: ("CM16-0234464", "2017-01-20"),
    25: ("CM16-0237163", "2017-01-10"),
    61: ("CM16-0247802", "2017-02-01"),
    99: ("CM17-0005412", "2017-02-06"),
    167: ("CM17-0015790", "2017-02-23"),
    171: ("CM17-0016311", "2017-02-28"),
    173: ("CM17-0016761", "2017-02-23"),
}
_OTHERS = {
    "the earlier text; it depends on the edition": (
        "Recalled: an earlier edition of ODG has this point. ODG is revised continuously, so whether it applies "
        "depends on the edition in use."
    ),
    "dir.ca.gov 9792.20, both the 2009 and the later text": (
        "The definition in 8 CCR 9792.20, as the California Department of Industrial Relations (dir.ca.gov) publishes "
        "it: the text of 2009 and the later one."
    ),
}


def resolve(label: str) -> list[Phrase]:
    """What a label stands for, one phrase per source; empty if the label is unknown."""
    found: list[Phrase] = []
    for match in _REFERENCE.finditer(label):
        if match[1]:
            found.append(_seed(int(match[1])))
        else:
            found += [_published(int(number)) for number in match[2].split(",")]
    if found and "2016 text" in label:
        found.append("Reviewers restate the 2016 edition of the guideline there; it stands in for the text of 2009.")
    return found or ([_OTHERS[label]] if label in _OTHERS else [])


def anchor(label: str) -> str:
    """The anchor that GitHub gives a heading with this text."""
    return re.sub(r"[^\w\- ]", "", label.lower()).replace(" ", "-")


def _seed(number: int) -> Phrase:
    file = f"letter-{number:03}.json"
    return (
        f"Letter {number:03}, an IMR determination of 2013-14, in which a reviewer restates or applies the guideline. "
        "Shipped as a labelled case: ",
        Link(file, f"{CASES}/{file}"),
        ".",
    )


def _published(number: int) -> Phrase:
    if number not in _PUBLISHED:
        return f"Letter {number:03}, an IMR determination; it is not shipped."
    case, date = _PUBLISHED[number]
    return (
        f"Letter {number:03}: IMR determination {case} of {date}, published by the California Division of Workers' "
        "Compensation. It is not shipped."
    )
