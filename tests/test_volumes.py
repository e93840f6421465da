"""Volumes: what each holds, that nothing is lost between them, and that whatever is wrong with one is found."""

from __future__ import annotations

import dataclasses
import hashlib
import io
import itertools
import json
import random
import re
import shutil
from collections.abc import Callable, Sequence
from pathlib import Path
from typing import Any

import pikepdf
import pytest
from conftest import ROOT, Edition, Refused, command, make_edition, write_files
from forger import opened, written

from dossier import stages, volumes
from dossier.bind import binder, outline
from dossier.bind.pieces import Target
from dossier.bind.volumes import VolumeBinder
from dossier.cli.main import main
from dossier.compile.volumes import Limits, Portioned, Start, TooLongError, starts
from dossier.pipeline import BuildRequest, build
from dossier.proof import rules
from dossier.proof import volumes as proof
from dossier.proof.objects import Objects
from dossier.proof.places import stamped
from dossier.proof.readback import Readback, reading
from dossier.records.job import Job, Portion
from dossier.records.numbering import Bates, Volumes
from dossier.records.profile import Profile, ProfileFile
from dossier.render import sections


@dataclasses.dataclass(frozen=True)
class Divided:
    """A dossier in volumes, with what they were bound and proved with."""

    edition: Edition
    files: list[Path]
    binder: VolumeBinder
    job: Job
    portions: list[Portion]
    proved: Any

    def proof(self, content: bytes, number: int) -> str:
        names = [path.name for path in self.files]
        return "\n".join(
            message for _, message in proof.findings(content, self.proved, number, names)
        )

    def bound(self, number: int, **changes: Any) -> str:
        """Return what is found in a volume that is bound with some changes."""
        portion = dataclasses.replace(self.portions[number - 1], **changes)
        return self.proof(self.binder.bound(self.job, [portion])[0], number)


def corpus_of(folder: Path, keys: str) -> Path:
    shutil.copytree(ROOT / "corpus", folder / "corpus")
    settings = folder / "corpus/dossier.yaml"
    settings.write_text(settings.read_text(encoding="utf-8") + "\n" + keys, encoding="utf-8")
    return folder / "corpus"


def divided_from(corpus: Path, folder: Path) -> Divided:
    """Build a corpus in volumes, and keep what each is bound and proved with."""
    held: dict[str, Any] = {}
    bind, prove = VolumeBinder.bound, proof.findings

    def bound(binder: VolumeBinder, job: Job, portions: Sequence[Portion]) -> list[bytes]:
        held.update(binder=binder, job=job, portions=list(portions))
        return bind(binder, job, portions)

    def proved(content: bytes, told: Any, number: int, names: Sequence[str]) -> Any:
        held["proved"] = told
        return prove(content, told, number, names)

    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(VolumeBinder, "bound", bound)
        patch.setattr(proof, "findings", proved)
        edition = make_edition(corpus, folder / "dossier.pdf")
    files = [folder / item["file"] for item in edition.json["volumes"]]
    return Divided(edition, files, **held)


@pytest.fixture(scope="module")
def divided(tmp_path_factory: pytest.TempPathFactory) -> Divided:
    """The project's corpus in volumes of six pages, with Bates numbers."""
    folder = tmp_path_factory.mktemp("divided")
    keys = "volumes: {max_pages: 6}\nbates: {prefix: '{volume}-ER-', digits: 0}\n"
    return divided_from(corpus_of(folder, keys), folder)


def read(path: Path, what: Callable[[Readback], Any]) -> Any:
    book = Readback(path.read_bytes())
    try:
        return what(book)
    finally:
        book.close()


def words_of(book: Readback, number: int) -> str:
    return " ".join(" ".join(text for text, _ in book.page(number).texts.values()).split())


