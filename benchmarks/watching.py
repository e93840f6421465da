"""Runs a module of this package in a process of its own, and measures its time and memory."""

from __future__ import annotations

import json
import os
import re
import resource
import subprocess
import sys
import tempfile
import time
from dataclasses import dataclass
from pathlib import Path

ROOT = Path(__file__).parent.parent


@dataclass(frozen=True)
class Measured:
    """One process that was watched."""

    seconds: float
    processor: float
    """The seconds that processors worked for it and all below it; on a busy machine they tell more."""
    megabytes: float
    """Of the resident memory of the process and all below it, at its highest."""
    said: str
    """The number of pages that it reports."""
    stages: dict[str, float]


def watched(module: str, *arguments: str) -> Measured:
    """Run a module of this package with arguments, and watch it."""
    command = [sys.executable, "-m", f"benchmarks.{module}", *arguments]
    with tempfile.TemporaryFile("w+") as out, tempfile.TemporaryFile("w+") as complaints:
        start = time.monotonic()
        process = subprocess.Popen(command, cwd=ROOT, stdout=out, stderr=complaints, text=True)
        peak, worked = 0.0, dict[int, float]()
        while process.poll() is None:
            memory, now = _tree(process.pid)
            peak = max(peak, memory)
            worked |= now
            time.sleep(0.2)
        seconds = time.monotonic() - start
        out.seek(0)
        complaints.seek(0)
        said, last = out.read(), (complaints.read().splitlines() or [""])[-1]
    if process.returncode:
        raise SystemExit(f"{' '.join(command)} failed with {process.returncode}: {last}")
    pages = re.search(r"(\d+) pages", said)
    stages = json.loads(last) if last.startswith("{") else {}
    return Measured(seconds, sum(worked.values()), peak, pages[1] if pages else "", stages)


def _tree(root: int) -> tuple[float, dict[int, float]]:
    """Return the resident megabytes of a process and all below it, and the seconds that each has worked.

    That is on Linux; elsewhere there is nothing to be read.
    """
    parents: dict[int, int] = {}
    resident: dict[int, int] = {}
    worked: dict[int, float] = {}
    for entry in Path("/proc").glob("[0-9]*/statm"):
        try:
            pid = int(entry.parent.name)
            resident[pid] = int(entry.read_text().split()[1]) * resource.getpagesize()
            facts = (entry.parent / "stat").read_text().rsplit(")", 1)[1].split()
        except (OSError, ValueError, IndexError):
            continue  # the process has just ended
        parents[pid] = int(facts[1])
        worked[pid] = (int(facts[11]) + int(facts[12])) / os.sysconf("SC_CLK_TCK")
    tree = {root}
    while more := {pid for pid, parent in parents.items() if parent in tree} - tree:
        tree |= more
    there = [pid for pid in tree if pid in worked]
    return sum(resident[pid] for pid in there) / 1e6, {pid: worked[pid] for pid in there}
