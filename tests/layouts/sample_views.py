"""A read side made up by hand: real names, round numbers, and every awkward case that a screen may meet."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from datetime import UTC, date, datetime, timedelta
from decimal import Decimal
from zoneinfo import ZoneInfo

from ioc.access.viewer import Viewer
from ioc.catalogue.model import Text, Unit
from ioc.catalogue.period import Period, back, periods
from ioc.catalogue.screens import SIZES
from ioc.errors import UnknownName
from ioc.goals.status import Status
from ioc.views.ask import IndicatorQuestion
from ioc.views.explanation import ExplanationQuestion, ExplanationView
from ioc.views.feed import FeedsView, FeedView
from ioc.views.health import Health
from ioc.views.model import (
    Choice,
    FeedBehind,
    Filter,
    GoalView,
    GroupView,
    IndicatorView,
    MilestonesView,
    MilestoneTile,
    OverviewView,
    Point,
    ReportView,
    SplitRow,
    SplitView,
    Stamp,
    TileView,
)
from ioc.views.next_arrival import Basis, NextArrival
from ioc.views.panels.types import (
    Alert,
    AlertsPanel,
    BulletPanel,
    ClockPanel,
    Content,
    FeedsPanel,
    Frame,
    FunnelPanel,
    HeatmapPanel,
    MapPanel,
    MilestonesPanel,
    NumberPanel,
    PanelView,
    Place,
    PlaylistView,
    RankingPanel,
    RecordsPanel,
    ScorePanel,
    ScreenView,
    Shape,
    Step,
    TextPanel,
    TrendPanel,
    TurnView,
)
from ioc.views.runs import LAST_RUNS, RunsQuestion
from ioc.views.unusual import AnomaliesView
from ioc.views.walls import WallsView, WallTile
from tests.layouts.sample_awkward import ENDLESS, awkward, score_part
from tests.layouts.sample_explained import sample_anomalies, sample_explanation
from tests.layouts.sample_feeds import sample_feed, sample_feeds

ZONE = ZoneInfo("Asia/Ho_Chi_Minh")
NOW = datetime(2026, 11, 23, 7, 5, 9, tzinfo=UTC)  # 14:05:09 in Hà Nội
TODAY = date(2026, 11, 23)
DEADLINE, NEXT, LAST = date(2025, 12, 31), date(2027, 12, 31), date(2030, 12, 31)
_EXPECTED = NextArrival(NOW + timedelta(minutes=12), Basis.RHYTHM)
LONG = "Vụ Công tác thanh niên và Bình đẳng giới, phối hợp cùng Cục Quản lý lao động ngoài nước và các đơn vị sự nghiệp công lập"

# id, group, label, value, target, comparator, horizon, value at the horizon, status, what is awkward
ROWS = (
    ("dossiers_fully_online", "services", "Hồ sơ TTHC xử lý hoàn toàn trực tuyến", "82.04", "80", ">=", DEADLINE, "67.2", "achieved", ""),
    ("data_entered_once", "services", "Người dân chỉ nhập dữ liệu một lần", "67.8", "100", "=", NEXT, None, "off_track", ""),
    ("dossiers_on_time", "services", "Hồ sơ TTHC giải quyết đúng và trước hạn", "87.0", None, None, None, None, "no_goal", ""),
    ("procedures_level4", "services", "TTHC đủ điều kiện cung cấp DVC trực tuyến toàn trình (mức độ 4)", "100", "100", "=", NEXT, None, "achieved", ""),
    ("services_redesigned", "services", "DVC trực tuyến được thiết kế lại theo trải nghiệm người dùng", "75.5", "100", "=", DEADLINE, "63", "missed", "gaps"),
    ("transactions_authenticated", "services", "Giao dịch được xác thực điện tử", "99.96", "100", "=", DEADLINE, "91.7", "missed", ""),
    ("documents_electronic", "documents", "Văn bản trao đổi dưới dạng điện tử", "99.996", "100", "=", DEADLINE, None, "missed", ""),
    ("documents_signed", "documents", "Văn bản điện tử được ký số chuyên dùng", "99.56", "100", "=", DEADLINE, "98.65", "missed", ""),
    ("workfiles_online", "documents", "Hồ sơ công việc xử lý trên môi trường mạng", "91.7", "100", "=", NEXT, None, "at_risk", ""),
    ("workfiles_digitised", "documents", "Hồ sơ công việc được số hóa, tạo lập điện tử", None, "100", "=", DEADLINE, None, "no_data", "empty"),
    ("direction_on_data_platform", "direction", "Hoạt động chỉ đạo, điều hành trên nền tảng dữ liệu lớn", "91", "100", "=", DEADLINE, "80.5", "stale", "stale"),
    ("reports_on_system", "direction", "Báo cáo định kỳ cập nhật trên HTTT báo cáo", "100", "100", "=", NEXT, None, "achieved", ""),
    ("reports_connected", "direction", "Báo cáo kết nối HTTT báo cáo quốc gia", "93.0", "100", "=", DEADLINE, "81.3", "missed", ""),
    ("inspections_digital", "direction", "Hoạt động thanh tra, kiểm tra qua môi trường số", "61.5", "50", ">=", DEADLINE, "51.3", "achieved", ""),
    ("training_online_content", "staff", "Nội dung đào tạo, thi tuyển, thi nâng ngạch thực hiện trực tuyến", "76.4", "70", ">=", DEADLINE, "66", "achieved", ""),
    ("staff_basic_digital_skills", "staff", "CBCCVC được bồi dưỡng kỹ năng số cơ bản", "98.3", "100", "=", NEXT, None, "on_track", ""),
    ("staff_data_skills", "staff", LONG, "51.6", "50", ">=", DEADLINE, "44.3", "achieved", ""),
    ("eid_cards_issued", "staff", "Thẻ CCVC điện tử được cấp", "91.1", "100", "=", DEADLINE, "79.5", "missed", ""),
    ("satisfaction_index", "satisfaction", "Mức độ hài lòng của người dân, tổ chức", "90.4", "95", ">=", NEXT, None, "on_track", ""),
    ("days_to_answer", "satisfaction", "Thời gian trả lời phản ánh, kiến nghị", "3.02", "3", "<=", NEXT, None, "at_risk", "days"),
    ("procedures_reduced", "future", "Giảm thủ tục hành chính so với cuối năm 2025", "-9.26", "20", "down", LAST, None, "on_track", ""),
    ("dossiers_received", "future", "Số hồ sơ tiếp nhận", "1234567", None, None, None, None, "no_goal", "count"),
)  # fmt: skip
GROUPS = {
    "services": "Dịch vụ công và thủ tục hành chính",
    "documents": "Văn bản, hồ sơ điện tử",
    "direction": "Chỉ đạo, điều hành, báo cáo, kiểm tra",
    "staff": "Đội ngũ cán bộ, công chức, viên chức",
    "satisfaction": "Sự hài lòng",
    "future": "Định hướng đến năm 2030",
}
_UNITS = {"days": Unit.DAYS, "count": Unit.NUMBER}


def number(text: str | None) -> Decimal | None:
    """A number, or nothing."""
    return None if text is None else Decimal(text)


def course(value: Decimal | None, *, kind: str = "month", count: int = 24, awkward: str = "") -> tuple[Point, ...]:
    """A rising trend that ends at a value."""
    spans = list(periods(kind, back(kind, TODAY, count - 1), TODAY))
    points = []
    for index, span in enumerate(spans):
        missing = value is None or (awkward == "gaps" and index % 7 == 3)
        shown = None if missing or value is None else value * (100 - (len(spans) - 1 - index)) / 100
        whole = None if shown is None else Decimal(1000)
        points.append(Point(span.start, span.end, None if shown is None else shown * 10, whole, shown, span.end >= TODAY))
    return tuple(points)


def sample_tile(row: Sequence[object]) -> TileView:
    """The tile of a row of ``ROWS``."""
    name, _, label, value, target, comparator, horizon, then, status, awkward = row
    exact, bound, verdict = number(value), number(target), number(then)  # type: ignore[arg-type]
    goal = None
    if bound is not None:
        signed = -bound if comparator == "down" else bound
        gap = None if exact is None else (signed - exact if comparator in {"<=", "down"} else exact - signed)
        met = None if verdict is None else verdict >= bound
        source = "Quyết định 1105/QĐ-BNV ngày 15/10/2021"
        goal = GoalView(f"{name}_goal", str(comparator), bound, horizon, source, Status(status), gap, verdict, met)  # type: ignore[arg-type]
    return TileView(
        indicator=str(name),
        label=str(label),
        owner="Văn phòng Bộ",
        unit=_UNITS.get(str(awkward), Unit.PERCENT),
        precision=0 if awkward == "count" else 1,
        direction="up",
        value=exact,
        numerator=None if exact is None else Decimal(182744),
        denominator=None if exact is None else Decimal(222955),
        status=Status(status),
        goal=goal,
        goals=(goal,) if goal else (),
        trend=course(exact, awkward=str(awkward)),
        change=None if exact is None else Decimal("-0.04") if awkward == "gaps" else Decimal("15.8"),
        data_at=None if exact is None else NOW - (timedelta(days=3) if awkward == "stale" else timedelta(minutes=2)),
        stale=awkward == "stale",
        span=Period(date(NOW.year, 1, 1), NOW.date()),
    )


TILES = {str(row[0]): sample_tile(row) for row in ROWS}
REPORTS = (
    ReportView(NOW, "Đang thử nghiệm", Decimal(80), DEADLINE, "https://van-ban.example/123"),
    ReportView(NOW - timedelta(days=200), "Đang thực hiện", Decimal(60), DEADLINE, "Báo cáo tiến độ"),
)
MILESTONES = (
    MilestoneTile("data_warehouse", "Kho dữ liệu dùng chung (Big Data, Data lake)", "Trung tâm CNTT", "done", "Đã hoàn thành", Decimal(100), DEADLINE, None, Status.ACHIEVED, NOW),
    MilestoneTile("sector_database", "CSDL tích hợp ngành Nội vụ", "Trung tâm CNTT", "in_trial", "Đang thử nghiệm", Decimal(80), DEADLINE, None, Status.MISSED, NOW, Decimal(97), "Đã hết hạn ngày 31/12/2025 mà mới đạt 80%.", "CSDL tích hợp ngành Nội vụ được xây dựng.", "Quyết định 1105/QĐ-BNV", REPORTS, ("satisfaction_index",)),
    MilestoneTile("iot_platform", "Nền tảng dữ liệu và hạ tầng kết nối IoT", "Trung tâm CNTT", None, "", None, LAST, date(2029, 6, 30), Status.NO_DATA, None),
)  # fmt: skip
PARTS = (
    score_part("dossiers_on_time_766", "Đúng hạn", Decimal("87.8"), Decimal("17.56"), Decimal(20)),
    score_part("dossiers_submitted_online", "Nộp trực tuyến", Decimal("89.8"), Decimal(6), Decimal(6)),
    score_part("dossiers_digitised", "Số hóa", None, None, Decimal(6)),
)
ALERTS = tuple(
    Alert(name, TILES[name].label, TILES[name].status, False, TILES[name])
    for name in ("data_entered_once", "staff_data_skills", "days_to_answer")
)


class SampleViews:
    """Answers like the real read side. ``version_`` may be raised by tests; what is in ``changed`` replaces tiles."""

    alerts = None

    def __init__(self) -> None:
        self.version_ = 1234
        self.changed: dict[str, TileView] = {}
        self.broken = False
        self.turns: tuple[str, ...] = ("services",)
        self.dwell = 3600.0
        self.connected = 2
        self.emergency = ""

    def _stamp(self, as_of: datetime | None) -> Stamp:
        return Stamp(self.version_, NOW - timedelta(minutes=1), as_of, simulated=True)

    def _tile(self, name: str) -> TileView:
        return self.changed.get(name, TILES[name])

    def overview(self, viewer: Viewer, as_of: datetime | None = None) -> OverviewView:
        if self.broken:
            raise RuntimeError("the store is gone")
        groups = tuple(
            GroupView(key, label, tuple(self._tile(str(row[0])) for row in ROWS if row[1] == key)) for key, label in GROUPS.items()
        )
        judged = [tile.status for group in groups for tile in group.tiles if tile.goal]
        tally = tuple((status, judged.count(status)) for status in Status if status in judged)
        return OverviewView(self._stamp(as_of), "Bộ Nội vụ", 2026, groups, MILESTONES, tally)

    def milestones(self, viewer: Viewer, as_of: datetime | None = None) -> MilestonesView:
        found = [each.status for each in MILESTONES]
        tally = tuple((status, found.count(status)) for status in Status if status in found)
        return MilestonesView(self._stamp(as_of), MILESTONES, {name: TILES[name] for name in ("satisfaction_index",)}, tally)

    def indicator(self, viewer: Viewer, question: IndicatorQuestion, as_of: datetime | None = None) -> IndicatorView:
        if question.indicator not in TILES:
            raise UnknownName("indicator", question.indicator, TILES)
        if question.period not in {"day", "week", "month", "quarter", "year"}:
            raise UnknownName("period", question.period, ["day", "week", "month", "quarter", "year"])
        tile = self._tile(question.indicator)
        if question.where:
            tile = replace(tile, value=Decimal(12), change=None)
        rows = tuple(
            SplitRow(f"u{index}", LONG if index == 3 else f"Vụ {index}", Decimal(9 * index), Decimal(1000), Decimal(99 - index))
            for index in range(30)
        )
        none = SplitRow("u99", "Vụ chưa có số liệu", None, None, None)
        feed = Choice("demo_dossier", "Hồ sơ TTHC")
        split = SplitView("unit", "Đơn vị xử lý", (*rows, none)) if question.split != "none" else None
        return IndicatorView(
            stamp=self._stamp(as_of),
            tile=tile,
            definition="Tỷ lệ hồ sơ được nộp, xử lý và trả kết quả hoàn toàn trên môi trường mạng.",
            formula="Hồ sơ hoàn toàn trực tuyến / hồ sơ tiếp nhận × 100%",
            source="Quyết định 1105/QĐ-BNV",
            period=question.period,
            start=question.start or date(2024, 12, 1),
            end=question.end or TODAY,
            filters=tuple(Filter(Choice(dimension, "Tỉnh, thành phố"), Choice(code, LONG)) for dimension, code in question.where),
            trend=course(tile.value, kind=question.period, awkward="gaps"),
            dimensions=(Choice("unit", "Đơn vị xử lý"), Choice("province", "Tỉnh, thành phố")),
            split=split,
            feeds=(FeedBehind(feed) if as_of else FeedBehind(feed, NOW - timedelta(hours=3), Health.LATE, True, _EXPECTED),),
            reading=(f"{tile.label}: 82,0% từ đầu năm 2026 đến nay.", "Tăng 15,8 điểm phần trăm so với cùng kỳ năm trước."),
        )

    def explanation(self, viewer: Viewer, question: ExplanationQuestion, as_of: datetime | None = None) -> ExplanationView:
        return sample_explanation(self._stamp(as_of), question, self._tile(question.indicator))

    def anomalies(self, viewer: Viewer, indicator: str, as_of: datetime | None = None) -> AnomaliesView:
        return sample_anomalies(self._stamp(as_of), self._tile(indicator), TODAY)

    def known_anomalies(self, viewer: Viewer, indicator: str, as_of: datetime | None = None) -> AnomaliesView | None:
        return None

    def screen(self, viewer: Viewer, screen: str, as_of: datetime | None = None) -> ScreenView:
        if self.broken:
            raise RuntimeError("the store is gone")
        if screen not in {"services", "other", "awkward"}:
            raise UnknownName("screen", screen, ["services", "other"])
        tile = TILES["dossiers_fully_online"]
        if screen == "awkward":
            drawn = enumerate(awkward(tile, TODAY))
            panels = tuple(
                PanelView(replace(self._frame(index, kind, title, stale=False), size=size), content)
                for index, (kind, size, title, content) in drawn
            )
            return ScreenView(self._stamp(as_of), screen, ENDLESS, ENDLESS, "Bộ Nội vụ", panels)
        rows = tuple(SplitRow(f"r{index}", f"Thủ tục số {index}", Decimal(index), Decimal(100), Decimal(95) - index) for index in range(40))
        columns = tuple(span.start for span in periods("month", back("month", TODAY, 23), TODAY))
        values = tuple(tuple(None if (row + column) % 9 == 0 else Decimal(50 + row + column) for column in range(24)) for row in range(40))
        names = tuple(Choice(f"r{index}", f"Thủ tục số {index}") for index in range(40))
        records = tuple(
            (f"G09-{index:06}", "Giải quyết trợ cấp thất nghiệp", NOW, date(2026, 12, 8), True, Decimal(1500), None) for index in range(50)
        )
        steps = (("Tiếp nhận", Decimal(1000)), ("Trực tuyến", Decimal(820)), ("Chưa rõ", None))
        titles = ("Mã", "Thủ tục", "Tiếp nhận", "Hẹn trả", "Trực tuyến", "Lệ phí", "Ghi chú")
        contents: tuple[tuple[str, str, Content], ...] = (
            ("number", tile.label, NumberPanel(tile)),
            ("number", "Chưa có dữ liệu", NumberPanel(TILES["workfiles_digitised"])),
            ("number", "Dữ liệu cũ", NumberPanel(TILES["direction_on_data_platform"])),
            ("number", "Của một đơn vị", NumberPanel(replace(tile, goal=None, status=Status.NO_GOAL), tile)),
            ("trend", tile.label, TrendPanel(tile.unit, 1, "month", tile.trend, tile.goal)),
            ("trend", "Trống", TrendPanel(Unit.PERCENT, 1, "month", course(None), None)),
            ("ranking", "Xếp hạng", RankingPanel("unit", "Đơn vị", tile.unit, 1, rows, tile.goal)),
            (
                "heatmap",
                "Theo tháng",
                HeatmapPanel("unit", "Đơn vị", tile.unit, 1, names, columns, tuple((each, each) for each in columns), "month", values),
            ),
            (
                "map",
                "Bản đồ",
                MapPanel(
                    "province", tile.unit, 1, rows[:3], (Place("r0", "", 0, 0), Place("r1", "", 1, 0), Place("dao", "Quần đảo", 1, 2))
                ),
            ),
            (
                "map",
                "Bản đồ có đường nét",
                MapPanel("province", tile.unit, 1, rows[:1], shapes=(Shape("r0", "M0 0L9 0L9 9Z"), Shape("x", "M9 9L8 8L7 9Z"))),
            ),
            ("bullet", "So với mục tiêu", BulletPanel(tuple(TILES.values()))),
            ("milestones", "", MilestonesPanel(MILESTONES, TODAY)),
            (
                "funnel",
                "Các bước",
                FunnelPanel(tuple(Step(label, count, tile.indicator) for label, count in steps)),
            ),
            ("score", "Điểm", ScorePanel(score_part("score", "Điểm", None, Decimal("17.6"), Decimal(32), Decimal(26), PARTS))),
            ("alerts", "", AlertsPanel((Alert(tile.indicator, tile.label, tile.status, True, tile), *ALERTS), 20)),
            ("feeds", "", FeedsPanel(sample_feeds(self._stamp(None), viewer.language).feeds)),
            ("clock", "", ClockPanel()),
            ("text", "Ghi chú", TextPanel("Họp giao ban 8 giờ sáng thứ Hai.")),
            (
                "records",
                "Hồ sơ",
                RecordsPanel("dossier", tuple(Choice(title, title) for title in titles), records, tuple(str(row[0]) for row in records)),
            ),
            ("records", "Không có", RecordsPanel("dossier", (Choice("a", "Mã"),), (), ())),
        )
        panels = tuple(
            PanelView(self._frame(index, kind, title, stale=title == "Dữ liệu cũ"), content)
            for index, (kind, title, content) in enumerate(contents)
        )
        panels = (replace(panels[0], content=NumberPanel(self._tile("dossiers_fully_online"))), *panels[1:])
        return ScreenView(self._stamp(as_of), screen, "Dịch vụ công", "", "Bộ Nội vụ", panels)

    def _frame(self, index: int, kind: str, title: str, *, stale: bool) -> Frame:
        at = NOW - (timedelta(days=3) if stale else timedelta(minutes=2))
        span = (date(2026, 1, 1), TODAY) if kind in {"number", "ranking", "map", "bullet", "funnel", "score"} else None
        return Frame(index, kind, SIZES[kind], title, "", span, ("dossiers_fully_online",), at, stale)

    def playlist(self, viewer: Viewer, playlist: str) -> PlaylistView:
        if playlist != "hall":
            raise UnknownName("playlist", playlist, ["hall"])
        return PlaylistView("hall", "Sảnh chính", "Bộ Nội vụ", tuple(TurnView(name, name, self.dwell) for name in self.turns), None)

    def walls(self) -> WallsView:
        known = (
            WallTile("w1", "Sảnh chính", "Tầng 1", "hall", "abc", 1234, NOW - timedelta(hours=3), NOW, ("services",)),
            WallTile("w2", "", "", "gone", "old", 1200, NOW - timedelta(days=9), NOW - timedelta(hours=5), is_gone=True),
        )
        return WallsView(known[: self.connected], self.emergency)

    def playlists(self) -> dict[str, Text]:
        return {"hall": Text(vi="Sảnh chính", en="Main hall")}

    def feeds(self, viewer: Viewer) -> FeedsView:
        return sample_feeds(self._stamp(None), viewer.language)

    def feed(self, viewer: Viewer, feed: str, asked: RunsQuestion = LAST_RUNS) -> FeedView:
        return sample_feed(self._stamp(None), feed, viewer.language, asked)

    def screens(self) -> dict[str, Text]:
        return {"services": Text(vi="Dịch vụ công", en="Public services"), "other": Text(vi="Khác", en="Other")}

    def version(self) -> int:
        return self.version_

    def arranged(self) -> int:
        return 0

    def recounting(self) -> float | None:
        return None

    def zone(self) -> ZoneInfo:
        return ZONE

    def language(self) -> str:
        return "vi"
