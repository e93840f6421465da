"""Pictures in letters: the corpus's own pixels, tagged and read aloud, and nothing of a file's metadata."""

from __future__ import annotations

import base64
import hashlib
import io
import re
from pathlib import Path

import pikepdf
import pytest
from conftest import Edition, make_edition
from PIL import Image

from dossier import stages
from dossier.cli.main import main
from dossier.machine import templates
from dossier.pipeline import BuildRequest, build
from dossier.read.corpus import read
from dossier.read.pictures import read_picture, without_metadata
from dossier.records.diagnostics import RefusedError, Severity

LETTER = """---
title: To the commission
date: 2012-01-08
to: The Commission
---
Words before.

![A gradient, “quoted” & <so>](pictures/wide%20one.png)

Words between.

![A photograph](pictures/photo.jpg)
![A seal](pictures/seal.png)

> ![A drawing](pictures/drawing.png)

Words after.
"""


def saved(image: Image.Image, kind: str, **how: object) -> bytes:
    made = io.BytesIO()
    image.save(made, kind, **how)
    return made.getvalue()


GRADIENT = Image.merge(
    "RGB", [Image.linear_gradient("L").resize((900, 300))] * 2 + [Image.new("L", (900, 300), 40)]
)
SEAL = Image.new("LA", (60, 40), (0, 0))
SEAL.paste((80, 255), (10, 10, 50, 30))
EXIF = Image.Exif()
EXIF[0x010E] = "taken in a secret place"
FILES: dict[str, bytes] = {
    "dossier.yaml": b"title: Pictures\nformat: 2\ndate: 2013-01-01\noutputs: html\nsections: [contents, letters, index, bibliography]\n",
    "letters/one.md": LETTER.encode(),
    "pictures/wide one.png": saved(GRADIENT, "PNG"),
    "pictures/photo.jpg": saved(
        GRADIENT.resize((300, 200)), "JPEG", exif=EXIF, comment=b"a secret"
    ),
    "pictures/seal.png": saved(SEAL, "PNG"),
    "pictures/drawing.png": saved(GRADIENT.resize((100, 90)).quantize(8), "PNG"),
}


def put(folder: Path, files: dict[str, bytes]) -> Path:
    for name, content in files.items():
        path = folder / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_bytes(content)
    return folder


@pytest.fixture(scope="module")
def edition(tmp_path_factory: pytest.TempPathFactory) -> Edition:
    folder = tmp_path_factory.mktemp("pictures")
    return make_edition(put(folder / "corpus", FILES), folder / "x.pdf")


def images(edition: Edition) -> list[pikepdf.PdfImage]:
    found = {}
    for page in edition.reading.pdf.pages:
        for image in page.get_images().values():
            found[image.objgen] = pikepdf.PdfImage(image)
    return list(found.values())


def test_the_pixels_are_those_of_the_files(edition: Edition) -> None:
    printed = {
        hashlib.sha256(image.as_pil_image().convert("RGB").tobytes()).hexdigest()
        for image in images(edition)
    }
    wanted = set()
    for name, content in FILES.items():
        if name.startswith("pictures/"):
            with Image.open(io.BytesIO(content)) as image:
                flat = image.convert("RGBA")
                white = Image.new("RGBA", flat.size, "white")
                pixels = Image.alpha_composite(white, flat).convert("RGB").tobytes()
                wanted.add(hashlib.sha256(pixels).hexdigest())
    assert printed == wanted


def test_no_picture_has_transparency_or_interpolation(edition: Edition) -> None:
    for image in images(edition):
        assert "/SMask" not in image.obj and not image.obj.get("/Interpolate", False)
        assert image.obj.BitsPerComponent == 8


def test_figures_are_read_aloud_in_their_places(edition: Edition) -> None:
    (letter,) = edition.reading.structure().all("Art")
    roles = [element.role for element in letter.walk() if element.role in ("Figure", "P")]
    assert roles[-7:] == ["P", "Figure", "P", "Figure", "Figure", "Figure", "P"]
    found = [
        str(item.Alt)
        for item in edition.reading.pdf.objects
        if isinstance(item, pikepdf.Dictionary) and item.get("/S") == "/Figure"
    ]
    assert sorted(found) == sorted(
        ["A gradient, “quoted” & <so>", "A photograph", "A seal", "A drawing"]
    )


def test_the_edition_embeds_them(edition: Edition) -> None:
    found = re.findall(
        r'<img src="data:image/(png|jpeg);base64,([^"]+)" alt="([^"]+)">', edition.html
    )
    assert [kind for kind, *_ in found] == ["png", "jpeg", "png", "png"]
    with Image.open(io.BytesIO(base64.b64decode(found[0][1]))) as image:
        assert image.tobytes() == GRADIENT.tobytes()


def test_metadata_is_printed_nowhere(edition: Edition) -> None:
    for path in edition.pdf.parent.glob("x.*"):
        assert b"secret" not in path.read_bytes()
    assert b"secret" not in b"".join(
        base64.b64decode(part) for part in re.findall(r"base64,([^\"]+)", edition.html)
    )


def test_the_same_pictures_give_the_same_bytes(edition: Edition, tmp_path: Path) -> None:
    build(
        BuildRequest(
            put(tmp_path / "corpus", FILES), tmp_path / "x.pdf", "corpus", jobs=1, cache=False
        )
    )
    assert (tmp_path / "x.pdf").read_bytes() == edition.pdf.read_bytes()


