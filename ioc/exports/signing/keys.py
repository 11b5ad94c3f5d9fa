"""Opens a signer's key: a PKCS#12 file, or a token that speaks PKCS#11. A PIN that was refused is never tried a second time by itself."""

from __future__ import annotations

import hashlib
import json
import secrets
from collections.abc import Callable, Iterator
from contextlib import AbstractContextManager, contextmanager
from dataclasses import dataclass, field
from datetime import datetime
from pathlib import Path
from threading import Lock
from typing import Protocol

import pkcs11
from asn1crypto import x509
from pkcs11.constants import TokenFlag
from pyhanko.sign.general import SigningError
from pyhanko.sign.pkcs11 import PKCS11Signer
from pyhanko.sign.signers import Signer, SimpleSigner

from ioc.atomic_files import replace_file
from ioc.exports.signing.faults import SigningFault


class Keys(Protocol):
    """Where a signer's key is."""

    def opened(self) -> AbstractContextManager[Signer]:
        """The signer, as long as it is used. Raises SigningFault."""
        ...


@dataclass(frozen=True)
class KeyFile:
    """A key in a PKCS#12 file; ``password`` reads its password when it is needed."""

    file: Path
    password: Callable[[], str]

    @contextmanager
    def opened(self) -> Iterator[Signer]:
        """The signer. Raises SigningFault: the file cannot be read, or the password does not open it."""
        try:
            content = self.file.read_bytes()
        except OSError as error:
            raise SigningFault(
                "The certificate {file} cannot be read: {fault}.",
                "Put the PKCS#12 file there, readable to this program.",
                file=self.file,
                fault=error.strerror,
            ) from error
        try:
            yield SimpleSigner.load_pkcs12_data(content, (), self.password().encode())
        except ValueError as error:
            if not isinstance(error.__cause__, ValueError):
                raise
            raise SigningFault(
                "The password does not open the certificate {file}, or it is no PKCS#12 file.",
                "Correct its password under signing.signers.",
                file=self.file,
            ) from error


@dataclass(frozen=True)
class Token:
    """A key on a token or in a security module.

    Attributes:
        module: the library by which its maker lets programs speak with it.
        label: the token's own label.
        key: label of the key, and of its certificate.
        pin: reads its PIN when it is needed.
        refused: the file that remembers which PINs were refused, as salted hashes.
    """

    module: Path
    label: str
    key: str
    pin: Callable[[], str]
    refused: Path
    _turn: Lock = field(default_factory=Lock, compare=False, repr=False)  # one sign-in at a time: tokens have one state a program

    @contextmanager
    def opened(self) -> Iterator[Signer]:
        """The signer. Raises SigningFault: no token, no such key, a wrong or locked PIN."""
        with self._turn:
            session = self._session(self._found())
            try:
                signer = PKCS11Signer(session, cert_label=self.key, key_label=self.key, other_certs_to_pull=None)
                if not _holds(signer):
                    raise SigningFault(
                        "The token “{label}” has no key with a certificate that is called “{key}”.",
                        "Correct its key under signing.signers.",
                        label=self.label,
                        key=self.key,
                    )
                yield signer
            except (pkcs11.exceptions.DeviceRemoved, pkcs11.exceptions.TokenNotPresent, pkcs11.exceptions.DeviceError) as error:
                raise self._absent() from error
            finally:
                _close(session)

    def _found(self) -> pkcs11.Token:
        try:
            library = pkcs11.lib(str(self.module))
            for slot in library.get_slots(token_present=True):
                token = slot.get_token()
                if token.label == self.label:
                    return token
        except (pkcs11.exceptions.PKCS11Error, RuntimeError, OSError) as error:
            if not self.module.exists() or isinstance(error, RuntimeError | OSError):
                raise SigningFault(
                    "The library {module} that speaks with the token cannot be loaded.",
                    "Install the one of the token's maker, and name it under signing.signers.",
                    module=self.module,
                ) from error
            raise self._absent() from error
        raise self._absent()

    def _absent(self) -> SigningFault:
        return SigningFault("The token “{label}” is not plugged in.", "Plug it in, and sign again.", label=self.label)

    def _session(self, token: pkcs11.Token) -> pkcs11.Session:
        pin, known = self.pin(), _Refused(self.refused)
        if known.holds(self.label, pin):
            raise SigningFault(
                "The PIN of the token “{label}” was refused before, and is not tried a second time.",
                "Correct it; if it is right after all, delete {file}.",
                label=self.label,
                file=self.refused,
            )
        if TokenFlag.USER_PIN_FINAL_TRY in token.flags:
            raise SigningFault(
                "The token “{label}” permits one more try before it locks; that one is left to a person.",
                "Sign in once with the program of the token's maker.",
                label=self.label,
            )
        try:
            return token.open(user_pin=pin)
        except (pkcs11.exceptions.PinIncorrect, pkcs11.exceptions.PinInvalid, pkcs11.exceptions.PinLenRange) as error:
            known.add(self.label, pin)
            raise SigningFault(
                "The PIN of the token “{label}” is wrong.", "Correct it; it is not tried a second time by itself.", label=self.label
            ) from error
        except pkcs11.exceptions.PinLocked as error:
            raise SigningFault(
                "The PIN of the token “{label}” is locked.", "Have it unlocked by whoever issued the token.", label=self.label
            ) from error
        except pkcs11.exceptions.PKCS11Error as error:
            raise self._absent() from error


