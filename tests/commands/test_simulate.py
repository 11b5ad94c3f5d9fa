"""The demonstration ministry played through real doors: what its sources send is what is stored, whatever the way."""

from __future__ import annotations

import json
import time
import urllib.request
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import date
from pathlib import Path
from typing import Any

import pytest
import yaml

from ioc.__main__ import main
from ioc.catalogue.load import BUILT_IN, load
from ioc.clock import SystemClock
from ioc.store.store import Store
from tests.data_sources.broker import Broker
from tests.data_sources.databases import PASSWORD, MariaDB, PostgreSQL, Server
from tests.forks import done, served
from tests.office import rows_of

# Of messages of the axis: what is a document of ours and what is told of it, in the codes that the ministry plays.
OURS = """"{0}" LIKE 'G09%' AND "{0}" NOT LIKE 'G09.00%'"""
UNIT = """CASE WHEN "{0}" = 'G09' THEN 'bnv' ELSE lower(replace(replace("{0}", 'G09.', ''), '.', '_')) END"""
KIND = """CASE WHEN "{0}" LIKE 'A%' THEN 'central' WHEN "{0}" LIKE 'G09%' THEN 'subordinate' WHEN "{0}" LIKE 'G%' THEN 'ministry'
    WHEN "{0}" LIKE 'H%' THEN 'province' ELSE 'other' END"""
EITHER = f"CASE WHEN {OURS.format('From.OrganId')} THEN {{0}} ELSE {{1}} END"
MOMENT, DAY = "%Y/%m/%d %H:%M:%S", "%Y/%m/%d"
DOCUMENT = {
    "keep": "\"Message\" = 'document'",
    "secrecy": {"from": "Secrecy", "open": ["Thường"]},
    "fields": {
        "document_id": "DocumentId",
        "unit": {"expr": EITHER.format(UNIT.format("From.OrganId"), UNIT.format("To.OrganId"))},
        "direction": {"expr": EITHER.format("'outgoing'", "'incoming'")},
        "partner_kind": {"expr": EITHER.format(KIND.format("To.OrganId"), KIND.format("From.OrganId"))},
        "urgency": {"from": "OtherInfo.Priority", "values": {"0": "normal", "1": "urgent", "2": "very_urgent", "3": "express"}},
        "exchanged_at": {"from": "TraceHeader.Timestamp", "format": MOMENT},
        "form": {"value": "electronic"},
        "signature": {
            "expr": """CASE WHEN "Signature" = 'false' THEN 'none' WHEN "Signature.Issuer" LIKE '%Cơ yếu%' THEN 'specialised' ELSE 'public' END"""
        },
        "signature_valid": "Signature",
        "status": {"value": "arrived"},
        "updated_at": {"from": "TraceHeader.Timestamp", "format": MOMENT},
    },
}
RECEIPT = {
    "keep": "\"Message\" = 'status'",
    "fields": {
        "document_id": "ResponseFor.DocumentId",
        "unit": {"expr": UNIT.format("ResponseFor.OrganId")},
        "partner_kind": {"expr": KIND.format("From.OrganId")},
        "issued_on": {"from": "ResponseFor.PromulgationDate", "format": DAY},
        "status": {
            "from": "StatusCode",
            "values": {
                "01": "arrived",
                "02": "refused",
                "03": "received",
                "04": "assigned",
                "05": "in_progress",
                "06": "completed",
                "13": "taken_back",
            },
        },
        "updated_at": {"from": "Timestamp", "format": MOMENT},
    },
}


def files_posts_and_addresses(free_port: int, broker: Broker) -> dict[str, Any]:
    return {
        "files": {"kind": "file", "record": "petition", "options": {"path": "in", "watch": True, "settle_seconds": 0.1}},
        "posts": {"kind": "push", "record": "survey_answer", "options": {"token": "a-long-token"}},
        "address": {
            "kind": "http",
            "record": "workfile",
            "schedule": {"every": "1s"},
            "options": {
                "url": f"http://127.0.0.1:{free_port}/rows",
                "records": "data.items",
                "paging": {"by": "page", "param": "page", "size": 200, "size_param": "size"},
                "watermark": {"column": "updated_at", "param": "since"},
            },
        },
        "gateway": {
            "kind": "mqtt",
            "record": "platform_figure",
            "options": {"host": "127.0.0.1", "port": broker.port, "topics": ["platforms/{name}"], "client_id": "ioc"},
        },
        "devices": {
            "kind": "mqtt",
            "record": "device",
            "options": {"host": "127.0.0.1", "port": broker.port, "topics": ["devices/{device_id}/status"], "client_id": "ioc-devices"},
        },
    }


def table(server: Server, record: str) -> dict[str, Any]:
    return {
        "kind": "sql",
        "record": record,
        "schedule": {"every": "1s"},
        "options": {
            "url": server.url(),
            "password": PASSWORD,
            "tls": "none",
            "query": f"SELECT * FROM {record}_changes WHERE updated_at > :watermark",
            "watermark": {"column": "updated_at", "start": date(2020, 1, 1), "overlap": "1h"},
        },
    }


AXIS = {
    "axis": {"kind": "edxml", "record": "document", "options": {"token": "a-long-token"}, "mapping": DOCUMENT},
    "statuses": {
        "kind": "edxml",
        "record": "document_receipt",
        "options": {"path": "in", "watch": True, "settle_seconds": 0.1},
        "mapping": RECEIPT,
    },
}


