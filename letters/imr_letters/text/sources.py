"""Bytes to text: PDF in a process of its own, plain text as UTF-8. Everything is bounded, and failures say why."""

from __future__ import annotations

from dataclasses import dataclass, field

from imr_letters.text.limits import MAX_BYTES, MAX_CHARACTERS, TOO_LONG


class UnreadableError(ValueError):
    """A file cannot be read as text; the message says why."""


@dataclass(frozen=True)
class Text:
    """The text of a file, and warnings about the file.

    `kind` is "pdf" or "text"; `pages` are the offsets in `text` at which pages begin.
    """

    text: str
    kind: str
    pages: tuple[int, ...] = (0,)
    warnings: list[str] = field(default_factory=list)


def text_of(content: bytes) -> Text:
    """The text of a PDF or text file.

    Raises UnreadableError if the file is empty, too large, neither PDF nor text, or a PDF that is encrypted, damaged
    or without text, or that takes more time or memory than any letter does. PDFs are read by a process that is started
    for the first one and kept until this one ends; no file can take this one down.
    """
    if len(content) > MAX_BYTES:
        raise UnreadableError(f"is larger than {MAX_BYTES // 1_000_000} MB")
    if not content.strip():
        raise UnreadableError("is empty")
    # A few bytes may precede the PDF header.
    if b"%PDF-" in content[:1024]:
        return _of_pdf(content)
    return _of_text(content)


def _of_text(content: bytes) -> Text:
    warnings: list[str] = []
    encoding = "utf-8-sig"
    if content[:2] in (b"\xff\xfe", b"\xfe\xff"):
        encoding = "utf-16"
    try:
        text = content.decode(encoding)
    except UnicodeDecodeError:
        if b"\x00" in content[:10_000]:
            raise UnreadableError("is neither a PDF nor text") from None
        text = content.decode("cp1252", errors="replace")
        warnings.append("is not UTF-8; read as Windows-1252")
    if text.count("\x00") > len(text) // 10:
        raise UnreadableError("is neither a PDF nor text")
    if len(text) > MAX_CHARACTERS:
        raise UnreadableError(TOO_LONG)
    return Text(text, "text", warnings=warnings)


def _of_pdf(content: bytes) -> Text:
    from imr_letters.text.pdf.process import PDFS  # noqa: PLC0415 (only for PDF)

    answer = PDFS.read(content)
    if "refused" in answer:
        raise UnreadableError(answer["refused"])
    return Text(answer["text"], "pdf", tuple(answer["pages"]), answer["warnings"])
