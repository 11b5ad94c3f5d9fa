"""The addresses where people sign in and out."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, replace
from typing import Any
from urllib.parse import urlencode

from flask import Blueprint, Flask, Response, g, request

from callbacks.limits import limiter
from callbacks.plain_pages import PlainPages, to
from ioc.access.asking import asked
from ioc.access.entrance import SESSION_COOKIE
from ioc.access.reception import Outcome, Reception
from ioc.access.same_origin import check_sender, own_address
from ioc.access.sessions import CHANGE, FULL, HALF
from ioc.access.viewer import Viewer
from ioc.errors import Refusal
from layouts.dash_app import ACCESS_SHEETS
from layouts.screens.sign_in import SignIn, sign_in
from layouts.state import Context

# How often one address may try. A whole office may stand behind one address.
LIMITS = "60 per minute; 600 per hour"
STATE_COOKIE = "ioc_state"


def blueprint(flask: Flask, plain: PlainPages, reception: Reception, organisation: Callable[[str], str]) -> Blueprint:
    """The routes.

    Args:
        flask: the application, on which the limits are set.
        plain: what a page is made of.
        reception: signs in and out.
        organisation: its name in a language.
    """
    routes, desk = Blueprint("sign_in", __name__), _SignIn(plain, reception, organisation)
    limited = limiter(flask, reception.entrance.is_closed, plain.views.language()).shared_limit(
        LIMITS, scope="sign_in", methods=["POST"], on_breach=lambda _: desk.too_often()
    )
    routes.get("/login")(desk.look)
    routes.add_url_rule("/login", endpoint="enter", view_func=limited(desk.enter), methods=["POST"])
    routes.add_url_rule("/login/code", endpoint="code", view_func=limited(desk.code), methods=["POST"])
    routes.get("/login/oidc")(desk.go)
    routes.get("/login/oidc/done")(desk.back)
    routes.post("/logout")(desk.leave)
    routes.post("/logout/everywhere")(desk.leave_everywhere)
    return routes


def signed_in(answer: Response, outcome: Outcome) -> Response:
    """An answer that brings the secret of a session."""
    answer.set_cookie(SESSION_COOKIE, outcome.secret, httponly=True, samesite="Lax", secure=request.is_secure)
    return answer


def onward(path: str | None) -> str:
    """Where the way leads on: a page of this site, whatever an address says."""
    plain = own_address(path)
    return plain if plain and not plain.startswith(("/login", "/logout")) else "/"


@dataclass(frozen=True)
class _SignIn:
    """What each address answers."""

    plain: PlainPages
    reception: Reception
    organisation: Callable[[str], str]

    def look(self) -> Response:
        """The page; who has given the password, and not yet a code, is asked for one."""
        session = self.reception.entrance.session(asked())
        if session and session.kind in {FULL, CHANGE}:
            return to(onward(request.args.get("next")))
        return self._page(step=HALF if session else FULL)

    def enter(self) -> Response:
        """Looks at a name and a password."""
        name = request.form.get("name", "")

        def act() -> Outcome:
            return self.reception.sign_in(name, request.form.get("password", ""), self._address(), request.cookies.get(SESSION_COOKIE))

        return self._done(act, name, FULL)

    def code(self) -> Response:
        """Looks at a code."""

        def act() -> Outcome:
            secret, session = request.cookies.get(SESSION_COOKIE, ""), self.reception.entrance.session(asked())
            if session is None or session.kind != HALF:
                raise Refusal("sign_in_stale", 400)
            return self.reception.code(session, secret, request.form.get("code", ""), self._address())

        return self._done(act, "", HALF)

    def go(self) -> Response:
        """Sends a browser to the provider of identities."""
        provider = self.reception.provider
        if provider is None:
            return to("/login")
        try:
            address, state = provider.begin(self._back_here(), onward(request.args.get("next")), self.plain.clock.now())
        except Refusal as error:
            return self._page(fault=error)
        answer = to(address)
        answer.set_cookie(STATE_COOKIE, state, max_age=600, path="/login", httponly=True, samesite="Lax", secure=request.is_secure)
        return answer

    def back(self) -> Response:
        """Takes in who comes back from there."""
        provider, state = self.reception.provider, request.args.get("state", "")
        try:
            if provider is None or not state or request.cookies.get(STATE_COOKIE) != state or "code" not in request.args:
                raise Refusal("sign_in_stale", 400)
            told, way = provider.finish(state, request.args["code"], self.plain.clock.now())
            outcome = self.reception.told(told, provider.settings, self._address(), request.cookies.get(SESSION_COOKIE))
        except Refusal as error:
            return self._page(fault=error)
        answer = signed_in(to(way if way != "/" else onward(outcome.account.home)), outcome)
        answer.delete_cookie(STATE_COOKIE, path="/login")
        return answer

    def leave(self) -> Response:
        """Signs out here."""
        return self._left(lambda viewer: self.reception.sign_out(request.cookies.get(SESSION_COOKIE, ""), viewer))

    def leave_everywhere(self) -> Response:
        """Signs out wherever somebody is signed in."""
        return self._left(self.reception.sign_out_everywhere)

    def too_often(self) -> Response:
        """Whoever tries too often is told so, without any password being looked at."""
        return self._page(fault=Refusal("sign_in_shut", 429, seconds=60))

    def _left(self, leave: Any) -> Response:
        try:
            check_sender(dict(request.headers), request.host)
        except Refusal as error:
            return self._page(fault=error)
        viewer: Viewer | None = g.get("viewer")
        if viewer and viewer.role:
            leave(viewer)
        answer = to(self._context().link("/login", ("out", "1")))
        answer.delete_cookie(SESSION_COOKIE)
        return answer

    def _done(self, act: Any, name: str, step: str) -> Response:
        try:
            check_sender(dict(request.headers), request.host)
            outcome: Outcome = act()
        except Refusal as error:
            return self._page(step=step, name=name, fault=error)
        context, way = self._context(), onward(request.args.get("next"))
        if outcome.kind == HALF:
            answer = to(f"{request.path}?{request.query_string.decode('latin-1')}".rstrip("?"))
        elif outcome.kind == CHANGE:
            answer = to(context.link("/account"))
        else:
            answer = to(way if way != "/" else onward(outcome.account.home))
        return signed_in(answer, outcome)

    def _page(self, *, step: str = FULL, name: str = "", fault: Refusal | None = None) -> Response:
        context, provider = self._context(), self.reception.provider
        query = urlencode([(key, value) for key, value in context.query if key in {"lang", "theme", "next"}])
        said = context.words("sign_in.out") if request.args.get("out") and not fault else ""
        shown = SignIn(
            step=step,
            name=name,
            fault=" ".join(context.words.told(fault)) if fault else "",
            said=said,
            query=f"?{query}" if query else "",
            provider=provider.settings.label.of(context.language) if provider else "",
            is_demo=self.reception.entrance.demo,
        )
        status = fault.status if fault else 200
        page = replace(sign_in(shown, self.organisation(context.language), context), status=status)
        answer = self.plain.page(page, ACCESS_SHEETS)
        if fault and status == 429:
            answer.headers["Retry-After"] = str(fault.values.get("seconds", 60))
        return answer

    def _context(self) -> Context:
        return self.plain.context("/login").at_present()

    def _back_here(self) -> str:
        return f"{request.scheme}://{request.host}/login/oidc/done"

    @staticmethod
    def _address() -> str:
        return request.remote_addr or ""
