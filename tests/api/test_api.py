"""The API and the live stream, over the wire, on a running server."""

from __future__ import annotations

import csv
import io
import json
import re
import threading
import time
import urllib.error
import urllib.request
from collections.abc import Iterator
from datetime import date, timedelta
from decimal import Decimal
from pathlib import Path
from typing import Any
from zoneinfo import ZoneInfo

import pytest

from ioc import live
from ioc.api.push import is_push
from ioc.app import Application
from ioc.catalogue.mapping import Secrecy, identity
from tests.api.serving import served
from tests.commands.test_commands import CONFIG
from tests.office import CATALOGUE, NOW, put


class Server:
    """A running application, and how to ask it."""

    def __init__(self, application: Application, port: int) -> None:
        self.application = application
        self.base = f"http://127.0.0.1:{port}"

    def get(self, path: str, **headers: str) -> tuple[int, Any, dict[str, str]]:
        request = urllib.request.Request(self.base + path, headers={name.replace("_", "-"): value for name, value in headers.items()})
        try:
            with urllib.request.urlopen(request, timeout=10) as answer:
                return answer.status, _body(answer.read(), answer.headers), dict(answer.headers)
        except urllib.error.HTTPError as error:
            with error:
                return error.code, _body(error.read(), error.headers), dict(error.headers)

    def put(self, *rows: dict[str, Any]) -> None:
        put(self.application.store, "dossier", rows)


def _body(content: bytes, headers: Any) -> Any:
    return json.loads(content) if content and "json" in (headers.get("Content-Type") or "") else content.decode("utf-8-sig")


@pytest.fixture
def server(tmp_path: Path) -> Iterator[Server]:
    with served(tmp_path, CONFIG.replace("catalogue: office", f"catalogue: {CATALOGUE.name}")) as (application, port):
        yield Server(application, port)


ROW = {"id": "1", "unit": "a", "received_at": "2026-11-01 08:00:00", "online": True, "updated_at": "2026-11-01"}


def test_values_with_their_version_and_etag(server: Server) -> None:
    server.put(ROW, ROW | {"id": "2", "online": False})
    status, body, headers = server.get("/api/v1/indicators/online_rate/values?by=unit&period=month&from=2026-01-01")
    assert status == 200 and body["version"] == 2 and body["simulated"] is False
    assert [(row["unit"], row["numerator"], row["denominator"], row["value"]) for row in body["values"]] == [("a", 1, 2, 50)]
    address = "/api/v1/indicators/online_rate/values?by=unit"
    headers = server.get(address)[2]
    assert headers["etag"].startswith('"2-') and headers["cache-control"] == "private, no-cache"
    assert {"Cookie", "Authorization"} <= set(headers["vary"].replace(" ", "").split(","))
    assert server.get(address, If_None_Match=headers["etag"])[0] == 304
    assert server.get(address, If_None_Match=headers["etag"], Accept="text/csv")[0] == 200, "in another form"
    server.put(ROW | {"id": "3"})
    assert server.get(address, If_None_Match=headers["etag"])[0] == 200


def test_values_as_csv_and_as_of(server: Server) -> None:
    server.put(ROW)
    status, body, headers = server.get("/api/v1/indicators/online_rate/values?by=unit", Accept="text/csv")
    assert (status, headers["content-type"].split(";")[0]) == (200, "text/csv")
    assert body.splitlines()[0] == "unit,from,to,numerator,denominator,value,provisional,data_version,as_of,simulated"
    assert body.splitlines()[1] == "a,2026-01-01,2026-11-23,1,1,100,True,2,,False"
    _, body, headers = server.get("/api/v1/targets?as_of=2026-11-23", Accept="text/csv")
    assert headers["content-type"].split(";")[0] == "text/csv"
    row = next(each for each in csv.DictReader(io.StringIO(body)) if each["indicator"] == "online_rate")
    assert [row[key] for key in ("from", "to", "value", "data_version", "simulated")] == ["2026-01-01", "2026-11-23", "100", "2", "False"]
    assert row["as_of"] == NOW.astimezone(ZoneInfo("Asia/Ho_Chi_Minh")).isoformat(), "of today no more is known than until now"
    status, told, _ = server.get("/api/v1/indicators/online_rate/values?as_of=2020-01-01T00:00:00")
    assert status == 400 and "before the first record" in told["title"], "a moment before everything is told, not answered with nothing"


