"""Reads the cited works: CSL-YAML, CSL-JSON or BibTeX, whichever the corpus has."""

from __future__ import annotations

from typing import Any

from dossier import bibtex, marked_yaml
from dossier.diagnostics import Diagnostic, quoted
from dossier.marked_yaml import Mark, Marks
from dossier.reader import Reader
from dossier.schema import Reference, References

ZOTERO = {
    "shortTitle": "title-short", "journalAbbreviation": "container-title-short", "custom": "",
    "categories": "",
}  # fmt: skip
"""Keys that reference managers write into CSL-JSON, and CSL's own; nothing for those without meaning."""
REPORT_FILES = ("reports.yaml", "reports.json", "reports.bib")


def read_references(
    reader: Reader,
) -> tuple[dict[str, tuple[Reference, Diagnostic]] | None, set[str] | None]:
    """Return the works with the place of each, and the ids that may be cited (None: unknown)."""
    there = [name for name in REPORT_FILES if (reader.root / name).exists()]
    if len(there) > 1:
        reader.fault(there[0], 1, 1, f"The corpus has {quoted(there)}", "Keep one of them.")
    relative = there[-1] if there else REPORT_FILES[0]
    marks = Marks(reader.name(relative))
    if not there:
        return {}, set()
    text = reader.text(relative)
    if text is None:
        return None, None
    found: list[Diagnostic]
    if relative.endswith(".bib"):
        data, marks, found = bibtex.load(text, reader.name(relative))
    else:
        # JSON is YAML, and read in the same way it keeps its lines and columns.
        text = text.replace("\t", " ") if relative.endswith(".json") else text
        data, marks, found = marked_yaml.load(text, reader.name(relative))
        reader.values(data, marks, relative, text)
        if isinstance(data, list):
            data, marks = {"references": data}, _moved(marks, ("references",))
        _from_zotero(data)
    reader.found += found
    if data is None and found:
        return None, None
    listed = data.get("references") if isinstance(data, dict) else None
    ids = {
        str(item["id"]) for item in listed or () if isinstance(item, dict) and item.get("id")
    } if isinstance(listed, list) else set()  # fmt: skip
    before = len(reader.found)
    model = reader.model(References, {} if data is None else data, marks)
    if model is None or len(reader.found) > before:
        return None, ids
    works: dict[str, tuple[Reference, Diagnostic]] = {}
    for place, item in enumerate(model.references):
        mark = marks.of(("references", place, "id"))
        if item.id in works:
            message = f"The id “{item.id}” stands twice"
            reader.found.append(marks.error(mark, message, "Give one of the works another id."))
            continue
        unused = marks.warning(
            mark, f"No letter cites “{item.id}”",
            f"Cite it with [@{item.id}] where a letter names it, or remove it.",
        )  # fmt: skip
        works[item.id] = (item, unused)
    return works, ids


def _from_zotero(data: Any) -> None:
    """Give the keys of CSL-JSON exports that are not of CSL 1.0.2 their names in it."""
    items = data.get("references") if isinstance(data, dict) else None
    for item in items if isinstance(items, list) else ():
        if isinstance(item, dict):
            for old, new in ZOTERO.items():
                if old in item:
                    value = item.pop(old)
                    if new:
                        item.setdefault(new, value)


def _moved(marks: Marks, under: marked_yaml.Path) -> Marks:
    """Return ``marks`` with every place one level further in."""
    return Marks(
        marks.path,
        {(): Mark(1, 1)} | {(*under, *where): mark for where, mark in marks.values.items()},
        {(*under, *where): mark for where, mark in marks.keys.items()},
    )
