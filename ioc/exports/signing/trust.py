"""Whom a verification trusts: roots that the configuration names, with lists of revoked certificates."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path
from typing import Any

from asn1crypto import core, crl, pem, x509
from pyhanko.sign.validation.dss import DocumentSecurityStore
from pyhanko_certvalidator import ValidationContext

from ioc.exports.signing.faults import SigningFault


@dataclass(frozen=True)
class Trust:
    """Roots, and lists of what was revoked.

    Attributes:
        fetch: whether what certificates name (lists of revoked ones, OCSP) is asked for while signing. Verifying asks nobody.
    """

    roots: tuple[x509.Certificate, ...] = ()
    revoked: tuple[crl.CertificateList, ...] = ()
    fetch: bool = False

    def at(self, moment: datetime, store: DocumentSecurityStore | None = None, *, strict: bool = False) -> ValidationContext:
        """What judges a signature as of a moment.

        Args:
            store: what a document brings along to be judged by.
            strict: also look into lists of revoked certificates that the certificate does not name; whatever is in no list fails then.
        """
        given: dict[str, Any] = {
            "trust_roots": list(self.roots),
            "crls": list(self.revoked),
            "moment": moment,
            "allow_fetching": False,
            "revocation_mode": "require" if strict else "soft-fail",
            "retroactive_revinfo": True,  # a list of today tells when something was revoked
        }
        return ValidationContext(**given) if store is None else store.as_validation_context(given)

    def now(self) -> ValidationContext:
        """What a signature that is to last is made with."""
        return ValidationContext(
            trust_roots=list(self.roots),
            crls=list(self.revoked),
            allow_fetching=self.fetch,
            retroactive_revinfo=True,
        )


def read_trust(roots: Iterable[Path], revoked: Iterable[Path] = (), *, fetch: bool = False) -> Trust:
    """Read what a configuration names, each file PEM (also several in one) or DER. Raises SigningFault."""
    certificates = [x509.Certificate.load(der) for file in roots for der in _ders(file)]
    return Trust(tuple(certificates), tuple(crl.CertificateList.load(der) for file in revoked for der in _ders(file)), fetch)


def _ders(file: Path) -> list[bytes]:
    try:
        content = file.read_bytes()
        found = [der for _, _, der in pem.unarmor(content, multiple=True)] if pem.detect(content) else [content]
        for der in found:
            core.Sequence.load(der, strict=True)
    except OSError as error:
        raise SigningFault(
            "The certificate {file} cannot be read: {fault}.",
            "Correct signing.trust or signing.revoked.",
            file=file,
            fault=error.strerror,
        ) from error
    except ValueError as error:
        raise SigningFault("{file} is neither a PEM nor a DER file.", "Correct signing.trust or signing.revoked.", file=file) from error
    return found
