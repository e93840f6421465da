"""The text of PDF objects, as qpdf writes it: one line each, a space between tokens.

References are to ISO 32000-1 (PDF 1.7).
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence

from pikepdf import String


def string(text: str) -> bytes:
    """Return a text string (7.9.2.2); one with U+FFFD, which PDFDocEncoding lacks, is in UTF-16."""
    made = String(b"\xfe\xff" + text.encode("utf-16-be")) if "\ufffd" in text else String(text)
    return bytes(made.unparse())


def array(items: Iterable[bytes]) -> bytes:
    """Return an array of objects."""
    return b"[ %b ]" % b" ".join(items)


def reference(number: int) -> bytes:
    """Return a reference to an object."""
    return b"%d 0 R" % number


def references(numbers: Iterable[int]) -> bytes:
    """Return an array of references."""
    return array(b"%d 0 R" % number for number in numbers)


def measures(values: Sequence[float]) -> bytes:
    """Return an array of numbers, in hundredths."""
    return array(b"%g" % round(value, 2) for value in values)


def decimal(value: float) -> bytes:
    """Return a number in thousandths."""
    return f"{value:.3f}".rstrip("0").rstrip(".").encode()


def decimal_of_place(value: float) -> bytes:
    """Return a number in millionths, as for a scale."""
    return f"{value:.6f}".rstrip("0").rstrip(".").encode()


def stream(number: int, dictionary: bytes, data: bytes) -> bytes:
    """Return a stream as it stands in a file (7.3.8); ``dictionary`` has its entries but the length."""
    return b"%d 0 obj\n<< %b/Length %d >>\nstream\n%b\nendstream\nendobj\n" % (
        number,
        dictionary,
        len(data),
        data,
    )


DEFLATED = b"/Filter /FlateDecode "
