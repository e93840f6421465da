"""The HTML edition in a real browser: searching, filtering, keyboard, narrow, dark, printed, without its script."""

from __future__ import annotations

import json
import os
import re
import shutil
import time
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pdfplumber
import pytest
from conftest import ROOT, Edition, make_edition, write_files
from test_languages import in_language
from test_listing import FILES, PICTURE

from dossier.language.word_files import words_for
from dossier.machine import templates

pytestmark = [pytest.mark.browser, pytest.mark.slow]
AXE = Path(os.environ.get("DOSSIER_AXE", ROOT / ".ci/axe/node_modules/axe-core/axe.min.js"))
CHROMIUM = next(filter(None, map(shutil.which, ("chromium", "chromium-browser"))), "")
Page = Any
"""A page of Playwright, which need not be installed."""
Show = Callable[..., Page]

NAMES = """---
title: Łódź and São Paulo
date: 2021-05-06
to: {name: The Commission, lines: [The Commission, 1 High Street]}
language: en
signatories:
  - Société générale d’Éducation
  - Łódź Committee
  - منظمة العفو الدولية
  - 日本弁護士連合会
  - Straße der Briefe
  - Ελληνική Ένωσις
---
The café’s owner wrote to us about the naïve résumé.

Those of São Paulo wrote, too.

كَتَبَ الكاتبُ إلى المُنظَّمة في ١٢ أيار.

日本の弁護士が東京で手紙を書いた。

서울에서 편지를 썼다.

See https://example.org/a/very/long/address/without/any/place/at/which/a/line/might/end/in/a/narrow/window.

| Year | January | February | March | April | May | June | July | August | September |
| ---- | ------- | -------- | ----- | ----- | --- | ---- | ---- | ------ | --------- |
| 2019 | thousands | hundreds | thousands | hundreds | thousands | hundreds | tens | none | none |

First <b>bold</b> & plain.
"""


@pytest.fixture(scope="module")
def rich(tmp_path_factory: pytest.TempPathFactory) -> Edition:
    """A dossier with groups, relations, withdrawn signatures, notes, a picture, a wide table, many scripts."""
    folder = tmp_path_factory.mktemp("screen")
    texts = {name: text for name, text in FILES.items() if isinstance(text, str)}
    texts["letters/names.md"] = NAMES
    texts["letters/ask.md"] = texts["letters/ask.md"].replace(
        "a question[^2]", "a question[^2] [@z]"
    )
    texts["reports.yaml"] = (
        "references:\n  - {id: z, type: book, title: Zeal, issued: 2001, URL: 'https://example.org/z'}\n"
    )
    texts["names.yaml"] = (
        "organizations:\n  first:\n    name: First Union\n    acronym: FU\n    country: GR\n"
    )
    write_files(folder / "corpus", texts)
    (folder / "corpus/pictures").mkdir()
    (folder / "corpus/pictures/map.png").write_bytes(PICTURE)
    return make_edition(folder / "corpus", folder / "out/x.pdf")


@pytest.fixture(scope="module")
def arabic(tmp_path_factory: pytest.TempPathFactory) -> Edition:
    """The project's own corpus as an Arabic dossier."""
    folder = tmp_path_factory.mktemp("arabic")
    return make_edition(in_language("ar", folder / "corpus"), folder / "out/x.pdf")


@pytest.fixture(scope="module")
def chromium() -> Iterator[Any]:
    from playwright.sync_api import sync_playwright

    with sync_playwright() as playwright:
        # Its sandbox does not work as root, as which CI runs.
        browser = playwright.chromium.launch(
            executable_path=CHROMIUM, args=["--no-sandbox", "--disable-dev-shm-usage"]
        )
        yield browser
        browser.close()


@pytest.fixture
def show(chromium: Any) -> Iterator[Show]:
    """Return a function that opens the page of an edition; what it asks for or complains of fails the test."""
    opened: list[Any] = []
    wrong: list[str] = []

    def open_page(edition: Edition, width: int = 1000, script: bool = True, **how: Any) -> Page:
        context = chromium.new_context(
            viewport={"width": width, "height": 800},
            java_script_enabled=script,
            reduced_motion="reduce",
            **how,
        )
        opened.append(context)
        page = context.new_page()
        address = edition.pdf.with_suffix(".html").as_uri()
        # A picture in the page itself is no request to elsewhere.
        page.on(
            "request",
            lambda request: (
                wrong.append(request.url)
                if request.url != address and not request.url.startswith("data:")
                else None
            ),
        )
        page.on("console", lambda message: wrong.append(message.text))
        page.on("pageerror", lambda error: wrong.append(str(error)))
        page.goto(address)
        return page

    yield open_page
    for context in opened:
        context.close()
    assert wrong == []


