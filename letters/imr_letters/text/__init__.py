"""From bytes to clean text that knows where it came from, and what all rooms need to read it."""
