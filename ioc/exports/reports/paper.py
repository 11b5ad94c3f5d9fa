"""Prints a report: once to learn on which page each heading stands, once more with a table of contents that tells it."""

from __future__ import annotations

from base64 import b64decode
from collections.abc import Callable, Mapping
from io import BytesIO
from typing import Any

from ioc.exports.browser import Pool, Tab

# CSS pixels of a page of A4, standing.
WIDE, DEEP = 794, 1123

Lay = Callable[[Mapping[str, int]], str]


def print_report(pool: Pool, lay: Lay, title: str, language: str, rem: float, printed: Callable[[], None]) -> bytes:
    """The PDF of a report.

    Args:
        lay: its HTML, of the page on which each heading stands.
        rem: CSS pixels that a rem is long in its drawings.
        printed: called after each of the two times; what it raises ends the work.

    Raises:
        IocError: it cannot be drawn.
    """
    first = pool.draw(lambda tab: _print(tab, lay({}), title, language, rem))
    printed()
    pages = headings_of(first)
    content = pool.draw(lambda tab: _print(tab, lay(pages), title, language, rem))
    printed()
    return content


async def _print(tab: Tab, html: str, title: str, language: str, rem: float) -> bytes:
    await tab.send("Emulation.setDeviceMetricsOverride", width=WIDE, height=DEEP, deviceScaleFactor=1, mobile=False)
    given = {"html": html, "title": title, "language": language, "scheme": "light", "size": rem, "print": True}
    await tab.lay(given)
    answer = await tab.send(
        "Page.printToPDF",
        preferCSSPageSize=True,
        printBackground=True,
        displayHeaderFooter=False,
        generateTaggedPDF=True,
        generateDocumentOutline=True,
    )
    return b64decode(answer["data"])


def headings_of(pdf: bytes) -> dict[str, int]:
    """On which page each heading of a PDF stands (the first is 1), by its outline."""
    from pyhanko.pdf_utils.misc import PdfError
    from pyhanko.pdf_utils.reader import PdfFileReader

    try:
        reader = PdfFileReader(BytesIO(pdf), strict=False)
        numbers = {page.idnum: number for number, page in enumerate(_pages(reader.root["/Pages"]), start=1)}
        found: dict[str, int] = {}
        _outline(reader.root["/Outlines"], numbers, found)
    except (PdfError, KeyError, ValueError):
        return {}
    return found


def _pages(node: Any) -> list[Any]:
    found = []
    kids = node["/Kids"]
    for index in range(len(kids)):
        kid = kids[index]
        found += _pages(kid) if kid["/Type"] == "/Pages" else [kids.raw_get(index)]
    return found


def _outline(node: Any, numbers: Mapping[int, int], found: dict[str, int]) -> None:
    item = _of(node, "/First")
    while item is not None:
        target = item["/Dest"] if "/Dest" in item else item["/A"]["/D"]
        page = target.raw_get(0) if hasattr(target, "raw_get") else None
        number = numbers.get(getattr(page, "idnum", -1))
        if number:
            found.setdefault(" ".join(str(item["/Title"]).split()), number)
        _outline(item, numbers, found)
        item = _of(item, "/Next")


def _of(node: Any, key: str) -> Any:
    """What stands under a key; its ``get`` would give the reference to it."""
    try:
        return node[key]
    except KeyError:
        return None
