"""What a receiver without the corpus can prove of the files, and what is said of the rest."""

from __future__ import annotations

import hashlib
import json
import shutil
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
from conftest import Edition
from test_listing_mutants import rich, written  # noqa: F401  (a fixture)

from dossier.cli.main import main
from dossier.machine import earlier
from dossier.outputs.checksums import checksums
from dossier.pipeline import received

Change = Callable[[Path], Any]


@pytest.fixture
def copy(rich: Edition, tmp_path: Path) -> Path:  # noqa: F811
    for path in rich.pdf.parent.iterdir():
        shutil.copy(path, tmp_path)
    return tmp_path / rich.pdf.name


def test_files_that_agree(
    copy: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.chdir(copy.parent)
    for more in (["--no-corpus"], []):
        assert main(["verify", copy.name, *more]) == 0
        said = capsys.readouterr()
        assert said.out.startswith(
            "x.pdf agrees with x.json, x.html, x.csv and x.sha256 beside it."
        )
        assert "Not compared, for want of the corpus: whether the words" in said.out
        assert said.err == ""
    # A folder that was named has to be there.
    assert main(["verify", copy.name, "--corpus", "letters"]) == 1


def listed(change: Callable[[dict[str, Any]], Any]) -> Change:
    def changed(pdf: Path) -> None:
        listing = json.loads(pdf.with_suffix(".json").read_text(encoding="utf-8"))
        change(listing)
        pdf.with_suffix(".json").write_bytes(written(listing))

    return changed


def put(suffix: str, old: str, new: str) -> Change:
    """Change an output, and mend its checksum in the listing."""

    def changed(pdf: Path) -> None:
        path = pdf.with_suffix(suffix)
        before = path.read_bytes()
        assert old.encode() in before
        after = before.replace(old.encode(), new.encode(), 1)
        path.write_bytes(after)
        text = pdf.with_suffix(".json").read_text(encoding="utf-8")
        checks = [hashlib.sha256(raw).hexdigest() for raw in (before, after)]
        pdf.with_suffix(".json").write_text(text.replace(*checks), encoding="utf-8")

    return changed


def first(items: str, **values: Any) -> Change:
    return listed(lambda it: it[items][0].update(values))


CHANGES: dict[str, tuple[Change, str]] = {
    "another title": (listed(lambda it: it.update(title="Other")), "title is “Listed”"),
    "another number of pages": (listed(lambda it: it.update(pages=99)), "pages, the listing 99"),
    "another checksum": (listed(lambda it: it.update(sha256="0" * 64)), "was changed or saved anew"),
    "a section's pages": (listed(lambda it: it["sections"][1].update(first_page=5)), "do not follow"),
    "a section's title": (first("sections", title="Mantle"), "No bookmark leads to “Mantle”"),
    "a heading": (first("index", heading="Nobody"), "The index does not have “Nobody”"),
    "a heading's page": (
        listed(lambda it: it["index"][0]["locators"][0].update(page=1)), "signed on no page of its letter",
    ),
    "a work": (first("bibliography", text="Zest"), "The bibliography does not have “Zest”"),
    "a citation's page": (
        listed(lambda it: it["bibliography"][0]["cited_in"][0].update(page=1)), "cited on no page",
    ),
    "a count": (first("letters", signatures=7), "signatures of 7"),
    "no index": (listed(lambda it: it.update(index=3)), "The listing is damaged"),
    "no outputs": (listed(lambda it: it.update(outputs=[1])), "The listing is damaged"),
    "no listing": (lambda pdf: pdf.with_suffix(".json").unlink(), "does not stand beside the PDF"),
    "a script": (put(".html", "</body>", "<script>x</script></body>"), "<script> stands here"),
    "our script does more": (put(".html", "main.before(search);", "main.remove();"), "are not the program’s: “main.remove();”"),
    "a control has an element more": (put(".html", "</label>", "</label><b>x</b>"), "are not the program’s: "),
    "another policy": (put(".html", "default-src 'none'", "default-src *"), "The policy of the page should be"),
    "a link to nowhere": (put(".html", 'href="#work-z"', 'href="#work-y"'), "“#work-y”, which is not"),
    "a letter is lost": (put(".html", 'id="letter-ask"', 'id="letter-asks"'), "does not have the letters"),
    "a row is lost": (put(".csv", "ask,1,2020-01-02,1,", "frage,1,2020-01-02,1,"), "x.csv"),
    "a page in the table": (put(".csv", "organization,,First Union,,6", "organization,,First Union,,5"), "x.csv"),
    "no table": (put(".csv", "letter,", "letters,"), "cannot be compared with the listing"),
    "a PDF that is none": (lambda pdf: pdf.write_bytes(b"%PDF-1.7\n"), "x.pdf"),
}  # fmt: skip


@pytest.mark.parametrize("kind", CHANGES)
def test_what_does_not_agree_is_found(
    kind: str, copy: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    change, said = CHANGES[kind]
    change(copy)
    files = [path for path in earlier.of_run(copy)[:-1] if path.is_file()]
    copy.with_suffix(".sha256").write_bytes(checksums({path: path.read_bytes() for path in files}))
    assert main(["verify", str(copy), "--no-corpus"]) == 1
    told = capsys.readouterr()
    assert said in told.err and told.out == ""
    assert "the files are not to be trusted" in told.err


def test_a_part_that_was_not_handed_out_is_a_warning(copy: Path) -> None:
    for suffix in (".csv", ".sha256"):
        copy.with_suffix(suffix).unlink()
    found = received(copy)
    assert [str(fault.severity) for fault in found.faults] == ["warning", "warning"]
