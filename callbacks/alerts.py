"""The address at which somebody takes note of an alert; it leads back to the page that it was done on."""

from __future__ import annotations

from flask import Blueprint, Response, request

from callbacks.plain_pages import PlainPages, to
from ioc.access.same_origin import check_sender, own_address
from ioc.errors import Refusal
from ioc.views.alerts import AlertsDesk
from layouts.screens.message import message


def blueprint(plain: PlainPages, desk: AlertsDesk) -> Blueprint:
    """The route; ``plain`` tells who asks and draws what went wrong."""
    routes = Blueprint("alerts", __name__)

    @routes.post("/alerts/<int:alert>/acknowledgement")
    def acknowledge(alert: int) -> Response:
        context, viewer = plain.asker()
        back = own_address(request.form.get("back", "")) or "/alerts"
        try:
            check_sender(dict(request.headers), request.host)
            desk.acknowledge(viewer, alert, request.form.get("word", ""))
        except Refusal as error:
            what, hint = context.words.told(error)
            return plain.page(message(what, hint, context, status=error.status, links=((context.words("notes.back"), back),)))
        return to(f"{back}#alert-{alert}")

    return routes
