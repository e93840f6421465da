"""Letters in other scripts: read in the order of their words, and drawn with glyphs that they have."""

from __future__ import annotations

import hashlib
import json
import re
from collections.abc import Callable
from pathlib import Path

import pikepdf
import pytest
from conftest import Edition, make_edition
from reader import words

from dossier.cli import main

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
    listing = scripts.json | {"sha256": hashlib.sha256(copy.read_bytes()).hexdigest()}
    copy.with_suffix(".json").write_text(json.dumps(listing), encoding="utf-8")
    assert main(["verify", str(copy), "--corpus", str(scripts.corpus)]) == 1
    said = capsys.readouterr().err
    assert f"copy.pdf:{section['first_page']}:0: error: " in said
    assert "What is drawn is not what is to be read aloud" in said or "should read" in said


def test_the_index_has_every_script(scripts: Edition) -> None:
    headings = {entry["heading"] for entry in scripts.json["index"]}
    assert headings == {signed for _, signed, _ in PASSAGES.values()}


def test_a_script_without_a_font_is_refused_with_its_package(
    corpus: Callable[..., Path], capsys: pytest.CaptureFixture[str]
) -> None:
    letter = "---\ntitle: One\ndate: 2012\nto: X\n---\nก\n"
    assert main(["check", "--corpus", str(corpus(**{"letters/one.md": letter}))]) == 1
    assert "fontpkg-noto-sans-thai" in capsys.readouterr().err
