"""How much is read. No letter comes near these limits; they bound time and memory for everything else."""

MAX_BYTES = 50_000_000
"""Size of a file."""
MAX_PAGES = 200
"""Pages of a PDF; later ones are skipped with a warning."""
MAX_CHARACTERS = 2_000_000
"""Length of a letter's text."""
MAX_ITEMS = 500
"""Disputed items in one letter."""
MAX_TITLE = 1500
"""Characters in the title of an item."""
