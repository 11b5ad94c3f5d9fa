"""What somebody may not see, sign or keep is reached by no way round either: exports, kept answers, pages that stand, names."""

from __future__ import annotations

import re
from typing import Any

import pytest
from flask.testing import FlaskClient

from ioc.access.trail import Sought
from ioc.app import Application
from ioc.clock import FrozenClock
from tests.access.everybody import SAME_SITE, application, asking_as, redrawn
from tests.office import NOW

__all__ = ["application"]


def export(client: FlaskClient, path: str, **given: str) -> Any:
    return client.post(path, data={"format": "csv", "lang": "en", **given}, headers=SAME_SITE)


@pytest.mark.parametrize(("role", "may"), [("staff", False), ("leader", True)])
def test_only_who_may_sign_has_anything_signed(application: Application, role: str, may: bool) -> None:
    client = asking_as(application, role)
    told = export(client, "/snapshots", what="/indicators/online_rate", sign="1")
    assert told.status_code == (303 if may else 403)
    assert ("may not sign" in told.get_data(as_text=True)) is not may
    told = export(client, "/api/v1/snapshots", what="online_rate", sign="1").get_json()
    assert bool(told["signed_by"]) if may else told["status"] == 403
    for page in ("/snapshots/new?what=/indicators/online_rate", "/reports"):
        assert ('name="sign"' in client.get(page).get_data(as_text=True)) is may, page
    assert export(client, "/snapshots", what="/indicators/online_rate").status_code == 303


def test_whoever_sees_no_records_exports_none(application: Application) -> None:
    clerk, leader = asking_as(application, "clerk"), asking_as(application, "leader")
    for what in ("/records/dossier", "/records/dossier?where=unit:a"):
        assert export(clerk, "/snapshots", what=what).status_code == 403
        assert export(clerk, "/api/v1/snapshots", what=what).get_json()["status"] == 403
    assert export(clerk, "/snapshots", what="/feeds").status_code == 403
    assert export(clerk, "/snapshots", what="/indicators/online_rate").status_code == 303
    made = export(leader, "/snapshots", what="/records/dossier").headers["Location"]
    assert clerk.get(made).get_data(as_text=True).count("KH1") == 0, "nor fetches those of others"
    with leader.get(made) as file:
        assert "KH1" in file.get_data(as_text=True)


def test_a_list_is_for_who_took_it_and_what_may_hold_records_for_who_sees_records(application: Application) -> None:
    leader, auditor, clerk = (asking_as(application, role) for role in ("leader", "auditor", "clerk"))
    register, rate, records = (
        export(leader, "/snapshots", what=what).headers["Location"]
        for what in ("/snapshots#list-register", "/indicators/online_rate", "/records/dossier")
    )
    kept = [application.exports.exporter.register.find(made.split("/")[2]) for made in (register, rate, records)]
    assert [each.records for each in kept if each] == [True, False, True]
    for made, fetched in ((register, [200, 404, 404]), (rate, [200, 200, 200]), (records, [200, 200, 404])):
        found = []
        for client in (leader, auditor, clerk):
            with client.get(made) as answer:
                found.append(answer.status_code)
        assert found == fetched, made


@pytest.mark.parametrize("what", ["//x/admin/audit#list-trail", "//x/admin#list-accounts", "/./admin/audit#list-trail"])
def test_no_other_way_of_writing_an_address_opens_a_page(application: Application, what: str) -> None:
    staff = asking_as(application, "staff")
    assert export(staff, "/snapshots", what=what).status_code in {400, 403, 404}
    assert export(staff, "/api/v1/snapshots", what=what).get_json()["status"] in {400, 403, 404}


