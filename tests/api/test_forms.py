"""Figures that people type: checked at once, counted only when a second person has confirmed them, and never twice."""

from __future__ import annotations

import base64
import re
import urllib.error
import urllib.parse
import urllib.request
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import timedelta
from pathlib import Path

import pytest

from ioc.app import Application
from tests.api.serving import served
from tests.office import CATALOGUE, rows_of

CONFIG = f"""
catalogue: {CATALOGUE.name}
data: data
feeds:
  figures:
    kind: webform
    record: dossier
    label: {{vi: Số liệu tháng, en: Monthly figures}}
    options: {{people: {{lan: password-of-lan, minh: "file:minh.txt"}}}}
  portal: {{kind: push, record: staff, options: {{token: a-long-token}}}}
"""
GOOD = {"id": "m1", "unit": "a", "channel": "online", "received_at": "01/11/2026 08:00", "online": "yes", "score": "4", "fee": "12,5"}


class _NoRedirect(urllib.request.HTTPRedirectHandler):
    def redirect_request(self, *_: object) -> None:
        return None


@dataclass(frozen=True)
class Site:
    application: Application
    port: int

    def ask(
        self, path: str, person: str | None = "lan", typed: dict[str, str] | None = None, lang: str = "en", **headers: str
    ) -> tuple[int, str]:
        """Status and text of an answer; what is typed is posted."""
        passwords = {"lan": "password-of-lan", "minh": "password-of-minh", "wrong": "x"}
        sent = {name.replace("_", "-"): value for name, value in headers.items()}
        if person:
            sent["Authorization"] = "Basic " + base64.b64encode(f"{person}:{passwords[person]}".encode()).decode()
        body = urllib.parse.urlencode(typed).encode() if typed is not None else None
        request = urllib.request.Request(f"http://127.0.0.1:{self.port}{path}?lang={lang}", body, sent)
        try:
            with urllib.request.build_opener(_NoRedirect).open(request, timeout=20) as answer:
                return answer.status, answer.read().decode()
        except urllib.error.HTTPError as answer:
            return answer.code, answer.read().decode()


@pytest.fixture
def site(tmp_path: Path) -> Iterator[Site]:
    (tmp_path / "minh.txt").write_text("password-of-minh\n")
    with served(tmp_path, CONFIG) as (application, port):
        yield Site(application, port)


def records(site: Site) -> list[tuple[object, ...]]:
    return rows_of(site.application.store, "SELECT id, unit, fee FROM rec_dossier ORDER BY _since")


def test_what_is_typed_counts_once_another_has_confirmed_it(site: Site) -> None:
    assert site.ask("/forms/figures", "lan", GOOD)[0] == 303
    assert records(site) == []
    status, page = site.ask("/forms/figures", "minh")
    assert status == 200 and "Entered by lan" in page and "Room A" in page and "Confirm" in page
    assert site.ask("/forms/figures/1", "lan", {"decision": "confirm"})[0] == 409, "nobody confirms what they have entered"
    assert records(site) == []
    assert site.ask("/forms/figures/1", "minh", {"decision": "confirm"})[0] == 303
    ((key, unit, fee),) = records(site)
    assert (key, unit, str(fee)) == ("m1", "a", "12.500000")
    status, page = site.ask("/forms/figures/1", "minh", {"decision": "confirm"})
    assert status == 409 and "decided already" in page
    assert len(records(site)) == 1
    assert "Confirmed by minh" in site.ask("/forms/figures", "lan")[1]


def test_a_figure_that_is_entered_again_is_a_new_version(site: Site) -> None:
    for fee in ("10", "11"):
        site.application.store.clock.at += site.application.store.clock.at.resolution  # type: ignore[attr-defined]
        assert site.ask("/forms/figures", "lan", GOOD | {"fee": fee})[0] == 303
    for number in (2, 1):
        assert site.ask(f"/forms/figures/{number}", "minh", {"decision": "confirm"})[0] == 303
    current = rows_of(site.application.store, "SELECT fee FROM rec_dossier WHERE _until = (SELECT max(_until) FROM rec_dossier)")
    assert [str(fee) for (fee,) in current] == ["11.000000"], "what was entered last counts, whatever was confirmed last"


@pytest.mark.parametrize(
    ("change", "told"),
    [
        ({"unit": ""}, "Fill this in."),
        ({"unit": "nowhere"}, "Choose one of the list."),
        ({"score": "9"}, "This is too large."),
        ({"score": "four"}, "This cannot be read"),
        ({"fee": "1,234"}, "may mean thousands or decimals"),
        ({"fee": "1.234"}, "may mean thousands or decimals"),
        ({"fee": "1.23.4"}, "write it as the example shows. 12.5"),
        ({"received_at": "01/11/2030"}, "This lies in the future."),
        ({"due_at": "01/10/2026"}, "Due before received"),
        ({"id": "x" * 501}, "longer than 500"),
    ],
)
def test_what_is_wrong_is_told_beside_the_field_and_nothing_is_kept(site: Site, change: dict[str, str], told: str) -> None:
    status, page = site.ask("/forms/figures", "lan", GOOD | change)
    assert status == 400 and told in page
    assert all(value in page for value in (GOOD | change).values() if len(value) < 100 and value != "nowhere"), "what was typed stays"
    assert site.application.store.entries("figures", waiting=True) == []
    assert rows_of(site.application.store, "SELECT count(*) FROM quarantine") == [(0,)]


