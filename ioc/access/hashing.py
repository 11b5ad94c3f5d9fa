"""Passwords: what one must be, and how one is kept: as a hash of argon2id. Secrets that are long and random are kept as plain hashes."""

from __future__ import annotations

import secrets
from functools import lru_cache
from hashlib import sha256

from argon2 import PasswordHasher
from argon2.exceptions import InvalidHashError, VerificationError

LONGEST = 256
TOKEN_BYTES = 32
# What people take when they must take something: none of these may stand in a password, whatever surrounds it.
_GUESSED = ("password", "matkhau", "mật khẩu", "123456", "qwerty", "abcdef", "admin", "iloveyou", "111111", "000000", "letmein", "welcome")


@lru_cache(maxsize=1)
def _hasher() -> PasswordHasher:
    return PasswordHasher()  # RFC 9106's second choice: 64 MiB, three passes


def hashed(password: str) -> str:
    """A password as it is kept."""
    return _hasher().hash(password)


def fits(password: str, kept: str) -> bool:
    """Whether a password is the one that was kept; takes some hundredths of a second, and 64 MiB."""
    try:
        return len(password) <= LONGEST and _hasher().verify(kept, password)
    except (VerificationError, InvalidHashError):
        return False


@lru_cache(maxsize=1)
def nobodys() -> str:
    """What a password is compared with when nobody has the name, so that time does not tell which names are known."""
    return hashed(secrets.token_urlsafe(TOKEN_BYTES))


def weakness(password: str, name: str, shortest: int) -> str | None:
    """Why a password may not be taken, as the fault of a ``Refusal``, or None."""
    small = password.casefold()
    if len(password) < shortest:
        return "password_short"
    if len(password) > LONGEST:
        return "password_long"
    if len(set(small)) < 5:
        return "password_simple"
    if any(word in small for word in (*_GUESSED, *([name.casefold()] if len(name) > 2 else []))):
        return "password_guessed"
    return None


def new_secret() -> str:
    """A long random secret for a session or a token."""
    return secrets.token_urlsafe(TOKEN_BYTES)


def digest(secret: str) -> str:
    """A long random secret as it is kept."""
    return sha256(secret.encode()).hexdigest()
