"""The addresses of all accounts and tokens, and of the audit trail: for whoever may see and change them."""

from __future__ import annotations

import csv
import io
from collections.abc import Callable, Iterator
from dataclasses import asdict, dataclass
from datetime import UTC, date, datetime, time, timedelta
from typing import Any

from flask import Blueprint, Response, request

from callbacks.guard import Guard
from callbacks.page_capture import lines_of
from callbacks.plain_pages import to, unkept
from ioc.access.accounts import LOCAL
from ioc.access.hashing import new_secret
from ioc.access.reception import Reception
from ioc.access.same_origin import check_sender
from ioc.access.tokens import Tokens
from ioc.access.trail import COLUMNS, Line, Sought
from ioc.access.viewer import Viewer
from ioc.errors import IocError, Refusal, UnknownName
from ioc.views.values import day_from_words
from layouts.dash_app import ACCESS_SHEETS
from layouts.screens.accounts import AccountLine, AccountsView, TokenLine, accounts
from layouts.screens.audit import AuditLine, AuditView, audit
from layouts.screens.message import message
from layouts.state import Context

# So many letters of a new secret are a password that is changed at the first sign-in.
FIRST_LETTERS = 16
LINES, EXPORTED = 100, 100_000


def blueprint(guard: Guard, reception: Reception, tokens: Tokens, units: Callable[[str], dict[str, str]]) -> Blueprint:
    """The routes.

    Args:
        guard: what a page is made of.
        reception: accounts, sessions and the trail.
        tokens: all tokens.
        units: the words for units by code, in a language.
    """
    routes, desk = Blueprint("accounts", __name__), _Accounts(guard, reception, tokens, units)
    routes.get("/admin")(desk.look)
    routes.post("/admin/accounts")(desk.add)
    routes.post("/admin/accounts/<given>")(desk.act)
    routes.post("/admin/tokens/<kind>/<name>")(desk.revoke)
    routes.get("/admin/audit")(desk.trail)
    routes.get("/admin/audit.csv")(desk.exported)
    return routes


