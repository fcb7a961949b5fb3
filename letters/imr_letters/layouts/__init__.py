"""Where the parts of a letter stand, in each of its layouts."""
