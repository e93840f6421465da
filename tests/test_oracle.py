"""Whatever goes wrong between the corpus and the compiled dossier is found when the file is proved."""

from __future__ import annotations

import dataclasses
import datetime
import json
import random
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest
from conftest import ENGLISH, default_design, still_there, write_files
from test_headings import MESSY

from dossier import stages
from dossier.cli.main import main
from dossier.compile import compiler
from dossier.compile.bibliography import entries
from dossier.compile.compiler import compile_dossier
from dossier.language.dates import read_date
from dossier.language.folding import folded
from dossier.names import unlisted
from dossier.names.matching import Authority
from dossier.names.unlisted import UnlistedHeadings
from dossier.proof import prover
from dossier.proof.prover import Proof
from dossier.proof.truth import truth_of
from dossier.read.corpus import read
from dossier.records.authority import FormerName, Names, Organization, Person
from dossier.records.body import Body
from dossier.records.dossier import (
    Bar,
    Corpus,
    CorpusLetter,
    Dossier,
    IndexEntry,
    IndexGroup,
    Letter,
    See,
    Work,
)
from dossier.records.front_matter import Entry, FrontMatter
from dossier.records.letter_parts import Addressee
from dossier.records.locators import PrintedPlaces, printed
from dossier.records.packet import Packet
from dossier.records.publication import Publication
from dossier.render import sections

Damage = Callable[[Dossier], Dossier]
Misreading = Callable[[Corpus], Corpus]

FILES = {
    "dossier.yaml": "title: Letters of many\nidentifier: X/1\n",
    "names.yaml": """organizations:
  free-letters-union:
    name: Free Letters Union
    country: JP
    acronym: FLU
    native: {ja: 自由書簡連合}
    formerly: [{name: Letters League}]
    see_also: [seoul-circle]
  seoul-circle: {name: Seoul Circle, country: KR}
people:
  keiko-sato: {name: Keiko Sato, index_as: "Satō, Keiko", organization: free-letters-union}
""",
    "reports.yaml": """references:
  - {id: z, type: book, title: Zeal, author: [{literal: Young Authors}], issued: 2010}
  - {id: a, type: report, title: A White Paper, author: [{literal: Letters Center}], issued: 2012, note: Kept}
  - {id: b, type: report, title: A Blue Paper, author: [{literal: Letters Center}], issued: 2011}
  - {id: never, type: report, title: Not cited, issued: 2011}
""",
    "letters/one.md": """---
title: To the commission
date: 2012-01-08
to: The Commission
place: Seoul
signatories:
  - Free Letters Union
  - The Sea Bird Society (Canada)
  - {person: Keiko Sato, role: Chair, organization: FLU}
  - {person: Ann Lee, role: Poet}
---
A text that cites [@z] and [@a, p. 3].
""",
    "letters/two.md": """---
title: To the council
date: 2012-02-08
to: The Council
signatories:
  - Letters League
  - SEA BIRD SOCIETY
  - Seoul Circle
  - {person: ANN LEE, role: Judge}
---
Another text, which cites [@a] and [@b].
""",
    "letters/three.md": """---
title: To the court
date: 2012-03
to: The Court
signatories: [Seoul Circle, Sea Bird Society (Canada)]
source: {url: "https://example.org/three", accessed: 2013-04-05}
---
A third text; see [@z].
""",
}


@pytest.fixture(scope="module")
def built(tmp_path_factory: pytest.TempPathFactory) -> tuple[Path, Path]:
    """A corpus with something of everything that is compiled, and the PDF that was made of it."""
    folder = tmp_path_factory.mktemp("oracle")
    write_files(folder / "corpus", FILES)
    pdf = folder / "out/x.pdf"
    assert main(command(folder / "corpus", pdf)) == 0
    return folder / "corpus", pdf


def command(corpus: Path, pdf: Path) -> list[str]:
    return ["build", "--corpus", str(corpus), "--output", str(pdf), "--jobs", "1"]


