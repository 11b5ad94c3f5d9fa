"""The addresses of exports: having one made, the register, and whether one is genuine."""

from __future__ import annotations

import tempfile
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from flask import Blueprint, Response, request, send_file

from callbacks.page_capture import lines_of
from callbacks.plain_pages import PlainPages, to
from ioc.access.asking import BY_ITSELF_QUERY, viewer
from ioc.access.edge import TOO_LARGE
from ioc.access.same_origin import check_sender
from ioc.access.trail import AuditTrail
from ioc.errors import IocError, Refusal, UnknownName
from ioc.exports.jobs import Job, Jobs
from ioc.exports.order import MIME, Format, order_of
from ioc.exports.register import PAGE_ROWS, Entry, as_it_was, code_of, may_fetch
from ioc.exports.signing.office import beside_of
from ioc.exports.signing.verdict_text import sentences
from ioc.exports.subject import subject_of
from ioc.exports.verify import verified
from ioc.text import dates
from ioc.views.gather import Gatherer
from ioc.views.values import moment_from_words, past_from_words
from layouts.page import Page
from layouts.screens.message import message
from layouts.screens.snapshots import Snapshot, being_made, choosing, snapshots
from layouts.screens.verify import verify
from layouts.state import Context

# A page waits so long for its file; what takes longer is shown on its way.
WAITS_SECONDS = 6.0
LOOKS_AGAIN_SECONDS = 2
SHEETS = ("frame.css", "panels.css", "forms.css", "feeds.css", "records.css", "export.css")


def blueprint(plain: PlainPages, views: Gatherer, jobs: Jobs, trail: AuditTrail) -> Blueprint:
    """The routes."""
    routes, exports = Blueprint("exports", __name__), _Exports(plain, views, jobs, trail)
    routes.get("/snapshots")(exports.all)
    routes.post("/snapshots")(exports.make)
    routes.get("/snapshots/new")(exports.choose)
    routes.get("/snapshots/jobs/<job>")(exports.job)
    routes.post("/snapshots/jobs/<job>/cancel")(exports.cancel)
    routes.get("/snapshots/<code>/file")(exports.file)
    routes.get("/verify")(exports.verify)
    routes.get("/verify/<code>")(exports.verify)
    routes.post("/verify")(exports.verify_file)
    return routes


