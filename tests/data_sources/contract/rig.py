"""What the shared tests do to a real source, whatever its kind. A new kind writes one of these, and inherits every test."""

from __future__ import annotations

import http.client
import json
import queue
import threading
import urllib.request
from abc import ABC, abstractmethod
from collections.abc import Mapping, Sequence
from http.server import BaseHTTPRequestHandler
from pathlib import Path
from typing import Any

from data_sources.senders.edxml import message
from tests.data_sources.broker import Broker, Sender, subscribe
from tests.data_sources.contract.history import COLUMNS, MAPPING, Row
from tests.data_sources.databases import PASSWORD, Server
from tests.data_sources.web import Asked, Web, send


class Rig(ABC):
    """A source of one kind in a test's own folder. Rows are offered in any thread, while the IOC runs or does not.

    Each row has the columns of ``history.COLUMNS``, all of them text; ``so`` is a number that grows from row to row.
    """

    # Whether the source can go away and come back; how many rows come at once; the feed's mapping of them to records.
    goes = True
    lot = 200
    mapping: Mapping[str, Any] = MAPPING
    # The fixture of a server that stands already, if it needs one.
    server_of: str | None = None

    def __init__(self, folder: Path) -> None:
        self.folder = folder
        self.offered: list[Row] = []

    @abstractmethod
    def feed(self) -> dict[str, Any]:
        """The feed's entry in config.yaml: kind, options and schedule."""

    @abstractmethod
    def put(self, rows: Sequence[Row]) -> None:
        """Make rows available to the feed, after those before."""

    def offer(self, rows: Sequence[Row]) -> None:
        """Make rows available, and remember them."""
        self.offered += rows
        self.put(rows)

    def again(self) -> None:
        """Make everything available once more, as a source of this kind would."""
        self.put(self.offered)

    def gone(self) -> None:  # noqa: B027
        """The source goes away."""

    def back(self) -> None:  # noqa: B027
        """It comes back."""

    def serving(self, address: str) -> None:  # noqa: B027
        """Told where the IOC is served, each time that it starts."""

    def close(self) -> None:  # noqa: B027
        """End whatever runs."""


class FileRig(Rig):
    """Files dropped into a folder."""

    def __init__(self, folder: Path) -> None:
        super().__init__(folder)
        self.folder = folder / "in"
        self.folder.mkdir()
        self.files = 0

    def feed(self) -> dict[str, Any]:
        return {"kind": "file", "options": {"path": "in", "settle_seconds": 0.2}, "schedule": {"every": "1s"}}

    def put(self, rows: Sequence[Row]) -> None:
        self.files += 1
        part = self.folder / f".{self.files}.ndjson"
        part.write_text("".join(json.dumps(row, ensure_ascii=False) + "\n" for row in rows), encoding="utf-8")
        part.rename(self.folder / f"{self.files}.ndjson")

    def gone(self) -> None:
        self.folder = self.folder.rename(self.folder.with_name("elsewhere"))

    def back(self) -> None:
        self.folder = self.folder.rename(self.folder.with_name("in"))


class WatchedRig(FileRig):
    """Files dropped into a folder that is watched, and put away when they have been taken in."""

    def feed(self) -> dict[str, Any]:
        return {"kind": "file", "options": {"path": "in", "settle_seconds": 0.2, "watch": True, "archive": "done"}}


EDXML_COLUMNS = {
    "so": "Code.CodeNumber",
    "ma": "DocumentId",
    "don_vi": "To.OrganId",
    "tiep_nhan": "DueDate",
    "toan_trinh": "SteeringType",
    "cap_nhat": "TraceHeader.Timestamp",
    "do_mat": "SecurityLevel",
    "da_xoa": "Bussiness.BussinessDocType",
    "chu_ho_so": "SignerInfo.FullName",
}
EDXML_MAPPING = {
    "fields": {field: EDXML_COLUMNS[column] for field, column in MAPPING["fields"].items()},
    "secrecy": {**MAPPING["secrecy"], "from": "Secrecy"},
    "deleted": "\"Bussiness.BussinessDocType\" = '1'",
}


def edxml(row: Row) -> bytes:
    """A row as a message of the national axis of document exchange."""
    return message({EDXML_COLUMNS[name]: value for name, value in row.items()})


class EdxmlRig(FileRig):
    """Messages dropped into a folder, each a file of its own."""

    lot = 10
    mapping = EDXML_MAPPING

    def feed(self) -> dict[str, Any]:
        return {"kind": "edxml", "options": {"path": "in", "settle_seconds": 0.2}, "schedule": {"every": "1s"}}

    def put(self, rows: Sequence[Row]) -> None:
        for row in rows:
            self.files += 1
            part = self.folder / f".{self.files}.edxml"
            part.write_bytes(edxml(row))
            part.rename(self.folder / f"{self.files}.edxml")


