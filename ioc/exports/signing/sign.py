"""Signs: a PDF in itself (PAdES B-B, or B-LTA where an authority stamps the time), any other file by a signature beside it (CMS)."""

from __future__ import annotations

import asyncio
from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime
from io import BytesIO
from typing import BinaryIO, TypeVar

from pyhanko.pdf_utils.incremental_writer import IncrementalPdfFileWriter
from pyhanko.pdf_utils.misc import PdfError
from pyhanko.sign.fields import SigFieldSpec, SigSeedSubFilter
from pyhanko.sign.general import SigningError
from pyhanko.sign.signers import PdfSignatureMetadata, PdfSigner, Signer
from pyhanko.sign.signers.pdf_cms import PdfCMSSignedAttributes
from pyhanko.sign.timestamps import TimeStamper
from pyhanko.sign.timestamps.aiohttp_client import HTTPTimeStamper
from pyhanko.sign.timestamps.common_utils import TimestampRequestError
from pyhanko_certvalidator.errors import PathBuildingError, PathError, ValidationError

from ioc.exports.signing.block import Block, style
from ioc.exports.signing.faults import SigningFault
from ioc.exports.signing.keys import Keys, in_force, named
from ioc.exports.signing.spot import Place, spot
from ioc.exports.signing.trust import Trust

HASH = "sha256"
T = TypeVar("T")


@dataclass(frozen=True)
class TimeAuthority:
    """A time-stamp authority (RFC 3161)."""

    url: str
    user: str | None = None
    password: str | None = None
    seconds: float = 10.0

    def stamper(self) -> TimeStamper:
        """What asks it."""
        return HTTPTimeStamper(self.url, timeout=self.seconds, auth=(self.user, self.password or "") if self.user else None)


def sign_pdf(
    pdf: bytes,
    keys: Keys,
    now: datetime,
    *,
    block: Callable[[str, str], Block] | None = None,
    place: Place = Place.CORNER,
    authority: TimeAuthority | None = None,
    trust: Trust | None = None,
) -> bytes:
    """The document with one more signature, which covers all signatures before it.

    Args:
        pdf: the document; it is not changed, what is signed is appended.
        keys: whose signature.
        now: the present moment: the certificate must be in force.
        block: what is seen, of the signer's name and body; without it nothing is.
        place: where it is seen, if the document has that place.
        authority: who stamps the time. With it the signature lasts beyond its certificate (B-LTA), for which ``trust`` is needed.
        trust: whom both the signer's and the authority's certificates go back to.

    Raises:
        SigningFault: it cannot be signed now.
    """
    try:
        writer = IncrementalPdfFileWriter(BytesIO(pdf), strict=False)
        nth = len(writer.prev.embedded_regular_signatures)
        seen_at = spot(writer, place) if block else None
    except (PdfError, ValueError, KeyError) as error:
        raise SigningFault("This PDF cannot be read, so it is not signed: {fault}.", "Export it again.", fault=error) from error
    name = f"Signature{nth + 1}"
    meta = PdfSignatureMetadata(
        field_name=name,
        md_algorithm=HASH,
        subfilter=SigSeedSubFilter.PADES,
        embed_validation_info=authority is not None,
        use_pades_lta=authority is not None,
        validation_context=trust.now() if authority and trust else None,
    )
    with keys.opened() as signer:
        _check(signer, now)
        seen = block(*named(signer.signing_cert)) if block and signer.signing_cert else None
        made = PdfSigner(
            meta,
            signer,
            timestamper=authority.stamper() if authority else None,
            stamp_style=style(seen, seen_at.place) if seen and seen_at else None,
            new_field_spec=SigFieldSpec(name, on_page=seen_at.page if seen_at else -1, box=seen_at.box if seen_at else None),
        )
        return bytes(_asked(lambda: made.sign_pdf(writer), authority).getbuffer())


def sign_beside(content: bytes | BinaryIO, keys: Keys, now: datetime, *, authority: TimeAuthority | None = None) -> bytes:
    """A detached signature of any file (CMS, DER), to be kept beside it. Raises SigningFault."""
    with keys.opened() as signer:
        _check(signer, now)
        stamper = authority.stamper() if authority else None

        def sign() -> bytes:
            told = PdfCMSSignedAttributes(signing_time=now)
            made = signer.async_sign_general_data(content, HASH, timestamper=stamper, signed_attr_settings=told)
            return bytes(asyncio.run(made).dump())

        return _asked(sign, authority)


def _check(signer: Signer, now: datetime) -> None:
    certificate = signer.signing_cert
    if certificate is not None:
        in_force(certificate, now)


def _asked(sign: Callable[[], T], authority: TimeAuthority | None) -> T:
    """What signing gives, and in a sentence what kept it from doing so."""
    try:
        return sign()
    except TimestampRequestError as error:
        raise SigningFault(
            "The time-stamp authority {url} does not answer: {fault}.",
            "Sign later, or take signing.tsa out to sign without a time stamp.",
            url=authority.url if authority else "",
            fault=error.__cause__ or error,
        ) from error
    except (PathError, PathBuildingError, ValidationError) as error:
        raise SigningFault(
            "The certificate of the signer or of the time-stamp authority goes back to none that is trusted, or is revoked: {fault}.",
            "Name their roots under signing.trust.",
            fault=error,
        ) from error
    except SigningError as error:
        raise SigningFault("It cannot be signed: {fault}.", "Look at the signer under signing.signers.", fault=error) from error
