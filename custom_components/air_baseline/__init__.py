"""Air Baseline: what is usual for the air in each room, and how certain that is."""

from collections.abc import Collection
from datetime import datetime, timedelta

from homeassistant.config_entries import ConfigSubentry
from homeassistant.core import HomeAssistant
from homeassistant.exceptions import ConfigEntryError, ConfigEntryNotReady
from homeassistant.helpers import config_validation as cv, device_registry as dr
from homeassistant.helpers.event import async_track_time_interval
from homeassistant.helpers.typing import ConfigType
from homeassistant.util import dt as dt_util

from .card.register import async_load_module, async_serve_modules
from .card.websocket import async_register_commands
from .clock import Clock
from .const import CONF_PROMISE, CONF_START_ANEW, DOMAIN, LOGGER, PLATFORMS, SUBENTRY_ROOM
from .coordinator import AirBaselineConfigEntry, AirBaselineData, RoomCoordinator
from .core.alerting.promise import Promise
from .core.channel import Channel
from .core.pollutant import POLLUTANTS, Pollutant
from .entity import async_forget_gone_pollutants
from .home_history.backfill import async_backfill
from .home_history.look_back import async_look_back
from .home_history.range_statistics import async_remove_bands, async_write_range_statistics
from .inputs.room_config import RoomDataError, RoomSource, checked_sources
from .issues.lifecycle import (
    async_clear_issues,
    async_forget_issues,
    async_report_newer_store,
    async_watch_issues,
)
from .listeners.other_rooms import async_watch_other_rooms
from .listeners.renames import async_find_renamed, async_follow_areas, async_follow_sources
from .listeners.rooms import async_let_time_pass, in_turn
from .listeners.surroundings import async_listen_to_surroundings
from .services import async_register_actions
from .storage.rooms import NewerStoreError, StoredRoom
from .storage.store import LedgerStore, UnreadableStoreError

CONFIG_SCHEMA = cv.config_entry_only_config_schema(DOMAIN)
GOOD_COPY_CHECK = timedelta(hours=1)  # How often the daily copy is checked for, by judgement.


async def async_setup(hass: HomeAssistant, config: ConfigType) -> bool:
    """Register what does not depend on an entry: actions, commands and the modules of the card."""
    async_register_actions(hass)
    async_register_commands(hass)
    await async_serve_modules(hass)
    return True


async def async_setup_entry(hass: HomeAssistant, entry: AirBaselineConfigEntry) -> bool:
    """Load the stored rooms and start listening in each of them."""
    async_find_renamed(hass, entry)
    stored: dict[str, StoredRoom] = {}
    store = LedgerStore(hass, lambda: stored)
    promise = Promise(entry.options.get(CONF_PROMISE, Promise.MONTH))
    subentries = {room.subentry_id: room for room in entry.get_subentries_of_type(SUBENTRY_ROOM)}
    try:
        loaded = await store.async_load(dt_util.get_default_time_zone(), promise, subentries)
    except NewerStoreError as error:
        async_report_newer_store(hass)
        raise ConfigEntryError(translation_domain=DOMAIN, translation_key="store_newer") from error
    except UnreadableStoreError as error:
        raise ConfigEntryNotReady(
            translation_domain=DOMAIN,
            translation_key="store_unreadable",
            translation_placeholders={"error": str(error)},
        ) from error
    entry.runtime_data = data = AirBaselineData(
        clock=Clock(hass, entry), store=store, rooms={}, damage=loaded, unreadable=[]
    )
    async for room_id, room in in_turn(subentries):
        stored[room_id] = _open_room(hass, entry, room, promise)
    await _async_clear_requests(hass, entry)
    async_forget_gone_pollutants(hass, entry)
    await hass.config_entries.async_forward_entry_setups(entry, PLATFORMS)
    for watch in (async_watch_issues, async_listen_to_surroundings, async_watch_other_rooms):
        entry.async_on_unload(watch(hass, entry))
    if loaded.outdated:
        await store.async_forget_gone(dt_util.utcnow().timestamp())
    entry.async_on_unload(async_backfill(hass, entry))
    async for _, room_coordinator in in_turn(data.rooms):
        await async_look_back(hass, room_coordinator)
        entry.async_on_unload(room_coordinator.async_start())
    entry.async_on_unload(async_let_time_pass(entry))
    entry.async_on_unload(async_write_range_statistics(hass, entry))
    entry.async_on_unload(data.clock.async_start())
    entry.async_on_unload(async_load_module(hass))
    entry.async_on_unload(entry.add_update_listener(_async_reload))
    entry.async_on_unload(async_follow_sources(hass, entry))
    entry.async_on_unload(async_follow_areas(hass, entry))

    async def keep_good(now: datetime) -> None:
        await store.async_keep_good(now.timestamp())

    entry.async_on_unload(async_track_time_interval(hass, keep_good, GOOD_COPY_CHECK))
    return True


