"""Milestones from records: the newest report by its own time, what was reported before, and as it was known at a past moment."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from decimal import Decimal
from pathlib import Path

from ioc.access.viewer import Viewer
from ioc.catalogue.load import BUILT_IN, load
from ioc.clock import FrozenClock
from ioc.config import Settings
from ioc.goals.status import Status
from ioc.store.store import Store
from ioc.views.cache import ViewCache
from ioc.views.gather import Gatherer
from ioc.views.model import MilestoneTile
from tests.office import put


def tile(store: Store, name: str, as_of: datetime | None = None) -> MilestoneTile:
    view = Gatherer(store, Settings(), ViewCache()).milestones(Viewer("test", "vi"), as_of)
    assert sum(count for _, count in view.tally) == len(view.milestones)
    assert all(companion in view.companions for each in view.milestones for companion in each.companions)
    return next(each for each in view.milestones if each.id == name)


def test_reports_make_the_progress_and_its_history(tmp_path: Path) -> None:
    clock = FrozenClock(datetime(2026, 11, 23, 5, tzinfo=UTC))
    store = Store(tmp_path / "ioc.duckdb", load(BUILT_IN / "moha", "moha"), clock, memory_limit="256MB", threads=1)
    assert tile(store, "iot_platform").status is Status.NO_DATA
    report = {"milestone": "iot_platform", "state": "in_progress", "due_on": "2030-06-30"}
    put(store, "milestone", [report | {"percent": 20, "updated_at": "2026-06-01 08:00", "evidence": "Báo cáo số 2"}])
    put(store, "milestone", [report | {"percent": 10, "updated_at": "2026-01-05 08:00", "evidence": "Báo cáo số 1"}])  # came late
    found, then = tile(store, "iot_platform"), clock.now()
    assert [(each.percent, each.evidence) for each in found.reports] == [(20, "Báo cáo số 2"), (10, "Báo cáo số 1")]
    assert (found.percent, found.evidence, found.state_label) == (Decimal(20), "Báo cáo số 2", "Đang thực hiện")
    assert found.status is Status.ON_TRACK and found.reason.startswith("Đạt 20")
    assert (found.label, found.companions) == ("Nền tảng dữ liệu và hạ tầng kết nối IoT", ("iot_devices_connected", "iot_messages_daily"))
    clock.at += timedelta(days=10)
    assert (tile(store, "iot_platform").status, tile(store, "iot_platform").percent) == (Status.AT_RISK, Decimal(20))
    put(store, "milestone", [report | {"percent": 90, "state": "in_operation", "updated_at": "2026-12-01 08:00"}])
    assert tile(store, "iot_platform").status is Status.ACHIEVED
    assert tile(store, "iot_platform", then) == found
    store.close()
