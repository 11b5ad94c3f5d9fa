"""The audit trail: every line stays as it was written, and whoever changes one is found out."""

from __future__ import annotations

import sqlite3
import subprocess
import sys
import time
from collections.abc import Iterator
from contextlib import closing
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest

from ioc.access.configuration_changes import note_changes
from ioc.access.trail import FILE, AuditTrail, Sought
from ioc.access.viewer import Viewer
from ioc.clock import FrozenClock

NOW = datetime(2026, 11, 23, 5, 0, tzinfo=UTC)
LAN = Viewer("lan", role="staff", address="10.0.0.7")


@pytest.fixture
def clock() -> FrozenClock:
    return FrozenClock(NOW)


@pytest.fixture
def trail(tmp_path: Path, clock: FrozenClock) -> Iterator[AuditTrail]:
    found = AuditTrail(tmp_path, clock)
    yield found
    found.stop()


def changed(trail: AuditTrail, sql: str) -> None:
    with closing(sqlite3.connect(trail.ledger.file)) as connection:
        connection.execute(sql)
        connection.commit()


def test_a_change_is_on_the_disk_at_once_and_a_look_within_a_second(trail: AuditTrail, tmp_path: Path) -> None:
    beside = AuditTrail(tmp_path, FrozenClock(NOW))
    trail.start()
    trail.note(LAN, "view", "dossier/H-1")
    trail.note(LAN, "goal.change", "online_rate", {"from": 80, "to": 90})
    assert [(each.action, each.subject) for each in beside.find()] == [("goal.change", "online_rate"), ("view", "dossier/H-1")]
    trail.note(LAN, "view", "dossier/H-2")
    assert len(beside.find()) == 2
    until = time.monotonic() + 5
    while len(beside.find()) < 3 and time.monotonic() < until:
        time.sleep(0.05)
    assert beside.find()[0].subject == "dossier/H-2"
    trail.note(LAN, "view", "dossier/H-3")
    trail.stop()
    assert beside.find()[0].subject == "dossier/H-3", "what waits is written at the end"


@pytest.mark.parametrize(
    "sql",
    [
        "UPDATE line SET who = 'minh' WHERE number = 2",
        "UPDATE line SET detail = '' WHERE number = 2",
        "DELETE FROM line WHERE number = 2",
        "UPDATE line SET number = 9 WHERE number = 2",
    ],
)
def test_whoever_changes_a_line_is_found_out(trail: AuditTrail, sql: str) -> None:
    for number in range(4):
        trail.note(LAN, "export", f"report-{number}", {"pages": number})
    sound = trail.verify()
    assert (sound.lines, sound.wrong) == (4, None) and trail.knows(sound.last)
    changed(trail, sql)
    assert trail.verify().wrong == 2


def test_the_last_lines_cannot_be_taken_away_once_their_hash_is_known_elsewhere(trail: AuditTrail) -> None:
    for number in range(3):
        trail.note(LAN, "export", f"report-{number}")
    last = trail.verify().last
    changed(trail, "DELETE FROM line WHERE number = 3")
    assert trail.verify().wrong is None and not trail.knows(last)


def test_two_processes_write_one_chain(trail: AuditTrail, tmp_path: Path) -> None:
    program = (
        "import sys; from pathlib import Path; from ioc.access.trail import AuditTrail; from ioc.access.viewer import Viewer\n"
        "from ioc.clock import SystemClock\n"
        "trail = AuditTrail(Path(sys.argv[1]), SystemClock())\n"
        "for number in range(30): trail.note(Viewer('command line'), 'token.create', str(number))\n"
    )
    others = [subprocess.Popen([sys.executable, "-c", program, str(tmp_path)]) for _ in range(2)]
    for number in range(30):
        trail.note(LAN, "goal.change", str(number))
    assert [each.wait(60) for each in others] == [0, 0]
    assert (trail.verify().lines, trail.verify().wrong) == (90, None)


def test_lines_are_sought_by_who_what_when(trail: AuditTrail, clock: FrozenClock) -> None:
    trail.note(LAN, "sign_in", "lan")
    trail.note(Viewer("", address="10.0.0.9"), "sign_in.refused", "minh")
    clock.at = NOW + timedelta(days=1)
    trail.note(LAN, "view", "dossier/H_1")
    assert [each.action for each in trail.find(Sought(who="LA"))] == ["view", "sign_in"]
    assert [each.subject for each in trail.find(Sought(action="sign_in"))] == ["minh", "lan"]
    assert trail.find(Sought(action="sign")) == [] and trail.find(Sought(action="%")) == []
    assert [each.subject for each in trail.find(Sought(start="2026-11-24"))] == ["dossier/H_1"]
    assert [each.subject for each in trail.find(Sought(end="2026-11-24", rows=1))] == ["minh"]
    assert [each.subject for each in trail.find(Sought(before=2))] == ["lan"]


def test_what_is_old_is_forgotten_and_the_rest_still_holds_together(trail: AuditTrail, clock: FrozenClock) -> None:
    for day in range(4):
        clock.at = NOW + timedelta(days=day)
        trail.note(LAN, "export", f"report-{day}")
    assert trail.forget(timedelta(days=2)) == 1
    assert [each.subject for each in trail.find()] == ["audit", "report-3", "report-2", "report-1"]
    assert trail.verify().wrong is None and trail.verify().lines == 4
    assert trail.forget(timedelta(days=2)) == 0
    changed(trail, "DELETE FROM line WHERE number = 2")
    assert trail.verify().wrong == 2


def test_what_is_old_is_forgotten_by_itself(tmp_path: Path, clock: FrozenClock) -> None:
    found = AuditTrail(tmp_path, clock, timedelta(days=30))
    found.note(LAN, "goal.change", "old")
    clock.at += timedelta(days=31)
    found.start()
    deadline = time.monotonic() + 20
    while found.find(Sought(subject="old")) and time.monotonic() < deadline:
        time.sleep(0.05)
    found.stop()
    assert [line.action for line in found.all()] == ["audit.forget"] and found.verify().wrong is None


def test_what_was_edited_in_configuration_and_catalogue_is_written_at_the_next_start(trail: AuditTrail, tmp_path: Path) -> None:
    goals = {"online_2026": {"value": 80}, "on_time": {"value": 95}}
    said = {
        "config": {"server": {"port": 1}, "feeds": {"log": {"token": "hemligt-ord"}}},
        "catalogue": {"goals": goals, "calendar": {"d": {}}},
    }
    assert note_changes(trail, tmp_path, said) == 0 and note_changes(trail, tmp_path, said) == 0
    edited = {**said, "catalogue": {"goals": {"online_2026": {"value": 70}, "new": {"value": 1}}, "calendar": {"d": {}, "e": {}}}}
    assert note_changes(trail, tmp_path, edited) == 4
    lines = {(line.action, line.subject) for line in trail.all()}
    assert lines == {
        ("configuration.begin", ""),
        ("configuration.change", "catalogue.goals.online_2026"),
        ("configuration.remove", "catalogue.goals.on_time"),
        ("configuration.add", "catalogue.goals.new"),
        ("configuration.add", "catalogue.calendar.e"),
    }
    assert all(b"hemligt-ord" not in file.read_bytes() for file in tmp_path.iterdir())


def test_a_trail_that_nobody_wrote_is_empty(tmp_path: Path, clock: FrozenClock) -> None:
    trail = AuditTrail(tmp_path, clock)
    assert trail.find() == [] and trail.verify().lines == 0 and not (tmp_path / FILE).exists()
