"""What a deployment keeps as files in its data folder, one for each: screens, and playlists; above those of the same name that ship.

A file may be written by hand as well. One that is at fault never takes a wall down: what it said last is shown until it is mended.
"""

from __future__ import annotations

import logging
import re
import stat
import threading
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import datetime
from hashlib import sha256
from itertools import islice
from pathlib import Path
from typing import Generic, TypeVar

from ioc.atomic_files import replace_file
from ioc.catalogue.screens import LONGEST_NAME
from ioc.errors import Fault, Refusal, Said
from ioc.screens.draft import DraftFault
from ioc.screens.history import BY_HAND, GIVEN_UP, RESTORED, History, Past

log = logging.getLogger(__name__)

NAME = re.compile(rf"[a-z][a-z0-9_]{{0,{LONGEST_NAME - 1}}}")
NOTHING = ""
# So many states are told; all are kept.
SHOWN = 50

T = TypeVar("T")


@dataclass(frozen=True)
class Kept(Generic[T]):
    """A file: its text, when it was written, what it says or last said, and what is wrong with it.

    Of one that ``is_read`` not, such as one that is no UTF-8, the text is not known.
    """

    stamp: tuple[int, int]
    text: str
    settings: T | None
    faults: tuple[Fault, ...] = ()
    is_read: bool = True


@dataclass(frozen=True)
class Opened(Generic[T]):
    """A screen or playlist as an editor begins with it.

    Attributes:
        settings: what is shown now; None of one that is yet to be.
        revision: stands for its file as it is; empty while there is none.
        faults: what is wrong with the file, so that ``settings`` are what it said before.
        ships: whether there is one to go back to when the file is given up.
    """

    settings: T | None
    revision: str
    faults: tuple[Fault, ...]
    ships: bool


class Overtaken(Refusal):
    """Somebody else has saved it since, or changed its file by hand. ``past`` is that state, as far as it is known."""

    def __init__(self, past: Past | None, revision: str) -> None:
        self.past, self.revision = past, revision
        super().__init__("screen_overtaken")


class Faulty(Refusal):
    """What was to be saved is at fault."""

    def __init__(self, faults: tuple[DraftFault, ...]) -> None:
        self.faults = faults
        super().__init__("screen_faulty", 400)


