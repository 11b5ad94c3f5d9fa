"""Every status by the documented rule."""

from __future__ import annotations

from datetime import date
from decimal import Decimal

import pytest

from ioc.catalogue.model import Goal, Text
from ioc.goals.status import PathStart, Status, gap, judge, meets

TODAY = date(2026, 7, 1)
START = PathStart(date(2025, 12, 31), Decimal(60))


def goal(comparator: str = ">=", value: str = "80", horizon: date = date(2026, 12, 31)) -> Goal:
    source = Text(vi="QĐ", en="Decision")
    return Goal.model_validate({"indicator": "x", "comparator": comparator, "value": value, "horizon": horizon, "source": source})


@pytest.mark.parametrize(
    ("value", "comparator", "bound", "met"),
    [
        ("80", ">=", "80", True),
        ("79.9999", ">=", "80", False),
        ("99.96", "=", "100", False),
        ("100", "=", "100", True),
        ("3", "<=", "3", True),
        ("3.1", "<=", "3", False),
        ("-20", "down", "20", True),
        ("-19.9", "down", "20", False),
        ("30", "up", "30", True),
        ("29", "up", "30", False),
    ],
)
def test_meets_exactly_or_not(value: str, comparator: str, bound: str, met: bool) -> None:
    assert meets(Decimal(value), goal(comparator, bound)) is met
    assert (gap(Decimal(value), goal(comparator, bound)) >= 0) is met


@pytest.mark.parametrize(
    ("value", "aim", "options", "status"),
    [
        (None, goal(), {}, Status.NO_DATA),
        ("90", goal(), {"stale": True}, Status.STALE),
        ("90", None, {}, Status.NO_GOAL),
        ("90", goal(), {}, Status.ACHIEVED),
        ("70", goal(horizon=date(2025, 12, 31)), {}, Status.MISSED),
        ("80", goal(horizon=date(2025, 12, 31)), {}, Status.ACHIEVED),
        ("70", goal(), {}, Status.AT_RISK),
        ("70", goal(), {"start": START}, Status.ON_TRACK),  # the path asks for 69.97 half-way
        ("67", goal(), {"start": START}, Status.AT_RISK),  # within 15 % of the way of 20
        ("66.9", goal(), {"start": START}, Status.OFF_TRACK),
        ("79.99", goal(horizon=TODAY), {"start": START}, Status.AT_RISK),  # on the last day nothing is missed yet
        ("-9", goal("down", "20"), {"start": PathStart(date(2025, 12, 31), Decimal(0))}, Status.AT_RISK),
        ("-11", goal("down", "20"), {"start": PathStart(date(2025, 12, 31), Decimal(0))}, Status.ON_TRACK),
        ("-6", goal("down", "20"), {"start": PathStart(date(2025, 12, 31), Decimal(0))}, Status.OFF_TRACK),
    ],
)  # fmt: skip
def test_every_status(value: str | None, aim: Goal | None, options: dict[str, object], status: Status) -> None:
    assert judge(Decimal(value) if value else None, aim, TODAY, **options) is status  # type: ignore[arg-type]
