"""These tests use the event loop of their browser; Home Assistant's plugin uses another.

So they run in a pytest of their own, without that plugin: see tests/card/test_browser.py.
"""

from collections.abc import Iterator

from playwright.sync_api import Browser, BrowserContext, Page, expect, sync_playwright
import pytest

from demo.browser import BrowserError, open_browser
from tests.frontend.pages import open_page

PATIENCE_MS = 30_000  # By judgement: a busy machine is slow, and nothing waits for more.
TALL = {"width": 1280, "height": 2000}


def pytest_ignore_collect(config: pytest.Config) -> bool | None:
    """Leave these tests to the other pytest."""
    return True if config.pluginmanager.has_plugin("homeassistant") else None


@pytest.fixture(autouse=True)
def _custom_integrations() -> None:
    """Do without Home Assistant: the server is a stand-in here."""


@pytest.fixture(scope="module")
def browser() -> Iterator[Browser]:
    with sync_playwright() as playwright:
        try:
            found = open_browser(playwright)
        except BrowserError as error:
            pytest.skip(str(error))
        yield found
        found.close()


@pytest.fixture
def page(browser: Browser) -> Iterator[Page]:
    context = browser.new_context(viewport=TALL)  # type: ignore[arg-type]
    yield from _watched(context)


@pytest.fixture
def narrow(browser: Browser) -> Iterator[Page]:
    context = browser.new_context(viewport={"width": 320, "height": 3000})
    yield from _watched(context)


def _watched(context: BrowserContext) -> Iterator[Page]:
    """Yield a page on which no error is allowed."""
    context.set_default_timeout(PATIENCE_MS)
    expect.set_options(timeout=PATIENCE_MS)
    page = open_page(context)
    errors: list[str] = []
    page.on("pageerror", lambda error: errors.append(str(error)))
    page.on(
        "console", lambda message: errors.append(message.text) if message.type == "error" else None
    )
    yield page
    context.close()
    assert errors == []
