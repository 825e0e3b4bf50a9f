"""The targets of automations: from a target to our entities that make a statement."""

from collections.abc import Container, Iterable, Iterator
from typing import Any

from homeassistant.const import ATTR_ENTITY_ID, CONF_TARGET
from homeassistant.core import HomeAssistant, State
from homeassistant.helpers import entity_registry as er
from homeassistant.helpers.target import TargetSelection
from homeassistant.helpers.typing import ConfigType
import voluptuous as vol

from .const import ATTR_RARITY_DAYS, DOMAIN, LOGGER
from .core.alerting.promise import RARITIES
from .entity import WORDS_OF_POLLUTANT

type Options = dict[vol.Marker, Any]

CONF_MINIMUM_RARITY = "minimum_rarity"
RARITY_BELOW_MINIMUM = "rarity_below_minimum"
# Days. No rarity is told from a higher one, so with more an automation might never run.
DAYS = vol.All(vol.Coerce(float), vol.Range(min=0, max=RARITIES[-1]))
REMOVED_MINIMUM_CONFIDENCE = "minimum_confidence"  # An option of 0.1.0, which chose nothing.


def _log_removed(percent: object) -> object:
    """Accept any minimum confidence, so that automations of 0.1.0 run on; log that it is gone."""
    LOGGER.warning(
        "An automation still says %s, which is ignored: it now runs for every episode. Remove it, "
        "or choose episodes by %s (in days) instead",
        REMOVED_MINIMUM_CONFIDENCE,
        CONF_MINIMUM_RARITY,
    )
    return percent


RARITY_OPTIONS: Options = {
    vol.Optional(CONF_MINIMUM_RARITY): DAYS,
    vol.Remove(REMOVED_MINIMUM_CONFIDENCE): _log_removed,
}


def that_say(hass: HomeAssistant, entity_ids: Iterable[str], statement: str) -> set[str]:
    """Return the entities that are ours and make the statement."""
    names = _names(statement)
    return {entry.entity_id for entry in _ours(hass, entity_ids) if entry.translation_key in names}


def check_target(hass: HomeAssistant, config: ConfigType, statement: str) -> ConfigType:
    """Return the configuration if no entity in it is ours and makes another statement.

    Raises vol.Invalid otherwise, because an automation on that entity would never run.
    """
    names = _names(statement)
    for entry in _ours(hass, TargetSelection(config[CONF_TARGET]).entity_ids):
        if entry.translation_key not in names:
            raise vol.Invalid(
                f"{entry.entity_id} cannot be used here: choose the room, or "
                f"{_those_of(hass, entry, names)}",
                path=[CONF_TARGET, ATTR_ENTITY_ID],
            )
    return config


def is_rare(state: State, minimum: float) -> bool:
    """Tell whether an episode is as rare as one in `minimum` days; unknown is enough only for 0."""
    rarity: int | None = state.attributes.get(ATTR_RARITY_DAYS)
    return minimum <= (rarity or 0)


def reason_of(state: State) -> str:
    """Return the reason why nothing is known, otherwise the state."""
    return str(state.attributes.get("reason") or state.state)


def _those_of(hass: HomeAssistant, entry: er.RegistryEntry, names: Container[str | None]) -> str:
    """Return the entities of the same room that make a statement, by the names of that."""
    registry = er.async_get(hass)
    room = er.async_entries_for_device(registry, entry.device_id) if entry.device_id else []
    return ", ".join(one.entity_id for one in room if one.translation_key in names)


def _names(statement: str) -> set[str]:
    return {f"{words}_{statement}" for words in WORDS_OF_POLLUTANT.values()}


def _ours(hass: HomeAssistant, entity_ids: Iterable[str]) -> Iterator[er.RegistryEntry]:
    registry = er.async_get(hass)
    entries = (registry.async_get(entity_id) for entity_id in entity_ids)
    return (entry for entry in entries if entry is not None and entry.platform == DOMAIN)
