"""Whatever is put in the place of what was kept: it runs nothing, and the dossier is that of a cold build."""

from __future__ import annotations

import hashlib
import os
import pickle
import shutil
from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from typing import Any

import msgspec
import pypdfium2
import pytest
from conftest import write_files

from dossier.cli.main import main
from dossier.keep.store import Store
from dossier.machine.secret import user_key
from dossier.proof.prover import Kept, Proof

CITING = (
    "---\ntitle: {0}\ndate: 2012\nto: The Commission\nsignatories: [A, B]\n---\n{0} [@report].\n"
)
FILES = {
    "dossier.yaml": "title: Test\n",
    "names.yaml": "organizations: {a: {name: A}, b: {name: B}}\n",
    "letters/one.md": CITING.format("Consider every report"),
    "letters/two.md": CITING.format("Another text of two lines"),
    "reports.yaml": "- {id: report, type: report, title: A report, issued: 2011, publisher: Somebody}\n",
}


class Runs:
    """What runs when it is unpickled."""

    def __init__(self, marker: Path) -> None:
        self.marker = marker

    def __reduce__(self) -> tuple[Any, ...]:
        return Path.touch, (self.marker,)


@pytest.fixture(scope="module")
def made(tmp_path_factory: pytest.TempPathFactory) -> tuple[Path, bytes]:
    """A folder with a corpus of two letters, its dossier and what was kept of it; the dossier's bytes."""
    folder = tmp_path_factory.mktemp("made") / "here"
    write_files(folder / "corpus", FILES)
    files = build(folder)
    return folder.rename(folder.with_name("as it was")), files


@pytest.fixture
def cold(made: tuple[Path, bytes]) -> bytes:
    """The dossier's bytes."""
    return made[1]


@pytest.fixture
def here(made: tuple[Path, bytes]) -> Iterator[Path]:
    """That folder, at the place where it was made, but for the PDF: it has to be made again."""
    folder = made[0].with_name("here")
    shutil.copytree(made[0], folder)
    (folder / "out/x.pdf").unlink()
    yield folder
    shutil.rmtree(folder)


def build(folder: Path, *options: str) -> bytes:
    with pytest.MonkeyPatch.context() as patch:
        patch.chdir(folder)
        assert main(["--corpus", "corpus", "--output", "out/x.pdf", "--jobs", "1", *options]) == 0
    return b"".join((folder / f"out/x.{end}").read_bytes() for end in ("pdf", "html", "json"))


def again(folder: Path, *options: str) -> bytes:
    """Build where something has changed: the title is the same, in other words to YAML."""
    with (folder / "corpus/dossier.yaml").open("a", encoding="utf-8") as file:
        file.write("# changed\n")
    return build(folder, *options)


def keys(folder: Path) -> list[str]:
    found = (folder / "out/.cache").glob("??/*")
    return sorted(path.parent.name + path.name for path in found)


def store_of(folder: Path) -> Store:
    return Store(folder / "out/.cache")


def values(folder: Path) -> dict[str, Any]:
    store = store_of(folder)
    return {
        key: msgspec.msgpack.decode(store.get(key) or b"", strict=False) for key in keys(folder)
    }


def is_galley(value: Any) -> bool:
    return isinstance(value, dict) and "pdf" in value


def is_piece(value: Any) -> bool:
    return isinstance(value, dict) and "body" in value


def forget_pieces(folder: Path) -> None:
    """Remove what was made of galleys, so that these are needed."""
    for key, value in values(folder).items():
        if is_piece(value):
            (folder / "out/.cache" / key[:2] / key[2:]).unlink()


def plant(folder: Path, change: Callable[[Any], Any]) -> int:
    """Put what ``change`` makes of each value in its place, rightly sealed; return how many differ."""
    store, changed = store_of(folder), 0
    for key, value in values(folder).items():
        new = change(value)
        if new != value:
            store.put(key, msgspec.msgpack.encode(new))
            changed += 1
    return changed


def own_words(value: Any) -> Any:
    """Return a value with a word changed in all texts."""
    if isinstance(value, dict):
        return {own_words(key): own_words(item) for key, item in value.items()}
    if isinstance(value, list):
        return [own_words(item) for item in value]
    return value.replace("report", "retort") if isinstance(value, str) else value