@dataclass(frozen=True)
class _Exports:
    plain: PlainPages
    views: Gatherer
    jobs: Jobs
    trail: AuditTrail

    def all(self) -> Response:
        """The register."""
        context = self.plain.context()
        query, before = context.get("q") or "", moment_from_words(context.get("before"), context.zone)
        most = lines_of(PAGE_ROWS)
        found = self.jobs.exporter.register.search(query, viewer(context.language).scope, before, most)
        older = context.with_query(before=found[-1].made_at.isoformat()) if len(found) == most else None
        return self._page(snapshots([self._line(each, context) for each in found], query, older, context))

    def choose(self) -> Response:
        """All choices."""
        context, given = self.plain.context(), request.args.to_dict()
        return self._page(choosing(given, given.get("what", ""), "", context, may_sign=viewer(context.language).may("sign")))

    def make(self) -> Response:
        """Begin an export, and answer with its file as soon as it is there."""
        context, given = self.plain.context(language=request.form.get("lang")), request.form.to_dict()
        wide, _, deep = given.get("size", "").partition("x")
        given |= {"width": wide, "height": deep} if deep else {}
        try:
            check_sender(dict(request.headers), request.host)
            subject = subject_of(given.get("what", ""), self.views.screens(), self.views.store.catalogue.indicators)
            as_of = past_from_words(given.get("as_of"), context.zone, self.plain.clock.now())
            job = self.jobs.begin(order_of(subject, given, as_of, context.language), viewer(context.language))
            return self._state(job, WAITS_SECONDS, context)
        except IocError as error:
            return self._failed(error, given, context)

    def job(self, job: str) -> Response:
        """How far one is."""
        context = self.plain.context()
        found = self.jobs.find(job, viewer(context.language))
        if found is None:
            return self._page(message(context.words("snapshots.gone"), context.words("export.no_job"), context))
        try:
            return self._state(found, 0.5, context)
        except IocError as error:
            return self._failed(error, {"what": str(found.order.subject), "format": found.order.format}, context)

    def cancel(self, job: str) -> Response:
        """Make it no more."""
        context = self.plain.context()
        try:
            check_sender(dict(request.headers), request.host)
        except Refusal as error:
            return self._failed(error, {}, context)
        if found := self.jobs.find(job, viewer(context.language)):
            found.progress.cancel()
        return to(context.link(f"/snapshots/jobs/{job}"))

    def file(self, code: str) -> Response:
        """The file of an export."""
        context, entry = self.plain.context(), self.jobs.exporter.register.find(code)
        asker = viewer(context.language)
        file = self.jobs.exporter.file(entry) if entry and may_fetch(entry, asker) else None
        if entry is None or file is None:
            what, hint = context.words.told(Refusal("export_gone"))
            return self._page(message(what, hint, context))
        self.trail.note(asker, "export.fetch", entry.code, entry.file)
        mime = MIME[Format(entry.format)] if entry.format in set(Format) else None
        answer: Any = send_file(file, mime, as_attachment=True, download_name=entry.file, max_age=0)
        answer.headers["X-Snapshot"], answer.headers["Cache-Control"] = entry.code, "private, no-store"
        return answer

    def verify(self, code: str = "") -> Response:
        """What is known of a code."""
        context, typed = self.plain.context(), code or request.args.get("code", "")
        entry = self.jobs.exporter.register.find(typed) if code_of(typed) else None
        finding = "entered" if entry else "unknown" if typed else "nothing"
        return self._verdict(finding, entry, typed, context, 200 if entry or not typed else 404)

    def verify_file(self) -> Response:
        """Whether a file is genuine; it is looked at, and not kept."""
        context = self.plain.context()
        if TOO_LARGE in request.headers:
            return self._verdict("too_large", None, "", context, 413)
        given = request.files.get("file")
        if given is None:
            return self._verdict("nothing", None, "", context, 400)
        signature = request.files.get("signature")
        with tempfile.TemporaryDirectory() as folder:
            kept = Path(folder) / "file"
            given.save(kept)
            if signature and signature.filename:
                signature.save(beside_of(kept))
            found = verified(self.jobs.exporter.register, kept)
            seals = self.jobs.exporter.seals
            signed = seals.verify_file(kept, self.plain.clock.now()) if seals else None
        told = sentences(signed, context.words, context.zone) if signed else []
        return self._verdict(found.finding, found.entry, "", context, 200, told)

    def _verdict(
        self, finding: str, entry: Entry | None, typed: str, context: Context, status: int, signed: Sequence[str] = ()
    ) -> Response:
        page = f"{as_it_was(entry)}" if entry else None
        facts = _facts(entry, context) if entry else ()
        facts = (*facts, *((context.words("verify.fact.signature"), each) for each in signed))
        return self._page(verify(finding, facts, page, typed[:40], context, status))

    def _state(self, job: Job, seconds: float, context: Context) -> Response:
        entry = job.entry(seconds)
        if entry:
            self.trail.note(job.viewer, "export", entry.subject, {"code": entry.code, "format": entry.format, "version": entry.version})
            by_itself = f"?{BY_ITSELF_QUERY}=1" if BY_ITSELF_QUERY in request.args else ""
            return to(f"/snapshots/{entry.code}/file{by_itself}")
        if request.method == "POST":
            return to(f"/snapshots/jobs/{job.id}?lang={context.language}")
        progress = job.progress
        answer = self._page(being_made(job.id, str(job.order.subject), progress.done, progress.of, progress.unit, context))
        again = context.link(f"/snapshots/jobs/{job.id}", (BY_ITSELF_QUERY, "1"))
        answer.headers["Refresh"] = f"{LOOKS_AGAIN_SECONDS}; url={again}"
        return answer

    def _failed(self, error: IocError, given: dict[str, str], context: Context) -> Response:
        told = " ".join(context.words.told(error))
        status = error.status if isinstance(error, Refusal) else 404 if isinstance(error, UnknownName) else 400
        may_sign = viewer(context.language).may("sign")
        return self._page(choosing(given, given.get("what", "")[:200], told, context, status, may_sign=may_sign))

    def _line(self, entry: Entry, context: Context) -> Snapshot:
        is_there = may_fetch(entry, viewer(context.language)) and self.jobs.exporter.file(entry)
        file = f"/snapshots/{entry.code}/file" if is_there else None
        told = " · ".join(part for part in (entry.period, entry.filters) if part)
        given = (entry.title, told, entry.version, entry.format, as_it_was(entry), file, entry.signed_by)
        return Snapshot(entry.code, entry.made_at, entry.made_by, *given)

    def _page(self, page: Page) -> Response:
        return self.plain.page(page, SHEETS)


def _facts(entry: Entry, context: Context) -> tuple[tuple[str, str], ...]:
    words = context.words
    found = (
        ("title", entry.title),
        ("period", entry.period),
        ("filters", entry.filters),
        ("version", str(entry.version)),
        ("as_of", dates.moment(entry.at, context.zone)),
        ("simulated", words("app.simulated") if entry.simulated else ""),
        ("classification", entry.classification),
        ("made", ", ".join(filter(None, (entry.made_by, dates.moment(entry.made_at, context.zone))))),
        ("code", entry.code),
    )
    more = (("file", entry.file), ("sha256", entry.sha256), ("signed", entry.signed_by))
    return (
        *((words(f"export.fact.{key}"), text) for key, text in found if text),
        *((words(f"verify.fact.{key}"), text) for key, text in more if text),
    )
