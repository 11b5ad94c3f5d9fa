"""Messages of the national axis: what is read of them, what never is, and what is refused, as files and brought."""

from __future__ import annotations

import hashlib
import hmac
import http.client
import io
import json
import tracemalloc
import zipfile
from pathlib import Path
from typing import Any

import pyarrow as pa
import pytest
from pydantic import ValidationError

from data_sources.edxml import EdxmlOptions, connect, files
from data_sources.readers import edxml
from data_sources.readers.edxml import COLUMNS, NAMESPACES, message_table
from ioc.errors import FeedRejected
from ioc.intake.port import Feed, Way
from tests.api.serving import served
from tests.office import CATALOGUE, rows_of

MESSAGES = Path(__file__).parents[2] / "docs" / "examples" / "edxml" / "messages"
OUTGOING, SECRET, STATUS = (MESSAGES / f"{name}.edxml" for name in ("1-outgoing", "7-secret", "8-status"))
INVENTED_PEOPLE = ("Người Ký Bịa", "Văn Thư Bịa", "Nguyễn Văn Bịa", "0000000000", "bia@example.vn")


def row_of(content: bytes) -> dict[str, Any]:
    table = message_table("It", io.BytesIO(content))
    assert tuple(table.column_names) == COLUMNS
    assert {field.type for field in table.schema} == {pa.string()}
    (row,) = table.to_pylist()
    return {name: value for name, value in row.items() if value is not None}


def rejected(content: bytes) -> str:
    """What is wrong with a message, in a sentence without a word of it."""
    with pytest.raises(FeedRejected) as caught:
        row_of(content)
    assert caught.value.what.startswith("It ") and caught.value.what.endswith(".") and caught.value.hint.endswith(".")
    return caught.value.what


def with_header(inside: str, space: str = NAMESPACES[0]) -> bytes:
    return f'<e:edXML xmlns:e="{space}"><e:edXMLEnvelope><e:edXMLHeader>{inside}</e:edXMLHeader></e:edXMLEnvelope></e:edXML>'.encode()


def test_the_header_of_a_document() -> None:
    assert row_of(OUTGOING.read_bytes()) == {
        "Message": "document",
        "From.OrganId": "G09",
        "From.OrganName": "Bộ Nội vụ",
        "To.OrganId": "H26",
        "To.OrganName": "UBND thành phố Hà Nội",
        "To.Count": "2",
        "Code.CodeNumber": "1001",
        "Code.CodeNotation": "BNV-VP",
        "PromulgationInfo.Place": "Hà Nội",
        "PromulgationInfo.PromulgationDate": "2026/03/02",
        "DocumentType.Type": "2",
        "DocumentType.TypeName": "Công văn",
        "DocumentType.TypeDetail": "0",
        "OtherInfo.Priority": "0",
        "OtherInfo.PromulgationAmount": "1",
        "OtherInfo.PageAmount": "2",
        "SteeringType": "0",
        "DocumentId": "G09,2026/03/02,1001/BNV-VP",
        "TraceHeader.OrganId": "G09",
        "TraceHeader.Timestamp": "2026/03/02 14:30:00",
        "Bussiness.BussinessDocType": "0",
        "Signature": "true",
        "Signature.Method": "http://www.w3.org/2001/04/xmldsig-more#rsa-sha256",
        "Signature.Organisation": "Bộ Nội vụ",
        "Signature.Issuer": "Ban Cơ yếu Chính phủ",
    }


def test_a_status() -> None:
    assert row_of(STATUS.read_bytes()) == {
        "Message": "status",
        "From.OrganId": "H26",
        "From.OrganName": "UBND thành phố Hà Nội",
        "ResponseFor.OrganId": "G09",
        "ResponseFor.Code": "1001/BNV-VP",
        "ResponseFor.PromulgationDate": "2026/03/02",
        "ResponseFor.DocumentId": "G09,2026/03/02,1001/BNV-VP",
        "StatusCode": "03",
        "StatusName": "Đã tiếp nhận",
        "Timestamp": "2026/03/02 15:10:00",
        "Signature": "false",
    }


@pytest.mark.parametrize("path", sorted(MESSAGES.iterdir()), ids=lambda path: path.stem)
def test_nobody_is_named(path: Path) -> None:
    content = path.read_bytes()
    assert any(name.encode() in content for name in INVENTED_PEOPLE)
    assert not any(name in str(row_of(content)) for name in INVENTED_PEOPLE)


def test_the_last_station_of_its_way_and_the_first_of_all_else() -> None:
    header = "".join(f"<e:TraceHeader><e:Timestamp>{at}</e:Timestamp></e:TraceHeader>" for at in ("1", "2", "3"))
    to = "".join(f"<e:To><e:OrganId>{place}</e:OrganId></e:To>" for place in ("H01", "H02"))
    found = row_of(with_header(f"<e:MessageHeader>{to}</e:MessageHeader><e:TraceHeaderList>{header}</e:TraceHeaderList>"))
    assert found == {"Message": "document", "To.OrganId": "H01", "To.Count": "2", "TraceHeader.Timestamp": "3", "Signature": "false"}


