"""The addresses of one's own account: password, second factor, how the product greets one."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

from flask import Blueprint, Response, g, request

from callbacks.plain_pages import PlainPages, to
from callbacks.sign_in import onward, signed_in
from ioc.access.accounts import LOCAL, Account
from ioc.access.asking import asked
from ioc.access.proving import address_of
from ioc.access.reception import Outcome, Reception
from ioc.access.same_origin import check_sender
from ioc.access.sessions import CHANGE
from ioc.access.viewer import Viewer
from ioc.errors import Refusal
from layouts.dash_app import ACCESS_SHEETS
from layouts.screens.account import AccountView, account
from layouts.state import Context

DONE = ("password", "second", "second_off", "look")


def blueprint(plain: PlainPages, reception: Reception, unit: Callable[[str | None, str], str]) -> Blueprint:
    """The routes.

    Args:
        plain: what a page is made of.
        reception: changes passwords, and knows sessions.
        unit: the words for a unit in a language.
    """
    routes, desk = Blueprint("account", __name__), _Account(plain, reception, unit)
    routes.get("/account")(desk.look)
    routes.post("/account/password")(desk.password)
    routes.post("/account/second")(desk.begin)
    routes.post("/account/second/confirm")(desk.confirm)
    routes.post("/account/second/end")(desk.end)
    routes.post("/account/look")(desk.prefer)
    return routes


@dataclass(frozen=True)
class _Account:
    """What each address answers."""

    plain: PlainPages
    reception: Reception
    unit: Callable[[str | None, str], str]

    def look(self) -> Response:
        """The page; whoever has not signed in is asked to."""
        found = self._mine()
        if found is None:
            return to(self._context().link("/login", ("next", "/account")))
        done = request.args.get("done", "")
        return self._shown(found, said=self._context().words(f"account.done.{done}") if done in DONE else "")

    def password(self) -> Response:
        """Another password."""

        def act(found: Account, viewer: Viewer) -> Response:
            given = [request.form.get(name, "") for name in ("old", "new", "again")]
            if given[1] != given[2]:
                raise Refusal("password_differs", 400)
            outcome: Outcome = self.reception.change_password(found, given[0], given[1], viewer)
            return signed_in(self._again("password"), outcome)

        return self._done(act, "password")

    def begin(self) -> Response:
        """A new second factor, as a square code."""

        def act(found: Account, _viewer: Viewer) -> Response:
            secret = self.reception.second.begin(found.name)
            return self._shown(found, secret=secret)

        return self._done(act, "second")

    def confirm(self) -> Response:
        """Asks for codes from now on, once one was shown."""

        def act(found: Account, viewer: Viewer) -> Response:
            try:
                self.reception.second.confirm(found.name, request.form.get("code", ""), self.plain.clock.now())
            except Refusal as error:
                told, secret = " ".join(self._context().words.told(error)), self.reception.second.pending(found.name)
                return self._shown(found, secret=secret or "", fault=("second", told), status=error.status)
            self.reception.trail.note(viewer, "account.second", found.name, "on")
            return self._again("second")

        return self._done(act, "second")

    def end(self) -> Response:
        """Asks for no code any more; for whoever knows the password."""

        def act(found: Account, viewer: Viewer) -> Response:
            self.reception.proving.password(found.name, request.form.get("old", ""), self.plain.clock.now())
            self.reception.second.end(found.name)
            self.reception.trail.note(viewer, "account.second", found.name, "off")
            return self._again("second_off")

        return self._done(act, "second")

    def prefer(self) -> Response:
        """In which language, and at which page, the product greets one."""

        def act(found: Account, _viewer: Viewer) -> Response:
            language, home = request.form.get("language", ""), onward(request.form.get("home"))
            kept = (language if language in {"vi", "en"} else None, home if home != "/" else None)
            self.reception.accounts.prefer(found.name, *kept)
            return self._again("look")

        return self._done(act, "look")

    def _done(self, act: Callable[[Account, Viewer], Response], part: str) -> Response:
        found = self._mine()
        if found is None:
            return to(self._context().link("/login", ("next", "/account")))
        try:
            check_sender(dict(request.headers), request.host)
            if found.must_change and part != "password":
                raise Refusal("password_first", 403)
            return act(found, g.viewer)
        except Refusal as error:
            return self._shown(found, fault=(part, " ".join(self._context().words.told(error))), status=error.status)

    def _mine(self) -> Account | None:
        session, viewer = self.reception.entrance.session(asked()), g.get("viewer")
        return session.account if session and viewer and viewer.role else None

    def _shown(self, found: Account, *, said: str = "", fault: tuple[str, str] = ("", ""), secret: str = "", status: int = 200) -> Response:
        context, reception = self._context(), self.reception
        session = reception.entrance.session(asked())
        language = context.language
        view = AccountView(
            name=found.name,
            label=found.label,
            role=reception.entrance.roles[found.role].label.of(language),
            unit=self.unit(found.unit, language) if reception.entrance.roles[found.role].scope == "own" else context.words("account.all"),
            is_local=found.source == LOCAL,
            must_change=session is not None and session.kind == CHANGE,
            second=found.second,
            language=found.language or "",
            home=found.home or "",
            sessions=reception.sessions.count(found.name, self.plain.clock.now()),
            may_administer=g.viewer.may("accounts"),
            secret=secret,
            address=address_of(secret, found.name, "IOC") if secret else "",
            said=said,
            fault=fault,
        )
        return self.plain.page(account(view, context, status), ACCESS_SHEETS)

    def _again(self, done: str) -> Response:
        return to(self._context().link("/account", ("done", done)))

    def _context(self) -> Context:
        return self.plain.context("/account").at_present()
