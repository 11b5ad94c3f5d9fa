"""Signs people in and out: what a name, a password and a code lead to. Whatever happens here is written into the audit trail."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime

from ioc.access.accounts import DEMO, LOCAL, TOLD, Account, Accounts
from ioc.access.entrance import Entrance
from ioc.access.oidc import Provider, Told
from ioc.access.proving import Proving, SecondFactor
from ioc.access.sessions import CHANGE, FULL, HALF, Session, Sessions
from ioc.access.settings import OidcSettings
from ioc.access.trail import AuditTrail
from ioc.access.viewer import Viewer
from ioc.errors import Refusal


@dataclass(frozen=True)
class Outcome:
    """What a step of signing in led to: the secret of a session, of which kind, and whose."""

    secret: str
    kind: str
    account: Account


@dataclass(frozen=True)
class Reception:
    """Where people sign in.

    Attributes:
        entrance: tells who asks afterwards.
        accounts, sessions: where they are.
        proving, second: look at passwords and codes.
        trail: where it is written down.
        provider: signs in people of the organisation; None is without one.
    """

    entrance: Entrance
    accounts: Accounts
    sessions: Sessions
    proving: Proving
    second: SecondFactor
    trail: AuditTrail
    provider: Provider | None = None

    def _now(self) -> datetime:
        return self.entrance.clock.now()

    def sign_in(self, name: str, password: str, address: str, instead_of: str | None) -> Outcome:
        """What a name and a password lead to. Raises Refusal."""
        try:
            account = self.proving.password(name, password, self._now())
            if not self.entrance.demo and account.source == DEMO:
                raise Refusal("sign_in_wrong", 401)
        except Refusal as error:
            self._refused(name, error, address)
            raise
        return self._begin(account, HALF if account.second else _whole(account), address, instead_of)

    def code(self, session: Session, secret: str, code: str, address: str) -> Outcome:
        """What a code leads to, after the right password. Raises Refusal."""
        try:
            self.proving.code(session.account, code, self._now())
        except Refusal as error:
            self._refused(session.account.name, error, address)
            raise
        return self._begin(session.account, _whole(session.account), address, secret)

    def told(self, told: Told, settings: OidcSettings, address: str, instead_of: str | None) -> Outcome:
        """What a provider's word leads to. Raises Refusal for whoever is in no group that has a role."""
        role = next((role for group, role in settings.roles.items() if group in told.groups), None)
        unit = next((unit for group, unit in settings.units.items() if group in told.groups), None)
        try:
            if role is None:
                raise Refusal("sign_in_no_role", 403)
            self.accounts.put(told.name, told.label, role, unit, TOLD, None, self._now())
            account = self.accounts.named(told.name)
            if account is None or account.disabled_at:
                raise Refusal("sign_in_wrong", 401)
        except Refusal as error:
            self._refused(told.name, error, address)
            raise
        return self._begin(account, FULL, address, instead_of)

    def sign_out(self, secret: str, viewer: Viewer) -> None:
        """End a session."""
        self.sessions.end(secret)
        self.trail.note(viewer, "sign_out", viewer.name)

    def sign_out_everywhere(self, viewer: Viewer) -> None:
        """End every session of somebody."""
        ended = self.sessions.end_all(viewer.name)
        self.trail.note(viewer, "sign_out.everywhere", viewer.name, {"sessions": ended})

    def change_password(self, account: Account, old: str, new: str, viewer: Viewer) -> Outcome:
        """Another password, for whoever knows the old one; every session ends, and a new one begins. Raises Refusal."""
        if account.source != LOCAL:
            raise Refusal("account_elsewhere", name=account.name)
        self.proving.password(account.name, old, self._now())
        if old == new:
            raise Refusal("password_same", 400)
        self.accounts.change(account.name, new, self._now())
        self.trail.note(viewer, "account.password", account.name)
        return self._begin(account, FULL, viewer.address, None)

    def _begin(self, account: Account, kind: str, address: str, instead_of: str | None) -> Outcome:
        secret = self.sessions.begin(account.name, kind, address, self._now(), instead_of)
        if kind != HALF:
            self.trail.note(Viewer(account.name, role=account.role, address=address), "sign_in", account.name)
        return Outcome(secret, kind, account)

    def _refused(self, name: str, error: Refusal, address: str) -> None:
        # What was shut or busy is not written down: whoever guesses a million times fills no disk.
        if error.status != 429:
            self.trail.note(Viewer("", address=address), "sign_in.refused", name[:64], error.fault)


def _whole(account: Account) -> str:
    return CHANGE if account.must_change else FULL
