"""Signing in and out of a closed deployment, as a browser does it."""

from __future__ import annotations

import http.client
import time
from collections.abc import Iterator
from datetime import timedelta
from typing import Any

import pyotp
import pytest

from ioc.access import gate
from ioc.access.entrance import SESSION_COOKIE
from ioc.access.proving import SecondFactor
from ioc.access.sessions import FULL
from ioc.access.tokens import Token
from ioc.access.trail import Sought
from ioc.app import Application
from ioc.clock import FrozenClock
from tests.access.journeys import CONFIG, PASSWORD, Person
from tests.api.serving import served
from tests.office import NOW

Site = tuple[Application, int]


@pytest.fixture(scope="module")
def site(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Site]:
    with served(tmp_path_factory.mktemp("closed"), CONFIG + "access: {}\n") as found:
        application = found[0]
        for name, role, unit in (("lan", "staff", "a"), ("an", "leader", None), ("quan", "administrator", None)):
            application.accounts.add(name, role, unit, PASSWORD, NOW, must_change=False)
        yield found


@pytest.fixture(autouse=True)
def often(site: Site) -> Iterator[None]:
    yield
    site[0].flask.extensions["limiter"].copy().pop().reset()


def noted(site: Site, action: str) -> list[Any]:
    return site[0].trail.find(Sought(action=action))


def test_nobody_comes_in_without_signing_in_and_then_where_they_wanted_to(site: Site) -> None:
    person = Person(site[1])
    status, _, headers = person.ask("/indicators/online_rate?period=week")
    assert (status, headers["Location"]) == (303, "/login?next=%2Findicators%2Fonline_rate%3Fperiod%3Dweek")
    status, body, _ = person.ask("/api/v1/targets")
    assert status == 401 and "title" in body and "online_rate" not in body
    assert person.ask("/live")[0] == 401 and person.ask("/wall/lobby")[0] == 401
    assert [person.ask(path)[0] for path in ("/healthz", "/login", "/assets/frame.css")] == [200] * 3
    status, _, headers = person.sign_in("lan", path="/login?next=/indicators/online_rate?period%3Dweek")
    assert (status, headers["Location"]) == (303, "/indicators/online_rate?period=week")
    cookie = headers["Set-Cookie"]
    assert "HttpOnly" in cookie and "SameSite=Lax" in cookie and "Path=/" in cookie
    assert person.ask("/indicators/online_rate?period=week")[0] == 200 and person.ask("/api/v1/targets")[0] == 200
    assert noted(site, "sign_in")[0].who == "lan" and noted(site, "sign_in")[0].address == "127.0.0.1"


@pytest.mark.parametrize("onward", ["//elsewhere", "https://elsewhere", "/\\elsewhere", "/login", "", "javascript:1"])
def test_the_way_on_stays_on_this_site(site: Site, onward: str) -> None:
    status, _, headers = Person(site[1]).sign_in("lan", path=f"/login?next={onward}")
    assert (status, headers["Location"]) == (303, "/")


def test_what_is_wrong_is_told_alike_whether_the_name_is_known_or_not(site: Site) -> None:
    told = [Person(site[1]).sign_in(name, "wrong") for name in ("lan", "nobody")]
    assert [status for status, _, _ in told] == [401, 401]
    assert told[0][1].replace('value="lan"', "") == told[1][1].replace('value="nobody"', "")
    assert "wrong" not in str([each.detail for each in noted(site, "sign_in")]).replace("sign_in_wrong", "")


def test_another_sites_page_signs_nobody_in_or_out(site: Site) -> None:
    person = Person(site[1])
    assert person.ask("/login", {"name": "lan", "password": PASSWORD}, **{"Sec-Fetch-Site": "cross-site"})[0] == 403
    person.sign_in("lan")
    assert person.ask("/logout", {}, Origin="http://elsewhere")[0] == 403 and person.ask("/")[0] == 200


def test_signing_out_here_and_everywhere(site: Site) -> None:
    here, there = Person(site[1]), Person(site[1])
    here.sign_in("lan")
    there.sign_in("lan")
    secret = next(iter(here.cookies)).value
    assert here.ask("/logout", {})[0] == 303 and there.ask("/")[0] == 200
    thief = Person(site[1], Cookie=f"ioc_session={secret}")
    assert thief.ask("/")[0] == 303, "what a browser had kept opens nothing any more"
    here.sign_in("lan")
    assert there.ask("/logout/everywhere", {})[0] == 303
    assert here.ask("/")[0] == 303 and there.ask("/")[0] == 303


