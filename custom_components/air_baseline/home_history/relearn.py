"""Lets channels take over what was replayed from history, and relearns rooms on request.

A ledger is replayed off the event loop. The channel takes the result over in one step, and only
if its ledger has not changed meanwhile. So nothing is lost that was learned or corrected in that
time, and nothing is taken over that was read of another sensor.
"""

from collections.abc import Awaitable, Callable, Iterable, Iterator
from contextlib import contextmanager
from functools import partial

from homeassistant.core import Event, HomeAssistant, callback
from homeassistant.helpers import entity_registry as er
from homeassistant.util import dt as dt_util

from ..coordinator import RoomCoordinator
from ..core.channel import Channel
from ..core.day import locate
from ..core.known_time import CORRECTION_S
from ..core.ledger.ledger import Ledger
from ..core.past.history_import import PastDays, past_days
from ..core.past.replay import ReplaySetting, relearned, take_over
from ..core.pollutant import Pollutant
from ..core.storage.ledger import MOST_ENTRIES
from ..corrections import Corrected, async_all, refused
from .recorder import HistoryError, NoHistory, async_read

type Replay = Callable[[Ledger, PastDays, int, ReplaySetting], Ledger]


async def async_relearn(room: RoomCoordinator, pollutants: Iterable[Pollutant]) -> Corrected:
    """Relearn some pollutants of a room from history; days that it does not have stay.

    Raises a translated ServiceValidationError if there is no history, which changes nothing, and
    if the room or its source went meanwhile. Raises NotSavedError if saving failed; what was
    relearned is in force anyway.
    """
    pasts: dict[Pollutant, tuple[Channel, PastDays]] = {}
    for pollutant in pollutants:
        if pollutant in room.taken:
            raise refused("source_taken", room=room.subentry.title)
        channel = _channel(room, pollutant)
        if len(channel.ledger.entries) >= MOST_ENTRIES:
            raise refused("too_many_corrections", room=room.subentry.title)
        try:
            past = await async_find(room, pollutant)
        except HistoryError as error:
            if error.reason is NoHistory.NO_RECORDER:
                raise refused("history_no_recorder") from error
            raise refused("history_not_ready") from error
        if past.days:
            pasts[pollutant] = channel, past
    if not pasts:
        raise refused("history_empty")
    at = dt_util.utcnow().timestamp()
    corrected: Corrected = {}

    async def take(pollutant: Pollutant, channel: Channel, past: PastDays) -> None:
        try:
            await async_replay(room, pollutant, channel, past, partial(relearned, at), corrected)
        except HistoryError as error:
            raise refused("history_not_ready") from error

    await async_all(take(pollutant, *found) for pollutant, found in pasts.items())
    return corrected


async def async_find(room: RoomCoordinator, pollutant: Pollutant) -> PastDays:
    """Return the days that the recorder has of a source; see `async_read_whole`."""
    channel, hass = _channel(room, pollutant), room.hass

    async def read(source: str) -> PastDays:
        past = await async_read(hass, source, channel.spec)
        now = dt_util.utcnow().timestamp()
        return await hass.async_add_executor_job(past_days, past, channel.spec, channel.zone, now)

    return await async_read_whole(room, pollutant, read)


async def async_read_whole[T](
    room: RoomCoordinator, pollutant: Pollutant, read: Callable[[str], Awaitable[T]]
) -> T:
    """Return what is read of a source, given by its entity id.

    Raises HistoryError, also if the source was renamed or replaced meanwhile: what was read is
    then a part of its history, or that of another sensor. So it does if the clock was set back:
    it was read for other days. Raises a translated
    ServiceValidationError if the room or its source went.
    """
    channel, source = _channel(room, pollutant), room.sources[pollutant].entity_id
    began_at = dt_util.utcnow().timestamp()
    with _renames(room.hass, source) as renames:
        found = await read(source)
    if _channel(room, pollutant) is not channel:
        raise refused("interrupted")
    _check_time(began_at)
    moved = room.sources[pollutant].entity_id != source or room.async_is_renamed(source)
    if moved or renames:
        raise HistoryError(NoHistory.RENAMED)
    return found


@contextmanager
def _renames(hass: HomeAssistant, entity_id: str) -> Iterator[list[str]]:
    """Collect the former ids of what gets or loses an entity id, even for a moment."""
    found: list[str] = []

    @callback
    def follow(event: Event[er.EventEntityRegistryUpdatedData]) -> None:
        former = event.data.get("old_entity_id")
        if former is not None and entity_id in (former, event.data["entity_id"]):
            found.append(str(former))

    stop = hass.bus.async_listen(er.EVENT_ENTITY_REGISTRY_UPDATED, follow)
    try:
        yield found
    finally:
        stop()


async def async_replay(  # noqa: PLR0913, PLR0917 - what is replayed, how, and into what
    room: RoomCoordinator,
    pollutant: Pollutant,
    channel: Channel,
    past: PastDays,
    replay: Replay,
    corrected: Corrected | None = None,
) -> None:
    """Let a channel take over a replay of its ledger and its past; put its entry in `corrected`.

    Raises a translated ServiceValidationError if the room or its source went meanwhile,
    HistoryError if the clock was set back, and NotSavedError if saving failed; what was replayed
    is in force anyway.
    """
    began_at = dt_util.utcnow().timestamp()
    while True:
        ledger, setting = channel.ledger, ReplaySetting.of(channel, past)
        now = dt_util.utcnow().timestamp()
        own = channel.open_day.day if channel.open_day else locate(now, channel.zone)[0]
        replayed = await room.hass.async_add_executor_job(replay, ledger, past, own, setting)
        if _channel(room, pollutant) is not channel:
            raise refused("interrupted")
        _check_time(began_at)
        if channel.ledger is ledger:
            break

    def take(at: float) -> None:
        entry = take_over(channel, at, replayed, past)
        if entry is not None and corrected is not None:
            corrected[pollutant] = entry

    await room.async_correct(take)


def _check_time(began_at: float) -> None:
    """Raise HistoryError if the clock was set back since a POSIX time."""
    if dt_util.utcnow().timestamp() < began_at - CORRECTION_S:
        raise HistoryError(NoHistory.CLOCK_SET)


def _channel(room: RoomCoordinator, pollutant: Pollutant) -> Channel:
    """Return a channel that runs. Raises a ServiceValidationError if it went."""
    channel = room.channels.get(pollutant)
    if room.stopped or channel is None:
        raise refused("interrupted")
    return channel