def compiled_wrongly(
    patch: pytest.MonkeyPatch, wrong: Callable[[Corpus, Packet, Any], Dossier]
) -> None:
    """Let every build compile its corpus as ``wrong`` does, and see that this makes a difference."""

    def compiled(corpus: Corpus, packet: Packet, cite: Any) -> Dossier:
        made = wrong(corpus, packet, cite)
        assert made != compile_dossier(corpus, packet, cite)
        return made

    patch.setattr(stages, "compile_dossier", compiled)


def refused(built: tuple[Path, Path], said: str, capsys: pytest.CaptureFixture[str]) -> None:
    """Build again, and see it refused with ``said``, and nothing written under its name."""
    corpus, pdf = built
    before = {path: path.read_bytes() for path in pdf.parent.iterdir() if path.is_file()}
    assert main(command(corpus, pdf.with_name("other.pdf"))) == 1
    told = capsys.readouterr().err
    assert said in told
    assert prover.REPORT in told and "; the file that was refused is " in told
    assert still_there({path: raw for path, raw in before.items() if "rejected" not in path.name})
    kept = {pdf.with_name(f"other.rejected.{suffix}") for suffix in ("pdf", "txt")}
    assert {path for path in pdf.parent.iterdir() if path.is_file()} == before.keys() | kept


# --- what is compiled well from what was misread ---


def head(letter: str, **changes: Callable[[FrontMatter], Any]) -> Misreading:
    """Change what stands at the head of a letter."""

    def misread(corpus: Corpus) -> Corpus:
        letters = [
            dataclasses.replace(
                one,
                head=one.head.model_copy(
                    update={key: new(one.head) for key, new in changes.items()}
                ),
            )
            if one.id == letter
            else one
            for one in corpus.letters
        ]
        return dataclasses.replace(corpus, letters=tuple(letters))

    return misread


def organization(key: str, **changes: Any) -> Misreading:
    """Change an entry of the authority file; without changes, take it out."""

    def misread(corpus: Corpus) -> Corpus:
        known = dict(corpus.names.organizations)
        entry = known.pop(key)
        if changes:
            known[key] = entry.model_copy(update=changes)
        names = corpus.names.model_copy(update={"organizations": known})
        return dataclasses.replace(corpus, names=names)

    return misread


def dated(letter: str, date: str) -> Misreading:
    return lambda corpus: dataclasses.replace(
        corpus,
        letters=tuple(
            dataclasses.replace(one, date=read_date(date)) if one.id == letter else one
            for one in corpus.letters
        ),
    )


def in_order(*ids: str) -> Misreading:
    return lambda corpus: dataclasses.replace(
        corpus,
        letters=tuple(next(one for one in corpus.letters if one.id == name) for name in ids),
    )


INDEX = "“Index of signatories” should read"
WORKS = "“Bibliography of cited reports” should read"
MISREAD: dict[str, tuple[Misreading, str]] = {
    "a signature is lost": (
        head("one", signatories=lambda it: it.signatories[:1] + it.signatories[2:]),
        "Letter 1 should read",
    ),
    "a signature stands twice": (
        head("two", signatories=lambda it: (*it.signatories, it.signatories[-1])),
        "Letter 2 should read",
    ),
    "two signatures change places": (
        head("two", signatories=lambda it: it.signatories[1::-1] + it.signatories[2:]),
        "Letter 2 should read",
    ),
    "a letter is lost": (
        in_order("one", "two"),
        "The file does not have the sections that it should",
    ),
    "two letters change places": (in_order("two", "one", "three"), "do not follow those before"),
    "a date": (dated("three", "2012-04"), "“Contents” should read"),
    "where a letter was taken from": (
        head("three", source=lambda it: None),
        "“Colophon” should say",
    ),
    "an entry is lost": (organization("free-letters-union"), INDEX),
    "an acronym is lost": (organization("free-letters-union", acronym=None), INDEX),
    "an alias too many": (organization("seoul-circle", aliases=("Sea Bird Society",)), INDEX),
    "another name sorts": (organization("free-letters-union", sort_as="Zeal"), INDEX),
}