def test_a_first_password_opens_only_the_way_to_another_one(site: Site) -> None:
    site[0].accounts.add("moi", "leader", None, PASSWORD, NOW)
    person = Person(site[1])
    status, _, headers = person.sign_in("moi")
    assert (status, headers["Location"]) == (303, "/account")
    assert person.ask("/")[0] == 303 and person.ask("/api/v1/targets")[0] == 403
    assert person.ask("/account/second", {})[0] == 403
    assert person.ask("/account/password", {"old": PASSWORD, "new": "ngắn", "again": "ngắn"})[0] == 400
    assert person.ask("/account/password", {"old": PASSWORD, "new": "một-câu-dễ-nhớ", "again": "một-câu-khác-hẳn"})[0] == 400
    assert person.ask("/account/password", {"old": "sai-mất-rồi", "new": "một-câu-dễ-nhớ", "again": "một-câu-dễ-nhớ"})[0] == 401
    assert person.ask("/account/password", {"old": PASSWORD, "new": "một-câu-dễ-nhớ", "again": "một-câu-dễ-nhớ"})[0] == 303
    assert person.ask("/")[0] == 200 and Person(site[1]).sign_in("moi")[0] == 401
    assert [each.who for each in noted(site, "account.password")] == ["moi"]


def test_a_second_factor_is_set_up_and_asked_for(site: Site) -> None:
    application, port = site
    application.accounts.add("hai", "leader", None, PASSWORD, NOW, must_change=False)
    person = Person(port)
    person.sign_in("hai")
    status, page, _ = person.ask("/account/second", {})
    secret = SecondFactor(application.accounts).pending("hai")
    assert status == 200 and "<svg" in page and secret and secret in page
    assert all(secret.encode() not in file.read_bytes() for file in application.config.data.iterdir() if file.is_file())
    assert person.ask("/account/second/confirm", {"code": "12"})[0] == 400
    assert person.ask("/account/second/confirm", {"code": pyotp.TOTP(secret).at(NOW)})[0] == 303
    again = Person(port)
    status, _, headers = again.sign_in("hai", path="/login?next=/milestones")
    assert (status, headers["Location"]) == (303, "/login?next=/milestones")
    assert again.ask("/milestones")[0] == 303, "the password alone opens nothing"
    assert 'name="code"' in again.ask("/login?next=/milestones")[1]
    assert again.ask("/login/code?next=/milestones", {"code": "000000"})[0] == 401
    code = pyotp.TOTP(secret).at(NOW + timedelta(seconds=30))
    status, _, headers = again.ask("/login/code?next=/milestones", {"code": code})
    assert (status, headers["Location"]) == (303, "/milestones") and again.ask("/milestones")[0] == 200
    status, page, _ = again.ask("/account/second?lang=en", {})
    assert status == 409 and "is on" in page and Person(port).sign_in("hai")[2]["Location"] == "/login", "not put out by a new one"
    assert again.ask("/account/second/end", {"old": PASSWORD})[0] == 303 and Person(port).sign_in("hai")[2]["Location"] == "/"


def test_an_account_greets_as_one_likes(site: Site) -> None:
    person = Person(site[1])
    person.sign_in("an")
    assert "Tổng quan" in person.ask("/account")[1]
    assert person.ask("/account/look", {"language": "en", "home": "/units/a"})[0] == 303
    assert 'lang="en"' in person.ask("/")[1] and 'lang="vi"' in person.ask("/?lang=vi")[1]
    assert Person(site[1]).sign_in("an")[2]["Location"] == "/units/a"
    assert person.ask("/account/look", {"language": "xx", "home": "//elsewhere"})[0] == 303
    assert Person(site[1]).sign_in("an")[2]["Location"] == "/" and 'lang="vi"' in person.ask("/")[1]


