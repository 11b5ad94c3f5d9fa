"""Every address, asked by everybody: who may and who may not stands in the table below, and nowhere else may anything be answered."""

from __future__ import annotations

import re
from collections.abc import Iterator
from typing import Any

import pytest
from flask.testing import FlaskClient

from ioc.access.entrance import SESSION_COOKIE
from ioc.access.gate import lets_through
from ioc.access.policy import RULES, needed
from ioc.access.roles import PERMISSIONS, shipped_roles
from ioc.access.sessions import FULL
from ioc.app import Application
from tests.access.everybody import LETTERS, application, asking_as, redrawn
from tests.access.journeys import PASSWORD
from tests.office import NOW, put

__all__ = ["application"]

EVERYBODY, KNOWN, READERS = "LHSDAUW-", "LHSDAUW", "LHSDAU"

# A beginning of addresses, methods, and who may. The longest beginning that fits counts.
TABLE = """
GET  /                             LHSDAUW
GET  /_dash                        LHSDAUW
POST /_dash-update-component       LHSDAUW
GET  /_dash-component-suites       LHSDAUW-
GET  /_favicon.ico                 LHSDAUW-
GET  /_reload-hash                 LHSDAUW
GET  /assets                       LHSDAUW-
GET  /healthz                      LHSDAUW-
GET  /readyz                       LHSDAUW-
GET  /metrics                      DAU
GET  /login                        LHSDAUW-
POST /login                        LHSDAUW-
POST /logout                       LHSDAUW-
POST /logout/everywhere            LHSDAUW
GET  /account                      LHSDAUW
POST /account                      LHSDAUW
GET  /live                         LHSDAUW
GET  /wall                         LAW
GET  /feeds                        LHSDAU
GET  /records                      LHSDU
GET  /forms                        LHSDAUW-
POST /forms                        LHSDAUW-
GET  /verify                       LHSDAUW-
POST /verify                       LHSDAUW-
GET  /snapshots                    LHSDAU
POST /snapshots                    LHSDAU
GET  /reports                      LHSDAU
POST /reports                      LHSDAU
POST /reports/schedules            LDAU
POST /notes                        LHSD
POST /alerts                       LHSD
POST /views                        LHSDAUW
GET  /admin                        A
POST /admin                        A
GET  /admin/screens                A
GET  /admin/secrets                AU
GET  /admin/audit                  AU
GET  /api/v1                       LHSDAUW
GET  /api/v1/feeds                 LHSDAU
POST /api/v1/feeds                 DA
GET  /api/v1/records               LHSDU
GET  /api/v1/snapshots             LHSDAU
POST /api/v1/snapshots             LHSDAU
"""
ROWS = {(method, beginning): who for method, beginning, who in (line.split() for line in TABLE.strip().splitlines())}
# Addresses of pages, which one rule of the application answers.
PAGES = (
    "/indicators/online_rate",
    "/screens",
    "/screens/hall",
    "/units/a",
    "/milestones",
    "/alerts",
    "/search?q=1",
    "/changes?as_of=2026-11-22",
    "/records/dossier",
    "/records/dossier/KH1",
    "/feeds",
    "/feeds/feed",
    "/admin/screens",
    "/nowhere",
)
SAMPLES = {
    "indicator": "online_rate",
    "record": "dossier",
    "key": "KH1",
    "feed": "feed",
    "screen": "hall",
    "playlist": "lobby",
    "run": "1",
    "entry": "1",
    "alert": "1",
    "kind": "read",
    "name": "lan",
    "filename": "frame.css",
    "package_name": "dash",
    "fingerprinted_path": "x.js",
}


def scope(application: Application, role: str, path: str) -> dict[str, Any]:
    """The same as ASGI says it."""
    assert application.entrance.sessions
    cookie = f"{SESSION_COOKIE}={application.entrance.sessions.begin(role, FULL, '', NOW)}" if role else ""
    return {"method": "GET", "path": path, "query_string": b"", "headers": [(b"cookie", cookie.encode())], "client": ("127.0.0.1", 1)}


def addresses(application: Application) -> Iterator[tuple[str, str]]:
    """Every address that is answered: those of the application's rules with a sample for each part, and those of pages."""
    for rule in application.flask.url_map.iter_rules():
        for method in sorted((rule.methods or set()) - {"HEAD", "OPTIONS"}):
            yield method, re.sub(r"<(?:\w+(?:\([^)]*\))?:)?(\w+)>", lambda part: SAMPLES.get(part[1], "x"), rule.rule)
    yield from (("GET", page) for page in PAGES)


def who_may(method: str, path: str) -> str:
    fitting = [beginning for kind, beginning in ROWS if kind == method and path.startswith(beginning)]
    assert fitting, f"write into the table who may {method} {path}"
    return ROWS[method, max(fitting, key=len)]


