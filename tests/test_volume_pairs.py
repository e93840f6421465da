"""Volumes with what other files of a packet have, too: signatures, attached sources, facing pages."""

from __future__ import annotations

import hashlib
import io
import json
import subprocess
from collections.abc import Callable
from functools import partial
from pathlib import Path
from typing import Any

import conftest
import pikepdf
import pytest
from asn1crypto import x509
from conftest import write_files
from cryptography.hazmat.primitives.serialization import Encoding
from pki import PASSPHRASE, Authority
from pyhanko.pdf_utils.reader import PdfFileReader
from pyhanko.sign.validation import validate_pdf_signature
from pyhanko_certvalidator import ValidationContext
from test_enclosing import typed_pdf
from test_signing import another_field, ask
from test_volumes import Divided, divided_from, read

from dossier import volumes
from dossier.bind import signing
from dossier.cli.main import main
from dossier.pipeline import BuildRequest
from dossier.records.environment import VARIABLE
from dossier.records.job import Job

LETTER = (
    "---\ntitle: Letter {n}\ndate: 201{n}\nto: X\nsignatories: [A, B]\n"
    "source: {{file: sources/{file}}}\n---\nA text.\n"
)
SOURCES = {"one.txt": "Of one and three.", "two.txt": "Of two."}
FILES = {
    f"letters/{name}.md": LETTER.format(n=n, file=file)
    for n, (name, file) in enumerate(
        [("one", "one.txt"), ("two", "two.txt"), ("three", "one.txt")], 1
    )
} | {f"sources/{name}": text for name, text in SOURCES.items()}


@pytest.fixture(scope="module")
def authority() -> Authority:
    return Authority()


@pytest.fixture(scope="module")
def filed(tmp_path_factory: pytest.TempPathFactory, authority: Authority) -> Divided:
    """Three letters in volumes of three pages and an index volume, signed and with their sources."""
    folder = tmp_path_factory.mktemp("filed")
    settings = "title: Filed\ndate: 2026-11-30\nvolumes: {max_pages: 3, index: true}\n"
    settings += "enclose: attached\nsign: {pkcs12: keys/desk.p12, reason: We stand for it}\n"
    write_files(folder / "corpus", FILES | {"dossier.yaml": settings})
    (folder / "corpus/keys").mkdir()
    (folder / "corpus/keys/desk.p12").write_bytes(authority.file("Desk"))
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(conftest, "BuildRequest", partial(BuildRequest, ask=ask))
        return divided_from(folder / "corpus", folder)


def test_each_volume_is_signed_by_itself(filed: Divided, authority: Authority) -> None:
    for path, item in zip(filed.files, filed.edition.json["volumes"], strict=True):
        raw = path.read_bytes()
        (signature,) = PdfFileReader(io.BytesIO(raw)).embedded_signatures
        root = x509.Certificate.load(authority.certificate.public_bytes(Encoding.DER))
        status = validate_pdf_signature(signature, ValidationContext(trust_roots=[root]))
        assert status.bottom_line, status.pretty_print_details()
        proved = raw[: raw.index(b"%%EOF\n") + 6]
        assert hashlib.sha256(proved).hexdigest() == item["sha256"]
        listed = filed.edition.pdf.with_suffix(".sha256").read_text(encoding="utf-8")
        assert f"{hashlib.sha256(raw).hexdigest()}  {path.name}\n" in listed


def test_each_volume_has_the_sources_of_its_letters(filed: Divided) -> None:
    listing = filed.edition.json
    for path, item in zip(filed.files, listing["volumes"], strict=True):
        own = range(item["first_page"], item["last_page"] + 1)
        held = {one["id"] for one in listing["sections"] if one["first_page"] in own}
        wanted = {
            name: text
            for name, text in SOURCES.items()
            if any(f"letters/{n}" in held for n in ("one", "two", "three") if f"letters/{n}.md" in FILES
                   and f"sources/{name}" in FILES[f"letters/{n}.md"])
        }  # fmt: skip
        with pikepdf.open(path) as pdf:
            there = {
                name: pdf.attachments[name].get_file().read_bytes().decode()
                for name in pdf.attachments
            }
        assert there == wanted
    with pikepdf.open(filed.edition.pdf) as pdf:
        assert set(pdf.attachments) == set(SOURCES)


