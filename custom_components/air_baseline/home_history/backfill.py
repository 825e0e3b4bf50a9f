"""Fills new rooms from the recorder's history, and relearns rooms from it.

A ledger is replayed off the event loop. The channel takes the result over in one step, and only
if its ledger has not changed meanwhile. So nothing is lost that was learned or corrected in that
time, and a replay that a restart cut short begins again.
"""

from collections.abc import Callable, Iterable
from contextlib import suppress
from functools import partial
from logging import INFO
from time import monotonic

from homeassistant.core import CALLBACK_TYPE, CoreState, HomeAssistant, callback
from homeassistant.exceptions import ServiceValidationError
from homeassistant.helpers.dispatcher import async_dispatcher_connect
from homeassistant.helpers.start import async_at_started
from homeassistant.util import dt as dt_util

from ..const import CONF_HISTORY, DOMAIN, SIGNAL_ROOMS_CHANGED
from ..coordinator import AirBaselineConfigEntry, RoomCoordinator
from ..core.codes import HistoryState
from ..core.day import locate
from ..core.ledger.day_summary import DayOrigin
from ..core.ledger.entries import Entry
from ..core.ledger.ledger import Ledger
from ..core.past.history_import import PastDays, past_days
from ..core.past.replay import ReplaySetting, filled, relearned, take_over
from ..core.pollutant import Pollutant
from ..core.storage.ledger import MOST_BY_PEOPLE
from ..corrections import Corrected, refused
from ..inputs.source_log import source_log
from .recorder import HistoryError, NoHistory, async_read

type Replay = Callable[[Ledger, PastDays, int, ReplaySetting], Ledger]


@callback
def async_backfill(hass: HomeAssistant, entry: AirBaselineConfigEntry) -> CALLBACK_TYPE:
    """Fill channels from history once Home Assistant has started; return what ends the wait.

    Each source is filled once, unless the user declined for the room.
    """
    wanted = _async_wanted(entry)

    async def fill(channels: list[tuple[RoomCoordinator, Pollutant]]) -> None:
        for room, pollutant in channels:
            if pollutant in room.channels and not room.stopped:
                with suppress(ServiceValidationError):  # Its room or its source went meanwhile.
                    await _async_fill(room, pollutant)

    @callback
    def start(_hass: HomeAssistant) -> None:
        if wanted:
            entry.async_create_background_task(hass, fill([*wanted]), f"{DOMAIN} history")
            wanted.clear()

    @callback
    def follow() -> None:
        wanted.extend(_async_wanted(entry))
        if hass.state is CoreState.running:
            start(hass)

    unsubscribes = (
        async_at_started(hass, start),
        async_dispatcher_connect(hass, SIGNAL_ROOMS_CHANGED, follow),
    )

    @callback
    def stop() -> None:
        for unsubscribe in unsubscribes:
            unsubscribe()

    return stop


@callback
def _async_wanted(entry: AirBaselineConfigEntry) -> list[tuple[RoomCoordinator, Pollutant]]:
    """Return the channels to fill, which wait from now on; a source that is taken is not read."""
    wanted = [
        (room, pollutant)
        for room in entry.runtime_data.rooms.values()
        if room.subentry.data.get(CONF_HISTORY, False)
        for pollutant, channel in room.channels.items()
        if channel.history is HistoryState.UNUSED and pollutant not in room.taken
    ]
    for room, pollutant in wanted:
        room.channels[pollutant].history = HistoryState.WAITING
    return wanted


async def async_relearn(room: RoomCoordinator, pollutants: Iterable[Pollutant]) -> Corrected:
    """Relearn some pollutants of a room from history; days that it does not have stay.

    Raises a translated ServiceValidationError if there is no history, which changes nothing, and
    if the room was stopped meanwhile.
    """
    pasts: dict[Pollutant, PastDays] = {}
    for pollutant in pollutants:
        if pollutant in room.taken:
            raise refused("source_taken", room=room.subentry.title)
        if len(room.channels[pollutant].ledger.entries) >= MOST_BY_PEOPLE:
            raise refused("too_many_corrections", room=room.subentry.title)
        try:
            past = await _async_find(room, pollutant)
        except HistoryError as error:
            if error.reason is NoHistory.NO_RECORDER:
                raise refused("history_no_recorder") from error
            raise refused("history_not_ready") from error
        if past.days:
            pasts[pollutant] = past
    if not pasts:
        raise refused("history_empty")
    at = dt_util.utcnow().timestamp()
    corrected: Corrected = {}
    for pollutant, past in pasts.items():
        entry = await _async_replay(room, pollutant, past, partial(relearned, at))
        if entry is not None:
            corrected[pollutant] = entry
    return corrected


async def _async_fill(room: RoomCoordinator, pollutant: Pollutant) -> None:
    """Fill one channel with the days before its own days."""
    started, channel = monotonic(), room.channels[pollutant]
    source = room.sources[pollutant].entity_id
    log = source_log(room.hass)
    log.async_log(INFO, "import", source, f"Reading the history of {source}")
    channel.history = HistoryState.READING
    room.async_show()
    try:
        past = await _async_find(room, pollutant)
    except HistoryError as error:
        text = f"The history of {source} is not used: {error.reason}"
        log.async_log(INFO, "not used", source, text)
        channel.history = HistoryState.UNREADABLE
        room.async_show()
        return
    await _async_replay(room, pollutant, past, filled)
    hourly = sum(day.origin is DayOrigin.HOURLY for day in past.days.values())
    text = (
        f"Read the history of {source} in {monotonic() - started:.1f} s: "
        f"{len(past.days) - hourly} days of five-minute means, {hourly} of hourly means, "
        f"{past.ignored} rows ignored"
    )
    log.async_log(INFO, "imported", source, text)


async def _async_find(room: RoomCoordinator, pollutant: Pollutant) -> PastDays:
    """Return the days that the recorder has of a source. Raises HistoryError."""
    channel = room.channels[pollutant]
    past = await async_read(room.hass, room.sources[pollutant].entity_id, channel.spec)
    now = dt_util.utcnow().timestamp()
    return await room.hass.async_add_executor_job(past_days, past, channel.spec, channel.zone, now)


async def _async_replay(
    room: RoomCoordinator, pollutant: Pollutant, past: PastDays, replay: Replay
) -> Entry | None:
    """Let a channel take over a replay of its ledger and its past; return the entry, if any.

    Raises a translated ServiceValidationError if the room or its source went meanwhile.
    """
    channel = room.channels[pollutant]
    while True:
        ledger, setting = channel.ledger, ReplaySetting.of(channel, past)
        now = dt_util.utcnow().timestamp()
        own = channel.open_day.day if channel.open_day else locate(now, channel.zone)[0]
        replayed = await room.hass.async_add_executor_job(replay, ledger, past, own, setting)
        if room.stopped or room.channels.get(pollutant) is not channel:
            raise refused("interrupted")
        if channel.ledger is ledger:
            break
    entries: list[Entry | None] = []
    await room.async_correct(lambda at: entries.append(take_over(channel, at, replayed, past)))
    return entries[0]
