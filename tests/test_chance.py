"""What nobody thought of: front matter, names, works and bodies at random.

Never a traceback, never a hang; whatever passes `check` is built, and the proof finds nothing against it.
The committed run is the same every time. HYPOTHESIS_PROFILE=hunt draws new examples for hours instead.
"""

from __future__ import annotations

import functools
import json
import os
import tempfile
import time
from collections.abc import Mapping
from pathlib import Path
from typing import Any

import pytest
import yaml
from hypothesis import HealthCheck, Phase, assume, event, given, settings
from hypothesis import strategies as st

from dossier import stages
from dossier.compile import styled
from dossier.compile.bibliography import entries
from dossier.compile.compiler import compile_dossier
from dossier.compile.styled import KeptStyles
from dossier.language.direction_marks import ISOLATES
from dossier.machine import fonts
from dossier.pipeline import BuildRequest, build
from dossier.proof.prover import Proof
from dossier.proof.truth import truth_of
from dossier.read import unseen
from dossier.read.corpus import read
from dossier.read.unseen import INVISIBLE
from dossier.records import authority as authority_file
from dossier.records import front_matter, letter_parts, publication, references, values
from dossier.records.diagnostics import CorpusFaultError, Severity, as_json
from dossier.records.letter_parts import PARTS

HUNT = os.environ.get("HYPOTHESIS_PROFILE") == "hunt"
HUNTED = int(os.environ.get("DOSSIER_CHANCES", "1000000"))
"""How many examples of each kind a hunt draws."""
PATIENCE = 5.0
"""Seconds of work after which reading a small corpus counts as a hang."""


def chance(examples: int, shrink: bool = True) -> settings:
    """Return the settings of a test: the same examples every time, or new ones in a hunt."""
    return settings(
        max_examples=HUNTED if HUNT else examples,
        phases=(Phase.generate, Phase.shrink) if shrink else (Phase.generate,),
        derandomize=not HUNT,
        database=None,
        deadline=None,
        print_blob=HUNT,
        suppress_health_check=[
            HealthCheck.too_slow,
            HealthCheck.data_too_large,
            HealthCheck.filter_too_much,
        ],
    )


# --- texts ---

WORDS = (
    "The undersigned ask", "Association", "<Association>", "<b>bold</b>", "&amp;", "&lt;", "{{ 7 * 7 }}", "{% raw %}", "{#",
    "O’Neill", "Émile", "e\u0301te\u0301", "office", "o\ufb03ce", "\ufb01n", "ﬀ", "a\u00a0b", "10\u202f000", "cooperate",
    "well-known", "co\u2010op", "non\u2011breaking", "1999–2004", "—", "…", "“quoted”", "‘so’", "•", "½", "x²", "№", "™", "Ⅻ",
    "日本語", "自由書簡連合", "서울모임", "中华人民共和国", "ｆｕｌｌ", "Ｆ", "Москва", "Ελλάδα", "Việt Nam", "Tiếng Việt", "Nguyễn",
    "2012", "3", "12:84", "3:17", "p. 12", "A/HRC/25/63", "null", "~", "no", "-", "?",
    "https://example.org/a_b?c=d&e=f#g", "http://example.org", "www.example.org", "someone@example.org", "[1]", "[1, p. 3]",
    "Donaudampfschifffahrtsgesellschaftskapitän", "W" * 60, "x" * 300, "日" * 90, "Contents", "see", "Page", "No.", "Index of signatories",
    "100 %", "$5", "C++", "a/b", "\\", "\\n", "`code`", "*", "_", "#2", "“", "'", '"', "(Japan)", "(FLU)", "[JP]", "The", "Árpád", "ij", "ŉ", "ẞ", "İ",
)  # fmt: skip
TURNED = ("مرحبا", "السلام عليكم", "لا", "שלום", "עִבְרִית", "١٢٣", "ﷺ")
"""Words that are written from right to left."""
JOINTS = (
    " ",
    " ",
    " ",
    ", ",
    "  ",
    "\u00a0",
    "-",
    "/",
    "",
    ". ",
    ": ",
    " (",
    ") ",
    "\u2009",
    "\u200b",
    "\u00ad",
    "\u2060 ",
    "\ufeff",
    "\f",
    "\v",
    "\u2028",
    "\u2029",
)


@functools.cache
def printing() -> list[str]:
    """Return the characters that `check` lets pass."""
    characters = (chr(point) for point in sorted(fonts.covered()))
    return [char for char in characters if not INVISIBLE.match(char) and not ISOLATES.match(char)]


CHARS = st.deferred(lambda: st.sampled_from(printing()))
WORD = st.one_of(
    st.sampled_from(WORDS),
    st.sampled_from(WORDS),
    st.sampled_from(TURNED),
    st.text(CHARS, min_size=1, max_size=5),
)


@st.composite
def lines(draw: st.DrawFn, most: int = 5) -> str:
    """A line of words."""
    words = draw(st.lists(WORD, min_size=1, max_size=most))
    joints = draw(
        st.lists(st.sampled_from(JOINTS), min_size=len(words) - 1, max_size=len(words) - 1)
    )
    return words[0] + "".join(joint + word for joint, word in zip(joints, words[1:], strict=True))


