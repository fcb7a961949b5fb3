"""How much is read. No letter comes near these limits; they keep time and memory bounded on anything else."""

MAX_BYTES = 50_000_000
"""Size of a file."""
MAX_PAGES = 200
"""Pages of a PDF; the rest is skipped with a warning."""
MAX_CHARACTERS = 2_000_000
"""Length of a letter's text."""
MAX_ITEMS = 500
"""Disputed items in one letter."""
MAX_TITLE = 1500
"""Characters in which the title of an item is looked for."""
