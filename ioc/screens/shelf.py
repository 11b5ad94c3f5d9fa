"""The screens of a deployment: those that ship, and above them those that administrators keep in the data folder, a file each.

A file may be written by hand as well. One that is at fault never takes a wall down: what it said last is shown until it is mended.
"""

from __future__ import annotations

import re
import threading
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import datetime
from hashlib import sha256
from itertools import islice
from pathlib import Path

from ioc.catalogue.model import Catalogue
from ioc.catalogue.screens import PlaylistSettings, Screens, ScreenSettings
from ioc.catalogue.source import parse_yaml
from ioc.errors import Fault, Refusal
from ioc.screens.draft import Draft, DraftFault, check_draft
from ioc.screens.history import BY_HAND, GIVEN_UP, RESTORED, SAVED, History, Past, replace_file
from ioc.screens.writing import write

FOLDER = "screens"
_NAME = re.compile(r"[a-z][a-z0-9_]{0,59}")
_NOTHING = ""
# So many states of a screen are told; all are kept.
SHOWN = 50


@dataclass(frozen=True)
class Kept:
    """A file of the shelf: its text, when it was written, what it says or last said, and what is wrong with it."""

    stamp: tuple[int, int]
    text: str
    settings: ScreenSettings | None
    faults: tuple[Fault, ...] = ()


@dataclass(frozen=True)
class Opened:
    """A screen as an editor begins with it.

    Attributes:
        settings: what is shown now; None of a screen that is yet to be.
        revision: stands for its file as it is; empty while there is none.
        faults: what is wrong with the file, so that ``settings`` are what it said before.
        ships: whether there is one to go back to when the file is given up.
    """

    settings: ScreenSettings | None
    revision: str
    faults: tuple[Fault, ...]
    ships: bool


class Overtaken(Refusal):
    """Somebody else has saved the screen since, or changed its file by hand. ``past`` is that state, as far as it is known."""

    def __init__(self, past: Past | None, revision: str) -> None:
        self.past, self.revision = past, revision
        super().__init__("screen_overtaken")


class Faulty(Refusal):
    """What was to be saved is at fault."""

    def __init__(self, faults: tuple[DraftFault, ...]) -> None:
        self.faults = faults
        super().__init__("screen_faulty", 400)


