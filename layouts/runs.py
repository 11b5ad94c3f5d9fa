"""A trend as runs of points that a line may join."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence

from ioc.views.model import Point


def runs(points: Sequence[Point], place: Callable[[int, Point], str]) -> Iterator[tuple[str, bool]]:
    """Unbroken runs of points as paths of SVG, and whether each is a step into a provisional point.

    A gap stays a gap, and no path leads from one formula to another.
    """
    run: list[str] = []
    for index, point in enumerate(points):
        if point.value is None or point.new_formula:
            yield from _whole(run)
            run = []
        if point.value is None:
            continue
        here = place(index, point)
        if point.provisional and run:
            yield from _whole(run)
            yield f"M{run[-1]}L{here}", True
            run = [here] if index + 1 < len(points) else []
        else:
            run.append(here)
    yield from _whole(run)


def _whole(run: Sequence[str]) -> Iterator[tuple[str, bool]]:
    """One path; a point alone is one too."""
    if run:
        yield "M" + "L".join(run) + ("h0" if len(run) == 1 else ""), False
