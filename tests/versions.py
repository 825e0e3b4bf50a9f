"""Marks for what cannot run on each Home Assistant; `script/test-on` lists it with the reason."""

from awesomeversion import AwesomeVersion
from homeassistant.const import __version__
import pytest


def since(version: str, why: str) -> pytest.MarkDecorator:
    """Run a test only from a version on."""
    return pytest.mark.skipif(AwesomeVersion(__version__) < version, reason=f"{version} on: {why}")


def before(version: str, why: str) -> pytest.MarkDecorator:
    """Run a test only before a version."""
    return pytest.mark.skipif(
        AwesomeVersion(__version__) >= version, reason=f"before {version}: {why}"
    )
