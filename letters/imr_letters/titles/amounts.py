"""How much: strengths, measures, counts and refills.

A rule takes the title and a token's index, and returns the index after what it took, or the same index if it took
nothing.
"""

from __future__ import annotations

from imr_letters.titles import words
from imr_letters.titles.model import Figure
from imr_letters.titles.schedule import for_weeks, length_at, rate_at
from imr_letters.titles.title import (
    ALONE,
    LEADING,
    MARKED,
    MEASURED_OUT,
    TIMES,
    WITH_UNIT,
    Found,
    Title,
    by_at,
    connects,
)
from imr_letters.titles.tokens import is_whole, low_high, number_at, said_once
from imr_letters.titles.words import either


def strength_at(t: Title, i: int) -> int:
    """ "7.5mg", "5%", "10/325mg", "7.5-325mg", "10mg/1ml", "25 mcg/hr", and "10/325" alone."""
    tokens, values, unit, j = t.tokens, [t.tokens[i].value], None, i + 1
    dashed = False
    while True:
        given = either(words.STRENGTH_UNITS, tokens[j].low)
        if given is not None:
            unit, j = given, j + 1
        joint, after = tokens[j], tokens[j + 1]
        if unit is not None and joint.low == "/" and (per := per_at(t, j + 1)):
            unit, j = f"{unit}/{per[0]}", per[1]
            break
        glued = tokens[j - 1].end == joint.start and joint.end == after.start
        if joint.low not in {"/", "-"} or after.kind != "number" or not glued or len(values) > 3:
            break
        dashed |= joint.low == "-"
        values.append(after.value)
        j += 2
    if unit is None:
        # Two numbers without a unit are a combination only if they can be nothing else.
        whole = all(isinstance(value, int) for value in values)
        combined = len(values) == 2 and max(values) >= (100 if whole or dashed else 1)
        if not combined or not is_countable(t, j) or by_at(t, j) or either(words.UNITS, tokens[j].low):
            return i
    return t.find(t.strengths, Found(i, j, 0, values[0], unit, values), "strength")


def per_at(t: Title, i: int) -> tuple[str, int] | None:
    """The volume or time that a strength is per: "ml" and "1ml" give ml, "5 ml" gives 5ml."""
    token = t.tokens[i]
    if token.low in words.PER_UNITS:
        return words.PER_UNITS[token.low], i + 1
    unit = words.PER_UNITS.get(t.tokens[i + 1].low)
    if token.kind != "number" or unit is None:
        return None
    return unit if token.value == 1 else f"{token.value:g}{unit}", i + 2


def measure_at(t: Title, i: int, value: Figure, j: int) -> int:
    """ "120 grams", "1 cc", "4 hours a day"."""
    low = t.tokens[j].low
    unit = either(words.MEASURES, low)
    if unit is not None:
        if t.injected and not isinstance(value, tuple):
            # The volume of one injection is its strength, not how much is requested.
            t.strengths.append(Found(i, j + 1, 1, value, unit, [value]))
        else:
            t.amounts.append(Found(i, j + 1, MEASURED_OUT, value, unit))
        return t.take_of(i, j + 1, "strength")
    if low in {"hours", "hrs"} or (low in words.HOURS and value == 1):
        t.amounts.append(Found(i, j + 1, MEASURED_OUT, value, "hours"))
        rate = rate_at(t, j + 1)
        return t.take_of(i, rate[2] if rate else j + 1, "quantity")
    return i


def marked(t: Title, i: int) -> int:
    """ "#30", "# 30", "QTY: 30", "quantity of 30 tablets", "tabs #30"."""
    j = i + 1
    while t.tokens[j].low in {":", ".", "#", "of", "=", "-"} and j < i + 4:
        j += 1
    number = said_once(t.tokens, j)
    marker, before = t.tokens[i].low, t.tokens[i - 1].low
    if number is None or is_measured(t, number[1]):
        return i
    if not is_countable(t, number[1]):  # "quantity: 1 month supply"
        return t.take(i, i + 1, "other") if marker in {"qty", "quantity"} else i
    value, k = number
    if (end := refilled(t, i, value, k)) > i:
        return end
    if marker == "#" and ((before in words.NUMBERED and value <= 4) or before in {"tooth", "teeth"}):
        return k
    if unit := either(words.UNITS, t.tokens[k].low):
        t.amounts.append(Found(i, k + 1, MARKED, value, unit))
        take_noun(t, k, unit, near=True)
        return t.take(i, k, "quantity")
    if marker == "total" and (end := counted(t, j, value, k)) > j:
        t.take(i, j, "quantity")
        return end
    return with_noun_before(t, i, k, MARKED, value)


def is_countable(t: Title, i: int) -> bool:
    """Whether a number before this token can be a count, being neither a strength nor a time."""
    return either(words.STRENGTH_UNITS, t.tokens[i].low) is None and length_at(t, i) is None


def counted(t: Title, i: int, value: Figure, j: int) -> int:
    """ "6 sessions", "two physical therapy sessions", "1-2 tabs by mouth", "one trigger point injection"."""
    k = j + 1 if t.tokens[j].low == "-" else j
    near = k
    if is_measured(t, k) or is_glued(t, j):
        return i
    while (unit := either(words.UNITS, t.tokens[k].low)) is None:
        token = t.tokens[k]
        glued = token.kind == "number" and token.start == t.tokens[k - 1].end  # L4-5
        between = token.kind == "word" and token.low not in words.ENDS_A_NOUN
        if k > j + 9 or not (between or glued or (token.low in {"-", "/", "(", ")"} and k > j)):
            return i
        k += 1
    if k > near and not is_whole(value):
        return i
    if unit in words.TAKEN and k == near and low_high(value)[1] <= 4 and is_taken(t, k + 1):
        t.taken.append((i, k + 1))
        return t.take(i, k + 1, "other")
    t.amounts.append(Found(i, k + 1, WITH_UNIT, value, unit))
    t.take(i, j, "quantity")
    take_noun(t, k, unit, k == near)
    return j


