"""Draws exhibits in a browser: as a picture, as shapes and text, or on paper."""

from __future__ import annotations

import json
from base64 import b64decode
from collections.abc import Callable, Mapping
from html import escape
from typing import Protocol
from zlib import crc32

from ioc.exports.browser import Pool, Tab
from ioc.exports.exhibit import Exhibit
from ioc.exports.font_subset import with_letters
from ioc.exports.order import Format, Order

# A sheet of A4, lying, in inches, and how many CSS pixels its width is laid out in.
A4_WIDE, A4_DEEP, PAPER_PIXELS = 11.693, 8.268, 1440
DOTS_AN_INCH = 96
# The strips at the head and foot of every page, in inches.
HEAD, FOOT = 0.16, 0.36


class Sheet(Protocol):
    """What is to be drawn: see ``layouts.exports.sheet``."""

    @property
    def html(self) -> str:
        """Of the body."""
        ...

    @property
    def title(self) -> str:
        """Of the document."""
        ...

    @property
    def description(self) -> str:
        """In a sentence."""
        ...

    @property
    def rem(self) -> float:
        """CSS pixels."""
        ...

    @property
    def foot(self) -> str:
        """Of every page."""
        ...


Lay = Callable[[Exhibit, Order, int, int], Sheet]


class Studio:
    """Draws in a pool of pages.

    Args:
        pool: the pages.
        lay: lays an exhibit out on a sheet of so many CSS pixels.
        letters: the fonts of print by their weight, which a drawing carries along as far as it uses them.
    """

    def __init__(self, pool: Pool, lay: Lay, letters: Callable[[], Mapping[int, bytes]] = dict) -> None:
        self.pool, self._lay, self._letters = pool, lay, letters

    def draw(self, exhibit: Exhibit, order: Order) -> bytes:
        """The content of the file. Raises IocError."""
        if order.format is Format.PDF:
            deep = round(PAPER_PIXELS * (A4_DEEP - HEAD - FOOT) / A4_WIDE) - 1
            laid = self._lay(exhibit, order, PAPER_PIXELS, deep)
            return self.pool.draw(lambda tab: _paper(tab, laid, exhibit.language, deep))
        laid = self._lay(exhibit, order, order.width, order.height)
        if order.format is Format.SVG:
            return with_letters(self.pool.draw(lambda tab: _shapes(tab, laid, exhibit.language, order)), self._letters()).encode()
        return _with_text(self.pool.draw(lambda tab: _picture(tab, laid, exhibit.language, order)), laid)


async def _show(tab: Tab, laid: Sheet, language: str, theme: str, size: tuple[int, int], scale: float, *, prints: bool = False) -> None:
    await tab.send("Emulation.setDeviceMetricsOverride", width=size[0], height=size[1], deviceScaleFactor=scale, mobile=False)
    given = {"html": laid.html, "title": laid.title, "language": language, "scheme": theme, "size": laid.rem, "print": prints}
    await tab.lay(given)


async def _picture(tab: Tab, laid: Sheet, language: str, order: Order) -> bytes:
    await _show(tab, laid, language, order.theme, (order.width, order.height), order.scale)
    return b64decode((await tab.send("Page.captureScreenshot", format="png", optimizeForSpeed=order.scale > 1))["data"])


async def _shapes(tab: Tab, laid: Sheet, language: str, order: Order) -> str:
    await _show(tab, laid, language, order.theme, (order.width, order.height), 1, prints=True)
    given = json.dumps({"title": laid.title, "description": laid.description})
    return str(await tab.run(f"iocSvg({given})"))


async def _paper(tab: Tab, laid: Sheet, language: str, deep: int) -> bytes:
    await _show(tab, laid, language, "light", (PAPER_PIXELS, deep), 1, prints=True)
    answer = await tab.send(
        "Page.printToPDF",
        landscape=False,
        paperWidth=A4_WIDE,
        paperHeight=A4_DEEP,
        scale=A4_WIDE * DOTS_AN_INCH / PAPER_PIXELS,
        marginTop=HEAD,
        marginLeft=0,
        marginRight=0,
        marginBottom=FOOT,
        printBackground=True,
        displayHeaderFooter=True,
        headerTemplate="<span></span>",
        footerTemplate=_foot(laid),
        generateTaggedPDF=True,
        generateDocumentOutline=True,
        preferCSSPageSize=False,
    )
    return b64decode(answer["data"])


def _foot(laid: Sheet) -> str:
    style = "width:100%;padding:0 0.45in;display:flex;justify-content:space-between;font:7.5pt Inter,'Noto Sans',sans-serif;color:#4f5b68"
    pages = '<span><span class="pageNumber"></span>/<span class="totalPages"></span></span>'
    return f'<div style="{style}"><span>{escape(laid.foot)}</span>{pages}</div>'


def _with_text(picture: bytes, laid: Sheet) -> bytes:
    """A picture that says in itself what it is: its title with the code, and where it comes from."""
    head = 33  # the signature and the first chunk
    chunks = b""
    for keyword, text in (("Title", laid.title), ("Description", laid.description)):
        body = b"iTXt" + keyword.encode() + b"\0\0\0\0\0" + text.encode()
        chunks += (len(body) - 4).to_bytes(4, "big") + body + crc32(body).to_bytes(4, "big")
    return picture[:head] + chunks + picture[head:]
