"""What tests through Home Assistant share."""

from collections.abc import Generator

import pytest

from custom_components.air_baseline.const import DOMAIN

__all__ = ["DOMAIN"]


@pytest.fixture(autouse=True)
def _custom_integrations(enable_custom_integrations: None) -> Generator[None]:
    """Let Home Assistant load this integration in every test."""
    yield