def is_taken(t: Title, i: int) -> bool:
    """Whether directions for taking a drug follow: "by mouth", "2 times a day"."""
    number = number_at(t.tokens, i)
    return t.tokens[i].low in words.HOW_TAKEN or (number is not None and by_at(t, number[1]))


def is_measured(t: Title, i: int) -> bool:
    """Whether a number before this token describes the thing rather than counting it: "10 panel", "2-view"."""
    return t.tokens[i + 1 if t.tokens[i].low == "-" else i].low in words.MEASURED


def is_glued(t: Title, i: int) -> bool:
    """Whether a word other than a unit is attached to the number before it: "2nd", "3T"."""
    token = t.tokens[i]
    hangs = token.kind == "word" and token.start == t.tokens[i - 1].end
    return hangs and either(words.UNITS, token.low) is None


def take_noun(t: Title, i: int, unit: str, near: bool) -> None:
    """Takes the counted noun out of the treatment words, unless it is the treatment itself."""
    if unit in words.CARRIERS or (near and unit in words.CONTAINERS) or (unit == "visits" and t.therapy):
        t.take_of(i, i + 1, "quantity")
    if t.tokens[i + 1].low == "total":
        t.take(i + 1, i + 2, "quantity")


def noun_before(t: Title, i: int) -> int | None:
    """The counted noun before a number, at most a parenthesis or one mark away."""
    j = i - 1
    if t.tokens[j].low == ")":
        j = next((k for k in range(j, max(j - 8, 0), -1) if t.tokens[k].low == "("), 0) - 1
    elif t.tokens[j].low in {",", ":", "-", "=", "("}:
        j -= 1
    return j if j >= 0 and not t.cut[j] and either(words.UNITS, t.tokens[j].low) is not None else None


def with_noun_before(t: Title, i: int, j: int, rank: int, value: Figure) -> int:
    """A count with the noun before it ("injections x 3", "tabs #30"), or bare."""
    noun = noun_before(t, i)
    if noun is None:
        t.amounts.append(Found(i, j, rank, value, None))
    else:
        unit = either(words.UNITS, t.tokens[noun].low)
        t.amounts.append(Found(noun, j, min(rank, WITH_UNIT), value, unit))
        take_noun(t, noun, unit, near=False)
    return t.take(i, j, "quantity")


def bare(t: Title, i: int, value: Figure, j: int) -> int:
    """A number without a unit: "6 times", "one by mouth", "sessions, 12", "One MRI", "Flexeril 10mg, 30", "(4)"."""
    after, before = t.tokens[j], t.tokens[i - 1]
    hyphen = 1 if after.low == "-" else 0
    if by_at(t, j + hyphen):
        if number_at(t.tokens, j + 1):  # "4 x 4 gauze"
            return j + 2
        return t.find(t.amounts, Found(i, j + 1 + hyphen, TIMES, value, None), "quantity")
    mouth = after.low in {"po", "orally"} or (after.low == "by" and t.tokens[j + 1].low == "mouth")
    if mouth or (t.strengths and after.low in words.HOW_TAKEN):
        t.taken.append((i, j))
        return t.take(i, j, "other")
    if not is_whole(value) or low_high(value)[1] >= 1000 or is_measured(t, j):  # a procedure code or a year
        return i
    if before.low == "for" and (k := for_weeks(t, i, value, j)) > i:
        return k
    if noun_before(t, i) is not None:
        return with_noun_before(t, i, j, WITH_UNIT, value)
    strength = t.strengths[-1].j if t.strengths else -1
    ends = after.kind in {"", "mark"} or after.low == "with"
    of_drug = ends and (strength == i or (before.low == "," and strength == i - 1))
    of_therapy = j == t.size and t.therapy and not t.device
    if of_drug or of_therapy or t.tokens[i].low == "(":
        return t.find(t.amounts, Found(i, j, ALONE, value, None), "quantity")
    leads = after.kind == "word" and not connects(t, j)
    if leads and not t.begun and not is_glued(t, j):
        return t.find(t.amounts, Found(i, j, LEADING, value, None), "quantity")
    return i


def refilled(t: Title, i: int, value: Figure, j: int) -> int:
    """ "2 refills"; but in "Norco #30 refills: 2" the number before the word is not theirs."""
    more = t.tokens[j + 1]
    if t.tokens[j].low not in {"refill", "refills"} or more.low in {":", "x", "#"} or more.kind == "number":
        return i
    return t.find(t.refills, Found(i, j + 1, 0, value, "refills"), "quantity")


def refills_after(t: Title, i: int) -> int:
    """ "refills: 2", "refill x 2", "no refills"."""
    if t.tokens[i].low == "no":
        return refilled(t, i, 0, i + 1)
    j = i + 1
    while t.tokens[j].low in {":", "x", "#", "times", "of", "=", "-"} and j < i + 3:
        j += 1
    number = said_once(t.tokens, j)
    if number is None or either(words.STRENGTH_UNITS, t.tokens[number[1]].low):
        return i
    return t.find(t.refills, Found(i, number[1], 0, number[0], "refills"), "quantity")
