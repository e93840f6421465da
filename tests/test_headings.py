"""Which signatures without an entry are one heading, and that the advice about them can be followed."""

from __future__ import annotations

import json
import random
import re
from collections.abc import Callable
from pathlib import Path

import pytest
import yaml
from conftest import Edition, make_edition

from dossier.cli.main import main
from dossier.read.corpus import read
from dossier.records.diagnostics import Diagnostic, Severity

Corpus = Callable[..., Path]


def signed(*letters: list[object], **files: str) -> dict[str, str | None]:
    """Return the files of a corpus with these signatures under its letters."""
    made: dict[str, str | None] = {"letters/one.md": None, **files}
    for number, signatories in enumerate(letters, 1):
        head = {"title": f"L{number}", "date": f"2012-01-{number:02}", "to": "X"}
        front = yaml.safe_dump(head | {"signatories": signatories}, allow_unicode=True)
        made[f"letters/l{number}.md"] = f"---\n{front}---\nA text.\n"
    return made


@pytest.fixture
def build(corpus: Corpus, tmp_path: Path) -> Callable[..., Edition]:
    def build(*letters: list[object], **files: str) -> Edition:
        return make_edition(corpus(**signed(*letters, **files)), tmp_path / "x.pdf")

    return build


def headings(edition: Edition) -> dict[str, int]:
    """Return the headings of the index and under how many letters each stands."""
    return {
        entry["heading"]: len({place["letter"] for place in entry["locators"]})
        for entry in edition.json["index"]
    }


def test_organizations_that_fold_equal_are_one_heading(build: Callable[..., Edition]) -> None:
    edition = build(
        ["ARTICLE 19", "Open Rights Group (ORG)", "The Letter Society", "Café Club", "Cafe Club"],
        ["Article 19", "Open Rights Group", "letter society", "Privacy & Co."],
        ["Article 19", "Open Rights-Group", "Letter Society (Japan)", "Privacy Co"],
    )
    assert headings(edition) == {
        "Article 19": 3,  # the most frequent wording
        "Open Rights Group (ORG)": 3,  # the earliest of equally frequent ones
        "The Letter Society (Japan)": 3,  # one of its signatures says where it is
        "Privacy & Co.": 2,
        "Café Club": 1,  # an accent is part of a name
        "Cafe Club": 1,
    }
    text = edition.reading.text(2)
    assert "Article 19: “ARTICLE 19” (1); “Article 19” (2, 3)" in text
    printed = "".join(edition.reading.text(n) for n in range(1, edition.reading.pages + 1))
    assert printed.count("Article 19, 1:") == 1


def test_stated_countries_keep_organizations_apart(build: Callable[..., Edition]) -> None:
    edition = build(
        ["Letter Union (Japan)", "Letter Union (South Korea)", "LETTER UNION"],
        ["Letter Union (Japan)", {"organization": "letter union", "country": "KR"}],
    )
    assert headings(edition) == {
        "Letter Union (Japan)": 2,
        "Letter Union (South Korea)": 2,
        "LETTER UNION": 1,
    }


def test_people_are_one_heading_only_with_the_same_affiliation(
    build: Callable[..., Edition],
) -> None:
    names = "organizations: {watch: {name: Letter Watch, aliases: [LW]}}\n"
    edition = build(
        [
            {"person": "Ann Lee", "organization": "Letter Watch", "role": "Chair"},
            {"person": "Ann Lee", "organization": "Free Voices"},
            {"person": "Bo Ek"},
        ],
        [
            {"person": "ANN LEE", "organization": "LW", "role": "President"},
            {"person": "Ann Lee", "organization": "FREE VOICES"},
            {"person": "Bo Ek", "role": "poet"},
            {"person": "Bo Ek"},
        ],
        **{"names.yaml": names},
    )
    people = [entry for entry in edition.json["index"] if entry["kind"] == "person"]
    assert sorted((one["heading"], len(one["locators"])) for one in people) == [
        ("Ann Lee", 2), ("Ann Lee", 2), ("Bo Ek", 1), ("Bo Ek", 2),
    ]  # fmt: skip