def until(page: Page, expression: str) -> None:
    """Wait until an expression of JavaScript is true. (Playwright's own way is forbidden by the policy.)"""
    end = time.monotonic() + 10
    while not page.evaluate(expression):
        assert time.monotonic() < end, expression
        page.wait_for_timeout(20)


def searched(page: Page, text: str) -> int:
    """Search for a text; return the number of passages that the page tells."""
    page.evaluate("document.querySelector('.search [role=status]').textContent = ''")
    page.fill("#search", text)
    until(page, "!!document.querySelector('.search [role=status]').textContent")
    found = re.search(r"\d+", page.inner_text(".search [role=status]"))
    assert found
    return int(found[0])


def filtered(page: Page, text: str) -> list[str]:
    """Filter the index; return the lines that are seen."""
    page.fill("#filter", text)
    # Longer than the pause after which it filters.
    page.wait_for_timeout(300)
    lines: list[str] = page.eval_on_selector_all(
        "#index li", "all => all.filter(one => one.offsetParent).map(one => one.innerText)"
    )
    return lines


# --- what nobody but axe finds ---


@pytest.mark.parametrize("scheme", ["light", "dark"])
@pytest.mark.parametrize("width", [320, 1280])
@pytest.mark.parametrize("which", ["real", "arabic", "rich"])
def test_axe_finds_nothing(
    which: str, width: int, scheme: str, request: pytest.FixtureRequest, show: Show
) -> None:
    if not AXE.is_file():
        if os.environ.get("DOSSIER_REQUIRE_BROWSER"):
            pytest.fail(f"{AXE} is missing")
        pytest.skip("axe-core is not there: npm ci --prefix .ci/axe")
    page = show(request.getfixturevalue(which), width, color_scheme=scheme)
    page.evaluate(AXE.read_text(encoding="utf-8"))
    # As the page is opened; then with all that its script shows, and a passage that was chosen.
    for step in range(2):
        if step:
            assert searched(page, "the") > 1
            assert filtered(page, "a")
            page.click(".search ol a")
        found = page.evaluate("axe.run()")
        told = [(one["id"], one["nodes"][0]["html"]) for one in found["violations"]]
        assert told == []
        assert len(found["passes"]) > 20


# --- the search ---


def test_the_search_lists_passages_and_leads_to_them(show: Show, real: Edition) -> None:
    page = show(real)
    assert page.is_visible("label[for=search]")
    assert page.inner_text(".search [role=status]") == ""
    count = searched(page, "HUMAN  ríghts")
    assert count == page.locator(".search li").count() > 0
    for line in page.locator(".search li").all():
        text = line.inner_text().lower()
        assert "human" in text and "rights" in text
        assert [mark.lower() for mark in line.locator("mark").all_inner_texts()]
    first = page.locator(".search li a").first
    place, shown = first.locator("span").all_inner_texts()
    page.focus("#search")
    page.keyboard.press("Enter")
    assert first.evaluate("it => it === document.activeElement")
    page.focus("#search")
    page.keyboard.press("Tab")
    assert first.evaluate("it => it === document.activeElement")
    page.keyboard.press("Enter")
    target = page.locator(":target")
    words = " ".join(target.inner_text().split())
    assert shown.strip("… ") in words
    heading = target.evaluate(
        "it => it.closest('article, section').querySelector('h2').textContent"
    )
    assert " ".join(heading.split()) == place
    until(
        page,
        "() => { const at = document.querySelector(':target').getBoundingClientRect();"
        " return at.top >= 0 && at.top < innerHeight }",
    )
    # Another passage of the list, then back to it.
    page.go_back()
    page.locator(".search li a").nth(1).click()
    assert page.locator("[id=found]").count() <= 1
    assert page.locator(":target").count() == 1
    assert searched(page, "human zzz") == 0
    assert page.locator(".search li").count() == 0
    page.fill("#search", "")
    until(page, "!document.querySelector('.search [role=status]').textContent")


def test_two_passages_without_ids_are_each_found(show: Show, real: Edition) -> None:
    page = show(real)
    assert searched(page, "the") > 40
    texts = []
    for number in (3, 5, 3):
        link = page.locator(".search li a").nth(number)
        link.click()
        texts.append(page.locator(":target").inner_text())
    assert texts[0] == texts[2] != texts[1]


