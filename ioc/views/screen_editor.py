"""What the editor of screens shows: the screens that can be arranged, one of them with its history, and a draft as a wall would show it."""

from __future__ import annotations

import logging
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import Any

from ioc.access.viewer import Viewer
from ioc.catalogue.check_screens import PanelFault
from ioc.catalogue.model import Catalogue, Text
from ioc.catalogue.screens import PanelSettings, ScreenSettings
from ioc.errors import Fault, Said
from ioc.screens.draft import DraftFault, check_draft, plain, plain_panel
from ioc.screens.history import Past
from ioc.screens.shelf import Shelf, read
from ioc.store.snapshot import touched
from ioc.views.arrangement_history import Changes, PastView
from ioc.views.gather import Gatherer
from ioc.views.labels import code_labels, dimension_label
from ioc.views.model import Choice, Stamp
from ioc.views.panels.types import MapPanel, PanelView, UntoldPanel
from ioc.views.playlist_editor import Turning
from ioc.views.screen import template_codes

log = logging.getLogger(__name__)

# Stands for a new screen that is a template: one for each unit.
EACH_UNIT = "@unit"
UNDRAWN = PanelFault("This panel cannot be drawn as it is.", "Take back what was changed last.", "kind")


def unmapped(why: Said) -> PanelFault:
    """The fault of a map whose file cannot be used."""
    return PanelFault("The file of the map cannot be used: {why}.", "See docs/reference/screens.md, geojson.", "geojson", {"why": why})


@dataclass(frozen=True)
class Choices:
    """What can be chosen for a panel: ``scopes`` are codes as ``dimension:code``, ``dimensions`` what some indicator can be split by."""

    indicators: tuple[Choice, ...]
    groups: tuple[Choice, ...]
    records: tuple[Choice, ...]
    dimensions: tuple[Choice, ...]
    scopes: tuple[Choice, ...]


@dataclass(frozen=True)
class ArrangedView:
    """A screen to be edited.

    Attributes:
        id, label: its name, and in words; of a screen that is yet to be there are none.
        draft: what it says now.
        revision: stands for its file as it is; empty while there is none.
        faults: what is wrong with its file, so that ``draft`` is what it said before.
        ships: whether one of this name ships with the product or stands in config.yaml.
        shown_at: the name under which a screen at a desk shows it.
        sample: of a template, the unit that it is drawn for.
        stamp: the data that it is drawn with.
        past: its history, the newest first.
    """

    id: str
    label: Text | None
    draft: Mapping[str, Any]
    revision: str
    faults: tuple[Fault, ...]
    ships: bool
    shown_at: str
    sample: str
    stamp: Stamp
    past: tuple[PastView, ...]
    choices: Choices


@dataclass(frozen=True)
class ScreenTile:
    """A screen in the list: whether it is kept in the data folder, and whether its file is at fault."""

    id: str
    label: Text
    is_own: bool
    is_faulty: bool
    panels: int
    last: Past | None


@dataclass(frozen=True)
class Preview:
    """A draft as it would be shown: each panel, None where it is at fault, and what is wrong."""

    stamp: Stamp
    panels: tuple[PanelView | None, ...]
    faults: tuple[DraftFault, ...]


class Arranging:
    """Reads what the editor shows.

    Args:
        views: draws the panels.
        shelf: keeps the screens.

    Attributes:
        turning: the same for playlists.
    """

    def __init__(self, views: Gatherer, shelf: Shelf) -> None:
        self._views, self._shelf = views, shelf
        self.turning = Turning(shelf, views.screens)
        self._catalogue = views.store.catalogue

    def screens(self) -> tuple[ScreenTile, ...]:
        """All that can be arranged; a template is one of them."""
        shown = self._shelf.screens()
        return tuple(self._tile(name, shown.get(name)) for name in (*shown, *self._shelf.unshown()))

    def _tile(self, name: str, settings: ScreenSettings | None) -> ScreenTile:
        opened = self._shelf.opened(name)
        last = next(iter(self._shelf.history(name, 1)), None)
        label = settings.label if settings else Text(vi=name, en=name)  # a new file at fault says nothing yet
        return ScreenTile(name, label, bool(opened.revision), bool(opened.faults), len(settings.panels) if settings else 0, last)

    def revision(self, name: str) -> str:
        """Stands for a screen's file as it is; empty while there is none. Raises Refusal for what can be no name."""
        return self._shelf.opened(name).revision

    def screen(self, viewer: Viewer, name: str, like: str = "") -> ArrangedView:
        """One of them. One that is yet to be begins empty, ``like`` another, or as a template. Raises Refusal for what can be no name."""
        opened = self._shelf.opened(name)
        beginning = self._shelf.screens().get(like) if opened.settings is None else None
        settings = opened.settings or beginning
        draft = plain(settings) if settings else {"label": {"vi": "", "en": ""}, "panels": [{"kind": "clock"}]}
        if like == EACH_UNIT and not settings:
            draft["template"] = "unit"
        if beginning:
            draft["label"] = {"vi": "", "en": ""}
        first = next(iter(template_codes(self._catalogue)), "") if draft.get("template") else ""
        with self._views.moment() as moment:
            stamp = moment.stamp(set(self._catalogue.records))
        return ArrangedView(
            id=name,
            label=opened.settings.label if opened.settings else None,
            draft=draft,
            revision=opened.revision,
            faults=opened.faults,
            ships=opened.ships,
            shown_at=":".join(filter(None, (name, first))) if opened.settings else "",
            sample=self._catalogue.units[first].label.of(viewer.language) if first else "",
            stamp=stamp,
            past=tuple(self._past(name, viewer.language)),
            choices=choices(self._catalogue, viewer.language),
        )

    def _past(self, name: str, language: str) -> Iterator[PastView]:
        states = self._shelf.history(name)
        said = [_said(past, self._catalogue) for past in states]
        first = self._shelf.shipped(name) if states and states[-1].number == 1 else None
        for past, screen, before in zip(states, said, [*said, first][1:], strict=True):
            changes = changes_of(before, screen, self._catalogue, language) if before and screen else None
            yield PastView(past.number, past.at, past.by, past.how, screen is not None, changes)

    def preview(self, viewer: Viewer, name: str, data: object) -> Preview:
        """A draft of a screen as a wall would show it now; a template as its first unit sees it."""
        draft = check_draft(data, self._catalogue)
        template = data.get("template") if isinstance(data, dict) else None
        limit = {template: next(iter(template_codes(self._catalogue)), "")} if isinstance(template, str) else {}
        faults = list(draft.faults)
        shown = self._shelf.screens().get(name)
        # A panel that stands on the screen already has been computed for its place there, wherever it is moved to.
        places = list(shown.panels) if shown else []
        panels: list[PanelView | None] = []
        with self._views.moment(viewer=viewer) as moment:
            versions = touched(moment.snapshot)
            for index, written in enumerate(draft.panels):
                panel = self._shelf.placed_panel(written) if written else None
                try:
                    place = places.index(panel) if panel in places else 0
                    drawn = self._views.panel(viewer, moment, place, panel, limit, versions) if panel else None
                    panels.append(drawn)
                    if drawn and isinstance(drawn.content, UntoldPanel) and (drawn.frame.kind != "records" or viewer.may("records")):
                        faults.append(DraftFault(index, UNDRAWN))
                    if drawn and isinstance(drawn.content, MapPanel) and drawn.content.fault:
                        faults.append(DraftFault(index, unmapped(drawn.content.fault)))
                except Exception:  # what can be arranged in some odd way must not take the editor down
                    log.exception("the panel %s cannot be drawn", panel)
                    panels.append(None)
                    faults.append(DraftFault(index, UNDRAWN))
            return Preview(moment.stamp(set()), tuple(panels), tuple(faults))