def test_whoever_tries_too_often_from_one_address_is_told_to_wait_and_others_are_answered_meanwhile(site: Site) -> None:
    person, began = Person(site[1]), time.process_time()
    elsewhere = {"Sec-Fetch-Site": "cross-site"}  # refused before a password is looked at: it has to be quick enough for a minute to hold
    told = [person.ask("/login", {"name": "x", "password": "x"}, **elsewhere)[0] for _ in range(75)]
    assert told[-1] == 429 and set(told) == {403, 429}
    assert person.ask("/healthz")[0] == 200
    assert person.sign_in("lan")[2]["Retry-After"]
    assert time.process_time() - began < 40


def test_a_program_that_asks_for_too_much_is_told_to_wait_and_others_are_answered_meanwhile(site: Site) -> None:
    application, _ = site
    tokens, client = application.entrance.tokens, application.flask.test_client()
    assert tokens
    busy, other = ({"Authorization": f"Bearer {tokens.issue(Token('', 'read', name, role='leader'), NOW)}"} for name in ("busy", "calm"))
    # An export that is refused before anything is drawn counts as well, and costs nothing.
    asked = [client.post("/api/v1/snapshots", json={"what": "nothing"}, headers=busy) for _ in range(61)]
    assert [answer.status_code for answer in asked] == [404] * 60 + [429]
    assert asked[-1].headers["Retry-After"] == "60" and asked[-1].get_json()["status"] == 429
    assert client.get("/api/v1/targets", headers=busy).status_code == 200, "what has another limit is answered"
    assert client.post("/api/v1/snapshots", json={"what": "nothing"}, headers=other).status_code == 404


def test_a_program_that_reads_the_api_too_often_is_told_to_wait(site: Site) -> None:
    application, _ = site
    tokens, client = application.entrance.tokens, application.flask.test_client()
    assert tokens
    busy, other = ({"Authorization": f"Bearer {tokens.issue(Token('', 'read', name, role='leader'), NOW)}"} for name in ("reads", "waits"))
    told = [client.get("/api/v1/indicators/nothing/notes", headers=busy).status_code for _ in range(1201)]
    assert told == [404] * 1200 + [429]
    assert client.get("/api/v1/version", headers=busy).status_code == 200, "what pages ask by themselves is not counted"
    assert client.get("/", headers=busy).status_code == 200 and client.get("/api/v1/targets", headers=other).status_code == 200


def test_a_session_has_ended_when_it_was_idle_too_long_or_has_lasted_long_enough(site: Site) -> None:
    application, clock = site[0], site[0].entrance.clock
    sessions = application.entrance.sessions
    assert sessions and isinstance(clock, FrozenClock)

    def status(secret: str, path: str = "/api/v1/targets") -> int:
        client = application.flask.test_client()
        client.set_cookie(SESSION_COOKIE, secret)
        return client.get(path).status_code

    try:
        secret = sessions.begin("lan", FULL, "", clock.now())
        clock.at = NOW + sessions.settings.idle - timedelta(seconds=1)
        assert status(secret, "/api/v1/version") == status(secret, "/_reload-hash") == 200, "which touch nothing"
        clock.at = NOW + sessions.settings.idle
        assert status(secret) == 401 and status(secret, "/") == 303
        clock.at, secret = NOW, sessions.begin("lan", FULL, "", NOW)
        while clock.at < NOW + sessions.settings.longest - sessions.settings.idle / 2:
            assert status(secret) == 200
            clock.at += sessions.settings.idle / 2
        clock.at = NOW + sessions.settings.longest
        assert status(secret) == 401, "however often somebody was there"
    finally:
        clock.at = NOW


