"""Reads the cited works: CSL-YAML, CSL-JSON or BibTeX, whichever the corpus has."""

from __future__ import annotations

from typing import Any

from dossier.machine.files import REPORT_FILES
from dossier.read import bibtex, marked_yaml
from dossier.read.marked_yaml import Mark, Marks
from dossier.read.reader import Reader
from dossier.records.diagnostics import Diagnostic, quoted
from dossier.records.schema import Reference, References

ZOTERO = {
    "shortTitle": "title-short", "journalAbbreviation": "container-title-short", "custom": "",
    "categories": "",
}  # fmt: skip
"""Keys that reference managers write into CSL-JSON, and CSL's own; nothing for those without meaning."""


def read_references(
    reader: Reader,
) -> tuple[tuple[Reference, ...] | None, set[str] | None, dict[str, Diagnostic]]:
    """Return the works, the ids that may be cited, and what to say of works that no letter cites.

    The works are None where something is wrong with them, the ids where they are unknown.
    """
    there = [name for name in REPORT_FILES if (reader.root / name).exists()]
    if len(there) > 1:
        reader.fault(there[0], 1, 1, f"The corpus has {quoted(there)}", "Keep one of them.")
    relative = there[-1] if there else REPORT_FILES[0]
    marks = Marks(reader.name(relative))
    if not there:
        return (), set(), {}
    text = reader.text(relative)
    if text is None:
        return None, None, {}
    found: list[Diagnostic]
    if relative.endswith(".bib"):
        data, marks, found = bibtex.load(text, reader.name(relative))
        data = reader.values(data, marks, relative, text)
    else:
        # JSON is YAML, and read in the same way it keeps its lines and columns.
        text = text.replace("\t", " ") if relative.endswith(".json") else text
        data, marks, found = marked_yaml.load(text, reader.name(relative))
        data = reader.values(data, marks, relative, text)
        if isinstance(data, list):
            data, marks = {"references": data}, _moved(marks, ("references",))
        _from_zotero(data)
    reader.found += found
    if data is None and found:
        return None, None, {}
    before = len(reader.found)
    ids = _ids(data, marks, reader)
    model = reader.model(References, {} if data is None else data, marks)
    lines = [item.line for item in reader.found[before:]]
    works = None if model is None or lines else model.references
    return works, set(ids), _unused(ids, lines, marks)


def _ids(data: Any, marks: Marks, reader: Reader) -> dict[str, int]:
    """Return the works' ids and the place of each in the list; report those that stand twice."""
    ids: dict[str, int] = {}
    listed = data.get("references") if isinstance(data, dict) else None
    for place, item in enumerate(listed if isinstance(listed, list) else ()):
        key = item.get("id") if isinstance(item, dict) else None
        if not isinstance(key, str):
            continue
        if key in ids:
            mark = marks.of(("references", place, "id"))
            message = f"The id “{key}” stands twice"
            reader.found.append(marks.error(mark, message, "Give one of the works another id."))
        ids.setdefault(key, place)
    return ids


def _unused(ids: dict[str, int], faults: list[int], marks: Marks) -> dict[str, Diagnostic]:
    """Return the warning for each work without a fault; ``faults`` are the lines that have one."""
    begins = {key: marks.of(("references", place)).line for key, place in ids.items()}
    faulty = {
        max((first for first in begins.values() if first <= line), default=0) for line in faults
    }
    return {
        key: marks.warning(
            marks.of(("references", place, "id")), f"No letter cites “{key}”",
            f"Cite it with [@{key}] where a letter names it, or remove it.",
        )
        for key, place in ids.items()
        if begins[key] not in faulty
    }  # fmt: skip


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
