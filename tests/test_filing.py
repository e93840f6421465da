"""Where the corpus accepts it, custom files the people whose family name nobody states."""

from __future__ import annotations

import itertools
import json
import random
from collections import Counter
from collections.abc import Callable, Iterator
from pathlib import Path

import pypdfium2
import pytest
from conftest import ENGLISH

from dossier.cli.main import main
from dossier.compile import compiler
from dossier.language.family import heading
from dossier.language.folding import plain
from dossier.names import filing
from dossier.names.filing import Others, filed, sure
from dossier.proof.customs import Usage
from dossier.proof.families import filed_as

PEOPLE = Path(__file__).parent / "people.tsv"
IN_DOUBT = "in doubt"
NOBODY = Others(frozenset(), frozenset())


def people() -> Iterator[tuple[str, str, str, str]]:
    """Yield language, name, the heading it should have, and what it has instead, if anything."""
    lines = PEOPLE.read_text(encoding="utf-8").splitlines()
    for line in [line for line in lines if not line.startswith("#")][1:]:
        language, name, wanted, *instead = line.split("\t")
        yield language, name, wanted, "".join(instead)


def printed(name: str, language: str, others: Others = NOBODY) -> str:
    return heading(name, sure(filed(name, language, others)))


def proved(name: str, language: str, others: Others = NOBODY) -> str:
    usage = Usage([], language)
    usage._first, usage._last = set(others.first), set(others.last)
    return filed_as(name, usage.family(name, [name]))


@pytest.mark.parametrize(("language", "name", "wanted", "instead"), list(people()))
def test_real_people_are_filed(language: str, name: str, wanted: str, instead: str) -> None:
    found = filed(name, language.lower(), NOBODY)
    assert bool(found and found.doubt) == (instead == IN_DOUBT)
    right = name if instead == IN_DOUBT else instead or wanted
    assert printed(name, language.lower()) == right
    assert proved(name, language.lower()) == right


def test_the_table_is_large_and_its_share_of_wrong_headings_small() -> None:
    counts = Counter(
        "right" if not instead else "in doubt" if instead == IN_DOUBT else "wrong"
        for *_, instead in people()
    )
    assert counts == {"right": 316, "in doubt": 76, "wrong": 18}  # as docs/names.md has it


def test_printer_and_proof_agree_on_any_name() -> None:
    chance = random.Random(11)
    pool = [word for _, name, *_ in people() for word in name.split()]
    pool += "van de y la Jr. III PhD MA Abdul al-X - d’ Jae-myung Jae- -my (x) O’Neill, 't Du Neto ª ... É. ¨ 2x 李 Dr. ,".split()
    languages = "en es pt de fr nl nl-nl nl-be hu zh ja ko vi is ru ar id it x".split()
    decided = 0
    for _ in range(6_000):
        name = " ".join(chance.choices(pool, k=chance.randint(1, 5)))
        language = chance.choice(languages)
        first, last = (frozenset(map(plain, chance.choices(pool, k=30))) for _ in range(2))
        others = Others(first, last)
        once = printed(name, language, others)
        assert once == proved(name, language, others), (name, language)
        decided += once != name
    assert decided > 1_200


def letter(people: str, language: str = "en", day: str = "2012-01-08") -> str:
    return (
        f"---\ntitle: One\ndate: {day}\nto: Somebody\nlanguage: {language}\nsignatories:\n{people}"
        "---\nA text.\n"
    )


ACCEPTED = "title: Test\nfamily_names: accepted\n"
FILES = {
    "dossier.yaml": f"{ACCEPTED}packets:\n  some: {{title: Some, select: {{letters: two}}}}\n",
    "names.yaml": (
        "people:\n"
        "  luis: {name: Luis Mora Gil, aliases: [Luis Mora]}\n"
        "  cher: {name: Cher Bono, index_as: Cher Bono}\n"
    ),
    "letters/one.md": letter(
        "  - {person: Aarón Suárez Pérez}\n"
        "  - {person: Ana Lucía Bru}\n"
        "  - {person: Luis Mora}\n"
        "  - {person: Cher Bono}\n"
        "  - {person: Rosa Ruiz de la Vega, role: poet}\n"
        "  - {person: José Quispe}\n"
        "  - {person: Lucía Parra, family: Parra}\n",
        "es",
    ),
    "letters/two.md": letter(
        "  - {person: Hanna Lind}\n  - {person: Kim Min-ji}\n  - {person: Aarón Suárez Pérez}\n",
        day="2012-02-01",
    ),
}
FILED = [
    "Bru, Ana Lucía",
    "Cher Bono",
    "Kim Min-ji",
    "Lind, Hanna",
    "Mora Gil, Luis",
    "Parra, Lucía",
    "Quispe, José",
    "Ruiz de la Vega, Rosa",
    "Suárez Pérez, Aarón",
]


def headings(pdf: Path) -> list[str]:
    listing = json.loads(pdf.with_suffix(".json").read_text("utf-8"))
    return [entry["heading"] for entry in listing["index"]]


def words_of(pdf: Path) -> str:
    pages = pypdfium2.PdfDocument(pdf)
    return " ".join(" ".join(one.get_textpage().get_text_range() for one in pages).split())


