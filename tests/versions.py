"""Marks for what cannot run on each Home Assistant; `script/test-on` lists it with the reason.

A version is a year and a month: a beta of a month has what is new in it.
"""

from homeassistant.const import MAJOR_VERSION, MINOR_VERSION
import pytest


def _is_before(version: str) -> bool:
    year, month = version.split(".")
    return (int(year), int(month)) > (MAJOR_VERSION, MINOR_VERSION)


def since(version: str, why: str) -> pytest.MarkDecorator:
    """Run a test only from a version on."""
    return pytest.mark.skipif(_is_before(version), reason=f"{version} on: {why}")


def before(version: str, why: str) -> pytest.MarkDecorator:
    """Run a test only before a version."""
    return pytest.mark.skipif(not _is_before(version), reason=f"before {version}: {why}")
