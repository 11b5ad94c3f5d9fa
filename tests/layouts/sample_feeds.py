"""Feeds made up by hand, one in every state, with names, counts and reasons as awkward as they get."""

from __future__ import annotations

from datetime import UTC, date, datetime, time, timedelta

from ioc.catalogue.schedule import Schedule
from ioc.errors import UnknownName
from ioc.views.feed import (
    DAYS,
    Backfill,
    DayVolume,
    FeedsView,
    FeedTile,
    FeedView,
    KeptFinding,
    KeptRun,
    Lag,
    Mapped,
    MappingView,
    ReasonGroup,
    RunPage,
    Sample,
)
from ioc.views.health import Health
from ioc.views.model import Choice, Stamp
from ioc.views.next_arrival import Basis, NextArrival
from ioc.views.runs import LAST_RUNS, RunsQuestion

NOW = datetime(2026, 11, 23, 7, 5, 9, tzinfo=UTC)
TODAY = date(2026, 11, 23)
LONG = "Cơ sở dữ liệu quốc gia về cán bộ, công chức, viên chức trong cơ quan nhà nước, phân hệ bồi dưỡng kỹ năng số và an toàn thông tin"
FAULT = "The folder “/srv/exchange/a-rather-long-name-of-a-folder/that-somebody/has-mounted/somewhere” cannot be read. Mount it, or give another path."


_EXPECTED = {
    "portal": NextArrival(NOW + timedelta(minutes=12), Basis.RHYTHM),
    "archive": NextArrival(NOW + timedelta(hours=40), Basis.SCHEDULE, timedelta(minutes=5)),
    "training": NextArrival(NOW - timedelta(minutes=1), Basis.SCHEDULE),
    "axis": NextArrival(NOW - timedelta(hours=3), Basis.FRESHNESS),
    "demo_dossier": NextArrival(NOW + timedelta(minutes=3), Basis.RHYTHM),
}


def tile(name: str, label: str, kind: str, way: str, health: Health, message: str | None = None, *, empty: bool = False) -> FeedTile:
    """One feed; an empty one has delivered nothing."""
    days = [TODAY - timedelta(days=ago) for ago in reversed(range(DAYS))]
    return FeedTile(
        feed=name,
        label=label,
        kind=kind,
        way=way,
        record=Choice("dossier", "Hồ sơ TTHC"),
        simulated=not kind,
        health=health,
        message=message,
        last_event=None if empty else date(2026, 11, 20) if way == "brought" else NOW - timedelta(minutes=9),
        last_arrival=None if empty else NOW - timedelta(minutes=2),
        lag=None if empty else Lag(timedelta(seconds=41), timedelta(hours=3, minutes=30)),
        next_run=NOW + timedelta(hours=40) if way == "asked" else None,
        expected=None if health in {Health.NEVER, Health.PAUSED} else _EXPECTED.get(name),
        volume=tuple(
            DayVolume(day, 0 if empty or day.weekday() > 4 else 1000 + 37 * day.day, few=name == "archive" and day.day == 12)
            for day in days
        ),
        runs=0 if empty else 104,
        accepted=0 if empty else 12_345_678,
        duplicates=0 if empty else 23_456,
        rejected=0 if empty else 1_204,
        skipped=0 if empty else 12,
        findings=3 if name == "archive" else 0,
        last_state=None if empty else "done",
    )


TILES = (
    tile("portal", "Cổng Dịch vụ công", "push", "brought", Health.OK),
    tile("archive", "Kho hồ sơ", "file", "asked", Health.FAILING, FAULT),
    tile("training", LONG, "file", "asked", Health.LATE),
    tile("axis", "Trục liên thông văn bản", "mqtt", "listening", Health.SILENT),
    tile("survey", "Khảo sát", "file", "asked", Health.PAUSED),
    tile("new", "Nguồn mới", "http", "asked", Health.NEVER, empty=True),
    tile("demo_dossier", "Hồ sơ TTHC", "", "", Health.OK),
)


def sample_feeds(stamp: Stamp, language: str) -> FeedsView:
    """All of them."""
    found = [each.health for each in TILES]
    return FeedsView(stamp, TILES, tuple((health, found.count(health)) for health in Health))


