"""Slides (PPTX): a deck that is written slide by slide, with charts that can be edited, and notes that say where everything comes from."""

from __future__ import annotations

import re
from collections.abc import Callable, Sequence
from decimal import Decimal
from io import BytesIO
from itertools import islice
from pathlib import Path
from typing import Any

from pptx import Presentation
from pptx.dml.color import RGBColor
from pptx.enum.lang import MSO_LANGUAGE_ID
from pptx.enum.text import MSO_ANCHOR, MSO_AUTO_SIZE, PP_ALIGN
from pptx.exc import PackageNotFoundError
from pptx.util import Emu, Inches, Pt

from ioc.errors import Refusal
from ioc.exports.exhibit import Column, Exhibit, Headline, Kind, Part, Table
from ioc.exports.exhibit_text import amount, definitions, facts, told
from ioc.exports.slide_chart import add_chart, has_values
from ioc.text.lines import shortened
from ioc.text.numbers import number as written
from ioc.text.words import Words, words

WIDTH, HEIGHT, MARGIN = Inches(13.333), Inches(7.5), Inches(0.6)
FONT = "Arial"  # on every machine, with all Vietnamese letters
MOST_ROWS, MOST_COLUMNS, MOST_TITLE, MOST_CELL, MOST_NOTES = 11, 8, 160, 90, 12_000
# Letters of a slide of sentences, by how many there are: all of them stay on it.
SIZES, SMALLEST = ((500, 20), (900, 18), (1300, 16), (2300, 14), (3200, 12)), 11
# A letter of a table's cell, and what lies on both sides of it.
LETTER, ASIDE = int(Inches(0.088)), int(Inches(0.24))
INK, MUTED, ACCENT = RGBColor(0x1B, 0x24, 0x30), RGBColor(0x4F, 0x5B, 0x68), RGBColor(0xB7, 0x1C, 0x1C)
# Letters of a line of sentences above a figure.
MOST_LINE = 115
MOST_COVER = 180  # letters of a line of the cover; its notes have all of it
# What XML cannot hold.
_CONTROL = re.compile("[\x00-\x08\x0b\x0c\x0e-\x1f\ufffe\uffff]")
Picture = Callable[[Exhibit, Part], bytes | None]


