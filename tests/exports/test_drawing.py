"""Pictures, drawings and paper, by the real browser: read back, and drawn again after it was killed."""

from __future__ import annotations

import contextlib
import os
import re
import signal
import time
from base64 import b64decode
from collections.abc import Callable
from io import BytesIO
from pathlib import Path
from xml.etree import ElementTree

import pytest
from fontTools.ttLib import TTFont
from pypdf import PdfReader

from ioc.errors import Refusal
from ioc.exports import browser
from ioc.exports.browser import Pool, Tab
from ioc.exports.footprint import _group, memory_of
from ioc.exports.order import Format
from ioc.exports.sandbox import confinement
from ioc.exports.verify import Finding, verified
from tests.exports.conftest import Press

pytestmark = pytest.mark.browser
Drawing = Callable[[], Press]


def test_a_picture_has_the_size_that_was_asked_for_and_says_what_it_is(drawing: Drawing) -> None:
    entry, file = drawing().make("/screens/front#panel-0", Format.PNG, scale="2", width="640", height="400")
    content = file.read_bytes()
    assert content[:8] == b"\x89PNG\r\n\x1a\n"
    assert (int.from_bytes(content[16:20], "big"), int.from_bytes(content[20:24], "big")) == (1280, 800)
    assert entry.code.encode() in content
    changed = file.with_name("changed.png")
    changed.write_bytes(content[:-40] + bytes([content[-40] ^ 1]) + content[-39:])
    assert verified(drawing().exporter.register, changed).finding is Finding.CHANGED


def test_a_drawing_is_plain_shapes_and_text(drawing: Drawing) -> None:
    entry, file = drawing().make("online_rate", Format.SVG)
    root = ElementTree.parse(file).getroot()
    assert not [each for each in root.iter() if each.tag.rpartition("}")[2] in {"foreignObject", "script", "image"}]
    texts = " ".join("".join(each.itertext()) for each in root.iter() if each.tag.endswith("text")).replace("\u00a0", " ")
    for words in ("Toàn trình", "Văn phòng", "66,7", "Lưu hành nội bộ", entry.code, "Diễn biến"):
        assert words in texts
    drawn = file.read_text()
    assert re.search(r'<path d="M[\d. ]+L', drawn)
    carried = {
        int(weight): b64decode(data) for weight, data in re.findall(r"font-weight:(\d+);src:url\(data:font/woff2;base64,([^)]+)", drawn)
    }
    letters = TTFont(BytesIO(carried[700])).getBestCmap()
    assert set(carried) == {400, 600, 700} and {ord(letter) for letter in "Toàn trình"} <= set(letters) and len(letters) < 120


def test_paper_can_be_read_back(drawing: Drawing) -> None:
    entry, file = drawing().make("online_rate", Format.PDF)
    paper = PdfReader(file)
    text = " ".join(page.extract_text() for page in paper.pages).replace("\u00a0", " ")
    for words in ("Toàn trình", "66,7%", "Định nghĩa", "Lưu hành nội bộ", entry.code, "Phòng B", f"1/{len(paper.pages)}"):
        assert words in text
    assert paper.metadata and paper.metadata.title == f"Toàn trình – {entry.code}"
    assert paper.trailer["/Root"]["/Lang"] == "vi"
    wide, deep = (float(side) / 72 * 25.4 for side in paper.pages[0].mediabox[2:])
    assert (round(wide), round(deep)) == (297, 210)


def test_paper_is_tagged_and_has_its_fonts(drawing: Drawing) -> None:
    entry, file = drawing().make("front", Format.PDF, lang="en")
    content = file.read_bytes()
    assert content.startswith(b"%PDF") and b"/StructTreeRoot" in content
    fonts = [font.get_object() for page in PdfReader(file).pages for font in page["/Resources"]["/Font"].values()]
    assert {font["/Subtype"] for font in fonts} == {"/Type0"} and any("Inter-Bold" in font["/BaseFont"] for font in fonts)
    assert all("/FontFile2" in font["/DescendantFonts"][0]["/FontDescriptor"] for font in fonts)
    changed = file.with_name("changed.pdf")
    changed.write_bytes(content + b"\n% more")
    assert verified(drawing().exporter.register, changed).entry == entry


