"""Every kind of fault is reported at its place, all in one run, in words an editor understands."""

from __future__ import annotations

import json
from collections.abc import Callable
from pathlib import Path

import pytest

from dossier.cli import main
from dossier.read import read

HEAD = "title: One\ndate: 2012-01-08\nto: Somebody\n"
UNION = "organizations:\n  free-letters-union:\n    name: Free Letters Union\n    country: JP\n"

LETTER = "letters/one.md"


def letter(head: str = HEAD, body: str = "A text.\n", signed: str = "") -> str:
    signatures = f"signatories:\n{signed}" if signed else ""
    return f"---\n{head}{signatures}---\n{body}"


FAULTS = {
    "a misspelt key": (
        {"dossier.yaml": "titel: X\n"},
        ["dossier.yaml:1:1: error: The key “titel” is unknown. Did you mean “title”?"],
    ),
    "a missing key": (
        {LETTER: letter("title: One\ndate: 2012\n")},
        ["letters/one.md:2:1: error: The key “to” is missing. Add “to: …”."],
    ),
    "a key that stands twice": (
        {LETTER: letter(HEAD + "title: Two\n")},
        ["letters/one.md:5:1: error: The key “title” stands twice, first in line 2. Keep one of them."],
    ),
    "an empty value": (
        {"dossier.yaml": "title:\n"},
        ["dossier.yaml:1:7: error: “title” is empty. Write its value."],
    ),
    "a word that is no choice": (
        {"dossier.yaml": "title: X\npaper: Lettr\n"},
        ["dossier.yaml:2:8: error: “Lettr” is not a value of “paper”. Did you mean “Letter”?"],
    ),
    "a date that is none": (
        {LETTER: letter("title: One\ndate: 2012-02-30\nto: X\n")},
        [
            "letters/one.md:3:7: error: The date “2012-02-30” is not a date in the form YYYY-MM-DD, "
            "YYYY-MM or YYYY. Write, for example, 2012-01-08, 2012-01, 2012-01-08? or "
            "2012-01-08/2012-01-10."
        ],
    ),
    "a country that is none": (
        {"names.yaml": UNION.replace("JP", "Japan")},
        [
            "names.yaml:4:14: error: “Japan” is not an ISO 3166-1 country code. Write its two capital "
            "letters, for example JP, KR or US."
        ],
    ),
    "a language that is none": (
        {"dossier.yaml": "title: X\nlanguage: englisch!\n"},
        [
            "dossier.yaml:2:11: error: “englisch!” is not a BCP 47 language tag. Write, for example, en, "
            "ko or zh-Hant."
        ],
    ),
    "a colon in a text": (
        {"dossier.yaml": "title: X: Y\n"},
        [
            "dossier.yaml:1:9: error: A colon followed by a space stands inside a text. Put the whole "
            "text in quotes."
        ],
    ),
    "a quotation mark left open": (
        {LETTER: letter('title: "One\ndate: 2012\nto: X\n')},
        [
            "letters/one.md:2:8: error: A quotation mark is opened and never closed. Close it, or write "
            "the apostrophe in a text that is itself in double quotes."
        ],
    ),
    "a YAML tag": (
        {"dossier.yaml": "title: !!python/name:os.system X\n"},
        [
            "dossier.yaml:1:8: error: The YAML tag “tag:yaml.org,2002:python/name:os.system” is not part "
            "of the format. Remove the tag."
        ],
    ),
    "no front matter": (
        {LETTER: "A text.\n"},
        [
            "letters/one.md:1:1: error: The letter does not begin with its front matter. Put a line of "
            "three hyphens, the keys and another such line before the text."
        ],
    ),
    "a front matter without end": (
        {LETTER: "---\ntitle: X\n"},
        [
            "letters/one.md:1:1: error: The front matter has no end. Put a line of three hyphens between "
            "the keys and the text."
        ],
    ),
    "a letter without text": (
        {LETTER: letter(body="\n")},
        ["letters/one.md:6:1: error: The letter has no text. Write it below the keys."],
    ),
    "a name that is no id": (
        {"letters/Two.md": letter()},
        [
            "letters/Two.md:1:1: error: The file's name “Two” cannot be an id. Use small letters a to z, "
            "digits and single hyphens."
        ],
    ),
    "a file that is no letter": (
        {"letters/notes.docx": "x"},
        [
            "letters/notes.docx:1:1: error: The file is not a letter. Name it ID.md, or move it "
            "elsewhere."
        ],
    ),
    "a work that is not there": (
        {
            LETTER: letter(body="Some text\nwith [@white-papr].\n"),
            "reports.yaml": "references:\n- {id: white-paper, type: report, title: W}\n",
        },
        [
            "letters/one.md:7:6: error: There is no work “white-papr” in the reports file. Did you mean "
            "“white-paper”?",
            "reports.yaml:2:8: warning: No letter cites “white-paper”. Cite it with [@white-paper] where "
            "a letter names it, or remove it.",
        ],
    ),
    "a type of work that is none": (
        {"reports.yaml": "references:\n- {id: w, type: reprt, title: W}\n"},
        ["reports.yaml:2:17: error: “reprt” is not a value of “type”. Did you mean “report”?"],
    ),
    "an id that stands twice": (
        {
            "reports.yaml": "references:\n- {id: w, type: book, title: W}\n- {id: w, type: book, title: X}\n",
            LETTER: letter(body="See [@w].\n"),
        },
        ["reports.yaml:3:8: error: The id “w” stands twice. Give one of the works another id."],
    ),
    "a link of another scheme": (
        {LETTER: letter(body="See [this](javascript:alert(1)).\n")},
        [
            "letters/one.md:6:10: error: The link leads to “javascript:alert(1)”, which is neither a web "
            "address nor an e-mail address. Use a link that begins with https:, http: or mailto:, or "
            "write the words without it."
        ],
    ),
    "a source that is not there": (
        {LETTER: letter(HEAD + "source: {file: sources/on.txt}\n"), "sources/one.txt": "x"},
        [
            "letters/one.md:5:16: error: There is no file “sources/on.txt” in the corpus. Did you mean "
            "“sources/one.txt”?"
        ],
    ),
    "a source outside the corpus": (
        {LETTER: letter(HEAD + "source: {file: ../../etc/passwd}\n")},
        [
            "letters/one.md:5:16: error: There is no file “../../etc/passwd” in the corpus. Put the file "
            "into the corpus, or remove the key."
        ],
    ),
    "an invisible character": (
        {LETTER: letter(body="A \u202etext.\n")},
        ["letters/one.md:6:3: error: The invisible character U+202E stands here. Delete it."],
    ),
    "a character without a font": (
        {LETTER: letter(body="A ก.\n")},
        [
            "letters/one.md:6:3: error: No installed font has the character ก (U+0E01). Install its font "
            "with: .venv/bin/pip install fontpkg-noto-sans-thai."
        ],
    ),
    "a link with a title": (
        {LETTER: letter(body='[x](https://example.org "More words").\n')},
        [
            "letters/one.md:6:3: error: The title of the link, “More words”, would not be printed. Remove "
            "it, or write it into the text."
        ],
    ),
    "a text that a # cuts short": (
        {LETTER: letter("title: Appeal #2\ndate: 2012\nto: X\n")},
        [
            "letters/one.md:2:15: warning: What follows the # is not read. Put the whole text in quotes."
        ],
    ),
    "a hidden character behind an escape": (
        {"dossier.yaml": 'title: "A\\u202eB\\u0007"\n'},
        [
            "dossier.yaml:1:8: error: The text has the invisible character U+0007. Remove its escape.",
            "dossier.yaml:1:8: error: The text has the invisible character U+202E. Remove its escape.",
        ],
    ),
    "a citation that is not read as one": (
        {
            LETTER: letter(body="A [@w] and [see @w, p. 3].\n"),
            "reports.yaml": "references:\n- {id: w, type: book, title: W}\n",
        },
        [
            "letters/one.md:6:17: warning: “@w” is not read as a citation here. Write [@w] or [@w, p. 12], "
            "one work in each pair of brackets."
        ],
    ),
    "a list that does not line up": (
        {LETTER: letter(HEAD + "signatories:\n  - A\n - B\n")},
        [
            "letters/one.md:7:2: error: The line does not fit those before it. Indent it as its neighbours "
            "are; put a text that begins with a quotation mark or a bracket wholly into quotes."
        ],
    ),
    "a signature that names nobody": (
        {LETTER: letter(signed="  - {country: JP}\n")},
        [
            "letters/one.md:6:5: error: The signature names nobody. Give it an “organization” or a "
            "“person”."
        ],
    ),
    "a signature without an entry": (
        {LETTER: letter(signed="  - Odhikar\n"), "names.yaml": UNION},
        [
            "letters/one.md:6:5: warning: “Odhikar” has no entry in names.yaml. Add under “organizations” "
            'in names.yaml: odhikar: {name: "Odhikar"}'
        ],
    ),
    "a signature that looks like an entry": (
        {LETTER: letter(signed="  - Free Letters Unions\n"), "names.yaml": UNION},
        [
            "letters/one.md:6:5: warning: “Free Letters Unions” has no entry in names.yaml, but it looks "
            "like “Free Letters Union”. If it is the same, add it to that entry's aliases. If not: add "
            'under “organizations” in names.yaml: free-letters-unions: {name: "Free Letters Unions"}, or '
            'add under “distinct”: - ["Free Letters Unions", "Free Letters Union"]'
        ],
    ),
    "a signature of another country": (
        {LETTER: letter(signed="  - Free Letters Union (Canada)\n"), "names.yaml": UNION},
        [
            "letters/one.md:6:5: warning: The signature says CA, but “free-letters-union” in names.yaml is "
            "of JP. Correct the entry's country, or give the other body an entry of its own."
        ],
    ),
    "a wording of two entries": (
        {"names.yaml": UNION + "  other:\n    name: free letters union\n    country: JP\n"},
        [
            "names.yaml:5:3: error: “free letters union” is also a wording of “free-letters-union”. Keep "
            "it in one entry, or give both their countries."
        ],
    ),
    "a person of no organization": (
        {"names.yaml": UNION + "people:\n  k: {name: K, organization: free-leters-union}\n"},
        [
            "names.yaml:6:30: error: There is no entry “free-leters-union”. Did you mean "
            "“free-letters-union”?"
        ],
    ),
}  # fmt: skip