class Deck:
    """A deck of slides.

    Args:
        language: of its words.
        template: the ministry's own (PPTX); its first layout is the cover, its first with nothing but a title the others.
        picture: draws a part that cannot be a chart or a table (PNG); None leaves it to its sentences.

    Raises:
        Refusal: the template cannot be read.
    """

    def __init__(self, language: str, template: Path | None = None, picture: Picture | None = None) -> None:
        self._words, self._picture = words(language), picture
        self._language = MSO_LANGUAGE_ID.VIETNAMESE if language == "vi" else MSO_LANGUAGE_ID.ENGLISH_UK
        self._deck = _opened(template)
        self._cover, self._plain = _layouts(self._deck)
        self._width, self._height = int(self._deck.slide_width or WIDTH), int(self._deck.slide_height or HEIGHT)

    def cover(self, title: str, lines: Sequence[str], notes: str = "") -> None:
        """The first slide: what it is, and below it a line each."""
        slide = self._deck.slides.add_slide(self._cover)
        self._title(slide, title, top=int(self._height * 0.3), size=36)
        for placeholder in [each for each in slide.placeholders if each.placeholder_format.idx != 0]:
            placeholder._element.getparent().remove(placeholder._element)
        box = self._box(slide, int(self._height * 0.52), int(self._height * 0.38))
        self._lines(box, [(line, 16, False, MUTED) for line in lines], align=PP_ALIGN.CENTER)
        self._notes(slide, notes)

    def contents(self, title: str, lines: Sequence[tuple[str, int]]) -> None:
        """What follows, and on which slide; as many slides as it needs."""
        for start in range(0, len(lines), 14):
            slide = self._slide(title)
            box = self._box(slide, self._top(), self._height - self._top() - Inches(0.7))
            self._lines(box, [(f"{text}  ·  {page}", 16, False, INK) for text, page in lines[start : start + 14]])

    def text(self, title: str, sentences: Sequence[str], notes: str = "") -> None:
        """A slide of sentences."""
        slide = self._slide(title)
        box = self._box(slide, self._top(), self._height - self._top() - Inches(0.7))
        size = next((size for most, size in SIZES if sum(map(len, sentences)) <= most), SMALLEST)
        self._lines(box, [(each, size, False, INK) for each in sentences])
        self._notes(slide, notes)

    def part(self, exhibit: Exhibit, part: Part, sentences: Sequence[str] = ()) -> None:
        """A part of an exhibit: its number, its chart, or else its table, or else a picture; its definitions in the notes."""
        slide, said = self._slide(part.title), self._words
        top = self._top()
        under = " · ".join(each for each in (part.note, _mark(exhibit, said)) if each)
        if under:
            top = self._row(slide, under, top, 12, MUTED)
        if part.headline:
            top = self._headline(slide, part.headline, top)
        most = 3 if part.chart and part.chart.kind == "fall" else 4  # beside a waterfall the reasons stand in its bars
        for sentence in (sentences or part.sentences)[:most]:
            top = self._row(slide, sentence, top, 15, INK, lines=-(-len(sentence) // MOST_LINE))
        self._figure(slide, exhibit, part, top)
        self._foot(slide, exhibit)
        self._notes(slide, notes_of(exhibit))

    @property
    def slides(self) -> int:
        """How many there are so far."""
        return len(self._deck.slides)

    def saved(self, title: str, author: str, code: str) -> bytes:
        """The file."""
        properties = self._deck.core_properties
        properties.title, properties.author, properties.keywords = clean(title, 250), clean(author, 250), clean(code, 250)
        properties.language = "vi-VN" if self._language is MSO_LANGUAGE_ID.VIETNAMESE else "en-GB"
        out = BytesIO()
        self._deck.save(out)
        return out.getvalue()

    def _figure(self, slide: Any, exhibit: Exhibit, part: Part, top: int) -> None:
        room = (MARGIN, top + Inches(0.1), self._width - 2 * MARGIN, self._height - top - Inches(0.75))
        if part.chart and has_values(part.chart):
            add_chart(slide, part.chart, room, self._words)
        elif part.kind in {"map", "heatmap"} and self._picture and (drawn := self._picture(exhibit, part)):
            self._image(slide, drawn, room, part.title)
        elif part.tables:
            self._table(slide, exhibit, part.tables[0], room)

    def _image(self, slide: Any, drawn: bytes, room: tuple[int, int, int, int], title: str) -> None:
        left, top, width, height = room
        shape = slide.shapes.add_picture(BytesIO(drawn), left, top)
        scale = min(width / shape.width, height / shape.height)
        shape.width, shape.height = Emu(int(shape.width * scale)), Emu(int(shape.height * scale))
        shape.left = Emu(left + (width - shape.width) // 2)
        shape._element.nvPicPr.cNvPr.set("descr", clean(title, 250))

    def _table(self, slide: Any, exhibit: Exhibit, table: Table, room: tuple[int, int, int, int]) -> None:
        left, top, width, height = room
        columns, rows = table.columns[:MOST_COLUMNS], list(islice(table.rows, MOST_ROWS))
        if not columns or not rows:
            return
        frame = slide.shapes.add_table(len(rows) + 1, len(columns), left, top, width, min(height, Inches(0.34) * (len(rows) + 1)))
        frame._element.nvGraphicFramePr.cNvPr.set("descr", clean(table.title, 250))
        widths = _widths([[told(row[index], column, exhibit) for row in rows] for index, column in enumerate(columns)], columns, width)
        for index, column in enumerate(columns):
            frame.table.columns[index].width = Emu(widths[index])
            self._cell(frame.table.cell(0, index), column.label, bold=True, right=column.kind == "number")
            for place, row in enumerate(rows, start=1):
                self._cell(frame.table.cell(place, index), told(row[index], column, exhibit), right=column.kind == "number")
        if table.count > len(rows):
            counts = {"shown": written(Decimal(len(rows)), exhibit.language), "of": written(Decimal(table.count), exhibit.language)}
            self._row(slide, self._words("export.more_rows", **counts), self._height - Inches(0.85), 11, MUTED)

    def _cell(self, cell: Any, text: str, *, bold: bool = False, right: bool = False) -> None:
        cell.margin_top = cell.margin_bottom = Emu(20_000)
        cell.vertical_anchor = MSO_ANCHOR.MIDDLE
        self._lines(cell, [(shortened(text, MOST_CELL), 11, bold, None)], align=PP_ALIGN.RIGHT if right else PP_ALIGN.LEFT)

    def _headline(self, slide: Any, headline: Headline, top: int) -> int:
        value = amount(headline.value, self._words) if headline.value else "–"
        box = self._box(slide, top, Inches(0.75))
        aside = " · ".join(each for each in (headline.status, headline.goal) if each)
        paragraph = box.text_frame.paragraphs[0]
        self._run(paragraph, value, 34, True, INK)
        if aside:
            self._run(paragraph, f"   {aside}", 16, False, MUTED)
        return top + Inches(0.78)

    def _row(self, slide: Any, text: str, top: int, size: int, color: RGBColor, lines: int = 1) -> int:
        height = int(Pt(size) * 1.35 * lines + Inches(0.08))
        self._lines(self._box(slide, top, height), [(text, size, False, color)])
        return top + height

    def _foot(self, slide: Any, exhibit: Exhibit) -> None:
        mark, said = exhibit.mark, self._words
        parts = [exhibit.organisation]
        if mark:
            parts += [each for each in (mark.classification, f"{mark.code} · {mark.verify}") if each]
        parts.append(str(self.slides))
        box = self._box(slide, self._height - Inches(0.5), Inches(0.36))
        self._lines(box, [(" · ".join(parts), 10, False, MUTED)])
        if exhibit.simulated:
            self._run(box.text_frame.paragraphs[0], f"   {said('app.simulated')}", 10, True, ACCENT)
        if any(each.late for each in exhibit.sources):
            self._run(box.text_frame.paragraphs[0], f"   {said('export.late')}", 10, True, ACCENT)

    def _slide(self, title: str) -> Any:
        slide = self._deck.slides.add_slide(self._plain)
        self._title(slide, title, top=Inches(0.35), size=26)
        return slide

    def _title(self, slide: Any, title: str, top: int, size: int) -> None:
        shape = slide.shapes.title or slide.shapes.add_textbox(0, 0, 1, 1)
        shape.left, shape.top = Emu(MARGIN), Emu(top)
        shape.width, shape.height = Emu(self._width - 2 * MARGIN), Emu(Inches(0.85) if size < 30 else Inches(1.5))
        shape.text_frame.word_wrap = True
        shape.text_frame.auto_size = MSO_AUTO_SIZE.NONE
        align = PP_ALIGN.LEFT if size < 30 else PP_ALIGN.CENTER
        self._lines(shape, [(shortened(clean(title, 10_000), MOST_TITLE), size if len(title) < 70 else size - 8, True, INK)], align=align)

    def _top(self) -> int:
        return int(Inches(1.25))

    def _box(self, slide: Any, top: int, height: int) -> Any:
        box = slide.shapes.add_textbox(MARGIN, Emu(top), Emu(self._width - 2 * MARGIN), Emu(height))
        box.text_frame.word_wrap = True
        box.text_frame.margin_left = box.text_frame.margin_right = 0
        return box

    def _lines(self, shape: Any, lines: Sequence[tuple[str, int, bool, RGBColor | None]], align: PP_ALIGN = PP_ALIGN.LEFT) -> None:
        frame = shape.text_frame
        for number, (text, size, bold, color) in enumerate(lines):
            paragraph = frame.paragraphs[0] if number == 0 else frame.add_paragraph()
            paragraph.alignment = align
            self._run(paragraph, text, size, bold, color)

    def _run(self, paragraph: Any, text: str, size: int, bold: bool, color: RGBColor | None) -> None:
        run = paragraph.add_run()
        run.text = clean(text, 4_000)
        run.font.size, run.font.bold, run.font.name, run.font.language_id = Pt(size), bold, FONT, self._language
        if color is not None:
            run.font.color.rgb = color

    def _notes(self, slide: Any, text: str) -> None:
        if text:
            slide.notes_slide.notes_text_frame.text = clean(text, MOST_NOTES)


def write_pptx(exhibit: Exhibit, template: Path | None = None, picture: Picture | None = None) -> bytes:
    """An exhibit as slides: a cover, and one for each of its parts. Raises Refusal: the template cannot be read."""
    deck = Deck(exhibit.language, template, picture)
    lines = [f"{heading}: {text}" for heading, text in facts(exhibit)[1:]]
    deck.cover(exhibit.title, [shortened(line, MOST_COVER) for line in lines[:9]], notes_of(exhibit))
    if exhibit.reading:
        deck.text(exhibit.title, exhibit.reading, notes_of(exhibit))
    for part in exhibit.parts:
        deck.part(exhibit, part)
    mark = exhibit.mark
    return deck.saved(exhibit.title, mark.made_by if mark else "", mark.code if mark else "")


def notes_of(exhibit: Exhibit) -> str:
    """What a speaker finds in the notes: where the numbers come from, and what they mean."""
    lines = [f"{heading}: {text}" for heading, text in facts(exhibit)]
    for label, meanings in definitions(exhibit):
        lines += ["", label, *(f"{heading}: {text}" for heading, text in meanings)]
    return "\n".join(lines)


def clean(text: str, most: int) -> str:
    """Text without what XML cannot hold, cut to so many letters."""
    return _CONTROL.sub("", text)[:most]


def _widths(cells: Sequence[Sequence[str]], columns: Sequence[Column], width: int) -> list[int]:
    """How wide columns are: numbers, days and moments have the room that they need, and texts share the rest by their length."""
    needed = [
        max([5, *map(len, texts), *(len(word) for word in column.label.split())]) for texts, column in zip(cells, columns, strict=True)
    ]
    fixed = [LETTER * letters + ASIDE if column.kind is not Kind.TEXT else 0 for letters, column in zip(needed, columns, strict=True)]
    texts = [0 if room else min(max(letters, 8), 42) for room, letters in zip(fixed, needed, strict=True)]
    if not sum(texts) or sum(fixed) > width * 3 // 4:
        return [width * letters // sum(needed) for letters in needed]
    rest = width - sum(fixed)
    return [room or rest * letters // sum(texts) for room, letters in zip(fixed, texts, strict=True)]


def _mark(exhibit: Exhibit, said: Words) -> str:
    """Of when the data are, and whether they were simulated."""
    given = dict(facts(exhibit))
    heading = said("export.fact.data_at")
    return " · ".join(each for each in (f"{heading}: {given[heading]}" if heading in given else "",) if each)


def _opened(template: Path | None) -> Any:
    try:
        deck = Presentation(str(template) if template else None)
    except (PackageNotFoundError, KeyError, ValueError, OSError) as error:
        raise Refusal("slide_template", 500, path=template, why=error) from error
    if template is None:
        deck.slide_width, deck.slide_height = WIDTH, HEIGHT
        _letters(deck)
    while len(deck.slides):  # what a template shows as an example
        first = deck.slides._sldIdLst[0]
        deck.part.drop_rel(first.rId)
        deck.slides._sldIdLst.remove(first)
    return deck


def _letters(deck: Any) -> None:
    """The library's own template has a font without all Vietnamese letters."""
    for relation in deck.slide_master.part.rels.values():
        if relation.reltype.endswith("/theme"):
            blob = relation.target_part._blob
            relation.target_part._blob = re.sub(rb'(<a:(?:major|minor)Font>\s*<a:latin typeface=")[^"]*"', rb"\1Arial" + b'"', blob)


def _layouts(deck: Any) -> tuple[Any, Any]:
    """The layouts of the cover and of other slides. Raises Refusal: there is none with a title."""
    titled = [each for each in deck.slide_layouts if any(holder.placeholder_format.idx == 0 for holder in each.placeholders)]
    if not titled:
        raise Refusal("slide_template", 500, path="", why="no layout with a title")
    only = [each for each in titled if not [one for one in each.placeholders if one.placeholder_format.idx not in {0, 10, 11, 12}]]
    return titled[0], (only or titled)[0]
