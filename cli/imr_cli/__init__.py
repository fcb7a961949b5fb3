"""The command. The only layer that reads files, prints, exits, or turns errors into codes."""
