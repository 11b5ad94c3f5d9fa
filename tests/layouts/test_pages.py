"""Every page, in both languages and schemes, says what it must, and nothing that it must not."""

from __future__ import annotations

import re
from dataclasses import replace
from datetime import date, datetime, timedelta
from decimal import Decimal
from html import unescape

import pytest

from callbacks.page import page
from ioc.access.viewer import Viewer
from ioc.catalogue.model import Unit
from ioc.catalogue.period import Period
from ioc.catalogue.screens import SIZES
from ioc.goals.status import Status
from ioc.text.words import LANGUAGES
from ioc.views.ask import IndicatorQuestion
from ioc.views.model import IndicatorView, SplitRow
from ioc.views.score import ScoreNode, ScoreView
from layouts import ids
from layouts.markup import still
from layouts.page import components
from layouts.panels.bars import bars
from layouts.theme import SCHEMES, SHAPES
from tests.layouts.drawing import ADDRESSES, context, drawn, html, text, word
from tests.layouts.sample_views import LONG, NOW, ROWS, TILES, SampleViews


@pytest.mark.parametrize("address", ADDRESSES)
@pytest.mark.parametrize("language", LANGUAGES)
@pytest.mark.parametrize("scheme", SCHEMES)
def test_a_page_is_clean(address: str, language: str, scheme: str) -> None:
    page, shown = drawn(address, lang=language, theme=scheme), html(address, lang=language, theme=scheme)
    assert (page.language, page.scheme) == (language, scheme)
    assert page.title
    assert shown.count("<h1") == shown.count("</h1>") == 1
    assert shown.count('<main id="main"') == shown.count("<header") == 1
    said = re.sub(r'data-ages="[^"]*"|pattern="[^"]*"', "", shown)
    for wrong in (r"\bnan\b", r"\bNone\b", r"[-−]0(,0+)?[%\s<]", r"[{}]", r"https?:", r"//\w"):
        assert not re.search(wrong, said), wrong


@pytest.mark.parametrize("address", ADDRESSES)
def test_ids_are_there_once(address: str) -> None:
    ids = re.findall(r' id="([^"]+)"', html(address))
    assert len(ids) == len(set(ids))


@pytest.mark.parametrize("address", ADDRESSES)
def test_links_keep_language_scheme_and_moment(address: str) -> None:
    shown = html(address, lang="en", theme="light", as_of="2026-11-01")
    pages = re.findall(r'href="(/[^"]*)"', shown)
    assert pages
    assert all("lang=" in link and "theme=" in link for link in pages)
    leaving = sum("as_of=" not in link for link in pages)
    if 'data-restless="yes"' in shown:
        assert leaving == len(pages), "how feeds do is known of the present only"
    else:
        assert leaving <= 1, "only the way back to the present leaves the moment"


def test_every_target_is_a_tile_that_leads_to_its_page() -> None:
    shown = html("/")
    assert all(f'href="/indicators/{row[0]}"' in shown for row in ROWS)


def test_a_status_is_colour_shape_and_word() -> None:
    shown = html("/")
    for status in {tile.status for tile in TILES.values()}:
        mark = re.search(rf'<span class="ioc-status ioc-is-{status.value}">(.*?)</span>', shown)
        assert mark, status
        assert SHAPES[status] in mark[1]
        assert word(f"status.{status.value}") in mark[1]


def test_the_tally_counts_goals_by_status() -> None:
    shown = text("/")
    judged = [tile.status for tile in TILES.values() if tile.goal]
    assert all(f"{judged.count(status)} {word(f'status.{status.value}')}" in shown for status in set(judged))


