"""Binds volumes: portions of a job, each into a file of its own."""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence
from dataclasses import replace

from dossier.bind.binder import Binder
from dossier.keep.shelf import Shelf
from dossier.keep.store import Store
from dossier.records.job import Job, Portion, Section
from dossier.records.sections import whole_section


class VolumeBinder:
    """Binds the portions of one packet, as often as need be: each leaf is taken apart once."""

    def __init__(self, store: Store | None, program_checksum: str, place: str) -> None:
        """Take the cache, the program's checksum, and the place of the file of the whole."""
        self._binder = Binder(store, program_checksum)
        self._packed: dict[str, float] = {}
        """The part of its galley's bytes that each section takes when it is bound, with all parts of it."""
        self._plans = Shelf(store, "plan of volumes 1", "", dict[str, str])
        self._key = self._plans.key(place)
        self._binder.recall(self._plans.get(self._key) or {})

    def size(self, section: Section) -> int:
        """Return how many bytes a section takes in a file.

        Of one that was bound with other page numbers it is about so many; of any other, at most.
        """
        known = self._binder.sizes.get(section.key)
        if known is not None:
            return known
        return round(len(section.leaf.pdf) * self._packed.get(whole_section(section.id), 1.0))

    def bound(self, job: Job, portions: Sequence[Portion]) -> list[bytes]:
        """Return the files of the portions; without any, that of the whole."""
        leaves = {section.key: section.leaf for section in job.sections}
        files: list[bytes] = []
        plan: dict[str, str] = {}
        for portion in portions or (None,):
            attached = portion.attached if portion else job.attached
            own = replace(job, portion=portion, attached=attached)
            pdf, keys = self._binder.bind(own, leaves.get)
            files.append(pdf)
            plan |= keys
        sizes = self._binder.sizes
        bound, made = Counter[str](), Counter[str]()
        for section in (one for one in job.sections if one.key in sizes):
            bound[whole_section(section.id)] += sizes[section.key]
            made[whole_section(section.id)] += len(section.leaf.pdf)
        self._packed |= {key: size / made[key] for key, size in bound.items()}
        if portions:
            self._plans.put(self._key, plan)
        return files
