"""What can be wrong with signing."""

from __future__ import annotations

from ioc.errors import IocError


class SigningFault(IocError):
    """A file that cannot be signed now; nothing was written. ``Words.told`` tells it in both languages."""
