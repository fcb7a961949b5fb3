"""Runs programs: the rule engine, and plain Python to check it."""
