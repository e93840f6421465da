"""Asks for the passphrase of a key: on the terminal, or in an environment variable."""

from __future__ import annotations

import getpass
import os
import sys
from collections.abc import Callable

from dossier.records.environment import VARIABLE


class Passphrase:
    """A passphrase that is in no command line, no file and no message."""

    def __init__(self, before: Callable[[], None] = lambda: None) -> None:
        """Take the variable out of the environment, which worker processes would inherit.

        ``before`` is called before anything is asked.
        """
        self._told = os.environ.pop(VARIABLE, None)
        self._before = before

    def __repr__(self) -> str:
        """Return nothing of what was told."""
        return "Passphrase()"

    def __call__(self, name: str) -> str | None:
        """Return the passphrase of a key, given its name; None where nobody can be asked."""
        if self._told is not None:
            return self._told
        if not sys.stdin or not sys.stdin.isatty():
            return None
        self._before()
        try:
            return getpass.getpass(f"Passphrase of {name}: ")
        except EOFError:
            return None
