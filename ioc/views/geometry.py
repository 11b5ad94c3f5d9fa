"""Outlines of places from a GeoJSON file: flat, as SVG paths in a square of 1000, as high as the country allows."""

from __future__ import annotations

import json
import math
from collections.abc import Iterator
from functools import lru_cache
from pathlib import Path
from typing import Any

from ioc.views.panels.types import Shape

SIDE = 1000.0
Ring = list[tuple[float, float]]


def outlines(path: Path) -> tuple[Shape, ...]:
    """The shapes of a file, by their property ``code``; read again when the file has changed. OSError, ValueError when it cannot be."""
    return _outlines(path, path.stat().st_mtime_ns)


@lru_cache(maxsize=4)
def _outlines(path: Path, _changed: int) -> tuple[Shape, ...]:
    features = json.loads(path.read_text(encoding="utf-8"))["features"]
    places = [(str(each["properties"].get("code", "")), list(_rings(each["geometry"]))) for each in features]
    points = [point for _, rings in places for ring in rings for point in ring]
    if not points:
        return ()
    middle = math.radians((min(y for _, y in points) + max(y for _, y in points)) / 2)
    flat = [(code, [[(x * math.cos(middle), -y) for x, y in ring] for ring in rings]) for code, rings in places]
    xs, ys = zip(*((x, y) for _, rings in flat for ring in rings for x, y in ring), strict=True)
    scale = SIDE / max(max(xs) - min(xs), max(ys) - min(ys), 1e-9)
    return tuple(Shape(code, "".join(_path(ring, min(xs), min(ys), scale) for ring in rings)) for code, rings in flat)


def _rings(geometry: dict[str, Any]) -> Iterator[Ring]:
    shapes = [geometry["coordinates"]] if geometry["type"] == "Polygon" else geometry["coordinates"]
    for shape in shapes:
        for ring in shape:
            yield [(float(x), float(y)) for x, y, *_ in ring]


def _path(ring: Ring, left: float, top: float, scale: float) -> str:
    """A ring; points that fall on the one before are left out."""
    places = dict.fromkeys(f"{(x - left) * scale:.0f} {(y - top) * scale:.0f}" for x, y in ring)
    return "M" + "L".join(places) + "Z"
