"""Many documents of one corpus: what each holds, and that they are made together or not at all."""

from __future__ import annotations

import errno
import json
import os
import re
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
from conftest import Edition, make_edition
from reader import Reading

from dossier import pipeline, stages
from dossier.cli.main import main
from dossier.typeset import workshop

UNION = "{organization: The Free Letters Union, person: Ann Lee, role: Chair}"
LETTERS = {
    "first": ("2012-01-08", "The Commission", "[Letter Watch, FLU]", "[prisons]", "[@paper]"),
    "second": ("2012", "{name: The Minister, lines: [To the Minister]}", "[Odhikar]", "[]", "[@book]"),
    "third": ("2012-11", "The commission!", f"[{UNION}, {{person: Bob Ray}}]", "[prisons, aid]", "[@book]"),
    "fourth": ("2013-02-01/2013-02-03", "A Friend", "[Letter  Watch (Japan)]", "[aid]", ""),
}  # fmt: skip
NAMES = """\
organizations:
  free-letters-union: {name: Free Letters Union, country: KR, acronym: FLU}
people:
  bob-ray: {name: Robert Ray, index_as: "Ray, Robert", aliases: [Bob Ray]}
  ann-one: {name: Ann One, aliases: [Ann], organization: free-letters-union}
  ann-two: {name: Ann Two, aliases: [Ann]}
"""
WORKS = """\
references:
- {id: book, type: book, title: Zebras, issued: 2001}
- {id: paper, type: report, title: A Paper, issued: 2011}
"""


@pytest.fixture
def make(corpus: Callable[..., Path]) -> Callable[..., Path]:
    """Return a function that writes four letters and the packets that are given, as YAML."""

    def write(packets: str = "", **files: str | None) -> Path:
        letters: dict[str, str | None] = {
            f"letters/{name}.md": f"---\ntitle: The {name}\ndate: {date}\nto: {to}\nsignatories: {signed}\n"
            # The soft hyphen is left out, with a warning.
            f"tags: {tags}\n---\nText of\u00ad the {name} {cited}.\n"
            for name, (date, to, signed, tags, cited) in LETTERS.items()
        }
        head = "title: All\nsubtitle: Every letter\nrights: Free\n"
        return corpus(
            **{
                "letters/one.md": None,
                "dossier.yaml": head + (f"packets:\n{packets}" if packets else ""),
                "names.yaml": NAMES,
                "reports.yaml": WORKS,
                **letters,
                **files,
            }
        )

    return write


def held(folder: Path, select: str) -> list[str]:
    """Return the ids of the letters that a selection holds."""
    settings = folder / "dossier.yaml"
    settings.write_text(f"title: All\npackets:\n  x: {{select: {select}}}\n", encoding="utf-8")
    corpus, found = stages.read(folder, "c")
    assert corpus is not None, "\n".join(map(str, found))
    return [letter.id for letter in stages.selected(corpus, corpus.packets[1])]


ALL = ["second", "first", "third", "fourth"]


@pytest.mark.parametrize(
    ("select", "expected"),
    [
        ("{letters: first}", "first"),
        ("{letters: [fourth, first]}", "first fourth"),
        ("{since: 2012-12-31}", "second fourth"),  # the second may be of any day of its year
        ("{since: 2013-02-03}", "fourth"),
        ("{until: 2012-01-08}", "second first"),
        ("{until: 2012}", "second first third"),
        ("{since: 2012-02, until: 2012-10}", "second"),
        ("{addressee: the commission}", "first third"),
        ("{addressee: [A friend, The Minister]}", "second fourth"),
        ("{signed_by: free-letters-union}", "first third"),
        ("{signed_by: Union}", None),
        ("{signed_by: Free letters union}", "first third"),
        ("{signed_by: bob-ray}", "third"),
        ("{signed_by: Robert Ray}", "third"),
        ("{signed_by: [ann lee, Odhikar]}", "second third"),
        ("{signed_by: Letter Watch}", "first"),
        ("{signed_by: Letter Watch (Japan)}", "fourth"),
        ("{signed_by: The Letter Watch}", "first fourth"),
        ("{cites: book}", "second third"),
        ("{tags: [prisons, aid]}", "first third fourth"),
        ("{tags: aid, since: 2013}", "fourth"),
        ("{tags: aid, except: {cites: book}}", "fourth"),
        ("{except: {letters: [first, third]}}", "second fourth"),
        ("{except: {tags: aid, since: 2013}}", "second first third"),
    ],
)
def test_what_a_selection_holds(
    select: str, expected: str | None, make: Callable[..., Path]
) -> None:
    folder = make()
    if expected is None:
        with pytest.raises(AssertionError, match="Nobody signs as “Union”"):
            held(folder, select)
    else:
        assert held(folder, select) == expected.split()


