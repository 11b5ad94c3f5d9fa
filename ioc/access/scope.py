"""How far a viewer may see: the units below one, at whatever depth."""

from __future__ import annotations

from ioc.catalogue.model import Catalogue


def units_within(catalogue: Catalogue, scope: str | None) -> tuple[str, ...] | None:
    """The unit that a viewer's records are limited to and all units below it; None is no limit."""
    if scope is None:
        return None
    found = [scope]
    for above in found:  # grows while it is walked
        found += [code for code, unit in catalogue.units.items() if unit.parent == above and code not in found]
    return tuple(found)
