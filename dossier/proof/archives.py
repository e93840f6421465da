"""Reads ZIP archives strictly: nothing stands between the files, and all are as a build writes them."""

from __future__ import annotations

import io
import zipfile
from collections.abc import Sequence

LARGEST = 1 << 30
"""Bytes that no file of ours has, unpacked; more is an attack on the reader."""
EARLIEST = (1980, 1, 1, 0, 0, 0)
LOCAL, CENTRAL, END = 30, 46, 22
"""The lengths of the records of the format, without names."""


class MalformedError(Exception):
    """The archive is not as a build writes it; the message says why."""


def read(content: bytes, stored: Sequence[str] = ()) -> dict[str, bytes]:
    """Return the files of an archive in their sequence; those that are ``stored`` must not be packed.

    Raises MalformedError.
    """
    try:
        with zipfile.ZipFile(io.BytesIO(content)) as file:
            infos = file.infolist()
            if sum(info.file_size for info in infos) > LARGEST:
                raise MalformedError("it is too large")
            names = [info.filename for info in infos]
            if len(set(names)) < len(names):
                raise MalformedError("a file is in it twice")
            place = 0
            for info in infos:
                _plain(info, place, info.filename in stored)
                place += LOCAL + len(info.filename.encode()) + info.compress_size
            directory = sum(CENTRAL + len(name.encode()) for name in names)
            if file.comment or place + directory + END != len(content):
                raise MalformedError("it has bytes that belong to no file")
            return {info.filename: file.read(info) for info in infos}
    except (zipfile.BadZipFile, NotImplementedError, EOFError, ValueError, OSError) as error:
        raise MalformedError(str(error)) from None
    except Exception as error:
        # zlib has an exception of its own, which is no other's.
        raise error if isinstance(error, MalformedError) else MalformedError(str(error)) from None


def _plain(info: zipfile.ZipInfo, place: int, is_stored: bool) -> None:
    """Refuse a file with anything that a build does not write."""
    if info.extra or info.comment or info.external_attr or info.internal_attr:
        raise MalformedError(f"“{info.filename}” has more than its content")
    if info.date_time != EARLIEST or info.header_offset != place:
        raise MalformedError(f"“{info.filename}” has another time or place")
    if is_stored and info.compress_type != zipfile.ZIP_STORED:
        raise MalformedError(f"“{info.filename}” is packed")