@pytest.mark.parametrize(
    ("name", "vi", "en"),
    [
        ("transactions_authenticated", ["99,9 %", "thiếu 0,04 điểm %"], ["99.9 %", "0.04 pp short"]),  # 99.96 of 100
        ("documents_electronic", ["99,9 %", "thiếu 0,004 điểm %"], ["99.9 %", "0.004 pp short"]),
        ("dossiers_fully_online", ["≥ 80% vượt 2,0 điểm %", "31/12/2025: không đạt, 67,2%"], ["31/12/2025: missed, 67.2%"]),
        ("inspections_digital", ["31/12/2025: đạt, 51,3%"], ["31/12/2025: met, 51.3%"]),
        ("days_to_answer", ["3,1 ngày", "≤ 3 ngày cao hơn 0,02 ngày"], ["3.1 days", "0.02 days over"]),
        ("procedures_reduced", ["−9,3 %", "giảm 20% thiếu 10,7 điểm %", "đến 31/12/2030"], ["−9.3 %", "down 20% 10.7 pp short"]),
        ("dossiers_received", ["1.234.567", "chưa được giao mục tiêu"], ["1,234,567", "no goal has been set"]),
        ("workfiles_digitised", ["–", "Chưa có dữ liệu", "Chưa có bản ghi nào"], ["No data yet", "No record yet"]),
        ("direction_on_data_platform", ["Dữ liệu cũ", "Dữ liệu đến 14:05 20/11/2026"], ["Data is old"]),
        ("staff_data_skills", [LONG], []),
        ("services_redesigned", ["±0 so cùng kỳ", "2 phút trước"], ["±0 on last year", "2 min ago"]),
    ],
)
def test_what_a_tile_says(name: str, vi: list[str], en: list[str]) -> None:
    for language, expected in (("vi", vi), ("en", en)):
        found = re.search(rf'id="tile-{name}"[^>]*>(.*?)</a>', html("/", lang=language), flags=re.S)
        assert found
        said = re.sub(r"\s+", " ", unescape(re.sub(r"<[^>]+>", " ", found[1])).replace("\u00a0", " "))
        assert [part for part in expected if part not in said] == [], said


def test_an_age_comes_from_the_servers_clock() -> None:
    shown = html("/")
    assert f'data-now="{NOW.timestamp():.0f}"' in shown
    assert f'data-at="{(NOW - timedelta(minutes=2)).timestamp():.0f}"' in shown


def test_trends_have_words_and_the_goal_line() -> None:
    shown = html("/")
    assert shown.count('role="img"') == len(ROWS)
    assert "Xu hướng 24 tháng của Hồ sơ TTHC xử lý hoàn toàn trực tuyến: từ 63,2% đến 82,0%." in shown
    assert shown.count("ioc-spark-goal") == sum(1 for tile in TILES.values() if tile.goal and tile.value is not None)


def test_simulated_data_is_marked_everywhere() -> None:
    assert all("DỮ LIỆU MÔ PHỎNG" in text(address) for address in ("/", "/indicators/dossiers_fully_online", "/screens/services"))


def test_a_past_moment_is_said_and_can_be_left() -> None:
    shown = html("/", as_of="2026-10-01")
    assert word("app.as_of", moment="23:59 01/10/2026") in shown
    assert 'data-pinned="yes"' in shown
    assert f'<a class="ioc-switch" href="/">{word("app.as_of_leave")}' in shown


def test_milestones() -> None:
    shown = text("/")
    assert "CSDL tích hợp ngành Nội vụ Đang thử nghiệm, hạn 31/12/2025 80% Không đạt" in shown
    assert "Chưa có báo cáo, hạn 30/06/2029 Chưa có dữ liệu" in shown


def test_the_page_of_milestones_says_why_on_what_evidence_and_what_was_reported() -> None:
    shown, said = html("/milestones"), text("/milestones")
    assert said.index("CSDL tích hợp ngành Nội vụ") < said.index("Nền tảng dữ liệu") < said.index("Kho dữ liệu dùng chung")
    assert "Đã hết hạn ngày 31/12/2025 mà mới đạt 80%." in said and "Chủ trì: Trung tâm CNTT · Quyết định 1105/QĐ-BNV" in said
    assert '<a class="ioc-link" href="https://van-ban.example/123" target="_blank" rel="noopener noreferrer">' in shown
    assert 'href="/indicators/satisfaction_index"' in shown and "90,4%" in said
    assert "Các lần báo cáo (2)" in said and "Đang thực hiện · Báo cáo tiến độ" in said
    assert 'href="/records/milestone?where=milestone%3Asector_database"' in shown, "what was reported is a record"
    assert 'href="/milestones"' in html("/") and 'href="/milestones#milestone-sector_database"' in html("/")