@pytest.mark.parametrize("kind", FAULTS)
def test_a_fault_is_reported_where_it_stands(kind: str, corpus: Callable[..., Path]) -> None:
    files, expected = FAULTS[kind]
    found, diagnostics = read(corpus(**files), "c")
    assert [str(item) for item in diagnostics] == [f"c/{line}" for line in expected]
    assert (found is None) == any(": error: " in line for line in expected)


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


def test_bytes_that_are_not_utf_8(corpus: Callable[..., Path]) -> None:
    folder = corpus()
    (folder / LETTER).write_bytes(letter().encode().replace(b"A text", b"A te\xffxt"))
    _, diagnostics = read(folder, "c")
    assert [str(item) for item in diagnostics] == [
        "c/letters/one.md:6:5: error: The file is not UTF-8 from here on. Save it with the encoding UTF-8."
    ]


def test_byte_order_mark_and_windows_line_ends_are_accepted(corpus: Callable[..., Path]) -> None:
    folder = corpus()
    (folder / LETTER).write_bytes(b"\xef\xbb\xbf" + letter().replace("\n", "\r\n").encode())
    found, diagnostics = read(folder, "c")
    assert found is not None
    assert not diagnostics


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

    monkeypatch.setattr("dossier.read.read", broken)
    assert main(["check", "--corpus", str(corpus())]) == 3
    error = capsys.readouterr().err
    assert error.startswith("dossier: a fault of the program itself: ValueError: something")
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