def test_without_days_every_answer_is_of_the_same_days_and_says_which(server: Server) -> None:
    server.put(ROW, ROW | {"id": "2", "received_at": "2025-11-01 08:00:00", "online": False})
    target = next(each for each in server.get("/api/v1/targets")[1]["targets"] if each["indicator"] == "online_rate")
    declared = next(each for each in server.get("/api/v1/indicators")[1] if each["indicator"] == "online_rate")
    values = server.get("/api/v1/indicators/online_rate/values")[1]
    of = {"from": "2026-01-01", "to": "2026-11-23", "value": 100}
    behind = server.get(f"/api/v1/records/{declared['record']}?indicator=online_rate&part=numerator")[1]
    why = server.get("/api/v1/indicators/online_rate/explanation")[1]
    for answer in (target, values["values"][0], why["after"]):
        assert {key: answer[key] for key in of} == of
    assert (values["from"], values["to"]) == (behind["behind"]["from"], behind["behind"]["to"]) == (of["from"], of["to"])
    assert [each["key"] for each in behind["records"]] == ["1"]
    series = server.get("/api/v1/indicators/online_rate/values?period=year")[1]
    assert (series["from"], series["to"]) == ("2025-01-01", "2026-11-23") and [each["value"] for each in series["values"]] == [0, 100]
    last = server.get("/api/v1/indicators/online_rate/values?to=2025-12-31&where=unit:a")[1]
    assert (last["from"], last["values"][0]["value"]) == ("2025-01-01", 0)
    stock = server.get("/api/v1/indicators/strength/values")[1]
    assert (stock["from"], stock["to"]) == ("2026-11-23", "2026-11-23")


@pytest.mark.parametrize(
    ("path", "status", "said"),
    [
        ("/api/v1/indicators/online_rat/values", 404, "Did you mean “online_rate”"),
        ("/api/v1/indicators/online_rate/values?by=unt", 400, "Did you mean “unit”"),
        ("/api/v1/indicators/online_rate/values?period=moth", 400, "Did you mean “month”"),
        ("/api/v1/indicators/online_rate/values?from=31/02/2026", 400, "Write it as"),
        ("/api/v1/indicators/online_rate/values?as_of=soon", 400, "Write it as"),
        ("/api/v1/indicators/online_rate/values?where=unit", 400, "dimension=code"),
        ("/api/v1/targets?as_of=soon", 400, "Write it as"),
        ("/api/v1/indicators/online_rate/values?byy=unit", 400, "Did you mean “by”"),
        ("/api/v1/indicators/online_rate/values?form=2026-01-01&utm_source=x", 400, "Did you mean “from”"),
        ("/api/v1/targets?lang=de", 400, "Did you mean “en”"),
        ("/api/v1/records/dossier?limit=1", 400, "Known: "),
        ("/api/v1/snapshots?befor=1", 400, "Did you mean “before”"),
        ("/api/v1/targets?as_of=2026-11-24", 400, "Choose a moment that has passed"),
        ("/api/v1/indicators/online_rate/values?as_of=2027-06-01", 400, "Choose a moment that has passed"),
    ],
)
def test_a_wrong_question_is_a_problem_document(server: Server, path: str, status: int, said: str) -> None:
    found, body, headers = server.get(path)
    assert found == status and headers["content-type"] == "application/problem+json"
    assert body["status"] == status and said in body["detail"]


def test_whatever_goes_wrong_below_api_is_a_problem_document(server: Server) -> None:
    client = server.application.flask.test_client()

    def told(method: str, path: str, **more: Any) -> tuple[int, str, str | None]:
        answer = client.open(path, method=method, **more)
        problem = json.loads(answer.get_data())
        assert answer.mimetype == "application/problem+json" and problem["status"] == answer.status_code and problem["title"], path
        return answer.status_code, problem["title"], answer.headers.get("Allow")

    paths: dict[str, set[str]] = {}
    for rule in server.application.flask.url_map.iter_rules():
        if rule.rule.startswith("/api/") and not rule.rule.endswith("<path:unknown>"):
            paths.setdefault(re.sub("<[^>]*>", "1", rule.rule), set()).update(rule.methods or ())
    assert len(paths) > 20 and "/api/v1/snapshots" in paths
    for path, methods in paths.items():
        status, _, allowed = told("DELETE" if "/1/1" not in path else "PATCH", path)
        assert status == 405 and {*(allowed or "").split(", ")} <= methods | {"GET", "HEAD", "OPTIONS"}, path
    assert told("DELETE", "/api/v1/version?lang=en")[1] == "This address does not take that method"
    assert told("DELETE", "/api/v1/version?lang=vi")[1] == "Địa chỉ này không nhận phương thức đó"
    for method, path in (
        ("GET", "/api/v1/nothing"),
        ("POST", "/api/v1/nothing"),
        ("DELETE", "/api/v1/snapshots/a/b/c"),
        ("GET", "/api/nothing"),
    ):
        assert told(method, path)[0] == 404, path
    assert told("POST", "/api/v1/snapshots", data="{", content_type="application/json")[0] == 400
    assert client.post("/nothing").mimetype == "text/html", "people are answered with a page"