LINE = st.one_of(
    lines(),
    lines(),
    lines(),
    st.lists(st.sampled_from(TURNED), min_size=1, max_size=4).map(" ".join),
)
YEARS = st.integers(1, 9999).map("{:04}".format)
MONTHS = st.integers(1, 12).map("{:02}".format)
DAYS = st.integers(1, 28).map("{:02}".format)
DAY = st.builds("{}-{}-{}".format, st.integers(1000, 9999), MONTHS, DAYS)
DATE = st.one_of(
    YEARS, DAY, st.builds("{}-{}".format, YEARS, MONTHS), st.builds("{}-{}".format, YEARS, st.integers(21, 24)),
    st.builds("{}-{}-XX".format, YEARS, MONTHS), YEARS.map("{}-XX-XX".format), YEARS.map("{}-XX".format),
    st.integers(0, 999).map("{:03}X".format), st.integers(0, 99).map("{:02}XX".format),
)  # fmt: skip
EDTF = st.one_of(
    DATE, DATE, st.builds("{}{}".format, DATE, st.sampled_from("?~%")),
    st.tuples(DATE, DATE).map(sorted).map("/".join),
    st.builds("{}/{}".format, DATE, DATE),
)  # fmt: skip
LANGUAGE = st.sampled_from(
    ["en", "en-US", "de", "fr", "ko", "ja", "ar", "he", "fa", "vi", "ru", "zh-Hant", "hu", "tr", "el", "nl", "und", "sr-Latn", "gsw", "x-private", "lt"]
)  # fmt: skip
COUNTRY = st.sampled_from(sorted(values.COUNTRIES))
URL = st.sampled_from(
    ["https://example.org/", "http://example.org/a?b=c&d=<e>", "mailto:a@example.org", "HTTPS://EXAMPLE.ORG/ü", "https://example.org/" + "long-" * 60,
     "https://example.org/%zz", "https://example.org/a(b)c", "https://[::1]/", "https://example.org:port/", "https://例え.jp/日本"]
)  # fmt: skip


def some(required: Mapping[str, Any], **optional: Any) -> st.SearchStrategy[dict[str, Any]]:
    """A mapping with the required keys and any of the others."""
    return st.fixed_dictionaries(dict(required), optional=optional)


# --- bodies ---

SPECIAL = st.sampled_from(
    ["* * *", "---", "| a | b |\n|---|---|\n| c | d |", "    indented", "```\nfenced\n```", "[note]: https://example.org", "<div>\nhtml\n</div>",
     "![picture](x.png)", "\\*no emphasis\\*", "Setext\n===", "Setext\n---", "<!-- comment -->", "1986. A year", "+", "-", "1.", "#", ">", "#hash", "***", "**", "_ _ _",
     "a\\\nb", "a  \nb", "\\", "&nbsp;", "&#0;", "&#x202e;", "[]()", "[](https://example.org)", "[ ](https://example.org)", "[x]: y", "[@", "[@work", "@work-0",
     "[^1]", "~~struck~~", "==marked==", "$x$", ":smile:", "- [ ] task", "Term\n: definition", "{.class}", "* a\n\n  b\n\n      c", "-\n\n  a", "1)\n2) b", "> \n> a", ">\n>\n", "0. a"]
)  # fmt: skip


PICTURE = (Path(__file__).parent / "faults/pictures/pictures/map.png").read_bytes()
MATTER = st.sampled_from(
    ["![picture](pictures/x.png)", "![a *b*](pictures/x.png)\n![c](pictures/x.png)", "![](pictures/x.png)", "a ![b](pictures/x.png) c", "> ![a](pictures/x.png)",
     "| a | b |\n|:-:|--:|\n| *c* | [@work-0] \\| |\n|  | d", "| a |\n|-|", "> | a |\n> |---|\n> | b |", "| a |\n|---|\n| b | c |", "| a | b |\n|---|\n", "- x\n\n  | a |\n  |---|\n  | b |",
     "(a) one\n(b) two\n    (i) in\n    (ii) it", "a) x\n\nb) y", "iv. x\nv. y", "2.1. x", "(a) (b) c", "(a) x\n---", "(a)\tx", "> words\n> — source", "> (a) x\n(b) y", "(a) x\n\n      y", "a[^1] b[^1]\n\n[^1]: *c* [d](https://example.org/) [@work-0, p. 3]\n\n    e **f**\n",
     "> a[^*]\n\n- b[^*/2]\n\n[^*]: c\n[^*/2]: d", "# a[^h]\n\n| a[^t] |\n|---|\n| b[^u] |\n\n[^h]: h\n[^t]: t\n[^u]: " + "word " * 400, "(a) x\n> y\n(b) z",
     "# a\n\n## b\n\n### c\n\n#### d\n\n##### e\n\n###### f"]
)  # fmt: skip
"""Blocks that are read so only in version 2 of the format."""


PLAIN = st.lists(st.sampled_from((*WORDS, *TURNED)), min_size=1, max_size=8).map(" ".join)


