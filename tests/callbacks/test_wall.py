"""The addresses of walls: a page that needs nothing else, panels that ask again, and calm answers to what is not there."""

from __future__ import annotations

import re
from base64 import b64encode
from concurrent.futures import ThreadPoolExecutor
from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest
from flask import Flask
from flask.testing import FlaskClient

from callbacks import register_all
from callbacks.guard import Guard
from callbacks.remote import blueprint as remote
from callbacks.wall import blueprint, turn_at
from ioc.access.administrators import Administrators
from ioc.access.devices import Devices
from ioc.access.viewer import Viewer
from ioc.clock import FrozenClock
from ioc.live import Bus
from ioc.views.cache import ViewCache
from ioc.views.panels.types import PlaylistView, ScreenView, TurnView
from layouts.dash_app import make_dash
from layouts.wall import Cell, cell_of
from tests.entering import let_in
from tests.house.tree import ROOT
from tests.layouts.sample_views import NOW, SampleViews


def client(
    views: SampleViews | None = None,
    clock: FrozenClock | None = None,
    bus: Bus | None = None,
    data: Path = Path("nowhere"),
    administrators: dict[str, str] | None = None,
) -> FlaskClient:
    """An application over the sample."""
    flask, shown, now = Flask("test", static_folder=None), views or SampleViews(), clock or FrozenClock(NOW)
    pages = make_dash(flask, "Bộ Nội vụ")
    let_in(flask, now, data, Administrators(administrators or {}))
    register_all(pages, shown, now)
    guard = Guard(pages, shown, now, Administrators(administrators or {}))
    flask.register_blueprint(blueprint(guard, ViewCache(), Devices(data)))
    flask.register_blueprint(remote(guard, ViewCache(), bus or Bus(lambda: NOW)))
    return flask.test_client()


def test_a_wall_is_answered_whole_and_loads_little() -> None:
    answer = client().get("/wall/hall")
    page = answer.get_data(as_text=True)
    assert answer.status_code == 200
    assert page.count('class="ioc-cell"') == 20 and 'data-screen="services"' in page
    assert "DỮ LIỆU MÔ PHỎNG" in page and "14:05" in page
    files = re.findall(r'(?:src|href)="(/[^"]+)"', page)
    assert [each for each in files if each.endswith(".js") or ".js?" in each] == [
        each for each in files if "idiomorph" in each or "wall/wall.js" in each
    ]
    for each in files:
        with client().get(each) as file:
            assert file.status_code == 200, each
    assert not re.findall(r'(?:src|href)="(?:https?:)?//', page)
    assert "<a " not in page and "tabindex" not in page, "nobody has a pointer or keyboard"


def test_without_a_name_the_first_playlist_is_shown() -> None:
    answer = client().get("/wall?lang=en")
    assert answer.status_code == 302 and answer.headers["Location"] == "/wall/hall?lang=en"


def test_an_unknown_playlist_is_a_calm_page_that_waits_for_it() -> None:
    answer = client().get("/wall/lobby")
    page = answer.get_data(as_text=True)
    assert answer.status_code == 404
    assert "Không có danh sách trình chiếu “lobby”." in page.replace("\u00a0", " ") and "Sảnh chính" in page
    assert "wall/wall.js" in page


def test_a_playlist_without_screens_says_so() -> None:
    views = SampleViews()
    views.turns = ()
    assert "chưa có màn hình nào" in client(views).get("/wall/hall").get_data(as_text=True).replace("\u00a0", " ")


def test_only_the_panels_that_are_asked_for_are_drawn_again() -> None:
    answer = client().get("/wall/hall/services/changes?panels=0,4,99,x")
    body = answer.get_json()
    assert sorted(body["panels"]) == ["0", "4"]
    assert body["version"] == 1234 and float(answer.headers["X-IOC-Now"]) == NOW.timestamp()
    assert f'data-build="{body["build"]}"' in client().get("/wall/hall").get_data(as_text=True)
    assert "82,0" in body["panels"]["0"]


def test_a_screen_that_is_gone_or_fails_is_told_calmly() -> None:
    views = SampleViews()
    gone = client(views).get("/wall/hall/closed")
    assert gone.status_code == 404 and "ioc-pane-calm" in gone.get_json()["html"]
    views.broken = True
    failed = client(views).get("/wall/hall/services")
    assert failed.status_code == 500 and "chưa hiển thị được" in failed.get_json()["html"].replace("\u00a0", " ")


def test_only_the_screens_of_its_playlist_are_shown() -> None:
    views = SampleViews()
    for rest in ("other", "other/changes?panels=0"):
        answer = client(views).get(f"/wall/hall/{rest}")
        assert answer.status_code == 404 and "ioc-pane-calm" in answer.get_json()["html"]
    assert client(views).get("/wall/lobby/services").status_code == 404, "nor of one that is not there"
    views.turns = ("services", "other")
    assert client(views).get("/wall/hall/other").status_code == 200


