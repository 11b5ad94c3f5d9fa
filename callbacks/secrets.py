"""The page that tells administrators how many records were refused for secrecy."""

from __future__ import annotations

from flask import Blueprint, Response

from callbacks.guard import Guard
from ioc.access.policy import may_see_secrets
from layouts.dash_app import SECRETS_SHEETS
from layouts.screens.secrets import secrets


def blueprint(guard: Guard) -> Blueprint:
    """The route."""
    routes = Blueprint("secrets", __name__)

    @routes.get("/admin/secrets")
    def show() -> Response:
        context, viewer = guard.asker()
        if not may_see_secrets(viewer):
            return guard.closed(context)
        return guard.page(secrets(guard.views.secrets(viewer), context), SECRETS_SHEETS)

    return routes