@st.composite
def matters(draw: st.DrawFn) -> str:
    """Blocks of version 2 between others, and tables with any words in them."""
    found = []
    kinds = st.sampled_from(["matter", "matter", "table", "words", "note", "note"])
    for number, kind in enumerate(draw(st.lists(kinds, max_size=8))):
        if kind == "matter":
            found.append(draw(MATTER))
        elif kind == "words":
            found.append(draw(PLAIN))
        elif kind == "note":
            mark = draw(st.sampled_from(["n", "*/", "א", "†/", "日"])) + str(number)
            more = [
                draw(sentences(("work-0",), 1)).replace("\n", " ")
                for _ in range(draw(st.integers(1, 3)))
            ]
            note = f"\n\n{' ' * 4}".join(more)
            found.append(f"{draw(PLAIN)}[^{mark}] {draw(PLAIN)}\n\n[^{mark}]: {note}")
        else:
            cells = st.lists(PLAIN, min_size=3, max_size=3)
            rows = [draw(cells) for _ in range(draw(st.integers(1, 4)))]
            lines_of = ["| " + " | ".join(row) + " |" for row in rows]
            found.append("\n".join([lines_of[0], "|---|:-:|--:|", *lines_of[1:]]))
    return "\n\n".join(found)


@st.composite
def sentences(draw: st.DrawFn, works: tuple[str, ...] = (), depth: int = 2) -> str:
    """Words with markup between them."""
    parts = []
    for _ in range(draw(st.integers(1, 4))):
        kind = draw(
            st.sampled_from(
                ["words", "words", "em", "strong", "link", "break", "soft", "cite", "code", "long"]
            )
        )
        inner = (
            draw(sentences(works, depth - 1))
            if depth and kind in ("em", "strong", "link")
            else draw(LINE)
        )
        if kind == "em":
            parts.append(f"*{inner.strip()}*")
        elif kind == "strong":
            parts.append(f"**{inner.strip()}**")
        elif kind == "link":
            parts.append(f"[{inner}](<{draw(URL)}>)")
        elif kind == "break":
            parts.append(f"{inner}{draw(st.sampled_from(['  ', chr(92)]))}\n")
        elif kind == "soft":
            parts.append(f"{inner}\n")
        elif kind == "cite" and works:
            locator = draw(
                st.sampled_from(
                    ["", ", p. 12", ", pp. 3–4", ",  § 2 ", ", " + "x" * 80, ", 12:84", ", 日本"]
                )
            )
            parts.append(f"[@{draw(st.sampled_from(works))}{locator}]")
        elif kind == "long":
            parts.append(inner + " and so on and on, word after word" * draw(st.integers(1, 40)))
        else:
            parts.append(inner)
    return draw(st.sampled_from(["", " "])).join(parts)


@st.composite
def blocks(draw: st.DrawFn, works: tuple[str, ...] = (), depth: int = 3) -> str:
    """Paragraphs, headings, quotes and lists, one inside the other."""
    found = []
    for _ in range(draw(st.integers(1, 3))):
        kind = draw(st.sampled_from(["p", "p", "heading", "quote", "ul", "ol", "special"]))
        if kind == "special":
            found.append(draw(SPECIAL))
        elif kind == "heading":
            found.append(
                "#" * draw(st.integers(1, 6)) + " " + draw(sentences(works, 1)).replace("\n", " ")
            )
        elif kind == "p" or not depth:
            found.append(draw(sentences(works)))
        else:
            marks = {"quote": "> ", "ul": "- "}
            mark = marks.get(kind) or f"{draw(st.integers(0, 120))}{draw(st.sampled_from('.)'))} "
            inner = [
                draw(blocks(works, depth - 1))
                for _ in range(1 if kind == "quote" else draw(st.integers(1, 3)))
            ]
            rest = mark if kind == "quote" else " " * len(mark)
            items = [mark + item.replace("\n", "\n" + rest) for item in inner]
            found.append(draw(st.sampled_from(["\n", "\n\n"])).join(items))
    return draw(st.sampled_from(["\n\n", "\n\n", "\n"])).join(found)


# --- the rest of a corpus ---

SOURCE = some(
    {}, file=st.just("sources/one.txt"), url=URL, archived_url=URL, archived=DAY, accessed=DAY, note=LINE
)  # fmt: skip


@st.composite
def named(draw: st.DrawFn, of: str = "person") -> dict[str, Any]:
    """A person of several words, some of which may be stated to be the family and the given name."""
    words = draw(st.lists(st.sampled_from(PERSONAL), min_size=1, max_size=5))
    made = {of: " ".join(words)}
    start = draw(st.integers(0, len(words) - 1))
    if draw(st.booleans()):
        made["family"] = " ".join(words[start : draw(st.integers(start + 1, len(words)))])
        if start and of == "person" and draw(st.booleans()):
            made["given"] = " ".join(words[:start])
    return made


