"""Accounts and sessions: guessing is slow and cheap, what is kept opens nothing, and whoever is out is out at once."""

from __future__ import annotations

import time
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pyotp
import pytest

from ioc.access.accounts import Accounts, open_ledger
from ioc.access.proving import AT_A_TIME, FREE, Proving, SecondFactor
from ioc.access.sessions import FULL, HALF, Sessions
from ioc.access.settings import SessionSettings
from ioc.access.tokens import Token, Tokens
from ioc.errors import Refusal, UnknownName

NOW = datetime(2026, 11, 23, 5, 0, tzinfo=UTC)
PASSWORD = "bốn-mùa-hoa-nở"
MINUTE = timedelta(minutes=1)


@pytest.fixture
def accounts(tmp_path: Path) -> Accounts:
    found = Accounts(open_ledger(tmp_path))
    found.add("Lan", "staff", "vp", PASSWORD, NOW)
    return found


def fault(proving: Proving, name: str, password: str, now: datetime = NOW) -> str:
    with pytest.raises(Refusal) as refused:
        proving.password(name, password, now)
    return refused.value.fault


def test_the_right_password_lets_in_and_nothing_that_is_kept_does(accounts: Accounts, tmp_path: Path) -> None:
    proving = Proving(accounts)
    found = proving.password(" LAN ", PASSWORD, NOW)
    assert (found.name, found.role, found.unit, found.must_change) == ("lan", "staff", "vp", True)
    kept = accounts.password("lan") or ""
    assert kept.startswith("$argon2id$")
    assert [fault(proving, "lan", each) for each in (kept, "", PASSWORD.upper())] == ["sign_in_wrong"] * 3
    assert all(PASSWORD.encode() not in file.read_bytes() and file.stat().st_mode & 0o077 == 0 for file in tmp_path.iterdir())


@pytest.mark.parametrize("name", ["lan", "nobody"])
def test_a_name_is_shut_for_longer_and_longer_whether_it_is_known_or_not(accounts: Accounts, name: str) -> None:
    proving, now = Proving(accounts), NOW
    assert [fault(proving, name, "wrong", now) for _ in range(FREE)] == ["sign_in_wrong"] * FREE
    waits = []
    for _ in range(3):
        with pytest.raises(Refusal) as refused:
            proving.password(name, PASSWORD, now)
        assert refused.value.fault == "sign_in_shut" and refused.value.status == 429
        waits.append(refused.value.values["seconds"])
        now += timedelta(seconds=int(str(waits[-1])))
        assert fault(proving, name, "wrong", now) == "sign_in_wrong"
    assert waits == sorted(waits) and waits[0] < waits[-1] <= 15 * 60
    later = now + timedelta(minutes=15)
    if name == "lan":
        assert proving.password(name, PASSWORD, later).name == "lan"
        assert fault(proving, name, "wrong", later) == "sign_in_wrong", "after the right one, mistakes count anew"


@pytest.mark.usefixtures("thorough_passwords")
def test_guessing_at_a_name_that_is_shut_costs_next_to_nothing(accounts: Accounts) -> None:
    proving = Proving(accounts)
    accounts.change("lan", "một-mật-ngữ-khác", NOW)
    assert "m=65536,t=3," in (accounts.password("lan") or ""), "as RFC 9106 advises"
    one = time.process_time()
    fault(proving, "lan", "wrong")
    one = time.process_time() - one
    for _ in range(FREE - 1):
        fault(proving, "lan", "wrong")
    many = time.process_time()
    for _ in range(200):
        assert fault(proving, "lan", "wrong") == "sign_in_shut"
    assert (time.process_time() - many) / 200 < one / 10


def test_so_many_passwords_are_looked_at_at_a_time_and_nobody_waits(accounts: Accounts) -> None:
    proving = Proving(accounts)
    for _ in range(AT_A_TIME):
        proving._places.acquire()
    assert fault(proving, "lan", PASSWORD) == "sign_in_busy"
    proving._places.release()
    assert proving.password("lan", PASSWORD, NOW).name == "lan"


@pytest.mark.parametrize(
    ("password", "why"),
    [
        ("short", "password_short"),
        ("x" * 300, "password_long"),
        ("abababababab", "password_simple"),
        ("MatKhau-2026-moi", "password_guessed"),
    ],
)
def test_weak_passwords_are_refused(accounts: Accounts, password: str, why: str) -> None:
    for act in (lambda: accounts.add("minh", "staff", None, password, NOW), lambda: accounts.change("lan", password, NOW)):
        with pytest.raises(Refusal) as refused:
            act()
        assert refused.value.fault == why
    with pytest.raises(Refusal) as refused:
        accounts.change("lan", "xin-chào-Lan-2026", NOW)
    assert refused.value.fault == "password_guessed", "a name is no password"


def test_names_are_told_when_taken_wrong_or_unknown(accounts: Accounts) -> None:
    for name, why in (("LAN", "account_known"), ("lan nguyen", "account_name"), ("", "account_name")):
        with pytest.raises(Refusal) as refused:
            accounts.add(name, "staff", None, PASSWORD, NOW)
        assert refused.value.fault == why
    with pytest.raises(UnknownName):
        accounts.disable("lam", NOW)


def test_a_session_ends_by_idling_by_age_and_by_signing_out(accounts: Accounts) -> None:
    sessions = Sessions(accounts, SessionSettings(idle=30 * MINUTE, longest=120 * MINUTE))
    secret = sessions.begin("lan", FULL, "10.0.0.7", NOW)
    assert sessions.of(secret, NOW) and not sessions.of(secret + "x", NOW) and not sessions.of(None, NOW) and not sessions.of("", NOW)
    assert sessions.of(secret, NOW + 29 * MINUTE) and not sessions.of(secret, NOW + 30 * MINUTE), "looking is no use"
    now = NOW
    while now < NOW + 110 * MINUTE:
        now += 10 * MINUTE
        assert sessions.of(secret, now, touch=True)
    assert not sessions.of(secret, NOW + 120 * MINUTE, touch=True), "however busy"
    other = sessions.begin("lan", FULL, "", NOW)
    sessions.end(other)
    assert not sessions.of(other, NOW)


