"""Accounts of this deployment: who may sign in, as which role, and how it is proved. Commands change them beside a running server."""

from __future__ import annotations

import re
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path

from ioc.access.hashing import hashed, weakness
from ioc.errors import Refusal, UnknownName
from ioc.ledger import Ledger, Row

FILE = "access.sqlite"
STEPS = (
    """
    CREATE TABLE account (
        name TEXT PRIMARY KEY, label TEXT NOT NULL, role TEXT NOT NULL, unit TEXT, source TEXT NOT NULL, password TEXT,
        must_change INTEGER NOT NULL DEFAULT 0, disabled_at TEXT, language TEXT, home TEXT,
        second TEXT, second_since TEXT, second_last INTEGER NOT NULL DEFAULT 0, failed INTEGER NOT NULL DEFAULT 0, shut_until TEXT,
        made_at TEXT NOT NULL, changed_at TEXT NOT NULL, seen_at TEXT
    );
    CREATE TABLE session (
        hash TEXT PRIMARY KEY, account TEXT NOT NULL REFERENCES account (name) ON DELETE CASCADE, kind TEXT NOT NULL,
        made_at TEXT NOT NULL, seen_at TEXT NOT NULL, ends_at TEXT NOT NULL, address TEXT NOT NULL
    );
    CREATE INDEX session_of ON session (account);
    CREATE TABLE token (
        hash TEXT PRIMARY KEY, kind TEXT NOT NULL, name TEXT NOT NULL, bound_to TEXT NOT NULL, role TEXT, unit TEXT,
        made_by TEXT NOT NULL, made_at TEXT NOT NULL, ends_at TEXT, revoked_at TEXT
    );
    CREATE UNIQUE INDEX token_in_force ON token (kind, name) WHERE revoked_at IS NULL
    """,
)
# A name as people type it: small letters, digits, and what stands in addresses of mail.
NAME = re.compile(r"[a-z0-9][a-z0-9._@-]{0,63}")
# Where an account comes from: kept here, told by a provider of identities, or made for a demonstration.
LOCAL, TOLD, DEMO = "local", "oidc", "demo"


@dataclass(frozen=True)
class Account:
    """One account. ``second`` tells whether a second factor is asked for."""

    name: str
    label: str
    role: str
    unit: str | None
    source: str
    must_change: bool
    disabled_at: str | None
    language: str | None
    home: str | None
    second: bool
    shut_until: str | None
    made_at: str
    seen_at: str | None


def open_ledger(folder: Path) -> Ledger:
    """The file of accounts, sessions and tokens in a data folder."""
    return Ledger(folder / FILE, STEPS)


