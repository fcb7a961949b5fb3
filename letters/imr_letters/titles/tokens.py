"""The tokens of a title, and the numbers among them, in digits or words."""

from __future__ import annotations

import re
from typing import NamedTuple

from imr_letters.text.dates import DAY
from imr_letters.titles.model import Figure, Number
from imr_letters.titles.words import NUMBER_WORDS, RANGE, TENS


class Token(NamedTuple):
    """A token. `kind` is word, number, day, mark, or "" past the end; `low` is its text in lower case."""

    kind: str
    low: str
    start: int
    end: int
    value: Number = 0


TOKEN = re.compile(
    rf"(?P<day>{DAY})"
    r"|(?P<number>[0-9]+(?:,[0-9]{3}(?![0-9]))*(?:\.[0-9]+)?|\.[0-9]+)"  # 30, 1,000, 7.5, .5
    r"|(?P<times>x(?=(?:day|week|wk|month|mo)s?\b))"  # the x of "2xweek"
    r"|(?P<dotted>\b[a-z](?:\.[a-z])+\b\.?)"  # b.i.d.
    r"|(?P<word>[^\W\d_]+)"
    r"|(?P<mark>\S)",
    re.IGNORECASE,
)
SAME = str.maketrans({"\u00d7": "x", "\u2013": "-", "\u2014": "-"})
LONGEST_NUMBER = 12
END = Token("", "", -1, -1)
AHEAD = 12


def tokens_of(title: str) -> list[Token]:
    """All of a title but its white space."""
    found: list[Token] = []
    for match in TOKEN.finditer(title):
        kind, low = str(match.lastgroup), match[0].lower().translate(SAME)
        value: Number = 0
        if kind == "number":
            digits = low.replace(",", "")
            if len(digits) > LONGEST_NUMBER:  # a code or noise, not a quantity
                kind = "mark"
            else:
                value = neat(float(digits))
        elif kind in {"dotted", "times"}:
            kind, low = "word", low.replace(".", "")
        found.append(Token(kind, low, match.start(), match.end(), value))
    return found


def neat(value: float) -> Number:
    """Whole numbers as int, others to four decimals."""
    rounded = round(float(value), 4)
    return int(rounded) if rounded.is_integer() else rounded


def low_high(figure: Figure) -> tuple[Number, Number]:
    return figure if isinstance(figure, tuple) else (figure, figure)


def is_whole(figure: Figure) -> bool:
    return all(isinstance(end, int) for end in low_high(figure))


def figure(low: float, high: float) -> Figure:
    """A number, or a range if the ends differ."""
    ends = neat(low), neat(high)
    return ends[0] if ends[0] == ends[1] else ends


def product(one: Figure, other: Figure) -> Figure:
    """The product of two figures; ranges multiply low by low and high by high."""
    (low, high), (other_low, other_high) = low_high(one), low_high(other)
    return figure(low * other_low, high * other_high)


def one_at(tokens: list[Token], i: int) -> tuple[Number, int] | None:
    """A number in digits, in words ("twenty-four") or in parentheses, and the index after it."""
    token = tokens[i]
    if token.kind == "number":
        return token.value, i + 1
    if token.low in NUMBER_WORDS:
        value = NUMBER_WORDS[token.low]
        j = i + 2 if tokens[i + 1].low == "-" else i + 1
        ones = NUMBER_WORDS.get(tokens[j].low, 0)
        return (value + ones, j + 1) if token.low in TENS and 0 < ones < 10 else (value, i + 1)
    if token.low == "(" and tokens[i + 1].kind == "number" and tokens[i + 2].low == ")":
        return tokens[i + 1].value, i + 3
    return None


def said_once(tokens: list[Token], i: int) -> tuple[Number, int] | None:
    """A number that may be repeated in parentheses ("twelve (12)", "1 (one)"), and the index after it."""
    one = one_at(tokens, i)
    if one is None:
        return None
    value, j = one
    again = one_at(tokens, j + 1) if tokens[j].low == "(" else None
    if again is not None and again[0] == value and tokens[again[1]].low == ")":
        j = again[1] + 1
    return value, j


def number_at(tokens: list[Token], i: int) -> tuple[Figure, int] | None:
    """A number or a range ("2-3", "1 to 2"), and the index after it."""
    first = said_once(tokens, i)
    if first is None:
        return None
    value, j = first
    if tokens[j].low in RANGE:
        second = said_once(tokens, j + 1)
        if second is not None and second[0] > value:
            return (value, second[0]), second[1]
    return value, j
