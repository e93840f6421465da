"""A certificate authority with a time-stamp server and a list of revoked certificates, made in the test."""

from __future__ import annotations

import datetime
import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any

from asn1crypto import keys, tsp
from asn1crypto import x509 as asn1_x509
from cryptography import x509
from cryptography.hazmat.primitives import hashes
from cryptography.hazmat.primitives.asymmetric import rsa
from cryptography.hazmat.primitives.serialization import (
    BestAvailableEncryption,
    Encoding,
    NoEncryption,
    PrivateFormat,
    pkcs12,
)
from cryptography.x509.oid import ExtendedKeyUsageOID, NameOID
from pyhanko.sign.timestamps import DummyTimeStamper

NOW = datetime.datetime.now(datetime.UTC)
DAY = datetime.timedelta(days=1)
REPLY = "application/timestamp-reply"
PASSPHRASE = "correct horse battery staple"
USES = (
    "digital_signature", "content_commitment", "key_encipherment", "data_encipherment", "key_agreement",
    "key_cert_sign", "crl_sign", "encipher_only", "decipher_only",
)  # fmt: skip


def named(name: str) -> x509.Name:
    return x509.Name([x509.NameAttribute(NameOID.COMMON_NAME, name)])


def usage(*uses: str) -> x509.KeyUsage:
    return x509.KeyUsage(**{use: use in uses for use in USES})


@dataclass
class Authority:
    """An authority of one level."""

    key: rsa.RSAPrivateKey = field(default_factory=lambda: new_key())
    address: str = ""
    """Of the server that has its list of revoked certificates; none without it."""
    revoked: list[int] = field(default_factory=list)
    answers: bool = True
    """The time-stamp server answers."""
    lists: bool = True
    """The list of revoked certificates is there."""
    listed: bytes = b""
    """What is there instead of the list."""
    answer: Callable[[tsp.TimeStampReq, bytes], tuple[int, str, bytes]] | None = None
    """Returns status, type and content of what the server answers, given what it was asked and would say."""
    _serial: int = 1

    def __post_init__(self) -> None:
        uses = usage("key_cert_sign", "crl_sign")
        self.certificate = self._signed(
            "Authority", self.key, uses, x509.BasicConstraints(True, None)
        )

    def _signed(
        self, name: str, key: rsa.RSAPrivateKey, *more: Any, **days: int
    ) -> x509.Certificate:
        self._serial += 1
        builder = (
            x509.CertificateBuilder()
            .subject_name(named(name))
            .issuer_name(named("Authority"))
            .public_key(key.public_key())
            .serial_number(self._serial)
            .not_valid_before(NOW + days.get("since", -1) * DAY)
            .not_valid_after(NOW + days.get("until", 30) * DAY)
        )
        for extension in more:
            critical = not isinstance(extension, x509.CRLDistributionPoints)
            builder = builder.add_extension(extension, critical)
        return builder.sign(self.key, hashes.SHA256())

    def issued(
        self, name: str, *more: Any, **days: int
    ) -> tuple[rsa.RSAPrivateKey, x509.Certificate]:
        """Issue a certificate; return the new key, too."""
        if self.address:
            where = x509.UniformResourceIdentifier(f"{self.address}/revoked.crl")
            point = x509.DistributionPoint([where], None, None, None)
            more = (*more, x509.CRLDistributionPoints([point]))
        key = new_key()
        return key, self._signed(name, key, *more, **days)

    def file(self, name: str, *uses: str, **days: int) -> bytes:
        """Return a PKCS #12 file with a key and its certificate."""
        uses = uses or ("digital_signature", "content_commitment")
        key, certificate = self.issued(name, usage(*uses), **days)
        return packed(key, certificate, self.certificate)

    def revocations(self) -> bytes:
        """Return the list of revoked certificates."""
        builder = (
            x509.CertificateRevocationListBuilder()
            .issuer_name(named("Authority"))
            .last_update(NOW - DAY)
            .next_update(NOW + 30 * DAY)
        )
        for number in self.revoked:
            one = x509.RevokedCertificateBuilder().serial_number(number).revocation_date(NOW - DAY)
            builder = builder.add_revoked_certificate(one.build())
        return builder.sign(self.key, hashes.SHA256()).public_bytes(Encoding.DER)


def new_key() -> rsa.RSAPrivateKey:
    return rsa.generate_private_key(65537, 2048)


def packed(key: Any, certificate: Any, *others: x509.Certificate) -> bytes:
    encryption = BestAvailableEncryption(PASSPHRASE.encode())
    return pkcs12.serialize_key_and_certificates(b"desk", key, certificate, others, encryption)


def clock(authority: Authority, *uses: Any, **days: int) -> DummyTimeStamper:
    """Return what makes time stamps with a certificate of an authority."""
    uses = uses or (x509.ExtendedKeyUsage([ExtendedKeyUsageOID.TIME_STAMPING]),)
    key, certificate = authority.issued("Clock", usage("digital_signature"), *uses, **days)
    return DummyTimeStamper(
        asn1_x509.Certificate.load(certificate.public_bytes(Encoding.DER)),
        keys.PrivateKeyInfo.load(
            key.private_bytes(Encoding.DER, PrivateFormat.PKCS8, NoEncryption())
        ),
        [asn1_x509.Certificate.load(authority.certificate.public_bytes(Encoding.DER))],
    )


@contextmanager
def served(authority: Authority) -> Iterator[str]:
    """Serve time stamps and the list of revoked certificates; yield the address."""
    server = ThreadingHTTPServer(("127.0.0.1", 0), _handler(authority))
    thread = threading.Thread(target=server.serve_forever, daemon=True)
    thread.start()
    authority.address = f"http://127.0.0.1:{server.server_port}"
    authority.stamper = clock(authority)  # type: ignore[attr-defined]
    try:
        yield authority.address
    finally:
        server.shutdown()
        server.server_close()
        thread.join()


def _handler(authority: Authority) -> type[BaseHTTPRequestHandler]:
    class Handler(BaseHTTPRequestHandler):
        def do_POST(self) -> None:
            import asyncio

            asked = tsp.TimeStampReq.load(self.rfile.read(int(self.headers["Content-Length"])))
            stamper = authority.stamper  # type: ignore[attr-defined]
            said = asyncio.run(stamper.async_request_tsa_response(asked)).dump()
            if authority.answer:
                self._say(*authority.answer(asked, said))
            else:
                self._answer(REPLY, said, authority.answers)

        def do_GET(self) -> None:
            content = authority.listed or authority.revocations()
            self._answer("application/pkix-crl", content, authority.lists)

        def _answer(self, kind: str, content: bytes, there: bool) -> None:
            self._say(200 if there else 503, kind, content)

        def _say(self, status: int, kind: str, content: bytes) -> None:
            self.send_response(status)
            self.send_header("Content-Type", kind)
            self.send_header("Content-Length", str(len(content)))
            self.end_headers()
            self.wfile.write(content)

        def log_message(self, *_: Any) -> None:
            pass

    return Handler
