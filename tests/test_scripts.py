"""Letters in other scripts: read in the order of their words, and drawn with glyphs that they have."""

from __future__ import annotations

import re
from collections.abc import Callable
from pathlib import Path

import pikepdf
import pytest
import yaml
from conftest import Edition, list_as, make_edition
from reader import words

from dossier.cli.main import main
from dossier.proof import readback
from dossier.proof.comparison import _is_shaped_head
from dossier.proof.wanted import SHAPED, squeezed

PASSAGES = {
    "ko": ("공개 편지", "북한 인권 시민 연합", "우리는 모든 정치범의 석방을 요청합니다(2012년)."),
    "ja": ("公開書簡", "日本人権会", "私たちは「すべての政治犯」の釈放を求めます。"),
    "zh-Hans": ("公开信", "人权之友", "我们要求释放所有政治犯，并公布名单。"),
    "ru": ("Открытое письмо", "Общество «Мемориал»", "Мы просим освободить всех — немедленно."),
    "vi": ("Thư ngỏ", "Hội Nhân quyền", "Chúng tôi yêu cầu trả tự do cho mọi người."),
    "ar": ("رسالة مفتوحة", "شبكة حقوق الإنسان (2012)", "نطلب إليكم الإفراج عن 12 سجينا: *الآن* و«فورا» في PDF."),
    "he": ("מכתב גלוי", "הוועד לזכויות האדם", "אנו מבקשים לשחרר 12 אסירים (PDF) — שָׁלוֹם *לכל* העולם."),
}  # fmt: skip
"""Title, signature and text in each language."""


@pytest.fixture(scope="module")
def scripts(tmp_path_factory: pytest.TempPathFactory) -> Edition:
    folder = tmp_path_factory.mktemp("scripts")
    (folder / "corpus/letters").mkdir(parents=True)
    (folder / "corpus/dossier.yaml").write_text("title: Scripts\n", encoding="utf-8")
    for number, (language, (title, signed, text)) in enumerate(PASSAGES.items(), 1):
        (folder / f"corpus/letters/{language.lower()}.md").write_text(
            f"---\ntitle: {title}\ndate: 2012-01-0{number}\nto: X\nlanguage: {language}\n"
            f"signatories: ['{signed}']\n---\n{text}\n",
            encoding="utf-8",
        )
    return make_edition(folder / "corpus", folder / "dossier.pdf")


@pytest.mark.parametrize("language", PASSAGES)
def test_a_letter_is_read_in_the_order_of_its_words(language: str, scripts: Edition) -> None:
    number = list(PASSAGES).index(language)
    article = scripts.reading.structure().all("Art")[number]
    title, signed, text = PASSAGES[language]
    for passage in (title, signed, text.replace("*", "")):
        assert " ".join(words(passage)) in " ".join(words(article.text))


@pytest.mark.parametrize("language", ["ar", "he"])
def test_what_comes_from_the_right_is_drawn_from_the_right(language: str, scripts: Edition) -> None:
    number = list(PASSAGES).index(language)
    section = scripts.json["sections"][4 + number]
    page = scripts.reading.plumber.pages[section["first_page"] - 1]
    latin = next(char for char in page.chars if char["text"] == "P" and char["x0"] > 150)
    figure = next(
        char
        for char in page.chars
        if char["text"] == "1" and abs(char["bottom"] - latin["bottom"]) < 2
    )
    # The twelve come first in the sentence, PDF last.
    assert figure["x0"] > latin["x0"] + 50


