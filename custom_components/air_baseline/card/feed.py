"""A room as one user's card sees it, kept up to date while the card is open."""

from collections.abc import Callable
from datetime import datetime

from homeassistant.auth.models import User
from homeassistant.config_entries import (
    SIGNAL_CONFIG_ENTRY_CHANGED,
    ConfigEntry,
    ConfigEntryChange,
)
from homeassistant.core import CALLBACK_TYPE, Event, HomeAssistant, callback
from homeassistant.helpers import issue_registry as ir
from homeassistant.helpers.dispatcher import async_dispatcher_connect
from homeassistant.helpers.event import async_track_utc_time_change
from homeassistant.util import dt as dt_util

from ..const import DOMAIN
from ..coordinator import RoomCoordinator, loaded_rooms
from ..core.day import DAY_S, day_start, locate
from ..core.pollutant import Pollutant
from ..core.reading.binning import Bin
from ..home_history.today import async_measured
from ..listeners.clock import SLOT_MINUTES, TICK_SECOND
from ..words.explanation import Words
from .message import CardMessage, card_message

LOOK_SECOND = TICK_SECOND + 1  # The bins of the slot have closed.


class RoomFeed:
    """Send the picture of a room, and again at every change, until stopped.

    It follows the room through reloads of the integration, and says when it is gone.
    """

    def __init__(
        self,
        hass: HomeAssistant,
        room_id: str,
        *,
        user: User,
        words: Words,
        send: Callable[[CardMessage], None],
    ) -> None:
        """Take who looks at which room, in which language."""
        self._hass = hass
        self._room_id = room_id
        self._user = user
        self._words = words
        self._send = send
        self._room: RoomCoordinator | None = None
        self._bins: dict[Pollutant, dict[int, Bin]] = {}
        self._sent: CardMessage | None = None
        self._of_room: list[CALLBACK_TYPE] = []
        self._of_home: list[CALLBACK_TYPE] = []

    async def async_start(self) -> None:
        """Begin to follow the room."""
        self._of_home = [
            async_dispatcher_connect(
                self._hass, SIGNAL_CONFIG_ENTRY_CHANGED, self._async_entry_changed
            ),
            self._hass.bus.async_listen(
                ir.EVENT_REPAIRS_ISSUE_REGISTRY_UPDATED, self._async_issue_changed
            ),
            async_track_utc_time_change(
                self._hass, self._async_look, minute=SLOT_MINUTES, second=LOOK_SECOND
            ),
        ]
        await self._async_follow()

    @callback
    def async_stop(self) -> None:
        """Follow the room no longer."""
        self._leave()
        while self._of_home:
            self._of_home.pop()()

    async def _async_follow(self) -> None:
        """Listen to the room as it is loaded now, and learn what it measured today."""
        self._leave()
        self._room = room = self._find()
        if room is not None:
            self._of_room = [
                room.async_add_listener(self._async_look),
                room.async_add_bin_listener(self._async_take),
            ]
            await self._async_remember(room)
        self._async_look()

    async def _async_remember(self, room: RoomCoordinator) -> None:
        now = dt_util.utcnow().timestamp()
        for pollutant, channel in room.channels.items():
            start = day_start(locate(now, channel.zone)[0], channel.zone)
            known = {
                bin_.slot: bin_
                for bin_ in await async_measured(self._hass, room, pollutant, start, now)
            }
            self._bins[pollutant] = known | self._bins.get(pollutant, {})

    @callback
    def _leave(self) -> None:
        while self._of_room:
            self._of_room.pop()()
        self._room = None
        self._bins = {}

    def _find(self) -> RoomCoordinator | None:
        return loaded_rooms(self._hass).get(self._room_id)

    async def _async_entry_changed(self, _change: ConfigEntryChange, entry: ConfigEntry) -> None:
        if entry.domain != DOMAIN:
            return
        if self._find() is self._room:
            self._async_look()
        else:
            await self._async_follow()

    @callback
    def _async_issue_changed(self, event: Event[ir.EventIssueRegistryUpdatedData]) -> None:
        if event.data["domain"] == DOMAIN:
            self._async_look()

    @callback
    def _async_take(self, pollutant: Pollutant, bin_: Bin) -> None:
        """Keep a bin for a day: no more is ever shown."""
        bins = self._bins.setdefault(pollutant, {})
        bins[bin_.slot] = bin_
        for slot in [slot for slot, old in bins.items() if old.start < bin_.start - 2 * DAY_S]:
            del bins[slot]

    @callback
    def _async_look(self, _now: datetime | None = None) -> None:
        """Send the picture if it is another than the last."""
        message = self._message()
        if message != self._sent and self._of_home:
            self._sent = message
            self._send(message)

    def _message(self) -> CardMessage:
        if self._room is not None:
            room = card_message(self._hass, self._room, self._bins, self._words, self._user)
            return {"status": "shown", **room}
        loaded = self._hass.config_entries.async_loaded_entries(DOMAIN)
        return {"status": "gone" if loaded else "not_loaded"}