@pytest.mark.parametrize("space", NAMESPACES)
def test_every_known_version(space: str) -> None:
    assert row_of(with_header("<e:MessageHeader/>", space))["Message"] == "document"


@pytest.mark.parametrize("name", ["SecurityLevel", "DoMat", "Secrecy"])
def test_a_level_of_secrecy_is_found_whatever_it_is_called(name: str) -> None:
    found = row_of(with_header(f"<e:MessageHeader><e:OtherInfo><e:{name}> Tối  mật </e:{name}></e:OtherInfo></e:MessageHeader>"))
    assert found["Secrecy"] == "Tối mật"
    twice = "".join(f"<e:{name}>{level}</e:{name}>" for level in ("Thường", "Mật", "Mật"))
    assert row_of(with_header(f"<e:MessageHeader>{twice}</e:MessageHeader>"))["Secrecy"] == "Thường / Mật / Mật"


@pytest.mark.parametrize(
    ("subject", "organisation"),
    [
        ("CN=a, OU=b, O=Bộ Nội vụ, C=VN", "Bộ Nội vụ"),
        ("O=Ban Co yeu Chinh phu", "Ban Co yeu Chinh phu"),
        (r"CN=a,O=Viện A\, B,C=VN", "Viện A, B"),
        ('CN=a, O="Viện A, B", C=VN', "Viện A, B"),
        ("/C=VN/O=Viện A/CN=a", "Viện A"),
        ("2.5.4.10=Viện A", "Viện A"),
        ("CN=O, OU=O", None),
    ],
)
def test_of_a_certificate_the_organisation_alone(subject: str, organisation: str | None) -> None:
    key = f'<Signature xmlns="http://www.w3.org/2000/09/xmldsig#"><KeyInfo><X509Data><X509SubjectName>{subject}</X509SubjectName></X509Data></KeyInfo></Signature>'
    assert row_of(with_header(f"<e:MessageHeader/>{key}")).get("Signature.Organisation") == organisation


def test_an_attachment_passes_by_without_being_held() -> None:
    content = OUTGOING.read_bytes().replace(b"SU5WRU5URUQ=</ContentTransferEncoded>", b"A" * 40_000_000 + b"</ContentTransferEncoded>")
    file = io.BytesIO(content)
    tracemalloc.start()
    message_table("It", file)
    assert tracemalloc.get_traced_memory()[1] < 5_000_000
    tracemalloc.stop()


@pytest.mark.parametrize(
    ("content", "words"),
    [
        (b"", "no well-formed XML"),
        (b"not XML", "no well-formed XML"),
        (OUTGOING.read_bytes()[:2000], "no well-formed XML"),
        (OUTGOING.read_bytes().replace(b'"utf-8"', b'"utf-16"'), "no well-formed XML"),
        (OUTGOING.read_bytes().replace(b'"utf-8"', b'"nonsense"'), "no well-formed XML"),
        (OUTGOING.read_bytes().decode().encode("cp1258", "replace"), "no well-formed XML"),
        (b"<html><body>Sign in</body></html>", "XML but no edXML: it is a “html”"),
        (with_header("<e:MessageHeader/>", "http://example.vn/9"), "not known: its namespace is “http://example.vn/9”"),
        (with_header(""), "without a MessageHeader or a Status"),
        (with_header("<e:MessageHeader/><e:Status/>"), "a document and a status at once"),
        (with_header("<e:a>" * 100 + "</e:a>" * 100), "nested more than 64 deep"),
        (
            with_header(f"<e:MessageHeader><e:DocumentId>{'9' * 9000}</e:DocumentId></e:MessageHeader>"),
            "a DocumentId of more than 4,096 letters",
        ),
        (with_header(f'<e:MessageHeader a="{"9" * 3_000_000}"/>'), "longer than 1 MiB"),
        (with_header(f"<!--{'9' * 3_000_000}--><e:MessageHeader/>"), "longer than 1 MiB"),
        (b'<!DOCTYPE edXML SYSTEM "http://example.vn/x.dtd"><edXML/>', "a document type or entities"),
        (b'<!DOCTYPE a [<!ENTITY b SYSTEM "file:///etc/passwd">]><edXML>&b;</edXML>', "a document type or entities"),
        (b'<!DOCTYPE a [<!ENTITY b "ha"><!ENTITY c "&b;&b;&b;">]><edXML>&c;</edXML>', "a document type or entities"),
        (b"<edXML>&nowhere;</edXML>", "no well-formed XML"),
    ],
)
def test_what_is_refused_in_a_sentence(content: bytes, words: str) -> None:
    assert words in rejected(content)


