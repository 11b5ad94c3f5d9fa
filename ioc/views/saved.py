"""Saved addresses, for a viewer: one's own, and those that are shared with one's unit."""

from __future__ import annotations

from dataclasses import dataclass

from ioc.access.same_origin import own_address
from ioc.access.viewer import Viewer
from ioc.catalogue.model import Catalogue
from ioc.catalogue.tree import units_above
from ioc.clock import Clock
from ioc.errors import UnknownName
from ioc.saved import SavedViews


@dataclass(frozen=True)
class SavedView:
    """One saved address. ``shared``: the words for the unit that it is shared with, empty for nobody; ``own``: the viewer has saved it."""

    id: int
    name: str
    address: str
    owner: str
    shared: str
    own: bool


@dataclass(frozen=True)
class SavedListView:
    """What a viewer has to choose from, and the words for whom the viewer's own may be shared with, empty for nobody."""

    views: tuple[SavedView, ...]
    share_with: str


class Shelves:
    """What people keep.

    Args:
        saved: where it is kept.
        catalogue: names units.
        clock: tells when.
    """

    def __init__(self, saved: SavedViews, catalogue: Catalogue, clock: Clock) -> None:
        self._saved, self._catalogue, self._clock = saved, catalogue, clock

    def all(self, viewer: Viewer) -> SavedListView:
        """Everything that a viewer may choose. Raises StoreError."""
        found = self._saved.of(viewer.name, self._units(viewer))
        views = (
            SavedView(each.id, each.name, each.address, each.owner, self._label(each.unit, viewer), each.owner == viewer.name)
            for each in found
        )
        return SavedListView(tuple(views), self._label(self._home(viewer), viewer))

    def address(self, viewer: Viewer, saved: int) -> str:
        """Where a saved view leads. Raises UnknownName for one that is not there, or not for this viewer."""
        found = self.all(viewer).views
        for each in found:
            if each.id == saved:
                return each.address
        raise UnknownName("saved_view", str(saved), [])

    def save(self, viewer: Viewer, name: str, address: str, *, share: bool) -> None:
        """Keep an address. Raises Refusal."""
        self._saved.save(name, own_address(address), viewer.name, self._home(viewer) if share else None, self._clock.now())

    def remove(self, viewer: Viewer, saved: int) -> None:
        """Keep an own address no more. Raises Refusal."""
        self._saved.remove(saved, viewer.name, self._clock.now())

    def _home(self, viewer: Viewer) -> str | None:
        """The unit that a viewer shares with: the own one; the whole organisation for who sees all; None for who belongs to no unit."""
        return (self._catalogue.organisation.root or "") if viewer.scope is None else viewer.scope or None

    def _units(self, viewer: Viewer) -> tuple[str, ...] | None:
        """Units whose shared views a viewer sees: the own one and those above it; without one, all."""
        if viewer.scope is None:
            return None
        root = self._catalogue.organisation.root or ""
        above = units_above(self._catalogue, viewer.scope) if viewer.scope in self._catalogue.units else ()
        return tuple({root, *above, *filter(None, (viewer.scope,))})

    def _label(self, unit: str | None, viewer: Viewer) -> str:
        if unit is None:
            return ""
        if not unit:
            return self._catalogue.organisation.name.of(viewer.language)
        return self._catalogue.units[unit].label.of(viewer.language) if unit in self._catalogue.units else unit