def test_every_address_is_answered_to_whom_the_table_says_and_to_nobody_else(application: Application) -> None:
    wrong = []
    asked = sorted(set(addresses(application)))
    assert len(asked) > 60
    for letter, role in [*LETTERS.items(), ("-", "")]:
        client = asking_as(application, role)
        for method, path in asked:
            if path.startswith(("/logout", "/live", "/login")):  # who asks has left afterwards; the stream is asked for below
                continue
            answer = client.open(
                path, method=method, headers={"Sec-Fetch-Site": "same-origin"}, json={} if "_dash-update" in path else None
            )
            reached = method == "POST" and "problem" not in answer.mimetype  # a wrong password is told by whoever was reached
            unknown = (answer.status_code == 401 and not reached) or answer.headers.get("Location", "").startswith("/login")
            refused = unknown or (answer.status_code == 403 and not path.startswith("/forms"))
            forms = path.startswith("/forms") and answer.status_code in {401, 403, 404}  # a form asks by itself who types
            signing = path.startswith("/login") and method == "POST"
            if refused == (letter in who_may(method, path)) and not forms and not signing:
                wrong.append((role or "nobody", method, path, answer.status_code))
            answer.close()
        assert not role or client.get("/account").status_code == 200, "still signed in"
    assert wrong == []
    for letter, role in [*LETTERS.items(), ("-", "")]:
        for path in ("/live", "/wall/lobby/hall", "/wall/lobby/hall/changes"):  # what the event loop answers by itself
            assert lets_through(application.entrance, scope(application, role, path)) == (letter in who_may("GET", path)), (role, path)


def test_a_page_that_stands_is_not_drawn_anew_at_an_address_that_it_could_not_be_opened_at(application: Application) -> None:
    def drawn(role: str, path: str) -> str:
        question = redrawn(path, "?lang=en", "ioc-location.pathname")
        return str(asking_as(application, role).post("/_dash-update-component", json=question).get_data(as_text=True))

    assert "may not see" in drawn("wall", "/records/dossier") and "may not see" not in drawn("leader", "/records/dossier")
    assert "may not see" in drawn("administrator", "/records/dossier/KH1") and "may not see" in drawn("wall", "/feeds/feed")


@pytest.mark.parametrize(
    "asked",
    [None, 7, [{"id": "x"}], {}, {"output": "x"}, {"output": "..ioc-page.children...ioc-build.data...ioc-parts.data..", "inputs": [{}]}],
)
def test_a_question_to_a_callback_that_no_page_asks_is_a_bad_one(application: Application, asked: object) -> None:
    assert asking_as(application, "leader").post("/_dash-update-component", json=asked).status_code == 400


def test_records_of_other_units_are_seen_nowhere_by_whoever_sees_an_own_one(application: Application) -> None:
    """In a list, alone, in a search, at a past moment, behind a number, and not from what was kept for somebody else either."""
    later = "as_of=2026-11-23T12:01"
    lists = [f"/api/v1/records/dossier?{query}" for query in ("", later, "where=unit=b", "indicator=online_rate&part=numerator")]
    for _ in range(2):  # leaders first, so that answers for them are kept; then the other way round
        for role, seen in (("leader", {"KH1", "KH2"}), ("department_head", {"KH1"}), ("staff", {"KH1"}), ("auditor", {"KH1", "KH2"})):
            client = asking_as(application, role)
            for path in lists:
                answer = client.get(path)
                assert answer.status_code == 200, path
                found = {row["key"] if "key" in row else row["id"] for row in answer.get_json().get("records", [])}
                assert found <= seen, (role, path)
                if not path.endswith("unit=b"):
                    assert found == seen, (role, path)
            alone = [client.get(f"/api/v1/records/dossier/KH{key}").status_code for key in "12"]
            pages = [client.get(f"/records/dossier/KH{key}").status_code for key in "12"]
            assert alone == pages == [200, 200 if "KH2" in seen else 404], role
            shown = client.get("/records/dossier").get_data(as_text=True)
            assert "KH2" in seen or "KH2</" not in shown, role
            searched = client.get("/search?q=KH2").get_data(as_text=True)
            assert "KH2" in seen or "KH2</" not in searched, role
    totals = [
        asking_as(application, role).get("/api/v1/indicators/online_rate/values?by=unit&from=2026-01-01").get_json()
        for role in ("leader", "staff")
    ]
    assert totals[0]["values"] == totals[1]["values"] and len(totals[0]["values"]) == 2, "totals of other units stay visible"


def test_whoever_has_no_unit_and_sees_only_an_own_one_sees_no_record(application: Application) -> None:
    application.accounts.put("lost", "lost", "staff", None, "oidc", None, NOW)
    assert asking_as(application, "lost").get("/api/v1/records/dossier").get_json()["records"] == []


