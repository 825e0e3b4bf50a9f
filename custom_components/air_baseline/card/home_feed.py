"""A home in brief, as open headlines and tiles see it: each room drawn once per change."""

from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from functools import partial

from homeassistant.auth.models import User
from homeassistant.auth.permissions.const import POLICY_READ
from homeassistant.core import CALLBACK_TYPE, HomeAssistant, callback
from homeassistant.helpers import device_registry as dr
from homeassistant.helpers.json import json_bytes

from ..clock import Phase, Round
from ..const import DOMAIN
from ..coordinator import RoomCoordinator, loaded_rooms
from ..permissions import may
from .brief import Brief, room_brief, seen_by
from .feed import Questions


@dataclass(slots=True, kw_only=True, eq=False)
class HomeViewer:
    """One browser that shows the home: who looks, and whether they have seen the whole yet."""

    user: User
    send: Callable[[bytes], None]
    has_whole: bool = field(default=False, init=False)


class HomeFeed:
    """Follows all loaded rooms while somebody looks at the home.

    `changed` is called with the id of each room that may have something new; then run `turns`
    for it. After that, `whole_turns` sends everything to those who have just come.
    """

    def __init__(self, hass: HomeAssistant, changed: Callable[[str], None]) -> None:
        """Start with nobody who looks."""
        self.viewers: list[HomeViewer] = []
        self._hass = hass
        self._changed = changed
        self._rooms: dict[str, RoomCoordinator] = {}
        self._briefs: dict[str, tuple[str, Brief]] = {}  # Device and what is shown, by room.
        self._of_rooms: list[CALLBACK_TYPE] = []

    @property
    def waits(self) -> bool:
        """Tell whether somebody has not seen the whole yet."""
        return not all(viewer.has_whole for viewer in self.viewers)

    @callback
    def async_follow(self) -> None:
        """Listen to the rooms that are loaded now; everybody is to see the whole again."""
        self.async_leave()
        self._rooms = loaded_rooms(self._hass)
        for viewer in self.viewers:
            viewer.has_whole = False
        for room_id, room in self._rooms.items():
            self._of_rooms.append(room.async_add_listener(partial(self._changed, room_id)))
        clocks = {room.config_entry.runtime_data.clock for room in self._rooms.values()}
        self._of_rooms += [clock.async_on(Phase.CARDS, self._async_round) for clock in clocks]
        for room_id in self._rooms:
            self._changed(room_id)

    @callback
    def async_leave(self) -> None:
        """Stop following the rooms."""
        while self._of_rooms:
            self._of_rooms.pop()()
        self._rooms, self._briefs = {}, {}

    def turns(self, room_id: str, questions: Questions) -> Iterator[None]:
        """Send a room to those who do not see it as it is; others run between turns."""
        room = self._rooms.get(room_id)
        if room is None:
            return
        device = dr.async_get(self._hass).async_get_device_by_identifier(
            (DOMAIN, room_id), room.config_entry.entry_id
        )
        if device is None:
            return  # It is being added; the next round finds it.
        brief = room_brief(room, questions.get(room_id, ()))
        if self._briefs.get(room_id) != (device.id, brief):
            self._briefs[room_id] = device.id, brief
            yield
            knowing = [viewer for viewer in self.viewers if viewer.has_whole]
            yield from self._send(knowing, {device.id: brief}, whole=False)

    def whole_turns(self) -> Iterator[None]:
        """Send everything to those who have just come; others run between turns."""
        waiting = [viewer for viewer in self.viewers if not viewer.has_whole]
        for viewer in waiting:
            viewer.has_whole = True  # Also if this fails: trying again would not help.
        yield from self._send(waiting, dict(self._briefs.values()), whole=True)

    def _send(
        self, viewers: Sequence[HomeViewer], briefs: Mapping[str, Brief], *, whole: bool
    ) -> Iterator[None]:
        """Send rooms, by their devices, that each viewer may read."""
        loaded = bool(self._hass.config_entries.async_loaded_entries(DOMAIN))
        messages = dict[str, bytes]()
        for viewer in viewers:
            user = viewer.user
            if user.id not in messages:
                seen = {
                    device: seen_by(user, brief)
                    for device, brief in briefs.items()
                    if user.is_admin or may(self._hass, user, device, POLICY_READ)
                }
                messages[user.id] = json_bytes({"loaded": loaded, "whole": whole, "rooms": seen})
                yield
            if viewer in self.viewers:
                viewer.send(messages[user.id])

    @callback
    def _async_round(self, _round: Round) -> None:
        for room_id in self._rooms:
            self._changed(room_id)
