"""The fan of a forecast: what was done, the range that opens from there, paths, goals; and what is said where there is none."""

from __future__ import annotations

import json
from dataclasses import replace
from datetime import date
from decimal import Decimal

import pytest

from ioc.catalogue.model import Goal, Text
from ioc.catalogue.period import month_after
from ioc.goals.forecast import Forecast, Month
from ioc.goals.outlook import Ahead, Kind, Months, Outlook, outlook, outlook_past
from ioc.goals.path import course
from ioc.views.model import TileView
from ioc.views.outlooks import NOTHING_AHEAD, Look
from ioc.views.panels.types import Frame, NumberPanel, PanelView
from layouts.fan import fan
from layouts.panels import number
from layouts.panels.goal import expected
from layouts.panels.outlook import outlook as panel
from tests.layouts.drawing import context
from tests.layouts.sample_views import TILES, TODAY

FIRST = date(2023, 11, 1)
WORKED = {month_after(FIRST, index): 20 for index in range(120)}
CLOSED = tuple(Month(Decimal(500 + 10 * index), Decimal(1000), Decimal(50 + index)) for index in range(36))
AHEAD = Forecast((86.0,) * 62, (80.0,) * 62, (92.0,) * 62, 1, 0.5, 0.8, 40)
MONTHS = Months(FIRST, CLOSED, AHEAD, Kind.SHARE, WORKED)

GOAL = {"indicator": "x", "comparator": ">=", "value": 95, "source": Text(vi="QĐ", en="QĐ")}


def tile(months: Months | None, *horizons: date) -> TileView:
    """The tile of the satisfaction index with goals of 95 % on these days."""
    goals = []
    for horizon in horizons:
        goal = Goal.model_validate(GOAL | {"horizon": horizon, "since": "2025-12-31"})
        found = outlook(months, goal) if months else None
        view = TILES["satisfaction_index"].goal
        assert view
        goals.append(
            replace(
                view,
                horizon=horizon,
                target=Decimal(95),
                course=course(goal, Decimal(70)),
                outlook=found,
                prospect=("Dự kiến.", "Thử lại."),
            )
        )
    look = Look(36, AHEAD, months) if months else NOTHING_AHEAD
    return replace(TILES["satisfaction_index"], goals=tuple(goals), goal=goals[0], ahead=look)


def test_the_fan_opens_where_what_was_done_ends() -> None:
    shown = tile(MONTHS, date(2027, 12, 31), date(2030, 12, 31))
    figure = fan(shown, shown.goals, context())
    assert json.dumps(figure, allow_nan=False)
    low, high, first, second, done, middle, goals = figure["data"]
    assert low["x"][0] == high["x"][0] == middle["x"][0] == done["x"][-1]
    assert low["y"][0] == high["y"][0] == middle["y"][0] == done["y"][-1]
    assert len(low["x"]) == 1 + 50 == len(middle["x"])  # November 2026 to December 2030
    assert all(one <= other <= third for one, other, third in zip(low["y"], middle["y"], high["y"], strict=True))
    assert first["y"][0] == second["y"][0] == 70 and first["y"][-1] == second["y"][-1] == 95
    assert first["x"][-1] == goals["x"][0] and second["x"][-1] == goals["x"][1]
    assert [note["text"] for note in figure["layout"]["annotations"]] == ["95%", "95%"]


def test_the_panel_says_the_same_in_words_and_what_is_lacking() -> None:
    (shown,) = panel(tile(MONTHS, date(2027, 12, 31)), context())
    said = str(shown.to_plotly_json())
    assert "Khi nào đạt?" in said and "Dự kiến." in said and "Thử lại." in said and "đến 86" in said
    (lacking,) = panel(tile(None, date(2027, 12, 31)), context())
    assert "Dự kiến." in str(lacking.to_plotly_json()) and "aria-label" not in str(lacking.to_plotly_json())


@pytest.mark.parametrize(
    ("held", "language", "key", "heard"),
    [
        (
            0.8,
            "vi",
            "Khoảng dự báo (thử lại: đúng 32/40 lần)",
            "Khi thử lại, khoảng dự báo đúng 32 trong 40 lần.",
        ),
        (
            0.45,
            "vi",
            "Khoảng dự báo (thử lại: chỉ đúng 18/40 lần)",
            "Khi thử lại, khoảng dự báo chỉ đúng 18 trong 40 lần, chưa đạt mức 80%",
        ),
        (0.85, "en", "Range of the forecast (in back-tests it held 34 of 40 times)", "In back-tests the range held 34 of 40 times."),
        (
            0.45,
            "en",
            "(in back-tests it held only 18 of 40 times)",
            "held only 18 of 40 times, which is less than the 80% that it should",
        ),
    ],
)
def test_of_its_range_the_panel_says_how_often_it_has_held(held: float, language: str, key: str, heard: str) -> None:
    shown = tile(MONTHS, date(2027, 12, 31))
    shown = replace(shown, ahead=replace(shown.ahead, forecast=replace(AHEAD, held=held)))
    (drawn,) = panel(shown, context(lang=language))
    said = str(drawn.to_plotly_json())
    assert key in said, "beside the figure"
    assert heard in said, "in place of the figure"


def test_of_goals_gone_by_those_not_met_are_drawn_where_none_is_open() -> None:
    gone = tile(MONTHS, date(2025, 12, 31))
    found = outlook_past(MONTHS, Goal.model_validate(GOAL | {"horizon": "2025-12-31"}))
    missed = replace(gone, goals=(replace(gone.goals[0], outlook=found, course=None),))
    (shown,) = panel(missed, context())
    said = str(shown.to_plotly_json())
    assert "Lộ trình" not in said  # there is no path to draw
    assert "Dự kiến." in said and "31/10/2027" in said  # twelve months from the last that is over, and so far it is drawn
    goals = fan(missed, missed.goals, context())["data"][-1]
    assert goals["y"] == [95] and goals["x"][0] == 23  # from November 2025, a year of what was done, to October 2027
    met = replace(gone, goals=(replace(gone.goals[0], prospect=()),))
    assert panel(met, context()) == []


@pytest.mark.parametrize(
    ("low", "high", "said"),
    [("92.6", "95.7", "dự báo 31/12/2027: 93–\u206096%"), ("92.6", "93.4", "dự báo 31/12/2027: 93%"), ("60", "99", "")],
)
def test_the_short_word(low: str, high: str, said: str) -> None:
    day = date(2027, 12, 31)
    shown = tile(MONTHS, day)
    goal = replace(shown.goals[0], outlook=Outlook(Ahead(day, Decimal(94), Decimal(low), Decimal(high)), False, None, None))
    assert expected(goal, shown, context()) == said
    assert expected(replace(goal, outlook=None), shown, context()) == ""


def test_a_number_tells_what_is_forecast_for_its_goals_day() -> None:
    frame = Frame(0, "number", (3, 2), "Mức độ hài lòng", "", (date(2026, 1, 1), TODAY), ("satisfaction_index",), None, False)
    for shown, said in ((tile(MONTHS, date(2027, 12, 31)), "dự báo 80–\u206092%"), (tile(None, date(2027, 12, 31)), None)):
        drawn = str(number.panel(PanelView(frame, NumberPanel(shown)), NumberPanel(shown), context()))
        assert (said in drawn) if said else ("dự báo" not in drawn)
        assert "đến 31/12/2027" in drawn