TWO = """\
  prisons:
    title: On prisons
    subtitle: Two letters
    rights:
    select: {tags: prisons}
    introduction: |
      Only *these* two.
  late: {select: {since: 2013}}
"""


def build(folder: Path, *words: str, output: str = "out/x.pdf") -> int:
    where = ["--corpus", str(folder), "--output", str(folder.parent / output), "--jobs", "1"]
    return main(["build", *words, *where])


def listing(path: Path) -> dict[str, Any]:
    data: dict[str, Any] = json.loads(path.read_text(encoding="utf-8"))
    return data


def test_a_packet_holds_its_selection_and_nothing_else(make: Callable[..., Path]) -> None:
    folder = make(TWO)
    assert build(folder, "prisons") == 0
    data = listing(folder.parent / "out/x.json")
    assert data["packet"] == "prisons"
    sections = [one["id"] for one in data["sections"] if one["id"].startswith("letters/")]
    assert sections == ["letters/first", "letters/third"]
    headings = [one["heading"] for one in data["index"]]
    assert headings == [
        "Ann Lee",
        "Free Letters Union (South Korea)",
        "Letter Watch",
        "Ray, Robert",
    ]
    # Numbers are those of the whole: the second letter stands before the first, “A Paper” before “Zebras”.
    assert [(one["id"], one["number"]) for one in data["bibliography"]] == [
        ("paper", 1), ("book", 2),
    ]  # fmt: skip
    assert {one["letter"] for work in data["bibliography"] for one in work["cited_in"]} == {
        "first", "third",
    }  # fmt: skip
    assert {Path(one["path"]).name for one in data["diagnostics"]} == {"first.md", "third.md"}
    reading = Reading(folder.parent / "out/x.pdf")
    text = "\n".join(reading.text(number) for number in range(1, reading.pages + 1))
    assert "On prisons" in text
    assert "2 letters · 4 signatures · 2 cited works" in text
    assert "Only these two." in text
    for word in ("Letter 2", "Letter 3", "have the numbers that they have"):
        assert word in " ".join(text.split()), word
    page = (folder.parent / "out/x.html").read_text(encoding="utf-8")
    whole = text + page
    for word in ("Odhikar", "The second", "The fourth", "The Minister", "Every letter", "Free\n"):
        assert word not in whole, word


def test_letters_and_works_keep_their_numbers(make: Callable[..., Path]) -> None:
    folder = make("  third: {select: {letters: third}}\n")
    assert build(folder, "third") == 0
    data = listing(folder.parent / "out/x.json")
    assert [(one["id"], one["number"]) for one in data["bibliography"]] == [("book", 2)]
    assert "3. The third" in [one["title"] for one in data["sections"]]
    reading = Reading(folder.parent / "out/x.pdf")
    text = " ".join(" ".join(reading.text(n) for n in range(1, reading.pages + 1)).split())
    assert "Text of the third [2]." in text
    assert "Cited in 3:5" in text


def test_packets_take_their_keys_from_the_whole(make: Callable[..., Path]) -> None:
    folder = make(TWO)
    corpus, _ = stages.read(folder, "c")
    assert corpus is not None
    whole, prisons, late = (one.publication for one in corpus.packets)
    assert (late.title, late.subtitle, late.rights) == (whole.title, whole.subtitle, whole.rights)
    assert (prisons.title, prisons.subtitle, prisons.rights) == ("On prisons", "Two letters", None)


