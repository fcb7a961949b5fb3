"""What the rules read: facts, records and quantities of a case, for one request."""
