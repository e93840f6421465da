"""``enclose:`` of a packet: what becomes of the files that letters name as their sources."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import PurePosixPath
from types import MappingProxyType

ATTACHED = "attached"
MEDIA_TYPES: Mapping[str, str] = MappingProxyType(
    {
        ".csv": "text/csv",
        ".doc": "application/msword",
        ".docx": "application/vnd.openxmlformats-officedocument.wordprocessingml.document",
        ".eml": "message/rfc822",
        ".epub": "application/epub+zip",
        ".gif": "image/gif",
        ".htm": "text/html",
        ".html": "text/html",
        ".jpeg": "image/jpeg",
        ".jpg": "image/jpeg",
        ".json": "application/json",
        ".md": "text/markdown",
        ".mhtml": "multipart/related",
        ".msg": "application/vnd.ms-outlook",
        ".odt": "application/vnd.oasis.opendocument.text",
        ".pdf": "application/pdf",
        ".png": "image/png",
        ".rtf": "application/rtf",
        ".tif": "image/tiff",
        ".tiff": "image/tiff",
        ".tsv": "text/tab-separated-values",
        ".txt": "text/plain",
        ".webp": "image/webp",
        ".xml": "application/xml",
        ".zip": "application/zip",
    }
)
"""The media types of files (RFC 2046), by suffix. Not the machine's list: that differs between machines."""
ANY_TYPE = "application/octet-stream"


def media_type(path: str) -> str:
    """Return the media type of a file, as its suffix tells."""
    return MEDIA_TYPES.get(PurePosixPath(path).suffix.lower(), ANY_TYPE)


@dataclass(frozen=True)
class Attachment:
    """A file that is embedded in a PDF."""

    path: str
    """Relative to the corpus."""
    name: str
    """The name under which a reader saves it."""
    media_type: str
    description: str
    sha256: str
    size: int
    """In bytes."""
    letters: tuple[str, ...]
    """The ids of the letters whose source it is."""
