"""Reads the cited works: CSL-YAML, CSL-JSON or BibTeX, whichever the corpus has."""

from __future__ import annotations

from typing import Any

from dossier.machine.files import REPORT_FILES
from dossier.read import placed_yaml
from dossier.read.placed_yaml import Place, Places
from dossier.read.reader import Reader
from dossier.records.diagnostics import Diagnostic, quoted
from dossier.records.references import Reference, References

ZOTERO = {
    "shortTitle": "title-short", "journalAbbreviation": "container-title-short", "custom": "",
    "categories": "",
}  # fmt: skip
"""Keys that reference managers write into CSL-JSON, with those of CSL; empty for keys to drop."""


def read_references(
    reader: Reader,
) -> tuple[tuple[Reference, ...] | None, set[str] | None, dict[str, Diagnostic]]:
    """Return the works, the ids that may be cited, and for each work the warning if no letter cites it.

    The works are None where they have faults, the ids where they could not be read.
    """
    there = [name for name in REPORT_FILES if (reader.root / name).exists()]
    if len(there) > 1:
        reader.fault(there[0], 1, 1, f"The corpus has {quoted(there)}", "Keep one of them.")
    relative = there[-1] if there else REPORT_FILES[0]
    places = Places(reader.name(relative))
    if not there:
        return (), set(), {}
    text = reader.text(relative)
    if text is None:
        return None, None, {}
    found: list[Diagnostic]
    if relative.endswith(".bib"):
        from dossier.read import bibtex  # few corpora have such a file

        data, places, found = bibtex.load(text, reader.name(relative))
        data = reader.values(data, places, relative, text)
    else:
        # JSON is YAML; read as YAML, its lines and columns are known.
        text = text.replace("\t", " ") if relative.endswith(".json") else text
        data, places, found = placed_yaml.load(text, reader.name(relative))
        data = reader.values(data, places, relative, text)
        if isinstance(data, list):
            data, places = {"references": data}, _moved(places, ("references",))
        _from_zotero(data)
    reader.found += found
    if data is None and found:
        return None, None, {}
    before = len(reader.found)
    ids = _ids(data, places, reader)
    model = reader.model(References, {} if data is None else data, places)
    lines = [item.line for item in reader.found[before:]]
    works = None if model is None or lines else model.references
    return works, set(ids), _unused(ids, lines, places)


def _ids(data: Any, places: Places, reader: Reader) -> dict[str, int]:
    """Return the works' ids and the position of each in the list; report duplicates."""
    ids: dict[str, int] = {}
    listed = data.get("references") if isinstance(data, dict) else None
    for position, item in enumerate(listed if isinstance(listed, list) else ()):
        key = item.get("id") if isinstance(item, dict) else None
        if not isinstance(key, str):
            continue
        if key in ids:
            place = places.of(("references", position, "id"))
            message = f"The id “{key}” stands twice"
            reader.found.append(places.error(place, message, "Give one of the works another id."))
        ids.setdefault(key, position)
    return ids


def _unused(ids: dict[str, int], faults: list[int], places: Places) -> dict[str, Diagnostic]:
    """Return the warning for each work without a fault; ``faults`` are the lines of the faults."""
    begins = {key: places.of(("references", position)).line for key, position in ids.items()}
    faulty = {
        max((first for first in begins.values() if first <= line), default=0) for line in faults
    }
    return {
        key: places.warning(
            places.of(("references", position, "id")), f"No letter cites “{key}”",
            f"Cite it with [@{key}] where a letter names it, or remove it.",
        )
        for key, position in ids.items()
        if begins[key] not in faulty
    }  # fmt: skip


def _from_zotero(data: Any) -> None:
    """Rename or drop the keys of CSL-JSON exports that are not keys of CSL 1.0.2."""
    items = data.get("references") if isinstance(data, dict) else None
    for item in items if isinstance(items, list) else ():
        if isinstance(item, dict):
            for old, new in ZOTERO.items():
                if old in item:
                    value = item.pop(old)
                    if new:
                        item.setdefault(new, value)


def _moved(places: Places, under: placed_yaml.KeyPath) -> Places:
    """Return ``places`` with all key paths moved ``under`` a key path."""
    return Places(
        places.path,
        {(): Place(1, 1)} | {(*under, *where): place for where, place in places.values.items()},
        {(*under, *where): place for where, place in places.keys.items()},
    )
