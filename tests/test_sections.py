"""Which sections a packet has, and in which order."""

from __future__ import annotations

import re
from collections.abc import Callable
from pathlib import Path

import pytest
from conftest import make_edition

from dossier.cli.main import main
from dossier.proof import expected
from dossier.render import sections

Corpus = Callable[..., Path]
LETTER = "---\ntitle: One\ndate: 2012\nto: X\nsignatories: [A, {organization: B, country: JP}]\n---\nText [@w].\n"
WORKS = "references:\n- {id: w, type: book, title: A}\n"


@pytest.mark.parametrize(
    ("wanted", "left"),
    [
        ("[contents, letters, bibliography, index]", ["about", "cover", "glance", "introduction", "colophon"]),
        ("[cover, contents, introduction, letters, index, colophon, bibliography, glance]", ["about"]),
        ("[contents, glance, about, letters, index, bibliography]", ["cover", "introduction", "colophon"]),
    ],
)  # fmt: skip
def test_a_packet_has_the_sections_that_it_names_in_their_order(
    corpus: Corpus, tmp_path: Path, wanted: str, left: list[str]
) -> None:
    folder = corpus(**{
        "dossier.yaml": f"title: X\nintroduction: An introduction.\nsections: {wanted}\n",
        "letters/one.md": LETTER,
        "reports.yaml": WORKS,
    })  # fmt: skip
    edition = make_edition(folder, tmp_path / "x.pdf")
    ids = [item["id"] for item in edition.json["sections"]]
    assert ids == wanted[1:-1].replace("letters", "letters/one").split(", ")
    assert not set(left) & set(re.findall(r'<section id="(\w+)"', edition.html))
    assert main(["verify", str(tmp_path / "x.pdf"), "--corpus", str(folder)]) == 0


def test_a_section_in_another_place_is_refused(
    corpus: Corpus,
    tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch,
    capsys: pytest.CaptureFixture[str],
) -> None:
    folder = corpus(**{"letters/one.md": LETTER, "reports.yaml": WORKS})
    swapped = dict(sections.SECTIONS)
    swapped["about"], swapped["glance"] = swapped["glance"], swapped["about"]
    monkeypatch.setattr(sections, "SECTIONS", swapped)
    status = main(["--corpus", str(folder), "--output", str(tmp_path / "x.pdf"), "--jobs", "1"])
    assert status == 1, capsys.readouterr().err
    assert not (tmp_path / "x.pdf").exists()


def test_a_section_of_which_the_proof_knows_nothing_is_refused(
    corpus: Corpus,
    tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch,
    capsys: pytest.CaptureFixture[str],
) -> None:
    folder = corpus(**{
        "dossier.yaml": "title: X\nintroduction: Some words.\noutputs: []\n",
        "letters/one.md": LETTER,
        "reports.yaml": WORKS,
    })  # fmt: skip
    monkeypatch.setattr(expected, "PLAIN", {"cover": expected.cover})
    status = main(["--corpus", str(folder), "--output", str(tmp_path / "x.pdf"), "--jobs", "1"])
    said = capsys.readouterr().err
    assert status == 1
    assert "The proof has no expected text of “Introduction”" in said, said
