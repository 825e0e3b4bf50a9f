"""One room: listens to its sources, feeds the core and publishes what the core returns.

The file is a little long because all of this needs the state of the room and its guard.
"""

from asyncio import CancelledError
from collections.abc import Callable, Iterable, Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass
from logging import INFO, WARNING
from typing import override

from homeassistant.config_entries import ConfigEntry, ConfigSubentry
from homeassistant.const import EVENT_CORE_CONFIG_UPDATE, Platform
from homeassistant.core import (
    CALLBACK_TYPE,
    Event,
    EventStateChangedData,
    EventStateReportedData,
    HomeAssistant,
    State,
    callback,
)
from homeassistant.exceptions import ServiceValidationError
from homeassistant.helpers import entity_registry as er
from homeassistant.helpers.dispatcher import async_dispatcher_send
from homeassistant.helpers.event import (
    async_track_state_change_event,
    async_track_state_report_event,
)
from homeassistant.helpers.update_coordinator import DataUpdateCoordinator
from homeassistant.util import dt as dt_util

from .clock import Clock
from .const import CONF_REGISTERED, DOMAIN, LOGGER, PLATFORMS, SIGNAL_ROOMS_CHANGED
from .core.alerting.judgement import Judgement
from .core.channel import Channel
from .core.codes import LearningState, Refused
from .core.event import Event as ChannelEvent
from .core.explaining.view import EntityView, view
from .core.ledger.entries import Trouble
from .core.pollutant import POLLUTANTS, Pollutant, plain_number
from .core.reading.binning import Bin
from .inputs.claims import Taken
from .inputs.life import alive_at
from .inputs.readings import UnitChangedError, concentration
from .inputs.room_config import RoomSource
from .inputs.source_log import source_log
from .inputs.source_watch import SourceWatch
from .storage.rooms import Loaded, StoredRoom
from .storage.store import LedgerStore, NotSavedError

type RoomView = Mapping[Pollutant, EntityView]
type EventListener = Callable[[Pollutant, ChannelEvent], None]
type BinListener = Callable[[Pollutant, Bin], None]
type AirBaselineConfigEntry = ConfigEntry[AirBaselineData]


@dataclass(slots=True, kw_only=True)
class AirBaselineData:
    """What a loaded entry holds: clock, store, a coordinator per room, damage met on loading.

    `stored` are the rooms as they are saved, by id; a room that is left out because of unreadable
    settings is among them. `unreadable` lists the ids of those rooms. `platforms` are those that
    are set up.
    """

    clock: Clock
    store: LedgerStore
    stored: dict[str, StoredRoom]
    rooms: dict[str, RoomCoordinator]
    damage: Loaded
    unreadable: list[str]
    platforms: tuple[Platform, ...] = PLATFORMS


def loaded_rooms(hass: HomeAssistant) -> dict[str, RoomCoordinator]:
    """Return all rooms that are loaded, by their ids."""
    entries: list[AirBaselineConfigEntry] = hass.config_entries.async_loaded_entries(DOMAIN)
    return {
        room_id: room for entry in entries for room_id, room in entry.runtime_data.rooms.items()
    }


