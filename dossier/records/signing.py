"""``sign:`` of a packet: the key with which its PDF is signed, and what the signature says."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Annotated, Any, Literal

from pydantic import BeforeValidator, model_validator

from dossier.records.environment import VARIABLE
from dossier.records.values import Record, Text, Url, fault, written_value

FIELD = "Signature"
"""The name of the signature's field."""
ROOM = 50_000
"""The bytes that are kept free in a volume for its signature, which is appended when it is bound."""
SECRETS = ("passphrase", "password", "pin")
Level = Literal["B-B", "B-LT"]
"""Levels of ETSI EN 319 142-1: the signature alone, or with all that is needed to validate it later."""


class Token(Record):
    """A key on a token: a smart card, a security module."""

    module: Text
    """The path of the PKCS #11 module of its maker."""
    token: Text
    """The label of the token."""
    key: Text
    """The label of the key, and of its certificate where that has no other."""
    certificate: Text | None = None


class Sign(Record):
    """How the PDF of a packet is signed."""

    pkcs12: Text | None = None
    """A file of the corpus with key and certificates."""
    pkcs11: Annotated[
        Token | None, BeforeValidator(written_value, json_schema_input_type=Token)
    ] = None
    name: Text | None = None
    reason: Text | None = None
    location: Text | None = None
    contact: Text | None = None
    timestamp: Url | None = None
    """The address of a time-stamp server (RFC 3161)."""
    level: Level = "B-B"

    @model_validator(mode="before")
    @classmethod
    def _holds_no_secret(cls, value: Any) -> Any:
        """Refuse a passphrase: what is in a file is read by others."""
        inner = value.get("pkcs11") if isinstance(value, dict) else None
        for held in (value, inner):
            secret = next((key for key in SECRETS if isinstance(held, dict) and key in held), None)
            if secret:
                message = f"“{secret}” stands in the file"
                remedy = f"Remove it: the build asks for it, or takes it from {VARIABLE}."
                raise fault("secret", message, remedy)
        return value

    @property
    def stated(self) -> dict[str, str]:
        """What the signature says besides its certificate, by key."""
        keys = ("name", "reason", "location", "contact")
        found = {key: getattr(self, key) for key in keys}
        return {key: value for key, value in found.items() if value is not None} | {
            "level": self.level
        }

    @model_validator(mode="after")
    def _has_one_key(self) -> Sign:
        if (self.pkcs12 is None) == (self.pkcs11 is None):
            message = "The signature has no key"
            if self.pkcs12 is not None:
                message = "The signature has two keys, “pkcs12” and “pkcs11”"
            raise fault("sign", message, "Write one: pkcs12, a file, or pkcs11, a token.")
        if self.level == "B-LT" and self.timestamp is None:
            message = "The level B-LT has no time-stamp server"
            remedy = "Add “timestamp: https://…”, the address of one, or remove “level”."
            raise fault("sign", message, remedy)
        return self


@dataclass(frozen=True)
class Validity:
    """What is known of the signature of a file."""

    signer: str = ""
    """Whom the certificate names."""
    issuer: str = ""
    """Who issued it."""
    time: str = ""
    """When the file was signed, YYYY-MM-DD hh:mm UTC."""
    is_stamped: bool = False
    """A time-stamp server says so, and not the signer's own clock."""
    level: str = ""
    findings: tuple[str, ...] = ()


@dataclass(frozen=True)
class Filled:
    """A file whose field for a signature was filled."""

    length: int
    """The size of the proved part in bytes."""
    findings: tuple[str, ...]
    validity: Validity | None = None
    """What is known of the signature; None where it cannot be read."""
