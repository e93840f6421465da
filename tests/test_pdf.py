"""What a reader, a court's clerk and a validator may rely on in the finished file."""

from __future__ import annotations

import re
import subprocess
from collections.abc import Callable
from itertools import pairwise
from pathlib import Path

import pikepdf
import pytest
from conftest import ROOT, Edition, make_edition


@pytest.fixture(params=["real", "real_on_letter", "big"])
def edition(request: pytest.FixtureRequest) -> Edition:
    found: Edition = request.getfixturevalue(request.param)
    return found


@pytest.mark.slow
@pytest.mark.verapdf
def test_conforms_to_pdf_ua_1_and_pdf_a_2a(edition: Edition) -> None:
    done = subprocess.run(
        ["verapdf", "-f", "ua1,2a", str(edition.pdf)], capture_output=True, text=True, check=False
    )
    lines = done.stdout.splitlines()
    assert done.returncode == 0, done.stdout
    assert len(lines) == 2
    assert all(" 0 failed" in line for line in lines)


def test_page_labels_are_the_printed_numbers_from_the_first_page_on(edition: Edition) -> None:
    for number, page in enumerate(edition.reading.pdf.pages, 1):
        assert page.label == str(number)
        assert edition.reading.unmarked[number].strip().endswith(str(number))
        assert edition.reading.text(number).splitlines()[-1] == str(number)


def test_the_listing_counts_the_pages_without_gap(edition: Edition) -> None:
    sections = edition.json["sections"]
    assert sections[0]["first_page"] == 1
    for before, after in pairwise(sections):
        assert after["first_page"] == before["last_page"] + 1
    assert sections[-1]["last_page"] == edition.json["pages"] == edition.reading.pages


def test_sections_stand_in_the_order_agreed(real: Edition, big: Edition) -> None:
    order = [re.sub(r"/.*", "", section["id"]) for section in big.json["sections"]]
    assert list(dict.fromkeys(order)) == [
        "cover", "about", "contents", "glance", "introduction", "letters", "index", "bibliography",
        "colophon",
    ]  # fmt: skip
    assert "introduction" not in [section["id"] for section in real.json["sections"]]


def test_every_section_opens_its_first_page(edition: Edition) -> None:
    headings = edition.reading.structure().all("H1")
    assert len(headings) == len(edition.json["sections"])
    for heading, section in zip(headings, edition.json["sections"], strict=True):
        assert heading.pages == {section["first_page"]}


def test_every_bookmark_leads_to_the_page_it_names(edition: Edition) -> None:
    found: list[tuple[str, int]] = []

    def walk(items: list[pikepdf.OutlineItem]) -> None:
        for item in items:
            if match := re.fullmatch(r"(.*), p\. (\d+)", item.title):
                assert edition.reading.target(item.destination) == int(match[2])
                found.append((match[1], int(match[2])))
            walk(list(item.children))

    with edition.reading.pdf.open_outline() as outline:
        walk(list(outline.root))
    assert found == [(item["title"], item["first_page"]) for item in edition.json["sections"]]


def test_every_link_leads_to_the_page_that_it_prints_and_says(edition: Edition) -> None:
    counted = 0
    for number, link in edition.reading.links():
        if link.A.S == "/URI":
            assert str(link.A.URI).startswith(("http://", "https://", "mailto:"))
            continue
        target = edition.reading.target(link.A.D)
        assert str(link.Contents).endswith(f", page {target}")
        shown = edition.reading.words_in(number, link.Rect)
        if match := re.fullmatch(r"(?:\d+:)?(\d+)", shown):
            assert int(match[1]) == target
            counted += 1
    assert counted >= len(edition.json["index"])


def test_links_to_a_signature_land_beside_it(real: Edition) -> None:
    index = next(item for item in real.json["sections"] if item["id"] == "index")
    names = {"Amnesty International": "Amnesty International", "Odhikar": "Odhikar (Bangladesh)"}
    landed = set()
    for number, link in real.reading.links():
        if not index["first_page"] <= number <= index["last_page"]:
            continue
        _, _, _, top, _ = real.reading.place(link.A.D)
        target = real.reading.target(link.A.D)
        strip = real.reading.words_in(target, (0, float(top) - 24, 595, float(top)))
        landed |= {name for name, line in names.items() if line in strip}
    assert landed == set(names)


def test_contents_lines_show_the_first_pages(edition: Edition) -> None:
    first = {item["title"]: item["first_page"] for item in edition.json["sections"]}
    contents = next(item for item in edition.json["sections"] if item["id"] == "contents")
    text = "\n".join(
        edition.reading.text(n) for n in range(contents["first_page"], contents["last_page"] + 1)
    )
    for title, page in first.items():
        if title in ("Cover", "Contents"):
            continue
        name = re.escape(re.sub(r"^\d+\. ", "", title))
        assert re.search(rf"{name}.*[ .]{page}$", text, re.MULTILINE), title


