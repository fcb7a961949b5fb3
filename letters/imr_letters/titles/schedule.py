"""How often and for how long, and how many visits that makes. Rules as in `amounts`."""

from __future__ import annotations

from imr_letters.titles import words
from imr_letters.titles.model import Figure, Number
from imr_letters.titles.title import LEADING, Found, Title, by_at
from imr_letters.titles.tokens import figure, is_whole, low_high, number_at, product
from imr_letters.titles.words import either


def rate_at(t: Title, i: int, counted: bool = False) -> tuple[Figure, str, int] | None:
    """ "a week", "per day", "/month", "every 4-6 hours": how many per which period, and the index after it.

    With `counted`, after "2 times", also "weekly" and a bare "week".
    """
    low = t.tokens[i].low
    if counted and low in words.ADVERBS:
        return *words.ADVERBS[low], i + 1
    if counted and low in words.PERIODS and not low.endswith("s"):
        return 1, words.PERIODS[low], i + 1
    if low not in words.EVERY and low not in {"per", "a", "an", "/"}:
        return None
    j = i + 1
    every: tuple[Number, Number] = (1, 1)
    if low in words.EVERY or low == "per":
        if t.tokens[j].low == "other":
            j, every = j + 1, (2, 2)
        elif (number := number_at(t.tokens, j)) and min(low_high(number[0])) > 0:
            j, every = number[1], low_high(number[0])
    period = t.tokens[j].low
    if low in words.EVERY and period in words.HOURS:
        return figure(24 / every[1], 24 / every[0]), "day", j + 1
    per = words.PERIODS.get(period)
    return None if per is None else (figure(1 / every[1], 1 / every[0]), per, j + 1)


def frequency_at(t: Title, i: int, value: Figure, j: int) -> int:
    """ "2 times a week", "2x/week", "three times weekly", "2 per week", "3 visits a week", "5 days a week"."""
    low = t.tokens[j].low
    unit = either(words.UNITS, low)
    if by_at(t, j):
        rate = rate_at(t, j + 1, counted=True)
    elif unit in words.TAKEN:
        # "1 tablet every 6 hours" is a dose and a frequency; "2 tablets a day" only a frequency.
        rate = None if t.tokens[j + 1].low in words.EVERY else rate_at(t, j + 1)
    elif unit is not None or low in {"day", "days"}:
        # "2 visits weekly" is a frequency, "12 visits weekly" hardly is.
        rate = rate_at(t, j + 1, counted=low_high(value)[1] <= 5)
    else:
        rate = rate_at(t, j) if low not in words.EVERY or t.therapy else None
    if rate is None:
        return i
    return t.find(t.frequencies, Found(i, rate[2], 0, product(value, rate[0]), rate[1]), "time")


def often_at(t: Title, i: int) -> int:
    """ "once a week", "twice daily", "daily", "BID", "every 6 hours"."""
    low = t.tokens[i].low
    value = words.OFTEN.get(low, 1)
    rate = rate_at(t, i + 1 if low in words.OFTEN else i, counted=True)
    if rate is None or t.tokens[rate[2]].low == "living":
        return i
    return t.find(t.frequencies, Found(i, rate[2], 0, product(value, rate[0]), rate[1]), "time")


def times_weeks(t: Title, i: int, value: Figure, j: int) -> int:
    """ "2x4", "3 times 6", "2 x 6 weeks", "2x6 visits": times a week, and weeks."""
    second = number_at(t.tokens, j + 1) if by_at(t, j) else None
    if second is None or not is_whole(value) or low_high(value)[1] > 7:
        return i
    weeks, k = second
    length = length_at(t, k)
    if length is not None and length[0] == "weeks":
        t.frequencies.append(Found(i, j + 1, 0, value, "week"))
        t.durations.append(Found(j + 1, length[1], 0, weeks, "weeks"))
        return t.take(i, length[1], "time")
    unit = either(words.UNITS, t.tokens[k].low)
    if length is not None or unit not in {None, *words.VISITS} or not t.therapy or t.device or not is_whole(weeks):
        return i
    t.frequencies.append(Found(i, k, 0, value, "week"))
    t.durations.append(Found(i, k, 0, weeks, "weeks"))
    return t.take(i, k + 1 if unit else k, "time")


def length_at(t: Title, i: int) -> tuple[str, int] | None:
    """ "weeks", "-day": the unit of a duration, and the index after it."""
    if t.tokens[i].low == "-":
        i += 1
    unit = words.LENGTHS.get(t.tokens[i].low)
    return None if unit is None else (unit, i + 1)


def duration_at(t: Title, i: int, value: Figure, j: int) -> int:
    """ "4 weeks", "30-day", "three months coverage"; but not "follow up in 4 weeks" or "6 weeks ago"."""
    length = length_at(t, j)
    if length is None:
        return i
    unit, k = length
    before, after = t.tokens[i - 1].low, t.tokens[k].low
    appointed = before in {"in", "within"} and not t.words.isdisjoint(words.APPOINTMENT)
    if appointed or before == "after" or after in words.NO_DURATION:
        return k
    t.durations.append(Found(i, k, 0, value, unit))
    return t.take_of(i, k + 1 if after in words.WITH_DURATION else k, "time")


def for_weeks(t: Title, i: int, value: Figure, j: int) -> int:
    """A bare number after a frequency is weeks: "2x/week x 4", "twice a week for four"."""
    last = t.frequencies[-1] if t.frequencies else None
    near = last is not None and last.unit == "week" and last.j in {i - 1, i - 2}
    if not near or not t.therapy or t.durations or not is_whole(value):
        return i
    return t.find(t.durations, Found(i, j, 0, value, "weeks"), "time")


def visits_of(t: Title) -> Figure | None:
    """How many visits in all: as printed, or else the count of a therapy, or frequency times duration.

    None if these differ. A device or a drug has visits only if they are printed as such.
    """
    counts = t.therapy and not t.device and not t.strengths
    units = words.VISITS if counts else words.VISITS - {"treatments"}
    totals = {found.value for found in t.amounts if found.unit in units}
    if not totals:
        bare = {found.value for found in t.amounts if found.unit is None and found.rank < LEADING}
        totals = bare | course(t) if counts else course(t)
    return totals.pop() if len(totals) == 1 else None


def course(t: Title) -> set[Figure]:
    """Frequency times duration, if there is one of each and the product is whole."""
    said = [{(found.value, found.unit) for found in each} for each in (t.frequencies, t.durations)]
    if [len(each) for each in said] != [1, 1] or t.device or t.strengths or t.taken:
        return set()
    (often, per), (long, unit) = (each.pop() for each in said)
    periods = words.PERIODS_IN.get((per, unit)) if per != "day" or t.therapy else None
    total = None if periods is None else product(product(often, long), periods)
    return set() if total is None or not is_whole(total) else {total}
