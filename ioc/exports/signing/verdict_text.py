"""Says a verdict in sentences."""

from __future__ import annotations

from datetime import datetime
from zoneinfo import ZoneInfo

from ioc.exports.signing.findings import Finding, Signed, Verdict
from ioc.text.dates import full
from ioc.text.words import Words


def headline(verdict: Verdict, words: Words) -> str:
    """What a file is, in one sentence."""
    if not verdict.readable:
        return words("signing.unreadable")
    return words(f"signing.finding.{verdict.finding}")


def sentences(verdict: Verdict, words: Words, zone: ZoneInfo) -> list[str]:
    """A sentence on each signature: whose, when, and what is to be said of it."""
    return [_told(each, words, zone) for each in verdict.signatures]


def _told(signed: Signed, words: Words, zone: ZoneInfo) -> str:
    at = _moment(signed.at, zone)
    who = words("signing.who_of", name=signed.name, organisation=signed.organisation) if signed.organisation else signed.name
    parts = [words("signing.signed_stamped" if signed.stamped else "signing.signed", who=who, at=at)]
    if signed.finding is Finding.CHANGED:
        start, end = signed.changed or (0, 0)
        parts.append(words("signing.changed_where", start=start, end=end) if signed.changed else words("signing.changed"))
    elif signed.finding in {Finding.EXPIRED, Finding.REVOKED}:
        parts.append(words(f"signing.{signed.finding}", since=_moment(signed.since, zone)))
    else:
        parts.append(words(f"signing.{signed.finding}"))
    if signed.demonstration:
        parts.append(words("signing.demonstration"))
    return " ".join(parts)


def _moment(value: datetime | None, zone: ZoneInfo) -> str:
    return full(value.astimezone(zone)) if value else "–"
