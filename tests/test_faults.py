"""Every kind of fault is reported at its place, all in one run, in words an editor understands."""

from __future__ import annotations

import json
import shutil
import time
from collections.abc import Callable
from pathlib import Path

import pytest

from dossier import stages
from dossier.cli.main import main
from dossier.read.corpus import read

HEAD = "title: One\ndate: 2012-01-08\nto: Somebody\n"
UNION = "organizations:\n  free-letters-union:\n    name: Free Letters Union\n    country: JP\n"

LETTER = "letters/one.md"


def letter(head: str = HEAD, body: str = "A text.\n", signed: str = "") -> str:
    signatures = f"signatories:\n{signed}" if signed else ""
    return f"---\n{head}{signatures}---\n{body}"


# Each folder is what is broken in a corpus, to lie over the sound one, and the findings it ought to bring.
FOLDER = Path(__file__).parent / "faults"
SOUND = FOLDER / "_sound"
KINDS = sorted(path.name for path in FOLDER.iterdir() if path != SOUND)


@pytest.mark.parametrize("kind", KINDS)
def test_a_fault_is_reported_where_it_stands(kind: str, tmp_path: Path) -> None:
    folder = tmp_path / "corpus"
    shutil.copytree(SOUND, folder)
    beside = shutil.ignore_patterns("expected.txt")
    shutil.copytree(FOLDER / kind, folder, ignore=beside, dirs_exist_ok=True)
    expected = (FOLDER / kind / "expected.txt").read_text(encoding="utf-8").splitlines()
    found, diagnostics = stages.read(folder, "")
    assert [str(item) for item in diagnostics] == expected
    assert (found is None) == any(": error: " in line for line in expected)


@pytest.mark.parametrize(
    ("name", "renamed", "expected"),
    [
        (
            "dossier.yaml",
            "dossier.yml",
            [
                "dossier.yaml:1:1: error: The file is missing. Create it, with a line such as “title: Open "
                "letters”.",
                "dossier.yml:1:1: warning: The file “dossier.yml” is not read. Did you mean “dossier.yaml”?",
            ],
        ),
        (
            "letters",
            "letter",
            [
                "letter:1:1: warning: The folder “letter” is not read. Did you mean “letters”?",
                "letters:1:1: error: The folder is missing. Create it and put letters into it.",
            ],
        ),
        (
            "letters/one.md",
            "one.md",
            ["letters:1:1: error: There is no letter here. Add a letter as letters/ID.md."],
        ),
    ],
)
def test_what_a_corpus_must_have_is_missing(
    name: str, renamed: str, expected: list[str], tmp_path: Path
) -> None:
    folder = tmp_path / "corpus"
    shutil.copytree(SOUND, folder)
    (folder / name).rename(folder / renamed)
    found, diagnostics = read(folder, "")
    assert found is None
    assert [str(item) for item in diagnostics] == expected


def test_all_faults_come_in_one_run(corpus: Callable[..., Path]) -> None:
    folder = corpus(
        **{
            "dossier.yaml": "titel: X\n",
            LETTER: letter(HEAD + "tgas: [a]\n", "Text [@missing].\n"),
            "letters/two.md": letter("title: Two\ndate: never\nto: X\n"),
            "names.yaml": UNION.replace("country", "contry"),
            "reports.yaml": "references:\n- {id: w, type: bok, title: W}\n",
        }
    )
    _, diagnostics = read(folder, "c")
    places = [(item.path, item.line) for item in diagnostics]
    assert places == [
        ("c/dossier.yaml", 1), ("c/letters/one.md", 5), ("c/letters/one.md", 7),
        ("c/letters/two.md", 3), ("c/names.yaml", 4), ("c/reports.yaml", 2),
    ]  # fmt: skip


def test_a_symbolic_link_out_of_the_corpus_is_refused(
    corpus: Callable[..., Path], tmp_path: Path
) -> None:
    secret = tmp_path / "secret.md"
    secret.write_text(letter(), encoding="utf-8")
    folder = corpus()
    (folder / "letters/two.md").symlink_to(secret)
    _, diagnostics = read(folder, "c")
    assert [str(item) for item in diagnostics] == [
        "c/letters/two.md:1:1: error: The file leads out of the corpus or is no plain file. "
        "Put the file itself into the corpus."
    ]


def test_aliases_that_explode_are_refused_quickly(corpus: Callable[..., Path]) -> None:
    lines = ["a0: &a0 [x, x, x, x, x, x, x, x, x, x]"]
    lines += [f"a{n}: &a{n} [{', '.join([f'*a{n - 1}'] * 10)}]" for n in range(1, 9)]
    _, diagnostics = read(corpus(**{"names.yaml": "\n".join(lines) + "\n"}), "c")
    assert [item.message for item in diagnostics] == [
        "The file holds more than 400,000 values once its aliases are written out"
    ]


