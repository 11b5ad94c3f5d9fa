"""Records whose time has passed go, and every number stays: now, at past moments, by any split, and when the same is brought once more."""

from __future__ import annotations

import json
import tempfile
from collections.abc import Iterator
from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from ioc.__main__ import main
from ioc.access.trail import AuditTrail
from ioc.app import Application, create_app
from ioc.catalogue.mapping import identity
from ioc.catalogue.model import Catalogue, Text
from ioc.catalogue.retention import Hold, Retention, counted_fields, horizon
from ioc.clock import FrozenClock
from ioc.commands.deployment import load_config
from ioc.config import STORE_FILE
from ioc.errors import BadQuestion, ConfigError, StoreError
from ioc.indicators.audit import audit
from ioc.indicators.purge import foreseen, purge
from ioc.intake.forms import Forms
from ioc.intake.group_writer import GroupWriter
from ioc.intake.ingest import Target
from ioc.store.purge import remove
from tests.office import CATALOGUE, NOW, catalogue, open_store, put, rows_of
from tests.store.test_properties import EXAMPLES, answers, few, histories, told

RULE = Text(vi="Thông tư 10", en="Circular 10")
KEPT = Retention(months=1, rule=RULE)


@settings(few, max_examples=max(2, EXAMPLES // 4))
@given(histories, st.lists(st.integers(1, 4), min_size=1, max_size=3), st.sampled_from([1, 2]))
def test_no_number_moves_at_any_moment_and_nothing_counts_twice(history: list[dict[str, Any]], sizes: list[int], months: int) -> None:
    with tempfile.TemporaryDirectory() as folder:
        clock = FrozenClock(NOW)
        store = open_store(Path(folder), clock=clock)
        told(store, history[: len(history) // 2], sizes)
        clock.at = NOW + timedelta(hours=1)
        told(store, history[len(history) // 2 :], sizes)
        clock.at = NOW + timedelta(hours=2)
        moments = (NOW, NOW + timedelta(minutes=90), None)
        before = [answers(store, moment) for moment in moments]
        report = purge(store, {"dossier": Retention(months=months, rule=RULE)})
        old = {row["id"] for row in history} - {row["id"] for row in history if row["received_at"].date() >= report.due[0].before}
        assert rows_of(store, "SELECT count(DISTINCT id) FROM rec_dossier WHERE _run < 0 AND starts_with(id, '~')") == [(len(old),)]
        assert report.due[0].records == len(old) and (report.compared > 20 or not history)
        assert [answers(store, moment) for moment in moments] == before
        told(store, history, sizes)
        assert answers(store) == before[-1]
        store.close()
        store = open_store(Path(folder), clock=clock)
        store.warm()  # keys are found otherwise from now on
        told(store, history, sizes)
        assert answers(store) == before[-1]
        found = audit(store)
        assert found and found.differing == 0
        store.close()


def rows(*keys: str, **more: Any) -> list[dict[str, Any]]:
    return [{"id": key, "unit": "a", "received_at": "2026-02-03 08:00", "online": True, "updated_at": "2026-02-03"} | more for key in keys]


def test_what_is_under_a_hold_or_not_finished_stays(tmp_path: Path) -> None:
    store = open_store(tmp_path)
    put(store, "dossier", rows("open"))
    put(store, "dossier", rows("done", "held", "late", completed_at="2026-02-05 08:00"))
    put(store, "dossier", rows("late", completed_at="2026-02-05 08:00", updated_at="2026-02-09", received_at="2026-11-20 08:00"))
    holds = {"court": Hold(where="id = 'held'", reason=RULE)}
    kept = Retention(months=6, rule=RULE, unless="completed_at IS NULL", holds=holds)
    due = foreseen(store, {"dossier": kept}).due[0]
    assert (due.records, due.versions, due.held) == (1, 1, (("court", 1), ("unless", 1)))
    assert rows_of(store, "SELECT count(*) FROM rec_dossier WHERE _run < 0") == [(0,)], "nothing is removed before it is told to be"
    purge(store, {"dossier": kept})
    assert rows_of(store, "SELECT DISTINCT id FROM rec_dossier WHERE _run >= 0 ORDER BY id") == [("held",), ("late",), ("open",)]
    everything = kept.model_copy(update={"holds": {"all": Hold(reason=RULE)}})
    assert foreseen(store, {"dossier": everything}).due[0].records == 0
    store.close()


def test_what_no_number_needs_is_gone_also_from_quarantine(tmp_path: Path) -> None:
    clock = FrozenClock(NOW - timedelta(days=200))
    store = open_store(tmp_path, clock=clock)
    put(store, "dossier", [*rows("secret-name-1"), *rows("secret-name-2", received_at="riengtu")])
    clock.at = NOW
    purge(store, {"dossier": KEPT})
    kept = str([rows_of(store, f"SELECT * FROM {table}") for table in ("rec_dossier", "quarantine")])
    assert "secret-name" not in kept and "riengtu" not in kept
    assert counted_fields([catalogue()], "dossier") >= {"unit", "channel", "received_at", "online", "updated_at", "fee"}
    tally = put(store, "dossier", [*rows("secret-name-1", updated_at="2026-11-01"), *rows("new")])
    assert (tally.accepted, tally.rejected) == (1, 1)
    assert rows_of(store, "SELECT reason, payload FROM quarantine ORDER BY run DESC LIMIT 1") == [("purged", None)]
    store.close()


def test_a_number_that_would_move_lets_nothing_be_removed(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    store = open_store(tmp_path)
    put(store, "dossier", rows("x", fee="5"))

    def careless(cursor: Any, of: Catalogue, due: Any, *more: Any) -> Any:
        cursor.execute("UPDATE rec_dossier SET fee = NULL")
        return remove(cursor, of, due, *more)

    monkeypatch.setattr("ioc.indicators.purge.remove", careless)
    with pytest.raises(StoreError, match="fees"):
        purge(store, {"dossier": KEPT})
    assert rows_of(store, "SELECT id, fee::INTEGER FROM rec_dossier") == [("x", 5)]
    store.close()


def test_numbers_are_never_counted_from_what_was_removed(tmp_path: Path) -> None:
    store = open_store(tmp_path)
    put(store, "dossier", rows("x"))
    removed = purge(store, {"dossier": KEPT}).purges[0].fields
    store.close()
    assert "id" in removed
    of = catalogue()
    counting = of.indicators["online_rate"].model_copy(update={"counts": "id IS NOT NULL"})
    with pytest.raises(StoreError, match="removed from records before 2026-10-01"):
        open_store(tmp_path, of.model_copy(update={"indicators": {**of.indicators, "by_code": counting}}))


def test_months_are_counted_back_from_the_first_of_this_one() -> None:
    assert [horizon(months, NOW.date()).isoformat() for months in (1, 10, 11, 120)] == [
        "2026-10-01",
        "2026-01-01",
        "2025-12-01",
        "2016-11-01",
    ]


CONFIG = """
catalogue: office
data: data
feeds: {feed: {kind: push, record: dossier, options: {token: token-of-the-feed}}}
retention:
  dossier: {months: 6, rule: {vi: Thông tư 10, en: Circular 10}}
"""


@pytest.fixture(scope="module")
def application(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Application]:
    folder = tmp_path_factory.mktemp("purged")
    (folder / "config.yaml").write_text(CONFIG, encoding="utf-8")
    (folder / CATALOGUE.name).symlink_to(CATALOGUE)
    found = create_app(load_config(folder / "config.yaml"), FrozenClock(NOW))
    put(found.store, "dossier", [*rows("old1", "old2"), *rows("new", received_at="2026-11-02 08:00")])
    purge(found.store, found.config.settings.retention)
    yield found
    found.close()


def test_who_looks_for_them_is_told_when_and_by_which_rule(application: Application) -> None:
    client = application.flask.test_client()
    behind = "/records/dossier?indicator=online_rate&part=denominator&from=2026-01-01&lang=en"
    page = client.get(behind).get_data(as_text=True)
    assert "Exactly the number shown: 3" in page and "2 more records happened before 01/05/2026 and were removed on 23/11/2026" in page
    assert "Circular 10" in page and "old1" not in page and ">new<" in page
    said = client.get(f"/api/v1{behind}").get_json()
    assert [row["key"] for row in said["records"]] == ["new"]
    assert said["removed"] == {"records": 2, "on": "2026-11-23", "before": "2026-05-01", "rule": "Circular 10"}
    assert said["behind"]["denominator"] == 3
    alone = client.get("/records/dossier/old1?lang=en")
    told_of = alone.get_data(as_text=True)
    assert (
        alone.status_code == 410
        and "Record “old1” happened before 01/05/2026 and was removed on 23/11/2026 by this rule: Circular 10" in told_of
    )
    assert client.get("/api/v1/records/dossier/old1").status_code == 410
    assert client.get("/records/dossier/old3?lang=en").status_code == 404
    past = client.get("/api/v1/records/dossier?as_of=2026-11-23T12:00:00%2B07:00").get_json()
    assert past["removed"] and [row["key"] for row in past["records"]] == ["new"]


def test_the_command_tells_first_and_removes_when_told_to(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    (tmp_path / "config.yaml").write_text(CONFIG, encoding="utf-8")
    (tmp_path / CATALOGUE.name).symlink_to(CATALOGUE)
    store = open_store(tmp_path)
    put(store, "dossier", rows("old1", "old2"))
    store.close()
    (tmp_path / "data").mkdir()
    (tmp_path / "office.duckdb").rename(tmp_path / "data" / STORE_FILE)
    options = ["--config", str(tmp_path / "config.yaml")]
    assert main(["purge", *options]) == 0
    said = capsys.readouterr()
    assert "2 records (2 versions)" in said.out and "2026-02: 2" in said.out and "Nothing was changed" in said.err
    assert main(["purge", "--remove", "--format", "json", *options]) == 0
    said = capsys.readouterr()
    report = json.loads(said.out)
    assert (report["purges"][0]["records"], report["due"][0]["months"]) == (2, [["2026-02-01", 2]])
    assert "all the same" in said.err
    (line,) = AuditTrail(tmp_path / "data", FrozenClock(NOW)).find()
    assert (line.action, line.subject, json.loads(line.detail)["records"]) == ("purge", "dossier", 2)
    assert main(["purge", "--remove", *options]) == 0
    assert "0 records" in capsys.readouterr().out


def test_what_does_not_fit_the_catalogue_is_told_by_check(tmp_path: Path) -> None:
    wrong = CONFIG.replace("months: 6", "months: 6, unless: completed IS NULL") + "  file: {months: 6, rule: {vi: a, en: a}}\n"
    (tmp_path / "config.yaml").write_text(wrong, encoding="utf-8")
    (tmp_path / CATALOGUE.name).symlink_to(CATALOGUE)
    with pytest.raises(ConfigError) as told_of:
        load_config(tmp_path / "config.yaml")
    assert {fault.line for fault in told_of.value.faults} == {6, 7}


def test_what_somebody_types_about_a_record_that_is_gone_is_not_confirmed(tmp_path: Path) -> None:
    store = open_store(tmp_path)
    put(store, "dossier", rows("gone", completed_at="2026-02-05 08:00"))
    purge(store, {"dossier": KEPT})
    target = Target("form", "dossier", identity(store.catalogue.records["dossier"]))
    writer = GroupWriter(store, {"form": target})
    forms = Forms(store, writer, {"form": target})
    writer.start()
    assert forms.enter("form", {"id": "gone", "unit": "b", "received_at": "2026-02-03 08:00"}, "an") == []
    with pytest.raises(BadQuestion, match="entry_at_fault"):
        forms.confirm("form", 1, "binh")
    assert [entry.decision for entry in store.entries("form", waiting=True)] == [None]
    assert rows_of(store, "SELECT count(*) FROM quarantine") == [(0,)]
    writer.stop(5)
    store.close()
