"""Silences what libraries log: what matters of it is a finding, with a place and a remedy."""

from __future__ import annotations

import logging


def silence(*libraries: str) -> None:
    """Let libraries log to nobody; without this, Python writes their warnings to standard error."""
    for name in libraries:
        logger = logging.getLogger(name)
        logger.addHandler(logging.NullHandler())
        logger.propagate = False
