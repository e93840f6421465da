"""Makes a corpus of any size in the project's own format, the same for the same size every time."""

from __future__ import annotations

import random
from pathlib import Path

import yaml

ORGANIZATIONS = 420
PEOPLE = 60
WORKS = 120
SIGNATURES = 23
CITATIONS = 4
COUNTRIES = ("JP", "KR", "US", "CA", "GB", "FR", "DE", "BR", "ID", "TH", "BD", "CZ", "BE", "PY")

SUBJECTS = "Rights Freedom Justice Letters Prisoners Families Refugees Witness Memory Peace".split()
BODIES = "Union Circle Network Committee Centre Alliance Society Forum Council Watch".split()
PLACES = "Northern Southern Eastern Western Central Coastal Upper Lower Inner Outer".split()
WORDS = (
    "the of and to in we that our for government people rights letter report commission have been are "
    "with under law families evidence witnesses detention prisoners released request explanation "
    "organizations undersigned urge invite respect recognized international covenant political civil "
    "economic social cultural inquiry reports documented systematic grave violations responsibility "
    "independent access humanitarian visit situation country monitors immediately respectfully ask"
).split()


def write(folder: Path, letters: int) -> None:
    """Write a corpus of ``letters`` letters of about two pages into ``folder``."""
    chance = random.Random(20130507)
    (folder / "letters").mkdir(parents=True)
    organizations = _organizations()
    people = {
        f"person-{number:03}": {
            "name": f"Given{number:03} Family{number:03}",
            "index_as": f"Family{number:03}, Given{number:03}",
        }
        for number in range(PEOPLE)
    }
    works = [
        {
            "id": f"work-{number:03}",
            "type": ("report", "book", "webpage", "article-journal")[number % 4],
            "title": f"{_phrase(chance, 5).capitalize()} {number}",
            "author": [{"literal": f"The {SUBJECTS[number % 10]} {BODIES[number // 10 % 10]}"}],
            "publisher-place": "Seoul",
            "issued": str(1995 + number % 20),
        }
        for number in range(WORKS)
    ]
    _dump(folder / "dossier.yaml", {"title": f"{letters} letters", "date": "2026-01-01"})
    _dump(folder / "names.yaml", {"organizations": organizations, "people": people})
    _dump(folder / "reports.yaml", {"references": works})
    names = [entry["name"] for entry in organizations.values()]
    for number in range(letters):
        write_letter(folder, number, chance, names)


def write_letter(folder: Path, number: int, chance: random.Random, names: list[str]) -> None:
    """Write letter ``number``, counted from 0."""
    signers: list[object] = list(chance.sample(names, SIGNATURES - 3))
    for person in chance.sample(range(PEOPLE), 3):
        signers.append(
            {
                "person": f"Given{person:03} Family{person:03}",
                "role": "Director",
                "organization": names[person * 7],
            }
        )
    cited = chance.sample(range(WORKS), CITATIONS)
    paragraphs = []
    for place in range(CITATIONS):
        text = " ".join(
            f"{_phrase(chance, chance.randint(12, 24)).capitalize()}." for _ in range(3)
        )
        text += f" [@work-{cited[place]:03}]"
        paragraphs.append(text)
    head = {
        "title": f"Request number {number + 1}",
        "date": f"{1990 + number // 336}-{number // 28 % 12 + 1:02}-{number % 28 + 1:02}",
        "to": "The Commission of Inquiry",
        "closing": "Respectfully,",
        "signatories": signers,
    }
    front = yaml.safe_dump(head, allow_unicode=True, sort_keys=False, width=1000)
    (folder / f"letters/letter-{number + 1:04}.md").write_text(
        f"---\n{front}---\n" + "\n\n".join(paragraphs) + "\n", encoding="utf-8"
    )


def _organizations() -> dict[str, dict[str, str]]:
    found = {}
    for number in range(ORGANIZATIONS):
        place, subject = PLACES[number % 10], SUBJECTS[number // 10 % 10]
        body = BODIES[(number // 100 + number) % 10]
        found[f"body-{number:03}"] = {
            "name": f"{place} {subject} {body} {number // 100 + 1} for {SUBJECTS[number % 7]}",
            "country": COUNTRIES[number % len(COUNTRIES)],
        }
    return found


def _phrase(chance: random.Random, length: int) -> str:
    return " ".join(chance.choice(WORDS) for _ in range(length))


def _dump(path: Path, data: object) -> None:
    path.write_text(yaml.safe_dump(data, allow_unicode=True, sort_keys=False), encoding="utf-8")
