"""The history of what is arranged: each state, and what it changed of the one before."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime

from ioc.views.model import Choice


@dataclass(frozen=True)
class Changes:
    """What a state changed of the one before: panels by their kind, and by words of their own, if they have any."""

    renamed: bool = False
    moved: bool = False
    added: tuple[Choice, ...] = ()
    removed: tuple[Choice, ...] = ()
    changed: tuple[Choice, ...] = ()


@dataclass(frozen=True)
class PastView:
    """One line of a history. ``is_whole``: it can be restored; ``changes`` are None where there is nothing to compare it with."""

    number: int
    at: datetime
    by: str
    how: str
    is_whole: bool
    changes: Changes | None
