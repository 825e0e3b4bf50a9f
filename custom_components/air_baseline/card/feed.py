"""A room as the open cards see it: drawn once per change, however many cards there are."""

from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field

from homeassistant.auth.models import User
from homeassistant.auth.permissions.const import POLICY_READ
from homeassistant.core import CALLBACK_TYPE, HomeAssistant, callback
from homeassistant.helpers import issue_registry as ir
from homeassistant.helpers.json import json_bytes

from ..clock import Phase, Round
from ..const import DOMAIN
from ..coordinator import RoomCoordinator, loaded_rooms
from ..core.day import DAY_S, day_start, locate
from ..core.pollutant import Pollutant
from ..core.reading.binning import Bin
from ..home_history.today import async_measured
from ..permissions import may
from .message import Sight, room_picture

type Questions = Mapping[str, Sequence[ir.IssueEntry]]  # By the id of a room.


@dataclass(slots=True, kw_only=True, eq=False)
class Viewer:
    """One card: who looks, at which device, and what they were sent last."""

    user: User
    device_id: str
    send: Callable[[bytes], None]
    sent: bytes = field(default=b"", init=False)

    @callback
    def take(self, message: bytes) -> None:
        """Send a message if it differs from the last one."""
        if message != self.sent:
            self.sent = message
            self.send(message)


class RoomFeed:
    """Follows one room, through reloads of the integration, while cards show it.

    `changed` is called whenever there may be something new to send; then run `turns`.
    """

    def __init__(self, hass: HomeAssistant, room_id: str, changed: CALLBACK_TYPE) -> None:
        """Take the id of the room."""
        self.viewers: list[Viewer] = []
        self._hass = hass
        self._room_id = room_id
        self._changed = changed
        self._room: RoomCoordinator | None = None
        self._fetching: RoomCoordinator | None = None
        self._sources: dict[Pollutant, str] = {}
        self._bins: dict[Pollutant, dict[int, Bin]] = {}
        self._of_room: list[CALLBACK_TYPE] = []

    @callback
    def async_leave(self) -> None:
        """Stop following the room."""
        while self._of_room:
            self._of_room.pop()()
        self._room = None
        self._bins = {}

    @callback
    def async_is_outdated(self) -> bool:
        """Tell whether the room was loaded again, is gone, or has another source."""
        room = loaded_rooms(self._hass).get(self._room_id)
        return room is not self._room or (
            room is not None and _shown_sources(room) != self._sources
        )

    async def async_follow(self) -> None:
        """Listen to the room as it is loaded now, and fetch what it has measured today.

        The recorder may take long; until it has answered, there is nothing to send.
        """
        self.async_leave()
        self._room = self._fetching = room = loaded_rooms(self._hass).get(self._room_id)
        try:
            if room is not None:
                await self._async_listen(room)
        finally:
            if self._fetching is room:
                self._fetching = None
                self._changed()

    async def _async_listen(self, room: RoomCoordinator) -> None:
        self._sources = _shown_sources(room)
        self._of_room = [
            room.async_add_listener(self._changed),
            room.async_add_bin_listener(self._async_take),
            room.config_entry.runtime_data.clock.async_on(Phase.CARDS, self._async_round),
        ]
        now = room.config_entry.runtime_data.clock.at
        for pollutant in self._sources:
            channel = room.channels[pollutant]
            start = day_start(locate(now, channel.zone)[0], channel.zone)
            found = await async_measured(self._hass, room, pollutant, start, now)
            if room is not self._room:
                return  # It was loaded again meanwhile, or nobody looks any more.
            known = {bin_.slot: bin_ for bin_ in found}
            self._bins[pollutant] = known | self._bins.get(pollutant, {})

    def turns(self, questions: Questions) -> Iterator[None]:
        """Send the room to the cards that do not show it as it is; others run between turns."""
        room = self._room
        if self._fetching is not None:
            return
        if room is None:
            loaded = self._hass.config_entries.async_loaded_entries(DOMAIN)
            message = json_bytes({"status": "gone" if loaded else "not_loaded"})
            for viewer in tuple(self.viewers):
                viewer.take(message)
            return
        picture = room_picture(room, self._bins, questions.get(self._room_id, ()))
        yield
        gone, messages = json_bytes({"status": "gone"}), dict[Sight, bytes]()
        for viewer in tuple(self.viewers):
            if not may(self._hass, viewer.user, viewer.device_id, POLICY_READ):
                viewer.take(gone)
                continue
            sight = picture.sight_of(viewer.user)
            if sight not in messages:
                messages[sight] = json_bytes({"status": "shown", **picture.message(sight)})
                yield
            if viewer in self.viewers:
                viewer.take(messages[sight])

    @callback
    def _async_take(self, pollutant: Pollutant, bin_: Bin) -> None:
        """Keep a bin for two days: the card shows one."""
        bins = self._bins.setdefault(pollutant, {})
        bins[bin_.slot] = bin_
        for slot in [slot for slot, old in bins.items() if old.start < bin_.start - 2 * DAY_S]:
            del bins[slot]

    @callback
    def _async_round(self, _round: Round) -> None:
        self._changed()


def _shown_sources(room: RoomCoordinator) -> dict[Pollutant, str]:
    """Return the sources that a room listens to, by their entity ids."""
    return {
        pollutant: source.entity_id
        for pollutant, source in room.sources.items()
        if pollutant not in room.taken
    }