def test_an_indicator_is_explained() -> None:
    shown = text("/indicators/dossiers_fully_online")
    for part in ("82,0 %", "182.744 / 222.955", "Khi hết hạn: không đạt, 67,2%", "Hiện nay: vượt 2,0 điểm %", "Quyết định 1105/QĐ-BNV"):
        assert part in shown, part
    for part in ("Định nghĩa", "Công thức", "Căn cứ", "Đơn vị chủ trì Văn phòng Bộ", "Nguồn dữ liệu Hồ sơ TTHC", "T11/2026 Tạm tính"):
        assert part in shown, part


def test_a_split_is_ranked_bars_that_filter() -> None:
    first = html("/indicators/dossiers_fully_online?split=unit")
    assert first.count('class="ioc-bars-row"') == 20
    assert f'href="/indicators/dossiers_fully_online?split=unit&amp;rows=all">{word("indicator.split_more", count=30)}' in first
    shown = html("/indicators/dossiers_fully_online?split=unit&rows=all")
    assert shown.count('class="ioc-bars-row"') == 30, "rows without value are left out"
    assert 'href="/indicators/dossiers_fully_online?split=unit&amp;where=unit%3Au0"' in first
    assert shown.count("ioc-reached") == 20


def test_within_a_filter_there_is_no_verdict() -> None:
    shown = html("/indicators/dossiers_fully_online?where=unit:u3&split=unit")
    headline = re.search(r'<section class="ioc-panel ioc-headline.*?</section>', shown, flags=re.S)
    assert headline
    assert [status for status in Status if f"ioc-is-{status.value}" in headline[0]] == [Status.NO_GOAL]
    assert LONG in headline[0], "the chip names the unit"
    assert "ioc-reached" not in shown


@pytest.mark.parametrize("period", ["day", "week", "month", "quarter", "year"])
def test_periods_are_addresses(period: str) -> None:
    shown = html("/indicators/dossiers_fully_online?from=2026-01-01&where=unit:u1", period=period)
    assert f'<span class="ioc-choice ioc-chosen" aria-current="true">{word(f"period.{period}")}</span>' in shown
    assert 'name="where" value="unit:u1"' in shown, "the form of days keeps the filters"


def test_an_unknown_indicator_is_answered_with_the_nearest() -> None:
    assert drawn("/indicators/dossier_fully_onlin").status == 404
    assert "Hồ sơ TTHC xử lý hoàn toàn trực tuyến" in text("/indicators/dossier_fully_onlin")
    assert 'href="/indicators/dossiers_fully_online"' in html("/indicators/dossier_fully_onlin")


def test_faults_are_drawn() -> None:
    views = SampleViews()
    views.broken = True
    assert drawn("/", views).status == 500
    assert word("error.failed") in text("/", views)
    assert drawn("/indicators/dossiers_fully_online?period=fortnight").status == 400
    assert drawn("/indicators/dossiers_fully_online?from=yesterday").status == 400
    assert drawn("/nowhere").status == 404
    assert "ioc-export-open" in html("/indicators/dossiers_fully_online")
    assert "ioc-export-open" not in html("/nowhere") + html("/indicators/no_such"), "there is nothing to export"
    assert "Không có chỉ tiêu “no_such”." in text("/indicators/no_such") and "There is no screen “x”." in text("/screens/x?lang=en")
    fortnight = "/indicators/dossiers_fully_online?period=fortnight"
    assert "“fortnight” không phải là kỳ thời gian. Có thể dùng: “day”" in text(fortnight)
    assert "“fortnight” is not a period. Known: “day”" in text(f"{fortnight}&lang=en")
    assert "“yesterday” không phải là ngày. Hãy viết" in text("/indicators/dossiers_fully_online?from=yesterday")
    assert "/periods/" not in html(fortnight)


def test_a_page_asks_again_only_where_data_can_change_it() -> None:
    broken = SampleViews()
    broken.broken = True
    assert 'data-pinned="yes"' in html("/nowhere") and 'data-pinned="yes"' in html("/?as_of=2026-11-01")
    assert 'data-pinned="yes"' not in html("/") and 'data-pinned="yes"' not in html("/", broken)


def test_a_screen_has_all_its_panels() -> None:
    shown = html("/screens/services")
    assert shown.count('class="ioc-cell"') == 20
    assert {kind for kind in SIZES if f"ioc-panel-{kind}" in shown} == set(SIZES), "every kind"
    assert shown.count('class="ioc-empty"') == 2
    assert shown.count("<tr>") == 1 + 40 + 1 + 50
    assert shown.count('role="img"') == 1 + 4, "one trend, four sparks"
    assert "14:05 23/11/2026" in shown
    assert "08/12/2026" in shown


