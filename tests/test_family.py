"""People stand in the index under their family names, as far as these are stated."""

from __future__ import annotations

import json
import random
from collections.abc import Callable
from pathlib import Path

import pypdfium2
import pytest

from dossier.cli.main import main
from dossier.language import family
from dossier.proof.families import filed_as

FILES = {
    "names.yaml": (
        "people:\n  ana: {name: Ana María Gil de Castro, family: Gil de Castro}\n"
        "  mao: {name: Mao Zedong, family: Mao}\n"
    ),
    "letters/one.md": """---
title: One
date: 2012-01-08
to: Somebody
signatories:
  - {person: Ana María Gil de Castro}
  - {person: Mao Zedong, role: poet}
  - {person: Zoë van der Berg, family: Berg}
  - {family: Abbott, given: Yusuf}
  - {person: Walter MÜLLER}
  - {person: "NAGY Vera"}
  - {person: Alan Young MBE}
---
A text.
""",
}
FILED = [
    "Abbott, Yusuf",
    "Alan Young MBE",
    "Berg, Zoë van der",
    "Gil de Castro, Ana María",
    "Mao Zedong",
    "MÜLLER, Walter",
    "NAGY Vera",
]


def test_the_index_files_people_by_family_name(corpus: Callable[..., Path], tmp_path: Path) -> None:
    folder, output = corpus(**FILES), tmp_path / "out/x.pdf"
    assert main(["--corpus", str(folder), "--output", str(output), "--jobs", "1"]) == 0
    listing = json.loads(output.with_suffix(".json").read_text("utf-8"))
    assert [entry["heading"] for entry in listing["index"]] == FILED
    pages = pypdfium2.PdfDocument(output)
    page = " ".join(" ".join(one.get_textpage().get_text_range() for one in pages).split())
    assert "Berg, Zoë van der" in page
    assert "Yusuf Abbott" in page  # the letter prints the name as it was signed


def test_a_person_who_is_filed_wrongly_is_refused(
    corpus: Callable[..., Path],
    tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch,
    capsys: pytest.CaptureFixture[str],
) -> None:
    monkeypatch.setattr(family, "heading", lambda name, stated: name)
    output = tmp_path / "out/x.pdf"
    assert main(["--corpus", str(corpus(**FILES)), "--output", str(output), "--jobs", "1"]) == 1
    assert "“Index of signatories” should read" in capsys.readouterr().err
    assert not output.exists()


@pytest.mark.parametrize(
    ("name", "stated", "heading"),
    [
        ("Keiko Sato", "Sato", "Sato, Keiko"),
        ("Keiko Sato", "SATO", "Sato, Keiko"),
        ("Martin Luther King Jr.", "King", "King, Martin Luther, Jr."),
        ("Lee Lee", "Lee", "Lee, Lee"),
        ("佐藤恵子", "佐藤", "佐藤恵子"),
        ("Cher", None, "Cher"),
        ("Suárez, Aarón", None, "Suárez, Aarón"),
        ("ANN LEIGH", None, "ANN LEIGH"),
        ("Ann Leigh OBE", None, "Ann Leigh OBE"),
        ("Ann Leigh FRCP", None, "Ann Leigh FRCP"),
        ("Jean-Luc DE LA TOUR", None, "DE LA TOUR, Jean-Luc"),
        ("Aarón SUÁREZ PÉREZ", None, "SUÁREZ PÉREZ, Aarón"),
    ],
)
def test_a_name_is_filed(name: str, stated: str | None, heading: str) -> None:
    assert family.heading(name, stated) == heading
    assert filed_as(name, stated) == heading


def test_printer_and_proof_file_any_name_alike() -> None:
    chance = random.Random(3)
    words = [
        "Ann",
        "ann",
        "GARCÍA",
        "van",
        "der",
        "LEE",
        "O’Neill,",
        "PÉREZ-GIL",
        "Jr.",
        "佐藤",
        "-",
    ]
    for _ in range(4000):
        name = " ".join(chance.choices(words, k=chance.randint(1, 5)))
        stated = " ".join(chance.choices(words, k=chance.randint(1, 2)))
        for given in (stated, None):
            assert family.heading(name, given) == filed_as(name, given), (name, given)


