"""The walls that are connected: frozen, ready to draw."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime


@dataclass(frozen=True)
class WallTile:
    """One connected wall.

    Attributes:
        id: its own, kept by its browser.
        name, room: as its address says (``?name=…&room=…``); empty where it does not.
        playlist: what it shows.
        build: of the files that it was loaded with.
        version: data version that it was last told of.
        since: since when it has been connected.
    """

    id: str
    name: str
    room: str
    playlist: str
    build: str
    version: int
    since: datetime


@dataclass(frozen=True)
class WallsView:
    """All connected walls, and what is shown on all of them instead of their playlists, if anything."""

    walls: tuple[WallTile, ...]
    emergency: str
