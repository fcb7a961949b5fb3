"""Ways a letter gets damaged before it is read. None loses a word that is read, so the result must not change."""

from __future__ import annotations

import random
import re
import textwrap
from collections.abc import Callable

HEADER = "Final Determination Letter for IMR Case Number CM16-0123456"
Damage = Callable[[str, random.Random], str]


def _lines(text: str) -> list[str]:
    return text.replace("\r\n", "\n").split("\n")


def _paragraphs(text: str) -> list[str]:
    return [" ".join(p.split()) for p in re.split(r"\n[ \t]*\n", text.replace("\r\n", "\n")) if p.strip()]


def crlf(text: str, _: random.Random) -> str:
    """Windows line endings."""
    return "\r\n".join(_lines(text))


def old_mac(text: str, _: random.Random) -> str:
    """Classic Mac line endings."""
    return "\r".join(_lines(text))


def stripped(text: str, _: random.Random) -> str:
    """No whitespace at line ends, so a wrapped line looks like the last of a paragraph."""
    return "\n".join(line.strip() for line in _lines(text))


def no_gaps(text: str, _: random.Random) -> str:
    """No blank lines, as some PDF readers extract text."""
    return "\n".join(line for line in _lines(text) if line.strip())


def double_spaced(text: str, _: random.Random) -> str:
    """A blank line after every line, as in 2014 letters."""
    return "\n\n".join(line for line in _lines(text) if line.strip())


def narrow(text: str, _: random.Random) -> str:
    """Wrapped at 50 columns."""
    return "\n \n".join(textwrap.fill(p, 50, break_on_hyphens=False) for p in _paragraphs(text))


def wide(text: str, _: random.Random) -> str:
    """One line per paragraph."""
    return "\n\n".join(_paragraphs(text))


def one_line(text: str, _: random.Random) -> str:
    """No line breaks at all."""
    return " ".join(text.split())


def running_headers(text: str, rng: random.Random) -> str:
    """Running headers at random places between words."""
    words = re.split(r"(?<=\s)(?=\S)", text)
    for _ in range(max(1, len(words) // 150)):
        place = rng.randrange(len(words))
        words[place] = f"\n\n{HEADER} {rng.randint(2, 6)}\n" + words[place]
    return "".join(words)


def page_breaks(text: str, rng: random.Random) -> str:
    """Page breaks inside titles and sentences."""
    text = re.sub(r"(\S+ )(\S+: (?:Upheld|Overturned))", "\\1\n\n\f\n\\2", text)
    lines = _lines(text)
    for place in sorted(rng.sample(range(len(lines)), max(1, len(lines) // 30)), reverse=True):
        if lines[place].strip() and place + 1 < len(lines) and lines[place + 1].strip():
            lines[place] += "\n\f"
    return "\n".join(lines)


def mojibake(text: str, _: random.Random) -> str:
    """Curly quotes encoded as UTF-8 and decoded as Windows-1252."""
    curly = text.replace("'", "\u2019").replace('"', "\u201d")
    return curly.encode("utf-8").decode("cp1252", errors="ignore")


def hyphens_at_line_end(text: str, _: random.Random) -> str:
    """Lines broken after every hyphen."""
    return re.sub(r"(?<=[A-Za-z0-9])-(?=[A-Za-z0-9])(?!\d)", "-\n", text)


def pdfium_hyphens(text: str, _: random.Random) -> str:
    """The same, as PDFium extracts it."""
    return re.sub(r"(?<=[A-Za-z0-9])-(?=[A-Za-z0-9])(?!\d)", "\ufffe\r\n", text)


def soft_hyphens(text: str, rng: random.Random) -> str:
    """Soft hyphens inside long words."""
    return re.sub(r"[a-z]{8,}", lambda m: m[0][:4] + "\u00ad" + m[0][4:] if rng.random() < 0.3 else m[0], text)


def other_spaces(text: str, rng: random.Random) -> str:
    """No-break spaces, tabs and doubled spaces."""
    return re.sub(" ", lambda _: rng.choice([" ", " ", "\u00a0", "\t", "  ", "\u2009"]), text)


def indented(text: str, _: random.Random) -> str:
    return "\n".join("      " + line for line in _lines(text))


def headings_in_other_case(text: str, _: random.Random) -> str:
    """Headings in title case, labels in capitals."""
    for heading in ("CLINICAL CASE SUMMARY", "IMR ISSUES, DECISIONS AND RATIONALES"):
        text = text.replace(heading, heading.title())
    return re.sub(
        r"(Claims Administrator guideline|MAXIMUS guideline|Decision rationale):", lambda m: m[0].upper(), text
    )


def redaction_holes(text: str, rng: random.Random) -> str:
    """Names redacted from the summary, leaving holes and stray periods."""
    start, end = text.find("CLINICAL CASE SUMMARY"), text.find("IMR ISSUES")
    summary = re.sub(r"(?<=\. )\s*[A-Z][a-z]+ ", lambda m: "  . " if rng.random() < 0.3 else m[0], text[start:end])
    return text[:start] + summary + text[end:]


DAMAGES: dict[str, Damage] = {
    f.__name__: f
    for f in (
        crlf, old_mac, stripped, no_gaps, double_spaced, narrow, wide, one_line, running_headers, page_breaks,
        mojibake, hyphens_at_line_end, pdfium_hyphens, soft_hyphens, other_spaces, indented,
        headings_in_other_case, redaction_holes,
    )
}  # fmt: skip
