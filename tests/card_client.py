"""A card in a browser, as the server sees it."""

from typing import Any

from homeassistant.auth.models import User
from homeassistant.core import HomeAssistant
from pytest_homeassistant_custom_component.typing import (
    MockHAClientWebSocket,
    WebSocketGenerator,
)

from tests.home import device_id

ASK = "air_baseline/subscribe_room"
ASK_HOME = "air_baseline/subscribe_home"
ASK_PAST = "air_baseline/room_past"
ASK_RECORD = "air_baseline/record"
ASK_YEAR = "air_baseline/room_year"
ASK_TIMELINE = "air_baseline/timeline"
ASK_EPISODE = "air_baseline/episode"
ASK_QUESTION = "air_baseline/question"
TIMEOUT_S = 10.0

type Answer = dict[str, Any]


class Card:
    """A card in a browser: it subscribes to a room and receives its messages.

    Time that jumps by more than a few seconds closes the connection, so open the card late.
    """

    def __init__(self, hass: HomeAssistant, user: User, sign_in: WebSocketGenerator) -> None:
        self._hass = hass
        self._user = user
        self._sign_in = sign_in
        self._socket: MockHAClientWebSocket

    @property
    def user(self) -> User:
        """Return who looks."""
        return self._user

    async def ask(self, kind: str = ASK, **fields: Any) -> Answer:
        """Subscribe to a room, or to the home; return the reply of the server."""
        token = await self._token()
        self._socket = await self._sign_in(self._hass, token)
        await self._socket.send_json_auto_id({"type": kind, **fields})
        answer: Answer = await self._socket.receive_json(timeout=TIMEOUT_S)
        return answer

    async def open(self, device: str | None = None) -> Answer:
        """Open the card; return its first message."""
        answer = await self.ask(device_id=device or device_id(self._hass))
        assert answer["success"], answer
        return await self.message()

    async def open_home(self) -> Answer:
        """Open the dashboard; return its first message."""
        answer = await self.ask(ASK_HOME)
        assert answer["success"], answer
        return await self.message()

    async def message(self) -> Answer:
        """Return the next message."""
        event: Answer = (await self._socket.receive_json(timeout=TIMEOUT_S))["event"]
        return event

    async def close(self) -> None:
        await self._socket.close()
        await self._hass.async_block_till_done()

    async def _token(self) -> str:
        token = next(iter(self._user.refresh_tokens.values()), None)
        token = token or await self._hass.auth.async_create_refresh_token(self._user, "http://card")
        return self._hass.auth.async_create_access_token(token)


def channels(message: Answer) -> dict[str, Answer]:
    """Return the channels of a message by pollutant."""
    assert message["status"] == "shown", message
    return {channel["quantity"]: channel for channel in message["channels"]}