def test_a_problem_is_told_in_the_language_of_whoever_asks(server: Server) -> None:
    path = "/api/v1/indicators/online_rate/values?from=2026-03-01&to=2026-02-01"
    assert server.get(path)[1]["detail"] == "Exchange the two days."
    assert server.get(path, Accept_Language="vi-VN, en;q=0.5")[1]["detail"] == "Hãy đổi chỗ hai ngày."
    assert "bắt đầu ngày 01/03/2026" in server.get(f"{path}&lang=vi", Accept_Language="en")[1]["title"]


def test_a_target_says_why_where_it_is_going_and_what_was_found_then(server: Server) -> None:
    server.put(ROW)
    online = next(row for row in server.get("/api/v1/targets?lang=en")[1]["targets"] if row["indicator"] == "online_rate")
    assert (online["reason"], online["path_value"]) == ("100% meets the goal of 100% exactly.", None)
    assert (online["verdict_on"], online["projected"], online["projected_date"]) == (None, None, None)
    answer = server.get("/api/v1/indicators/online_rate/forecast?lang=en")[1]
    assert (answer["closed_months"], answer["back_test"], answer["months"], answer["twelve_months"]) == (0, None, [], [])
    assert answer["months_lacking"] == 18
    (goal,) = answer["goals"]
    assert goal["forecast"] is None and goal["prospect"][0].startswith("There is too little history")
    assert server.get("/api/v1/indicators/online_rat/forecast")[0] == 404


def test_runs_of_a_feed_a_page_at_a_time_and_the_quarantine_of_one(server: Server) -> None:
    for number in range(3):
        server.put(ROW | {"id": str(number), "received_at": "soon" if number == 1 else ROW["received_at"]})
    first = server.get("/api/v1/feeds/feed/runs?rows=2")[1]
    assert (first["total"], first["newer"], len(first["runs"])) == (3, 0, 2)
    second = server.get(f"/api/v1/feeds/feed/runs?rows=2&before={first['before']}")[1]
    assert (second["newer"], len(second["runs"]), second["before"]) == (2, 1, None)
    faulty = next(run for run in first["runs"] if run["quarantined"])
    status, run, _ = server.get(f"/api/v1/feeds/feed/runs/{faulty['run']}?lang=en")
    assert (status, run["rejected"], run["quarantine"][0]["reason"], run["quarantine"][0]["samples"][0]["found"]) == (
        200,
        1,
        "type",
        "soon",
    )
    status, problem, _ = server.get("/api/v1/feeds/feed/runs/99?lang=en")
    assert (status, problem["title"]) == (404, "This feed has had no delivery “99”.")
    assert server.get("/api/v1/feeds/fed/runs")[0] == 404
    assert [server.get(f"/api/v1/feeds/feed/runs?{wrong}")[0] for wrong in ("before=x", "rows=0", "rows=1001")] == [400, 400, 400]


