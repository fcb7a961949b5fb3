"""Where to find the parts of a letter in each layout."""
