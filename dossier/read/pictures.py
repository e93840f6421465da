"""Reads the pictures that letters show: PNG and JPEG files of the corpus.

A picture is printed without its metadata, which may tell where and by whom it was taken.
"""

from __future__ import annotations

import functools
import hashlib
import io
import re
import warnings
from collections.abc import Iterator
from pathlib import PurePosixPath

from PIL import Image, ImageFile

from dossier.machine import files
from dossier.names.likeness import did_you_mean
from dossier.read.reader import Reader
from dossier.records.pictures import PictureFile

MAX_BYTES = files.MAX_BYTES
MIN_PIXELS = 16
"""The least width and height: smaller pictures are those that web pages count their visitors with."""
MAX_PIXELS = 40_000_000
"""Width times height: the picture of a good camera."""
SUFFIXES = {".png", ".jpg", ".jpeg"}
BEGINNINGS = {b"\x89PNG\r\n\x1a\n": "PNG", b"\xff\xd8\xff": "JPEG"}
UPRIGHT = 1
ORIENTATION = 0x0112
"""The Exif tag that says how a picture is to be turned."""
METADATA = frozenset((0xE1, *range(0xE3, 0xEE), 0xEF, 0xFE))
"""JPEG segments (ITU-T T.81, B.2.4) with Exif, XMP, other programs' notes and comments; not those that
tell how colours are stored: APP0, APP2 and APP14."""
START_OF_SCAN = 0xDA
SCHEME = re.compile(r"[A-Za-z][A-Za-z0-9+.-]*:|//")
SAVE_AS = "Save it as PNG or JPEG."


class PictureFaultError(Exception):
    """A picture cannot be printed; ``args`` are the message and the remedy."""


class Album:
    """The pictures of a corpus, each read once."""

    def __init__(self, reader: Reader) -> None:
        """Take the corpus."""
        self._reader = reader
        self.picture = functools.cache(self._picture)

    def _picture(self, path: str) -> PictureFile | tuple[str, str]:
        """Return the picture at ``path``, relative to the corpus, or message and remedy of its fault."""
        try:
            return self._read(path)
        except PictureFaultError as error:
            message, remedy = error.args
            return message, remedy

    def _read(self, name: str) -> PictureFile:
        reader = self._reader
        if SCHEME.match(name):
            raise PictureFaultError(
                f"The picture “{name}” is an address, and nothing is fetched from elsewhere",
                "Put the file into the corpus, and write its path, as in pictures/map.png.",
            )
        parts = PurePosixPath(name)
        if not name or parts.is_absolute() or ".." in parts.parts:
            raise PictureFaultError(
                f"“{name}” is not a path inside the corpus" if name else "The picture has no path",
                "Put the picture into the corpus, and write its path from there, as in pictures/map.png.",
            )
        path = reader.resolve(name)
        if path is None:
            there = sorted(_pictures_in(reader))
            remedy = did_you_mean(
                name, there, "Put the picture into the corpus, or remove it here."
            )
            raise PictureFaultError(f"There is no picture “{name}” in the corpus", remedy)
        try:
            with path.open("rb") as file:
                raw = file.read(MAX_BYTES + 1)
        except OSError as error:
            message = f"The picture “{name}” cannot be read: {error.strerror}"
            raise PictureFaultError(message, "Check that you may read it.") from None
        if len(raw) > MAX_BYTES:
            message = f"The picture “{name}” is larger than {MAX_BYTES / 1_000_000:g} MB"
            raise PictureFaultError(
                message, "Save it smaller: 1,000 pixels fill the width of a page."
            )
        return read_picture(name, raw)


def _pictures_in(reader: Reader) -> Iterator[str]:
    for path in reader.root.rglob("*"):
        if path.suffix.lower() in SUFFIXES and path.is_file():
            yield path.relative_to(reader.root).as_posix()


