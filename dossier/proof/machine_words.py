"""Has Tesseract read a foreign page once more, to compare what the dossier says was read on it.

What it says comes as ALTO, an XML format of the Library of Congress, and not in the form from which the
words were printed.
"""

from __future__ import annotations

import io
import xml.etree.ElementTree as ET
from collections.abc import Iterator

from PIL import Image

from dossier.machine.tesseract import UnreadError, tesseract
from dossier.proof.objects import UnreadableError
from dossier.records.enclosing import UNREAD

Box = tuple[float, float, float, float]
PLACES = ("HPOS", "VPOS", "WIDTH", "HEIGHT")
WORD = ".//{*}String"


def identity(code: str) -> str:
    """Return what decides how pages of a language are read; nothing where nothing reads them."""
    there = tesseract()
    return there.identity(code) if there and code in there.data else ""


def machine_words(image: Image.Image, dots: int, code: str, box: Box) -> Iterator[tuple[str, Box]]:
    """Yield the words that are read on a picture, each with its place where that fills ``box``."""
    there = tesseract()
    if there is None:
        raise UnreadableError("cannot be compared: Tesseract, which reads scans, is not installed")
    file = io.BytesIO()
    image.convert("L").save(file, "PNG", compress_level=1)
    try:
        told = there.read(file.getvalue(), code, "alto", dots)
        page = ET.fromstring(told)
    except UnreadError as error:
        raise UnreadableError(
            f"cannot be compared: Tesseract does not read a page: {error}"
        ) from None
    except ET.ParseError as error:
        raise UnreadableError(f"cannot be compared: Tesseract says nonsense: {error}") from None
    across, up = (box[2] - box[0]) / image.width, (box[3] - box[1]) / image.height
    for word in page.iterfind(WORD):
        said = "".join(char for char in word.get("CONTENT", "") if not UNREAD.match(char))
        x, y, wide, high = (float(word.get(key, "0")) for key in PLACES)
        if said:
            low = box[3] - up * (y + high)
            yield said, (box[0] + across * x, low, box[0] + across * (x + wide), box[3] - up * y)