@pytest.mark.slow
def test_signed_volumes_are_verified_and_written_again(
    filed: Divided, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    corpus = ["--corpus", str(filed.edition.corpus)]
    assert main(["verify", str(filed.files[0]), *corpus, "--rebuild"]) == 0
    assert main(["verify", str(filed.files[1]), "--no-corpus"]) == 0
    monkeypatch.setenv(VARIABLE, PASSPHRASE)
    assert (
        main(["build", *corpus, "--output", str(filed.edition.pdf), "--no-cache", "--jobs", "1"])
        == 0
    )
    raw = filed.files[0].read_bytes()
    length = raw.index(b"%%EOF\n") + 6
    try:
        filed.files[0].write_bytes(raw[:length])
        assert main(["verify", str(filed.edition.pdf), *corpus]) == 1
        assert "dossier-1-of-" in capsys.readouterr().err
        filed.files[0].write_bytes(raw.replace(b"We stand", b"We fall.", 1))
        assert main(["verify", str(filed.edition.pdf), "--no-corpus"]) == 1
        assert "dossier-1-of-" in capsys.readouterr().err
    finally:
        filed.files[0].write_bytes(raw)


@pytest.mark.verapdf
@pytest.mark.slow
def test_signed_volumes_conform(filed: Divided) -> None:
    files = [str(path) for path in filed.files]
    call = ["verapdf", "-q", "-f", "3a,ua1", *files]
    said = subprocess.run(call, check=False, capture_output=True, text=True).stdout
    assert said.count("PASS") == 2 * len(files), said


ATTACHED: dict[str, Callable[[Job, Any], Any]] = {
    "all sources": lambda job, own: job.attached,
    "no source": lambda job, own: (),
    "another source": lambda job, own: [one for one in job.attached if one not in own][:1],
}


@pytest.mark.parametrize("kind", ATTACHED)
def test_a_volume_with_other_attachments_is_found(kind: str, filed: Divided) -> None:
    number = next(
        number for number, portion in enumerate(filed.portions, 1) if len(portion.attached) == 1
    )
    own = filed.portions[number - 1].attached
    assert filed.bound(number) == ""
    assert "attachments" in filed.bound(number, attached=ATTACHED[kind](filed.job, own)) or (
        "The page is not" in filed.bound(number, attached=ATTACHED[kind](filed.job, own))
    )


@pytest.mark.parametrize(
    "change",
    [b"(Signature) -> (Another)", b"(Digital signature) -> (Sign here)", b"/S /Form -> /S /Link"],
)
def test_a_volume_with_another_field_is_found(
    change: bytes, filed: Divided, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(signing, "add", another_field(change))
    assert "The field for the signature is not the one" in filed.bound(1)


def test_a_volume_without_its_field_is_found(
    filed: Divided, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(signing, "reserved", lambda book, job: None)
    assert "should have a field" in filed.bound(1)


# --- facing pages ---


@pytest.mark.slow
def test_facing_pages_are_not_parted(
    tmp_path: Path, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    settings = "title: Facing\noutputs: []\nvolumes: {max_pages: 8}\nenclose: facing\n"
    files = {key: text.replace(".txt", ".pdf") for key, text in FILES.items() if "letters" in key}
    write_files(tmp_path / "corpus", files | {"dossier.yaml": settings})
    (tmp_path / "corpus/sources").mkdir()
    for name, pages in (("one.pdf", 2), ("two.pdf", 3)):
        (tmp_path / "corpus/sources" / name).write_bytes(typed_pdf(pages))
    out = tmp_path / "out/x.pdf"
    build = ["build", "--corpus", str(tmp_path / "corpus"), "--output", str(out), "--jobs", "1"]
    assert main(build) == 0
    listing = json.loads(out.with_suffix(".json").read_text(encoding="utf-8"))
    sections = {one["id"]: one for one in listing["sections"]}
    assert len(listing["volumes"]) > 2
    for name in ("one", "two", "three"):
        source, letter = sections[f"sources/{name}"], sections[f"letters/{name}"]
        assert source["first_page"] % 2 == 0
        assert letter["first_page"] == source["first_page"] + 1
        homes = [
            {
                one["file"]
                for one in listing["volumes"]
                if one["first_page"] <= page <= one["last_page"]
            }
            for page in (source["first_page"], source["last_page"], letter["first_page"])
        ]
        assert homes[0] == homes[1] == homes[2]
    for item in listing["volumes"]:
        assert item["first_page"] % 2 == 1
        pages = read(out.with_name(item["file"]), lambda book: book.pages)
        assert pages == item["last_page"] - item["first_page"] + 1 <= 8
    assert main(["verify", str(out), "--corpus", str(tmp_path / "corpus")]) == 0
    assert main(["verify", str(out), "--no-corpus"]) == 0
    # A volume that begins between the two is refused.
    right = volumes._starts
    monkeypatch.setattr(
        volumes, "_starts", lambda *told: [(place + (place > 0), 0) for place, _ in right(*told)]
    )
    assert main([*build[:-3], str(tmp_path / "wrong/x.pdf"), "--jobs", "1"]) == 1
    assert "The listing’s pages of" in capsys.readouterr().err
    monkeypatch.undo()
    path = tmp_path / "corpus/dossier.yaml"
    path.write_text(settings.replace("8", "4"), encoding="utf-8")
    assert main(build) == 1
    assert "pages that face each other are not divided" in capsys.readouterr().err
