"""Notes over the wire: whoever may writes one, it stands beside the trend and on it, and is in the audit trail; others' stay as they are."""

from __future__ import annotations

import http.client
import json
from collections.abc import Iterator
from datetime import date, timedelta
from pathlib import Path
from typing import Any
from urllib.parse import urlencode
from urllib.request import urlopen

import pytest

from callbacks.deferred import later
from ioc.access.viewer import Viewer
from ioc.app import Application
from ioc.errors import Refusal
from ioc.exports.collect import exhibit_of
from ioc.exports.subject import subject_of
from ioc.notes import Notes
from ioc.views.notes import Margin
from layouts.markup import still
from layouts.state import context_of
from tests.api.serving import served
from tests.api.test_arranging import OFFICE
from tests.office import put

PAGE = "/indicators/online_rate"
DAYS = {"from": "2026-11-10", "to": "2026-11-11"}


class Site:
    """A running application with a record in each of two months."""

    def __init__(self, app: Application, port: int) -> None:
        self.app, self.port = app, port
        self.margin = Margin(Notes(app.config.data), app.store.catalogue, app.store.clock, app.trail)

    def post(self, path: str, headers: dict[str, str] | None = None, **typed: str) -> tuple[int, str]:
        """Status of an answer, and where it leads or what it says."""
        connection = http.client.HTTPConnection("127.0.0.1", self.port, timeout=10)
        given = {"Content-Type": "application/x-www-form-urlencoded"} | (headers or {})
        connection.request("POST", path, urlencode({"back": f"{PAGE}?lang=en", **typed}), given)
        answer = connection.getresponse()
        said = answer.getheader("Location") or answer.read().decode()
        connection.close()
        return answer.status, said

    def get(self, path: str) -> Any:
        """What the API answers."""
        with urlopen(f"http://127.0.0.1:{self.port}{path}", timeout=10) as answer:
            return json.load(answer)

    def shown(self, query: str = "", viewer: Viewer | None = None, page: str = PAGE) -> tuple[str, str]:
        """The panels that come later, and what is marked on the trend."""
        context = context_of(page, f"lang=en&{query}", self.app.store.clock.now(), self.app.views.zone())
        panels, marks = later(self.app.views, context, viewer or Viewer("", "en", is_administrator=True), self.margin)
        return "".join(still(each) for each in panels), str(marks)


@pytest.fixture
def site(tmp_path: Path) -> Iterator[Site]:
    with served(tmp_path, OFFICE) as (app, port):
        now = app.store.clock.now()
        moments = [(now - timedelta(days=days)).strftime("%Y-%m-%d %H:%M:%S") for days in (1, 20, 40)]
        put(app.store, "dossier", [{"id": at, "unit": "a", "received_at": at, "online": True, "updated_at": at} for at in moments])
        yield Site(app, port)


def test_a_note_stands_beside_the_trend_and_on_it_and_in_the_audit_trail(site: Site) -> None:
    today = site.app.store.clock.now().date().isoformat()
    days = {"from": today, "to": today}
    status, leads = site.post("/notes", **days, indicator="online_rate", unit="", text="Down for <b>repair</b>")
    assert (status, leads) == (303, f"{PAGE}?lang=en#notes")
    panels, marks = site.shown()
    assert "Down for &lt;b&gt;repair&lt;/b&gt;" in panels and "<b>repair" not in panels
    assert "Down for &lt;b>repair" in marks and "triangle-up" in marks
    (note,) = Notes(site.app.config.data).about(("online_rate",), date(2000, 1, 1), date(2100, 1, 1))
    assert site.post(f"/notes/{note.id}/answers", text="Until noon")[0] == 303
    assert site.post(f"/notes/{note.id}", text="Down again")[0] == 303
    assert "Down again" in (found := site.shown()[0]) and "Until noon" in found and "changed" in found
    assert site.post(f"/notes/{note.id}/removal")[0] == 303
    assert "Down again" not in site.shown()[0]
    assert [line.action for line in site.app.trail.find()] == ["note.remove", "note.change", "note.answer", "note.write"]


def test_whoever_may_not_write_reads_alone(site: Site) -> None:
    site.margin.write(Viewer("an", is_administrator=True), "", "a", (date(2026, 11, 10), date(2026, 11, 11)), "of room a")
    query = "from=2026-11-01&to=2026-11-23"
    reader = site.shown(query, Viewer("binh", "en"))[0]
    assert "of room a" in reader and "Room A" in reader and "ioc-note-acts" not in reader and "ioc-note-new" not in reader
    assert "of room a" not in site.shown(query, Viewer("cuc", "en", scope="b"))[0], "a note on a unit outside of the viewer's"
    other = site.shown(query, Viewer("dung", "en", is_administrator=True))[0]
    assert "of room a" in other and "/removal" not in other


