"""The card in a real browser: runs tests/frontend in a pytest of its own."""

from pathlib import Path
import shutil
import subprocess
import sys

import pytest

from demo.browser import BROWSERS

FRONTEND = Path(__file__).parent.parent / "frontend"


@pytest.mark.quiet
@pytest.mark.timeout(1200)  # Seconds, for all tests in there; each has a limit of its own.
@pytest.mark.skipif(
    not any(map(shutil.which, BROWSERS)),
    reason="there is no browser here: script/get-browser gets one",
)
def test_the_card_works_in_a_browser() -> None:
    done = subprocess.run(  # noqa: S603 - our own tests
        [sys.executable, "-m", "pytest", "-q", "-n", "auto", "-p", "no:homeassistant", FRONTEND],
        capture_output=True,
        text=True,
        check=False,
    )
    assert done.returncode == 0, done.stdout
