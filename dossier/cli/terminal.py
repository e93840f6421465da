"""Progress on a terminal: a line that moves while work is done and disappears at the end."""

from __future__ import annotations

from typing import Self

from rich.console import Console
from rich.progress import (
    BarColumn,
    MofNCompleteColumn,
    SpinnerColumn,
    TextColumn,
    TimeElapsedColumn,
    TimeRemainingColumn,
)
from rich.progress import Progress as Line

from dossier.machine.progress import Progress


class TerminalProgress(Progress):
    """Shows the stage, the pieces done and the seconds gone by; a context manager."""

    def __init__(self) -> None:
        """Show on standard error."""
        self._line = Line(
            SpinnerColumn(),
            TextColumn("{task.description}"),
            BarColumn(bar_width=24),
            MofNCompleteColumn(),
            TimeElapsedColumn(),
            TextColumn("left:"),
            TimeRemainingColumn(),
            console=Console(stderr=True),
            transient=True,
        )
        self._name, self._kept = "Starting", 0
        self._task = self._line.add_task("Starting", total=None)

    def __enter__(self) -> Self:
        """Begin to show."""
        self._line.start()
        return self

    def __exit__(self, *_: object) -> None:
        """Take the line away."""
        self._line.stop()

    def stage(self, name: str, steps: int = 0) -> None:
        """Show that a stage begins."""
        self._name, self._kept = name, 0
        self._line.reset(self._task, description=name, total=steps or None)

    def advance(self, kept: bool = False) -> None:
        """Show that a piece of work is done, and how many were kept from an earlier build."""
        self._kept += kept
        words = f"{self._name} ({self._kept} kept)" if self._kept else self._name
        self._line.update(self._task, description=words, advance=1)
