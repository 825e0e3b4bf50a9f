"""A card in somebody's browser, as far as the server knows it."""

from typing import Any

from homeassistant.auth.models import User
from homeassistant.core import HomeAssistant
from pytest_homeassistant_custom_component.typing import (
    MockHAClientWebSocket,
    WebSocketGenerator,
)

from tests.home import device_id

ASK = "air_baseline/subscribe_room"
PATIENCE_S = 10.0

type Answer = dict[str, Any]


class Card:
    """A card in somebody's browser: it asks for a room and takes what is sent.

    Time that passes by more than a few seconds ends the connection: a card is opened late.
    """

    def __init__(self, hass: HomeAssistant, user: User, sign_in: WebSocketGenerator) -> None:
        self._hass = hass
        self._user = user
        self._sign_in = sign_in
        self._socket: MockHAClientWebSocket

    async def ask(self, **said: Any) -> Answer:
        """Ask for a room; return whether it will be sent."""
        token = await self._token()
        self._socket = await self._sign_in(self._hass, token)
        await self._socket.send_json_auto_id({"type": ASK, **said})
        answer: Answer = await self._socket.receive_json(timeout=PATIENCE_S)
        return answer

    async def open(self, device: str | None = None) -> Answer:
        """Open the card; return its first picture."""
        answer = await self.ask(device_id=device or device_id(self._hass))
        assert answer["success"], answer
        return await self.picture()

    async def picture(self) -> Answer:
        """Return the next picture."""
        event: Answer = (await self._socket.receive_json(timeout=PATIENCE_S))["event"]
        return event

    async def close(self) -> None:
        await self._socket.close()
        await self._hass.async_block_till_done()

    async def _token(self) -> str:
        token = next(iter(self._user.refresh_tokens.values()), None)
        token = token or await self._hass.auth.async_create_refresh_token(self._user, "http://card")
        return self._hass.auth.async_create_access_token(token)


def channels(picture: Answer) -> dict[str, Answer]:
    """Return what a picture shows, by quantity."""
    assert picture["status"] == "shown", picture
    return {channel["quantity"]: channel for channel in picture["channels"]}
