"""The command `recallgeo`."""

from recallgeo.cli.app import main

__all__ = ["main"]
