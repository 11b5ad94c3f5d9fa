"""Screens over a real store: each kind of panel, what it is limited to, and that only what has changed is computed again."""

from __future__ import annotations

import json
from collections.abc import Iterator
from datetime import date, timedelta
from decimal import Decimal
from pathlib import Path
from typing import Any

import pytest

from ioc.access.viewer import Viewer
from ioc.catalogue.model import CalendarDay
from ioc.catalogue.screens import ScreenSettings
from ioc.clock import FrozenClock
from ioc.config import Settings
from ioc.errors import UnknownName
from ioc.goals.status import Status
from ioc.store.store import Store
from ioc.views import gather, glances
from ioc.views.cache import ViewCache
from ioc.views.gather import Gatherer
from ioc.views.geometry import NoMap, outlines
from ioc.views.map_files import map_faults
from ioc.views.panels.asked import Asked
from ioc.views.panels.types import (
    AlertsPanel,
    BulletPanel,
    ClockPanel,
    FunnelPanel,
    HeatmapPanel,
    MapPanel,
    NumberPanel,
    PanelView,
    RankingPanel,
    RecordsPanel,
    TrendPanel,
    UntoldPanel,
)
from ioc.views.screen import panel_view
from ioc.views.tiles import tiles
from tests.office import NOW, catalogue, open_store, put

LABEL = {"vi": "Tên", "en": "Name"}
VIEWER = Viewer("test", "vi")
DOSSIERS = [
    {
        "id": f"{unit}{number}",
        "unit": unit,
        "channel": channel,
        "received_at": f"2026-{month:02}-01 08:00",
        "online": online,
        "updated_at": "2026-11-01 08:00",
    }
    for number, (unit, channel, month, online) in enumerate(
        [("a", "online", 3, "true"), ("a", "online", 4, "false"), ("b", "counter", 4, "true"), ("b", "online", 5, "true")]
    )
]


@pytest.fixture
def store(tmp_path: Path) -> Iterator[Store]:
    opened = open_store(tmp_path)
    yield opened
    opened.close()


def gatherer(store: Store, *panels: dict[str, Any], template: str | None = None) -> Gatherer:
    """A read side with one screen."""
    screen = ScreenSettings.model_validate({"label": LABEL, "panels": panels, "template": template})
    return Gatherer(store, Settings(screens={"s": screen}), ViewCache())


def contents(store: Store, *panels: dict[str, Any]) -> list[Any]:
    return [panel.content for panel in gatherer(store, *panels).screen(VIEWER, "s").panels]


def test_every_kind_stands_before_anything_has_been_delivered(store: Store) -> None:
    kinds = (
        {"kind": "number", "indicator": "online_rate"},
        {"kind": "trend", "indicator": "online_rate"},
        {"kind": "ranking", "indicator": "online_rate"},
        {"kind": "heatmap", "indicator": "online_rate"},
        {"kind": "map", "indicator": "online_rate", "by": "channel"},
        {"kind": "bullet", "group": "work"},
        {"kind": "funnel", "indicators": ["online_rate", "on_time"]},
        {"kind": "alerts"},
        {"kind": "milestones"},
        {"kind": "feeds"},
        {"kind": "clock"},
        {"kind": "text", "text": LABEL},
        {"kind": "records", "record": "dossier"},
    )
    view = gatherer(store, *kinds).screen(VIEWER, "s")
    assert [panel.frame.kind for panel in view.panels] == [each["kind"] for each in kinds]
    number = view.panels[0].content
    assert isinstance(number, NumberPanel) and number.tile.value is None and number.tile.status is Status.NO_DATA


def test_numbers_and_splits_are_those_of_the_records(store: Store) -> None:
    put(store, "dossier", DOSSIERS)
    number, ranking, heatmap, map_, funnel = contents(
        store,
        {"kind": "number", "indicator": "online_rate"},
        {"kind": "ranking", "indicator": "online_rate"},
        {"kind": "heatmap", "indicator": "online_rate"},
        {"kind": "map", "indicator": "online_rate", "by": "channel"},
        {"kind": "funnel", "indicators": ["online_rate"]},
    )
    assert isinstance(number, NumberPanel) and number.tile.value == Decimal(75) and number.whole is None
    assert isinstance(ranking, RankingPanel) and [(row.code, row.value) for row in ranking.rows] == [("b", 100), ("a", 50)]
    assert isinstance(heatmap, HeatmapPanel) and len(heatmap.columns) == 12
    assert [sum(value is not None for value in row) for row in heatmap.values] == [2, 2]
    assert isinstance(map_, MapPanel) and {row.code: row.value for row in map_.rows} == {
        "counter": 100,
        "online": pytest.approx(Decimal(200) / 3),
    }
    assert isinstance(funnel, FunnelPanel) and funnel.steps[0].count == 3


