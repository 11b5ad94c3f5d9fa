"""Makes the reports of one deployment, as its configuration names them."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import datetime
from pathlib import Path

from ioc.access.viewer import Viewer
from ioc.catalogue.reports import ReportSettings
from ioc.errors import BadQuestion, UnknownName
from ioc.exports.exhibit import Exhibit, Mark
from ioc.exports.order import Format, Order
from ioc.exports.progress import Progress
from ioc.exports.reports.drafts import Drafts
from ioc.exports.reports.report import Report, report_of
from ioc.exports.subject import Page, Subject
from ioc.views.gather import Gatherer

Print = Callable[[Report, Path | None, Callable[[], None]], bytes]
Headings = Callable[[Report], Sequence[str]]
# Steps after the sections have been collected: the pages are printed once for their numbers, and once with them.
PRINTS = 2


@dataclass(frozen=True)
class Binder:
    """Binds reports.

    Attributes:
        reports: by name.
        drafts: what their authors have written.
        base: the folder that the paths of templates start from.
        prints: makes the PDF of a report with a template; it says each time that it has printed it.
        headings: tells the headings of its sections.
        slides: the template of slides; None for the one that comes with the library.
    """

    views: Gatherer
    reports: Mapping[str, ReportSettings]
    drafts: Drafts
    base: Path
    prints: Print
    headings: Headings
    slides: Path | None = None

    def report(self, subject: Subject, viewer: Viewer, as_of: datetime | None = None, progress: Progress | None = None) -> Report:
        """The report that is meant, as of now, a past moment, or as a draft has it. Raises UnknownName, BadQuestion or Refusal."""
        if not self.reports:
            raise BadQuestion("no_reports")
        name = subject.name or next(iter(self.reports))
        if name not in self.reports:
            raise UnknownName("report", name, self.reports)
        said = None
        if wanted := subject.get("draft"):
            draft = self.drafts.find(wanted, viewer.scope)
            name, as_of, said = draft.report, draft.at, draft.said
        if progress:
            progress.begin(len(self.reports[name].sections) + PRINTS, "steps")
        return report_of(self.views, viewer, name, self.reports[name], as_of, said, progress)

    def bind(self, order: Order, viewer: Viewer, mark: Mark, progress: Progress) -> tuple[Exhibit, Callable[[Path], object]]:
        """What is told of a report, and what writes it. Raises IocError."""
        if order.format not in {Format.PDF, Format.PPTX}:
            raise BadQuestion("report_format")
        report = replace(self.report(order.subject, viewer, order.as_of, progress), mark=mark)
        settings = report.settings
        subject = Subject(Page.REPORT, report.name, "", order.subject.query)
        told = replace(
            report.first,
            subject=subject,
            title=report.title,
            simulated=report.simulated,
            records=any(section.exhibit.records for section in report.sections),
            parts=(),
            scope="",
            period="",
            filters=(),
            reading=(),
            definitions=report.definitions,
            mark=mark,
            view=None,
        )

        def write(file: Path) -> None:
            if order.format is Format.PDF:
                file.write_bytes(self.prints(report, self.base / settings.template if settings.template else None, progress.step))
            else:
                from ioc.exports.reports.slides import report_slides

                slides = self.base / settings.slides if settings.slides else self.slides
                progress.step()
                file.write_bytes(report_slides(report, self.headings(report), slides))
                progress.step()

        return told, write
