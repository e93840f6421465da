"""Progress on a terminal: a line that moves while work is done and disappears at the end."""

from __future__ import annotations

from typing import TYPE_CHECKING, Self

from dossier.machine.progress import Progress

if TYPE_CHECKING:
    from rich.progress import Progress as Line
    from rich.progress import TaskID


class TerminalProgress(Progress):
    """Shows the stage, the pieces done and the seconds gone by; a context manager.

    Nothing is loaded or shown before the first stage begins: often there is none.
    """

    def __init__(self) -> None:
        """Show on standard error."""
        self._line: Line | None = None
        self._task: TaskID
        self._name, self._kept = "", 0

    def __enter__(self) -> Self:
        """Show what is to come."""
        return self

    def __exit__(self, *_: object) -> None:
        """Take the line away."""
        if self._line is not None:
            self._line.stop()

    def stage(self, name: str, steps: int = 0) -> None:
        """Show that a stage begins."""
        self._name, self._kept = name, 0
        if self._line is None:
            self._line = _line()
            self._task = self._line.add_task(name, total=None)
            self._line.start()
        self._line.reset(self._task, description=name, total=steps or None)

    def advance(self, kept: bool = False) -> None:
        """Show that a piece of work is done, and how many were kept from an earlier build."""
        self._kept += kept
        words = f"{self._name} ({self._kept} kept)" if self._kept else self._name
        if self._line is not None:
            self._line.update(self._task, description=words, advance=1)


def _line() -> Line:
    """Return a line that shows nothing yet."""
    from rich.console import Console
    from rich.progress import (
        BarColumn,
        MofNCompleteColumn,
        Progress,
        SpinnerColumn,
        TextColumn,
        TimeElapsedColumn,
        TimeRemainingColumn,
    )

    return Progress(
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
