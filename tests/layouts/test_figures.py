"""What is drawn into a trend, a spark, a heat map."""

from __future__ import annotations

import json
from dataclasses import replace
from datetime import date
from decimal import Decimal

import pytest

from ioc.catalogue.model import Unit
from ioc.goals.path import Course
from ioc.goals.status import Close
from ioc.text.words import words
from layouts.axis import marks
from layouts.figures import trend, value_range
from layouts.panels.heatmap import step
from layouts.panels.spark import spark
from layouts.panels.trend import alt, period_of
from tests.layouts.drawing import context
from tests.layouts.sample_views import DEADLINE, TILES, course

TILE = TILES["dossiers_fully_online"]


def test_a_gap_stays_a_gap_and_an_open_period_is_apart() -> None:
    points = course(Decimal(80), awkward="gaps")
    settled, open_, shown = trend(points, "month", Unit.PERCENT, 1, TILE.goal, context())["data"]
    assert settled["y"].count(None) == sum(point.value is None or point.provisional for point in points)
    assert settled["connectgaps"] is False
    assert open_["x"] == [len(points) - 2, len(points) - 1]
    assert "dash" in open_["line"]
    assert len(shown["text"]) == len(points)
    assert "Tạm tính" in shown["text"][-1]


def test_the_goal_and_its_day_are_drawn_in() -> None:
    layout = trend(TILE.trend, "month", Unit.PERCENT, 1, TILE.goal, context())["layout"]
    lines = [shape for shape in layout["shapes"] if shape["type"] == "line"]
    goal = [line for line in lines if line["y0"] == line["y1"] == 80]
    day = [line for line in lines if line["x0"] == line["x1"]]
    assert len(goal) == len(day) == 1
    assert TILE.trend[int(day[0]["x0"] - 0.5)].end == DEADLINE
    assert layout["yaxis"]["range"][0] < 80 < layout["yaxis"]["range"][1]
    assert [note["text"] for note in layout["annotations"]] == ["<b>82,0%</b>", "Tạm tính", "Mục tiêu 80%"]


def test_the_path_and_what_was_judged_are_drawn_as_far_as_they_reach() -> None:
    points = TILE.trend  # December 2024 to November 2026
    path = Course(((date(2025, 12, 31), Decimal(60)), (date(2026, 12, 31), Decimal(84))))
    closes = (Close(date(2026, 1, 4), Decimal(61)), Close(date(2026, 10, 31), Decimal(79)))
    goal = replace(TILE.goal, course=path, closes=closes)
    data = trend(points, "month", Unit.PERCENT, 1, goal, context())["data"]
    assert (data[0]["x"], data[0]["y"][0]) == (list(range(12, 24)), 60)
    assert data[0]["y"][-1] == pytest.approx(60 + 24 * 334 / 365, abs=1e-4)
    assert (data[1]["x"], data[1]["y"]) == ([12 + 4 / 31, 22], [61, 79])
    assert "Lộ trình: 60%" in data[-1]["text"][12] and "Lộ trình" not in data[-1]["text"][11]
    drawn = str(spark(points, Decimal(84), None, "x", path))
    assert drawn.count("ioc-spark-path") == 1
    assert "ioc-spark-path" not in str(spark(points, Decimal(84), None, "x"))


@pytest.mark.parametrize("value", [None, "0", "-9.3", "99.999", "1000000000000"])
@pytest.mark.parametrize("kind", ["day", "week", "month", "quarter", "year"])
def test_any_course_can_be_drawn(value: str | None, kind: str) -> None:
    points = course(None if value is None else Decimal(value), kind=kind, count=90 if kind == "day" else 6)
    figure = trend(points, kind, Unit.PERCENT, 1, TILE.goal, context())
    assert json.dumps(figure, allow_nan=False)
    low, high = figure["layout"]["yaxis"]["range"]
    assert low < high
    assert period_of(points) == kind
    assert "nan" not in str(spark(points, Decimal(80), DEADLINE, "x"))


def test_nothing_is_below_nothing() -> None:
    assert value_range(course(Decimal(0)), None)[0] > -0.1
    assert value_range((), None) == [0.0, 1.0]


def test_a_chart_has_words() -> None:
    said = alt("Chỉ số", TILE.trend, "month", TILE.unit, 1, TILE.goal, context())
    assert said == "Chỉ số. Từ 63,2% (T12/2024) đến 82,0% (T11/2026). Mục tiêu 80%."


def test_the_year_stands_below_its_first_mark() -> None:
    months = [point.start for point in TILE.trend]
    first = [(1, ("T1", "2025")), (4, ("T4",)), (7, ("T7",)), (10, ("T10",)), (13, ("T1", "2026"))]
    assert marks(months, "month", words("vi"))[:5] == first
    assert marks([date(2025, 1, 1), date(2026, 1, 1)], "year", words("en")) == [(0, ("2025",)), (1, ("2026",))]
    days = [point.start for point in course(Decimal(1), kind="day", count=91)]
    assert 3 <= len(marks(days, "day", words("vi"))) <= 9


def test_steps_of_the_scale() -> None:
    assert [step(Decimal(value), Decimal(0), Decimal(60)) for value in (0, 9, 10, 59, 60)] == [0, 0, 1, 5, 5]
    assert step(Decimal(7), Decimal(7), Decimal(7)) == 5
