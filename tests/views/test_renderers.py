"""Blocks as plain text and Markdown: layout, line width, escaping."""

from __future__ import annotations

from imr_views.blocks import Block, Bullets, Column, Fields, Heading, Link, Paragraph, Row, Table, Title
from imr_views.layout import GAP, widths
from imr_views.markdown import markdown
from imr_views.text import tabbed, text

LONG = "word " * 60
TABLE = Table(
    (Column("Status", "mark", wraps=False), Column("Claim", "main"), Column("Evidence"), Column("Where", "aside")),
    (Row(("met", "It holds.", "seen", "p.3"), "good"), Row(("unmet", "It fails.", "", ""), "bad")),
)
EVERY: tuple[Block, ...] = (
    Title("DENY", "case 1", "bad"),
    Heading("Part"),
    Paragraph(("see ", Link("there", "there.md"))),
    Bullets(("one", LONG)),
    Fields((("Basis", "letter"),)),
    TABLE,
    Heading("Below", 2),
    Paragraph(LONG, "quiet", hanging=True),
)


def test_plain_text_stacks_table_rows_by_column_place() -> None:
    assert "".join(text([TABLE])).splitlines() == [
        "  met             It holds. (p.3)",
        "                  > Evidence: seen",
        "  unmet           It fails.",
    ]


def test_a_table_can_have_any_number_of_columns() -> None:
    for count in range(1, 9):
        for place in ("mark", "main", "aside", "detail"):
            table = Table(tuple(Column(f"c{n}", place) for n in range(count)), (Row(tuple("x" * count)),))
            assert "".join(text([table])).count("x") == count
            assert "".join(markdown([table])).count("x") == count


def test_no_line_of_plain_text_is_wider_than_100_columns() -> None:
    lines = "".join(text(EVERY)).splitlines()
    assert max(map(len, lines)) <= 100
    assert lines[0] == "DENY  case 1"
    assert "see there" in lines


def test_markdown_has_levels_links_and_fields() -> None:
    made = "".join(markdown(EVERY, level=1))
    assert made.startswith("# DENY: case 1\n\n## Part\n\nsee [there](there.md)\n")
    assert "\n### Below\n" in made
    assert "\n- **Basis:** letter\n" in made
    assert made.endswith("word \n")


def test_markdown_escapes_text_but_not_its_own_marks() -> None:
    table = Table((Column("a|b"),), (Row(("<b> | *x*",)),))
    assert "".join(markdown([table])) == "| a\\|b |\n|---|\n| \\<b\\> \\| \\*x\\* |\n"


def test_tab_separated_lines_have_a_header() -> None:
    assert "".join(tabbed(TABLE)).startswith("Status\tClaim\tEvidence\tWhere\nmet\tIt holds.\tseen\tp.3\n")


def test_a_table_that_fits_keeps_its_natural_widths() -> None:
    assert widths(TABLE, 80) == [6, 9, 8, 5]


def test_wide_prose_shares_the_remaining_width_or_is_stacked() -> None:
    table = Table((Column("id", "main", wraps=False), Column("a"), Column("b")), (Row(("x" * 20, LONG, LONG)),))
    for total in range(20, 200):
        found = widths(table, total)
        assert (found is None) == (total < 20 + 2 * 30 + 2 * GAP)
        if found is not None:
            assert sum(found) + 2 * GAP <= total
            assert found[0] == 20
            assert min(found) >= 20
