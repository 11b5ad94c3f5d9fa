"""Names and passwords that a configuration gives, and who has signed in with them (HTTP Basic)."""

from __future__ import annotations

import base64
import binascii
import hmac
from collections.abc import Mapping

from ioc.errors import Said

SHORTEST = 8


def checked(people: dict[str, str]) -> dict[str, str]:
    """Passwords by name, as they may be configured. Raises ValueError for a name or password that is none."""
    for name, password in people.items():
        if ":" in name or not name.strip():
            raise ValueError(Said("“{name}” cannot be a name; write one without a colon", name=name))
        if len(password) < SHORTEST:
            raise ValueError(Said("the password of “{name}” is shorter than {shortest} characters", name=name, shortest=SHORTEST))
    return people


def named(authorization: str) -> str | None:
    """The name that an ``Authorization`` header brings, whether it proves it or not; None where it brings none."""
    found = _read(authorization)
    return found[0] if found else None


def signed_in(authorization: str, passwords: Mapping[str, str]) -> str | None:
    """The name that an ``Authorization`` header proves, or None."""
    found = _read(authorization)
    if found is None:
        return None
    name, password = found
    # Compared also when the name is unknown, so that the time it takes does not tell which names are known.
    right = hmac.compare_digest(password.encode(), passwords.get(name, "\0" * 32).encode())
    return name if right and name in passwords else None


def _read(authorization: str) -> tuple[str, str] | None:
    """Name and password of a header; None where it brings none."""
    scheme, _, encoded = authorization.partition(" ")
    try:
        name, _, password = base64.b64decode(encoded.strip(), validate=True).decode().partition(":")
    except (binascii.Error, UnicodeDecodeError):
        return None
    return (name, password) if scheme.lower() == "basic" else None
