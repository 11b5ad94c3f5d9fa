"""What may be done to a feed over the wire: by a page of this site or a program, and only where it makes sense."""

from __future__ import annotations

import contextlib
import http.client
import json
import time
from collections.abc import Callable, Iterator
from http.server import BaseHTTPRequestHandler
from pathlib import Path
from typing import Any

import pytest

from ioc.app import Application
from tests.api.serving import served
from tests.data_sources.web import Asked, Web, send
from tests.office import CATALOGUE, rows_of

TOKEN = "correct-horse-battery"
CONFIG = f"""
catalogue: {CATALOGUE.name}
data: data
feeds:
  desk:
    kind: file
    record: staff
    options: {{path: in, settle_seconds: 0.05}}
    schedule: {{every: 1d}}
    mapping: {{fields: {{id: id, unit: {{from: unit, values: {{A: a}}}}, joined_on: joined_on}}}}
  door: {{kind: push, record: staff, options: {{token: {TOKEN}}}}}
  idle: {{kind: file, record: staff}}
"""
ROW = {"id": "1", "unit": "a", "joined_on": "2026-01-01"}


class Site:
    """A running application, and whoever asks it for something."""

    def __init__(self, application: Application, port: int, folder: Path) -> None:
        self.application, self.store, self.port, self.folder = application, application.store, port, folder

    def post(self, path: str, body: bytes = b"", **headers: str) -> tuple[int, Any, dict[str, str]]:
        connection = http.client.HTTPConnection("127.0.0.1", self.port, timeout=30)
        try:
            connection.request("POST", f"/api/v1/feeds/{path}", body, {name.replace("_", "-"): value for name, value in headers.items()})
            found = connection.getresponse()
            return found.status, json.loads(found.read()), {name.lower(): value for name, value in found.getheaders()}
        finally:
            connection.close()

    def bring(self, row: dict[str, str]) -> tuple[int, Any, dict[str, str]]:
        """What a system says that brings a record."""
        return self.post("door/records", json.dumps([row]).encode(), Authorization=f"Bearer {TOKEN}", Content_Type="application/json")

    def file(self, name: str, rows: str) -> None:
        (self.folder / "in").mkdir(exist_ok=True)
        (self.folder / "in" / name).write_text("id,unit,joined_on\n" + rows)

    def page(self, feed: str) -> Any:
        """What the API says of a feed."""
        with contextlib.closing(http.client.HTTPConnection("127.0.0.1", self.port, timeout=30)) as connection:
            connection.request("GET", f"/api/v1/feeds/{feed}")
            found = connection.getresponse()
            return found.status, json.loads(found.read())


@pytest.fixture
def site(tmp_path: Path) -> Iterator[Site]:
    (tmp_path / "in").mkdir()
    with served(tmp_path, CONFIG) as (application, port):
        yield Site(application, port, tmp_path)


def wait_for(condition: Callable[[], object], seconds: float = 15) -> None:
    end = time.monotonic() + seconds
    while not condition():
        assert time.monotonic() < end, "it did not happen in time"
        time.sleep(0.02)


def done(site: Site) -> int:
    return len(rows_of(site.store, "SELECT 1 FROM run WHERE state = 'done'"))


def test_run_now_asks_beside_the_schedule(site: Site) -> None:
    wait_for(lambda: site.store.feed_states()["desk"].tried_at)  # what has never been asked is asked at the start
    site.file("1.csv", "1,A,2026-01-01\n")
    status, body, headers = site.post("desk/run?lang=en")
    assert status == 202 and "being asked now" in body["title"] and headers["cache-control"] == "no-store"
    wait_for(lambda: done(site) == 1)
    assert site.page("desk")[1]["last_runs"][0]["accepted"] == 1


def test_a_paused_feed_says_so_and_goes_on(site: Site) -> None:
    assert site.post("desk/pause")[0] == 202
    assert site.page("desk")[1]["health"] == "paused"
    assert site.post("desk/pause")[0] == 202, "twice is no fault"
    assert site.post("desk/resume?lang=vi")[1]["title"] == "“desk” chạy tiếp."
    assert site.page("desk")[1]["health"] == "never"


def test_who_brings_records_to_a_paused_feed_keeps_them(site: Site) -> None:
    assert site.bring(ROW)[0] == 202
    assert site.post("door/pause")[0] == 202
    status, body, headers = site.bring(ROW | {"id": "2"})
    assert (status, headers["retry-after"], headers["content-type"]) == (503, "60", "application/problem+json")
    assert "paused" in body["title"]
    assert rows_of(site.store, "SELECT count(*) FROM rec_staff") == [(1,)]
    wrong = site.post("door/records", b"[]", Authorization="Bearer wrong-wrong-wrong", Content_Type="application/json")
    assert wrong[0] == 403, "strangers are not told how a feed is"
    site.post("door/resume")
    assert site.bring(ROW | {"id": "2"})[0] == 202


def test_a_paused_door_stays_paused_over_a_restart(tmp_path: Path) -> None:
    with served(tmp_path, CONFIG) as (application, port):
        Site(application, port, tmp_path).post("door/pause")
    (tmp_path / CATALOGUE.name).unlink()
    with served(tmp_path, CONFIG) as (application, port):
        assert Site(application, port, tmp_path).bring(ROW)[0] == 503


def test_replay_sends_quarantine_through_again_as_a_run(site: Site) -> None:
    site.file("1.csv", "1,A,2026-01-01\n2,B,2026-01-01\n3,C,soon\n")
    wait_for(lambda: done(site) == 1 or (site.post("desk/run")[0] and done(site) == 1))
    wait_for(lambda: site.post("desk/replay?lang=en")[0] == 202)
    wait_for(lambda: done(site) == 2)
    newest, first = site.page("desk")[1]["last_runs"][:2]
    assert (first["rejected"], newest["name"], newest["again"], newest["rejected"], newest["state"]) == (2, "in/1.csv", True, 2, "done")
    assert not first["again"]
    page = site.page("desk")[1]
    assert page["quarantined"] == page["replayable"] == 2
    assert {(group["reason"], group["rows"]) for group in page["quarantine"]} == {("value", 2), ("type", 1)}


