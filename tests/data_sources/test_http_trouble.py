"""What servers do that nobody expects of them: none of it loses a row, goes on for ever, or tells a secret."""

from __future__ import annotations

import threading
import time
from http.server import BaseHTTPRequestHandler
from pathlib import Path
from typing import Any

import pytest
from pydantic import ValidationError

from data_sources.http import client
from data_sources.http.feed import connect
from data_sources.http.options import HttpOptions
from data_sources.http.pages import header_link
from ioc.errors import FeedRejected, FeedUnavailable
from ioc.intake.port import Occasion
from tests.data_sources.fetching import ROWS, fetched, ids, serving, whole
from tests.data_sources.web import Asked, send


@pytest.fixture(autouse=True)
def _quick(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(client, "FIRST_PAUSE", 0.01)


def trickling(*, framed: bool) -> Any:
    def answer(asked: Asked, handler: BaseHTTPRequestHandler) -> None:
        handler.send_response(200)
        handler.send_header("Content-Type", "application/x-ndjson")
        handler.send_header("Connection", "close")
        if framed:
            handler.send_header("Content-Length", "1000000")
        handler.end_headers()
        for number in range(200):
            handler.wfile.write(b'{"id": %d}\n' % number)
            handler.wfile.flush()
            time.sleep(0.05)

    return answer


@pytest.mark.parametrize("framed", [True, False], ids=["with a length", "until it closes"])
def test_a_server_that_trickles_is_cut_off_and_what_came_is_not_taken_for_all(framed: bool) -> None:
    with serving(trickling(framed=framed), page_seconds=0.3) as (_, opened):
        started = time.monotonic()
        with pytest.raises(FeedUnavailable, match=r"has not answered to the end within 0\.3 seconds"):
            fetched(opened)
        assert time.monotonic() - started < 5


def test_a_feed_that_is_to_stop_does_not_wait_for_a_server_that_trickles() -> None:
    stopping = threading.Event()
    timer = threading.Timer(0.3, stopping.set)
    timer.start()
    with serving(trickling(framed=False)) as (_, opened):
        started = time.monotonic()
        assert fetched(opened, stopping=stopping) == ([], None)
        assert time.monotonic() - started < 5
    timer.join()


def test_a_page_that_is_shorter_than_asked_for_is_not_the_last() -> None:
    def capped(asked: Asked, handler: BaseHTTPRequestHandler) -> None:
        start = 3 * (int(asked.params["page"]) - 1)
        send(handler, ROWS[start : start + 3])

    with serving(capped, paging={"by": "page", "param": "page", "size": 100, "size_param": "limit"}) as (web, opened):
        assert ids(fetched(opened)[0]) == ids(ROWS)
        assert {asked.params["limit"] for asked in web.asked} == {"100"}


def test_a_total_saves_asking_for_an_empty_page() -> None:
    def counted(asked: Asked, handler: BaseHTTPRequestHandler) -> None:
        start = int(asked.params["offset"])
        send(handler, {"count": len(ROWS), "items": ROWS[start : start + 5]})

    with serving(counted, records="items", paging={"by": "offset", "param": "offset", "total": "count"}) as (web, opened):
        assert ids(fetched(opened)[0]) == ids(ROWS) and len(web.asked) == 2


@pytest.mark.parametrize("by", ["page", "offset"])
def test_a_server_that_does_not_know_the_parameter_is_told_of(by: str) -> None:
    numbers = iter(range(1000))

    def answer(asked: Asked, handler: BaseHTTPRequestHandler) -> None:
        send(handler, {"n": next(numbers), "items": ROWS})

    with serving(answer, records="items", paging={"by": by, "param": "p"}) as (web, opened):
        with pytest.raises(FeedUnavailable, match="go in a circle"):
            fetched(opened)
        assert len(web.asked) == 2


def test_the_first_page_does_not_say_whether_others_have_changed() -> None:
    rows = list(ROWS)

    def tagged(asked: Asked, handler: BaseHTTPRequestHandler) -> None:
        if asked.headers.get("if-none-match"):
            send(handler, b"", status=304)
        else:
            start = 5 * (int(asked.params["page"]) - 1)
            send(handler, rows[start : start + 5], ETag='"page"')

    with serving(tagged, paging={"by": "page", "param": "page"}) as (_, opened):
        _, position = fetched(opened)
        rows.append({"id": "11", "at": "2026-11-11T08:00:00+07:00"})
        assert ids(fetched(opened, position)[0]) == ids(rows)


def test_the_same_rows_make_no_delivery_whatever_stands_around_them() -> None:
    numbers = iter(range(1000))
    with serving(lambda asked, handler: send(handler, {"generated": next(numbers), "items": ROWS}), records="items") as (_, opened):
        rows, position = fetched(opened)
        assert len(rows) == 10 and fetched(opened, position) == ([], position)


def test_a_token_is_fetched_anew_when_it_is_refused_even_without_retries() -> None:
    issued: list[str] = []

    def answer(asked: Asked, handler: BaseHTTPRequestHandler) -> None:
        if asked.path == "/token":
            assert "x-key" not in asked.headers, "what is meant for the address goes nowhere else"
            issued.append(f"t{len(issued)}")
            send(handler, {"access_token": issued[-1]})
        elif asked.headers["authorization"] == "Bearer t1":
            send(handler, ROWS)
        else:
            send(handler, b"", status=401)

    with serving(answer, headers={"X-Key": "k"}, retries=0) as (web, opened):
        auth = {"kind": "oauth2", "token_url": web.url.replace("/rows", "/token"), "client_id": "i", "client_secret": "s"}
        rows, _ = fetched(HttpOptions.model_validate(opened.model_dump() | {"auth": auth}))
        assert len(rows) == 10 and issued == ["t0", "t1"]


@pytest.mark.parametrize("body", [b"<html>", b"{}", b"[]", b'{"access_token": 5}'])
def test_an_issuer_that_gives_no_token_is_told_of(body: bytes) -> None:
    with serving(whole(body)) as (web, opened):
        auth = {"kind": "oauth2", "token_url": f"{web.url}?key=very-secret", "client_id": "i", "client_secret": "very-secret"}
        with pytest.raises(FeedUnavailable, match="without an access_token") as raised:
            fetched(HttpOptions.model_validate(opened.model_dump() | {"auth": auth}))
        assert "very-secret" not in str(raised.value)


def test_a_server_that_asks_for_an_hour_is_left_alone() -> None:
    with serving(whole(b"", status=429, Retry_After="3600"), retries=5) as (web, opened):
        with pytest.raises(FeedUnavailable, match="asks us to wait 3600 seconds"):
            fetched(opened)
        assert len(web.asked) == 1


def test_a_query_is_never_told() -> None:
    with serving(whole(b"", status=500), retries=0) as (web, opened):
        with pytest.raises(FeedUnavailable, match="answers 500") as raised:
            fetched(opened.model_copy(update={"url": f"{web.url}?key=very-secret"}))
        assert "very-secret" not in str(raised.value)
    with serving(whole(ROWS)) as (web, opened):
        (delivery,) = connect(opened.model_copy(update={"url": f"{web.url}?key=very-secret"}), Path()).deliveries()
        assert "very-secret" not in delivery.name


def test_a_link_is_followed_with_the_fixed_parameters_that_it_lacks() -> None:
    def linked(asked: Asked, handler: BaseHTTPRequestHandler) -> None:
        if "after" in asked.params:
            send(handler, ROWS[5:])
        else:
            send(handler, ROWS[:5], Link='</rows?after=5&unit=b>; rel="next"')

    with serving(linked, params={"unit": "a", "key": "k"}, paging={"by": "link"}) as (web, opened):
        assert ids(fetched(opened)[0]) == ids(ROWS)
        assert web.asked[1].params == {"after": "5", "unit": "b", "key": "k"}


def test_a_link_to_another_host_is_not_followed() -> None:
    answer = whole(ROWS, Link='<http://other.example/rows>; rel="next"')
    with (
        serving(answer, paging={"by": "link"}) as (_, opened),
        pytest.raises(FeedUnavailable, match=r"another host, http://other\.example"),
    ):
        fetched(opened)


@pytest.mark.parametrize(
    ("value", "found"),
    [
        ('</a>; rel="next"', "/a"),
        ('</a>; rel=prev, </b>; rel="last next"', "/b"),
        ("</a?x=1,2>; title=x; REL=next", "/a?x=1,2"),
        ('</a>; rel="nextish"', None),
        ('</a>; title="rel=next"', None),
        ("", None),
    ],
)
def test_the_header_link(value: str, found: str | None) -> None:
    assert header_link(value, "next") == found


def test_what_is_nested_too_deep_goes_to_quarantine_and_the_rest_is_kept() -> None:
    deep = '{"id": "2", "inside": ' + "[" * 400 + "]" * 400 + "}"
    body = f'[{{"id": "1", "inside": []}}, {deep}, {{"id": "3", "inside": []}}]'
    with serving(whole(body.encode())) as (_, opened):
        (delivery,) = connect(opened, Path()).deliveries()
        batches = list(delivery.batches)
        assert [row["id"] for batch in batches for row in batch.table.to_pylist()] == ["1", "3"]
        assert [(each.row, each.detail) for batch in batches for each in batch.broken] == [(2, "nested too deep")]


def test_values_as_keys_are_refused() -> None:
    with (
        serving(whole([{f"k{number}": 1} for number in range(3000)])) as (_, opened),
        pytest.raises(FeedRejected, match="3,000 different keys"),
    ):
        fetched(opened)


def test_a_document_over_several_lines_is_read_as_one_on_a_line() -> None:
    with serving(whole(b'{\n "items": [\n  {"id":\n "1"},\n  {"id": "a\\nb"}\n ]\n}\n'), records="items") as (_, opened):
        assert ids(fetched(opened)[0]) == ["1", "a\nb"]


def test_pages_without_a_value_do_not_end_a_batch() -> None:
    pages = iter([[{"id": 1, "note": "a", "rate": 1}], [{"id": 2, "note": None, "rate": None}], [{"id": 3, "note": "b", "rate": 2}], []])
    with serving(lambda asked, handler: send(handler, next(pages)), paging={"by": "page", "param": "page"}) as (_, opened):
        (delivery,) = connect(opened, Path()).deliveries()
        assert [batch.table.num_rows for batch in delivery.batches] == [3]


@pytest.mark.parametrize("sorted_", [False, True])
def test_what_was_broken_off_is_asked_for_again(sorted_: bool, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("data_sources.http.feed.FEW_ROWS", 1)
    monkeypatch.setattr("data_sources.readers.pieces.FIRST_ROWS", 1)
    monkeypatch.setattr("data_sources.readers.pieces.MOST_ROWS", 1)
    failing = iter([True])

    def answer(asked: Asked, handler: BaseHTTPRequestHandler) -> None:
        rows = [row for row in ROWS if int(row["id"]) > int(asked.params.get("after", 0))]
        start = 3 * (int(asked.params["page"]) - 1)
        if start == 6 and next(failing, False):
            send(handler, b"", status=404)
        else:
            send(handler, rows[start : start + 3])

    mark = {"column": "id", "param": "after", "format": "number", "sorted": sorted_}
    with serving(answer, paging={"by": "page", "param": "page"}, watermark=mark) as (_, opened):
        position, came = None, set[str]()
        for _ in range(2):
            try:
                for delivery in connect(opened, Path()).deliveries(Occasion(position)):
                    for batch in delivery.batches:
                        came |= {str(value) for value in batch.table.column("id").to_pylist()}
                        position = batch.position or position
            except FeedUnavailable:
                continue
        assert came == set(ids(ROWS))


@pytest.mark.parametrize(
    ("options", "said"),
    [
        ({"watermark": {"column": "a", "param": "b", "format": "iso8601"}}, "is no format"),
        ({"watermark": {"column": "a", "param": "b", "overlap": "soon"}}, "is no overlap"),
        ({"watermark": {"column": "a", "param": "b", "start": "yesterday"}}, "is not written in the format iso"),
        ({"watermark": {"column": "a", "param": "b", "time_zone": "Hanoi"}}, "is no time zone"),
        ({"headers": {"X Key": "a"}}, "is no name of a header"),
        ({"headers": {"X-Key": "a\r\nb"}}, "must be one line"),
        ({"headers": {"authorization": "a"}, "auth": {"kind": "bearer", "token": "t"}}, "not both"),
        ({"format": "csv", "records": "items"}, "stands in a JSON document"),
        ({"paging": {"by": "page", "param": "p", "size_param": "s"}}, "needs “size”"),
        ({"url": "http://h:99999/"}, "is no address"),
    ],
)
def test_options_that_contradict_themselves_are_told(options: dict[str, Any], said: str) -> None:
    with pytest.raises(ValidationError, match=said):
        HttpOptions.model_validate({"url": "https://h"} | options)
