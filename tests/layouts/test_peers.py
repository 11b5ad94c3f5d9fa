"""Units beside the whole, as the page draws them."""

from __future__ import annotations

import re
from dataclasses import replace
from decimal import Decimal

from ioc.access.viewer import Viewer
from ioc.catalogue.model import Unit
from ioc.views.ask import IndicatorQuestion
from ioc.views.model import SplitRow, SplitView
from ioc.views.peers import funnel_view
from layouts.funnel import funnel
from layouts.markup import still
from layouts.panels.bars import bars
from layouts.panels.peers import panel
from tests.layouts.drawing import context
from tests.layouts.sample_views import SampleViews

ROWS = (
    SplitRow("a", "Cục A", Decimal(900), Decimal(1000), Decimal(90), rank=1, moved=2, standing="high"),
    SplitRow("b", "Cục B", Decimal(80), Decimal(100), Decimal(80), rank=2, moved=0, standing="usual"),
    SplitRow("c", "Cục C", Decimal(8), Decimal(10), Decimal(80), rank=2, moved=-1, standing="few"),
    SplitRow("d", "Cục D", Decimal(50), Decimal(100), Decimal(50), rank=4, moved=None, standing="low"),
    SplitRow("e", "Cục E", None, None, None),
)
SPLIT = SplitView("unit", "Đơn vị", ROWS, Decimal("85.7"), True)


def test_ranks_and_how_they_moved_stand_beside_names() -> None:
    drawn = str(bars(ROWS[:4], Unit.PERCENT, 1, None, context(), fractions=lambda row: row.label))
    assert [part.split("<")[0] for part in drawn.split('class="ioc-rank">')[1:]] == ["1. ", "2. ", "2. ", "4. "]
    assert "▲2" in drawn and "lên 2 bậc so với kỳ trước" in drawn and "▼1" in drawn
    assert drawn.count("(ít số liệu)") == 1
    assert "ioc-rank" not in str(bars(ROWS[:4], Unit.PERCENT, 1, None, context())), "a small panel has no room for it"


def test_the_funnel_narrows_with_size_and_holds_every_place() -> None:
    view = funnel_view(SPLIT, Unit.PERCENT)
    assert view and len(view.rows) == 4
    assert view.curve[0].records < 10 and view.curve[-1].records > 1000
    for wider, narrower in zip(view.curve, view.curve[1:], strict=False):
        assert wider.lowest <= narrower.lowest <= narrower.low <= view.whole <= narrower.high <= narrower.highest <= wider.highest
    drawn = str(funnel(view, Unit.PERCENT, 1, context(), "Các đơn vị"))
    assert re.findall(r"ioc-limits-name[^>]*>([^<]+)", drawn) == ["Cục A", "Cục D"], "those at the ends are named"
    assert re.findall(r"where=unit%3A(\w)", drawn) == ["a", "b", "c", "d"], "each place leads to itself"


def test_there_is_no_funnel_without_shares_ranks_or_peers() -> None:
    assert funnel_view(None, Unit.PERCENT) is None
    assert funnel_view(replace(SPLIT, ranked=False), Unit.PERCENT) is None
    assert funnel_view(replace(SPLIT, whole=None), Unit.PERCENT) is None
    assert funnel_view(replace(SPLIT, rows=ROWS[:2]), Unit.PERCENT) is None


def test_who_lies_outside_is_told_in_words() -> None:
    view = replace(SampleViews().indicator(Viewer("test"), IndicatorQuestion("dossiers_fully_online")), split=SPLIT)
    told = still(panel(view, context()))
    assert "Cục A: 90%, cao hơn mức ngẫu nhiên cho phép." in told and "Cục D: 50%, thấp hơn mức ngẫu nhiên cho phép." in told
    assert panel(replace(view, split=None), context()) is None
