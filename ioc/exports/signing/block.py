"""What is seen of a signature: handwriting or a seal alone, as on paper; or who, of which body and when, framed or in plain words."""

from __future__ import annotations

import textwrap
from collections.abc import Sequence
from dataclasses import dataclass
from io import BytesIO
from pathlib import Path

from PIL import Image, UnidentifiedImageError
from pyhanko.pdf_utils.font.api import FontEngine, FontEngineFactory
from pyhanko.pdf_utils.font.opentype import GlyphAccumulator
from pyhanko.pdf_utils.images import PdfImage
from pyhanko.pdf_utils.layout import AxisAlignment, Margins, SimpleBoxLayoutRule
from pyhanko.pdf_utils.text import TextBoxStyle
from pyhanko.pdf_utils.writer import BasePdfFileWriter
from pyhanko.stamp import BaseStampStyle, StaticStampStyle, TextStampStyle

from ioc.exports.signing.faults import SigningFault
from ioc.exports.signing.spot import HEIGHT, WIDTH, Place

FONT = Path(__file__).resolve().parents[3] / "assets" / "fonts" / "inter-print.ttf"
_WIDEST_LINE, _SIZE = 44, 8
_FINE = 4  # dots a point


@dataclass(frozen=True)
class Block:
    """What the block shows: its lines, and an image (PNG; seal or handwriting) beside them."""

    lines: Sequence[str]
    image: bytes | None = None


def style(block: Block, place: Place = Place.CORNER) -> BaseStampStyle:
    """How pyHanko is to draw it at a place. Raises SigningFault: the image is none."""
    if block.image is not None and place in {Place.SIGNATORY, Place.SEAL}:
        middle = SimpleBoxLayoutRule(AxisAlignment.ALIGN_MID, AxisAlignment.ALIGN_MID, margins=Margins(0, 0, 0, 0))
        image = PdfImage(_opened(block.image))
        return StaticStampStyle(border_width=0, background=image, background_layout=middle, background_opacity=1.0)
    lines = [part for line in block.lines for part in textwrap.wrap(line, _WIDEST_LINE)[:3]]
    if place is Place.ATTACHMENT:
        return TextStampStyle(
            border_width=0,
            stamp_text="\n".join(lines).replace("%", "%%"),
            text_box_style=TextBoxStyle(font=_Letters(), font_size=_SIZE, leading=_SIZE + 2),
            inner_content_layout=SimpleBoxLayoutRule(AxisAlignment.ALIGN_MAX, AxisAlignment.ALIGN_MAX, margins=Margins(0, 0, 0, 0)),
        )
    return TextStampStyle(
        border_width=1,
        border_color=(0.72, 0.11, 0.11),
        stamp_text="\n".join(lines).replace("%", "%%"),
        text_box_style=TextBoxStyle(font=_Letters(), font_size=_SIZE, leading=_SIZE + 2),
        inner_content_layout=SimpleBoxLayoutRule(
            AxisAlignment.ALIGN_MIN, AxisAlignment.ALIGN_MID, margins=Margins(left=64 if block.image else 6, right=4, top=3, bottom=3)
        ),
        background=PdfImage(_ground(block.image)),
        background_layout=SimpleBoxLayoutRule(AxisAlignment.ALIGN_MID, AxisAlignment.ALIGN_MID, margins=Margins(1, 1, 1, 1)),
        background_opacity=1.0,
    )


class _Letters(FontEngineFactory):
    """The font with Vietnamese letters, embedded as far as it is used; its file is not kept open."""

    def create_font_engine(self, writer: BasePdfFileWriter, obj_stream: object = None) -> FontEngine:
        if obj_stream is None and writer.stream_xrefs:
            obj_stream = writer.prepare_object_stream()  # type: ignore[no-untyped-call]
        return GlyphAccumulator(writer, BytesIO(FONT.read_bytes()), font_size=_SIZE, obj_stream=obj_stream)


def _ground(content: bytes | None) -> Image.Image:
    """What the lines stand on: white, whatever lies below, and the image at its left."""
    ground = Image.new("RGB", (WIDTH * _FINE, HEIGHT * _FINE), "white")
    if content is None:
        return ground
    image = _opened(content)
    side = (HEIGHT - 6) * _FINE
    image.thumbnail((side, side))
    ground.paste(image, (3 * _FINE + (side - image.width) // 2, 3 * _FINE + (side - image.height) // 2), image)
    return ground


def _opened(content: bytes) -> Image.Image:
    try:
        with Image.open(BytesIO(content)) as opened:
            return opened.convert("RGBA")
    except (UnidentifiedImageError, OSError, ValueError) as error:
        raise SigningFault("The image of a signature cannot be read.", "Give it as PNG under signing.signers.") from error