class Deployment:
    """An IOC in a process of its own, and the sources of its feeds in another, both forks of one."""

    def __init__(self, folder: Path, feeds: dict[str, Any]) -> None:
        (folder / "in").mkdir()
        config = {"catalogue": "moha", "data": "data", "feeds": {name: feed | {"simulated": True} for name, feed in feeds.items()}}
        (folder / "config.yaml").write_text(yaml.safe_dump(config, allow_unicode=True), encoding="utf-8")
        self.folder, self.address = folder, ""
        self.fetched = [name for name, feed in feeds.items() if "token" not in feed["options"]]

    @contextmanager
    def running(self) -> Iterator[None]:
        process, self.address = served(self.folder)
        try:
            yield
        finally:
            process.terminate()
            process.join(20)
            assert process.exitcode == 0, (self.folder / "log.txt").read_text()

    def played(self, *options: str) -> dict[str, int]:
        """Play the sources; how much each has sent, once nearly all of it has come. What is brought is kept when its sender is done."""
        said = done(self.folder, "simulate", "--config", str(self.folder / "config.yaml"), "--address", self.address, *options)
        sent: dict[str, int] = json.loads(said)["sent"]
        end = time.monotonic() + 60
        while any(count < 0.9 * sent[feed] for feed, count in self._known().items()):
            assert time.monotonic() < end, (sent, self._known())
            time.sleep(0.2)
        return sent

    def asked(self, path: str) -> Any:
        with urllib.request.urlopen(f"{self.address}api/v1/{path}", timeout=20) as answer:
            return json.load(answer)

    def stored(self, query: str) -> list[tuple[Any, ...]]:
        """From the store of the stopped IOC."""
        store = Store(self.folder / "data" / "ioc.duckdb", load(BUILT_IN / "moha"), SystemClock())
        try:
            return rows_of(store, query)
        finally:
            store.close()

    def _known(self) -> dict[str, int]:
        """By feed that fetches its rows, of how many it is known what became of them; how many were secret is not everybody's."""
        counted = ("accepted", "duplicates", "rejected", "skipped")
        return {each["feed"]: sum(each[what] for what in counted) for each in self.asked("feeds")["feeds"] if each["feed"] in self.fetched}


CAME = "SELECT feed, sum(accepted + duplicates + rejected + secret + skipped) FROM run GROUP BY feed"


def test_what_sources_send_over_the_wire_is_stored(tmp_path: Path, free_port: int) -> None:
    with Broker(tmp_path) as broker, PostgreSQL() as postgresql, MariaDB() as mariadb:
        tables = {"postgresql": table(postgresql, "directive"), "mariadb": table(mariadb, "inspection")}
        deployment = Deployment(tmp_path, files_posts_and_addresses(free_port, broker) | tables)
        with deployment.running():
            sent = deployment.played("--from", "2026-11-02", "--until", "2026-11-04", "--rate", "40000", "--linger", "5")
            assert all(count > 5 for count in sent.values()) and len(sent) == 7, sent
            assert deployment.asked("indicators/petitions_answered_on_time/values?period=day")["simulated"]
            assert deployment.asked("indicators/iot_messages_daily/values?period=year")["values"][-1]["value"] > 100_000
        came = dict(deployment.stored(CAME))
        for feed in ("address", "postgresql", "mariadb"):
            assert came.pop(feed) >= sent.pop(feed), "rows within the overlap are fetched again"
        assert came == sent, "what became of every row is known"
        ((moments,),) = deployment.stored("SELECT count(DISTINCT hour(issued_at)) FROM rec_directive")
        assert moments > 2
        ((devices, states),) = deployment.stored("SELECT count(DISTINCT device_id), count(DISTINCT state) FROM rec_device")
        assert devices > 5 and states == 3, "each device tells of itself at its own topic"


def test_documents_and_their_statuses_come_as_messages_of_the_axis(tmp_path: Path) -> None:
    deployment = Deployment(tmp_path, AXIS)
    with deployment.running():
        sent = deployment.played("--from", "2026-11-02T08:30:00", "--until", "2026-11-02T08:40:00", "--rate", "300")
        assert all(count > 5 for count in sent.values()) and len(sent) == 2, sent
        accepted = deployment.asked("indicators/documents_accepted/values?period=year")["values"][-1]
        assert 0 < accepted["numerator"] <= accepted["denominator"]
    came = dict(deployment.stored(CAME))
    assert came["axis"] == sent["axis"], "documents are stored, what has become of them since is passed over, secret ones are counted"
    assert 0.9 * sent["statuses"] <= came["statuses"] <= sent["statuses"], "a message that is written twice is the same file"
    ((documents, units, kinds, directions),) = deployment.stored(
        "SELECT count(*), count(DISTINCT unit), count(DISTINCT partner_kind), count(DISTINCT direction) FROM rec_document"
    )
    assert documents > 5 and units > 2 and kinds > 2 and directions == 2
    assert deployment.stored("SELECT sum(rejected) FROM run WHERE feed = 'statuses'") == [(0,)]


def test_without_a_feed_to_play_it_says_so(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    (tmp_path / "config.yaml").write_text("catalogue: moha\nfeeds:\n  a: {kind: push, record: dossier, options: {token: a-long-token}}\n")
    assert main(["simulate", "--config", str(tmp_path / "config.yaml"), "--until", "2026-11-02"]) == 1
    assert "Không có nguồn nào ghi" in capsys.readouterr().err
