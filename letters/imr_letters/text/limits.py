"""How much is read. No letter comes near these limits; they bound time and memory for everything else."""

MAX_BYTES = 50_000_000
"""Size of a file."""
MAX_PAGES = 200
"""Pages of a PDF; later ones are skipped with a warning."""
MAX_CHARACTERS = 1_000_000
"""Length of a letter's text."""
TOO_LONG = f"is longer than {MAX_CHARACTERS:,} characters; no letter is"
"""What is said of a longer one."""
PDF_SECONDS = 3
"""Processor time for reading a PDF."""
PDF_MEMORY = 512
"""Memory for reading a PDF, in MB."""
MAX_ITEMS = 500
"""Disputed items in one letter."""
MAX_TITLE = 1500
"""Characters in the title of an item."""
MAX_DISCUSSED = 50_000
"""Characters in the sentences of a letter's rationales that are read like titles, for the body parts they mention."""
