"""Sets every section, those that print page numbers again until no number moves."""

from __future__ import annotations

from collections.abc import Sequence

from dossier.bind import Section
from dossier.galley import Galley
from dossier.progress import Progress
from dossier.sections import Pages, Plan
from dossier.workshop import Workshop


def paginate(plans: Sequence[Plan], workshop: Workshop, progress: Progress) -> tuple[Section, ...]:
    """Return the sections of ``plans``, typeset and numbered.

    A letter prints no page numbers, so it is set once, and along with the letters the other sections
    whose length does not wait for them, with provisional numbers. Then, with the lengths known, the
    sections that print numbers are set until none of their lengths, and so no number, changes.
    """
    ids = [plan.id for plan in plans]
    galleys: dict[str, Galley] = {}
    early = {plan.id: plan.html(Pages(ids, galleys)) for plan in plans if not plan.needs_places}
    letters = {plan.id for plan in plans if plan.letter}
    progress.stage("Setting the letters", len(letters))

    def done(name: str, kept: bool) -> None:
        if name in letters:
            progress.advance(kept)

    html = early
    galleys = workshop.set_all(early, done)
    progress.stage("Setting contents, index and bibliography")
    while True:
        pages = Pages(ids, galleys)
        wanted = {plan.id: plan.html(pages) for plan in plans if not plan.letter}
        changed = {key: text for key, text in wanted.items() if text != html.get(key)}
        if not changed:
            break
        html = html | changed
        galleys = galleys | workshop.set_all(changed, done)
    return tuple(
        Section(plan.id, plan.title, galleys[plan.id], pages.first[plan.id], plan.under)
        for plan in plans
    )