class Files(Generic[T]):
    """The files of one folder, and what ships.

    Args:
        folder: where the files of this deployment are; it need not exist.
        shipped: those of the catalogue and of config.yaml.
        read: what a text says, and what is wrong with it; the name of its file is told with the faults.
    """

    def __init__(self, folder: Path, shipped: Mapping[str, T], read: Callable[[str, str], tuple[T | None, list[Fault]]]) -> None:
        self._folder, self._shipped, self._read = folder, shipped, read
        self._kept: Mapping[str, Kept[T]] = {}
        self._all: Mapping[str, T] = shipped
        self._turning = threading.RLock()
        self._revision = 0

    @property
    def revision(self) -> int:
        """A number that is another one when any of them is."""
        return self._revision

    def shipped(self, name: str) -> T | None:
        """One as it ships."""
        return self._shipped.get(name)

    def faults(self) -> list[Fault]:
        """What is wrong with the files."""
        return [fault for kept in self._kept.values() for fault in kept.faults]

    def look(self) -> frozenset[str]:
        """Read what has changed in the folder; the names of those that are others now."""
        with self._turning:
            found = {path.stem: self._file(path) for path in sorted(self._folder.glob("*.yaml"))}
            own = {name: self._placed(kept.settings) for name, kept in found.items() if kept.settings}
            before, after = self._all, {**self._shipped, **own}
            changed = frozenset(name for name in before.keys() | after.keys() if before.get(name) != after.get(name))
            self._kept = found
            if changed:
                self._all, self._revision = after, self._revision + 1
            return changed

    def _placed(self, settings: T) -> T:
        """What a file says, as it is shown."""
        return settings

    def _file(self, path: Path) -> Kept[T]:
        known = self._kept.get(path.stem)
        try:
            state = path.stat()
            if not stat.S_ISREG(state.st_mode):
                raise OSError("not a file")
            stamp = (state.st_mtime_ns, state.st_size)
            if known and known.stamp == stamp:
                return known
            text = path.read_text(encoding="utf-8-sig")
        except (OSError, UnicodeDecodeError) as error:
            fault = Fault(
                str(path), 1, Said("Cannot be read: {fault}.", fault=str(error)), Said("Save the file as UTF-8, readable to this program.")
            )
            return Kept((0, 0), NOTHING, self._last_good(path.stem, known), (fault,), is_read=False)
        try:
            said, faults = self._read(text, str(path))
        except Exception as error:  # whatever a file says, the others are shown
            log.exception("%s cannot be read", path)
            said, faults = None, [Fault(str(path), 1, Said("Cannot be read: {fault}.", fault=type(error).__name__), Said())]
        if not NAME.fullmatch(path.stem):
            faults = [
                Fault(
                    str(path),
                    1,
                    Said("“{stem}” is no name of a screen or playlist.", stem=path.stem),
                    Said("Use small letters, digits and “_”."),
                )
            ]
        settings = said if said and not faults else self._last_good(path.stem, known)
        return Kept(stamp, text, settings, tuple(faults))

    def _last_good(self, name: str, known: Kept[T] | None) -> T | None:
        """What a file said before it was at fault: in this process, or else when it was saved last."""
        if known and known.settings:
            return known.settings
        for past in self._history(name).states():
            said, faults = self._read(past.text, name)
            if said and not faults:
                return said
        return None

    def unshown(self) -> tuple[str, ...]:
        """The names of files at fault that say nothing yet, and in whose place nothing ships."""
        return tuple(name for name, kept in self._kept.items() if NAME.fullmatch(name) and name not in self._all and kept.faults)

    def _history(self, name: str) -> History:
        return History(self._folder / "history" / name)

    @staticmethod
    def _put(path: Path, text: str) -> None:
        if text:
            replace_file(path, text)
        else:
            path.unlink(missing_ok=True)

    def history(self, name: str, most: int = SHOWN) -> tuple[Past, ...]:
        """The states in which one was saved, the newest first."""
        return tuple(islice(self._history(name).states(), most))

    def opened(self, name: str) -> Opened[T]:
        """One to be edited. Raises Refusal for what can be no name."""
        if not NAME.fullmatch(name):
            raise Refusal("screen_name", 400, name=name)
        kept = self._kept.get(name)
        settings = kept.settings if kept and kept.settings else self._shipped.get(name)
        return Opened(settings, revision_of(kept.text) if kept else NOTHING, kept.faults if kept else (), name in self._shipped)

    def restore(self, name: str, number: int, based_on: str, by: str, at: datetime) -> Opened[T]:
        """Make an older state the present one. Raises Refusal when there is none that still holds, or Overtaken."""
        past = self._history(name).state(number)
        if past is None or not past.text:
            raise Refusal("screen_past", 404)
        said, faults = self._read(past.text, name)
        if said is None or faults:
            raise Refusal("screen_outlived")
        return self._turn(name, based_on, by, at, RESTORED, lambda _: past.text)

    def _take_away(self, name: str, based_on: str, by: str, at: datetime) -> Opened[T]:
        """Take a file away. Raises Refusal, also where there is none, or Overtaken."""
        with self._turning:
            self.look()
            if name not in self._kept:
                raise Refusal("screen_no_file")
            return self._turn(name, based_on, by, at, GIVEN_UP, lambda _: NOTHING)

    def _turn(self, name: str, based_on: str, by: str, at: datetime, how: str, text_of: Callable[[str], str]) -> Opened[T]:
        """Put another text in the place of one, unless it is no longer the one that this is based on, or cannot be read."""
        with self._turning:
            self.look()
            now, kept, history = self.opened(name), self._kept.get(name), self._history(name)
            newest = history.newest()
            if kept and (newest is None or newest.text != kept.text):
                newest = history.add(datetime.fromtimestamp(kept.stamp[0] / 1e9, at.tzinfo), "", BY_HAND, kept.text)
            if kept and not kept.is_read:
                raise Refusal("screen_unread", file=f"{name}.yaml")
            text = text_of(kept.text if kept else NOTHING)
            if text == (kept.text if kept else NOTHING):  # also when somebody else has saved the same
                return now
            if now.revision != based_on:
                raise Overtaken(newest, now.revision)
            past = history.add(at, by, how, text)
            try:
                self._put(self._folder / f"{name}.yaml", text)
            except OSError:
                history.forget(past)
                raise
            self.look()
            return self.opened(name)


def revision_of(text: str) -> str:
    """Stands for a text."""
    return sha256(text.encode()).hexdigest()[:16] if text else NOTHING
