"""A dossier that was digitally signed is said to be what it is, one that was changed so is found."""

from __future__ import annotations

import hashlib
import io
import shutil
from pathlib import Path

import pikepdf
import pytest
from conftest import Edition

from dossier.cli.main import main

Objects = dict[int, bytes]


def updated(raw: bytes, objects: Objects, root: int, info: int | None = None) -> bytes:
    """Append an incremental update (ISO 32000-1, 7.5.6) with a cross-reference stream."""
    made = bytearray(raw)
    places = {}
    for number, content in sorted(objects.items()):
        places[number] = len(made)
        made += b"%d 0 obj\n%b\nendobj\n" % (number, content)
    previous = int(raw[raw.rindex(b"startxref") :].split()[1])
    own = max(places) + 1
    places[own] = start = len(made)
    rows = b"".join(b"\x01" + place.to_bytes(4) + b"\0\0" for place in places.values())
    index = b" ".join(b"%d 1" % number for number in places)
    entries = b"/Type /XRef /W [1 4 2] /Size %d /Root %d 0 R /Prev %d /Index [%b] /Length %d"
    made += b"%d 0 obj\n<< " % own + entries % (own + 1, root, previous, index, len(rows))
    made += b" /Info %d 0 R" % info if info else b""
    made += b" >>\nstream\n" + rows + b"\nendstream\nendobj\nstartxref\n%d\n%%%%EOF\n" % start
    return bytes(made)


def sign(
    raw: bytes, rectangle: str = "[0 0 0 0]", name: str = "Ann Notary", more: Objects | None = None
) -> bytes:
    """Sign a file as signing programs do, but for the signature's value, which is made up.

    ``more`` are further objects to append.
    """
    with pikepdf.open(io.BytesIO(raw)) as pdf:
        root, page = pdf.Root.objgen[0], pdf.pages[0].obj
        info = pdf.trailer.Info.objgen[0]
        free = len(pdf.objects) + 10
        field, value = free, free + 1
        catalog = pdf.Root.unparse(resolved=True).rstrip()[:-2]
        first = page.unparse(resolved=True).rstrip()[:-2]
        number = page.objgen[0]
    assert b"/Annots" not in first
    objects = {
        root: catalog + b"/AcroForm << /Fields [%d 0 R] /SigFlags 3 >> >>" % field,
        number: first + b"/Annots [%d 0 R] >>" % field,
        field: (
            f"<< /Type /Annot /Subtype /Widget /FT /Sig /T (Signature1) /Rect {rectangle} /F 132 "
            f"/P {number} 0 R /V {value} 0 R >>"
        ).encode(),
        value: b"<< /Type /Sig /Filter /Adobe.PPKLite /SubFilter /ETSI.CAdES.detached /Name (%b) "
        b"/ByteRange [0 1111111111 2222222222 3333333333] /Contents <%b> >>"
        % (name.encode(), b"00" * 64),
        **(more or {}),
    }
    made = updated(raw, objects, root, info)
    start = made.rindex(b"/Contents <0") + len(b"/Contents ")
    end = made.index(b">", start) + 1
    for old, new in (
        (b"1111111111", start),
        (b"2222222222", end),
        (b"3333333333", len(made) - end),
    ):
        made = made.replace(old, b"%010d" % new)
    return made


def checked(
    edition: Edition, raw: bytes, folder: Path, capsys: pytest.CaptureFixture[str]
) -> tuple[int, str, str]:
    """Return status, output and findings of `verify` for a file with the edition's listing beside it."""
    (folder / "x.pdf").write_bytes(raw)
    for suffix in (".json", ".html"):
        shutil.copy(edition.pdf.with_suffix(suffix), folder / f"x{suffix}")
    listed = edition.pdf.with_suffix(".sha256").read_text(encoding="utf-8")
    (folder / "x.sha256").write_text(listed.replace("  dossier.", "  x."), encoding="utf-8")
    capsys.readouterr()
    status = main(["verify", str(folder / "x.pdf"), "--corpus", str(edition.corpus)])
    said = capsys.readouterr()
    return status, said.out, said.err