# --- what is lost or changed in what was compiled ---


def in_letter(number: int, /, **changes: Callable[[Letter], Any]) -> Damage:
    def changed(it: Dossier) -> Dossier:
        one = it.letters[number - 1]
        made = dataclasses.replace(one, **{key: new(one) for key, new in changes.items()})
        return dataclasses.replace(it, letters=tuple(made if o is one else o for o in it.letters))

    return changed


def items(change: Callable[[IndexEntry | See], Iterator[IndexEntry | See]]) -> Damage:
    """Change each item of the index into none, one or several."""

    def changed(it: Dossier) -> Dossier:
        groups = [
            IndexGroup(one.label, tuple(new for item in one.items for new in change(item)))
            for one in it.index
        ]
        damaged = tuple(group for group in groups if group.items)
        assert damaged != it.index
        return dataclasses.replace(it, index=damaged)

    return changed


def entry(heading: str, /, **changes: Callable[[IndexEntry], Any]) -> Damage:
    def changed(item: IndexEntry | See) -> Iterator[IndexEntry | See]:
        if isinstance(item, IndexEntry) and item.heading == heading:
            item = dataclasses.replace(item, **{key: new(item) for key, new in changes.items()})
        yield item

    return items(changed)


def without(heading: str) -> Damage:
    return items(lambda item: iter([] if item.heading == heading else [item]))


def works(change: Callable[[list[Work]], list[Work]]) -> Damage:
    return lambda it: dataclasses.replace(it, works=tuple(change(list(it.works))))


def bars(change: Callable[[list[Bar]], list[Bar]]) -> Damage:
    return lambda it: dataclasses.replace(it, bars=tuple(change(list(it.bars))))


def moved(it: Dossier) -> Dossier:
    """Give a signature of the Sea Bird Society to the Seoul Circle."""
    by_name = {one.heading: one for one in it.entries}
    birds, circle = by_name["The Sea Bird Society (Canada)"], by_name["Seoul Circle"]
    one = birds.locators[1]
    fewer = tuple(place for place in birds.locators if place != one)
    more = tuple(sorted((*circle.locators, one), key=lambda place: place.number))
    it = entry(birds.heading, locators=lambda _: fewer)(it)
    return entry(circle.heading, locators=lambda _: more)(it)


def split(item: IndexEntry | See) -> Iterator[IndexEntry | See]:
    if isinstance(item, IndexEntry) and item.heading == "Seoul Circle":
        yield dataclasses.replace(item, locators=item.locators[:1])
        yield dataclasses.replace(item, id="another", locators=item.locators[1:])
    else:
        yield item


def merged(it: Dossier) -> Dossier:
    """Let Ann Lee the poet sign for the judge as well."""
    one, other = (item for item in it.entries if item.heading.lower() == "ann lee")
    both = dataclasses.replace(one, locators=(*one.locators, *other.locators))
    return items(lambda item: iter([] if item == other else [both if item == one else item]))(it)