def test_homonyms_are_told_apart_by_country(corpus: Callable[..., Path]) -> None:
    names = UNION + "  other:\n    name: Free Letters Union\n    country: CA\n"
    signed = "  - Free Letters Union (Canada)\n  - Free Letters Union\n"
    _, diagnostics = read(corpus(**{LETTER: letter(signed=signed), "names.yaml": names}), "c")
    assert [str(item) for item in diagnostics] == [
        "c/letters/one.md:7:5: error: “Free Letters Union” fits several entries of names.yaml: "
        "“free-letters-union” and “other”. Give the signature its “country”, or the entry this wording "
        "as an alias."
    ]


def test_check_gives_the_same_list_to_machines(
    corpus: Callable[..., Path], capsys: pytest.CaptureFixture[str]
) -> None:
    folder = corpus(**{"dossier.yaml": "titel: X\n"})
    assert main(["check", "--corpus", str(folder), "--format", "json"]) == 1
    (item,) = json.loads(capsys.readouterr().out)
    assert (item["line"], item["column"], item["severity"]) == (1, 1, "error")
    assert item["remedy"] == "Did you mean “title”?"


def test_a_warning_is_a_fault_under_strict(corpus: Callable[..., Path]) -> None:
    folder = corpus(**{LETTER: letter(signed="  - Odhikar\n")})
    assert main(["check", "--corpus", str(folder)]) == 0
    assert main(["check", "--corpus", str(folder), "--strict"]) == 1
