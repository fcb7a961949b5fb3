"""What came out: requirements, remedies, rationale, agreement with a label."""
