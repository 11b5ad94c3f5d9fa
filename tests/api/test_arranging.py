"""Arranging screens over the wire: drafts are told their faults, saved ones are shown at once, and nobody else may."""

from __future__ import annotations

import base64
import json
import os
import re
import threading
import urllib.error
import urllib.request
from collections.abc import Iterator
from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest

from tests.api.serving import served
from tests.commands.test_commands import CONFIG
from tests.office import CATALOGUE

LABEL = {"vi": "Sảnh", "en": "Hall"}
NUMBER = {"kind": "number", "indicator": "online_rate"}
CLOCK = {"kind": "clock"}
SCREENS = """
screens: {hall: {label: {vi: Sảnh, en: Hall}, panels: [{kind: number, indicator: online_rate}, {kind: clock}]}}
playlists: {hall: {label: {vi: Sảnh, en: Hall}, screens: [hall]}}
"""
OFFICE = CONFIG.replace("catalogue: office", f"catalogue: {CATALOGUE.name}") + SCREENS


class Site:
    """A running application."""

    def __init__(self, port: int, folder: Path) -> None:
        self.base, self.folder = f"http://127.0.0.1:{port}", folder

    def ask(self, path: str, body: Any = None, **headers: str) -> tuple[int, Any]:
        """Status and content of an answer."""
        data = None if body is None else json.dumps(body).encode()
        request = urllib.request.Request(self.base + path, data, {name.replace("_", "-"): value for name, value in headers.items()})
        try:
            with urllib.request.urlopen(request, timeout=10) as answer:
                return answer.status, _content(answer)
        except urllib.error.HTTPError as error:
            with error:
                return error.code, _content(error)

    def save(self, *panels: Any, based_on: str = "", **headers: str) -> tuple[int, Any]:
        """Save the hall."""
        return self.ask("/admin/screens/hall?lang=en", {"screen": {"label": LABEL, "panels": panels}, "based_on": based_on}, **headers)

    def kinds(self) -> list[str]:
        """What a wall shows in the hall."""
        html = self.ask("/wall/hall/hall")[1]["html"]
        return re.findall(r'class="ioc-panel ioc-panel-([a-z]+)', html)


def _content(answer: Any) -> Any:
    content = answer.read().decode()
    return json.loads(content) if "json" in (answer.headers.get("Content-Type") or "") else content