def test_another_picture_of_the_same_name_is_built_anew(tmp_path: Path) -> None:
    corpus, pdf = put(tmp_path / "corpus", FILES), tmp_path / "out/x.pdf"
    assert build(BuildRequest(corpus, pdf, jobs=1)).is_new
    assert not build(BuildRequest(corpus, pdf, jobs=1)).is_new
    before = pdf.read_bytes()
    put(corpus, {"pictures/seal.png": saved(SEAL.rotate(90), "PNG")})
    assert main(["verify", str(pdf), "--corpus", str(corpus)]) == 1
    assert build(BuildRequest(corpus, pdf, jobs=1)).is_new
    assert pdf.read_bytes() != before
    assert main(["verify", str(pdf), "--corpus", str(corpus)]) == 0


FIGURE = '<figure class="picture"><img src="{{ node.file.address }}" alt="{{ node.alt }}"></figure>'
ON_SCREEN = "{% if link.startswith('#') %}"


@pytest.mark.slow
@pytest.mark.parametrize(
    ("new", "said"),
    [
        ("", "is missing|should read"),
        (FIGURE + FIGURE, "should read"),
        (FIGURE.replace("node.alt", "node.alt | upper"), "is read aloud as|alternative text"),
        (FIGURE.replace(' alt="{{ node.alt }}"', ' alt="A gradient"'), "alternative text"),
        (FIGURE.replace("<img", '<img data-artifact=""'), "is not tagged as a figure|should read"),
        (FIGURE.replace("<img", '<img style="width: 100pt; height: 300pt"'), "is distorted"),
        (FIGURE.replace("<img", '<img style="width: 400pt"'), "is printed in less than 100 dots per inch"),
        (FIGURE.replace("<img", '<img style="margin-top: -60pt"'), "covers the words"),
        (f"{FIGURE}{ON_SCREEN}{FIGURE}{{% endif %}}", r"html:\d+.*should read"),
        (f"{ON_SCREEN}{{% else %}}{FIGURE}{{% endif %}}", "html:.*is missing"),
        (f"{ON_SCREEN}{FIGURE.replace('node.alt', 'node.alt | upper')}{{% else %}}{FIGURE}{{% endif %}}", "html.*should read"),
        (f"{ON_SCREEN}{FIGURE.replace('png;', 'jpeg;').replace('node.file.address', 'node.file.address | reverse')}{{% else %}}{FIGURE}{{% endif %}}", "html.*another does"),
    ],
)  # fmt: skip
def test_a_picture_printed_wrongly_is_refused(tmp_path: Path, new: str, said: str) -> None:
    page = (templates.folder() / "partials/body.html").read_text(encoding="utf-8")
    assert FIGURE in page
    own = {"templates/partials/body.html": page.replace(FIGURE, new).encode()}
    with pytest.raises(RefusedError) as error:
        build(
            BuildRequest(
                put(tmp_path / "corpus", FILES | own), tmp_path / "x.pdf", jobs=1, cache=False
            )
        )
    told = "\n".join(map(str, error.value.diagnostics))
    assert re.search(said, told), told


def test_another_picture_in_its_place_is_refused(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    other = read_picture("pictures/seal.png", saved(SEAL.rotate(90), "PNG"))
    address = type(other).address.fget
    assert address
    wrong = property(lambda self: address(other if self.path == "pictures/seal.png" else self))
    monkeypatch.setattr(type(other), "address", wrong)
    with pytest.raises(RefusedError) as error:
        build(
            BuildRequest(put(tmp_path / "corpus", FILES), tmp_path / "x.pdf", jobs=1, cache=False)
        )
    assert "The picture “pictures/seal.png” should stand here, and another does" in str(
        error.value.diagnostics
    )


def test_version_1_prints_the_markup_with_a_warning(tmp_path: Path) -> None:
    plain = FILES | {"dossier.yaml": b"title: Pictures\n"}
    corpus, found = read(put(tmp_path, plain), "")
    assert corpus is not None
    (warning,) = found
    assert warning.severity is Severity.WARNING and "“format: 2”" in warning.remedy
    assert "![A seal](pictures/seal.png)" in str(corpus.letters[0].body)


def test_a_link_out_of_the_corpus_is_not_followed(tmp_path: Path) -> None:
    corpus = put(tmp_path / "corpus", FILES)
    (tmp_path / "outside.png").write_bytes(FILES["pictures/seal.png"])
    (corpus / "pictures/seal.png").unlink()
    (corpus / "pictures/seal.png").symlink_to(tmp_path / "outside.png")
    found, diagnostics = stages.read(corpus, "")
    assert found is None
    assert [item.message for item in diagnostics] == [
        "There is no picture “pictures/seal.png” in the corpus"
    ]


def test_a_jpeg_keeps_its_picture_without_its_metadata() -> None:
    raw = FILES["pictures/photo.jpg"]
    bare = without_metadata(raw)
    assert b"secret" in raw and b"secret" not in bare
    with Image.open(io.BytesIO(raw)) as before, Image.open(io.BytesIO(bare)) as after:
        assert before.tobytes() == after.tobytes()
