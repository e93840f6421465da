"""The bookmarks of the bound PDF. References are to ISO 32000-1."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any

import pikepdf

from dossier.bind.binding import Binding, text_string
from dossier.records.job import Section


def write(binding: Binding, sections: Iterable[Section]) -> None:
    """Write a bookmark for every section, with its page (12.3.3)."""
    with binding.pdf.open_outline() as outline:
        group: Any = None
        for section in sections:
            if section.under and (group is None or str(group.title) != section.under):
                group = _bookmark(section.under, binding.destination(section, ""))
                outline.root.append(group)
            target = group.children if section.under else outline.root
            title = binding.words("bookmark", title=section.title, page=section.first_page)
            target.append(_bookmark(title, binding.destination(section, "")))
            group = group if section.under else None


def _bookmark(title: str, destination: pikepdf.Array) -> Any:
    text: Any = text_string(title)
    return pikepdf.OutlineItem(text, destination)
