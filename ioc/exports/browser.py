"""A browser that is kept warm to draw: started when first wanted, watched, and replaced when it hangs, dies or has grown old.

It shows nothing but what it is handed: no address can be reached from it, neither of this machine nor of any other.
"""

from __future__ import annotations

import asyncio
import contextlib
import json
import logging
import os
import shutil
import signal
import threading
from collections.abc import Callable, Coroutine, Sequence
from concurrent.futures import Future
from concurrent.futures import TimeoutError as TookTooLong
from dataclasses import dataclass
from typing import Any, TypeVar, cast

from choreographer import Browser
from choreographer.browsers import Chromium

from ioc.errors import Refusal
from ioc.exports.footprint import memory_of

log = logging.getLogger(__name__)
T = TypeVar("T")
NAMES = ("chromium", "chromium-browser", "google-chrome", "google-chrome-stable")
# After so many pages, or with so many bytes of memory, a browser makes way for a new one: what leaks is let go.
MOST_PAGES, MOST_BYTES = 500, 1 << 30
# After so many pages it is looked how much memory it has.
LOOKS_EVERY = 10
# So many may wait; more are told to come back.
MOST_WAITING = 64
STARTS_WITHIN_SECONDS = 30
# Nothing can be reached, whatever a page asks for.
ISOLATED = (
    "--host-resolver-rules=MAP * ~NOTFOUND",
    "--proxy-server=socks5://0.0.0.0:9",
    "--disable-background-networking",
    "--disable-client-side-phishing-detection",
    "--disable-default-apps",
    "--disable-domain-reliability",
    "--disable-features=OptimizationHints,MediaRouter,Translate,DialMediaRouteProvider,AutofillServerCommunication",
    "--no-pings",
)
DRAWING = ("--hide-scrollbars", "--force-color-profile=srgb", "--font-render-hinting=none", "--disable-lcd-text")
UNWANTED = ("--disable-web-security", "--allow-file-access-from-files", "--enable-logging=stderr", "--disable-popup-blocking")


class _Chromium(Chromium):
    """Chromium that reaches nothing."""

    def get_cli(self) -> Sequence[str]:
        """How it is started."""
        return [*(each for each in super().get_cli() if each not in UNWANTED), *ISOLATED, *DRAWING]


@dataclass(frozen=True)
class Tab:
    """One page of the browser."""

    tab: Any

    async def send(self, command: str, **given: Any) -> dict[str, Any]:
        """A command of the DevTools protocol, and what it answers. Raises IocError."""
        answer = await self.tab.send_command(command, given)
        if "error" in answer:
            raise Refusal("export_failed", 500, why=answer["error"].get("message", ""))
        return cast(dict[str, Any], answer.get("result", {}))

    async def run(self, script: str) -> Any:
        """What a script comes to, once it has."""
        answer = await self.send("Runtime.evaluate", expression=script, awaitPromise=True, returnByValue=True)
        if "exceptionDetails" in answer:
            told = answer["exceptionDetails"]
            raise Refusal("export_failed", 500, why=told.get("exception", {}).get("description") or told.get("text", ""))
        return answer["result"].get("value")

    async def lay(self, given: dict[str, Any]) -> None:
        """Lay a body of HTML on the page (``html``, ``title``, ``language``, ``scheme``, ``size``, ``print``). Raises IocError."""
        if await self.run(f"iocDraw({json.dumps(given)})") == "fonts":
            raise Refusal("export_no_fonts", 501)


Draw = Callable[[Tab], Coroutine[Any, Any, T]]


