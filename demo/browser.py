"""This machine's browser, without a window, and what a page in it shows."""

import re
import shutil
import sys
from typing import Final
from urllib.parse import urlsplit

from playwright.sync_api import Browser, Page, Playwright, Route

BROWSERS: Final = ("chromium", "chromium-browser", "google-chrome")
QUIET: Final = (
    "--no-sandbox",
    "--disable-gpu",
    "--disable-background-networking",
    "--disable-component-update",
    "--disable-sync",
    "--no-first-run",
)
PATIENCE_MS: Final = 30_000
POLL_MS: Final = 250
STEADY_POLLS: Final = 4
CLOCK: Final = re.compile(r"\d+ seconds? ago")  # It changes every second; do not wait for it.

# All visible text in the frontend's nested shadow roots, and whether it is loading.
DRAWN: Final = """() => {
  const lines = [];
  let loading = false;
  const walk = (node) => {
    if (node.nodeType === Node.TEXT_NODE) {
      const text = node.textContent.trim();
      if (text) lines.push(text);
      return;
    }
    const name = node.nodeName.toLowerCase();
    if (name === "style" || name === "script" || node.hidden) return;
    if (node.checkVisibility && !["slot", "template"].includes(name) && !node.checkVisibility()
        && getComputedStyle(node).display === "none") return;
    if (["ha-spinner", "wa-spinner", "ha-circular-progress", "ha-init-page"].includes(name))
      loading = true;
    const root = name === "slot" ? null : node.shadowRoot;
    if (root) for (const child of root.childNodes) walk(child);
    const children = name === "slot" ? node.assignedNodes() : root ? [] : node.childNodes;
    for (const child of children) walk(child);
  };
  walk(document.body);
  return { text: lines.join("\\n"), loading };
}"""


class BrowserError(Exception):
    """There is no browser; the message says which ones would work."""


def open_browser(playwright: Playwright) -> Browser:
    """Start this machine's browser."""
    path = next((path for name in BROWSERS if (path := shutil.which(name))), None)
    if path is None:
        raise BrowserError(f"there is no browser here; any of these works: {', '.join(BROWSERS)}")
    return playwright.chromium.launch(executable_path=path, args=[*QUIET])


def stay_here(route: Route) -> None:
    """Allow a page to reach only this machine; refuse and report everything else."""
    host = urlsplit(route.request.url).hostname
    if host in ("127.0.0.1", None):
        route.continue_()
        return
    sys.stderr.write(f"browser: refused a request to {host}\n")
    route.abort()


def settle(page: Page) -> str:
    """Wait until the page has stopped changing; return the text that it shows."""
    before, steady, text = "", 0, ""
    for _ in range(PATIENCE_MS // POLL_MS):
        page.wait_for_timeout(POLL_MS)
        drawn = page.evaluate(DRAWN)
        text = str(drawn["text"])
        still = CLOCK.sub("", text)
        steady = steady + 1 if still == before and not drawn["loading"] else 0
        if steady >= STEADY_POLLS:
            break
        before = still
    return text
