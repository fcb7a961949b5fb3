"""Small PDF files made to crash or exhaust whoever reads them: recursion, multiplication, gigabytes when unpacked."""

from __future__ import annotations

import zlib
from collections.abc import Callable, Iterable

from tests.letters.pdf import file_of

CATALOG = b"<< /Type /Catalog /Pages 2 0 R >>"
FONT = b"/Font << /F1 << /Type /Font /Subtype /Type1 /BaseFont /Helvetica >> >>"
TEXT = b"BT /F1 9 Tf 40 700 Td (Upheld) Tj ET\n"


def stream(content: bytes, entries: bytes = b"") -> bytes:
    """A stream object."""
    return b"<< /Length %d %s >>\nstream\n%s\nendstream" % (len(content), entries, content)


def packed(content: bytes) -> bytes:
    """A compressed stream object."""
    return stream(zlib.compress(content), b"/Filter /FlateDecode")


def repeated(block: bytes, times: int) -> bytes:
    """`block` many times over, compressed: made at once even if it unpacks to gigabytes."""
    press = zlib.compressobj(9)
    first = press.compress(block) + press.flush(zlib.Z_FULL_FLUSH)
    again = press.compress(block) + press.flush(zlib.Z_FULL_FLUSH)  # refers to nothing before it
    return first + again * (times - 1) + press.flush()


def page(resources: bytes, contents: bytes = b"4 0 R") -> bytes:
    """A page below object 2."""
    entries = b"/MediaBox [0 0 612 792] /Contents %s /Resources << %s >>" % (contents, resources)
    return b"<< /Type /Page /Parent 2 0 R %s >>" % entries


def one_page(contents: bytes, resources: bytes, others: Iterable[bytes] = ()) -> bytes:
    """A file of one page: `contents` is object 4, and `others` are the objects from 5 on."""
    return file_of([CATALOG, b"<< /Type /Pages /Kids [3 0 R] /Count 1 >>", page(resources), contents, *others])


def form(content: bytes, resources: bytes) -> bytes:
    """A form: a piece of a page that pages and forms can draw."""
    return stream(content, b"/Type /XObject /Subtype /Form /BBox [0 0 612 792] /Resources << %s >>" % resources)


def draws(number: int) -> bytes:
    """The resources of what draws a form."""
    return b"/XObject << /X %d 0 R >> %s" % (number, FONT)


def composite(encoding: bytes, entries: bytes = b"") -> bytes:
    """The resources of a page with a composite font, whose codes are mapped to characters by `encoding`."""
    system = b"/CIDSystemInfo << /Registry (Adobe) /Ordering (Identity) /Supplement 0 >>"
    inner = b"<< /Type /Font /Subtype /CIDFontType2 /BaseFont /A %s %s >>" % (system, entries)
    outer = b"/Type /Font /Subtype /Type0 /BaseFont /A /Encoding %s /DescendantFonts [%s]" % (encoding, inner)
    return b"/Font << /F1 << %s >> >>" % outer


def to_unicode(cmap: bytes, text: bytes = b"<00010002>") -> bytes:
    """A page of `text` whose characters are found in a map."""
    return one_page(
        stream(b"BT /F1 9 Tf 40 700 Td " + text + b" Tj ET"), composite(b"/Identity-H /ToUnicode 5 0 R"), [packed(cmap)]
    )


def form_that_draws_itself() -> bytes:
    return one_page(stream(b"/X Do"), draws(5), [form(TEXT + b"/X Do /X Do", draws(5))])


def forms_that_draw_each_other() -> bytes:
    return one_page(stream(b"/X Do"), draws(5), [form(TEXT + b"/X Do /X Do", draws(n)) for n in (6, 5)])


def forms_that_multiply() -> bytes:
    """Twelve forms, each of which draws the next ten times."""
    forms = [form(b"/X Do " * 10, draws(n)) for n in range(6, 17)]
    return one_page(stream(b"/X Do"), draws(5), [*forms, form(TEXT, FONT)])


