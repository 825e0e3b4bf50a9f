"""What tests through Home Assistant share; rooms and readings are in tests/home.py."""

from http import HTTPStatus
from typing import Any

from aiohttp.test_utils import TestClient
from freezegun.api import FrozenDateTimeFactory
from homeassistant.auth.models import User
from homeassistant.core import HomeAssistant, ServiceCall
from homeassistant.helpers import area_registry as ar
from homeassistant.setup import async_setup_component
import pytest
from pytest_homeassistant_custom_component.common import async_mock_service
from pytest_homeassistant_custom_component.syrupy import HomeAssistantSnapshotExtension
from pytest_homeassistant_custom_component.typing import ClientSessionGenerator, WebSocketGenerator
from syrupy.assertion import SnapshotAssertion

from custom_components.air_baseline.const import DOMAIN

from .automations import Kitchen, Tracer
from .home import NOON, ZONE

__all__ = ["DOMAIN", "Fixer"]

type Answer = dict[str, Any]


class Fixer:
    """A person who opens repairs in the frontend."""

    def __init__(self, hass: HomeAssistant, user: User, sign_in: ClientSessionGenerator) -> None:
        self._hass = hass
        self._user = user
        self._sign_in = sign_in
        self._client: TestClient[Any, Any]

    async def begin(self, issue_id: str) -> Answer:
        (token,) = self._user.refresh_tokens.values()  # An access token lasts half an hour.
        self._client = await self._sign_in(self._hass.auth.async_create_access_token(token))
        return await self._post("fix", {"handler": DOMAIN, "issue_id": issue_id})

    async def answer(self, page: Answer, **said: str) -> Answer:
        return await self._post(f"fix/{page['flow_id']}", said)

    async def choose(self, page: Answer, choice: str) -> Answer:
        return await self.answer(page, next_step_id=choice)

    async def _post(self, path: str, said: dict[str, str]) -> Answer:
        response = await self._client.post(f"/api/repairs/issues/{path}", json=said)
        assert response.status == HTTPStatus.OK, await response.text()
        answer: Answer = await response.json()
        return answer


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


@pytest.fixture
async def fixer(
    hass: HomeAssistant, hass_admin_user: User, hass_client: ClientSessionGenerator
) -> Fixer:
    """Let an administrator open repairs."""
    await async_setup_component(hass, "repairs", {})
    return Fixer(hass, hass_admin_user, hass_client)


@pytest.fixture
def kitchen(
    hass: HomeAssistant, clock: FrozenDateTimeFactory, hass_storage: dict[str, Any]
) -> Kitchen:
    """Let a kitchen be set up, and time pass in it."""
    return Kitchen(hass, clock, hass_storage)


@pytest.fixture
def runs(hass: HomeAssistant) -> list[ServiceCall]:
    """Catch what automations of tests do."""
    return async_mock_service(hass, "test", "run")


@pytest.fixture
def tracer(
    hass: HomeAssistant,
    hass_admin_user: User,
    hass_access_token: str,
    hass_ws_client: WebSocketGenerator,
) -> Tracer:
    """Let an administrator look at traces."""
    return Tracer(hass, hass_admin_user, hass_ws_client)
