"""`python -m imr_cli` is the command."""

from imr_cli.main import main

main()