def test_a_wall_that_cannot_be_drawn_is_a_calm_page_that_looks_again() -> None:
    class Gone(SampleViews):
        def playlist(self, viewer: Viewer, playlist: str) -> PlaylistView:
            raise RuntimeError("the store is gone")

    answer = client(Gone()).get("/wall/hall")
    page = answer.get_data(as_text=True).replace("\u00a0", " ")
    assert answer.status_code == 500 and "chưa hiển thị được" in page and "wall/wall.js" in page and 'class="ioc-cell"' not in page
    assert client(Gone()).get("/wall/hall/services").status_code == 500
    views = SampleViews()
    build = client(views).get("/wall/hall/services").get_json()["build"]
    views.broken = True
    failed = client(views).get("/wall/hall/services/changes?panels=0")
    assert failed.status_code == 500 and failed.get_json()["build"] == build, "which is no reason to load the page anew"


class Counted(SampleViews):
    """Counts how often a screen is asked for."""

    asked = 0

    def screen(self, viewer: Viewer, screen: str, as_of: Any = None) -> ScreenView:
        self.asked += 1
        return super().screen(viewer, screen, as_of)


@pytest.mark.parametrize("fails", [True, False], ids=["a screen that fails", "a screen that is gone"])
def test_a_wall_whose_first_screen_cannot_be_shown_is_alive(fails: bool) -> None:
    views = SampleViews()
    views.turns, views.broken = ("services" if fails else "gone",), fails
    answer = client(views).get("/wall/hall")
    assert answer.status_code == 200 and "ioc-pane-calm" in answer.text and "wall.js" in answer.text


def test_however_many_walls_ask_a_change_is_drawn_once() -> None:
    views = Counted()
    to = client(views)
    with ThreadPoolExecutor(16) as pool:
        answers = list(pool.map(lambda _: to.application.test_client().get("/wall/hall/services/changes?panels=0,1").data, range(64)))
    assert views.asked == 1 and len(set(answers)) == 1
    views.version_ += 1
    to.get("/wall/hall/services/changes?panels=0,1")
    assert views.asked == 2


def test_a_number_that_is_past_its_age_is_marked() -> None:
    shown = client().get("/wall/hall/services").get_json()["html"]
    stale = re.search(r'id="panel-2".*?</section>', shown, flags=re.S)
    assert stale and "ioc-stale" in stale[0] and "Dữ liệu đến 14:05 20/11/2026" in stale[0]


@pytest.mark.parametrize(
    ("grid", "cell", "expected"),
    [
        (None, None, Cell()),
        ("2x1", "1", Cell(2, 1, 0, 0)),
        ("2x1", "2", Cell(2, 1, 1, 0)),
        ("2x2", "3", Cell(2, 2, 0, 1)),
        ("2x2", "5", Cell(2, 2, 0, 0)),
        ("0x1", "1", Cell()),
        ("9x9", "1", Cell()),
        ("wide", "1", Cell()),
    ],
)
def test_a_display_may_show_one_cell_of_a_canvas(grid: str | None, cell: str | None, expected: Cell) -> None:
    assert cell_of(grid, cell) == expected


def test_all_walls_of_a_playlist_show_the_same_at_the_same_time() -> None:
    playlist = PlaylistView("p", "P", "O", (TurnView("a", "A", 10), TurnView("b", "B", 20)), None)
    assert [turn_at(playlist, moment) for moment in (0, 9.9, 10, 29.9, 30, 45)] == ["a", "a", "b", "b", "a", "b"]
    assert turn_at(playlist, 0, "b") == "b" and turn_at(playlist, 0, "gone") == "a"
    assert turn_at(PlaylistView("p", "P", "O", (), None), 5) is None


def test_the_clock_is_the_servers() -> None:
    clock = FrozenClock(NOW + timedelta(hours=1))
    assert f'data-now="{(NOW + timedelta(hours=1)).timestamp():.3f}"' in client(clock=clock).get("/wall/hall").get_data(as_text=True)


@pytest.mark.parametrize(
    ("form", "status"),
    [
        ({"do": "identify", "wall": ""}, 202),
        ({"do": "playlist", "wall": "", "text": "hall"}, 202),
        ({"do": "playlist", "wall": "", "text": "nowhere"}, 400),
        ({"do": "explode"}, 400),
        ({"do": "reload", "wall": "unknown"}, 404),
    ],
)
def test_walls_are_told_what_to_do(form: dict[str, str], status: int) -> None:
    assert client().post("/admin/screens", data=form).status_code == status


def test_another_sites_page_tells_walls_nothing() -> None:
    bus = Bus(lambda: NOW)
    form = {"do": "emergency", "text": "Cháy"}
    assert client(bus=bus).post("/admin/screens", data=form, headers={"Sec-Fetch-Site": "cross-site"}).status_code == 403
    assert bus.walls().emergency == ""
    assert client(bus=bus).post("/admin/screens", data=form).status_code == 202
    assert bus.walls().emergency == "Cháy"


