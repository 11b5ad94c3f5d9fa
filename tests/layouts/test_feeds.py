"""The pages of feeds: every state in colour, shape and word, what was refused in words, and nothing that is not to be told."""

from __future__ import annotations

import re
from datetime import UTC, date, datetime

import pytest

from ioc.catalogue.schedule import Schedule
from ioc.store.audit import Difference, Report
from ioc.text.words import LANGUAGES
from ioc.views.feed import DayVolume, SecretsView
from ioc.views.health import Health
from ioc.views.model import Stamp
from layouts.panels.audit import audit
from layouts.panels.volume import volume
from layouts.screens.feed import schedule
from layouts.screens.secrets import secrets
from layouts.theme import SHAPES
from tests.layouts.drawing import context, html, text, word
from tests.layouts.sample_feeds import FAULT, NOW, TILES


@pytest.mark.parametrize("language", LANGUAGES)
def test_every_feed_is_a_line_that_leads_to_its_page(language: str) -> None:
    shown = html("/feeds", lang=language)
    assert shown.count('role="row"') == len(TILES) + 1
    for tile in TILES:
        assert f'href="/feeds/{tile.feed}?lang={language}"' in shown
    for health in Health:
        mark = re.search(rf'<span class="ioc-status ioc-is-{health.value}">(.*?)</span>', shown)
        assert mark and SHAPES[health] in mark[1] and word(f"status.{health.value}", language) in mark[1]


def test_a_line_says_how_new_how_much_and_when_again() -> None:
    said = text("/feeds")
    for part in (
        "2 phút trước",
        "Sự kiện mới nhất 20/11/2026",
        "một nửa trong 41 giây",
        "95% trong 3,5 giờ",
        "12.345.678",
        "06:05 25/11/2026",
    ):
        assert part in said, part
    assert "Newest event 13:56" in text("/feeds", lang="en")
    assert 'aria-label="Số bản ghi nhận mỗi ngày trong 30 ngày qua: tổng 33.136' in html("/feeds")


@pytest.mark.parametrize(
    ("accepted", "said"),
    [([0, 0, 0], "không có gì"), ([0, 2858, 0], "tất cả trong ngày 22/11/2026"), ([0, 3, 4], "")],
)
def test_the_volume_is_drawn_where_more_than_one_day_has_any_and_else_told(accepted: list[int], said: str) -> None:
    """As one bar it would say nothing: after the first start all has come on one day."""
    days = [DayVolume(date(2026, 11, 21 + place), count) for place, count in enumerate(accepted)]
    drawn = str(volume(days, context("/feeds")))
    assert ("<svg" in drawn) == (not said)
    assert said in drawn


def test_a_line_says_when_a_feed_is_expected_next_and_by_what_that_is_told() -> None:
    said = text("/feeds", lang="en")
    for part in (
        "14:17 by its usual rhythm",
        "06:05 25/11/2026 by schedule, up to 5 min later",
        "now by schedule",
        "overdue since 11:05",
        "Paused",
        "not known yet",
    ):
        assert part in said, part
    assert "Dự kiến nhận tiếp 06:05 25/11/2026 theo lịch, có thể muộn thêm 5 phút" in text("/feeds/archive")
    assert "theo nhịp thường lệ" in text("/indicators/dossiers_fully_online") and "Expected next" in text(
        "/indicators/dossiers_fully_online", lang="en"
    )


def test_what_is_simulated_is_marked_on_its_line() -> None:
    assert html("/feeds").count('<b class="ioc-mark">mô phỏng</b>') == 1


def test_a_fault_is_told_as_it_was_noted() -> None:
    assert FAULT in text("/feeds") and FAULT in text("/feeds/archive")
    assert "chậm nhất sau 15 phút" in text("/feeds/archive")


def test_reasons_are_in_the_language_of_the_page_with_rows_and_what_was_found() -> None:
    vi, en = text("/feeds/archive"), text("/feeds/archive", lang="en")
    assert "Giá trị không có trong bảng chuyển đổi Đơn vị xử lý 900 PHÒNG TỔ CHỨC <cũ> dòng 1.200 của vao/ho-so-0.xlsx" in vi
    assert "The mapping does not translate this value" in en and "row 1,200 of vao/ho-so-0.xlsx" in en
    assert "Trái quy tắc: Hạn trả trước ngày tiếp nhận" in vi
    assert "Không đọc được (an_unheard_of_reason)" in vi
    assert "Có 1.204 dòng; 1.200 dòng trong đó còn đủ thông tin" in vi
    assert "Không có dòng nào bị cách ly." in text("/feeds/new")


def test_runs_say_how_they_ended_and_how_long_they_took() -> None:
    said = text("/feeds/archive")
    for state in ("running", "unavailable", "rejected", "failed", "stopped", "interrupted", "done"):
        assert word(f"feed.state.{state}") in said
    assert "1,6 phút" in said and "1–100 trong 104" in said
    assert "Chưa nhận được gì." in text("/feeds/new")


