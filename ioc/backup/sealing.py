"""Blocks as a vault keeps them: plain, or encrypted under a key that whoever runs the product keeps elsewhere.

A block is known by the hash of what it says; in an encrypted vault by a keyed one, so that names tell nothing.
"""

from __future__ import annotations

import hashlib
import hmac
import os
from typing import Protocol

from cryptography.exceptions import InvalidTag
from cryptography.hazmat.primitives.ciphers.aead import AESGCM

from ioc.errors import StoreError

_NONCE_BYTES = 12
Data = bytes | memoryview
# Work that guessing a key costs each time: some 100 ms and 32 MB.
_COST = {"n": 2**15, "r": 8, "p": 1, "maxmem": 2**26}
_CHECKED = b"ioc"


class BackupFault(StoreError):
    """A backup cannot be made, read or put back; what stood before stands."""


class Damaged(BackupFault):
    """What a vault holds is not what was put there."""


class Seal(Protocol):
    """How blocks are named, shut and opened."""

    def name(self, data: Data) -> bytes:
        """What a block is known by: 32 bytes."""

    def shut(self, data: Data, name: bytes) -> Data:
        """A block as it is kept."""

    def opened(self, kept: bytes, name: bytes) -> bytes:
        """What a kept block says. Raises Damaged."""


class Plain:
    """Blocks are kept as they are."""

    def name(self, data: Data) -> bytes:
        """Its hash."""
        return hashlib.sha256(data).digest()

    def shut(self, data: Data, name: bytes) -> Data:
        """The block itself."""
        return data

    def opened(self, kept: bytes, name: bytes) -> bytes:
        """The block itself, if it is the one of this name. Raises Damaged."""
        if self.name(kept) != name:
            raise Damaged("It is not what was put there.")
        return kept


class Encrypted:
    """Blocks are encrypted and authenticated (AES-256-GCM), each with its name, so that none can take another's place.

    Args:
        secret: the key as it was given, of any length.
        salt: of the vault.
    """

    def __init__(self, secret: str, salt: bytes) -> None:
        derived = hashlib.scrypt(secret.encode(), salt=salt, dklen=64, **_COST)
        self._cipher, self._naming = AESGCM(derived[:32]), derived[32:]

    def name(self, data: Data) -> bytes:
        """Its hash under a key."""
        return hmac.digest(self._naming, data, "sha256")

    def shut(self, data: Data, name: bytes) -> bytes:
        """Nonce, ciphertext and tag."""
        nonce = os.urandom(_NONCE_BYTES)
        return nonce + self._cipher.encrypt(nonce, data, name)

    def opened(self, kept: bytes, name: bytes) -> bytes:
        """The block in the clear. Raises Damaged: it was changed, stands in another's place, or was shut with another key."""
        try:
            return self._cipher.decrypt(kept[:_NONCE_BYTES], kept[_NONCE_BYTES:], name)
        except (InvalidTag, ValueError) as error:
            raise Damaged("It is not what was put there.") from error

    def check(self) -> bytes:
        """What shows later whether a key is the right one."""
        return self.shut(_CHECKED, b"check")

    def fits(self, check: bytes) -> bool:
        """Whether it is the key that ``check`` was made with."""
        try:
            return self.opened(check, b"check") == _CHECKED
        except Damaged:
            return False
