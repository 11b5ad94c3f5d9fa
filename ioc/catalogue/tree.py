"""The tree of units, and how a question writes what no single code says: ``vp*`` is a unit with all below it, ``@cuc`` all units of a
kind, ``-`` no code at all."""

from __future__ import annotations

from ioc.catalogue.model import Catalogue

BELOW, GROUP, NOTHING = "*", "@", "-"


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


def groups(catalogue: Catalogue) -> dict[str, tuple[str, ...]]:
    """The kinds of which there are several units, each as a question writes it, with its units."""
    found: dict[str, list[str]] = {}
    for code, unit in catalogue.units.items():
        found.setdefault(f"{GROUP}{unit.kind}", []).append(code)
    return {group: tuple(codes) for group, codes in found.items() if len(codes) > 1}


def named(catalogue: Catalogue, code: str) -> tuple[str, ...]:
    """The codes that one in a question stands for: itself, a unit with all below it, or all units of a kind."""
    if code.startswith(GROUP):
        return groups(catalogue).get(code, (code,))
    unit = code.removesuffix(BELOW)
    return units_below(catalogue, unit) if code != unit and unit in catalogue.units else (code,)