class _Refused:
    """The PINs that tokens have refused: of each a salted hash that takes long to guess."""

    def __init__(self, file: Path) -> None:
        self._file = file

    def holds(self, label: str, pin: str) -> bool:
        """Whether this PIN was refused before."""
        return any(each["token"] == label and _digest(pin, each["salt"]) == each["digest"] for each in self._all())

    def add(self, label: str, pin: str) -> None:
        """Remember it, also if the machine loses its power at once. Raises SigningFault when that cannot be written."""
        salt = secrets.token_hex(16)
        entry = {"token": label, "salt": salt, "digest": _digest(pin, salt)}
        try:
            replace_file(self._file, json.dumps([*self._all(), entry]), 0o600)
        except OSError as error:
            raise SigningFault(
                "The PIN of the token “{label}” is wrong, and that cannot be noted in {file}: {fault}.",
                "Correct the PIN before anything more is signed; every try counts.",
                label=label,
                file=self._file,
                fault=error.strerror,
            ) from error

    def _all(self) -> list[dict[str, str]]:
        try:
            found: list[dict[str, str]] = json.loads(self._file.read_text(encoding="utf-8"))
        except FileNotFoundError:
            return []
        except (OSError, ValueError) as error:
            raise SigningFault(
                "Which PINs were refused cannot be read from {file}: {fault}.",
                "Until then none is tried; if the PIN is right, delete the file.",
                file=self._file,
                fault=getattr(error, "strerror", None) or error,
            ) from error
        return found


def _digest(pin: str, salt: str) -> str:
    return hashlib.scrypt(pin.encode(), salt=bytes.fromhex(salt), n=2**14, r=8, p=1).hex()


def _holds(signer: PKCS11Signer) -> bool:
    try:
        return signer.signing_cert is not None
    except (pkcs11.exceptions.DeviceRemoved, pkcs11.exceptions.TokenNotPresent, pkcs11.exceptions.DeviceError):
        raise
    except (SigningError, pkcs11.exceptions.PKCS11Error):
        return False


def _close(session: pkcs11.Session) -> None:
    try:
        session.close()
    except pkcs11.exceptions.PKCS11Error:  # the token has left: so has the session
        return


def named(certificate: x509.Certificate) -> tuple[str, str]:
    """Name and body of whom a certificate speaks of; the body may be empty."""
    subject = certificate.subject.native
    name = subject.get("common_name") or certificate.subject.human_friendly
    return _first(name), _first(subject.get("organization_name") or "")


def _first(value: str | list[str]) -> str:
    return value if isinstance(value, str) else value[0]


def in_force(certificate: x509.Certificate, now: datetime) -> None:
    """Raises SigningFault when a certificate is not in force at a moment."""
    start, end = certificate.not_valid_before, certificate.not_valid_after
    name, _ = named(certificate)
    if now > end:
        raise SigningFault(
            "The certificate of “{name}” expired on {day}.",
            "Have it renewed; until then nothing is signed by it.",
            name=name,
            day=f"{end:%d/%m/%Y}",
        )
    if now < start:
        raise SigningFault(
            "The certificate of “{name}” is in force only from {day}.", "Look at this machine's clock.", name=name, day=f"{start:%d/%m/%Y}"
        )