class Pool:
    """Pages of one browser, at most so many at once.

    Args:
        path: of the browser; None looks for the system's.
        tabs: how many pages draw at once.
        seconds: how long one may take.
        page: the HTML that every page starts from.
        most: bytes of memory that the browser may have, all its processes together.
    """

    def __init__(self, path: str | None, tabs: int, seconds: float, page: Callable[[], str], most: int = MOST_BYTES) -> None:
        self.path, self.tabs, self.seconds, self._page, self._most = path, tabs, seconds, page, most
        self._lock = threading.Lock()
        self._loop: asyncio.AbstractEventLoop | None = None
        self._thread: threading.Thread | None = None
        self._browser: Browser | None = None
        self._idle: asyncio.Queue[Tab | None] | None = None
        self._opening: asyncio.Lock | None = None
        self._drawn = self._waiting = self._spent = 0

    def draw(self, draw: Draw[T]) -> T:
        """Draw something on a page. Tried once more with a new browser if the first has died or hangs. Raises IocError."""
        with self._lock:
            if self._waiting >= MOST_WAITING:
                raise Refusal("export_busy", 503)
            self._waiting += 1
            loop = self._running()
        try:
            for attempt in (1, 2):
                future: Future[T] = asyncio.run_coroutine_threadsafe(self._drawn_on_a_page(draw), loop)
                try:
                    return future.result(self.seconds * self.tabs + STARTS_WITHIN_SECONDS)
                except Refusal:
                    raise
                except (Exception, TookTooLong) as error:
                    future.cancel()
                    log.warning("the browser that draws has failed (%s: %s)", type(error).__name__, error)
                    if attempt == 2:
                        raise Refusal("export_failed", 500, why=str(error) or type(error).__name__) from error
            raise AssertionError
        finally:
            with self._lock:
                self._waiting -= 1

    def process(self) -> int | None:
        """The number of the browser's process, if it runs."""
        browser = self._browser
        return browser.subprocess.pid if browser and browser.subprocess.poll() is None else None

    def close(self) -> None:
        """End the browser."""
        with self._lock:
            loop, thread = self._loop, self._thread
            self._loop = self._thread = None
        if loop and thread:
            with contextlib.suppress(Exception):
                asyncio.run_coroutine_threadsafe(self._let_go(), loop).result(10)
            loop.call_soon_threadsafe(loop.stop)
            thread.join(5)

    def _running(self) -> asyncio.AbstractEventLoop:
        if self._loop is None:
            self._loop = asyncio.new_event_loop()
            self._opening, self._idle, self._browser = None, None, None
            self._thread = threading.Thread(target=_forever, args=(self._loop,), name="exports", daemon=True)
            self._thread.start()
        return self._loop

    async def _drawn_on_a_page(self, draw: Draw[T]) -> T:
        tab = None
        while tab is None:  # what waited for a page of a browser that is gone waits for one of the next
            idle = await self._opened()
            tab = await idle.get()
        try:
            found = await asyncio.wait_for(draw(tab), self.seconds)
        except BaseException:
            await self._let_go()
            raise
        if idle is not self._idle:  # another's page has hung meanwhile, and all of that browser is gone
            return found
        self._drawn += 1
        if not self._is_old():
            idle.put_nowait(tab)
            return found
        self._spent += 1  # its pages are not given out again; with the last of them it goes
        if self._spent + idle.qsize() >= self.tabs:
            await self._let_go()
        return found

    def _is_old(self) -> bool:
        """Whether the browser is to make way for a new one."""
        process = self.process()
        looks = self._spent or (self._drawn % LOOKS_EVERY == 0 and process is not None and memory_of(process) > self._most)
        return bool(looks) or self._drawn >= MOST_PAGES

    async def _opened(self) -> asyncio.Queue[Tab | None]:
        """The pages of a browser that runs."""
        self._opening = self._opening or asyncio.Lock()
        async with self._opening:
            if self._idle is not None and self.process() is not None:
                return self._idle
            await self._let_go()
            browser = Browser(found(self.path), browser_cls=_Chromium, headless=True, enable_sandbox=_can_sandbox())
            self._browser = browser
            try:
                await asyncio.wait_for(browser.open(), STARTS_WITHIN_SECONDS)
                idle: asyncio.Queue[Tab | None] = asyncio.Queue()
                page = self._page()
                for _ in range(self.tabs):  # each in a window of its own: what lies behind another is not drawn
                    tab = Tab(await browser.create_tab("about:blank", window=True))
                    await self._prepare(tab, page)
                    idle.put_nowait(tab)
            except BaseException:
                await self._let_go()
                raise
            self._idle, self._drawn, self._spent = idle, 0, 0
            return idle

    @staticmethod
    async def _prepare(tab: Tab, page: str) -> None:
        tree = await tab.send("Page.getFrameTree")
        await tab.send("Page.setDocumentContent", frameId=tree["frameTree"]["frame"]["id"], html=page)

    async def _let_go(self) -> None:
        """End the browser and all that belongs to it, whatever state it is in."""
        browser, idle = self._browser, self._idle
        self._browser = self._idle = None
        for _ in range(MOST_WAITING if idle else 0):
            idle.put_nowait(None)  # type: ignore[union-attr]
        if browser is None:
            return
        with contextlib.suppress(Exception):
            os.killpg(browser.subprocess.pid, signal.SIGKILL)
        with contextlib.suppress(Exception):
            await asyncio.wait_for(browser.close(), 5)


def found(path: str | None) -> str:
    """The browser's path. Raises Refusal when there is none."""
    known = path if path and os.access(path, os.X_OK) else None if path else next(filter(None, map(shutil.which, NAMES)), None)
    if known is None:
        raise Refusal("export_no_browser", 501, path=path or ", ".join(NAMES))
    return known


def _can_sandbox() -> bool:
    """Chromium's own sandbox needs another user than root."""
    return hasattr(os, "geteuid") and os.geteuid() != 0


def _forever(loop: asyncio.AbstractEventLoop) -> None:
    asyncio.set_event_loop(loop)
    loop.run_forever()
    pending = asyncio.all_tasks(loop)
    for task in pending:
        task.cancel()
    loop.run_until_complete(asyncio.gather(*pending, return_exceptions=True))
    loop.close()
