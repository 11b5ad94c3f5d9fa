"""Accounts to try every role with, as long as no access is configured: made anew at each start, with one password that is told then."""

from __future__ import annotations

import secrets
from datetime import datetime

from ioc.access.accounts import DEMO, Accounts
from ioc.access.hashing import hashed
from ioc.access.roles import Roles
from ioc.catalogue.model import Catalogue
from ioc.errors import Refusal

PASSWORD_BYTES = 9


def demonstrate(
    accounts: Accounts, roles: Roles, catalogue: Catalogue, now: datetime, busiest: str | None = None
) -> tuple[tuple[str, ...], str]:
    """Make an account per role, named as the role, in both languages: a name is shown as it is. Their names, and their password.

    ``busiest``: the unit that whoever sees one alone is given, so that there is something to see; by default the first one.

    Raises:
        StoreError.
    """
    password = secrets.token_urlsafe(PASSWORD_BYTES)
    kept, made = hashed(password), []
    below = [name for name, unit in catalogue.units.items() if unit.parent]
    unit = busiest if busiest in catalogue.units else next(iter(below or catalogue.units), None)
    for name, role in roles.items():
        try:
            accounts.put(name, f"{role.label.vi} ({role.label.en})", name, unit if role.scope == "own" else None, DEMO, kept, now)
        except Refusal:  # a real account has this name
            continue
        made.append(name)
    return tuple(made), password
