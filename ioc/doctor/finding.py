"""What an examination finds."""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum


class Level(StrEnum):
    """How well something is: well, to be looked at, or to be mended."""

    WELL = "well"
    LOOK = "look"
    MEND = "mend"


@dataclass(frozen=True)
class Finding:
    """One thing that was looked at.

    Attributes:
        level: how it is.
        what: which sentence says it, in ``ioc/text`` under ``doctor``; what to do about it stands beside it as ``…_hint``.
        values: what the sentences speak of.
    """

    level: Level
    what: str
    values: tuple[tuple[str, object], ...] = ()


def well(what: str, **values: object) -> Finding:
    """All is well."""
    return Finding(Level.WELL, what, tuple(values.items()))


def look(what: str, **values: object) -> Finding:
    """Somebody should look at it."""
    return Finding(Level.LOOK, what, tuple(values.items()))


def mend(what: str, **values: object) -> Finding:
    """Something does not work, or soon will not."""
    return Finding(Level.MEND, what, tuple(values.items()))
