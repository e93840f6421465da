"""Fills the field of a proved PDF with a signature (ETSI EN 319 142-1), by an incremental update."""

from __future__ import annotations

import asyncio
import io
from collections.abc import Iterable
from dataclasses import dataclass
from typing import Any

from pyhanko.pdf_utils.incremental_writer import IncrementalPdfFileWriter
from pyhanko.sign.fields import SigSeedSubFilter
from pyhanko.sign.general import SigningError
from pyhanko.sign.signers import PdfSignatureMetadata, PdfSigner
from pyhanko.sign.signers.pdf_signer import DSSContentSettings, SigDSSPlacementPreference
from pyhanko_certvalidator import ValidationContext
from pyhanko_certvalidator.errors import PathError, RevokedError, ValidationError

from dossier.machine.quiet import silence
from dossier.records.signing import FIELD, Sign
from dossier.sign.keys import ANOTHER, Key, KeyFaultError
from dossier.sign.stamper import NONSENSE, REFUSING, NoStampError, Stamper, reason

DIGEST = "sha256"
UNSIGNED = (*REFUSING, ValueError, SigningError)
"""What it raises to sign with a key that does not sign."""
UNPROVED = (*REFUSING, *NONSENSE, PathError, ValidationError, SigningError)
"""What it raises to collect what is needed to validate a signature later."""


@dataclass(frozen=True)
class Signature:
    """What was appended to a PDF."""

    update: bytes
    lost: str = ""
    """Which level it should have had, and why it has not; empty where it has what was asked for."""


class _Update(IncrementalPdfFileWriter):
    """An update that fills the field and leaves metadata alone: those were proved."""

    def _update_meta(self) -> None:
        """Change no statement about the document."""


def signed(pdf: bytes, sign: Sign, key: Key) -> Signature:
    """Return the signature of a PDF; raise KeyFaultError where the key does not sign.

    A server that does not answer costs the level, not the signature.
    """
    silence("pyhanko", "pyhanko_certvalidator", "asyncio")
    stamper, lost = _stamper(sign.timestamp) if sign.timestamp else (None, "")
    if stamper and sign.level == "B-LT":
        try:
            return Signature(_update(pdf, sign, key, stamper, _collecting(key, stamper)))
        except NoStampError as error:
            stamper, lost = None, _unanswered(sign.timestamp, error)
        except UNPROVED as error:
            _refuse_revoked(error)
            lost = (
                "The signature has the level B-T and not B-LT: what is needed to validate it later "
                f"could not be collected ({reason(error)})"
            )
    if stamper:
        try:
            return Signature(_update(pdf, sign, key, stamper, None), lost)
        except (NoStampError, *UNPROVED) as error:
            lost = _unanswered(sign.timestamp, error)
    try:
        return Signature(_update(pdf, sign, key, None, None), lost)
    except UNSIGNED as error:
        raise KeyFaultError(
            f"The key does not sign: {reason(error)}",
            "Check that key and certificate belong together.",
        ) from None


def _stamper(address: str) -> tuple[Stamper | None, str]:
    """Return what asks a time-stamp server that has answered once; otherwise None, and why."""
    stamper = Stamper(address)
    try:
        asyncio.run(stamper.async_dummy_response(DIGEST))
    except NoStampError as error:
        return None, _unanswered(address, error)
    except NONSENSE:
        return None, _unanswered(address, NoStampError("its answer has no time stamp"))
    return stamper, ""


def _unanswered(address: str | None, error: BaseException) -> str:
    return (
        "The signature has no time stamp, and so the level B-B: the time-stamp server "
        f"{address} did not give one ({reason(error)})"
    )


def _refuse_revoked(error: BaseException | None) -> None:
    """Raise KeyFaultError where a signature failed since the certificate was revoked."""
    while error is not None:
        if isinstance(error, RevokedError):
            raise KeyFaultError("The certificate of the key was revoked", ANOTHER) from None
        error = error.__cause__ or error.__context__


def _collecting(key: Key, stamper: Stamper) -> ValidationContext:
    """Return what collects certificates and whether they were revoked, from where these say.

    The topmost certificates count as trusted here: whom to trust is for the reader to say.
    """
    there = [*key.signer.cert_registry, key.signer.signing_cert, *stamper.cert_registry]
    return ValidationContext(
        trust_roots=list(_topmost(there)),
        other_certs=there,
        allow_fetching=True,
        revocation_mode="hard-fail",
    )


def _topmost(certificates: Iterable[Any]) -> Iterable[Any]:
    """Return the certificates whose issuers are not among them."""
    every = list(certificates)
    names = {one.subject.dump() for one in every if one.ca}
    return [
        one
        for one in every
        if one.ca and (one.self_signed in ("yes", "maybe") or one.issuer.dump() not in names)
    ]


def _update(
    pdf: bytes,
    sign: Sign,
    key: Key,
    stamper: Stamper | None,
    collecting: ValidationContext | None,
) -> bytes:
    """Return the bytes that sign a PDF when they stand behind it."""
    about = PdfSignatureMetadata(
        field_name=FIELD,
        md_algorithm=DIGEST,
        subfilter=SigSeedSubFilter.PADES,
        name=sign.name,
        reason=sign.reason,
        location=sign.location,
        contact_info=sign.contact,
        embed_validation_info=collecting is not None,
        validation_context=collecting,
        # Behind the signature nothing is appended: what validates it stands in the same update.
        dss_settings=DSSContentSettings(
            include_vri=False, placement=SigDSSPlacementPreference.TOGETHER_WITH_SIGNATURE
        ),
        signer_key_usage=set(),
    )
    signer = PdfSigner(about, signer=key.signer, timestamper=stamper)
    made = signer.sign_pdf(_Update(io.BytesIO(pdf)), existing_fields_only=True).getvalue()
    return bytes(made[len(pdf) :])
