"""What a configuration says about access: the key ``access`` of config.yaml. With it, nobody is let in without a session or a token."""

from __future__ import annotations

from datetime import timedelta
from ipaddress import ip_address

from pydantic import Field, field_validator, model_validator

from ioc.access.roles import Role, Roles, shipped_roles
from ioc.catalogue.model import Entry, Id, Text
from ioc.catalogue.schedule import Duration
from ioc.errors import Said, did_you_mean


class SessionSettings(Entry):
    """How long somebody stays signed in: without doing anything, and at most."""

    idle: Duration = Field(default=timedelta(hours=1), ge=timedelta(minutes=1))
    longest: Duration = Field(default=timedelta(hours=12), ge=timedelta(minutes=5))


class PasswordSettings(Entry):
    """What a password of a local account must be: so many letters, and none that is easily guessed."""

    shortest: int = Field(default=12, ge=8, le=128)


class OidcSettings(Entry):
    """A provider of identities (OpenID Connect): who signs in there may come in here, as the role that the groups say.

    ``groups`` names the claim that tells the groups; ``roles`` and ``units`` say, group by group, what its members are here. The first
    group of ``roles`` that somebody is in counts. Whoever is in none of them is not let in.
    """

    issuer: str
    client_id: str
    client_secret: str
    label: Text = Text(vi="Đăng nhập bằng tài khoản của cơ quan", en="Sign in with the organisation's account")
    scopes: str = "openid profile email"
    name: str = "preferred_username"
    groups: str = "groups"
    roles: dict[str, Id]
    units: dict[str, Id] = {}

    @field_validator("issuer")
    @classmethod
    def _an_address(cls, issuer: str) -> str:
        if not issuer.startswith(("https://", "http://127.0.0.1", "http://localhost")):
            raise ValueError(Said("write the provider's address with https://"))
        return issuer.rstrip("/")


class AccessSettings(Entry):
    """Who may come in, and as what. ``roles`` take the place of shipped ones of the same name; ``audit``: how long the trail is kept."""

    sessions: SessionSettings = SessionSettings()
    passwords: PasswordSettings = PasswordSettings()
    roles: dict[Id, Role] = {}
    oidc: OidcSettings | None = None
    audit: Duration = timedelta(days=5 * 365)

    def all_roles(self) -> Roles:
        """The shipped roles and those of this configuration."""
        return {**shipped_roles(), **self.roles}

    @model_validator(mode="after")
    def _known_roles(self) -> AccessSettings:
        known = self.all_roles()
        for group, role in (self.oidc.roles if self.oidc else {}).items():
            if role not in known:
                raise ValueError(
                    Said(
                        "group “{group}” is given the role “{role}”, which there is not. {offered}",
                        group=group,
                        role=role,
                        offered=did_you_mean(role, known),
                    )
                )
        return self


class TlsSettings(Entry):
    """The certificate (with its chain) and private key that pages are served with, as PEM files."""

    certificate: str
    key: str


def is_loopback(host: str) -> bool:
    """Whether a host is this machine."""
    try:
        return host == "localhost" or ip_address(host.partition("%")[0]).is_loopback
    except ValueError:
        return False
