"""The pages in a real browser: they draw, ask nobody outside, follow the data, and say when the server is gone."""

from __future__ import annotations

import shutil
import signal
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path
from typing import Any
from urllib.parse import urlparse

import pytest
from playwright.sync_api import Page, expect

from ioc.__main__ import main
from tests.browser.test_every_page import fits
from tests.commands.test_commands import CONFIG
from tests.office import CATALOGUE

pytestmark = pytest.mark.browser
HEAD = "id,unit,received,due,done,online\n"
SCREENS = """
screens:
  desk:
    label: {vi: Bàn làm việc, en: Desk}
    panels:
      - {kind: number, indicator: online_rate}
      - {kind: trend, indicator: online_rate, months: 12}
      - {kind: ranking, indicator: online_rate, by: unit}
      - {kind: heatmap, indicator: online_rate, by: unit, months: 12}
      - {kind: records, record: dossier, columns: [id, unit, received_at]}
"""
INBOX = "feeds:\n  inbox: {kind: file, record: staff, options: {path: in, settle_seconds: 0.05}, schedule: {every: 1d}}\n"


class Running:
    """``ioc run`` on the office's catalogue, fed over a folder that a second process cannot touch: by a restart."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder
        self.process: subprocess.Popen[str] | None = None
        self.address = ""

    def ingest(self, rows: str) -> None:
        (self.folder / "rows.csv").write_text(HEAD + rows)
        assert main(["ingest", "--config", str(self.folder / "config.yaml"), "files", str(self.folder / "rows.csv")]) == 0

    def start(self, port: str = "0") -> None:
        command = [sys.executable, "-m", "ioc", "run", "--config", "config.yaml", "--port", port]
        self.process = subprocess.Popen(command, cwd=self.folder, stdout=subprocess.PIPE, text=True)
        assert self.process.stdout
        self.address = self.process.stdout.readline().split()[-1].rstrip("/")

    def stop(self) -> int:
        assert self.process and self.process.stdout
        self.process.send_signal(signal.SIGTERM)
        code = self.process.wait(20)
        self.process.stdout.close()
        return code


@pytest.fixture(scope="module")
def office(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Running]:
    folder = tmp_path_factory.mktemp("office")
    shutil.copytree(CATALOGUE, folder / "office")
    (folder / "config.yaml").write_text(CONFIG.replace("feeds:\n", INBOX) + SCREENS)
    running = Running(folder)
    running.ingest("1,a,2026-03-01 08:00,2026-03-05,2026-03-04,1\n2,b,2026-04-02 09:00,2026-04-20,,0\n")
    running.start()
    yield running
    if running.process and running.process.poll() is None:
        running.stop()


@pytest.fixture
def page(tab: Page, office: Running) -> Iterator[Page]:
    """A page that fails the test if it asks any other machine, or if its scripts fail."""
    tab.set_viewport_size({"width": 1280, "height": 800})
    outside: list[str] = []
    faults: list[str] = []
    tab.on("request", lambda request: outside.append(request.url) if _outside(request.url, office) else None)
    tab.on("pageerror", lambda error: faults.append(str(error)))
    yield tab
    assert not outside, f"asked outside: {outside}"
    assert not faults, f"scripts failed: {faults}"


def _outside(url: str, office: Running) -> bool:
    parts = urlparse(url)
    return parts.scheme in {"http", "https", "ws", "wss"} and parts.netloc != urlparse(office.address).netloc


def see(page: Page, office: Running, path: str) -> Any:
    page.goto(office.address + path)
    drawn = page.locator("#react-entry-point .ioc")
    drawn.wait_for()
    return drawn


def test_every_page_draws_in_both_languages(page: Page, office: Running) -> None:
    expect(see(page, office, "/")).to_contain_text("Toàn trình")
    expect(see(page, office, "/?lang=en")).to_contain_text("Fully online")
    assert page.locator("html").get_attribute("lang") == "en"
    expect(see(page, office, "/indicators/online_rate?lang=en")).to_contain_text("50")
    page.locator(".js-plotly-plot .main-svg").first.wait_for()
    expect(see(page, office, "/screens/desk")).to_contain_text("Phòng A")
    expect(see(page, office, "/feeds?lang=en")).to_contain_text("files")
    expect(see(page, office, "/feeds/files?lang=en")).to_contain_text("rows.csv")


def test_what_is_not_there_is_a_sentence_and_a_way_on(page: Page, office: Running) -> None:
    expect(see(page, office, "/indicators/online_rat?lang=en")).to_contain_text("online_rat")
    assert page.locator('a[href^="/indicators/online_rate"]').count() == 1
    see(page, office, "/nowhere")
    assert page.locator('a[href^="/"]').count() >= 1
    expect(see(page, office, "/indicators/online_rate?period=moon&lang=en")).to_contain_text("month")


def test_nothing_is_wider_than_the_screen(page: Page, office: Running) -> None:
    for path in ("/", "/indicators/online_rate", "/screens/desk", "/feeds", "/feeds/files"):
        see(page, office, path)
        for width, height in ((3840, 2160), (1920, 1080), (1280, 800), (390, 844)):
            page.set_viewport_size({"width": width, "height": height})
            assert fits(page, width), (path, width)


def test_what_is_done_to_a_feed_is_told_and_seen_without_new_data(page: Page, office: Running) -> None:
    drawn = see(page, office, "/feeds/inbox?lang=en")
    state, told = drawn.locator(".ioc-headline .ioc-status"), page.locator(".ioc-told")
    expect(state).to_have_text("Failing")  # its folder is not there
    page.get_by_role("button", name="Pause").focus()
    page.keyboard.press("Enter")
    expect(told).to_contain_text("is paused")
    expect(state).to_have_text("Paused")
    page.get_by_role("button", name="Let it go on").click()
    expect(told).to_contain_text("goes on")
    folder = office.folder / "in"
    folder.mkdir()
    (folder / "staff.csv").write_text("id,unit,joined_on\n1,a,2026-01-01\n2,nowhere,2026-01-01\n")
    page.get_by_role("button", name="Run now").click()
    expect(told).to_contain_text("is being asked now")
    expect(state).to_have_text("In order")
    expect(drawn).to_contain_text("This code is not in the catalogue")


def test_what_cannot_be_taken_back_is_asked_twice(page: Page, office: Running) -> None:
    drawn = see(page, office, "/feeds/inbox?lang=en")
    button = page.get_by_role("button", name="Take them in now")
    expect(button).to_be_hidden()
    page.get_by_text("Replay the quarantine").click()
    with page.expect_response(lambda answer: "/_dash-update" in answer.url):
        page.evaluate("document.dispatchEvent(new Event('ioc-done'))")  # asks for the page again, as it does by itself every few seconds
    expect(button).to_be_visible()  # what is unfolded stays so while the page is drawn again
    button.click()
    expect(page.locator(".ioc-told")).to_contain_text("1 rows of")
    expect(drawn).to_contain_text("in/staff.csv (taken in again)")
    expect(button).to_be_hidden()


def test_back_and_forward_keep_the_state(page: Page, office: Running) -> None:
    see(page, office, "/?lang=en")
    page.locator('a[href*="/indicators/online_rate"]').first.click()
    page.wait_for_url("**/indicators/online_rate**")
    assert "lang=en" in page.url
    page.go_back()
    expect(page.locator("#react-entry-point .ioc")).to_contain_text("Fully online")


def test_a_server_that_goes_is_told_and_comes_back_with_new_numbers(page: Page, office: Running) -> None:
    drawn = see(page, office, "/indicators/online_rate?lang=en")
    expect(drawn).to_contain_text("1 / 2")
    port = office.address.rsplit(":", 1)[1]
    assert office.stop() == 0
    expect(page.locator(".ioc-lost").first).to_be_visible(timeout=15_000)
    expect(drawn).to_contain_text("1 / 2")
    office.ingest("3,a,2026-05-01 08:00,2026-05-05,2026-05-04,1\n")
    office.start(port)
    expect(page.locator(".ioc-lost").first).to_be_hidden(timeout=15_000)
    expect(page.locator("#react-entry-point .ioc")).to_contain_text("2 / 3")
