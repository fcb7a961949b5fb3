"""What a case is, as written and as checked."""
