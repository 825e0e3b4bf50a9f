"""Apply changed settings to what runs: only the difference, and no entity becomes unavailable.

Whatever changes a setting asks for a round: a person at once, a registry (a sensor was renamed or
moved, an area renamed) when it has come to rest. The round compares what is configured with what
runs, changes the rooms that differ, and then tells the other listeners once, by
`SIGNAL_ROOMS_CHANGED`. Nothing needs a reload.
"""

import asyncio
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from datetime import datetime

from homeassistant.config_entries import ConfigEntry, ConfigEntryState, ConfigSubentry
from homeassistant.core import CALLBACK_TYPE, Event, HomeAssistant, callback
from homeassistant.helpers import (
    area_registry as ar,
    device_registry as dr,
    entity_registry as er,
)
from homeassistant.helpers.dispatcher import async_dispatcher_send
from homeassistant.helpers.event import async_call_later
from homeassistant.util import dt as dt_util

from ..const import (
    CONF_HISTORY,
    CONF_ONLY_90_DAYS,
    CONF_OUTDOOR_PM25,
    CONF_OUTDOOR_TEMPERATURE,
    CONF_PLACES,
    CONF_START_ANEW,
    CONF_WINDOWS,
    DOMAIN,
    LOGGER,
    SIGNAL_ROOMS_CHANGED,
    SUBENTRY_ROOM,
)
from ..coordinator import AirBaselineConfigEntry, RoomCoordinator
from ..core.channel import Channel
from ..core.pollutant import Pollutant
from ..inputs.claims import Taken
from ..inputs.places import present_place
from ..inputs.promise import promise_days_of
from ..inputs.room_config import RoomDataError, RoomSource, checked_sources
from .opening import Sources, async_open_room, fit_channels, keeps_years, taken_in
from .renames import (
    area_names,
    async_find_renamed,
    async_rename_with_areas,
    followed_ids,
)
from .rooms import in_turn

SETTLE_S = 1.0  # Seconds without a change, by judgement: renames of a device come in a burst.
LONGEST_WAIT_S = 10.0  # Seconds, by judgement: changes that never stop must not stop the rounds.

_OF_HOME = (CONF_OUTDOOR_PM25, CONF_OUTDOOR_TEMPERATURE, CONF_ONLY_90_DAYS)


@dataclass(frozen=True, slots=True, kw_only=True)
class RoomSettings:
    """All of a room's settings that something running depends on.

    `places` are the areas in which its sources are, by entity id, `known_places` those in which
    they belong.
    """

    title: str
    sources: Mapping[Pollutant, RoomSource]
    taken: Taken
    windows: tuple[str, ...]
    history: bool
    places: Mapping[str, str | None]
    known_places: Mapping[str, str]


async def async_open_rooms(
    hass: HomeAssistant, entry: AirBaselineConfigEntry, readable: Mapping[str, Sources]
) -> None:
    """Set up the rooms whose settings can be read, with their sources; they do not listen yet."""
    data = entry.runtime_data
    taken = taken_in(entry, readable)
    async for room_id, sources in in_turn(readable):
        if room_id not in entry.subentries:
            continue  # It was removed meanwhile.
        if data.damage.damaged:
            known = data.stored[room_id].channels
            gone = {(room_id, pollutant.value) for pollutant in sources if pollutant not in known}
            data.damage.lost += sorted(gone.difference(data.damage.lost))
        async_open_room(hass, entry, entry.subentries[room_id], sources, taken[room_id])
    async_forget_gone_pollutants(hass, entry, readable)


@callback
def async_forget_gone_pollutants(
    hass: HomeAssistant, entry: AirBaselineConfigEntry, rooms: Mapping[str, Sources]
) -> None:
    """Remove the entities of pollutants that these rooms do not measure."""
    registry = er.async_get(hass)
    gone = tuple(
        f"{room_id}_{pollutant}_"
        for room_id, sources in rooms.items()
        for pollutant in Pollutant
        if pollutant not in sources
    )
    for known in er.async_entries_for_config_entry(registry, entry.entry_id):
        if known.unique_id.startswith(gone):
            registry.async_remove(known.entity_id)


async def async_clear_requests(hass: HomeAssistant, entry: AirBaselineConfigEntry) -> None:
    """Clear the requests to start again after saving what they did, in case of a power cut."""
    rooms = [room.subentry for room in entry.runtime_data.rooms.values()]
    requesting = [room for room in rooms if CONF_START_ANEW in room.data]
    if requesting:
        await entry.runtime_data.store.async_save()
    for room in requesting:
        if room.subentry_id in entry.subentries:  # It can go while the disk takes its time.
            data = {key: value for key, value in room.data.items() if key != CONF_START_ANEW}
            hass.config_entries.async_update_subentry(entry, room, data=data)


