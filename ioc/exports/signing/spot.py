"""Where a signature is seen: where the signatory signs, as a seal over that, in the corner of the last page, or at the top of the first."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from enum import StrEnum
from typing import Any

from pyhanko.pdf_utils.incremental_writer import IncrementalPdfFileWriter

Box = tuple[int, int, int, int]
Page = tuple[float, float, float, float]
# The link by which a document says where its signatory signs (assets/export/report.html).
ANCHOR = "ioc-signatory"
# In points. The margin is that of documents (15 mm on the right, 20 mm below and above).
WIDTH, HEIGHT, GAP, RIGHT, BELOW = 190, 62, 8, 42, 57
# Handwriting, and a seal in its true size (36 mm).
HAND_WIDTH, SEAL = 142, 102
_A4 = (0.0, 0.0, 595.0, 842.0)


class Place(StrEnum):
    """Where the configuration wants it."""

    SIGNATORY = "signatory"
    SEAL = "seal"
    CORNER = "corner"
    ATTACHMENT = "attachment"


@dataclass(frozen=True)
class Spot:
    """A page (0 is the first) and the box on it; ``place`` is where it really is."""

    place: Place
    page: int
    box: Box


def spot(writer: IncrementalPdfFileWriter, place: Place) -> Spot:
    """Where the next signature of a document is seen; a place that is taken, or that there is none of, gives way to the corner."""
    pages = list(_pages(writer.root["/Pages"]))
    if place is Place.ATTACHMENT:
        left, bottom, right, top = _media(pages[0])
        above = (int(right - RIGHT - WIDTH), int(top - BELOW - HEIGHT // 2), int(right - RIGHT), int(top - BELOW // 3))
        if above not in _boxes(pages[0]):
            return Spot(place, 0, above)
    if place in {Place.SIGNATORY, Place.SEAL} and (room := _room(pages)):
        number, (left, bottom, right, top) = room
        middle, half = (left + right) / 2, min(right - left, HAND_WIDTH) / 2
        hand = (int(middle - half), int(bottom), int(middle + half), int(top))
        if place is Place.SEAL:
            edge, level = hand[0] + (hand[2] - hand[0]) // 3, (bottom + top) / 2
            return Spot(place, number, (edge - SEAL, int(level - SEAL / 2), edge, int(level + SEAL / 2)))
        if hand not in _boxes(pages[number]):
            return Spot(place, number, hand)
    last = len(pages) - 1
    return Spot(Place.CORNER, last, corner(_media(pages[last]), sum(box[1] < bottom_of(pages[last]) for box in _boxes(pages[last]))))


def corner(page: Page, nth: int) -> Box:
    """Where the nth block at the bottom right stands (0 is the first): from the right to the left, then upwards."""
    left, bottom, right, _ = page
    abreast = max(1, int((right - left - 2 * RIGHT + GAP) // (WIDTH + GAP)))
    row, column = divmod(nth, abreast)
    x, y = right - RIGHT - column * (WIDTH + GAP), bottom + BELOW + row * (HEIGHT + GAP)
    return int(x - WIDTH), int(y), int(x), int(y + HEIGHT)


def bottom_of(page: Any) -> float:
    """Below this a block of signatures stands in the corner."""
    _, bottom, _, top = _media(page)
    return bottom + (top - bottom) / 3


def _pages(node: Any) -> Iterator[Any]:
    for kid in _each(node["/Kids"]):
        if kid["/Type"] == "/Pages":
            yield from _pages(kid)
        else:
            yield kid


def _room(pages: list[Any]) -> tuple[int, Page] | None:
    """The page and the box where the document says that its signatory signs; the last of them."""
    for number in range(len(pages) - 1, -1, -1):
        for each in _annotations(pages[number]):
            if "/Dest" in each and str(each["/Dest"]).lstrip("/") == ANCHOR:
                return number, _rect(each["/Rect"])
    return None


def _boxes(page: Any) -> list[Box]:
    """Where signatures stand already."""
    fields = (each for each in _annotations(page) if "/FT" in each and each["/FT"] == "/Sig")
    found = (_rect(each["/Rect"]) for each in fields)
    return [(int(left), int(bottom), int(right), int(top)) for left, bottom, right, top in found if right > left]


def _annotations(page: Any) -> list[Any]:
    return _each(page["/Annots"]) if "/Annots" in page else []


def _each(array: Any) -> list[Any]:
    """What stands in an array; going through it would give references."""
    return [array[index] for index in range(len(array))]


def _rect(rect: Any) -> Page:
    left, bottom, right, top = (float(each) for each in rect)
    return min(left, right), min(bottom, top), max(left, right), max(bottom, top)


def _media(page: Any) -> Page:
    try:
        while "/MediaBox" not in page:
            page = page["/Parent"]
    except KeyError:
        return _A4
    return _rect(page["/MediaBox"])
