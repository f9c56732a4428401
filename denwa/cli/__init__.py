"""The command line."""

from denwa.cli.app import main

__all__ = ["main"]
