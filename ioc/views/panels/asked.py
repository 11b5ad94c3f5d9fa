"""What is asked of a panel, and the questions that several kinds put to the data."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import date, datetime

from ioc.catalogue.model import Catalogue
from ioc.catalogue.period import back, period_of
from ioc.catalogue.screens import PanelSettings
from ioc.goals.status import Status
from ioc.indicators.values import Question, Value, ask
from ioc.store.snapshot import Snapshot
from ioc.views.glances import Glances
from ioc.views.indicator import trend_points
from ioc.views.model import TileView
from ioc.views.tiles import TREND_MONTHS, spans

Where = tuple[tuple[str, tuple[str, ...]], ...]


@dataclass(frozen=True)
class Asked:
    """A panel's settings, and at which state of the data, on which day and in which language it is asked for.

    ``where`` is what it is limited to, a template's code included; ``glances`` are shared by the panels of its screen. ``reads_records``
    tells whether the viewer may see records, besides figures.
    """

    snapshot: Snapshot
    panel: PanelSettings
    where: Where
    today: date
    now: datetime
    language: str
    glances: Glances | None = None
    reads_records: bool = True

    @property
    def catalogue(self) -> Catalogue:
        """What is measured."""
        return self.snapshot.catalogue

    @property
    def indicator(self) -> str:
        """The one indicator that it is about."""
        return self.panel.indicator or ""

    @property
    def start(self) -> date:
        """The first day that it looks back to: with it a period begins."""
        if not self.panel.back:
            return period_of("year", self.today).start
        return period_of(self.panel.period, back("month", self.today, self.panel.back - 1)).start

    def indicators(self) -> tuple[str, ...]:
        """The indicators that it is about; of a group, its targets."""
        mine = (name for name, spec in self.catalogue.indicators.items() if spec.target and spec.group == self.panel.group)
        one = (self.panel.indicator,) if self.panel.indicator else ()
        return tuple(dict.fromkeys((*one, *self.panel.indicators, *(mine if self.panel.group else ()))))

    def question(self, period: str | None = None, *, by: bool = True) -> Question:
        """The panel's question to its one indicator."""
        dimension = self.panel.dimension if by else None
        split = (dimension,) if dimension else ()
        return Question(self.indicator, by=split, period=period, start=self.start, end=self.today, where=self.where)

    def tiles(self) -> tuple[TileView, ...]:
        """Its indicators at a glance, within what it is limited to."""
        names = self.indicators()
        found = self.glance(names)
        return tuple(self.within(found[name]) for name in names)

    def glance(self, names: Sequence[str]) -> dict[str, TileView]:
        """Indicators at a glance, for the whole organisation."""
        return (self.glances or Glances(self.snapshot, self.today, self.now, self.language)).of(names)

    def within(self, tile: TileView) -> TileView:
        """A tile limited to the panel's codes. Goals are set for the whole only, so that a part is not judged."""
        if not self.where:
            return tile
        wanted = spans(self.catalogue, self.today)
        year = Question(tile.indicator, start=wanted.year.start, end=wanted.year.end, where=self.where)
        value = _one(ask(self.snapshot, year, self.today))
        before = _one(ask(self.snapshot, replace(year, start=wanted.last_year.start, end=wanted.last_year.end), self.today))
        known = value is not None and value.value is not None
        return replace(
            tile,
            value=value.value if value else None,
            numerator=value.numerator if value else None,
            denominator=value.denominator if value else None,
            status=(Status.STALE if tile.stale else Status.NO_GOAL) if known else Status.NO_DATA,
            goal=None,
            goals=(),
            trend=trend_points(self.snapshot, replace(year, period="month", start=back("month", self.today, TREND_MONTHS - 1)), self.today),
            change=value.value - before.value if value and before and value.value is not None and before.value is not None else None,
        )


def _one(values: list[Value]) -> Value | None:
    return values[0] if values else None