def test_two_people_of_one_name_are_told_apart_by_their_organizations(
    corpus: Corpus, tmp_path: Path
) -> None:
    names = """organizations: {watch: {name: Letter Watch}, voices: {name: Free Voices}}
people:
  ann-of-watch: {name: Ann Lee, index_as: "Lee, Ann (Letter Watch)", organization: watch}
  ann-of-voices: {name: Ann Lee, index_as: "Lee, Ann (Free Voices)", organization: voices}
"""
    both = [{"person": "Ann Lee", "organization": one} for one in ("Letter Watch", "Free Voices")]
    folder = corpus(**signed(both, **{"names.yaml": names}))
    assert read(folder, "c")[1] == ()
    index = make_edition(folder, tmp_path / "x.pdf").json["index"]
    assert {"Lee, Ann (Letter Watch)", "Lee, Ann (Free Voices)"} < {
        entry["heading"] for entry in index
    }
    (folder / "letters/l2.md").write_text(
        "---\ntitle: T\ndate: 2013\nto: X\nsignatories: [{person: Ann Lee}]\n---\nA.\n", "utf-8"
    )
    (finding,) = read(folder, "c")[1]
    assert (
        finding.message
        == "“Ann Lee” fits several entries of names.yaml: “ann-of-watch” and “ann-of-voices”"
    )
    assert finding.remedy == "Give the signature the organization of one of them."


def test_the_note_to_the_reader_says_what_is_joined(real: Edition) -> None:
    said = " ".join(real.reading.text(2).split())
    assert "Names that only look alike were compared" not in said
    assert "unless they state different countries" in said


# --- advice ---


def suggested(diagnostics: tuple[Diagnostic, ...]) -> dict[str, list[str]]:
    """Return the lines to add to names.yaml, by section."""
    lines: dict[str, list[str]] = {"organizations": [], "people": [], "distinct": []}
    for item in diagnostics:
        for section, line in re.findall(
            r"dd under “(\w+)” in names\.yaml: ([a-z0-9-]+: \{.*?\})(?=\. If not|$)", item.remedy
        ):
            lines[section].append(f"  {line}")
        lines["distinct"] += [
            f"  {line}" for line in re.findall(r"under “distinct”: (- \[.*\])", item.remedy)
        ]
    return lines


def written(lines: dict[str, list[str]]) -> str:
    return "".join(f"{key}:\n" + "\n".join(them) + "\n" for key, them in lines.items() if them)


MESSY = [
    "255", "null", "NO", "chr[]", "*x*", "<b>Signers</b>", "A", "a", "The A", "“Quoted”", 'Say "so"', "x: y",
    "# of letters", "- dash", "Letter Union (Japan)", "Letter Union (South Korea)", "Letter Union",
    "ARTICLE 19", "Article 19", "Lëtter Union", "自由書簡", "自由書簡（日本）", "Friends of Letter 001",
    "Friends of Letter 002", "Friends of Letter 003", "Friends of Letters 001", "W" * 290, "!!!", "???",
    "Universidad de las Cartas", "Universidad de las Carta", "back\\slash", "Ann Lee",
]  # fmt: skip


def errors(diagnostics: tuple[Diagnostic, ...]) -> list[str]:
    return [str(item) for item in diagnostics if item.severity is Severity.ERROR]


@pytest.mark.parametrize("answer", ["the same", "not the same"])
@pytest.mark.parametrize("seed", range(4))
def test_suggestions_together_give_a_sound_file(seed: int, answer: str, corpus: Corpus) -> None:
    chance = random.Random(seed)
    known: list[object] = ["Letter Watch", "Ann Lee", {"person": "Ann Lee", "organization": "A"}]
    letters: list[list[object]] = []
    for _ in range(5):
        names: list[object] = list(chance.sample(MESSY, 25))
        names += [
            {"person": chance.choice(MESSY), "organization": chance.choice(MESSY)} for _ in range(9)
        ]
        names += [{"person": chance.choice(MESSY), "role": "poet"} for _ in range(5)]
        letters.append(names + known)
    entries = (
        "organizations:\n  a: {name: Letter Watch}\n  friends-of-letter-002: {name: Sea Birds}\n"
    )
    folder = corpus(**signed(*letters, **{"names.yaml": entries}))
    found, before = read(folder, "c")
    assert found is not None, errors(before)
    lines = suggested(before)
    assert min(map(len, lines.values())) > 1
    if answer == "the same":
        lines["distinct"] = []
    else:
        both = lines["organizations"] + lines["people"]
        joined = [line for line in both if "aliases:" in line]
        assert joined
        for section in ("organizations", "people"):
            lines[section] = [line for line in lines[section] if line not in joined]
    more = written(lines).replace("organizations:\n", "", 1)
    (folder / "names.yaml").write_text(entries + more, encoding="utf-8")
    found, after = read(folder, "c")
    assert found is not None, errors(after)
    # What was said before has been answered.
    told = {item for item in before if "has no entry" in item.message}
    assert not told & set(after)


