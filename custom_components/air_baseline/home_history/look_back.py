"""The last hours of new sources, from the recorder, before their rooms start to listen."""

import asyncio
from functools import partial
from logging import INFO

from homeassistant.core import CALLBACK_TYPE, HomeAssistant, callback
from homeassistant.helpers.dispatcher import async_dispatcher_connect
from homeassistant.helpers.recorder import async_migration_in_progress, get_instance
from homeassistant.util import dt as dt_util

from ..const import DOMAIN, LOGGER, SIGNAL_ROOMS_CHANGED
from ..coordinator import AirBaselineConfigEntry, RoomCoordinator
from ..core.channel import Channel
from ..core.past.look_back import LOOK_BACK_S, is_new, look_back
from ..core.pollutant import Pollutant
from ..inputs.source_log import source_log
from .recorder import has_recorder, recorded

# Seconds for all rooms, by judgement: a database that hangs must not keep them from starting.
PATIENCE_S = 10.0


async def async_look_back(hass: HomeAssistant, entry: AirBaselineConfigEntry) -> None:
    """Let the new channels of a home know what was measured before they began.

    While Home Assistant starts, the recorder may not answer, and hardly any source is new. What
    fails or takes too long is left out: it is only about the first hours of a source.
    """
    if (
        entry.runtime_data.clock.wrong
        or not hass.is_running
        or not has_recorder(hass)
        or async_migration_in_progress(hass)
    ):
        return
    try:
        async with asyncio.timeout(PATIENCE_S):
            for room in tuple(entry.runtime_data.rooms.values()):
                for pollutant, channel in tuple(room.channels.items()):
                    if not room.stopped and pollutant in room.sources:
                        await _async_look_back(hass, room, pollutant, channel)
    except TimeoutError:
        LOGGER.info("The last hours of some sensors were not read: the recorder does not answer")


@callback
def async_follow_new_rooms(hass: HomeAssistant, entry: AirBaselineConfigEntry) -> CALLBACK_TYPE:
    """Look back when rooms have changed; return what ends that."""

    @callback
    def follow() -> None:
        # It ends with the entry, which must not wait for a recorder.
        entry.async_create_background_task(
            hass, async_look_back(hass, entry), f"{DOMAIN} look back"
        )

    return async_dispatcher_connect(hass, SIGNAL_ROOMS_CHANGED, follow)


async def _async_look_back(
    hass: HomeAssistant, room: RoomCoordinator, pollutant: Pollutant, channel: Channel
) -> None:
    """Look back for one channel if it is new, and still there once its hours are read."""
    if pollutant in room.taken or channel.began_at is not None or not is_new(channel):
        return
    entity_id, now = room.sources[pollutant].entity_id, dt_util.utcnow()
    since = dt_util.utc_from_timestamp(now.timestamp() - LOOK_BACK_S)
    try:
        readings = await get_instance(hass).async_add_executor_job(
            partial(recorded, hass, entity_id, channel.spec, since, now, with_start=True)
        )
    except Exception as error:  # noqa: BLE001 - whatever it is, the other rooms go on
        text = f"The last hours of {entity_id} cannot be read: {error!r}"
        source_log(hass).async_log(INFO, "last hours", entity_id, text)
        return
    if room.stopped or room.channels.get(pollutant) is not channel:
        return
    with room.guarded():
        look_back(channel, readings, now.timestamp())
        room.async_show()
