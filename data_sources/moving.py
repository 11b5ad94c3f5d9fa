"""Puts files away: whole, under names that are free, and never over another file."""

from __future__ import annotations

import errno
import os
import shutil
from pathlib import Path

from ioc.errors import FeedUnavailable, IocError


def move(path: Path, folder: Path, fault: IocError | None) -> None:
    """Move a file into a folder, under a name that is free there; one at fault with a note beside it that says why.

    Raises:
        FeedUnavailable: that is not possible; the file is where it was.
    """
    try:
        folder.mkdir(parents=True, exist_ok=True)
        free = _free(folder, path.name)
        try:
            path.rename(free)
        except OSError as error:
            if error.errno != errno.EXDEV:
                raise
            _carry(path, free)
        if fault:
            free.with_name(f"{free.name}.txt").write_text(f"Không đọc được tệp này / This file could not be read:\n{fault}\n", "utf-8")
    except FileNotFoundError:
        return  # somebody has taken it away: it is dealt with
    except OSError as error:
        raise FeedUnavailable(
            "{name} was taken in, but cannot be moved to {folder}: {fault}.",
            "Check the folder and its permissions; it is tried again, and not taken in twice.",
            name=path.name,
            folder=folder,
            fault=error.strerror or error,
        ) from error


def _free(folder: Path, name: str) -> Path:
    """A path in the folder that nothing has: the name, with a number if need be."""
    stem, dot, suffix = name.partition(".")
    number, path = 1, folder / name
    while path.exists():
        number += 1
        path = folder / f"{stem}-{number}{dot}{suffix}"
    return path


def _carry(path: Path, target: Path) -> None:
    """Move to another file system: the file is there whole before it is gone here. Of a link, what it leads to is not read."""
    if path.is_symlink():
        target.symlink_to(path.readlink())
        path.unlink()
        return
    part = target.with_name(f".{target.name}.part")
    with path.open("rb") as source, part.open("wb") as copy:
        shutil.copyfileobj(source, copy, 1 << 20)
        copy.flush()
        os.fsync(copy.fileno())
    shutil.copystat(path, part)
    part.rename(target)
    path.unlink()
