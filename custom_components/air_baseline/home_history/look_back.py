"""The last hours of new sources, from the recorder, before their rooms start to listen."""

import asyncio
from functools import partial
from logging import INFO

from homeassistant.core import CALLBACK_TYPE, HomeAssistant, callback
from homeassistant.helpers.dispatcher import async_dispatcher_connect
from homeassistant.helpers.recorder import async_migration_in_progress, get_instance
from homeassistant.util import dt as dt_util
from sqlalchemy.exc import SQLAlchemyError

from ..const import DOMAIN, SIGNAL_ROOMS_CHANGED
from ..coordinator import AirBaselineConfigEntry, RoomCoordinator
from ..core.past.look_back import LOOK_BACK_S, is_new, look_back
from ..core.pollutant import Pollutant
from ..inputs.source_log import source_log
from .recorder import has_recorder, recorded

PATIENCE_S = (
    10.0  # Seconds, by judgement: a database that hangs must not keep a room from starting.
)


async def async_look_back(hass: HomeAssistant, entry: AirBaselineConfigEntry) -> None:
    """Let the new channels of a home know what was measured before they began.

    While Home Assistant starts, the recorder may not answer, and hardly any source is new.
    """
    if (
        entry.runtime_data.clock.wrong
        or not hass.is_running
        or not has_recorder(hass)
        or async_migration_in_progress(hass)
    ):
        return
    for room in tuple(entry.runtime_data.rooms.values()):
        for pollutant, channel in tuple(room.channels.items()):
            if pollutant not in room.taken and channel.began_at is None and is_new(channel):
                await _async_look_back(hass, room, pollutant)


@callback
def async_follow_new_rooms(hass: HomeAssistant, entry: AirBaselineConfigEntry) -> CALLBACK_TYPE:
    """Look back when rooms have changed; return what ends that."""

    @callback
    def follow() -> None:
        entry.async_create_task(hass, async_look_back(hass, entry), f"{DOMAIN} look back")

    return async_dispatcher_connect(hass, SIGNAL_ROOMS_CHANGED, follow)


async def _async_look_back(
    hass: HomeAssistant, room: RoomCoordinator, pollutant: Pollutant
) -> None:
    channel, entity_id = room.channels[pollutant], room.sources[pollutant].entity_id
    now = dt_util.utcnow()
    since = dt_util.utc_from_timestamp(now.timestamp() - LOOK_BACK_S)
    try:
        async with asyncio.timeout(PATIENCE_S):
            readings = await get_instance(hass).async_add_executor_job(
                partial(recorded, hass, entity_id, channel.spec, since, now, with_start=True)
            )
    except (SQLAlchemyError, RuntimeError, TimeoutError) as error:
        text = f"The last hours of {entity_id} cannot be read: {error}"
        source_log(hass).async_log(INFO, "last hours", entity_id, text)
        return
    look_back(channel, readings, now.timestamp())
    room.async_show()