def forms_in_a_chain() -> bytes:
    forms = [form(b"/X Do", draws(n)) for n in range(6, 20_006)]
    return one_page(stream(b"/X Do"), draws(5), [*forms, form(TEXT, FONT)])


def glyph_that_draws_itself() -> bytes:
    glyphs = b"/FirstChar 65 /LastChar 65 /Widths [1] /Encoding << /Differences [65 /A] >> /CharProcs << /A 6 0 R >>"
    font = b"<< /Type /Font /Subtype /Type3 /FontBBox [0 0 1 1] /FontMatrix [1 0 0 1 0 0] %s /Resources << %s >> >>"
    fonts = b"/Font << /F1 5 0 R >>"
    return one_page(
        stream(b"BT /F1 9 Tf (A) Tj ET"), fonts, [font % (glyphs, fonts), stream(b"1 0 d0 BT /F1 1 Tf (AA) Tj ET")]
    )


def stream_of_gigabytes() -> bytes:
    content = zlib.compress(repeated(b" " * 1_000_000, 4000))
    return one_page(stream(content, b"/Filter [/FlateDecode /FlateDecode]"), FONT)


def stream_of_words() -> bytes:
    return one_page(stream(repeated(b"BT /F1 9 Tf (Upheld) Tj ET\n" * 10_000, 400), b"/Filter /FlateDecode"), FONT)


def stream_of_saved_states() -> bytes:
    return one_page(stream(repeated(b"q " * 500_000, 100), b"/Filter /FlateDecode"), FONT)


def stream_of_many_filters() -> bytes:
    return one_page(stream(TEXT, b"/Filter [%s]" % (b"/ASCIIHexDecode " * 100_000)), FONT)


def stream_of_wide_rows() -> bytes:
    rows = b"/DecodeParms << /Predictor 12 /Columns 2000000000 /Colors 4 /BitsPerComponent 16 >>"
    return one_page(stream(repeated(b"\x00" * 1000, 1000), b"/Filter /FlateDecode " + rows), FONT)


def streams_named_again_and_again() -> bytes:
    """The contents of a page are one stream half a million times."""
    pages = b"<< /Type /Pages /Kids [3 0 R] /Count 1 >>"
    return file_of([CATALOG, pages, page(FONT, b"[%s]" % (b"4 0 R " * 500_000)), packed(TEXT * 10_000)])


def pages_of_paths() -> bytes:
    """Two hundred pages of a million paths each, which take time and leave nothing in memory."""
    kids = b"".join(b"%d 0 R " % n for n in range(5, 205))
    pages = b"<< /Type /Pages /Kids [%s] /Count 200 >>" % kids
    return file_of([CATALOG, pages, b"null", packed(b"0 0 m n " * 1_000_000), *[page(FONT)] * 200])


def pages_that_are_their_own() -> bytes:
    return file_of([CATALOG, b"<< /Type /Pages /Kids [2 0 R 2 0 R] /Count 2147483647 >>"])


def pages_that_multiply() -> bytes:
    """Thirty nodes of the page tree, each of which holds the next twice."""
    node = b"<< /Type /Pages /Kids [%d 0 R %d 0 R] /Count %d >>"
    nodes = [node % (n + 1, n + 1, 2 ** (32 - n)) for n in range(2, 32)]
    return file_of([CATALOG, *nodes, page(FONT, b"33 0 R"), stream(TEXT)])


def pages_in_a_chain() -> bytes:
    nodes = [b"<< /Type /Pages /Kids [%d 0 R] /Count 1 >>" % n for n in range(3, 100_003)]
    return file_of([CATALOG, *nodes, page(FONT, b"100003 0 R"), stream(TEXT)])


def map_of_wide_ranges() -> bytes:
    return to_unicode(b"1000000 beginbfrange\n" + b"<0000> <FFFF> <0041>\n" * 1_000_000 + b"endbfrange\n")


def map_of_all_codes() -> bytes:
    return to_unicode(b"1 beginbfrange\n<00000000> <FFFFFFFF> <00000041>\nendbfrange\n")


