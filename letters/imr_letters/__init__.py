"""Historical IMR determination letters: a reader, a lint, and five letters of 2013-2014 as labelled cases.

The cases state facts in our own words; evidence names the letter and the date.
"""

from pathlib import Path

LABELLED_CASES = Path(__file__).parent / "cases"
"""Folder of the labelled cases that ship with the program, one JSON file a letter."""
