"""The answer: requirements, remedies, rationale, and agreement with a label."""