def map_of_many_lines() -> bytes:
    return to_unicode(b"3000000 beginbfchar\n" + b"<0001> <00410042>\n" * 3_000_000 + b"endbfchar\n")


def map_to_long_texts() -> bytes:
    """A character that stands for a text of 100,000, three thousand times."""
    line = b"1 beginbfchar\n<0001> <" + b"0041" * 100_000 + b">\nendbfchar\n"
    return to_unicode(line, b"<" + b"0001" * 3000 + b">")


def codes_of_wide_ranges() -> bytes:
    cmap = b"1000000 begincidrange\n" + b"<0000> <FFFF> 0\n" * 1_000_000 + b"endcidrange\n"
    return one_page(stream(b"BT /F1 9 Tf <0001> Tj ET"), composite(b"5 0 R"), [packed(cmap)])


def widths_of_millions() -> bytes:
    widths = b"[0 [" + b"1 " * 5_000_000 + b"]]"
    return one_page(stream(b"BT /F1 9 Tf <0001> Tj ET"), composite(b"/Identity-H", b"/W 5 0 R"), [widths])


def arrays_in_arrays() -> bytes:
    return one_page(stream(b"BT /F1 9 Tf " + b"[" * 1_000_000 + b"] TJ ET"), FONT + b" /A " + b"[" * 1_000_000)


def dictionaries_in_dictionaries() -> bytes:
    return one_page(stream(TEXT), FONT + b" /A 5 0 R", [b"<< /A " * 1_000_000])


def object_stream_of_gigabytes() -> bytes:
    """The page tree is said to be in an object stream."""
    entries = b"/Type /ObjStm /N 1000000 /First 1000000000 /Filter /FlateDecode"
    objects = [(1, CATALOG), (3, stream(repeated(b"2 0 " * 250_000, 4000), entries))]
    made, at = b"%PDF-1.5\n", {}
    for number, body in objects:
        at[number] = len(made)
        made += b"%d 0 obj\n%s\nendobj\n" % (number, body)
    rows = ((0, 0, 0), (1, at[1], 0), (2, 3, 0), (1, at[3], 0), (1, len(made), 0))
    table = b"".join(kind.to_bytes(1, "big") + place.to_bytes(4, "big") + bytes([n]) for kind, place, n in rows)
    index = stream(table, b"/Type /XRef /Size 5 /W [1 4 1] /Root 1 0 R")
    return made + b"4 0 obj\n%s\nendobj\nstartxref\n%d\n%%%%EOF\n" % (index, len(made))


def tables_in_a_loop() -> bytes:
    made = one_page(stream(TEXT), FONT)
    start = made.split(b"startxref\n")[1].split()[0]
    return made.replace(b"/Root", b"/Prev " + start + b" /Root")


def table_of_gigabytes() -> bytes:
    entries = b"/Type /XRef /Size 2000000000 /W [1 8 8] /Root 1 0 R /Filter /FlateDecode"
    table = stream(repeated(b"\x01" * 1_000_000, 4000), entries)
    return b"%PDF-1.5\n1 0 obj\n" + table + b"\nendobj\nstartxref\n9\n%%EOF\n"


HOSTILE: dict[str, Callable[[], bytes]] = {
    made.__name__: made
    for made in (
        form_that_draws_itself, forms_that_draw_each_other, forms_that_multiply, forms_in_a_chain,
        glyph_that_draws_itself, stream_of_gigabytes, stream_of_words, stream_of_saved_states, stream_of_many_filters,
        stream_of_wide_rows, streams_named_again_and_again, pages_of_paths, pages_that_are_their_own,
        pages_that_multiply, pages_in_a_chain, map_of_wide_ranges, map_of_all_codes, map_of_many_lines,
        map_to_long_texts, codes_of_wide_ranges, widths_of_millions, arrays_in_arrays, dictionaries_in_dictionaries,
        object_stream_of_gigabytes, tables_in_a_loop, table_of_gigabytes,
    )
}  # fmt: skip
