"""Who asks: every request is looked at here once, whether it is answered by pages, by the API or by a stream that stays open."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from http.cookies import CookieError, SimpleCookie
from urllib.parse import parse_qs

from ioc.access.accounts import DEMO
from ioc.access.administrators import Administrators
from ioc.access.devices import Devices
from ioc.access.guesses import Guesses
from ioc.access.policy import may_open
from ioc.access.roles import LEADER, WALL, Roles, viewer_as
from ioc.access.sessions import CHANGE, FULL, Session, Sessions
from ioc.access.tokens import Tokens
from ioc.access.viewer import READING, Viewer
from ioc.asgi import Scope
from ioc.clock import Clock

# The stream of a wall, and where it says that it lives.
OF_WALLS = ("/live", "/live/seen")
SESSION_COOKIE, DEVICE_COOKIE = "ioc_session", "ioc_device"


@dataclass(frozen=True)
class Asking:
    """What a request says of whoever sends it. Headers are named in small letters."""

    method: str
    path: str
    query: str = ""
    headers: Mapping[str, str] = field(default_factory=dict)
    host: str = "localhost"
    remote: str = ""

    @property
    def cookies(self) -> SimpleCookie:
        """The cookies; of what is no cookie, none."""
        try:
            return SimpleCookie(self.headers.get("cookie", ""))
        except CookieError:
            return SimpleCookie()

    def cookie(self, name: str) -> str | None:
        """The value of a cookie."""
        found = self.cookies.get(name)
        return found.value if found else None

    @property
    def is_of_a_wall(self) -> bool:
        """Whether a wall asks: for its page, for what it shows, or for its stream."""
        is_stream = self.path in OF_WALLS and bool(parse_qs(self.query).get("wall"))
        return self.path == "/wall" or self.path.startswith("/wall/") or is_stream


def asking_of(scope: Scope) -> Asking:
    """What an ASGI request says."""
    headers = {name.decode("latin-1").lower(): value.decode("latin-1") for name, value in scope["headers"]}
    client = scope.get("client")
    query = scope.get("query_string", b"").decode("latin-1")
    return Asking(scope.get("method", "GET"), scope["path"], query, headers, headers.get("host", "localhost"), client[0] if client else "")


@dataclass(frozen=True)
class Entrance:
    """Tells who asks.

    Attributes:
        devices: those that show walls.
        administrators: who is one by HTTP Basic, or before the machine.
        roles: what each may do.
        clock: tells whether a session is over.
        is_closed: whether access is configured, so that nobody comes in without a session or a token.
        sessions, tokens: where they are; without, there are none.
        language: of those who have not said any.
        demo: whether the demonstration's accounts may sign in.
        guesses: how often addresses were mistaken in an administrator's password.
    """

    devices: Devices
    administrators: Administrators
    roles: Roles
    clock: Clock
    is_closed: bool = False
    sessions: Sessions | None = None
    tokens: Tokens | None = None
    language: str = "vi"
    demo: bool = True
    guesses: Guesses = field(default_factory=Guesses)

    def session(self, asking: Asking, *, touch: bool = False) -> Session | None:
        """The session that a request belongs to, of whatever kind."""
        found = self.sessions.of(asking.cookie(SESSION_COOKIE), self.clock.now(), touch=touch) if self.sessions else None
        return None if found and found.account.source == DEMO and not self.demo else found

    def viewer(self, asking: Asking, *, touch: bool = False) -> Viewer | None:
        """Who asks, or None for somebody unknown, who may have answered only what anybody may."""
        if asking.is_of_a_wall:
            return self._wall(asking) or self._person(asking, touch=touch)
        return self._person(asking, touch=touch) or self._anybody(asking)

    def admits(self, asking: Asking) -> bool:
        """Whether a request may be answered. Asking this tells nothing about whether somebody is still there."""
        return may_open(self.viewer(asking), asking.method, asking.path)

    def lets_bring(self, feed: str, secret: str) -> bool:
        """Whether a token of the kind ``feed`` lets its bearer bring records to a feed."""
        found = self.tokens.of(secret, "feed", self.clock.now()) if self.tokens else None
        return found is not None and found.reaches(feed)

    def _person(self, asking: Asking, *, touch: bool) -> Viewer | None:
        session = self.session(asking, touch=touch)
        if session and session.kind in {FULL, CHANGE}:
            account = session.account
            if account.role not in self.roles:
                return None
            found = viewer_as(self.roles, account.role, account.name, account.unit, account.language or self.language, asking.remote)
            return found if session.kind == FULL else replace(found, permissions=frozenset())
        authorization = asking.headers.get("authorization", "")
        if authorization[:6].lower() == "basic " and self.administrators.can_sign_in:
            return self._administrator(asking) if self.tries(asking) else None
        if authorization[:7].lower() == "bearer " and self.tokens:
            token = self.tokens.of(authorization[7:].strip(), "read", self.clock.now())
            if token and token.role in self.roles:
                return viewer_as(self.roles, token.role or "", f"token {token.name}", token.unit, self.language, asking.remote)
        return None

    def tries(self, asking: Asking) -> bool:
        """Whether a request brings a name and a password that may be an administrator's; at a form they are of its own people."""
        is_basic = asking.headers.get("authorization", "")[:6].lower() == "basic "
        return is_basic and self.administrators.can_sign_in and not asking.path.startswith("/forms/")

    def _administrator(self, asking: Asking) -> Viewer | None:
        now = self.clock.now()
        if self.guesses.shut_for(asking.remote, now):
            return None  # without looking at the password
        found = self.administrators.viewer(asking.headers, asking.host, asking.remote, self.language)
        if found.is_administrator:
            self.guesses.right(asking.remote)
            return replace(found, address=asking.remote)
        self.guesses.mistaken(asking.remote, now)
        return None

    def _wall(self, asking: Asking) -> Viewer | None:
        """A device with a token; as long as no access is configured and no token was ever issued, whoever asks."""
        device = self.devices.named(asking.cookie(DEVICE_COOKIE), self.clock.now())
        if device and device.reaches(_playlist(asking)):
            return viewer_as(self.roles, WALL, f"wall {device.name}", None, self.language, asking.remote)
        if self.is_closed or self.devices.all():
            return None
        return self._anybody(asking)

    def _anybody(self, asking: Asking) -> Viewer | None:
        """Somebody who has not signed in: as long as no access is configured, and at this machine, a reader as leaders are."""
        if self.is_closed or not self.administrators.is_here(asking.headers, asking.host, asking.remote):
            return None
        unnamed = {name: value for name, value in asking.headers.items() if name != "authorization"}  # looked at already, or not to be
        sits_here = self.administrators.viewer(unnamed, asking.host, asking.remote, self.language)
        may = READING | (self.roles[LEADER].may if LEADER in self.roles else frozenset()) | {"operate_feeds"}
        return replace(sits_here, role="", permissions=frozenset(may), address=asking.remote)


def _playlist(asking: Asking) -> str:
    """The playlist that a wall asks for."""
    if asking.path in OF_WALLS:
        return parse_qs(asking.query).get("playlist", [""])[0]
    return asking.path.removeprefix("/wall").strip("/").partition("/")[0]
