"""What a corpus brings in place of the program's own templates, as it was read."""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True)
class Templates:
    """Files of a corpus's ``templates/`` under their paths in it, with ``/``; sorted by these."""

    texts: tuple[tuple[str, str], ...] = ()
    """Templates, parts of the style sheets, words and designs."""
    fonts: tuple[tuple[str, bytes], ...] = ()
    """Font files, under their names in ``templates/fonts/``."""
    shown: str = ""
    """How findings name the folder."""


NONE = Templates()
"""Of a corpus that brings none."""