class Accounts:
    """All accounts.

    Args:
        ledger: where they are kept.
        shortest: how many letters a password must have.
    """

    def __init__(self, ledger: Ledger, shortest: int = 12) -> None:
        self.ledger, self._shortest = ledger, shortest

    def all(self) -> tuple[Account, ...]:
        """Every account, by name. Raises StoreError."""
        return tuple(map(_account, self.ledger.rows("SELECT * FROM account ORDER BY name")))

    def named(self, name: str) -> Account | None:
        """The account of a name."""
        found = self.ledger.rows("SELECT * FROM account WHERE name = ?", (name.strip().lower(),))
        return _account(found[0]) if found else None

    def add(
        self, name: str, role: str, unit: str | None, password: str, now: datetime, *, label: str = "", must_change: bool = True
    ) -> None:
        """A new local account. Raises Refusal for a name that is taken or is none, and for a weak password."""
        name = name.strip().lower()
        if not NAME.fullmatch(name):
            raise Refusal("account_name", 400, name=name)
        self._check(password, name)
        at = now.isoformat()
        with self.ledger.writing() as connection:
            if connection.execute("SELECT 1 FROM account WHERE name = ? AND source <> ?", (name, DEMO)).fetchone():
                raise Refusal("account_known", name=name)
            connection.execute("DELETE FROM account WHERE name = ?", (name,))
            columns = "name, label, role, unit, source, password, must_change, made_at, changed_at"
            sql = f"INSERT INTO account ({columns}) VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?)"
            connection.execute(sql, (name, label or name, role, unit, LOCAL, hashed(password), must_change, at, at))

    def put(self, name: str, label: str, role: str, unit: str | None, source: str, kept: str | None, now: datetime) -> None:
        """An account that somebody else vouches for, made or brought up to date. Raises Refusal if a local one has that name."""
        name, at = name.strip().lower(), now.isoformat()
        if not NAME.fullmatch(name):
            raise Refusal("account_name", 400, name=name)
        with self.ledger.writing() as connection:
            known = connection.execute("SELECT source, role, unit FROM account WHERE name = ?", (name,)).fetchone()
            if known and known["source"] != source:
                raise Refusal("account_known", name=name)
            if known and (known["role"], known["unit"]) != (role, unit):  # open sessions would keep the old rights otherwise
                connection.execute("DELETE FROM session WHERE account = ?", (name,))
            connection.execute(
                "INSERT INTO account (name, label, role, unit, source, password, made_at, changed_at) VALUES (?, ?, ?, ?, ?, ?, ?, ?) "
                "ON CONFLICT (name) DO UPDATE SET label = excluded.label, role = excluded.role, unit = excluded.unit, "
                "password = excluded.password, changed_at = excluded.changed_at, failed = 0, shut_until = NULL",
                (name, label or name, role, unit, source, kept, at, at),
            )

    def change(self, name: str, password: str, now: datetime, *, must_change: bool = False) -> None:
        """Another password; every session of the account ends. Raises Refusal for a weak one, UnknownName."""
        found = self.known(name)
        if found.source != LOCAL:
            raise Refusal("account_elsewhere", name=found.name)
        self._check(password, found.name)
        sql = "UPDATE account SET password = ?, must_change = ?, failed = 0, shut_until = NULL, changed_at = ? WHERE name = ?"
        with self.ledger.writing() as connection:
            connection.execute(sql, (hashed(password), must_change, now.isoformat(), found.name))
            connection.execute("DELETE FROM session WHERE account = ?", (found.name,))

    def disable(self, name: str, now: datetime | None) -> None:
        """Let an account in no more, or with None again; its sessions end. Raises UnknownName."""
        found = self.known(name)
        with self.ledger.writing() as connection:
            connection.execute("UPDATE account SET disabled_at = ? WHERE name = ?", (now.isoformat() if now else None, found.name))
            connection.execute("DELETE FROM session WHERE account = ?", (found.name,))

    def set_role(self, name: str, role: str, unit: str | None) -> None:
        """Another role and unit; its sessions end. Raises UnknownName."""
        found = self.known(name)
        with self.ledger.writing() as connection:
            connection.execute("UPDATE account SET role = ?, unit = ? WHERE name = ?", (role, unit, found.name))
            connection.execute("DELETE FROM session WHERE account = ?", (found.name,))

    def prefer(self, name: str, language: str | None, home: str | None) -> None:
        """In which language, and at which page, somebody wants to begin. Raises UnknownName."""
        found = self.known(name)
        with self.ledger.writing() as connection:
            connection.execute("UPDATE account SET language = ?, home = ? WHERE name = ?", (language, home, found.name))

    def password(self, name: str) -> str | None:
        """The kept hash of an account's password."""
        found = self.ledger.rows("SELECT password FROM account WHERE name = ?", (name,))
        return found[0]["password"] if found else None

    def clear_demo(self) -> None:
        """Take the demonstration's accounts away."""
        if self.ledger.rows("SELECT 1 FROM account WHERE source = ? LIMIT 1", (DEMO,)):
            with self.ledger.writing() as connection:
                connection.execute("DELETE FROM account WHERE source = ?", (DEMO,))

    def _check(self, password: str, name: str) -> None:
        fault = weakness(password, name, self._shortest)
        if fault:
            raise Refusal(fault, 400, shortest=self._shortest)

    def known(self, name: str) -> Account:
        """The account of a name, however it is written. Raises UnknownName."""
        found = self.named(name)
        if found is None:
            raise UnknownName("account", name, [each.name for each in self.all()])
        return found


def _account(row: Row) -> Account:
    return Account(
        name=row["name"],
        label=row["label"],
        role=row["role"],
        unit=row["unit"],
        source=row["source"],
        must_change=bool(row["must_change"]),
        disabled_at=row["disabled_at"],
        language=row["language"],
        home=row["home"],
        second=row["second_since"] is not None,
        shut_until=row["shut_until"],
        made_at=row["made_at"],
        seen_at=row["seen_at"],
    )
