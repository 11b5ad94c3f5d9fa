"""Records brought over the wire to a running server: what is answered, what is kept, and what is refused."""

from __future__ import annotations

import hashlib
import hmac
import http.client
import json
import random
import select
import socket
import threading
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from typing import Any

import pytest

from ioc.app import Application
from ioc.indicators.values import Question
from tests.api.serving import served
from tests.office import CATALOGUE, answer, rows_of

TOKEN, KEY = "correct-horse-battery", "signing-key-of-it"
CONFIG = f"""
catalogue: {CATALOGUE.name}
data: data
feeds:
  portal:
    kind: push
    record: dossier
    options: {{token: {TOKEN}, max_mib: 1}}
    mapping:
      fields: {{id: id, unit: unit, received_at: received_at, due_at: due_at, online: online, updated_at: updated_at}}
      secrecy: {{from: secrecy, open: [thuong], missing: open}}
  signed:
    kind: push
    record: staff
    options: {{token: {TOKEN}, signing_key: {KEY}}}
"""


class Site:
    """A running application, and a sender of its own."""

    def __init__(self, application: Application, port: int) -> None:
        self.application = application
        self.store = application.store
        self.port = port

    def post(self, feed: str, body: Any, token: str | None = TOKEN, **headers: str) -> tuple[int, Any, dict[str, str]]:
        content = body if isinstance(body, bytes) else json.dumps(body).encode()
        sent = {"Content-Type": "application/json"} | {name.replace("_", "-"): value for name, value in headers.items()}
        sent |= {"Authorization": f"Bearer {token}"} if token else {}
        connection = http.client.HTTPConnection("127.0.0.1", self.port, timeout=30)
        try:
            connection.request("POST", f"/api/v1/feeds/{feed}/records", content, sent)
            found = connection.getresponse()
            return found.status, json.loads(found.read()), {name.lower(): value for name, value in found.getheaders()}
        finally:
            connection.close()


@pytest.fixture
def site(tmp_path: Path) -> Iterator[Site]:
    with served(tmp_path, CONFIG) as (application, port):
        yield Site(application, port)


def dossier(number: int, **changes: Any) -> dict[str, Any]:
    made = {"id": f"d{number}", "unit": "a", "received_at": "2026-11-02 08:00:00", "online": number % 2 == 0}
    return made | {"updated_at": "2026-11-02 09:00:00"} | changes


def test_what_is_answered_is_readable_and_says_what_became_of_each(site: Site) -> None:
    body = [
        dossier(1),
        dossier(2),
        dossier(2),
        dossier(3, unit="nowhere"),
        dossier(4, secrecy="tuyệt mật"),
        dossier(5, due_at="2026-11-01 08:00:00", unit="z"),
    ]
    status, receipt, _ = site.post("portal", body)
    assert status == 202
    assert (receipt["accepted"], receipt["duplicates"], receipt["secret"]) == (2, 1, 1)
    assert [(each["index"], each["reason"], each["field"]) for each in receipt["rejected"]] == [(3, "code", "unit"), (5, "code", "unit")]
    assert site.store.version() == receipt["version"]
    assert rows_of(site.store, "SELECT id FROM rec_dossier ORDER BY id") == [("d1",), ("d2",)]
    assert rows_of(site.store, "SELECT count(*) FROM quarantine WHERE payload::VARCHAR LIKE '%d4%'") == [(0,)]
    assert rows_of(site.store, "SELECT accepted, duplicates, rejected, secret FROM run") == [(2, 1, 2, 1)]


def test_records_brought_again_change_nothing(site: Site) -> None:
    assert site.post("portal", [dossier(1)])[1]["accepted"] == 1
    version = site.store.version()
    status, receipt, _ = site.post("portal", [dossier(1)])
    assert (status, receipt["accepted"], receipt["duplicates"], receipt["version"]) == (202, 0, 1, version)


