"""When a backup is due of itself."""

from __future__ import annotations

from datetime import datetime, timedelta
from pathlib import Path
from zoneinfo import ZoneInfo

import pytest

from ioc.backup.schedule import due, last_made
from ioc.backup.vault import Vault
from ioc.clock import FrozenClock
from ioc.commands.backup import made
from ioc.errors import ConfigError
from tests.backup.deployments import deployment
from tests.office import NOW

ZONE = ZoneInfo("Asia/Ho_Chi_Minh")
FRIDAY = datetime(2026, 11, 20, 12, tzinfo=ZONE)


def test_by_the_organisations_working_days_and_once_each(tmp_path: Path) -> None:
    config = deployment(tmp_path, more='backup: {folder: kept, schedule: {at: "01:30", working_days: true}}\n')
    monday = datetime(2026, 11, 23, 1, 30, tzinfo=ZONE)
    assert not due(config, None, FRIDAY, monday - timedelta(minutes=1))
    assert due(config, None, FRIDAY, monday)
    assert due(config, FRIDAY, monday + timedelta(hours=5), monday + timedelta(hours=5)), "missed while nothing ran"
    assert not due(config, monday, FRIDAY, monday + timedelta(hours=23))
    assert due(config, monday, FRIDAY, monday + timedelta(hours=24))
    assert last_made(config) is None
    made(config, Vault(tmp_path / "kept"), FrozenClock(NOW))
    assert last_made(config) == NOW


def test_without_a_schedule_never_and_a_schedule_needs_a_folder(tmp_path: Path) -> None:
    assert not due(deployment(tmp_path), None, FRIDAY, FRIDAY + timedelta(days=400))
    with pytest.raises(ConfigError, match="needs a “folder”"):
        deployment(tmp_path, more="backup: {schedule: {every: 1d}}\n")
