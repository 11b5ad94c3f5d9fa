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
from collections.abc import Callable, Coroutine
from concurrent.futures import Future
from concurrent.futures import TimeoutError as TookTooLong
from dataclasses import dataclass, field
from typing import Any, TypeVar, cast

from choreographer import Browser

from ioc.errors import Refusal
from ioc.exports.footprint import memory_of
from ioc.exports.sandbox import confined, confinement

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


@dataclass(eq=False)
class _Warm:
    """A browser that runs, with its pages: those that wait to draw, how many draw now, and how many have drawn.

    None among those that wait says that the browser is gone.
    """

    browser: Browser
    idle: asyncio.Queue[Tab | None] = field(default_factory=asyncio.Queue)
    busy: int = 0
    drawn: int = 0
    gone: bool = False

    @property
    def process(self) -> int | None:
        """Its number, while it runs."""
        return self.browser.subprocess.pid if self.browser.subprocess.poll() is None else None


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
        self._warm: _Warm | None = None
        self._opening: asyncio.Lock | None = None
        self._tasks: set[asyncio.Task[None]] = set()
        self._renewing = False
        self._waiting = 0

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
        warm = self._warm
        return warm.process if warm else None

    def close(self) -> None:
        """End the browser."""
        with self._lock:
            loop, thread = self._loop, self._thread
            self._loop = self._thread = None
        if loop and thread:
            with contextlib.suppress(Exception):
                asyncio.run_coroutine_threadsafe(self._end(), loop).result(10)
            loop.call_soon_threadsafe(loop.stop)
            thread.join(5)

    def _running(self) -> asyncio.AbstractEventLoop:
        if self._loop is None:
            self._loop = asyncio.new_event_loop()
            self._opening, self._warm, self._renewing, self._tasks = None, None, False, set()
            self._thread = threading.Thread(target=_forever, args=(self._loop,), name="exports", daemon=True)
            self._thread.start()
        return self._loop

    async def _drawn_on_a_page(self, draw: Draw[T]) -> T:
        tab = None
        while tab is None:  # what waited for a page of a browser that is gone waits for one of the next
            warm = await self._opened()
            tab = await warm.idle.get()
        warm.busy += 1
        try:
            found = await asyncio.wait_for(draw(tab), self.seconds)
        except BaseException:
            self._let_go(warm)
            raise
        finally:
            warm.busy -= 1
        warm.drawn += 1
        if warm is not self._warm:  # another has taken its place meanwhile; with the last of its pages it goes
            if not warm.busy:
                self._let_go(warm)
            return found
        warm.idle.put_nowait(tab)
        if not self._renewing and self._is_old(warm):
            self._renewing = True
            self._beside(self._renewed(warm))
        return found

    def _is_old(self, warm: _Warm) -> bool:
        """Whether a browser is to make way for a new one."""
        looks = warm.drawn % LOOKS_EVERY == 0 and warm.process is not None and memory_of(warm.process) > self._most
        return bool(looks) or warm.drawn >= MOST_PAGES

    async def _renewed(self, old: _Warm) -> None:
        """Warm a new browser while the old one draws, and put it into its place."""
        try:
            new = await self._started()
            if self._warm is not old:  # it died meanwhile, and another was started for those who waited
                self._let_go(new)
                return
            self._warm = new
            _tell_waiting(old)
            if not old.busy:
                self._let_go(old)
        except Exception as error:
            old.drawn = 0  # it goes on, and is looked at again later
            log.warning("a new browser could not be started (%s: %s)", type(error).__name__, error)
        finally:
            self._renewing = False

    async def _opened(self) -> _Warm:
        """A browser that runs."""
        self._opening = self._opening or asyncio.Lock()
        async with self._opening:
            if self._warm is None or self._warm.process is None:
                if self._warm is not None:
                    self._let_go(self._warm)
                self._warm = await self._started()
            return self._warm

    async def _started(self) -> _Warm:
        path = found(self.path)
        by = await asyncio.to_thread(confinement, path)
        if not by.sandbox:
            log.info("the browser draws without a sandbox of its own: it can make none here")
        browser = Browser(path, browser_cls=confined(by), headless=True, enable_sandbox=by.sandbox)
        warm = _Warm(browser)
        try:
            async with asyncio.timeout(STARTS_WITHIN_SECONDS):
                await browser.open()
                page = self._page()
                for _ in range(self.tabs):  # each in a window of its own: what lies behind another is not drawn
                    tab = Tab(await browser.create_tab("about:blank", window=True))
                    await self._prepare(tab, page)
                    warm.idle.put_nowait(tab)
        except BaseException:
            self._let_go(warm)
            raise
        return warm

    @staticmethod
    async def _prepare(tab: Tab, page: str) -> None:
        tree = await tab.send("Page.getFrameTree")
        await tab.send("Page.setDocumentContent", frameId=tree["frameTree"]["frame"]["id"], html=page)

    def _let_go(self, warm: _Warm) -> None:
        """End a browser and all that belongs to it, whatever state it is in; nobody waits for that."""
        if self._warm is warm:
            self._warm = None
        if warm.gone:
            return
        warm.gone = True
        _tell_waiting(warm)
        with contextlib.suppress(Exception):
            os.killpg(warm.browser.subprocess.pid, signal.SIGKILL)
        self._beside(_closed(warm.browser))

    def _beside(self, work: Coroutine[Any, Any, None]) -> None:
        task = asyncio.ensure_future(work)
        self._tasks.add(task)
        task.add_done_callback(self._tasks.discard)

    async def _end(self) -> None:
        if self._warm is not None:
            self._let_go(self._warm)
        async with asyncio.timeout(8):
            while self._tasks:  # one that ends may begin another
                await asyncio.gather(*self._tasks, return_exceptions=True)


async def _closed(browser: Browser) -> None:
    with contextlib.suppress(Exception):
        await asyncio.wait_for(browser.close(), 5)


def _tell_waiting(warm: _Warm) -> None:
    """Whoever waits for a page of a browser that is gone looks for another."""
    while not warm.idle.empty():
        warm.idle.get_nowait()
    for _ in range(MOST_WAITING):
        warm.idle.put_nowait(None)


def found(path: str | None) -> str:
    """The browser's path. Raises Refusal when there is none."""
    known = path if path and os.access(path, os.X_OK) else None if path else next(filter(None, map(shutil.which, NAMES)), None)
    if known is None:
        raise Refusal("export_no_browser", 501, path=path or ", ".join(NAMES))
    return known


def _forever(loop: asyncio.AbstractEventLoop) -> None:
    asyncio.set_event_loop(loop)
    loop.run_forever()
    pending = asyncio.all_tasks(loop)
    for task in pending:
        task.cancel()
    loop.run_until_complete(asyncio.gather(*pending, return_exceptions=True))
    loop.close()
