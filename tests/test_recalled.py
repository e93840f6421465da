"""What is recalled is what would be made: letters as they were read, sections as they would be rendered."""

from __future__ import annotations

import functools
from collections.abc import Callable
from dataclasses import replace
from pathlib import Path
from typing import Any
from unittest.mock import MagicMock

import msgspec
import pytest
from conftest import Edition, write_files
from hypothesis import HealthCheck, given, settings
from test_chance import corpora

from dossier.compile.bibliography import entries
from dossier.compile.compiler import compile_dossier
from dossier.keep.store import Store
from dossier.proof import edition, expected
from dossier.proof.decisive import Decisive
from dossier.proof.truth import truth_of
from dossier.read import corpus as reading
from dossier.read.kept_letters import AGAIN, KeptLetters, Recalled
from dossier.records.dossier import Corpus
from dossier.records.galley import Anchor, Leaf
from dossier.records.sections import section_of_letter
from dossier.render import decisive, sections


class Counting(KeptLetters):
    """The cache of letters, with the number of those that were recalled."""

    def __init__(self, folder: Path) -> None:
        super().__init__(Store(folder), "program")
        self.recalled: list[str] = []

    def get(self, path: str) -> Recalled | None:
        found = super().get(path)
        self.recalled += [path] if found else []
        return found


def read(corpus: Path, cache: Path) -> tuple[Corpus | None, Any, list[str]]:
    """Return a corpus, its findings, and the letters that were recalled."""
    kept = Counting(cache)
    found, diagnostics = reading.read(corpus, "corpus", kept=kept)
    kept.save()
    return found, diagnostics, kept.recalled


# --- letters ---


@pytest.mark.slow
@settings(max_examples=10, deadline=None, suppress_health_check=list(HealthCheck))
@given(files=corpora(letters=AGAIN + 4))
def test_a_letter_is_recalled_as_it_was_read(
    files: dict[str, str], tmp_path_factory: pytest.TempPathFactory
) -> None:
    folder = tmp_path_factory.mktemp("chance")
    write_files(folder / "corpus", files)
    first = read(folder / "corpus", folder / "cache")
    again = read(folder / "corpus", folder / "cache")
    assert again[:2] == first[:2] == reading.read(folder / "corpus", "corpus")


def test_only_what_has_changed_is_read_again(big: Edition, tmp_path: Path) -> None:
    whole, findings, none = read(big.corpus, tmp_path)
    assert whole is not None
    assert none == []
    again, same, recalled = read(big.corpus, tmp_path)
    assert (again, same) == (whole, findings)
    assert len(recalled) == len(whole.letters) - AGAIN
    path = big.corpus / "letters/letter-17.md"
    text = path.read_text("utf-8")
    try:
        path.write_text(text.replace("submitted", "refused"), encoding="utf-8")
        changed, _, recalled = read(big.corpus, tmp_path)
    finally:
        path.write_text(text, encoding="utf-8")
    assert changed is not None
    assert len(recalled) == len(whole.letters) - AGAIN - 1
    bodies = {letter.id: letter.body for letter in whole.letters}
    assert [one.id for one in changed.letters if one.body != bodies[one.id]] == ["letter-17"]


def test_letters_that_are_kept_wrongly_are_read_again(big: Edition, tmp_path: Path) -> None:
    whole, _, _ = read(big.corpus, tmp_path)
    store = Store(tmp_path)
    (path,) = tmp_path.glob("??/*")
    key = path.parent.name + path.name
    forged = msgspec.msgpack.decode(store.get(key) or b"")
    for letter in forged.values():
        letter["head"]["title"] = "Forged"
    store.put(key, msgspec.msgpack.encode(forged))
    again, _, recalled = read(big.corpus, tmp_path)
    assert again == whole
    assert recalled == []
    assert len(read(big.corpus, tmp_path)[2]) == len(whole.letters if whole else ()) - AGAIN


