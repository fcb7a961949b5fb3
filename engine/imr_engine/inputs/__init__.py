"""What the rules read: the facts, records and quantities of a case, for one request."""
