"""A corpus's own templates and fonts, which replace the program's."""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True)
class Templates:
    """The files of a corpus's ``templates/``, as pairs of path and content, sorted by path.

    Paths are relative to the folder and have ``/`` on every system.
    """

    texts: tuple[tuple[str, str], ...] = ()
    """Templates, parts of style sheets, words and designs."""
    fonts: tuple[tuple[str, bytes], ...] = ()
    """Font files, by name in ``templates/fonts/``."""
    profiles: tuple[tuple[str, str], ...] = ()
    """Profiles, which replace or join the program's; no page is printed with them."""
    shown: str = ""
    """The folder's path as findings show it."""

    @property
    def have_rules(self) -> bool:
        """Whether there is more than designs and words: what looks how is said by HTML and by rules."""
        return any(not name.endswith(".yaml") for name, _ in self.texts)


NONE = Templates()
"""No templates."""
