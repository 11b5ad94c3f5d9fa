"""What goes out by schedule, on the page of reports; and sending it now."""

from __future__ import annotations

from collections.abc import Callable

from flask import Blueprint, Response, request

from callbacks.plain_pages import to
from ioc.access.asking import preferred, viewer
from ioc.access.same_origin import check_sender
from ioc.access.trail import AuditTrail
from ioc.errors import IocError, Refusal
from ioc.exports.deliveries.courier import Courier, Due
from ioc.exports.deliveries.journal import Sending
from ioc.views.gather import Gatherer
from layouts import elements as h
from layouts.screens.schedules import Scheduled, Sent, schedules
from layouts.state import Context

MOST = 20


def blueprint(courier: Courier, views: Gatherer, trail: AuditTrail, failed: Callable[[IocError], Response]) -> Blueprint:
    """The route by which something is sent now."""
    routes = Blueprint("schedules", __name__)

    @routes.post("/reports/schedules/<name>/run")
    def run(name: str) -> Response:
        try:
            check_sender(dict(request.headers), request.host)
            asker = viewer(preferred(views.language()))
            if asker.scope is not None:
                raise Refusal("schedule_scope", 403)
            courier.run_now(name, asker.name)
            trail.note(asker, "schedule.run", name, "")
            return to(f"/reports?sent={name}#schedules")
        except IocError as error:
            return failed(error)

    return routes


def shown(courier: Courier, context: Context) -> h.Node:
    """What stands on the page: only those who see the whole organisation see what is sent for it."""
    if viewer(context.language).scope is not None:
        return None
    due = courier.due()
    titles = {each.name: each.settings.label.of(context.language) for each in due}
    sent = context.get("sent")
    told = context.words("schedules.started", name=titles[sent]) if sent in titles else ""
    history = [_sent(each, titles, context) for each in courier.journal.all(most=MOST)]
    return schedules([_scheduled(each, context) for each in due], history, told, context)


def _scheduled(each: Due, context: Context) -> Scheduled:
    settings, words = each.settings, context.words
    to = [words("schedules.folder", folder=settings.folder)] if settings.folder else []
    to += [*settings.mail, *([settings.webhook.url] if settings.webhook else [])]
    last = words(f"schedules.state.{each.last.state}") if each.last else "–"
    return Scheduled(each.name, settings.label.of(context.language), tuple(to), each.next_at, last)


def _sent(each: Sending, titles: dict[str, str], context: Context) -> Sent:
    fault = context.words.sentence(each.fault) if each.fault else ""
    return Sent(titles.get(each.schedule, each.schedule), each.begun_at, each.state, each.attempt, each.by, each.codes, fault)