def test_a_delivery_with_a_key_is_answered_the_same_again(site: Site) -> None:
    first = site.post("portal", [dossier(1), dossier(2, unit="nowhere")], Idempotency_Key="k-1")
    again = site.post("portal", [dossier(1), dossier(2, unit="nowhere")], Idempotency_Key="k-1")
    assert first[:2] == again[:2]
    assert first[1]["accepted"] == 1
    assert rows_of(site.store, "SELECT sum(rejected) FROM run") == [(1,)]
    status, problem, _ = site.post("portal", [dossier(3)], Idempotency_Key="k-1")
    assert (status, problem["status"]) == (422, 422)
    assert site.post("portal", [dossier(3)], Idempotency_Key="k" * 201)[0] == 400


def test_lines_of_json_are_taken_in(site: Site) -> None:
    lines = "\n".join(json.dumps(dossier(number)) for number in range(5)).encode() + b"\n\n"
    status, receipt, _ = site.post("portal", lines, Content_Type="application/x-ndjson; charset=utf-8")
    assert (status, receipt["accepted"]) == (202, 5)


@pytest.mark.parametrize(
    ("feed", "body", "token", "headers", "status", "words"),
    [
        ("portal", b"[]", None, {}, 401, "asks for a token"),
        ("portal", b"[]", "wrong", {}, 403, "not the one of this feed"),
        ("portall", b"[]", TOKEN, {}, 404, "portal"),
        ("portal", b"<html>", TOKEN, {}, 400, "not JSON"),
        ("portal", b"[]", TOKEN, {}, 400, "no record"),
        ("portal", b"[1]", TOKEN, {}, 400, "Record 1"),
        ("portal", b'{"id": 1}\n{"id"', TOKEN, {"Content_Type": "application/x-ndjson"}, 400, "Line 2"),
        ("portal", b"[" * 1_000_000, TOKEN, {}, 400, "not JSON"),
        ("portal", b'[{"id": "a"}, {"id": ' + b"[" * 300 + b"]" * 300 + b"}]", TOKEN, {}, 400, "Record 2 is nested too deep"),
        (
            "portal",
            b'{"id": ' + b'{"a":' * 300 + b"1" + b"}" * 301,
            TOKEN,
            {"Content_Type": "application/x-ndjson"},
            400,
            "nested too deep",
        ),
        ("portal", b'{"id": "a"}\n{"id": }\n{"id": "c"}\n', TOKEN, {"Content_Type": "application/x-ndjson"}, 400, "Line 2"),
        ("portal", b" " * (2**20 + 1), TOKEN, {}, 413, "1 MiB"),
        ("portal", b"[]", TOKEN, {"Content_Type": "text/csv"}, 415, "text/csv"),
        ("portal", b"\x1f\x8b", TOKEN, {"Content_Encoding": "gzip"}, 415, "compressed"),
        ("signed", b"[]", TOKEN, {}, 403, "signed"),
        ("signed", b"[]", TOKEN, {"X_Signature": "sha256=00"}, 403, "signed"),
    ],
)
def test_what_cannot_be_taken_in_is_refused_in_words(
    site: Site, feed: str, body: bytes, token: str | None, headers: dict[str, str], status: int, words: str
) -> None:
    found, problem, answered = site.post(feed, body, token, **headers)
    assert (found, problem["status"], answered["content-type"]) == (status, status, "application/problem+json")
    assert words in problem["title"] + problem["detail"]
    assert (answered.get("www-authenticate") == "Bearer") == (status == 401)
    assert rows_of(site.store, "SELECT count(*) FROM rec_dossier") == [(0,)]