def test_an_answer_that_somebody_else_was_given_is_not_taken_for_ones_own(application: Application) -> None:
    leader, staff = asking_as(application, "leader"), asking_as(application, "staff")
    for path in ("/api/v1/records/dossier", "/api/v1/indicators/online_rate/notes"):
        answers = [client.get(path) for client in (leader, staff)]
        kept = {"If-None-Match": answers[0].headers["ETag"]}
        assert leader.get(path, headers=kept).status_code == 304
        is_same = path.endswith("notes")
        assert (answers[0].data == answers[1].data) is is_same
        assert staff.get(path, headers=kept).status_code == (304 if is_same else 200)
    tag = leader.get(path).headers["ETag"]
    note = {"indicator": "online_rate", "from": "2026-11-01", "to": "2026-11-02", "text": "Lũ"}
    leader.post("/notes", data=note, headers=SAME_SITE)
    assert leader.get(path).headers["ETag"] != tag, "a note is no commit"


def test_what_whoever_has_signed_in_was_shown_is_kept_by_no_browser(application: Application) -> None:
    leader = asking_as(application, "leader")
    for path in ("/records/dossier", "/indicators/online_rate", "/", "/feeds", "/api/v1/version"):
        assert leader.get(path).headers["Cache-Control"] == "private, no-store", path
    file = re.search(r'src="(/assets/[^"]+\?[^"]+)"', leader.get("/").get_data(as_text=True))
    assert file
    with leader.get(file[1].replace("&amp;", "&")) as answer:
        assert "immutable" in answer.headers["Cache-Control"]


def test_records_that_are_paged_and_sorted_in_place_are_seen_in_the_trail(application: Application) -> None:
    lan, path = asking_as(application, "staff"), "/records/dossier"
    redraws = (("location.search", "?order=id"), ("location.pathname", "?page=2"), ("version.data", "?page=2"), ("version.data", "?page=3"))
    for changed, query in redraws:
        lan.post("/_dash-update-component", json=redrawn(path, query, f"ioc-{changed}"))
    asking_as(application, "wall").post("/_dash-update-component", json=redrawn(path, "?wall=1", "ioc-location.search"))
    seen = [line.detail for line in application.trail.find(Sought(action="view")) if line.subject == "dossier"]
    assert [seen.count(each) for each in ("order=id", "page=2")] == [1, 1], "drawn anew by itself as it stood, it is no new look"
    assert "page=3" in seen, "whatever the page says of why it asks"
    assert "wall=1" not in seen, "what is refused is nobody's look"


def test_only_what_a_person_does_keeps_a_session_alive(application: Application) -> None:
    sessions, clock = application.entrance.sessions, application.entrance.clock
    assert sessions and isinstance(clock, FrozenClock)
    click, tick = (redrawn("/", "", f"ioc-{each}") for each in ("location.search", "version.data"))
    try:
        for what, lives in (("click", True), ("tick", False), ("poll", False), ("watch", False), ("look", True)):
            clock.at = NOW
            client = asking_as(application, "administrator")
            for step in (1, 2, 3):
                clock.at = NOW + step * sessions.settings.idle * 0.4
                if what == "poll":
                    client.get("/admin/screens", headers={"X-IOC-By-Itself": "1"})
                elif what in {"watch", "look"}:
                    client.get("/snapshots/jobs/none" + "?by_itself=1" * (what == "watch"))
                else:
                    client.post("/_dash-update-component", json=click if what == "click" else tick)
            assert (client.get("/account").status_code == 200) is lives, what
    finally:
        clock.at = NOW


def test_an_account_is_the_same_however_its_name_is_written(application: Application) -> None:
    application.accounts.put("tam", "Tâm", "staff", "a", "oidc", None, NOW)
    signed_in, administrator = asking_as(application, "tam"), asking_as(application, "administrator")
    assert signed_in.get("/account").status_code == 200
    assert administrator.post("/admin/accounts/TAM", data={"do": "out"}, headers=SAME_SITE).status_code == 303
    assert signed_in.get("/account").status_code == 303, "signed out"
    assert administrator.post("/admin/accounts/Administrator", data={"do": "disable"}, headers=SAME_SITE).status_code == 409
    assert administrator.post("/admin/accounts/nobody", data={"do": "out"}, headers=SAME_SITE).status_code == 400
    assert ("account.out", "tam") in {(line.action, line.subject) for line in application.trail.find()}