def test_no_replay_while_the_feed_is_asked_and_no_asking_while_it_replays(site: Site) -> None:
    site.file("1.csv", "1,B,2026-01-01\n")
    wait_for(lambda: done(site) == 1 or (site.post("desk/run")[0] and done(site) == 1))
    conductor = site.application.conductor
    wait_for(lambda: not conductor.is_busy("desk"))
    with conductor.kept_from("desk") as free:
        assert free
        status, body, _ = site.post("desk/replay?lang=en")
        assert status == 409 and "at this moment" in body["title"]
        assert site.post("desk/run")[0] == 409
    assert site.post("desk/replay")[0] == 202


@pytest.mark.parametrize(
    ("path", "status", "said"),
    [
        ("door/run", 409, "another system brings"),
        ("idle/run", 409, "no schedule"),
        ("idle/pause", 409, "no schedule"),
        ("door/replay", 409, "Nothing lies in the quarantine"),
        ("door/backfill?from=01/01/2026&to=02/01/2026", 400, "cannot be asked for days gone by"),
        ("desk/backfill?from=01/01/2026&to=02/01/2026", 400, "cannot be asked for days gone by"),
        ("desk/backfill?from=01/01/2026", 400, "Which days?"),
        ("desk/backfill?from=soon&to=02/01/2026", 400, "“soon” is not a day"),
        ("desk/cancel", 409, "not being asked for days gone by"),
        ("dor/pause", 404, "“door”"),
        ("dor/replay", 404, "“door”"),
    ],
)
def test_what_makes_no_sense_is_said(site: Site, path: str, status: int, said: str) -> None:
    found, body, headers = site.post(f"{path}{'&' if '?' in path else '?'}lang=en")
    assert (found, headers["content-type"]) == (status, "application/problem+json")
    assert said in f"{body['title']} {body['detail']}"


def test_a_feed_that_is_configured_no_more_can_be_looked_at_only(site: Site) -> None:
    from tests.office import put

    put(site.store, "staff", [ROW])
    assert site.page("feed")[0] == 200
    assert site.post("feed/pause?lang=en")[0] == 409
    assert site.page("fed")[0] == 404


@pytest.mark.parametrize(
    "headers",
    [
        {"Sec_Fetch_Site": "cross-site"},
        {"Sec_Fetch_Site": "same-site"},
        {"Sec_Fetch_Site": "none"},
        {"Origin": "https://elsewhere.example"},
        {"Origin": "null"},
        {"Referer": "https://elsewhere.example/page"},
    ],
)
def test_another_sites_page_can_do_nothing(site: Site, headers: dict[str, str]) -> None:
    for action in ("run", "pause", "resume", "replay"):
        status, body, _ = site.post(f"desk/{action}?lang=en", **headers)
        assert status == 403 and "another site" in body["title"]
    assert not site.store.feed_states()["desk"].paused


def test_a_page_of_this_site_can(site: Site) -> None:
    host = f"127.0.0.1:{site.port}"
    assert site.post("desk/pause", Sec_Fetch_Site="same-origin", Origin=f"http://{host}")[0] == 202
    assert site.post("desk/resume", Origin=f"http://{host}", Referer=f"http://{host}/feeds/desk")[0] == 202


def test_an_action_is_a_post(site: Site) -> None:
    with contextlib.suppress(json.JSONDecodeError):  # a page that says that there is none
        site.page("desk/pause")
    assert site.page("desk")[1]["health"] == "never"


def test_how_many_were_refused_for_secrecy_is_told_nowhere(site: Site) -> None:
    assert site.bring(ROW)[1]["secret"] == 0, "whoever brings records is told of them, by the contract"
    for feed in ("door", "desk"):
        assert "secret" not in json.dumps(site.page(feed)[1])


def test_days_gone_by_are_asked_for_and_found_among_the_runs(tmp_path: Path) -> None:
    def answer(asked: Asked, handler: BaseHTTPRequestHandler) -> None:
        days = [f"2026-01-{number:02d}" for number in range(1, 29)] if "until" in asked.params else []
        send(
            handler,
            [ROW | {"id": day, "joined_on": day} for day in days if asked.params["since"][:10] <= day < asked.params["until"][:10]],
        )

    web = Web(answer)
    options = f"{{url: '{web.url}', watermark: {{column: joined_on, param: since, until_param: until, start: '2026-02-01'}}}}"
    config = CONFIG + f"  web: {{kind: http, record: staff, schedule: {{every: 1d}}, options: {options}}}\n"
    try:
        with served(tmp_path, config) as (application, port):
            site = Site(application, port, tmp_path)
            status, body, _ = site.post("web/backfill?from=05/01/2026&to=09/01/2026&lang=en")
            assert status == 202 and "is being asked for these days" in body["title"]
            wait_for(lambda: rows_of(site.store, "SELECT count(*) FROM rec_staff") == [(5,)])
            assert site.store.feed_state("web").position is None, "where it goes on is left alone"
            wait_for(lambda: site.page("web")[1]["backfill"]["state"] == "done")
            page = site.page("web")[1]
            wanted = {"from": "2026-01-05", "to": "2026-01-09", "days": 5, "days_done": 5, "records": 5, "state": "done", "message": None}
            assert page["backfill"] == wanted
            assert "backfill" in page["actions"] and "cancel" not in page["actions"]
    finally:
        web.close()
