"""``verify --rebuild``: the same bytes, or an explanation of where they differ."""

from __future__ import annotations

import shutil
from collections.abc import Callable
from pathlib import Path

import pytest
from conftest import Edition
from test_listing_mutants import rich  # noqa: F401  (a fixture)

from dossier import rebuilding
from dossier.cli.main import main
from dossier.pipeline import rebuilt


@pytest.fixture
def copy(rich: Edition, tmp_path: Path) -> Path:  # noqa: F811
    for path in rich.pdf.parent.iterdir():
        shutil.copy(path, tmp_path)
    return tmp_path / rich.pdf.name


def test_the_same_bytes(
    copy: Path,
    rich: Edition,  # noqa: F811
    capsys: pytest.CaptureFixture[str],
) -> None:
    # Its warnings name the corpus as the build was told to, and not as `verify` is.
    assert rich.json["diagnostics"][0]["path"].startswith("corpus/")
    assert main(["verify", str(copy), "--corpus", str(rich.corpus), "--rebuild"]) == 0
    assert capsys.readouterr().out.endswith(
        "Built again on this machine, all files have the same bytes.\n"
    )
    assert sorted(path.name for path in copy.parent.iterdir()) == [
        "x.csv", "x.html", "x.json", "x.pdf", "x.sha256",
    ]  # fmt: skip


def test_it_needs_the_corpus(copy: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["verify", str(copy), "--no-corpus", "--rebuild"]) == 2
    assert "“--rebuild” needs the corpus" in capsys.readouterr().err


CHANGES: dict[str, tuple[str, Callable[[bytes], bytes], tuple[str, ...]]] = {
    "other versions": (
        ".pdf", lambda raw: raw.replace(b"<pdf:Producer>weasyprint 7", b"<pdf:Producer>weasyprint 6"),
        ("x.pdf:0:0: error: The file was made with “", "Install those versions", "from byte", "on no page"),
    ),
    "a line of the page": (
        ".html", lambda raw: raw.replace(b"We ask", b"We beg", 1), ("The file differs from the one built again, here first",),
    ),
    "a row": (".csv", lambda raw: raw.replace(b"First Union", b"Last Union", 1), ("x.csv:2:0: error: The file differs",)),
    "a value": (".json", lambda raw: raw.replace(b'"pages": ', b'"pages": 1', 1), ("x.json:4:0: error: The file differs",)),
    "checksums alone": (
        ".sha256", lambda raw: raw.replace(raw[:64], b"0" * 64), ("only in its checksums of other files",),
    ),
}  # fmt: skip


@pytest.mark.parametrize("kind", CHANGES)
def test_a_difference_is_explained(
    kind: str,
    copy: Path,
    rich: Edition,  # noqa: F811
) -> None:
    suffix, change, said = CHANGES[kind]
    path = copy.with_suffix(suffix)
    before = path.read_bytes()
    path.write_bytes(change(before))
    assert path.read_bytes() != before
    found = [str(fault) for fault in rebuilding.differences(copy, rich.pdf)]
    for words in said:
        assert any(words in fault for fault in found), found
    assert all(fault.startswith(path.as_posix()) for fault in found)


def test_the_first_page_that_differs_is_named(
    rich: Edition,  # noqa: F811
    tmp_path: Path,
) -> None:
    """The listing has another letter on that page, as a corpus that was edited gives it."""
    corpus = tmp_path / "corpus"
    shutil.copytree(rich.corpus, corpus)
    letter = corpus / "letters/answer.md"
    letter.write_text(letter.read_text(encoding="utf-8").replace("No.", "Yes."), encoding="utf-8")

    first, *others = rebuilt(rich.pdf, corpus)
    (page,) = (one["first_page"] for one in rich.json["sections"] if one["id"] == "letters/answer")
    assert first.line == page and "The answer" in first.message
    assert [Path(fault.path).suffix for fault in others] == [".html", ".json", ".sha256"]