SPANISH = """---
title: One
date: 2012-01-08
to: Somebody
language: es
signatories:
  - {person: Aarón Suárez Pérez}
  - {person: María José García}
  - {person: José Gil}
  - {person: Rosa de la Cruz}
  - {person: "Mora, Luis"}
  - {person: Walter MÜLLER}
  - {person: Ana}
  - {person: Ana Ruiz, role: poet}
  - {person: Ana Ruiz, role: judge}
---
A text.
"""
HUNGARIAN = """---
title: Two
date: 2012-01-09
to: Somebody
language: hu
signatories:
  - {person: Nagy Vera}
---
A text.
"""


WESTERN = """---
title: One
date: 2012-01-08
to: Somebody
signatories:
  - {person: Rosa Brook Fields}
  - {person: Ida Mae Wells}
  - {person: Mae B. Stone}
  - {person: Pedro Del Prado}
  - {person: Vera E Stone}
  - {person: Julia De la Cruz}
---
A text.
"""


def test_capitals_tell_a_particle_from_an_initial(
    corpus: Callable[..., Path], capsys: pytest.CaptureFixture[str]
) -> None:
    assert main(["check", "--names", "--corpus", str(corpus(**{"letters/one.md": WESTERN}))]) == 0
    particle = "it begins with a particle, which some file and some do not"
    assert capsys.readouterr().out.splitlines()[3:] == [
        '  rosa-brook-fields: {name: "Rosa Brook Fields", family: "Fields"}',
        '  ida-mae-wells: {name: "Ida Mae Wells", family: "Wells"}',
        '  mae-b-stone: {name: "Mae B. Stone", family: "Stone"}',
        '  pedro-del-prado: {name: "Pedro Del Prado", family: "Del Prado"}',
        '  vera-e-stone: {name: "Vera E Stone", family: "Stone"}',
        f"  # in doubt, {particle}: "
        'julia-de-la-cruz: {name: "Julia De la Cruz", family: "De la Cruz"}',
    ]


def test_family_names_are_proposed_and_pasted(
    corpus: Callable[..., Path], tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    folder = corpus(**{"letters/one.md": SPANISH, "letters/two.md": HUNGARIAN})
    options = ["check", "--names", "--corpus", str(folder)]
    assert main(options) == 0
    said = capsys.readouterr().out
    lines = [line for line in said.splitlines() if not line.startswith("#")]
    assert lines == [
        "people:",
        '  aaron-suarez-perez: {name: "Aarón Suárez Pérez", family: "Suárez Pérez"}',
        '  maria-jose-garcia: {name: "María José García", family: "García"}',
        '  jose-gil: {name: "José Gil", family: "Gil"}',
        "  # in doubt, it begins with a particle, which some file and some do not: "
        'rosa-de-la-cruz: {name: "Rosa de la Cruz", family: "de la Cruz"}',
        "  # in doubt, the name signs with different affiliations: "
        'ana-ruiz: {name: "Ana Ruiz", family: "Ruiz"}',
        "  # in doubt, the name signs with different affiliations: "
        'ana-ruiz-2: {name: "Ana Ruiz", family: "Ruiz"}',
        '  nagy-vera: {name: "Nagy Vera", family: "Nagy"}',
    ]
    (folder / "names.yaml").write_text(said, encoding="utf-8")
    output = tmp_path / "out/x.pdf"
    assert main(["--corpus", str(folder), "--output", str(output), "--jobs", "1"]) == 0
    listing = json.loads(output.with_suffix(".json").read_text("utf-8"))
    headings = [entry["heading"] for entry in listing["index"]]
    assert {"Suárez Pérez, Aarón", "Gil, José", "Nagy Vera", "García, María José"} <= set(headings)
    capsys.readouterr()
    assert main(options) == 0
    left = capsys.readouterr().out.splitlines()[3:]
    assert len(left) == 3
    assert all("# in doubt" in line for line in left)
