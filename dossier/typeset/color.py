"""The colour profile that PDF/A requires."""

from __future__ import annotations

import importlib.util
from pathlib import Path

from dossier.records.diagnostics import MachineLacksError


def srgb_profile() -> bytes:
    """Return the sRGB ICC profile that WeasyPrint ships, without importing WeasyPrint."""
    spec = importlib.util.find_spec("weasyprint")
    for folder in (spec.submodule_search_locations or ()) if spec else ():
        path = Path(folder) / "pdf" / "sRGB2014.icc"
        if path.is_file():
            return path.read_bytes()
    raise MachineLacksError(
        "WeasyPrint's colour profile is missing. Delete .venv and run python3 generate.py again."
    )
