"""The records behind a number, over the wire."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.api.serving import served
from tests.api.test_api import ROW, Server
from tests.commands.test_commands import CONFIG
from tests.office import CATALOGUE


@pytest.fixture
def server(tmp_path: Path) -> Iterator[Server]:
    with served(tmp_path, CONFIG.replace("catalogue: office", f"catalogue: {CATALOGUE.name}")) as (application, port):
        server = Server(application, port)
        server.put(*({**ROW, "id": str(key), "online": key % 3 == 0} for key in range(10)))
        yield server


def test_as_many_records_as_the_number_says(server: Server) -> None:
    _, values, _ = server.get("/api/v1/indicators/online_rate/values?from=2026-01-01")
    (value,) = values["values"]
    for part, wanted in (("numerator", value["numerator"]), ("denominator", value["denominator"])):
        status, body, _ = server.get(f"/api/v1/records/dossier?indicator=online_rate&part={part}&where=unit=a")
        assert (status, body["total"], len(body["records"])) == (200, wanted, wanted)
        assert body["behind"][part] == wanted
        assert body["scope"] is None  # nothing limits whose records are seen
        assert body["version"] == values["version"]


def test_a_walk_through_pages_is_of_one_data_version(server: Server) -> None:
    _, body, _ = server.get("/api/v1/records/dossier?rows=4&sort=id")
    version, walked = body["version"], [record["key"] for record in body["records"]]
    server.put({**ROW, "id": "55"})
    while body["next"]:
        _, body, _ = server.get(f"/api/v1/records/dossier?rows=4&sort=id&cursor={body['next']}")
        assert (body["version"], body["total"]) == (version, 10)
        walked += [record["key"] for record in body["records"]]
    assert walked == [str(key) for key in range(10)]


def test_one_record_with_its_versions_and_reasons(server: Server) -> None:
    _, body, _ = server.get("/api/v1/records/dossier/3")
    assert body["fields"]["unit"] == "a"
    assert [version["until"] for version in body["versions"]] == [None]
    counted = {each["indicator"]: each for each in body["indicators"]}
    assert counted["online_rate"]["succeeds"]
    assert {"condition": "online", "holds": True} in counted["online_rate"]["because"]


@pytest.mark.parametrize(
    ("path", "status"),
    [
        ("records/dosier", 404),
        ("records/dossier/none", 404),
        ("records/dossier?cursor=zzz", 400),
        ("records/dossier?where=unit", 400),
        ("records/dossier?sort=nothing", 400),
        ("nowhere", 404),
    ],
)
def test_what_is_wrong_is_a_problem_document(server: Server, path: str, status: int) -> None:
    found, body, headers = server.get(f"/api/v1/{path}")
    assert (found, body["status"]) == (status, status)
    assert {name.lower(): value for name, value in headers.items()}["content-type"] == "application/problem+json"
