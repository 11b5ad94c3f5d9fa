"""Exports that go out of themselves: to a folder, by mail, to an address; tried again, held while data are late, and written down."""

from __future__ import annotations

import json
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import timedelta
from email import message_from_bytes, policy
from email.message import EmailMessage
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from io import BytesIO
from pathlib import Path
from typing import Any

import pytest
from aiosmtpd.controller import Controller
from aiosmtpd.smtp import SMTP, AuthResult, Envelope, Session
from openpyxl import load_workbook

from ioc.catalogue.deliveries import DeliverySettings, MailSettings, WebhookSettings
from ioc.exports.deliveries import folder, mail, webhook
from ioc.exports.deliveries.journal import FAILED, HELD, SENT, Journal
from ioc.exports.deliveries.parcel import DeliveryFault, Parcel
from tests.api.serving import served
from tests.api.test_api import ROW, Server
from tests.api.test_snapshots import page, post
from tests.commands.test_commands import CONFIG
from tests.office import CATALOGUE, NOW

REFUSED = "gone@bonoivu.vn"
TITLE = "Báo cáo tuần: hồ sơ trực tuyến"


class Mailbox:
    """Takes letters in, but for one mailbox that refuses them."""

    def __init__(self) -> None:
        self.letters: list[EmailMessage] = []

    async def handle_RCPT(  # noqa: N802 - the library's name
        self, server: SMTP, session: Session, envelope: Envelope, address: str, _: list[str]
    ) -> str:
        if address == REFUSED:
            return "550 mailbox is full"
        envelope.rcpt_tos.append(address)
        return "250 OK"

    async def handle_DATA(self, server: SMTP, session: Session, envelope: Envelope) -> str:  # noqa: N802 - likewise
        assert isinstance(envelope.content, bytes)
        self.letters.append(message_from_bytes(envelope.content, policy=policy.default))  # type: ignore[arg-type]
        return "250 OK"


@contextmanager
def mail_server(port: int, password: str | None = None) -> Iterator[Mailbox]:
    def signs_in(server: SMTP, session: Session, envelope: Envelope, mechanism: str, proof: Any) -> AuthResult:
        return AuthResult(success=proof.password.decode() == password, handled=False)

    box = Mailbox()
    given = {"authenticator": signs_in, "auth_required": True, "auth_require_tls": False} if password else {}
    controller = Controller(box, hostname="127.0.0.1", port=port, **given)
    controller.start()
    try:
        yield box
    finally:
        controller.stop()


@contextmanager
def address(answers: int = 200) -> Iterator[tuple[str, list[tuple[str | None, bytes]]]]:
    """An address that takes files in, and what came."""
    came: list[tuple[str | None, bytes]] = []

    class Takes(BaseHTTPRequestHandler):
        def do_POST(self) -> None:
            came.append((self.headers["Authorization"], self.rfile.read(int(self.headers["Content-Length"]))))
            self.send_response(answers)
            self.send_header("Content-Length", "0")
            self.end_headers()

        def log_message(self, *_: object) -> None: ...

    server = ThreadingHTTPServer(("127.0.0.1", 0), Takes)
    thread = threading.Thread(target=server.serve_forever)
    thread.start()
    try:
        yield f"http://127.0.0.1:{server.server_address[1]}/in", came
    finally:
        server.shutdown()
        thread.join()
        server.server_close()


@pytest.fixture
def parcel(tmp_path: Path) -> Parcel:
    files = [tmp_path / "bao-cao.csv", tmp_path / "bao-cao.pdf"]
    files[0].write_text("Chỉ tiêu;83,4%", encoding="utf-8")
    files[1].write_bytes(b"%PDF-1.7")
    return Parcel(TITLE, "Số liệu kèm theo.\n", files)


def settings(port: int, **given: object) -> MailSettings:
    return MailSettings.model_validate({"host": "127.0.0.1", "port": port, "security": "none", "sender": "ioc@bonoivu.vn", **given})


def test_a_letter_bears_title_words_and_files(parcel: Parcel, free_port: int) -> None:
    with mail_server(free_port) as box:
        mail.send(parcel, ["a@bonoivu.vn", "b@bonoivu.vn"], settings(free_port), str, NOW)
    (letter,) = box.letters
    assert (letter["Subject"], letter["To"]) == (TITLE, "a@bonoivu.vn, b@bonoivu.vn")
    assert [part.get_filename() for part in letter.iter_attachments()] == ["bao-cao.csv", "bao-cao.pdf"]
    assert "Số liệu kèm theo." in letter.get_body().get_content()  # type: ignore[union-attr]
    assert next(letter.iter_attachments()).get_payload(decode=True) == "Chỉ tiêu;83,4%".encode()