DAMAGES: dict[str, tuple[Damage, str]] = {
    "a letter has another number": (in_letter(3, number=lambda _: 4), "is read aloud as “4. To the court"),
    "a letter has another label": (in_letter(3, label=lambda _: "Letter 4"), "Letter 3 should read"),
    "a date in words": (in_letter(3, date_words=lambda _: "April 2012"), "“Contents” should read"),
    "a date line": (in_letter(3, date_line=lambda _: "March 2013"), "Letter 3 should read"),
    "how many works a letter cites": (in_letter(3, works=lambda one: (*one.works, "a")), "table of letters"),
    "the publication's date": (
        lambda it: dataclasses.replace(
            it, date=datetime.date(2012, 3, 31), date_words="March 31, 2012"
        ),
        "“Cover” should read",
    ),
    "two headings are one": (merged, INDEX),
    "a heading is two": (items(split), INDEX),
    "a heading is lost": (without("Satō, Keiko"), INDEX),
    "a signature counts under another heading": (moved, INDEX),
    "a locator is lost": (
        entry("Free Letters Union", locators=lambda one: one.locators[:-1]),
        INDEX,
    ),
    "a heading has the wording of another signature": (
        entry("The Sea Bird Society (Canada)", heading=lambda _: "SEA BIRD SOCIETY"),
        INDEX,
    ),
    "a heading is named otherwise where wordings are listed": (
        entry("Free Letters Union", heading=lambda _: "Letters League"),
        "“About this dossier” should say",
    ),
    "a heading is of another kind": (
        entry("Satō, Keiko", kind=lambda _: "organization"),
        "“kind” of item",
    ),
    "a heading has another country": (
        entry("Free Letters Union", shown=lambda _: "Free Letters Union (South Korea)"),
        "Union (Japan)",
    ),
    "a native name is lost": (entry("Free Letters Union", native=lambda _: ()), "自由書簡連合"),
    "a detail is lost": (entry("Satō, Keiko", details=lambda _: ()), "Chair"),
    "a see reference is lost": (without("Letters League"), "Letters League, see"),
    "a see-also reference is lost": (entry("Free Letters Union", see_also=lambda _: ()), "See also"),
    "the wordings of a heading": (
        entry("Free Letters Union", wordings=lambda one: one.wordings[:-1]),
        "“About this dossier” should say",
    ),
    "the order of the index": (
        lambda it: dataclasses.replace(it, index=(*it.index[1:], it.index[0])),
        INDEX,
    ),
    "a work has another number": (
        works(lambda all_: [*all_[:-1], dataclasses.replace(all_[-1], number=4)]),
        "A text that cites [3]",
    ),
    "two works change places": (
        works(lambda all_: [
            dataclasses.replace(one, number=number)
            for number, one in enumerate([all_[1], all_[0], *all_[2:]], 1)
        ]),
        WORKS,
    ),
    "a place at which a work is cited is lost": (
        works(lambda all_: [dataclasses.replace(one, cited_in=one.cited_in[:1]) for one in all_]),
        WORKS,
    ),
    "a work's entry is another's": (
        works(lambda all_: [dataclasses.replace(one, spans=all_[0].spans) for one in all_]),
        WORKS,
    ),
    "a bar is too long": (
        bars(lambda all_: [dataclasses.replace(all_[0], count=all_[0].count + 1), *all_[1:]]),
        "“The letters at a glance” should say",
    ),
}  # fmt: skip


@pytest.mark.parametrize("kind", MISREAD)
def test_what_is_compiled_from_something_else_is_found(
    kind: str,
    built: tuple[Path, Path],
    monkeypatch: pytest.MonkeyPatch,
    capsys: pytest.CaptureFixture[str],
) -> None:
    misread, said = MISREAD[kind]
    compiled_wrongly(
        monkeypatch, lambda corpus, packet, cite: compile_dossier(misread(corpus), packet, cite)
    )
    refused(built, said, capsys)


@pytest.mark.slow
@pytest.mark.parametrize("kind", DAMAGES)
def test_what_is_compiled_wrongly_is_found(
    kind: str,
    built: tuple[Path, Path],
    monkeypatch: pytest.MonkeyPatch,
    capsys: pytest.CaptureFixture[str],
) -> None:
    damage, said = DAMAGES[kind]
    compiled_wrongly(
        monkeypatch, lambda corpus, packet, cite: damage(compile_dossier(corpus, packet, cite))
    )
    refused(built, said, capsys)


def first_page_only(places: Any, page_of: Any, labels: Any) -> PrintedPlaces:
    return PrintedPlaces(printed(places, page_of, labels)[:1])


