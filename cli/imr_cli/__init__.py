"""The command: the only layer that reads files, prints, exits, or turns errors into exit codes."""