def test_a_signed_dossier_is_said_to_be_one(
    real: Edition, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    raw = real.pdf.read_bytes()
    status, said, found = checked(real, sign(raw), tmp_path, capsys)
    assert (status, found) == (0, "")
    first, second, third = said.splitlines()
    assert first.endswith("45 signatures, all page numbers and links.")
    assert second == (
        f"Its first {len(raw):,} bytes are the dossier as it was built. After that it was digitally signed "
        "(Ann Notary), and nothing else was changed. Whether the certificate is valid is for a PDF reader to say."
    )
    assert third == "So are x.html and x.sha256 beside it."


def test_what_a_signing_program_says_of_itself_is_no_change(
    real: Edition, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    raw = real.pdf.read_bytes()
    with pikepdf.open(io.BytesIO(raw)) as pdf:
        info, packet = pdf.trailer.Info, pdf.Root.Metadata
        about = info.unparse(resolved=True).replace(b"(weasyprint", b"(Signer 1.0; weasyprint")
        xmp = packet.read_bytes().replace(b"weasyprint", b"Signer 1.0; weasyprint")
        more = {info.objgen[0]: about, packet.objgen[0]: stream(xmp)}
    assert checked(real, sign(raw, more=more), tmp_path, capsys)[::2] == (0, "")


def changed(raw: bytes, number: int, content: bytes) -> bytes:
    with pikepdf.open(io.BytesIO(raw)) as pdf:
        return updated(raw, {number: content}, pdf.Root.objgen[0], pdf.trailer.Info.objgen[0])


def contents(raw: bytes, page: int) -> int:
    with pikepdf.open(io.BytesIO(raw)) as pdf:
        return int(pdf.pages[page - 1].Contents[0].objgen[0])


def stream(data: bytes) -> bytes:
    """Return the stream of a metadata packet."""
    entries = b"<< /Type /Metadata /Subtype /XML /Length %d >>" % len(data)
    return entries + b"\nstream\n" + data + b"\nendstream"


EMPTY = b"<< /Length 1 >>\nstream\n \nendstream"


def test_what_is_changed_beside_a_signature_is_found(
    real: Edition, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    raw = real.pdf.read_bytes()
    with pikepdf.open(io.BytesIO(raw)) as pdf:
        info, root = pdf.trailer.Info.objgen[0], pdf.Root
        catalog = root.unparse(resolved=True).rstrip()[:-2]
        page = pdf.pages[6].obj
        cropped = page.unparse(resolved=True).rstrip()[:-2] + b"/CropBox [0 0 300 300] >>"
        number = page.objgen[0]
        packet, xmp = root.Metadata.objgen[0], root.Metadata.read_bytes()
        form = b"/AcroForm << /Fields [] >> /OpenAction << /S /JavaScript /JS (x) >> >>"
    text = contents(raw, 7)
    forged = {
        "a page's content with the signature": sign(raw, more={text: EMPTY}),
        "a page's content before it": sign(changed(raw, text, EMPTY)),
        "a page's content after it": changed(sign(raw), text, EMPTY),
        "a page's content alone": changed(raw, text, EMPTY),
        "a page's box": sign(raw, more={number: cropped}),
        "the title": sign(raw, more={info: b"<< /Title (Another) >>"}),
        "the metadata": sign(
            raw, more={packet: stream(xmp.replace(b"Kim Jong-un", b"Kim Jong-il"))}
        ),
        "an action": changed(raw, root.objgen[0], catalog + form),
        "a seal that hides a text": sign(raw, "[70 100 400 700]"),
        "words behind the end": sign(raw) + b"% and more\n%%EOF\n",
    }
    for what, file in forged.items():
        status, said, found = checked(real, file, tmp_path, capsys)
        assert (status, said) == (1, ""), what
        assert "error: " in found, what


def test_a_signature_that_does_not_cover_the_dossier_is_found(
    real: Edition, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    raw = sign(real.pdf.read_bytes())
    range_ = raw[raw.rindex(b"/ByteRange [0 ") :].split(b"]")[0].split()[2:]
    small = raw.replace(b"/ByteRange [0 " + range_[0], b"/ByteRange [0 0000000100")
    status, _, found = checked(real, small, tmp_path, capsys)
    assert status == 1
    assert "A signature does not cover the whole of what was proved" in found


def test_another_file_with_a_signature_is_no_signed_dossier(
    real: Edition, big: Edition, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    raw = sign(big.pdf.read_bytes())
    assert hashlib.sha256(raw).hexdigest() != real.json["sha256"]
    status, _, found = checked(real, raw, tmp_path, capsys)
    assert status == 1
    assert "The file was changed or saved anew after it was built" in found
