"""The words of ours: complete in each language, and no other language's among them."""

from __future__ import annotations

import dataclasses
import html
import re
import shutil
import string
import zipfile
from collections.abc import Callable, Iterator, Mapping
from pathlib import Path
from typing import Any

import conftest
import pytest
import yaml
from conftest import ENGLISH, ROOT, Edition, make_edition, stand_in, write_files
from PIL import Image
from pki import PASSPHRASE, Authority
from reader import Reading

from dossier import stages
from dossier.cli.main import main
from dossier.compile.bibliography import entries
from dossier.compile.compiler import compile_dossier
from dossier.language.word_files import FaultyWordsError, languages, words_for
from dossier.language.words import GROUPED, Words, categories
from dossier.machine import templates
from dossier.records.environment import VARIABLE
from dossier.records.job import Job
from dossier.records.references import Reference

FOLDER = ROOT / "templates/words"
FILES = sorted(FOLDER.glob("*.yaml"))
FRENCH = words_for("fr", (templates.folder(),))


# --- the files ---


def content(path: Path) -> dict[str, Any]:
    read: dict[str, Any] = yaml.safe_load(path.read_text(encoding="utf-8"))
    return read


def forms(text: Any) -> list[str]:
    return [text] if isinstance(text, str) else list(text.values())


def names(text: str) -> set[str]:
    """Return the placeholders of a text with their forms.

    Where English spells a number, a language may do so in a gender, or write figures.
    """
    return {
        f"{name}:{form if form == GROUPED else ''}"
        for _, name, form, _ in string.Formatter().parse(text)
        if name
    }


@pytest.mark.parametrize("path", FILES, ids=lambda path: path.stem)
def test_a_language_has_every_key_with_its_placeholders_and_plurals(path: Path) -> None:
    english, other = content(FOLDER / "en.yaml"), content(path)
    assert other.keys() == english.keys()
    for key, text in other.items():
        assert type(text) is type(english[key]), key
        wanted = set().union(*map(names, forms(english[key])))
        assert names(forms(text)[-1]) == wanted, key
        for form in forms(text):
            # Chinese and Japanese have no space between sentences.
            assert form or english[key].isspace()
            assert names(form) <= wanted, key
        if isinstance(text, dict):
            assert list(text) == categories(path.stem), key


def test_the_languages_of_the_united_nations_and_four_more_are_there() -> None:
    wanted = {"ar", "de", "en", "es", "fr", "ja", "ko", "pt", "ru", "zh"}
    assert wanted == {path.stem for path in FILES}
    assert languages((templates.folder(),)) == [path.stem for path in FILES]


def test_french_has_its_spaces_and_apostrophes() -> None:
    for key, text in FRENCH.texts.items():
        for form in forms(text):
            plain = form.replace("12:84", "")
            plain = re.sub(r"\{\w+:\w+\}", "", plain)
            assert not re.search(r"(?<!\u202f)[;!?]", plain), (key, form)
            assert not re.search(r"(?<!\u00a0):", plain), (key, form)
            assert not re.search(r"«(?!\u00a0)|(?<!\u00a0)»|['\"“”]", plain), (key, form)


def test_the_style_of_the_bibliography_takes_these_terms() -> None:
    style = (ROOT / "templates/bibliography.csl").read_text(encoding="utf-8")
    terms = set(re.findall('term="(.*?)"', style))
    # What the style cannot say stands behind its entries.
    more = {"work_archived", "work_archived_on", "work_un_document"}
    assert terms | more == {key for key in ENGLISH.texts if key.startswith("work_")}
    assert not re.findall(r'value="', style)


def test_plurals_and_numbers_are_those_of_the_language() -> None:
    counts = [FRENCH("letters", count=number) for number in (0, 1, 2, 1_000_000)]
    assert counts == ["0 lettre", "1 lettre", "2 lettres", "1000000 de lettres"]
    assert [ENGLISH("letters", count=number) for number in (0, 1)] == ["0 letters", "1 letter"]
    assert FRENCH("bytes", count=12345) == "12\u202f345 octets"
    assert ENGLISH("bytes", count=12345) == "12,345 bytes"
    spelled = [FRENCH("about_open_letters", count=number) for number in (1, 2, 12, 13)]
    assert spelled[0] == "une lettre ouverte"
    assert [one.split()[0] for one in spelled[1:]] == ["deux", "douze", "13"]


