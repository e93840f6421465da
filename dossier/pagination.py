"""Sets every section and numbers the pages."""

from __future__ import annotations

from collections.abc import Callable, Sequence

from dossier.machine.progress import Progress
from dossier.records.job import Section
from dossier.render.sections import Pages, Plan
from dossier.typeset.workshop import Workshop


def paginate(
    plans: Sequence[Plan],
    workshop: Workshop,
    order: Callable[[Sequence[str | None]], None],
    progress: Progress,
) -> tuple[Section, ...]:
    """Return the sections of ``plans``, typeset and numbered.

    ``order`` is told the keys of the galleys as far as they are known before anything is set.

    Only the sections that print places inside letters wait for these; the numbers that lead to whole
    sections join at binding. The sections that wait stand behind the letters, so that no number moves any
    more when they are set.
    """
    ids = [plan.id for plan in plans]
    letters = {plan.id for plan in plans if plan.letter}
    progress.stage("Setting the letters", len(letters))

    def done(name: str, kept: bool) -> None:
        if name in letters:
            progress.advance(kept)

    unknown = Pages(ids, {})
    early = {plan.id: plan.html(unknown) for plan in plans if not plan.needs_places}
    order([workshop.key(early[key]) if key in early else None for key in ids])
    galleys = workshop.set_all(early, done)
    progress.stage("Setting index and bibliography")
    pages = Pages(ids, galleys)
    late = {plan.id: plan.html(pages) for plan in plans if plan.needs_places}
    html = early | late
    galleys |= workshop.set_all(late, done)
    pages = Pages(ids, galleys)
    return tuple(
        Section(
            plan.id,
            plan.title,
            galleys[plan.id],
            pages.first[plan.id],
            plan.under,
            workshop.key(html[plan.id]),
        )
        for plan in plans
    )
