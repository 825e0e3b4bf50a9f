"""Let rooms follow steps of the clock: they wait while it is wrong, and undo what was ahead.

Channels are told at once, which takes no time. What takes time is done room by room afterwards.
"""

from collections.abc import Callable

from homeassistant.core import CALLBACK_TYPE, HomeAssistant, callback
from homeassistant.helpers.dispatcher import async_dispatcher_send
from homeassistant.util import dt as dt_util

from ..const import DOMAIN, LOGGER, SIGNAL_ROOMS_CHANGED
from ..coordinator import AirBaselineConfigEntry, AirBaselineData
from ..core.clock_steps import is_damaged, known_time, latest_time, note_leap, set_back
from ..core.known_time import (
    KnownTime,
    Leap,
    Look,
    Verdict,
    set_back as look_back,
    with_recorded,
)
from ..storage.rooms import StoredRoom
from .rooms import in_turn

type Report = Callable[[HomeAssistant, AirBaselineConfigEntry, Look], None]


async def async_begin_with_clock(entry: AirBaselineConfigEntry, recorded: float) -> Look:
    """Find out whether the time can be right, from what is stored; no room is open yet.

    `recorded` is the POSIX time of the newest record in Home Assistant, 0 if it is not known.
    """
    data = entry.runtime_data
    channels = [channel for room in data.stored.values() for channel in room.channels.values()]
    false_until = max((channel.false_until for channel in channels), default=0.0)
    known = known_time(channels, dt_util.utcnow().timestamp(), data.damage.saved_at)
    found = data.clock.async_know(with_recorded(known, recorded, false_until))
    _tell(data, found)
    async for _, room in in_turn(data.stored):
        _set_back(room, found)
        for channel in room.channels.values() if found.verdict is not Verdict.BEHIND else ():
            if is_damaged(channel, found.known):
                latest = KnownTime(latest_time(channel))
                set_back(channel, look_back(latest, found.now, Leap(found.now, found.now)))
    return found


class ClockFollower:
    """Lets the rooms of a home follow the steps of the clock, one step after the other.

    `report` is called after each step, once all rooms have followed it.
    """

    def __init__(self, hass: HomeAssistant, entry: AirBaselineConfigEntry, report: Report) -> None:
        """Prepare; nothing is followed before `async_start`."""
        self._hass = hass
        self._entry = entry
        self._report = report
        self._steps: list[tuple[Look, float]] = []  # With the seconds by which time was moved.

    @callback
    def async_start(self) -> CALLBACK_TYPE:
        """Listen to the clock; return what ends that."""
        return self._entry.runtime_data.clock.async_on_step(self._async_step)

    @callback
    def _async_step(self, found: Look, before: Look | None) -> None:
        data = self._entry.runtime_data
        _tell(data, found)
        if found.verdict is Verdict.LEAPED and before is None:
            data.store.async_schedule_save()
            return
        moved_s = found.now - before.now if before else -found.back_s
        self._steps.append((found, moved_s))
        if len(self._steps) == 1:
            name = f"{DOMAIN} clock"
            self._entry.async_create_background_task(self._hass, self._async_follow(), name)

    async def _async_follow(self) -> None:
        data = self._entry.runtime_data
        while self._steps:
            found, moved_s = self._steps[0]
            async for room_id, stored in in_turn(data.stored):
                _set_back(stored, found)
                if (room := data.rooms.get(room_id)) is not None:
                    room.async_follow_clock(moved_s)
            self._report(self._hass, self._entry, found)
            if data.clock.wrong is None:
                data.store.async_save_soon()
                async_dispatcher_send(self._hass, SIGNAL_ROOMS_CHANGED)
            self._steps.pop(0)


def _tell(data: AirBaselineData, found: Look) -> None:
    """Let all channels keep a leap in mind, or take nothing for now; forget false surroundings."""
    _log(found)
    for room in data.stored.values():
        for channel in room.channels.values():
            if found.leap is not None and found.verdict is Verdict.LEAPED:
                note_leap(channel, found.leap)
            elif found.verdict is not Verdict.FINE:
                channel.mistrust_clock()
    if found.verdict is Verdict.SET_BACK:
        for mean in data.store.surroundings.values():
            mean.begin_again()


def _set_back(room: StoredRoom, found: Look) -> None:
    if found.verdict is not Verdict.SET_BACK:
        return
    for channel in room.channels.values():
        set_back(channel, found)
    room.set_clock_back(found.now)


def _log(found: Look) -> None:
    if found.verdict is Verdict.BEHIND:
        LOGGER.warning(
            "The clock shows %s, but it was already %s; nothing is learned until it is right",
            _iso(found.now),
            _iso(found.now + found.back_s),
        )
    elif found.verdict is Verdict.SET_BACK:
        LOGGER.warning(
            "The clock was ahead and was set back from %s to %s; what was learned meanwhile is set "
            "aside",
            _iso(found.now + found.back_s),
            _iso(found.now),
        )


def _iso(at: float) -> str:
    return dt_util.utc_from_timestamp(at).isoformat(timespec="minutes")
