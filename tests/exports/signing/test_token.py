"""Signing with a token (SoftHSM): PINs that are wrong are not tried twice, tokens that have left are told."""

from __future__ import annotations

import os
import shutil
import subprocess
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

import pkcs11
import pytest
from cryptography.hazmat.primitives import serialization
from pkcs11.constants import Attribute, ObjectClass
from pkcs11.util.x509 import decode_x509_certificate

from ioc.exports.signing.faults import SigningFault
from ioc.exports.signing.findings import Finding
from ioc.exports.signing.keys import Token
from ioc.exports.signing.sign import sign_beside, sign_pdf
from ioc.exports.signing.verdict import verify_beside, verify_pdf
from tests.exports.signing.pki import DER, NOW, holder, small_pdf, trusting

MODULE = Path("/usr/lib/softhsm/libsofthsm2.so")
LABEL, PIN = "IOC thử", "842913"


@dataclass(frozen=True)
class Plugged:
    trust_folder: Path
    root: object


@pytest.fixture(scope="module")
def authority(tmp_path_factory: pytest.TempPathFactory) -> Iterator[object]:
    """A token is plugged in that holds a key and its certificate; given is the authority above it."""
    if not MODULE.exists() or shutil.which("softhsm2-util") is None:
        pytest.skip("there is no token: the system package softhsm2 is not installed")
    folder = tmp_path_factory.mktemp("hsm")
    (folder / "tokens").mkdir()
    (folder / "softhsm2.conf").write_text(f"directories.tokendir = {folder / 'tokens'}\nlog.level = ERROR\n")
    before = os.environ.get("SOFTHSM2_CONF")
    os.environ["SOFTHSM2_CONF"] = str(folder / "softhsm2.conf")
    subprocess.run(
        ["softhsm2-util", "--init-token", "--free", "--label", LABEL, "--pin", PIN, "--so-pin", "12345678"], check=True, capture_output=True
    )
    root = holder("CA của token")
    office = holder("Bộ Nội vụ (token)", root)
    key = folder / "key.pem"
    key.write_bytes(office.key.private_bytes(serialization.Encoding.PEM, serialization.PrivateFormat.PKCS8, serialization.NoEncryption()))
    subprocess.run(
        ["softhsm2-util", "--import", str(key), "--token", LABEL, "--label", "ký", "--id", "A1", "--pin", PIN],
        check=True,
        capture_output=True,
    )
    library = pkcs11.lib(str(MODULE))
    with library.get_token(token_label=LABEL).open(rw=True, user_pin=PIN) as session:
        for certificate, label in ((office, "ký"), (root, "gốc")):
            told = decode_x509_certificate(certificate.certificate.public_bytes(DER))
            session.create_object({**told, Attribute.TOKEN: True, Attribute.LABEL: label, Attribute.CLASS: ObjectClass.CERTIFICATE})
    yield root
    pkcs11.unload(str(MODULE))
    if before is None:
        del os.environ["SOFTHSM2_CONF"]
    else:
        os.environ["SOFTHSM2_CONF"] = before


def token(folder: Path, pin: str = PIN, label: str = LABEL, key: str = "ký", module: Path = MODULE) -> Token:
    return Token(module, label, key, lambda: pin, folder / "refused.json")


def test_a_token_signs_pdf_and_file(authority, tmp_path: Path) -> None:
    keys, trust = token(tmp_path), trusting(tmp_path, authority)
    verdict = verify_pdf(sign_pdf(small_pdf(), keys, NOW), trust, NOW)
    assert verdict.finding is Finding.GENUINE
    assert verdict.signatures[0].name == "Bộ Nội vụ (token)"
    assert verify_beside(b"x", sign_beside(b"x", keys, NOW), trust, NOW).finding is Finding.GENUINE


def test_a_wrong_pin_is_tried_once_only(authority, tmp_path: Path) -> None:
    with pytest.raises(SigningFault, match=r"is wrong\."):
        sign_beside(b"x", token(tmp_path, pin="000000"), NOW)
    for _ in range(12):  # the token would lock after a few
        with pytest.raises(SigningFault, match="refused before, and is not tried a second time"):
            sign_beside(b"x", token(tmp_path, pin="000000"), NOW)
    assert b"000000" not in (tmp_path / "refused.json").read_bytes()
    assert sign_beside(b"x", token(tmp_path), NOW)  # a corrected one is tried


def test_nothing_is_tried_where_what_was_refused_cannot_be_remembered(authority, tmp_path: Path) -> None:
    memory = tmp_path / "refused.json"
    memory.mkdir()
    with pytest.raises(SigningFault, match="cannot be read from"):
        sign_beside(b"x", token(tmp_path, pin="000000"), NOW)
    memory.rmdir()
    memory.write_text('[{"token"', encoding="utf-8")
    with pytest.raises(SigningFault, match="cannot be read from"):
        sign_beside(b"x", token(tmp_path), NOW)
    memory.unlink()
    with pytest.raises(SigningFault, match=r"is wrong\."):
        sign_beside(b"x", token(tmp_path, pin="000000"), NOW)
    assert memory.stat().st_mode & 0o777 == 0o600 and [*tmp_path.iterdir()] == [memory]


def test_a_token_that_has_left_and_a_key_that_is_not_there_are_told(authority, tmp_path: Path) -> None:
    with pytest.raises(SigningFault, match="is not plugged in"):
        sign_beside(b"x", token(tmp_path, label="Token khác"), NOW)
    with pytest.raises(SigningFault, match="has no key with a certificate"):
        sign_beside(b"x", token(tmp_path, key="khóa khác"), NOW)
    with pytest.raises(SigningFault, match="cannot be loaded"):
        sign_beside(b"x", token(tmp_path, module=tmp_path / "none.so"), NOW)