PATCHES: dict[str, tuple[Any, str, Any, str]] = {
    "parentheses tell names apart": (unlisted, "fingerprint", folded, INDEX),
    "roles do not tell people apart": (
        UnlistedHeadings,
        "_apart",
        lambda self, kind, one, text: (),
        INDEX,
    ),
    "no see references": (compiler, "_variants", lambda entry, heading: [], INDEX),
    "works as they stand in the file": (
        compiler,
        "_cited",
        lambda corpus, collation: [one for one in corpus.references if one.id != "never"],
        "Letter 1 should read",
    ),
    "only the first page": (sections, "printed", first_page_only, INDEX),
}


@pytest.mark.slow
@pytest.mark.parametrize("kind", PATCHES)
def test_a_rule_that_is_followed_wrongly_is_found(
    kind: str,
    built: tuple[Path, Path],
    monkeypatch: pytest.MonkeyPatch,
    capsys: pytest.CaptureFixture[str],
) -> None:
    where, name, wrong, said = PATCHES[kind]
    monkeypatch.setattr(where, name, wrong)
    refused(built, said, capsys)


# --- the listing ---


def changed(part: str, number: int, /, **values: Any) -> Callable[[dict[str, Any]], None]:
    return lambda listing: listing[part][number].update(values)


LISTINGS: dict[str, tuple[Callable[[dict[str, Any]], Any], str]] = {
    "a heading": (changed("index", 0, heading="Ann Leigh"), "“heading” of item 1"),
    "the id of an entry": (changed("index", 2, id="another"), "“id” of item 3"),
    "an id twice": (lambda it: it["index"][1].update(id=it["index"][0]["id"]), "“id” of item 2"),
    "a page": (
        changed("index", 0, locators=[{"letter": "two", "page": 5}]),
        "“locators” of item 1",
    ),
    "a see reference": (changed("index", 2, see=[]), "“see” of item 3"),
    "a heading too few": (lambda it: it["index"].pop(), "has 5 items of 6"),
    "the number of a work": (changed("bibliography", 1, number=1), "“number” of item 2"),
    "the page of a work": (changed("bibliography", 1, page=1), "“page” of item 2"),
    "where a work is cited": (changed("bibliography", 2, cited_in=[]), "“cited_in” of item 3"),
    "the title of a section": (changed("sections", 1, title="About"), "“title” of item 2"),
    "a list that is none": (lambda it: it.update(index={}), "“index” is damaged"),
    "the title": (lambda it: it.update(title="Others"), "“title” is “Others”"),
}


@pytest.mark.parametrize("kind", LISTINGS)
def test_a_listing_that_says_something_else_is_found(kind: str, built: tuple[Path, Path]) -> None:
    corpus, pdf = built
    found, _ = read(corpus)
    assert found
    change, said = LISTINGS[kind]
    listing = json.loads(pdf.with_suffix(".json").read_text(encoding="utf-8"))
    change(listing)
    with Proof(pdf, "x.pdf") as proof:
        (fault,) = proof.against(found, found.everything, entries, json.dumps(listing).encode())
    assert said in fault.message and "listing" in fault.message


# --- no false alarm ---

ENDS = [
    "",
    "",
    "",
    " (Japan)",
    "（日本）",
    " [Canada]",
    " (LU)",
    " (US)",
    " (Fuu)",
    " (LU) (Japan)",
    " ()",
    " (A(B))",
]
BODIES = [*MESSY, "LU", "UN", "The", "Москва", "جمعية", "Ελλάδα", "e\u0301t\u00e9", "été", "\u200eA\u200e", "La Liga"]  # fmt: skip


def named(chance: random.Random) -> str:
    return chance.choice(BODIES) + chance.choice(ENDS)


def some(chance: random.Random, most: int) -> tuple[str, ...]:
    return tuple(named(chance) for _ in range(chance.randint(0, most)))


def signed_by_chance(chance: random.Random) -> Entry:
    kind = chance.random()
    if kind < 0.05:
        return Entry(anonymous=chance.randint(1, 9))
    represented = named(chance) if chance.random() < 0.15 else None
    return Entry(
        on_behalf_of=represented,
        as_signed="As signed" if represented else None,
        withdrawn=chance.choice([None, None, None, "2013-01-01"]),
        organization=named(chance) if kind < 0.7 else None,
        person=named(chance) if kind > 0.5 else None,
        role=chance.choice([None, None, "Chair", "poet", "Poet!"]),
        country=chance.choice([None, None, None, "JP", "US"]),
    )


