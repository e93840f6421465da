"""Signed dossiers: conforming, valid, with the proved bytes below; whatever else is appended is found."""

from __future__ import annotations

import asyncio
import hashlib
import io
import json
import os
import re
import shutil
import subprocess
import time
import zlib
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pikepdf
import pytest
from asn1crypto import tsp, x509
from conftest import command
from cryptography.hazmat.primitives.serialization import (
    Encoding,
    NoEncryption,
    PrivateFormat,
    pkcs12,
)
from cryptography.x509 import ExtendedKeyUsage
from cryptography.x509.oid import ExtendedKeyUsageOID
from forger import opened
from pki import PASSPHRASE, REPLY, Authority, clock, packed, served
from pyhanko.pdf_utils.reader import PdfFileReader
from pyhanko.sign.validation import validate_pdf_signature
from pyhanko_certvalidator import ValidationContext

from dossier.bind import signing
from dossier.cli.main import main
from dossier.cli.passphrase import Passphrase
from dossier.pipeline import BuildRequest, build
from dossier.proof.filled import filled
from dossier.records.environment import VARIABLE
from dossier.records.signing import Sign
from dossier.sign import signer, stamper
from dossier.sign.keys import KeyFaultError, Keyring

LETTER = "---\ntitle: One\ndate: 2012-01-08\nto: Somebody\nsignatories: [Amnesty International]\n---\nA text.\n"
SETTINGS = """title: Signed
date: 2026-11-30
outputs: []
sign: {{pkcs12: keys/desk.p12, name: Ünit (Desk), reason: We stand for it – all, location: Berlin, contact: "a@b.org"}}
packets:
  later:
    sign: {{pkcs12: keys/desk.p12, timestamp: "{address}", level: B-LT}}
  plain: {{sign: null}}
"""
SAID = {"name": "Ünit (Desk)", "reason": "We stand for it – all", "location": "Berlin"}
SAID |= {"contact": "a@b.org"}


@dataclass(frozen=True)
class Desk:
    """A corpus whose packets are signed, and its files."""

    corpus: Path
    pdf: Path
    authority: Authority

    @property
    def raw(self) -> bytes:
        return self.pdf.read_bytes()

    @property
    def length(self) -> int:
        """The size of the proved part."""
        return self.raw.index(b"%%EOF\n") + len(b"%%EOF\n")


def ask(name: str) -> str:
    return PASSPHRASE


@pytest.fixture(scope="module")
def desk(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Desk]:
    folder = tmp_path_factory.mktemp("signed")
    authority = Authority()
    with served(authority) as address:
        corpus = folder / "corpus"
        for name in ("keys", "letters"):
            (corpus / name).mkdir(parents=True)
        (corpus / "letters/one.md").write_text(LETTER, encoding="utf-8")
        (corpus / "keys/desk.p12").write_bytes(authority.file("Desk"))
        text = SETTINGS.format(address=address)
        (corpus / "dossier.yaml").write_text(text, encoding="utf-8")
        pdf = folder / "x.pdf"
        with pytest.MonkeyPatch.context() as patch:
            patch.setenv(VARIABLE, PASSPHRASE)
            assert main(command(corpus, pdf, "--all")) == 0
        yield Desk(corpus, pdf, authority)


def trusted(authority: Authority) -> ValidationContext:
    root = x509.Certificate.load(authority.certificate.public_bytes(Encoding.DER))
    return ValidationContext(trust_roots=[root], allow_fetching=True, revocation_mode="hard-fail")


@pytest.mark.parametrize("name", ["x", "later"])
def test_the_signature_is_valid_for_those_who_trust_the_authority(desk: Desk, name: str) -> None:
    raw = desk.pdf.with_name(f"{name}.pdf").read_bytes()
    (signature,) = PdfFileReader(io.BytesIO(raw)).embedded_signatures
    status = validate_pdf_signature(signature, trusted(desk.authority))
    assert status.bottom_line, status.pretty_print_details()
    assert (status.timestamp_validity is not None) == (name == "later")
    value = signature.sig_object
    said = {
        key: value.get(f"/{entry}")
        for key, entry in zip(SAID, ("Name", "Reason", "Location", "ContactInfo"), strict=True)
    }
    assert said == (SAID if name == "x" else dict.fromkeys(SAID))


@pytest.mark.poppler
def test_poppler_says_that_it_is_valid(desk: Desk) -> None:
    for pdf in (desk.pdf, desk.pdf.with_name("later.pdf")):
        call = ["pdfsig", "-nocert", str(pdf)]
        said = subprocess.run(call, check=False, capture_output=True, text=True).stdout
        assert "Signature Validation: Signature is Valid." in said
        assert "Total document signed" in said
        assert said.count("Signature #") == 1


