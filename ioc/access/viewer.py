"""Who asks a question: the first argument of every read."""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True)
class Viewer:
    """One viewer. ``scope`` is the unit whose tree may be seen in records; None is the whole organisation.

    ``is_administrator``: see ``ioc.access.administrators``; who runs the product on its machine is one.
    """

    name: str
    language: str = "vi"
    scope: str | None = None
    is_administrator: bool = False