@dataclass(frozen=True)
class _Accounts:
    """What each address answers."""

    guard: Guard
    reception: Reception
    tokens: Tokens
    units: Callable[[str], dict[str, str]]

    def look(self) -> Response:
        """All accounts and tokens."""
        return self._shown()

    def add(self) -> Response:
        """A new account with a first password, which is shown this once."""

        def do(viewer: Viewer) -> Response:
            name, role, unit = (request.form.get(key, "").strip() for key in ("name", "role", "unit"))
            self._check(role, unit)
            first = new_secret()[:FIRST_LETTERS]
            now = self.guard.clock.now()
            self.reception.accounts.add(name, role, unit or None, first, now, label=request.form.get("label", "").strip())
            self.reception.trail.note(viewer, "account.add", name.lower(), {"role": role, "unit": unit})
            return self._shown(told=(name.lower(), first))

        return self._done(do)

    def act(self, given: str) -> Response:
        """What is done to an account: let in no more, or again; a new first password; another role; signed out everywhere."""

        def do(viewer: Viewer) -> Response:
            known, now, action = self.reception.accounts, self.guard.clock.now(), request.form.get("do", "")
            name = known.known(given).name
            if name == viewer.name and action in {"disable", "role"}:
                raise Refusal("account_own")
            told = ("", "")
            if action in {"disable", "enable"}:
                known.disable(name, now if action == "disable" else None)
            elif action == "reset":
                told = (name, new_secret()[:FIRST_LETTERS])
                known.change(name, told[1], now, must_change=True)
                self.reception.second.end(name)
            elif action == "role":
                role, unit = request.form.get("role", ""), request.form.get("unit", "")
                self._check(role, unit)
                known.set_role(name, role, unit or None)
            elif action == "out":
                self.reception.sessions.end_all(name)
            else:
                raise Refusal("unreadable", 400)
            self.reception.trail.note(viewer, f"account.{action}", name, {k: v for k, v in request.form.items() if k in {"role", "unit"}})
            return self._shown(told=told) if told[0] else self._again()

        return self._done(do)

    def revoke(self, kind: str, name: str) -> Response:
        """Let a token in no more."""

        def do(viewer: Viewer) -> Response:
            self.tokens.revoke(name, self.guard.clock.now(), kind)
            self.reception.trail.note(viewer, "token.revoke", f"{kind} {name}")
            return self._again()

        return self._done(do)

    def trail(self) -> Response:
        """The audit trail: the newest lines that fit."""
        context, _ = self.guard.asker()
        sought = self._sought(context, lines_of(LINES))
        if isinstance(sought, Response):
            return sought
        found = self.reception.trail.find(sought)
        lines = tuple(AuditLine(_moment(each, context), *_told(each)) for each in found)
        older = str(found[-1].number) if len(found) == sought.rows else ""
        view = AuditView(lines, {key: request.args.get(key, "") for key in ("who", "action", "subject", "from", "to")}, older)
        return self.guard.page(audit(view, context), ACCESS_SHEETS)

    def exported(self) -> Response:
        """The same as CSV, all that fit."""
        context, viewer = self.guard.asker()
        sought = self._sought(context, EXPORTED)
        if isinstance(sought, Response):
            return sought
        self.reception.trail.note(viewer, "audit.export", "audit", request.query_string.decode("utf-8", "replace"))
        found = self.reception.trail.find(sought)
        answer = unkept(Response(_csv(found), mimetype="text/csv"))
        answer.headers["Content-Disposition"] = 'attachment; filename="audit.csv"'
        return answer

    def _sought(self, context: Context, rows: int = LINES) -> Sought | Response:
        try:
            start, end = (day_from_words(request.args.get(key) or None) for key in ("from", "to"))
        except IocError as error:
            return self.guard.page(message(*context.words.told(error), context, status=400))
        before = request.args.get("before", "")
        words = [request.args.get(key, "").strip()[:200] for key in ("who", "action", "subject")]
        bounds = (_bound(start, context), _bound(end + timedelta(days=1) if end else None, context))
        who, action, subject = words
        return Sought(who, action, subject, *bounds, before=int(before) if before.isdecimal() else None, rows=rows)

    def _check(self, role: str, unit: str) -> None:
        roles, units = self.reception.entrance.roles, self.units("vi")
        if role not in roles:
            raise UnknownName("role", role, roles)
        if unit and unit not in units:
            raise UnknownName("unit", unit, units)
        if roles[role].scope == "own" and not unit:
            raise Refusal("account_unit", 400)

    def _done(self, do: Callable[[Viewer], Response]) -> Response:
        context, viewer = self.guard.asker()
        try:
            check_sender(dict(request.headers), request.host)
            return do(viewer)
        except (Refusal, UnknownName) as error:
            return self._shown(fault=" ".join(context.words.told(error)), status=error.status if isinstance(error, Refusal) else 400)

    def _shown(self, *, told: tuple[str, str] = ("", ""), fault: str = "", status: int = 200) -> Response:
        context, viewer = self.guard.asker()
        language, zone, words = context.language, context.zone, context.words
        roles, units = self.reception.entrance.roles, self.units(language)
        now = self.guard.clock.now()
        people = tuple(
            AccountLine(
                each.name,
                each.label,
                roles[each.role].label.of(language) if each.role in roles else each.role,
                units.get(each.unit or "", each.unit or ""),
                words(f"accounts.sources.{each.source}"),
                each.second,
                _when(each.seen_at, zone),
                "disabled" if each.disabled_at else "shut" if each.shut_until and each.shut_until > now.isoformat() else "open",
                each.source == LOCAL,
                each.name == viewer.name,
            )
            for each in self.reception.accounts.all()
        )
        tokens = tuple(
            TokenLine(
                each.kind,
                each.name,
                ", ".join(each.bound_to),
                each.made_by,
                _when(each.made_at, zone),
                _when(each.ends_at, zone),
                bool(each.revoked_at) or bool(each.ends_at and each.ends_at <= now.isoformat()),
            )
            for each in self.tokens.all()
        )
        known = tuple((name, role.label.of(language)) for name, role in roles.items())
        view = AccountsView(people, tokens, known, tuple(units.items()), told, fault)
        page = accounts(view, context, status)
        return self.guard.page(page, ACCESS_SHEETS)

    def _again(self) -> Response:
        context, _ = self.guard.asker()
        return to(context.link("/admin"))


def _bound(day: date | None, context: Context) -> str:
    """The beginning of a day where the organisation is, as lines tell moments: in UTC."""
    if day is None:
        return ""
    return datetime.combine(day, time(), context.zone).astimezone(UTC).isoformat()


def _when(at: str | None, zone: Any) -> datetime | None:
    return datetime.fromisoformat(at).astimezone(zone) if at else None


def _moment(line: Line, context: Context) -> datetime:
    return datetime.fromisoformat(line.at).astimezone(context.zone)


def _told(line: Line) -> tuple[str, str, str, str, str, str]:
    return line.who, line.role, line.action, line.subject, line.detail, line.address


def _csv(lines: list[Line]) -> Iterator[str]:
    out = io.StringIO()
    writer = csv.writer(out, lineterminator="\r\n")
    writer.writerow(COLUMNS)
    yield "\ufeff" + out.getvalue()
    for line in lines:
        out.seek(0)
        out.truncate()
        writer.writerow([_plain(each) for each in asdict(line).values()])
        yield out.getvalue()


def _plain(value: object) -> object:
    """A text that no sheet takes for a formula."""
    return f"'{value}" if isinstance(value, str) and value[:1] in "=+-@\t\r" and value else value
