"""Records that are fetched from an address: page by page, once, from where it was left; and every way in which a server can fail."""

from __future__ import annotations

import base64
import gzip
import json
import threading
import time
from dataclasses import replace
from datetime import date
from http.server import BaseHTTPRequestHandler
from pathlib import Path
from typing import Any

import pytest
from pydantic import ValidationError

from data_sources.http import client
from data_sources.http.feed import connect
from data_sources.http.options import HttpOptions
from data_sources.readers.content import Content
from data_sources.readers.survey import survey
from ioc.errors import FeedRejected, FeedUnavailable
from ioc.intake.ingest import source_rows
from ioc.intake.port import Batch, Occasion
from tests.data_sources.fetching import ROWS, Answer, fetched, ids, serving, whole
from tests.data_sources.web import Asked, send


@pytest.fixture(autouse=True)
def _quick(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(client, "FIRST_PAUSE", 0.01)


@pytest.mark.parametrize(
    ("body", "kind", "options"),
    [
        (ROWS, "application/json", {}),
        ({"data": {"items": ROWS}}, "application/json; charset=utf-8", {"records": "data.items"}),
        ("\n".join(json.dumps(row) for row in ROWS).encode(), "application/x-ndjson", {}),
        (b"id;at\n" + b"".join(f"{row['id']};{row['at']}\n".encode() for row in ROWS), "text/csv", {}),
        (json.dumps(ROWS).encode(), "application/octet-stream", {"format": "json"}),
    ],
)
def test_formats(body: Any, kind: str, options: dict[str, Any]) -> None:
    with serving(whole(body, kind=kind), **options) as (_, opened):
        assert ids(fetched(opened)[0]) == ids(ROWS)


def paged(asked: Asked, handler: BaseHTTPRequestHandler) -> None:
    """Ten rows in pages of three, by whatever is asked."""
    params = asked.params | (json.loads(asked.body) if asked.body else {})
    start = (int(params["page"]) - 1) * 3 if "page" in params else int(params.get("offset", params.get("next", 0)))
    following = start + 3 if start + 3 < len(ROWS) else None
    link = {"Link": f'</rows?offset={following}>; rel="next", </rows>; rel="first"'} if following else {}
    send(handler, {"items": ROWS[start : start + 3], "meta": {"next": following}}, **link)


@pytest.mark.parametrize(
    "options",
    [
        {"paging": {"by": "page", "param": "page"}},
        {"paging": {"by": "page", "param": "page", "size": 3, "size_param": "size"}},
        {"paging": {"by": "offset", "param": "offset"}},
        {"paging": {"by": "cursor", "param": "next", "cursor": "meta.next"}},
        {"paging": {"by": "link"}},
        {"paging": {"by": "page", "param": "page"}, "method": "POST", "body": {"kind": "all"}},
    ],
)
def test_pages(options: dict[str, Any]) -> None:
    with serving(paged, records="items", params={"unit": "a"}, **options) as (web, opened):
        rows, _ = fetched(opened)
        assert ids(rows) == ids(ROWS)
        if opened.method == "POST":
            assert json.loads(web.asked[0].body) == {"kind": "all", "unit": "a", "page": 1}
        else:
            assert web.asked[0].params["unit"] == "a"


def test_rows_are_numbered_through_all_pages() -> None:
    with serving(paged, records="items", paging={"by": "link"}) as (_, opened):
        (delivery,) = connect(opened, Path()).deliveries()
        assert [row for batch in delivery.batches for row in source_rows(batch).to_pylist()] == list(range(1, 11))


def since(asked: Asked, handler: BaseHTTPRequestHandler) -> None:
    rows = [row for row in ROWS if row["at"] >= asked.params.get("since", "")]
    send(handler, [row for row in rows if row["at"] < asked.params.get("until", "9")])


def test_each_asking_goes_on_where_the_last_one_came_to() -> None:
    mark = {"column": "at", "param": "since", "start": "2026-11-08T00:00:00+07:00", "overlap": 90_000, "until_param": "until"}
    with serving(since, watermark=mark) as (web, opened):
        rows, position = fetched(opened)
        assert ids(rows) == ["8", "9", "10"]
        ROWS.append({"id": "11", "at": "2026-11-10T09:00:00+07:00"})
        try:
            rows, later = fetched(opened, position)
        finally:
            ROWS.pop()
        assert ids(rows) == ["9", "10", "11"], "what may have come late is asked for once more"
        assert web.asked[-1].params["since"] == "2026-11-09T07:00:00+07:00"
        assert later != position
        rows, position = fetched(opened, later)
        assert fetched(opened, position) == ([], position), "what the last asking brought makes no delivery"
        rows, _ = fetched(opened, None, span=(date(2026, 11, 2), date(2026, 11, 3)))
        assert ids(rows) == ["2", "3"]


def test_days_gone_by_need_a_watermark() -> None:
    with serving(whole(ROWS)) as (_, opened), pytest.raises(FeedRejected, match="no watermark"):
        fetched(opened, None, span=(date(2026, 11, 2), date(2026, 11, 3)))


@pytest.mark.parametrize(("sorted_", "kept"), [(False, []), (True, [2, 5, 8])])
def test_the_watermark_never_passes_what_was_not_kept(sorted_: bool, kept: list[int], monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("data_sources.http.feed.FEW_ROWS", 1)
    monkeypatch.setattr("data_sources.readers.pieces.FIRST_ROWS", 3)
    monkeypatch.setattr("data_sources.readers.pieces.MOST_ROWS", 3)

    def broken(asked: Asked, handler: BaseHTTPRequestHandler) -> None:
        if asked.params["page"] == "4":
            send(handler, b"", status=500)
        else:
            paged(asked, handler)

    mark = {"column": "id", "param": "after", "format": "number", "sorted": sorted_}
    with serving(broken, records="items", paging={"by": "page", "param": "page"}, watermark=mark, retries=0) as (_, opened):
        batches: list[Batch] = []
        with pytest.raises(FeedUnavailable, match="answers 500"):
            for delivery in connect(opened, Path()).deliveries():
                for batch in delivery.batches:
                    batches.append(batch)
        assert len(batches) == 3
        assert [json.loads(batch.position)["reached"] for batch in batches if batch.position] == kept


@pytest.mark.parametrize("header", ["ETag", "Last-Modified"])
def test_a_document_that_has_not_changed_is_not_sent_again(header: str) -> None:
    mark = {"ETag": '"v1"', "Last-Modified": "Mon, 23 Nov 2026 08:00:00 GMT"}[header]

    def answer(asked: Asked, handler: BaseHTTPRequestHandler) -> None:
        if mark in (asked.headers.get("if-none-match"), asked.headers.get("if-modified-since")):
            send(handler, b"", status=304)
        else:
            send(handler, ROWS, **{header.replace("-", "_"): mark})

    with serving(answer) as (_, opened):
        rows, position = fetched(opened)
        assert len(rows) == 10 and fetched(opened, position) == ([], position)


def test_a_document_that_comes_back_to_what_it_was_is_new_again() -> None:
    documents = iter([ROWS[:1], ROWS[:2], ROWS[:1], ROWS[:1]])
    with serving(lambda asked, handler: send(handler, next(documents))) as (_, opened):
        counts, position = [], None
        for _ in range(4):
            rows, position = fetched(opened, position)
            counts.append(len(rows))
        assert counts == [1, 2, 1, 0]


@pytest.mark.parametrize(
    ("auth", "header"),
    [
        ({"kind": "bearer", "token": "file:token.txt"}, "Bearer t-1"),
        ({"kind": "basic", "user": "lan", "password": "mật khẩu"}, "Basic " + base64.b64encode("lan:mật khẩu".encode()).decode()),
    ],
)
def test_credentials_are_sent(tmp_path: Path, auth: dict[str, str], header: str) -> None:
    (tmp_path / "token.txt").write_text("t-1\n")
    with serving(whole(ROWS), auth=auth, headers={"X-System": "ioc"}) as (web, opened):
        fetched(opened, base=tmp_path)
        assert (web.asked[0].headers["authorization"], web.asked[0].headers["x-system"]) == (header, "ioc")


def test_a_token_is_fetched_once_and_again_when_it_is_refused() -> None:
    issued: list[str] = []

    def answer(asked: Asked, handler: BaseHTTPRequestHandler) -> None:
        if asked.path == "/token":
            assert asked.headers["authorization"].startswith("Basic ") and "client_credentials" in asked.body and "scope=read" in asked.body
            issued.append(f"t{len(issued)}")
            send(handler, {"access_token": issued[-1], "expires_in": 3600})
        elif asked.headers["authorization"] == f"Bearer {issued[-1]}" and issued[-1] != "t0":
            send(handler, ROWS)
        else:
            send(handler, b"", status=401)

    with serving(answer) as (web, opened):
        auth = {"kind": "oauth2", "token_url": web.url.replace("/rows", "/token"), "client_id": "i", "client_secret": "s", "scope": "read"}
        feed = connect(HttpOptions.model_validate(opened.model_dump() | {"auth": auth}), Path())
        for _ in range(3):
            (delivery,) = feed.deliveries()
            assert sum(batch.table.num_rows for batch in delivery.batches) == 10
        assert issued == ["t0", "t1"]


def test_what_fails_on_the_way_is_asked_again() -> None:
    answers = iter([503, 429, 200])

    def answer(asked: Asked, handler: BaseHTTPRequestHandler) -> None:
        status = next(answers)
        send(handler, ROWS, status=status, **({"Retry_After": "0"} if status == 429 else {}))

    with serving(answer, retries=3) as (web, opened):
        assert len(fetched(opened)[0]) == 10 and len(web.asked) == 3


def cut(asked: Asked, handler: BaseHTTPRequestHandler) -> None:
    handler.send_response(200)
    handler.send_header("Content-Length", "1000000")
    handler.end_headers()
    handler.wfile.write(b"[")
    handler.close_connection = True


def circle(asked: Asked, handler: BaseHTTPRequestHandler) -> None:
    send(handler, b"", status=302, Location="/rows")


def trickle(asked: Asked, handler: BaseHTTPRequestHandler) -> None:
    handler.send_response(200)
    handler.end_headers()
    for _ in range(100):
        handler.wfile.write(b" " * 300_000)
        handler.wfile.flush()
        time.sleep(0.05)


def silent(asked: Asked, handler: BaseHTTPRequestHandler) -> None:
    time.sleep(1)


@pytest.mark.parametrize(
    ("answer", "options", "error", "said"),
    [
        (whole(b"", status=401), {}, FeedUnavailable, "answers 401. Check the credentials"),
        (whole(b"", status=404), {}, FeedUnavailable, "answers 404"),
        (whole(b"", status=500), {}, FeedUnavailable, "answers 500"),
        (whole(b"<!DOCTYPE html><p>Sign in", kind="text/html"), {}, FeedUnavailable, "a page for people"),
        (whole(b"  <html>Sign in", kind="application/json"), {}, FeedUnavailable, "a page for people"),
        (whole(b'[{"id": 1}, {"id"'), {}, FeedRejected, "is not JSON"),
        (whole(b"[" * 2_000_000), {}, FeedRejected, "is not JSON"),
        (whole(gzip.compress(b"0" * 9_000_000), Content_Encoding="gzip"), {"max_mib": 8}, FeedRejected, "more than 8 MiB"),
        (whole(b"no gzip", Content_Encoding="gzip"), {}, FeedUnavailable, "cannot be unpacked"),
        (cut, {}, FeedUnavailable, "broke off"),
        (silent, {"read_seconds": 0.2}, FeedUnavailable, "does not answer in time"),
        (trickle, {"page_seconds": 0.3}, FeedUnavailable, "has not answered to the end within 0.3 seconds"),
        (circle, {}, FeedUnavailable, "sends on and on"),
        (whole(b"", status=302, Location="http://other.example/x"), {}, FeedUnavailable, "sends on to another host, http://other.example"),
        (whole({"rows": ROWS}), {"records": "data.items"}, FeedRejected, "no “data”"),
        (whole(ROWS), {"watermark": {"column": "changed", "param": "s"}}, FeedRejected, "No row has the watermark's column “changed”"),
        (whole(ROWS), {"watermark": {"column": "id", "param": "s"}}, None, ""),
        (whole({"items": ROWS, "next": "x"}), {"records": "items", "paging": {"by": "cursor", "param": "c", "cursor": "next"}},
         FeedUnavailable, "go in a circle"),
    ],
)  # fmt: skip
def test_every_fault_is_a_sentence(answer: Answer, options: dict[str, Any], error: type[Exception] | None, said: str) -> None:
    with serving(answer, **options, headers={"X-Key": "very-secret"}, params={"key": "very-secret"}) as (_, opened):
        if error is None:
            return
        with pytest.raises(error, match=said) as raised:
            fetched(opened)
        assert "very-secret" not in str(raised.value)


def test_lines_that_are_broken_are_told_and_the_others_kept() -> None:
    body = b'{"id": 1}\n{"id": \n{"id": 3}\n'
    with serving(whole(body, kind="application/x-ndjson")) as (_, opened):
        (delivery,) = connect(opened, Path()).deliveries()
        batches = list(delivery.batches)
        assert [row["id"] for batch in batches for row in batch.table.to_pylist()] in ([1, 3], ["1", "3"])
        assert [broken.row for batch in batches for broken in batch.broken] == [2]


@pytest.mark.parametrize(("host", "said"), [("127.0.0.1", "takes no connection"), ("no-such-host.invalid", "is not known")])
def test_a_server_that_is_not_there(free_port: int, host: str, said: str) -> None:
    with pytest.raises(FeedUnavailable, match=said):
        fetched(HttpOptions(url=f"http://{host}:{free_port}/rows", retries=0, connect_seconds=2))


def test_a_feed_that_should_stop_asks_no_more(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("data_sources.http.feed.FEW_ROWS", 1)
    monkeypatch.setattr("data_sources.readers.pieces.FIRST_ROWS", 3)
    monkeypatch.setattr("data_sources.readers.pieces.MOST_ROWS", 3)
    stopping = threading.Event()
    with serving(paged, records="items", paging={"by": "link"}) as (web, opened):
        (delivery,) = connect(opened, Path()).deliveries(Occasion(stopping=stopping))
        positions = []
        for batch in delivery.batches:
            positions.append(batch.position)
            stopping.set()
        assert len(web.asked) < 4 and positions[-1] is None, "where it goes on is only kept when it came to the end"


@pytest.mark.parametrize(
    ("options", "said"),
    [
        ({"url": "ftp://host/x"}, "is no address"),
        ({"url": "https://lan:pw@host/x"}, "give them as auth"),
        ({"url": "https://h", "body": {"a": 1}}, "goes with method: POST"),
        ({"url": "https://h", "paging": {"by": "page"}}, "needs “param”"),
        ({"url": "https://h", "paging": {"by": "cursor"}}, "needs “cursor”"),
        ({"url": "https://h", "auth": {"kind": "magic"}}, "magic"),
    ],
)
def test_options_that_cannot_work_are_told(options: dict[str, Any], said: str) -> None:
    with pytest.raises(ValidationError, match=said):
        HttpOptions.model_validate(options)


def test_proxies_of_the_environment_are_not_used(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("http_proxy", "http://127.0.0.1:9")
    with serving(whole(ROWS)) as (_, opened):
        assert len(fetched(opened)[0]) == 10


LINES = b"".join(b'{"id":"%d"}\n' % number for number in range(1000))
PACKED = gzip.compress(LINES)


@pytest.mark.parametrize(
    "packed",
    [PACKED[:-8], PACKED[:400], PACKED[:100] + bytes(50) + PACKED[150:], PACKED[:-8] + bytes(8), LINES, PACKED + b"more"],
    ids=["no end", "cut short", "damaged", "wrong sum", "not packed", "more after its end"],
)
def test_packed_data_that_is_cut_short_is_not_taken_for_whole(packed: bytes) -> None:
    with (
        serving(whole(packed, kind="application/x-ndjson", Content_Encoding="gzip")) as (_, opened),
        pytest.raises(FeedUnavailable, match="unpacked"),
    ):
        fetched(opened)


def test_packed_data_in_several_parts_is_unpacked() -> None:
    with serving(whole(PACKED * 3, kind="application/x-ndjson", Content_Encoding="gzip")) as (_, opened):
        assert len(fetched(opened)[0]) == 3000


@pytest.mark.parametrize(("body", "options"), [(b"", {}), (b"", {"format": "ndjson"}), ({"items": None}, {"records": "items"})])
def test_nothing_is_no_fault(body: Any, options: dict[str, Any]) -> None:
    with serving(whole(body), **options) as (_, opened):
        assert fetched(opened) == ([], None)


def test_what_is_no_data_is_told_and_what_is_only_called_a_page_is_read() -> None:
    with serving(whole(b"\x89PNG", kind="image/png")) as (_, opened), pytest.raises(FeedRejected, match="answers with image/png"):
        fetched(opened)
    with serving(whole(ROWS, kind="text/html"), format="json") as (_, opened):
        assert len(fetched(opened)[0]) == len(ROWS)


def test_a_tag_of_something_else_says_nothing() -> None:
    def answer(asked: Asked, handler: BaseHTTPRequestHandler) -> None:
        same = asked.headers.get("if-none-match") == '"1"'
        send(handler, b"" if same else ROWS, status=304 if same else 200, ETag='"1"')

    with serving(answer) as (_, opened):
        position = fetched(opened)[1]
        assert fetched(opened, position)[0] == []
        assert len(fetched(opened.model_copy(update={"params": {"unit": "b"}}), position)[0]) == len(ROWS)


@pytest.mark.parametrize("end", ["", "ế", "ê\u0301", "\0"])
@pytest.mark.parametrize("broken", [b"", b"\xff"])
def test_a_large_answer_is_looked_at_in_passing_as_a_file_is(end: str, broken: bytes, tmp_path: Path) -> None:
    """Whatever stands at its very end, and wherever the pieces in which it comes are cut."""
    body = "Điện Biên\n".encode() * 150_000 + broken + b"x" * 70_000 + end.encode()
    path = tmp_path / "answer"
    path.write_bytes(body)
    with serving(whole(body, kind="text/csv")) as (_, opened), client.Client(opened, tmp_path).session(threading.Event()) as session:
        answer = session.ask(client.Request(opened.url))
        assert answer
        with answer.body:
            assert answer.body.read() == body
            as_file = survey(Content("a", path), None)
            assert replace(answer.found, sample=as_file.sample, longest=as_file.longest) == as_file
