"""Compiled criteria: nodes, rules and levels, in three-valued logic."""
