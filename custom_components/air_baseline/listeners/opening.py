"""Open rooms with what is stored of them, and fit their channels to their sources."""

from collections.abc import Collection, Mapping

from homeassistant.config_entries import ConfigEntry, ConfigSubentry
from homeassistant.core import HomeAssistant, callback
from homeassistant.util import dt as dt_util

from ..clock import Clock
from ..const import (
    CONF_ONLY_90_DAYS,
    CONF_OUTDOOR_PM25,
    CONF_OUTDOOR_TEMPERATURE,
    CONF_START_ANEW,
)
from ..coordinator import AirBaselineConfigEntry, RoomCoordinator
from ..core.channel import Channel
from ..core.pollutant import POLLUTANTS, Pollutant
from ..inputs.claims import Taken, taken_sources
from ..inputs.promise import promise_days_of
from ..inputs.room_config import RoomSource
from ..storage.rooms import StoredRoom

type Sources = Mapping[Pollutant, RoomSource]


def taken_in(entry: AirBaselineConfigEntry, rooms: Mapping[str, Sources]) -> Mapping[str, Taken]:
    """Return the sources of each room that another room, or the home, has."""
    keys = (CONF_OUTDOOR_PM25, CONF_OUTDOOR_TEMPERATURE)
    outdoors = [entry.options[key] for key in keys if entry.options.get(key)]
    claims = {room_id: sources.values() for room_id, sources in rooms.items()}
    return taken_sources(claims, outdoors)


def keeps_years(entry: ConfigEntry) -> bool:
    """Tell whether a home keeps more than the last 90 days."""
    return not entry.options.get(CONF_ONLY_90_DAYS, False)


@callback
def async_open_room(
    hass: HomeAssistant,
    entry: AirBaselineConfigEntry,
    subentry: ConfigSubentry,
    sources: Sources,
    taken: Taken,
) -> RoomCoordinator:
    """Set up a room with what is stored of it; it does not listen yet."""
    data, room_id = entry.runtime_data, subentry.subentry_id
    stored = data.stored.setdefault(room_id, StoredRoom())
    restarted = subentry.data.get(CONF_START_ANEW, ())
    fit_channels(stored, sources, promise_days_of(entry), restarted, data.clock)
    stored.keep_years(keep=keeps_years(entry))
    room = RoomCoordinator(hass, entry, subentry, sources=sources, stored=stored)
    room.async_configure(sources, taken, subentry.title)
    data.rooms[room_id] = room
    return room


def fit_channels(
    room: StoredRoom,
    sources: Sources,
    promise_days: int,
    restarted: Collection[str],
    clock: Clock,
) -> None:
    """Give each source a channel, and set the ledgers of gone and replaced sources aside.

    A source that is added to a paused room is paused too. `restarted` are the pollutants that
    start again with an empty ledger.
    """
    now = clock.at
    paused = bool(room.channels) and all(channel.paused for channel in room.channels.values())
    for pollutant in [
        pollutant
        for pollutant in room.channels
        if pollutant not in sources or pollutant in restarted
    ]:
        room.retire(pollutant, now)
    for pollutant in sources:
        if pollutant not in room.channels:
            channel = Channel(POLLUTANTS[pollutant], dt_util.get_default_time_zone(), promise_days)
            channel.paused = paused
            room.channels[pollutant] = channel
    room.date_back_retired(now)
    room.drop_retired(now - clock.slack_s)
