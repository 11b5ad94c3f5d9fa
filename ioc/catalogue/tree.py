"""The tree of units, and how a question writes what no single code says: ``vp*`` is a unit with all below it, ``-`` no code at all."""

from __future__ import annotations

from ioc.catalogue.model import Catalogue

BELOW, NOTHING = "*", "-"


def units_below(catalogue: Catalogue, unit: str) -> tuple[str, ...]:
    """A unit and all units below it, at whatever depth."""
    found = [unit]
    for above in found:  # grows while it is walked
        found += [code for code, other in catalogue.units.items() if other.parent == above and code not in found]
    return tuple(found)


def units_above(catalogue: Catalogue, unit: str) -> tuple[str, ...]:
    """The units above one, from the top."""
    parent = catalogue.units[unit].parent
    return (*units_above(catalogue, parent), parent) if parent else ()


def has_below(catalogue: Catalogue, unit: str) -> bool:
    """Whether any unit stands below one."""
    return any(other.parent == unit for other in catalogue.units.values())


def named(catalogue: Catalogue, code: str) -> tuple[str, ...]:
    """The codes that one in a question stands for: itself, or a unit with all below it."""
    unit = code.removesuffix(BELOW)
    return units_below(catalogue, unit) if code != unit and unit in catalogue.units else (code,)
