"""The phrases that note to the reader, chart and colophon must contain, worked out from the corpus alone.

Unlike the texts of :mod:`.expected` they are not the whole text of a section: each phrase is looked for
behind the previous one.
"""

from __future__ import annotations

import itertools
import unicodedata
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import replace

from dossier.language.dates import UNKNOWN, read_date
from dossier.language.words import Words
from dossier.proof import expected
from dossier.proof.expected import of_corpus
from dossier.proof.faces import HEADING, LEGEND, SMALL, TEXT, TITLE
from dossier.proof.letter import UNTOLD, Piece, told
from dossier.proof.relations import dates_of
from dossier.proof.signing import has_own_words
from dossier.proof.truth import Letter, Truth
from dossier.proof.wanted import Wanted
from dossier.records.dossier import LONGEST_LABEL, Bar
from dossier.records.relations import DRAFT
from dossier.records.sections import LETTERS

Phrase = list[Piece]
"""What stands in one piece."""
BODY = TEXT.sized("label")
FILE = TEXT.sized("list")


def texts(phrases: Iterable[Phrase]) -> Iterator[str]:
    """Yield the texts of phrases."""
    return (" ".join(Wanted.of(phrase).raw.split()) for phrase in phrases)


def _heading(words: Words, key: str, level: int) -> Phrase:
    """Return a heading."""
    look = TITLE if level == 1 else HEADING.sized("label")
    return [Piece(words(key), block=f"H{level}", language=words.language, look=look)]


def _paragraph(words: Words, text: str) -> Phrase:
    """Return the beginning of a paragraph."""
    return [Piece(text, block="P", language=words.language, look=BODY)]


def about(dossier: Truth, apart: bool) -> Iterator[Phrase]:
    """Yield the phrases of the note to the reader; the wordings of names may stand ``apart``."""
    words, count = dossier.words, len(dossier.letters) - dossier.annexes
    yield _heading(words, "heading_about", 1)
    parts = {(True, True): "", (True, False): "_index", (False, True): "_works"}
    holds = parts.get((bool(dossier.index), bool(dossier.works)), "_alone")
    yield _paragraph(
        words,
        words(
            f"about_letters{holds}",
            letters=words("about_open_letters", count=count),
            order=words("about_order") if count > 1 else "",
        ),
    )
    yield _published(dossier)
    for text in _told(dossier):
        yield [Piece(text, language=words.language, look=BODY)]
    yield _heading(words, "about_conventions", 2)
    yield _paragraph(words, words("about_verbatim"))
    example = [Piece("[1]", language=words.language, look=replace(BODY, role="mark", accent=True))]
    added = told(words, "about_additions", BODY, example=example)
    yield [Piece("", block="P"), *(added if dossier.works else _said(words, "about_no_additions"))]
    if any(has_own_words(letter.head, letter.withdrawn) for letter in dossier.letters):
        yield _said(words, "about_signatures")
    heads = [letter.head for letter in dossier.letters]
    if any([*head.note, *head.update] for head in heads):
        yield _said(words, "about_notes")
    yield from _names(dossier, apart) if dossier.index else ()
    yield _heading(words, "about_sources", 2)
    yield _paragraph(words, words("about_checksums"))


def _said(words: Words, key: str) -> Phrase:
    return [Piece(words(key), language=words.language, look=BODY)]


def _published(dossier: Truth) -> Phrase:
    """Return the second sentence of the first paragraph, without its full stop."""
    publication, words = dossier.publication, dossier.words
    date = [of_corpus(dossier, dossier.date_words, BODY)]
    if publication.edition:
        said = told(words, "about_edition", BODY, edition=publication.edition, date=date)
    else:
        said = told(words, "about_published", BODY, date=date)
    if publication.prepared_by:
        name = [of_corpus(dossier, publication.prepared_by, BODY)]
        said = told(words, "about_prepared", BODY, published=said, name=name)
    return [*said, Piece("", language=words.language, joined=True)]


def _told(dossier: Truth) -> Iterator[str]:
    """Yield the other sentences of the first paragraph."""
    publication, words = dossier.publication, dossier.words
    yield words("about_pages_lettered" if publication.section_letters else "about_pages")
    yield expected.left_out(dossier)
    yield words("about_annexes") if dossier.annexes else ""
    twice = [one for one in dossier.letters if one.signatures and not one.counts]
    yield words("about_translations") if any(not one.head.annex_to for one in twice) else ""
    drafts = sum(letter.head.status == DRAFT for letter in dossier.letters)
    yield words("about_drafts", count=drafts) if drafts else ""
    yield words("about_numbers") if dossier.is_selection else ""


def _names(dossier: Truth, apart: bool) -> Iterator[Phrase]:
    """Yield how names were consolidated."""
    words = dossier.words
    yield _heading(words, "about_names", 2)
    yield _paragraph(words, words("about_consolidated"))
    merged = expected.merged(dossier)
    if merged and apart:
        yield _paragraph(words, words("about_wordings_apart"))
    elif merged:
        yield _paragraph(words, words("about_merged"))
        for wording in expected.wordings(dossier):
            yield [Piece("", block="LBody"), *wording]


