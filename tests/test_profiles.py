"""Profiles: each rule is broken by a file that breaks it alone, and a file that breaks one is not written."""

from __future__ import annotations

import datetime
import io
import json
import re
import shutil
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pikepdf
import pytest
from conftest import ROOT, Edition, make_edition, write_files
from test_signed import sign

from dossier.cli import profiles as listing_command
from dossier.cli.main import main
from dossier.machine import templates
from dossier.outputs import listing as listing_maker
from dossier.pipeline import BuildRequest, build, received, verify
from dossier.proof import rules
from dossier.read.profiles import built_in
from dossier.records.diagnostics import BrokenRuleError, CorpusFaultError
from dossier.records.profile import BY_HAND, KINDS, PLAIN, Profile, ProfileFile

NAMES = sorted(path.stem for path in (templates.folder() / "profiles").glob("*.yaml"))
STATED = {"says": "So it is asked.", "source": "A letter", "read": "2026-01-01"}
Files = dict[Path, bytes]
PDF = Path("x/dossier.pdf")


def profile(*stated: dict[str, Any]) -> Profile:
    found = [STATED | one for one in stated]
    file = {"title": "T", "source": "S", "read": "2026-01-01", "rules": found}
    return Profile("test", "", ProfileFile.model_validate(file))


def broken(files: Files, *stated: dict[str, Any], pdf: Path = PDF) -> list[tuple[int, str]]:
    """Return the pages and messages of the rules that files break."""
    refused, warned = rules.findings(profile(*stated), pdf, files)
    return [(item.line, item.message) for item in (*refused, *warned)]


@pytest.fixture(scope="module")
def made(tmp_path_factory: pytest.TempPathFactory) -> Edition:
    """The project's corpus with a Word file, in a design that keeps every rule."""
    folder = tmp_path_factory.mktemp("made")
    shutil.copytree(ROOT / "corpus", folder / "corpus")
    settings = folder / "corpus/dossier.yaml"
    text = settings.read_text("utf-8") + "\ndesign: clear-print\noutputs: docx\n"
    text += "bates: {prefix: '{volume}-ER-', digits: 0}\n"
    settings.write_text(text, encoding="utf-8")
    return make_docx(folder / "corpus", folder / "dossier.pdf")


def make_docx(corpus: Path, output: Path) -> Edition:
    from reader import Reading

    build(BuildRequest(corpus, output, corpus.name, jobs=1, cache=False))
    listing = json.loads(output.with_suffix(".json").read_text(encoding="utf-8"))
    return Edition(corpus, output, listing, "", Reading(output))


@pytest.fixture(scope="module")
def files(made: Edition) -> Files:
    found = {path.name: path.read_bytes() for path in made.pdf.parent.glob("dossier.*")}
    return {PDF.with_name(name): raw for name, raw in found.items()}


def limits(files: Files, pages: int, words: int) -> list[dict[str, Any]]:
    """Return a rule of every kind that the files keep, as near to breaking it as can be."""
    values = {
        "max_pages": str(pages), "max_words": str(words), "max_bytes": "1 MB", "paper": "210 x 297 mm",
        "type_size": "12", "leading": "1.5", "file_name": "[a-z.0-9]+", "output_present": "docx",
        "volume_names": "no file", "page_stamps": "ER-{page}",
    }  # fmt: skip
    # No file keeps “section_letters” and “page_labels” both; see test_lettering.py.
    kinds = [kind for kind in KINDS if kind not in ("no_links", "section_letters", BY_HAND)]
    return [
        {"id": kind.replace("_", "-"), "kind": kind}
        | ({"value": values[kind]} if kind in values else {})
        for kind in kinds
    ]


def words_in(made: Edition) -> int:
    """Count the words on the pages of letters with another reader: all but running heads and folios."""
    spans = [one for one in made.json["sections"] if one["id"].startswith("letters/")]
    count = 0
    for one in spans:
        for number in range(one["first_page"], one["last_page"] + 1):
            page = made.reading.plumber.pages[number - 1]
            inside = page.crop((0, 75, page.width, page.height - 75))
            found = [word["text"] for word in inside.extract_words(use_text_flow=True)]
            count += sum(any(map(str.isalnum, word)) for word in found)
            # A word that has a hyphen at the end of a line goes on in the next.
            count -= sum(word.endswith("-") and len(word) > 1 for word in found)
    return count


