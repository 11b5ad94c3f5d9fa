"""What a database or its driver complains of, as a sentence. Nothing of a row, and no password, is ever in it."""

from __future__ import annotations

import re
import socket
from dataclasses import dataclass

import pyarrow as pa
from sqlalchemy.exc import DBAPIError

from ioc.errors import FeedRejected, FeedUnavailable, IocError


@dataclass(frozen=True)
class Fault:
    """One way to fail.

    Attributes:
        what: the sentence; `{place}` is the database. `{said}` are its own words: only where they can be of nothing but the query.
        hint: how to mend it.
        lasting: whether it stays until a person mends it.
        codes: SQLSTATEs of PostgreSQL and numbers of MariaDB and MySQL, as a pattern.
        words: what drivers say where there is no code, as a pattern.
    """

    what: str
    hint: str
    lasting: bool
    codes: str = r"(?!)"
    words: str = r"(?!)"


_SOON = "It is asked again soon; nothing is lost."
_FAULTS = (
    Fault(
        "There is no such host as that of {place}.",
        "Check the host in the feed's url, and how this machine resolves names.",
        lasting=False,
        words="name or service not known|translate host name|failed to resolve|nodename nor servname|name resolution",
    ),
    Fault(
        "Nobody listens at {place}.", "Check host and port in the feed's url, and that the database runs.", lasting=False, words="refused"
    ),
    Fault(
        "{place} offers no encrypted connection.",
        "Switch TLS on there; or set tls: none, where the line itself is safe.",
        lasting=True,
        words="(does not|doesn't) support ssl|ssl (connection )?is required",
    ),
    Fault(
        "The certificate of {place} does not prove who it is.",
        "Give its authority's file as “ca_file”, use the host name in the certificate, or set tls: encrypt.",
        lasting=True,
        words="certificate",
    ),
    Fault(
        "{place} refuses this user or password.",
        "Check user and password, and from where the user may come.",
        lasting=True,
        codes=r"28...|1045|1698",
        words="authentication failed|no password supplied|no pg_hba",
    ),
    Fault(
        "There is no {place}, or not for this user.",
        "Check the database's name in the feed's url.",
        lasting=True,
        codes="3D000|1049|1044",
        words="database .* does not exist",
    ),
    Fault(
        "The user of the feed may not read this in {place}: {said}.",
        "Grant it SELECT on all that the query reads.",
        lasting=True,
        codes="42501|1142|1143|1370|1356",
    ),
    Fault(
        "The query writes; {place} is only read.",
        "Ask one SELECT that calls nothing that writes.",
        lasting=True,
        codes="25006|1792|1290",
    ),
    Fault(
        "{place} does not understand the query: {said}.",
        "Correct the feed's query.",
        lasting=True,
        codes="42...|0A000|1051|1052|1054|1064|1109|1146|1305",
    ),
    Fault(
        "{place} cannot compute the query: a value there is not of the kind that the query needs.",
        "Look at its casts and arithmetic, and at the type of :watermark.",
        lasting=True,
        codes="22...|1292|1365|1366|1690|4079",
    ),
    Fault(
        "{place} did not answer the query within the feed's statement_seconds.",
        "Make it cheaper (an index on the watermark's column), or give it longer.",
        lasting=False,
        codes="57014|1969|3024|1317",
    ),
    Fault("{place} takes no more connections now.", _SOON, lasting=False, codes="53...|1040|1203"),
    Fault("{place} is starting or shutting down.", _SOON, lasting=False, codes="57P..|1053|1927|1079", words="starting up|shutting down"),
    Fault(
        "{place} did not answer in time.",
        "Check that it runs, and that nothing between holds the line up.",
        lasting=False,
        words="timed out|timeout",
    ),
    Fault(
        "The connection to {place} broke.",
        _SOON,
        lasting=False,
        codes=r"08...|2006|2013",
        words="closed|lost|terminat|broken|reset|eof|unreachable",
    ),
    Fault("{place} was busy with changes that exclude each other.", _SOON, lasting=False, codes="40...|1205|1213"),
)
_ANY = Fault("{place} cannot be read (fault {code}).", "Its own log says more.", lasting=False)
_ENCODING = Fault("{place} gave text that is not UTF-8.", "Convert it in the query, or leave the column out.", lasting=True)
# PyMySQL's numbers for all that goes wrong while connecting; its words say what it was.
_CONNECTING = frozenset({"", "2003", "2026"})


def explained(error: Exception, place: str) -> IocError:
    """What went wrong with a database, for people.

    Args:
        error: from SQLAlchemy, a driver, or the system.
        place: what the database is called.
    """
    cause = error.orig if isinstance(error, DBAPIError) and isinstance(error.orig, Exception) else error
    code = _code(cause)
    fault = _fault(cause, code)
    at_start = fault.what.startswith("{place}")
    return (FeedRejected if fault.lasting else FeedUnavailable)(
        fault.what,
        fault.hint,
        place=place[:1].upper() + place[1:] if at_start else place,
        said=_said(cause),
        code=code or type(cause).__name__,
    )


def _code(cause: Exception) -> str:
    if isinstance(cause, OSError):
        return ""
    number = next(iter(cause.args), None)
    return str(number) if isinstance(number, int) else getattr(cause, "sqlstate", None) or ""


def _fault(cause: Exception, code: str) -> Fault:
    if isinstance(cause, (UnicodeError, pa.ArrowInvalid)):
        return _ENCODING
    known = (fault for fault in _FAULTS if re.fullmatch(fault.codes, code))
    if code not in _CONNECTING:
        return next(known, _ANY)
    words = "name or service not known" if isinstance(cause, socket.gaierror) else f"{type(cause).__name__}: {cause}".lower()
    return next((fault for fault in _FAULTS if re.search(fault.words, words)), _ANY)


def _said(cause: Exception) -> str:
    diagnosis = getattr(getattr(cause, "diag", None), "message_primary", None)
    said = diagnosis or (cause.args[1] if len(cause.args) > 1 else "")
    return " ".join(str(said).split()).rstrip(".")[:300]