def test_an_entry_is_refused_with_a_reason_or_withdrawn(site: Site) -> None:
    site.ask("/forms/figures", "lan", GOOD)
    site.ask("/forms/figures", "lan", GOOD | {"id": "m2"})
    assert site.ask("/forms/figures/1", "minh", {"decision": "refuse", "note": "sai <b>tháng</b>"})[0] == 303
    assert site.ask("/forms/figures/2", "lan", {"decision": "refuse", "note": ""})[0] == 303
    page = site.ask("/forms/figures", "minh", lang="vi")[1]
    assert "minh từ chối" in page and "lan từ chối" in page
    assert "sai &lt;b&gt;tháng" in page, "what people type is text"
    assert records(site) == []


@pytest.mark.parametrize("person", [None, "wrong"])
@pytest.mark.parametrize("typed", [None, GOOD])
def test_nobody_comes_in_without_the_password(site: Site, person: str | None, typed: dict[str, str] | None) -> None:
    status, page = site.ask("/forms/figures", person, typed)
    assert status == 401 and "Sign in" in page
    assert site.ask("/forms/portal", "lan")[0] == 401 and site.ask("/forms/nothing", "lan")[0] == 401, "no name is told to strangers"
    assert site.application.store.entries("figures", waiting=True) == []


def test_what_another_site_sends_in_a_persons_name_is_not_taken(site: Site) -> None:
    assert site.ask("/forms/figures", "lan", GOOD, Sec_Fetch_Site="cross-site")[0] == 401
    assert site.ask("/forms/figures", "lan", GOOD, Sec_Fetch_Site="same-origin")[0] == 303


def test_what_is_no_field_of_the_form_is_not_kept(site: Site) -> None:
    site.ask("/forms/figures", "lan", GOOD | {"applicant": "Nguyễn Văn A", "updated_at": "2020-01-01", "_gone": "true"})
    (entry,) = site.application.store.entries("figures", waiting=True)
    assert set(entry.fields) == set(GOOD)


def test_the_page_asks_nobody_else_and_needs_no_script(site: Site) -> None:
    page = site.ask("/forms/figures")[1]
    assert "<script" not in page and not re.findall(r'(?:src|href)="(?:https?:)?//', page)
    assert page.count("<h1") == 1 and 'lang="en"' in page


def test_whoever_guesses_at_a_name_and_a_password_is_told_to_wait_and_nobody_else_is(site: Site) -> None:
    def tried(person: str, password: str, lang: str = "en") -> tuple[int, str, str | None]:
        header = "Basic " + base64.b64encode(f"{person}:{password}".encode()).decode()
        found = site.application.flask.test_client().get(f"/forms/figures?lang={lang}", headers={"Authorization": header})
        return found.status_code, found.get_data(as_text=True), found.headers.get("Retry-After")

    assert [tried("lan", f"wrong-{number}")[0] for number in range(4)] == [401] * 4
    assert tried("minh", "password-of-minh")[0] == 200, "who is right makes nobody forget the mistakes in another's name"
    assert [tried("lan", f"wrong-{number}")[0] for number in range(2)] == [401, 429]
    status, told, again = tried("lan", "password-of-lan")
    assert (status, again) == (429, "31") and "Try again in 31 seconds." in told, "no password is looked at"
    assert "Thử lại sau 31 giây." in tried("lan", "password-of-lan", "vi")[1]
    assert site.ask("/forms/figures/1", "lan", {"decision": "confirm"})[0] == 429
    assert tried("minh", "password-of-minh")[0] == 200, "nobody else is shut out"
    assert [tried("nobody", f"wrong-{number}")[0] for number in range(6)] == [401] * 5 + [429], "nor can it be told whose names are known"
    assert [tried(f"nobody-{number}", "wrong")[0] for number in range(6)] == [401] * 6
    lines = [line for line in site.application.trail.find() if line.action == "sign_in.refused"]
    assert [(line.subject, line.detail) for line in lines] == [("nobody", "form figures")] * 5 + [("lan", "form figures")] * 5
    site.application.store.clock.at += timedelta(seconds=31)  # type: ignore[attr-defined]
    assert tried("lan", "password-of-lan")[0] == 200


def test_a_form_tells_nothing_about_an_administrators_password(tmp_path: Path) -> None:
    (tmp_path / "minh.txt").write_text("password-of-minh\n")
    with served(tmp_path, CONFIG + "administrators: {An: correct-horse}\n") as (application, _):
        asked = [
            application.flask.test_client().get("/forms/figures", headers={"Authorization": "Basic " + base64.b64encode(said).decode()})
            for said in (b"An:correct-horse", b"An:wrong-horse")
        ]
    right, wrong = [(answer.status_code, answer.get_data(), dict(answer.headers)) for answer in asked]
    assert right == wrong and right[0] == 401
