"""Air Baseline: what is usual for the air in each room, and how certain that is."""

from datetime import datetime, timedelta

from homeassistant.core import CALLBACK_TYPE, HomeAssistant, callback
from homeassistant.exceptions import ConfigEntryError, ConfigEntryNotReady
from homeassistant.helpers import config_validation as cv, device_registry as dr
from homeassistant.helpers.event import async_track_time_interval
from homeassistant.helpers.translation import async_get_translations
from homeassistant.helpers.typing import ConfigType
from homeassistant.util import dt as dt_util

from .answering import async_register_question_command
from .card.register import async_load_module, async_serve_modules
from .card.websocket import async_register_commands
from .clock import Clock
from .const import DOMAIN, ENTRY_VERSION, SUBENTRY_ROOM
from .coordinator import AirBaselineConfigEntry, AirBaselineData
from .home_history.backfill import async_backfill
from .home_history.first_fill import async_fill_years
from .home_history.look_back import async_follow_new_rooms, async_look_back
from .home_history.range_statistics import async_remove_bands, async_write_range_statistics
from .home_history.recorder import async_newest_record
from .inputs.promise import promise_days_of
from .issues.clock import async_report_clock
from .issues.lifecycle import (
    async_clear_issues,
    async_forget_issues,
    async_report_newer_store,
    async_watch_issues,
)
from .listeners.clock_steps import ClockFollower, async_begin_with_clock
from .listeners.opening import keeps_years
from .listeners.other_rooms import async_watch_other_rooms
from .listeners.renames import async_find_renamed
from .listeners.rooms import async_let_time_pass, in_turn
from .listeners.settings import SettingsListener, async_clear_requests, async_open_rooms
from .listeners.surroundings import async_listen_to_surroundings
from .services import async_register_actions
from .storage.ha_store import NewerStoreError, UnreadableStoreError
from .storage.rooms import StoredRoom
from .storage.store import LedgerStore

CONFIG_SCHEMA = cv.config_entry_only_config_schema(DOMAIN)
GOOD_COPY_CHECK = timedelta(hours=1)  # How often the daily copy is checked for, by judgement.


async def async_setup(hass: HomeAssistant, config: ConfigType) -> bool:
    """Register what does not depend on an entry: actions, commands and the modules of the card."""
    async_register_actions(hass)
    async_register_commands(hass)
    async_register_question_command(hass)
    await async_serve_modules(hass)
    for category in ("common", "entity"):  # What describes events cannot wait for them.
        await async_get_translations(hass, hass.config.language, category, [DOMAIN])
    return True


async def async_setup_entry(hass: HomeAssistant, entry: AirBaselineConfigEntry) -> bool:
    """Load the stored rooms and start listening in each of them."""
    async_find_renamed(hass, entry)
    stored: dict[str, StoredRoom] = {}
    store = LedgerStore(hass, lambda: stored)
    entry.async_on_unload(store.async_close)
    rooms = [room.subentry_id for room in entry.get_subentries_of_type(SUBENTRY_ROOM)]
    try:
        zone = dt_util.get_default_time_zone()
        loaded = await store.async_load(
            zone, promise_days_of(entry), rooms, keeps_years=keeps_years(entry)
        )
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
        clock=Clock(hass, entry),
        store=store,
        stored=stored,
        rooms={},
        damage=loaded,
        unreadable=[],
    )
    stored.update({room_id: loaded.rooms.get(room_id) or StoredRoom() for room_id in rooms})
    settings = SettingsListener(hass, entry)
    recorded = await async_newest_record(hass, settings.sources)
    looked = await async_begin_with_clock(entry, recorded)
    await async_open_rooms(hass, entry, settings.sources)
    await async_clear_requests(hass, entry)
    await _async_set_up_platforms(hass, entry)
    entry.async_on_unload(ClockFollower(hass, entry, async_report_clock).async_start())
    async_report_clock(hass, entry, looked)
    for watch in (async_watch_issues, async_listen_to_surroundings, async_watch_other_rooms):
        entry.async_on_unload(watch(hass, entry))
    if data.clock.wrong is None:
        await store.async_drop_earlier(data.clock.at - data.clock.slack_s)
        if loaded.outdated:
            await store.async_forget_gone()
    for read in (async_backfill, async_fill_years):
        entry.async_on_unload(read(hass, entry))
    async for _, room_coordinator in in_turn(data.rooms):
        entry.async_on_unload(room_coordinator.async_start())
    await async_look_back(hass, entry)
    entry.async_on_unload(async_follow_new_rooms(hass, entry))
    entry.async_on_unload(async_let_time_pass(entry))
    entry.async_on_unload(async_write_range_statistics(hass, entry))
    entry.async_on_unload(data.clock.async_start())
    entry.async_on_unload(async_load_module(hass))
    entry.async_on_unload(settings.async_start())
    entry.async_on_unload(_async_keep_good_copies(hass, entry))
    return True


async def _async_set_up_platforms(hass: HomeAssistant, entry: AirBaselineConfigEntry) -> None:
    """Set up all platforms; none if the entry was disabled meanwhile, as Home Assistant does.

    Home Assistant 2026.9 could not unload what it has not set up.
    """
    if entry.disabled_by:
        entry.runtime_data.platforms = ()
    await hass.config_entries.async_forward_entry_setups(entry, entry.runtime_data.platforms)


@callback
def _async_keep_good_copies(hass: HomeAssistant, entry: AirBaselineConfigEntry) -> CALLBACK_TYPE:
    """Keep a good copy of the store each day while the clock is right; return what ends that."""
    data = entry.runtime_data

    async def keep(now: datetime) -> None:
        if data.clock.wrong is not None:
            return
        # The entry waits for it when it is unloaded: nothing is written after its removal.
        await entry.async_create_task(
            hass, data.store.async_keep_good(now.timestamp()), f"{DOMAIN} good copy"
        )

    return async_track_time_interval(hass, keep, GOOD_COPY_CHECK)


async def async_migrate_entry(hass: HomeAssistant, entry: AirBaselineConfigEntry) -> bool:
    """Give an older entry today's number; what it does not say is found when it is set up.

    Returns False for an entry of a version that this code does not know.
    """
    version, minor_version = ENTRY_VERSION
    if entry.version > version:
        return False
    if entry.minor_version < minor_version:
        hass.config_entries.async_update_entry(entry, minor_version=minor_version)
    return True


async def async_unload_entry(hass: HomeAssistant, entry: AirBaselineConfigEntry) -> bool:
    """Stop listening, and save what was learned since the last save."""
    unloaded = await hass.config_entries.async_unload_platforms(entry, entry.runtime_data.platforms)
    if unloaded:
        entry.runtime_data.clock.async_stop()
        for room in entry.runtime_data.rooms.values():
            room.async_stop()  # Readings after the save would be lost.
        await entry.runtime_data.store.async_save(whole=True)
        async_clear_issues(hass)
    return unloaded


async def async_remove_entry(hass: HomeAssistant, entry: AirBaselineConfigEntry) -> None:
    """Remove everything; the files come last because the disk can fail, but they come."""
    async_forget_issues(hass)
    try:
        await async_remove_bands(hass, entry)
    finally:
        await LedgerStore(hass, dict).async_remove()


async def async_remove_config_entry_device(
    hass: HomeAssistant, entry: AirBaselineConfigEntry, device: dr.DeviceEntry
) -> bool:
    """Allow removal of a device only if its room is gone."""
    return not any(
        domain == DOMAIN and key in entry.subentries for domain, key in device.identifiers
    )
