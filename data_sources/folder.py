"""The files at a path, for a feed that looks there again and again: which have come whole, which are dealt with, and where those go.

A file is whole once its size and time of change have stood still. That is observed, not computed from its date, so that neither a
clock set back nor a date in the future matters.
"""

from __future__ import annotations

import contextlib
import hashlib
import threading
from collections.abc import Container, Iterator
from dataclasses import dataclass, field
from pathlib import Path

import watchfiles

from data_sources.moving import move
from data_sources.readers.content import Content, Stamp, is_hidden, telling_faults
from data_sources.readers.formats import by_suffix
from data_sources.readers.options import FileOptions, FolderOptions
from ioc.errors import FeedRejected, FeedUnavailable, IocError
from ioc.intake.port import Occasion

_WILD = frozenset("*?[")
# Names that programs give to what they are still writing.
UNFINISHED = frozenset({".part", ".partial", ".filepart", ".tmp", ".temp", ".crdownload"})
# A file that never stands still is looked at so often in one asking, and then left for the next.
PATIENCE = 5
# Network shares may tell nothing of what changes: a watched folder is looked through this often in any case.
LOOK_THROUGH_SECONDS = 60
# So many files that are dealt with are remembered with one commit; what is lost with the program is only read once more.
SAVED_TOGETHER = 500
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
    with telling_faults(path):
        root = _fixed(whole) if _is_pattern(path) else whole
        _must_be_folder(root)
        if _is_pattern(path):
            files = [each for each in root.glob(str(whole.relative_to(root))) if _can_be_file(each) and not is_unfinished(each.name)]
        else:
            files = [each for each in whole.iterdir() if _can_be_file(each) and is_ours(each.name, options)]
    left_out = [base / Path(folder).expanduser() for folder in (options.archive, options.reject) if folder]
    files = [each for each in files if not any(each.is_relative_to(folder) for folder in left_out)]
    aged = sorted((_age(each), each) for each in files)
    return [Content(str(each.relative_to(base) if each.is_relative_to(base) else each), each) for _, each in aged]


def _can_be_file(path: Path) -> bool:
    """Whether it is a file, or a link that cannot be followed: of that one it is told when it is looked at."""
    try:
        return path.is_file() or (path.is_symlink() and not path.exists())
    except PermissionError:
        return path.is_symlink()
    except OSError:
        return False


def _age(path: Path) -> int:
    """When a file was last changed; of a link that cannot be followed, the link itself; 0 for what has gone meanwhile."""
    for follow in (True, False):
        with contextlib.suppress(OSError):
            return path.stat(follow_symlinks=follow).st_mtime_ns
    return 0


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
        raise FeedUnavailable("{path} does not exist.", "Check the path of the feed, and that the share is mounted.", path=path)


