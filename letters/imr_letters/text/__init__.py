"""From bytes to clean text that can be traced back to its source, and what all other rooms need to read it."""
