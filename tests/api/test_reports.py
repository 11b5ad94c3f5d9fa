"""Reports: one PDF and one deck of all sections, with sentences that an author may change until they are fixed."""

from __future__ import annotations

import re
import time
import urllib.error
import urllib.request
from collections.abc import Iterator
from datetime import timedelta
from html import unescape
from io import BytesIO
from pathlib import Path
from urllib.parse import urlencode

import pytest
from pptx import Presentation
from pyhanko.pdf_utils.reader import PdfFileReader

from ioc.access.viewer import Viewer
from ioc.errors import Refusal
from ioc.exports.order import order_of
from ioc.exports.progress import Progress
from ioc.exports.reports.paper import headings_of
from ioc.exports.subject import Page, Subject
from tests.api.serving import served
from tests.api.test_api import ROW, Server
from tests.api.test_snapshots import page
from tests.commands.test_commands import CONFIG
from tests.office import CATALOGUE, NOW

REPORTS = """
reports:
  weekly:
    label: {vi: Báo cáo tuần, en: Weekly report}
    superior: {vi: BỘ NỘI VỤ, en: MINISTRY}
    body: {vi: VĂN PHÒNG BỘ, en: OFFICE}
    number: "12/BC-VP"
    place: {vi: Hà Nội, en: Hanoi}
    sections:
      - {show: online_rate, text: {vi: Lời dẫn, en: Lead}}
      - {show: /}
    recipients: [{vi: Bộ trưởng, en: The Minister}]
    signatory: {position: {vi: CHÁNH VĂN PHÒNG, en: HEAD OF OFFICE}, name: Nguyễn Văn Ạ}
  spoilt:
    label: {vi: Mẫu lỗi, en: Spoilt}
    body: {vi: VP, en: Office}
    place: {vi: Hà Nội, en: Hanoi}
    template: spoilt.html
    sections: [{show: online_rate}]
schedules:
  monday:
    label: {vi: Báo cáo tuần, en: Weekly report}
    show: /reports/weekly
    formats: [pptx]
    schedule: {at: "07:30", weekday: monday}
    folder: out
    stale: true
"""


@pytest.fixture(scope="module")
def server(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Server]:
    folder = tmp_path_factory.mktemp("reports")
    (folder / "spoilt.html").write_text("<p>{{ title }}</p>\n{{ nobody_knows }}")
    config = CONFIG.replace("catalogue: office", f"catalogue: {CATALOGUE.name}") + REPORTS
    with served(folder, config) as (application, port):
        server = Server(application, port)
        server.put(*({**ROW, "id": str(key), "online": key % 3 == 0} for key in range(10)))
        yield server


def post(server: Server, path: str, **given: str) -> tuple[int, bytes, dict[str, str]]:
    """What is answered in the end: a machine that is busy shows a page meanwhile, which asks to be looked at again."""
    asked = urllib.request.Request(server.base + path, data=urlencode(given).encode())
    for _ in range(60):
        try:
            with urllib.request.urlopen(asked, timeout=60) as answer:
                found = answer.status, answer.read(), {name.lower(): value for name, value in answer.headers.items()}
                asked = urllib.request.Request(answer.geturl())
        except urllib.error.HTTPError as error:
            return error.code, error.read(), dict(error.headers)
        if "refresh" not in found[2]:
            break
        time.sleep(0.5)
    return found


def drafted(server: Server) -> tuple[str, str]:
    """The address of a new draft, and its page."""
    status, shown, _ = post(server, "/reports/weekly/draft", lang="vi")
    assert status == 200
    found = re.search(r'action="(/reports/[0-9]+)"', shown.decode())
    assert found
    return found[1], shown.decode()


def texts(deck: Path) -> str:
    """All that its slides say."""
    shapes = (shape for slide in Presentation(str(deck)).slides for shape in slide.shapes if shape.has_text_frame)
    return "\n".join(shape.text_frame.text for shape in shapes)


def written(shown: str) -> list[str]:
    return [unescape(text) for text in re.findall(r"<textarea[^>]*>([^<]*)</textarea>", shown)]


def test_a_report_is_paper_by_the_rules(server: Server, chromium: str) -> None:
    status, content, headers = post(server, "/snapshots", what="/reports/weekly", format="pdf", lang="vi")
    assert (status, headers["content-type"]) == (200, "application/pdf")
    pages = headings_of(content)
    assert pages["BÁO CÁO"] == 1 and pages["MỤC LỤC"] == 2
    assert pages["I. Toàn trình"] == 3 < pages["II. Mục tiêu chính phủ điện tử"] < pages["Định nghĩa chỉ số"]
    reader = PdfFileReader(BytesIO(content))
    first = reader.root["/Pages"]["/Kids"][0]
    assert [round(float(each)) for each in first["/MediaBox"]] in ([0, 0, 595, 842], [0, 0, 596, 842])
    assert reader.root["/MarkInfo"]["/Marked"]
    entry = server.get(f"/api/v1/snapshots/{headers['x-snapshot']}")[1]
    assert entry["title"] == "Báo cáo tuần" and entry["subject"] == "/reports/weekly"
    status, shown = page(server, entry["address"] + "&lang=vi")  # opened again: its words, and the way to the page of each section
    assert status == 200 and "Toàn trình: 40%" in unescape(shown) and "/indicators/online_rate?as_of=" in unescape(shown)


