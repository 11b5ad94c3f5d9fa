"""The screens of a deployment: those that ship, and above them those that administrators keep in the data folder, a file each.

With them stand the playlists in which walls show them, kept likewise in a folder beside.
"""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime
from pathlib import Path

from ioc.catalogue.model import Catalogue
from ioc.catalogue.screens import PanelSettings, PlaylistSettings, Screens, ScreenSettings
from ioc.catalogue.source import parse_yaml
from ioc.errors import Fault, Refusal
from ioc.screens.draft import Draft, check_draft
from ioc.screens.files import Faulty, Files, Opened, Overtaken
from ioc.screens.history import SAVED
from ioc.screens.playlists import Rotations
from ioc.screens.writing import write

__all__ = ["FOLDER", "Faulty", "Opened", "Overtaken", "Shelf", "found_from", "read"]

FOLDER = "screens"
PLAYLISTS = "playlists"


class Shelf(Files[ScreenSettings]):
    """The screens.

    Args:
        folder: where the files of this deployment are; it need not exist. Those of playlists are in a folder beside.
        shipped: the screens of the catalogue and of config.yaml.
        playlists: the playlists that ship likewise.
        catalogue: what screens are about.
        base: the folder that the maps of a file start from.

    Attributes:
        rotations: the playlists.
    """

    def __init__(self, folder: Path, shipped: Screens, playlists: Mapping[str, PlaylistSettings], catalogue: Catalogue, base: Path) -> None:
        super().__init__(folder, shipped, self._said)
        self._catalogue, self._base = catalogue, base
        self.rotations = Rotations(folder.parent / PLAYLISTS, playlists, self.screens, catalogue)
        self.look()

    @property
    def revision(self) -> int:
        """A number that is another one when any screen or playlist is."""
        return self._revision + self.rotations.revision

    def screens(self) -> Screens:
        """Every screen as it is now."""
        return self._all

    def look(self) -> frozenset[str]:
        """Read what has changed in both folders; the names of the screens and playlists that are others now."""
        return super().look() | self.rotations.look()

    def faults(self) -> list[Fault]:
        """What is wrong with the files of both."""
        return [*super().faults(), *self.rotations.faults()]

    def _said(self, text: str, file: str) -> tuple[ScreenSettings | None, list[Fault]]:
        draft, faults = read(text, file, self._catalogue)
        return draft.settings if draft else None, faults

    def _placed(self, settings: ScreenSettings) -> ScreenSettings:
        return found_from(self._base, settings)

    def placed_panel(self, panel: PanelSettings) -> PanelSettings:
        """A panel of a draft as a wall is given it: its map named from the folder of config.yaml."""
        return _placed_panel(self._base, panel)

    def save(self, name: str, data: object, based_on: str, by: str, at: datetime) -> Opened[ScreenSettings]:
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

    def give_up(self, name: str, based_on: str, by: str, at: datetime) -> Opened[ScreenSettings]:
        """Take a screen's file away, so that the one that ships is shown again, if there is one. Raises Refusal, or Overtaken."""
        listing = [key for key, each in self.rotations.playlists().items() if any(turn.screen == name for turn in each.screens)]
        if name not in self._shipped and listing:
            raise Refusal("screen_listed", playlists=", ".join(listing))
        return self._take_away(name, based_on, by, at)


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


def found_from(base: Path, screen: ScreenSettings) -> ScreenSettings:
    """A screen whose maps name their files from the folder of config.yaml."""
    return screen.model_copy(update={"panels": tuple(_placed_panel(base, panel) for panel in screen.panels)})


def _placed_panel(base: Path, panel: PanelSettings) -> PanelSettings:
    return panel.model_copy(update={"geojson": str(base / panel.geojson)}) if panel.geojson else panel
