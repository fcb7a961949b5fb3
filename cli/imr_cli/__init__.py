"""The command: reads input files, writes the output, and turns errors into messages and exit codes."""
