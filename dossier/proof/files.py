"""Compares the files beside a PDF with the listing alone, where there is no corpus."""

from __future__ import annotations

import hashlib
import importlib
from collections.abc import Iterator, Mapping
from typing import Any

from dossier.proof.tags import Finding
from dossier.records.outputs import KINDS


def findings(name: str, content: bytes, listing: Mapping[str, Any]) -> Iterator[Finding]:
    """Yield the findings in an output, compared with the listing; ``name`` is that of its kind."""
    stated = [item["sha256"] for item in listing["outputs"] if item["name"] == name]
    if stated != [hashlib.sha256(content).hexdigest()]:
        yield (
            0,
            "The file was changed or saved anew after it was built: the listing has another checksum",
        )
    yield from importlib.import_module(f"dossier.{KINDS[name].prover}").alone(content, listing)