PERSONAL = (
    "Ana", "José", "Luis", "Suárez", "GARCÍA", "de", "la", "y", "van", "Van", "der", "von", "Kim", "Min-ji", "Nguyễn", "Văn", "Nagy", "Vera",
    "al-Bakri", "bin", "Jr.", "PhD", "MBE", "Dr.", "O’Neill", "d’Or", "Jónsdóttir", "Иван", "Иванович", "Neto", "佐藤", "恵子", "مرحبا", "N.", "Lee,", "(x)",
)  # fmt: skip
"""What names of people consist of."""
NAMED = named()
SIGNED_LINES = st.lists(LINE, min_size=1, max_size=3).map("\n".join)
"""A signature of one or several lines."""


def signatories(wordings: list[str], nested: int = 2) -> st.SearchStrategy[Any]:
    """Signatures, often in a wording of names.yaml, and groups of them, so often ``nested``."""
    name = st.one_of(LINE, st.sampled_from(wordings)) if wordings else LINE
    of_all = {
        "role": LINE, "country": COUNTRY, "as_signed": LINE, "party": LINE, "place": LINE, "qualifier": LINE,
        "email": LINE, "added": DAY,
    }  # fmt: skip
    single = [
        name,
        some({"organization": name}, role=LINE, country=COUNTRY, as_signed=LINE),
        some({"person": name}, role=LINE, country=COUNTRY, as_signed=LINE, organization=name),
        some({"person": name}, **of_all, honorific=LINE, post_nominals=LINE, organization=name),
        NAMED,
        some({"family": LINE}, given=LINE, role=LINE, honorific=LINE),
        some({"organization": name, "as_signed": SIGNED_LINES, "on_behalf_of": name}, withdrawn=DAY, country=COUNTRY),
        some({"anonymous": st.integers(1, 20000)}, as_signed=SIGNED_LINES, withdrawn=DAY),
    ]  # fmt: skip
    if not nested:
        return st.one_of(*single)
    group = some(
        {"signatories": st.lists(signatories(wordings, nested - 1), min_size=1, max_size=14)},
        heading=LINE, qualifier=LINE, separator=LINE, numbering=st.sampled_from(["none", "through", "group"]),
        form=st.sampled_from(["columns", "table"]),
    )  # fmt: skip
    return st.one_of(*single, group.map(lambda held: {"group": held}))


NATIONS = st.lists(COUNTRY, min_size=18, max_size=60).map(
    lambda codes: [{"organization": f"Union {n}", "country": code} for n, code in enumerate(codes)]
)
"""Signatures from more countries than the chart shows."""


ADDRESSEE = st.one_of(LINE, some({"name": LINE}, lines=st.lists(LINE, max_size=4)))
ADDRESSEES = st.one_of(ADDRESSEE, st.lists(ADDRESSEE, min_size=1, max_size=3))
LINES_OF_PART = st.one_of(LINE, st.lists(LINE, min_size=1, max_size=3))
SEQUENCE = st.permutations(PARTS).filter(
    lambda it: it.index("heading") < it.index("text") < it.index("postscript")
)
"""All parts of a letter in any sequence."""


def _with_one_place_of_the_date(head: dict[str, Any]) -> dict[str, Any]:
    left_out = "date_position" if "sequence" in head else ""
    return {key: value for key, value in head.items() if key != left_out}


def heads(wordings: list[str]) -> st.SearchStrategy[dict[str, Any]]:
    """Front matter."""
    return some(
        {
            "title": LINE,
            "date": EDTF,
        },
        to=ADDRESSEES, cc=ADDRESSEES, letterhead=LINES_OF_PART, references=LINES_OF_PART, via=LINES_OF_PART,
        subject=LINE, contact=LINES_OF_PART, note=LINES_OF_PART, update=LINE, sequence=SEQUENCE, heading=LINE, date_line=st.one_of(LINE, st.just("")),
        date_position=st.sampled_from(["above", "below"]), place=LINE,
        language=LANGUAGE, closing=LINE,
        signatories=st.one_of(
            st.lists(signatories(wordings), max_size=4), st.lists(signatories(wordings), min_size=11, max_size=60), NATIONS
        ),
        source=SOURCE, tags=st.lists(LINE, max_size=2),
    ).map(_with_one_place_of_the_date)  # fmt: skip


IDS = ["free-letters-union", "seoul-circle", "a", "0", "entry-a", "keiko-sato"]


def listed(organization: bool) -> st.SearchStrategy[dict[str, Any]]:
    """An entry of names.yaml."""
    common = {
        "native": st.dictionaries(LANGUAGE, LINE, max_size=2), "aliases": st.lists(LINE, max_size=3), "sort_as": LINE,
        "url": URL, "identifiers": st.dictionaries(st.sampled_from(["wikidata", "ror"]), LINE), "note": LINE,
    }  # fmt: skip
    if not organization:
        return st.one_of(
            some({"name": LINE}, index_as=LINE, **common),
            st.builds(lambda entry, more: more | entry, named("name"), some({}, **common)),
        )
    former = some({"name": LINE}, until=EDTF)
    return some(
        {"name": LINE},
        country=COUNTRY,
        acronym=LINE,
        formerly=st.lists(former, max_size=2),
        **common,
    )


