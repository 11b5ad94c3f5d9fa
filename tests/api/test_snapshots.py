"""Exports over the wire: made by a page's button and by programs, found again, opened as they were, verified by anybody."""

from __future__ import annotations

import json
import re
import urllib.request
from collections.abc import Iterator
from datetime import timedelta
from email.message import Message
from typing import Any
from urllib.parse import urlencode

import pytest
import urllib3

from ioc.access import edge
from ioc.exports.signing.office import beside_of
from tests.api.serving import served
from tests.api.test_api import ROW, Server
from tests.commands.test_commands import CONFIG
from tests.office import CATALOGUE


@pytest.fixture(scope="module")
def server(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Server]:
    config = CONFIG.replace("catalogue: office", f"catalogue: {CATALOGUE.name}")
    with served(tmp_path_factory.mktemp("snapshots"), config) as (application, port):
        server = Server(application, port)
        server.put(*({**ROW, "id": str(key), "online": key % 3 == 0} for key in range(10)))
        yield server


def post(server: Server, path: str, **given: str) -> tuple[int, bytes, Message]:
    asked = urllib.request.Request(server.base + path, data=urlencode(given).encode())
    try:
        with urllib.request.urlopen(asked, timeout=30) as answer:
            return answer.status, answer.read(), answer.headers
    except urllib.error.HTTPError as error:
        return error.code, error.read(), error.headers


def page(server: Server, path: str) -> tuple[int, str]:
    try:
        with urllib.request.urlopen(server.base + path, timeout=30) as answer:
            return answer.status, answer.read().decode()
    except urllib.error.HTTPError as error:
        return error.code, error.read().decode()


def test_the_button_of_a_page_gives_its_file_which_is_found_again(server: Server) -> None:
    status, shown = page(server, "/indicators/online_rate?lang=vi")
    assert status == 200 and 'name="what" value="/indicators/online_rate"' in shown and 'value="/indicators/online_rate#trend"' in shown
    status, content, headers = post(server, "/snapshots", what="/indicators/online_rate", format="csv", lang="vi")
    assert (status, headers["Content-Type"]) == (200, "text/csv; charset=utf-8")
    code = headers["X-Snapshot"]
    assert re.search(r"attachment; filename=toan-trinh_2026-11-23_1200\.csv", headers["Content-Disposition"])
    assert code in content.decode("utf-8-sig")
    _, told, _ = server.get(f"/api/v1/snapshots/{code}")
    assert (told["code"], told["format"], told["version"], told["subject"]) == (
        code,
        "csv",
        server.application.store.version(),
        "/indicators/online_rate",
    )
    assert code in page(server, "/snapshots?q=toan+trinh&lang=vi")[1] and code not in page(server, "/snapshots?q=nothing&lang=vi")[1]
    server.application.store.clock.at += timedelta(hours=1)
    server.put({**ROW, "id": "late", "online": True})
    status, shown = page(server, told["address"])
    assert status == 200 and f'data-version="{told["version"]}"' in shown
    assert f'data-version="{server.application.store.version()}"' in page(server, told["subject"])[1] and ">11<" not in shown
    status, shown = page(server, f"/verify/{code.lower()}?lang=vi")
    assert status == 200 and told["sha256"] in shown
    assert page(server, "/verify/AAAA-AAAA?lang=vi")[0] == 404


def test_a_file_can_be_checked_by_anybody(server: Server) -> None:
    _, content, _ = post(server, "/snapshots", what="online_rate", format="json", lang="en")
    for sent, wanted in ((content, "Genuine"), (content.replace(b"version", b"verslon"), "Changed"), (b"what?", "Unknown")):
        boundary = "xxx"
        body = (
            f'--{boundary}\r\nContent-Disposition: form-data; name="file"; filename="../f"\r\n\r\n'.encode()
            + sent
            + f"\r\n--{boundary}--\r\n".encode()
        )
        asked = urllib.request.Request(
            server.base + "/verify?lang=en", data=body, headers={"Content-Type": f"multipart/form-data; boundary={boundary}"}
        )
        with urllib.request.urlopen(asked, timeout=30) as answer:
            assert f"<h2>{wanted}</h2>" in answer.read().decode()


