"""A screen on which everything is awkward: nothing out of nothing, a million millions, a fall of thousands of per cent, endless names."""

from __future__ import annotations

from dataclasses import replace
from datetime import date
from decimal import Decimal

from ioc.catalogue.model import Unit
from ioc.catalogue.period import back, periods
from ioc.goals.status import Status
from ioc.views.model import Choice, Point, SplitRow, TileView
from ioc.views.panels.types import (
    Alert,
    AlertsPanel,
    BulletPanel,
    Content,
    FunnelPanel,
    HeatmapPanel,
    MapPanel,
    NumberPanel,
    Place,
    RankingPanel,
    ScorePanel,
    Step,
    TrendPanel,
    UntoldPanel,
)
from ioc.views.score import ScoreNode

ENDLESS = "Trung tâm Ứng dụng, Chuyển giao, Hợp tác và Phát triển nguồn nhân lực số dùng chung của các đơn vị sự nghiệp công lập vùng"
HUGE, FALLEN, NONE = Decimal(10) ** 12, Decimal(-4000), Decimal(0)


def score_part(
    indicator: str,
    label: str,
    value: Decimal | None,
    points: Decimal | None,
    most: Decimal,
    measured: Decimal | None = None,
    children: tuple[ScoreNode, ...] = (),
) -> ScoreNode:
    """A part of a score that nobody published."""
    known = measured if measured is not None else Decimal(0) if points is None else most
    rest = (None, None, None, None, None)
    return ScoreNode(indicator, None, label, Unit.PERCENT, 1, points, most, known, value, *rest, children=children)


def awkward(tile: TileView, today: date) -> tuple[tuple[str, tuple[int, int], str, Content], ...]:
    """Kind, size, title and content of each panel; ``tile`` is an ordinary one."""
    months = [span.start for span in periods("month", back("month", today, 11), today)]
    codes = [f"u{index}" for index in range(60)]
    names = [ENDLESS if index % 3 == 0 else f"Đơn vị số {index}" for index in range(60)]
    rows = tuple(SplitRow(code, name, HUGE, HUGE, HUGE - index) for index, (code, name) in enumerate(zip(codes, names, strict=True)))
    huge = replace(tile, label=ENDLESS, unit=Unit.NUMBER, precision=0, value=HUGE, goal=None, goals=(), change=HUGE, status=Status.NO_GOAL)
    fallen = replace(tile, value=FALLEN, change=FALLEN - 40, status=Status.OFF_TRACK, numerator=FALLEN, denominator=Decimal(100))
    nothing = replace(tile, value=None, numerator=NONE, denominator=NONE, change=None, status=Status.NO_DATA, trend=())
    wide = tuple(Point(day, day, None, None, HUGE if index % 2 else FALLEN) for index, day in enumerate(months))
    cells = tuple(tuple(HUGE if (row + column) % 5 else None for column in range(12)) for row in range(60))
    places = tuple(Place(code, "", index // 10, index % 10) for index, code in enumerate(codes))
    parts = (
        score_part("a", ENDLESS, None, None, Decimal(50)),
        score_part("b", "Trễ hạn", FALLEN, NONE, Decimal(50)),
    )
    return (
        ("number", (3, 2), "Không trên không", NumberPanel(nothing)),
        ("number", (3, 2), ENDLESS, NumberPanel(huge)),
        ("number", (3, 2), "Giảm bốn nghìn", NumberPanel(fallen)),
        ("number", (3, 2), ENDLESS, UntoldPanel(f"Lúc 14:05 23/11/2024 chưa có khai báo “{ENDLESS}”.")),
        ("ranking", (3, 2), ENDLESS, RankingPanel("unit", "Đơn vị xử lý", Unit.NUMBER, 0, rows, None)),
        (
            "heatmap",
            (6, 2),
            ENDLESS,
            HeatmapPanel(
                "unit",
                "Đơn vị",
                Unit.NUMBER,
                0,
                tuple(map(Choice, codes, names)),
                tuple(months),
                tuple((each, each) for each in months),
                "month",
                cells,
            ),
        ),
        ("map", (3, 2), ENDLESS, MapPanel("unit", Unit.NUMBER, 0, rows, places)),
        ("trend", (3, 2), ENDLESS, TrendPanel(Unit.NUMBER, 0, "month", wide, None)),
        ("funnel", (3, 2), "Không có gì để chia", FunnelPanel((Step(ENDLESS, NONE, "x"), Step("Nghìn tỷ", HUGE, "x")))),
        ("bullet", (3, 2), "So với mục tiêu", BulletPanel((huge, fallen, nothing))),
        ("score", (3, 2), ENDLESS, ScorePanel(score_part("c", ENDLESS, None, NONE, Decimal(100), Decimal(50), parts))),
        ("alerts", (12, 1), "", AlertsPanel(tuple(Alert(each.indicator, ENDLESS, each.status, True, each) for each in (huge, fallen)), 2)),
    )
