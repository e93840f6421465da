"""The progress of a build, which the stages report without knowing of terminals."""

from __future__ import annotations


class Progress:
    """Shows nothing; the command line has a subclass that does."""

    def stage(self, name: str, steps: int = 0) -> None:
        """Report that a stage begins; ``steps`` is how many it has, 0 where that is unknown."""

    def advance(self, kept: bool = False) -> None:
        """Report that a step is done, or was found in the cache (``kept``)."""