def test_words_are_asked_for_by_key_with_all_their_values() -> None:
    with pytest.raises(KeyError):
        ENGLISH("no_such_key")
    with pytest.raises(KeyError):
        ENGLISH("letter")
    with pytest.raises(KeyError):
        ENGLISH("letters")
    with pytest.raises(TypeError):
        ENGLISH("letter", number=1, page=2)


# --- files that editors write ---


def written(folder: Path, name: str, text: str) -> Path:
    path = folder / "words" / name
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_text(text, encoding="utf-8")
    return folder


def test_the_first_folder_and_the_nearer_file_go_before(tmp_path: Path) -> None:
    own = written(tmp_path, "fr.yaml", "letter: Missive {number}\nheading_about: Avis\n")
    written(tmp_path, "fr-CA.yaml", "heading_about: Avis au lecteur\n")
    folders = own, templates.folder()
    words = words_for("fr-ca", folders)
    assert words("letter", number=3) == "Missive 3"
    assert words("heading_about") == "Avis au lecteur"
    assert words("heading_index") == "Index des signataires"
    assert words_for("fr", folders)("heading_about") == "Avis"
    assert words_for("fr-FR", folders).language == "fr-FR"
    # A language in another script than the words is another to its readers.
    assert words_for("fr-Cyrl", folders).language == "en"


PLURALS = "letters:\n  one: '{count} Brief'\n  other: '{count} Briefe'\n"
FAULTS = {
    "letter: Brief\n": "1:9: “letter” has no placeholder {number}",
    "letter: Brief {nummer}\n": "1:9: “letter” has a placeholder {nummer}, which is not filled",
    "letter: Brief {number\n": "1:9: The placeholders cannot be read",
    "letter: Brief {number!r}\n": "1:9: The placeholders cannot be read",
    "letter: Brief {number:d}\n": "1:9: The placeholders cannot be read",
    "letter: Brief {number:spelled-neuter}\n": "1:9: “letter” has a neuter number {number:spelled-neuter}",
    "# so\nbrief: Brief\n": "2:8: The key “brief” is unknown",
    "heading_index: A\nheading_index: B\n": "2:1: The key “heading_index” stands twice",
    "heading_index: [A]\n": "1:16: The value is not a text",
    "heading_index:\n  one: A\n  other: B\n": "2:3: “heading_index” must have one text",
    "letters: Briefe\n": "1:10: “letters” must have a text for each plural category",
    "letters:\n  other: '{count} Briefe'\n": "2:3: “letters” has no form for one",
    "letters:\n  einer: Brief\n": "2:3: “einer” is no plural category",
    PLURALS: "1:1: There is no “about_additions”, ",
    "- letter\n": "1:1: There are no keys here",
    "? [a]\n: b\n": "1:3: The key is not a text",
    "letter: 'Brief\n": "2:1: The file is not YAML",
}


@pytest.mark.parametrize("text", FAULTS)
def test_a_fault_in_a_file_of_words_has_its_place(text: str, tmp_path: Path) -> None:
    folder = written(tmp_path, "nl.yaml", text)
    with pytest.raises(FaultyWordsError) as caught:
        words_for("nl", (folder, templates.folder()))
    assert str(caught.value).startswith(f"{folder.as_posix()}/words/nl.yaml:{FAULTS[text]}")
    assert caught.value.remedy.endswith(".")


def test_a_file_that_is_no_text(tmp_path: Path) -> None:
    folder = written(tmp_path, "nl.yaml", "")
    (folder / "words/nl.yaml").write_bytes(b"letter: \xff\n")
    with pytest.raises(FaultyWordsError, match="The file is not text in UTF-8"):
        words_for("nl", (folder, templates.folder()))


