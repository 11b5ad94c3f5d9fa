"""The signers of one deployment, in their order, as its configuration names them."""

from __future__ import annotations

import logging
from dataclasses import dataclass
from datetime import datetime
from functools import partial
from pathlib import Path
from typing import BinaryIO

from ioc.catalogue.signing import SignerSettings
from ioc.exports.signing.block import Block
from ioc.exports.signing.demonstration import ROOT, demonstration
from ioc.exports.signing.faults import SigningFault
from ioc.exports.signing.findings import Finding, Verdict
from ioc.exports.signing.keys import KeyFile, Keys, Token
from ioc.exports.signing.office import Office, beside_of
from ioc.exports.signing.sign import TimeAuthority, sign_beside, sign_pdf
from ioc.exports.signing.spot import Place
from ioc.exports.signing.trust import Trust, read_trust
from ioc.exports.signing.verdict import verify_beside, verify_pdf
from ioc.text.dates import full
from ioc.text.words import Words, words

REFUSED = "refused-pins.json"
PDF = b"%PDF-"


@dataclass(frozen=True)
class _Signer:
    keys: Keys
    image: bytes | None
    place: Place


class Signing:
    """Signs and verifies for one deployment, as its office is set up."""

    def __init__(self, office: Office) -> None:
        for library in ("pyhanko", "pyhanko_certvalidator"):  # what they warn of is what verdicts and faults say
            logging.getLogger(library).setLevel(logging.CRITICAL)
        self._office = office
        # Made once: a token is signed in to one at a time.
        self._keys = {name: self._key(signer) for name, signer in self._office.settings.signers.items()}

    @property
    def is_demonstration(self) -> bool:
        """Whether the certificate for trying out signs."""
        return not self._office.settings.signers

    def pdf(self, pdf: bytes, now: datetime, language: str) -> bytes:
        """The document, signed by every signer in turn, each with its block. Raises SigningFault: then nothing is signed."""
        authority, trust = self._authority(), self._trust()
        for signer in self._signers(now):
            see = partial(_block, words(language), now.astimezone(self._office.zone), signer.image)
            pdf = sign_pdf(pdf, signer.keys, now, block=see, place=signer.place, authority=authority, trust=trust)
        return pdf

    def beside(self, content: bytes | BinaryIO, now: datetime) -> bytes:
        """The first signer's signature of any other file, to be kept beside it. Raises SigningFault."""
        return sign_beside(content, self._signers(now)[0].keys, now, authority=self._authority())

    def seal(self, file: Path, now: datetime, language: str) -> str:
        """Sign a file where it is, or put the signature beside it as ``FILE.p7s``; tells who has signed. Raises SigningFault or OSError."""
        if _is_pdf(file):
            file.write_bytes(self.pdf(file.read_bytes(), now, language))
        else:
            with file.open("rb") as content:
                beside_of(file).write_bytes(self.beside(content, now))
        found = self.verify_file(file, now).signatures
        return ", ".join(each.name for each in found)

    def verify_file(self, file: Path, now: datetime) -> Verdict:
        """Judge a file by the signatures in it, or by the one in ``FILE.p7s`` beside it. Raises SigningFault or OSError."""
        beside = beside_of(file)
        if _is_pdf(file) or not beside.is_file():
            return verify_pdf(file.read_bytes(), self._trust(), now) if _is_pdf(file) else Verdict(Finding.UNKNOWN)
        with file.open("rb") as content:
            return verify_beside(content, beside.read_bytes(), self._trust(), now)

    def _signers(self, now: datetime) -> list[_Signer]:
        if self.is_demonstration:
            made = demonstration(self._office.folder, self._office.organisation, now)
            return [_Signer(KeyFile(made.keys, lambda: made.password.read_text(encoding="utf-8")), None, Place.SIGNATORY)]
        given = self._office.settings.signers
        return [_Signer(self._keys[name], self._image(each.image), Place(each.place)) for name, each in given.items()]

    def _key(self, settings: SignerSettings) -> Keys:
        if settings.pkcs12:
            return KeyFile(self._office.base / settings.pkcs12.file, partial(self._office.reveal, settings.pkcs12.password))
        assert settings.pkcs11
        token = settings.pkcs11
        return Token(
            self._office.base / token.module, token.token, token.key, partial(self._office.reveal, token.pin), self._office.folder / REFUSED
        )

    def _authority(self) -> TimeAuthority | None:
        tsa = self._office.settings.tsa
        if tsa is None:
            return None
        password = self._office.reveal(tsa.password) if tsa.password else None
        return TimeAuthority(tsa.url, tsa.user, password, tsa.timeout.total_seconds())

    def _trust(self) -> Trust:
        """Whom the configuration trusts; the certificate for trying out as well, which every verdict tells of."""
        roots = [self._office.base / file for file in self._office.settings.trust]
        own = self._office.folder / ROOT
        return read_trust(
            [*roots, *([own] if own.exists() else [])],
            [self._office.base / file for file in self._office.settings.revoked],
            fetch=self._office.settings.fetch,
        )

    def _image(self, file: str | None) -> bytes | None:
        if file is None:
            return None
        try:
            return (self._office.base / file).read_bytes()
        except OSError as error:
            raise SigningFault("The image of a signature cannot be read.", "Give it as PNG under signing.signers.") from error


def _is_pdf(file: Path) -> bool:
    with file.open("rb") as content:
        return content.read(len(PDF)) == PDF


def _block(told: Words, now: datetime, image: bytes | None, name: str, organisation: str) -> Block:
    """What is seen of a signature: who, of which body, when."""
    lines = [told("signing.by", name=name)]
    if organisation:
        lines.append(told("signing.of", organisation=organisation))
    return Block([*lines, told("signing.at", at=full(now))], image)