class Shelf:
    """The screens.

    Args:
        folder: where the files of this deployment are; it need not exist.
        shipped: the screens of the catalogue and of config.yaml.
        playlists: what may name a screen.
        catalogue: what screens are about.
        base: the folder that the maps of a file start from.
    """

    def __init__(self, folder: Path, shipped: Screens, playlists: Mapping[str, PlaylistSettings], catalogue: Catalogue, base: Path) -> None:
        self._folder, self._shipped, self._playlists, self._catalogue, self._base = folder, shipped, playlists, catalogue, base
        self._kept: Mapping[str, Kept] = {}
        self._screens: Screens = shipped
        self._turning = threading.RLock()
        self.revision = 0
        self.look()

    def screens(self) -> Screens:
        """Every screen as it is now."""
        return self._screens

    def shipped(self, name: str) -> ScreenSettings | None:
        """A screen as it ships."""
        return self._shipped.get(name)

    def faults(self) -> list[Fault]:
        """What is wrong with the files."""
        return [fault for kept in self._kept.values() for fault in kept.faults]

    def look(self) -> frozenset[str]:
        """Read what has changed in the folder; the names of the screens that are others now."""
        with self._turning:
            found = {path.stem: self._file(path) for path in sorted(self._folder.glob("*.yaml"))}
            own = {name: found_from(self._base, kept.settings) for name, kept in found.items() if kept.settings}
            before, after = self._screens, {**self._shipped, **own}
            changed = frozenset(name for name in before.keys() | after.keys() if before.get(name) != after.get(name))
            self._kept = found
            if changed:
                self._screens, self.revision = after, self.revision + 1
            return changed

    def _file(self, path: Path) -> Kept:
        known = self._kept.get(path.stem)
        try:
            state = path.stat()
            stamp = (state.st_mtime_ns, state.st_size)
            if known and known.stamp == stamp:
                return known
            text = path.read_text(encoding="utf-8-sig")
        except (OSError, UnicodeDecodeError) as error:
            fault = Fault(str(path), 1, f"Cannot be read: {error}.", "Save the file as UTF-8, readable to this program.")
            return Kept((0, 0), _NOTHING, self._last_good(path.stem, known), (fault,))
        draft, faults = read(text, str(path), self._catalogue)
        if not _NAME.fullmatch(path.stem):
            faults = [Fault(str(path), 1, f"“{path.stem}” is no name of a screen.", "Use small letters, digits and “_”.")]
        settings = draft.settings if draft and not faults else self._last_good(path.stem, known)
        return Kept(stamp, text, settings, tuple(faults))

    def _last_good(self, name: str, known: Kept | None) -> ScreenSettings | None:
        """What a file said before it was at fault: in this process, or else when it was saved last."""
        if known and known.settings:
            return known.settings
        for past in self._history(name).states():
            draft, faults = read(past.text, name, self._catalogue)
            if draft and draft.settings and not faults:
                return draft.settings
        return None

    def _history(self, name: str) -> History:
        return History(self._folder / "history" / name)

    @staticmethod
    def _put(path: Path, text: str) -> None:
        if text:
            replace_file(path, text)
        else:
            path.unlink(missing_ok=True)

    def history(self, name: str, most: int = SHOWN) -> tuple[Past, ...]:
        """The states in which a screen was saved, the newest first."""
        return tuple(islice(self._history(name).states(), most))

    def opened(self, name: str) -> Opened:
        """A screen to be edited. Raises Refusal for what can be no name."""
        if not _NAME.fullmatch(name):
            raise Refusal("screen_name", 400, name=name)
        kept = self._kept.get(name)
        settings = kept.settings if kept and kept.settings else self._shipped.get(name)
        return Opened(settings, revision_of(kept.text) if kept else _NOTHING, kept.faults if kept else (), name in self._shipped)

    def save(self, name: str, data: object, based_on: str, by: str, at: datetime) -> Opened:
        """Keep a screen as it was arranged.

        Args:
            name: which.
            data: what it is to say.
            based_on: the revision that the editor began with.
            by, at: who saves it, and when.

        Raises:
            Faulty: something is wrong with it.
            Overtaken: its file is another one by now.
        """
        draft = check_draft(data, self._catalogue)
        if draft.settings is None:
            raise Faulty(draft.faults)
        settings = draft.settings
        return self._turn(name, based_on, by, at, SAVED, lambda old: write(settings, old))

    def restore(self, name: str, number: int, based_on: str, by: str, at: datetime) -> Opened:
        """Make an older state the present one. Raises Refusal when there is none that still holds, or Overtaken."""
        past = self._history(name).state(number)
        if past is None or not past.text:
            raise Refusal("screen_past", 404)
        draft, faults = read(past.text, name, self._catalogue)
        if draft is None or draft.settings is None or faults:
            raise Refusal("screen_outlived")
        return self._turn(name, based_on, by, at, RESTORED, lambda _: past.text)

    def give_up(self, name: str, based_on: str, by: str, at: datetime) -> Opened:
        """Take a screen's file away, so that the one that ships is shown again, if there is one. Raises Refusal, or Overtaken."""
        listing = [key for key, each in self._playlists.items() if any(turn.screen == name for turn in each.screens)]
        if name not in self._shipped and listing:
            raise Refusal("screen_listed", playlists=", ".join(listing))
        return self._turn(name, based_on, by, at, GIVEN_UP, lambda _: _NOTHING)

    def _turn(self, name: str, based_on: str, by: str, at: datetime, how: str, text_of: Callable[[str], str]) -> Opened:
        """Put another text in the place of a screen's, unless it is no longer the one that this is based on."""
        with self._turning:
            self.look()
            now, kept, history = self.opened(name), self._kept.get(name), self._history(name)
            newest = history.newest()
            if kept and (newest is None or newest.text != kept.text):
                newest = history.add(datetime.fromtimestamp(kept.stamp[0] / 1e9, at.tzinfo), "", BY_HAND, kept.text)
            if now.revision != based_on:
                raise Overtaken(newest, now.revision)
            text = text_of(kept.text if kept else _NOTHING)
            if text == (kept.text if kept else _NOTHING):
                return now
            past = history.add(at, by, how, text)
            try:
                self._put(self._folder / f"{name}.yaml", text)
            except OSError:
                history.forget(past)
                raise
            self.look()
            return self.opened(name)


def read(text: str, file: str, catalogue: Catalogue) -> tuple[Draft | None, list[Fault]]:
    """What a file says, and what is wrong with it, each with its line."""
    document, faults = parse_yaml(text, file)
    if document is None:
        return None, faults
    draft = check_draft(document.data, catalogue)
    for each in draft.faults:
        place = ("panels", each.panel, each.fault.key) if each.panel is not None else (each.fault.key,)
        faults.append(document.fault(place, *each.fault.told()))
    return draft, faults


def revision_of(text: str) -> str:
    """Stands for a text."""
    return sha256(text.encode()).hexdigest()[:16] if text else _NOTHING


def found_from(base: Path, screen: ScreenSettings) -> ScreenSettings:
    """A screen whose maps name their files from the folder of config.yaml."""
    panels = (panel.model_copy(update={"geojson": str(base / panel.geojson)}) if panel.geojson else panel for panel in screen.panels)
    return screen.model_copy(update={"panels": tuple(panels)})
