"""Bytes to clean text, with the place of everything in the source."""
