"""Files that are there as a whole or as they were, whenever the machine loses its power."""

from __future__ import annotations

import os
from pathlib import Path

# How a file is called while it is being written.
PART = ".part"


def replace_file(path: Path, data: bytes | str, mode: int = 0o666) -> None:
    """Write a file so that at any moment either the old or the new one is there; ``mode``: who may read it. Raises OSError."""
    path.parent.mkdir(parents=True, exist_ok=True)
    part = path.with_name(f".{path.name}{PART}")
    part.unlink(missing_ok=True)
    with os.fdopen(os.open(part, os.O_CREAT | os.O_EXCL | os.O_WRONLY, mode), "wb") as file:
        file.write(data.encode() if isinstance(data, str) else data)
        file.flush()
        os.fsync(file.fileno())
    part.replace(path)
    sync_folder(path.parent)


def sync_folder(folder: Path) -> None:
    """Bring names that were given or taken in a folder to the disk. Raises OSError."""
    handle = os.open(folder, os.O_RDONLY)
    try:
        os.fsync(handle)
    finally:
        os.close(handle)
