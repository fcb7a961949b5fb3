"""The text of one PDF by pypdfium2. Only the worker imports this: what a file does to PDFium stays in its process.

pypdfium2 reads ten times as fast as pypdf, and it is PDFium, which is fuzzed around the clock. PDFium marks a hyphen at
a line end with a character of its own, which `cleaning` knows.
"""

from __future__ import annotations

import pypdfium2
import pypdfium2.raw as pdfium

from imr_letters.text.limits import MAX_CHARACTERS, MAX_PAGES, TOO_LONG
from imr_letters.text.pdf.messages import Answer


def extract(content: bytes) -> Answer:
    """The text of the PDF with this content, or why there is none: it is encrypted, damaged, too long or empty."""
    try:
        document = pypdfium2.PdfDocument(content)
    except pypdfium2.PdfiumError:
        encrypted = pdfium.FPDF_GetLastError() == pdfium.FPDF_ERR_PASSWORD
        return {"refused": "is encrypted" if encrypted else "is a damaged PDF"}
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
            text = _page(document, number, MAX_CHARACTERS - size)
            if text is None:
                warnings.append(f"page {number + 1} cannot be read")
            # A heading is often the last line of a page, so a page ends its line.
            parts.append((text or "") + "\n")
            size += len(parts[-1])
            if size > MAX_CHARACTERS:
                return {"refused": TOO_LONG}
    finally:
        document.close()
    if size == len(pages):
        return {"refused": "is a PDF without text (perhaps a scan)" if pages else "is a PDF without pages"}
    return {"text": "".join(parts), "pages": pages, "warnings": warnings}


def _page(document: pypdfium2.PdfDocument, number: int, limit: int) -> str | None:
    """The text of a page, cut where it is known to be longer than `limit`; None if it cannot be read."""
    try:
        page = document[number]
        try:
            textpage = page.get_textpage()
            try:
                return str(textpage.get_text_range(count=min(textpage.count_chars(), limit + 1)))
            finally:
                textpage.close()
        finally:
            page.close()
    except pypdfium2.PdfiumError:
        return None