class RoomCoordinator(DataUpdateCoordinator[RoomView]):
    """Listens to the sources of one room, feeds its channels, publishes and saves."""

    config_entry: AirBaselineConfigEntry

    def __init__(
        self,
        hass: HomeAssistant,
        entry: AirBaselineConfigEntry,
        subentry: ConfigSubentry,
        *,
        sources: Mapping[Pollutant, RoomSource],
        stored: StoredRoom,
    ) -> None:
        """Take over what is stored of the room; it has a channel for each source."""
        super().__init__(
            hass, LOGGER, config_entry=entry, name=f"{DOMAIN} {subentry.title}", always_update=False
        )
        self.subentry = subentry
        self.sources = sources
        self.taken: Taken = {}  # A source in it is not listened to: somebody else has it.
        self.stored = stored
        self.stopped = False  # For good: a room that is opened again gets another coordinator.
        self.unit_problem: dict[Pollutant, str | None] = {}  # None: the unit is known and right.
        self.watches = {pollutant: SourceWatch() for pollutant in self.sources}
        self._published_trouble: object = None
        self._logged_failure: tuple[type[Exception], str] | None = None
        self._failed = False  # Since the last round of the clock.
        self._started = False
        self._store = entry.runtime_data.store
        self._clock = entry.runtime_data.clock
        self._heard: dict[Pollutant, tuple[str, Channel]] = {}
        self._pollutants: dict[str, Pollutant] = {}  # Those that are heard, by entity id.
        self._registered: Mapping[str, str] = {}  # Their ids in the registry, by entity id.
        self._event_listeners: list[EventListener] = []
        self._bin_listeners: list[BinListener] = []
        self._unsubscribes: list[CALLBACK_TYPE] = []
        self.data = {}
        with self.guarded():
            self.data = self._view(dt_util.utcnow().timestamp())

    @property
    def channels(self) -> dict[Pollutant, Channel]:
        """Return the channels of the room."""
        return self.stored.channels

    @contextmanager
    def guarded(self) -> Iterator[None]:
        """Confine a failure to this room: only its entities become unavailable.

        They are available again after a round of the clock before which nothing failed since the
        last one: a round alone does not prove that readings work. The same failure is logged
        once, because every reading can repeat it.
        """
        try:
            yield
        except Exception as error:  # noqa: BLE001 - whatever it is, other rooms go on
            self._failed = True
            failure = type(error), str(error)
            if failure != self._logged_failure:
                self._logged_failure = failure
                LOGGER.exception("%s has failed; other rooms continue", self.name)
            if self.last_update_success:
                self.last_exception, self.last_update_success = error, False
                self.async_update_listeners()

    @callback
    def async_start(self) -> CALLBACK_TYPE:
        """Start listening; return a function that stops it."""
        self._started = True
        with self.guarded():
            self._async_listen()
        self.async_pass_time(dt_util.utcnow().timestamp())
        return self.async_stop

    @callback
    def async_configure(
        self, sources: Mapping[Pollutant, RoomSource], taken: Taken, title: str
    ) -> None:
        """Follow changed settings; a source that stays the same is not disturbed.

        The stored room has a channel for each source already.
        """
        now = dt_util.utcnow().timestamp()
        self.name, self.sources, self.taken = f"{DOMAIN} {title}", sources, taken
        with self.guarded():
            self._async_mistrust_clock()
            self.data = {
                pollutant: self.data.get(pollutant) or view(channel, now)
                for pollutant, channel in self.channels.items()
            }
            for pollutant, channel in self.channels.items():
                channel.wait(now, waiting=pollutant in taken)
            if self._unsubscribes:
                self._async_unlisten()
                self._async_listen()
                self._async_report_events()
            self._async_publish(now)
            self.async_update_listeners()  # The unit of a source is no part of a view.

    @callback
    def _async_mistrust_clock(self) -> None:
        """Let channels that are new know that the clock is wrong, if it is."""
        for channel in self.channels.values() if self._clock.wrong else ():
            channel.mistrust_clock()

    @callback
    def async_follow_clock(self, moved_s: float) -> None:
        """Show that the clock is wrong, or continue because it is right: see what holds now.

        `moved_s` is by how many seconds it was set forward (backward if negative) to be right.
        """
        with self.guarded():
            self._async_mistrust_clock()
            if self._clock.wrong is None:
                for channel in self.channels.values():
                    channel.clock_wrong = False
                self._async_find(moved_s)
            self._async_report_events()
            self._async_publish(self._clock.at)

    @callback
    def _async_find(self, moved_s: float) -> None:
        """Take the present states of the sources, which were reported while time was wrong."""
        now = dt_util.utcnow().timestamp()
        for entity_id, channel in self._heard.values() if self._unsubscribes else ():
            channel.advance(now)
            state = self.hass.states.get(entity_id)
            stamp = state.last_reported_timestamp if state is not None else now
            true = stamp + moved_s if stamp + moved_s <= now else stamp
            self._ingest(entity_id, state, now, min(true, now))

    @callback
    def _async_listen(self) -> None:
        """Listen to the sources; take the present state of those that were not heard before."""
        before = self._heard
        self._heard = {
            pollutant: (source.entity_id, self.channels[pollutant])
            for pollutant, source in self.sources.items()
            if pollutant not in self.taken
        }
        self._pollutants = {heard[0]: pollutant for pollutant, heard in self._heard.items()}
        self._registered = self.subentry.data.get(CONF_REGISTERED, {})
        now = dt_util.utcnow().timestamp()
        for pollutant in [known for known in before if before[known] != self._heard.get(known)]:
            self.unit_problem.pop(pollutant, None)
            self.watches.pop(pollutant, None)
            if pollutant in self.channels:
                self.channels[pollutant].binner.forget_cadence()
        for pollutant in self.channels:
            self.watches.setdefault(pollutant, SourceWatch())
        entity_ids = list(self._pollutants)
        self._unsubscribes = [
            async_track_state_change_event(self.hass, entity_ids, self._async_changed),
            async_track_state_report_event(self.hass, entity_ids, self._async_reported),
            self.hass.bus.async_listen(EVENT_CORE_CONFIG_UPDATE, self._async_zone_changed),
        ]
        for pollutant, heard in self._heard.items():
            state = self.hass.states.get(heard[0])
            if heard == before.get(pollutant) or (state is None and pollutant not in before):
                continue
            # After the clock was set back, an older state can seem to be from the future.
            reported_at = min(state.last_reported_timestamp, now) if state is not None else now
            self._ingest(heard[0], state, now, reported_at)

    @callback
    def _async_unlisten(self) -> None:
        while self._unsubscribes:
            self._unsubscribes.pop()()

    @callback
    def async_stop(self) -> None:
        """Stop listening; a second call does nothing."""
        self.stopped = True
        self._async_unlisten()

    @callback
    def async_add_event_listener(self, listener: EventListener) -> CALLBACK_TYPE:
        """Call a listener with each event of a channel; return a function that removes it."""
        self._event_listeners.append(listener)
        return lambda: self._event_listeners.remove(listener)

    @callback
    def async_add_bin_listener(self, listener: BinListener) -> CALLBACK_TYPE:
        """Call a listener with each closed bin; return a function that removes it."""
        self._bin_listeners.append(listener)
        return lambda: self._bin_listeners.remove(listener)

    @callback
    def async_check_clock(self) -> None:
        """Raise a translated ServiceValidationError while the clock is wrong."""
        self._clock.async_look()
        if any(channel.clock_wrong for channel in self.channels.values()):
            raise ServiceValidationError(translation_domain=DOMAIN, translation_key="clock_wrong")

    async def async_correct(self, act: Callable[[float], None]) -> None:
        """Call `act` with the present POSIX time, publish, and save before returning.

        Raises NotSavedError if saving failed; the correction is in force anyway. A save that
        failed or was cut short is due still. Raises a translated ServiceValidationError if the
        room has stopped, since its last save may be over, and while the clock is wrong.
        """
        if self.stopped:
            raise ServiceValidationError(translation_domain=DOMAIN, translation_key="interrupted")
        self.async_check_clock()
        now = dt_util.utcnow().timestamp()
        try:
            act(now)
        finally:
            self._async_report_events()
            self._async_publish(now)
        try:
            await self._store.async_save_or_raise()
        except NotSavedError, CancelledError:
            self.async_schedule_save()
            raise

    @callback
    def async_show(self) -> None:
        """Publish the present view."""
        self._async_publish(dt_util.utcnow().timestamp())

    @callback
    def async_schedule_save(self) -> None:
        """Save the room within 15 minutes, unless it has stopped: the last save is over then."""
        if not self.stopped:
            self._store.async_schedule_save()

    @override
    async def _async_update_data(self) -> RoomView:
        """Return the present view when Home Assistant is asked for an update."""
        return self._view(dt_util.utcnow().timestamp())

    @callback
    def _async_changed(self, event: Event[EventStateChangedData]) -> None:
        entity_id, new = event.data["entity_id"], event.data["new_state"]
        if new is None and self.async_is_renamed(entity_id):
            return  # Its value holds: the settings follow it within a second or so.
        at = new.last_updated_timestamp if new else event.time_fired_timestamp
        self._ingest(entity_id, new, at)

    @callback
    def _async_reported(self, event: Event[EventStateReportedData]) -> None:
        at = event.data["last_reported"].timestamp()
        self._ingest(event.data["entity_id"], event.data["new_state"], at)

    @callback
    def async_is_renamed(self, entity_id: str) -> bool:
        """Tell whether an entity that is gone has another entity id now."""
        entity = er.async_get(self.hass).entities.get_entry(self._registered.get(entity_id, ""))
        return entity is not None and entity.entity_id != entity_id

    @callback
    def async_advance(self, pollutant: Pollutant, now: float) -> None:
        """Let time pass for one pollutant; `async_pass_time` reports and publishes the result."""
        if self._unsubscribes and pollutant in self.channels:
            with self.guarded():
                self._advance(pollutant, now)

    def _advance(self, pollutant: Pollutant, now: float) -> None:
        channel = self.channels[pollutant]
        if (at := alive_at(self.hass, self.sources[pollutant].entity_id)) is not None:
            channel.show_life(min(at, now))
        self._async_report_bins(pollutant, channel.advance(now))

    @callback
    def async_pass_time(self, now: float) -> None:
        """Let time pass to a POSIX time, report and publish; do nothing once stopped."""
        if self.stopped or not self._started:
            return
        worked, self._failed = not self._failed, False
        with self.guarded():
            if not self._unsubscribes:
                self._async_listen()  # It has failed before.
            for pollutant in self.channels:
                self._advance(pollutant, now)
            self._async_report_events()
            self._async_publish(now, works_again=worked)
        source_log(self.hass).async_flush(now)
        if self._clock.wrong is None:
            self.async_schedule_save()

    @callback
    def _async_zone_changed(self, _event: Event) -> None:
        zone, now = dt_util.get_default_time_zone(), dt_util.utcnow().timestamp()
        with self.guarded():
            for channel in self.channels.values():
                channel.surroundings.latitude = self.hass.config.latitude
                if channel.zone == zone:
                    continue
                channel.move(now, zone)
                for mean in channel.surroundings.known():
                    mean.zone = zone
            self._async_report_events()
            self._async_publish(now)
        self.async_schedule_save()

    @callback
    def _ingest(
        self, entity_id: str, state: State | None, at: float, reported_at: float | None = None
    ) -> None:
        """Feed one state to its channel; publish if it closed a bin.

        `reported_at` is the time of a state that was there already when the room began to listen.
        """
        with self.guarded():
            pollutant = self._pollutants[entity_id]
            channel = self.channels[pollutant]
            at = min(at, self._clock.async_look())
            if channel.clock_wrong:
                return
            reported = self._concentration(pollutant, state, at)
            if not reported:
                judgements = channel.lose(at)
            elif reported_at is None:
                judgements = channel.read(at, *reported)
            else:
                judgements = channel.find(at, *reported, reported_at)
            if reported:
                self._async_note(pollutant, at, channel.refused)
            self._async_report_bins(pollutant, judgements)
            if judgements or self.data[pollutant].state is LearningState.NO_SOURCE:
                self._async_report_events()
                self._async_publish(at)

    @callback
    def _concentration(
        self, pollutant: Pollutant, state: State | None, at: float
    ) -> tuple[float, float] | None:
        """Return the value of a state (base unit) and the factor of its unit; note a wrong one."""
        try:
            return concentration(state, POLLUTANTS[pollutant])
        except UnitChangedError as error:
            news = self.watches[pollutant].take(at, Trouble.UNIT_CHANGED)
            if news or self.unit_problem.get(pollutant) != error.unit:
                self._log(
                    WARNING,
                    pollutant,
                    Trouble.UNIT_CHANGED,
                    f"reports in {error.unit!r}, not in a unit of {pollutant.value}; learning "
                    "stops until that changes",
                )
            self.unit_problem[pollutant] = error.unit
            return None

    @callback
    def _async_note(self, pollutant: Pollutant, at: float, refused: Refused | None) -> None:
        """Note whether a reading in a unit of the pollutant was refused."""
        watch, trouble = self.watches[pollutant], None
        if refused is not None:
            trouble = Trouble.ABOVE_SPAN if refused is Refused.UNIT else Trouble.IMPLAUSIBLE
        if watch.take(at, trouble) and trouble is Trouble.ABOVE_SPAN:
            spec = POLLUTANTS[pollutant]
            end = f"{plain_number(spec.highest)} {spec.unit}".strip()
            text = f"reports more than {end}; its unit is probably wrong, so nothing is learned"
            self._log(WARNING, pollutant, trouble, text)
        if not watch.has(Trouble.UNIT_CHANGED):
            self.unit_problem[pollutant] = None

    @callback
    def _log(self, level: int, pollutant: Pollutant, kind: str, text: str) -> None:
        source = self.sources[pollutant].entity_id
        source_log(self.hass).async_log(level, kind, source, f"{source} {text}")

    @callback
    def _async_report_bins(self, pollutant: Pollutant, judgements: Iterable[Judgement]) -> None:
        if not self._bin_listeners:
            return
        for bin_ in (judgement.bin for judgement in judgements if judgement.bin is not None):
            for listener in tuple(self._bin_listeners):
                listener(pollutant, bin_)

    @callback
    def _async_report_events(self) -> None:
        """Report events, and save soon: they must not be reported again after a power cut."""
        events = [
            (pollutant, event)
            for pollutant, channel in self.channels.items()
            for event in channel.take_events()
        ]
        if events and not self.stopped:
            self._store.async_save_soon()
        for pollutant, event in events:
            for listener in tuple(self._event_listeners):
                listener(pollutant, event)

    @callback
    def _async_publish(self, now: float, *, works_again: bool = False) -> None:
        """Publish the view; a room that has failed stays unavailable until it works again."""
        views, trouble = self._view(now), self._trouble()
        if not (self.last_update_success or works_again):
            return
        unchanged = views == self.data and trouble == self._published_trouble
        if unchanged and self.last_update_success:
            return
        self._published_trouble = trouble
        for pollutant, shown in views.items():
            if pollutant in self.taken:
                continue  # It was not listened to.
            if pollutant in self.data:
                self._log_source(pollutant, before=self.data[pollutant].state, now=shown.state)
        recovered = not self.last_update_success
        self.async_set_updated_data(views)
        if recovered:
            LOGGER.info("%s works again", self.name)
            # What could not be added or read of the room while it had failed is looked for again.
            async_dispatcher_send(self.hass, SIGNAL_ROOMS_CHANGED)

    @callback
    def _log_source(
        self, pollutant: Pollutant, *, before: LearningState, now: LearningState
    ) -> None:
        lost = now is LearningState.NO_SOURCE
        if lost != (before is LearningState.NO_SOURCE):
            status = "has sent no reading for a day" if lost else "sends readings"
            self._log(INFO, pollutant, "state", status)

    def _trouble(self) -> object:
        """Return what keeps sources from being learned from; repairs show it, views do not."""
        return [
            (
                self.unit_problem.get(pollutant),
                channel.health.stuck,
                *self.watches[pollutant].found(),
            )
            for pollutant, channel in self.channels.items()
        ]

    def _view(self, now: float) -> RoomView:
        return {pollutant: view(channel, now) for pollutant, channel in self.channels.items()}
