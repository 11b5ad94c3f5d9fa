"""Messages of the national axis of document exchange: edXML after QCVN 102:2016, one row a message.

Only what stands in ``COLUMNS`` is read. No person's name, address or number is among it, nor the subject of a document, nor anything
that is attached: attachments pass by in pieces and are never held.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from types import MappingProxyType
from typing import BinaryIO

import numpy as np
import pyarrow as pa
from defusedxml.common import DefusedXmlException
from defusedxml.ElementTree import DefusedXMLParser, ParseError

from data_sources.readers.content import Content
from data_sources.readers.options import FileOptions
from data_sources.readers.pieces import Piece, batches, composed
from data_sources.readers.survey import Survey
from ioc.errors import FeedRejected
from ioc.intake.port import Batch

NAMESPACES = (
    "http://www.mic.gov.vn/TBT/QCVN_102_2016",
    "http://www.e-doc.vn/Schema/",
    "http://schemas.xmlsoap.org/soap/envelope/",
)
STATUSES: Mapping[str, str] = MappingProxyType(
    {
        "01": "Đã đến",
        "02": "Từ chối tiếp nhận",
        "03": "Đã tiếp nhận",
        "04": "Phân công",
        "05": "Đang xử lý",
        "06": "Hoàn thành",
        "13": "Lấy lại",
        "15": "Đồng ý cập nhật",
        "16": "Từ chối cập nhật",
    }
)
_ROOTS = frozenset({"edXML", "edXMLEnvelope", "Envelope"})
_SECTIONS = frozenset({"MessageHeader", "Status", "TraceHeaderList", "Signature"})
_KINDS = {"MessageHeader": "document", "Status": "status"}
# The element of each column that holds an element's text, after its section.
_PARTIES = ("From.OrganId", "From.OrganName", "ResponseFor.OrganId", "ResponseFor.Code")
_ANSWERED = ("ResponseFor.PromulgationDate", "ResponseFor.DocumentId")
_HEADER = (
    *("To.OrganId", "To.OrganName", "Code.CodeNumber", "Code.CodeNotation"),
    *("PromulgationInfo.Place", "PromulgationInfo.PromulgationDate"),
    *("DocumentType.Type", "DocumentType.TypeName", "DocumentType.TypeDetail", "DueDate"),
    *("OtherInfo.Priority", "OtherInfo.SphereOfPromulgation", "OtherInfo.PromulgationAmount", "OtherInfo.PageAmount"),
    *("SteeringType", "DocumentId"),
)
_TRACE = ("TraceHeader.OrganId", "TraceHeader.Timestamp", "Bussiness.BussinessDocType", "Bussiness.DocumentId")
_TEXTS: Mapping[str, str] = MappingProxyType(
    {f"MessageHeader.{name}": name for name in (*_PARTIES, *_ANSWERED, *_HEADER)}
    | {f"Status.{name}": name for name in (*_PARTIES, *_ANSWERED, "StatusCode", "Timestamp")}
    | {f"TraceHeaderList.{name}": name for name in _TRACE}
    | {
        "Signature.SignatureValue": "Signature",
        "Signature.KeyInfo.X509Data.X509SubjectName": "Signature.Organisation",
        "Signature.KeyInfo.X509Data.X509IssuerSerial.X509IssuerName": "Signature.Issuer",
    }
)
# The standard knows no level of secrecy: secret documents do not go over the axis. Systems that write one call it so.
_SECRECY = frozenset(
    {"secrecy", "secrecylevel", "secret", "secretlevel", "security", "securitylevel", "confidentiality", "domat", "mucdomat"}
)
_ORGANISATION = re.compile(r"(?:^|[,;/])\s*(?:O|2\.5\.4\.10)\s*=\s*(\"(?:[^\"]|\"\")*\"|(?:\\.|[^,;/\\])*)", re.IGNORECASE)
COLUMNS = (
    "Message",
    *_PARTIES,
    *_ANSWERED,
    *_HEADER,
    "To.Count",
    *_TRACE,
    *("StatusCode", "StatusName", "Timestamp"),
    *("Signature", "Signature.Method", "Signature.Organisation", "Signature.Issuer"),
    "Secrecy",
)

_CHUNK = 2**16
_LONGEST_TAG, _LONGEST_TEXT, _DEEPEST = 2**20, 4096, 64


def read_edxml(content: Content, found: Survey, options: FileOptions) -> Iterator[Batch]:
    """The message in a file, as one row.

    Raises:
        FeedRejected: it is no well-formed XML, no edXML, or not as a message is.
    """
    with content.open() as file:
        table = message_table(content.name, file)
    yield from batches([Piece(table, np.array([1], np.int64))])


def message_table(name: str, file: BinaryIO) -> pa.Table:
    """One message as a table of one row, all of it text; an element that is not there is null.

    Args:
        name: what the message is called when something is wrong with it.
        file: its bytes.

    Raises:
        FeedRejected: as above.
    """
    target = _Message(name)
    _parse(name, file, target)
    row = target.row()
    table = pa.table({column: pa.array([row.get(column)], pa.string()) for column in COLUMNS})
    return composed(Piece(table, np.array([1], np.int64))).table


def _parse(name: str, file: BinaryIO, target: _Message) -> None:
    parser = DefusedXMLParser(target=target, forbid_dtd=True)
    quiet, seen = 0, 0
    try:
        while chunk := file.read(_CHUNK):
            parser.feed(chunk)
            # What has no end in sight, such as a tag, is held until it has one.
            quiet = quiet + len(chunk) if target.events == seen else 0
            seen = target.events
            if quiet > _LONGEST_TAG:
                raise FeedRejected(
                    "{name} has a tag or a comment longer than {mib} MiB.",
                    "No edXML has; look at it.",
                    name=name,
                    mib=_LONGEST_TAG // 2**20,
                )
        parser.close()
    except DefusedXmlException as fault:
        raise FeedRejected(
            "{name} brings a document type or entities of its own, which edXML has no use for.", "Ask its sender.", name=name
        ) from fault
    except (ParseError, LookupError, ValueError) as fault:
        raise FeedRejected(
            "{name} is no well-formed XML: {fault}.",
            "It may be cut short, or in another encoding; have it sent again.",
            name=name,
            fault=fault,
        ) from fault


@dataclass
class _Message:
    """What the parser tells of a message, as far as it is wanted.

    Attributes:
        name: of the message, for what is wrong with it.
        events: how often it was told something.
    """

    name: str
    events: int = 0
    _path: list[str] = field(default_factory=list)
    _section: int = -1
    _column: str | None = None
    _text: list[str] = field(default_factory=list)
    _row: dict[str, str] = field(default_factory=dict)
    _to: int = 0

    def start(self, tag: str, attributes: Mapping[str, str]) -> None:
        """An element begins."""
        self.events += 1
        space, _, local = tag.rpartition("}")
        if not self._path and local not in _ROOTS:
            raise FeedRejected(
                "{name} is XML but no edXML: it is a “{tag}”.", "Check which files the feed is given.", name=self.name, tag=local[:40]
            )
        self._path.append(local)
        if len(self._path) > _DEEPEST:
            raise FeedRejected(
                "{name} is nested more than {most} deep, which no edXML is.", "Ask its sender.", name=self.name, most=_DEEPEST
            )
        if self._section < 0 and local in _SECTIONS:
            self._section = len(self._path) - 1
            self._begin(local, space[1:])
        self._column, self._text = self._wanted(), []
        place = ".".join(self._path[self._section :]) if self._section >= 0 else ""
        self._to += place == "MessageHeader.To"
        if place == "Signature.SignedInfo.SignatureMethod":
            self._row.setdefault("Signature.Method", attributes.get("Algorithm", ""))

    def data(self, text: str) -> None:
        """Some of an element's text."""
        self.events += 1
        if self._column == "Signature":
            self._row |= {"Signature": "true"} if text.strip() else {}
        elif self._column:
            self._text.append(text)
        if sum(map(len, self._text)) > _LONGEST_TEXT:
            raise FeedRejected(
                "{name} has a {column} of more than {most:,} letters.",
                "Ask its sender.",
                name=self.name,
                column=self._column,
                most=_LONGEST_TEXT,
            )

    def end(self, tag: str) -> None:
        """An element ends."""
        self.events += 1
        text = " ".join("".join(self._text).split())
        if self._column and text:
            self._keep(self._column, text)
        self._column, self._text = None, []
        self._path.pop()
        if len(self._path) <= self._section:
            self._section = -1

    def close(self) -> None:
        """The document has ended."""

    def row(self) -> dict[str, str]:
        """The message's columns. Raises FeedRejected when it is none."""
        if "Message" not in self._row:
            raise FeedRejected(
                "{name} is edXML without a MessageHeader or a Status.", "Check which files the feed is given.", name=self.name
            )
        found = {"Signature": "false"} | self._row
        if found["Message"] == "document":
            found["To.Count"] = str(self._to)
        if "StatusCode" in found:
            found["StatusName"] = STATUSES.get(found["StatusCode"].zfill(2), "")
        return {column: value for column, value in found.items() if value}

    def _begin(self, section: str, space: str) -> None:
        if section not in _KINDS:
            return
        if space not in NAMESPACES:
            raise FeedRejected(
                "{name} is edXML of a version that is not known: its namespace is “{namespace}”.",
                "Known: {names}.",
                name=self.name,
                namespace=space[:100],
                names=", ".join(NAMESPACES),
            )
        if self._row.setdefault("Message", _KINDS[section]) != _KINDS[section]:
            raise FeedRejected("{name} is a document and a status at once.", "Send each by itself.", name=self.name)

    def _wanted(self) -> str | None:
        if self._section < 0:
            return None
        if self._path[self._section] == "MessageHeader" and self._path[-1].casefold() in _SECRECY:
            return "Secrecy"
        return _TEXTS.get(".".join(self._path[self._section :]))

    def _keep(self, column: str, text: str) -> None:
        if column in {"Signature.Organisation", "Signature.Issuer"}:
            text = _organisation(text)
        if column.startswith("TraceHeader."):
            self._row[column] = text  # of all stations on the way the last
        elif column == "Secrecy" and text != self._row.get(column, text):
            self._row[column] += f" / {text}"  # no level that would be open
        else:
            self._row.setdefault(column, text)


def _organisation(subject: str) -> str:
    """The organisation in a certificate's name; the rest of it may name a person."""
    found = _ORGANISATION.search(subject)
    return found[1].strip().strip('"').replace("\\", "") if found else ""