@pytest.mark.filterwarnings("ignore:Requiring AUTH")  # as it is without TLS
def test_what_keeps_a_letter_is_told(parcel: Parcel, free_port: int) -> None:
    with pytest.raises(DeliveryFault, match="does not answer"):
        mail.send(parcel, ["a@bonoivu.vn"], settings(free_port), str, NOW)
    with mail_server(free_port, password="đúng"), pytest.raises(DeliveryFault, match="does not let “ioc” in"):
        mail.send(parcel, ["a@bonoivu.vn"], settings(free_port, user="ioc", password="wrong"), str, NOW)
    with mail_server(free_port) as box:
        for to in ([REFUSED], ["a@bonoivu.vn", REFUSED]):
            with pytest.raises(DeliveryFault, match=r"refuses the letter: gone@bonoivu\.vn \(550 mailbox is full\)"):
                mail.send(parcel, to, settings(free_port), str, NOW)
    assert len(box.letters) == 1  # whoever does not refuse it has it


def test_an_address_gets_the_files_or_says_why_not(parcel: Parcel, free_port: int) -> None:
    with address() as (url, came):
        webhook.post(parcel, WebhookSettings(url=url, token="s3cret"), str)
    token, body = came[0]
    assert token == "Bearer s3cret"
    assert "Chỉ tiêu;83,4%".encode() in body and b'filename="bao-cao.pdf"' in body
    with address(503) as (url, _), pytest.raises(DeliveryFault, match="answers 503"):
        webhook.post(parcel, WebhookSettings(url=url), str)
    with pytest.raises(DeliveryFault, match="does not answer"):
        webhook.post(parcel, WebhookSettings(url=f"http://127.0.0.1:{free_port}/"), str)


def test_a_folder_gets_whole_files_or_none(parcel: Parcel, tmp_path: Path) -> None:
    out = tmp_path / "share" / "out"
    folder.put(parcel, out)
    assert sorted(file.name for file in out.iterdir()) == ["bao-cao.csv", "bao-cao.pdf"]
    folder.put(parcel, out)
    assert len(list(out.iterdir())) == 2, "the same again is the same"
    (out / "bao-cao.csv").write_text("of the same name and minute")
    folder.put(parcel, out)
    assert sorted(file.name for file in out.iterdir()) == ["bao-cao-2.csv", "bao-cao-2.pdf", "bao-cao.csv", "bao-cao.pdf"]
    assert (out / "bao-cao.csv").read_text() == "of the same name and minute"
    (tmp_path / "file").write_text("")
    with pytest.raises(DeliveryFault, match="cannot be written"):
        folder.put(parcel, tmp_path / "file")
    with pytest.raises(DeliveryFault, match="cannot be written"):
        folder.put(Parcel(TITLE, "", [*parcel.files, tmp_path / "none"]), tmp_path / "other")
    assert list((tmp_path / "other").iterdir()) == []


def test_the_journal_keeps_every_attempt(tmp_path: Path) -> None:
    journal = Journal(tmp_path)
    assert journal.last("weekly") is None
    first = journal.begin("weekly", NOW, NOW, 1)
    journal.end(
        first,
        NOW + timedelta(seconds=3),
        FAILED,
        (),
        DeliveryFault("{folder} cannot be written: {fault}.", "", folder="x", fault="y").kept(),
    )
    journal.end(journal.begin("weekly", NOW, NOW, 2, "Ánh"), NOW, SENT, ("K7QF-3MXN", "ABCD-EFGH"))
    assert [(each.attempt, each.state, each.by, each.codes) for each in journal.all("weekly")] == [
        (2, SENT, "Ánh", ("K7QF-3MXN", "ABCD-EFGH")),
        (1, FAILED, "", ()),
    ]


def test_a_schedule_sends_to_somebody() -> None:
    given = {"label": {"vi": "x", "en": "x"}, "show": "front", "formats": ["pdf"], "schedule": {"at": "07:30", "weekday": "monday"}}
    with pytest.raises(ValueError, match="sends to nobody"):
        DeliverySettings.model_validate(given)
    assert DeliverySettings.model_validate(given | {"folder": "out"}).retries[0] == timedelta(minutes=5)


