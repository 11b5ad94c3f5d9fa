"""Formulas that change: each period by the one in force on its last day, from cells and from records alike, and a visible break."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace
from datetime import date
from decimal import Decimal
from pathlib import Path

import pytest

from ioc.access.viewer import Viewer
from ioc.catalogue.model import Catalogue, FormulaVersion, Indicator, Text, Unit
from ioc.catalogue.period import Period
from ioc.config import Settings
from ioc.exports.tables import course_chart, course_table
from ioc.goals.status import Close, Status
from ioc.indicators.series import SeriesSet
from ioc.indicators.values import Question, Value, ask
from ioc.store.store import Store
from ioc.text import dates
from ioc.text.words import words
from ioc.views.cache import ViewCache
from ioc.views.explanation import ExplanationQuestion, ExplanationView
from ioc.views.gather import Gatherer
from ioc.views.indicator import trend_points
from ioc.views.model import GoalView, Point
from ioc.views.outlooks import comparable_since, look, worked_months
from ioc.views.panels.types import Frame, PanelView, TrendPanel
from ioc.views.reading import summary
from ioc.views.tiles import parted
from ioc.views.values import breaks
from layouts.figures import trend
from layouts.panels.spark import spark
from layouts.panels.trend import panel
from tests.layouts.drawing import context
from tests.office import catalogue, open_store, put

TODAY = date(2026, 11, 23)
WORDS = Text(vi="cũ", en="old")
BY_CHANNEL, BY_FEE = "channel = 'online'", "fee > 5"


def changing() -> Catalogue:
    """The office, whose rate went by the fee up to June, by the channel up to 16 October, and by the flag since."""
    office = catalogue()
    versions = (
        FormulaVersion(valid_to=date(2026, 6, 30), formula=WORDS, source=WORDS, succeeds=BY_FEE),
        FormulaVersion(valid_from=date(2026, 7, 1), valid_to=date(2026, 10, 16), formula=WORDS, source=WORDS, succeeds=BY_CHANNEL),
    )
    rate = office.indicators["online_rate"].model_copy(update={"versions": versions, "valid_from": date(2026, 10, 17)})
    return office.model_copy(update={"indicators": office.indicators | {"online_rate": rate}})


@pytest.fixture
def store(tmp_path: Path) -> Iterator[Store]:
    """One dossier a month from May to November: each would succeed by one formula alone."""
    office = open_store(tmp_path, changing())
    facts = {"fee": {"fee": 9}, "channel": {"channel": "online"}, "flag": {"online": True}}
    rows = [
        {"id": f"{month}-{name}", "unit": "a", "received_at": f"2026-{month:02d}-{day:02d} 09:00", "updated_at": "2026-11-20", "channel": "counter", "online": False, "fee": 1} | fact
        for month, day in ((5, 10), (6, 10), (7, 10), (10, 10), (10, 20), (11, 10))
        for name, fact in facts.items()
    ]  # fmt: skip
    put(office, "dossier", [row | {"id": str(number)} for number, row in enumerate(rows)])
    yield office
    office.close()


def _by(store: Store, period: str | None, start: date | None, end: date) -> dict[date | None, tuple[object, object]]:
    with store.read() as snapshot:
        found = ask(snapshot, Question("online_rate", period=period, start=start, end=end), TODAY)
    return {value.span.start if value.span else None: (value.numerator, value.denominator) for value in found}


def test_a_period_is_computed_by_the_formula_in_force_on_its_last_day(store: Store) -> None:
    months = _by(store, "month", date(2026, 1, 1), TODAY)
    assert months == {date(2026, month, 1): (1, 3) for month in (5, 6, 7, 11)} | {date(2026, 10, 1): (2, 6)}
    with store.read() as snapshot:
        spec = snapshot.catalogue.indicators["online_rate"]
    chosen = [spec.in_force(day).succeeds for day in (date(2026, 6, 30), date(2026, 7, 1), date(2026, 10, 16), date(2026, 10, 17))]
    assert chosen == [BY_FEE, BY_CHANNEL, BY_CHANNEL, "online"]


@pytest.mark.parametrize("period", ["day", "week", "month", "quarter", "year"])
def test_every_period_is_the_span_asked_for_by_itself(store: Store, period: str) -> None:
    with store.read() as snapshot:
        series = ask(snapshot, Question("online_rate", period=period, start=date(2026, 1, 1), end=TODAY), TODAY)
        assert series
        for value in series:
            assert value.span is not None
            spec = snapshot.catalogue.indicators["online_rate"].in_force(min(value.span.end, TODAY))
            fixed = snapshot.catalogue.model_copy(update={"indicators": {"online_rate": spec}})
            alone = ask(
                replace(snapshot, catalogue=fixed), Question("online_rate", start=value.span.start, end=min(value.span.end, TODAY)), TODAY
            )
            assert (alone[0].numerator, alone[0].denominator) == (value.numerator, value.denominator)


def test_many_spans_at_once_are_the_same_as_one_by_one(store: Store) -> None:
    spans = [Period(date(2026, month, 1), date(2026, month, 28)) for month in range(5, 11)] + [Period(date(2026, 1, 1), TODAY)]
    with store.read() as snapshot:
        series = SeriesSet(snapshot, ["online_rate"], spans, TODAY)
        for span in spans:
            found = ask(snapshot, Question("online_rate", start=span.start, end=span.end), TODAY)
            one = (found[0].numerator, found[0].denominator) if found else (None, None)
            value = series.over("online_rate", span)
            assert (value.numerator or None, value.denominator or None) == (one[0] or None, one[1] or None)


def test_a_trend_breaks_where_the_formula_changes() -> None:
    office = changing()
    spec = office.indicators["online_rate"]
    points = [Point(date(2026, month, 1), date(2026, month, 28), None, None, Decimal(month)) for month in range(5, 9)]
    marked = parted(office, "online_rate", points)
    assert [point.new_formula for point in marked] == [False, False, True, False]
    figure = trend(marked, "month", Unit.PERCENT, 1, None, context())
    line = next(each for each in figure["data"] if each["mode"] == "lines")
    assert (line["x"], line["y"]) == ([0, 1, 2, 2, 3], [5, 6, None, 7, 8])
    assert [shape["x0"] for shape in figure["layout"]["shapes"] if shape["type"] == "line"] == [1.5]
    assert words("vi")("indicator.new_formula") in [note["text"] for note in figure["layout"]["annotations"]]
    small = str(spark(marked, None, None, ""))
    assert small.count("<path d=") == 2 and small.count("ioc-spark-break") == 1
    assert [each.on for each in breaks(spec, date(2026, 7, 1), TODAY)] == [date(2026, 10, 17)]


def test_whatever_shows_a_trend_is_told_where_it_breaks(store: Store) -> None:
    with store.read() as snapshot:
        points = trend_points(snapshot, Question("online_rate", period="month", start=date(2026, 4, 1), end=TODAY), TODAY)
    starts = [date(2026, 7, 1), date(2026, 10, 1)]
    assert [point.start for point in points if point.new_formula] == starts
    said, new = words("vi"), words("vi")("indicator.new_formula")
    drawn = course_chart("Tỷ lệ", points, "month", Unit.PERCENT, 1, None, said)
    assert drawn and [each.label for each in drawn.series] == ["Tỷ lệ", f"Tỷ lệ ({new})", f"Tỷ lệ ({new})"]
    assert [[value is not None for value in each.values].count(True) for each in drawn.series] == [2, 1, 2]
    rows = course_table("Tỷ lệ", points, "month", Unit.PERCENT, 1, said).rows
    assert [row[1] for row in rows if new in str(row[-1])] == starts
    frame = Frame(1, "trend", (4, 3), "Tỷ lệ", "", None, ("online_rate",), None, stale=False)
    content = TrendPanel(Unit.PERCENT, 1, "month", points, None)
    shown = str(panel(PanelView(frame, content), content, context()))
    assert shown.count("ioc-plot-break") == 2 == shown.count("ioc-plot-formula")
    assert f"Từ {dates.period(starts[0], 'month', said)}, {dates.period(starts[1], 'month', said)} áp dụng công thức mới." in shown


def test_what_was_judged_each_week_is_not_joined_either() -> None:
    office = changing()
    points = parted(
        office, "online_rate", [Point(date(2026, month, 1), date(2026, month, 28), None, None, Decimal(month)) for month in (5, 6, 7)]
    )
    closes = tuple(Close(date(2026, month, day), Decimal(month)) for month, day in ((6, 7), (6, 28), (7, 5), (7, 12)))
    goal = GoalView("plan", ">=", Decimal(90), date(2026, 12, 31), "QĐ", Status.AT_RISK, None, closes=closes)
    thin = next(each for each in trend(points, "month", Unit.PERCENT, 1, goal, context())["data"] if len(each["y"]) == len(closes) + 1)
    assert thin["y"] == [6, 6, None, 7, 7]


def test_a_forecast_rests_on_months_that_are_counted_alike() -> None:
    office = changing()
    assert comparable_since(office, "online_rate") == date(2026, 10, 17)
    spec = office.indicators["online_rate"]
    words_alone = replace_versions(spec, FormulaVersion(valid_to=date(2026, 10, 16), formula=WORDS, source=WORDS))
    assert (
        comparable_since(office.model_copy(update={"indicators": office.indicators | {"online_rate": words_alone}}), "online_rate") is None
    )
    span = Period(date(2026, 9, 1), date(2026, 9, 30))
    months = [Value((), span, Decimal(1), Decimal(2), Decimal(50), False)] * 20
    assert look(office, "online_rate", months, False, worked_months(office, TODAY), TODAY).closed == 0


def replace_versions(spec: Indicator, *versions: FormulaVersion) -> Indicator:
    return spec.model_copy(update={"versions": versions})


def _explained(
    store: Store, language: str, before: tuple[date, date], after: tuple[date, date], indicator: str = "online_rate"
) -> ExplanationView:
    asked = ExplanationQuestion(indicator, by=("unit", "channel"), start=after[0], end=after[1], against=f"{before[0]}..{before[1]}")
    return Gatherer(store, Settings(), ViewCache()).explanation(Viewer("test", language), asked)


MAY, JUNE = (date(2026, 5, 1), date(2026, 5, 31)), (date(2026, 6, 1), date(2026, 6, 30))
JULY, OCTOBER = (date(2026, 7, 1), date(2026, 7, 31)), (date(2026, 10, 1), date(2026, 10, 31))


def test_a_comparison_across_a_change_of_formula_says_so_and_each_side_is_taken_apart_by_its_own(store: Store) -> None:
    view = _explained(store, "en", JUNE, JULY)
    assert [(each.on, each.parts, each.source) for each in view.breaks] == [(date(2026, 7, 1), (), "old")]
    # June by the fee: the one of 9, at the counter. July by the channel: the one that came online.
    by_channel = {
        row.codes[1].code: (row.before.numerator, row.before.denominator, row.after.numerator, row.after.denominator) for row in view.rows
    }
    assert by_channel == {"counter": (1, 2, 0, 2), "online": (0, 1, 1, 1)}
    assert view.change == 0 == sum(row.effect for row in view.rows)
    assert summary(view, words("en"))[1] == (
        "The two sides are not counted by the same formula: since 01/07/2026 another is in force (old). Each side is counted and taken apart by the one "
        "in force on its last day, so part of the change may come from the formula itself."
    )
    assert summary(_explained(store, "vi", JUNE, JULY), words("vi"))[1].startswith(
        "Hai bên so sánh không tính theo cùng một công thức: từ 01/07/2026 áp dụng công thức khác (cũ)."
    )


def test_within_one_formula_nothing_is_said_and_across_two_changes_both_are(store: Store) -> None:
    assert _explained(store, "en", MAY, JUNE).breaks == ()
    assert [each.on for each in _explained(store, "en", OCTOBER, JUNE).breaks] == [date(2026, 7, 1), date(2026, 10, 17)]