@pytest.mark.parametrize(
    ("told", "part", "parts"),
    [("Content-Length: 104857600", b"", 0), ("Transfer-Encoding: chunked", b"10000\r\n" + b" " * 65_536 + b"\r\n", 1600)],
)
def test_a_body_of_100_mb_is_refused_before_it_has_come(site: Site, told: str, part: bytes, parts: int) -> None:
    head = f"POST /api/v1/feeds/portal/records HTTP/1.1\r\nHost: x\r\nAuthorization: Bearer {TOKEN}\r\nContent-Type: application/json\r\n{told}\r\n\r\n"
    with socket.create_connection(("127.0.0.1", site.port), timeout=20) as line:
        line.sendall(head.encode())
        sent = 0
        while sent < parts and not select.select([line], [], [], 0)[0]:
            line.sendall(part)
            sent += 1
        assert line.recv(65_536).startswith(b"HTTP/1.1 413 ")
    assert sent < max(1, parts // 2), "it does not wait for the rest"
    assert site.post("portal", [dossier(1)])[0] == 202


def test_a_signed_body_is_taken_in(site: Site) -> None:
    body = json.dumps([{"id": "s1", "unit": "a", "joined_on": "2026-01-05"}]).encode()
    signature = hmac.new(KEY.encode(), body, hashlib.sha256).hexdigest()
    assert site.post("signed", body, X_Signature=f"sha256={signature}")[1]["accepted"] == 1


def test_many_senders_at_once_lose_nothing_and_each_gets_its_own_receipt(site: Site) -> None:
    chance = random.Random(5)
    bodies = [
        [dossier(chance.randrange(200), unit=chance.choice(["a", "b", "nowhere"])) for _ in range(chance.randrange(1, 9))]
        for _ in range(120)
    ]
    with ThreadPoolExecutor(12) as senders:
        receipts = [receipt for _, receipt, _ in senders.map(lambda body: site.post("portal", body), bodies)]
    for body, receipt in zip(bodies, receipts, strict=True):
        assert receipt["accepted"] + receipt["duplicates"] + len(receipt["rejected"]) == len(body)
        assert [each["index"] for each in receipt["rejected"]] == [at for at, row in enumerate(body) if row["unit"] == "nowhere"]
    known = {row["id"] for body in bodies for row in body if row["unit"] != "nowhere"}
    assert rows_of(site.store, "SELECT count(*) FROM rec_dossier WHERE _until = 2147483647") == [(len(known),)]
    totals = rows_of(site.store, "SELECT sum(accepted), sum(duplicates), sum(rejected), sum(accepted + duplicates + rejected) FROM run")[0]
    assert totals[0] == sum(receipt["accepted"] for receipt in receipts)
    assert totals[3] == sum(map(len, bodies))
    assert sum(above or 0 for above, _, _ in answer(site.store, Question("online_rate")).values()) >= 0


def test_a_writer_that_is_behind_says_so(site: Site, monkeypatch: pytest.MonkeyPatch) -> None:
    writing, going_on = threading.Event(), threading.Event()
    take_in = site.store.take_in_parts

    def slow(*given: Any, **rest: Any) -> Any:
        writing.set()
        going_on.wait(20)
        return take_in(*given, **rest)

    monkeypatch.setattr(site.store, "take_in_parts", slow)
    monkeypatch.setattr("ioc.intake.group_writer.MOST_WAITING", 3)
    with ThreadPoolExecutor(2) as senders:
        waiting = senders.submit(site.post, "portal", [dossier(1), dossier(2)])
        assert writing.wait(10)
        status, _, headers = site.post("portal", [dossier(3), dossier(4)])
        assert (status, headers["retry-after"]) == (429, "1")
        going_on.set()
        assert waiting.result()[1]["accepted"] == 2
    assert site.post("portal", [dossier(3), dossier(4)])[1]["accepted"] == 2


def test_a_delivery_that_the_store_cannot_take_is_not_the_others_loss(site: Site, monkeypatch: pytest.MonkeyPatch) -> None:
    take_in = site.store.take_in_parts

    def failing(run: Any, tables: Any, *given: Any, **rest: Any) -> Any:
        if any("poison" in table.column("id").to_pylist() for table in tables):
            raise RuntimeError("a fault of ours")
        return take_in(run, tables, *given, **rest)

    monkeypatch.setattr(site.store, "take_in_parts", failing)
    with ThreadPoolExecutor(8) as senders:
        found = list(senders.map(lambda name: site.post("portal", [dossier(1) | {"id": name}])[0], ["x", "y", "poison", "z", "w"]))
    assert sorted(found) == [202, 202, 202, 202, 500]
    assert rows_of(site.store, "SELECT count(*) FROM rec_dossier") == [(4,)]