def test_an_administrator_adds_and_disables_accounts_and_revokes_tokens(site: Site) -> None:
    application, port = site
    boss, staff = Person(port), Person(port)
    boss.sign_in("quan")
    status, page, _ = boss.ask("/admin/accounts?lang=en", {"name": "Bình", "role": "staff", "unit": "a"})
    assert status == 400 and "cannot be the name" in page
    assert boss.ask("/admin/accounts", {"name": "binh", "role": "staff", "unit": ""})[0] == 400, "staff need a unit"
    status, page, _ = boss.ask("/admin/accounts?lang=en", {"name": "binh", "role": "staff", "unit": "a"})
    first = page.split('ioc-secret">')[1].split("<")[0]
    assert status == 200 and staff.sign_in("binh", first)[2]["Location"] == "/account"
    assert boss.ask("/admin/accounts/binh", {"do": "disable"})[0] == 303
    assert staff.ask("/account")[0] == 303 and staff.sign_in("binh", first)[0] == 401
    assert boss.ask("/admin/accounts/quan", {"do": "disable"})[0] == 409, "not oneself"
    assert boss.ask("/admin/accounts/nobody", {"do": "disable"})[0] == 400
    assert boss.ask("/admin/accounts/binh", {"do": "enable"}, Origin="http://elsewhere")[0] == 403
    tokens = application.entrance.tokens
    assert tokens
    secret = tokens.issue(Token("", "read", "portal", role="leader"), NOW)
    reader = Person(port, Authorization=f"Bearer {secret}")
    assert reader.ask("/api/v1/targets")[0] == 200 and reader.ask("/admin")[0] == 403
    assert boss.ask("/admin/tokens/read/portal", {})[0] == 303 and reader.ask("/api/v1/targets")[0] == 401
    page = boss.ask("/admin/audit?lang=en&action=account")[1]
    assert "Added an account" in page and "account.add" in page, "in words, and by the name that is searched for"
    assert "account.disable" in page and "account.add" in page and first not in page
    status, csv, headers = boss.ask("/admin/audit.csv?who=quan")
    assert status == 200 and "account.disable" in csv and "attachment" in headers["Content-Disposition"]
    assert application.trail.verify().wrong is None


def test_a_token_of_a_feed_brings_records_to_that_feed_alone_until_it_is_revoked(site: Site) -> None:
    application, port = site
    tokens = application.entrance.tokens
    assert tokens
    mine, other = (tokens.issue(Token("", "feed", name, (name,)), NOW) for name in ("feed", "desk"))
    row = '[{"id": "H-1", "unit": "a", "received": "2026-11-02", "updated_at": "2026-11-02T08:00:00"}]'

    def bring(secret: str) -> int:
        connection = http.client.HTTPConnection("127.0.0.1", port, timeout=20)
        headers = {"Authorization": f"Bearer {secret}", "Content-Type": "application/json"}
        connection.request("POST", "/api/v1/feeds/feed/records", row.encode(), headers)
        answer = connection.getresponse()
        answer.read()
        connection.close()
        return answer.status

    assert [bring(secret) for secret in (mine, other, "wrong", "token-of-the-feed")] == [202, 403, 403, 202]
    tokens.revoke("feed", NOW)
    assert bring(mine) == 403


def test_an_open_stream_closes_when_whoever_opened_it_is_signed_out(site: Site, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(gate, "LOOKS_SECONDS", 0.1)
    person = Person(site[1])
    person.sign_in("lan")
    connection = http.client.HTTPConnection("127.0.0.1", site[1], timeout=20)
    connection.request("GET", "/live", headers={"Cookie": f"ioc_session={next(iter(person.cookies)).value}"})
    stream = connection.getresponse()
    assert stream.status == 200 and stream.readline().startswith(b"retry")
    application = site[0]
    assert application.entrance.sessions
    application.entrance.sessions.end_all("lan")
    assert b"version" not in stream.read(), "it has ended"
    connection.close()


def test_what_is_sent_is_bounded_and_every_answer_is_guarded(site: Site) -> None:
    person = Person(site[1])
    status, _, headers = person.ask("/login")
    policy = headers["Content-Security-Policy"]
    scripts = policy.split("script-src ")[1].split(";")[0]
    assert status == 200 and "unsafe" not in scripts and "http" not in policy and headers["X-Content-Type-Options"] == "nosniff"
    for path in ("/", "/api/v1/targets", "/live", "/wall/lobby/hall", "/nowhere", "/assets/frame.css"):
        assert person.ask(path)[2]["Content-Security-Policy"] == policy, path
    connection = http.client.HTTPConnection("127.0.0.1", site[1], timeout=20)
    connection.putrequest("POST", "/login")
    connection.putheader("Content-Length", str(9 * 2**20))
    connection.endheaders()
    try:
        for _ in range(9):
            connection.send(b"x" * 2**20)
        assert connection.getresponse().status == 413
    except (BrokenPipeError, ConnectionResetError):
        pass  # refused before all was sent
    finally:
        connection.close()