@st.composite
def authority(draw: st.DrawFn) -> tuple[dict[str, Any], list[str]]:
    """Return names.yaml and the wordings that it has."""
    ids = draw(st.lists(st.sampled_from(IDS), unique=True))
    wordings, names = [], {"organizations": {}, "people": {}}
    for key in ids:
        kind = draw(st.sampled_from(["organizations", "organizations", "people"]))
        entry = draw(listed(kind == "organizations"))
        if draw(st.booleans()):
            entry["see_also"] = draw(st.lists(st.sampled_from(ids), max_size=2, unique=True))
        if kind == "people" and draw(st.booleans()):
            entry["organization"] = draw(st.sampled_from(ids))
        names[kind][key] = entry
        wordings += [entry["name"], *entry.get("aliases", ()), *entry.get("native", {}).values()]
        wordings += [
            entry.get("acronym", entry["name"]),
            *(former["name"] for former in entry.get("formerly", ())),
        ]
    whole: dict[str, Any] = {kind: group for kind, group in names.items() if group}
    if ids and draw(st.booleans()):
        whole["distinct"] = draw(
            st.lists(
                st.lists(st.one_of(st.sampled_from(ids), LINE), min_size=2, max_size=3), max_size=2
            )
        )
    return whole, wordings


WORK_IDS = ("work-0", "UN:A/HRC/25", "x", "Work-0", "a_b.c#d&e+f?g<h>~i")
CSL_NAME = st.one_of(
    LINE, some({"literal": LINE}),
    some({"family": LINE}, given=LINE, suffix=LINE, **{"dropping-particle": LINE, "non-dropping-particle": LINE}),
)  # fmt: skip
CSL_DATE = st.one_of(
    EDTF, st.integers(1, 9999).map("{:04}".format),
    st.builds(lambda *parts: {"date-parts": [list(parts)]}, st.integers(1, 9999), st.integers(1, 12)),
)  # fmt: skip
WORK = some(
    {"type": st.sampled_from(references.CSL_TYPES), "title": LINE},
    **{name: st.lists(CSL_NAME, min_size=1, max_size=4) for name in ("author", "editor", "translator", "container-author")},
    **dict.fromkeys(("issued", "accessed", "original-date", "event-date"), CSL_DATE),
    **dict.fromkeys(
        ("publisher", "publisher-place", "number", "volume", "issue", "page", "edition", "genre", "note", "container-title",
         "collection-title", "collection-number", "DOI", "ISBN", "ISSN", "section", "version", "medium", "event-title", "authority", "archive", "title-short", "chapter-number", "number-of-pages", "status", "abstract"),
        LINE,
    ),
    **{"URL": URL, "archive-url": URL, "archived": DAY, "language": LANGUAGE},
)  # fmt: skip


@st.composite
def corpora(draw: st.DrawFn, letters: int = 4) -> dict[str, str]:
    """The files of a corpus that is all right, as far as its parts can tell."""
    ids = tuple(draw(st.lists(st.sampled_from(WORK_IDS), unique=True, max_size=3)))
    names, wordings = draw(authority())
    publication = draw(
        some(
            {"title": LINE}, subtitle=LINE, prepared_by=LINE, identifier=LINE, rights=LINE, edition=LINE, date=DAY,
            language=LANGUAGE, paper=st.sampled_from(["A4", "Letter"]), introduction=blocks(),
            withdrawn=st.sampled_from(["struck", "left_out"]), family_names=st.sampled_from(["stated", "accepted"]),
        )
    )  # fmt: skip
    files = {
        "dossier.yaml": dump(publication),
        "names.yaml": dump(names),
        "reports.yaml": dump({"references": [draw(WORK) | {"id": key} for key in ids]}),
        "sources/one.txt": "The letter as it was found.",
    }
    for number in range(draw(st.integers(1, letters))):
        head = dump(draw(heads(wordings)))
        files[f"letters/letter-{number}.md"] = f"---\n{head}---\n{draw(blocks(ids))}\n"
    return files


def dump(value: Any) -> str:
    return yaml.safe_dump(value, allow_unicode=True, sort_keys=False)


# --- reading ---


def write(folder: Path, files: Mapping[str, str | bytes]) -> Path:
    for name, content in files.items():
        path = folder / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_bytes(
            content if isinstance(content, bytes) else content.encode("utf-8", "surrogatepass")
        )
    (folder / "letters").mkdir(parents=True, exist_ok=True)
    return folder


def look(folder: Path) -> bool:
    """Read a corpus and look at every finding; tell whether it can be built."""
    start = time.process_time()
    found, diagnostics = read(folder, "corpus")
    if found is not None:
        compile_dossier(found, found.everything, entries)
    assert time.process_time() - start < PATIENCE
    assert (found is None) == any(item.severity is Severity.ERROR for item in diagnostics)
    for item in diagnostics:
        assert all(char.isprintable() for char in str(item)), item
        assert item.message.strip() and item.remedy.strip(), item
        path = folder / item.path.removeprefix("corpus").removeprefix("/")
        raw = path.read_bytes() if path.is_file() else b""
        text = raw.decode("utf-8-sig", "replace").replace("\r\n", "\n").replace("\r", "\n")
        there = text.split("\n")
        assert 1 <= item.line <= len(there), item
        assert 1 <= item.column <= len(there[item.line - 1]) + 1, item
    shown = as_json(diagnostics)
    assert all(char.isprintable() or char == "\n" for char in shown)
    assert len(json.loads(shown)) == len(diagnostics)
    return found is not None


