"""Items in the layouts of 2014 and 2016: title, decision, guidelines and rationale.

What marks an item is its decision, directly before "Claims Administrator guideline". Its title is the text between the
last sentence of the previous item and the decision.
"""

from __future__ import annotations

import re

from imr_letters.citations import basis_of
from imr_letters.layouts.boundaries import split_of, title_start
from imr_letters.layouts.headings import MAXIMUS, RATIONALE
from imr_letters.layouts.prose import paragraphs_of, trimmed
from imr_letters.model import Item, Offsets
from imr_letters.text.cleaning import Clean
from imr_letters.text.whitespace import one_line
from imr_letters.titles import request_of


def items_of(letter: Clean, anchors: list[re.Match[str]], body: int) -> list[Item]:
    """The item at each anchor (a match of `headings.ANCHOR`); no title begins before `body`."""
    lows = [body, *(anchor.end() for anchor in anchors)]
    titles = [title_start(letter.text, low, anchor.start()) for low, anchor in zip(lows, anchors, strict=False)]
    ends = [*titles[1:], len(letter.text)]
    return [_item(letter, *found) for found in zip(anchors, titles, ends, strict=True)]


def _item(letter: Clean, anchor: re.Match[str], start: int, end: int) -> Item:
    text = letter.text
    # Before the decision: what was requested, or what is left of it.
    low, high = trimmed(text, start, anchor.start())
    high = low + len(text[low:high].rstrip(" :;"))
    spans = {"decision": anchor.span("decision"), "title": (low, high), **split_of(text, low, high)}
    maximus = MAXIMUS.search(text, anchor.end(), end)
    reason = RATIONALE.search(text, maximus.end() if maximus else anchor.end(), end)
    claims_end = maximus.start() if maximus else reason.start() if reason else end
    reviewer_end = reason.start() if reason else end
    because = trimmed(text, reason.end(), end) if reason else (end, end)
    if because[0] < because[1]:
        spans["rationale"] = because
    offsets: Offsets = {name: letter.span(*span) for name, span in spans.items()}
    title, original, authorized = (
        one_line(text[slice(*spans[name])]) if name in spans else None
        for name in ("title", "original_request", "authorized")
    )
    return Item(
        title=title or "",
        treatment=None,
        decision="Upheld" if anchor["decision"].lower() == "upheld" else "Overturned",
        original_request=original,
        authorized=authorized,
        request=request_of(title or ""),
        claims_administrator_guideline=basis_of(
            text[anchor.end("claims") : claims_end], anchor.end("claims"), letter.span
        ),
        reviewer_guideline=basis_of(text[maximus.end() : reviewer_end], maximus.end(), letter.span)
        if maximus
        else None,
        rationale=paragraphs_of(text[slice(*because)]) if "rationale" in spans else None,
        offsets=offsets,
    )
