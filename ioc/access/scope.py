"""How far a viewer may see: the units below one, at whatever depth."""

from __future__ import annotations

from ioc.catalogue.model import Catalogue
from ioc.catalogue.tree import units_below


def units_within(catalogue: Catalogue, scope: str | None) -> tuple[str, ...] | None:
    """The unit that a viewer's records are limited to and all units below it; None is no limit."""
    return None if scope is None else units_below(catalogue, scope)