def test_a_part_is_shown_beside_the_whole_and_is_not_judged(store: Store) -> None:
    put(store, "dossier", DOSSIERS)
    number, trend, bullet = contents(
        store,
        {"kind": "number", "indicator": "online_rate", "where": {"unit": "a"}},
        {"kind": "trend", "indicator": "online_rate", "where": {"unit": "a"}},
        {"kind": "bullet", "indicators": ["online_rate"], "where": {"unit": "b"}},
    )
    assert isinstance(number, NumberPanel) and number.whole
    assert (number.tile.value, number.whole.value, number.tile.goal) == (50, 75, None)
    assert isinstance(trend, TrendPanel) and [point.value for point in trend.points if point.value is not None] == [100, 0]
    assert isinstance(bullet, BulletPanel) and bullet.tiles[0].value == 100


def test_records_are_limited_and_say_to_what(store: Store) -> None:
    put(store, "dossier", DOSSIERS)
    (panel,) = gatherer(store, {"kind": "records", "record": "dossier", "where": {"unit": "a"}}).screen(VIEWER, "s").panels
    assert panel.frame.scope == "Phòng A"
    assert isinstance(panel.content, RecordsPanel) and len(panel.content.rows) == sum(row["unit"] == "a" for row in DOSSIERS)


@pytest.mark.parametrize(
    ("where", "viewer", "wanted"),
    [
        ({}, VIEWER, 4),
        ({}, Viewer("head", "vi", "a"), 2),
        ({}, Viewer("chief", "vi", "office"), 4),
        ({"unit": "b"}, Viewer("head", "vi", "a"), 0),
        ({"unit": "office*"}, VIEWER, 4),
        ({"channel": "-"}, VIEWER, 0),
    ],
)
def test_records_are_those_that_the_viewer_may_see(store: Store, where: dict[str, str], viewer: Viewer, wanted: int) -> None:
    put(store, "dossier", DOSSIERS)
    (panel,) = gatherer(store, {"kind": "records", "record": "dossier", "where": where}).screen(viewer, "s").panels
    assert isinstance(panel.content, RecordsPanel) and len(panel.content.rows) == wanted


def test_whoever_may_see_figures_alone_is_shown_no_record(store: Store) -> None:
    put(store, "dossier", DOSSIERS)
    views = gatherer(store, {"kind": "records", "record": "dossier"}, {"kind": "number", "indicator": "online_rate"})
    assert isinstance(views.screen(VIEWER, "s").panels[0].content, RecordsPanel)
    told, number = views.screen(Viewer("wall", "vi", permissions=frozenset({"figures", "walls"})), "s").panels
    assert isinstance(told.content, UntoldPanel) and "không được xem bản ghi" in told.content.why
    assert isinstance(number.content, NumberPanel)


def test_a_template_is_a_screen_for_each_unit(store: Store) -> None:
    put(store, "dossier", DOSSIERS)
    views = gatherer(store, {"kind": "number", "indicator": "online_rate"}, template="unit")
    assert set(views.screens()) == {"s:a", "s:b"}
    found = views.screen(VIEWER, "s:a")
    assert (found.label, found.panels[0].content.tile.value) == ("Phòng A", 50)  # type: ignore[union-attr]
    for wrong in ("s", "s:z", "other"):
        with pytest.raises(UnknownName):
            views.screen(VIEWER, wrong)


def test_only_panels_whose_records_have_changed_are_computed_again(store: Store, monkeypatch: pytest.MonkeyPatch) -> None:
    put(store, "dossier", DOSSIERS)
    computed: list[str] = []

    def counting(asked: Asked, index: int, feeds: Any) -> PanelView:
        computed.append(asked.indicator)
        return panel_view(asked, index, feeds)

    monkeypatch.setattr(gather, "panel_view", counting)
    views = gatherer(store, {"kind": "number", "indicator": "online_rate"}, {"kind": "number", "indicator": "trained"})
    views.screen(VIEWER, "s")
    views.screen(VIEWER, "s")
    assert computed == ["online_rate", "trained"]
    put(store, "staff", [{"id": "1", "unit": "a", "joined_on": "2026-01-01", "trained_on": "2026-02-01"}])
    views.screen(VIEWER, "s")
    assert computed == ["online_rate", "trained", "trained"]


