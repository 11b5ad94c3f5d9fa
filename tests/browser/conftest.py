"""One browser for all of them; for each file one context, which keeps what it has loaded, and one site that is made fresh for each test."""

from __future__ import annotations

from collections.abc import Iterator

import pytest
from playwright.sync_api import Browser, BrowserContext, Page, expect, sync_playwright

from tests.browser.site import Site

# A busy machine may take long; how long is not what is tested.
PATIENCE_MS = 20_000


@pytest.fixture(scope="package")
def browser(chromium: str) -> Iterator[Browser]:
    """The browser."""
    expect.set_options(timeout=PATIENCE_MS)
    with sync_playwright() as playwright:
        launched = playwright.chromium.launch(executable_path=chromium, args=["--no-sandbox"])
        yield launched
        launched.close()


@pytest.fixture(scope="module")
def context(browser: Browser) -> Iterator[BrowserContext]:
    """What pages of one file share: what they have loaded."""
    found = browser.new_context(viewport={"width": 1920, "height": 1080}, reduced_motion="reduce")
    yield found
    found.close()


@pytest.fixture
def tab(context: BrowserContext) -> Iterator[Page]:
    """A page of a test's own."""
    yield context.new_page()
    for each in context.pages:
        each.close()
    context.clear_cookies()


@pytest.fixture
def apart(browser: Browser) -> Iterator[Page]:
    """A page that shares nothing with those of other tests, such as its clock."""
    context = browser.new_context(viewport={"width": 1920, "height": 1080}, reduced_motion="reduce")
    yield context.new_page()
    context.close()


@pytest.fixture(scope="module")
def running() -> Iterator[Site]:
    """The sample's site."""
    found = Site()
    yield found
    if found.up:
        found.stop()


@pytest.fixture
def site(running: Site) -> Site:
    """The sample's site as it is at first."""
    running.renew()
    return running