def test_how_many_were_refused_for_secrecy_stands_in_no_answer_and_no_cache(server: Server) -> None:
    """Not even right after an administrator has looked."""
    server.put(ROW)
    application = server.application
    mapping = identity(application.store.catalogue.records["dossier"]).model_copy(
        update={"secrecy": Secrecy(column="mat", open=("thuong",))}
    )
    rows = [ROW | {"id": str(number), "mat": "mat"} for number in range(7919)]
    assert put(application.store, "dossier", rows, mapping).secret == 7919
    shown = server.get("/admin/secrets?lang=en")[1]
    assert "7,919" in shown and "frame.css" in shown, "who sits before the machine itself is an administrator"
    _, closed, _ = server.get("/admin/secrets?lang=en", Forwarded="for=192.0.2.1")
    assert "7,919" not in closed, "whoever comes through a proxy signs in first"
    run = server.get("/api/v1/feeds/feed/runs")[1]["runs"][0]["run"]
    pages = (
        "/",
        "/feeds",
        "/feeds/feed",
        f"/feeds/feed?run={run}",
        "/search?q=feed",
        "/indicators/online_rate",
        "/records/dossier",
        "/admin/screens",
    )
    api = (
        "feeds",
        "feeds/feed",
        "feeds/feed/runs",
        f"feeds/feed/runs/{run}",
        "targets",
        "records/dossier",
        "indicators/online_rate/values",
    )
    for path in (*pages, *(f"/api/v1/{each}" for each in api)):
        for accepted in ("*/*", "text/csv"):
            status, body, headers = server.get(path, Accept=accepted)
            assert status == 200 and not re.search(r"\b7[.,]?919\b", f"{body} {headers}"), path
    backend = application.views._cache._backend
    assert backend._cache and not any("7919" in repr(backend.get(key)) for key in list(backend._cache))


def test_targets_milestones_feeds_and_indicators(server: Server) -> None:
    server.put(ROW)
    targets = server.get("/api/v1/targets")[1]["targets"]
    online = next(row for row in targets if row["indicator"] == "online_rate")
    assert (online["value"], online["status"], online["goal"], online["goals"][0]["verdict"]) == (100, "achieved", 100, None)
    assert server.get("/api/v1/milestones")[1]["milestones"] == []
    answer = server.get("/api/v1/feeds")[1]
    feeds = {row["feed"]: row for row in answer["feeds"]}
    assert answer["audit"] is None, "none has been yet"
    assert (feeds["feed"]["accepted"], feeds["feed"]["health"], feeds["files"]["health"]) == (1, "ok", "never")
    assert {row["indicator"] for row in server.get("/api/v1/indicators?lang=en")[1]} == set(server.application.store.catalogue.indicators)


def test_openapi_names_every_route(server: Server) -> None:
    described = set(server.get("/api/v1/openapi.json")[1]["paths"]) | {"/api/v1/openapi.json"}
    rules = {re.sub(r"<(?:\w+:)?(\w+)>", r"{\1}", str(rule)) for rule in server.application.flask.url_map.iter_rules()}
    served = {rule.replace("{indicator}", "{id}") for rule in rules if rule.startswith("/api/") and rule != "/api/{unknown}"}
    brought = "/api/v1/feeds/{feed}/records"
    assert is_push({"method": "POST", "path": brought})
    assert described == served | {brought}


def test_health(server: Server) -> None:
    assert server.get("/healthz")[0] == 200 and server.get("/readyz")[0] == 200


