"""Reads scans: pictures that are pages by themselves, in PNG, JPEG and TIFF files."""

from __future__ import annotations

import dataclasses
import hashlib
import io
import warnings

from PIL import Image, ImageSequence

from dossier.read.pictures import MAX_PIXELS, PictureFaultError, read_picture
from dossier.records.enclosing import MOST_PAGES
from dossier.records.pictures import PictureFile

TIFF = (b"II*\0", b"MM\0*")
"""What a TIFF file begins with."""
DAMAGED = (OSError, SyntaxError, ValueError, EOFError, IndexError, KeyError, TypeError)
"""What Pillow raises for a picture that is none."""


def is_scan(raw: bytes) -> bool:
    """Tell whether a file that begins with these bytes is a picture."""
    return raw.startswith((*TIFF, b"\x89PNG\r\n\x1a\n", b"\xff\xd8\xff"))


def read_scans(name: str, raw: bytes) -> tuple[PictureFile, ...]:
    """Return the pages of a picture file; raise PictureFaultError where one cannot be printed."""
    if not raw.startswith(TIFF):
        return (read_picture(name, raw),)
    checksum = hashlib.sha256(raw).hexdigest()
    found: list[PictureFile] = []
    try:
        with warnings.catch_warnings():
            warnings.simplefilter("ignore")  # what Pillow says of odd notes in a file
            warnings.simplefilter("error", Image.DecompressionBombWarning)
            with Image.open(io.BytesIO(raw), formats=("TIFF",)) as image:
                if getattr(image, "n_frames", 1) > MOST_PAGES:
                    raise PictureFaultError(
                        f"The picture “{name}” has more than {MOST_PAGES:,} pages",
                        "Divide it, and enclose what belongs to the letter.",
                    )
                for frame in ImageSequence.Iterator(image):
                    if frame.width * frame.height > MAX_PIXELS:
                        raise Image.DecompressionBombError
                    # The pages of a PNG file are checked and made flat in the same way.
                    page = read_picture(name, _as_png(frame))
                    found.append(dataclasses.replace(page, sha256=checksum))
    except (Image.DecompressionBombError, Image.DecompressionBombWarning):
        raise PictureFaultError(
            f"The picture “{name}” has more than {MAX_PIXELS / 1_000_000:g} million pixels",
            "Scan it again with 300 dots per inch.",
        ) from None
    except DAMAGED:
        message = f"The picture “{name}” is damaged"
        raise PictureFaultError(message, "Save it anew from the program that made it.") from None
    return tuple(found)


def _as_png(frame: Image.Image) -> bytes:
    """Return a page of a TIFF file as a PNG file, upright as its orientation says."""
    made = io.BytesIO()
    plain = frame.convert("RGB") if frame.mode in ("CMYK", "YCbCr", "LAB") else frame
    plain.save(made, format="PNG", exif=b"", compress_level=1)
    return made.getvalue()