class SettingsListener:
    """Follows the settings of a home from before its rooms are set up."""

    def __init__(self, hass: HomeAssistant, entry: AirBaselineConfigEntry) -> None:
        """Take what is configured now as what runs: the rooms are about to be set up."""
        self._hass = hass
        self._entry = entry
        self._data = entry.runtime_data
        self._running = self._rooms()
        self._home = self._of_home()
        self._areas = area_names(hass)
        self._followed = followed_ids(entry)
        self._since = 0.0  # Time of the loop at the first change of a registry that still waits.
        self._timer: CALLBACK_TYPE | None = None
        self._busy = asyncio.Lock()
        self._pending = False
        self._own = False  # Whether this listener changes the settings itself.
        self._unsubscribes: list[CALLBACK_TYPE] = []

    @property
    def sources(self) -> Mapping[str, Sources]:
        """Return the sources of the rooms that run, or are about to."""
        return {room_id: room.sources for room_id, room in self._running.items()}

    @callback
    def async_start(self) -> CALLBACK_TYPE:
        """Start listening, with a round for what changed during set-up; return what ends it."""
        listen = self._hass.bus.async_listen
        self._unsubscribes = [
            self._entry.add_update_listener(self._async_updated),
            listen(er.EVENT_ENTITY_REGISTRY_UPDATED, self._async_entity_changed),
            listen(dr.EVENT_DEVICE_REGISTRY_UPDATED, self._async_device_changed),
            listen(ar.EVENT_AREA_REGISTRY_UPDATED, self._async_area_changed),
        ]
        self._entry.async_create_task(self._hass, self._async_round(), f"{DOMAIN} settings")
        return self._async_stop

    @callback
    def _async_stop(self) -> None:
        while self._unsubscribes:
            self._unsubscribes.pop()()
        if self._timer is not None:
            self._timer()
            self._timer = None

    async def _async_updated(self, _hass: HomeAssistant, _entry: ConfigEntry) -> None:
        """Apply at once what a person changed."""
        if not self._own:
            await self._entry.async_create_task(
                self._hass, self._async_round(), f"{DOMAIN} settings"
            )

    @callback
    def _async_entity_changed(self, event: Event[er.EventEntityRegistryUpdatedData]) -> None:
        """Ask for a round if this is about a source, under its present or its former entity id."""
        entity_id = event.data["entity_id"]
        entity = er.async_get(self._hass).async_get(entity_id)
        if not self._followed.isdisjoint((entity_id, entity.id if entity else entity_id)):
            self._async_follow()
            self._async_due()

    @callback
    def _async_device_changed(self, event: Event[dr.EventDeviceRegistryUpdatedData]) -> None:
        if event.data["action"] == "update" and "area_id" in event.data["changes"]:
            self._async_due()

    @callback
    def _async_area_changed(self, _event: Event[ar.EventAreaRegistryUpdatedData]) -> None:
        self._async_follow()
        self._async_due()

    @callback
    def _async_due(self) -> None:
        """Run a round once no registry has changed for a moment: many renames are one round."""
        now = self._hass.loop.time()
        if self._timer is None:
            self._since = now
        else:
            self._timer()
        wait_s = max(0.0, min(SETTLE_S, self._since + LONGEST_WAIT_S - now))
        self._timer = async_call_later(self._hass, wait_s, self._async_settled)

    async def _async_settled(self, _now: datetime) -> None:
        self._timer = None
        await self._entry.async_create_task(self._hass, self._async_round(), f"{DOMAIN} settings")

    async def _async_round(self) -> None:
        """Run one round for all that changes in one go, one after the other, until stopped."""
        if self._pending:
            return
        self._pending = True
        await asyncio.sleep(0)
        async with self._busy:
            self._pending = False
            if self._runs():
                await self._async_run()

    def _runs(self) -> bool:
        """Tell whether the entry runs.

        One that unloads closes all rooms and saves a last time: nothing may be opened after that,
        and a later save would be of an older state than that of the next run.
        """
        return bool(self._unsubscribes) and self._entry.state is ConfigEntryState.LOADED

    @callback
    def _async_follow(self) -> None:
        """Let the settings follow sources and areas that were renamed."""
        self._own = True
        async_find_renamed(self._hass, self._entry)
        async_rename_with_areas(self._hass, self._entry, self._areas)
        self._areas = area_names(self._hass)
        self._followed = followed_ids(self._entry)
        self._own = False

    async def _async_run(self) -> None:
        """Run a round. Everything up to the signal happens at once."""
        self._async_follow()
        wanted, home = self._rooms(), self._of_home()
        restarted = [room for room in wanted if CONF_START_ANEW in self._subentry(room).data]
        gone = [room for room in self._data.stored if room not in self._entry.subentries]
        same = wanted == self._running and home == self._home
        if same and not restarted and not gone and not any(self._behind()):
            return
        for room_id in gone:
            self._async_close(room_id)
        sources = {room_id: room.sources for room_id, room in wanted.items()}
        async_forget_gone_pollutants(self._hass, self._entry, sources)
        opened = [
            room
            for room_id, settings in wanted.items()
            if (room := self._async_apply(room_id, settings)) is not None
        ]
        # What stays the same stays one object, however often settings change.
        self._running = {
            room_id: before if (before := self._running.get(room_id)) == settings else settings
            for room_id, settings in wanted.items()
        }
        self._home = home
        async_dispatcher_send(self._hass, SIGNAL_ROOMS_CHANGED)
        for room in opened:
            room.async_start()
        forgotten = self._follow_years()
        await self._async_keep_promise()
        await async_clear_requests(self._hass, self._entry)
        if gone:
            await self._data.store.async_forget_gone()
        if forgotten:
            await self._data.store.async_forget_years()
        if self._runs():
            self._data.store.async_save_soon()

    @callback
    def _async_close(self, room_id: str) -> None:
        del self._data.stored[room_id]
        if room_id in self._data.unreadable:
            self._data.unreadable.remove(room_id)
        if (room := self._data.rooms.pop(room_id, None)) is not None:
            room.async_stop()

    def _follow_years(self) -> bool:
        """Begin to keep years, or forget them; tell whether they were forgotten just now."""
        keep = keeps_years(self._entry)
        channels = [one for room in self._data.stored.values() for one in room.channels.values()]
        forgotten = not keep and any(channel.keeps_year for channel in channels)
        for room in self._data.stored.values():
            room.keep_years(keep=keep)
        return forgotten

    async def _async_keep_promise(self) -> None:
        """Write today's alert levels again where each sensor may give fewer or more alerts now.

        With a budget of the home, that is everywhere as soon as a sensor is added or removed. A
        home that stops meanwhile does the rest when it starts.
        """
        for room, channel in tuple(self._behind()):
            if not self._runs():
                return
            with room.guarded():
                channel.adopt_promise(dt_util.utcnow().timestamp(), promise_days_of(self._entry))
                room.async_show()
            await asyncio.sleep(0)  # Each takes some milliseconds, and many rooms can be behind.

    def _behind(self) -> Iterator[tuple[RoomCoordinator, Channel]]:
        """Yield the channels that still keep another promise, with their rooms."""
        days = promise_days_of(self._entry)
        for room in self._data.rooms.values():
            for channel in room.channels.values():
                if channel.promise_days != days:
                    yield room, channel

    @callback
    def _async_apply(self, room_id: str, settings: RoomSettings) -> RoomCoordinator | None:
        """Change a room if its settings differ from what runs; return it if it is new."""
        subentry, room = self._subentry(room_id), self._data.rooms.get(room_id)
        if room is None:
            return async_open_room(
                self._hass, self._entry, subentry, settings.sources, settings.taken
            )
        restarted = subentry.data.get(CONF_START_ANEW, ())
        if restarted or settings != self._running.get(room_id):
            days, clock = promise_days_of(self._entry), self._data.clock
            with room.guarded():
                fit_channels(room.stored, settings.sources, days, restarted, clock)
                room.stored.keep_years(keep=keeps_years(self._entry))
            room.async_configure(settings.sources, settings.taken, settings.title)
            self._async_rename_device(room_id, settings.title)
        return None

    @callback
    def _async_rename_device(self, room_id: str, title: str) -> None:
        """Give a room's device its name; the names of the entities follow."""
        devices = dr.async_get(self._hass)
        device = devices.async_get_device_by_identifier((DOMAIN, room_id), self._entry.entry_id)
        if device is not None and device.name != title:
            devices.async_update_device(device.id, name=title)

    def _rooms(self) -> dict[str, RoomSettings]:
        """Return the settings of the rooms that can be read."""
        readable = _readable_rooms(self._entry)
        taken = taken_in(self._entry, readable)
        return {
            room_id: RoomSettings(
                title=self._subentry(room_id).title,
                sources=sources,
                taken=taken[room_id],
                windows=tuple(self._subentry(room_id).data.get(CONF_WINDOWS, ())),
                history=self._subentry(room_id).data.get(CONF_HISTORY, False),
                places={
                    source.entity_id: present_place(self._hass, source.entity_id)
                    for source in sources.values()
                },
                known_places=dict(self._subentry(room_id).data.get(CONF_PLACES, {})),
            )
            for room_id, sources in readable.items()
        }

    def _of_home(self) -> tuple[object, ...]:
        return tuple(self._entry.options.get(key) for key in _OF_HOME)

    def _subentry(self, room_id: str) -> ConfigSubentry:
        return self._entry.subentries[room_id]


def _readable_rooms(entry: AirBaselineConfigEntry) -> dict[str, Sources]:
    """Return the sources of the rooms whose settings can be read, and note the other rooms.

    A room that runs goes on as it is while its settings cannot be read.
    """
    unreadable, readable = entry.runtime_data.unreadable, dict[str, Sources]()
    for room in entry.get_subentries_of_type(SUBENTRY_ROOM):
        try:
            readable[room.subentry_id] = checked_sources(room.data)
        except RoomDataError as error:
            if room.subentry_id not in unreadable:
                LOGGER.error("The settings of %s cannot be read: %s", room.title, error)
                unreadable.append(room.subentry_id)
            continue
        if room.subentry_id in unreadable:
            unreadable.remove(room.subentry_id)
    return readable
