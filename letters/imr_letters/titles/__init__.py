"""What an item asks for, as far as its title says: treatment words, body parts, quantity, strength, frequency, dates.

One pass over the tokens of the title (numbers, words, dates, marks) with tables of words. Every rule looks a bounded
number of tokens ahead and behind, so that the time is linear in the length. Nothing is guessed: what no rule knows
stays among the treatment words, and a total of visits that can be read two ways is null.
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
from imr_letters.titles.reader import request_of

__all__ = [
    "Amount", "BodyPart", "DateOfService", "Duration", "Excerpt", "Figure", "Frequency", "Number", "Period",
    "Requested", "Side", "Strength", "request_of",
]  # fmt: skip