def sample_feed(stamp: Stamp, feed: str, language: str, asked: RunsQuestion = LAST_RUNS) -> FeedView:
    """One of them; ``archive`` has all that a page can show. Raises UnknownName."""
    found = {each.feed: each for each in TILES}
    if feed not in found:
        raise UnknownName("feed", feed, found)
    if feed != "archive":
        return FeedView(stamp, found[feed], None, None, None, (), RunPage(()), (), 0, 0, None, (), ())
    return FeedView(
        stamp=stamp,
        tile=found[feed],
        schedule=Schedule(at=time(7, 30), working_days=True, jitter=timedelta(minutes=5)),
        timeout=timedelta(minutes=30),
        fresh=timedelta(hours=26),
        findings=_FINDINGS,
        runs=RunPage(tuple(_run(number) for number in range(104, 4, -1)), older=5, oldest=101),
        groups=_GROUPS,
        quarantined=1_204,
        replayable=1_200,
        mapping=_MAPPING,
        indicators=(Choice("dossiers_fully_online", "Hồ sơ TTHC xử lý hoàn toàn trực tuyến"), Choice("dossiers_on_time", LONG)),
        actions=("run", "pause", "cancel", "replay"),
        run=_run(asked.run) if asked.run else None,
        backfill=Backfill(date(2025, 1, 1), date(2025, 12, 31), 120, 1_234_567, 890),
    )


def _run(number: int) -> KeptRun:
    states = ("running", "unavailable", "rejected", "failed", "stopped", "interrupted")
    state = states[104 - number] if number > 98 else "done"
    started = NOW - timedelta(hours=105 - number)
    ended = None if state in {"running", "interrupted"} else started + timedelta(seconds=95)
    message = FAULT if state in {"unavailable", "failed"} else None
    return KeptRun(
        number,
        f"vao/ho-so-{number}.xlsx [Tháng 11]",
        started,
        ended,
        state,
        message,
        12_345,
        3,
        4,
        0,
        number == 98,
        2 if number == 97 else 0,
    )


_FINDINGS = tuple(
    KeptFinding("archive", kind, column, usual, found, kind == "gone", 90, 104, NOW - timedelta(days=2), NOW, ended)
    for kind, column, usual, found, ended in (
        ("gone", "MA_DON_VI", "98%", "0%", None),
        ("kind", "NGAY_TIEP_NHAN", "date_slashed", "date", None),
        ("volume", "", "12000", "4100", NOW - timedelta(hours=3)),
    )
)
_GROUPS = (
    ReasonGroup(
        "Đơn vị xử lý", "value", "", 900, tuple(Sample(f"vao/ho-so-{row}.xlsx", 1200 + row, "PHÒNG TỔ CHỨC <cũ>") for row in range(5))
    ),
    ReasonGroup("", "rule:due_after_received", "Hạn trả trước ngày tiếp nhận", 300, (Sample("vao/ho-so-9.xlsx", 12, None),)),
    ReasonGroup("", "columns", "", 3, (Sample("vao/ho-so-9.xlsx", 14, "a quote opened in row 14 is never closed"),)),
    ReasonGroup("", "an_unheard_of_reason", "", 1, (Sample("vao/ho-so-9.xlsx", None, None),)),
)
_MAPPING = MappingView(
    fields=(
        Mapped(Choice("dossier_id", "Mã hồ sơ"), "column", "MA_HO_SO"),
        Mapped(
            Choice("unit", "Đơn vị xử lý"), "column", "DON_VI", tuple((f"PHÒNG {n}", f"Phòng số {n}") for n in range(30)), otherwise="Khác"
        ),
        Mapped(
            Choice("channel", "Hình thức nộp"),
            "column",
            "KENH",
            (("1", "Trực tuyến"), ("", "Trực tiếp")),
            before=((date(2025, 7, 1), (("2", "Bưu chính"),)),),
        ),
        Mapped(Choice("received_at", "Tiếp nhận"), "column", "NGAY_NHAN", formats=("%d/%m/%Y %H:%M",)),
        Mapped(Choice("age", "Tuổi"), "expr", "days_between(NGAY_SINH, NGAY_NHAN) / 365"),
        Mapped(Choice("province", "Tỉnh, thành phố"), "value", "Hà Nội"),
    ),
    unmapped=("Lệ phí", "Cập nhật"),
    keep="MA_HO_SO IS NOT NULL",
    deleted="TRANG_THAI = 'xoa'",
    secrecy="DO_MAT",
    open=("thuong", "khong"),
)
