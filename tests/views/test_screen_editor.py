"""What one state of a screen has changed of the one before."""

from __future__ import annotations

from typing import Any

import pytest

from ioc.catalogue.screens import ScreenSettings
from ioc.views.model import Choice
from ioc.views.screen_editor import Changes, changes_of
from tests.office import catalogue

NUMBER, TREND, CLOCK = {"kind": "number", "indicator": "online_rate"}, {"kind": "trend", "indicator": "on_time"}, {"kind": "clock"}
ONLINE, ON_TIME = Choice("number", "Fully online"), Choice("trend", "On time")


@pytest.mark.parametrize(
    ("after", "expected"),
    [
        ([NUMBER, TREND, CLOCK], Changes()),
        ([{**NUMBER, "size": "3x2"}, TREND, CLOCK], Changes()),
        ([TREND, NUMBER, CLOCK], Changes(moved=True)),
        ([{**NUMBER, "size": "6x2"}, TREND, CLOCK], Changes(changed=(ONLINE,))),
        ([NUMBER, CLOCK], Changes(removed=(ON_TIME,))),
        ([NUMBER, TREND, CLOCK, CLOCK], Changes(added=(Choice("clock", ""),))),
        ([CLOCK, TREND, {"kind": "number", "indicator": "overdue"}], Changes(moved=True, changed=(Choice("number", "Overdue"),))),
    ],
    ids=["nothing", "a size as usual", "moved", "resized", "removed", "added twice", "moved, another indicator"],
)
def test_changes_are_told_by_panel(after: list[dict[str, Any]], expected: Changes) -> None:
    before, now = (
        ScreenSettings.model_validate({"label": {"vi": "Sảnh", "en": "Hall"}, "panels": panels})
        for panels in ([NUMBER, TREND, CLOCK], after)
    )
    assert changes_of(before, now, catalogue(), "en") == expected