def test_all_packets_are_made_of_one_reading_and_no_letter_is_set_twice(
    make: Callable[..., Path], monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    folder, out = make(TWO), make().parent / "out"
    make(TWO)
    sets: list[str] = []
    true = workshop.set_batch

    def counted(style: str, html: list[str]) -> Any:
        sets.extend(
            re.findall(r"Text of the \w+", text)[0] for text in html if "Text of the" in text
        )
        return true(style, html)

    reads: list[int] = []
    read = stages.read

    def once(*given: Any) -> Any:
        reads.append(1)
        return read(*given)

    monkeypatch.setattr(workshop, "set_batch", counted)
    monkeypatch.setattr(stages, "read", once)
    assert build(folder, "--all", "--no-cache") == 0
    assert sorted(sets) == sorted(f"Text of the {name}" for name in LETTERS)
    assert reads == [1]
    assert sorted(path.name for path in out.iterdir()) == [
        f"{name}.{suffix}"
        for name in ("late", "prisons", "x")
        for suffix in ("html", "json", "pdf", "sha256")
    ]
    capsys.readouterr()
    for name, letters in (("x", 4), ("prisons", 2), ("late", 1)):
        assert main(["verify", str(out / f"{name}.pdf"), "--corpus", str(folder)]) == 0
        assert f"as it should be: {letters} letter" in capsys.readouterr().out
    assert [listing(out / f"{name}.json").get("packet") for name in ("x", "prisons", "late")] == [
        None, "prisons", "late",
    ]  # fmt: skip


@pytest.mark.slow
def test_a_packet_is_the_same_alone_and_among_others(make: Callable[..., Path]) -> None:
    folder = make(TWO)
    assert build(folder, "late", output="alone/late.pdf") == 0
    assert build(folder, "prisons", "late", output="two/prisons.pdf") == 0
    assert build(folder, "--all", output="all/dossier.pdf") == 0
    for suffix in ("pdf", "html", "json"):
        files = [folder.parent / f"{name}/late.{suffix}" for name in ("alone", "two", "all")]
        assert len({path.read_bytes() for path in files}) == 1


def test_the_whole_is_the_same_with_packets_and_without(
    real: Edition, tmp_path: Path, make: Callable[..., Path]
) -> None:
    folder = make()
    before = make_edition(folder, tmp_path / "a/x.pdf")
    make(TWO)
    after = make_edition(folder, tmp_path / "b/x.pdf")
    assert before.pdf.read_bytes() == after.pdf.read_bytes()
    assert (before.html, before.json) == (after.html, after.json)
    assert "packet" not in real.json


@pytest.mark.slow
def test_nothing_is_written_where_one_file_cannot_be(
    make: Callable[..., Path], monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    folder = make(TWO)
    out = folder.parent / "out"
    assert build(folder, "--all") == 0
    before = {path.name: path.read_bytes() for path in out.glob("[!.]*")}
    (folder / "dossier.yaml").write_text(
        "title: Changed\npackets:\n" + TWO.replace("On prisons", "Other"), encoding="utf-8"
    )
    true = os.replace

    def no_late(source: Any, target: Any) -> None:
        if str(target).endswith("/late.html"):
            raise PermissionError(errno.EPERM, os.strerror(errno.EPERM))
        true(source, target)

    with monkeypatch.context() as patch:
        patch.setattr(os, "replace", no_late)
        assert build(folder, "--all") == 3
    assert "late.html” cannot be written" in capsys.readouterr().err
    assert {path.name: path.read_bytes() for path in out.glob("[!.]*")} == before
    (out / "late.json").write_text("my own", encoding="utf-8")
    assert build(folder, "--all") == 3
    assert (out / "x.pdf").read_bytes() == before["x.pdf"]


@pytest.mark.slow
def test_a_killed_run_of_several_is_undone_by_a_run_of_one(
    make: Callable[..., Path], monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    folder = make(TWO)
    out = folder.parent / "out"
    assert build(folder, "--all") == 0
    before = {path.name: path.read_bytes() for path in out.glob("[!.]*")}
    (folder / "dossier.yaml").write_text("title: Changed\npackets:\n" + TWO, encoding="utf-8")
    child = os.fork()
    if not child:
        true = os.replace

        def killed(source: Any, target: Any) -> None:
            if str(target).endswith("/late.html"):
                os._exit(9)
            true(source, target)

        os.replace = killed
        build(folder, "--all")
        os._exit(0)
    assert os.waitstatus_to_exitcode(os.waitpid(child, 0)[1]) == 9
    assert (out / "late.pdf").read_bytes() != before["late.pdf"]  # a mix
    (folder / "dossier.yaml").write_text(
        "title: All\nsubtitle: Every letter\nrights: Free\npackets:\n" + TWO, encoding="utf-8"
    )
    capsys.readouterr()
    assert main(["verify", str(out / "late.pdf"), "--corpus", str(folder)]) == 0
    assert {path.name: path.read_bytes() for path in out.glob("[!.]*")} == before


def test_a_run_of_several_knows_that_nothing_has_changed(
    make: Callable[..., Path], capsys: pytest.CaptureFixture[str]
) -> None:
    folder = make(TWO)

    def said(*words: str) -> list[str]:
        capsys.readouterr()
        assert build(folder, *words) == 0
        return [
            line.split(":")[0].rsplit("/", 1)[-1] for line in capsys.readouterr().out.splitlines()
        ]

    assert said("--all")[:3] == ["x.pdf", "prisons.pdf", "late.pdf"]
    for words in (["--all"], []):
        capsys.readouterr()
        assert build(folder, *words) == 0
        assert "Wrote" not in capsys.readouterr().out, words
    (folder.parent / "out/late.html").unlink()
    assert build(folder, "--all") == 0
    out = capsys.readouterr().out
    assert out.count("Wrote") == 3
    assert out.rstrip().rpartition("\n")[2].startswith("3 packets, ")
    # Under another name the same file is another packet.
    assert build(folder, "prisons") == 0
    assert "Wrote" in capsys.readouterr().out


def test_what_a_finished_packet_is_told_by(
    make: Callable[..., Path], capsys: pytest.CaptureFixture[str]
) -> None:
    folder = make(TWO)
    out = folder.parent / "out"
    assert build(folder, "late", output="out/renamed.pdf") == 0
    assert main(["verify", str(out / "renamed.pdf"), "--corpus", str(folder)]) == 0
    (folder / "dossier.yaml").write_text("title: All\n", encoding="utf-8")
    capsys.readouterr()
    assert main(["verify", str(out / "renamed.pdf"), "--corpus", str(folder)]) == 1
    assert (
        "The file is the packet “late”, which the corpus does not have." in capsys.readouterr().err
    )
    make("  late: {select: {letters: first}}\n")
    assert main(["verify", str(out / "renamed.pdf"), "--corpus", str(folder)]) == 1
    # Without its listing a file is taken for the packet of its name.
    make(TWO)
    for suffix in (".pdf", ".html"):
        (out / f"renamed{suffix}").rename(out / f"late{suffix}")
    capsys.readouterr()
    assert main(["verify", str(out / "late.pdf"), "--corpus", str(folder)]) == 1
    assert (
        capsys.readouterr().err.count("error") == 2
    )  # that the listing is not there, and how many


@pytest.mark.parametrize("wrong", [ALL, ["first"], ["third", "first"], ["second", "third"]])
def test_a_selection_that_went_wrong_is_found_before_anything_is_written(
    wrong: list[str],
    make: Callable[..., Path],
    monkeypatch: pytest.MonkeyPatch,
    capsys: pytest.CaptureFixture[str],
) -> None:
    folder = make(TWO)

    def misled(corpus: Any, packet: Any) -> tuple[Any, ...]:
        letters = {letter.id: letter for letter in corpus.letters}
        return tuple(letters[name] for name in wrong)

    monkeypatch.setattr("dossier.compile.compiler.selected", misled)
    assert build(folder, "prisons") == 1
    assert "The program has made a mistake, not you" in capsys.readouterr().err
    assert not (folder.parent / "out/x.pdf").exists()


@pytest.mark.parametrize(
    ("words", "output", "said"),
    [
        (["prisons", "late"], "out/late.pdf", "would be the packets “prisons” and “late” at once"),
        (["prison"], "out/x.pdf", "there is no packet “prison” in"),
        (["--all", "late"], "out/x.pdf", "“--all” builds every packet"),
        (["reports"], "corpus/x.pdf", "there is no packet “reports”"),
    ],
)
def test_what_cannot_be_asked_for(
    words: list[str], output: str, said: str, make: Callable[..., Path],
    capsys: pytest.CaptureFixture[str],
) -> None:  # fmt: skip
    folder = make(TWO)
    assert build(folder, *words, output=output) == 2
    assert said in capsys.readouterr().err
    assert not list(folder.parent.glob("*/*.pdf"))


def test_a_packet_does_not_become_a_part_of_the_corpus(
    make: Callable[..., Path], capsys: pytest.CaptureFixture[str]
) -> None:
    folder = make("  reports: {select: {letters: first}}\n")
    (folder / "reports.yaml").unlink()
    (folder / "reports.json").write_text(
        '[{"id": "book", "type": "book", "title": "Z"}, {"id": "paper", "type": "book", "title": "P"}]',
        encoding="utf-8",
    )
    assert build(folder, "--all", output="corpus/x.pdf") == 2
    assert "reports.json” would become a part of the corpus" in capsys.readouterr().err


def test_the_packets_are_listed_with_what_each_would_hold(
    make: Callable[..., Path], capsys: pytest.CaptureFixture[str]
) -> None:
    folder = make(TWO + "  most: {select: {except: {letters: first}}}\n")
    assert main(["packets", "--corpus", str(folder)]) == 0
    assert capsys.readouterr().out.splitlines() == [
        "dossier: 4 letters (everything), 6 signatures, 2 cited works: All",
        "prisons: 2 letters (no. 2–3), 4 signatures, 2 cited works: On prisons",
        "late: 1 letter (no. 4), 1 signature, 0 cited works: All",
        "most: 3 letters (no. 1, 3–4), 4 signatures, 1 cited work: All",
    ]


def test_without_output_a_packet_has_its_name(
    make: Callable[..., Path], monkeypatch: pytest.MonkeyPatch
) -> None:
    folder = make(TWO)
    monkeypatch.chdir(folder.parent)
    request = pipeline.BuildRequest(folder, packets=("late", "dossier"), jobs=1, cache=False)
    built = pipeline.build(request)
    assert [(one.name, one.pdf, one.letters) for one in built.packets] == [
        ("late", Path("build/late.pdf"), 1), ("dossier", Path("build/dossier.pdf"), 4),
    ]  # fmt: skip
    assert all(one.pdf.is_file() for one in built.packets)
