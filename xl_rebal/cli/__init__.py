"""The same use cases from a terminal."""

from xl_rebal.cli.commands import app, main

__all__ = ["app", "main"]
