"""The addresses of reports: all of them, and drafts whose sentences an author changes before they are fixed."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from urllib.parse import quote

from flask import Blueprint, Response, request

from callbacks.plain_pages import PlainPages, to
from ioc.access.asking import viewer
from ioc.access.same_origin import check_sender
from ioc.access.trail import AuditTrail
from ioc.errors import IocError, Refusal, UnknownName
from ioc.exports.reports.binder import Binder
from ioc.exports.subject import Page as Kind
from ioc.exports.subject import Subject
from ioc.views.values import past_from_words
from layouts import elements as h
from layouts.page import Page
from layouts.screens.message import message
from layouts.screens.reports import Listed, draft, past, reports
from layouts.state import Context

SHEETS = ("frame.css", "panels.css", "forms.css", "feeds.css", "export.css")
MOST_LETTERS = 4000
More = Callable[[Context], h.Node]


def blueprint(plain: PlainPages, binder: Binder, trail: AuditTrail, more: More) -> Blueprint:
    """The routes; ``more`` is what stands below the drafts."""
    routes, found = Blueprint("reports", __name__), _Reports(plain, binder, trail, more)
    routes.get("/reports")(found.all)
    routes.get("/reports/<name>")(found.one)
    routes.post("/reports/<name>")(found.write)
    routes.post("/reports/<name>/draft")(found.begin)
    return routes


def failing(plain: PlainPages, binder: Binder, trail: AuditTrail) -> Callable[[IocError], Response]:
    """The page that says what is wrong."""
    found = _Reports(plain, binder, trail, lambda _: None)
    return lambda error: found._failed(error, plain.context())


@dataclass(frozen=True)
class _Reports:
    plain: PlainPages
    binder: Binder
    trail: AuditTrail
    more: More

    def all(self) -> Response:
        """Every report, and what was drafted."""
        context = self.plain.context()
        known = [Listed(name, settings.label.of(context.language)) for name, settings in self.binder.reports.items()]
        drafts = self.binder.drafts.all(viewer(context.language).scope)
        return self._page(reports(known, drafts, self.more(context), context, may_sign=viewer(context.language).may("sign")))

    def one(self, name: str) -> Response:
        """A draft by its number; a report by its name as it was at a moment; by its name alone all of them."""
        context = self.plain.context()
        if name not in self.binder.reports:
            return self._shown(name, "", context)
        if wanted := context.get("draft"):
            return to(context.link(f"/reports/{quote(wanted, safe='')}"))
        return self._as_of(name, context) if context.get("as_of") else to(context.link("/reports"))

    def _as_of(self, name: str, context: Context) -> Response:
        """A report as it was at a moment."""
        try:
            at = past_from_words(context.get("as_of"), context.zone, self.plain.clock.now())
            report = self.binder.report(Subject(Kind.REPORT, name), viewer(context.language), at)
        except IocError as error:
            return self._failed(error, context)
        return self._page(past(report, context))

    def begin(self, name: str) -> Response:
        """Begin a draft of what is known now."""
        context = self.plain.context()
        try:
            check_sender(dict(request.headers), request.host)
            asker = viewer(context.language)
            report = self.binder.report(Subject(Kind.REPORT, name), asker)
            id_ = self.binder.drafts.begin(name, report.at, asker.name, self.plain.clock.now(), asker.scope)
            self.trail.note(asker, "report.begin", name, str(id_))
            return to(f"/reports/{id_}")
        except IocError as error:
            return self._failed(error, context)

    def write(self, name: str) -> Response:
        """Keep what an author has written, and fix it if that is wished."""
        context = self.plain.context()
        try:
            check_sender(dict(request.headers), request.host)
            asker, now = viewer(context.language), self.plain.clock.now()
            found = self.binder.drafts.find(name, asker.scope)
            sections = range(len(self.binder.reports[found.report].sections)) if found.report in self.binder.reports else range(0)
            said = {number: _paragraphs(request.form.getlist(f"said-{number}")) for number in sections}
            self.binder.drafts.write(found.id, said, asker.name, now, request.form.get("seen", ""))
            if request.form.get("do") == "fix":
                self.binder.drafts.fix(found.id, asker.name, now)
            self.trail.note(asker, "report.fix" if request.form.get("do") == "fix" else "report.write", found.report, str(found.id))
            return self._shown(name, context.words("reports.saved"), context)
        except Refusal as error:
            return self._shown(name, " ".join(context.words.told(error)), context, error.status)
        except IocError as error:
            return self._failed(error, context)

    def _shown(self, name: str, told: str, context: Context, status: int = 200) -> Response:
        asker = viewer(context.language)
        try:
            found = self.binder.drafts.find(name, asker.scope)
            report = self.binder.report(Subject(Kind.REPORT, found.report, "", (("draft", name),)), asker)
        except IocError as error:
            return self._failed(error, context)
        return self._page(draft(found, report, told, context, status, may_sign=asker.may("sign")))

    def _failed(self, error: IocError, context: Context) -> Response:
        what, hint = context.words.told(error)
        status = error.status if isinstance(error, Refusal) else 404 if isinstance(error, UnknownName) else 400
        return self._page(message(what, hint, context, status=status))

    def _page(self, page: Page) -> Response:
        return self.plain.page(page, SHEETS)


def _paragraphs(given: list[str]) -> list[str]:
    """What was typed, without what is empty."""
    return [text for each in given if (text := " ".join(each.split())[:MOST_LETTERS])]