def test_numbers_run_on_over_all_volumes(divided: Divided) -> None:
    assert [path.name for path in divided.files] == [f"dossier-{n}-of-3.pdf" for n in (1, 2, 3)]
    labels, folios, stamps = [], [], []
    for path in divided.files:
        labels += read(path, lambda book: book.labels())
        pages = read(path, lambda book: [book.page(n) for n in range(1, book.pages + 1)])
        folios += [reading(page.folio) for page in pages]
        stamps += [reading(page.stamp) for page in pages]
    numbers = range(1, divided.edition.json["pages"] + 1)
    assert labels == folios == [str(number) for number in numbers]
    volumes = divided.edition.json["volumes"]
    assert stamps == [
        f"{number}-ER-{page}"
        for number, one in enumerate(volumes, 1)
        for page in range(one["first_page"], one["last_page"] + 1)
    ]
    assert divided.edition.json["bates"] == {"first": stamps[0], "last": stamps[-1]}


def test_each_cover_says_what_its_volume_holds(divided: Divided) -> None:
    pages = divided.edition.json["pages"]
    for number, (path, item) in enumerate(
        zip(divided.files, divided.edition.json["volumes"], strict=True), 1
    ):
        first, last = item["first_page"], item["last_page"]
        assert last - first + 1 == read(path, lambda book: book.pages) <= 6
        said = read(path, lambda book: words_of(book, 1))
        assert f"Volume {number} of 3" in said
        assert f"Pages {first}–{last} of {pages}" in said
        held = [
            one for one in divided.edition.json["sections"] if first < one["first_page"] <= last
        ]
        for section in held:
            title = re.sub(r"^\d+\. ", "", section["title"])
            listed = section["id"] not in ("cover", "contents")
            assert (f"{title}" in said) == listed, (title, said)
        marks = read(path, lambda book: [mark.title for mark in book.bookmarks() if mark.page])
        assert [f"{one['title']}, p. {one['first_page']}" for one in held] == [
            mark for mark in marks if mark != "Letters"
        ][1:]


def test_the_first_volume_has_the_contents_of_all(divided: Divided) -> None:
    contents = next(one for one in divided.edition.json["sections"] if one["id"] == "contents")
    said = read(divided.files[0], lambda book: words_of(book, contents["first_page"]))
    for number, title in (
        (1, "About this dossier"),
        (2, "May 7, 2013"),
        (3, "Index of signatories"),
    ):
        assert f"{title} · volume {number}" in said


def test_links_lead_into_the_files_of_other_volumes(divided: Divided) -> None:
    names = {path.name for path in divided.files}
    for path in divided.files:
        objects = Objects(path.read_bytes())
        actions = re.findall(rb"/F << /F \(([^)]*)\) /UF \(([^)]*)\) >> /S /GoToR",
                             b"\n".join(objects.text.values()))  # fmt: skip
        targets = {name.decode() for pair in actions for name in pair}
        assert targets and targets <= names - {path.name}
        assert b"/S /GoTo " in b"\n".join(objects.text.values())


def test_bookmarks_lead_into_the_files_of_other_volumes(divided: Divided) -> None:
    sections = divided.edition.json["sections"]
    for path, own in zip(divided.files, divided.edition.json["volumes"], strict=True):
        found = []
        with pikepdf.open(path) as pdf, pdf.open_outline() as outline:
            for mark in outline.root:
                for level, one in ((1, mark), *((2, child) for child in mark.children)):
                    if one.action is not None:
                        place = str(one.action.D), str(one.action.F.F), str(one.action.F.UF)
                        assert one.action.S == "/GoToR"
                        found.append((level, one.title, *place))
            assert not any(mark.is_closed for mark in outline.root if mark.action is None)
        assert found == [
            (1 if one["id"].startswith("volumes/") else 2,
             f"{one['title']}, p. {one['first_page']}", f"{one['id']}#", there["file"], there["file"])
            for there in divided.edition.json["volumes"] if there != own
            for one in sections if there["first_page"] <= one["first_page"] <= there["last_page"]
        ]  # fmt: skip


