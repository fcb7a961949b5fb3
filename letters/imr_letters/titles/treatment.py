"""The treatment words: what is left of a title once everything else is taken out."""

from __future__ import annotations

from imr_letters.text.whitespace import one_line
from imr_letters.titles.title import Title, connects
from imr_letters.titles.words import ARTICLES, EDGES, JOINERS, NO_SPACE_AFTER, NO_SPACE_BEFORE, NOT_A_NOUN


def treatment_words(t: Title) -> str:
    """The remaining words, without connecting words that led to something taken out."""
    stays = own_words(t)
    kept: list[int] = []
    i = 0
    while i < t.size:
        if stays[i] or t.cut[i]:
            if stays[i]:
                kept.append(i)
            i += 1
            continue
        j = i
        while j < t.size and not stays[j] and not t.cut[j]:
            j += 1
        kept += connection(t, i, j, stays, kept)
        i = j
    words = joined(t, kept).strip(EDGES)
    one, _, other = words.partition(" and ")
    return one if one.lower() == other.lower() else words  # requested twice, for two parts


def own_words(t: Title) -> list[bool]:
    """Which tokens are words in their own right, not taken out or connecting, and parentheses around such words."""
    stays = [False] * (t.size + 1)
    opened: list[tuple[int, int]] = []
    words = 0
    for i, token in enumerate(t.tokens[: t.size]):
        if t.cut[i]:
            continue
        if token.low == "(":
            opened.append((i, words))
        elif token.low == ")":
            start, before = opened.pop() if opened else (i, words)
            stays[start] = stays[i] = words > before
        elif not connects(t, i):
            stays[i] = True
            words += 1
    for i in range(t.size):  # parentheses with nothing left in them go
        if t.tokens[i].low in {"(", ")"} and not stays[i] and not t.cut[i]:
            t.cut[i] = "other"
    return stays


def connection(t: Title, i: int, j: int, stays: list[bool], kept: list[int]) -> list[int]:
    """Which of the connecting words i to j to keep.

    Between two words that stay, all. Before something taken out, those that belong to a noun after it ("Purchase of
    [lumbar] brace") and not those that led to it ("MRI of the [knee] without contrast").
    """
    run = list(range(i, j))
    if j == t.size or not kept:
        return []
    if stays[j]:
        return run
    k = j
    while k < t.size and t.cut[k]:
        k += 1
    noun = k < t.size and stays[k] and t.tokens[k].kind == "word" and t.tokens[k].low not in NOT_A_NOUN
    what = t.cut[k - 1]
    if not noun or (what == "part" and t.tokens[j - 1].low == "the"):
        return []
    if stays[i - 1] and what != "time":
        return [n for n in run if t.tokens[n].low not in ARTICLES]
    return [n for n in run if t.tokens[n].low in JOINERS]


def joined(t: Title, kept: list[int]) -> str:
    pieces: list[str] = []
    for n, i in enumerate(kept):
        token = t.tokens[i]
        if n:
            last = t.tokens[kept[n - 1]]
            near = kept[n - 1] == i - 1
            closed = token.low in NO_SPACE_BEFORE or last.low in NO_SPACE_AFTER
            pieces.append("" if (last.end == token.start if near else closed) else " ")
        pieces.append(t.title[token.start : token.end])
    words = "".join(pieces)
    return words if words.isprintable() else one_line("".join(c if c.isprintable() else " " for c in words))
