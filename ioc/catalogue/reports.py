"""Reports: what is shown in which order, and how the paper around it looks."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from typing import Literal

from pydantic import Field

from ioc.catalogue.entry import Entry, Text
from ioc.catalogue.source import Finding
from ioc.errors import Said, did_you_mean


class ReportSection(Entry):
    """One section: what it shows (a screen, an indicator, or a page's address with its filters), and what is said before its sentences."""

    show: str = Field(min_length=1, max_length=2000)
    title: Text | None = None
    text: Text | None = None


class Signatory(Entry):
    """Who signs: on whose behalf (``TL. BỘ TRƯỞNG``), in which position, and the name."""

    position: Text
    name: str = ""
    behalf: Text | None = None


class ReportSettings(Entry):
    """One report.

    Attributes:
        superior, body: the office that issues it, and the one above that.
        number: as it is written in that office, such as ``…/BC-VP``.
        place: where it is issued.
        intro: what stands before the first section.
        recipients: to whom it goes.
        template, slides: an HTML file and a PPTX file of the office's own in place of those that come with the program.
    """

    label: Text
    body: Text
    superior: Text | None = None
    number: str = ""
    place: Text
    intro: Text | None = None
    sections: tuple[ReportSection, ...] = Field(min_length=1, max_length=60)
    recipients: tuple[Text, ...] = ()
    signatory: Signatory | None = None
    language: Literal["vi", "en"] = "vi"
    template: str | None = None
    slides: str | None = None


def check_reports(reports: Mapping[str, ReportSettings], screens: Iterable[str], indicators: Iterable[str]) -> Iterator[Finding]:
    """Each section that shows what is not there: where, what, and how to mend it. Addresses of pages are looked at when they are asked."""
    known = {*screens, *indicators}
    for name, report in reports.items():
        for number, section in enumerate(report.sections):
            bare = section.show.partition("?")[0].partition("#")[0]
            if "/" not in bare and bare not in known:
                where = ("reports", name, "sections", number, "show")
                yield where, Said("There is no screen or indicator “{name}”.", name=bare), did_you_mean(bare, known)
