"""Body parts, vertebrae, and their sides."""

from __future__ import annotations

from imr_letters.text.whitespace import one_line
from imr_letters.titles import words
from imr_letters.titles.model import BodyPart, Side
from imr_letters.titles.title import FoundPart, Title
from imr_letters.titles.words import singular


def body(t: Title, i: int) -> int:
    """A vertebra, a side or a body part."""
    for rule in (levels_at, side_at, part_at):
        if (j := rule(t, i)) > i:
            return j
    return i


def level_at(t: Title, i: int) -> tuple[str, int] | None:
    """One vertebra, "L4": its letter and number."""
    letter, number = t.tokens[i], t.tokens[i + 1]
    if letter.low not in words.LEVELS or number.kind != "number" or number.start != letter.end:
        return None
    top = words.LEVELS[letter.low][1]
    return (letter.low, int(number.value)) if isinstance(number.value, int) and 0 < number.value <= top else None


def levels_at(t: Title, i: int) -> int:
    """ "L4-5", "C5-C6", "L4-S1", "T4 to T6"."""
    level = level_at(t, i)
    if level is None or (level[0] == "t" and not t.words.isdisjoint({"tsh", "thyroid"})):
        return i
    letter, number = level
    j = i + 2
    while True:
        joined = t.tokens[j].low in {"-", "/", "to", "through"}
        following = level_at(t, j + 1 if joined else j)
        glued = t.tokens[j].start == t.tokens[j - 1].end
        if following is not None and (joined or glued):
            (letter, number), j = following, j + 3 if joined else j + 2
            continue
        bare = t.tokens[j + 1]
        if joined and glued and bare.kind == "number" and number < bare.value <= words.LEVELS[letter][1]:
            number, j = int(bare.value), j + 2
            continue
        break
    t.parts.append(FoundPart(i, j, words.LEVELS[level[0]][0]))
    t.begun = True
    return t.take(i, j, "part")


def side_at(t: Title, i: int) -> int:
    """ "left", "right-sided", "left side of", "B/L", "(R)", "L" before a body part."""
    low, j = t.tokens[i].low, i + 1
    side = words.SIDES.get(low)
    if low in {"b", "l", "r"} and t.tokens[j].low == "/" and t.tokens[j + 1].low in {"l", "r"}:
        side, j = "bilateral", j + 2
    elif low == "bi" and (end := t.follows(j, ["lateral"], hyphens=True)):
        side, j = "bilateral", end
    elif side is None and low in words.SINGLE:
        closed = t.tokens[i - 1].low == "(" and t.tokens[j].low == ")"
        k = j + 1 if t.tokens[j].low in {".", ")"} else j
        if closed or name_at(t, k) is not None or level_at(t, k) is not None:
            side = words.SINGLE[low]
    if side is None:
        return i
    if t.tokens[j].low == "." and j == i + 1 and len(low) < 4:  # "rt. shoulder"
        j += 1
    k = j + 1 if t.tokens[j].low == "-" else j
    if t.tokens[k].low in {"side", "sided"}:
        j = k + 2 if t.tokens[k + 1].low == "of" else k + 1
    t.sides.append((i, j, side))
    return j


def name_at(t: Title, i: int) -> tuple[int, str | None, bool] | None:
    """The longest body part that begins here: the index after it, its region, and `FoundPart.stays`."""
    low = t.tokens[i].low
    first = low if low in words.PARTS_BY_WORD else singular(low)
    for rest, (region, stays) in words.PARTS_BY_WORD.get(first, ()):
        if j := t.follows(i + 1, rest, hyphens=True):
            return j, None if region == "none" else region, stays
    if low in words.MODIFIERS and t.tokens[i + 1].low in {"and", "&", "/"} and t.tokens[i + 2].low in words.MODIFIERS:
        # "upper and lower extremities": they share a noun.
        other = singular(t.tokens[i + 3].low)
        region = words.PARTS.get(f"{low} {other}")
        return None if region is None else (i + 1, None if region == "none" else region, False)
    return None


def after_ordinal(t: Title, i: int) -> int:
    """The index of the finger, toe or rib after "3rd" or "third"; otherwise the same index."""
    number, ending = t.tokens[i], t.tokens[i + 1]
    j = i + 2 if number.kind == "number" and ending.low in {"st", "nd", "rd", "th"} else i + 1
    ordinal = j == i + 2 or number.low in {"first", "second", "third", "fourth", "fifth"}
    return j if ordinal and singular(t.tokens[j].low) in words.NUMBERED_PARTS else i


