"""Tiles that several panels of a screen ask for: read together and once, at one state of the data."""

from __future__ import annotations

import logging
from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import date, datetime

from ioc.store.snapshot import Snapshot
from ioc.views.model import TileView
from ioc.views.tiles import records_of, tiles

log = logging.getLogger(__name__)


@dataclass(frozen=True)
class Glances:
    """The tiles of one screen while it is drawn.

    Attributes:
        snapshot, today, now, language: as of ``tiles``.
        names: indicators that panels of the screen may ask for; what rests on the same records is read in one go.
    """

    snapshot: Snapshot
    today: date
    now: datetime
    language: str
    names: tuple[str, ...] = ()
    _found: dict[str, TileView] = field(default_factory=dict)

    def of(self, names: Sequence[str]) -> dict[str, TileView]:
        """A tile for each indicator named."""
        missing = [name for name in names if name not in self._found]
        if missing:
            self._found.update(self._read(missing))
        return {name: self._found[name] for name in names}

    def _read(self, missing: Sequence[str]) -> dict[str, TileView]:
        catalogue = self.snapshot.catalogue
        behind = set().union(*(records_of(catalogue, name) for name in missing))
        more = [name for name in self.names if name in catalogue.indicators and name not in self._found]
        together = dict.fromkeys([*missing, *(name for name in more if records_of(catalogue, name) <= behind)])
        try:
            return self._tiles(list(together))
        except Exception:
            if len(together) == len(missing):
                raise
            log.exception("%s could not be read together", ", ".join(together))
            return self._tiles(missing)  # another panel's fault is not this one's

    def _tiles(self, names: Sequence[str]) -> dict[str, TileView]:
        return tiles(self.snapshot, names, self.today, self.now, self.language)
