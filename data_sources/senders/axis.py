"""The ministry's documents and what receivers tell of them, as messages of the national axis of document exchange."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from datetime import datetime
from types import MappingProxyType
from typing import Any
from zoneinfo import ZoneInfo

import pyarrow as pa

from data_sources.senders.edxml import message
from ioc.errors import FeedUnavailable

_ZONE = ZoneInfo("Asia/Ho_Chi_Minh")
# An organisation for each kind of counterpart: of level 1 a letter and two digits, A for the Party's, G for ministries, H for provinces;
# those below the ministry's own code that begins G09.00.
_PARTNERS = MappingProxyType({"central": "A01", "ministry": "G02", "province": "H26", "subordinate": "G09.00.01", "other": "T01"})
_PRIORITIES = MappingProxyType({"normal": "0", "urgent": "1", "very_urgent": "2", "express": "3"})
_STATUSES = MappingProxyType(
    {
        "arrived": "01",
        "refused": "02",
        "received": "03",
        "assigned": "04",
        "in_progress": "05",
        "completed": "06",
        "taken_back": "13",
        "update_agreed": "15",
        "update_refused": "16",
    }
)
_ISSUERS = MappingProxyType({"specialised": "Ban Cơ yếu Chính phủ", "public": "Tổ chức chứng thực chữ ký số công cộng"})
_SECRECY = MappingProxyType({"thuong": "Thường", "mat": "Mật", "toi_mat": "Tối mật", "tuyet_mat": "Tuyệt mật"})


def messages(records: pa.Table) -> Iterator[bytes]:
    """The messages that tell of some records: a document when it comes into being, a status for what becomes of it.

    Args:
        records: of the type `document` or `document_receipt`.

    Raises:
        FeedUnavailable: they are of another type, of which the axis knows nothing.
    """
    if not {"document_id", "partner_kind", "status"} <= set(records.column_names):
        raise FeedUnavailable("The axis of document exchange carries documents alone.", "Play the feeds of document and document_receipt.")
    for row in records.to_pylist():
        is_new = row["status"] == "arrived" and row.get("exchanged_at")
        yield message(_document(row) if is_new else _status(row))


def _document(row: Mapping[str, Any]) -> dict[str, str | None]:
    sender, receiver = _ends(row)
    return {
        "Message": "document",
        "From.OrganId": sender,
        "To.OrganId": receiver,
        "Code.CodeNumber": row["document_id"].rpartition("-")[2],
        "Code.CodeNotation": sender,
        "PromulgationInfo.Place": "Hà Nội",
        "PromulgationInfo.PromulgationDate": _local(row["exchanged_at"])[:10],
        "DocumentType.Type": "2",
        "DocumentId": row["document_id"],
        "OtherInfo.Priority": _PRIORITIES.get(row["urgency"]),
        "SecurityLevel": _SECRECY[row["secrecy"]],
        "TraceHeader.OrganId": sender,
        "TraceHeader.Timestamp": _local(row["updated_at"]),
        "Signature": "true" if row["signature_valid"] else None,
        "Signature.Issuer": _ISSUERS.get(row["signature"]),
    }


def _status(row: Mapping[str, Any]) -> dict[str, str | None]:
    sender, receiver = _ends(row)
    return {
        "Message": "status",
        "ResponseFor.OrganId": sender,
        "ResponseFor.PromulgationDate": _local(row["exchanged_at"])[:10] if row.get("exchanged_at") else f"{row['issued_on']:%Y/%m/%d}",
        "ResponseFor.DocumentId": row["document_id"],
        "From.OrganId": receiver,
        "StatusCode": _STATUSES.get(row["status"], row["status"]),
        "Timestamp": _local(row["updated_at"]),
    }


def _ends(row: Mapping[str, Any]) -> tuple[str, str]:
    """Who sent the document, and to whom."""
    unit = row["unit"] or ""
    ours, partner = "G09" if unit == "bnv" else f"G09.{unit.upper().replace('_', '.')}", _PARTNERS.get(row["partner_kind"], "T01")
    return (partner, ours) if row.get("direction") == "incoming" else (ours, partner)


def _local(moment: datetime) -> str:
    return f"{moment.astimezone(_ZONE):%Y/%m/%d %H:%M:%S}"
