"""What is sent: files with the words that go along."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

from ioc.errors import IocError


class DeliveryFault(IocError):
    """What could not be sent now; ``Words.told`` tells it in both languages."""


@dataclass(frozen=True)
class Parcel:
    """Files, and what is said of them."""

    title: str
    text: str
    files: Sequence[Path]
