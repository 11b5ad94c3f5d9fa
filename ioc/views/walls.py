"""The walls that are or were connected: frozen, ready to draw."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime

# Of what a wall shows at once no more is drawn as a picture.
PICTURED = 4


@dataclass(frozen=True)
class WallTile:
    """One wall.

    Attributes:
        id: its own, kept by its browser.
        name, room: as its address says (``?name=…&room=…``); empty where it does not.
        playlist: what it is to show.
        build: of the files that it was loaded with.
        version: data version that it was last told of.
        since: since when it has been connected.
        seen: when it last gave a sign of life.
        shown: the screens that it showed then, side by side; empty when it has not said yet.
        is_gone: whether its connection has ended.
    """

    id: str
    name: str
    room: str
    playlist: str
    build: str
    version: int
    since: datetime
    seen: datetime
    shown: tuple[str, ...] = ()
    is_gone: bool = False


@dataclass(frozen=True)
class WallsView:
    """All connected walls and those that have gone of late, and what is shown on all of them instead of their playlists, if anything."""

    walls: tuple[WallTile, ...]
    emergency: str


def screens_shown(words: str) -> tuple[str, ...]:
    """The names of screens in ``one,two``."""
    return tuple(name for name in words.split(",") if name)
