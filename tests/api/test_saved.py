"""Pages kept by a name: one's own, those of one's unit, and what has been given up."""

from __future__ import annotations

import http.client
from collections.abc import Iterator
from pathlib import Path
from urllib.parse import urlencode

import pytest

from ioc.access.viewer import Viewer
from ioc.clock import FrozenClock
from ioc.errors import Refusal, UnknownName
from ioc.saved import SavedViews
from ioc.views.saved import Shelves
from tests.api.serving import served
from tests.api.test_arranging import OFFICE
from tests.office import NOW, catalogue

ADDRESS = "/indicators/online_rate?where=unit%3Aa&lang=en"


@pytest.fixture
def shelves(tmp_path: Path) -> Shelves:
    return Shelves(SavedViews(tmp_path), catalogue(), FrozenClock(NOW))


def names(shelves: Shelves, viewer: Viewer) -> list[str]:
    return [each.name for each in shelves.all(viewer).views]


def test_a_view_is_its_owner_s_until_it_is_shared(shelves: Shelves) -> None:
    head, mate, other, leader = Viewer("h", scope="a"), Viewer("m", scope="a"), Viewer("o", scope="b"), Viewer("l")
    shelves.save(head, " My   view ", ADDRESS, share=False)
    shelves.save(head, "Our view", "/units/a", share=True)
    shelves.save(leader, "Everybody's", "/", share=True)
    assert names(shelves, head) == ["Everybody's", "My view", "Our view"]
    assert names(shelves, mate) == ["Everybody's", "Our view"]
    assert names(shelves, other) == ["Everybody's"]
    assert names(shelves, leader) == ["Everybody's", "Our view"]
    mine, ours = (next(each.id for each in shelves.all(head).views if each.name == name) for name in ("My view", "Our view"))
    assert shelves.address(mate, ours) == "/units/a"
    with pytest.raises(UnknownName):
        shelves.address(mate, mine)
    with pytest.raises(Refusal):
        shelves.remove(mate, ours)
    shelves.remove(head, ours)
    assert names(shelves, mate) == ["Everybody's"]


def test_whoever_belongs_to_no_unit_shares_with_nobody(shelves: Shelves) -> None:
    lost = Viewer("n", scope="")
    assert shelves.all(lost).share_with == ""
    shelves.save(lost, "Mine", ADDRESS, share=True)
    shelves.save(Viewer("l"), "Everybody's", "/", share=True)
    assert names(shelves, lost) == ["Everybody's", "Mine"]
    assert names(shelves, Viewer("l")) == ["Everybody's"]


@pytest.fixture
def port(tmp_path: Path) -> Iterator[int]:
    with served(tmp_path, OFFICE) as (_, listening):
        yield listening


def asked(port: int, path: str, headers: dict[str, str] | None = None, **typed: str) -> tuple[int, str, str]:
    """Status, where an answer leads, and what it says."""
    connection = http.client.HTTPConnection("127.0.0.1", port, timeout=10)
    given = {"Content-Type": "application/x-www-form-urlencoded"} | (headers or {})
    connection.request("POST" if typed else "GET", path, urlencode(typed) if typed else None, given)
    answer = connection.getresponse()
    found = answer.status, answer.getheader("Location") or "", answer.read().decode()
    connection.close()
    return found


def test_a_page_is_kept_opened_and_given_up(port: int) -> None:
    form = asked(port, f"/views?{urlencode({'save': ADDRESS})}")[2]
    assert ADDRESS.replace("&", "&amp;") in form
    assert asked(port, "/views", name="Toàn trình phòng A", address=ADDRESS)[:2] == (303, "/views")
    assert "Toàn trình phòng A" in asked(port, "/views")[2]
    assert asked(port, "/views/1")[:2] == (303, ADDRESS)
    assert asked(port, "/views/1/removal", sure="yes")[0] == 303
    status, _, said = asked(port, "/views/1?lang=en")
    assert status == 404 and "no saved view" in said and 'href="/views?lang=en"' in said


def test_what_cannot_be_kept_is_told(port: int) -> None:
    assert 'name="address"' not in asked(port, "/views?save=https%3A%2F%2Felsewhere.example%2F")[2]
    for address in ("https://elsewhere.example/", "//elsewhere.example/", "/\\elsewhere.example/", "/\t/elsewhere.example/", ""):
        assert asked(port, "/views?lang=en", name="x", address=address)[0] == 400
    assert asked(port, "/views?lang=en", name=" ", address="/")[0] == 400
    assert asked(port, "/views", {"Sec-Fetch-Site": "cross-site"}, name="x", address="/")[0] == 403