def test_an_entry_of_its_own_does_not_say_that_two_names_differ(corpus: Corpus) -> None:
    names = "organizations:\n  letter-watch: {name: Letter Watch}\n"
    files = signed(["Letter Watch", "Letter Watchs", "Sea Birds"], **{"names.yaml": names})
    folder = corpus(**files)
    assert "looks like “Letter Watch”" in "".join(map(str, read(folder, "c")[1]))
    names += "  letter-watchs: {name: Letter Watchs}\n  sea-birds: {name: Sea Birds}\n"
    (folder / "names.yaml").write_text(names, encoding="utf-8")
    (finding,) = read(folder, "c")[1]
    assert str(finding) == (
        "c/names.yaml:3:3: warning: “Letter Watchs” looks like “Letter Watch”, which has an entry of its "
        "own. If it is the same, make one entry of “letter-watchs” and “letter-watch”. If not, add under "
        "“distinct”: - [letter-watchs, letter-watch]"
    )
    (folder / "names.yaml").write_text(
        f"{names}distinct:\n  - [letter-watchs, letter-watch]\n", encoding="utf-8"
    )
    assert read(folder, "c")[1] == ()


def test_entries_of_bodies_of_two_places_are_two(corpus: Corpus) -> None:
    both = [
        f"Letter Union of the Families of the Disappeared in {one}"
        for one in ("Kanagawa", "Saitama")
    ]
    names = "organizations:\n" + "".join(f"  a{n}: {{name: {one}}}\n" for n, one in enumerate(both))
    folder = corpus(**signed(list(both), **{"names.yaml": names}))
    assert read(folder, "c")[1] == ()
    (folder / "names.yaml").unlink()
    (finding,) = read(folder, "c")[1]
    assert "but it looks like" in finding.message


def test_of_two_signatures_that_look_alike_one_tells(corpus: Corpus) -> None:
    folder = corpus(**signed(["Sea Bird Society"], ["Sea Birds Society"], ["Sea Birds Society"]))
    (finding,) = read(folder, "c")[1]
    assert finding.path == "c/letters/l1.md"
    assert finding.message == (
        "“Sea Bird Society” has no entry in names.yaml, but it looks like “Sea Birds Society”"
    )
    assert finding.remedy == (
        "If it is the same, add under “organizations” in names.yaml: sea-birds-society: {name: "
        '"Sea Birds Society", aliases: ["Sea Bird Society"]}. If not, add under “distinct”: - '
        '["Sea Bird Society", "Sea Birds Society"]'
    )


@pytest.mark.slow
def test_many_warnings_of_one_kind_are_folded(
    corpus: Corpus, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    chance = random.Random(1)
    names = ["".join(chance.choices("bcdfghjklmnpqrstvwxz", k=14)) for _ in range(300)]
    slips = [f"{name}s" for name in names]
    slips[200] = names[200].replace("b", "c") + "xzxz"  # less alike
    folder = corpus(**signed([*names, "Union (Japan)", "Union (Canada)"], slips))
    options = ["--corpus", str(folder)]
    assert main(["check", *options]) == 0
    said = capsys.readouterr().err.splitlines()
    number = len(read(folder, "c")[1])
    assert number > 290
    assert len(said) == 15
    assert (
        "“Union (Japan)” has no entry in names.yaml, and signs for different countries" in said[0]
    )
    assert "“Union (Canada)”" in said[1]
    kind = "“…” has no entry in names.yaml, but it looks like “…”"
    assert said[2] == f"{number - 2} warnings like: {kind}."
    assert all(line.startswith("  ") and "looks like" in line for line in said[3:13])
    assert not any(slips[200] in line for line in said)
    assert said[13] == f"All of them: generate.py check --corpus {folder} --full"
    assert said[14] == f"{number} warnings."
    assert main(["check", "--full", *options]) == 0
    assert len(capsys.readouterr().err.splitlines()) == number + 1
    assert main(["check", "--format", "json", *options]) == 0
    assert len(json.loads(capsys.readouterr().out)) == number
    output = tmp_path / "out/x.pdf"
    for _ in range(2):  # built, and unchanged
        assert main(["build", *options, "--output", str(output), "--jobs", "1"]) == 0
        assert capsys.readouterr().err.splitlines() == said
    assert len(json.loads(output.with_suffix(".json").read_text("utf-8"))["diagnostics"]) == number
