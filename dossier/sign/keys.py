"""Opens the keys with which PDFs are signed. A passphrase is used here and kept nowhere."""

from __future__ import annotations

import datetime
import hashlib
from collections.abc import Callable
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from dossier.records.signing import VARIABLE, Sign, Token

Ask = Callable[[str], str | None]
"""Asks for the passphrase of a key, given its name; returns None where nobody can be asked."""
USAGES = frozenset({"digital_signature", "non_repudiation"})
"""What a certificate may be for, so that one can sign documents with its key (RFC 5280, 4.2.1.3)."""
ANOTHER = "Ask whoever issued it for a certificate with which documents can be signed."


class KeyFaultError(Exception):
    """A key cannot be used."""

    def __init__(self, message: str, remedy: str) -> None:
        """Take what is wrong, and what to do."""
        super().__init__(message)
        self.message, self.remedy = message, remedy


@dataclass(frozen=True)
class Key:
    """A key that is ready to sign."""

    signer: Any = field(repr=False)
    """A signer of pyHanko."""
    sha256: str
    """The checksum of its certificate."""


def opened(sign: Sign, root: Path, ask: Ask) -> Key:
    """Return the key that a packet of the corpus ``root`` names; raise KeyFaultError."""
    signer = _of_file(sign.pkcs12, root, ask) if sign.pkcs12 else _of_token(sign.pkcs11, ask)
    certificate = signer.signing_cert
    _check(certificate, sign.pkcs12 or f"the key “{sign.pkcs11.key if sign.pkcs11 else ''}”")
    return Key(signer, hashlib.sha256(certificate.dump()).hexdigest())


def _asked(ask: Ask, name: str) -> str:
    passphrase = ask(name)
    if passphrase is None:
        message = f"Nobody can be asked for the passphrase of {name}"
        raise KeyFaultError(message, f"Build on a terminal, or set {VARIABLE} to it.")
    return passphrase


def _of_file(name: str, root: Path, ask: Ask) -> Any:
    """Return the signer of a PKCS #12 file (RFC 7292)."""
    from asn1crypto.pkcs12 import Pfx
    from cryptography.hazmat.primitives.serialization import pkcs12
    from pyhanko.sign.signers import SimpleSigner

    try:
        data = (root / name).read_bytes()
        is_one = bool(Pfx.load(data, strict=True)["auth_safe"].native)
    except OSError as error:
        message = f"The key “{name}” cannot be read: {error.strerror}"
        raise KeyFaultError(message, "Check that you may read it.") from None
    except (ValueError, TypeError, KeyError):
        is_one = False
    if not is_one:
        remedy = "Export certificate and key again, as a file that ends in .p12 or .pfx."
        raise KeyFaultError(f"The key “{name}” is no PKCS #12 file, or is damaged", remedy)
    passphrase = _asked(ask, name).encode()
    try:
        key, certificate, _ = pkcs12.load_key_and_certificates(data, passphrase or None)
    except ValueError:
        message = f"The passphrase is not that of “{name}”"
        raise KeyFaultError(message, "Build again with the right one.") from None
    except Exception as error:  # a cipher or a kind of key that the library does not know
        message = f"The key “{name}” cannot be used: {type(error).__name__}"
        raise KeyFaultError(message, "Export it again with another program.") from None
    for there, what in ((key, "private key"), (certificate, "certificate of its key")):
        if there is None:
            message = f"There is no {what} in “{name}”"
            raise KeyFaultError(message, "Export certificate and private key together.")
    return SimpleSigner.load_pkcs12_data(data, (), passphrase or None)


def _of_token(token: Token | None, ask: Ask) -> Any:
    """Return the signer of a key on a token (PKCS #11)."""
    assert token
    try:
        from pkcs11.exceptions import PinIncorrect, PKCS11Error
        from pyhanko.config.pkcs11 import TokenCriteria
        from pyhanko.sign.pkcs11 import PKCS11Signer, open_pkcs11_session
    except ImportError:
        message = "A key on a token needs a package that is not installed"
        raise KeyFaultError(message, "Install it: pip install python-pkcs11") from None
    name = f"the token “{token.token}”"
    try:
        session = open_pkcs11_session(
            token.module,
            token_criteria=TokenCriteria(label=token.token),
            user_pin=_asked(ask, name),
        )
        signer = PKCS11Signer(
            session, cert_label=token.certificate or token.key, key_label=token.key
        )
        assert signer.signing_cert
    except PinIncorrect:
        message = f"The passphrase is not that of {name}"
        remedy = "Build again with the right one; a token locks itself after a few wrong ones."
        raise KeyFaultError(message, remedy) from None
    except (PKCS11Error, RuntimeError, OSError, AssertionError) as error:
        message = (
            f"The key “{token.key}” on {name} cannot be used: {str(error) or type(error).__name__}"
        )
        remedy = "Check that the token is there, and “module”, “token”, “key” and “certificate”."
        raise KeyFaultError(message, remedy) from None
    return signer


def _check(certificate: Any, name: str) -> None:
    """Raise KeyFaultError for a certificate that has expired, is not valid yet or is for another use."""
    now = datetime.datetime.now(datetime.UTC)
    if now > certificate.not_valid_after:
        message = f"The certificate of {name} has expired on {certificate.not_valid_after:%Y-%m-%d}"
        raise KeyFaultError(message, "Ask whoever issued it for a new one.")
    if now < certificate.not_valid_before:
        message = f"The certificate of {name} is valid only from {certificate.not_valid_before:%Y-%m-%d} on"
        raise KeyFaultError(message, "Check the date of this machine, or wait.")
    usage = certificate.key_usage_value
    if usage is not None and not USAGES & usage.native:
        said = ", ".join(sorted(one.replace("_", " ") for one in usage.native)) or "nothing"
        message = f"The certificate of {name} is not for signing documents, but for: {said}"
        raise KeyFaultError(message, ANOTHER)