@pytest.fixture(scope="module")
def every(made: Edition, files: Files) -> list[dict[str, Any]]:
    return limits(files, len(made.reading.plumber.pages), words_in(made))


def test_every_kind_has_a_proof() -> None:
    assert set(rules.KINDS) | {BY_HAND} == set(KINDS)


def test_a_file_that_keeps_every_rule(files: Files, every: list[dict[str, Any]]) -> None:
    assert broken(files, *every) == []


# --- how to break each rule alone ---


def changed(change: Callable[[pikepdf.Pdf], None], **saving: Any) -> Callable[[Files], Files]:
    def apply(files: Files) -> Files:
        made = io.BytesIO()
        with pikepdf.open(io.BytesIO(files[PDF])) as pdf:
            change(pdf)
            pdf.save(made, **saving)
        return files | {PDF: made.getvalue()}

    return apply


def letter_sized(pdf: pikepdf.Pdf) -> None:
    pdf.pages[3].MediaBox = [0, 0, 612, 792]


def attached(pdf: pikepdf.Pdf) -> None:
    pdf.attachments["a.txt"] = b"text"


def annotated(pdf: pikepdf.Pdf, page: int, **keys: Any) -> None:
    there = {f"/{key}": value for key, value in keys.items()}
    made = pikepdf.Dictionary({"/Type": pikepdf.Name.Annot, "/Rect": [10, 10, 20, 20], **there})
    if "/Annots" not in pdf.pages[page].obj:
        pdf.pages[page].Annots = pikepdf.Array()
    pdf.pages[page].Annots.append(pdf.make_indirect(made))


def with_field(pdf: pikepdf.Pdf) -> None:
    annotated(pdf, 4, Subtype=pikepdf.Name.Widget, FT=pikepdf.Name.Tx, T=pikepdf.String("x"))
    pdf.Root.AcroForm = pikepdf.Dictionary(Fields=[pdf.pages[4].Annots[-1]])


def with_form(pdf: pikepdf.Pdf) -> None:
    pdf.Root.AcroForm = pikepdf.Dictionary(Fields=pikepdf.Array())


def with_address(pdf: pikepdf.Pdf) -> None:
    action = pikepdf.Dictionary(S=pikepdf.Name.URI, URI=pikepdf.String("https://example.org"))
    annotated(pdf, 4, Subtype=pikepdf.Name.Link, A=action)


def with_remote_bookmark(pdf: pikepdf.Pdf) -> None:
    action = pikepdf.Dictionary(S=pikepdf.Name.GoToR, F=pikepdf.String("other.pdf"))
    pdf.Root.Extra = pdf.make_indirect(action)


def with_script(pdf: pikepdf.Pdf) -> None:
    pdf.Root.OpenAction = pikepdf.Dictionary(
        S=pikepdf.Name.JavaScript, JS=pikepdf.String("app.alert(1)")
    )


def with_launch(pdf: pikepdf.Pdf) -> None:
    action = pikepdf.Dictionary(S=pikepdf.Name.Named, N=pikepdf.Name.Print)
    sound = pikepdf.Dictionary(S=pikepdf.Name.Movie)
    pdf.Root.Extra = pdf.make_indirect(pikepdf.Dictionary(A=action, B=sound))


def labelled(pdf: pikepdf.Pdf) -> None:
    roman = pikepdf.Dictionary(S=pikepdf.Name.r, St=1)
    plain = pikepdf.Dictionary(S=pikepdf.Name.D, St=3)
    pdf.Root.PageLabels.Nums = pikepdf.Array([0, roman, 2, plain])


def without_bookmark(pdf: pikepdf.Pdf) -> None:
    with pdf.open_outline() as outline:
        for under in (outline.root, *(item.children for item in outline.root)):
            for item in list(under):
                if "Request for an explanation" in item.title:
                    under.remove(item)


def without_bookmarks(pdf: pikepdf.Pdf) -> None:
    del pdf.Root.Outlines


def without_links_in_contents(pdf: pikepdf.Pdf) -> None:
    for page in pdf.pages[:6]:
        if "/Annots" in page.obj:
            del page.obj.Annots


def stream_changed(number: int, change: Callable[[str], str]) -> Callable[[pikepdf.Pdf], None]:
    def apply(pdf: pikepdf.Pdf) -> None:
        contents = pdf.pages[number].Contents
        parts = list(contents) if isinstance(contents, pikepdf.Array) else [contents]
        old = parts[0].read_bytes().decode("latin-1")
        new = change(old)
        assert new != old
        parts[0] = pdf.make_stream(new.encode("latin-1"))
        pdf.pages[number].Contents = pikepdf.Array(parts)

    return apply


