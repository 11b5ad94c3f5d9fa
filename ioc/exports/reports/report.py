"""A report as it is to be written: its sections with what they show and say, all of one moment."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import datetime

from ioc.access.viewer import Viewer
from ioc.catalogue.reports import ReportSection, ReportSettings
from ioc.exports.collect import exhibit_of
from ioc.exports.exhibit import Definition, Exhibit, Mark, Part
from ioc.exports.progress import Progress
from ioc.exports.subject import Page, Subject, subject_of
from ioc.views.gather import Gatherer

# Of a screen with more indicators the first are told in words.
MOST_READINGS = 6
TRIES = 3


@dataclass(frozen=True)
class Figure:
    """One drawing or table of a section: the exhibit of it alone."""

    part: Part
    exhibit: Exhibit


@dataclass(frozen=True)
class Section:
    """One section; ``said`` is a paragraph each of two sentences, as generated or as its author has changed it."""

    title: str
    exhibit: Exhibit
    text: str
    said: tuple[str, ...]
    figures: tuple[Figure, ...]


@dataclass(frozen=True)
class Report:
    """A report.

    Attributes:
        name: in the configuration.
        at: the moment that every number in it is of.
        late: the feeds that are late, in words.
    """

    name: str
    settings: ReportSettings
    title: str
    language: str
    at: datetime
    sections: tuple[Section, ...]
    late: tuple[str, ...]
    mark: Mark | None = None

    @property
    def first(self) -> Exhibit:
        """What says of which data all of it is."""
        return self.sections[0].exhibit

    @property
    def simulated(self) -> bool:
        """Whether any record behind it was simulated."""
        return any(section.exhibit.simulated for section in self.sections)

    @property
    def definitions(self) -> tuple[Definition, ...]:
        """What its indicators mean, each once."""
        return tuple({each.indicator: each for section in self.sections for each in section.exhibit.definitions}.values())


def report_of(
    views: Gatherer,
    viewer: Viewer,
    name: str,
    settings: ReportSettings,
    as_of: datetime | None = None,
    changed: Mapping[int, Sequence[str]] | None = None,
    progress: Progress | None = None,
) -> Report:
    """A report of now, or of a past moment; every number is of the same data version.

    Args:
        changed: paragraphs that an author has written in place of the generated ones, by the number of their section.

    Raises:
        UnknownName, BadQuestion: a section shows what is not there.
        Refusal: it is no longer wanted.
    """
    viewer = replace(viewer, language=settings.language)
    for _ in range(TRIES):
        sections = tuple(_section(views, viewer, each, as_of, progress) for each in settings.sections)
        if len({section.exhibit.version for section in sections}) == 1:
            break
        if progress:
            progress.done = 0
        as_of = max(section.exhibit.at for section in sections)  # something has come meanwhile: all as it was then
    said = changed or {}
    sections = tuple(replace(each, said=tuple(said.get(number, each.said))) for number, each in enumerate(sections))
    late = tuple(dict.fromkeys(f"{source.label} – {source.health}" for each in sections for source in each.exhibit.sources if source.late))
    return Report(name, settings, settings.label.of(settings.language), settings.language, sections[0].exhibit.at, sections, late)


def _section(views: Gatherer, viewer: Viewer, settings: ReportSection, as_of: datetime | None, progress: Progress | None = None) -> Section:
    if progress:
        progress.step()
    subject = subject_of(settings.show, views.screens(), views.store.catalogue.indicators)
    exhibit = exhibit_of(views, viewer, subject, as_of)
    title = settings.title.of(viewer.language) if settings.title else exhibit.title
    text = settings.text.of(viewer.language) if settings.text else ""
    return Section(title, exhibit, text, _said(views, viewer, exhibit, as_of), tuple(_figures(views, viewer, exhibit, as_of)))


def _said(views: Gatherer, viewer: Viewer, exhibit: Exhibit, as_of: datetime | None) -> tuple[str, ...]:
    """Two sentences on each indicator."""
    if exhibit.reading:
        return (" ".join(exhibit.reading),)
    found = (exhibit_of(views, viewer, Subject(Page.INDICATOR, each.indicator), as_of) for each in exhibit.definitions[:MOST_READINGS])
    return tuple(" ".join(each.reading) for each in found if each.reading)


def _figures(views: Gatherer, viewer: Viewer, exhibit: Exhibit, as_of: datetime | None) -> list[Figure]:
    """Each part that says more than a sentence, by itself."""
    found = []
    for part in exhibit.parts:
        if not part.tables and not part.chart and not part.headline:
            continue
        alone = exhibit
        if part.id and len(exhibit.parts) > 1 and exhibit.subject.page in {Page.SCREEN, Page.INDICATOR}:
            alone = exhibit_of(views, viewer, replace(exhibit.subject, part=part.id), as_of)
        found.append(Figure(part, alone))
    return found