def test_the_findings_in_a_letter_are_recalled(corpus: Callable[..., Path], tmp_path: Path) -> None:
    letter = "---\ntitle: {}\ndate: 2012\nto: Somebody\nsubject: See [@none]\n---\nSee @none.\n"
    files = {f"letters/{name}.md": letter.format(name) for name in "abcdefgh"}
    reports = "references:\n- {id: none, type: report, title: A report}\n"
    folder = corpus(**files, **{"reports.yaml": reports})
    _, findings, _ = read(folder, tmp_path / "cache")
    _, again, recalled = read(folder, tmp_path / "cache")
    assert len(recalled) == len(files) + 1 - AGAIN
    assert again == findings
    assert sum("is not read as a citation here" in one.message for one in again) >= 2 * len(files)


# --- sections ---


class Untouchable:
    """A text that nobody may look at."""

    citations = ()
    """Their anchors are a part of a letter's plan, and not printed."""

    def __getattr__(self, name: str) -> Any:
        raise AssertionError(f"the text of a letter was asked for its {name}")


@pytest.fixture(params=["real", "big"])
def whole(request: pytest.FixtureRequest) -> Corpus:
    found, _ = reading.read(request.getfixturevalue(request.param).corpus, "corpus")
    assert found is not None
    return found


def test_no_other_section_prints_the_text_of_a_letter(whole: Corpus) -> None:
    """Therefore one whose values are the same, but for these texts, is not rendered again."""
    dossier = compile_dossier(whole, whole.everything, entries)
    bare = replace(
        dossier, letters=tuple(replace(one, body=Untouchable()) for one in dossier.letters)
    )
    plans = [plan for plan in sections.plans(dossier) if not plan.letter]
    ids = [plan.id for plan in sections.plans(dossier)]
    anchor = Anchor(1, 0, 0)
    leaves = {
        section_of_letter(letter.id): Leaf(
            b"",
            1,
            dict.fromkeys(
                (
                    *(signature.anchor for signature in letter.signatures),
                    *(f"cite-{letter.id}-{mark.order}" for mark in letter.body.citations),
                ),
                anchor,
            ),
        )
        for letter in dossier.letters
    }
    pages = sections.Pages(ids, leaves)
    for row in dict.fromkeys(plan.id for plan in plans):
        filled = [sections._filled(sections.SECTIONS[row], made, pages) for made in (dossier, bare)]
        assert filled[0] == filled[1]
    gaps = {letter.id: "" for letter in dossier.letters}
    assert sections._page(dossier, pages, gaps) == sections._page(bare, pages, gaps)
    assert decisive.of_front_and_back(dossier) == decisive.of_front_and_back(bare)


def test_the_proof_expects_the_text_of_a_letter_nowhere_else(whole: Corpus) -> None:
    truth = truth_of(whole, whole.everything, entries)
    bare = replace(truth, letters=tuple(replace(one, body=Untouchable()) for one in truth.letters))
    page: Callable[[str], int] = lambda anchor: 1  # noqa: E731
    first = dict.fromkeys(expected.section_ids(truth), 1)
    for told in (
        *expected.PLAIN.values(),
        functools.partial(expected.contents, first=first, label=str),
        functools.partial(expected.index, page_of=page, label=str),
        functools.partial(expected.bibliography, page_of=page, label=str),
    ):
        assert list(told(truth)) == list(told(bare))
    proved = [
        MagicMock(
            truth=one,
            label=str,
            spans={key: range(1, 2) for key in first},
            anchors=MagicMock(__getitem__=lambda self, key: 1),
            ids={entry.id: entry.id for entry in truth.entries},
        )
        for one in (truth, bare)
    ]
    for lines in (edition.contents, edition.index, edition.bibliography):
        assert list(lines(proved[0])) == list(lines(proved[1]))
    for lines_of in (edition.outside, edition.glance, edition.introduction):
        assert list(lines_of(truth)) == list(lines_of(bare))
    assert Decisive(truth).of_others == Decisive(bare).of_others