def test_any_volume_verifies_all(
    divided: Divided, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    with_corpus = ["--corpus", str(divided.edition.corpus)]
    assert main(["verify", str(divided.files[1]), *with_corpus]) == 0
    assert (
        "dossier-1-of-3.pdf, dossier-2-of-3.pdf and dossier-3-of-3.pdf" in capsys.readouterr().out
    )
    assert main(["verify", str(divided.files[2]), "--no-corpus"]) == 0
    shutil.copytree(
        divided.files[0].parent, tmp_path / "x", ignore=shutil.ignore_patterns("corpus")
    )
    (tmp_path / "x/dossier.pdf").unlink()
    assert main(["verify", str(tmp_path / "x/dossier-1-of-3.pdf"), "--no-corpus"]) == 0
    assert "agree with dossier.json" in capsys.readouterr().out
    (tmp_path / "x/dossier-2-of-3.pdf").unlink()
    assert main(["verify", str(tmp_path / "x/dossier-1-of-3.pdf"), "--no-corpus"]) == 0
    assert "dossier-2-of-3.pdf:0:0: warning: The file was made together" in capsys.readouterr().err


# --- the printer is wrong ---


def test_a_sound_volume_has_no_findings(divided: Divided) -> None:
    for number, path in enumerate(divided.files, 1):
        assert divided.bound(number) == divided.proof(path.read_bytes(), number) == ""


def test_a_link_into_the_wrong_file_is_found(divided: Divided) -> None:
    files = dict.fromkeys(divided.portions[0].files, "dossier-3-of-3.pdf")
    assert "should lead into dossier-2-of-3.pdf" in divided.bound(1, files=files)


MARKS: dict[str, Callable[[list[outline.Bookmark]], Any]] = {
    "one leads into another file": lambda marks: led(marks[0], file="dossier-3-of-3.pdf"),
    "one leads to another place": lambda marks: led(marks[1].children[0], place="colophon#"),
    "one has another title": lambda marks: setattr(marks[1], "title", "Volume 4"),
    "one is left out": lambda marks: marks[1].children.pop(),
    "a volume is left out": lambda marks: marks.pop(),
    "the volumes change places": lambda marks: marks.reverse(),
}


def led(mark: outline.Bookmark, **there: str) -> None:
    assert isinstance(mark.there, Target)
    mark.there = dataclasses.replace(mark.there, **there)


@pytest.mark.parametrize("kind", MARKS)
def test_wrong_bookmarks_into_other_volumes_are_found(
    kind: str, divided: Divided, monkeypatch: pytest.MonkeyPatch
) -> None:
    told = outline.elsewhere

    def wrong(job: Job) -> list[outline.Bookmark]:
        marks = told(job)
        MARKS[kind](marks)
        return marks

    monkeypatch.setattr(outline, "elsewhere", wrong)
    assert (
        divided.bound(1) == "The bookmarks are not those of the sections, in their levels and order"
    )
    # Without the corpus their sequence is not compared.
    listed = divided.edition.json["volumes"]
    ranges = [range(one["first_page"], one["last_page"] + 1) for one in listed]
    division = proof.Division(ranges, [one["file"] for one in listed], {})
    content = divided.binder.bound(divided.job, [divided.portions[0]])[0]
    found = proof.alone(content, divided.edition.pdf.read_bytes(), 1, division)
    assert bool(found) == (kind != "the volumes change places"), found


def test_a_page_that_is_lost_between_volumes_is_found(divided: Divided) -> None:
    *held, last = divided.portions[0].sections
    files = {**divided.portions[0].files, last.id: "dossier-2-of-3.pdf"}
    lost = divided.bound(1, sections=held, files=files, last_page=last.first_page - 1)
    assert "The volume has 5 pages of 6" in lost or "The volume has 4 pages of 5" in lost


def test_other_numbers_and_titles_are_found(divided: Divided) -> None:
    part = divided.portions[1]
    assert "PageLabels" in divided.bound(2, first_page=part.first_page + 1)
    info = dataclasses.replace(part.info, title="Another")
    assert "says of itself" in divided.bound(2, info=info)
    assert "metadata (XMP)" in divided.bound(2, xmp=divided.portions[0].xmp)


def test_the_pages_of_another_volume_are_found(divided: Divided) -> None:
    raw = [path.read_bytes() for path in divided.files]
    for number in (1, 2, 3):
        assert divided.proof(raw[number % 3], number)
    for number in (1, 2, 3):
        file = opened(raw[number - 1])
        file.redraw(file.content(1, -1), b"BT", b"BT BT")
        assert divided.proof(written(file), number)
        file = opened(raw[number - 1])
        one, other = file.pages[0], file.pages[1]
        file.texts[one], file.texts[other] = file.texts[other], file.texts[one]
        assert divided.proof(written(file), number)


WRONG: dict[str, tuple[Any, str, Callable[[Any], Any], str]] = {
    "the contents name another volume": (
        sections,
        "_lines",
        lambda lines: lambda *told: [
            dataclasses.replace(one, volume=one.volume and 1) for one in lines(*told)
        ],
        "should read",
    ),
    "a cover has other pages": (
        sections,
        "_cover_of_volume",
        lambda cover: lambda dossier, values, pages: cover(
            dossier, {**values, "last": str(int(values["last"]) + 1)}, pages
        ),
        "“Volume 1 of 3” should read",
    ),
    "a volume ends too early": (
        volumes,
        "starts",
        lambda told: lambda parts, covers, limits: sorted({*told(parts, covers, limits), Start(2)}),
        "Volume 1 has room for “",
    ),
    "a volume is too large": (
        volumes,
        "starts",
        lambda told: lambda parts, covers, limits: told(parts, covers, limits)[:2],
        "pages, and may have 6",
    ),
    "nothing is divided": (
        volumes,
        "paginated",
        lambda told: lambda dossier, plans, limits, paginate, weigh: paginate(plans),
        "is not divided into volumes of up to 6",
    ),
    "all pages are stamped with one volume": (
        binder,
        "_stamped",
        lambda told: lambda job: dict.fromkeys(told(job), told(job)[1]),
        "The Bates number reads “1-ER-",
    ),
    "two files are exchanged": (
        stages,
        "_portions",
        lambda told: lambda *given: told(*given)[::-1],
        "“first_page” of item 1 should be 1",
    ),
}  # fmt: skip


@pytest.mark.slow
@pytest.mark.parametrize("kind", WRONG)
def test_a_wrong_printer_is_found(kind: str, divided: Divided, refused: Refused) -> None:
    where, name, wrong, said = WRONG[kind]
    refused(divided.edition.corpus, where, name, wrong(getattr(where, name)), said)


# --- the files are changed ---


@pytest.fixture
def copy(divided: Divided, tmp_path: Path) -> Path:
    for path in divided.files[0].parent.glob("dossier*"):
        shutil.copy(path, tmp_path / path.name)
    return tmp_path


def listed(folder: Path, *names: str) -> None:
    """Write the checksums of changed files into the listing and the list of checksums."""
    listing, sums = folder / "dossier.json", folder / "dossier.sha256"
    data = json.loads(listing.read_text(encoding="utf-8"))
    text, lines = listing.read_text(encoding="utf-8"), sums.read_text(encoding="utf-8")
    old = [next(one["sha256"] for one in data["volumes"] if one["file"] == name) for name in names]
    new = [hashlib.sha256((folder / name).read_bytes()).hexdigest() for name in names]
    for number, one in enumerate(old):
        text, lines = text.replace(one, f"@{number}@"), lines.replace(one, f"@{number}@")
    for number, one in enumerate(new):
        text, lines = text.replace(f"@{number}@", one), lines.replace(f"@{number}@", one)
    before = hashlib.sha256(listing.read_bytes()).hexdigest()
    listing.write_text(text, encoding="utf-8")
    sums.write_text(
        lines.replace(before, hashlib.sha256(listing.read_bytes()).hexdigest()), encoding="utf-8"
    )


def test_exchanged_volumes_are_found(
    copy: Path, divided: Divided, capsys: pytest.CaptureFixture[str]
) -> None:
    one, other = copy / "dossier-1-of-3.pdf", copy / "dossier-3-of-3.pdf"
    raw = one.read_bytes()
    one.write_bytes(other.read_bytes())
    other.write_bytes(raw)
    listed(copy, one.name, other.name)
    for how in (["--corpus", str(divided.edition.corpus)], ["--no-corpus"]):
        assert main(["verify", str(copy / "dossier.pdf"), *how]) == 1
        told = capsys.readouterr().err
        assert "dossier-1-of-3.pdf" in told
        assert "dossier-3-of-3.pdf" in told


def test_a_changed_cover_is_found(
    copy: Path, divided: Divided, capsys: pytest.CaptureFixture[str]
) -> None:
    path = copy / "dossier-2-of-3.pdf"
    file, another = (opened(one.read_bytes()) for one in (path, copy / "dossier-3-of-3.pdf"))
    file.data[file.content(1)] = another.data[another.content(1)]
    path.write_bytes(written(file))
    listed(copy, path.name)
    for how in (["--corpus", str(divided.edition.corpus)], ["--no-corpus"]):
        assert main(["verify", str(path), *how]) == 1
        assert "dossier-2-of-3.pdf:1:0: error: What the page shows" in capsys.readouterr().err


def test_renamed_volumes_are_found(
    copy: Path, divided: Divided, capsys: pytest.CaptureFixture[str]
) -> None:
    for path in list(copy.glob("dossier*")):
        path.rename(copy / path.name.replace("dossier", "court"))
    assert main(["verify", str(copy / "court.pdf"), "--corpus", str(divided.edition.corpus)]) == 1
    assert "links lead to these names" in capsys.readouterr().err


@pytest.mark.slow
def test_volumes_of_another_number_go(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    corpus, settings = (
        corpus_of(tmp_path, "volumes: {max_pages: 6}\n"),
        tmp_path / "corpus/dossier.yaml",
    )
    out = tmp_path / "out"

    def names() -> list[str]:
        return sorted(path.name for path in out.iterdir() if "-of-" in path.name)

    def again(old: str, new: str) -> int:
        text = settings.read_text(encoding="utf-8")
        settings.write_text(text.replace(old, new), encoding="utf-8")
        return main(command(corpus, out / "dossier.pdf"))

    assert again("", "") == 0
    assert names() == [f"dossier-{n}-of-3.pdf" for n in (1, 2, 3)]
    (out / "dossier-3-of-3.pdf").write_bytes(b"mine")
    assert again("max_pages: 6", "max_pages: 8") == 0
    assert names() == ["dossier-1-of-2.pdf", "dossier-2-of-2.pdf", "dossier-3-of-3.pdf"]
    assert again("max_pages: 8", "max_pages: 6") != 0
    assert (
        "“" + str(out / "dossier-3-of-3.pdf") + "” was not written by this"
        in capsys.readouterr().err
    )
    (out / "dossier-3-of-3.pdf").unlink()
    # All fits into one file: there are no volumes, and no covers.
    assert again("max_pages: 6", "max_pages: 13") == 0
    assert not names()
    assert again("max_pages: 13", "max_pages: 3") == 0
    assert names() == [f"dossier-{n}-of-7.pdf" for n in range(1, 8)]


@pytest.mark.slow
def test_from_the_cache_volumes_are_the_same(divided: Divided, tmp_path: Path) -> None:
    shutil.copytree(divided.edition.corpus, tmp_path / "corpus")
    request = BuildRequest(tmp_path / "corpus", tmp_path / "warm/x.pdf", jobs=1)
    assert build(request).is_new
    assert not build(request).is_new
    letter = tmp_path / "corpus/letters/2013-05-07-explanation.md"
    text = letter.read_text(encoding="utf-8")
    letter.write_text(text.replace("concerned", "worried", 1) + "\n", encoding="utf-8")
    settings = tmp_path / "corpus/dossier.yaml"
    text = settings.read_text(encoding="utf-8").replace("max_pages: 6", "max_pages: 7")
    settings.write_text(text, encoding="utf-8")
    assert build(request).is_new
    build(BuildRequest(tmp_path / "corpus", tmp_path / "cold/x.pdf", jobs=1, cache=False))
    warm, cold = (
        {path.name: path.read_bytes() for path in (tmp_path / name).glob("x*")}
        for name in ("warm", "cold")
    )
    assert len([name for name in warm if "-of-" in name]) > 1
    assert warm == cold
    next((tmp_path / "warm").glob("x-1-of-*")).unlink()
    assert build(request).is_new


@pytest.mark.slow
@pytest.mark.parametrize("language", ["ar", "ja"])
def test_volumes_by_size_and_in_other_languages(language: str, tmp_path: Path) -> None:
    """On pages that face each other each volume begins on a recto."""
    keys = 'volumes: {max_pages: 7, name: "{name} Part {number}"}\nprint: {recto: letters}\n'
    corpus = corpus_of(tmp_path, keys + "design: facing\n")
    settings = corpus / "dossier.yaml"
    text = settings.read_text(encoding="utf-8").replace("language: en-US", f"language: {language}")
    settings.write_text(text, encoding="utf-8")
    assert main(command(corpus, tmp_path / "out/x.pdf")) == 0
    listing = json.loads((tmp_path / "out/x.json").read_text(encoding="utf-8"))
    assert all(one["first_page"] % 2 == 1 for one in listing["volumes"])
    assert listing["volumes"][0]["file"] == "x Part 1.pdf"
    assert main(["verify", str(tmp_path / "out/x Part 2.pdf"), "--corpus", str(corpus)]) == 0


@pytest.mark.slow
def test_no_file_is_larger_than_it_may_be(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    chance = random.Random(15)

    def line() -> str:
        words = ("".join(chance.choices("abcdefghij", k=chance.randint(2, 9))) for _ in range(60))
        return " ".join(words) + "."

    head = "date: 2012\nto: X\nsignatories: [A, B]\n"
    letters = {
        f"letters/l{n}.md": f"---\ntitle: Letter {n}\n{head}---\n"
        + "\n\n".join(line() for _ in range(20 if n % 3 else 60))
        for n in range(9)
    }
    write_files(
        tmp_path / "corpus", letters | {"dossier.yaml": "title: T\nvolumes: {max_mb: 0.08}\n"}
    )
    assert main(command(tmp_path / "corpus", tmp_path / "out/x.pdf")) == 0
    sizes = [path.stat().st_size for path in sorted((tmp_path / "out").glob("x-*.pdf"))]
    assert len(sizes) > 1
    assert max(sizes) <= 80_000
    assert min(map(sum, itertools.pairwise(sizes))) > 64_000
    long = tmp_path / "corpus/letters/l0.md"
    long.write_text(
        long.read_text(encoding="utf-8") + "".join(f"\n\n{line()}" for _ in range(200)),
        encoding="utf-8",
    )
    assert main(command(tmp_path / "corpus", tmp_path / "out/x.pdf")) == 0
    listing = json.loads((tmp_path / "out/x.json").read_text(encoding="utf-8"))
    assert any(one["id"] == "letters/l0~2" for one in listing["sections"])
    sizes = [path.stat().st_size for path in sorted((tmp_path / "out").glob("x-*.pdf"))]
    assert max(sizes) <= 80_000
    settings = tmp_path / "corpus/dossier.yaml"
    settings.write_text("title: T\nvolumes: {max_mb: 0.001}\n", encoding="utf-8")
    assert main(command(tmp_path / "corpus", tmp_path / "out/x.pdf")) == 1
    assert "its fonts above all" in capsys.readouterr().err


# --- the rules of receivers ---


def broken(divided: Divided, files: dict[Path, bytes], kind: str, value: str = "") -> list[str]:
    """Return the rule of a kind as far as files break it, with the names of these and the pages."""
    rule = {"id": "a", "kind": kind, "says": "S.", "source": "S", "read": "2026-01-01"}
    rule |= {"value": value} if value else {}
    stated = {"title": "T", "source": "S", "read": "2026-01-01", "rules": [rule]}
    profile = Profile("test", "", ProfileFile.model_validate(stated))
    refused, _ = rules.findings(profile, divided.edition.pdf, files)
    return [f"{Path(one.path).name}:{one.line}: {one.message}. {one.remedy}" for one in refused]


KEPT = {
    "max_pages": "6", "max_bytes": "70 kB", "page_labels": "", "bookmarks": "", "contents_linked": "",
    "volume_covers": "", "volume_names": ".*-[1-3]-of-3[.]pdf", "text_searchable": "",
    "paper": "210 x 297 mm", "type_size": "7", "leading": "1.1", "page_stamps": "{volume}-ER-{page}",
}  # fmt: skip


def changed(
    files: dict[Path, bytes], path: Path, change: Callable[[pikepdf.Pdf], None]
) -> dict[Path, bytes]:
    made = io.BytesIO()
    with pikepdf.open(io.BytesIO(files[path])) as pdf:
        change(pdf)
        pdf.save(made)
    return files | {path: made.getvalue()}


def led_elsewhere(pdf: pikepdf.Pdf) -> None:
    for annotation in pdf.pages[3].Annots:
        if annotation.A.S == "/GoToR":
            annotation.A.F.F = pikepdf.String("dossier-3-of-3.pdf")


def counted_anew(pdf: pikepdf.Pdf) -> None:
    pdf.Root.PageLabels.Nums[1].St = 1


def without_cover(pdf: pikepdf.Pdf) -> None:
    pdf.pages[0].Contents = pdf.pages[1].Contents


def without_bookmarks(pdf: pikepdf.Pdf) -> None:
    del pdf.Root.Outlines


def stamped_otherwise(pdf: pikepdf.Pdf) -> None:
    """Let the Bates number of the third page begin with its second character."""
    content = pdf.pages[2].Contents[-1]
    text = content.read_bytes()
    found = re.search(rb"/Subtype /Bates .*?<([0-9a-f]{4})([0-9a-f]{4})", text, re.DOTALL)
    assert found
    content.write(text[: found.start(1)] + found[2] + text[found.end(1) :])


def test_a_stamp_that_is_another_breaks_its_rule_alone(divided: Divided) -> None:
    paths = [divided.edition.pdf, divided.edition.pdf.with_suffix(".json"), *divided.files]
    files = {path: path.read_bytes() for path in paths}
    files = changed(files, divided.files[1], stamped_otherwise)
    told = {kind: broken(divided, files, kind, value) for kind, value in KEPT.items()}
    (message,) = told.pop("page_stamps")
    page = divided.edition.json["volumes"][1]["first_page"] + 2
    assert message.startswith(
        "dossier-2-of-3.pdf:3: The rule “a” of the profile “test” is broken: "
    )
    assert message.endswith(
        f"the page is stamped “--ER-{page}”, not “2-ER-{page}”. S. Source: S, read on 2026-01-01."
    )
    assert not any(told.values())


def test_each_volume_keeps_the_rules_and_breaks_them_by_itself(divided: Divided) -> None:
    paths = [divided.edition.pdf, divided.edition.pdf.with_suffix(".json"), *divided.files]
    files = {path: path.read_bytes() for path in paths}
    for kind, value in KEPT.items():
        assert broken(divided, files, kind, value) == [], kind
    first, second, _ = divided.files
    for kind, value, path, change, said in (
        ("page_labels", "", second, counted_anew, "displays “1” for page"),
        ("contents_linked", "", first, led_elsewhere, "no link in the contents leads to “1."),
        ("volume_covers", "", second, without_cover, "the cover does not state"),
        ("bookmarks", "", second, without_bookmarks, "the file has no bookmarks"),
    ):
        (message,) = broken(divided, changed(files, path, change), kind, value)
        assert message.startswith(path.name)
        assert said in message
    (message,) = broken(divided, files, "volume_names", ".*-[12]-of-3[.]pdf")
    assert message.startswith("dossier-3-of-3.pdf")
    assert [one.split(":")[0] for one in broken(divided, files, "max_pages", "5")] == [
        path.name for path in divided.files if read(path, lambda book: book.pages) == 6
    ]


# --- how sections are divided ---


def test_volumes_are_as_few_as_can_be() -> None:
    chance = random.Random(15)
    for _ in range(300):
        parts = [
            Portioned(str(n), chance.randint(1, 9), chance.random() < 0.3, chance.randint(1, 50))
            for n in range(chance.randint(1, 25))
        ]
        recto = chance.random() < 0.5
        limits = Limits(chance.randint(12, 30), chance.choice([None, 120]), recto)
        begin = [one.place for one in starts(parts, (), limits)]
        page = 1
        for number, (start, end) in enumerate(zip(begin, [*begin[1:], len(parts)], strict=True), 1):
            first = page = page + (recto and page % 2 == 0)
            page += 1
            for part in parts[start:end]:
                page += (part.recto and page % 2 == 0) + part.pages
            blank = recto and page % 2 == 0 and number < len(begin)
            assert page + blank - first <= limits.pages
            assert limits.weight is None or sum(one.weight for one in parts[start:end]) <= 120


def test_a_section_longer_than_a_volume_begins_one_and_fills_it() -> None:
    parts = [Portioned("a", 2, False, 1), Portioned("b", 10, False, 1), Portioned("c", 2, False, 1)]
    assert starts(parts, (), Limits(6, None, False)) == [Start(0), Start(1), Start(1, 5), Start(2)]
    # The rest of it leaves room for what follows.
    parts[1] = Portioned("b", 8, False, 1)
    assert starts(parts, (), Limits(6, None, False)) == [Start(0), Start(1), Start(1, 5)]
    # On rectos a volume has an even number of pages, and behind its cover a blank one.
    parts = [Portioned("a", 7, True, 1)]
    assert starts(parts, (), Limits(7, None, True)) == [Start(0), Start(0, 4)]
    by_weight = Portioned("a", 4, False, 40, lambda: [10, 25, 5, 10])
    assert starts([by_weight], (), Limits(None, 30, False)) == [Start(0), Start(0, 1), Start(0, 3)]
    with pytest.raises(TooLongError) as told:
        starts([by_weight], (), Limits(None, 24, False))
    assert told.value.page == 2
    with pytest.raises(TooLongError) as told:
        starts([Portioned("a", 2, True, 1)], (), Limits(2, None, True))
    assert told.value.pages == 3
    with pytest.raises(TooLongError):
        starts([Portioned("a", 10, False, 1, verso=True)], (), Limits(10, None, False))


@pytest.mark.parametrize(
    ("prefix", "alone", "third"),
    [("{volume}-ER-", "ER-07", "3-ER-07"), ("K{volume}", "K07", "K307"), ("K-", "K-07", "K-07")],
)
def test_the_volume_stands_in_bates_numbers(prefix: str, alone: str, third: str) -> None:
    stamp = Bates(prefix=prefix, digits=2)
    for volume, should in ((0, alone), (3, third)):
        assert stamp.in_volume(volume).prefix + "07" == should
        assert stamped(stamp, 7, volume) == should


def test_names_have_figures_enough() -> None:
    for told in (volumes.file_names, proof.file_names):
        names = told(Volumes(max_pages=9), "{count}", 12)
        assert names[0] == "{count}-01-of-12.pdf"
        assert names[11] == "{count}-12-of-12.pdf"
