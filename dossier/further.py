"""Proves the further outputs of a packet: some while the PDF is still being bound."""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path

from dossier.outputs_table import OUTPUTS
from dossier.proof.beside import Proved, are_the_same, findings
from dossier.proof.prover import REPORT
from dossier.proof.tags import Finding
from dossier.records.diagnostics import Diagnostic, RefusedError
from dossier.records.outputs import KINDS, SUFFIXES


class Further:
    """The further outputs of one packet."""

    def __init__(self, pdf: Path, contents: Mapping[str, bytes]) -> None:
        """Take where the PDF is to be written, and the content of each output, by name."""
        self._pdf = pdf
        self._contents = contents
        self._claimed: Proved | None = None
        self._ahead: dict[str, tuple[Finding, ...]] = {}

    def begin(self, claimed: Proved | None) -> None:
        """Compare what can be compared before the PDF is there, with the pages that the printer states.

        What was found counts only if the proof of the PDF finds the same pages, see :meth:`prove`.
        """
        self._claimed = claimed
        if claimed is None:
            return
        for name, content in self._contents.items():
            if not KINDS[name].is_apart:
                continue
            try:
                self._ahead[name] = tuple(OUTPUTS[name].prove(content, claimed))
            except (LookupError, ValueError):
                # The printer has lost something: the proof of the PDF finds it, and tells what.
                continue

    def prove(self, proved: Proved) -> None:
        """Raise RefusedError if an output of a proved PDF has faults."""
        ahead = self._ahead
        if self._claimed is None or not are_the_same(self._claimed, proved):
            ahead = {}
        wrong: list[Diagnostic] = []
        refused: dict[str, bytes] = {}
        for name, content in self._contents.items():
            path = self._pdf.with_suffix(SUFFIXES[name])
            there = ahead[name] if name in ahead else OUTPUTS[name].prove(content, proved)
            found = findings(path, name, content, proved, there, REPORT)
            if found:
                wrong += found
                refused[SUFFIXES[name]] = content
        if wrong:
            raise RefusedError(wrong, refused, self._pdf)