@dataclass
class Folder:
    """The files at the path of a feed. It remembers how each looked when it was dealt with, so that a large folder is not read again
    at every look, nor after a restart."""

    options: FileOptions
    base: Path
    _dealt_with: dict[str, str] | None = None
    _unsaved: dict[str, str | None] = field(default_factory=dict)

    @property
    def root(self) -> Path:
        """The folder that is looked into."""
        whole = self.base / Path(self.options.path).expanduser()
        return _fixed(whole) if _is_pattern(self.options.path) else whole if whole.is_dir() else whole.parent

    def looks(self, stopping: threading.Event) -> Iterator[None]:
        """Each time that there may be something new: once, or when the folder is watched again and again until it should stop."""
        yield
        if not self.options.watch:
            return
        changes = watchfiles.watch(
            self.root,
            watch_filter=None,
            debounce=TOGETHER_MS,
            step=STEP_MS,
            stop_event=stopping,
            rust_timeout=1000,
            yield_on_timeout=True,
            raise_interrupt=False,
            recursive=_is_pattern(self.options.path),
        )
        with telling_faults(self.options.path):
            quiet = 0
            for found in changes:
                quiet = 0 if found else quiet + 1
                # A second after all is quiet there is one look more: for what came between the first look and the beginning of watching.
                if found or quiet == 1 or quiet % LOOK_THROUGH_SECONDS == 0:
                    yield

    def new(self, occasion: Occasion | None) -> Iterator[list[Content]]:
        """The files that are not dealt with, once they are whole: each time those that have become so.

        Args:
            occasion: what was remembered, and what ends waiting for them; without it, they are taken as they are.
        """
        there = {content.name: content for content in find(self.options.path, self.base, self.options)}
        known = self._known(there, occasion)
        stamps = {name: stamp for name, content in there.items() if (stamp := stamp_of(content))}
        waiting = {name: stamp for name, stamp in stamps.items() if known.get(name) != self._sign(stamp)}
        for _ in range(PATIENCE):
            if occasion is None:
                yield [there[name] for name in waiting]
                return
            if not waiting or occasion.stopping.wait(self.options.settle_seconds):
                return
            now = {name: stamp_of(there[name]) for name in waiting}
            yield [there[name] for name, stamp in waiting.items() if now[name] == stamp]
            waiting = {name: stamp for name, stamp in now.items() if stamp and stamp != waiting[name]}

    def _known(self, there: Container[str], occasion: Occasion | None) -> dict[str, str]:
        """How the files looked that are dealt with; what is not there any more is forgotten."""
        if self._dealt_with is None:
            self._dealt_with = dict(occasion.recall()) if occasion else {}
        for name in [name for name in self._dealt_with if name not in there]:
            del self._dealt_with[name]
            self._unsaved[name] = None
        return self._dealt_with

    def remember(self, occasion: Occasion | None, least: int = 1) -> None:
        """Keep what has been dealt with beyond this program's end, once it is so many files."""
        if len(self._unsaved) >= least:
            if occasion:
                occasion.remember(self._unsaved)
            self._unsaved = {}

    def _sign(self, stamp: Stamp) -> str:
        """By what it is told that a file is dealt with: how it looks, and how files are read here."""
        inode, size, changed = stamp
        reading = self.options.model_dump_json(exclude=set(FolderOptions.model_fields))
        return f"{inode} {size} {changed} {hashlib.sha256(reading.encode()).hexdigest()[:12]}"

    def astray(self, content: Content) -> FeedRejected | None:
        """What is wrong with a file that is a link, or behind one: whoever may write here could use it to have anything read."""
        try:
            target = content.path.resolve(strict=True)
        except (OSError, RuntimeError):  # a circle is the one or the other, by Python's version
            if not content.path.is_symlink():
                return None
            return FeedRejected(
                "{name} is a link that cannot be followed: it leads nowhere, in a circle, or where this program may not look.",
                "Put the file itself there.",
                name=content.name,
            )
        if target.is_relative_to(self.root.resolve()):
            return None
        return FeedRejected("{name} is a link that leads out of its folder.", "Put the file itself there.", name=content.name)

    def deal_with(self, content: Content, stamp: Stamp, fault: IocError | None) -> None:
        """Put a file that is dealt with where it belongs, and do not offer it again.

        Raises:
            FeedUnavailable: it cannot be put there; it is offered again.
        """
        target = self.options.reject if fault else self.options.archive
        if target:
            move(content.path, self.base / Path(target).expanduser(), fault)
        elif self._dealt_with is not None:
            self._dealt_with[content.name] = self._unsaved[content.name] = self._sign(stamp)


def stamp_of(content: Content) -> Stamp | None:
    """What changes when somebody writes to a file, or makes a link anew that cannot be followed; None when it is gone."""
    try:
        return content.stamp()
    except FeedUnavailable:
        with contextlib.suppress(OSError):
            found = content.path.lstat()
            return found.st_ino, found.st_size, found.st_mtime_ns
        return None
