"""Who asks, and which rooms they may hear of.

A pollutant of a room is spoken of if both its entity *against usual* and the sensor that it
reads are exposed to the assistant, and the person may read them. What is known of outdoors and
windows is told under the same condition. Nothing is said of another room.
"""

from collections.abc import Iterable
from dataclasses import dataclass, replace
from typing import Protocol

from homeassistant.auth.models import User
from homeassistant.auth.permissions.const import POLICY_CONTROL, POLICY_READ
from homeassistant.components.homeassistant import async_should_expose
from homeassistant.core import Context, HomeAssistant, callback
from homeassistant.exceptions import Unauthorized, UnknownUser
from homeassistant.helpers import area_registry as ar, device_registry as dr, entity_registry as er

from ..const import (
    CONF_AREA,
    CONF_EVERYONE,
    CONF_OUTDOOR_PM25,
    CONF_OUTDOOR_TEMPERATURE,
    CONF_WINDOWS,
    DOMAIN,
)
from ..coordinator import RoomCoordinator, loaded_rooms
from ..core.explaining.told import Told
from ..core.pollutant import Pollutant
from ..permissions import async_check_user


class Asking(Protocol):
    """What Home Assistant says of a question, to tools and to intents alike."""

    @property
    def platform(self) -> str: ...  # noqa: D102 - Home Assistant's

    @property
    def assistant(self) -> str | None: ...  # noqa: D102

    @property
    def context(self) -> Context | None: ...  # noqa: D102

    @property
    def language(self) -> str | None: ...  # noqa: D102

    @property
    def device_id(self) -> str | None: ...  # noqa: D102


@dataclass(frozen=True, slots=True, kw_only=True)
class Asker:
    """Who asks: an assistant on a platform, for a user (None: nobody signed in), at a device.

    All that follows from one sentence has the same context, so its id tells turns apart.
    """

    assistant: str
    platform: str
    context: Context
    user: User | None
    language: str | None
    device_id: str | None
    area_id: str | None


@dataclass(frozen=True, slots=True, kw_only=True)
class ExposedRoom:
    """A room that an asker may hear of: its pollutants, and which surroundings.

    `hidden` says that sensors of the surroundings are set up of which nothing may be told, and
    `hidden_conditions` that they measure what can rule an alert out. Neither says what they know.
    """

    room: RoomCoordinator
    pollutants: tuple[Pollutant, ...]
    told: Told
    hidden: bool
    hidden_conditions: bool

    @property
    def name(self) -> str:
        """Return the name, which a person typed."""
        return self.room.subentry.title


@callback
def anybody(hass: HomeAssistant, asking: Asking) -> Asker:
    """Return an assistant as it asks for nobody: what is exposed to it at all."""
    device = dr.async_get(hass).async_get(asking.device_id) if asking.device_id else None
    return Asker(
        assistant=asking.assistant or "conversation",
        platform=asking.platform,
        context=asking.context or Context(),
        user=None,
        language=asking.language,
        device_id=asking.device_id,
        area_id=device.area_id if device else None,
    )


async def async_asker(hass: HomeAssistant, asking: Asking) -> Asker:
    """Return who asks. Raises UnknownUser for a user who is gone."""
    asker = anybody(hass, asking)
    if asker.context.user_id is None:
        return asker
    user = await hass.auth.async_get_user(asker.context.user_id)
    if user is None:
        raise UnknownUser(context=asker.context)
    return replace(asker, user=user)


@callback
def exposed_rooms(hass: HomeAssistant, asker: Asker) -> list[ExposedRoom]:
    """Return the rooms that an asker may hear of, by name."""
    rooms = (_exposed(hass, asker, room) for room in loaded_rooms(hass).values())
    return sorted((room for room in rooms if room.pollutants), key=lambda room: room.name)


def _exposed(hass: HomeAssistant, asker: Asker, room: RoomCoordinator) -> ExposedRoom:
    options, registry = room.config_entry.options, er.async_get(hass)
    pollutants = []
    for pollutant, source in room.sources.items():
        unique_id = f"{room.subentry.subentry_id}_{pollutant}_compared"
        compared = registry.async_get_entity_id("sensor", DOMAIN, unique_id)
        if compared and _told(hass, asker, [compared, source.entity_id]):
            pollutants.append(pollutant)
    temperature = options.get(CONF_OUTDOOR_TEMPERATURE)
    outdoors = [one for one in (options.get(CONF_OUTDOOR_PM25), temperature) if one]
    windows = room.subentry.data.get(CONF_WINDOWS, ())
    # Without a sensor nothing is told either: what one knew that is gone was not exposed.
    told = Told(
        outdoors=bool(outdoors) and _told(hass, asker, outdoors),
        windows=bool(windows) and _told(hass, asker, windows),
        rooms=False,
    )
    conditions = (temperature and not told.outdoors) or (windows and not told.windows)
    return ExposedRoom(
        room=room,
        pollutants=tuple(pollutants),
        told=told,
        hidden=bool(conditions or (outdoors and not told.outdoors)),
        hidden_conditions=bool(conditions),
    )


def _told(hass: HomeAssistant, asker: Asker, entity_ids: Iterable[str]) -> bool:
    """Tell whether an asker may hear of all of some entities."""
    return all(
        async_should_expose(hass, asker.assistant, entity_id)
        and (asker.user is None or asker.user.permissions.check_entity(entity_id, POLICY_READ))
        for entity_id in entity_ids
    )


@callback
def find_rooms(hass: HomeAssistant, asker: Asker, name: str | None) -> list[ExposedRoom]:
    """Return the exposed rooms that a name means: that of the room or of its area.

    Without a name it is the room of the device that is spoken to, otherwise all.
    """
    rooms = exposed_rooms(hass, asker)
    if not name or not name.strip():
        here = [one for one in rooms if one.room.subentry.data[CONF_AREA] == asker.area_id]
        return here or rooms
    wanted = name.strip().casefold()
    return [one for one in rooms if wanted in _names(hass, one)]


def _names(hass: HomeAssistant, exposed: ExposedRoom) -> set[str]:
    area = ar.async_get(hass).async_get_area(exposed.room.subentry.data[CONF_AREA])
    names = {exposed.name, *({area.id, area.name, *area.aliases} if area else ())}
    return {name.strip().casefold() for name in names}


async def async_may_correct(hass: HomeAssistant, asker: Asker, room: RoomCoordinator) -> bool:
    """Tell whether an asker may correct a room; a voice that nobody is signed in for is anybody."""
    if asker.user is None:
        return bool(room.config_entry.options.get(CONF_EVERYONE, False))
    try:
        await async_check_user(hass, asker.context, room, POLICY_CONTROL)
    except Unauthorized:
        return False
    return True
