"""What the editor of playlists shows: one playlist as it is kept, with its history, and what can be shown in turn."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass

from ioc.catalogue.model import Text
from ioc.catalogue.screens import PlaylistSettings, Screens
from ioc.errors import Fault
from ioc.screens.draft import DraftFault
from ioc.screens.files import Faulty, Overtaken
from ioc.screens.shelf import Shelf
from ioc.views.arrangement_history import PastView

__all__ = ["DraftFault", "Faulty", "Overtaken", "RotationView", "Turning"]


@dataclass(frozen=True)
class RotationView:
    """A playlist to be edited.

    Attributes:
        id: its name.
        settings: what is shown now; None of one that is yet to be.
        revision: stands for its file as it is; empty while there is none.
        faults: what is wrong with the file, so that ``settings`` are what it said before.
        ships: whether there is one to go back to when the file is given up.
        past: its history, the newest first.
        screens: what can be shown, as arranged; ``labels`` by name in words, each of a template's too.
    """

    id: str
    settings: PlaylistSettings | None
    revision: str
    faults: tuple[Fault, ...]
    ships: bool
    past: tuple[PastView, ...]
    screens: Screens
    labels: Mapping[str, Text]


class Turning:
    """Reads and keeps playlists; what it raises is told in ``ioc.screens.files``.

    Args:
        shelf: where they stand.
        labels: by name in words, every screen, each of a template's too.
    """

    def __init__(self, shelf: Shelf, labels: Callable[[], Mapping[str, Text]]) -> None:
        self._shelf, self._labels = shelf, labels
        self.save, self.restore, self.give_up = shelf.rotations.save, shelf.rotations.restore, shelf.rotations.give_up

    def playlists(self) -> Mapping[str, PlaylistSettings]:
        """Every playlist as it is now."""
        return self._shelf.rotations.playlists()

    def view(self, name: str) -> RotationView:
        """A playlist by its name. Raises Refusal for what can be no name."""
        rotations = self._shelf.rotations
        opened = rotations.opened(name)
        past = tuple(PastView(each.number, each.at, each.by, each.how, bool(each.text), None) for each in rotations.history(name))
        kept = (opened.settings, opened.revision, opened.faults, opened.ships)
        return RotationView(name, *kept, past, self._shelf.screens(), self._labels())
