"""``clean``: empties the cache beside the PDF."""

from __future__ import annotations

import argparse

from dossier import pipeline
from dossier.keep.store import Store
from dossier.records.diagnostics import CannotWriteError


def run(options: argparse.Namespace) -> int:
    """Empty the cache, and print how much space was freed."""
    folder = pipeline.cache_of(options.output)
    try:
        freed = Store(folder).empty()
    except OSError as error:
        raise CannotWriteError(
            f"“{folder}” cannot be emptied: {error.strerror}. Check that you may write there."
        ) from None
    if freed:
        print(
            f"Emptied {folder}: {freed / 1_000_000:.1f} MB are free again. The PDF stays as it is."
        )
    else:
        print(f"There was nothing to empty in {folder}.")
    return 0