def test_a_report_is_slides_too(server: Server) -> None:
    status, content, headers = post(server, "/snapshots", what="/reports/weekly", format="pptx", lang="vi")
    assert status == 200
    deck = Presentation(BytesIO(content))
    titles = [slide.shapes.title.text_frame.text for slide in deck.slides]
    assert titles[:3] == ["Báo cáo tuần", "MỤC LỤC", "I. Toàn trình"]
    listed = next(shape.text_frame.text for shape in deck.slides[1].shapes if "II." in shape.text_frame.text)
    number = int(re.search(r"II\. .*?·\s+(\d+)", listed)[1])  # type: ignore[index]
    assert titles[number - 1].startswith("II. ")
    assert headers["x-snapshot"] in deck.core_properties.keywords


def test_an_author_changes_sentences_until_they_are_fixed(server: Server) -> None:
    address, shown = drafted(server)
    generated = written(shown)
    assert any(text.startswith("Toàn trình: 40%") for text in generated)
    seen = re.search(r'name="seen" value="([^"]+)"', shown)[1]  # type: ignore[index]
    server.application.store.clock.at = NOW + timedelta(minutes=1)  # type: ignore[attr-defined]
    status, kept, _ = post(server, address, **{"seen": seen, "said-0": "Lời của <tác giả>.", "said-1": "", "do": "save"})
    assert status == 200 and "Lời của <tác giả>." in written(kept.decode())
    server.application.store.clock.at = NOW + timedelta(hours=1)  # type: ignore[attr-defined]
    server.put({**ROW, "id": "later", "online": True})  # a draft stays as its figures were
    content = post(server, "/snapshots", what=f"/reports/weekly?draft={address.rpartition('/')[2]}", format="pptx", lang="vi")[1]
    said = [shape.text_frame.text for slide in Presentation(BytesIO(content)).slides for shape in slide.shapes if shape.has_text_frame]
    assert any("Lời của <tác giả>." in text for text in said) and not any("45,5%" in text for text in said)
    status, kept, _ = post(server, address, **{"seen": seen, "said-0": "Ghi đè", "do": "save"})
    assert status == 409 and "vừa sửa bản này" in kept.decode()
    seen = re.search(r'name="seen" value="([^"]+)"', kept.decode())[1]  # type: ignore[index]
    assert post(server, address, **{"seen": seen, "said-0": "Lời chốt.", "do": "fix"})[0] == 200
    status, shown_again = page(server, f"{address}?lang=vi")
    assert status == 200 and "Đã chốt" in shown_again and "readonly" in shown_again
    assert post(server, address, **{"seen": seen, "said-0": "x", "do": "save"})[0] == 409
    assert "Đã chốt" in page(server, "/reports?lang=vi")[1]
    server.application.courier.deliver("monday", NOW)  # what its author has fixed goes out, once
    server.application.store.clock.at = NOW + timedelta(hours=2)  # type: ignore[attr-defined]
    server.application.courier.deliver("monday", NOW)
    (fixed, anew) = sorted((server.application.config.base / "out").iterdir(), key=lambda file: file.stat().st_mtime)
    assert "Lời chốt." in texts(fixed) and "Lời chốt." not in texts(anew)


def test_a_report_that_is_no_longer_wanted_is_not_made(server: Server) -> None:
    exporter, progress = server.application.courier._exporter, Progress()
    order = order_of(Subject(Page.REPORT, "weekly"), {"format": "pptx"}, None, "vi")
    exporter.make(order, Viewer("Lan"), progress)
    assert (progress.done, progress.of, progress.unit) == (4, 4, "steps")
    progress.cancel()
    before = list(exporter.data.joinpath("exports").iterdir())
    with pytest.raises(Refusal, match="export_cancelled"):
        exporter.make(order, Viewer("Lan"), progress)
    assert list(exporter.data.joinpath("exports").iterdir()) == before


def test_what_cannot_be_made_is_told(server: Server, chromium: str) -> None:
    status, shown, _ = post(server, "/snapshots", what="/reports/spoilt", format="pdf", lang="vi")
    assert status == 500 and "spoilt.html" in unescape(shown.decode()) and "có lỗi ở dòng" in unescape(shown.decode())
    assert post(server, "/snapshots", what="/reports/weekly", format="xlsx", lang="vi")[0] == 400
    assert post(server, "/snapshots", what="/reports/none", format="pdf", lang="vi")[0] == 404
    assert page(server, "/reports/999?lang=vi")[0] == 404
    assert post(server, "/reports/none/draft", lang="vi")[0] == 404
