"""The last hours of new sources, from the recorder, before their rooms start to listen."""

import asyncio
from functools import partial

from homeassistant.core import HomeAssistant
from homeassistant.helpers.recorder import async_migration_in_progress, get_instance
from homeassistant.util import dt as dt_util
from sqlalchemy.exc import SQLAlchemyError

from ..const import LOGGER
from ..coordinator import RoomCoordinator
from ..core.past.look_back import LOOK_BACK_S, is_new, look_back
from .recorder import has_recorder, recorded

PATIENCE_S = (
    10.0  # Seconds, by judgement: a database that hangs must not keep a room from starting.
)


async def async_look_back(hass: HomeAssistant, room: RoomCoordinator) -> None:
    """Let the new channels of a room know what was measured before it began to listen.

    While Home Assistant starts, the recorder may not answer, and hardly any source is new.
    """
    new = [
        pollutant
        for pollutant, channel in room.channels.items()
        if pollutant not in room.taken and is_new(channel) and channel.began_at is None
    ]
    if (
        not new
        or not hass.is_running
        or not has_recorder(hass)
        or async_migration_in_progress(hass)
    ):
        return
    now = dt_util.utcnow()
    since = dt_util.utc_from_timestamp(now.timestamp() - LOOK_BACK_S)
    for pollutant in new:
        channel, entity_id = room.channels[pollutant], room.sources[pollutant].entity_id
        try:
            async with asyncio.timeout(PATIENCE_S):
                readings = await get_instance(hass).async_add_executor_job(
                    partial(recorded, hass, entity_id, channel.spec, since, now, with_start=True)
                )
        except (SQLAlchemyError, RuntimeError, TimeoutError) as error:
            LOGGER.info("The last hours of %s cannot be read: %s", entity_id, error)
            return
        look_back(channel, readings, now.timestamp())
    room.async_show()
