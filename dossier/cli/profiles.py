"""``profiles``: lists the profiles of receivers with their rules, dates and sources."""

from __future__ import annotations

import argparse
import datetime
import json
from collections.abc import Iterator
from typing import TYPE_CHECKING, Any

from dossier import pipeline
from dossier.records.diagnostics import printable

if TYPE_CHECKING:
    from dossier.records.profile import Profile, Rule

OLD = 2
"""The years after which a rule is said to be old: receivers change their minds."""


def run(options: argparse.Namespace) -> int:
    """Print all profiles that packets of the corpus may name."""
    found = pipeline.profiles(options.corpus)
    if options.format == "json":
        # Escapes, as some characters could move or hide text on a terminal.
        print(json.dumps([_data(profile) for profile in found], indent=2))
        return 0
    # On the terminal alone: no file depends on the day on which it is made.
    today = datetime.date.today()
    for profile in found:
        for line in _lines(profile, today):
            print(printable(line))
    return 0


def _data(profile: Profile) -> dict[str, Any]:
    stated = profile.stated.model_dump(mode="json", by_alias=True, exclude_unset=True)
    return {"name": profile.name, **stated}


def _lines(profile: Profile, today: datetime.date) -> Iterator[str]:
    stated = profile.stated
    age = _age(stated.read, today)
    yield f"{profile.name}: {stated.title} ({stated.source}, read on {stated.read}){age}"
    settings = stated.settings.model_dump(mode="json", by_alias=True, exclude_unset=True)
    if settings:
        yield f"  sets {json.dumps(settings, ensure_ascii=False)}"
    for rule in stated.rules:
        # The profile's own source stands above its rules already.
        is_other = (rule.source, rule.read) != (stated.source, stated.read)
        said = f" {rule.source}, read on {rule.read}." if is_other else ""
        age = _age(rule.read, today) if is_other else ""
        yield f"  {rule.id} ({_how(rule)}): {rule.says}{said}{age}"


def _how(rule: Rule) -> str:
    """Return how a rule is proved, in brackets behind its id."""
    from dossier.records.profile import BY_HAND

    if rule.kind == BY_HAND:
        return "not proved: by hand"
    what = " ".join(filter(None, (rule.kind, rule.value, f"of {rule.of}" if rule.of else "")))
    return f"warns: {what}" if rule.warns else what


def _age(read: str, today: datetime.date) -> str:
    day = datetime.date.fromisoformat(read)
    years = today.year - day.year - ((today.month, today.day) < (day.month, day.day))
    return f" OLD: read {years} years ago, look whether it still holds." if years >= OLD else ""
