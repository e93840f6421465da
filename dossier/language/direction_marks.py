"""Direction marks and isolates (UAX #9), which Arabic and Hebrew need where both directions meet.

They print nothing. Embeddings and overrides, which can disguise a text, are not among them.
"""

from __future__ import annotations

import re

CHARACTERS = "\u061c\u200e\u200f\u2066-\u2069"
"""Arabic letter mark, left-to-right and right-to-left mark, the isolates and pop directional isolate."""
MARKS = re.compile(f"[{CHARACTERS}]")
ISOLATES = re.compile("[\u2066-\u2069]")
END = "\u2069"


def unbalanced(paragraph: str) -> int | None:
    """Return the index of the first isolate that is not closed, or not opened, in its paragraph."""
    begun: list[int] = []
    for match in ISOLATES.finditer(paragraph):
        if match[0] != END:
            begun.append(match.start())
        elif begun:
            begun.pop()
        else:
            return match.start()
    return begun[0] if begun else None


def fault(char: str) -> tuple[str, str]:
    """Return message and remedy for an isolate that :func:`unbalanced` has found."""
    if char == END:
        message = "U+2069 ends an isolate that has not begun in this paragraph"
        return message, "Put U+2066, U+2067 or U+2068 where it begins, or delete U+2069."
    number = f"U+{ord(char):04X}"
    message = f"The isolate that begins with {number} does not end in its paragraph"
    return message, f"Put U+2069 where it ends, or delete {number}."
