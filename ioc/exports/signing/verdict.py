"""Tells a genuine file from a changed one: by the signatures in a PDF, or by the signature beside any other file."""

from __future__ import annotations

import asyncio
from collections.abc import Sequence
from datetime import datetime
from io import BytesIO
from typing import BinaryIO

from asn1crypto import cms, x509
from pyhanko.pdf_utils.misc import PdfError
from pyhanko.pdf_utils.reader import PdfFileReader
from pyhanko.sign.diff_analysis import ModificationLevel
from pyhanko.sign.validation import (
    DocumentSecurityStore,
    EmbeddedPdfSignature,
    StandardCMSSignatureStatus,
    async_validate_detached_cms,
    async_validate_pdf_signature,
    async_validate_pdf_timestamp,
)
from pyhanko.sign.validation.errors import NoDSSFoundError, SignatureValidationError
from pyhanko.sign.validation.status import SignatureStatus
from pyhanko_certvalidator import ValidationContext

from ioc.exports.signing.demonstration import MARK
from ioc.exports.signing.findings import Finding, Signed, Verdict
from ioc.exports.signing.keys import named
from ioc.exports.signing.trust import Trust


def verify_pdf(pdf: bytes, trust: Trust, now: datetime) -> Verdict:
    """Judge a PDF by the signatures in it; without any it is unknown."""
    try:
        reader = PdfFileReader(BytesIO(pdf), strict=False)
        signatures, stamps = reader.embedded_regular_signatures, reader.embedded_timestamp_signatures
        store = _store(reader)
    except (PdfError, SignatureValidationError, ValueError, KeyError, TypeError, AttributeError, IndexError, RecursionError):
        return Verdict(Finding.CHANGED if b"/ByteRange" in pdf else Finding.UNKNOWN, readable=False)
    if not signatures:
        return Verdict(Finding.UNKNOWN)
    return asyncio.run(_judged(pdf, signatures, stamps, store, trust, now))


async def _judged(
    pdf: bytes,
    signatures: Sequence[EmbeddedPdfSignature],
    stamps: Sequence[EmbeddedPdfSignature],
    store: DocumentSecurityStore | None,
    trust: Trust,
    now: datetime,
) -> Verdict:
    proven = [(_covered(each), moment) for each in stamps if (moment := await _stamped(each, trust.at(now, store)))]
    found, sound = [], 0
    for each in signatures:
        later = min((moment for covered, moment in proven if covered > _covered(each)), default=None)
        signed = await _signed(each, pdf, trust, store, later, now, sound)
        sound = sound if signed.finding is Finding.CHANGED else _covered(each)
        found.append(signed)
    return Verdict(_worst(found), tuple(found))


async def _stamped(stamp: EmbeddedPdfSignature, context: ValidationContext) -> datetime | None:
    """The time that a document's stamp proves; None when it proves none."""
    try:
        status = await async_validate_pdf_timestamp(stamp, context)
    except (SignatureValidationError, ValueError):
        return None
    return status.timestamp if status.trusted else None


async def _signed(
    each: EmbeddedPdfSignature,
    pdf: bytes,
    trust: Trust,
    store: DocumentSecurityStore | None,
    proven: datetime | None,
    now: datetime,
    sound: int,
) -> Signed:
    revision = each.signed_revision + 1 if each.signed_revision is not None else 0
    certificate = each.signer_cert
    try:
        status = await async_validate_pdf_signature(each, trust.at(now, store), trust.at(now, store))
        stamp = status.timestamp_validity
        moment = proven if proven else stamp.timestamp if stamp and stamp.trusted else None
        when = moment or now
        if moment and not status.trusted and status.intact:
            status = await async_validate_pdf_signature(each, trust.at(when, store), trust.at(now, store))
        if status.trusted:
            strict = await async_validate_pdf_signature(each, trust.at(when, store, strict=True), trust.at(now, store))
            status = strict if strict.revoked else status
    except (SignatureValidationError, PdfError, ValueError, KeyError, TypeError):
        return _as(certificate, each.self_reported_timestamp, False, Finding.CHANGED, revision, changed=(sound, _covered(each)))
    at = moment or each.self_reported_timestamp
    if not (status.intact and status.valid):
        return _as(certificate, at, False, Finding.CHANGED, revision, changed=(sound, _covered(each)))
    if status.modification_level is None or status.modification_level is ModificationLevel.OTHER:
        return _as(certificate, at, False, Finding.CHANGED, revision, changed=(_covered(each), len(pdf)))
    return _as(certificate, at, moment is not None, _finding(status), revision, since=status.error_time_horizon)


def verify_beside(content: bytes | BinaryIO, signature: bytes, trust: Trust, now: datetime) -> Verdict:
    """Judge any file by the signature beside it."""
    try:
        signed = cms.ContentInfo.load(signature, strict=True)["content"]
        if not isinstance(signed, cms.SignedData):
            return Verdict(Finding.UNKNOWN, readable=False)
        status = _beside(content, signed, trust.at(now), trust.at(now))
        stamp = status.timestamp_validity
        moment = stamp.timestamp if stamp and stamp.trusted else None
        when = moment or now
        if moment and not status.trusted and status.intact:
            status = _beside(content, signed, trust.at(when), trust.at(now))
        if status.trusted:
            strict = _beside(content, signed, trust.at(when, strict=True), trust.at(now))
            status = strict if strict.revoked else status
    except (ValueError, KeyError, TypeError, SignatureValidationError):
        return Verdict(Finding.UNKNOWN, readable=False)
    at, stamped = moment or status.signer_reported_dt, moment is not None
    finding = _finding(status) if status.intact and status.valid else Finding.CHANGED
    one = _as(status.signing_cert, at, stamped, finding, 0, since=status.error_time_horizon)
    return Verdict(finding, (one,))


def _beside(
    content: bytes | BinaryIO, signed: cms.SignedData, signer: ValidationContext, stamp: ValidationContext
) -> StandardCMSSignatureStatus:
    if not isinstance(content, bytes):
        content.seek(0)
    return asyncio.run(async_validate_detached_cms(content, signed, signer, stamp))


def _finding(status: SignatureStatus) -> Finding:
    """What is to be said of a signature whose file was not changed."""
    if status.revoked:
        return Finding.REVOKED
    if status.trusted:
        return Finding.GENUINE
    standing = status.trust_problem_indic.standard_name if status.trust_problem_indic else ""
    return Finding.EXPIRED if standing in {"OUT_OF_BOUNDS_NO_POE", "EXPIRED", "OUT_OF_BOUNDS_NOT_REVOKED"} else Finding.UNTRUSTED


def _worst(found: Sequence[Signed]) -> Finding:
    return min((each.finding for each in found), key=list(Finding).index)


def _covered(each: EmbeddedPdfSignature) -> int:
    """How many bytes of the file a signature speaks of."""
    ranges = [int(number) for number in each.byte_range]
    return ranges[-2] + ranges[-1]


def _store(reader: PdfFileReader) -> DocumentSecurityStore | None:
    try:
        return DocumentSecurityStore.read_dss(reader)
    except NoDSSFoundError:
        return None


def _as(
    certificate: x509.Certificate,
    at: datetime | None,
    stamped: bool,
    finding: Finding,
    revision: int,
    *,
    since: datetime | None = None,
    changed: tuple[int, int] | None = None,
) -> Signed:
    name, organisation = named(certificate)
    late = since if finding in {Finding.EXPIRED, Finding.REVOKED} else None
    return Signed(name, organisation, at, stamped, finding, revision, MARK in name, late, changed)
