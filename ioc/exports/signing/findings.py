"""What is found of a file and its signatures."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum


class Finding(StrEnum):
    """What a file is, the worst first."""

    CHANGED = "changed"
    REVOKED = "revoked"
    EXPIRED = "expired"
    UNTRUSTED = "untrusted"
    UNKNOWN = "unknown"
    GENUINE = "genuine"


@dataclass(frozen=True)
class Signed:
    """One signature.

    Attributes:
        name, organisation: of the signer, as the certificate says.
        at: when, as the signer says, or as an authority has stamped it.
        stamped: whether an authority that is trusted has stamped the time.
        revision: which revision of the document it closes, the first is 1; 0 of a signature beside a file.
        demonstration: whether it was made with a certificate for trying out.
        since: of an expired or revoked certificate, since when.
        changed: where the file was changed after this signature: first byte, and the first one after.
    """

    name: str
    organisation: str
    at: datetime | None
    stamped: bool
    finding: Finding
    revision: int
    demonstration: bool = False
    since: datetime | None = None
    changed: tuple[int, int] | None = None


@dataclass(frozen=True)
class Verdict:
    """What a file is, and each of its signatures in order."""

    finding: Finding
    signatures: tuple[Signed, ...] = ()
    readable: bool = True
