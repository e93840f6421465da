"""The whole of a build, top to bottom: a corpus in, the three files of the dossier out."""

from __future__ import annotations

import hashlib
import importlib.metadata
import time
from dataclasses import dataclass
from pathlib import Path

from dossier import __version__, render, templates
from dossier.bind import Info, bind
from dossier.compile import compile_dossier
from dossier.diagnostics import CorpusFaultError, Diagnostic, stops
from dossier.galley import merged
from dossier.manifest import manifest
from dossier.pagination import paginate
from dossier.progress import Progress
from dossier.read import read
from dossier.records import Dossier
from dossier.sections import plans, screen
from dossier.typeset import Typesetter
from dossier.write import write_all


@dataclass(frozen=True)
class Built:
    """What a build wrote."""

    pdf: Path
    pages: int
    letters: int
    seconds: float
    diagnostics: tuple[Diagnostic, ...]


def build(corpus: Path, shown: str, output: Path, strict: bool, progress: Progress) -> Built:
    """Build the dossier of the folder ``corpus`` into ``output`` and the two files beside it.

    ``shown`` is how findings name the corpus. Raises CorpusFaultError with every finding where the
    corpus has faults (under ``strict`` warnings too), MachineLacksError and CannotWriteError; then
    nothing is written.
    """
    start = time.monotonic()
    progress.stage("Reading the corpus")
    found, diagnostics = read(corpus, shown)
    if found is None or stops(diagnostics, strict):
        raise CorpusFaultError(diagnostics)
    folder = templates.folder()
    dossier = compile_dossier(found, folder / "bibliography.csl")

    progress.stage("Loading the typesetter")
    typesetter = Typesetter(render.style_sheet(folder, dossier.publication.paper))
    sections = paginate(plans(dossier, folder), typesetter, progress)

    progress.stage("Binding the pages")
    digits = typesetter.set(render.section(folder, "folio", dossier))
    types = merged([section.galley for section in sections] + [digits])
    info = _info(dossier)
    pdf = bind(
        sections,
        typesetter.cast(types),
        digits,
        info,
        render.metadata(folder, info),
        "\u2010" not in found.text,
    )
    digest = hashlib.sha256(pdf).hexdigest()
    listing = manifest(dossier, sections, digest, diagnostics)
    page = screen(dossier, folder, sections)

    progress.stage("Writing the files")
    write_all(
        {
            output: pdf,
            output.with_suffix(".html"): page.encode(),
            output.with_suffix(".json"): listing.encode(),
        }
    )
    seconds = time.monotonic() - start
    return Built(output, sections[-1].last_page, len(dossier.letters), seconds, diagnostics)


def _info(dossier: Dossier) -> Info:
    """Return the PDF's metadata; the dates are the publication's, never the clock's."""
    it = dossier.publication
    return Info(
        title=it.title,
        language=it.language,
        date=dossier.date.isoformat(),
        creator=f"dossier {__version__}",
        producer=", ".join(
            f"{name} {importlib.metadata.version(name)}" for name in ("weasyprint", "pikepdf")
        ),
        author=it.prepared_by or "",
        subject=it.subtitle or "",
        identifier=it.identifier or "",
        rights=it.rights or "",
    )