def test_panels_of_a_screen_share_what_they_read_and_not_what_goes_wrong(store: Store, monkeypatch: pytest.MonkeyPatch) -> None:
    put(store, "dossier", DOSSIERS)
    panels = [{"kind": kind, "indicator": name} for kind in ("number", "trend") for name in ("online_rate", "on_time")]
    alone = [contents(store, panel)[0] for panel in panels]
    read: list[list[str]] = []

    def counting(snapshot: Any, names: list[str], *more: Any) -> Any:
        read.append(names)
        return tiles(snapshot, names, *more)

    monkeypatch.setattr(glances, "tiles", counting)
    assert contents(store, *panels) == alone and read == [["online_rate", "on_time"]]

    def failing(snapshot: Any, names: list[str], *more: Any) -> Any:
        if "on_time" in names:
            raise RuntimeError("it cannot be read")
        return tiles(snapshot, names, *more)

    monkeypatch.setattr(glances, "tiles", failing)
    found = contents(store, *panels)
    assert [found[0], found[2]] == [alone[0], alone[2]]
    assert all(isinstance(each, UntoldPanel) for each in (found[1], found[3]))


def test_a_panel_whose_indicator_was_not_declared_yet_says_so_and_the_others_stand(tmp_path: Path) -> None:
    clock = FrozenClock(NOW)
    first = open_store(tmp_path, clock=clock)
    put(first, "dossier", DOSSIERS)
    first.close()
    clock.at += timedelta(days=1)
    plain = catalogue()
    more = {**plain.indicators, "other": plain.indicators["online_rate"]}
    store = open_store(tmp_path, plain.model_copy(update={"indicators": more}), clock)
    views = gatherer(store, {"kind": "number", "indicator": "other"}, {"kind": "number", "indicator": "online_rate"})
    untold, number = views.screen(VIEWER, "s", NOW).panels
    label = plain.indicators["online_rate"].label.vi
    assert untold.content == UntoldPanel(f"Lúc 12:00 23/11/2026 chưa có khai báo “{label}”.") and untold.frame.title == label
    assert isinstance(number.content, NumberPanel) and number.content.tile.value == 75
    assert all(isinstance(panel.content, NumberPanel) for panel in views.screen(VIEWER, "s").panels)
    store.close()


def test_a_panel_that_fails_says_so_until_it_can_be_made_again(store: Store, monkeypatch: pytest.MonkeyPatch) -> None:
    put(store, "dossier", DOSSIERS)
    views = gatherer(store, {"kind": "number", "indicator": "online_rate"}, {"kind": "clock"})

    def failing(asked: Asked, index: int, feeds: Any) -> PanelView:
        if asked.panel.kind == "number":
            raise RuntimeError("the disk is full")
        return panel_view(asked, index, feeds)

    with monkeypatch.context() as broken:
        broken.setattr(gather, "panel_view", failing)
        first, second = views.screen(VIEWER, "s").panels
        assert first.content == UntoldPanel("Chưa hiển thị được ô này; lỗi đã được ghi lại.") and second.content == ClockPanel()
    store.clock.at += timedelta(minutes=1)  # type: ignore[attr-defined]
    assert isinstance(views.screen(VIEWER, "s").panels[0].content, NumberPanel)


def test_nothing_out_of_nothing_is_no_data_and_a_month_without_a_working_day_breaks_nothing(tmp_path: Path) -> None:
    plain = catalogue()
    off = CalendarDay(kind="holiday", name=plain.organisation.name)
    closed = {date(year, 4, day): off for year in (2025, 2026, 2027) for day in range(1, 31)}
    store = open_store(tmp_path, plain.model_copy(update={"calendar": {**plain.calendar, **closed}}))
    put(store, "dossier", DOSSIERS)
    kinds = ("number", "trend", "ranking", "heatmap")
    for where in ({}, {"unit": "b", "channel": "online"}):
        found = contents(
            store, *({"kind": kind, "indicator": name, "where": where} for kind in kinds for name in ("online_rate", "on_time"))
        )
        assert not [each for each in found if isinstance(each, UntoldPanel)]
    (nothing,) = contents(store, {"kind": "number", "indicator": "online_rate", "where": {"unit": "a", "channel": "counter"}})
    assert (nothing.tile.value, nothing.tile.status) == (None, Status.NO_DATA)
    store.close()