def test_what_stood_in_refused_rows_is_for_those_alone_who_see_everybodys(application: Application) -> None:
    put(
        application.store,
        "dossier",
        [{"id": "9", "unit": "b", "received_at": "riengtu", "online": True, "updated_at": "2026-11-01"}],
    )
    for role, sees in (("data_steward", True), ("auditor", True), ("leader", False), ("department_head", False), ("staff", False)):
        client = asking_as(application, role)
        answers = [
            client.get(path).get_data(as_text=True) for path in ("/feeds/feed?lang=en", "/api/v1/feeds/feed", "/api/v1/feeds/feed/runs/2")
        ]
        assert ["riengtu" in text for text in answers] == [sees] * 3, role


def test_what_is_changed_over_http_is_written_down(application: Application) -> None:
    def post(role: str, path: str, given: dict[str, Any] | None = None) -> int:
        return asking_as(application, role).post(path, json=given or {}, headers={"Sec-Fetch-Site": "same-origin"}).status_code

    assert post("data_steward", "/api/v1/feeds/feed/pause") == 202 and post("data_steward", "/api/v1/feeds/feed/resume") == 202
    assert post("leader", "/api/v1/feeds/feed/pause") == 403, "what is refused has changed nothing"
    screen = {"label": {"vi": "Sảnh", "en": "Hall"}, "panels": [{"kind": "number", "size": "4x3", "indicator": "online_rate"}]}
    assert post("administrator", "/admin/screens/mine", {"screen": screen, "based_on": ""}) == 200
    playlist = {"vi": "Sảnh", "en": "Hall", "screen": "mine", "stays": "9", "revision": ""}
    administrator, headers = asking_as(application, "administrator"), {"Sec-Fetch-Site": "same-origin"}
    for step, status in (("/add", 200), ("", 303)):
        assert administrator.post(f"/admin/playlists/mine{step}", data=playlist, headers=headers).status_code == status
    assert post("leader", "/api/v1/snapshots", {"what": "online_rate", "format": "csv"}) in {201, 202}
    lines = {(line.who, line.action, line.subject) for line in application.trail.find()}
    assert lines >= {
        ("data_steward", "feed.pause", "feed"),
        ("data_steward", "feed.resume", "feed"),
        ("administrator", "screen.save", "mine"),
        ("administrator", "playlist.save", "mine"),
        ("leader", "export", "online_rate"),
    }
    assert ("leader", "feed.pause", "feed") not in lines
    assert [line.action for line in application.trail.find() if line.subject == "mine" and "playlist" in line.action] == [
        "playlist.save"
    ], "a step keeps nothing"


def test_every_permission_is_asked_for_somewhere_and_given_to_somebody() -> None:
    roles = shipped_roles()
    assert set().union(*(role.may for role in roles.values())) == PERMISSIONS
    asked = {rule for _, _, rule in RULES} | {"quarantine", "forms", "sign"}  # which are asked for inside
    assert asked >= PERMISSIONS, f"nobody asks for {sorted(PERMISSIONS - asked)}"
    assert set(roles) == set(LETTERS.values())


def test_what_nobody_has_thought_of_is_closed(application: Application) -> None:
    assert needed("POST", "/something/new") == "everything" and needed("DELETE", "/") == "everything"
    for role in ("", *LETTERS.values()):
        assert asking_as(application, role).post("/something/new").status_code in {401, 403}
    assert PASSWORD not in str(application.trail.find())


def test_a_table_is_taken_along_by_whom_its_page_is_open_to_and_by_nobody_else(application: Application) -> None:
    """Administrators take accounts along; whoever may not see them can neither have them made nor fetch what was made."""
    administrator, auditor, staff = (asking_as(application, name) for name in ("administrator", "auditor", "staff"))

    def made(client: FlaskClient, what: str) -> tuple[int, str]:
        with client.post("/snapshots", data={"what": what, "format": "csv"}, headers={"Sec-Fetch-Site": "same-origin"}) as answer:
            return answer.status_code, answer.headers.get("Location", "")

    def fetched(client: FlaskClient, address: str) -> tuple[str | None, str]:
        with client.get(address) as answer:
            return answer.headers.get("X-Snapshot"), answer.get_data(as_text=True)

    status, file = made(administrator, "/admin#list-accounts")
    code, content = fetched(administrator, file)
    rows = content.split("\r\n")
    assert (status, rows[0][:12]) == (303, "\ufeffTên;Vai trò") and code
    assert any(row.startswith("staff;") for row in rows) and f"Mã;{code}" in rows
    for other in (auditor, staff):
        assert fetched(other, file)[0] is None and made(other, "/admin#list-accounts")[0] == 403
    assert "export;/admin#list-accounts" in fetched(auditor, made(auditor, "/admin/audit#list-trail")[1])[1]
    assert made(administrator, "/records/dossier")[0] == 403 and made(administrator, "/records/dossier/KH1#list-versions")[0] == 403
    assert made(staff, "/records/dossier/KH2#list-versions")[0] == 404, "a record of another unit"
    assert "KH1" in fetched(staff, made(staff, "/records/dossier/KH1#list-versions")[1])[1]
