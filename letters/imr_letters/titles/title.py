"""A title while it is read: its tokens, which of them are taken, and what was found so far."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any, NamedTuple

from imr_letters.titles.model import Figure, Number, Side
from imr_letters.titles.tokens import AHEAD, END, tokens_of
from imr_letters.titles.words import CONNECTORS, DEVICE, INJECTED, THERAPY, THERAPY_BEGINNINGS, singular

# Ranks of an amount as the quantity, the surest first: "#30", "6 visits", "x 6", "(6)", "One MRI", "120 grams".
MARKED, WITH_UNIT, TIMES, ALONE, LEADING, MEASURED_OUT = range(6)


class Found(NamedTuple):
    """A figure on tokens i to j. Of several amounts or strengths, the first of the lowest rank counts."""

    i: int
    j: int
    rank: int
    value: Figure
    unit: Any
    values: list[Number] = []


@dataclass
class FoundPart:
    """A body part on tokens i to j. With `stays` it names a treatment too, and remains a treatment word."""

    i: int
    j: int
    region: str | None
    side: Side | None = None
    paired: bool = False
    stays: bool = False


class Title:
    """A title being read. `cut` has for each token what took it out of the treatment words, or ""."""

    def __init__(self, title: str) -> None:
        self.title = title
        self.tokens = tokens_of(title)
        self.size = len(self.tokens)
        self.words = {token.low for token in self.tokens}
        self.tokens += [END] * AHEAD  # so no rule needs a bounds check, even at -1
        self.cut = [""] * len(self.tokens)
        self.device = not self.words.isdisjoint(DEVICE)
        self.therapy = any(w in THERAPY or w.startswith(THERAPY_BEGINNINGS) for w in self.words)
        self.injected = any(w.startswith(INJECTED) for w in self.words)
        self.begun = False  # whether a treatment word or a body part came before
        self.amounts: list[Found] = []
        self.strengths: list[Found] = []
        self.frequencies: list[Found] = []
        self.durations: list[Found] = []
        self.refills: list[Found] = []
        self.taken: list[tuple[int, int]] = []
        self.sides: list[tuple[int, int, Side]] = []
        self.parts: list[FoundPart] = []
        self.days: list[int] = []
        self.labels: set[str] = set()

    def take(self, i: int, j: int, what: str) -> int:
        """Takes tokens i to j out of the treatment words; returns j, as a rule does."""
        self.cut[i:j] = [what] * (j - i)
        return j

    def find(self, all_found: list[Found], found: Found, what: str) -> int:
        """Records what was found and takes its tokens."""
        all_found.append(found)
        return self.take(found.i, found.j, what)

    def take_of(self, i: int, j: int, what: str) -> int:
        """Takes tokens i to j and an "of" after them: "six sessions of", "1 cc of"."""
        return self.take(i, j + 1 if self.tokens[j].low == "of" else j, what)

    def follows(self, i: int, words: list[str], hyphens: bool = False) -> int:
        """The index after these words if they are next, or 0. Plurals match too."""
        for word in words:
            if hyphens and self.tokens[i].low == "-":
                i += 1
            low = self.tokens[i].low
            if low != word and singular(low) != word:
                return 0
            i += 1
        return i

    def span(self, i: int, j: int) -> dict[str, Any]:
        """The fields of an `Excerpt` of tokens i to j."""
        start, end = self.tokens[i].start, self.tokens[j - 1].end
        return {"text": self.title[start:end], "start": start, "end": end}

    def only(self, i: int, j: int, words: set[str]) -> bool:
        """Whether tokens i to j are at most five, all from `words`."""
        return j <= i + 5 and all(token.low in words for token in self.tokens[i:j])


def is_in_a_name(t: Title, i: int) -> bool:
    """Whether a number is attached to a word ("H2", "Synvisc-One") and counts nothing."""
    before = t.tokens[i - 1]
    if before.end != t.tokens[i].start:
        return False
    if before.low == "-":
        return t.tokens[i - 2].kind == "word" and t.tokens[i - 2].end == before.start
    return before.kind == "word"


def by_at(t: Title, i: int) -> bool:
    """Whether this token is "x" or "times"; the x of "x-ray" is neither."""
    low = t.tokens[i].low
    if low == "x":
        return t.tokens[i + 1].low not in {"-", "ray", "rays"}
    return low in {"times", "time"}


def connects(t: Title, i: int) -> bool:
    """Whether a token merely connects others."""
    token, after = t.tokens[i], t.tokens[i + 1]
    if token.low not in CONNECTORS or (token.low == "x" and not by_at(t, i)):
        return False
    return token.kind != "word" or after.low != "-" or after.start != token.end  # not that of "in-home"