def test_what_has_just_crossed_its_goal_is_told_first(store: Store) -> None:
    online = [row for row in DOSSIERS if row["online"] == "true"]
    put(store, "dossier", online)
    assert contents(store, {"kind": "alerts"})[0].watched == len([spec for spec in store.catalogue.indicators.values() if spec.target])
    put(store, "dossier", [{**row, "id": f"late{row['id']}", "received_at": "2026-11-20 08:00", "online": "false"} for row in online])
    (alerts,) = contents(store, {"kind": "alerts"})
    assert isinstance(alerts, AlertsPanel)
    assert (alerts.alerts[0].indicator, alerts.alerts[0].crossed) == ("online_rate", True), "100 % until a week ago, 50 % now"


SQUARE = [[[100, 10], [102, 10], [102, 12], [100, 12], [100, 10]], [[100.5, 10.5], [101, 10.5], [101, 11], [100.5, 10.5]]]
FAR = [[[110, 10], [110.001, 10], [110.001, 10.001], [110, 10]]]


def feature(code: Any, geometry: Any) -> dict[str, Any]:
    return {"type": "Feature", "properties": code if code is None else {"code": code}, "geometry": geometry}


def test_outlines_come_from_a_file_whatever_else_is_in_it(tmp_path: Path) -> None:
    file = tmp_path / "map.geojson"
    polygon = {"type": "Polygon", "coordinates": SQUARE}
    both = {"type": "MultiPolygon", "coordinates": [SQUARE, FAR]}
    odd = [
        feature("48", None),
        feature(None, polygon),
        feature("48", {"type": "Point", "coordinates": [105, 10]}),
        feature("46", {"type": "LineString", "coordinates": [[105, 10], [106, 10]]}),
        feature("79", {"type": "GeometryCollection", "geometries": [polygon, {"type": "Point", "coordinates": [1, 1]}]}),
    ]
    text = json.dumps({"type": "FeatureCollection", "features": [feature(1, both), *odd]})
    file.write_text("\ufeff" + text, encoding="utf-8")
    shapes = outlines(file, ("01", "79"))
    assert [each.code for each in shapes] == ["01", "", "79"], "a number meets the code with a nought before it"
    assert shapes[0].path.count("M") == 3 and shapes[0].path.endswith("h6v6h-6Z"), "what is too small to be seen is a small square"
    assert shapes[0].at and shapes[0].path.split("Z")[0].count("L") == 4, "a ring is closed as it was"
    file.write_text(json.dumps([feature("79", polygon)]), encoding="utf-8")
    ((shape),) = outlines(file, ("01", "79"))
    assert shape.code == "79", "a list alone, of a file that has changed"


@pytest.mark.parametrize(
    ("text", "why"),
    [
        ("", "GeoJSON"),
        ("{}", "GeoJSON"),
        ("[1]", "GeoJSON"),
        ("[" * 100_000, "GeoJSON"),
        ('{"features": [{"geometry": {"type": "Polygon", "coordinates": [[[NaN, 1]]]}}]}', "GeoJSON"),
        (json.dumps([feature("99", {"type": "Polygon", "coordinates": SQUARE})]), "no feature has a known"),
        (json.dumps({"features": []}), "no feature has a known"),
    ],
    ids=["empty", "no features", "no feature", "deep", "no number", "an unknown code", "none"],
)
def test_a_file_that_is_no_map_is_told(tmp_path: Path, text: str, why: str) -> None:
    file = tmp_path / "map.geojson"
    file.write_text(text, encoding="utf-8")
    with pytest.raises(NoMap, match=why):
        outlines(file, ("01",))
    for other in (tmp_path, tmp_path / "gone", Path("/dev/zero")):
        with pytest.raises(NoMap):
            outlines(other, ("01",))


def test_a_map_whose_file_is_at_fault_has_tiles_and_says_so(store: Store, tmp_path: Path) -> None:
    panel = {"kind": "map", "indicator": "online_rate", "by": "channel", "geojson": str(tmp_path / "gone")}
    (found,) = contents(store, panel)
    assert isinstance(found, MapPanel) and found.fault and not found.shapes and found.rows
    screen = ScreenSettings.model_validate({"label": {"vi": "a", "en": "a"}, "panels": [panel]})
    (fault,) = map_faults({"s": screen}, store.catalogue)
    assert "screen “s”" in fault.what
