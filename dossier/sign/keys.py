"""Opens the keys with which PDFs are signed. A passphrase is used here and kept nowhere."""

from __future__ import annotations

import datetime
import hashlib
from collections.abc import Callable
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any, Self

from dossier.records.environment import VARIABLE
from dossier.records.signing import Sign, Token

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


class Keyring:
    """Opens the keys of one run, each once; a context manager that closes the tokens."""

    def __init__(self, root: Path, ask: Ask) -> None:
        """Take the folder of the corpus, and what asks for a passphrase."""
        self._root = root
        self._ask = ask
        self._told: dict[str, str | None] = {}
        self._sessions: dict[tuple[str, str], Any] = {}

    def __enter__(self) -> Self:
        """Open nothing yet."""
        return self

    def __exit__(self, *_: object) -> None:
        """Close the tokens and forget the passphrases."""
        self._told.clear()
        while self._sessions:
            _, session = self._sessions.popitem()
            session.close()

    def key(self, sign: Sign) -> Key:
        """Return the key that a packet names; raise KeyFaultError."""
        if sign.pkcs11:
            name, signer = f"the key “{sign.pkcs11.key}”", self._of_token(sign.pkcs11)
        else:
            name = sign.pkcs12 or ""
            signer = self._of_file(name)
        certificate = signer.signing_cert
        _check(certificate, name)
        return Key(signer, hashlib.sha256(certificate.dump()).hexdigest())

    def _asked(self, name: str) -> str:
        if name not in self._told:
            self._told[name] = self._ask(name)
        passphrase = self._told[name]
        if passphrase is None:
            message = f"Nobody can be asked for the passphrase of {name}"
            raise KeyFaultError(message, f"Build on a terminal, or set {VARIABLE} to it.")
        return passphrase

    def _of_file(self, name: str) -> Any:
        """Return the signer of a PKCS #12 file (RFC 7292)."""
        from cryptography.hazmat.primitives.serialization import pkcs12
        from pyhanko.sign.signers import SimpleSigner

        data = _contents(self._root, name)
        passphrase = self._asked(name).encode() or None
        try:
            key, certificate, _ = pkcs12.load_key_and_certificates(data, passphrase)
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
        return SimpleSigner.load_pkcs12_data(data, (), passphrase)

    def _of_token(self, token: Token) -> Any:
        """Return the signer of a key on a token (PKCS #11)."""
        try:
            from pkcs11.exceptions import PinIncorrect, PKCS11Error
            from pyhanko.sign.pkcs11 import PKCS11Signer
        except ImportError:
            message = "A key on a token needs a package that is not installed"
            raise KeyFaultError(message, "Install it: pip install python-pkcs11") from None
        name = f"the token “{token.token}”"
        try:
            signer = PKCS11Signer(
                self._session(token, name),
                cert_label=token.certificate or token.key,
                key_label=token.key,
            )
            if signer.signing_cert is None:  # this asks the token for it, and for the key
                raise ValueError("it has no certificate")
        except PinIncorrect:
            message = f"The passphrase is not that of {name}"
            remedy = "Build again with the right one; a token locks itself after a few wrong ones."
            raise KeyFaultError(message, remedy) from None
        except (PKCS11Error, RuntimeError, OSError, ValueError) as error:
            said = str(error) or type(error).__name__
            message = f"The key “{token.key}” on {name} cannot be used: {said}"
            remedy = (
                "Check that the token is there, and “module”, “token”, “key” and “certificate”."
            )
            raise KeyFaultError(message, remedy) from None
        return signer

    def _session(self, token: Token, name: str) -> Any:
        """Return a session with a token, on which one can log in only once."""
        from pyhanko.config.pkcs11 import TokenCriteria
        from pyhanko.sign.pkcs11 import open_pkcs11_session

        place = token.module, token.token
        if place not in self._sessions:
            self._sessions[place] = open_pkcs11_session(
                token.module,
                token_criteria=TokenCriteria(label=token.token),
                user_pin=self._asked(name),
            )
        return self._sessions[place]


def _contents(root: Path, name: str) -> bytes:
    """Return the content of a PKCS #12 file; raise KeyFaultError where it is none."""
    from asn1crypto.pkcs12 import Pfx

    try:
        data = (root / name).read_bytes()
    except OSError as error:
        message = f"The key “{name}” cannot be read: {error.strerror}"
        raise KeyFaultError(message, "Check that you may read it.") from None
    try:
        if Pfx.load(data, strict=True)["auth_safe"].native:
            return data
    except (ValueError, TypeError, KeyError):
        pass
    remedy = "Export certificate and key again, as a file that ends in .p12 or .pfx."
    raise KeyFaultError(f"The key “{name}” is no PKCS #12 file, or is damaged", remedy)


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
