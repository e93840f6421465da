"""A progress bar on a terminal, which disappears at the end."""

from __future__ import annotations

from typing import TYPE_CHECKING, Self

from dossier.machine.progress import Progress

if TYPE_CHECKING:
    from rich.progress import Progress as Bar
    from rich.progress import TaskID


class TerminalProgress(Progress):
    """Shows the stage, the steps done and the time elapsed; a context manager.

    Nothing is imported or shown before the first stage begins: often there is none.
    """

    def __init__(self) -> None:
        """Show on standard error."""
        self._bar: Bar | None = None
        self._task: TaskID
        self._name, self._kept = "", 0

    def __enter__(self) -> Self:
        """Return itself; nothing is shown yet."""
        return self

    def __exit__(self, *_: object) -> None:
        """Remove the progress bar."""
        if self._bar is not None:
            self._bar.stop()

    def pause(self) -> None:
        """Remove the progress bar until the next stage begins: something is asked on the terminal."""
        if self._bar is not None:
            self._bar.stop()
            self._bar = None

    def stage(self, name: str, steps: int = 0) -> None:
        """Show that a stage begins."""
        self._name, self._kept = name, 0
        if self._bar is None:
            self._bar = _new_bar()
            self._task = self._bar.add_task(name, total=None)
            self._bar.start()
        self._bar.reset(self._task, description=name, total=steps or None)

    def advance(self, kept: bool = False) -> None:
        """Show that a step is done, and how many steps were found in the cache."""
        self._kept += kept
        description = f"{self._name} ({self._kept} kept)" if self._kept else self._name
        if self._bar is not None:
            self._bar.update(self._task, description=description, advance=1)


def _new_bar() -> Bar:
    """Return a progress bar that shows nothing yet."""
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
