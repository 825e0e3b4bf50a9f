"""A room as one user's card sees it, kept up to date while the card is open."""

from collections.abc import Callable

from homeassistant.auth.models import User
from homeassistant.config_entries import (
    SIGNAL_CONFIG_ENTRY_CHANGED,
    ConfigEntry,
    ConfigEntryChange,
)
from homeassistant.core import CALLBACK_TYPE, Event, HomeAssistant, callback
from homeassistant.helpers import issue_registry as ir
from homeassistant.helpers.dispatcher import async_dispatcher_connect
from homeassistant.util import dt as dt_util

from ..clock import Phase, Round
from ..const import DOMAIN, SIGNAL_ROOMS_CHANGED
from ..coordinator import RoomCoordinator, loaded_rooms
from ..core.day import DAY_S, day_start, locate
from ..core.pollutant import Pollutant
from ..core.reading.binning import Bin
from ..home_history.today import async_measured
from ..words.explanation import Words
from .message import CardMessage, card_message


class RoomFeed:
    """Sends the message of a room, and again at every change, until it is stopped.

    It follows the room through reloads of the integration, and reports when the room is gone.
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
        """Take the id of the room, who looks at it, and their language."""
        self._hass = hass
        self._room_id = room_id
        self._user = user
        self._words = words
        self._send = send
        self._room: RoomCoordinator | None = None
        self._sources: dict[Pollutant, str] = {}
        self._bins: dict[Pollutant, dict[int, Bin]] = {}
        self._sent: CardMessage | None = None
        self._of_room: list[CALLBACK_TYPE] = []
        self._of_home: list[CALLBACK_TYPE] = []

    async def async_start(self) -> None:
        """Start following the room."""
        self._of_home = [
            async_dispatcher_connect(
                self._hass, SIGNAL_CONFIG_ENTRY_CHANGED, self._async_entry_changed
            ),
            async_dispatcher_connect(self._hass, SIGNAL_ROOMS_CHANGED, self._async_room_changed),
            self._hass.bus.async_listen(
                ir.EVENT_REPAIRS_ISSUE_REGISTRY_UPDATED, self._async_issue_changed
            ),
        ]
        await self._async_follow()

    @callback
    def async_stop(self) -> None:
        """Stop following the room."""
        self._leave()
        while self._of_home:
            self._of_home.pop()()

    async def _async_follow(self) -> None:
        """Listen to the room as it is loaded now, and fetch what it has measured today."""
        self._leave()
        self._room = room = self._find()
        if room is not None:
            self._sources = _shown_sources(room)
            self._of_room = [
                room.async_add_listener(self._async_look),
                room.async_add_bin_listener(self._async_take),
                room.config_entry.runtime_data.clock.async_on(Phase.CARDS, self._async_look),
            ]
            await self._async_fetch_today(room)
        self._async_look()

    async def _async_fetch_today(self, room: RoomCoordinator) -> None:
        now = dt_util.utcnow().timestamp()
        for pollutant in _shown_sources(room):
            channel = room.channels[pollutant]
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
        if entry.domain == DOMAIN:
            await self._async_room_changed()

    async def _async_room_changed(self) -> None:
        """Follow the room again if it was loaded again, or has another source."""
        room = self._find()
        if room is self._room and (room is None or _shown_sources(room) == self._sources):
            self._async_look()
        else:
            await self._async_follow()

    @callback
    def _async_issue_changed(self, event: Event[ir.EventIssueRegistryUpdatedData]) -> None:
        if event.data["domain"] == DOMAIN:
            self._async_look()

    @callback
    def _async_take(self, pollutant: Pollutant, bin_: Bin) -> None:
        """Keep a bin for two days: the card shows one."""
        bins = self._bins.setdefault(pollutant, {})
        bins[bin_.slot] = bin_
        for slot in [slot for slot, old in bins.items() if old.start < bin_.start - 2 * DAY_S]:
            del bins[slot]

    @callback
    def _async_look(self, _round: Round | None = None) -> None:
        """Send the message if it differs from the last one."""
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


def _shown_sources(room: RoomCoordinator) -> dict[Pollutant, str]:
    """Return the sources that a room listens to, by their entity ids."""
    return {
        pollutant: source.entity_id
        for pollutant, source in room.sources.items()
        if pollutant not in room.taken
    }