def test_signing_in_gives_another_secret_and_the_one_before_is_void(accounts: Accounts) -> None:
    sessions = Sessions(accounts)
    half = sessions.begin("lan", HALF, "", NOW)
    full = sessions.begin("lan", FULL, "", NOW, instead_of=half)
    assert half != full and sessions.of(half, NOW) is None and sessions.of(full, NOW)
    assert sessions.of(sessions.begin("lan", HALF, "", NOW), NOW + 6 * MINUTE) is None, "half a sign-in does not wait for long"


def test_what_another_process_does_counts_at_once(accounts: Accounts, tmp_path: Path) -> None:
    sessions, beside = Sessions(accounts), Accounts(open_ledger(tmp_path))
    secrets = [sessions.begin("lan", FULL, "", NOW) for _ in range(3)]
    assert all(sessions.of(each, NOW) for each in secrets) and sessions.count("lan", NOW) == 3
    beside.disable("lan", NOW)
    assert not any(sessions.of(each, NOW) for each in secrets)
    assert fault(Proving(accounts), "lan", PASSWORD) == "sign_in_wrong"
    beside.disable("lan", None)
    again = sessions.begin("lan", FULL, "", NOW)
    beside.change("lan", "một-mật-ngữ-khác", NOW)
    assert not sessions.of(again, NOW), "another password ends every session"
    last = sessions.begin("lan", FULL, "", NOW)
    assert sessions.end_all("lan") == 1 and not sessions.of(last, NOW)


def test_a_code_is_asked_for_once_it_was_shown_and_counts_once(accounts: Accounts) -> None:
    proving, second = Proving(accounts), SecondFactor(accounts)
    secret = second.begin("lan")
    totp = pyotp.TOTP(secret)
    assert not proving.password("lan", PASSWORD, NOW).second, "as long as no code was shown"
    with pytest.raises(Refusal):
        second.confirm("lan", "000000" if totp.at(NOW) != "000000" else "000001", NOW)
    second.confirm("lan", totp.at(NOW), NOW)
    account = proving.password("lan", PASSWORD, NOW)
    assert account.second and second.pending("lan") is None
    with pytest.raises(Refusal):
        proving.code(account, totp.at(NOW), NOW)  # it was used when it was shown
    later = NOW + timedelta(seconds=60)
    proving.code(account, totp.at(later), later)
    with pytest.raises(Refusal):
        proving.code(account, totp.at(later), later)
    with pytest.raises(Refusal):
        proving.code(account, totp.at(later), later + timedelta(minutes=5))
    second.end("lan")
    assert not proving.password("lan", PASSWORD, later).second


def test_the_secret_of_a_second_factor_is_kept_shut_under_a_key_of_the_installation(accounts: Accounts, tmp_path: Path) -> None:
    secret = SecondFactor(accounts).begin("lan")
    assert (tmp_path / "access.key").stat().st_mode & 0o777 == 0o600
    with accounts.ledger.writing() as connection:  # as a release before has kept it
        connection.execute("UPDATE account SET second = ? WHERE name = 'lan'", (secret,))
    again = SecondFactor(accounts)
    assert again.pending("lan") == secret
    assert all(secret.encode() not in file.read_bytes() for file in tmp_path.iterdir())
    again.confirm("lan", pyotp.TOTP(secret).at(NOW), NOW)
    (tmp_path / "access.key").unlink()  # as after a restore from a backup that holds no key
    account, later = Proving(accounts).password("lan", PASSWORD, NOW), NOW + MINUTE
    with pytest.raises(Refusal):
        Proving(accounts).code(account, pyotp.TOTP(secret).at(later), later)
    again.end("lan")
    assert not Proving(accounts).password("lan", PASSWORD, later).second, "an administrator has it set up anew"


def test_codes_cannot_be_guessed(accounts: Accounts) -> None:
    proving, second = Proving(accounts), SecondFactor(accounts)
    secret = second.begin("lan")
    second.confirm("lan", pyotp.TOTP(secret).at(NOW), NOW)
    account, faults = proving.password("lan", PASSWORD, NOW), []
    for number in range(FREE + 2):
        with pytest.raises(Refusal) as refused:
            proving.code(account, f"{number:06}", NOW + timedelta(minutes=2))
        faults.append(refused.value.fault)
    assert faults == ["code_wrong"] * FREE + ["sign_in_shut"] * 2


def test_a_token_is_of_a_kind_bound_and_ends(accounts: Accounts, tmp_path: Path) -> None:
    tokens, beside = Tokens(accounts.ledger), Tokens(open_ledger(tmp_path))
    secret = beside.issue(Token("", "feed", "portal", ("dvc",), ends_at=(NOW + MINUTE).isoformat()), NOW)
    found = tokens.of(secret, "feed", NOW)
    assert found and found.reaches("dvc") and not found.reaches("other")
    assert tokens.of(secret, "wall", NOW) is None and tokens.of(secret, "feed", NOW + MINUTE) is None
    with pytest.raises(Refusal):
        tokens.issue(Token("", "feed", "portal"), NOW)
    beside.revoke("portal", NOW)
    assert tokens.of(secret, "feed", NOW) is None
    assert tokens.of(tokens.issue(Token("", "feed", "portal"), NOW), "feed", NOW)
    assert all(secret.encode() not in file.read_bytes() for file in tmp_path.iterdir())
