"""Where a deployment signs and verifies. What does so is imported when the first file comes: it takes as long to import as all the rest."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import datetime
from functools import cached_property
from pathlib import Path
from threading import Lock
from typing import TYPE_CHECKING
from zoneinfo import ZoneInfo

from ioc.catalogue.signing import SigningSettings
from ioc.exports.signing.demonstration import demonstration
from ioc.exports.signing.findings import Verdict

if TYPE_CHECKING:
    from ioc.exports.signing.desk import Signing

FOLDER = "signing"


@dataclass(frozen=True)
class Office:
    """Signs and verifies for one deployment.

    Attributes:
        settings: what its configuration says.
        base: the folder that relative paths of the configuration start from.
        data: where data live: the certificate for trying out and the PINs that were refused.
        organisation: whose exports they are.
        zone: in which times are told.
        reveal: reads a secret that may be in a file (``file:…``).
    """

    settings: SigningSettings
    base: Path
    data: Path
    organisation: str
    zone: ZoneInfo
    reveal: Callable[[str], str]
    _guard: Lock = field(default_factory=Lock, init=False, repr=False, compare=False)

    @property
    def folder(self) -> Path:
        """Where the certificate for trying out and the PINs that were refused are."""
        return self.data / FOLDER

    def ready(self, now: datetime) -> None:
        """Make the certificate for trying out, where no signer is configured and there is none yet."""
        if not self.settings.signers:
            demonstration(self.folder, self.organisation, now)

    def seal(self, file: Path, now: datetime, language: str) -> str:
        """Sign a file where it is, or put the signature beside it; tells who has signed. Raises SigningFault or OSError."""
        return self._signing().seal(file, now, language)

    def verify_file(self, file: Path, now: datetime) -> Verdict:
        """Judge a file by the signatures in it or beside it. Raises SigningFault or OSError."""
        return self._signing().verify_file(file, now)

    def _signing(self) -> Signing:
        with self._guard:  # there is one: a token is signed in to one at a time
            return self._desk

    @cached_property
    def _desk(self) -> Signing:
        from ioc.exports.signing.desk import Signing

        return Signing(self)


def beside_of(file: Path) -> Path:
    """Where the signature beside a file is kept."""
    return file.with_name(f"{file.name}.p7s")
