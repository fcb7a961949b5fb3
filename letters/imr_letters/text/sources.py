"""Bytes to text: PDF by pypdfium2, plain text as UTF-8. Everything is bounded, and every failure says why.

pypdfium2 reads ten times as fast as pypdf, and it is PDFium, which is fuzzed around the clock. PDFium marks a hyphen at
a line end with a character of its own, which `cleaning` knows.
"""

from __future__ import annotations

import threading
from dataclasses import dataclass, field

from imr_letters.text.limits import MAX_BYTES, MAX_CHARACTERS, MAX_PAGES

# PDFium is not thread-safe.
_LOCK = threading.Lock()


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
    or without text.
    """
    if len(content) > MAX_BYTES:
        raise UnreadableError(f"is larger than {MAX_BYTES // 1_000_000} MB")
    if not content.strip():
        raise UnreadableError("is empty")
    # A few bytes may precede the PDF header.
    if b"%PDF-" in content[:1024]:
        with _LOCK:
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
        raise UnreadableError(f"is longer than {MAX_CHARACTERS:,} characters; no letter is")
    return Text(text, "text", warnings=warnings)


def _of_pdf(content: bytes) -> Text:
    import pypdfium2  # noqa: PLC0415 (only for PDF)
    import pypdfium2.raw as pdfium  # noqa: PLC0415

    try:
        document = pypdfium2.PdfDocument(content)
    except pypdfium2.PdfiumError:
        reason = "is encrypted" if pdfium.FPDF_GetLastError() == pdfium.FPDF_ERR_PASSWORD else "is a damaged PDF"
        raise UnreadableError(reason) from None
    warnings: list[str] = []
    parts: list[str] = []
    pages: list[int] = []
    size = 0
    try:
        count = len(document)
        if count > MAX_PAGES:
            warnings.append(f"has {count} pages; only the first {MAX_PAGES} were read")
        for number in range(min(count, MAX_PAGES)):
            pages.append(size)
            text = _page(document, number, warnings)
            # A heading is often the last line of a page, so a page ends its line.
            parts.append(text + "\n")
            size += len(text) + 1
            if size > MAX_CHARACTERS:
                raise UnreadableError(f"is longer than {MAX_CHARACTERS:,} characters; no letter is")
    finally:
        document.close()
    if size == len(pages):
        raise UnreadableError("is a PDF without text (perhaps a scan)" if pages else "is a PDF without pages")
    return Text("".join(parts), "pdf", tuple(pages), warnings)


def _page(document: object, number: int, warnings: list[str]) -> str:
    import pypdfium2  # noqa: PLC0415

    try:
        page = document[number]  # type: ignore[index]
        try:
            textpage = page.get_textpage()
            try:
                return str(textpage.get_text_range())
            finally:
                textpage.close()
        finally:
            page.close()
    except pypdfium2.PdfiumError:
        warnings.append(f"page {number + 1} cannot be read")
        return ""
