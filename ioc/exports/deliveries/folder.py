"""Puts files into a folder: whoever watches it never sees half of one."""

from __future__ import annotations

import filecmp
import os
import shutil
from collections.abc import Iterator
from itertools import count
from pathlib import Path

from ioc.exports.deliveries.parcel import DeliveryFault, Parcel


def put(parcel: Parcel, folder: Path) -> None:
    """Put them there, beside others of the same name and minute. Raises DeliveryFault; then nothing half-written is left."""
    drafts: list[tuple[Path, Path]] = []
    try:
        folder.mkdir(parents=True, exist_ok=True)
        mark = next(mark for mark in _marks() if all(_is_free(_named(folder, file, mark), file) for file in parcel.files))
        for file in parcel.files:
            draft = folder / f".{file.name}.{os.getpid()}"
            drafts.append((draft, _named(folder, file, mark)))
            shutil.copyfile(file, draft)
        for draft, whole in drafts:
            draft.replace(whole)
    except OSError as error:
        for draft, _ in drafts:
            draft.unlink(missing_ok=True)
        raise DeliveryFault(
            "{folder} cannot be written: {fault}.", "Look at its permissions and at the disk.", folder=folder, fault=error.strerror or error
        ) from error


def _marks() -> Iterator[str]:
    yield ""
    yield from (f"-{number}" for number in count(2))


def _named(folder: Path, file: Path, mark: str) -> Path:
    """A file's place: the mark stands before what its name ends with, a signature's included."""
    name, dot, ending = file.name.partition(".")
    return folder / f"{name}{mark}{dot}{ending}"


def _is_free(place: Path, file: Path) -> bool:
    """Whether nothing else stands there; the same file may, from an attempt before."""
    return not place.exists() or filecmp.cmp(place, file, shallow=False)