def test_a_browser_that_was_killed_is_replaced(drawing: Drawing) -> None:
    press = drawing()
    press.make("online_rate", Format.PNG)
    pool: Pool = press.exporter.draws.pool  # type: ignore[union-attr]
    process = pool.process()
    assert process
    os.killpg(process, signal.SIGKILL)
    press.make("online_rate", Format.PNG)
    assert pool.process() not in {None, process}


def test_a_browser_that_has_grown_is_replaced(drawing: Drawing, monkeypatch: pytest.MonkeyPatch) -> None:
    pool: Pool = drawing().exporter.draws.pool  # type: ignore[union-attr]
    pool.draw(lambda tab: tab.run("1"))
    process = pool.process()
    assert process and 20 << 20 < memory_of(process) < 4 << 30
    monkeypatch.setattr(pool, "_most", 10 << 20)
    monkeypatch.setattr(browser, "LOOKS_EVERY", 1)
    pool.draw(lambda tab: tab.run("1"))
    monkeypatch.undo()
    until = time.monotonic() + 20
    while pool.process() == process:  # the old one draws while the new one gets warm
        assert pool.draw(lambda tab: tab.run("1 + 1")) == 2 and time.monotonic() < until
    assert pool.process() is not None, "there was one all the time"
    assert pool.draw(lambda tab: tab.run("1 + 1")) == 2


def test_the_browser_has_no_rights_and_knows_no_secret(drawing: Drawing) -> None:
    pool: Pool = drawing().exporter.draws.pool  # type: ignore[union-attr]
    pool.draw(lambda tab: tab.run("1"))
    group, by = pool.process(), confinement()
    assert group
    of_it = [path for path in Path("/proc").glob("[0-9]*") if b"--user-data-dir" in _read(path / "cmdline")]
    mine = [path for path in of_it if _group(path) == group and b"choreographer" not in _read(path / "cmdline")]
    assert any(b"HOME=" in _read(path / "environ") for path in mine)
    for path in mine:
        assert os.geteuid() or path.stat().st_uid, "not root"
        assert (b"--no-sandbox" in _read(path / "cmdline")) != by.sandbox
        if path.stat().st_uid == os.geteuid() or not os.geteuid():
            assert b"PYTEST" not in _read(path / "environ"), "nothing of the product's environment"


def _read(path: Path) -> bytes:
    with contextlib.suppress(OSError):
        return path.read_bytes()
    return b""


def test_without_a_browser_it_says_so(tmp_path: Path) -> None:
    with pytest.raises(Refusal, match="export_no_browser"):
        Pool(str(tmp_path / "none"), 1, 5, str).draw(lambda tab: tab.run("1"))


def test_without_fonts_it_says_so(drawing: Drawing) -> None:
    """As Chromium does on a machine without any: it takes none that the page brings along either."""

    async def bare(tab: Tab) -> None:
        await tab.run("document.fonts.load = () => Promise.reject(new DOMException('A network error occurred.', 'NetworkError'))")
        try:
            await tab.lay({"html": "<p>x</p>", "title": "x", "language": "vi", "scheme": "light", "size": 16})
        finally:
            await tab.run("delete document.fonts.load")

    with pytest.raises(Refusal, match="export_no_fonts"):
        drawing().exporter.draws.pool.draw(bare)  # type: ignore[union-attr]


def test_nothing_can_be_reached(drawing: Drawing, free_port: int) -> None:
    import socket

    with socket.create_server(("127.0.0.1", free_port)) as server:
        server.settimeout(0.3)
        pool: Pool = drawing().exporter.draws.pool  # type: ignore[union-attr]
        for address in (f"http://127.0.0.1:{free_port}/", f"http://localhost:{free_port}/", "http://example.com/"):
            said = pool.draw(
                lambda tab, address=address: tab.run(f"fetch('{address}', {{mode: 'no-cors'}}).then(() => 'reached', () => 'not')")
            )
            assert said == "not"
        with pytest.raises(TimeoutError):
            server.accept()