def test_accepted_family_names_file_people_in_every_packet(
    corpus: Callable[..., Path], tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    folder, output = corpus(**FILES), tmp_path / "out/dossier.pdf"
    # No signature needs an entry: nothing here is in doubt, so nothing is found.
    assert main(["check", "--corpus", str(folder), "--strict"]) == 0
    options = ["--corpus", str(folder), "--output", str(output), "--jobs", "1"]
    assert main(["build", "--all", *options]) == 0
    assert headings(output) == FILED
    some = output.with_name("some.pdf")
    # A packet files a name as the whole corpus does, in which its first letter is Spanish.
    assert headings(some) == ["Kim Min-ji", "Lind, Hanna", "Suárez Pérez, Aarón"]
    legend = ENGLISH("index_legend_accepted")
    assert legend in words_of(output)
    assert ENGLISH("screen_index_legend_accepted") in output.with_suffix(".html").read_text("utf-8")
    capsys.readouterr()
    assert main(["check", "--names", "--corpus", str(folder)]) == 0
    assert "is known" in capsys.readouterr().out


def test_without_it_people_stand_as_they_read(corpus: Callable[..., Path], tmp_path: Path) -> None:
    output = tmp_path / "out/dossier.pdf"
    folder = corpus(**FILES | {"dossier.yaml": "title: Test\n"})
    assert main(["--corpus", str(folder), "--output", str(output), "--jobs", "1"]) == 0
    assert "Aarón Suárez Pérez" in headings(output)
    assert "Suárez Pérez, Aarón" not in headings(output)
    assert ENGLISH("index_legend") in words_of(output)
    screen = output.with_suffix(".html").read_text("utf-8")
    assert ENGLISH("screen_index_legend") in screen
    assert ENGLISH("screen_index_legend_accepted") not in screen


BROKEN = {
    "no name is filed": (compiler, "sure", lambda found: None),
    "a doubt is overlooked": (compiler, "sure", lambda found: found.family if found else None),
    "two family names are one": (filing, "_two_families", lambda core, others: filing.Filed(core[-1])),
    "the first word is always the family name": (
        filing, "_one_family", lambda core, *_: filing.Filed(core[0]),
    ),
}  # fmt: skip


@pytest.mark.slow
@pytest.mark.parametrize("kind", BROKEN)
def test_a_person_filed_against_custom_is_refused(
    kind: str,
    corpus: Callable[..., Path],
    tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch,
    capsys: pytest.CaptureFixture[str],
) -> None:
    module, name, wrong = BROKEN[kind]
    monkeypatch.setattr(module, name, wrong)
    more = {"letters/three.md": letter("  - {person: Ludwig van Beet}\n", day="2012-03-01")}
    folder, output = corpus(**FILES | more), tmp_path / "out/x.pdf"
    assert main(["--corpus", str(folder), "--output", str(output), "--jobs", "1"]) == 1
    assert "“Index of signatories” should read" in capsys.readouterr().err
    assert not output.exists()


def test_many_doubts_are_one_line_and_the_worst_ten(
    corpus: Callable[..., Path], capsys: pytest.CaptureFixture[str]
) -> None:
    words = ["Bo", "Cid", "Dan", "Eli", "Fay", "Gus"]
    twelve = [f"{one}ra van {other}el" for one, other in itertools.permutations(words, 2)][:12]
    signed = "".join(f"  - {{person: {name}}}\n" for name in twelve)
    again = letter(f"  - {{person: {twelve[-1]}}}\n", day="2012-02-01")
    folder = corpus(
        **{"dossier.yaml": ACCEPTED, "letters/one.md": letter(signed), "letters/two.md": again}
    )
    assert main(["check", "--corpus", str(folder)]) == 0
    said = [line for line in capsys.readouterr().err.splitlines() if "in doubt" in line]
    assert said[0].startswith("12 warnings like: The family name of “…” is in doubt")
    assert len(said) == 11
    assert f"“{twelve[-1]}”" in said[1]  # who signs most letters comes first
    assert main(["check", "--full", "--corpus", str(folder)]) == 0
    said = [line for line in capsys.readouterr().err.splitlines() if "in doubt" in line]
    assert len(said) == 12


def test_what_a_doubt_suggests_can_be_followed(
    corpus: Callable[..., Path], tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    doubtful = "  - {person: Ludwig van Beet}\n  - {person: Joko Widodo, role: poet}\n"
    folder = corpus(**{"dossier.yaml": ACCEPTED, "letters/one.md": letter(doubtful, "id")})
    assert main(["check", "--corpus", str(folder)]) == 0
    said = capsys.readouterr().err
    assert 'add to the signature: family: "Beet"' in said
    assert 'index_as: "Joko Widodo"' in said
    stated = doubtful.replace("Beet}", 'Beet, family: "Beet"}')
    (folder / "letters/one.md").write_text(letter(stated, "id"), "utf-8")
    entry = 'people:\n  joko: {name: "Joko Widodo", index_as: "Joko Widodo"}\n'
    (folder / "names.yaml").write_text(entry, "utf-8")
    assert main(["check", "--corpus", str(folder), "--strict"]) == 0
    output = tmp_path / "out/x.pdf"
    assert main(["--corpus", str(folder), "--output", str(output), "--jobs", "1"]) == 0
    assert headings(output) == ["Beet, Ludwig van", "Joko Widodo"]
