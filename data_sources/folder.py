"""The files at a path, for a feed that looks there again and again: which have come whole, which are dealt with, and where those go.

A file is whole once its size and time of change have stood still. That is observed, not computed from its date, so that neither a
clock set back nor a date in the future matters.
"""

from __future__ import annotations

import errno
import os
import shutil
import threading
from collections.abc import Iterator
from dataclasses import dataclass, field
from pathlib import Path

import watchfiles

from data_sources.readers.content import Content, Stamp, is_hidden, telling_faults
from data_sources.readers.formats import by_suffix
from data_sources.readers.options import FileOptions
from ioc.errors import FeedUnavailable, IocError

_WILD = frozenset("*?[")
# Names that programs give to what they are still writing.
UNFINISHED = frozenset({".part", ".partial", ".filepart", ".tmp", ".temp", ".crdownload"})
# A file that never stands still is looked at so often in one asking, and then left for the next.
PATIENCE = 5
# Network shares may tell nothing of what changes: a watched folder is looked through this often in any case.
LOOK_THROUGH_SECONDS = 60
STEP_MS, TOGETHER_MS = 200, 400


def find(path: str, base: Path, options: FileOptions) -> list[Content]:
    """The files that a path stands for, oldest first.

    Args:
        path: a file, a folder or a pattern.
        base: the folder that a relative path starts from.
        options: the suffixes that are meant, and the folders that are left out.

    Raises:
        FeedUnavailable: it does not exist, or may not be looked at.
    """
    whole = base / Path(path).expanduser()
    if whole.is_file():
        return [Content(path, whole)]
    if _is_pattern(path):
        fixed = _fixed(whole)
        _must_be_folder(fixed)
        files = [each for each in fixed.glob(str(whole.relative_to(fixed))) if each.is_file() and not is_unfinished(each.name)]
    else:
        _must_be_folder(whole)
        with telling_faults(path):
            files = [each for each in whole.iterdir() if each.is_file() and is_ours(each.name, options)]
    left_out = [base / Path(folder).expanduser() for folder in (options.archive, options.reject) if folder]
    files = [each for each in files if not any(each.is_relative_to(folder) for folder in left_out)]
    with telling_faults(path):
        aged = sorted((each.stat().st_mtime_ns, each) for each in files)
    return [Content(str(each.relative_to(base) if each.is_relative_to(base) else each), each) for _, each in aged]


def is_ours(name: str, options: FileOptions) -> bool:
    """Whether a file found in a folder or archive is meant: any when the format is given, otherwise one with a known suffix."""
    return not is_unfinished(name) and (options.format != "auto" or name.lower().endswith(".zip") or by_suffix(name) is not None)


def is_unfinished(name: str) -> bool:
    """Whether a name says that the file is hidden, or still being written."""
    return is_hidden(name) or Path(name).suffix.lower() in UNFINISHED


def _is_pattern(path: str) -> bool:
    return any(_WILD & set(part) for part in Path(path).parts)


def _fixed(pattern: Path) -> Path:
    """The folder that a pattern looks into."""
    return next(part for part in pattern.parents if not any(_WILD & set(name) for name in part.parts))


def _must_be_folder(path: Path) -> None:
    if not path.is_dir():
        raise FeedUnavailable(f"{path} does not exist.", "Check the path of the feed, and that the share is mounted.")


@dataclass
class Folder:
    """The files at the path of a feed. It remembers which are dealt with for as long as the feed lives."""

    options: FileOptions
    base: Path
    _dealt_with: dict[Path, Stamp] = field(default_factory=dict)

    def looks(self, stopping: threading.Event) -> Iterator[None]:
        """Each time that there may be something new: once, or when the folder is watched again and again until it should stop."""
        yield
        if not self.options.watch:
            return
        whole = self.base / Path(self.options.path).expanduser()
        pattern = _is_pattern(self.options.path)
        root = _fixed(whole) if pattern else whole if whole.is_dir() else whole.parent
        changes = watchfiles.watch(
            root,
            watch_filter=None,
            debounce=TOGETHER_MS,
            step=STEP_MS,
            stop_event=stopping,
            rust_timeout=1000,
            yield_on_timeout=True,
            raise_interrupt=False,
            recursive=pattern,
        )
        with telling_faults(self.options.path):
            quiet = 0
            for found in changes:
                quiet = 0 if found else quiet + 1
                # A second after all is quiet there is one look more: for what came between the first look and the beginning of watching.
                if found or quiet == 1 or quiet % LOOK_THROUGH_SECONDS == 0:
                    yield

    def new(self, stopping: threading.Event | None) -> Iterator[Content]:
        """The files that are not dealt with, once they are whole.

        Args:
            stopping: ends waiting for them; without it, they are taken as they are.
        """
        there = {content.path: content for content in find(self.options.path, self.base, self.options)}
        self._dealt_with = {path: stamp for path, stamp in self._dealt_with.items() if path in there}
        waiting = {path: stamp for path in there if (stamp := _stamp(there[path])) and self._dealt_with.get(path) != stamp}
        for _ in range(PATIENCE):
            if stopping is None:
                yield from [there[path] for path in waiting]
                return
            if not waiting or stopping.wait(self.options.settle_seconds):
                return
            now = {path: _stamp(there[path]) for path in waiting}
            yield from [there[path] for path, stamp in waiting.items() if now[path] == stamp]
            waiting = {path: stamp for path, stamp in now.items() if stamp and stamp != waiting[path]}

    def leads_out(self, content: Content) -> bool:
        """Whether a file is a link to somewhere else, which whoever may write here could use to have anything read."""
        return content.path.is_symlink() and not content.path.resolve().is_relative_to(content.path.parent.resolve())

    def deal_with(self, content: Content, stamp: Stamp, fault: IocError | None) -> None:
        """Put a file that is dealt with where it belongs, and do not offer it again.

        Raises:
            FeedUnavailable: it cannot be put there; it is offered again.
        """
        target = self.options.reject if fault else self.options.archive
        if target:
            move(content.path, self.base / Path(target).expanduser(), fault)
        else:
            self._dealt_with[content.path] = stamp


def _stamp(content: Content) -> Stamp | None:
    """What changes when somebody writes to a file; None when it is gone."""
    try:
        return content.stamp()
    except FeedUnavailable:
        return None


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
            f"{path.name} was taken in, but cannot be moved to {folder}: {error.strerror or error}.",
            "Check the folder and its permissions; it is tried again, and not taken in twice.",
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
    """Move to another file system: the file is there whole before it is gone here."""
    part = target.with_name(f".{target.name}.part")
    with path.open("rb") as source, part.open("wb") as copy:
        shutil.copyfileobj(source, copy, 1 << 20)
        copy.flush()
        os.fsync(copy.fileno())
    shutil.copystat(path, part)
    part.rename(target)
    path.unlink()
