"""``test``: runs the test suite."""

from __future__ import annotations

import subprocess
import sys
from collections.abc import Sequence
from pathlib import Path

from dossier.records.diagnostics import Status


def run(arguments: Sequence[str]) -> int:
    """Run pytest with ``arguments``, by default on all tests and all processors."""
    tests = Path(__file__).parent.parent.parent / "tests"
    if not tests.is_dir():
        print("dossier: the tests are not part of an installed package.", file=sys.stderr)
        return Status.MACHINE
    command = [
        sys.executable,
        "-m",
        "pytest",
        *(arguments or ["-n", "auto", "--dist", "worksteal", str(tests)]),
    ]
    return subprocess.run(command, cwd=tests.parent, check=False).returncode