def test_citations_and_bibliography_lead_to_each_other(real: Edition) -> None:
    works = real.json["bibliography"]
    assert [work["number"] for work in works] == [1, 2, 3, 4]
    letter = next(
        item for item in real.json["sections"] if item["id"] == "letters/2013-05-07-explanation"
    )
    forth = back = 0
    for number, link in real.reading.links():
        shown = real.reading.words_in(number, link.Rect)
        target = real.reading.target(link.A.D)
        if re.fullmatch(r"\[\d\]", shown):
            assert letter["first_page"] <= number <= letter["last_page"]
            assert target == next(w["page"] for w in works if w["number"] == int(shown[1]))
            forth += 1
        if number == works[0]["page"]:
            assert {"letter": "2013-05-07-explanation", "page": target} in works[0]["cited_in"]
            back += 1
    assert (forth, back) == (4, 4)


def test_metadata_states_the_publication(real: Edition) -> None:
    pdf = real.reading.pdf
    assert str(pdf.docinfo.Title) == "Letters to Kim Jong-un"
    assert str(pdf.docinfo.CreationDate) == "D:20261122000000Z"
    assert str(pdf.Root.Lang) == "en-US"
    assert bool(pdf.Root.ViewerPreferences.DisplayDocTitle)
    with pdf.open_metadata() as metadata:
        assert metadata["dc:title"] == "Letters to Kim Jong-un"
        assert metadata["xmp:CreateDate"].startswith("2026-11-22")


def test_nothing_in_the_file_is_active_encrypted_or_attached(edition: Edition) -> None:
    pdf = edition.reading.pdf
    assert not pdf.is_encrypted
    assert not pdf.attachments
    assert "/AcroForm" not in pdf.Root
    assert isinstance(pdf.Root.OpenAction, pikepdf.Array)
    for item in pdf.objects:
        if isinstance(item, pikepdf.Dictionary) and "/S" in item:
            assert item.S not in ("/JavaScript", "/Launch", "/SubmitForm", "/ImportData")


def test_text_stays_inside_the_page_and_every_font_is_spectral(real: Edition) -> None:
    for page in real.reading.plumber.pages:
        for char in page.chars:
            assert 60 < char["x0"] <= char["x1"] < page.width - 60
            assert 40 < char["top"] < char["bottom"] < page.height - 40
            assert "Spectral" in char["fontname"]


def test_figures_have_alternative_text(edition: Edition) -> None:
    figures = [
        item for item in edition.reading.pdf.objects
        if isinstance(item, pikepdf.Dictionary) and item.get("/S") == "/Figure"
    ]  # fmt: skip
    assert len(figures) == 1
    assert str(figures[0].Alt).startswith("Bar chart of the signatures by country: ")


def test_a_repeated_table_head_is_read_once(corpus: Callable[..., Path], tmp_path: Path) -> None:
    """Of 29 letters, fewer than make the table dense."""
    texts: dict[str, str | None] = {"letters/one.md": None}
    for number in range(1, 30):
        names = ", ".join(f"A{place}" for place in range(number % 3 + 1))
        texts[f"letters/l{number:02}.md"] = (
            f"---\ntitle: Request {number}\ndate: 2012-01-{number:02}\nto: X\nsignatories: [{names}]\n---\nText.\n"
        )
    edition = make_edition(corpus(**texts), tmp_path / "x.pdf")
    table = edition.reading.structure().all("Table")[0]
    assert len(table.all("THead")) == 1
    assert len({page for part in table.walk() for page in part.pages}) > 1
    assert [cell.text for cell in table.all("TH")].count("Signatures") == 1
    assert len(table.all("TR")) == 30


def test_passages_in_another_language_say_so(big: Edition) -> None:
    languages = {
        str(item.Lang)
        for item in big.reading.pdf.objects
        if isinstance(item, pikepdf.Dictionary) and "/Lang" in item and "/P" in item
    }
    assert {"ja", "ko"} <= languages


def test_papers_have_their_sizes(real: Edition, real_on_letter: Edition) -> None:
    for edition, size in ((real, (595.28, 841.89)), (real_on_letter, (612, 792))):
        for page in edition.reading.plumber.pages:
            assert (float(page.width), float(page.height)) == pytest.approx(size, abs=0.01)


def test_the_sources_checksums_are_printed(real: Edition) -> None:
    import hashlib

    text = "".join(real.reading.text(real.json["pages"]).split())
    for path in sorted((ROOT / "corpus/sources").glob("*.txt")):
        assert hashlib.sha256(path.read_bytes()).hexdigest() in text


def test_the_listing_names_the_pdf_by_its_checksum(real: Edition) -> None:
    import hashlib

    assert real.json["sha256"] == hashlib.sha256(real.pdf.read_bytes()).hexdigest()


def test_no_heading_stands_at_a_pages_foot(edition: Edition) -> None:
    """Below every heading, on its own page and in its column, there is more of the same section."""
    for number, page in enumerate(edition.reading.plumber.pages, 1):
        body = [
            char for char in page.chars if char.get("mcid") is not None and char["text"].strip()
        ]
        if not body:
            pytest.fail(f"page {number} is empty")
        lowest = max(char["bottom"] for char in body)
        at_foot = [char for char in body if char["bottom"] > lowest - 2]
        if number > 1:
            assert not all("Semi-Bold" in char["fontname"] for char in at_foot), number
