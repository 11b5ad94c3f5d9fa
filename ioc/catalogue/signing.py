"""Who signs what is exported, and whom a verification trusts."""

from __future__ import annotations

from datetime import timedelta
from typing import Literal

from pydantic import Field, model_validator

from ioc.catalogue.entry import Entry, Id
from ioc.catalogue.schedule import Duration
from ioc.errors import Said


class KeyFileSettings(Entry):
    """A key in a file (PKCS#12)."""

    file: str
    password: str


class TokenSettings(Entry):
    """A key on a token or in a security module (PKCS#11).

    Attributes:
        module: the library by which its maker lets programs speak with it.
        token: the token's label.
        key: the label of the key and of its certificate.
        pin: its PIN. One that was refused is not tried again by itself.
    """

    module: str
    token: str
    key: str
    pin: str


class SignerSettings(Entry):
    """One signer.

    Attributes:
        image: a PNG with a transparent ground: the seal or the handwriting.
        place: where the signature is seen, as the rules for administrative documents have it (Decree 30/2020, annex I): between position
            and name of the ``signatory`` (in documents without one, in the corner); a ``seal`` over the left third of that; at the bottom
            right ``corner`` of the last page; or as of an ``attachment``, in words at the top right of the first.
    """

    pkcs12: KeyFileSettings | None = None
    pkcs11: TokenSettings | None = None
    image: str | None = None
    place: Literal["signatory", "seal", "corner", "attachment"] = "signatory"

    @model_validator(mode="after")
    def _one_key(self) -> SignerSettings:
        if (self.pkcs12 is None) == (self.pkcs11 is None):
            raise ValueError(Said("a signer has either pkcs12 or pkcs11; write one of them"))
        if self.place == "seal" and self.image is None:
            raise ValueError(Said("a seal needs its image; write image, or another place"))
        return self


class TimeAuthoritySettings(Entry):
    """A time-stamp authority (RFC 3161), and how long it is waited for."""

    url: str = Field(pattern=r"^https?://")
    user: str | None = None
    password: str | None = None
    timeout: Duration = Field(default=timedelta(seconds=10), gt=timedelta(0))


class SigningSettings(Entry):
    """How exports are signed.

    Attributes:
        signers: in the order in which they sign; without any, a certificate for trying out signs, and says so.
        tsa: who stamps the time, so that signatures last (PAdES B-LTA); without it they are PAdES B-B.
        trust: files (PEM or DER) of the authorities that signers and time-stamp authority go back to.
        revoked: files with their lists of revoked certificates.
        fetch: whether such lists and OCSP are asked for, where a certificate says, while signing with a stamped time.
    """

    signers: dict[Id, SignerSettings] = {}
    tsa: TimeAuthoritySettings | None = None
    trust: tuple[str, ...] = ()
    revoked: tuple[str, ...] = ()
    fetch: bool = False
