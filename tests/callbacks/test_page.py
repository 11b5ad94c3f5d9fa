"""The application around the pages: answers to addresses, to Dash's renderer, and the files it hands out."""

from __future__ import annotations

import json
import re
from typing import Any

import brotli
import pytest
from flask import Flask
from flask.testing import FlaskClient

from callbacks import register_all
from ioc.clock import FrozenClock
from layouts.dash_app import make_dash
from tests.entering import let_in
from tests.layouts.sample_views import NOW, SampleViews


def client(views: SampleViews | None = None) -> FlaskClient:
    """An application over the sample."""
    flask = Flask("test", static_folder=None)
    pages = make_dash(flask, "Bộ Nội vụ")
    let_in(flask, FrozenClock(NOW))
    register_all(pages, views or SampleViews(), FrozenClock(NOW))
    return flask.test_client()


def ask_again(to: FlaskClient, path: str, search: str = "", build: str = "") -> dict[str, Any]:
    """What the browser asks when the address or the data have changed, and what it is answered."""
    question = {
        "output": "..ioc-page.children...ioc-build.data...ioc-parts.data..",
        "outputs": [
            {"id": "ioc-page", "property": "children"},
            {"id": "ioc-build", "property": "data"},
            {"id": "ioc-parts", "property": "data"},
        ],
        "inputs": [
            {"id": "ioc-location", "property": "pathname", "value": path},
            {"id": "ioc-location", "property": "search", "value": search},
            {"id": "ioc-version", "property": "data", "value": 1235},
        ],
        "state": [{"id": "ioc-build", "property": "data", "value": build}],
        "changedPropIds": ["ioc-version.data"],
    }
    answer = to.post("/_dash-update-component", json=question)
    assert answer.status_code == 200
    return dict(answer.get_json())


@pytest.mark.parametrize(
    ("address", "status"),
    [
        ("/", 200),
        ("/indicators/dossiers_fully_online?period=week&split=unit", 200),
        ("/screens/services?lang=en&theme=light", 200),
        ("/indicators/no_such", 404),
        ("/screens/service", 404),
        ("/feeds", 200),
        ("/feeds/archive?lang=en&theme=light", 200),
        ("/feeds/archiv", 404),
        ("/feeds/archive/runs", 404),
        ("/nowhere/at/all", 404),
        ("/indicators/dossiers_fully_online?period=fortnight", 400),
        ("/?as_of=yesterday", 400),
        ("/indicators/%3Cscript%3E", 404),
    ],
)
def test_an_address_is_answered_whole(address: str, status: int) -> None:
    answer = client().get(address)
    page = answer.get_data(as_text=True)
    assert answer.status_code == status
    assert page.count("<h1") == 1, "drawn once as HTML; in the components it is escaped"
    assert "<script>" not in page.replace("<script>var renderer", "")
    assert not re.findall(r'(?:src|href)="(?:https?:)?//', page)
    kept = json.loads(re.search(r'<script id="ioc-answers" type="application/json">(.*?)</script>', page, flags=re.S)[1])  # type: ignore[index]
    assert kept["_dash-layout"]["props"]["children"][-1]["props"]["id"] == "ioc-page"
    assert kept["_dash-dependencies"][0]["output"] == "..ioc-page.children...ioc-build.data...ioc-parts.data.."


def test_the_document_says_its_language_scheme_and_title() -> None:
    page = client().get("/?lang=en&theme=light").get_data(as_text=True)
    assert '<html lang="en" data-scheme="light">' in page
    assert "<title>E-government targets – Bộ Nội vụ</title>" in page
    assert '<html lang="vi" data-scheme="dark">' in client().get("/?lang=fr&theme=pink").get_data(as_text=True)


def test_a_page_is_drawn_again_with_new_data() -> None:
    views = SampleViews()
    to = client(views)
    first = ask_again(to, "/")["response"]
    assert first["ioc-page"]["children"]["props"]["data-version"] == "1234"
    views.version_ = 1235
    again = ask_again(to, "/", build=first["ioc-build"]["data"])
    assert list(again["response"]) == ["ioc-parts"], "a page of the same build is changed in place"
    assert dict(again["response"]["ioc-parts"]["data"])["ioc-part-0"]["data-version"] == "1235"
    other = ask_again(to, "/indicators/dossiers_fully_online", build=first["ioc-build"]["data"])
    assert other["response"]["ioc-page"]["children"]


def test_a_failure_is_drawn_and_not_swallowed() -> None:
    views = SampleViews()
    to = client(views)
    views.broken = True
    assert to.get("/").status_code == 500
    assert "chưa hiển thị được" in json.dumps(ask_again(to, "/"), ensure_ascii=False)


def test_two_applications_in_one_process_both_answer() -> None:
    one, two = client(), client()
    assert "children" in ask_again(one, "/")["response"]["ioc-page"]
    assert "children" in ask_again(two, "/indicators/dossiers_fully_online", "?period=year")["response"]["ioc-page"]


def test_the_renderer_may_also_ask_for_itself() -> None:
    layout = client().get("/_dash-layout").get_json()
    assert layout["props"]["children"][0]["props"] == {"id": "ioc-location", "refresh": False}


def scripts(page: str) -> list[str]:
    """The scripts of a page."""
    return re.findall(r'<script src="([^"]+)"', page)


def test_pages_load_only_what_they_use() -> None:
    to = client()
    board, screen, chart = (
        scripts(to.get(address).get_data(as_text=True)) for address in ("/", "/screens/services", "/indicators/dossiers_fully_online")
    )
    assert screen == board, "what a screen shows is drawn without the chart library"
    assert not [script for script in board + chart if "dash_table" in script or "ag_grid" in script or "mantine" in script]
    assert not [script for script in board if "plotly" in script]
    assert len([script for script in chart if "plotly" in script or "async-graph" in script]) == 2


def test_files_are_compressed_once_and_kept_for_ever() -> None:
    to = client()
    sizes = 0
    for script in scripts(to.get("/indicators/dossiers_fully_online").get_data(as_text=True)):
        with to.get(script, headers={"Accept-Encoding": "br"}) as answer, to.get(script) as bare:
            assert answer.status_code == 200, script
            assert answer.headers["Cache-Control"] == "public, immutable, max-age=31536000", script
            assert answer.headers["Content-Encoding"] == "br"
            assert brotli.decompress(answer.data) == bare.data
            sizes += len(answer.data)
    assert sizes < 1_500_000
    for address in ("/", "/_dash-component-suites/dash/dcc/async-graph.js", "/assets/page.js"):
        with to.get(address) as answer:
            assert "immutable" not in answer.headers.get("Cache-Control", ""), address


def test_every_asset_has_its_licence() -> None:
    from layouts.dash_app import ASSETS

    for file in [*ASSETS.glob("vendor/*.js"), *ASSETS.glob("fonts/*.woff2")]:
        name = file.name.split(".")[0]
        own = {name, name.partition("-")[0]}  # the weights of a font have one
        assert any((file.parent / f"{each}.LICENSE.txt").is_file() for each in own), file
