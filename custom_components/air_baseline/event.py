"""The event entity of a room: inferences and corrections as they happen."""

from typing import Any, override

from homeassistant.components.event import EventEntity
from homeassistant.const import ATTR_ENTITY_ID
from homeassistant.core import HomeAssistant, callback
from homeassistant.helpers.entity_platform import AddConfigEntryEntitiesCallback

from .const import (
    ATTR_CORRECTION,
    ATTR_EPISODE,
    ATTR_QUANTITY,
    ATTR_RARITY_DAYS,
    EVENT_CORRECTED,
)
from .coordinator import AirBaselineConfigEntry, RoomCoordinator
from .core.event import Event, EventKind
from .core.explaining.record import Record, month_of
from .core.ledger.entries import Entry
from .core.ledger.episode import Episode
from .core.pollutant import POLLUTANTS, Pollutant
from .entity import RoomEntity
from .inputs.room_config import RoomSource
from .listeners.rooms import async_add_of_rooms
from .words.record import facts_of, record_of

PARALLEL_UPDATES = 0  # No limit: updates are pushed.

_IN_LOGBOOK = frozenset({EventKind.CORRECTED, EventKind.UNDONE})
EVENT_TYPES = tuple(kind for kind in EventKind if kind is not EventKind.DAY_CLOSED)


async def async_setup_entry(
    hass: HomeAssistant,
    entry: AirBaselineConfigEntry,
    async_add_entities: AddConfigEntryEntitiesCallback,
) -> None:
    """Add the event entity of every room."""
    await async_add_of_rooms(hass, entry, async_add_entities, lambda room: [InferenceEvent(room)])


class InferenceEvent(RoomEntity, EventEntity):
    """Fires for each inference about the room and each correction, with pollutant and numbers."""

    _attr_translation_key = "inference"

    def __init__(self, room: RoomCoordinator) -> None:
        """Offer every kind of event of a channel except the end of a day, which is not news."""
        super().__init__(room)
        self._attr_event_types = [kind.value for kind in EVENT_TYPES]

    @override
    async def async_added_to_hass(self) -> None:
        """Listen to the room."""
        await super().async_added_to_hass()
        self.async_on_remove(self.room.async_add_event_listener(self._async_fire))

    @callback
    def _async_fire(self, pollutant: Pollutant, event: Event) -> None:
        if event.kind not in EVENT_TYPES:
            return
        attributes: dict[str, Any] = {ATTR_QUANTITY: pollutant.value}
        if event.episode is not None:
            attributes |= _episode_attributes(event.episode, self.room.sources[pollutant])
        if event.correction is not None:
            attributes |= _correction_attributes(event.correction)
        if event.last_day is not None:
            known = record_of(self.room, pollutant, event.at, *month_of(event.last_day))
            attributes |= _month_attributes(known, self.room.sources[pollutant])
        self._trigger_event(event.kind.value, attributes)
        self.async_write_ha_state()
        if event.correction is not None and event.kind in _IN_LOGBOOK:
            self.hass.bus.async_fire(
                EVENT_CORRECTED,
                {
                    ATTR_ENTITY_ID: self.entity_id,
                    ATTR_QUANTITY: pollutant.value,
                    "room": self.room.subentry.title,
                    "type": event.kind.value,
                    "at": event.at,  # The logbook is not told when an event was fired.
                    **_correction_attributes(event.correction),
                },
            )


def _episode_attributes(episode: Episode, source: RoomSource) -> dict[str, Any]:
    return {
        ATTR_EPISODE: episode.id,
        "level": round(episode.opened_level / source.factor, 3),
        "peak": round(episode.peak / source.factor, 3),
        "at_least": POLLUTANTS[source.pollutant].at_end(episode.peak),
        "usual_high": round(episode.high / source.factor, 3),
        "unit": source.shown_unit,
        "compared_days": episode.compared,
        ATTR_RARITY_DAYS: episode.said_rarity,
        "outcome": episode.outcome,
    }


def _month_attributes(known: Record, source: RoomSource) -> dict[str, Any]:
    said = facts_of(known, source)["summary"]
    return {
        "first_day": known.first_day,
        "last_day": known.last_day,
        "episodes": said["episodes"],
        "highest": said["highest"],
        "unit": source.shown_unit,
        "longest_minutes": said["longest_minutes"],
        "asked": said["asked"],
        "real": said["real"],
        "normal": said["normal"],
        "unanswered": said["unanswered"],
        "missed": said["missed"],
        "days": known.days,
        "usable_days": known.usable_days,
        "alert_days": known.alert_days,
        "inside": known.inside,
        "forecasts_scored": known.forecasts_scored,
        "forecasts_kept": known.forecasts_kept,
    }


def _correction_attributes(entry: Entry) -> dict[str, Any]:
    return {
        ATTR_CORRECTION: entry.id,
        "correction_kind": entry.code,
        ATTR_EPISODE: entry.correction.columns().get("episode"),
    }
