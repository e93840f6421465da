"""Validates the signature of a file with pyHanko: whether it is of this file, and whose it is.

Whether its certificate is to be trusted is not for the program to say: that is the reader's.
"""

from __future__ import annotations

import datetime
import io
from typing import Any

from dossier.machine.quiet import silence
from dossier.records.signing import Validity


def validity(raw: bytes, helped: bool) -> Validity:
    """Return what is known of the only signature of a file.

    With ``helped`` the file has what validates it later.
    """
    # Most programs need none of this, and it takes a second to load.
    from pyhanko.pdf_utils.misc import PdfError
    from pyhanko.pdf_utils.reader import PdfFileReader
    from pyhanko.sign.validation import validate_pdf_signature
    from pyhanko.sign.validation.errors import SignatureValidationError
    from pyhanko.sign.validation.status import SignatureCoverageLevel
    from pyhanko_certvalidator import ValidationContext

    silence("pyhanko", "pyhanko_certvalidator")
    try:
        reader = PdfFileReader(io.BytesIO(raw))
        (signature,) = reader.embedded_signatures
        context = ValidationContext(trust_roots=[], allow_fetching=False)
        status = validate_pdf_signature(signature, context, skip_diff=True)
    except (
        PdfError,
        SignatureValidationError,
        LookupError,
        TypeError,
        ValueError,
    ) as error:
        return Validity(findings=(f"The signature cannot be read: {error}",))
    certificate = status.signing_cert
    stamp = status.timestamp_validity
    found = []
    if not (status.intact and status.valid):
        found.append("The signature is broken: it is not of this file, or was changed")
    if status.coverage is not SignatureCoverageLevel.ENTIRE_FILE:
        found.append("The signature does not cover the whole file")
    if stamp is not None and not (stamp.intact and stamp.valid):
        found.append("The time stamp of the signature is broken")
    time = stamp.timestamp if stamp else status.signer_reported_dt
    level = "B-B" if stamp is None else "B-LT" if helped else "B-T"
    return Validity(
        _named(certificate.subject),
        _named(certificate.issuer),
        time.astimezone(datetime.UTC).strftime("%Y-%m-%d %H:%M UTC") if time else "",
        stamp is not None,
        level,
        tuple(found),
    )


def _named(name: Any) -> str:
    """Return how a name of a certificate is called: its common name, or all of it."""
    common = name.native.get("common_name")
    return common if isinstance(common, str) else str(name.human_friendly)


def is_known(key: str, data: bytes) -> bool:
    """Tell whether data are what stands under a key of the document security store."""
    from asn1crypto.crl import CertificateList
    from asn1crypto.ocsp import OCSPResponse
    from asn1crypto.x509 import Certificate

    kind = {"/Certs": Certificate, "/CRLs": CertificateList, "/OCSPs": OCSPResponse}[key]
    try:
        return bool(kind.load(data, strict=True).native)
    except (LookupError, TypeError, ValueError):
        return False
