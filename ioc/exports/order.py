"""What is ordered: of what, in which form."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum

from ioc.errors import BadQuestion, UnknownName
from ioc.exports.csv_file import SEPARATORS
from ioc.exports.subject import Subject
from ioc.text.words import LANGUAGES


class Format(StrEnum):
    """The forms of files."""

    PNG = "png"
    SVG = "svg"
    PDF = "pdf"
    XLSX = "xlsx"
    CSV = "csv"
    JSON = "json"
    PPTX = "pptx"


DRAWN = (Format.PNG, Format.SVG, Format.PDF)
MIME = {
    Format.PNG: "image/png",
    Format.SVG: "image/svg+xml",
    Format.PDF: "application/pdf",
    Format.XLSX: "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet",
    Format.CSV: "text/csv",
    Format.JSON: "application/json",
    Format.PPTX: "application/vnd.openxmlformats-officedocument.presentationml.presentation",
}
# 8K; a picture has at most so many dots in each direction.
MOST_DOTS = 7680
THEMES = ("light", "dark")


@dataclass(frozen=True)
class Order:
    """One export that is wanted.

    Attributes:
        language: of its words.
        as_of: the past moment that it is to show, or None for now.
        theme, width, height, scale: of a picture: colours, size in CSS pixels, and dots for each of them.
        separators: of CSV.
        sign: whether it is to be signed.
    """

    subject: Subject
    format: Format
    language: str = "vi"
    as_of: datetime | None = None
    theme: str = "light"
    width: int = 1920
    height: int = 1080
    scale: float = 1
    separators: str = "vi"
    sign: bool = False


def order_of(subject: Subject, given: Mapping[str, str], as_of: datetime | None, language: str) -> Order:
    """An order as a form or a command says it. Raises UnknownName or BadQuestion with what would be right."""
    form = given.get("format") or Format.PDF
    if form not in set(Format):
        raise UnknownName("format", form, Format)
    separators = given.get("separators") or language
    theme = given.get("theme") or THEMES[0]
    order = Order(
        subject,
        Format(form),
        language if language in LANGUAGES else LANGUAGES[0],
        as_of,
        theme if theme in THEMES else THEMES[0],
        _whole(given.get("width"), 1920),
        _whole(given.get("height"), 1080),
        _whole(given.get("scale"), 1),
        separators if separators in SEPARATORS else LANGUAGES[0],
        given.get("sign", "").strip().lower() not in {"", "0", "no", "false"},
    )
    if not (1 <= order.scale <= 4 and min(order.width, order.height) >= 320 and max(order.width, order.height) * order.scale <= MOST_DOTS):
        raise BadQuestion("picture_size", most=MOST_DOTS)
    return order


def _whole(text: str | None, default: int) -> int:
    if text and not (text.isdigit() and len(text) < 6):
        raise BadQuestion("picture_size", most=MOST_DOTS)
    return int(text) if text else default