def test_a_large_file_is_checked_and_one_that_is_too_large_is_told_in_words(server: Server, monkeypatch: pytest.MonkeyPatch) -> None:
    def shown(size: int) -> tuple[int, str]:
        with urllib3.PoolManager() as pool:
            answer = pool.request("POST", server.base + "/verify?lang=en", fields={"file": ("large.xlsx", b"x" * size)})
            return answer.status, answer.data.decode()

    status, page = shown(20 << 20)
    assert status == 200 and "<h2>Unknown</h2>" in page
    monkeypatch.setattr(edge, "LARGE_BYTES", 9 << 20)
    status, page = shown(10 << 20)
    assert status == 413 and "<h2>The file is too large</h2>" in page


def test_a_file_is_checked_with_the_signature_beside_it(server: Server) -> None:
    told = json.loads(post(server, "/api/v1/snapshots", what="online_rate", format="csv", lang="en", sign="1")[1])
    entry = server.application.courier._exporter.register.find(told["code"])
    file = server.application.courier._exporter.file(entry)
    content, signature = file.read_bytes(), beside_of(file).read_bytes()
    for sent, wanted in ((content, ("Genuine", "was not changed after")), (content + b"1", ("Changed", "was changed"))):
        fields = {"file": ("anything.csv", sent), "signature": ("../../x.p7s", signature)}
        with urllib3.PoolManager() as pool:
            shown = pool.request("POST", server.base + "/verify?lang=en", fields=fields).data.decode()
        assert f"<h2>{wanted[0]}</h2>" in shown and wanted[1] in shown, shown


def test_programs_have_exports_made(server: Server) -> None:
    body = json.dumps({"what": "/records/dossier?where=unit:a", "format": "xlsx", "lang": "en"}).encode()
    asked = urllib.request.Request(server.base + "/api/v1/snapshots", data=body, headers={"Content-Type": "application/json"})
    with urllib.request.urlopen(asked, timeout=30) as answer:
        told = json.loads(answer.read())
    assert told["filters"] == "Unit: Room A"
    with urllib.request.urlopen(server.base + told["content"], timeout=30) as answer:
        assert len(answer.read()) == told["size"]
    assert told["code"] in {each["code"] for each in server.get("/api/v1/snapshots")[1]["snapshots"]}


@pytest.mark.parametrize(("sign", "signed"), [(False, False), (None, False), ("FALSE", False), (True, True)])
def test_a_program_says_in_json_whether_it_is_to_be_signed(server: Server, sign: object, signed: bool) -> None:
    status, told, _ = sent(server, json.dumps({"what": "online_rate", "format": "csv", "sign": sign}).encode())
    assert status == 201 and bool(told["signed_by"]) is signed


@pytest.mark.parametrize("body", [b"[1]", b"{", b"7", b'{"what": ["online_rate"]}', b'{"what": {}}'])
def test_a_body_that_orders_nothing_is_a_problem_document(server: Server, body: bytes) -> None:
    status, told, headers = sent(server, body)
    assert (status, told["status"], headers["Content-Type"]) == (400, 400, "application/problem+json")
    assert told["title"] == "The request cannot be read."


def sent(server: Server, body: bytes) -> tuple[int, dict[str, Any], Message]:
    asked = urllib.request.Request(server.base + "/api/v1/snapshots", data=body, headers={"Content-Type": "application/json"})
    try:
        with urllib.request.urlopen(asked, timeout=30) as answer:
            return answer.status, json.loads(answer.read()), answer.headers
    except urllib.error.HTTPError as error:
        return error.code, json.loads(error.read()), error.headers


@pytest.mark.parametrize(
    ("given", "status"),
    [
        ({"what": "onlin_rate", "format": "csv"}, 404),
        ({"what": "/admin/secrets", "format": "csv"}, 400),
        ({"what": "online_rate", "format": "exe"}, 404),
        ({"what": "online_rate", "format": "png", "scale": "9"}, 400),
        ({"what": "online_rate", "format": "csv", "as_of": "2099-01-01"}, 400),
    ],
)
def test_what_cannot_be_made_is_told(server: Server, given: dict[str, str], status: int) -> None:
    assert post(server, "/snapshots", **given)[0] == status
    found, body, _ = post(server, "/api/v1/snapshots", **given)
    assert (found, json.loads(body)["status"]) == (status, status)


def test_other_sites_cannot_have_exports_made(server: Server) -> None:
    asked = urllib.request.Request(
        server.base + "/api/v1/snapshots", data=b"what=online_rate&format=csv", headers={"Sec-Fetch-Site": "cross-site"}
    )
    with pytest.raises(urllib.error.HTTPError, match="403"):
        urllib.request.urlopen(asked, timeout=10)