def read_picture(name: str, raw: bytes) -> PictureFile:
    """Return the picture of a file's bytes; raise PictureFaultError where it cannot be printed."""
    kind = next((kind for begin, kind in BEGINNINGS.items() if raw.startswith(begin)), "")
    if not kind:
        raise PictureFaultError(f"“{name}” is neither a PNG nor a JPEG file", SAVE_AS)
    lenient = ImageFile.LOAD_TRUNCATED_IMAGES
    # The typesetter sets this for the whole program.
    ImageFile.LOAD_TRUNCATED_IMAGES = False
    try:
        with warnings.catch_warnings():
            warnings.simplefilter("error", Image.DecompressionBombWarning)
            with Image.open(io.BytesIO(raw), formats=(kind,)) as image:
                _refuse(name, image)
                image.load()
                return _picture(name, raw, kind, image)
    except (Image.DecompressionBombError, Image.DecompressionBombWarning):
        raise _too_large(name) from None
    except (OSError, SyntaxError, ValueError, EOFError, IndexError, KeyError, TypeError):
        message = f"The picture “{name}” is damaged"
        raise PictureFaultError(message, "Save it anew from the program that made it.") from None
    finally:
        ImageFile.LOAD_TRUNCATED_IMAGES = lenient


def _too_large(name: str) -> PictureFaultError:
    return PictureFaultError(
        f"The picture “{name}” has more than {MAX_PIXELS / 1_000_000:g} million pixels",
        "Save it smaller: 1,000 pixels fill the width of a page.",
    )


def _refuse(name: str, image: Image.Image) -> None:
    """Raise PictureFaultError for a picture that cannot be printed, before its pixels are read."""
    if image.width * image.height > MAX_PIXELS:
        raise _too_large(name)
    if min(image.size) < MIN_PIXELS:
        raise PictureFaultError(
            f"The picture “{name}” has {image.width} × {image.height} pixels, too few to be seen",
            f"It needs {MIN_PIXELS} at least each way: take a larger copy, or remove it here.",
        )
    if getattr(image, "n_frames", 1) > 1 and image.format == "PNG":
        raise PictureFaultError(
            f"The picture “{name}” is animated", "Save one of its pictures alone."
        )
    if image.mode in ("CMYK", "YCCK", "LAB"):
        message = f"The picture “{name}” has colours for a printing press ({image.mode})"
        raise PictureFaultError(message, "Save it with colours for the screen (RGB).")
    if image.mode.startswith(("I", "F")):
        message = f"The picture “{name}” has more than 8 bits for each colour"
        raise PictureFaultError(message, "Save it with 8 bits for each colour.")
    if image.getexif().get(ORIENTATION, UPRIGHT) != UPRIGHT:
        raise PictureFaultError(
            f"The picture “{name}” is stored lying on its side, with a note to turn it",
            "Turn it in a picture editor, and save it upright.",
        )


def _picture(name: str, raw: bytes, kind: str, image: Image.Image) -> PictureFile:
    checksum = hashlib.sha256(raw).hexdigest()
    if kind == "JPEG":
        data = without_metadata(raw)
        drawn = hashlib.sha256(data).hexdigest()
        return PictureFile(name, checksum, "jpeg", image.width, image.height, data, drawn)
    flat = _flattened(image)
    made = io.BytesIO()
    flat.save(made, format="PNG", optimize=False)
    drawn = hashlib.sha256(flat.tobytes()).hexdigest()
    return PictureFile(name, checksum, "png", *flat.size, made.getvalue(), drawn)


def _flattened(image: Image.Image) -> Image.Image:
    """Return a picture in grey or RGB on white: PDF/A readers differ in how they blend transparency."""
    if image.mode in ("L", "1") and "transparency" not in image.info:
        flat = image.convert("L")
    elif image.has_transparency_data:
        with_alpha = image.convert("RGBA")
        white = Image.new("RGBA", image.size, "white")
        flat = Image.alpha_composite(white, with_alpha).convert("RGB")
    else:
        flat = image.convert("RGB")
    flat.info.clear()
    return flat


def without_metadata(raw: bytes) -> bytes:
    """Return a JPEG file without Exif, comments and the like; the picture itself is not coded anew."""
    kept, place = [raw[:2]], 2
    while place + 4 <= len(raw) and raw[place] == 0xFF:
        marker = raw[place + 1]
        if marker == 0xFF:  # a fill byte (B.1.1.2)
            place += 1
            continue
        end = place + 2 + int.from_bytes(raw[place + 2 : place + 4])
        if marker == START_OF_SCAN:
            break
        if marker not in METADATA:
            kept.append(raw[place:end])
        place = end
    return b"".join([*kept, raw[place:]])