def outline(dossier: Truth, section: str) -> Iterator[tuple[int, str]]:
    """Yield the headings of a section that is compared by phrases, each with its level."""
    words = dossier.words
    yield 1, words(f"heading_{section}")
    below = {
        "about": {"about_conventions": True, "about_names": bool(dossier.index), "about_sources": True},
        "glance": {"chart_years_heading": bool(years_of(dossier)), "chart_heading": tells(dossier)},
        "colophon": {"colophon_sources": True, "colophon_production": True},
    }  # fmt: skip
    yield from ((2, words(key)) for key, is_there in below[section].items() if is_there)


def chart(dossier: Truth) -> Iterator[Phrase]:
    """Yield each chart with its heading and note, in one piece, so that no figure can have extra digits."""
    words = dossier.words
    own = dossier.publication.language
    if years := years_of(dossier):
        bars = [(label, count, own) for label, count in years]
        yield _charted(words, "chart_years_heading", bars)
    if not tells(dossier):
        return
    rest = _gathered(dossier)
    bars = [
        (_label(bar.label), bar.count, words.language if bar.unstated else own)
        for bar in _shown(dossier)
    ]
    others: Phrase = []
    if rest:
        signatures = words("signatures", count=sum(bar.count for bar in rest))
        gathered = [
            told(
                words,
                "chart_bar",
                LEGEND,
                country=[of_corpus(dossier, bar.label, LEGEND)],
                number=bar.count,
            )
            for bar in rest
        ]
        between = Piece(words("between_items"), language=words.language, look=LEGEND)
        others = told(
            words,
            "chart_gathered",
            LEGEND,
            other=words("chart_other"),
            count=len(rest),
            signatures=signatures,
            bars=expected.chained(gathered, between),
        )
    yield [
        *_charted(words, "chart_heading", bars),
        Piece(words("chart_note"), block="P", look=LEGEND),
        *others,
    ]


def _charted(words: Words, heading: str, bars: Iterable[tuple[str, int, str]]) -> Phrase:
    """Return the heading and the bars of a chart: label, number, and the language of the label."""
    ours = words.language
    told = [
        Piece(words(heading), block="H2", language=ours, look=HEADING),
        Piece("", block=UNTOLD, look=SMALL),
    ]
    for label, count, language in bars:
        told += [Piece(label, language=language), Piece(str(count), language=ours)]
    return told


def alternatives(dossier: Truth) -> list[str]:
    """Return the alternative texts of the figures."""
    if "glance" not in dossier.publication.sections:
        return []
    words, found = dossier.words, []
    if years := years_of(dossier):
        told = (words("chart_bar", country=label, number=count) for label, count in years)
        found.append(words("chart_years_description", bars=words("between_items").join(told)))
    if tells(dossier):
        found.append(words("chart_description", bars=_bars(dossier, _shown(dossier))))
    return found


def years_of(dossier: Truth) -> list[tuple[str, int]]:
    """Return the bars of the chart by years, each with its label and the number of signatures.

    Where there are too many years, a bar stands for the shortest period of which there are not.
    """
    words = dossier.words
    letters = [one for one in dossier.letters if not one.head.annex_to]
    dated = [one for one in letters if one.head.date != UNKNOWN]
    first = {one.id: read_date(dates_of(one.head)[0]).earliest.year for one in dated}
    for period in (1, 5, 10, 25, 50, 100):
        starts = sorted({year - year % period for year in first.values()})
        if len(starts) <= dossier.design.chart.most:
            break
    bars: list[tuple[str, int]] = []
    for start in starts:
        there = [one for one in dated if start <= first[one.id] < start + period]
        count = words("letters", count=len(there))
        label = str(start) if period == 1 else f"{start}–{start + period - 1}"
        signed = sum(one.signature_count for one in there if one.counts)
        bars.append((words("chart_year", year=label, letters=count), signed))
    has_signatures = any(count for _, count in bars)
    return bars if has_signatures and len(bars) >= dossier.design.chart.years else []


def tells(dossier: Truth) -> bool:
    """Tell whether a chart of the countries would tell anything.

    One bar alone does not, nor do bars of a few signatures beside that of all others.
    """
    total = sum(bar.count for bar in dossier.bars)
    unstated = sum(bar.count for bar in dossier.bars if bar.unstated)
    return len(dossier.bars) >= 2 and total - unstated >= dossier.design.chart.known * total


def shown(dossier: Truth) -> list[Bar]:
    """Return the bars of the chart of the countries, none where there is no chart."""
    return _shown(dossier) if tells(dossier) else []


def _shown(dossier: Truth) -> list[Bar]:
    """Return the bars that the chart shows, always with the bar of unstated countries."""
    known = [bar for bar in dossier.bars if not bar.unstated][: dossier.design.chart.most]
    others = sum(bar.count for bar in _gathered(dossier))
    last = [bar for bar in dossier.bars if bar.unstated]
    return [*known, *([Bar(dossier.words("chart_other"), others)] if others else []), *last]