@pytest.mark.parametrize("way", ["list", "picture", "control"])
def test_only_administrators_see_walls_and_tell_them_what_to_do(way: str) -> None:
    bus = Bus(lambda: NOW)

    def ask(to: FlaskClient, **headers: str) -> int:
        if way == "control":
            return to.post("/admin/screens", data={"do": "emergency", "text": "Cháy"}, headers=headers).status_code
        return to.get("/admin/screens" if way == "list" else "/admin/pictures?screens=services", headers=headers).status_code

    allowed = 202 if way == "control" else 200
    assert ask(client(bus=bus), **{"X-Forwarded-For": "192.0.2.7"}) == 403, "nobody is named, and this is somebody else's machine"
    named = client(bus=bus, administrators={"lan": "mat-khau"})
    assert ask(named) in {401, 403} and bus.walls().emergency == ""
    assert ask(named, Authorization="Basic " + b64encode(b"lan:mat-khau").decode()) == allowed
    assert ask(client(bus=bus)) == allowed


def test_walls_are_listed_with_what_they_show_and_a_small_picture() -> None:
    views = SampleViews()
    page = client(views).get("/admin/screens").get_data(as_text=True)
    read = re.sub(
        r"<[^>]+>", " ", re.sub(r"<form popover.*?</form>|<form[^>]*ioc-export-menu.*?</form>", "", page.partition("ioc-walls")[2])
    )
    assert all(part in read for part in ("Sảnh chính", "Tầng 1", "3 giờ trước", "chưa đặt tên", "1200"))
    assert read.count("đang kết nối") == 1 and read.count("đã ngắt kết nối") == 1
    assert page.count("<iframe") == 1 and "/admin/pictures?screens=services&amp;minute=" in page and " inert" in page
    assert page.count('value="identify"') == 2, "one wall that is there, and all; none for the one that has gone"
    views.connected, views.emergency = 0, "Cháy ở tầng 3"
    page = client(views).get("/admin/screens").get_data(as_text=True)
    assert "Chưa có màn hình lớn nào kết nối" in page and "Cháy ở tầng 3" in page and "Kết thúc thông báo khẩn" in page


def test_a_picture_is_a_wall_without_a_life_of_its_own() -> None:
    page = client().get("/admin/pictures?screens=services,closed").get_data(as_text=True)
    assert page.count('class="ioc-cell"') == 20 and "ioc-pane-calm" in page and "--panes:2" in page
    assert "<script" not in page and "<a " not in page and "wall/wall.css" in page


def test_a_device_brings_its_token_once_and_is_told_calmly_that_it_was_revoked(tmp_path: Path) -> None:
    devices, to = Devices(tmp_path), client(data=tmp_path)
    token = devices.issue("hall", NOW)
    refused = to.get("/wall/hall")
    page = refused.get_data(as_text=True).replace("\u00a0", " ")
    assert refused.status_code == 401 and "chưa được phép" in page and "ioc-cell" not in page and "82,0" not in page
    assert to.get("/wall/hall?token=wrong").status_code == 401
    brought = to.get(f"/wall/hall?lang=en&token={token}")
    assert (brought.status_code, brought.headers["Location"]) == (302, "/wall/hall?lang=en")
    assert "HttpOnly" in brought.headers["Set-Cookie"] and "SameSite=Lax" in brought.headers["Set-Cookie"]
    assert to.get("/wall/hall").status_code == 200 and to.get("/wall/hall/services").status_code == 200
    devices.revoke("hall", NOW)
    gone = to.get("/wall/hall/services/changes?panels=0")
    assert gone.status_code == 401 and "ioc-pane-calm" in gone.get_json()["html"] and "panels" not in gone.get_json()
    assert to.get("/admin/screens").status_code == 200, "what is no wall asks for no token"


def test_each_button_names_its_wall_and_one_or_all_are_told_what_to_show() -> None:
    page = client().get("/admin/screens?lang=en").get_data(as_text=True)
    for label in ("Identify", "Reload", "Switch", "Send", "Playlist", "Message"):
        assert f'aria-label="{label}: Sảnh chính Tầng 1"' in page
    for action in ("message", "playlist"):
        assert re.findall(rf'name="do" value="{action}"><input type="hidden" name="wall" value="(\w*)"', page) == ["w1", ""]
    assert page.index('class="ioc-told"') < page.index('class="ioc-walls"'), "what came of a button is not drawn anew"
    assert ".ioc-map span {" in (css := (ROOT / "assets" / "screens.css").read_text(encoding="utf-8"))
    assert "overflow" not in css.split(".ioc-map span {")[1].split("}")[0], "a line cut at its height loses Vietnamese marks"