@pytest.mark.verapdf
@pytest.mark.slow
def test_signed_files_conform_to_both_standards(desk: Desk) -> None:
    files = [str(desk.pdf.with_name(f"{name}.pdf")) for name in ("x", "later")]
    call = ["verapdf", "-q", "-f", "2a,ua1", *files]
    said = subprocess.run(call, check=False, capture_output=True, text=True).stdout
    assert said.count("PASS") == 4, said


def test_below_the_signature_are_the_proved_bytes_which_are_the_same_each_time(
    desk: Desk, tmp_path: Path
) -> None:
    raw, listing = desk.raw, json.loads(desk.pdf.with_suffix(".json").read_bytes())
    proved = raw[: desk.length]
    assert hashlib.sha256(proved).hexdigest() == listing["sha256"]
    lines = desk.pdf.with_suffix(".sha256").read_text(encoding="utf-8").splitlines()
    assert lines[0] == f"{hashlib.sha256(raw).hexdigest()}  x.pdf"
    assert listing["signature"] == {"field": "Signature", **SAID, "level": "B-B"}
    again = tmp_path / "x.pdf"
    build(BuildRequest(desk.corpus, again, "corpus", jobs=1, cache=False, ask=ask))
    other = again.read_bytes()
    assert other != raw and other[: desk.length] == proved
    shown = [path.read_text().replace(str(desk.corpus), "corpus") for path in (
        desk.pdf.with_suffix(".json"), again.with_suffix(".json"))]  # fmt: skip
    assert shown[0] == shown[1]
    # It is a whole file without its signature, as well.
    with pikepdf.open(io.BytesIO(proved)) as book:
        (field,) = book.Root.AcroForm.Fields
        assert "/V" not in field and field.TU == "Digital signature"
        assert field.P.objgen == book.pages[-1].objgen and field.P.Tabs == "/S"


def verified(
    desk: Desk, raw: bytes, folder: Path, capsys: pytest.CaptureFixture[str], *more: str
) -> tuple[int, str, str]:
    """Return status, output and findings of `verify` for a file in place of the signed one."""
    pdf = folder / "x.pdf"
    pdf.write_bytes(raw)
    shutil.copy(desk.pdf.with_suffix(".json"), folder)
    line = f"{hashlib.sha256(raw).hexdigest()}  x.pdf\n"
    rest = desk.pdf.with_suffix(".sha256").read_text(encoding="utf-8").split("\n", 1)[1]
    pdf.with_suffix(".sha256").write_text(line + rest, encoding="utf-8")
    capsys.readouterr()
    status = main(["verify", str(pdf), *(more or ("--corpus", str(desk.corpus)))])
    said = capsys.readouterr()
    return status, said.out, said.err


