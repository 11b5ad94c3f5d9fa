"""Why an indicator changed, as the page draws it."""

from __future__ import annotations

import json
import re
from dataclasses import replace
from html import unescape
from itertools import pairwise

import pytest

from callbacks.deferred import later
from ioc.errors import BadQuestion
from ioc.views.explanation import ExplanationQuestion, ExplanationView
from layouts.markup import still
from layouts.screens.deferred import mark
from layouts.waterfall import waterfall
from tests.layouts.drawing import context, drawn, html
from tests.layouts.sample_explained import sample_explanation
from tests.layouts.sample_views import NOW, TILES, SampleViews, Stamp

PATH = "/indicators/dossiers_fully_online"


def view(name: str = "dossiers_fully_online"):  # type: ignore[no-untyped-def]
    return sample_explanation(Stamp(1, NOW, None, simulated=True), ExplanationQuestion(name), TILES[name])


def rows(explained: ExplanationView, address: str = PATH) -> list[tuple[str, str, str, float]]:
    """Each row of the waterfall: where it leads, its name, its value, and where what follows it begins."""
    drawn = str(waterfall(explained, context(address)))
    found = re.findall(r'<li.*?href="([^"]*)".*?ioc-fall-name">([^<]*)<(.*?)ioc-number">([^<]*)<', drawn)
    lines = [re.search(r'<u style="left:([\d.]+)%', track) for _, _, track, _ in found]
    return [(unescape(to), name, value, float(line[1]) if line else 0) for (to, name, _, value), line in zip(found, lines, strict=True)]


@pytest.mark.parametrize("name", ["dossiers_fully_online", "days_to_answer", "dossiers_received"])
def test_the_waterfall_ends_where_its_steps_lead(name: str) -> None:
    explained = view(name)
    first, *steps, last = rows(explained)
    assert explained.start + sum(step.effect for step in explained.steps) == explained.after.value
    assert len(steps) == len(explained.steps) and last[3] == 0
    places = [first[3], *(step[3] for step in steps)]
    ways = [after - before for before, after in pairwise(places)]
    scale = next(way / float(step.effect) for way, step in zip(ways, explained.steps, strict=True) if abs(way) > 5)
    assert ways == pytest.approx([float(step.effect) * scale for step in explained.steps], abs=0.03)


def test_what_is_better_and_what_is_worse_differ_in_colour_and_sign() -> None:
    assert [value for _, _, value, _ in rows(view())[1:-1]] == ["+6,20", "−3,60", "+0,31", "+0,004"]
    drawn = str(waterfall(view(), context()))
    assert re.findall("ioc-fall-(good|bad)", drawn) == ["good", "bad", "good", "good"]


def test_each_row_leads_to_what_it_is_made_of() -> None:
    explained = view()
    steps = (*explained.steps[:1], replace(explained.steps[1], code=None))
    first, group, others, last = rows(replace(explained, steps=steps), f"{PATH}?where=channel:online&why=previous")
    assert group[0] == f"{PATH}?where=channel%3Aonline&why=previous&where=unit%3AC%E1%BB%A5c+Vi%E1%BB%87c+l%C3%A0m"
    assert others[0].endswith("&split=unit&rows=all")
    assert [each[0] for each in (first, last)] == [
        f"{PATH}?where=channel%3Aonline&from={year}-01-01&to={year}-11-23" for year in (2025, 2026)
    ]


def test_the_parts_of_a_whole_lead_to_themselves() -> None:
    of_parts = replace(view(), steps=(replace(view().steps[0], code="days_to_answer", is_part=True),))
    assert rows(of_parts, f"{PATH}?from=2026-01-01&split=unit")[1][0] == "/indicators/days_to_answer?from=2026-01-01"


def test_the_place_is_there_at_once_and_is_filled_later() -> None:
    page = html(PATH)
    assert 'id="ioc-later"' in page and "Vì sao thay đổi?" not in page
    filled = still(later(SampleViews(), context(PATH))[0])
    assert "Vì sao thay đổi?" in filled
    assert "Cục Việc làm: +6,2 điểm phần trăm, do tăng từ 70% lên 75%" in filled
    assert "why=previous" in filled


def test_it_is_asked_for_again_with_the_data_and_the_address() -> None:
    def asking(address: str, version: int = 1234) -> object:
        views = SampleViews()
        views.version_ = version
        return next(props["data"] for name, props in drawn(address, views).parts() if name == "ioc-later-ask")

    assert len({asking(PATH), asking(PATH, 1235), asking(f"{PATH}?why=previous")}) == 3
    assert asking(PATH) == asking(PATH)


@pytest.mark.parametrize(("error", "said"), [(BadQuestion("not_additive"), "Trung vị"), (RuntimeError("gone"), "Chưa hiển thị được")])
def test_what_cannot_be_explained_says_why(error: Exception, said: str, monkeypatch: pytest.MonkeyPatch) -> None:
    def broken(*_: object) -> None:
        raise error

    views = SampleViews()
    monkeypatch.setattr(views, "explanation", broken)
    assert said in still(later(views, context(PATH))[0])


def test_the_reading_stands_under_the_title_without_repeating_it() -> None:
    assert '<span class="ioc-reading">82,0% từ đầu năm 2026 đến nay. Tăng 15,8' in html(PATH)


def test_what_is_unusual_is_told_and_marked_on_the_trend() -> None:
    panels, parts = later(SampleViews(), context(PATH))
    told = still(panels)
    assert told.count("thấp hơn mức thường") == 11 and "Xem cả 11 lần" in told
    ((name, props),) = parts
    rings = props["figure"]["data"][-1]
    assert name == "ioc-trend" and f'id="{name}"' not in told
    assert rings["marker"]["symbol"] == "circle-open"
    assert all("mức thường" in text and "Cục Việc làm" not in text for text in rings["text"])
    assert all(value is not None for value in rings["y"])


def test_a_trend_that_stands_with_its_marks_is_not_drawn_again() -> None:
    ((_, props),) = later(SampleViews(), context(PATH))[1]
    assert later(SampleViews(), context(PATH), stands=mark(props["figure"]))[1] == []


def test_within_a_filter_nothing_of_the_whole_is_marked() -> None:
    _, parts = later(SampleViews(), context(f"{PATH}?where=unit:u3"))
    assert all("circle-open" not in json.dumps(props["figure"]) for _, props in parts)


def test_what_is_not_judged_says_so() -> None:
    assert "không được xét mức thường" in still(later(SampleViews(), context("/indicators/days_to_answer"))[0])
