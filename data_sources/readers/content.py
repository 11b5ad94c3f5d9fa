"""The bytes of one thing delivered: a file, what a `.gz` packs, or a member of a `.zip`; and whether it changed meanwhile."""

from __future__ import annotations

import gzip
import io
import zipfile
import zlib
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any, BinaryIO, cast

from ioc.errors import FeedRejected, FeedUnavailable

Stamp = tuple[int, int, int]


@dataclass(frozen=True)
class Content:
    """Something whose bytes can be read as often as needed.

    Attributes:
        name: what people call it, such as `in/june.zip/dossiers.csv`.
        path: the file on disk that holds it.
        unpack: turns the open file into the bytes themselves; None when it needs no unpacking.
        keep: whatever must live as long as the content does (a temporary file).
    """

    name: str
    path: Path
    unpack: Callable[[BinaryIO], BinaryIO] | None = None
    keep: object = None

    @contextmanager
    def open(self) -> Iterator[BinaryIO]:
        """The bytes from the start; every way in which reading them can fail becomes one of our errors."""
        with telling_faults(self.name), self.path.open("rb") as file:
            if self.unpack is None:
                yield file
            else:
                bounded = _Bounded(self.unpack(file), self.name, self.path.stat().st_size)
                with io.BufferedReader(bounded, 1 << 20) as unpacked:
                    yield cast(BinaryIO, unpacked)

    def stamp(self) -> Stamp:
        """What changes when somebody writes to the file."""
        with telling_faults(self.name):
            found = self.path.stat()
        return found.st_ino, found.st_size, found.st_mtime_ns

    def whole(self, most_mib: float) -> bytes:
        """All bytes at once, for formats that cannot be read in pieces."""
        most = int(most_mib * 2**20)
        with self.open() as file:
            data = file.read(most + 1)
        if len(data) > most:
            raise too_large(self.name, most_mib)
        return data


def too_large(name: str, most_mib: float) -> FeedRejected:
    """The refusal of a document that would not fit into memory."""
    return FeedRejected(
        "{name} is larger than {mib:g} MiB when unpacked.",
        "Send it as CSV, NDJSON or Parquet, which are read in pieces, or raise max_document_mib.",
        name=name,
        mib=most_mib,
    )


@contextmanager
def telling_faults(name: str) -> Iterator[None]:
    """Turns the failures of disk and of packed files into our errors."""
    try:
        yield
    except FileNotFoundError as fault:
        raise FeedUnavailable("{name} does not exist.", "Check the path.", name=name) from fault
    except PermissionError as fault:
        raise FeedUnavailable(
            "{name} may not be read by this user.", "Give the account that runs the IOC the right to read it.", name=name
        ) from fault
    except (EOFError, zlib.error, gzip.BadGzipFile, zipfile.BadZipFile) as fault:
        raise FeedRejected(
            "{name} is damaged or cut short: its packed data cannot be read to the end ({fault}).", "Send it again.", name=name, fault=fault
        ) from fault
    except OSError as fault:
        raise FeedUnavailable(
            "{name} cannot be read: {fault}.", "Check the disk or the network share.", name=name, fault=fault.strerror or fault
        ) from fault


# What unpacks to more than this, and to so many times its size, was packed to fill disks: text shrinks to a twentieth, not less.
MOST_UNPACKED, MOST_TIMES = 512 * 2**20, 200


class _Bounded(io.RawIOBase):
    """Unpacked bytes, as many as are plausible. Raises FeedRejected beyond."""

    def __init__(self, unpacked: BinaryIO, name: str, packed: int) -> None:
        self._unpacked, self._name = unpacked, name
        self._left = max(MOST_UNPACKED, packed * MOST_TIMES)

    def readable(self) -> bool:
        return True

    def seekable(self) -> bool:
        return self._unpacked.seekable()

    def seek(self, offset: int, whence: int = io.SEEK_SET) -> int:
        return self._unpacked.seek(offset, whence)

    def readinto(self, buffer: Any) -> int:
        data = self._unpacked.read(len(buffer))
        self._left -= len(data)
        if self._left < 0:
            raise FeedRejected(
                "{name} unpacks to more than {times} times its size and {mib} MiB.",
                "Send what it holds unpacked, if it is what it should be.",
                name=self._name,
                times=MOST_TIMES,
                mib=MOST_UNPACKED >> 20,
            )
        buffer[: len(data)] = data
        return len(data)


def unpack_gzip(file: BinaryIO) -> BinaryIO:
    """The bytes inside a `.gz` file."""
    return cast(BinaryIO, gzip.GzipFile(fileobj=file, mode="rb"))


def unpack_member(member: str) -> Callable[[BinaryIO], BinaryIO]:
    """A function that finds the bytes of one member of a `.zip` file."""

    def unpack(file: BinaryIO) -> BinaryIO:
        return cast(BinaryIO, zipfile.ZipFile(file).open(member))

    return unpack


def members(content: Content) -> list[str]:
    """The files in a `.zip`, in its order, without folders and the notes that file managers leave.

    Raises:
        FeedRejected: the archive is damaged, locked with a password, or holds no file.
    """
    with content.open() as file, zipfile.ZipFile(file) as archive:
        found = [item for item in archive.infolist() if not item.is_dir() and not is_hidden(item.filename)]
    locked = [item.filename for item in found if item.flag_bits & 1]
    if locked:
        raise FeedRejected("{name} is locked with a password ({member}).", "Send it without one.", name=content.name, member=locked[0])
    if not found:
        raise FeedRejected("{name} holds no file.", "Check what was packed.", name=content.name)
    return [item.filename for item in found]


def is_hidden(name: str) -> bool:
    """Whether a path names what programs leave behind (`.DS_Store`, `~$book.xlsx`, `__MACOSX/…`), not something delivered."""
    return any(part.startswith((".", "~$", "__MACOSX")) for part in Path(name).parts if part not in {".", "..", "/"})
