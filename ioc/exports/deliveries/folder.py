"""Puts files into a folder: whoever watches it never sees half of one."""

from __future__ import annotations

import os
import shutil
from pathlib import Path

from ioc.exports.deliveries.parcel import DeliveryFault, Parcel


def put(parcel: Parcel, folder: Path) -> None:
    """Put them there. Raises DeliveryFault; then nothing half-written is left."""
    drafts: list[tuple[Path, Path]] = []
    try:
        folder.mkdir(parents=True, exist_ok=True)
        for file in parcel.files:
            draft = folder / f".{file.name}.{os.getpid()}"
            drafts.append((draft, folder / file.name))
            shutil.copyfile(file, draft)
        for draft, whole in drafts:
            draft.replace(whole)
    except OSError as error:
        for draft, _ in drafts:
            draft.unlink(missing_ok=True)
        raise DeliveryFault(
            "{folder} cannot be written: {fault}.", "Look at its permissions and at the disk.", folder=folder, fault=error.strerror or error
        ) from error