def test_text_from_outside_cannot_become_markup() -> None:
    assert "<script" not in html("/indicators/<script>alert(1)")
    assert 'name="x" value="&#34;&gt;&lt;b&gt;"' in html('/indicators/dossiers_fully_online?x="><b>')


def test_the_same_view_gives_the_same_page() -> None:
    assert html("/") == html("/")


def test_every_component_can_be_changed_in_place() -> None:
    for address in ADDRESSES:
        page = drawn(address)
        names = [name for name, _ in page.parts()]
        later = sum(getattr(each, "id", "") == ids.LATER for each in components(page.content))  # it is filled by what comes later
        assert len(set(names)) == len(names) == len(page.build.split()) - later
    week, year = (drawn("/indicators/dossiers_fully_online", period=period) for period in ("week", "year"))
    assert week.build == year.build != drawn("/indicators/workfiles_digitised").build
    assert week.build == drawn("/indicators/dossiers_fully_online?where=unit:u3").build, "a filter changes the page in place"


def test_bars_below_nothing_run_to_the_left() -> None:
    rows = [SplitRow(code, code, None, None, Decimal(value)) for code, value in (("a", 25), ("b", 0), ("c", -75))]
    shown = str(bars(rows, Unit.PERCENT, 0, None, context()))
    assert re.findall(r'<i style="([^"]*)"', shown) == [
        "margin-left:75.00%;width:25.00%",
        "margin-left:75.00%;width:0.00%",
        "margin-left:0.00%;width:75.00%",
    ]


class Counted(SampleViews):
    """The sample, of an indicator that is only counted."""

    def indicator(self, viewer: Viewer, question: IndicatorQuestion, as_of: datetime | None = None) -> IndicatorView:
        view = super().indicator(viewer, question, as_of)
        return replace(view, trend=tuple(replace(point, denominator=None) for point in view.trend))


def test_what_is_only_counted_has_no_columns_of_parts() -> None:
    with_parts = f'<th class="ioc-number" scope="col">{word("indicator.denominator")}</th>'
    assert with_parts in html("/indicators/dossiers_fully_online")
    assert with_parts not in html("/indicators/dossiers_fully_online", Counted())


def test_data_grow_no_older_at_a_past_moment() -> None:
    now, past = (html(f"/indicators/dossiers_fully_online{query}") for query in ("", "?as_of=2026-06-01"))
    assert "data-at=" in now and "data-at=" not in past
    assert "<time" in past, "how new they were is told all the same"


def test_numbers_that_are_being_counted_anew_are_told_on_pages_of_the_present() -> None:
    told = word("app.recounting", share="40%")
    assert told in still(page(SampleViews(), replace(context("/"), recounting=0.4)).content)
    assert told not in still(page(SampleViews(), replace(context("/?as_of=2026-06-01"), recounting=0.4)).content)
    assert "ioc-recounting" not in html("/")


class Scored(SampleViews):
    """A score, whose parts are of October or of other days."""

    def __init__(self, span: Period | None = None) -> None:
        super().__init__()
        self.span = span or Period(date(2026, 10, 1), date(2026, 10, 31))

    def indicator(self, viewer: Viewer, question: IndicatorQuestion, as_of: datetime | None = None) -> IndicatorView:
        tree = ScoreNode("x", "ALL", "Điểm", Unit.POINTS, 2, Decimal(63), Decimal(100), Decimal(100), None, None, None, None, None, None)
        return replace(super().indicator(viewer, question, as_of), score=ScoreView(question.indicator, self.span, False, None, tree))


def test_a_score_leads_to_the_parts_of_the_value_that_it_shows() -> None:
    """By itself the tree is of the days last published, the value above it of this year."""
    address = "/indicators/dossiers_fully_online"
    today = context(address).today
    year = Period(date(today.year, 1, 1), today)
    assert f"from={year.start}&amp;to={year.end}" in html(address, Scored()) and word("score.parts") in html(address, Scored())
    assert word("score.parts") not in html(address, Scored(year))
