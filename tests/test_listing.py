"""What the JSON listing says of each letter: who signed, how letters belong together, pictures."""

from __future__ import annotations

import dataclasses
import hashlib
import json
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
from conftest import Edition, make_edition, write_files

from dossier import stages
from dossier.outputs import listing as maker
from dossier.pipeline import BuildRequest, build, verify
from dossier.records.diagnostics import RefusedError
from dossier.records.dossier import Dossier, Letter

PICTURE = (Path(__file__).parent / "faults/pictures/pictures/map.png").read_bytes()
SIGNED = """
  - First Union
  - {person: Ann Lee, withdrawn: 2020-03-04}
  - group:
      heading: Organizations
      signatories:
        - Second Union
        - group: {heading: In the north, signatories: [Third Union, Fourth Union]}
        - {anonymous: 12}
  - group: {heading: People, signatories: [{person: Bob Ray}, {anonymous: 486, as_signed: 486 workers}]}
  - group: {qualifier: As of May, signatories: [Fifth Union]}
"""
FILES = {
    "dossier.yaml": "title: Listed\nformat: 2\nwithdrawn: struck\npackets:\n"
    "  some: {title: Some, withdrawn: left_out, select: {letters: [ask, frage]}}\n"
    "  alone: {title: Alone, select: {letters: [answer]}}\n",
    "letters/ask.md": "---\ntitle: The question\ndate: 2020-01-02\nto: The Commission\n"
    f"signatories:{SIGNED}---\nWe ask[^1] a question[^2].\n\n![A map](pictures/map.png)\n\n"
    "[^1]: Again.\n[^2]: A short one.\n",
    "letters/ask-list.md": "---\ntitle: Schools\ndate: 2020-01-01\nannex_to: ask\n---\nA list.\n",
    "letters/frage.md": "---\ntitle: Die Frage\ndate: 2020-01-05~\nto: Die Kommission\nlanguage: de\n"
    "translation_of: ask\nsignatories: [First Union]\n---\nWir fragen.\n",
    "letters/answer.md": "---\ntitle: The answer\ndate: 2020-02-02\nto: Ann Lee\nreply_to: ask\n---\nNo.\n",
    "pictures/map.png": PICTURE,
}  # fmt: skip


@pytest.fixture(scope="module")
def built(tmp_path_factory: pytest.TempPathFactory) -> Edition:
    folder = tmp_path_factory.mktemp("listing")
    texts = {name: text for name, text in FILES.items() if isinstance(text, str)}
    write_files(folder / "corpus", texts)
    (folder / "corpus/pictures").mkdir()
    (folder / "corpus/pictures/map.png").write_bytes(PICTURE)
    return make_edition(folder / "corpus", folder / "out/x.pdf")


def letters(listing: dict[str, Any]) -> dict[str, dict[str, Any]]:
    return {item["id"]: item for item in listing["letters"]}


def test_each_letter_is_listed_as_it_is_printed(built: Edition) -> None:
    listed = letters(built.json)
    assert list(listed) == ["ask", "ask-list", "frage", "answer"]
    assert listed["ask"] == {
        "id": "ask", "number": 1, "label": "Letter 1", "title": "The question", "date": "2020-01-02",
        "language": "en", "signatures": 505, "anonymous": 498, "withdrawn": 1, "in_totals": True,
        "groups": [
            {"headings": [], "signatures": 2},
            {"headings": ["Organizations"], "signatures": 1},
            {"headings": ["Organizations", "In the north"], "signatures": 2},
            {"headings": ["Organizations"], "signatures": 12},
            {"headings": ["People"], "signatures": 487},
            {"headings": [], "signatures": 1},
        ],
        "notes": 2,
        "pictures": [{"file": "pictures/map.png", "sha256": hashlib.sha256(PICTURE).hexdigest()}],
    }  # fmt: skip
    assert listed["ask-list"]["label"] == "Annex 1 to letter 1"
    assert (listed["ask-list"]["number"], listed["ask-list"]["annex_to"]) == (1, "ask")
    assert (listed["frage"]["date"], listed["frage"]["language"]) == ("2020-01-05~", "de")
    assert (listed["frage"]["translation_of"], listed["frage"]["in_totals"]) == ("ask", False)
    assert listed["answer"]["reply_to"] == "ask"
    assert (listed["answer"]["signatures"], listed["answer"]["groups"]) == (0, [])


def test_a_packet_lists_what_it_prints_and_names_no_other_letter(
    built: Edition, tmp_path: Path
) -> None:
    build(
        BuildRequest(
            built.corpus, tmp_path / "some.pdf", jobs=1, packets=("some", "alone"), cache=False
        )
    )
    some, alone = (
        json.loads((tmp_path / f"{name}.json").read_text(encoding="utf-8"))
        for name in ("some", "alone")
    )
    ask = letters(some)["ask"]
    assert (ask["signatures"], ask["withdrawn"]) == (504, 1)
    assert ask["groups"][0] == {"headings": [], "signatures": 1}
    assert letters(alone).keys() == {"answer"} and "reply_to" not in letters(alone)["answer"]
    assert not verify(tmp_path / "alone.pdf", built.corpus).faults


Change = Callable[[dict[str, Any]], Any]
FALSE: dict[str, Change] = {
    "signatures": lambda it: it.update(signatures=504),
    "anonymous": lambda it: it.update(anonymous=12),
    "withdrawn": lambda it: it.update(withdrawn=0),
    "in_totals": lambda it: it.update(in_totals=False),
    "groups": lambda it: it["groups"].pop(),
    "notes": lambda it: it.update(notes=1),
    "pictures": lambda it: it["pictures"][0].update(sha256="0" * 64),
    "date": lambda it: it.update(date="2020"),
    "label": lambda it: it.update(label="Letter 2"),
    "annex_to": lambda it: it.update(annex_to="frage"),
}


@pytest.mark.parametrize("key", FALSE)
def test_what_is_listed_falsely_of_a_letter_is_found(
    key: str, built: Edition, tmp_path: Path
) -> None:
    pdf = tmp_path / "x.pdf"
    pdf.write_bytes(built.pdf.read_bytes())
    pdf.with_suffix(".html").write_text(built.html, encoding="utf-8")
    listing = json.loads(json.dumps(built.json))
    FALSE[key](listing["letters"][0])
    pdf.with_suffix(".json").write_text(json.dumps(listing), encoding="utf-8")
    (fault,) = verify(pdf, built.corpus).faults
    assert f"In the listing’s “letters”, “{key}” of item 1 should be" in fault.message


def test_a_build_whose_listing_loses_a_group_is_refused(
    built: Edition, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    own = maker.manifest

    def losing(dossier: Dossier, *more: Any) -> Callable[[str], str]:
        first: Letter = dossier.letters[0]
        lost = dataclasses.replace(first, groups=first.groups[:-1])
        return own(dataclasses.replace(dossier, letters=(lost, *dossier.letters[1:])), *more)

    monkeypatch.setattr(stages, "manifest", losing)
    with pytest.raises(RefusedError) as refused:
        build(BuildRequest(built.corpus, tmp_path / "x.pdf", jobs=1, cache=False))
    assert "listing’s “letters”" in refused.value.diagnostics[0].message
