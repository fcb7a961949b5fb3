"""What a criterion becomes: nodes, rules and levels, in three-valued logic."""