def looked(files: Mapping[str, str | bytes]) -> bool:
    with tempfile.TemporaryDirectory() as folder:
        return look(write(Path(folder), files))


TOKENS = (
    "\t", ": ", " #", "[", "]", "{", "}", "&a ", "*a", "!!python/object:os.system ", "!x ", "!!binary ", "!!set ", "'", '"', "|", ">", "---", "...", "\n", "\n\n", "\r\n",
    "\r", "\ufeff", "\u202e", "\x00", "\x1b", "\x85", "\u2028", "\u2029", "\u200b", "\xad", "\u2060", "\f", "\v", "\u034f", '"\\u200b\\f"', "\u0301" * 3, "\u0323\u0302" * 6, "٢٠١٢", "２", "%YAML 1.1\n", "%TAG ! x\n", "? ", "- ", "<<: ", "<<: *a", '"\\ud83d\\ude00"', '"\\ud800"', '"\\x1b[31m"', '"\\u202e"',
    '"\\N"', '"\\0"', '"\\', "~", "null", "0x10", "@", "`", "  ", "=", "title: x\n", "id: x\n", "\U0001f600", "\U000e0041", "\ufffe", "ก", "क", "\udc80", "é", "日本", "{a: ", "[[", "x: y",
    "name", "- name: ", "aliases: ", "to:\n", "date: 2012-13\n", "[@", "](", "[x](javascript:y)", "[x](y 'z')", "[@nobody]", "> " * 30, "- " * 30, "*" * 50, "[" * 60, "x" * 3000,
)  # fmt: skip


@st.composite
def mutated(draw: st.DrawFn, text: str) -> str:
    """A text with a few accidents."""
    for _ in range(draw(st.integers(1, 4))):
        place = draw(st.integers(0, len(text)))
        gone = draw(st.sampled_from([0, 0, 0, 1, 2, 5, 30]))
        token = draw(st.one_of(st.sampled_from(TOKENS), st.just(""), st.text(max_size=3)))
        text = text[:place] + token + text[place + gone :]
    return text


KEYS = sorted(
    {
        key
        for model in (publication.Publication, front_matter.FrontMatter, letter_parts.Addressee, front_matter.Signatory, front_matter.Source, authority_file.Names,
                      authority_file.Organization, authority_file.Person, authority_file.FormerName, references.References, references.CslName)
        for key in model.model_fields
    }
    | {"id", "type", "issued", "URL", "shortTitle", "date-parts", "year", "month", "literal", "", "x", "Title"}
)  # fmt: skip
SCALARS = st.one_of(
    st.none(),
    st.booleans(),
    st.integers(),
    st.floats(),
    LINE,
    EDTF,
    LANGUAGE,
    URL,
    st.text(max_size=8),
)
TREES = st.recursive(
    SCALARS,
    lambda inner: st.one_of(
        st.lists(inner, max_size=3), st.dictionaries(st.one_of(st.sampled_from(KEYS), st.text(max_size=3)), inner, max_size=4)
    ),
    max_leaves=12,
)  # fmt: skip
FORMS = {
    "dossier.yaml": ["title", "date", "language", "paper", "introduction"],
    "names.yaml": ["organizations", "people", "distinct"],
    "reports.yaml": ["references"],
    "letters/letter-0.md": ["title", "date", "to", "signatories", "source", "language", "tags"],
}


def shaped(keys: list[str]) -> st.SearchStrategy[Any]:
    """A document with the right keys and anything under them."""
    return st.one_of(st.dictionaries(st.sampled_from(keys), TREES), TREES)


@chance(60)
@given(
    st.text(st.sampled_from("ab \n\u200b\xad\f\v\u2028\u2029\u202e\x92\ufeffက")), st.integers(0, 9)
)
def test_what_is_left_stands_where_it_stood(text: str, prose: int) -> None:
    cleaned = unseen.cleaned(text, prose)
    assert not [char for char in INVISIBLE.findall(cleaned.text) if char != "\u200b"]
    left = "".join(char for char in cleaned.text if not char.isspace())
    assert left == "".join(char for char in INVISIBLE.sub("", text) if not char.isspace())
    lines = text.split("\n")
    for number, line in enumerate(cleaned.text.split("\n"), 1):
        for column, char in enumerate(line, 1):
            there, place = cleaned.place(number, column)
            at = lines[there - 1][place - 1]
            assert at == char or (char == " " and at in unseen.SPACES)


@chance(60)
@given(st.data())
def test_documents_of_any_shape_are_read(data: st.DataObject) -> None:
    files: dict[str, str | bytes] = {"dossier.yaml": "title: x\n"}
    for name, keys in FORMS.items():
        if data.draw(st.booleans()):
            text = dump(data.draw(shaped(keys)))
            files[name] = f"---\n{text}---\nText.\n" if name.endswith(".md") else text
    looked(files)


