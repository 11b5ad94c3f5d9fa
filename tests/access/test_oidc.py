"""Signing in with the organisation's account, at a real provider of identities on this machine."""

from __future__ import annotations

import socket
from collections.abc import Iterator
from typing import Any

import pytest
from joserfc.jwk import RSAKey

from ioc.app import Application
from tests.access.journeys import CONFIG, PASSWORD, Person
from tests.access.provider import SECRET, Provider, provided
from tests.api.serving import served
from tests.office import NOW

ACCESS = """
access:
  oidc:
    issuer: http://127.0.0.1:{port}
    client_id: ioc
    client_secret: {secret}
    roles: {{heads-a: department_head}}
    units: {{heads-a: a}}
"""
SOON = {"iat": int(NOW.timestamp()), "exp": int(NOW.timestamp()) + 300}
Site = tuple[Application, int, Provider]


@pytest.fixture(scope="module")
def site(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Site]:
    with pytest.MonkeyPatch.context() as patch, socket.socket() as probe:
        patch.setenv("AUTHLIB_INSECURE_TRANSPORT", "1")  # the provider is on this machine
        probe.bind(("127.0.0.1", 0))
        port = int(probe.getsockname()[1])
        probe.close()
        with provided(port) as provider:
            provider.claims = dict(SOON)
            config = CONFIG + ACCESS.format(port=port, secret=SECRET)
            with served(tmp_path_factory.mktemp("oidc"), config) as (application, ours):
                yield application, ours, provider


@pytest.fixture(autouse=True)
def as_it_was(site: Site) -> Iterator[None]:
    yield
    provider = site[2]
    provider.claims, provider.who, provider.signing = dict(SOON), "mai", provider.key


def through(site: Site, person: Person, onward: str = "/milestones") -> tuple[int, str, Any]:
    """The whole way: to the provider and back."""
    status, _, headers = person.ask(f"/login/oidc?next={onward}")
    assert status == 303
    status, body, headers = person.ask(headers["Location"])
    assert status == 302, body
    return person.ask(headers["Location"])


def test_whoever_the_provider_vouches_for_comes_in_as_the_groups_say(site: Site) -> None:
    application, port, _ = site
    person = Person(port)
    assert "/login/oidc" in person.ask("/login")[1]
    status, _, headers = through(site, person)
    assert (status, headers["Location"]) == (303, "/milestones") and person.ask("/milestones")[0] == 200
    found = application.accounts.named("mai")
    assert found and (found.role, found.unit, found.source, found.label) == ("department_head", "a", "oidc", "Mai")
    assert person.ask("/admin")[0] == 403
    assert person.ask("/account/password", {"old": "x", "new": PASSWORD, "again": PASSWORD})[0] == 409, "it is kept elsewhere"
    assert Person(port).sign_in("mai", "")[0] == 401 and Person(port).sign_in("mai", PASSWORD)[0] == 401
    application.accounts.disable("mai", NOW)
    assert person.ask("/milestones")[0] == 303 and through(site, Person(port))[0] == 401
    application.accounts.disable("mai", None)


def test_whoever_is_in_no_group_with_a_role_stays_outside(site: Site) -> None:
    site[2].who = "tam"
    person = Person(site[1])
    assert through(site, person)[0] == 403 and person.ask("/milestones")[0] == 303
    assert site[0].accounts.named("tam") is None


@pytest.mark.parametrize(
    "claims",
    [{"iss": "http://elsewhere"}, {"aud": "another"}, {"nonce": "another"}, {"exp": SOON["iat"] - 120}, {"iat": SOON["iat"] + 600}],
    ids=["another issuer", "for another", "of another sign-in", "over", "not yet"],
)
def test_a_word_that_does_not_fit_is_not_believed(site: Site, claims: dict[str, Any]) -> None:
    site[2].claims = SOON | claims
    person = Person(site[1])
    assert through(site, person)[0] == 502 and person.ask("/milestones")[0] == 303


def test_a_word_that_another_key_signed_is_not_believed(site: Site) -> None:
    site[2].signing = RSAKey.generate_key(2048, parameters={"kid": "one"})
    assert through(site, Person(site[1]))[0] == 502


def test_an_answer_counts_once_and_only_in_the_browser_that_asked(site: Site) -> None:
    person, thief = Person(site[1]), Person(site[1])
    _, _, headers = person.ask("/login/oidc")
    _, _, headers = person.ask(headers["Location"])
    back = headers["Location"]
    assert thief.ask(back)[0] == 400
    assert person.ask(back)[0] == 303 and person.ask(back)[0] == 400
    assert person.ask("/login/oidc/done?state=x&code=y")[0] == 400 and person.ask("/login/oidc/done")[0] == 400


def test_a_local_account_is_not_taken_over_by_one_of_the_same_name(site: Site) -> None:
    site[0].accounts.ledger.rows("SELECT 1")
    with site[0].accounts.ledger.writing() as connection:
        connection.execute("DELETE FROM account WHERE name = 'mai'")
    site[0].accounts.add("mai", "administrator", None, PASSWORD, NOW)
    assert through(site, Person(site[1]))[0] == 409
    found = site[0].accounts.named("mai")
    assert found and found.source == "local"
