"""A small trend as an SVG image: sharp at any size, and two dozen of them cost less than one interactive chart."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from decimal import Decimal
from urllib.parse import quote

from dash import html

from ioc.views.model import Point
from layouts.theme import PALETTES

WIDTH, HEIGHT, PADDING = 240, 56, 5


def spark(points: Sequence[Point], goal: Decimal | None, colour: str, scheme: str, alt: str) -> html.Img:
    """The trend of some points as an image.

    Args:
        points: oldest first; points without value are gaps, provisional ones are drawn dashed.
        goal: drawn in as a thin line.
        colour: of the line.
        alt: what the image says in words.
    """
    known = [float(point.value) for point in points if point.value is not None]
    lines = [float(goal)] if goal is not None and known else []
    low, high = (min(known + lines), max(known + lines)) if known else (0.0, 1.0)
    span = (high - low) or 1.0

    def place(index: int, value: float) -> str:
        x = PADDING + index * (WIDTH - 2 * PADDING) / max(len(points) - 1, 1)
        y = HEIGHT - PADDING - (value - low) / span * (HEIGHT - 2 * PADDING)
        return f"{x:.1f} {y:.1f}"

    parts = [f'<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 {WIDTH} {HEIGHT}" preserveAspectRatio="none">']
    style = 'fill="none" stroke-width="{width}" vector-effect="non-scaling-stroke" stroke-linejoin="round" stroke-linecap="round"'
    if lines:
        y = place(0, lines[0]).split()[1]
        parts.append(f'<path d="M0 {y}H{WIDTH}" stroke="{PALETTES[scheme].goal}" stroke-dasharray="2 5" {style.format(width=1.5)}/>')
    for path, dashed in _paths(points, place):
        dash = ' stroke-dasharray="4 4"' if dashed else ""
        parts.append(f'<path d="{path}" stroke="{colour}"{dash} {style.format(width=2.5)}/>')
    parts.append("</svg>")
    return html.Img(src="data:image/svg+xml," + quote("".join(parts)), alt=alt, className="ioc-spark")


def _paths(points: Sequence[Point], place: Callable[[int, float], str]) -> Iterator[tuple[str, bool]]:
    """Unbroken runs of points as SVG paths; a step into a provisional point is a dashed path of its own."""
    run: list[str] = []
    for index, point in enumerate(points):
        if point.value is None:
            if run:
                yield "M" + "L".join(run), False
            run = []
            continue
        here = place(index, float(point.value))
        if point.provisional and run:
            yield "M" + "L".join(run), False
            yield f"M{run[-1]}L{here}", True
            run = []
        else:
            run.append(here)
    if run:
        yield "M" + "L".join(run), False
