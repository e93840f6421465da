"""The ordinary command, with the time of each stage: ``python -m benchmarks.staged build …``.

Prints one line of JSON to the error output when the build is done: the seconds of each stage.
"""

from __future__ import annotations

import json
import os
import sys
import time

from dossier.cli import main as cli
from dossier.machine import progress


class _Clock:
    """Notes when stages begin."""

    def __init__(self) -> None:
        self.stages: dict[str, float] = {}
        self.name, self.since = "Starting", time.monotonic()

    def stage(self, name: str) -> None:
        """End the stage before, begin another."""
        now = time.monotonic()
        self.stages[self.name] = now - self.since
        self.name, self.since = name, now


def main() -> int:
    """Run the command."""
    clock = _Clock()

    def stage(self: object, name: str, steps: int = 0) -> None:
        clock.stage(name)

    progress.Progress.stage = stage  # type: ignore[method-assign]
    result = cli.main(sys.argv[1:])
    clock.stage("")
    print(json.dumps(clock.stages), file=sys.stderr)
    return result


if __name__ == "__main__":
    status = main()
    sys.stderr.flush()
    sys.stdout.flush()
    os._exit(status)
