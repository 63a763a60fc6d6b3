"""`python -m xl_rebal.cli`."""

from xl_rebal.cli.commands import main

main()