def by_chance(chance: random.Random) -> Corpus:
    """Return a corpus of names that are hard to tell apart."""
    related = ("o0", "o1", "p0")
    names = Names(
        organizations={
            f"o{number}": Organization(
                name=named(chance),
                country=chance.choice([None, None, "JP", "CA"]),
                acronym=chance.choice([None, "LU", "US", "Fuu"]),
                native={"ja": named(chance)} if chance.random() < 0.3 else {},
                aliases=some(chance, 3),
                formerly=tuple(FormerName(name=name) for name in some(chance, 1)),
                sort_as=chance.choice([None, None, named(chance)]),
                see_also=tuple(chance.sample(related, chance.randint(0, 2))),
            )
            for number in range(chance.randint(0, 5))
        },
        people={
            f"p{number}": Person(
                name=named(chance),
                index_as=chance.choice([None, named(chance)]),
                aliases=some(chance, 1),
                organization=chance.choice([None, "o0", "o1"]),
                see_also=related[:1],
            )
            for number in range(chance.randint(0, 3))
        },
    )
    letters = [
        CorpusLetter(
            id=f"l{number}",
            path=f"letters/l{number}.md",
            head=FrontMatter(
                title="T",
                date="2012",
                to=(Addressee(name="X"),),
                signatories=tuple(signed_by_chance(chance) for _ in range(chance.randint(0, 12))),
            ),
            date=read_date("2012"),
            body=Body(()),
            signature_places=(),
        )
        for number in range(chance.randint(1, 4))
    ]
    language = chance.choice(["en", "fr", "ja", "ko", "ru", "zh-Hant", "ar"])
    publication = Publication(title="T", language=language)
    everything = Packet("dossier", publication, None, default_design())
    return Corpus(publication, None, tuple(letters), names, (), (everything,), ENGLISH)


def is_ambiguous(corpus: Corpus) -> bool:
    """Tell whether a signature fits several entries, which is a fault of the corpus."""
    authority = Authority(corpus.names)
    return any(
        len(authority.organization(one.organization or "", one.country).ids) > 1
        or len(authority.person(one.person or "", unlisted.employer(authority, one)).ids) > 1
        for letter in corpus.letters
        for signatory in letter.head.signatures
        for one in (signatory, signatory.represented)
        if one
    )


@pytest.mark.parametrize("seed", range(6))
def test_proof_and_print_follow_the_same_rules(seed: int) -> None:
    chance = random.Random(seed)
    corpora = (by_chance(chance) for _ in range(60))
    sound = [corpus for corpus in corpora if not is_ambiguous(corpus)]
    assert len(sound) > 20
    for corpus in sound:
        withdrawn = chance.choice(["struck", "left_out"])
        publication = corpus.publication.model_copy(update={"withdrawn": withdrawn})
        packet = dataclasses.replace(corpus.everything, publication=publication)
        of = corpus, packet, lambda works, words: []
        true, made = truth_of(*of), compile_dossier(*of)
        of_true, of_made = (
            [(group.label, [item_of(item) for item in group.items]) for group in index]
            for index in (true.index, made.index)
        )
        assert of_true == of_made
        assert true.bars == made.bars
        assert true.signature_count == made.signature_count


def item_of(item: Any) -> Any:
    """Return what is printed of a line of the index, and of an entry how it signed."""
    if hasattr(item, "target"):
        return item.heading, item.target_heading
    anchors = [place.anchor for place in item.locators]
    also = [heading for _, heading in item.see_also]
    return (
        item.heading, item.shown, getattr(item.kind, "name", item.kind), item.native, item.details, anchors, also, item.wordings,
    )  # fmt: skip
