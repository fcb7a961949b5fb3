"""Why evidence does not count: as a code, for rules, and in words, for people."""

from __future__ import annotations

from typing import Literal

Why = Literal[
    "after-as-of",
    "another-region",
    "not-before-request",
    "before-injury",
    "before-last-treatment",
    "after-next-treatment",
    "not-last-treatment",
    "out-of-date",
]
IN_WORDS: dict[Why, str] = {
    "after-as-of": "later than the date of the file",
    "another-region": "of another region",
    "not-before-request": "not before the request",
    "before-injury": "from before the injury",
    "before-last-treatment": "from before the last treatment",
    "after-next-treatment": "from after the next treatment",
    "not-last-treatment": "on an earlier treatment than the last",
    "out-of-date": "too old to show what is so now",
}
"""Each follows what was seen."""
