"""Packs: files of blocks, each with an index of what stands where. A block that is in any pack is not written again."""

from __future__ import annotations

import os
import struct
from collections.abc import Iterator, Mapping
from concurrent.futures import Future, ThreadPoolExecutor
from dataclasses import dataclass
from pathlib import Path
from typing import BinaryIO

from ioc.atomic_files import PART, replace_file, sync_folder
from ioc.backup.sealing import BackupFault, Damaged, Data, Seal
from ioc.errors import Said

_ENTRY = struct.Struct(">32sQI")
PACK, INDEX = ".pack", ".index"
# What is written is brought to the disk in steps, beside what goes on, so that no commit waits for all of it at once.
_STEP = 32 << 20


@dataclass(frozen=True)
class Place:
    """Where a block stands."""

    pack: Path
    start: int
    length: int


def index_of(folder: Path) -> dict[bytes, Place]:
    """Where every block of a folder of packs stands. Raises Damaged, naming the index."""
    found: dict[bytes, Place] = {}
    for index in sorted(folder.glob(f"*{INDEX}")):
        data, pack = index.read_bytes(), index.with_suffix(PACK)
        size = pack.stat().st_size if pack.exists() else 0
        if len(data) % _ENTRY.size:
            raise Damaged("{file} is damaged: it ends in the middle of an entry.", "Take it from another copy of this folder.", file=index)
        for name, start, length in _ENTRY.iter_unpack(data):
            if start + length <= size:  # what is beyond the end of a pack that was cut short is not there
                found[name] = Place(pack, start, length)
    return found


class PackWriter:
    """Writes one pack; it counts once ``finish`` has returned.

    Args:
        folder: where packs stand.
        name: of the new one.
    """

    def __init__(self, folder: Path, name: str) -> None:
        self._pack, self._index = folder / f"{name}{PACK}", folder / f"{name}{INDEX}"
        self._file: BinaryIO = self._pack.with_suffix(PART).open("wb", buffering=0)
        self._entries: dict[bytes, Place] = {}
        self._at = self._synced = 0
        self._syncing = ThreadPoolExecutor(1)
        self._step: Future[None] | None = None

    def __contains__(self, name: bytes) -> bool:
        return name in self._entries

    @property
    def size(self) -> int:
        """Bytes written so far."""
        return self._at

    def add(self, name: bytes, kept: Data) -> None:
        """Append a block."""
        written = 0
        while written < len(kept):
            written += self._file.write(memoryview(kept)[written:])
        self._entries[name] = Place(self._pack, self._at, len(kept))
        self._at += len(kept)
        if self._at - self._synced >= _STEP:
            if self._step:
                self._step.result()
            self._step, self._synced = self._syncing.submit(os.fdatasync, self._file.fileno()), self._at

    def finish(self) -> dict[bytes, Place]:
        """Bring all to the disk; where its blocks stand."""
        self._syncing.shutdown()
        if self._step:
            self._step.result()  # a disk tells a fault once: the sync after it would say that all is well
        os.fsync(self._file.fileno())
        self._file.close()
        if not self._entries:
            self._pack.with_suffix(PART).unlink()
            return {}
        replace_file(self._index, b"".join(_ENTRY.pack(name, place.start, place.length) for name, place in self._entries.items()))
        self._pack.with_suffix(PART).rename(self._pack)
        sync_folder(self._pack.parent)
        return self._entries

    def give_up(self) -> None:
        """Leave nothing behind."""
        self._syncing.shutdown()
        self._file.close()
        for path in (self._pack.with_suffix(PART), self._pack, self._index):
            path.unlink(missing_ok=True)


class PackReader:
    """Reads blocks, with the packs open that have been asked for.

    Args:
        places: where each stands.
        seal: opens and checks them.
    """

    def __init__(self, places: Mapping[bytes, Place], seal: Seal) -> None:
        self._places, self._seal = places, seal
        self._files: dict[Path, BinaryIO] = {}

    def read(self, name: bytes) -> bytes:
        """A block. Raises Damaged, naming the file and the place in it."""
        place = self._places.get(name)
        if place is None:
            raise Damaged("A block is missing ({block}…): a pack is gone or was cut short.", _ELSEWHERE, block=name.hex()[:12])
        try:
            if place.pack not in self._files:
                self._files[place.pack] = place.pack.open("rb")
            kept = os.pread(self._files[place.pack].fileno(), place.length, place.start)
            return self._seal.opened(kept, name)
        except Damaged as error:
            raise Damaged("{file} is damaged at byte {place}.", _ELSEWHERE, file=place.pack, place=place.start) from error
        except OSError as error:
            raise BackupFault("{file} cannot be read: {told}.", _ELSEWHERE, file=place.pack, told=Said(str(error.strerror))) from error

    def close(self) -> None:
        """Let go of the packs."""
        for file in self._files.values():
            file.close()


_ELSEWHERE = Said("Put back another backup (--list names them, --at takes one), or take the pack from another copy of this folder.")


def sweep(folder: Path, needed: set[bytes], seal: Seal) -> None:
    """Remove what no backup needs any more: packs as a whole, and of those of which less than half is needed the rest."""
    for leftover in folder.glob(f"*{PART}"):
        leftover.unlink()
    for index in list(folder.glob(f"*{INDEX}")):
        _sweep_pack(index, needed, seal)


def _sweep_pack(index: Path, needed: set[bytes], seal: Seal) -> None:
    pack = index.with_suffix(PACK)
    if not pack.exists():
        index.unlink()
        return
    entries = [(name, Place(pack, start, length)) for name, start, length in _ENTRY.iter_unpack(index.read_bytes())]
    live = [(name, place) for name, place in entries if name in needed]
    if not live:
        index.unlink()
        pack.unlink()
    elif 2 * sum(place.length for _, place in live) < pack.stat().st_size:
        writer = PackWriter(index.parent, f"{index.stem.partition('~')[0]}~{os.urandom(4).hex()}")
        try:
            with pack.open("rb") as file:
                for name, kept in _kept(file, live):
                    seal.opened(kept, name)  # what is damaged is not carried on as if it were whole
                    writer.add(name, kept)
            writer.finish()
        except (OSError, Damaged):  # the old one stays, which is only larger
            writer.give_up()
            return
        index.unlink()
        pack.unlink()


def _kept(file: BinaryIO, entries: list[tuple[bytes, Place]]) -> Iterator[tuple[bytes, bytes]]:
    for name, place in entries:
        yield name, os.pread(file.fileno(), place.length, place.start)
