"""Asks a time-stamp server (RFC 3161), and believes no answer that does not stamp what was sent."""

from __future__ import annotations

import asyncio
import hmac

import aiohttp
from asn1crypto import cms
from pyhanko.sign.timestamps import HTTPTimeStamper
from pyhanko.sign.validation.errors import SignatureValidationError
from pyhanko.sign.validation.generic_cms import validate_tst_signed_data
from pyhanko_certvalidator import ValidationContext

PATIENCE = 20
"""Seconds that a server may take to answer."""
REFUSING = (aiohttp.ClientError, asyncio.TimeoutError, OSError)
"""What asking raises where a server is not there, is slow, or refuses."""
NONSENSE = (
    ArithmeticError, AssertionError, AttributeError, LookupError, TypeError, ValueError,
    SignatureValidationError,
)  # fmt: skip
"""What reading an answer raises that is none: its parts are parsed when they are looked at."""


class NoStampError(Exception):
    """A server gave no time stamp; the message says why."""


class Stamper(HTTPTimeStamper):
    """A time-stamp server."""

    def __init__(self, address: str) -> None:
        """Take the server's address."""
        super().__init__(address, timeout=PATIENCE)

    async def async_timestamp(self, message_digest: bytes, md_algorithm: str) -> cms.ContentInfo:
        """Return the time stamp of a digest; raise NoStampError where the server gives none."""
        try:
            stamp = await super().async_timestamp(message_digest, md_algorithm)
        except REFUSING as error:
            raise NoStampError(reason(error)) from None
        except NONSENSE:
            raise NoStampError("its answer has no time stamp") from None
        try:
            await _check(stamp, message_digest, md_algorithm)
        except NONSENSE:
            raise NoStampError("its answer has no time stamp") from None
        return stamp


async def _check(stamp: cms.ContentInfo, message_digest: bytes, md_algorithm: str) -> None:
    """Raise NoStampError for a time stamp of something else, or that its certificate does not allow."""
    signed = stamp["content"]
    said = signed["encap_content_info"]["content"].parsed
    imprint = said["message_imprint"]
    digest, algorithm = (
        imprint["hashed_message"].native,
        imprint["hash_algorithm"]["algorithm"].native,
    )
    if algorithm != md_algorithm or not hmac.compare_digest(digest, message_digest):
        raise NoStampError("its answer stamps something else")
    context = ValidationContext(trust_roots=[], allow_fetching=False)
    status = await validate_tst_signed_data(signed, context, lambda _: message_digest)
    if not (status["intact"] and status["valid"]):
        raise NoStampError("the signature of its time stamp is broken")
    certificate = status["signing_cert"]
    uses = certificate.extended_key_usage_value
    if uses is None or "time_stamping" not in uses.native:
        raise NoStampError("its certificate is not for time stamps")
    begins, ends = certificate.not_valid_before, certificate.not_valid_after
    if not begins <= said["gen_time"].native <= ends:
        raise NoStampError(
            f"its certificate is valid from {begins:%Y-%m-%d} to {ends:%Y-%m-%d} only"
        )
    # What reserves room for the signature looks for its issuer and number.
    if any(one["sid"].name != "issuer_and_serial_number" for one in signed["signer_infos"]):
        raise NoStampError("it does not name its certificate by issuer and number")


def reason(error: BaseException | None) -> str:
    """Return what an exception says, on one line; its cause says more than itself."""
    assert error is not None
    while error.__cause__ is not None and not isinstance(error, asyncio.TimeoutError):
        error = error.__cause__
    if isinstance(error, asyncio.TimeoutError):
        return f"it takes more than {PATIENCE} seconds"
    return " ".join(str(error).split()) or type(error).__name__