def test_older_runs_are_a_link_away_and_so_is_the_quarantine_of_each() -> None:
    shown = html("/feeds/archive", lang="en")
    assert re.search(r'<a [^>]*href="/feeds/archive\?lang=en&amp;before=5"[^>]*rel="next"[^>]*>Older</a>', shown)
    assert '<a class="ioc-choice" href="/feeds/archive?lang=en&amp;before=101">Oldest</a>' in shown and "Newest</a>" not in shown
    assert 'href="/feeds/archive?lang=en&amp;run=97#quarantine" title="2 rows lie in quarantine: see why"' in shown
    assert "Only of the delivery" not in text("/feeds/archive", lang="en")
    one = text("/feeds/archive", lang="en", run="97")
    assert "Only of the delivery vao/ho-so-97.xlsx [Tháng 11], taken in 06:05 23/11/2026. Show all" in one


def test_what_is_mapped_is_told_field_by_field() -> None:
    said = text("/feeds/archive", lang="en")
    for part in ("column “MA_HO_SO”", "30 values are translated", "PHÒNG 29 → Phòng số 29", "all else becomes “Khác”", "before 01/07/2025"):
        assert part in said, part
    for part in (
        "(empty) → Trực tiếp",
        "computed days_between(NGAY_SINH",
        "always “Hà Nội”",
        "written as %d/%m/%Y %H:%M",
        "TRANG_THAI = 'xoa'",
    ):
        assert part in said, part
    assert "“DO_MAT” says “thuong”, “khong”" in said


def test_what_rests_on_it_is_a_link_and_back_again() -> None:
    assert 'href="/indicators/dossiers_fully_online"' in html("/feeds/archive")
    assert 'href="/feeds/demo_dossier"' in html("/indicators/dossiers_fully_online")
    assert all('href="/feeds"' in html(address) for address in ("/", "/screens/services", "/feeds/archive"))


def test_a_button_is_a_form_and_what_cannot_be_taken_back_is_asked_twice() -> None:
    shown = html("/feeds/archive", lang="en")
    forms = re.findall(r'<form class="ioc-action" method="post" action="([^"]*)"', shown)
    assert forms == [f"/api/v1/feeds/archive/{action}?lang=en" for action in ("run", "pause", "replay", "cancel")]
    twice = re.search(r"<details class=\"ioc-twice\">(.*?)</details>", shown, flags=re.S)
    assert twice and "/replay" in twice[1] and "/pause" not in twice[1]
    assert "1,200 rows go through the mapping again" in twice[1]
    assert "Since " in shown and "is gone; until now it was filled in 98% of the rows. They wait in quarantine" in shown
    assert "<form" not in html("/feeds/new"), "nothing can be done to it"


@pytest.mark.parametrize("address", ["/feeds", "/feeds/archive"])
def test_secrecy_is_counted_for_nobody_here(address: str) -> None:
    assert not re.search(r"\bsecret\b|mật", text(address, lang="en"), flags=re.I)


@pytest.mark.parametrize(
    ("declared", "vi", "en"),
    [
        ({"every": "5m"}, "mỗi 5 phút", "every 5 min"),
        ({"every": "1d", "jitter": "30s"}, "mỗi 1 ngày, xê dịch đến 30 giây", "every 1 d, moved by up to 30 s"),
        ({"cron": "0 6 * * mon-fri"}, "theo lịch cron “0 6 * * mon-fri”", "by cron “0 6 * * mon-fri”"),
        ({"at": "07:30"}, "07:30 hằng ngày", "every day at 07:30"),
        ({"at": "07:30", "working_days": True}, "07:30 mỗi ngày làm việc", "every working day at 07:30"),
        ({"at": "09:00", "working_day": 5}, "09:00 ngày làm việc thứ 5 hằng tháng", "on working day 5 of each month at 09:00"),
    ],
)
def test_a_schedule_is_told_in_words(declared: dict[str, object], vi: str, en: str) -> None:
    found = Schedule.model_validate(declared)
    assert [schedule(found, "asked", context("/", lang=language)) for language in LANGUAGES] == [vi, en]


def test_the_last_audit_is_told_and_what_it_found_is_named() -> None:
    assert "Chưa đối chiếu lần nào" in text("/feeds")
    moment = datetime(2026, 11, 22, 19, 41, tzinfo=UTC)
    well = str(audit(Report(moment, moment, 7, 1_234_567, 0, ()), context()))
    assert "02:41 23/11/2026: đã tính lại 1.234.567 số liệu từ bản ghi gốc, tất cả đều khớp." in well and "ioc-finding" not in well
    wrong = Difference("dossier", "cell_dossier__unit", (("day", "2026-11-02"), ("unit", "b")), "fee on received_at", "5", "0")
    told = str(audit(Report(moment, moment, 7, 1_234_567, 1, (wrong,)), context()))
    assert "1 số liệu không khớp" in told and str(wrong) in told and "báo quản trị viên" in told


def test_what_was_refused_for_secrecy_is_told_by_feed_and_day() -> None:
    page, stamp = context("/admin/secrets", lang="en"), Stamp(1, NOW, None, False)
    refused = ((date(2026, 11, 23), 7_919), (date(2026, 11, 20), 2))
    said = " ".join(re.sub("<[^>]+>", " ", str(secrets(SecretsView(stamp, {"archive": refused}), page).content)).split())
    assert "archive 23/11/2026 7,919 archive 20/11/2026 2 All 7,921" in said
    assert "No record has been refused" in str(secrets(SecretsView(stamp, {}), page).content)
