"""Proves who signs in: password, then the second factor where there is one. Guessing is slow, and costs the server next to nothing."""

from __future__ import annotations

import threading
from collections import OrderedDict
from datetime import datetime, timedelta

import pyotp

from ioc.access.accounts import Account, Accounts
from ioc.access.hashing import fits, nobodys
from ioc.access.keyring import Keyring
from ioc.errors import Refusal

# So many mistakes in a row cost nothing; each further one shuts the name for twice as long as the one before.
FREE, FIRST, LONGEST = 5, timedelta(seconds=30), timedelta(minutes=15)
# Passwords are looked at so many at a time: each takes 64 MiB and a processor. Who comes meanwhile is asked to come again.
AT_A_TIME = 2
KEPT_NAMES = 10_000
STEP_SECONDS = 30


class Proving:
    """Looks at passwords and codes.

    Args:
        accounts: whose.
    """

    def __init__(self, accounts: Accounts) -> None:
        self._accounts, self._ledger, self._keyring = accounts, accounts.ledger, Keyring(accounts.ledger.file.parent)
        self._places = threading.BoundedSemaphore(AT_A_TIME)
        self._guard = threading.Lock()
        self._strangers: OrderedDict[str, tuple[int, datetime | None]] = OrderedDict()

    def password(self, name: str, password: str, now: datetime) -> Account:
        """Whose name and password these are.

        Raises:
            Refusal: ``sign_in_wrong``; ``sign_in_shut`` while a name is shut, without looking at the password; ``sign_in_busy``.
        """
        name = name.strip().lower()[:64]
        failed, until = self._failed(name)
        if until and now < until:
            raise Refusal("sign_in_shut", 429, seconds=int((until - now).total_seconds()) + 1)
        if not self._places.acquire(blocking=False):
            raise Refusal("sign_in_busy", 429, seconds=2)
        try:
            account, kept = self._accounts.named(name), self._accounts.password(name)
            right = fits(password, kept or nobodys()) and kept is not None
        finally:
            self._places.release()
        if account is None or not right or account.disabled_at:
            self._mistaken(name, failed + 1, now, known=account is not None)
            raise Refusal("sign_in_wrong", 401)
        if not account.second:
            self._well(name, now)
        return account

    def code(self, account: Account, code: str, now: datetime) -> None:
        """See that a code of the second factor is right, and was not used before. Raises Refusal."""
        failed, until = self._failed(account.name)
        if until and now < until:
            raise Refusal("sign_in_shut", 429, seconds=int((until - now).total_seconds()) + 1)
        row = self._ledger.rows("SELECT second, second_last FROM account WHERE name = ?", (account.name,))[0]
        step = step_of(self._keyring.opened(row["second"]) or "", code, now)
        if step is None or step <= row["second_last"]:
            self._mistaken(account.name, failed + 1, now, known=True)
            raise Refusal("code_wrong", 401)
        with self._ledger.writing() as connection:
            connection.execute("UPDATE account SET second_last = ? WHERE name = ?", (step, account.name))
        self._well(account.name, now)

    def _failed(self, name: str) -> tuple[int, datetime | None]:
        """How often in a row a name was mistaken, and until when it is shut."""
        found = self._ledger.rows("SELECT failed, shut_until FROM account WHERE name = ?", (name,))
        if found:
            until = found[0]["shut_until"]
            return found[0]["failed"], datetime.fromisoformat(until) if until else None
        with self._guard:
            return self._strangers.get(name, (0, None))

    def _mistaken(self, name: str, failed: int, now: datetime, *, known: bool) -> None:
        until = now + min(FIRST * 2 ** min(failed - FREE, 10), LONGEST) if failed >= FREE else None
        if known:
            with self._ledger.writing() as connection:
                sql = "UPDATE account SET failed = ?, shut_until = ? WHERE name = ?"
                connection.execute(sql, (failed, until.isoformat() if until else None, name))
            return
        with self._guard:
            self._strangers[name] = (failed, until)
            self._strangers.move_to_end(name)
            if len(self._strangers) > KEPT_NAMES:
                self._strangers.popitem(last=False)

    def _well(self, name: str, now: datetime) -> None:
        with self._ledger.writing() as connection:
            sql = "UPDATE account SET failed = 0, shut_until = NULL, seen_at = ? WHERE name = ?"
            connection.execute(sql, (now.isoformat(), name))


class SecondFactor:
    """The second factor of accounts: codes that change with time (TOTP), from an application on a telephone.

    Args:
        accounts: whose.
    """

    def __init__(self, accounts: Accounts) -> None:
        self._ledger, self._keyring = accounts.ledger, Keyring(accounts.ledger.file.parent)
        self._shut_all()

    def _shut_all(self) -> None:
        """Shut what a release before has kept as it was."""
        clear = self._ledger.rows("SELECT name, second FROM account WHERE second NOT LIKE 'shut:%'") if self._ledger.file.exists() else []
        for row in clear:
            with self._ledger.writing() as connection:
                connection.execute("UPDATE account SET second = ? WHERE name = ?", (self._keyring.shut(row["second"]), row["name"]))

    def begin(self, name: str) -> str:
        """A new secret, which counts once a code of it has been shown. The secret as text. Raises Refusal while another one counts."""
        secret = pyotp.random_base32()
        with self._ledger.writing() as connection:
            sql = "UPDATE account SET second = ?, second_last = 0 WHERE name = ? AND second_since IS NULL"
            if not connection.execute(sql, (self._keyring.shut(secret), name)).rowcount:
                raise Refusal("second_on")
        return secret

    def pending(self, name: str) -> str | None:
        """The secret that no code has been shown of yet."""
        found = self._ledger.rows("SELECT second FROM account WHERE name = ? AND second_since IS NULL", (name,))
        return self._keyring.opened(found[0]["second"]) if found else None

    def confirm(self, name: str, code: str, now: datetime) -> None:
        """Ask for a code at each sign-in from now on. Raises Refusal when this one is wrong."""
        secret = self.pending(name)
        step = step_of(secret, code, now) if secret else None
        if step is None:
            raise Refusal("code_wrong", 400)
        with self._ledger.writing() as connection:
            sql = "UPDATE account SET second_since = ?, second_last = ? WHERE name = ?"
            connection.execute(sql, (now.isoformat(), step, name))

    def end(self, name: str) -> None:
        """Ask for no code any more."""
        with self._ledger.writing() as connection:
            connection.execute("UPDATE account SET second = NULL, second_since = NULL, second_last = 0 WHERE name = ?", (name,))


def address_of(secret: str, name: str, issuer: str) -> str:
    """What an application on a telephone reads from the square code."""
    return pyotp.TOTP(secret).provisioning_uri(name=name, issuer_name=issuer)


def step_of(secret: str, code: str, now: datetime) -> int | None:
    """Which half minute's code this is, if it is of this one or of one beside it."""
    digits = "".join(code.split())
    if not secret or not digits.isdigit():
        return None
    step, totp = int(now.timestamp()) // STEP_SECONDS, pyotp.TOTP(secret)
    return next((each for each in (step, step - 1, step + 1) if totp.verify(digits, for_time=each * STEP_SECONDS)), None)
