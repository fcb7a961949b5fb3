"""What runs a program: the rule engine, and plain Python that checks it."""
