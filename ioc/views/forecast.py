"""One indicator looked ahead, as the API hands it out."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, datetime

from ioc.goals.outlook import Ahead
from ioc.store.snapshot import Snapshot
from ioc.views.model import GoalView, Stamp
from ioc.views.outlooks import Look
from ioc.views.tiles import tiles


@dataclass(frozen=True)
class ForecastView:
    """An indicator looked ahead: each month ahead by itself, twelve months by the end of each, and the goals that are open or missed."""

    stamp: Stamp
    indicator: str
    look: Look
    months: tuple[Ahead, ...]
    goals: tuple[GoalView, ...]


def forecast_view(snapshot: Snapshot, stamp: Stamp, indicator: str, today: date, now: datetime, language: str) -> ForecastView:
    """See ``ForecastView``."""
    tile = tiles(snapshot, [indicator], today, now, language, ahead=True)[indicator]
    found = tile.ahead.months
    months = tuple(found.ahead(index, index) for index in range(found.known, len(found.starts))) if found else ()
    return ForecastView(stamp, indicator, tile.ahead, months, tuple(goal for goal in tile.goals if goal.prospect))
