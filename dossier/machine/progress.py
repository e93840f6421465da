"""How far a build has come: handed down to the stages, which know nothing of terminals."""

from __future__ import annotations


class Progress:
    """The silent one; the command line has one that shows."""

    def stage(self, name: str, steps: int = 0) -> None:
        """A stage begins; ``steps`` is how many pieces of work it has, 0 where that is unknown."""

    def advance(self, kept: bool = False) -> None:
        """A piece of the stage's work is done, or was ``kept`` from an earlier build."""