@pytest.mark.slow
@chance(15)
@given(st.data())
def test_documents_with_accidents_are_read(data: st.DataObject) -> None:
    files: dict[str, str | bytes] = dict(data.draw(corpora(letters=2)))
    for name in data.draw(
        st.lists(st.sampled_from(sorted(files)), min_size=1, max_size=2, unique=True)
    ):
        files[name] = data.draw(mutated(str(files[name])))
    event(f"sound: {looked(files)}")


@chance(40)
@given(
    st.dictionaries(
        st.sampled_from([*FORMS, "reports.json", "reports.bib"]), st.binary(max_size=60), min_size=1
    )
)
def test_any_bytes_are_read(files: dict[str, bytes]) -> None:
    looked(files)


BIB = (
    "@report{white-paper,\n  author = {{Letters Database Center} and Doe, Jane},\n  title = {A {White} Paper: \\'Etude},\n  date = {2012-05},\n"
    "  url = {https://example.org/a%20b},\n  number = {A/HRC/25/63},\n}\n@article{b, title={B}, year=2012, month=jan, number=3}\n"
)
JSON = json.dumps(
    [
        {
            "id": "white-paper",
            "type": "report",
            "title": "A",
            "issued": {"date-parts": [[2012, 5]]},
            "author": [{"literal": "x"}],
            "shortTitle": "s",
        }
    ],
    indent=1,
)


@chance(60)
@given(
    st.one_of(
        st.tuples(st.just("reports.bib"), mutated(BIB)),
        st.tuples(st.just("reports.json"), mutated(JSON)),
    )
)
def test_works_of_other_programs_are_read(file: tuple[str, str]) -> None:
    looked(
        {"dossier.yaml": "title: x\n", file[0]: file[1],
         "letters/one.md": "---\ntitle: x\ndate: 2012\nto: y\n---\nText [@white-paper] and [@b].\n"}
    )  # fmt: skip


@chance(40)
@given(
    st.one_of(
        blocks(("a", "b")),
        blocks(("a",)).flatmap(mutated),
        st.text(),
        st.text(st.sampled_from("*_[]()!<>&\\`#-+1. \n\t@ab:/")),
    )
)
def test_bodies_of_any_kind_are_read(body: str) -> None:
    head = "---\ntitle: x\ndate: 2012\nto: y\n---\n"
    works = dump({"references": [{"id": key, "type": "book", "title": key} for key in "ab"]})
    looked({"dossier.yaml": "title: x\n", "letters/one.md": head + body, "reports.yaml": works})


def with_matter(body: str) -> dict[str, str | bytes]:
    """Return a corpus of version 2 with one letter."""
    works = dump({"references": [{"id": "work-0", "type": "book", "title": "A"}]})
    head = "---\ntitle: x\ndate: 2012\nto: y\n---\n"
    return {
        "dossier.yaml": "title: x\nformat: 2\n", "letters/one.md": f"{head}{body}\n\n[signatories]\n\nThe end.\n",
        "reports.yaml": works, "pictures/x.png": PICTURE,
    }  # fmt: skip


@chance(60)
@given(st.one_of(matters(), matters().flatmap(mutated)))
def test_tables_and_pictures_of_any_kind_are_read(body: str) -> None:
    looked(with_matter(body))


