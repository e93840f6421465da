"""What the note to the reader, the chart and the colophon have to say, told from the corpus alone.

Unlike what :mod:`.expected` tells, it is not all that may stand there: each phrase is looked for behind the
one before it.
"""

from __future__ import annotations

import itertools
import unicodedata
from collections.abc import Iterable, Iterator

from dossier.proof.truth import Truth
from dossier.records.dossier import LONGEST_LABEL, MOST_BARS, Bar


def about(dossier: Truth) -> Iterator[str]:
    """Yield what the note to the reader has to say of this corpus, in order."""
    it, words, count = dossier.publication, dossier.words, len(dossier.letters)
    yield words("heading_about")
    yield words(
        "about_letters",
        letters=words("about_open_letters", count=count),
        order=words("about_order") if count > 1 else "",
    )
    if it.edition:
        published = words("about_edition", edition=it.edition, date=dossier.date_words)
    else:
        published = words("about_published", date=dossier.date_words)
    if it.prepared_by:
        published = words("about_prepared", published=published, name=it.prepared_by)
    yield published
    yield words("about_pages")
    yield words("about_numbers") if dossier.is_selection else ""
    yield words("about_conventions")
    yield words("about_verbatim")
    yield words("about_additions", example="[1]")
    yield words("about_names")
    yield words("about_consolidated")
    merged = [entry for entry in dossier.entries if len(entry.wordings) > 1]
    yield words("about_merged") if merged else ""
    for entry in merged:
        wordings = (
            words(
                "about_wording",
                wording=wording,
                numbers=words("between_items").join(map(str, numbers)),
            )
            for wording, numbers in entry.wordings
        )
        yield words(
            "about_wordings",
            heading=entry.heading,
            wordings=words("between_groups").join(wordings),
        )
    yield words("about_sources")
    yield words("about_checksums")


def chart(dossier: Truth) -> Iterator[str]:
    """Yield the bars of the chart between the words around it: in one piece, so that no figure goes on."""
    if not dossier.bars:
        return
    words, rest = dossier.words, _unshown(dossier)
    bars = " ".join(f"{_label(bar.label)} {bar.count}" for bar in _shown(dossier))
    told = ""
    if rest:
        signatures = words("signatures", count=sum(bar.count for bar in rest))
        told = " " + words(
            "chart_left_out",
            count=len(rest),
            signatures=signatures,
            bars=_bars(dossier, rest),
        )
    yield f"{words('chart_heading')} {bars} {words('chart_note')}{told}"


def alternatives(dossier: Truth) -> list[str]:
    """Return the texts that stand for the figures, for readers who do not see them."""
    if not dossier.bars or "glance" not in dossier.publication.sections:
        return []
    return [dossier.words("chart_description", bars=_bars(dossier, _shown(dossier)))]


def _shown(dossier: Truth) -> list[Bar]:
    """Return the bars that the chart has room for: the unstated among them, however many countries."""
    stated = [bar for bar in dossier.bars if not bar.unstated]
    return [*stated[:MOST_BARS], *(bar for bar in dossier.bars if bar.unstated)]


def _unshown(dossier: Truth) -> list[Bar]:
    return [bar for bar in dossier.bars if not bar.unstated][MOST_BARS:]


def _bars(dossier: Truth, bars: Iterable[Bar]) -> str:
    words = dossier.words
    told = (words("chart_bar", country=bar.label, number=bar.count) for bar in bars)
    return words("between_items").join(told)


def _label(country: str) -> str:
    """Return a country as the chart names it: a long one cut short, with “…” as its last letter."""
    parts: list[str] = []
    """Its letters, each with its accents."""
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


def colophon(dossier: Truth) -> Iterator[str]:
    """Yield where each letter was taken from, in one piece, and how the dossier was made.

    With which version of the program is not compared: a file stays right when that gets a newer one.
    """
    words = dossier.words
    letters = " ".join(_sources(dossier))
    yield (
        f"{words('heading_colophon')} {words('colophon_sources')} {letters} "
        f"{words('colophon_production')}"
    )
    yield from words("colophon_made", version="\0", font=dossier.design.fonts.text).split("\0")


def _sources(dossier: Truth) -> Iterator[str]:
    words = dossier.words
    for one in dossier.letters:
        source, file = one.head.source, one.source_file
        given = {
            "label": words("colophon_label", number=one.number),
            "title": one.head.title,
            "date": one.date_words,
        }
        if one.head.place:
            yield words("colophon_letter_at", **given, place=one.head.place)
        else:
            yield words("colophon_letter", **given)
        yield (source.note if source else None) or ""
        if file:
            yield words("colophon_file", path=file.path, bytes=words("bytes", count=file.size))
            yield words("colophon_checksum", checksum=file.sha256)
        if source and source.url:
            key, more = "colophon_published", {}
            if source.accessed:
                key, more = "colophon_published_read", {"day": source.accessed}
            yield words(key, address=source.url, **more)
        if source and source.archived_url:
            key, more = "colophon_archived", {}
            if source.archived:
                key, more = "colophon_archived_on", {"day": source.archived}
            yield words(key, address=source.archived_url, **more)
        if not file and not (source and source.url):
            yield words("colophon_no_source")