def test_an_alias_of_itself_is_refused(corpus: Callable[..., Path]) -> None:
    found, diagnostics = read(corpus(**{"names.yaml": "organizations: &a {x: *a}\n"}), "c")
    assert found is None
    assert diagnostics


def test_files_that_begin_with_a_point_are_no_letters(corpus: Callable[..., Path]) -> None:
    reports = "references:\n- {id: w, type: book, title: W}\n"
    folder = corpus(**{"letters/.one.md": "x", "reports.yaml": reports})
    found, diagnostics = read(folder, "c")
    assert found is not None
    assert [item.message for item in diagnostics] == ["No letter cites “w”"]


def test_a_fault_of_the_program_itself_is_no_traceback(
    corpus: Callable[..., Path], capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    def broken(*_: object) -> None:
        raise ValueError("something")

    monkeypatch.setattr("dossier.read.corpus.read", broken)
    assert main(["check", "--corpus", str(corpus())]) == 4
    error = capsys.readouterr().err
    assert error.startswith("dossier: a bug in the program: ValueError: something")
    assert "Traceback" not in error


def test_deep_nesting_is_refused(corpus: Callable[..., Path]) -> None:
    _, diagnostics = read(corpus(**{"names.yaml": "[" * 5000}), "c")
    assert [item.message for item in diagnostics] == ["The values are nested deeper than 24 levels"]


def test_a_letter_that_cannot_be_read_makes_no_work_look_uncited(
    corpus: Callable[..., Path],
) -> None:
    reports = "references:\n- {id: w, type: book, title: W}\n"
    _, diagnostics = read(
        corpus(**{LETTER: letter('title: "X\n', "[@w]\n"), "reports.yaml": reports}), "c"
    )
    assert [item.path for item in diagnostics] == ["c/letters/one.md"]


def test_no_corpus_at_all(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["check", "--corpus", str(tmp_path / "none")]) == 1
    assert "There is no corpus here" in capsys.readouterr().err


def test_norway_is_a_country_and_dates_are_texts(corpus: Callable[..., Path]) -> None:
    folder = corpus(**{"names.yaml": UNION.replace("JP", "NO")})
    found, diagnostics = read(folder, "c")
    assert found is not None
    assert found.names.organizations["free-letters-union"].country == "NO"
    assert not diagnostics


def test_distinct_silences_the_warning(corpus: Callable[..., Path]) -> None:
    signed = letter(signed="  - Free Letters Unions\n")
    pair = 'distinct:\n  - ["Free Letters Unions", free-letters-union]\n'
    _, diagnostics = read(corpus(**{LETTER: signed, "names.yaml": UNION + pair}), "c")
    assert not diagnostics


def test_check_gives_the_same_list_to_machines(
    corpus: Callable[..., Path], capsys: pytest.CaptureFixture[str]
) -> None:
    folder = corpus(**{"dossier.yaml": "titel: X\n"})
    assert main(["check", "--corpus", str(folder), "--format", "json"]) == 1
    (item,) = json.loads(capsys.readouterr().out)
    assert (item["line"], item["column"], item["severity"]) == (1, 1, "error")
    assert item["remedy"] == "Did you mean “title”?"


def test_nothing_in_a_finding_moves_or_hides_text_on_a_terminal(
    corpus: Callable[..., Path], capsys: pytest.CaptureFixture[str]
) -> None:
    folder = corpus(
        **{"letters/\x9b31m\u202e.md": letter(), "dossier.yaml": 'title: X\n"\\e[1m": x\n'}
    )
    for form in ("text", "json"):
        assert main(["check", "--corpus", str(folder), "--format", form]) == 1
        said = capsys.readouterr()
        assert not {"\x9b", "\u202e", "\x1b"} & {*said.out, *said.err}
        assert "\\u202e" in said.out + said.err


def test_a_warning_is_a_fault_under_strict(corpus: Callable[..., Path]) -> None:
    folder = corpus(**{LETTER: letter(signed="  - Odhikar\n  - Odhikars\n")})
    assert main(["check", "--corpus", str(folder)]) == 0
    assert main(["check", "--corpus", str(folder), "--strict"]) == 1


def test_huge_files_are_refused_quickly(corpus: Callable[..., Path]) -> None:
    folder = corpus(**{LETTER: letter(body="word " * 200_000), "names.yaml": "a: b\n" * 2_000_000})
    start = time.monotonic()
    _, diagnostics = read(folder, "c")
    assert time.monotonic() - start < 5
    assert [str(item) for item in diagnostics] == [
        f"c/{name}:1:1: error: The file is larger than {size} MB. Split it, or check that it is the "
        "right file."
        for name, size in ((LETTER, "0.5"), ("names.yaml", "5"))
    ]
