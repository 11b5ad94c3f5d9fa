"""Panels made of indicators at a glance: number, bullet, funnel, score, alerts."""

from __future__ import annotations

from datetime import date, timedelta
from decimal import Decimal

from ioc.catalogue.period import Period
from ioc.goals.status import Status, meets
from ioc.indicators.series import SeriesSet
from ioc.indicators.values import Question
from ioc.indicators.values import score as scored
from ioc.views.model import TileView
from ioc.views.panels.asked import Asked
from ioc.views.panels.types import (
    Alert,
    AlertsPanel,
    BulletPanel,
    FunnelPanel,
    NumberPanel,
    ScorePanel,
    Step,
)
from ioc.views.scoring import score_node
from ioc.views.tiles import indicators_on_overview

# A goal that was met or lost within so many days has “just” been.
RECENT_DAYS = 7
_WORST = (Status.OFF_TRACK, Status.MISSED, Status.AT_RISK, Status.STALE)


def number(asked: Asked) -> NumberPanel:
    """One indicator; of a part, with the whole beside it."""
    whole = asked.glance([asked.indicator])[asked.indicator]
    return NumberPanel(asked.within(whole), whole if asked.where else None)


def bullet(asked: Asked) -> BulletPanel:
    """Several indicators."""
    return BulletPanel(asked.tiles())


def funnel(asked: Asked) -> FunnelPanel:
    """The steps in the order given: of a share how many succeeded, else the count itself."""
    return FunnelPanel(
        tuple(Step(tile.label, tile.value if tile.denominator is None else tile.numerator, tile.indicator) for tile in asked.tiles())
    )


def score(asked: Asked) -> ScorePanel:
    """A composite's parts as points, this year."""
    question = Question(asked.indicator, start=asked.start, end=asked.today, where=asked.where)
    tree = next(iter(scored(asked.snapshot, question, asked.today).values()), None)
    return ScorePanel(score_node(asked.catalogue, tree, {}, asked.language) if tree else None)


def alerts(asked: Asked) -> AlertsPanel:
    """Every target that has just crossed its goal, or is not on course."""
    names = asked.indicators() or indicators_on_overview(asked.catalogue)
    found = asked.glance(names)
    then = asked.today - timedelta(days=RECENT_DAYS)
    earlier = SeriesSet(asked.snapshot, names, [Period(date(then.year, 1, 1), then)], asked.today)
    all_ = [_alert(asked, found[name], earlier.over(name, Period(date(then.year, 1, 1), then)).value) for name in names]
    told = [alert for alert in all_ if alert.crossed or alert.status in _WORST]
    told.sort(key=lambda alert: (not alert.crossed, _WORST.index(alert.status) if alert.status in _WORST else 0))
    return AlertsPanel(tuple(told), len(names))


def _alert(asked: Asked, tile: TileView, then: Decimal | None) -> Alert:
    crossed = False
    if tile.goal and tile.value is not None and then is not None and not tile.stale:
        goal = asked.catalogue.goals[tile.goal.id]
        crossed = meets(then, goal) != meets(tile.value, goal)
    return Alert(tile.indicator, tile.label, tile.status, crossed, tile)