@pytest.mark.parametrize("sealed", [False, True], ids=["checksum", "seal"])
def test_nothing_that_is_kept_runs(sealed: bool, here: Path, cold: bytes, tmp_path: Path) -> None:
    marker = tmp_path / "ran"
    bomb = pickle.dumps(Runs(marker), protocol=4)
    for key in keys(here):
        if sealed:
            store_of(here).put(key, bomb)
        else:
            path = here / "out/.cache" / key[:2] / key[2:]
            path.write_bytes(hashlib.sha256(bomb).digest() + bomb)
    assert build(here) == cold
    assert not marker.exists()
    pickle.loads(bomb)
    assert marker.exists()


def test_a_word_forged_in_all_that_is_kept_is_not_printed(here: Path, cold: bytes) -> None:
    assert plant(here, own_words) >= 3
    path = here / "corpus/letters/two.md"
    path.write_text(path.read_text("utf-8").replace("Another", "Any"), encoding="utf-8")
    assert build(here) == build(here, "--no-cache")
    document = pypdfium2.PdfDocument(here / "out/x.pdf")
    assert "retort" not in "".join(page.get_textpage().get_text_bounded() for page in document)
    document.close()


def no_pdf(value: Any) -> Any:
    return value | {"pdf": value["pdf"][: len(value["pdf"]) // 2]} if is_galley(value) else value


def no_pages(value: Any) -> Any:
    return value | {"pages": 0} if is_galley(value) else value


def no_anchors(value: Any) -> Any:
    return value | {"anchors": {}} if is_galley(value) else value


def no_types(value: Any) -> Any:
    return value | {"types": {}, "links": []} if is_galley(value) else value


def no_fonts(value: Any) -> Any:
    return b"%PDF-1.7" if isinstance(value, bytes) else value


def other_works(value: Any) -> Any:
    return [] if isinstance(value, list) and isinstance(value[0], list) else value


def other_readings(value: Any) -> Any:
    pages = value.get("pages") if isinstance(value, dict) else None
    if not isinstance(pages, dict):
        return value
    return value | {"pages": dict(zip(pages, reversed(pages.values()), strict=True))}


def other_branches(value: Any) -> Any:
    branches = value.get("branches") if isinstance(value, dict) else None
    if not branches:
        return value
    return value | {"branches": dict(zip(branches, reversed(branches.values()), strict=True))}


def other_sections(value: Any) -> Any:
    sections = value.get("sections") if isinstance(value, dict) else None
    if not sections:
        return value
    one_on = {key: {name: page + 1 for name, page in at.items()} for key, at in sections.items()}
    return value | {"sections": one_on}


def other_pieces(value: Any) -> Any:
    is_plan = isinstance(value, dict) and all(len(str(key)) == 64 for key in value)
    if not is_plan or not all(isinstance(one, str) for one in value.values()):
        return value
    return dict(zip(value, reversed(value.values()), strict=True))


def no_body(value: Any) -> Any:
    return value | {"body": value["body"][:-20]} if is_piece(value) else value


def other_offsets(value: Any) -> Any:
    return value | {"offsets": [0 for _ in value["offsets"]]} if is_piece(value) else value


def upside_down(value: Any) -> Any:
    pages = [page + b" /Rotate 180" for page in value["pages"]] if is_piece(value) else []
    return value | {"pages": pages} if is_piece(value) else value


def other_base(value: Any) -> Any:
    return value | {"base": value["base"] + 64} if is_piece(value) else value


def other_anchors(value: Any) -> Any:
    anchors = {name: page + 1 for name, page in value["anchors"].items()} if is_piece(value) else {}
    return value | {"anchors": anchors} if is_piece(value) else value


def nowhere(value: Any) -> Any:
    return value | {"tops": [], "resolved": []} if is_piece(value) else value


@pytest.mark.parametrize(
    "change",
    [
        no_pdf, no_pages, no_anchors, no_types, no_fonts, other_works, other_readings, other_pieces,
        other_branches, other_sections,
    ],
)  # fmt: skip
def test_what_has_the_right_shape_and_is_wrong_is_made_again(
    change: Callable[[Any], Any],
    here: Path,
    cold: bytes,
    capfd: pytest.CaptureFixture[str],
) -> None:
    before = values(here)
    assert plant(here, change)
    if change in (no_pdf, no_types, no_anchors):
        forget_pieces(here)
    assert again(here) == cold
    assert capfd.readouterr().err == ""
    after = values(here)
    assert {key: after[key] for key in before if not isinstance(before[key], str)} == {
        key: value for key, value in before.items() if not isinstance(value, str)
    }


@pytest.mark.slow
@pytest.mark.parametrize("jobs", ["1", "2"])
@pytest.mark.parametrize(
    "change", [no_body, other_offsets, upside_down, other_base, other_anchors, nowhere]
)
def test_a_piece_of_the_right_shape_that_is_wrong_is_not_bound(
    change: Callable[[Any], Any], jobs: str, here: Path, cold: bytes
) -> None:
    assert plant(here, change)
    assert again(here, "--jobs", jobs) == cold


def exchange(folder: Path, is_kind: Callable[[Any], bool]) -> dict[str, bytes]:
    """Put what is kept of a letter, of one kind, in the place of another's; return both as they were."""
    found = {key: one for key, one in values(folder).items() if is_kind(one)}
    one, two = (
        next(key for key, value in found.items() if f"sig-{name}-1" in value["anchors"])
        for name in ("one", "two")
    )
    store = store_of(folder)
    first, second = store.get(one) or b"", store.get(two) or b""
    store.put(one, second)
    store.put(two, first)
    return {one: first, two: second}


@pytest.mark.parametrize("jobs", ["1", "2"])
def test_the_piece_of_one_letter_in_the_place_of_another(
    jobs: str, here: Path, cold: bytes
) -> None:
    before = exchange(here, is_piece)
    assert again(here, "--jobs", jobs) == cold
    assert {key: store_of(here).get(key) for key in before} == before


@pytest.mark.parametrize("jobs", ["1", "2"])
def test_the_galley_of_one_letter_in_the_place_of_another(
    jobs: str, here: Path, cold: bytes
) -> None:
    before = exchange(here, is_galley)
    assert build(here, "--jobs", jobs) == cold
    assert {key: store_of(here).get(key) for key in before} == before


SHAPES: dict[str, bytes] = {
    "empty": b"",
    "nothing": b"\xc0",
    "many": b"\xdd\xff\xff\xff\xff",
    "long": b"\xdf\xff\xff\xff\xff\xa3pdf\xc6\xff\xff\xff\xff",
    "deep": b"\x81\xa1x" + b"\x91" * 100_000,
    "no UTF-8": b"\xa2\xff\xfe",
}


def test_what_has_another_shape_is_as_good_as_missing(here: Path, cold: bytes) -> None:
    store, before = store_of(here), values(here)
    payloads = [store.get(key) or b"" for key in before]
    other = payloads[1:] + payloads[:1]
    cut = [payload[:-1] for payload in payloads]
    planted = [other, cut, *([shape] * len(payloads) for shape in SHAPES.values())]
    for round_ in (0, 3):
        for number, key in enumerate(before):
            store.put(key, planted[(number + round_) % len(planted)][number])
        (here / "out/x.pdf").unlink(missing_ok=True)
        assert build(here) == cold
        after = values(here)
        assert {key: after[key] for key in before} == before


def test_what_is_no_file_or_leads_elsewhere_is_as_good_as_missing(here: Path, cold: bytes) -> None:
    for number, key in enumerate(keys(here)):
        path = here / "out/.cache" / key[:2] / key[2:]
        path.unlink()
        if number % 3:
            path.symlink_to("/dev/zero")
        else:
            os.mkfifo(path)
    assert build(here) == cold
    assert not any(path.is_symlink() for path in (here / "out/.cache").glob("??/*"))


def test_what_comes_from_elsewhere_is_as_good_as_missing(
    here: Path, cold: bytes, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    entries = {key: store_of(here).get(key) for key in keys(here)}
    assert len(entries) > 9 and all(entries.values())
    first, second = list(entries)[:2]
    paths = [here / "out/.cache" / key[:2] / key[2:] for key in (first, second)]
    paths[1].write_bytes(paths[0].read_bytes())
    assert store_of(here).get(second) is None  # one that was moved
    monkeypatch.setenv("XDG_STATE_HOME", str(tmp_path / "another user"))
    assert not any(store_of(here).get(key) for key in entries)
    assert build(here) == cold


# --- the key ---


@pytest.fixture
def state(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """An empty folder for the user's key; where it will be."""
    monkeypatch.setenv("XDG_STATE_HOME", str(tmp_path / "state"))
    return tmp_path / "state/dossier/key"


def test_the_key_is_the_users_alone_and_stays(state: Path) -> None:
    key, reason = user_key()
    assert (len(key), reason) == (32, "")
    assert state.read_bytes() == key == user_key()[0]
    assert state.stat().st_mode & 0o777 == 0o600
    assert list(state.parent.iterdir()) == [state]


def test_without_a_named_folder_the_key_is_in_the_home(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("HOME", str(tmp_path))
    monkeypatch.setenv("XDG_STATE_HOME", "relative")
    key, _ = user_key()
    assert (tmp_path / ".local/state/dossier/key").read_bytes() == key


def test_of_many_first_builds_one_makes_the_key(state: Path) -> None:
    with ThreadPoolExecutor(16) as executor:
        found = set(executor.map(lambda _: user_key(), range(64)))
    assert found == {(state.read_bytes(), "")}


@pytest.mark.parametrize("damage", ["cut", "for all to read", "a link"])
def test_a_key_that_is_damaged_or_known_is_replaced(damage: str, state: Path) -> None:
    old, _ = user_key()
    if damage == "cut":
        state.write_bytes(old[:-1])
    elif damage == "for all to read":
        state.chmod(0o644)
    else:
        state.rename(state.with_name("other"))
        state.symlink_to("other")
    new, reason = user_key()
    assert reason == "" and new != old
    assert state.read_bytes() == new
    assert state.lstat().st_mode & 0o777 == 0o600


def test_where_no_key_can_be_kept_it_is_said_and_one_serves_for_the_build(
    here: Path,
    cold: bytes,
    tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch,
    capsys: pytest.CaptureFixture[str],
) -> None:
    (tmp_path / "file").write_text("in the way", encoding="utf-8")
    monkeypatch.setenv("XDG_STATE_HOME", str(tmp_path / "file"))
    files = build(here, "--jobs", "2")
    said = capsys.readouterr().err
    assert said.startswith(
        "dossier: nothing could be kept for the next build in out/.cache: the key to it cannot be kept: Not a "
        "directory. "
    )
    assert said.count("\n") == 1
    assert files == cold


# --- the proof ---


def test_pages_that_were_read_wrong_before_are_read_again(
    made: tuple[Path, bytes], monkeypatch: pytest.MonkeyPatch
) -> None:
    from dossier.compile.bibliography import entries
    from dossier.proof import prover as proof
    from dossier.read.corpus import read

    folder = made[0]
    pdf, listing = folder / "out/x.pdf", (folder / "out/x.json").read_bytes()
    found, _ = read(folder / "corpus")
    assert found

    def proved(readings: Kept | None, jobs: int = 1) -> tuple[list[str], Kept]:
        workers = proof.readers(jobs) if jobs > 1 else None
        with Proof(pdf, "x.pdf", jobs, fresh=True, kept=readings, executor=workers) as one:
            faults = one.against(found, found.everything, entries, listing)
            return [str(fault) for fault in faults], one.shown()

    faults, true = proved(None)
    assert faults == []
    assert proved(true) == ([], true)
    shifted = dict(zip(true.pages, reversed(true.pages.values()), strict=True))
    assert proved(Kept(shifted, true.folios)) == ([], true)
    # Workers read the sample while the file is compared with what was kept, which finds faults in it.
    assert proved(true, 2) == ([], true)
    assert proved(Kept(shifted, true.folios), 2) == ([], true)
    # Where no page is read anew, what was kept is believed: the store's seal has to be enough.
    monkeypatch.setattr(proof, "AGAIN", 0)
    assert proved(Kept(shifted, true.folios))[0]
