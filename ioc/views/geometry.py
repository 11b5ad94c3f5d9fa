"""Outlines of places from a GeoJSON file: flat, as SVG paths in a square of 1000, as high as the country allows."""

from __future__ import annotations

import json
import math
import stat
from collections.abc import Collection, Iterator
from dataclasses import replace
from functools import lru_cache
from itertools import groupby
from pathlib import Path
from typing import Any

from ioc.errors import Said
from ioc.views.panels.types import Shape

SIDE = 1000.0
MOST_BYTES = 20_000_000
# An islet is a square of at least so much to the side, so that Hoàng Sa and Trường Sa are seen.
ISLET = 6
# A name stands in a shape that is at least so wide and high.
ROOM = (66.0, 34.0)
Ring = list[tuple[float, float]]


class NoMap(ValueError):
    """A file that is no map of ours; ``why`` says it in any language."""

    def __init__(self, why: Said) -> None:
        self.why = why
        super().__init__(why)


def outlines(path: Path, codes: Collection[str]) -> tuple[Shape, ...]:
    """The shapes of a file, by their property ``code``; read again when the file has changed.

    Args:
        path: a regular file of at most ``MOST_BYTES``.
        codes: those that are known; one written as a number meets the one written with noughts before it.

    Raises:
        NoMap: it cannot be read, is no such file, or has no feature of a known code with an area.
    """
    try:
        state = path.stat()
        if not stat.S_ISREG(state.st_mode) or state.st_size > MOST_BYTES:
            raise NoMap(Said("it is no file of at most 20 MB"))
        shapes = _outlines(path, state.st_mtime_ns)
    except NoMap:
        raise
    except (OSError, ValueError, TypeError, KeyError, AttributeError, RecursionError) as error:
        raise NoMap(Said("it cannot be read as GeoJSON ({fault})", fault=f"{type(error).__name__}: {error}")) from error
    known = {code.lstrip("0"): code for code in codes}
    named = tuple(each if each.code in codes else replace(each, code=known.get(each.code.lstrip("0"), each.code)) for each in shapes)
    if not any(each.code in codes for each in named):
        raise NoMap(Said("no feature has a known “code” and an area"))
    return named


@lru_cache(maxsize=4)
def _outlines(path: Path, _changed: int) -> tuple[Shape, ...]:
    data = json.loads(path.read_text(encoding="utf-8-sig"), parse_constant=_not_a_number)
    features = data["features"] if isinstance(data, dict) else data
    places = [(_code(each), list(_rings(each.get("geometry")))) for each in features]
    points = [point for _, rings in places for ring in rings for point in ring]
    if not points:
        return ()
    middle = math.radians((min(y for _, y in points) + max(y for _, y in points)) / 2)
    flat = [(code, [[(x * math.cos(middle), -y) for x, y in ring] for ring in rings]) for code, rings in places if rings]
    xs, ys = zip(*((x, y) for _, rings in flat for ring in rings for x, y in ring), strict=True)
    scale = SIDE / max(max(xs) - min(xs), max(ys) - min(ys), 1e-9)
    left, top = ((min(each) + max(each) - SIDE / scale) / 2 for each in (xs, ys))  # in the middle of the square
    placed = [(code, [[((x - left) * scale, (y - top) * scale) for x, y in ring] for ring in rings]) for code, rings in flat]
    return tuple(Shape(code, "".join(map(_path, rings)), _middle(rings)) for code, rings in placed)


def _not_a_number(text: str) -> float:
    raise NoMap(Said("it cannot be read as GeoJSON ({fault})", fault=text))


def _code(feature: dict[str, Any]) -> str:
    code = (feature.get("properties") or {}).get("code")
    return "" if code is None else str(code).strip()


def _rings(geometry: dict[str, Any] | None) -> Iterator[Ring]:
    """The rings of all areas of a geometry; points and lines have none."""
    kind = geometry.get("type") if geometry else None
    if geometry is None or kind not in {"Polygon", "MultiPolygon", "GeometryCollection"}:
        return
    if kind == "GeometryCollection":
        for each in geometry["geometries"]:
            yield from _rings(each)
        return
    for shape in [geometry["coordinates"]] if kind == "Polygon" else geometry["coordinates"]:
        for ring in shape:
            if ring:
                yield [(float(x), float(y)) for x, y, *_ in ring]


def _path(ring: Ring) -> str:
    """A ring; a point that falls on the one before is left out. What becomes too small to be seen is a small square."""
    xs, ys = zip(*ring, strict=True)
    if max(max(xs) - min(xs), max(ys) - min(ys)) < ISLET:
        left, top = ((min(each) + max(each) - ISLET) / 2 for each in (xs, ys))
        return f"M{left:.0f} {top:.0f}h{ISLET}v{ISLET}h-{ISLET}Z"
    places = [place for place, _ in groupby(f"{x:.0f} {y:.0f}" for x, y in ring)]
    return "M" + "L".join(places) + "Z"


def _middle(rings: list[Ring]) -> tuple[float, float, float] | None:
    """Where a value can stand, and how wide it may be: the middle of a wide stretch of the largest ring; None where there is no room."""
    largest = max(rings, key=lambda ring: abs(_area(ring)))
    ys = [y for _, y in largest]
    best: tuple[float, ...] = (0.0, 0.0, 0.0, 0.0)
    if max(ys) - min(ys) < ROOM[1]:
        return None
    for part in range(1, 12):
        y = min(ys) + (max(ys) - min(ys)) * part / 12
        cuts = sorted(x for ring in rings for x in _cuts(ring, y))
        for left, right in zip(cuts[::2], cuts[1::2], strict=False):
            # Of two stretches about as wide, the one nearer to the middle.
            weight = (right - left) * (1 - abs(part - 6) / 12)
            if right - left >= ROOM[0] and weight > best[0]:
                best = (weight, (left + right) / 2, y, right - left)
    return (round(best[1], 1), round(best[2], 1), round(best[3], 1)) if best[0] else None


def _cuts(ring: Ring, y: float) -> Iterator[float]:
    for (x0, y0), (x1, y1) in zip(ring, [*ring[1:], ring[0]], strict=True):
        if (y0 <= y) != (y1 <= y):
            yield x0 + (y - y0) * (x1 - x0) / (y1 - y0)


def _area(ring: Ring) -> float:
    return sum(x0 * y1 - x1 * y0 for (x0, y0), (x1, y1) in zip(ring, [*ring[1:], ring[0]], strict=True)) / 2