def test_other_encodings() -> None:
    text = OUTGOING.read_text(encoding="utf-8")
    assert row_of(text.replace('"utf-8"', '"utf-16"').encode("utf-16")) == row_of(OUTGOING.read_bytes())
    assert row_of(b"\xef\xbb\xbf" + OUTGOING.read_bytes()) == row_of(OUTGOING.read_bytes())


def test_files_also_packed(tmp_path: Path) -> None:
    with zipfile.ZipFile(tmp_path / "night.zip", "w") as archive:
        archive.write(OUTGOING, "a.edxml")
        archive.writestr("broken.edxml", "<")
    (tmp_path / "status.xml").write_bytes(STATUS.read_bytes())
    feed = connect(EdxmlOptions(path=".", settle_seconds=0), tmp_path)
    assert isinstance(feed, Feed)
    found = {delivery.name: delivery for delivery in feed.deliveries()}
    assert sorted(found) == ["night.zip/a.edxml", "night.zip/broken.edxml", "status.xml"]
    (batch,) = found["status.xml"].batches
    assert batch.table.column("StatusName").to_pylist() == ["Đã tiếp nhận"]
    with pytest.raises(FeedRejected, match=r"night\.zip/broken\.edxml is no well-formed XML"):
        list(found["night.zip/broken.edxml"].batches)


@pytest.mark.parametrize(
    ("given", "words"),
    [
        ({"path": "in", "token": "a-long-token"}, "path or token, not both"),
        ({"signing_key": "a-long-key"}, "give a token too"),
        ({"token": "short"}, "at least 8"),
        ({"format": "csv"}, "Extra inputs"),
    ],
)
def test_options_that_do_not_hold(given: dict[str, Any], words: str) -> None:
    with pytest.raises(ValidationError, match=words):
        EdxmlOptions.model_validate(given)


def test_how_messages_come() -> None:
    assert EdxmlOptions(path="in").way is Way.ASKED
    assert EdxmlOptions(token="a-long-token").way is Way.BROUGHT
    assert EdxmlOptions().way is Way.BROUGHT
    assert EdxmlOptions(path="in", watch=True).way is Way.LISTENING
    chosen = files(EdxmlOptions(path="in", watch=True, archive="done"))
    assert (chosen.format, chosen.path, chosen.watch, chosen.archive) == ("edxml", "in", True, "done")


TOKEN, KEY = "correct-horse-battery", "signing-key-of-it"
CONFIG = f"""
catalogue: {CATALOGUE.name}
data: data
feeds:
  axis:
    kind: edxml
    record: staff
    options: {{token: {TOKEN}, signing_key: {KEY}, max_mib: 1}}
    mapping:
      keep: '"Message" = ''document'''
      secrecy: {{from: Secrecy, open: [Thường], missing: open}}
      fields: {{id: DocumentId, unit: {{value: a}}, joined_on: {{from: PromulgationInfo.PromulgationDate, format: "%Y/%m/%d"}}}}
"""


def test_messages_that_are_brought(tmp_path: Path) -> None:
    with served(tmp_path, CONFIG) as (application, port):

        def post(body: bytes, kind: str = "application/xml", key: str = KEY) -> tuple[int, dict[str, Any]]:
            signature = "sha256=" + hmac.new(key.encode(), body, hashlib.sha256).hexdigest()
            headers = {"Content-Type": kind, "Authorization": f"Bearer {TOKEN}", "X-Signature": signature}
            connection = http.client.HTTPConnection("127.0.0.1", port, timeout=30)
            connection.request("POST", "/api/v1/feeds/axis/records", body, headers)
            found = connection.getresponse()
            answer = found.status, json.loads(found.read())
            connection.close()
            return answer

        assert post(OUTGOING.read_bytes())[1]["accepted"] == 1
        assert post(OUTGOING.read_bytes(), "text/xml; charset=utf-8")[1]["duplicates"] == 1
        assert post(SECRET.read_bytes())[1]["secret"] == 1
        assert post(STATUS.read_bytes())[1]["skipped"] == 1
        status, problem = post(b"<edXML")
        assert status == 400 and "The body is no well-formed XML" in problem["title"] + problem.get("detail", "")
        assert post(OUTGOING.read_bytes(), key="another-key-than-it")[0] == 403
        assert post(OUTGOING.read_bytes(), "application/json")[0] == 415
        assert post(b"<" + b" " * 2**20)[0] == 413
        assert rows_of(application.store, "SELECT id FROM rec_staff") == [("G09,2026/03/02,1001/BNV-VP",)]


def test_statuses_have_their_words() -> None:
    found = row_of(with_header("<e:Status><e:StatusCode>6</e:StatusCode></e:Status>"))
    assert found["StatusName"] == edxml.STATUSES["06"] == "Hoàn thành"
    assert "StatusName" not in row_of(with_header("<e:Status><e:StatusCode>99</e:StatusCode></e:Status>"))
