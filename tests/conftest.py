"""What tests through Home Assistant share; rooms and readings are in tests/home.py."""

from freezegun.api import FrozenDateTimeFactory
from homeassistant.core import HomeAssistant
from homeassistant.helpers import area_registry as ar
import pytest
from pytest_homeassistant_custom_component.syrupy import HomeAssistantSnapshotExtension
from syrupy.assertion import SnapshotAssertion

from custom_components.air_baseline.const import DOMAIN

from .home import NOON, ZONE

__all__ = ["DOMAIN"]


@pytest.fixture(autouse=True)
def _custom_integrations(enable_custom_integrations: None) -> None:
    """Let Home Assistant load this integration in every test."""


@pytest.fixture
async def clock(hass: HomeAssistant, freezer: FrozenDateTimeFactory) -> FrozenDateTimeFactory:
    """Stop the clock at Monday noon in London, in a home with two areas."""
    freezer.move_to(NOON)
    hass.loop.slow_callback_duration = float("inf")  # Each step looks like minutes of work.
    await hass.config.async_set_time_zone(str(ZONE))
    areas = ar.async_get(hass)
    for name in ("Kitchen", "Bedroom"):
        areas.async_get_or_create(name)
    return freezer


@pytest.fixture
def snapshot(snapshot: SnapshotAssertion) -> SnapshotAssertion:
    """Keep snapshots as Home Assistant keeps its own."""
    return snapshot.use_extension(HomeAssistantSnapshotExtension)
