"""Screens and playlists: what ships is whole, and what is wrong is told with its place and how to mend it."""

from __future__ import annotations

from typing import Any

import pytest

from ioc.catalogue.check_screens import check_maps, check_screens
from ioc.catalogue.load import BUILT_IN, load
from ioc.catalogue.screens import COLUMNS, MOST_PANELS, PanelSettings, PlaylistSettings, ScreenSettings, TileMap
from tests.office import catalogue

ROWS = 7
MOHA = load(BUILT_IN / "moha")
LABEL = {"vi": "Tên", "en": "Name"}


def test_what_ships_fills_a_wall_and_is_read_from_afar() -> None:
    assert len(MOHA.screens) >= 9
    for name, screen in MOHA.screens.items():
        assert len(screen.panels) <= MOST_PANELS, name
        assert sum(panel.span[0] * panel.span[1] for panel in screen.panels) in {COLUMNS * (ROWS - 1), COLUMNS * ROWS}, name


@pytest.mark.parametrize(("codes", "count"), [("provinces", 34), ("provinces_until_2025", 63)])
def test_every_province_and_the_islands_stand_on_the_map(codes: str, count: int) -> None:
    places = {name: (row, column) for name, row, column in MOHA.maps[codes].places()}
    assert len(MOHA.codes[codes]) == count and len(places) == len(set(places.values())) == count + 2
    assert places["01"][0] < places["46"][0] < places["79"][0], "Hà Nội, Huế, Hồ Chí Minh from north to south"
    assert places["hoang_sa"][1] > places["48"][1] and places["truong_sa"][1] > places["56"][1], "east of the coast"


def panel(**keys: Any) -> PanelSettings:
    return PanelSettings.model_validate(keys)


@pytest.mark.parametrize(
    ("keys", "template", "expected"),
    [
        ({"kind": "number"}, None, "needs “indicator”"),
        ({"kind": "number", "indicator": "online_rat"}, None, "no indicator “online_rat”"),
        ({"kind": "bullet"}, None, "needs “indicators” or “group”"),
        ({"kind": "bullet", "group": "wrok"}, None, "no group “wrok”"),
        ({"kind": "ranking", "indicator": "online_rate", "by": "colour"}, None, "no dimension “colour”"),
        ({"kind": "map", "indicator": "online_rate"}, None, "no dimension “province”"),
        ({"kind": "number", "indicator": "online_rate", "where": {"colour": "red"}}, None, "no dimension “colour”"),
        ({"kind": "score", "indicator": "online_rate"}, None, "is not made of parts"),
        ({"kind": "map", "indicator": "online_rate", "by": "channel", "geojson": "/etc/passwd"}, None, "no file below the folder"),
        ({"kind": "map", "indicator": "online_rate", "by": "channel", "geojson": "../map.geojson"}, None, "no file below the folder"),
        ({"kind": "text"}, None, "needs “text”"),
        ({"kind": "records"}, None, "no record type"),
        ({"kind": "records", "record": "dossier", "columns": ["colour"]}, None, "no field “colour”"),
        ({"kind": "records", "record": "dossier", "where": {"colour": "red"}}, None, "no field “colour”"),
        ({"kind": "records", "record": "dossier", "where": {"channel": "nope"}}, None, "“channel” has no code “nope”"),
        ({"kind": "records", "record": "dossier", "filter": "channel"}, None, "no condition: it gives text"),
        ({"kind": "records", "record": "dossier", "filter": "chanel = 'online'"}, None, "filter cannot be read"),
        ({"kind": "number", "indicator": "online_rate", "where": {"channel": "nope"}}, None, "“channel” has no code “nope”"),
        ({"kind": "number", "indicator": "online_rate", "where": {"unit": "nope"}}, None, "“unit” has no code “nope”"),
    ],
)
def test_a_panel_at_fault_is_told(keys: dict[str, Any], template: str | None, expected: str) -> None:
    screens = {"s": ScreenSettings.model_validate({"label": LABEL, "panels": [keys], "template": template})}
    found = list(check_screens(screens, {}, screens, catalogue()))
    assert any(expected in what for _, what, _ in found), found
    assert all(path == ("screens", "s", "panels", 0) for path, _, _ in found)


