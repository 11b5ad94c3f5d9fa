"""Passwords are looked at quickly here, but where the test is about how long that takes."""

from __future__ import annotations

from collections.abc import Iterator
from functools import lru_cache

import pytest
from argon2 import PasswordHasher

from ioc.access import hashing


@lru_cache(maxsize=1)
def _quick() -> PasswordHasher:
    return PasswordHasher(time_cost=1, memory_cost=64, parallelism=1)


@pytest.fixture(autouse=True, scope="module")
def quick_passwords() -> Iterator[object]:
    """A password costs next to nothing; gives back what takes its time."""
    thorough = hashing._hasher
    hashing._hasher = _quick
    hashing.nobodys.cache_clear()
    yield thorough
    hashing._hasher = thorough
    hashing.nobodys.cache_clear()


@pytest.fixture
def thorough_passwords(quick_passwords: object, monkeypatch: pytest.MonkeyPatch) -> None:
    """A password costs what it costs outside of tests."""
    monkeypatch.setattr(hashing, "_hasher", quick_passwords)