def test_a_long_list_is_shown_in_parts(show: Show, real: Edition) -> None:
    page = show(real)
    count = searched(page, "e")
    assert count > 80
    assert page.locator(".search li").count() == 40
    page.focus(".search button")
    page.keyboard.press("Enter")
    assert page.locator(".search li").count() == 80
    assert page.evaluate("document.activeElement.closest('li')") is not None
    at = (
        "[...document.querySelectorAll('.search li')].indexOf(document.activeElement.closest('li'))"
    )
    assert page.evaluate(at) == 40
    for _ in range(count // 40):
        if page.is_visible(".search button"):
            page.click(".search button")
    assert page.locator(".search li").count() == count
    assert not page.is_visible(".search button")


@pytest.mark.parametrize(
    ("query", "marked"),
    [
        ("cafe's owner", ["café’s", "owner"]),
        ("CAFÉ", ["café"]),
        ("lodz", ["Łódź"]),
        ("sao paulo", ["São", "Paulo"]),
        ("strasse", ["Straße"]),
        ("ΕΝΩΣΙΣ", ["Ένωσις"]),
        ("كتب", ["كَتَبَ"]),
        ("المنظمه", ["المُنظَّمة"]),
        ("12", ["١٢"]),
        ("弁護士", ["弁護士"]),
        ("서울", ["서울"]),
        ("<b>", ["<b>"]),
        ("resume\u0301", ["résumé"]),
    ],
)
def test_the_search_folds_case_and_accents_in_many_scripts(
    query: str, marked: list[str], show: Show, rich: Edition
) -> None:
    page = show(rich)
    assert searched(page, query) > 0
    lines = page.eval_on_selector_all(
        ".search li",
        "all => all.map(li => [...li.querySelectorAll('mark')].map(it => it.innerText))",
    )
    assert marked in lines or marked in [line[: len(marked)] for line in lines]
    for other in ("zzz", f"{query} zzz", query + "x"):
        assert searched(page, other) == 0


def test_a_mark_that_makes_another_letter_is_not_folded(show: Show, rich: Edition) -> None:
    page = show(rich)
    # The syllable and a part of it; the kana with and without its sign.
    assert searched(page, "편지") and not searched(page, "펴지")
    assert searched(page, "が") and not searched(page, "ば")


# --- the filter of the index ---


def test_the_index_is_filtered_while_one_types(show: Show, rich: Edition) -> None:
    page = show(rich)
    everything = filtered(page, "")
    assert len(everything) > 8
    found = filtered(page, "union")
    assert found == [line for line in everything if "union" in line.lower()] != []
    said = page.inner_text(".filter [role=status]")
    assert said == f"Names shown: {len(found)}"
    # No heading of the alphabet without a name under it, and no link to one.
    headings = page.locator("#index h3:visible").count()
    assert headings == page.locator(".letters-of-index a:visible").count() < len(found) + 1
    assert headings == page.locator("#index ul:visible").count()
    assert [line for line in everything if "Éducation" in line] == filtered(page, "education")
    assert filtered(page, "zzz") == []
    assert page.inner_text(".filter [role=status]") == "Names shown: 0"
    assert filtered(page, " ") == everything
    assert page.inner_text(".filter [role=status]") == ""


def test_a_link_to_a_name_that_is_filtered_out_shows_it(show: Show, rich: Edition) -> None:
    page = show(rich)
    everything = filtered(page, "")
    (line,) = filtered(page, "FU, see")
    page.click("#index li:visible a")
    assert page.locator(":target").inner_text().startswith("First Union")
    assert page.locator(":target").is_visible()
    assert page.input_value("#filter") == ""
    assert filtered(page, "") == everything and line in everything
    # A passage of the search, too.
    filtered(page, "zzz")
    searched(page, "Lodz Committee")
    page.locator(".search li a").last.click()
    assert page.locator(":target").is_visible()
    assert page.locator(":target").evaluate("it => !!it.closest('#index')")


def test_links_lead_to_their_places_in_a_long_dossier(show: Show, big: Edition) -> None:
    page = show(big, 390)
    hrefs = page.eval_on_selector_all(
        "#contents a, #index li a, .search a", "all => all.map(it => it.getAttribute('href'))"
    )
    # What is not in sight is not laid out, and yet links must not miss.
    for href in [*hrefs[3::17], hrefs[-1], *hrefs[-2::-23]]:
        page.evaluate("href => { location.hash = href }", href)
        until(page, "Math.abs(document.querySelector(':target').getBoundingClientRect().top) < 400")
    assert searched(page, "friends letter 139") > 0
    page.locator(".search li a").first.click()
    assert "Friends of Letter 139" in page.locator(":target").inner_text()
    until(page, "Math.abs(document.querySelector(':target').getBoundingClientRect().top) < 400")


# --- keyboard ---


def test_the_keyboard_reaches_everything_and_shows_where_it_is(show: Show, rich: Edition) -> None:
    page = show(rich)
    # What a pointer could use: each is reached by Tab, in the order of the page.
    usable = page.evaluate(
        "[...document.querySelectorAll('a[href], input, button, [tabindex]')].filter(it => it.offsetParent).length"
    )
    seen = []
    for _ in range(usable):
        page.keyboard.press("Tab")
        seen.append(
            page.evaluate("""() => {
                const it = document.activeElement, style = getComputedStyle(it), at = it.getBoundingClientRect();
                const all = [...document.querySelectorAll('*')];
                return [all.indexOf(it), style.outlineStyle, parseFloat(style.outlineWidth), at.right > 0 && at.bottom > 0
                    && at.left < innerWidth && at.top < innerHeight, it.className, it.id];
            }""")
        )
    assert seen[0][4] == "skip" and seen[1][5] == "search"
    places = [one[0] for one in seen]
    assert places == sorted(set(places))
    for _, style, width, in_view, *_ in seen:
        assert style != "none" and width >= 2 and in_view
    page.reload()
    page.keyboard.press("Tab")
    page.keyboard.press("Enter")
    assert page.evaluate("location.hash") == "#contents"


# --- narrow, dark, printed ---


@pytest.mark.parametrize("script", [True, False])
@pytest.mark.parametrize("which", ["real", "arabic", "rich"])
def test_nothing_is_wider_than_a_narrow_window(
    which: str, script: bool, request: pytest.FixtureRequest, show: Show
) -> None:
    page = show(request.getfixturevalue(which), 320, script=script)
    if script:
        searched(page, "the")
    wide = """[document.documentElement.scrollWidth, [...document.querySelectorAll("body *")].filter(it => {
        const at = it.getBoundingClientRect();
        return at.width && (at.right > innerWidth + 1 || at.left < -1)
            && !it.closest(".table, .grid, .skip") }).map(it => it.outerHTML.slice(0, 80))]"""
    # With the script switched off, Playwright's own still runs.
    assert page.evaluate(wide) == [320, []]


def test_the_chart_can_be_read_in_a_narrow_window(show: Show, real: Edition) -> None:
    page = show(real, 320)
    sizes = page.evaluate(
        """[...document.querySelectorAll(".chart text")].map(it =>
            parseFloat(getComputedStyle(it).fontSize) * it.getScreenCTM().a)"""
    )
    assert len(sizes) > 4 and min(sizes) >= 12
    assert page.evaluate("document.querySelector('.chart').parentNode.scrollWidth") > 320


def test_colours_are_dark_where_the_reader_wants_it(show: Show, real: Edition) -> None:
    light, dark = (show(real, color_scheme=scheme) for scheme in ("light", "dark"))
    colours = """["color", "backgroundColor"].map(name =>
        getComputedStyle(document.documentElement)[name].match(/\\d+/g).slice(0, 3).reduce((a, b) => a + +b, 0))"""
    ink, paper = light.evaluate(colours)
    assert ink < 150 and paper > 700
    ink, paper = dark.evaluate(colours)
    assert ink > 600 and paper < 100


def test_the_page_is_printed_whole_on_white(show: Show, rich: Edition, tmp_path: Path) -> None:
    page = show(rich, color_scheme="dark")
    searched(page, "the")
    filtered(page, "zzz")
    page.emulate_media(media="print", color_scheme="dark")
    assert not page.is_visible("#search") and not page.is_visible("#filter")
    assert page.locator("#index li:visible").count() == page.locator("#index li").count() > 8
    page.pdf(path=str(tmp_path / "printed.pdf"), format="A4")
    with pdfplumber.open(tmp_path / "printed.pdf") as printed:
        text = " ".join(" ".join(sheet.extract_text() for sheet in printed.pages).split())
    assert "Search this page" not in text and "Names shown" not in text
    for words in (
        "Third Union",
        "café’s owner",
        "Zeal",
        "The answer",
        "Annex 1 to letter 1",
        "Second Union",
    ):
        assert words in text, words
    ink = "[...document.querySelectorAll('p')].map(it => getComputedStyle(it).color)"
    for colour in set(page.evaluate(ink)):
        assert sum(map(int, re.findall(r"\d+", colour)[:3])) < 400, colour


# --- without the script; nothing but ours ---


def test_without_its_script_the_page_is_whole(show: Show, rich: Edition) -> None:
    plain, active = show(rich, script=False), show(rich)
    assert plain.locator("#search, #filter, button").count() == 0
    said = "document.querySelector('main').textContent"
    without = plain.evaluate(said)
    assert "Search" not in without and "Names shown" not in without
    assert "Names shown" not in active.evaluate(said) and "Show only" in active.evaluate(said)
    active.evaluate("document.querySelector('.filter').remove()")
    assert without == active.evaluate(said)
    for words in ("Third Union", "café’s owner", "Zeal", "日本弁護士連合会"):
        assert words in without
    unseen = """[...document.querySelectorAll("main *")].filter(it => it.textContent.trim() && !it.getClientRects().length)
        .map(it => it.outerHTML)"""
    assert plain.evaluate(unseen) == []


def test_the_policy_lets_nothing_else_run_or_load(chromium: Any, rich: Edition) -> None:
    page = chromium.new_page()
    asked: list[str] = []
    page.on("requestfinished", lambda request: asked.append(request.url))
    page.on("requestfailed", lambda request: asked.append(request.failure))
    page.goto(rich.pdf.with_suffix(".html").as_uri())
    asked.clear()
    blocked = page.evaluate("""async () => {
        const blocked = new Set();
        document.addEventListener("securitypolicyviolation", event => blocked.add(event.effectiveDirective));
        const add = (name, values) => document.body.append(Object.assign(document.createElement(name), values));
        add("script", { textContent: "window.ran = true" });
        add("script", { src: "https://example.org/x.js" });
        add("img", { src: "https://example.org/x.png" });
        add("style", { textContent: "body { display: none }" });
        add("iframe", { src: "https://example.org/" });
        document.body.setAttribute("onclick", "window.ran = true");
        document.body.click();
        await fetch("https://example.org/").catch(() => 0);
        await new Promise(done => setTimeout(done, 500));
        return [[...blocked].sort(), !!window.ran];
    }""")
    assert blocked == [
        [
            "connect-src",
            "frame-src",
            "img-src",
            "script-src-attr",
            "script-src-elem",
            "style-src-elem",
        ],
        False,
    ]
    assert set(asked) <= {"csp"}
    page.close()


def test_the_controls_speak_the_language_of_the_dossier(show: Show, arabic: Edition) -> None:
    page = show(arabic, 320)
    words = words_for("ar", (templates.folder(),))
    assert page.inner_text("label[for=search]") == words("screen_search")
    assert page.text_content("label[for=filter]") == words("screen_filter")
    assert page.evaluate("getComputedStyle(document.querySelector('#search')).direction") == "rtl"
    count = searched(page, "human rights")
    assert page.inner_text(".search [role=status]") == words("screen_found", number=count)
    # Numbers and titles of letters stand at the right; an English passage runs from left to right.
    line = page.locator(".search li").first
    assert line.locator("span").nth(1).evaluate("it => getComputedStyle(it).direction") == "ltr"
    assert line.locator("span").nth(1).get_attribute("lang") == "en-US"
    label = page.locator("label[for=search]").bounding_box()
    words_at = page.evaluate("""() => { const range = document.createRange();
        range.selectNodeContents(document.querySelector('label[for=search]'));
        const at = range.getBoundingClientRect(); return [at.left, at.right]; }""")
    assert label and abs(words_at[1] - (label["x"] + label["width"])) < 2 < words_at[0] - label["x"]


def test_the_script_is_the_same_in_every_dossier(
    real: Edition, rich: Edition, arabic: Edition
) -> None:
    script = (templates.folder() / "scripts/screen.js").read_text(encoding="utf-8")
    for edition in (real, rich, arabic):
        assert re.findall("<script>(.*?)</script>", edition.html, re.DOTALL) == [script]
    assert (
        json.loads(real.pdf.with_suffix(".json").read_text("utf-8"))["outputs"][0]["name"] == "html"
    )