@pytest.fixture
def site(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[Site]:
    monkeypatch.setattr("ioc.screens.watch.SECONDS", 0.1)
    with served(tmp_path, OFFICE) as (_, port):
        yield Site(port, tmp_path)


def test_what_is_saved_is_shown_at_once_and_told_to_walls(site: Site) -> None:
    assert site.kinds() == ["number", "clock"]
    heard: list[str] = []
    stream = urllib.request.urlopen(f"{site.base}/live?wall=w1", timeout=10)
    listening = threading.Thread(
        target=lambda: heard.extend(line for line in (stream.readline().decode() for _ in range(8)) if "data" in line)
    )
    listening.start()
    status, body = site.save(CLOCK, {**NUMBER, "size": "6x2"})
    assert (
        status == 200
        and body["title"].startswith("Saved")
        and "somebody on the server itself" in body["past"]
        and "Changed Number: Fully online" in body["past"]
    )
    assert site.kinds() == ["clock", "number"]
    listening.join(10)
    stream.close()
    assert '"action": "screens"' in "".join(heard)
    assert "--w:6;--h:2" in site.ask("/screens/hall")[1], "a page at a desk shows it too"
    (file,) = (site.folder / "var" / "screens").glob("*.yaml")
    assert "- {kind: number, size: 6x2, indicator: online_rate}" in file.read_text(encoding="utf-8")


def test_a_draft_is_drawn_and_told_its_faults_in_the_language_of_its_author(site: Site) -> None:
    draft = {
        "label": {"vi": "Sảnh"},
        "panels": [NUMBER, {"kind": "number", "indicator": "onlin_rate"}, {**NUMBER, "where": {"colour": "x"}}],
    }
    status, body = site.ask("/admin/screens/hall/preview", {"screen": draft})
    assert status == 200 and [bool(cell) for cell in body["cells"]] == [True, False, False]
    assert [(fault["panel"], fault["key"]) for fault in body["faults"]] == [(None, "label"), (1, "indicator"), (2, "where")]
    assert body["faults"][1]["text"].startswith("Không có chỉ tiêu “onlin_rate”.") and "online_rate" in body["faults"][1]["text"]
    english = site.ask("/admin/screens/hall/preview?lang=en", {"screen": draft})[1]["faults"]
    assert english[1]["text"].startswith("There is no indicator “onlin_rate”.")
    half_typed = site.ask("/admin/screens/hall/preview", {"screen": {"label": LABEL, "panels": [{**NUMBER, "indicator": "Toàn tr"}]}})[1]
    assert half_typed["faults"][0]["text"] == "Không có chỉ tiêu “Toàn tr”. Hãy chọn trong danh sách."
    status, body = site.save({"kind": "number"})
    assert status == 400 and body["faults"][0]["key"] == "indicator" and site.kinds() == ["number", "clock"]
    for nonsense in (None, [], {"screen": "x"}, {"screen": {"panels": "x"}}):
        assert site.ask("/admin/screens/hall", nonsense if nonsense is not None else "")[0] == 400


def test_the_second_of_two_editors_is_told_and_may_restore_either(site: Site) -> None:
    first = site.save(CLOCK)[1]
    status, body = site.save(NUMBER)
    assert status == 409 and body["overtaken"] and "Nothing has been overwritten" in body["detail"] and site.kinds() == ["clock"]
    file = site.folder / "var" / "screens" / "hall.yaml"
    file.write_text(file.read_text(encoding="utf-8") + "# by hand\n", encoding="utf-8")
    status, body = site.save(NUMBER, based_on=first["revision"])
    assert status == 409, "a file changed by hand is no less somebody's work"
    revision = site.ask("/admin/screens/hall/preview", {"screen": {}})[1]["revision"]
    second = site.save(NUMBER, based_on=revision)[1]
    assert site.kinds() == ["number"] and "# by hand" in file.read_text(encoding="utf-8")
    assert "File changed by hand" in second["past"] and "Number: Fully online" in second["past"]
    status, body = site.ask("/admin/screens/hall/restore?lang=en", {"number": 1, "based_on": second["revision"]})
    assert status == 200 and site.kinds() == ["clock"] and "Restored" in body["past"]
    status, body = site.ask("/admin/screens/hall/give_up", {"based_on": body["revision"]})
    assert status == 200 and site.kinds() == ["number", "clock"] and not file.exists()


def test_a_file_changed_by_hand_is_shown_without_a_restart(site: Site) -> None:
    site.save(CLOCK)
    file = site.folder / "var" / "screens" / "hall.yaml"
    file.write_text("label: {vi: Sảnh, en: Hall}\npanels: [{kind: feeds}]\n", encoding="utf-8")
    assert _soon(lambda: site.kinds() == ["feeds"])
    file.write_text("label: {vi: Sảnh, en: Hall}\npanels: [{kind: nonsense}]\n", encoding="utf-8")
    os.utime(file, (1, 1))
    assert _soon(lambda: "sửa tay và có lỗi" in site.ask("/admin/screens/hall/edit")[1].replace("\u00a0", " "))
    assert site.kinds() == ["feeds"], "a fault takes no wall down"


def _soon(is_so: Any) -> bool:
    waiting = threading.Event()
    return any(is_so() or waiting.wait(0.2) for _ in range(50))


def test_pages_for_a_screen_that_is_there_and_one_that_is_to_be(site: Site) -> None:
    status, page = site.ask("/admin/screens/hall/edit?lang=en")
    assert status == 200 and "Arrange: Hall" in page.replace("\u00a0", " ") and 'value="Fully online" data-code="online_rate"' in page
    status, page = site.ask("/admin/screens/edit?new=annex&like=hall&lang=en")
    assert status == 200 and "New screen" in page.replace("\u00a0", " ") and "online_rate" in page
    status, page = site.ask("/admin/screens/edit?new=rooms&like=@unit&lang=en")
    assert status == 200 and '"template":"unit"' in page.replace('": "', '":"') and "Room A" in page
    assert site.ask("/admin/screens/edit?new=../x")[0] == 400 and site.ask("/admin/screens/No/edit")[0] == 400
    status, page = site.ask("/admin/screens/edit?lang=en")
    assert status == 200 and "as shipped" in page and "/admin/screens/hall/edit" in page


@pytest.mark.parametrize(
    "headers",
    [{"Sec_Fetch_Site": "cross-site"}, {"Origin": "http://elsewhere"}, {"Host": "elsewhere"}, {"X_Forwarded_For": "10.0.0.1"}],
    ids=["another site", "another origin", "another name", "through a proxy"],
)
def test_without_accounts_only_who_sits_before_the_machine_may(site: Site, headers: dict[str, str]) -> None:
    status, body = site.save(CLOCK, **headers)
    assert status in {401, 403} and body["title"] and site.kinds() == ["number", "clock"]


def test_whom_the_configuration_names_may_once_signed_in(tmp_path: Path) -> None:
    with served(tmp_path, OFFICE + "administrators: {An: correct-horse}\n") as (_, port):
        site = Site(port, tmp_path)
        assert site.ask("/admin/screens/hall/edit")[0] == 401 and site.ask("/admin/screens/edit")[0] == 401
        for name, password in (("An", "wrong-horse"), ("Bình", "correct-horse")):
            assert site.save(CLOCK, Authorization=_basic(name, password))[0] == 403
        assert site.ask("/admin/screens/hall/preview", {"screen": {}})[0] == 403
        status, body = site.save(CLOCK, Authorization=_basic("An", "correct-horse"))
        assert status == 200 and "Saved by An" in body["past"] and site.kinds() == ["clock"]


def test_whoever_guesses_at_an_administrators_password_is_told_to_wait(tmp_path: Path) -> None:
    with served(tmp_path, OFFICE + "administrators: {An: correct-horse}\n") as (application, port):
        site = Site(port, tmp_path)
        told = [site.ask("/admin/screens/edit", Authorization=_basic("An", f"wrong-{number}"))[0] for number in range(7)]
        assert told == [401] * 5 + [429] * 2
        assert site.ask("/admin/screens/edit", Authorization=_basic("An", "correct-horse"))[0] == 429, "no password is looked at"
        lines = [line for line in application.trail.find() if line.action == "sign_in.refused"]
        assert [(line.subject, line.detail, line.address) for line in lines] == [("An", "basic", "127.0.0.1")] * 5
        application.entrance.clock.at += timedelta(seconds=31)
        assert site.ask("/admin/screens/edit", Authorization=_basic("An", "correct-horse"))[0] == 200


def _basic(name: str, password: str) -> str:
    return "Basic " + base64.b64encode(f"{name}:{password}".encode()).decode()