def test_what_limits_a_panel_may_be_whatever_a_question_says() -> None:
    whole = ScreenSettings.model_validate(
        {
            "label": LABEL,
            "panels": [
                *({"kind": "number", "indicator": "online_rate", "where": {"unit": code}} for code in ("a", "a*", "-")),
                {"kind": "records", "record": "dossier", "where": {"channel": "online"}, "filter": "channel = 'online'"},
            ],
        }
    )
    assert not list(check_screens({"s": whole}, {}, {}, catalogue()))


def test_a_screen_at_fault_apart_from_its_panels_is_told() -> None:
    number = {"kind": "number", "indicator": "online_rate"}
    screens = {
        "a" * 61: ScreenSettings.model_validate({"label": LABEL, "panels": [number]}),
        "s": ScreenSettings.model_validate({"label": {"vi": " ", "en": " "}, "panels": [number], "template": "channel"}),
    }
    playlist = PlaylistSettings.model_validate({"label": {"vi": " ", "en": "x"}, "screens": ["s"]})
    found = [(path[-1], what) for path, what, _ in check_screens(screens, {"p": playlist}, screens, catalogue())]
    assert found == [
        ("a" * 61, f"“{'a' * 61}” has more than 60 letters."),
        ("label", "A name is needed in Vietnamese and in English."),
        ("template", "“channel” is nothing that has a screen for each."),
        ("label", "A name is needed in Vietnamese and in English."),
    ]
    with pytest.raises(ValueError, match="at most 60 items"):
        ScreenSettings.model_validate({"label": LABEL, "panels": [number] * 61})


@pytest.mark.parametrize(
    ("turn", "expected"),
    [
        ("clossed", "There is no screen “clossed”."),
        ({"screen": "closed", "of": "a"}, "is no template"),
        ({"screen": "each", "of": "z"}, "There is no unit “z”."),
    ],
)
def test_a_playlist_naming_what_is_not_there_is_told(turn: Any, expected: str) -> None:
    one = {"label": LABEL, "panels": [{"kind": "number", "indicator": "online_rate"}]}
    screens = {"closed": ScreenSettings.model_validate(one), "each": ScreenSettings.model_validate(one | {"template": "unit"})}
    playlists = {"p": PlaylistSettings.model_validate({"label": LABEL, "screens": [turn]})}
    ((path, what, _),) = check_screens(screens, playlists, screens, catalogue())
    assert path == ("playlists", "p", "screens", 0) and expected in what


def test_a_map_with_a_code_too_few_or_too_many_is_told() -> None:
    found = [what for _, what, _ in check_maps({"channels": TileMap(rows=("online . online", "far"))}, catalogue())]
    assert found == [
        "The list “channels” has no code “far”.",
        "“counter” stands on the map 0 times.",
        "“online” stands on the map 2 times.",
    ]
    assert [what for _, what, _ in check_maps({"ways": TileMap(rows=("a",))}, catalogue())] == ["There is no code list “ways”."]


def test_sizes_and_times_have_their_forms() -> None:
    assert panel(kind="number").span == (3, 2) and panel(kind="number", size="12x1").span == (12, 1)
    for wrong in ("13x1", "0x2", "3", "axb"):
        with pytest.raises(ValueError, match="size"):
            panel(kind="number", size=wrong)
    for wrong in ({"from": "24:00", "to": "06:00"}, {"from": "19:00", "to": "6"}):
        with pytest.raises(ValueError, match="pattern"):
            PlaylistSettings.model_validate({"label": LABEL, "screens": ["a"], "night": wrong})