def choices(catalogue: Catalogue, language: str) -> Choices:
    """What can be chosen for a panel."""
    dimensions: dict[str, str] = {}
    scopes: dict[str, str] = {}
    for name in catalogue.indicators:
        for dimension in catalogue.dimensions_of(name):
            dimensions.setdefault(dimension, dimension_label(catalogue, name, dimension, language))
            for code, label in code_labels(catalogue, name, dimension, language).items():
                scopes.setdefault(f"{dimension}:{code}", f"{dimensions[dimension]}: {label}")
    return Choices(
        indicators=_sorted({name: spec.label.of(language) for name, spec in catalogue.indicators.items()}),
        groups=tuple(Choice(name, label.of(language)) for name, label in catalogue.groups.items()),
        records=_sorted({name: record.label.of(language) for name, record in catalogue.records.items()}),
        dimensions=_sorted(dimensions),
        scopes=_sorted(scopes),
    )


def _sorted(labels: Mapping[str, str]) -> tuple[Choice, ...]:
    """Choices by their words; words that stand for several things say which."""
    said = list(labels.values())
    told = {code: f"{label} ({code})" if said.count(label) > 1 else label for code, label in labels.items()}
    return tuple(Choice(code, label) for code, label in sorted(told.items(), key=lambda item: item[1]))


def changes_of(before: ScreenSettings, after: ScreenSettings, catalogue: Catalogue, language: str) -> Changes:
    """What has been changed of a screen."""
    old, new = (list(screen.panels) for screen in (before, after))
    gone = [panel for panel in old if not _take(panel, new)]
    rest = list(old)
    come = [panel for panel in after.panels if not _take(panel, rest)]
    stayed = [[plain_panel(panel) for panel in screen.panels if panel not in [*gone, *come]] for screen in (before, after)]
    changed = [panel for panel in come if _kindred(panel, gone)]
    return Changes(
        renamed=before.label != after.label,
        moved=stayed[0] != stayed[1],
        added=tuple(called(panel, catalogue, language) for panel in come if panel not in changed),
        removed=tuple(called(panel, catalogue, language) for panel in gone),
        changed=tuple(called(panel, catalogue, language) for panel in changed),
    )


def _take(panel: PanelSettings, of: list[PanelSettings]) -> bool:
    """Whether a panel is among others; it is taken out of them."""
    found = next((each for each in of if plain_panel(each) == plain_panel(panel)), None)
    if found:
        of.remove(found)
    return found is not None


def _kindred(panel: PanelSettings, gone: list[PanelSettings]) -> bool:
    """Whether a panel stands for one that is gone: of the same indicator, or else of the same kind; it is taken out of these."""
    for alike in ("indicator", "kind"):
        found = next((each for each in gone if getattr(each, alike) and getattr(each, alike) == getattr(panel, alike)), None)
        if found:
            gone.remove(found)
            return True
    return False


def called(panel: PanelSettings, catalogue: Catalogue, language: str) -> Choice:
    """A panel's kind, and what it is called; nothing where only its kind says it."""
    if panel.title:
        return Choice(panel.kind, panel.title.of(language))
    indicator = catalogue.indicators.get(panel.indicator or "")
    return Choice(panel.kind, indicator.label.of(language) if indicator else "")


def _said(past: Past, catalogue: Catalogue) -> ScreenSettings | None:
    draft, faults = read(past.text, "", catalogue) if past.text else (None, [])
    return draft.settings if draft and not faults else None
