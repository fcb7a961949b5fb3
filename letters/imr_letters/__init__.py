"""Historical letters: the five of 2013-2014 as labelled cases, facts in our own words, evidence by letter and date."""

from pathlib import Path

LABELLED_CASES = Path(__file__).parent / "cases"
"""Folder of the labelled cases that ship with the program."""
