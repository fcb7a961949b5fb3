"""Letters with one part made long by repetition: `python -m tests.letters.long_texts [LENGTH]` names the slow ones."""

from __future__ import annotations

import re
import sys
import time
from collections.abc import Iterator

from tests.conftest import WRITTEN
from tests.letters.attempt import attempt

PIECES = (
    "CLINICAL CASE SUMMARY", "IMR ISSUES, DECISIONS AND RATIONALES", "Claims Administrator guideline:",
    "MAXIMUS guideline:", "Decision rationale:", ": Upheld", "Overturned", "Decision based on MTUS ",
    "Decision based on Non-MTUS Citation ", "Section(s): ", "Page(s): 1,2-9", "Page(s): 1 ",
    " was the original request. ", "portion of the original request, ", "authorized by the Claims Administrator ",
    "Case Number: CM16-1", "Date of Injury: 1/1/16", "Dated ", "date of injury ", "utilization review ",
    "has determined the request for ", "MAXIMUS has determined the request for ", "is not medically necessary.",
    "1) x is not medically necessary. ", "1. Regarding the request for x:\n", "ISSUE AT DISPUTE: ", "Rationale: ",
    "Final Determination Letter for IMR Case Number", "Board Certified in ", "State of Licensure: ",
    "Certification Specialty: ", "Low Back Complaints 2004", "Forearm, Wrist, and Hand ", "Chronic Pain 2009, ",
    "and Other Medical Treatment Guidelines ", "MRI 1/1/2016 ", "the patient's left knee ", "L4-5 ", "L5-S1 ",
    "â€™", "-\n", "\x02\r\n", "\u00ad", "\f", "\n\n", "\n", "\n \n", " ", " \x00", "Â\xa0", "and ", ", ", "; ", "a, ",
    "a", "a ", "A. ", "(", "(, ", "A b, and ", "x " * 50, "2 x 4 ", "#30", "\n1. a", "\n12) b ", "1 of 2 ", "was ",
    "13/45/2016", "Upheld\nClaims Administrator guideline: ",
    "Upheld Claims Administrator guideline: x Decision rationale: the knee. ",
)  # fmt: skip
_PARTS = (
    "Date of Injury", "SUMMARY", "reviewer developed", "ISSUES", "Claims Administrator guideline:",
    "MAXIMUS guideline:", "Section(s)", "Decision rationale:", "Decision", "Regarding", "determined", "Rationale",
)  # fmt: skip
# Seconds of processor time for a million characters.
SLOW = 8


def stretched(layout: str, piece: str, length: int) -> Iterator[tuple[str, str]]:
    """The written letter of a layout with `piece` repeated before or after each of its parts, and where."""
    letter = (WRITTEN / f"{layout}.txt").read_text(encoding="utf-8")
    run = (piece * (length // len(piece) + 1))[:length]
    for part in _PARTS:
        if found := re.search(re.escape(part), letter):
            for where, at in (("before", found.start()), ("after", found.end() + 1)):
                yield f"{where} {part}", letter[:at] + run + letter[at:]


def seconds(text: str) -> float:
    """Processor time that a text takes."""
    started = time.process_time()
    attempt(text)
    return time.process_time() - started


def main(length: int) -> int:
    """Prints what takes longer than it may; the number of those."""
    slow = 0
    for piece in PIECES:
        for layout in ("2013", "2014", "2016"):
            for where, text in stretched(layout, piece, length):
                if (took := seconds(text)) > SLOW * len(text) / 1_000_000:
                    slow += 1
                    print(f"{took:6.2f} s  {layout}, {where}: {piece!r}", flush=True)
    print(f"{len(PIECES)} pieces repeated to {length:,} characters: {slow} slow")
    return slow


if __name__ == "__main__":
    sys.exit(main(int(sys.argv[1]) if sys.argv[1:] else 30_000) > 0)
