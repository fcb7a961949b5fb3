"""Text of PDF files, read in a process of its own that a file can neither take down the caller with nor exhaust."""