async def async_unload_entry(hass: HomeAssistant, entry: AirBaselineConfigEntry) -> bool:
    """Stop listening, and save what was learned since the last save."""
    unloaded = await hass.config_entries.async_unload_platforms(entry, PLATFORMS)
    if unloaded:
        entry.runtime_data.clock.async_stop()
        for room in entry.runtime_data.rooms.values():
            room.async_stop()  # Readings after the save would be lost.
        await entry.runtime_data.store.async_save()
        async_clear_issues(hass)
    return unloaded


async def async_remove_entry(hass: HomeAssistant, entry: AirBaselineConfigEntry) -> None:
    """Remove everything; the files come last because the disk can fail."""
    async_forget_issues(hass)
    await async_remove_bands(hass, entry)
    await LedgerStore(hass, dict).async_remove()


async def async_remove_config_entry_device(
    hass: HomeAssistant, entry: AirBaselineConfigEntry, device: dr.DeviceEntry
) -> bool:
    """Allow removal of a device only if its room is gone."""
    return not any(
        domain == DOMAIN and key in entry.subentries for domain, key in device.identifiers
    )


def _open_room(
    hass: HomeAssistant, entry: AirBaselineConfigEntry, subentry: ConfigSubentry, promise: Promise
) -> StoredRoom:
    """Return what is stored of a room, and set it up if its settings can be read."""
    data, key = entry.runtime_data, subentry.subentry_id
    room = data.damage.rooms.get(key) or StoredRoom()
    try:
        sources = checked_sources(subentry.data)
    except RoomDataError as error:
        LOGGER.error("The settings of %s cannot be read: %s", subentry.title, error)
        data.unreadable.append(key)
        return room
    if data.damage.damaged:
        gone = {(key, pollutant.value) for pollutant in sources if pollutant not in room.channels}
        data.damage.lost += sorted(gone.difference(data.damage.lost))
    _fit_channels(room, sources, promise, subentry.data.get(CONF_START_ANEW, ()))
    data.rooms[key] = RoomCoordinator(hass, entry, subentry, stored=room, store=data.store)
    return room


def _fit_channels(
    room: StoredRoom,
    sources: dict[Pollutant, RoomSource],
    promise: Promise,
    restarted: Collection[str],
) -> None:
    """Give each source a channel, and set the ledgers of gone and replaced sources aside.

    A source that is added to a paused room is paused too. `restarted` are the pollutants that
    start again with an empty ledger.
    """
    now = dt_util.utcnow().timestamp()
    paused = bool(room.channels) and all(channel.paused for channel in room.channels.values())
    for pollutant in [
        pollutant
        for pollutant in room.channels
        if pollutant not in sources or pollutant in restarted
    ]:
        room.retire(pollutant, now)
    for pollutant in sources:
        if pollutant not in room.channels:
            channel = Channel(POLLUTANTS[pollutant], dt_util.get_default_time_zone(), promise)
            channel.paused = paused
            room.channels[pollutant] = channel
    room.drop_retired(now)


async def _async_clear_requests(hass: HomeAssistant, entry: AirBaselineConfigEntry) -> None:
    """Clear the requests to start again after saving what they did, in case of a power cut."""
    rooms = [room.subentry for room in entry.runtime_data.rooms.values()]
    requesting = [room for room in rooms if CONF_START_ANEW in room.data]
    if requesting:
        await entry.runtime_data.store.async_save()
    for room in requesting:
        data = {key: value for key, value in room.data.items() if key != CONF_START_ANEW}
        hass.config_entries.async_update_subentry(entry, room, data=data)


async def _async_reload(hass: HomeAssistant, entry: AirBaselineConfigEntry) -> None:
    """Reload the entry after a room was added, changed or removed."""
    await hass.config_entries.async_reload(entry.entry_id)