@pytest.fixture
def own_templates(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A copy of the templates that every build of the test takes."""
    folder = tmp_path / "templates"
    shutil.copytree(ROOT / "templates", folder)
    monkeypatch.setattr(templates, "folder", lambda: folder)
    return folder


def test_a_faulty_file_of_words_is_a_fault_of_the_build(
    own_templates: Path, corpus: Callable[..., Path], capsys: pytest.CaptureFixture[str]
) -> None:
    written(own_templates, "de.yaml", "letter: Brief\n")
    folder = corpus(**{"dossier.yaml": "title: Test\nlanguage: de\n"})
    assert main(["check", "--corpus", str(folder)]) == 1
    said = capsys.readouterr().err
    assert "words/de.yaml:1:9: error: “letter” has no placeholder {number}. Write it" in said


def test_a_language_that_is_added_is_used(
    own_templates: Path, corpus: Callable[..., Path], tmp_path: Path
) -> None:
    dutch = (FOLDER / "en.yaml").read_text(encoding="utf-8")
    dutch = dutch.replace("Contents", "Inhoudsopgave")
    written(own_templates, "nl.yaml", dutch)
    folder = corpus(**{"dossier.yaml": "title: Test\nlanguage: nl-BE\n"})
    edition = make_edition(folder, tmp_path / "x.pdf")
    assert edition.json["diagnostics"] == []
    assert "<body>" in edition.html  # in the language of the whole
    assert "<h2>Inhoudsopgave</h2>" in edition.html


# --- a dossier in French ---

COUNTRIES = "JP KR US CA BR BE FR DE IT ES PT NL CH AT PL CZ SE NO FI DK IE GR".split()
SIGNED = "".join(
    f"  - {{organization: Société {code} {number}, country: {code}}}\n"
    for place, code in enumerate(COUNTRIES)
    for number in range(2 if place < 4 else 1)
)
CORPUS = {
    "dossier.yaml": """title: Lettres à la commission
subtitle: Recueil
identifier: X/1
edition: 2
prepared_by: Une équipe
rights: Droits réservés
language: fr
introduction: Un *texte*.
packets:
  choix: {title: Choix, edition: , prepared_by: , withdrawn: left_out, select: {since: 2014-02}}
  muette: {title: Muette, select: {letters: muette}}
""",
    "names.yaml": """organizations:
  union-libre:
    name: Union libre
    country: JP
    acronym: ULX
    native: {ja: 自由書簡連合}
    formerly: [{name: Ancienne ligue}]
    see_also: [cercle-vert]
  cercle-vert: {name: Cercle vert, country: KR}
""",
    "reports.yaml": """references:
  - {id: w1, type: book, title: Zèle, author: [{family: Dupont, given: Jeanne}, {family: Roy, given: Luc}],
     issued: 2010, edition: 2e, volume: 3, publisher: Presse, publisher-place: Paris}
  - {id: w2, type: article-journal, title: Une étude, container-title: Revue, issue: 4, page: 3-5,
     issued: 2012-01-08, DOI: 10.1/x, URL: "https://example.org/w2", accessed: 2013-01-01,
     archive-url: "https://example.org/gardé", archived: 2013-02-01}
  - {id: w3, type: chapter, title: Un chapitre, container-title: Un livre, issued: "2012-05-08?", version: "1.2",
     archive-url: "https://example.org/w3"}
  - {id: w4, type: report, title: Rien, number: A/HRC/25/63}
""",
    "sources/a.txt": "a" * 12345,
    "letters/foule.md": f"""---
title: À tous
date: 2014-01-01
to: X
place: Séoul
signatories:
{SIGNED}  - Union libre
  - ULX
  - Cercle vert
  - {{person: Anne Roy, role: Poète}}
  - {{person: Anne Roy, role: Juge, organization: ULX}}
  - {{anonymous: 2}}
  - group:
      form: table
      numbering: group
      signatories: [{{organization: Cercle vert, country: KR, added: 2014-02-03}}]
source: {{file: sources/a.txt, url: "https://example.org/a", accessed: 2014-02-03,
  archived_url: "https://example.org/b", archived: 2014-03-04, note: Copie.}}
---
{"Texte. " * 700}

Cite [@w1, p. 3], [@w2], [@w3] et [@w4].
""",
    "letters/muette.md": "---\ntitle: À personne\ndate: unknown\nsort_date: 2014-02\nto: [Y, Z]\nnote: Trouvée.\nupdate: Perdue.\n---\nRien.\n",
    "letters/suite.md": """---
title: Suite
date: 2014-03
to: Y
signatories: [Ancienne ligue, {organization: Ligue retirée, withdrawn: 2014-05-01}]
source: {url: "https://example.org/c", archived_url: "https://example.org/d"}
---
Voir [@w1].
""",
}


RELATED = {
    "dossier.yaml": "title: Lettres parentes\nlanguage: fr\nfamily_names: accepted\noutputs: [html, docx]\n"
    "enclose: after\nenclose_ocr: true\ncertificates: true\n"
    "packets:\n  parente: {title: Parente, print: {sides: two}, section_letters: true, exhibits: 'Pièce {number}', select: {tags: [parente]}}\n",
    "letters/demande.md": "---\ntitle: Demande\ndate: 2014\nsignatories: [Anne Roy]\ntags: [parente]\n"
    "source: {file: page.png}\n---\n[Texte](https://example.org/t).\n",
    "letters/liste.md": "---\ntitle: Liste\ndate: 2014\nannex_to: demande\nendorsed: false\n"
    "source: {note: Copie.}\n---\nTexte.\n",
    "letters/carte.md": "---\ntitle: Carte\ndate: 2015\nreply_to: liste\n---\nTexte.\n",
    "letters/version.md": "---\ntitle: Version\ndate: 2014\ntranslation_of: demande\nsignatories: [Anne Roy]\nindex: false\n"
    "certificate: page.png\n---\nTexte.\n",
    "letters/suite.md": "---\ntitle: Suite\ndate: 2016\nreply_to: version\nstatus: draft\n---\nTexte.\n",
}
"""Letters that translate, answer and accompany others, and a draft."""
SAME = "---\ntitle: Suite\ndate: 2014-03\nto: Y\n---\nVoir [@w1].\n"
DENSE = {
    "dossier.yaml": "title: Lettres brèves\nlanguage: fr\ndesign: dense\n",
    "templates/designs/dense.yaml": "lists: {letters: 2}\n",
    "reports.yaml": "references:\n  - {id: w1, type: book, title: Zèle}\n",
    "letters/a.md": SAME,
    "letters/b.md": SAME,
}
"""Letters that nobody signs, so many for their design that their table is dense."""
APART = {
    "dossier.yaml": "title: Appellations\nlanguage: fr\ndesign: apart\nenclose: attached\n"
    "sign: {pkcs12: bureau.p12}\npackets:\n"
    "  parties: {title: Parties, enclose: , sign: , volumes: {max_pages: 2, index: true}}\n",
    "sources/a.txt": "Texte 1539.\n",
    "templates/designs/apart.yaml": "lists: {wordings: 1, entries: 2}\n",
    "names.yaml": "organizations:\n  union: {name: Union verte, aliases: [Unité verte]}\n",
    "letters/a.md": "---\ntitle: A\ndate: 2014\nsignatories: [Union verte, Cercle,"
    " Cabinet, Camp, Canal, Cap, Cave, Chant, Chemin, Ciel, Cour]\n"
    "source: {file: sources/a.txt}\n---\nTexte.\n",
    "letters/b.md": "---\ntitle: B\ndate: 2015\nsignatories: [Unité verte]\n---\n"
    + "Texte.\n\n" * 60,
}
"""A heading with several wordings, which stand behind the index; a letter whose headings take two columns; a
source in the file, which is signed; and the same in volumes, for which a letter is too long."""
CYRILLIC = "---\ntitle: Suite\ndate: 2014-03\nto: Y\nsignatories: [Жук]\n---\nVoir [@w1].\n"


def write(folder: Path, **changes: str) -> Path:
    for name, text in (CORPUS | changes).items():
        path = folder / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(text, encoding="utf-8")
    return folder


def prepared(corpus: Path) -> None:
    """Write the files that are no text into one of these corpora: a scan, a key."""
    {
        "related": lambda: Image.new("L", (100, 140), "silver").save(corpus / "page.png"),
        "apart": lambda: (corpus / "bureau.p12").write_bytes(Authority().file("Bureau")),
    }.get(corpus.name, lambda: None)()


def command(corpus: Path, pdf: Path) -> list[str]:
    return conftest.command(corpus, pdf, "--all")


@dataclasses.dataclass(frozen=True)
class Printed:
    """All packets of the corpus, built."""

    corpus: Path
    text: str
    """Whatever a reader sees or hears of the PDFs, with single spaces."""
    screen: str
    """The same of the HTML files."""
    asked: frozenset[str]
    """The keys of the words that were asked for."""


def seen(pdf: Path) -> Iterator[str]:
    """Yield all texts of a PDF: tagged, in the margins, of bookmarks, links and figures."""
    reading = Reading(pdf)
    yield reading.structure().text
    # Once more as an eye sees it: the tags do not part a heading from what follows it.
    for page in range(1, reading.pages + 1):
        yield reading.text(page).replace("\u00ad\n", "")
    yield from reading.unmarked.values()
    for _, link in reading.links():
        yield str(link.get("/Contents", link.get("/TU")))
    for tag in reading.tags():
        yield str(tag.get("/Alt", ""))

    def titles(items: Any) -> Iterator[str]:
        for item in items:
            yield str(item.title)
            yield from titles(item.children)

    yield from (file.description for file in reading.pdf.attachments.values())
    with reading.pdf.open_outline() as outline:
        yield from titles(outline.root)


def joined(texts: Iterator[str]) -> str:
    return re.sub(r"\s+", " ", " ".join(texts).replace("\u00ad", ""))


def on_screen(path: Path) -> str:
    page = path.read_text(encoding="utf-8")
    page = re.sub(r"<(style|script)>.*?</\1>", "", page, flags=re.S)
    spoken = re.findall(r'(?:aria-label|data-words)="(.*?)"', page)
    spoken = [text.replace("{number}", "") for text in spoken]
    return re.sub(r"\s+", " ", html.unescape(re.sub("<.*?>", "", page) + " ".join(spoken)))


def in_word(pdf: Path) -> str:
    """Return the words of a Word file, where it is, that the page on the screen does not have."""
    with zipfile.ZipFile(pdf.with_suffix(".docx")) as file:
        text = file.read("word/document.xml").decode()
    said = ("".join(re.findall("<w:t [^>]*>(.*?)</w:t>", one)) for one in text.split("</w:p>"))
    return html.unescape(re.sub(r"\s+", " ", " ".join(said)))


@pytest.fixture(scope="module")
def printed(tmp_path_factory: pytest.TempPathFactory) -> Printed:
    folder = tmp_path_factory.mktemp("french")
    asked: set[str] = set()
    true = Words.form

    def form(words: Words, key: str, values: Mapping[str, object]) -> str:
        asked.add(key)
        return true(words, key, values)

    corpus = write(folder / "corpus")
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(Words, "form", form)
        assert main(command(corpus, folder / "out/dossier.pdf")) == 0
        # CLDR has no name for the Cyrillic script in Malagasy, nor are there words of ours in it.
        other = write(
            folder / "other",
            **{"dossier.yaml": "title: T\nlanguage: mg\n", "letters/suite.md": CYRILLIC},
        )
        assert main(command(other, folder / "other.pdf")) == 0
        write_files(folder / "related", RELATED)
        prepared(folder / "related")
        stand_in(folder, patch)
        related = [*command(folder / "related", folder / "out/related.pdf"), "--drafts"]
        assert main(related) == 0
        write_files(folder / "dense", DENSE)
        assert main(command(folder / "dense", folder / "out/dense.pdf")) == 0
        write_files(folder / "apart", APART)
        prepared(folder / "apart")
        patch.setenv(VARIABLE, PASSPHRASE)
        assert main(command(folder / "apart", folder / "out/apart.pdf")) == 0
    assert "Other scripts" in "".join(seen(folder / "other.pdf"))
    pdfs = [
        folder / f"out/{name}.pdf"
        for name in (
            "dossier",
            "choix",
            "muette",
            "related",
            "parente",
            "dense",
            "apart",
            "parties",
        )
    ]
    return Printed(
        corpus,
        joined(text for pdf in pdfs for text in seen(pdf)),
        " ".join(
            [
                *(on_screen(pdf.with_suffix(".html")) for pdf in pdfs),
                in_word(folder / "out/parente.pdf"),
            ]
        ),
        frozenset(asked),
    )


def words_of(text: str) -> set[str]:
    """Return the words of a text, without its placeholders."""
    return set(re.findall(r"[^\W\d_]{2,}", re.sub(r"\{.*?\}", " ", text).lower()))


@pytest.mark.slow
def test_no_key_is_without_use(printed: Printed) -> None:
    assert printed.asked == FRENCH.texts.keys()


@pytest.mark.slow
def test_no_english_word_is_in_a_french_dossier(printed: Printed) -> None:
    """Neither in print nor on the screen; what both languages have, and what the corpus says, apart."""
    english, french = (
        set().union(*(words_of(form) for text in words.texts.values() for form in forms(text)))
        for words in (ENGLISH, FRENCH)
    )
    own = re.sub(
        r"[\w-]+:\s", " ", " ".join((*CORPUS.values(), *RELATED.values()))
    )  # without the keys
    english -= french | words_of(own.replace("{", " "))
    assert {"letter", "see", "index", "page", "signatories", "with"} & english == {
        "letter", "see", "signatories", "with",
    }  # fmt: skip
    assert len(english) > 150
    for text in (printed.text, printed.screen):
        assert len(words_of(text)) > 150
        assert words_of(text) & english == set()


@pytest.mark.slow
def test_every_french_sentence_is_in_it(printed: Printed) -> None:
    everything = printed.text + printed.screen

    def is_there(form: str) -> bool:
        parts = [part for part, *_ in string.Formatter().parse(form)]
        return all(re.sub(r"\s+", " ", part) in everything for part in parts)

    for key, text in FRENCH.texts.items():
        if key == "index_other_scripts":  # French has a name for every script that is set
            continue
        assert any(is_there(form) for form in forms(text)), key


@pytest.mark.slow
def test_counts_take_their_plurals(printed: Printed) -> None:
    for words in (
        "3 lettres · 36 signatures · 4 ouvrages cités",
        "2 lettres · 1 signature · 1 ouvrage cité",
        "trois lettres ouvertes, dans l’ordre de leurs dates, avec",
        "une lettre ouverte, avec un index",
        "12 345 octets",
    ):
        assert words in printed.text
    # What is not there is not counted.
    assert not re.search(r"\b0 (signature|ouvrage)", printed.text)
    assert re.search(r"« Autres pays » représente 2 pays, avec 2 signatures : ", printed.text)
    assert "Imprimée aux pages 7–9" in printed.screen
    assert re.search(r"Imprimée à la page \d+(?!–)", printed.screen)


@pytest.mark.slow
def test_the_bibliography_is_in_french(printed: Printed) -> None:
    for entry in (
        "Jeanne Dupont et Luc Roy. Zèle. vol. 3, 2e éd., Paris : Presse, 2010.",
        "« Une étude ». Revue, nº 4, 8 janvier 2012, p. 3",
        "doi : 10.1/x. https://example.org/w2. Consulté le 1er janvier 2013. Archivé le 1er février 2013 : ",
        "« Un chapitre ». Dans Un livre, version 1.2, [8 mai 2012?]. Archivé : https",
        "Rien. s. d. Doc. ONU A/HRC/25/63.",
    ):
        assert entry in printed.text
        assert entry in printed.screen


def test_the_real_letters_in_french(tmp_path: Path) -> None:
    folder = tmp_path / "corpus"
    shutil.copytree(ROOT / "corpus", folder)
    settings = folder / "dossier.yaml"
    settings.write_text(settings.read_text("utf-8").replace("language: en-US", "language: fr-CA"))
    edition = make_edition(folder, tmp_path / "x.pdf")
    titles = [item["title"] for item in edition.json["sections"]]
    assert titles[1] == "À propos de ce dossier"
    assert "2 lettres · 45 signatures · 4 ouvrages cités" in edition.reading.text(1)
    assert "lang=" not in re.findall("<body.*?>", edition.html)[0]
    assert not any(item["path"].endswith("dossier.yaml") for item in edition.json["diagnostics"])


def test_a_language_without_words_has_english_ones_and_one_warning(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    settings = CORPUS["dossier.yaml"].replace("language: fr", "language: nl")
    folder = write(tmp_path / "corpus", **{"dossier.yaml": settings})
    edition: Edition = make_edition(folder, tmp_path / "x.pdf")
    told = [one for one in edition.json["diagnostics"] if one["path"].endswith("dossier.yaml")]
    assert [(one["line"], one["column"], one["severity"]) for one in told] == [(7, 11, "warning")]
    assert "English: there are none for “nl”" in told[0]["message"]
    assert "Arabic (ar), German (de), English (en), Spanish (es), French (fr)" in told[0]["remedy"]
    assert "templates/words/nl.yaml" in told[0]["remedy"]
    assert str(edition.reading.pdf.Root.Lang) == "nl"
    assert '<html lang="nl">' in edition.html
    assert '<body lang="en">' in edition.html
    tagged = {str(tag.get("/Lang", "")) for tag in edition.reading.tags()}
    assert "en" in tagged
    assert "Prepared by Une équipe" in edition.reading.text(1)
    assert "[8 May 2012?]" in " ".join(seen(edition.pdf))


# --- a printer that is broken ---


def refused(corpus: Path, tmp_path: Path, said: str, capsys: pytest.CaptureFixture[str]) -> None:
    assert main(command(corpus, tmp_path / "out/dossier.pdf")) == 1
    told = capsys.readouterr().err
    assert said in told, told
    assert not list((tmp_path / "out").glob("dossier.pdf"))


SPOILT = {
    "a wrong plural on the cover": (
        "sections/cover.html", 'ours("letters", count=dossier.letter_count)', '"3 lettre"',
        "“Couverture” should read",
    ),
    "English on the cover": (
        "sections/cover.html", '{{ ours("prepared_by", name=publication.prepared_by | worded) }}',
        "Prepared by {{ publication.prepared_by }}", "“Couverture” should read",
    ),
    "a heading": (
        "sections/about.html", '{{ ours("heading_about") }}', "About this dossier",
        "should say “À propos de ce dossier”",
    ),
    "a statement of the note": (
        "partials/about.html", 'ours("about_verbatim")', '"Each letter is printed word for word."',
        "should say “Chaque lettre est imprimée mot pour mot",
    ),
    "a wrong plural in the note": (
        "partials/about.html", "count=count)", "count=1)",
        "should say “Ce dossier reproduit intégralement trois lettres",
    ),
    "the joiner of wordings": (
        "partials/wordings.html", '{{ ours("about_wording", wording=wording | worded, numbers=numbers | join(ours("between_items")))',
        '{{ "“{}” ({})".format(wording, numbers | join(", "))', "should say “Union libre",
    ),
    "the contents": (
        "sections/contents.html", 'ours("heading_contents")', '"Contents"', "“Table des matières” should read",
    ),
    "the head of the table": (
        "sections/glance.html", 'ours("table_" ~ name)', '"Works cited" if name == "works" else ours("table_" ~ name)',
        "The table of letters",
    ),
    "the sentence below the chart": (
        "partials/chart.html", 'ours("chart_note")', '"A signature counts."', "should say “Signatures par pays",
    ),
    "a wrong plural below the chart": (
        "partials/chart.html", "count=chart.gathered | length", "count=1", "should say “Signatures par pays",
    ),
    "the heading of the chart": (
        "sections/glance.html", 'ours("chart_heading")', '"Signatures by country"', "should say “Signatures par pays",
    ),
    "what is read aloud of the chart": (
        "partials/chart.html", 'ours("chart_years_description" if years else "chart_description", bars=told)',
        '"Bar chart of the signatures."',
        "The alternative text of figures should be “Diagramme",
    ),
    "the label of letters": (
        "sections/letter.html", "{{ letter.label }}", "Letter {{ letter.number }}",
        "Letter 1 should read",
    ),
    "the introduction": (
        "sections/plain.html", 'ours("heading_" ~ section)', '"Foreword"', "“Introduction” should read",
    ),
    "the legend of the index": (
        "sections/index.html", 'ours("index_legend")', '"Everyone in one alphabet."', "“Index des signataires” should",
    ),
    "a see reference": ("sections/index.html", 'ours("index_see_word")', '"see"', "“Index des signataires” should"),
    "see also": (
        "sections/index.html", 'ours("index_see_also_words")', '"See also"', "“Index des signataires” should",
    ),
    "the legend of the works": (
        "sections/bibliography.html", 'ours("works_legend")', '"The figure before a work."',
        "“Bibliographie des rapports cités” should read",
    ),
    "where a work is cited": (
        "sections/bibliography.html", 'ours("works_cited_in", places=places)', '"Cited in %s" | format(places)',
        "“Bibliographie des rapports cités” should read",
    ),
    "no source": (
        "partials/colophon.html", 'ours("colophon_no_source", letters=dossier.named(dossier.without_source))',
        '"None."', "“Colophon” should say",
    ),
    "a letter without a source that is not told": (
        "partials/colophon.html", "dossier.named(dossier.without_source)",
        "dossier.named(dossier.without_source[1:])", "“Colophon” should say",
    ),
    "the size of a source": (
        "partials/colophon.html", 'ours("bytes", count=letter.source_file.size)',
        '"{:,} bytes".format(letter.source_file.size)', "“Colophon” should say",
    ),
    "how it was made": (
        "sections/colophon.html", 'ours("colophon_made", version=version, font=design.fonts.text)', '"Made with dossier."',
        "“Colophon” should say “Composé en Spectral",
    ),
}  # fmt: skip


@pytest.mark.slow
@pytest.mark.parametrize("kind", SPOILT)
def test_a_template_with_words_of_its_own_is_refused(
    kind: str,
    own_templates: Path,
    printed: Printed,
    tmp_path: Path,
    capsys: pytest.CaptureFixture[str],
) -> None:
    name, right, wrong, said = SPOILT[kind]
    path = own_templates / name
    text = path.read_text(encoding="utf-8")
    assert right in text
    path.write_text(text.replace(right, wrong), encoding="utf-8")
    refused(printed.corpus, tmp_path, said, capsys)


def in_english(corpus: Any, packet: Any, cite: Any) -> Any:
    return compile_dossier(dataclasses.replace(corpus, words=ENGLISH), packet, cite)


def bound_in_english(*parts: Any, **more: Any) -> Job:
    return dataclasses.replace(Job(*parts, **more), words=ENGLISH)


WRONG: dict[str, tuple[str, Any, list[str]]] = {
    "all": ("compile_dossier", in_english, ["“Couverture” should read “…Lettres à la commission"]),
    "entries of works": (
        "kept_entries",
        lambda works, words, *rest: entries(works, ENGLISH),
        ["“Bibliographie des rapports cités” should read"],
    ),
    "bookmarks and links": (
        "Job", bound_in_english,
        ["The bookmark “Couverture, p.", "The link “2014-02-03” is read aloud", "The bookmark “Lettres” is"],
    ),
}  # fmt: skip


@pytest.mark.slow
@pytest.mark.parametrize("kind", ["all", "entries of works", "bookmarks and links"])
def test_a_stage_that_speaks_another_language_is_refused(
    kind: str,
    printed: Printed,
    tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch,
    capsys: pytest.CaptureFixture[str],
) -> None:
    name, wrong, said = WRONG[kind]
    monkeypatch.setattr(stages, name, wrong)
    refused(printed.corpus, tmp_path, said[0], capsys)


def test_the_first_of_a_month_in_a_french_bibliography() -> None:
    work = Reference.model_validate(
        {
            "id": "w", "type": "report", "title": "A", "issued": "2012-03-01", "accessed": "2012-04-11",
            "URL": "https://e.org", "archive-url": "https://e.org/a", "archived": "2012-05-01",
        }
    )  # fmt: skip
    (spans,) = entries([work], FRENCH)
    assert "".join(span.text for span in spans) == (
        "A. 1er mars 2012. https://e.org. Consulté le 11 avril 2012. "
        "Archivé le 1er mai 2012\u00a0: https://e.org/a."
    )
