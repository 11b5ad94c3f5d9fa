"""Why an indicator changed, as the page draws it."""

from __future__ import annotations

import json

import pytest

from callbacks.later import later
from ioc.errors import BadQuestion
from ioc.views.explanation import ExplanationQuestion
from layouts.markup import still
from layouts.waterfall import MOST_LETTERS, waterfall
from tests.layouts.drawing import context, drawn, html
from tests.layouts.sample_explained import LONG, sample_explanation
from tests.layouts.sample_views import NOW, TILES, SampleViews, Stamp

PATH = "/indicators/dossiers_fully_online"


def view(name: str = "dossiers_fully_online"):  # type: ignore[no-untyped-def]
    return sample_explanation(Stamp(1, NOW, None, simulated=True), ExplanationQuestion(name), TILES[name])


@pytest.mark.parametrize("name", ["dossiers_fully_online", "days_to_answer", "dossiers_received"])
def test_the_waterfall_ends_where_its_steps_lead(name: str) -> None:
    explained = view(name)
    figure = waterfall(explained, context())
    steps, ends = figure["data"]
    for base, step, after in zip(steps["base"], steps["x"], [*steps["base"][1:], ends["x"][1]], strict=True):
        assert base + step == pytest.approx(after)
    assert explained.start + sum(step.effect for step in explained.steps) == explained.after.value
    assert ends["y"] == [0, len(steps["x"]) + 1]
    assert json.dumps(figure, allow_nan=False)


def test_what_is_better_and_what_is_worse_differ_in_colour_and_sign() -> None:
    steps = waterfall(view(), context())["data"][0]
    assert steps["text"] == ["+6,20", "−3,60", "+0,31", "+0,004"]
    assert len(set(steps["marker"]["color"][:2])) == 2


def test_a_long_name_is_cut_and_whole_under_the_pointer() -> None:
    figure = waterfall(view(), context())
    assert all(len(name.strip()) <= MOST_LETTERS for name in figure["layout"]["yaxis"]["ticktext"])
    assert LONG in figure["data"][0]["customdata"][2]


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


def test_within_a_filter_nothing_of_the_whole_is_marked() -> None:
    _, parts = later(SampleViews(), context(f"{PATH}?where=unit:u3"))
    assert all("circle-open" not in json.dumps(props["figure"]) for _, props in parts)


def test_what_is_not_judged_says_so() -> None:
    assert "không được xét mức thường" in still(later(SampleViews(), context("/indicators/days_to_answer"))[0])
