"""Find the rooms of a home that can be watched: areas with a PM2.5 or a VOC sensor."""

from collections import defaultdict
from collections.abc import Sequence
from dataclasses import dataclass, replace
from enum import StrEnum

from homeassistant.core import HomeAssistant
from homeassistant.helpers import area_registry as ar

from ..const import CONF_PM25_SOURCE, CONF_VOC_SOURCE
from ..core.pollutant import Pollutant
from ..inputs.eligibility import Measurement
from ..inputs.names import OUTDOORS, says, words_of
from .candidates import Candidate, Maker, async_with_days

# A concentration says more than an index, which is relative to its own last day.
_PREFERRED = (Pollutant.PM25, Pollutant.VOC_MASS, Pollutant.VOC_RATIO, Pollutant.VOC_INDEX)

type ByField = dict[str, list[Choice]]


class Doubt(StrEnum):
    """Why a room is offered but not ticked."""

    OUTDOORS = "outdoors"
    SERVICE = "service"


@dataclass(frozen=True, slots=True, kw_only=True)
class Choice:
    """The sensor chosen for one field of a room, and the others that it was chosen from."""

    chosen: Candidate
    measurement: Measurement
    others: tuple[Candidate, ...] = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class FoundRoom:
    """An area that can be watched, with its sources by field, and what speaks against it.

    `left_out` are sensors that seem not to belong to the room, beside others that do.
    """

    area_id: str
    name: str
    sources: dict[str, Choice]
    doubt: Doubt | None
    left_out: tuple[Candidate, ...] = ()


async def async_find_rooms(hass: HomeAssistant, found: Sequence[Candidate]) -> list[FoundRoom]:
    """Return the areas that have sources, by name.

    Of several sensors for one field the first of these wins: what may well be indoors, what
    measures a concentration, what gives a value now, what has most history, a monitor before a
    purifier before a service, what Home Assistant keeps statistics of, what has a device, what is
    no diagnostic, and then the alphabet.
    """
    by_area: dict[str, ByField] = defaultdict(lambda: defaultdict(list))
    for one in found:
        if one.area_id and one.field and one.measurement:
            choice = Choice(chosen=one, measurement=one.measurement)
            by_area[one.area_id][one.field].append(choice)
    rooms = [
        await _async_room(hass, area, by_area[area.id])
        for area in ar.async_get(hass).async_list_areas()
        if area.id in by_area
    ]
    return sorted(rooms, key=lambda room: room.name.casefold())


async def _async_room(hass: HomeAssistant, area: ar.AreaEntry, by_field: ByField) -> FoundRoom:
    """Return an area with its best sensors; in a room, those that seem outdoors are left out."""
    outdoors = says([words_of(area.name)], OUTDOORS)
    choices: dict[str, Choice] = {
        field: await _async_best(hass, by_field[field])
        for field in (CONF_PM25_SOURCE, CONF_VOC_SOURCE)
        if field in by_field
    }
    doubts = {field: doubt_of(choice.chosen) for field, choice in choices.items()}
    left_out: tuple[Candidate, ...] = ()
    if not all(doubts.values()):
        left_out = tuple(choices.pop(field).chosen for field, doubt in doubts.items() if doubt)
        doubts = {}
    doubt = Doubt.OUTDOORS if outdoors else next(iter(doubts.values()), None)
    return FoundRoom(
        area_id=area.id, name=area.name, sources=choices, doubt=doubt, left_out=left_out
    )


def doubt_of(one: Candidate) -> Doubt | None:
    """Return what speaks against a sensor being in its room, None where nothing does."""
    if one.outdoors:
        return Doubt.OUTDOORS
    return Doubt.SERVICE if one.maker is Maker.SERVICE else None


async def _async_best(hass: HomeAssistant, known: list[Choice]) -> Choice:
    """Return the best of the sensors for one field; history is looked at if there are several."""
    if len(known) > 1:
        looked_at = await async_with_days(hass, [choice.chosen for choice in known])
        pairs = zip(known, looked_at, strict=True)
        known = [replace(choice, chosen=chosen) for choice, chosen in pairs]
    best, *others = sorted(known, key=_rank)
    return replace(best, others=tuple(other.chosen for other in others))


def _rank(choice: Choice) -> tuple[object, ...]:
    one = choice.chosen
    silent, *weaker = one.weaker
    return (
        doubt_of(one) is not None,
        _PREFERRED.index(choice.measurement.pollutant),
        silent,
        -one.days,
        one.maker,
        *weaker,
        one.name.casefold(),
        one.entity_id,
    )
