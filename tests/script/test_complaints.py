"""What Home Assistant logs against the integration is found in a log."""

from collections.abc import Callable, Iterator
import logging
from pathlib import Path
import subprocess
import sys

from homeassistant.core import HomeAssistant
from homeassistant.helpers.deprecation import deprecated_function
from homeassistant.helpers.frame import report_usage
import pytest

from script.complaints import complaints

ROOT = Path(__file__).parents[2]
INTEGRATION = "custom_components/air_baseline"
OURS = "/config/custom_components/air_baseline/planted.py"
NOT_OURS = "/config/custom_components/another/planted.py"


@pytest.fixture
def heard() -> Iterator[list[str]]:
    """Collect what two of Home Assistant's modules log; every other test fails at such a line."""
    lines: list[str] = []
    handler = logging.Handler()
    handler.emit = lambda record: lines.append(record.getMessage())  # type: ignore[method-assign]
    loggers = [logging.getLogger(name) for name in ("homeassistant.helpers.frame", __name__)]
    for logger in loggers:
        logger.propagate = False
        logger.addHandler(handler)
    yield lines
    for logger in loggers:
        logger.propagate = True
        logger.removeHandler(handler)


@deprecated_function("another", breaks_in_ha_version="2099.1")
def old() -> None:
    """Stand for something of Home Assistant that goes."""


def wrong() -> None:
    """Stand for something of Home Assistant that is not to be called so."""
    report_usage("calls something wrong")


@pytest.mark.parametrize("used", [old, wrong])
@pytest.mark.parametrize(("file", "is_ours"), [(OURS, True), (NOT_OURS, False)])
async def test_a_use_that_home_assistant_reports_is_found(
    hass: HomeAssistant, heard: list[str], used: Callable[[], None], file: str, *, is_ours: bool
) -> None:
    exec(compile("used()", file, "exec"), {"used": used})  # noqa: S102
    assert len(heard) == 1
    assert complaints(heard) == (heard if is_ours else [])


def test_an_error_of_ours_is_found_and_a_usual_line_is_not() -> None:
    error = "2026-11-30 12:00:00 ERROR (MainThread) [custom_components.air_baseline.store] No"
    usual = "We found a custom integration air_baseline which has not been tested by Home Assistant"
    assert complaints([error + "\n", usual]) == [error]


def test_no_module_imports_what_is_deprecated() -> None:
    """Home Assistant logs that once, at the first import, so it takes a process of its own."""
    files = sorted((ROOT / INTEGRATION).rglob("*.py"))
    names = [".".join(file.relative_to(ROOT).with_suffix("").parts) for file in files]
    imports = "\n".join(f"import {name}" for name in names)
    ran = subprocess.run(  # noqa: S603 - our own command
        [sys.executable, "-c", imports], cwd=ROOT, capture_output=True, text=True, check=False
    )
    assert ran.returncode == 0, ran.stderr
    assert complaints(ran.stderr.splitlines()) == []