def smaller(text: str) -> str:
    """Return a content stream with one line of 11 points, which stand for 16 units."""
    head, tail = text.rsplit(" 16 Tf", 1)
    return f"{head} 14.7 Tf{tail}"


def nearer(text: str) -> str:
    """Return a content stream whose last line stands three units nearer to the one before."""
    places = list(re.finditer(r"1 0 0 -1 (\S+) (\S+) Tm", text))
    last = places[-1]
    moved = f"1 0 0 -1 {last[1]} {float(last[2]) - 3:.3f} Tm"
    return text[: last.start()] + moved + text[last.end() :]


def undrawn(text: str) -> str:
    return re.sub(r"\nBT\n.*?\nET(?=\n)", "", text, flags=re.DOTALL)


def unsearchable(pdf: pikepdf.Pdf) -> None:
    # The last page, which is none of a letter’s, keeps its number.
    stream_changed(len(pdf.pages) - 1, undrawn)(pdf)


def renamed(files: Files) -> Files:
    return files | {PDF.with_name("dossiér.csv"): b""}


def without_word(files: Files) -> Files:
    return {path: raw for path, raw in files.items() if path.suffix != ".docx"}


def larger(files: Files) -> Files:
    return files | {PDF: files[PDF] + b"\n% " + b"x" * 1_000_000 + b"\n%%EOF\n"}


@pytest.mark.parametrize(
    ("kind", "change", "page", "what"),
    [
        ("max_bytes", larger, 0, "bytes, and may have 1,000,000"),
        ("paper", changed(letter_sized), 4, "the page measures 216 x 279 mm"),
        ("no_attachments", changed(attached), 0, "the file has an attachment"),
        ("no_forms", changed(with_field), 5, "the page has a form field"),
        ("no_forms", changed(with_form), 0, "the file has a form (AcroForm)"),
        (
            "no_encryption", changed(lambda pdf: None, encryption=pikepdf.Encryption(owner="x", R=6)), 0,
            "the file is encrypted",
        ),
        ("no_external_links", changed(with_address), 5, "a link leads out of the file, to https://example.org"),
        ("no_external_links", changed(with_remote_bookmark), 0, "an action leads out of the file"),
        ("no_scripts", changed(with_script), 0, "the file runs or plays something (JS)"),
        ("no_scripts", changed(with_launch), 0, "the file runs or plays something (Movie)"),
        ("type_size", changed(stream_changed(6, smaller)), 7, "is set in 11 points"),
        ("leading", changed(stream_changed(6, nearer)), 7, "two lines stand 1.31 times the type size apart"),
        ("page_labels", changed(labelled), 1, "a viewer displays “i” for page 1, on which “1” is printed"),
        ("bookmarks", changed(without_bookmark), 10, "no bookmark leads to “2. Request for an explanation”"),
        ("bookmarks", changed(without_bookmarks), 0, "the file has no bookmarks"),
        ("text_searchable", changed(unsearchable), 16, "no text on the page can be searched"),
        ("file_name", renamed, 0, "the name “dossiér.csv” is not of the form [a-z.0-9]+"),
        ("contents_linked", changed(without_links_in_contents), 4, "no link in the contents leads to “1. Appeal"),
        ("output_present", without_word, 0, "there is no dossier.docx beside the PDF"),
    ],
)  # fmt: skip
def test_a_file_that_breaks_one_rule_alone(
    kind: str,
    change: Callable[[Files], Files],
    page: int,
    what: str,
    files: Files,
    every: list[dict[str, Any]],
) -> None:
    ((there, message),) = broken(change(files), *every)
    name = kind.replace("_", "-")
    assert message.startswith(f"The rule “{name}” of the profile “test” is broken: ")
    assert what in message
    assert there == page


@pytest.mark.parametrize("kind", ["max_pages", "max_words"])
def test_one_more_than_may_be(kind: str, files: Files, every: list[dict[str, Any]]) -> None:
    less = [
        one | {"value": str(int(one["value"]) - 1)} if one["kind"] == kind else one for one in every
    ]
    ((page, message),) = broken(files, *less)
    assert page == 0
    assert f"“{kind.replace('_', '-')}”" in message