class PushRig(Rig):
    """A sender that posts until it is told that what it posted is kept."""

    goes = False
    token = "a-token-of-the-sender"
    form = "application/json"

    def __init__(self, folder: Path) -> None:
        super().__init__(folder)
        self.address = ""
        self.waiting: queue.SimpleQueue[bytes | None] = queue.SimpleQueue()
        self.closing = threading.Event()
        self.sender = threading.Thread(target=self._send)
        self.sender.start()

    def feed(self) -> dict[str, Any]:
        return {"kind": "push", "options": {"token": self.token}}

    def put(self, rows: Sequence[Row]) -> None:
        self.waiting.put(json.dumps(list(rows)).encode())

    def serving(self, address: str) -> None:
        self.address = address

    def close(self) -> None:
        self.closing.set()
        self.waiting.put(None)
        self.sender.join()

    def _send(self) -> None:
        while (body := self.waiting.get()) is not None:
            while not self._is_kept(body) and not self.closing.wait(0.05):
                pass

    def _is_kept(self, body: bytes) -> bool:
        headers = {"Content-Type": self.form, "Authorization": f"Bearer {self.token}"}
        try:
            with urllib.request.urlopen(
                urllib.request.Request(f"{self.address}api/v1/feeds/rows/records", body, headers), timeout=10
            ) as answer:
                return bool(answer.status == 202)
        except (OSError, ValueError, http.client.HTTPException):
            return False


class PostedEdxmlRig(PushRig):
    """Messages posted one at a time."""

    lot = 10
    form = "application/xml"
    mapping = EDXML_MAPPING

    def feed(self) -> dict[str, Any]:
        return {"kind": "edxml", "options": {"token": self.token}}

    def put(self, rows: Sequence[Row]) -> None:
        for row in rows:
            self.waiting.put(edxml(row))


class MqttRig(Rig):
    """A broker, which keeps what is published while the IOC is away, and while it is away itself."""

    def __init__(self, folder: Path) -> None:
        super().__init__(folder)
        self.broker = Broker(folder)
        subscribe(self.broker.port, "ioc", "rows/+")
        self.waiting: list[Row] = []
        self.is_there = True

    def feed(self) -> dict[str, Any]:
        where = {"host": "127.0.0.1", "port": self.broker.port, "topics": ["rows/{place}"], "client_id": "ioc"}
        return {"kind": "mqtt", "options": where}

    def put(self, rows: Sequence[Row]) -> None:
        if not self.is_there:
            self.waiting += rows
            return
        sender = Sender(self.broker.port)
        sender.send("rows/here", *[json.dumps(row, ensure_ascii=False) for row in rows])
        sender.close()

    def gone(self) -> None:
        self.is_there = False
        self.broker.stop()

    def back(self) -> None:
        self.broker.start()
        self.is_there = True
        self.put(self.waiting)

    def close(self) -> None:
        self.broker.stop()


class HttpRig(Rig):
    """An address that gives rows in pages, from the number that it is asked for on."""

    size = 40

    def __init__(self, folder: Path) -> None:
        super().__init__(folder)
        self.rows: list[Row] = []
        self.web = Web(self._answer)
        self.port = self.web.port

    def feed(self) -> dict[str, Any]:
        options = {
            "url": self.web.url,
            "records": "items",
            "paging": {"by": "page", "param": "page", "size": self.size},
            "watermark": {"column": "nr", "param": "since", "format": "number", "overlap": 5},
            "retries": 0,
        }
        return {"kind": "http", "options": options, "schedule": {"every": "1s"}}

    def _answer(self, asked: Asked, handler: BaseHTTPRequestHandler) -> None:
        since, page = float(asked.params.get("since", -1)), int(asked.params["page"])
        found = [row for row in list(self.rows) if int(row["nr"]) >= since]
        send(handler, {"items": found[(page - 1) * self.size : page * self.size]})

    def put(self, rows: Sequence[Row]) -> None:
        first = len(self.rows)
        self.rows += [row | {"nr": str(first + number)} for number, row in enumerate(rows)]

    def gone(self) -> None:
        self.web.close()

    def back(self) -> None:
        self.web = Web(self._answer, self.port)

    def close(self) -> None:
        self.web.close()


class SqlRig(Rig):
    """A table of PostgreSQL to which rows are added, asked by the number that the database gives them."""

    server_of = "postgresql"

    def __init__(self, folder: Path, server: Server) -> None:
        super().__init__(folder)
        self.server = server
        columns = ", ".join(f"{name} varchar(100)" for name in COLUMNS)
        self.server.execute("DROP TABLE IF EXISTS history", f"CREATE TABLE history (nr bigserial PRIMARY KEY, {columns})")
        self.waiting: list[Row] = []
        self.is_there = True

    def feed(self) -> dict[str, Any]:
        options = {
            "url": self.server.url(),
            "password": PASSWORD,
            "tls": "none",
            "query": "SELECT * FROM history WHERE nr > :watermark ORDER BY nr",
            "watermark": {"column": "nr", "start": 0, "overlap": 5, "sorted": True},
            "batch_rows": 100,
        }
        return {"kind": "sql", "options": options, "schedule": {"every": "1s"}}

    def put(self, rows: Sequence[Row]) -> None:
        if not self.is_there:
            self.waiting += rows
        elif rows:
            values = ", ".join("(" + ", ".join(f"'{value}'" for value in row.values()) + ")" for row in rows)
            self.server.execute(f"INSERT INTO history ({', '.join(rows[0])}) VALUES {values}")

    def gone(self) -> None:
        self.is_there = False
        self.server.stop()

    def back(self) -> None:
        self.server.start()
        self.is_there = True
        self.put(self.waiting)

    def close(self) -> None:
        if not self.is_there:
            self.server.start()


# Each kind that real systems use; the tests run for every one.
RIGS: tuple[type[Rig], ...] = (FileRig, WatchedRig, EdxmlRig, PostedEdxmlRig, PushRig, MqttRig, HttpRig, SqlRig)
