"""Playlists over the wire: arranged by a form that needs no script, kept as files with a history, taken over by walls."""

from __future__ import annotations

import re
import time
import urllib.error
import urllib.parse
import urllib.request
from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.api.serving import served
from tests.api.test_arranging import OFFICE

MORE = "screens: {hall: {label: {vi: Sảnh, en: Hall}, panels: [{kind: number, indicator: online_rate}, {kind: clock}]}}"
ROOMS = MORE.removesuffix("}") + ", room: {label: {vi: Phòng, en: Room}, template: unit, panels: [{kind: number, indicator: online_rate}]}}"
FORM = [("vi", "Sảnh"), ("en", "Hall"), ("dwell", "30"), ("from", ""), ("to", ""), ("brightness", ""), ("screen", "hall"), ("stays", "")]


class Site:
    """A running application."""

    def __init__(self, port: int, folder: Path) -> None:
        self.base, self.file = f"http://127.0.0.1:{port}", folder / "var" / "playlists" / "hall.yaml"

    def ask(self, path: str, form: list[tuple[str, str]] | None = None, **headers: str) -> tuple[int, str]:
        """Status and text of an answer, wherever it leads."""
        body = urllib.parse.urlencode(form).encode() if form is not None else None
        try:
            with urllib.request.urlopen(urllib.request.Request(self.base + path, body, headers), timeout=20) as answer:
                return answer.status, answer.read().decode()
        except urllib.error.HTTPError as error:
            with error:
                return error.code, error.read().decode()

    def turn(self, does: str, *more: tuple[str, str], form: list[tuple[str, str]] = FORM, **headers: str) -> tuple[int, str]:
        """Press a button of the form as it stands on the page now, with something else in it."""
        revision = re.search(r'name="revision" value="(\w*)"', self.ask("/admin/playlists/hall")[1])
        assert revision
        kept = [("revision", revision[1])] if not any(name == "revision" for name, _ in more) else []
        what, _, at = does.partition(":")
        return self.ask(
            f"/admin/playlists/hall{'' if what == 'save' else '/' + what}?lang=en", [*form, *more, *kept, ("at", at)], **headers
        )

    def turns(self) -> list[str]:
        """What a wall of the hall shows in turn."""
        return re.findall(r"&#34;screen&#34;: &#34;([^&]+)&#34;", self.ask("/wall/hall")[1])

    def build(self) -> str:
        """What a wall looks at to know whether it is still of now."""
        found = re.search(r'"build":"([^"]+)"', self.ask("/wall/hall/hall")[1])
        assert found
        return found[1]


@pytest.fixture
def site(tmp_path: Path) -> Iterator[Site]:
    with served(tmp_path, OFFICE.replace(MORE, ROOMS)) as (_, port):
        yield Site(port, tmp_path)


def focused(page: str) -> str:
    """The element of the form that has the focus once the page is there, up to its attribute."""
    (found,) = re.findall(r"<[^>]*autofocus[^>]*>", page.partition("<form")[2])
    return str(found) if "<button" in found else str(found)[: len("<select")]


def selected(page: str) -> list[str]:
    return re.findall(r'<option value="([^"]*)" selected', page)


def test_a_playlist_is_arranged_saved_taken_over_and_brought_back(site: Site) -> None:
    before = site.build()
    status, page = site.turn("add", ("screen", "room"), ("stays", "5"))
    assert status == 200 and selected(page) == ["hall", "room", "room"] and site.turns() == ["hall"], "nothing is kept before it is saved"
    assert focused(page) == "<select"
    status, page = site.turn("earlier:1", ("screen", "room"), ("stays", "5"))
    assert selected(page) == ["room", "hall"] and "Screen 2 now comes as number 1" in page
    assert 'aria-label="Move screen 1 later"' in focused(page), "the button that was pressed has nothing more to do"
    assert selected(site.turn("remove:0", ("screen", "room"), ("stays", "5"))[1]) == ["room"]
    night = [
        each if each[0] not in {"from", "to", "brightness"} else (each[0], {"from": "19:30", "to": "06:30"}.get(each[0], "45"))
        for each in FORM
    ]
    status, page = site.turn("save", ("screen", "room:b"), ("stays", "5"), form=night)
    assert status == 200 and "Saved. Walls take it over" in page
    assert site.turns() == ["hall", "room:b"] and site.build() != before, "walls load themselves anew at a quiet moment"
    assert site.file.read_text(encoding="utf-8").splitlines()[1:] == [
        "label: {vi: Sảnh, en: Hall}",
        "dwell: 30s",
        "night: {from: '19:30', to: '06:30', brightness: 45}",
        "screens:",
        "  - {screen: hall}",
        "  - {screen: room, of: b, dwell: 5s}",
    ]
    site.turn("save", ("screen", "room"), ("stays", ""))
    assert site.turns()[1:] == ["room:a", "room:b"], "a template's units, one after the other"
    assert "Saved by" in site.turn("restore:1")[1] and site.turns() == ["hall", "room:b"]
    site.turn("give_up")
    assert site.turns() == ["hall"] and site.build() == before and not site.file.exists()


def test_what_is_wrong_is_told_beside_its_field_and_nothing_is_overwritten_unseen(site: Site) -> None:
    wrong = [(name, {"en": "", "dwell": "1"}.get(name, text)) for name, text in FORM]
    status, page = site.turn("save", ("screen", "nowhere"), ("stays", "0"), form=wrong)
    assert status == 400 and "is needed in Vietnamese and in English" in page and page.count("at least 3 seconds") == 2
    status, page = site.turn("save", ("screen", "nowhere"), ("stays", ""))
    assert status == 400 and "There is no screen “nowhere”" in page and "nowhere (gone)" in page
    assert site.turn("save", form=[*FORM[:6], ("from", "19:30")])[0] == 400
    assert site.turn("save", ("screen", "room"), ("stays", "9"))[0] == 200
    status, page = site.turn("save", ("revision", "0123456789abcdef"), ("screen", "hall"), ("stays", "7"))
    assert status == 409 and "changed elsewhere" in page and site.turns() == ["hall", "room:a", "room:b"]
    assert site.ask("/admin/playlists/Hall!")[0] == 400
    for does in ("save", "add", "give_up"):
        assert site.turn(does, **{"Sec-Fetch-Site": "cross-site"})[0] == 403
    for does in ("", "/add", "/remove"):
        assert site.ask(f"/admin/playlists/BAD{does}", [(name, "") for name, _ in FORM])[0] == 400


def test_a_file_that_is_written_by_hand_is_shown_and_one_at_fault_takes_nothing_down(site: Site) -> None:
    site.turn("save", ("screen", "room:a"), ("stays", ""))
    site.file.write_text(
        "label: {vi: Sảnh, en: Hall}\nscreens: [hall, gone, {screen: room, of: nosuch}, {screen: room, of: b}]\n", encoding="utf-8"
    )
    for _ in range(200):
        if site.turns() == ["hall", "room:b"]:
            break
        time.sleep(0.1)
    assert site.turns() == ["hall", "room:b"], "a turn whose screen is gone is left out"
    site.file.write_text("label: {vi: Sảnh}\nscreens: []\n", encoding="utf-8")
    status, _ = site.turn("save", ("revision", ""), ("screen", "hall"), ("stays", ""))
    assert status == 409, "it is another one by now"
    status, page = site.ask("/admin/playlists/hall?lang=en")
    assert status == 200 and "is at fault" in page and "needed in Vietnamese" in page
    assert site.turns()[0] == "hall"