@pytest.mark.parametrize("of", ["pdf", "all", "docx"])
def test_bytes_are_those_of_the_file_that_is_named(of: str, files: Files) -> None:
    counted = {
        "pdf": len(files[PDF]), "docx": len(files[PDF.with_suffix(".docx")]),
        "all": sum(map(len, files.values())),
    }[of]  # fmt: skip
    rule = {"id": "size", "kind": "max_bytes", "of": of}
    up, down = -(-counted // 10) / 100, counted // 10 / 100
    assert broken(files, rule | {"value": f"{up:.2f} kB"}) == []
    ((_, message),) = broken(files, rule | {"value": f"{down - 0.01:.2f} kB"})
    assert f"{counted:,} bytes" in message


def test_no_links(files: Files) -> None:
    def bare(pdf: pikepdf.Pdf) -> None:
        for page in pdf.pages:
            if "/Annots" in page.obj:
                del page.obj.Annots

    rule = {"id": "links", "kind": "no_links"}
    assert broken(changed(bare)(files), rule) == []
    ((page, message),) = broken(files, rule)
    assert page == 4
    assert message.endswith("the page has a link (so on 7 pages)")


def test_a_file_that_cannot_be_read_keeps_no_rule_that_reads_it(
    files: Files, every: list[dict[str, Any]]
) -> None:
    locked = changed(lambda pdf: None, encryption=pikepdf.Encryption(user="y", owner="x", R=6))
    for change in (lambda files: files | {PDF: files[PDF][:5000]}, locked):
        # Nothing is divided, so that nothing is read of volumes.
        kept = {
            "max_bytes", "file_name", "output_present", "volume_covers", "volume_names", "index_volume",
        }  # fmt: skip
        found = broken(change(files), *every)
        assert len(found) == len(every) - len(kept)
    ((_, message),) = broken(locked(files), {"id": "a", "kind": "no_encryption"})
    assert "the file asks for a password" in message


def test_without_letters_nothing_is_said_to_be_kept(files: Files) -> None:
    emptied = files | {PDF.with_suffix(".json"): b'{"sections": []}'}
    for kind, value in (("bookmarks", None), ("type_size", "12"), ("max_words", "9999")):
        rule = {"id": "a", "kind": kind} | ({"value": value} if value else {})
        assert "is not what it should be" in broken(emptied, rule)[0][1]


def test_words_are_counted_as_word_processors_do() -> None:
    for text, count in (
        ("One two-three, four — five’s 6.", 5), ("自由 を。", 3), ("자유 편지", 2), ("…  -", 0),
    ):  # fmt: skip
        assert len(rules._words(text)) == count


# --- builds ---

OWN = """\
title: Our court
source: A letter of the registrar
read: 2026-01-01
settings: {paper: Letter, exhibits: "Exhibit {letter}", print: {sides: two}}
rules:
  - {id: pages, kind: max_pages, value: 40, says: A file has 40 pages at most., source: Page 2, read: 2026-01-01}
  - {id: hand, kind: by_hand, says: Bring three copies., source: Page 3, read: 2026-01-01}
"""
HOUSE = "templates/profiles/house.yaml"
PACKET = "title: All\npackets:\n  court: {title: For the court, profile: house}\n"


def command(folder: Path, *more: str) -> int:
    output = str(folder.parent / "out/court.pdf")
    return main(
        ["build", "court", "--corpus", str(folder), "--output", output, "--jobs", "1", *more]
    )


def test_a_packet_takes_the_settings_that_it_does_not_state(
    corpus: Callable[..., Path], capsys: pytest.CaptureFixture[str]
) -> None:
    from dossier import stages

    folder = corpus(
        **{
            HOUSE: OWN,
            "dossier.yaml": "title: All\nprofile: house\npaper: A4\npackets:\n"
            "  one: {subtitle: X}\n  two: {profile: house, exhibits: 'Annex {number}'}\n"
            "  three: {profile: }\n  four: {profile: uk-court}\n",
        }
    )
    found, _ = stages.read(folder, "c")
    assert found
    kept = [
        (
            packet.publication.paper,
            packet.publication.exhibits,
            packet.profile and packet.profile.name,
        )
        for packet in found.packets
    ]
    assert kept == [
        ("A4", "Exhibit {letter}", "house"),
        ("A4", "Exhibit {letter}", "house"),
        ("Letter", "Annex {number}", "house"),
        ("A4", None, None),
        ("A4", None, "uk-court"),
    ]
    assert found.packets[3].publication.printing is None


def test_a_build_that_keeps_its_profile_says_so(
    corpus: Callable[..., Path], capsys: pytest.CaptureFixture[str]
) -> None:
    folder = corpus(**{HOUSE: OWN, "dossier.yaml": PACKET})
    assert command(folder) == 0
    said = "Not proved, see to it for court.pdf: Bring three copies. (Page 3, read on 2026-01-01)"
    assert said in capsys.readouterr().out
    pdf = folder.parent / "out/court.pdf"
    listing = json.loads(pdf.with_suffix(".json").read_text("utf-8"))
    assert listing["profile"]["name"] == "house"
    assert listing["profile"]["rules"] == ["pages"]
    assert not verify(pdf, folder).faults
    assert verify(pdf, folder).profile == "house"
    # Its receiver has no profile of the corpus's own.
    assert (received(pdf).profile, received(pdf).unproved) == ("", "house")
    assert main(["verify", str(pdf), "--no-corpus"]) == 0
    assert "Not proved: the rules of the profile “house”" in capsys.readouterr().out
    assert command(folder) == 0
    again = capsys.readouterr().out
    assert again.startswith("Nothing has changed in")
    assert said in again


def test_a_profile_that_is_changed_is_noticed_and_may_refuse(
    corpus: Callable[..., Path], capsys: pytest.CaptureFixture[str]
) -> None:
    folder = corpus(**{HOUSE: OWN, "dossier.yaml": PACKET})
    assert command(folder) == 0
    pdf = folder.parent / "out/court.pdf"
    before = {path: path.read_bytes() for path in pdf.parent.glob("court.*")}
    (folder / HOUSE).write_text(OWN.replace("value: 40", "value: 3"), encoding="utf-8")
    capsys.readouterr()
    assert command(folder) == 1
    error = capsys.readouterr().err
    assert (
        "court.pdf:0:0: error: The rule “pages” of the profile “house” is broken: the file has 6 pages, and "
        "may have 3. A file has 40 pages at most. Source: Page 2, read on 2026-01-01.\n"
    ) in error
    assert {path: path.read_bytes() for path in before} == before
    assert (pdf.parent / "court.rejected.pdf").is_file()
    # The finished file does not keep the rules of today either.
    messages = [item.message for item in verify(pdf, folder).faults]
    assert any("“profile”" in message for message in messages)


def test_a_rule_that_warns_stops_a_build_only_if_it_is_strict(
    corpus: Callable[..., Path], capsys: pytest.CaptureFixture[str]
) -> None:
    warns = OWN.replace("value: 40", "value: 3, warns: true")
    folder = corpus(**{HOUSE: warns, "dossier.yaml": PACKET})
    pdf = folder.parent / "out/court.pdf"
    assert command(folder, "--strict") == 1
    assert not pdf.exists()
    for begin in ("Wrote", "Nothing has changed"):
        assert command(folder) == 0
        said = capsys.readouterr()
        assert "warning: The rule “pages” of the profile “house” is broken" in said.err
        assert said.out.startswith(begin)
    assert command(folder, "--strict") == 1
    assert json.loads(pdf.with_suffix(".json").read_text("utf-8"))["profile"]["rules"] == []
    (warning,) = verify(pdf, folder).faults
    assert warning.severity == "warning"


@pytest.mark.parametrize(
    ("keys", "name", "expected"),
    [
        ("profile: us-federal, paper: A4", "court", "“letter-size” of the profile “us-federal”"),
        ("profile: uk-court, paper: Letter", "court", "“a4” of the profile “uk-court”"),
        ("profile: uk-parliament, outputs: []", "court", "there is no court.docx beside the PDF"),
        ("profile: family-court, design: default", "court", "is set in"),
        ("profile: african-court, design: default", "court", "“leading” of the profile “african-court”"),
        ("profile: echr", "cóurt", "the name “cóurt.json” is not of the form"),
    ],
)  # fmt: skip
def test_a_build_is_refused(
    keys: str, name: str, expected: str, corpus: Callable[..., Path], tmp_path: Path
) -> None:
    text = "The undersigned ask that the commission consider every report. " * 8
    folder = corpus(
        **{
            "dossier.yaml": f"title: All\npackets:\n  court: {{title: X, {keys}}}\n",
            "letters/one.md": f"---\ntitle: One\ndate: 2012-01-08\nto: X\nnote: A note.\n---\n{text}\n",
        }
    )
    output = tmp_path / f"out/{name}.pdf"
    with pytest.raises(BrokenRuleError) as caught:
        build(BuildRequest(folder, output, jobs=1, packets=("court",), cache=False))
    assert any(expected in item.message for item in caught.value.diagnostics)
    left = [path.name for path in output.parent.iterdir()]
    assert sorted(left) == [f"{name}.rejected.pdf", f"{name}.rejected.txt"]


def test_too_many_words_are_refused(corpus: Callable[..., Path], tmp_path: Path) -> None:
    text = "word " * 1000
    folder = corpus(
        **{
            "dossier.yaml": "title: All\nprofile: un-hrc\n",
            "letters/one.md": f"---\ntitle: One\ndate: 2012-01-08\nto: X\n---\n{text}\n\n{text}\n",
        }
    )
    with pytest.raises(BrokenRuleError) as caught:
        build(BuildRequest(folder, tmp_path / "out/x.pdf", jobs=1, cache=False))
    # The label, the title, the date and the addressee have seven words.
    messages = [item.message for item in caught.value.diagnostics]
    assert [message.partition("have ")[2] for message in messages] == [
        "2,007 words, and may have 2,000", "2,007 words, and may have 1,500",
    ]  # fmt: skip


@pytest.mark.parametrize("change", ["name", "sha256", "rules", "lost"])
def test_a_listing_that_says_otherwise_is_refused(
    change: str, corpus: Callable[..., Path], tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    true = listing_maker.manifest

    def false(*arguments: Any) -> Callable[[str], str]:
        return lambda checksum: otherwise(true(*arguments)(checksum))

    def otherwise(listing: str) -> str:
        stated = json.loads(listing)["profile"]
        other = {"name": "b", "sha256": "0" * 64, "rules": [*stated["rules"], "more"]}
        new = (
            ""
            if change == "lost"
            else f'"profile": {json.dumps(stated | {change: other.get(change)})}'
        )
        old = f'"profile": {json.dumps(stated)}'
        return listing.replace(f",\n{old}" if not new else old, new)

    monkeypatch.setattr("dossier.stages.manifest", false)
    folder = corpus(**{"dossier.yaml": "title: All\nprofile: email\n"})
    with pytest.raises(CorpusFaultError) as caught:
        build(BuildRequest(folder, tmp_path / "out/x.pdf", jobs=1, cache=False))
    assert "The listing’s “profile”" in caught.value.diagnostics[0].message


def test_what_happens_to_a_file_later_is_found(
    corpus: Callable[..., Path], tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    folder = corpus(**{"dossier.yaml": "title: All\nprofile: us-federal\n"})
    pdf = tmp_path / "out/x.pdf"
    build(BuildRequest(folder, pdf, jobs=1, cache=False))
    assert received(pdf).profile == "us-federal"
    assert not received(pdf).faults
    # A signature is a form field, which these courts refuse; the dossier in it is as it was built.
    pdf.write_bytes(sign(pdf.read_bytes()))
    for found in (verify(pdf, folder), received(pdf)):
        (fault,) = found.faults
        assert "The rule “no-forms” of the profile “us-federal” is broken" in fault.message
        assert fault.line == 1


# --- the program's own profiles ---


def test_the_profiles_of_the_program_are_sound() -> None:
    assert len(NAMES) >= 14
    for name in NAMES:
        found = built_in(name)
        assert found is not None
        assert found.refusing
        for rule in found.stated.rules:
            assert rule.says.endswith(".") or rule.says.endswith(").")
            assert rule.read <= datetime.date.today().isoformat()


def test_the_schema_for_editors_accepts_them(tmp_path: Path) -> None:
    import jsonschema
    import yaml

    assert main(["schema", "--output", str(tmp_path)]) == 0
    schema = json.loads((tmp_path / "profile.schema.json").read_text("utf-8"))
    for name in NAMES:
        text = (templates.folder() / f"profiles/{name}.yaml").read_text("utf-8")
        data = yaml.safe_load(re.sub(r"(read: )(\S+)", r"\1'\2'", text))
        jsonschema.validate(data, schema)


def test_the_program_has_rules_of_most_kinds() -> None:
    kinds = {rule.kind for name in NAMES for rule in (built_in(name) or profile()).stated.rules}
    # The links of a dossier lead to its own pages and cannot be left out.
    assert set(KINDS) - kinds == {"no_links", "no_external_links"}
    assert {"page_labels", "no_forms"} <= kinds & set(PLAIN)


def test_letters_of_every_kind_keep_the_size_and_distance_of_lines(tmp_path: Path) -> None:
    from test_large_print import LETTER

    write_files(
        tmp_path / "corpus",
        {
            "dossier.yaml": "title: All\nformat: 2\nprofile: african-court\noutputs: []\n",
            "reports.yaml": "references:\n- {id: w, type: book, title: A book}\n",
            "letters/a.md": LETTER,
        },
    )
    pdf = tmp_path / "out/x.pdf"
    build(BuildRequest(tmp_path / "corpus", pdf, jobs=1, cache=False))
    found = verify(pdf, tmp_path / "corpus", thorough=True)
    assert not found.faults
    # The call of a footnote is raised, so that nobody takes it for a part of the word.
    book = rules.Readback(pdf.read_bytes())
    pieces = [piece for number in range(1, book.pages + 1) for piece in book.typed(number)]
    book.close()
    assert {round(piece.size) for piece in pieces if piece.words == "1" and piece.size < 11.9} == {
        10
    }
    assert min(piece.size for piece in pieces if piece.words != "1") > 11.9


@pytest.mark.slow
@pytest.mark.parametrize("name", NAMES)
def test_the_real_corpus_in_every_profile(name: str, tmp_path: Path) -> None:
    shutil.copytree(ROOT / "corpus", tmp_path / "corpus")
    settings = tmp_path / "corpus/dossier.yaml"
    # The corpus states its paper; a packet of its own takes the profile's.
    packet = f"\npackets:\n  filing: {{title: Letters, profile: {name}}}\n"
    settings.write_text(settings.read_text("utf-8") + packet, encoding="utf-8")
    output = tmp_path / "out/filing.pdf"
    built = build(
        BuildRequest(tmp_path / "corpus", output, jobs=1, packets=("filing",), cache=False)
    )
    assert not built.diagnostics
    assert not verify(output, tmp_path / "corpus").faults
    there = received(output)
    assert not there.faults
    assert there.profile == name


# --- the list ---


def test_the_list_has_every_rule_with_its_date_and_source(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    assert main(["profiles", "--corpus", str(tmp_path)]) == 0
    text = capsys.readouterr().out
    assert main(["profiles", "--corpus", str(tmp_path), "--format", "json"]) == 0
    listed = json.loads(capsys.readouterr().out)
    assert [one["name"] for one in listed] == NAMES
    for one in listed:
        for rule in one["rules"]:
            assert f"  {rule['id']} (" in text
            assert rule["says"] in text
            assert f"{rule['source']}, read on {rule['read']}" in text
    assert "OLD" not in json.dumps(listed)


def test_the_list_has_the_profiles_of_the_corpus(
    corpus: Callable[..., Path], capsys: pytest.CaptureFixture[str]
) -> None:
    folder = corpus(**{HOUSE: OWN.replace("2026", "1999"), "templates/profiles/email.yaml": OWN})
    assert main(["profiles", "--corpus", str(folder)]) == 0
    text = capsys.readouterr().out
    assert "house: Our court (A letter of the registrar, read on 1999-01-01) OLD: read " in text
    assert (
        "  hand (not proved: by hand): Bring three copies. Page 3, read on 1999-01-01. OLD: "
        in text
    )
    assert "email: Our court" in text
    assert "too-large" not in text
    write_files(folder, {HOUSE: OWN.replace("by_hand", "by_hands")})
    assert main(["profiles", "--corpus", str(folder)]) == 1
    assert "house.yaml:7:22: error: “by_hands” is not a value of “kind”" in capsys.readouterr().err


@pytest.mark.parametrize(
    ("read", "today", "is_old"),
    [
        ("2024-11-30", (2026, 11, 30), True), ("2024-12-01", (2026, 11, 30), False),
        ("2024-02-29", (2026, 2, 28), False), ("2024-02-29", (2026, 3, 1), True),
    ],
)  # fmt: skip
def test_a_rule_is_old_after_two_years(
    read: str, today: tuple[int, int, int], is_old: bool
) -> None:
    assert bool(listing_command._age(read, datetime.date(*today))) == is_old


def test_an_edition_without_a_profile_says_nothing_of_one(real: Edition) -> None:
    assert "profile" not in real.json
    assert make_edition is not None
