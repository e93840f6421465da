"""Finds where markup stands in a file: the parser tells only the lines of blocks."""

from __future__ import annotations

import bisect
import re

from markdown_it.tree import SyntaxTreeNode

LONE_RETURN = re.compile(r"\r(?!\n)")
PICTURE = re.compile(r"!\[[^\]]{0,2000}\]\([^)]{0,2000}\)")


class TextPlaces:
    """Finds the place of markup in the file, searching on from the previous find."""

    def __init__(self, text: str, line_offset: int, column_offset: int, has_pictures: bool) -> None:
        """Take a text, and the number of lines and characters before it in the file."""
        # The parser ends a line at a carriage return, too: a text in a YAML file may have one (\\\\r).
        text = LONE_RETURN.sub("\n", text)
        # A picture that is printed literally has brackets like those of links.
        self.text = (
            text
            if has_pictures
            else PICTURE.sub(lambda match: re.sub(r"[^\n]", " ", match[0]), text)
        )
        self.line_offset = line_offset
        self.column_offset = column_offset
        self.lines = self.text.split("\n")
        self.starts = [0, *(match.end() for match in re.finditer("\n", text))]
        self.reached = 0

    def rule(self, number: int, char: str) -> str:
        """Return the ``char``s at the end of line ``number``, counted from 0, literally."""
        match = re.search(rf"{re.escape(char)}[\s{re.escape(char)}]*$", self.lines[number])
        return match[0].strip() if match else char * 3

    def markers(self, block: SyntaxTreeNode, char: str) -> str:
        """Return the markers, ``char``, of a block that has nothing else, literally."""
        lines = self.lines[slice(*(block.map or (0, 0)))]
        found = [re.search(rf"{char}[\s{char}]*$", line) for line in lines]
        return " ".join(match[0].strip() for match in found if match)

    def of_line(self, number: int) -> tuple[int, int]:
        """Return line and column of the beginning of line ``number``, counted from 0."""
        line = self.lines[number]
        column = len(line) - len(line.lstrip()) + 1 + self.column_offset
        return number + 1 + self.line_offset, column

    def find(self, markup: str, block_line: int) -> tuple[int, int]:
        """Return line and column of the next ``markup`` at or after ``block_line``."""
        start = max(self.reached, self.starts[min(block_line, len(self.starts) - 1)])
        position = self.text.find(markup, start)
        if position < 0:
            return block_line + 1 + self.line_offset, 1 + self.column_offset
        self.reached = position + len(markup)
        return self.at(position)

    def at(self, position: int) -> tuple[int, int]:
        """Return line and column of an offset in the text."""
        line = bisect.bisect_right(self.starts, position) - 1
        column = position - self.starts[line] + 1 + self.column_offset
        return line + 1 + self.line_offset, column