@pytest.mark.parametrize("unit", ["(a) ", "(a) x\n", "(a) x\n\n", "| a ", "| a |\n|-|\n", "![x](", "![x](y)\n", "> — x\n"])  # fmt: skip
def test_matter_that_repeats_is_no_hang(unit: str) -> None:
    looked(with_matter(unit * (10_000 // len(unit))))


@chance(8)
@given(
    st.one_of(
        st.sampled_from(TOKENS),
        st.text(st.sampled_from("*_[]()!<>&\\`#-+1. \n\t@ab:/,'\"{}|?%~"), min_size=1, max_size=6),
    ),
    st.one_of(st.sampled_from(TOKENS), st.just("")),
)
def test_what_repeats_is_no_hang(unit: str, end: str) -> None:
    repeated = unit * (10_000 // len(unit)) + end
    letter = "---\ntitle: x\ndate: 2012\nto: y\n---\n"
    looked({"dossier.yaml": "title: x\n", "letters/one.md": letter + repeated})
    looked(
        {"dossier.yaml": "title: x\n", "letters/one.md": f"---\ntitle: {repeated}\n---\nText.\n"}
    )
    looked(
        {
            "dossier.yaml": f"title: {repeated}",
            "names.yaml": repeated,
            "reports.bib": f"@book{{{repeated}",
        }
    )


@chance(30)
@given(
    st.text(st.characters(codec="utf-8", exclude_characters="/\0"), min_size=1, max_size=8),
    st.booleans(),
)
def test_files_of_any_name_are_read(name: str, letter: bool) -> None:
    assume(name not in (".", "..") and len(name.encode()) < 200)
    looked(
        {
            "dossier.yaml": "title: x\n",
            f"letters/{name}{'.md' if letter else ''}": "---\ntitle: x\n---\n",
        }
    )


# --- builds ---


def built(files: Mapping[str, str | bytes]) -> bool:
    """Build what `check` lets pass and prove it; tell whether it was built."""
    with tempfile.TemporaryDirectory() as folder:
        corpus = write(Path(folder) / "corpus", files)
        if not look(corpus):
            return False
        pdf = Path(folder) / "dossier.pdf"
        try:
            build(BuildRequest(corpus, pdf, "corpus", jobs=1, cache=False))
        except CorpusFaultError as error:
            raise AssertionError("\n".join(map(str, error.diagnostics))) from None
        found, _ = read(corpus)
        assert found is not None
        cite = styled.citing(found.everything, entries, KeptStyles().formatted)
        with Proof(pdf, "dossier.pdf") as proof:
            listing = pdf.with_suffix(".json").read_bytes()
            assert proof.against(found, found.everything, cite, listing) == ()
    return True


@pytest.mark.slow
@chance(4, shrink=False)
@given(corpora())
def test_whatever_passes_check_is_built_and_proven(files: dict[str, str]) -> None:
    event(f"built: {built(files)}")


STYLES = (
    "united-nations", "oscola", "apa", "bluebook-law-review", "chicago-notes-bibliography",
    "iso690-numeric-en", "ieee", "nature", "modern-language-association", "din-1505-2",
    "annual-reviews-alphabetical", "american-medical-association",
)  # fmt: skip


@st.composite
def styled_corpora(draw: st.DrawFn) -> dict[str, str | bytes]:
    """A corpus that names a citation style, and cites works of any kind."""
    works = [
        draw(WORK) | {"id": key}
        for key in draw(st.lists(st.sampled_from(WORK_IDS), unique=True, min_size=1))
    ]
    cited = " and ".join(f"[@{work['id']}]" for work in works)
    language = draw(st.sampled_from(["en", "fr"]))
    chosen = {"title": "x", "language": language, "citation_style": draw(st.sampled_from(STYLES))}
    return {
        "dossier.yaml": dump(chosen), "reports.yaml": dump({"references": works}),
        "letters/one.md": f"---\ntitle: x\ndate: 2012\nto: y\n---\nRead {cited}.\n",
    }  # fmt: skip


@chance(15, shrink=False)
@given(styled_corpora())
def test_any_style_takes_any_works(files: dict[str, str | bytes]) -> None:
    """Pandoc refuses none of them; what a style leaves out is a warning."""
    with tempfile.TemporaryDirectory() as folder:
        corpus = write(Path(folder), files)
        sound, _ = read(corpus, "corpus")
        found, diagnostics = stages.read(corpus, "corpus")
        assert (found is None) == (sound is None), diagnostics
        assert all("cannot be used" not in item.message for item in diagnostics), diagnostics


@pytest.mark.slow
@chance(3, shrink=False)
@given(styled_corpora())
def test_works_in_a_style_that_pass_check_are_built_and_proven(
    files: dict[str, str | bytes],
) -> None:
    event(f"built: {built(files)}")


@pytest.mark.slow
@chance(6, shrink=False)
@given(matters())
def test_tables_and_pictures_that_pass_check_are_built_and_proven(body: str) -> None:
    event(f"built: {built(with_matter(body))}")


@st.composite
def crowds(draw: st.DrawFn) -> dict[str, str | bytes]:
    """Letters in several languages that many people sign, whose family names are accepted from custom."""
    signed = st.lists(st.one_of(NAMED, NAMED, signatories([])), min_size=1, max_size=20)
    publication = {"title": "x", "family_names": "accepted", "language": draw(LANGUAGE)}
    files: dict[str, str | bytes] = {"dossier.yaml": dump(publication)}
    entries_of_people = draw(st.lists(named("name"), max_size=3))
    people = {f"person-{number}": one for number, one in enumerate(entries_of_people)}
    files["names.yaml"] = dump({"people": people})
    for number, language in enumerate(draw(st.lists(CUSTOM, min_size=1, max_size=3))):
        head = {"title": "x", "date": "2012", "language": language, "signatories": draw(signed)}
        files[f"letters/letter-{number}.md"] = f"---\n{dump(head)}---\nText.\n"
    return files


CUSTOM = st.sampled_from(
    ["en", "es", "pt", "de", "nl-NL", "fr", "hu", "ko", "vi", "is", "ru", "ar", "id"]
)


@chance(40)
@given(crowds())
def test_printer_and_proof_file_any_crowd_alike(files: dict[str, str | bytes]) -> None:
    with tempfile.TemporaryDirectory() as folder:
        found, _ = read(write(Path(folder) / "corpus", files))
    if found is None:
        event("faulty")
        return
    printed = compile_dossier(found, found.everything, entries).index
    proved = truth_of(found, found.everything, entries).index
    texts = [
        [(group.label, [item.heading for item in group.items]) for group in index]
        for index in (printed, proved)
    ]
    assert texts[0] == texts[1]
    event("filed")


@pytest.mark.slow
@chance(2, shrink=False)
@given(crowds())
def test_crowds_that_pass_check_are_built_and_proven(files: dict[str, str | bytes]) -> None:
    event(f"built: {built(files)}")