@pytest.mark.parametrize("more", [(), ("--no-corpus",)], ids=["corpus", "alone"])
def test_verify_knows_a_signed_file(
    desk: Desk, more: tuple[str, ...], tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    status, said, found = verified(desk, desk.raw, tmp_path, capsys, *more)
    assert (status, found) == (0, "")
    assert (
        f"Its first {desk.length:,} bytes are the dossier as it was built. The rest is its" in said
    )
    assert (
        "The signature is valid, level B-B: by the key of “Desk”, whose certificate “Auth" in said
    )
    assert "by the signer’s own clock. Whether to trust that certificate is for you to say." in said


@pytest.mark.slow
def test_verify_builds_it_again(desk: Desk, capsys: pytest.CaptureFixture[str]) -> None:
    call = ["verify", str(desk.pdf), "--corpus", str(desk.corpus), "--rebuild", "--thorough"]
    assert main(call) == 0, capsys.readouterr().err
    assert "all files have the same bytes, but for the signature" in capsys.readouterr().out
    later = desk.pdf.with_name("later.pdf")
    assert main(["verify", str(later), "--corpus", str(desk.corpus)]) == 0
    assert "level B-LT: " in (said := capsys.readouterr().out)
    assert "by a time-stamp server" in said


# --- forgeries ---


def appended(raw: bytes, objects: dict[int, bytes], length: int | None = None) -> bytes:
    """Return a file with an update (7.5.6) of more objects; with a length, of that part of it."""
    base = raw if length is None else raw[:length]
    made = bytearray(base)
    with pikepdf.open(io.BytesIO(base)) as book:
        root, info = book.Root.objgen[0], book.trailer.Info.objgen[0]
        own = max(int(book.trailer.Size), *objects) + 1
    places = {}
    for number, content in sorted(objects.items()):
        places[number] = len(made)
        made += b"%d 0 obj\n%b\nendobj\n" % (number, content)
    places[own] = start = len(made)
    previous = int(base[base.rindex(b"startxref") :].split()[1])
    rows = b"".join(b"\x01" + place.to_bytes(8) + b"\0\0" for place in places.values())
    index = b" ".join(b"%d 1" % number for number in places)
    entries = b"/Type /XRef /W [1 8 2] /Size %d /Root %d 0 R /Info %d 0 R /Prev %d /Index [%b]"
    made += b"%d 0 obj\n<< " % own + entries % (own + 1, root, info, previous, index)
    made += b" /Length %d >>\nstream\n%b\nendstream\nendobj\nstartxref\n%d\n%%%%EOF\n" % (
        len(rows), rows, start,
    )  # fmt: skip
    return bytes(made)


def page(raw: bytes) -> tuple[int, bytes]:
    """Return the number of the first page, and its text with a further box."""
    with pikepdf.open(io.BytesIO(raw)) as book:
        first = book.pages[0].obj
        text = first.unparse(resolved=True).rstrip()[:-2] + b"/CropBox [0 0 300 300] >>"
        return first.objgen[0], text


def changes_a_page(desk: Desk) -> bytes:
    number, text = page(desk.raw)
    return appended(desk.raw, {number: text})


def signs_a_changed_page(desk: Desk) -> bytes:
    """The signature itself is right: it was made for a file whose page was changed."""
    number, text = page(desk.raw)
    changed = appended(desk.raw, {number: text}, desk.length)
    return changed + made_for(desk, changed)


def changes_a_page_in_its_own_update(desk: Desk) -> bytes:
    number, _ = page(desk.raw)

    def wrong(self: Any) -> None:
        first = self.prev.root["/Pages"]["/Kids"].raw_get(0)
        first.get_object()["/CropBox"] = first.get_object()["/MediaBox"]
        self.objects[(0, first.idnum)] = first.get_object()

    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(signer._Update, "_update_meta", wrong)
        made = desk.raw[: desk.length] + made_for(desk, desk.raw[: desk.length])
    assert b"%d 0 obj" % number in made[desk.length :]
    return made


def says_more_of_itself(desk: Desk) -> bytes:
    """As pyHanko does when it is left alone: it writes itself into the metadata."""
    with pytest.MonkeyPatch.context() as patch:
        patch.delattr(signer._Update, "_update_meta")
        return desk.raw[: desk.length] + made_for(desk, desk.raw[: desk.length])


def made_for(desk: Desk, raw: bytes, **said: Any) -> bytes:
    sign = Sign.model_validate({"pkcs12": "keys/desk.p12", **SAID} | said)
    key = Keyring(desk.corpus, ask).key(sign)
    return signer.signed(raw, sign, key).update


def signed_twice(desk: Desk) -> bytes:
    return desk.raw + b"% more\n" + desk.raw[desk.length :]


def another_reason(desk: Desk) -> bytes:
    return desk.raw[: desk.length] + made_for(desk, desk.raw[: desk.length], reason="Another")


def of_other_bytes(desk: Desk) -> bytes:
    """The signature of a file with another title, behind the right one."""
    proved = desk.raw[: desk.length]
    other = proved.replace(b">Signed<", b">Sighed<")
    assert other != proved
    return proved + made_for(desk, other)


def one_byte_of_the_value(desk: Desk) -> bytes:
    place = desk.raw.index(b"/Contents <", desk.length) + 2000
    digit = b"0" if desk.raw[place : place + 1] != b"0" else b"1"
    return desk.raw[:place] + digit + desk.raw[place + 1 :]


def another_day(desk: Desk) -> bytes:
    return re.sub(rb"/M \(D\\072\d{4}", rb"/M (D\\0722001", desk.raw)


def another_name_of_the_field(desk: Desk) -> bytes:
    head, tail = desk.raw[: desk.length], desk.raw[desk.length :]
    return head + tail.replace(b"/T (Signature)", b"/T (Signaturf)")


def a_hidden_entry(desk: Desk) -> bytes:
    head, tail = desk.raw[: desk.length], desk.raw[desk.length :]
    old, new = b"/TU (Digital signature)", b"/AA 9 0 R /TU (abcdefg)"
    assert old in tail and len(old) == len(new)
    return head + tail.replace(old, new)


def a_key_that_stands_twice(desk: Desk) -> bytes:
    head, tail = desk.raw[: desk.length], desk.raw[desk.length :]
    assert b"]           " in tail, "there is room behind the range"
    return head + tail.replace(b"]           ", b"] /Type /Sig", 1)


def a_range_that_leaves_something_out(desk: Desk) -> bytes:
    place = desk.raw.index(b"/ByteRange [0 ", desk.length) + len(b"/ByteRange [0 ")
    return desk.raw[:place] + b"%d" % 11111 + desk.raw[place + 5 :]


def words_behind_the_end(desk: Desk) -> bytes:
    return desk.raw + b"% and more\n"


def taken_away(desk: Desk) -> bytes:
    return desk.raw[: desk.length]


def an_object_that_nothing_needs(desk: Desk) -> bytes:
    head, tail = desk.raw[: desk.length], desk.raw[desk.length :]
    return head + b"999999 0 obj\n<<\n/A 1\n>>\nendobj\n" + tail


FORGERIES: dict[Callable[[Desk], bytes], str] = {
    changes_a_page: "Something else than one signature was appended to the file",
    signs_a_changed_page: "",
    changes_a_page_in_its_own_update: "Something else than one signature was appended",
    says_more_of_itself: "The document’s catalog was changed",
    signed_twice: "Something else than one signature was appended to the file",
    another_reason: "The signature says Name “Ünit (Desk)”, Reason “Another”",
    of_other_bytes: "The signature is broken",
    one_byte_of_the_value: "The signature",
    another_day: "The signature is broken: it is not of this file, or was changed",
    another_name_of_the_field: "The field for the signature was changed",
    a_hidden_entry: "The field for the signature was changed",
    a_key_that_stands_twice: "behind the proved part is not written as it should be",
    a_range_that_leaves_something_out: "The signature does not cover the whole file",
    words_behind_the_end: "Something else than one signature was appended to the file",
    taken_away: "The file is not signed: its signature was taken away",
    an_object_that_nothing_needs: "",
}


@pytest.mark.parametrize("forge", FORGERIES, ids=lambda forge: forge.__name__)
def test_whatever_else_is_appended_is_found(
    forge: Callable[[Desk], bytes], desk: Desk, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    raw = forge(desk)
    assert raw != desk.raw and raw.startswith(desk.raw[: desk.length])
    for more in ((), ("--no-corpus",)):
        status, _, found = verified(desk, raw, tmp_path, capsys, *more)
        assert status == 1 and FORGERIES[forge] in found, found


def test_a_signature_that_is_validated_later_is_compared_as_well(desk: Desk) -> None:
    raw = desk.pdf.with_name("later.pdf").read_bytes()
    length = raw.index(b"%%EOF\n") + len(b"%%EOF\n")
    head, tail = raw[:length], raw[length:]
    assert filled(raw, length, {}).findings == ()
    for old, new in (
        (b"/PageLayout /SinglePage", b"/PageLayout /TwoPageRig"),
        (b"/CRLs [", b"/Bogu ["),
        (b"/Certs [ ", b"/Certs [ 2 0 R "),
        (b"0\x82", b"1\x82"),
    ):
        assert old in tail
        wrong = filled(head + tail.replace(old, new, 1), length, {}).findings
        assert wrong, old


def test_a_table_that_leads_elsewhere_is_found(desk: Desk) -> None:
    """Readers follow the table: it could lead to another object than the one that was read."""
    raw, length = desk.raw, desk.length
    start = int(raw[raw.rindex(b"startxref\n") :].split()[1])
    begin = raw.index(b"stream\n", start) + len(b"stream\n")
    end = raw.index(b"\nendstream", begin)
    rows = zlib.decompress(raw[begin:end])
    assert len(rows) == 4 * 11
    for changed in (
        rows[:11] + rows[11:12] + (17).to_bytes(8) + rows[20:],  # the field at another place
        rows[:11] + b"\2" + rows[12:],  # in an object stream
        rows[:22],  # not to the signature
        rows + rows[-11:],
    ):
        packed = zlib.compress(changed)
        head = re.sub(rb"/Length \d+", b"/Length %d" % len(packed), raw[start:begin])
        made = raw[:start] + head + packed + raw[end:]
        # Where the end of the file has moved, so has what the signature covers.
        value = re.search(rb"/ByteRange \[0 (\d+) (\d+) (\d+)\]( *)", made[length:])
        assert value
        covered = b"/ByteRange [0 %b %b %d]" % (value[1], value[2], len(made) - int(value[2]))
        made = made.replace(value[0], covered.ljust(len(value[0])))
        (said,) = filled(made, length, SAID).findings
        assert said.startswith("The table of what was appended"), said


# --- broken printers ---


def another_field(entries: bytes) -> Callable[..., None]:
    true = signing.add

    def add(book: Any, job: Any, field: Any, page: int) -> None:
        held: list[Any] = []
        true(
            type("B", (), {"add_objects": lambda _, first, objects: held.extend(objects)})(),
            job,
            field,
            page,
        )
        book.add_objects(field.number, [eval_change(one, entries) for one in held])

    return add


def eval_change(text: bytes, entries: bytes) -> bytes:
    old, _, new = entries.partition(b" -> ")
    return text.replace(old, new)


@pytest.mark.parametrize(
    ("change", "said"),
    [
        (b"(Signature) -> (Another)", "The field for the signature is called “Another”"),
        (b"(Digital signature) -> (Sign here)", "The field for the signature is called “Sign here”"),
        (b"/S /Form -> /S /Link", "another number of tags of fields"),
        (b"/F 132 -> /F 130", "has a key or a value that the program never writes"),
        (b"[ 0 0 0 0 ] -> [ 0 0 9 9 ]", "has a key or a value that the program never writes"),
    ],
)  # fmt: skip
def test_a_printer_that_writes_another_field_is_refused(
    change: bytes,
    said: str,
    desk: Desk,
    tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch,
    capsys: pytest.CaptureFixture[str],
) -> None:
    monkeypatch.setattr(signing, "add", another_field(change))
    monkeypatch.setenv(VARIABLE, PASSPHRASE)
    assert main(command(desk.corpus, tmp_path / "x.pdf")) == 1
    assert said in capsys.readouterr().err
    assert not (tmp_path / "x.pdf").exists()


def test_a_signer_that_changes_more_is_refused(
    desk: Desk,
    tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch,
    capsys: pytest.CaptureFixture[str],
) -> None:
    monkeypatch.delattr(signer._Update, "_update_meta")
    monkeypatch.setenv(VARIABLE, PASSPHRASE)
    assert main(command(desk.corpus, tmp_path / "x.pdf")) == 1
    assert "The document’s catalog was changed" in capsys.readouterr().err
    assert not (tmp_path / "x.pdf").exists()


def test_a_packet_that_is_not_signed_has_no_field(desk: Desk, tmp_path: Path) -> None:
    raw = desk.pdf.with_name("plain.pdf").read_bytes()
    assert b"/AcroForm" not in b"".join(opened(raw).texts.values())
    assert "signature" not in json.loads(desk.pdf.with_name("plain.json").read_bytes())


# --- keys ---


def fault(folder: Path, content: bytes | None, passphrase: str | None = PASSPHRASE) -> str:
    if content is not None:
        (folder / "k.p12").write_bytes(content)
    sign = Sign.model_validate({"pkcs12": "k.p12"})
    with pytest.raises(KeyFaultError) as error, Keyring(folder, lambda _: passphrase) as ring:
        ring.key(sign)
    assert PASSPHRASE not in error.value.message + error.value.remedy
    return f"{error.value.message}. {error.value.remedy}"


def test_keys_that_cannot_be_used_are_findings(desk: Desk, tmp_path: Path) -> None:
    authority = desk.authority
    good = (desk.corpus / "keys/desk.p12").read_bytes()
    _, certificate, _ = pkcs12.load_key_and_certificates(good, PASSPHRASE.encode())
    for content, said in (
        (authority.file("Old", since=-20, until=-10), "has expired on"),
        (authority.file("New", since=10, until=20), "is valid only from"),
        (authority.file("Lock", "key_encipherment"), "not for signing documents, but for: key enc"),
        (b"no key at all", "is no PKCS #12 file, or is damaged"),
        (good[:-100], "is no PKCS #12 file, or is damaged"),
        (packed(None, None, certificate), "There is no private key in"),
    ):
        assert said in fault(tmp_path, content), said
    assert "The passphrase is not that of “k.p12”" in fault(tmp_path, good, "another")
    assert "Nobody can be asked for the passphrase of k.p12. Build on" in fault(
        tmp_path, good, None
    )
    (tmp_path / "k.p12").unlink()
    assert "cannot be read: No such file" in fault(tmp_path, None)


def test_a_wrong_passphrase_stops_the_build_before_it_begins(
    desk: Desk,
    tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch,
    capsys: pytest.CaptureFixture[str],
) -> None:
    monkeypatch.setenv(VARIABLE, "not this one")
    assert main(command(desk.corpus, tmp_path / "x.pdf")) == 1
    said = capsys.readouterr()
    assert re.search(
        r"dossier.yaml:4:1: error: The passphrase is not that of “keys/desk.p12”", said.err
    )
    assert "not this one" not in said.err + said.out
    assert VARIABLE not in os.environ
    assert list(tmp_path.iterdir()) == []


def test_the_passphrase_is_asked_for_on_a_terminal_alone(
    monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    asked: list[str] = []
    monkeypatch.setattr("getpass.getpass", lambda prompt: asked.append(prompt) or "told")
    monkeypatch.setattr("sys.stdin", io.StringIO())
    assert Passphrase()("keys/desk.p12") is None
    monkeypatch.setattr("sys.stdin", type("Terminal", (), {"isatty": lambda _: True})())
    assert Passphrase(lambda: asked.append("paused"))("keys/desk.p12") == "told"
    assert asked == ["paused", "Passphrase of keys/desk.p12: "]
    monkeypatch.setenv(VARIABLE, "a secret")
    secret = Passphrase()
    assert secret("keys/desk.p12") == "a secret" and "a secret" not in repr(secret)


@pytest.mark.softhsm
@pytest.mark.slow
def test_a_key_on_a_token_signs(
    desk: Desk,
    tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch,
    capsys: pytest.CaptureFixture[str],
) -> None:
    module = token(desk, tmp_path, monkeypatch)
    corpus = tmp_path / "corpus"
    shutil.copytree(desk.corpus, corpus)
    key = f"{{pkcs11: {{module: {module}, token: A desk, key: desk}}}}"
    packets = f"packets:\n  other:\n    sign: {key}\n"
    text = f"title: Signed\ndate: 2026-11-30\noutputs: []\nsign: {key}\n{packets}"
    (corpus / "dossier.yaml").write_text(text, encoding="utf-8")
    monkeypatch.setenv(VARIABLE, "1234")
    # On a token one can log in only once, however many packets are signed with it.
    assert main(command(corpus, tmp_path / "x.pdf", "--all")) == 0
    for name in ("x", "other"):
        capsys.readouterr()
        assert main(["verify", str(tmp_path / f"{name}.pdf"), "--corpus", str(corpus)]) == 0
        assert "The signature is valid, level B-B: by the key of “Desk”" in capsys.readouterr().out
    for stated, pin, said in (
        ({}, "9999", "The passphrase is not that of the token “A desk”"),
        ({"token": "Another"}, "1234", "No token matching criteria"),
        ({"key": "none"}, "1234", "Could not find certificate with label 'none'"),
        ({"module": "/none.so"}, "1234", "cannot open shared object file"),
    ):
        named = {"module": str(module), "token": "A desk", "key": "desk"} | stated
        sign = Sign.model_validate({"pkcs11": named})
        with (
            pytest.raises(KeyFaultError, match=re.escape(said)),
            Keyring(tmp_path, lambda _, pin=pin: pin) as ring,
        ):
            ring.key(sign)


def token(desk: Desk, folder: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """Make a token of software with the key of the desk; return its module."""
    import pkcs11
    from pkcs11 import Attribute, CertificateType, ObjectClass
    from pkcs11.util.rsa import decode_rsa_private_key

    (folder / "tokens").mkdir()
    settings = folder / "softhsm2.conf"
    settings.write_text(f"directories.tokendir = {folder / 'tokens'}\n", encoding="utf-8")
    monkeypatch.setenv("SOFTHSM2_CONF", str(settings))
    tool = Path(shutil.which("softhsm2-util") or "")
    module = tool.parent.parent / "lib/softhsm/libsofthsm2.so"
    made = ["--init-token", "--free", "--label", "A desk", "--pin", "1234", "--so-pin", "5678"]
    subprocess.run([tool, "--module", module, *made], check=True, capture_output=True)
    content = (desk.corpus / "keys/desk.p12").read_bytes()
    key, certificate, _ = pkcs12.load_key_and_certificates(content, PASSPHRASE.encode())
    assert key and certificate
    plain = key.private_bytes(Encoding.DER, PrivateFormat.TraditionalOpenSSL, NoEncryption())
    whole = x509.Certificate.load(certificate.public_bytes(Encoding.DER))
    common = {Attribute.LABEL: "desk", Attribute.TOKEN: True, Attribute.ID: b"1"}
    secret = {Attribute.PRIVATE: True, Attribute.SENSITIVE: True, Attribute.SIGN: True}
    with (
        pkcs11.lib(str(module))
        .get_token(token_label="A desk")
        .open(user_pin="1234", rw=True) as session
    ):
        session.create_object(decode_rsa_private_key(plain) | common | secret)
        session.create_object(
            common
            | {
                Attribute.CLASS: ObjectClass.CERTIFICATE,
                Attribute.CERTIFICATE_TYPE: CertificateType.X_509,
                Attribute.VALUE: whole.dump(),
                Attribute.SUBJECT: whole.subject.dump(),
                Attribute.ISSUER: whole.issuer.dump(),
                Attribute.SERIAL_NUMBER: whole["tbs_certificate"]["serial_number"].dump(),
            }
        )
    return module


# --- warm builds ---


def test_what_has_not_changed_keeps_its_signature(
    desk: Desk,
    tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch,
    capsys: pytest.CaptureFixture[str],
) -> None:
    corpus, pdf = tmp_path / "corpus", tmp_path / "out/x.pdf"
    shutil.copytree(desk.corpus, corpus)
    call = ["build", "--corpus", str(corpus), "--output", str(pdf), "--jobs", "1"]

    def told(status: int = 0) -> str:
        monkeypatch.setenv(VARIABLE, PASSPHRASE)
        assert main(call) == status
        return capsys.readouterr().out

    told()
    first = pdf.read_bytes()
    monkeypatch.delenv(VARIABLE, raising=False)
    assert main(call) == 0  # nobody is asked
    assert "Nothing has changed" in capsys.readouterr().out
    letter = corpus / "letters/one.md"
    letter.write_text(LETTER.replace("\n---\nA", "\ntags: [x]\n---\nA"), encoding="utf-8")
    assert "Wrote" in told()
    assert pdf.read_bytes() == first, "the same file is not signed again"
    letter.write_text(LETTER.replace("A text", "Another text"), encoding="utf-8")
    told()
    assert pdf.read_bytes() != first
    # Another key signs anew.
    second = pdf.read_bytes()
    (corpus / "keys/desk.p12").write_bytes(desk.authority.file("Another"))
    told()
    third = pdf.read_bytes()
    length = third.index(b"%%EOF\n")
    assert third != second and third[:length] == second[:length]
    # Nowhere on disk is the passphrase.
    files = [path for path in tmp_path.rglob("*") if path.is_file()]
    assert not [path for path in files if PASSPHRASE.encode() in path.read_bytes()]
    # A file that somebody has changed since is not overwritten.
    pdf.write_bytes(third + b"%")
    letter.write_text(LETTER, encoding="utf-8")
    monkeypatch.setenv(VARIABLE, PASSPHRASE)
    assert main(call) == 3
    assert "was changed after it was built" in capsys.readouterr().err


# --- levels ---


def weaker(desk: Desk, folder: Path, capsys: pytest.CaptureFixture[str]) -> str:
    with pytest.MonkeyPatch.context() as patch:
        patch.setenv(VARIABLE, PASSPHRASE)
        assert main(command(desk.corpus, folder / "later.pdf", "later")) == 0
    said = capsys.readouterr().err
    assert main(["verify", str(folder / "later.pdf"), "--corpus", str(desk.corpus)]) == 0
    return said + capsys.readouterr().err


def test_a_server_that_does_not_answer_costs_the_level_and_not_the_signature(
    desk: Desk,
    tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch,
    capsys: pytest.CaptureFixture[str],
) -> None:
    monkeypatch.setattr(desk.authority, "answers", False)
    said = weaker(desk, tmp_path, capsys)
    assert (
        "dossier.yaml:7:5: warning: The signature has no time stamp, and so the level B-B" in said
    )
    assert "warning: The signature has the level B-B, and B-LT was asked for" in said


Answer = Callable[[Any, bytes], tuple[int, str, bytes]]


def stamped(stamper: Any, asked: Any, **changed: Any) -> bytes:
    """Return the answer to another question than was asked."""
    other = tsp.TimeStampReq.load(asked.dump())
    for key, value in changed.items():
        other[key] = value
    return bytes(asyncio.run(stamper.async_request_tsa_response(other)).dump())


def of_another_digest(stamper: Any, asked: Any) -> bytes:
    imprint = {"hash_algorithm": {"algorithm": "sha256"}, "hashed_message": bytes(32)}
    return stamped(stamper, asked, message_imprint=imprint)


def only_once(said: bytes, answered: list[int]) -> tuple[int, str, bytes]:
    """Answer the first question, and none of the others."""
    answered.append(1)
    return (200, REPLY, said) if len(answered) == 1 else (500, REPLY, said)


def late(said: bytes) -> tuple[int, str, bytes]:
    time.sleep(0.6)
    return 200, REPLY, said


def answers(authority: Authority) -> dict[str, tuple[Answer, str]]:
    """Return what a server may answer, and what is said of it."""
    true, no_stamp = authority.stamper, "its answer has no time stamp"  # type: ignore[attr-defined]
    refusal = b"0\x10" + b"0\x0e\x02\x01\x020\x09\x0c\x07Not now"
    empty = b"0\x050\x03\x02\x01\0"  # it grants a time stamp, and has none
    old = clock(authority, since=-20, until=-10)
    general = clock(authority, ExtendedKeyUsage([ExtendedKeyUsageOID.CODE_SIGNING]))
    once: list[int] = []
    return {
        "an error": (lambda _, said: (500, REPLY, said), "500"),
        "a page": (lambda _, said: (200, "text/html", b"<html></html>"), "got text/html"),
        "nothing": (lambda _, said: (200, REPLY, b""), no_stamp),
        "nonsense": (lambda _, said: (200, REPLY, b"0\x80nonsense" * 9), no_stamp),
        "a part": (lambda _, said: (200, REPLY, said[: len(said) // 2]), no_stamp),
        "a refusal": (lambda _, said: (200, REPLY, refusal), no_stamp),
        "no token": (lambda _, said: (200, REPLY, empty), no_stamp),
        "to another": (lambda asked, _: (200, REPLY, stamped(true, asked, nonce=7)), no_stamp),
        "of another digest": (lambda asked, _: (200, REPLY, of_another_digest(true, asked)), "its answer stamps something else"),
        "broken": (lambda _, said: (200, REPLY, said[:-1] + bytes([said[-1] ^ 1])), "the signature of its time stamp is broken"),
        "expired": (lambda asked, _: (200, REPLY, stamped(old, asked)), "its certificate is valid from "),
        "of another purpose": (lambda asked, _: (200, REPLY, stamped(general, asked)), "its certificate is not for time stamps"),
        "late": (lambda _, said: late(said), "it takes more than 0.3 seconds"),
        "once": (lambda _, said: only_once(said, once), "500"),
    }  # fmt: skip


@pytest.mark.slow
def test_a_server_that_answers_nonsense_costs_the_level_and_not_the_signature(
    desk: Desk, monkeypatch: pytest.MonkeyPatch
) -> None:
    proved = desk.raw[: desk.length]
    about = {"pkcs12": "keys/desk.p12", "timestamp": desk.authority.address, "level": "B-LT"}
    sign = Sign.model_validate(about)
    key = Keyring(desk.corpus, ask).key(sign)
    for name, (answer, said) in answers(desk.authority).items():
        monkeypatch.setattr(desk.authority, "answer", answer)
        monkeypatch.setattr(stamper, "PATIENCE", 0.3 if name == "late" else 20)
        made = signer.signed(proved, sign, key)
        assert made.lost.startswith("The signature has no time stamp, and so the level B-B: "), name
        assert said in made.lost, (name, made.lost)
        found = filled(proved + made.update, len(proved), {})
        assert found.findings == (), name
        assert found.validity and found.validity.level == "B-B", name


def test_a_list_of_revoked_certificates_that_is_none_costs_the_level(
    desk: Desk, monkeypatch: pytest.MonkeyPatch
) -> None:
    about = {"pkcs12": "keys/desk.p12", "timestamp": desk.authority.address, "level": "B-LT"}
    sign = Sign.model_validate(about)
    for there in (b"nonsense", desk.authority.revocations()[:-40], b"0\x03\x02\x01\x05"):
        monkeypatch.setattr(desk.authority, "listed", there)
        made = signer.signed(desk.raw[: desk.length], sign, Keyring(desk.corpus, ask).key(sign))
        assert made.lost.startswith("The signature has the level B-T and not B-LT: what is")


def test_without_a_list_of_revoked_certificates_it_has_a_time_stamp(
    desk: Desk,
    tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch,
    capsys: pytest.CaptureFixture[str],
) -> None:
    monkeypatch.setattr(desk.authority, "lists", False)
    said = weaker(desk, tmp_path, capsys)
    assert "warning: The signature has the level B-T and not B-LT: what is needed to" in said


def test_a_revoked_certificate_does_not_sign(desk: Desk, monkeypatch: pytest.MonkeyPatch) -> None:
    good = (desk.corpus / "keys/desk.p12").read_bytes()
    _, certificate, _ = pkcs12.load_key_and_certificates(good, PASSPHRASE.encode())
    assert certificate
    monkeypatch.setattr(desk.authority, "revoked", [certificate.serial_number])
    with pytest.raises(KeyFaultError, match="was revoked"):
        made_for(
            desk, desk.raw[: desk.length], timestamp=desk.authority.address, level="B-LT"
        )  # fmt: skip
