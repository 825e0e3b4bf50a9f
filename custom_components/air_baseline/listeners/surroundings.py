"""What explains air: outdoor sensors of the home and contacts of the rooms, each followed once."""

from collections.abc import Callable, Iterable, Mapping

from homeassistant.const import STATE_OFF, STATE_ON
from homeassistant.core import (
    CALLBACK_TYPE,
    Event,
    EventStateChangedData,
    EventStateReportedData,
    HomeAssistant,
    State,
    callback,
)
from homeassistant.helpers.dispatcher import async_dispatcher_connect
from homeassistant.helpers.event import (
    async_track_state_change_event,
    async_track_state_report_event,
)
from homeassistant.util import dt as dt_util

from ..clock import Phase, Round
from ..const import (
    CONF_OUTDOOR_PM25,
    CONF_OUTDOOR_TEMPERATURE,
    CONF_WINDOWS,
    SIGNAL_ROOMS_CHANGED,
)
from ..coordinator import AirBaselineConfigEntry
from ..core.reading.surroundings import SurroundingMean, Surroundings
from ..inputs.readings import celsius, outdoor_pm25

type Level = Callable[[State | None], float | None]
_OUTDOORS: Mapping[str, Level] = {
    CONF_OUTDOOR_PM25: outdoor_pm25,
    CONF_OUTDOOR_TEMPERATURE: celsius,
}


@callback
def async_listen_to_surroundings(
    hass: HomeAssistant, entry: AirBaselineConfigEntry
) -> CALLBACK_TYPE:
    """Pass the surroundings to all channels of a home; return what ends it."""
    listener = SurroundingsListener(hass, entry)
    return listener.async_start()


class SurroundingsListener:
    """Feed the surroundings that channels share: one per outdoor sensor and per room."""

    def __init__(self, hass: HomeAssistant, entry: AirBaselineConfigEntry) -> None:
        """Prepare; nothing is followed before `async_start`."""
        self._hass = hass
        self._entry = entry
        self._outdoors: dict[str, list[tuple[SurroundingMean, Level]]] = {}
        self._rooms: list[tuple[SurroundingMean, tuple[str, ...]]] = []
        self._tracking: list[CALLBACK_TYPE] = []

    @callback
    def async_start(self) -> CALLBACK_TYPE:
        """Start listening; return what ends it."""
        clock = self._entry.runtime_data.clock
        unsubscribes = (
            clock.async_on(Phase.SURROUNDINGS, self._async_tick),
            async_dispatcher_connect(self._hass, SIGNAL_ROOMS_CHANGED, self._async_follow),
            self._async_leave,
        )
        self._async_follow()

        @callback
        def stop() -> None:
            for unsubscribe in unsubscribes:
                unsubscribe()

        return stop

    @callback
    def _async_leave(self) -> None:
        while self._tracking:
            self._tracking.pop()()

    @callback
    def _async_follow(self) -> None:
        """Follow what is configured now; what was followed before continues undisturbed."""
        before = {level: one for one, means in self._outdoors.items() for _, level in means}
        self._async_leave()
        self._wire()
        contacts = {contact for _, contacts in self._rooms for contact in contacts}
        outdoors = list(self._outdoors)
        track = async_track_state_change_event
        self._tracking = [
            track(self._hass, outdoors, self._async_outdoors_changed),
            async_track_state_report_event(self._hass, outdoors, self._async_reported),
            track(self._hass, contacts, self._async_contact_changed),
        ]
        now = dt_util.utcnow().timestamp()
        for entity_id, means in self._outdoors.items():
            state = self._hass.states.get(entity_id)
            at = min(state.last_reported_timestamp, now) if state is not None else now
            for mean, level in means:
                if entity_id != before.get(level) and (state is not None or level in before):
                    _read(mean, level(state), at)
        self._read_windows(now, self._rooms)

    def _wire(self) -> None:
        """Find out which sensor measures what; continue from what is known of it."""
        data = self._entry.runtime_data
        known, data.store.surroundings = data.store.surroundings, {}

        def mean_of(key: str) -> SurroundingMean:
            mean = known.get(key) or SurroundingMean(dt_util.get_default_time_zone())
            data.store.surroundings[key] = mean
            return mean

        self._outdoors, self._rooms = {}, []
        outdoors: dict[str, SurroundingMean] = {}
        for key, level in _OUTDOORS.items():
            if entity_id := self._entry.options.get(key):
                outdoors[key] = mean_of(key)
                self._outdoors.setdefault(entity_id, []).append((outdoors[key], level))
        for room_id, room in data.rooms.items():
            windows = None
            if contacts := tuple(room.subentry.data.get(CONF_WINDOWS, ())):
                windows = mean_of(f"{CONF_WINDOWS} {room_id}")
                self._rooms.append((windows, contacts))
            for channel in room.channels.values():
                channel.surroundings = Surroundings(
                    outdoor_pm25=outdoors.get(CONF_OUTDOOR_PM25),
                    outdoor_temperature=outdoors.get(CONF_OUTDOOR_TEMPERATURE),
                    window_open=windows,
                    latitude=self._hass.config.latitude,
                )

    @callback
    def _async_outdoors_changed(self, event: Event[EventStateChangedData]) -> None:
        new = event.data["new_state"]
        at = new.last_updated_timestamp if new else event.time_fired_timestamp
        self._read(event.data["entity_id"], new, at)

    @callback
    def _async_reported(self, event: Event[EventStateReportedData]) -> None:
        at = event.data["last_reported"].timestamp()
        self._read(event.data["entity_id"], event.data["new_state"], at)

    @callback
    def _async_contact_changed(self, event: Event[EventStateChangedData]) -> None:
        changed = event.data["entity_id"]
        touched = [room for room in self._rooms if changed in room[1]]
        self._read_windows(event.time_fired_timestamp, touched)

    @callback
    def _async_tick(self, round_: Round) -> None:
        """Repeat the states of contacts: they report only changes, which can be days apart."""
        self._read_windows(round_.at, self._rooms)

    def _read(self, entity_id: str, state: State | None, at: float) -> None:
        at = min(at, self._entry.runtime_data.clock.async_look())
        if self._entry.runtime_data.clock.wrong:
            return
        for mean, level in self._outdoors[entity_id]:
            _read(mean, level(state), at)

    def _read_windows(
        self, at: float, rooms: Iterable[tuple[SurroundingMean, tuple[str, ...]]]
    ) -> None:
        for mean, contacts in () if self._entry.runtime_data.clock.wrong else rooms:
            states = [self._hass.states.get(contact) for contact in contacts]
            is_open = _any_open([state.state if state else None for state in states])
            _read(mean, None if is_open is None else float(is_open), at)


def _read(mean: SurroundingMean, value: float | None, at: float) -> None:
    if value is None:
        mean.lose(at)
    else:
        mean.read(at, value)


def _any_open(states: list[str | None]) -> bool | None:
    """Tell whether a window is open, None if one with an unknown state could be."""
    if STATE_ON in states:
        return True
    return False if all(state == STATE_OFF for state in states) else None
