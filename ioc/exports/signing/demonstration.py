"""A certificate for trying out: an authority of its own, a signer below it, and a time-stamp authority for tests. Never for real papers.

Its subject says so, and whoever verifies a file is told it again.
"""

from __future__ import annotations

import os
import secrets
from dataclasses import dataclass
from datetime import datetime, timedelta
from pathlib import Path

from cryptography import x509
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.hazmat.primitives.serialization import pkcs12
from cryptography.x509.oid import NameOID

MARK = "CHỨNG THƯ THỬ NGHIỆM"
KEYS, PASSWORD, ROOT = "demonstration.p12", "demonstration.password", "demonstration-root.pem"
_YEARS = 10


@dataclass(frozen=True)
class Demonstration:
    """Where the parts of the demonstration certificate stand."""

    keys: Path
    password: Path
    root: Path


def demonstration(folder: Path, organisation: str, now: datetime) -> Demonstration:
    """The demonstration certificate of a deployment, made when it is not there yet.

    Args:
        folder: where it is kept; only whoever runs the product may read it.
        organisation: whose it is.
        now: the present moment, with a zone.
    """
    found = Demonstration(folder / KEYS, folder / PASSWORD, folder / ROOT)
    if not found.keys.exists():
        folder.mkdir(parents=True, exist_ok=True)
        password = secrets.token_urlsafe(24)
        keys, root = made(organisation, now, password)
        _write(found.password, password.encode())
        _write(found.root, root)
        _write(found.keys, keys)  # last: what stands there is whole
    return found


def made(organisation: str, now: datetime, password: str) -> tuple[bytes, bytes]:
    """A PKCS#12 file with a signer's key, and the certificate of the authority above it (PEM)."""
    authority_key, signer_key = ec.generate_private_key(ec.SECP256R1()), ec.generate_private_key(ec.SECP256R1())
    authority_name, signer_name = _name(f"{MARK} - CA", organisation), _name(MARK, organisation)
    authority = (
        _certificate(authority_name, authority_name, authority_key.public_key(), now)
        .add_extension(x509.BasicConstraints(ca=True, path_length=0), critical=True)
        .add_extension(_usage(signs_certificates=True), critical=True)
        .sign(authority_key, hashes.SHA256())
    )
    signer = (
        _certificate(signer_name, authority_name, signer_key.public_key(), now)
        .add_extension(x509.BasicConstraints(ca=False, path_length=None), critical=True)
        .add_extension(_usage(signs_certificates=False), critical=True)
        .add_extension(x509.AuthorityKeyIdentifier.from_issuer_public_key(authority_key.public_key()), critical=False)
        .sign(authority_key, hashes.SHA256())
    )
    sealed = serialization.BestAvailableEncryption(password.encode())
    keys = pkcs12.serialize_key_and_certificates(MARK.encode(), signer_key, signer, [authority], sealed)
    return keys, authority.public_bytes(serialization.Encoding.PEM)


def _name(common: str, organisation: str) -> x509.Name:
    return x509.Name(
        [
            x509.NameAttribute(NameOID.COUNTRY_NAME, "VN"),
            x509.NameAttribute(NameOID.ORGANIZATION_NAME, organisation[:64]),
            x509.NameAttribute(NameOID.COMMON_NAME, common),
        ]
    )


def _certificate(subject: x509.Name, issuer: x509.Name, key: ec.EllipticCurvePublicKey, now: datetime) -> x509.CertificateBuilder:
    return (
        x509.CertificateBuilder()
        .subject_name(subject)
        .issuer_name(issuer)
        .public_key(key)
        .serial_number(x509.random_serial_number())
        .not_valid_before(now - timedelta(days=1))  # clocks differ
        .not_valid_after(now + timedelta(days=365 * _YEARS))
        .add_extension(x509.SubjectKeyIdentifier.from_public_key(key), critical=False)
    )


def _usage(*, signs_certificates: bool) -> x509.KeyUsage:
    return x509.KeyUsage(
        digital_signature=not signs_certificates,
        content_commitment=not signs_certificates,
        key_encipherment=False,
        data_encipherment=False,
        key_agreement=False,
        key_cert_sign=signs_certificates,
        crl_sign=signs_certificates,
        encipher_only=False,
        decipher_only=False,
    )


def _write(file: Path, content: bytes) -> None:
    """The whole file or none of it, readable to its owner alone."""
    draft = file.with_name(f"{file.name}.{secrets.token_hex(4)}")
    with os.fdopen(os.open(draft, os.O_CREAT | os.O_WRONLY | os.O_EXCL, 0o600), "wb") as out:
        out.write(content)
    draft.replace(file)
