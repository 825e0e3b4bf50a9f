"""Let rooms follow steps of the clock: they wait while it is wrong, and undo what was ahead.

Channels are told at once, which takes no time. What takes time is done room by room afterwards.
"""

from collections.abc import Callable, Iterable

from homeassistant.core import CALLBACK_TYPE, HomeAssistant, callback
from homeassistant.helpers.dispatcher import async_dispatcher_send

from ..const import DOMAIN, LOGGER, SIGNAL_ROOMS_CHANGED
from ..coordinator import AirBaselineConfigEntry
from ..core.channel import Channel
from ..core.clock_steps import known_time, note_leap, set_back
from ..core.known_time import Look, Verdict
from ..storage.rooms import StoredRoom
from .rooms import in_turn

type Report = Callable[[Look], None]


async def async_begin_with_clock(hass: HomeAssistant, entry: AirBaselineConfigEntry) -> None:
    """Find out whether the time can be right, from what is stored; no room is open yet."""
    data = entry.runtime_data
    channels = [channel for room in data.stored.values() for channel in room.channels.values()]
    found = data.clock.async_know(known_time(channels))
    _log(found)
    async for _, room in in_turn(data.stored):
        _tell(room.channels.values(), found)
        _set_back(room, found)
    if found.verdict is Verdict.SET_BACK:
        for mean in data.store.surroundings.values():
            mean.begin_again()


@callback
def async_follow_clock(
    hass: HomeAssistant, entry: AirBaselineConfigEntry, report: Report
) -> CALLBACK_TYPE:
    """Let the rooms follow the clock; return what ends that.

    `report` is called after each step, once all rooms have followed it.
    """
    data = entry.runtime_data
    steps: list[tuple[Look, float]] = []

    async def follow() -> None:
        while steps:
            found, moved_s = steps[0]
            async for room_id, stored in in_turn(data.stored):
                _set_back(stored, found)
                if (room := data.rooms.get(room_id)) is not None:
                    room.async_follow_clock(moved_s)
            report(found)
            if data.clock.wrong is None:
                data.store.async_save_soon()
                async_dispatcher_send(hass, SIGNAL_ROOMS_CHANGED)
            steps.pop(0)

    @callback
    def step(found: Look, before: Look | None) -> None:
        _log(found)
        for room in data.stored.values():
            _tell(room.channels.values(), found)
        if found.verdict is Verdict.SET_BACK:
            for mean in data.store.surroundings.values():
                mean.begin_again()
        if found.verdict is Verdict.LEAPED and before is None:
            data.store.async_schedule_save()
            return
        moved_s = found.now - before.now if before else -found.back_s
        steps.append((found, moved_s))
        if len(steps) == 1:
            entry.async_create_background_task(hass, follow(), f"{DOMAIN} clock")

    return data.clock.async_on_step(step)


def _tell(channels: Iterable[Channel], found: Look) -> None:
    """Let channels keep a leap in mind, or take nothing for now."""
    for channel in channels:
        if found.leap is not None and found.verdict is Verdict.LEAPED:
            note_leap(channel, found.leap)
        elif found.verdict is not Verdict.FINE:
            channel.mistrust_clock()


def _set_back(room: StoredRoom, found: Look) -> None:
    if found.verdict is not Verdict.SET_BACK:
        return
    for channel in room.channels.values():
        set_back(channel, found)
    room.set_clock_back(found.now)


def _log(found: Look) -> None:
    if found.verdict is Verdict.BEHIND:
        LOGGER.warning(
            "The clock is behind by %d minutes; nothing is learned until it is right",
            found.back_s // 60,
        )
    elif found.verdict is Verdict.SET_BACK:
        LOGGER.warning(
            "The clock was ahead and was set back by %d minutes; days learned meanwhile are set "
            "aside",
            found.back_s // 60,
        )
