"""Every switch of packets with every other: it is built and proved, or refused with both keys named."""

from __future__ import annotations

import itertools
import re
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
import yaml
from conftest import ROOT, write_files
from pki import Authority
from test_enclosing import scan
from test_printing import LINKS, files_of
from test_signing import ask

from dossier import stages
from dossier.pipeline import BuildRequest, build, verify

NUMBERED = 'exhibits: "Annex {number}", separators: true'
STAMPED = "bates: {prefix: K, digits: 4}"
LETTERED = "section_letters: true"
DIVIDED = "volumes: {max_pages: 9}"
ALL = "outputs: [html, csv, csl, cmif, docx, epub]"
SIGNED = "sign: {pkcs12: keys/desk.p12}"
PACKETS = {
    "a": f"{{{NUMBERED}, {STAMPED}, {DIVIDED}, {ALL}, {SIGNED}, enclose: attached, print: "
    "{sides: one, gutter: 5mm, holes: 4, staple: true, bleed: 3mm, marks: true}}",
    "b": f"{{{NUMBERED}, {LETTERED}, {DIVIDED}, {ALL}, {SIGNED}, enclose: after, design: large-print, print: "
    "{sides: two, recto: letters, gutter: 5mm, holes: 2, staple: true, bleed: 3mm, marks: true}}",
    "c": f"{{{NUMBERED}, {STAMPED}, {LETTERED}, {ALL}, {SIGNED}, enclose: after, design: large-print, print: "
    "{sides: two, booklet: 8, flip: long, gutter: 5mm}}",
    "d": f"{{{NUMBERED}, {DIVIDED}, {ALL}, enclose: after, design: large-print, print: "
    "{sides: two, recto: sections, booklet: 8, flip: short, gutter: 5mm}}",
    "e": f"{{{STAMPED}, {LETTERED}, design: large-print, print: "
    "{sides: two, gutter: 5mm, holes: 3, staple: true, bleed: 3mm, marks: true}}",
    "f": f"{{{STAMPED}, {LETTERED}, design: large-print, print: {{sides: one, gutter: 5mm}}}}",
}
SETTINGS = "title: Pairs\nformat: 2\npackets:\n" + "".join(
    f"  {name}: {said}\n" for name, said in PACKETS.items()
)
READ: dict[str, dict[str, Any]] = yaml.safe_load(SETTINGS)["packets"]
LARGE: Callable[[dict[str, Any]], Any] = lambda packet: packet.get("design") == "large-print"  # noqa: E731
SWITCHES: dict[str, Callable[[dict[str, Any]], Any]] = {
    "sides: two": lambda packet: packet["print"].get("sides") == "two",
    "sides: one": lambda packet: packet["print"].get("sides") == "one",
    **{
        key: lambda packet, key=key: packet["print"].get(key)
        for key in ("recto", "gutter", "holes", "staple", "booklet", "flip", "bleed", "marks")
    },
    "design": LARGE,
    **{
        key: lambda packet, key=key: packet.get(key)
        for key in (
            "exhibits",
            "separators",
            "section_letters",
            "bates",
            "volumes",
            "outputs",
            "sign",
            "enclose",
        )
    },
}
LONE = {
    "sides: two": "print: {sides: two}", "sides: one": "print: {sides: one}",
    "recto": "print: {recto: letters}", "booklet": "print: {booklet: 8}",
    "holes": "print: {holes: 2}", "staple": "print: {staple: true}", "bleed": "print: {bleed: 3mm}",
    "marks": "print: {marks: true}", "bates": STAMPED, "volumes": DIVIDED,
    "section_letters": LETTERED,
}  # fmt: skip
"""What a packet of a refused pair has, for each switch of one."""
SAME = {("sides: two", "sides: one")}
TABLE = re.compile(r"^\| (`.*?) \|", re.MULTILINE)


def refused() -> set[frozenset[str]]:
    """Return the pairs that the tables of the documentation say do not go together."""
    found = set()
    for name in ("print", "numbering"):
        text = (ROOT / f"docs/{name}.md").read_text(encoding="utf-8")
        _, _, table = text.partition("## What does not go together")
        for row in TABLE.findall(table):
            for pair in row.split(", `"):
                keys = re.findall(r"`?([a-z_]+(?:: [a-z]+)?)`", pair)
                if "without" not in pair and "face each other" not in row:
                    found.add(frozenset(keys))
    return found


def test_every_pair_is_built_or_stands_in_a_table() -> None:
    no = refused()
    assert no and all(pair <= SWITCHES.keys() for pair in no)
    for one, other in itertools.combinations(SWITCHES, 2):
        built = any(SWITCHES[one](packet) and SWITCHES[other](packet) for packet in READ.values())
        # What folds a booklet excludes what it excludes.
        by_flip = {"booklet" if key == "flip" else key for key in (one, other)}
        told = frozenset((one, other)) in no or frozenset(by_flip) in no or (one, other) in SAME
        assert built != told, (one, other)


@pytest.mark.parametrize("pair", sorted(map(sorted, refused())), ids=" and ".join)
def test_what_does_not_go_together_is_refused_with_both_keys(
    pair: list[str], tmp_path: Path
) -> None:
    said = [LONE[key] for key in pair]
    prints = [re.sub(r"print: \{(.*)\}", r"\1", one) for one in said if one.startswith("print")]
    others = [one for one in said if not one.startswith("print")]
    packet = ", ".join([*others, f"print: {{{', '.join(prints)}}}"])
    settings = f"title: Pairs\nformat: 2\npackets:\n  a: {{{packet}}}\n"
    write_files(tmp_path, files_of(settings))
    corpus, found = stages.read(tmp_path, "")
    assert corpus is None
    (one,) = [item for item in found if "does not go with" in item.message]
    assert all(f"“{key.partition(':')[0]}”" in one.message for key in pair)


@pytest.mark.slow
def test_every_pair_is_built_and_proved(tmp_path: Path) -> None:
    links = LINKS.replace("---\n", "---\nsource: {file: sources/scan.png}\n", 1)
    write_files(tmp_path / "corpus", files_of(SETTINGS) | {"letters/links.md": links})
    for name in ("keys", "sources"):
        (tmp_path / "corpus" / name).mkdir()
    (tmp_path / "corpus/keys/desk.p12").write_bytes(Authority().file("Desk"))
    scan("Sealed").save(tmp_path / "corpus/sources/scan.png")
    names = tuple(PACKETS)
    build(BuildRequest(tmp_path / "corpus", tmp_path / "a.pdf", jobs=1, packets=names, ask=ask))
    for name, packet in READ.items():
        assert not verify(tmp_path / f"{name}.pdf", tmp_path / "corpus").faults
        assert bool(packet.get("volumes")) == bool(list(tmp_path.glob(f"{name}-1-of-*.pdf")))