def test_live_tells_what_changed_and_catches_up(server: Server, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(live, "HEARTBEAT_SECONDS", 0.2)
    stream = urllib.request.urlopen(server.base + "/live", timeout=10)
    lines: list[str] = []
    reader = threading.Thread(target=lambda: lines.extend(line.decode().strip() for line in stream))
    reader.start()
    _until(lambda: any(": still here" in line for line in lines))
    server.put(ROW)
    _until(lambda: any(line.startswith("data:") for line in lines))
    change = json.loads(next(line for line in lines if line.startswith("data:"))[5:])
    assert change["version"] == 2 and "online_rate" in change["changed"] and "strength" not in change["changed"]
    assert "id: 2" in lines
    server.put(ROW | {"id": "2"})
    late = urllib.request.Request(server.base + "/live", headers={"Last-Event-ID": "2"})
    with urllib.request.urlopen(late, timeout=10) as again:
        told = [again.readline().decode() for _ in range(4)]
    assert any("id: 3" in line for line in told)
    server.application.bus.close()
    reader.join(5)
    assert not reader.is_alive(), "a stream ends when the server stops"
    stream.close()


def _until(condition: Any, seconds: float = 5) -> None:
    end = time.monotonic() + seconds
    while not condition():
        assert time.monotonic() < end, "it did not happen in time"
        time.sleep(0.02)


def test_why_it_changed_adds_up(server: Server) -> None:
    last_year = [ROW | {"id": f"l{n}", "unit": "ab"[n % 2], "received_at": f"2025-11-0{n + 1}", "online": n < 2} for n in range(5)]
    this_year = [ROW | {"id": f"t{n}", "unit": "aab"[n % 3], "received_at": f"2026-11-0{n + 1}", "online": n != 3} for n in range(7)]
    server.put(*last_year, *this_year)
    status, body, headers = server.get("/api/v1/indicators/online_rate/explanation?by=unit,channel&lang=en")
    assert status == 200 and headers["etag"]
    assert (body["by"], body["before"]["from"], body["after"]["to"]) == (["unit", "channel"], "2025-01-01", "2026-11-23")
    exact = Decimal(str(body["after"]["value"])) - Decimal(str(body["before"]["value"]))
    for part in (body["groups"], body["contributions"]):
        assert sum(Decimal(str(each["effect"])) for each in part) == exact == Decimal(str(body["change"]))
        assert all(Decimal(str(each["mix"])) + Decimal(str(each["rate"])) == Decimal(str(each["effect"])) for each in part)
    assert body["reading"][0].startswith("Fully online: 85.7% so far in 2026")
    assert body["words"][0] == "01/01/2026 – 23/11/2026: 85.7% ↔ 01/01/2025 – 23/11/2025: 40%, a change of +45.7 percentage points."


@pytest.mark.parametrize(
    ("query", "status", "said"),
    [
        ("online_rat/explanation", 404, "Did you mean “online_rate”"),
        ("online_rate/explanation?against=last_yea", 400, "Write last_year, previous"),
        ("online_rate/explanation?period=month&from=2026-01-01", 400, "not both"),
        ("online_rate/explanation?from=2026-02-01&to=2026-01-01", 400, "before it"),
        ("median_days/explanation", 400, "does not follow from its groups"),
        ("online_rate/explanation?from=2020-01-01&to=2020-02-01", 400, "no figures"),
        ("online_rate/explanation?by=unit,unt", 400, "Did you mean “unit”"),
    ],
)
def test_what_cannot_be_explained_is_told(server: Server, query: str, status: int, said: str) -> None:
    server.put(ROW)
    found, body, _ = server.get(f"/api/v1/indicators/{query}{'&' if '?' in query else '?'}lang=en")
    assert found == status and said in body["title"] + " " + body["detail"]


def test_what_is_unusual_is_told_with_its_range(server: Server) -> None:
    days = [date(2026, 8, 3) + timedelta(days=number) for number in range(110)]
    rows = [
        ROW | {"id": f"{day}{number}", "received_at": f"{day} 09:00", "online": number % 5 > (3 if day == date(2026, 10, 14) else 0)}
        for day in days
        for number in range(40)
    ]
    server.put(*rows)
    status, body, _ = server.get("/api/v1/indicators/online_rate/anomalies?lang=en")
    assert status == 200 and body["judged"] is True and body["since"] == "2025-11-22"
    whole = [each for each in body["anomalies"] if each["dimension"] is None]
    assert [(each["from"], each["value"]) for each in whole] == [("2026-10-14", 20)]
    assert whole[0]["value"] < whole[0]["low"] < whole[0]["expected"] < whole[0]["high"]
    assert whole[0]["text"].startswith("14/10/2026: 20%, below the usual range (")
    assert server.get("/api/v1/indicators/median_days/anomalies")[1]["judged"] is False
    assert server.get("/api/v1/indicators/online_rat/anomalies")[0] == 404


def test_units_are_ranked_with_ties_and_movement(server: Server) -> None:
    last = [ROW | {"id": f"l{n}", "unit": "ab"[n % 2], "received_at": "2026-09-02 08:00", "online": n % 2 == 1} for n in range(80)]
    this = [ROW | {"id": f"t{n}", "unit": "ab"[n % 2], "received_at": "2026-10-02 08:00", "online": n % 2 == 0} for n in range(80)]
    server.put(*last, *this)
    status, body, _ = server.get("/api/v1/indicators/online_rate/ranking?from=2026-10-01&to=2026-10-31&lang=en")
    assert (status, body["by"], body["ranked"], body["whole"]) == (200, "unit", True, 50)
    found = [(row["unit"], row["rank"], row["moved"], row["value"], row["standing"]) for row in body["ranking"]]
    assert found == [("a", 1, 1, 100, "high"), ("b", 2, -1, 0, "low")]
    assert server.get("/api/v1/indicators/online_rate/ranking?by=unt")[0] == 400
