"""What is kept between builds changes nothing but the time: same bytes, whatever happens to it."""

from __future__ import annotations

import hashlib
import os
import shutil
import subprocess
import sys
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import pytest
from conftest import ROOT, default_style

from dossier.cli.main import main
from dossier.keep.store import Store
from dossier.typeset import workshop
from dossier.typeset.workshop import Document, Workshop


def built(corpus: Path, output: Path, *options: str) -> str:
    assert main(["--corpus", str(corpus), "--output", str(output), *options]) == 0
    return hashlib.sha256(output.read_bytes()).hexdigest()


def entries(output: Path) -> list[Path]:
    return sorted((output.parent / ".cache").glob("??/*"))


def test_the_same_bytes_at_any_number_of_jobs_cold_and_warm(
    letters: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    alone = built(letters, tmp_path / "a/x.pdf", "--jobs", "1", "--no-cache")
    assert not (tmp_path / "a/.cache").exists()
    assert built(letters, tmp_path / "b/x.pdf", "--jobs", "3") == alone
    capsys.readouterr()
    assert built(letters, tmp_path / "b/x.pdf") == alone
    assert capsys.readouterr().out.startswith("Nothing has changed in ")
    (tmp_path / "b/x.pdf").unlink()
    assert built(letters, tmp_path / "b/x.pdf") == alone


@pytest.mark.slow
def test_a_damaged_entry_is_set_again(corpus: Callable[..., Path], tmp_path: Path) -> None:
    folder, output = corpus(), tmp_path / "out/x.pdf"
    first = built(folder, output)
    for number, path in enumerate(entries(output)):
        raw = path.read_bytes()
        path.write_bytes((b"", raw[:40], raw[:-1] + b"\0", b"x" * 100)[number % 4])
    output.unlink()
    assert built(folder, output) == first


def test_a_change_in_one_letter_sets_that_letter_alone(letters: Path, tmp_path: Path) -> None:
    output = tmp_path / "out/x.pdf"
    before_all = built(letters, output, "--jobs", "1")
    before = set(entries(output))
    path = letters / "letters/letter-05.md"
    path.write_text(
        path.read_text("utf-8").replace("every report", "each report", 1), encoding="utf-8"
    )
    assert built(letters, output, "--jobs", "1") != before_all
    # Its galley, and the piece that is made of it.
    assert len(set(entries(output)) - before) == 2


@pytest.mark.slow
@pytest.mark.parametrize(
    ("old", "new"),
    [
        ("every report", "each report"),
        ("\n---\n", "\n---\n" + "More was said then. " * 150 + "\n\n"),
    ],
    ids=["a word", "pages"],
)
def test_a_warm_build_after_a_change_gives_the_bytes_of_a_cold_one(
    letters: Path, tmp_path: Path, old: str, new: str
) -> None:
    built(letters, tmp_path / "warm/x.pdf", "--jobs", "2")
    path = letters / "letters/letter-05.md"
    path.write_text(path.read_text("utf-8").replace(old, new, 1), encoding="utf-8")
    warm = built(letters, tmp_path / "warm/x.pdf", "--jobs", "2")
    assert warm == built(letters, tmp_path / "cold/x.pdf", "--jobs", "1", "--no-cache")
    for gone in ("letter-02.md", "letter-09.md"):
        (letters / "letters" / gone).unlink()
    warm = built(letters, tmp_path / "warm/x.pdf", "--jobs", "2")
    assert warm == built(letters, tmp_path / "cold/x.pdf", "--jobs", "1", "--no-cache")


@pytest.mark.parametrize("name", ["x.pdf", "x.html"])
def test_an_output_that_has_gone_is_written_again(
    name: str, corpus: Callable[..., Path], tmp_path: Path
) -> None:
    folder, output = corpus(), tmp_path / "out/x.pdf"
    first = built(folder, output, "--jobs", "1")
    (tmp_path / "out" / name).unlink()
    assert built(folder, output, "--jobs", "1") == first
    assert output.with_suffix(".html").exists()


def test_a_build_in_which_nothing_changed_loads_no_typesetter(
    corpus: Callable[..., Path], tmp_path: Path
) -> None:
    folder, output = corpus(), tmp_path / "out/x.pdf"
    built(folder, output, "--jobs", "1")
    code = (
        "import sys; from dossier.cli.main import main; main(sys.argv[1:]); "
        "sys.exit(bool({'weasyprint', 'pikepdf', 'pypdfium2', 'jinja2', 'pydantic'} & set(sys.modules)))"
    )
    done = subprocess.run(
        [sys.executable, "-c", code, "--corpus", str(folder), "--output", str(output)],
        env={**os.environ, "PYTHONPATH": str(ROOT)}, capture_output=True, text=True, check=False,
    )  # fmt: skip
    assert done.returncode == 0, done.stderr
    assert done.stdout.startswith("Nothing has changed")


def test_warnings_come_again_when_nothing_changed(
    corpus: Callable[..., Path], tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    signed = "---\ntitle: One\ndate: 2012\nto: X\nsignatories: [Odhikar, Odhikars]\n---\nText.\n"
    folder, output = corpus(**{"letters/one.md": signed}), tmp_path / "out/x.pdf"
    built(folder, output, "--jobs", "1")
    first = capsys.readouterr().err
    built(folder, output, "--jobs", "1")
    assert "has no entry in names.yaml, but it looks like “Odhikar" in first
    assert capsys.readouterr().err == first
    assert main(["--corpus", str(folder), "--output", str(output), "--strict"]) == 1


def test_a_store_that_cannot_be_written_is_said_and_gone_without(
    corpus: Callable[..., Path], tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    (tmp_path / "out").mkdir()
    (tmp_path / "out/.cache").write_text("in the way", encoding="utf-8")
    built(corpus(), tmp_path / "out/x.pdf", "--jobs", "1")
    assert "nothing could be kept for the next build" in capsys.readouterr().err


def test_the_longest_unused_entries_go_first(tmp_path: Path) -> None:
    store = Store(tmp_path / "s", limit=2500)
    keys = [hashlib.sha256(bytes([number])).hexdigest() for number in range(4)]
    for number, key in enumerate(keys):
        store.put(key, b"x" * 1000)
        os.utime(tmp_path / "s" / key[:2] / key[2:], (1000 + number, 1000 + number))
    assert store.get(keys[0]) == b"x" * 1000  # used now
    store.prune()
    assert [store.get(key) is not None for key in keys] == [True, False, False, True]


def test_the_cache_is_emptied_and_says_what_it_is(
    corpus: Callable[..., Path], tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    folder, output = corpus(), tmp_path / "a folder/x.pdf"
    first = built(folder, output, "--jobs", "1")
    cache = output.parent / ".cache"
    assert (
        (cache / "CACHEDIR.TAG")
        .read_text()
        .startswith("Signature: 8a477f597d28d172789f06886806bc55\n")
    )
    assert f"clean --output '{output}'\n" in capsys.readouterr().out
    size = sum(path.stat().st_size for path in entries(output))
    assert main(["clean", "--output", str(output)]) == 0
    said = f"Emptied {cache}: {size / 1e6:.1f} MB are free again. The PDF stays as it is.\n"
    assert capsys.readouterr().out == said
    names = sorted(path.name for path in output.parent.iterdir())
    assert names == ["x.html", "x.json", "x.pdf", "x.sha256"]
    assert main(["clean", "--output", str(output)]) == 0
    assert capsys.readouterr().out == f"There was nothing to empty in {cache}.\n"
    assert built(folder, output, "--jobs", "1") == first
    assert "clean" in capsys.readouterr().out
    (folder / "dossier.yaml").write_text("title: Other\n", encoding="utf-8")
    built(folder, output, "--jobs", "1")
    assert "clean" not in capsys.readouterr().out


def test_a_folder_that_others_use_too_keeps_what_is_theirs(
    corpus: Callable[..., Path], tmp_path: Path
) -> None:
    folder, output, cache = corpus(), tmp_path / "x.pdf", tmp_path / ".cache"
    # A folder in which this version of the program keeps nothing of this corpus.
    built(folder, output, "--jobs", "1")
    ours = {path.parent.name for path in entries(output)}
    other = next(name for name in map("{:02x}".format, range(256)) if name not in ours | {"ab"})
    shutil.rmtree(cache)
    theirs = {"pip/wheel": b"1", "go/mod": b"2", "ab/notes": b"3", "cd": b"4", "letter": b"5"}
    for name, content in theirs.items():
        (cache / name).parent.mkdir(parents=True, exist_ok=True)
        (cache / name).write_bytes(content)
    (tmp_path / "away").mkdir()
    elsewhere = tmp_path / "away" / ("0" * 62)
    elsewhere.write_bytes(b"6")
    (cache / other).symlink_to(tmp_path / "away")
    built(folder, output, "--jobs", "1")
    assert not (cache / "CACHEDIR.TAG").exists()
    Store(cache, limit=0).prune()
    theirs_alone = [cache / other / ("0" * 62), cache / "ab/notes", cache / "go/mod"]
    assert entries(output) == sorted(theirs_alone)
    built(folder, output, "--jobs", "1")
    assert main(["clean", "--output", str(output)]) == 0
    assert {name: (cache / name).read_bytes() for name in theirs} == theirs
    assert elsewhere.read_bytes() == b"6"


def test_any_executor_can_take_the_place_of_our_processes() -> None:
    style = default_style()
    html = {name: f'<html lang="en"><body><p>{name}</p></body></html>' for name in ("a", "b")}
    seen: list[tuple[str, bool]] = []
    with ThreadPoolExecutor(1, initializer=workshop.warm) as executor:
        shop = Workshop(2, executor=executor)
        shop.use(style, 1)
        galleys = shop.set_all(
            {name: Document.of(text) for name, text in html.items()},
            lambda name, kept: seen.append((name, kept)),
        )
    assert list(galleys) == ["a", "b"]
    assert sorted(seen) == [("a", False), ("b", False)]
