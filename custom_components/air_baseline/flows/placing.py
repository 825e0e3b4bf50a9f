"""Which sensor goes into which room during set-up: what was found, and what somebody says."""

from collections.abc import Iterable
from dataclasses import dataclass
from typing import Any

from homeassistant.core import HomeAssistant

from ..home_history.glance import async_seen
from ..inputs.eligibility import Measurement, Refusal, as_said
from .candidates import Candidate, field_of
from .discovery import FoundRoom
from .room_form import said_sources, source_data


@dataclass(frozen=True, slots=True)
class Waiting:
    """A sensor that somebody chose, whose area is not known."""

    entity_id: str
    name: str
    measurement: Measurement


class Placing:
    """The rooms that set-up will create, and the sensors whose area is still to be asked."""

    def __init__(self, hass: HomeAssistant, chosen: Iterable[FoundRoom]) -> None:
        """Take the rooms that were chosen from those found."""
        self._hass = hass
        self._found = {
            room.area_id: {
                field: Waiting(choice.chosen.entity_id, choice.chosen.name, choice.measurement)
                for field, choice in room.sources.items()
            }
            for room in chosen
        }
        self._said: dict[str, dict[str, Waiting]] = {}
        self._waiting: list[Waiting] = []

    @property
    def waiting(self) -> Waiting | None:
        """Return the next sensor whose area is to be asked, None if there is none."""
        return self._waiting[0] if self._waiting else None

    @property
    def rooms(self) -> dict[str, dict[str, Any]]:
        """Return what each room keeps of its sources, by area; what somebody said comes first."""
        return {
            area_id: {
                key: value
                for field, one in (
                    self._found.get(area_id, {}) | self._said.get(area_id, {})
                ).items()
                for key, value in source_data(field, one.entity_id, one.measurement).items()
            }
            for area_id in {**self._found, **self._said}
        }

    def ask_for(self, entity_ids: Iterable[str], found: Iterable[Candidate]) -> None:
        """Ask for the areas of sensors that have none."""
        known = {one.entity_id: one for one in found}
        self._waiting += [
            Waiting(one.entity_id, one.name, one.measurement)
            for entity_id in entity_ids
            if (one := known[entity_id]).measurement
        ]

    async def async_say(
        self, said: Iterable[str], found: Iterable[Candidate]
    ) -> tuple[str, Refusal | None] | None:
        """Take sensors as what somebody says they are.

        Return the name of the first that cannot be that, and why (None: its area has another
        that somebody chose); None if all can.
        """
        known = {one.entity_id: one for one in found}
        sources = said_sources(said)
        seen = await async_seen(self._hass, {entity_id for entity_id, _ in sources})
        for entity_id, pollutant in sources:
            one = known[entity_id]
            measured = as_said(self._hass, entity_id, pollutant, seen[entity_id])
            if isinstance(measured, Refusal):
                return one.name, measured
            waiting = Waiting(entity_id, one.name, measured)
            if one.area_id is None:
                self._waiting.append(waiting)
            elif not self._put(one.area_id, waiting):
                return one.name, None
        return None

    def place(self, area_id: str | None) -> bool:
        """Put the sensor that waits into an area, None to leave it out; tell if that is done.

        It does not take the place of one that was found there.
        """
        waiting = self._waiting[0]
        if area_id is not None:
            field = field_of(waiting.measurement.pollutant)
            if field in self._found.get(area_id, {}) or not self._put(area_id, waiting):
                return False
        self._waiting.pop(0)
        return True

    def _put(self, area_id: str, one: Waiting) -> bool:
        """Put a sensor into an area; somebody cannot choose two of one kind there."""
        room, field = self._said.setdefault(area_id, {}), field_of(one.measurement.pollutant)
        if field in room:
            return False
        room[field] = one
        return True