@pytest.mark.parametrize("language", ["ar", "he"])
@pytest.mark.parametrize("kept", [0, 1 / 3])
def test_glyphs_that_are_lost_are_noticed_though_the_tags_say_all(
    language: str, kept: float, scripts: Edition, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    section = scripts.json["sections"][4 + list(PASSAGES).index(language)]
    copy = tmp_path / "copy.pdf"
    with pikepdf.open(scripts.pdf) as pdf:
        content = pdf.pages[section["first_page"] - 1].Contents[0]
        lines = content.read_bytes().split(b"\n")
        longest = max((line for line in lines if line.endswith(b"TJ")), key=len)
        glyphs = re.findall(rb"<[0-9a-f]+>", longest)
        lines[lines.index(longest)] = b"[" + b"".join(glyphs[: int(len(glyphs) * kept)]) + b"] TJ"
        content.write(b"\n".join(lines))
        pdf.save(copy)
    list_as(scripts, copy)
    assert main(["verify", str(copy), "--corpus", str(scripts.corpus)]) == 1
    said = capsys.readouterr().err
    assert f"copy.pdf:{section['first_page']}:0: error: " in said
    assert "What is drawn is not what is to be read aloud" in said or "should read" in said


VOCALISED = {
    "ar": ("نُطَالِبُ بِإِطْلَاقِ سَرَاحِ السُّجَنَاءِ فَوْرًا", "حَالِيًّا وَدَائِماً، لأنّ ذلك حقٌّ لَهُم (١٢ سَجِينًا، 2012). كـــتاب ﷺ شكراً جزيلاً دائماً أبداً "),
    "he": ("אָנוּ דּוֹרְשִׁים אֶת שִׁחְרוּר הָאֲסִירִים", "וַיֹּאמֶר אֱלֹהִים יְהִי־אוֹר וַיְהִי־אֽוֹר׃ לְשַׁחְרֵר 12 אֲסִירִים (PDF) "),
    "fa": ("نامهٔ سرگشاده دربارهٔ زندانیان", "آزادی فوریِ همهٔ زندانیان؛ ۱۲ نفر بی‌محاکمه (2012). حتماً پاسخ دهید، قبلاً نوشته‌ایم. "),
    "ur": ("کھلا خط: قیدیوں کی رہائی", "مطالبہ کرتے ہیں کہ قیدیوں کو فوراً رہا کیا جائے۔ مثلاً، عموماً، غالباً یہ ٹھیک ہے۔ "),
}  # fmt: skip
"""Title and text with signs above and below the letters."""


@pytest.fixture(scope="module", params=["A4", "Letter"])
def vocalised(request: pytest.FixtureRequest, tmp_path_factory: pytest.TempPathFactory) -> Edition:
    """Signs everywhere: in titles and running heads, columns, the index, the table and the contents."""
    folder = tmp_path_factory.mktemp("vocalised")
    (folder / "corpus/letters").mkdir(parents=True)
    settings = {"title": VOCALISED["ar"][0], "subtitle": VOCALISED["he"][0], "paper": request.param}
    settings["language"] = "ar" if request.param == "A4" else "en"
    (folder / "corpus/dossier.yaml").write_text(yaml.safe_dump(settings), encoding="utf-8")
    for language, (title, text) in VOCALISED.items():
        words = text.split()
        names = [" ".join(words[place % len(words) :][: 1 + place % 5]) for place in range(14)]
        head = {
            "title": title * 2, "heading": title, "date": "2012", "language": language, "closing": title,
            "to": {"name": title, "lines": [title, text]},
            "signatories": [{"person": f"{name} {n}", "organization": title} for n, name in enumerate(names)],
        }  # fmt: skip
        body = "\n\n".join(text * count for count in range(1, 9))
        (folder / f"corpus/letters/{language}.md").write_text(
            f"---\n{yaml.safe_dump(head)}---\n{body}\n\n> {text}\n\n- {text}\n- **{text.strip()}**\n",
            encoding="utf-8",
        )
    return make_edition(folder / "corpus", folder / "dossier.pdf")


@pytest.mark.slow
def test_signs_over_letters_run_into_nothing(vocalised: Edition) -> None:
    book = readback.Readback(vocalised.pdf.read_bytes())
    assert all(not book.page(number).crowded for number in range(1, book.pages + 1))


@pytest.mark.parametrize("down", [0, 4, 7])
def test_a_line_over_another_is_noticed_and_both_are_named(
    down: int, vocalised: Edition, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    section = next(one for one in vocalised.json["sections"] if one["id"] == "letters/ar")
    copy = tmp_path / "copy.pdf"
    with pikepdf.open(vocalised.pdf) as pdf:
        content = pdf.pages[section["first_page"]].Contents[0]
        lines = content.read_bytes().split(b"\n")
        places = [place for place, line in enumerate(lines) if line.endswith(b" Tm")]
        # A line of the page goes over the one above it.
        by_height: dict[float, list[int]] = {}
        for place in places:
            by_height.setdefault(float(lines[place].split()[5]), []).append(place)
        heights = sorted(by_height)[3:5]
        for place in by_height[heights[1]]:
            parts = lines[place].split()
            parts[5] = b"%f" % (heights[0] + down)
            lines[place] = b" ".join(parts)
        content.write(b"\n".join(lines))
        pdf.save(copy)
    list_as(vocalised, copy)
    assert main(["verify", str(copy), "--corpus", str(vocalised.corpus)]) == 1
    said = capsys.readouterr().err
    number = section["title"].split(".")[0]
    assert f"copy.pdf:{section['first_page'] + 1}:0: error: A text runs into another: “" in said
    assert f" (Letter {number}, “{VOCALISED['ar'][0]}" in said


def test_a_running_head_whose_vowels_stand_before_their_consonants() -> None:
    head = squeezed("राजनीतिक बंदियों की रिहाई Letter 1")
    assert _is_shaped_head(squeezed("राजनी\u2060तिक बं\u2060दिों यकी रहा\u2060ई Letter 1"), head)
    assert not _is_shaped_head(squeezed("राजनी\u2060तिक बं\u2060दिों कककी Letter 2"), head)
    assert SHAPED.search(head)


def test_the_index_has_every_script(scripts: Edition) -> None:
    headings = {entry["heading"] for entry in scripts.json["index"]}
    assert headings == {signed for _, signed, _ in PASSAGES.values()}


def test_a_script_without_a_font_is_refused_with_its_package(
    corpus: Callable[..., Path], capsys: pytest.CaptureFixture[str]
) -> None:
    letter = "---\ntitle: One\ndate: 2012\nto: X\n---\nก\n"
    assert main(["check", "--corpus", str(corpus(**{"letters/one.md": letter}))]) == 1
    assert "fontpkg-noto-sans-thai" in capsys.readouterr().err