SCHEDULES = """
mail: {{host: 127.0.0.1, port: {port}, security: none, sender: ioc@bonoivu.vn}}
schedules:
  numbers:
    label: {{vi: Số liệu hằng tuần, en: Weekly numbers}}
    show: online_rate
    formats: [csv, xlsx]
    schedule: {{at: "07:30", weekday: monday}}
    folder: out
    mail: [leader@bonoivu.vn]
    sign: true
  anyway:
    label: {{vi: Vẫn gửi, en: Anyway}}
    show: online_rate
    formats: [xlsx]
    schedule: {{at: "07:30", working_days: true}}
    mail: [leader@bonoivu.vn]
    stale: true
  nowhere:
    label: {{vi: Không tới, en: Nowhere}}
    show: online_rate
    formats: [csv]
    schedule: {{at: "07:30", working_day: 5}}
    mail: [gone@bonoivu.vn]
    retries: [1s]
"""


@pytest.fixture(scope="module")
def port() -> int:
    import socket

    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return int(probe.getsockname()[1])


@pytest.fixture(scope="module")
def server(tmp_path_factory: pytest.TempPathFactory, port: int) -> Iterator[Server]:
    config = CONFIG.replace("catalogue: office", f"catalogue: {CATALOGUE.name}") + SCHEDULES.format(port=port)
    with served(tmp_path_factory.mktemp("schedules"), config) as (application, served_at):
        server = Server(application, served_at)
        server.put(*({**ROW, "id": str(key), "online": key % 3 == 0} for key in range(10)))
        yield server


def test_a_schedule_sends_what_it_shows_and_tells_it(server: Server, port: int) -> None:
    courier = server.application.courier
    with mail_server(port) as box:
        assert courier.deliver("numbers", NOW) == SENT
    out = server.application.config.base / "out"
    names = sorted(file.name.rpartition("_")[2].partition(".")[2] for file in out.iterdir())
    assert names == ["csv", "csv.p7s", "xlsx", "xlsx.p7s"]
    (letter,) = box.letters
    said = letter.get_body().get_content()  # type: ignore[union-attr]
    last = courier.journal.last("numbers")
    assert last is not None and len(last.codes) == 2
    assert all(f"/verify/{code}" in said for code in last.codes)
    assert letter["Subject"] == "Số liệu hằng tuần"
    status, shown = page(server, "/reports?lang=vi")
    assert status == 200 and "07:30 30/11/2026" in shown and "Số liệu hằng tuần" in shown and last.codes[0] in shown


def test_a_mailbox_that_refuses_is_tried_again_and_told(server: Server, port: int) -> None:
    courier = server.application.courier
    with mail_server(port):
        assert courier.deliver("nowhere", NOW) == FAILED
    fault = json.loads(courier.journal.all("nowhere")[-1].fault)
    assert "refuses the letter" in fault["what"]
    assert "Hộp thư từ chối" in page(server, "/reports?lang=vi")[1]


def test_it_is_sent_now_when_somebody_asks(server: Server, port: int) -> None:
    with mail_server(port) as box:
        assert post(server, "/reports/schedules/numbers/run", lang="vi")[0] == 200
        for _ in range(100):
            last = server.application.courier.journal.last("numbers")
            if box.letters and last and last.state == SENT:
                break
            threading.Event().wait(0.1)
    assert last is not None and last.state == SENT and len(box.letters) == 1
    assert post(server, "/reports/schedules/none/run", lang="vi")[0] == 404


def test_late_data_are_held_unless_the_schedule_says_so(server: Server, port: int) -> None:
    courier = server.application.courier
    server.application.store.clock.at = NOW + timedelta(days=3)  # type: ignore[attr-defined]
    assert courier.deliver("numbers", NOW) == HELD
    assert "Dữ liệu đang chậm nên chưa gửi: Hồ sơ – Trễ" in page(server, "/reports?lang=vi")[1]
    with mail_server(port) as box:
        assert courier.deliver("anyway", NOW) == SENT
    (letter,) = box.letters
    assert "các nguồn sau đang chậm: Hồ sơ – Trễ" in letter.get_body().get_content()  # type: ignore[union-attr]
    book = load_workbook(BytesIO(next(letter.iter_attachments()).get_payload(decode=True)))  # type: ignore[arg-type]
    assert "DỮ LIỆU CHẬM" in str(book.worksheets[0]["A2"].value)  # the document says it in its head
