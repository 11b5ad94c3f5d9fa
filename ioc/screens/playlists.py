"""The playlists of a deployment: those that ship, and above them those that administrators keep in the data folder, a file each."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from datetime import datetime
from pathlib import Path
from typing import Any

import yaml
from pydantic import ValidationError

from ioc.catalogue.check_screens import PanelFault, check_frame, check_turn
from ioc.catalogue.model import Catalogue
from ioc.catalogue.screens import PlaylistSettings, Screens, Turn
from ioc.catalogue.source import explain, parse_yaml
from ioc.errors import Fault, Said, both
from ioc.screens.draft import DraftFault
from ioc.screens.files import Faulty, Files, Kept, Opened
from ioc.screens.history import SAVED

HEAD = "# A playlist of the wall, as the editor has saved it; each older state is in “history”, also what was written here by hand."
_FORMS = {
    "label": PanelFault("The name of the playlist is needed in Vietnamese and in English.", "Fill in both.", "label"),
    "dwell": PanelFault("A screen stays for at least 3 seconds, and a day at most.", "Write a whole number of seconds.", "dwell"),
    "night": PanelFault("The night has a beginning and an end, and is 5 to 100 per cent bright.", "Fill in all three, or none.", "night"),
    "screens": PanelFault("A playlist shows at least one screen.", "Add one.", "screens"),
}


class Rotations(Files[PlaylistSettings]):
    """The playlists.

    Args:
        folder: where the files of this deployment are; it need not exist.
        shipped: those of the catalogue and of config.yaml.
        screens: every screen as it is now.
        catalogue: whose units a template has a screen for.
    """

    def __init__(self, folder: Path, shipped: Mapping[str, PlaylistSettings], screens: Callable[[], Screens], catalogue: Catalogue) -> None:
        super().__init__(folder, shipped, self._said)
        self._screens, self._catalogue = screens, catalogue

    def playlists(self) -> Mapping[str, PlaylistSettings]:
        """Every playlist as it is now."""
        return self._all

    def faults(self) -> list[Fault]:
        """What is wrong with the files, and which turns are left out since their screens, or units, are gone."""
        return [*super().faults(), *(fault for name, kept in self._kept.items() for fault in self._gone(name, kept))]

    def _gone(self, name: str, kept: Kept[PlaylistSettings]) -> Iterator[Fault]:
        if kept.settings is None or kept.faults:
            return
        screens = self._screens()
        wrong = [(index, check_turn(turn, screens, self._catalogue)) for index, turn in enumerate(kept.settings.screens)]
        document = parse_yaml(kept.text, str(self._folder / f"{name}.yaml"))[0] if any(fault for _, fault in wrong) else None
        if document:
            yield from (document.fault(("screens", index), *fault.told()) for index, fault in wrong if fault)

    def _said(self, text: str, file: str) -> tuple[PlaylistSettings | None, list[Fault]]:
        document, faults = parse_yaml(text, file)
        if document is None:
            return None, faults
        settings, wrong = self.check(document.data)
        places = [("screens", each.panel) if each.panel is not None else (each.fault.key,) for each in wrong]
        return settings, [*faults, *(document.fault(place, *each.fault.told()) for place, each in zip(places, wrong, strict=True))]

    def check(self, data: Any) -> tuple[PlaylistSettings | None, tuple[DraftFault, ...]]:
        """What a file or an editor says of a playlist, and what is wrong with it, also of which turn.

        A screen that is gone since a file was written takes nothing down: its turn is left out.
        """
        try:
            settings = PlaylistSettings.model_validate(data)
        except ValidationError as error:
            return None, tuple(_shaped(path, what, hint) for path, what, hint in explain(PlaylistSettings, error))
        wrong = tuple(DraftFault(None, _FORMS[fault.key]) for fault in check_frame(settings.label, None))
        return (None if wrong else settings), wrong

    def save(self, name: str, data: object, based_on: str, by: str, at: datetime) -> Opened[PlaylistSettings]:
        """Keep a playlist as it was arranged.

        Args:
            name: which.
            data: what it is to say.
            based_on: the revision that the editor began with.
            by, at: who saves it, and when.

        Raises:
            Faulty: something is wrong with it.
            Overtaken: its file is another one by now.
        """
        settings, faults = self.check(data)
        if settings is None:
            raise Faulty(faults)
        screens = self._screens()
        checked = [(index, check_turn(turn, screens, self._catalogue)) for index, turn in enumerate(settings.screens)]
        if gone := tuple(DraftFault(index, fault) for index, fault in checked if fault):
            raise Faulty(gone)
        return self._turn(name, based_on, by, at, SAVED, lambda _: written(settings))

    def give_up(self, name: str, based_on: str, by: str, at: datetime) -> Opened[PlaylistSettings]:
        """Take a playlist's file away, so that the one that ships is shown again, if there is one. Raises Refusal, or Overtaken."""
        return self._take_away(name, based_on, by, at)


def _shaped(path: tuple[str | int, ...], what: Said, hint: Said) -> DraftFault:
    """A key of the wrong form, in words that can be told in any language."""
    turn = int(path[1]) if len(path) > 1 and path[0] == "screens" else None
    key = str(path[2] if turn is not None and len(path) > 2 else path[0]) if path else ""
    return DraftFault(turn, _FORMS.get(key) or PanelFault("{said}", "", key, {"said": both(what, hint)}))


def plain_turn(turn: Turn) -> dict[str, str]:
    """A turn as a file says it."""
    found: dict[str, str] = turn.model_dump(mode="json", exclude_none=True)
    return found


def written(settings: PlaylistSettings) -> str:
    """The text of a playlist: a line for each turn."""
    data = settings.model_dump(mode="json", by_alias=True, exclude_none=True)
    turns = [plain_turn(turn) for turn in settings.screens]
    lines = [f"{key}: {_flow(data[key])}" for key in ("label", "dwell", "night") if key in data]
    return "\n".join([HEAD, *lines, "screens:", *(f"  - {_flow(turn)}" for turn in turns)]) + "\n"


def _flow(value: Any) -> str:
    text = yaml.safe_dump(value, default_flow_style=True, allow_unicode=True, sort_keys=False, width=1_000_000)
    return text.removesuffix("\n").removesuffix("\n...")