def _gathered(dossier: Truth) -> list[Bar]:
    """Return the bars of the countries that share one bar."""
    return [bar for bar in dossier.bars if not bar.unstated][dossier.design.chart.most :]


def _bars(dossier: Truth, bars: Iterable[Bar]) -> str:
    words = dossier.words
    phrases = (words("chart_bar", country=bar.label, number=bar.count) for bar in bars)
    return words("between_items").join(phrases)


def _label(country: str) -> str:
    """Return a country's label in the chart; a long name is truncated with an ellipsis."""
    parts: list[str] = []
    """The letters, each with its combining marks."""
    for char in country:
        if parts and unicodedata.category(char)[0] == "M":
            parts[-1] += char
        else:
            parts.append(char)
    places = list(
        itertools.accumulate(
            sum(1 + (unicodedata.east_asian_width(char) in ("W", "F")) for char in part)
            for part in parts
        )
    )
    if places[-1] <= LONGEST_LABEL:
        return country
    return (
        "".join(part for part, place in zip(parts, places, strict=True) if place < LONGEST_LABEL)
        + "…"
    )


def colophon(dossier: Truth, bound: Mapping[str, str]) -> Iterator[Phrase]:
    """Yield the sources of the letters, in one piece, and how the dossier was made.

    ``bound`` has what is printed for the first page of each source that is bound in, by the letter's id.
    The version of the program is not compared: a file stays valid when the program is updated.
    """
    words = dossier.words
    yield [
        *_heading(words, "heading_colophon", 1),
        *_heading(words, "colophon_sources", 2),
        *_sources(dossier, bound),
        *_heading(words, "colophon_production", 2),
    ]
    made = words("colophon_made", version="\0", font=dossier.design.fonts.text)
    block = "P"
    for text in made.split("\0"):
        yield [Piece(text, block=block, language=words.language, look=BODY)]
        block = ""
    if dossier.publication.enclose_ocr and any(letter.enclosed for letter in dossier.letters):
        yield [Piece(words("colophon_read"), block="P", look=BODY)]


def _sources(dossier: Truth, bound: Mapping[str, str]) -> Iterator[Piece]:
    words, sections = dossier.words, dossier.publication.sections
    named = {letter: file.name for file in dossier.attachments for letter in file.letters}
    # Before the letters it could move their pages.
    tells = dossier.tells_sources and sections.index("colophon") > sections.index(LETTERS)
    for letter in dossier.letters:
        source, file = letter.head.source, letter.source_file
        kept = source and (source.url or source.archived_url or source.note)
        if not (file or kept or letter.head.place):
            continue
        yield Piece("", block="P")
        yield from _named(dossier, letter)
        yield of_corpus(dossier, (source.note if source else None) or "", BODY)
        yield Piece("", language=words.language)
        if file:
            said = words("colophon_file", path=file.path, bytes=words("bytes", count=file.size))
            yield Piece(said, block="P", look=FILE)
            yield Piece(words("colophon_checksum", checksum=file.sha256), look=FILE)
            if letter.id in named and dossier.tells_sources:
                yield Piece(words("colophon_attached", name=named[letter.id]), look=FILE)
            elif tells and any(one.kind == "source" for one in letter.enclosed):
                said = words("colophon_bound_in", page=bound.get(letter.id, ""))
                yield Piece(said, look=FILE)
        if source and source.url:
            key, more = "colophon_published", {}
            if source.accessed:
                key, more = "colophon_published_read", {"day": source.accessed}
            yield Piece(words(key, address=source.url, **more), block="P", look=FILE)
        if source and source.archived_url:
            key, more = "colophon_archived", {}
            if source.archived:
                key, more = "colophon_archived_on", {"day": source.archived}
            yield Piece(words(key, address=source.archived_url, **more), block="P", look=FILE)
    if unknown := _unknown_sources(dossier):
        yield Piece(unknown, block="P", look=BODY)


def _named(dossier: Truth, letter: Letter) -> list[Piece]:
    """Return the label, the title, the date and the place of a letter."""
    words = dossier.words
    label = (
        words("colophon_label", number=letter.number)
        if letter.plain
        else words("colophon_labelled", label=letter.label)
    )
    place = letter.head.place
    given = {
        "label": [Piece(label, language=words.language, look=BODY.strong)],
        "title": [of_corpus(dossier, letter.head.title, BODY, letter.language)],
        "date": [of_corpus(dossier, letter.date_words, BODY)],
    } | ({"place": [of_corpus(dossier, place, BODY, letter.language)]} if place else {})
    return told(words, "colophon_letter_at" if place else "colophon_letter", BODY, **given)


def _unknown_sources(dossier: Truth) -> str:
    """Return the sentence that names the letters without a recorded source, empty if there are none."""
    lacking = [
        letter
        for letter in dossier.letters
        if not letter.source_file and not (letter.head.source and letter.head.source.url)
    ]
    if not lacking:
        return ""
    return dossier.words("colophon_no_source", letters=expected.named(dossier.words, lacking))
