"""Every sensor of the air in a home: what it is taken for, or why it is not taken."""

import asyncio
from collections import defaultdict
from collections.abc import Collection, Iterable
from dataclasses import dataclass, replace
from enum import IntEnum
from functools import cached_property
from itertools import batched

from homeassistant.const import STATE_UNAVAILABLE, STATE_UNKNOWN
from homeassistant.core import HomeAssistant, callback
from homeassistant.helpers import device_registry as dr, entity_registry as er
from homeassistant.loader import IntegrationNotLoaded, async_get_loaded_integration

from ..const import CONF_PM25_SOURCE, CONF_VOC_SOURCE, DOMAIN
from ..core.pollutant import Pollutant
from ..home_history.glance import async_days, async_seen
from ..inputs.described import Described, describe, device_names
from ..inputs.eligibility import (
    Measurement,
    Refusal,
    could_be,
    measures,
    name_of,
    speaks_of_air,
)
from ..inputs.names import OUTDOORS, says
from ..inputs.places import present_place

BATCH = 40  # Sensors looked at in one go. By judgement: about 10 ms of the event loop.
_PURIFIERS = frozenset({"fan", "humidifier"})


class Maker(IntEnum):
    """What a sensor belongs to; the first is preferred."""

    MONITOR = 0
    PURIFIER = 1
    SERVICE = 2


@dataclass(frozen=True, slots=True, kw_only=True)
class Candidate:
    """A sensor that was found: what it measures, or why it is not taken.

    `sayable` is what somebody may say that it is. `speaks` tells whether it looks like a sensor
    of the air at all. `days` is how much history it has, once somebody has looked. `weaker` says
    what speaks for others: no value now, no statistics, no device of its own, only a diagnostic.
    """

    entity_id: str
    name: str
    area_id: str | None
    measurement: Measurement | None
    refusal: Refusal | None
    sayable: tuple[Pollutant, ...]
    speaks: bool
    outdoors: bool
    maker: Maker
    weaker: tuple[bool, ...]
    days: int = 0

    @property
    def field(self) -> str | None:
        """Return the field of a room that it fits into, None if it is refused."""
        return field_of(self.measurement.pollutant) if self.measurement else None


def field_of(pollutant: Pollutant) -> str:
    """Return the field of a room that a pollutant belongs into."""
    return CONF_PM25_SOURCE if pollutant is Pollutant.PM25 else CONF_VOC_SOURCE


async def async_candidates(hass: HomeAssistant, taken: Collection[str]) -> list[Candidate]:
    """Return all sensors that are, or may be said to be, sensors of the air, by name.

    Those that are taken already are left out. The values of the last hours are looked at.
    """
    home = _Home(hass)
    known: dict[str, Described] = {}
    for sensors in batched(home.sensors(), BATCH, strict=False):
        for entity_id in sensors:
            described = describe(hass, entity_id)
            if entity_id not in taken and _may_matter(described):
                known[entity_id] = described
        await asyncio.sleep(0)
    seen = await async_seen(hass, [one for one, described in known.items() if _speaks(described)])
    known |= {entity_id: describe(hass, entity_id, values) for entity_id, values in seen.items()}
    found: list[Candidate] = []
    for batch in batched(known.items(), BATCH, strict=False):
        found += [home.candidate(entity_id, described) for entity_id, described in batch]
        await asyncio.sleep(0)
    return sorted(found, key=lambda one: (one.name.casefold(), one.entity_id))


async def async_with_days(hass: HomeAssistant, candidates: Iterable[Candidate]) -> list[Candidate]:
    """Return candidates with the days of history that each has."""
    known = list(candidates)
    days = await async_days(hass, [one.entity_id for one in known])
    return [replace(one, days=round(days.get(one.entity_id, 0.0))) for one in known]


def _may_matter(known: Described) -> bool:
    """Tell whether a sensor may become a source, or whether somebody may look for it."""
    return _speaks(known) or bool(could_be(known))


def _speaks(known: Described) -> bool:
    return isinstance(measures(known), Measurement) or speaks_of_air(known)


class _Home:
    """The registries of a home, looked through once."""

    def __init__(self, hass: HomeAssistant) -> None:
        """Take the home."""
        self._hass = hass
        self._entities = er.async_get(hass).entities

    @callback
    def sensors(self) -> list[str]:
        """Return the sensors of a home that are in use, registered or not, without our own."""
        registered = [
            entity.entity_id
            for entity in self._entities.values()
            if entity.domain == "sensor"
            and entity.platform != DOMAIN
            and not (entity.disabled or entity.hidden)
        ]
        states = self._hass.states.async_entity_ids("sensor")
        return registered + [one for one in states if one not in self._entities]

    @callback
    def candidate(self, entity_id: str, known: Described) -> Candidate:
        """Return a sensor with all that decides whether it is offered, and before which others."""
        registered = self._entities.get(entity_id)
        found = measures(known)
        names = [*known.names, *device_names(self._hass, registered)]
        state = self._hass.states.get(entity_id)
        return Candidate(
            entity_id=entity_id,
            name=name_of(self._hass, entity_id),
            area_id=present_place(self._hass, entity_id),
            measurement=None if isinstance(found, Refusal) else found,
            refusal=found if isinstance(found, Refusal) else None,
            sayable=tuple(could_be(known)) if isinstance(found, Refusal) else (),
            speaks=_speaks(known),
            outdoors=says(names, OUTDOORS),
            maker=self._maker(registered),
            weaker=(
                state is None or state.state in (STATE_UNAVAILABLE, STATE_UNKNOWN),
                known.state_class is None,
                registered is None or registered.device_id is None,
                registered is not None and registered.entity_category is not None,
            ),
        )

    @cached_property
    def _domains(self) -> dict[str, set[str]]:
        """Return the domains of the entities of each device."""
        domains: dict[str, set[str]] = defaultdict(set)
        for entity in self._entities.values():
            if entity.device_id is not None:
                domains[entity.device_id].add(entity.domain)
        return domains

    def _maker(self, registered: er.RegistryEntry | None) -> Maker:
        """Return what a sensor belongs to.

        A thermostat may show the weather as well; it is a monitor all the same.
        """
        if registered is None:
            return Maker.MONITOR
        device = dr.async_get(self._hass).async_get(registered.device_id or "")
        domains = self._domains.get(registered.device_id or "", set())
        if (
            (isinstance(device, dr.DeviceEntry) and device.entry_type is dr.DeviceEntryType.SERVICE)
            or ("weather" in domains and "climate" not in domains)
            or self._is_service(registered.platform)
        ):
            return Maker.SERVICE
        return Maker.PURIFIER if domains & _PURIFIERS else Maker.MONITOR

    def _is_service(self, platform: str) -> bool:
        """Tell whether an integration fetches values from a service, as its maker says."""
        try:
            integration = async_get_loaded_integration(self._hass, platform)
        except IntegrationNotLoaded:
            return False
        return integration.integration_type == "service"
