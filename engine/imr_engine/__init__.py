"""Decides: facts and criteria in; verdict, trace and rationale out. No I/O, no clock, no network."""

__version__ = "0.1.0"