def part_at(t: Title, i: int) -> int:
    """ "lower back", "BUE", "3rd toe", "wrist joint"; not "4 foot", "hand-held"."""
    token = t.tokens[i]
    if token.low in words.SIDED:
        t.parts.append(FoundPart(i, i + 1, None, words.SIDED[token.low], paired=True))
        t.begun = True
        return t.take(i, i + 1, "part")
    found = name_at(t, after_ordinal(t, i))
    if found is None:
        return i
    j, region, stays = found
    after = t.tokens[j + 1 if t.tokens[j].low == "-" else j].low
    previous = t.tokens[i - 2 if t.tokens[i - 1].low == "-" else i - 1]
    word = singular(token.low)
    no_part = (word, singular(after)) in words.NO_PART or (previous.low, word) in words.NO_PART
    if no_part or (word == "foot" and previous.kind == "number"):
        return i
    paired = region in words.PAIRED or not words.PAIRED_WORDS.isdisjoint(singular(token.low) for token in t.tokens[i:j])
    t.parts.append(FoundPart(i, j, region, paired=paired, stays=stays))
    t.begun = True
    if stays or (word, after) in words.NAMED or after in words.NAMED_WITH_PART:
        return j
    end = j
    while t.tokens[end].low in words.AFTER_PART and end < j + 3:
        end += 1
    return t.take(i, end, "part")


def body_parts(t: Title) -> list[BodyPart]:
    """The parts with their sides.

    A side goes to the part that follows, or if none does, to the part before it ("knee, left"). In an enumeration it
    carries over from part to part, as long as all come in pairs ("right hip and foot") or none does.
    """
    waiting: tuple[int, int, Side] | None = None
    done = 0  # how many parts are behind us
    for i, j, side in [*t.sides, (t.size, t.size, None)]:
        while done < len(t.parts) and t.parts[done].i < i:
            give_side(t, done, waiting)
            waiting, done = None, done + 1
        if side is None:
            break
        if waiting is not None and waiting[2] != side and t.only(waiting[1], i, words.ENUMERATION):
            waiting = waiting[0], j, "bilateral"  # "right and left knees"
        elif done and comes_after(t, i, j, t.parts[done - 1]):
            give_back(t, done - 1, i, j, side)
        else:
            waiting = i, j, side
    if waiting is not None and done and t.parts[-1].side is None:  # "Wrist splint, bilateral"
        give_back(t, done - 1, *waiting)
    spans = [(part, t.span(part.i, part.j)) for part in t.parts]
    return [BodyPart(name=one_line(s["text"]), region=p.region, side=p.side, **s) for p, s in spans]


def give_side(t: Title, n: int, waiting: tuple[int, int, Side] | None) -> None:
    """Gives part n the waiting side, or that of the part before it if the two are listed together."""
    part = t.parts[n]
    if part.side is not None:
        return
    if waiting is not None:
        i, j, side = waiting
        between = t.tokens[j : part.i]
        if len(between) <= 8 and not any(token.low in {";", ".", ","} for token in between):
            part.side = side
            t.take(i, j, "part")
    elif n and listed(t, n - 1):
        part.side = t.parts[n - 1].side


def listed(t: Title, n: int) -> bool:
    """Whether part n and the next are alike and in one enumeration, or the next is a structure of part n."""
    one, other = t.parts[n], t.parts[n + 1]
    if other.stays and other.region is not None and other.region == one.region:
        return True  # "Right shoulder arthroscopy, rotator cuff repair"
    return one.paired == other.paired and t.only(one.j, other.i, words.ENUMERATION | words.AFTER_PART)


def comes_after(t: Title, i: int, j: int, part: FoundPart) -> bool:
    """Whether the side on tokens i to j belongs to the part before it: "knee (right)", "shoulders bilaterally"."""
    follows = name_at(t, j) is not None or level_at(t, j) is not None
    return part.side is None and not follows and t.only(part.j, i, words.BEFORE_LATE_SIDE)


def give_back(t: Title, n: int, i: int, j: int, side: Side) -> None:
    """Gives the side on tokens i to j to part n before it, and to the parts listed with part n."""
    t.take(i, j, "part")
    t.parts[n].side = side
    while n and t.parts[n - 1].side is None and listed(t, n - 1):
        n -= 1
        t.parts[n].side = side
