"""Sets every section, those that print page numbers again until no number moves."""

from __future__ import annotations

from collections.abc import Sequence

from dossier.bind import Section
from dossier.galley import Galley
from dossier.progress import Progress
from dossier.sections import Pages, Plan
from dossier.typeset import Typesetter


def paginate(
    plans: Sequence[Plan], typesetter: Typesetter, progress: Progress
) -> tuple[Section, ...]:
    """Return the sections of ``plans``, typeset and numbered.

    A letter prints no page numbers, so it is set once. The other sections are set with the numbers
    known so far; where one turns out longer or shorter than was reckoned with, those that print a
    number which has moved are set again.
    """
    ids = [plan.id for plan in plans]
    galleys: dict[str, Galley] = {}
    html: dict[str, str] = {}
    letters = [plan for plan in plans if plan.letter]
    progress.stage("Setting the letters", len(letters))
    for plan in letters:
        galleys[plan.id] = typesetter.set(plan.html(Pages(ids, galleys)))
        progress.advance()
    progress.stage("Setting contents, index and bibliography")
    settled = False
    while not settled:
        settled = True
        for plan in plans:
            if plan.letter:
                continue
            wanted = plan.html(Pages(ids, galleys))
            if wanted == html.get(plan.id):
                continue
            reckoned = galleys[plan.id].pages if plan.id in galleys else 1
            html[plan.id] = wanted
            galleys[plan.id] = typesetter.set(wanted)
            if galleys[plan.id].pages != reckoned:
                # All that comes after has moved: set nothing more with numbers known to be wrong.
                settled = False
                break
    first = Pages(ids, galleys).first
    return tuple(
        Section(plan.id, plan.title, galleys[plan.id], first[plan.id], plan.under) for plan in plans
    )