def test_whoever_sees_one_unit_writes_about_that_one_alone(site: Site) -> None:
    days = (date(2026, 11, 10), date(2026, 11, 11))
    notes = frozenset({"figures", "notes"})
    head, leader, lost = (Viewer(name, "en", scope, permissions=notes) for name, scope in (("head", "b"), ("chief", None), ("lost", "")))
    for viewer, unit in ((head, "a"), (head, ""), (lost, "a"), (lost, "")):
        with pytest.raises(Refusal) as refused:
            site.margin.write(viewer, "online_rate", unit, days, "beyond")
        assert (refused.value.fault, refused.value.status) == ("notes_beyond", 403)
    site.margin.write(leader, "online_rate", "a", days, "of room a")
    site.margin.write(leader, "online_rate", "", days, "of all")
    site.margin.write(head, "online_rate", "b", days, "of room b")
    whole, room_a, room_b = (f"from=2026-11-01&to=2026-11-23{where}" for where in ("", "&where=unit:a", "&where=unit:b"))
    mine = site.shown(whole, head)[0]
    assert "of all" in mine and "of room b" in mine and "of room a" not in mine
    assert 'name="unit" value="b"' in mine and "About: Room B" in mine, "on the page of all it is about the own unit"
    other = site.shown(room_a, head)[0]
    assert "of room a" not in other and "of all" in other and "ioc-note-new" not in other
    assert "ioc-note-new" in site.shown(room_b, head)[0] and "ioc-note-new" not in site.shown(whole, lost)[0]
    of = {each.text: each.id for each in Notes(site.app.config.data).about(("online_rate",), *days)}
    site.margin.answer(head, of["of all"], "seen")
    with pytest.raises(Refusal) as gone:
        site.margin.answer(head, of["of room a"], "unseen")
    assert gone.value.fault == "note_gone"
    found = site.get("/api/v1/indicators/online_rate/notes?from=2026-11-01&where=unit=a")["notes"]
    assert [(each["text"], each["unit"], len(each["answers"])) for each in found] == [("of all", None, 1), ("of room a", "Phòng A", 0)]
    assert site.get("/api/v1/indicators/online_rate/notes?to=2026-11-01")["notes"] == []


def test_notes_stand_on_units_and_screens_too_and_in_their_exports(site: Site) -> None:
    today, chief = site.app.store.clock.now().date(), Viewer("chief", "en", permissions=frozenset({"figures", "notes"}))
    for indicator, unit, text in (("online_rate", "a", "on room a"), ("", "b", "on room b"), ("online_rate", "", "on all")):
        site.margin.write(chief, indicator, unit, (today, today), text)
    on_a, on_screen = site.shown(viewer=chief, page="/units/a")[0], site.shown(viewer=chief, page="/screens/hall")[0]
    assert "on room a" in on_a and "on all" in on_a and "on room b" not in on_a
    assert 'name="unit" value="a"' in on_a and '<option value="">every indicator' in on_a and '<option value="online_rate">' in on_a
    assert all(text in on_screen for text in ("on room a", "on room b", "on all")) and "Fully online" in on_screen
    head = Viewer("head", "en", "b", permissions=frozenset({"figures", "notes"}))
    assert "on room a" not in site.shown(viewer=head, page="/screens/hall")[0]
    assert "ioc-note-new" not in site.shown(viewer=head, page="/units/a")[0]
    for page in ("units/a", "screens/hall"):
        found = exhibit_of(site.app.views, chief, subject_of(page, ("hall",), ("online_rate",)))
        noted = found.parts[-1]
        assert noted.id == "notes" and "on room a" in str(noted) and len(found.notes) == len(noted.tables[0].rows)


@pytest.mark.parametrize(
    ("typed", "status", "said"),
    [
        ({"text": ""}, 400, "has no text"),
        ({"text": "x", "from": "2026-11-12", "to": "2026-11-11"}, 400, "first and a last day"),
        ({"text": "x", "from": "soon"}, 400, "soon"),
        ({"text": "x", "indicator": "online_rat"}, 400, "online_rate"),
    ],
)
def test_what_is_no_note_is_told_with_the_way_back(site: Site, typed: dict[str, str], status: int, said: str) -> None:
    found, page = site.post("/notes?lang=en", **{**DAYS, "indicator": "online_rate", "unit": "", **typed})
    assert found == status and said in page and f'href="{PAGE}?lang=en"' in page


def test_another_site_writes_nothing_and_leads_nowhere(site: Site) -> None:
    typed = {**DAYS, "indicator": "online_rate", "unit": "", "text": "x"}
    assert site.post("/notes", {"Sec-Fetch-Site": "cross-site"}, **typed)[0] == 403
    for back in ("//elsewhere.example/", "/\\elsewhere.example/"):
        assert site.post("/notes", **typed, back=back)[1] == "/#notes"
