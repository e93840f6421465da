"""The expressions by which the HTML parser finds where a text ends.

tinyhtml5 keeps each under a key that it never asks for (docs/weasyprint/README.md), and so makes each anew
for every tag, attribute and text: a twentieth of the time of setting a list.
"""

from __future__ import annotations

import re
from collections.abc import Iterable

Key = tuple[Iterable[str], bool]
"""Characters, and whether a text consists of these, instead of ending at one of them."""


class Ends(dict[Key, re.Pattern[str]]):
    """Replaces tinyhtml5's dictionary: makes what is missing."""

    def __missing__(self, key: Key) -> re.Pattern[str]:
        """Make an expression as tinyhtml5 does."""
        characters, opposite = key
        listed = "".join(f"\\x{ord(character):02x}" for character in characters)
        made = self[key] = re.compile(f"[{'' if opposite else '^'}{listed}]+")
        return made
