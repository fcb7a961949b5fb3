"""Reads what the title of an item requests: treatment, body parts, quantity, strength, frequency, duration, dates.

One pass over the tokens of the title (numbers, words, days, marks), driven by tables of words. Every rule looks a
bounded number of tokens ahead and back, so time is linear in the length. Nothing is guessed: what no rule recognizes
stays among the treatment words, and a total of visits that can be read two ways is left out.
"""

from imr_letters.titles.model import (
    Amount,
    BodyPart,
    DateOfService,
    Duration,
    Excerpt,
    Figure,
    Frequency,
    Number,
    Period,
    Requested,
    Side,
    Strength,
)
from imr_letters.titles.request import request_of

__all__ = [
    "Amount", "BodyPart", "DateOfService", "Duration", "Excerpt", "Figure", "Frequency", "Number", "Period",
    "Requested", "Side", "Strength", "request_of",
]  # fmt: skip
