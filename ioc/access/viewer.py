"""Who asks a question: the first argument of every read."""

from __future__ import annotations

from collections.abc import Hashable
from dataclasses import dataclass

# What whoever runs the product may read; what anybody else may, roles say.
READING = frozenset({"figures", "records", "feeds", "quarantine", "exports"})


@dataclass(frozen=True)
class Viewer:
    """One viewer. ``scope`` is the unit whose tree may be seen in records; None is the whole organisation.

    ``is_administrator``: see ``ioc.access.administrators``; who runs the product on its machine is one, and may do everything.
    ``role`` and ``permissions``: see ``ioc.access.roles``. ``address`` is where the question comes from, for the audit trail.
    """

    name: str
    language: str = "vi"
    scope: str | None = None
    is_administrator: bool = False
    role: str = ""
    permissions: frozenset[str] = READING
    address: str = ""

    def may(self, permission: str) -> bool:
        """Whether a viewer may do something."""
        return self.is_administrator or permission in self.permissions

    @property
    def rights(self) -> Hashable:
        """What an answer depends on: viewers of the same rights are given the same answers."""
        return self.scope, self.language, self.is_administrator, self.permissions
