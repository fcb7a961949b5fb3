"""Text to letter: recognizes the layout by its headings, wherever in a line they are.

The layouts of 2014 and 2016-17 were worked out from published letters, the layout of 2013 from its headings alone.
"""

from __future__ import annotations

from collections.abc import Sized

from imr_letters.layouts.head import head_of
from imr_letters.layouts.headings import ANCHOR, ISSUES, LICENSURE
from imr_letters.layouts.items import items_of
from imr_letters.layouts.of_2013 import items_of_2013, summary_end
from imr_letters.model import Letter
from imr_letters.text.cleaning import Clean, clean
from imr_letters.text.limits import MAX_CHARACTERS, MAX_ITEMS, TOO_LONG


class NotALetterError(ValueError):
    """The text is not a determination letter; the message says why."""


def read_letter(text: str) -> Letter:
    """Reads the extracted text of one letter; offsets in the result refer to `text` as given.

    Raises NotALetterError if the text is empty, too long, or has no decision on a disputed item.
    """
    if len(text) > MAX_CHARACTERS:
        raise NotALetterError(TOO_LONG)
    if not text.strip():
        raise NotALetterError("has no text (perhaps it is a scan)")
    letter = clean(text)
    issues = ISSUES.search(letter.text)
    body = issues.end() if issues else 0
    anchors = list(ANCHOR.finditer(letter.text, body)) or list(ANCHOR.finditer(letter.text))
    if not anchors:
        return _of_2013(letter)
    _limit(anchors)
    head = head_of(letter, issues.start() if issues else anchors[0].start())
    items = items_of(letter, anchors, body if anchors[0].start() >= body else 0)
    warnings = [*head.warnings, *("an item has no title" for item in items if not item.title)]
    if issues is None:
        warnings.append("the heading before the items is missing")
    layout = "2016" if "case_number" in head.offsets or LICENSURE.search(letter.text) else "2014"
    return Letter(layout=layout, items=items, warnings=warnings, offsets=head.offsets, **head.fields)


def _of_2013(letter: Clean) -> Letter:
    items = items_of_2013(letter)
    if not items:
        raise NotALetterError("is not an IMR determination letter: it has no decision on a disputed item")
    _limit(items)
    head = head_of(letter, summary_end(letter.text))
    return Letter(layout="2013", items=items, warnings=head.warnings, offsets=head.offsets, **head.fields)


def _limit(items: Sized) -> None:
    if len(items) > MAX_ITEMS:
        raise NotALetterError(f"has more than {MAX_ITEMS} items; no letter has")
