"""The targets of automations: from a target to our entities that make a statement."""

from collections.abc import Container, Iterable, Iterator
from typing import Any

from homeassistant.const import ATTR_ENTITY_ID, CONF_TARGET
from homeassistant.core import HomeAssistant, State
from homeassistant.helpers import entity_registry as er
from homeassistant.helpers.target import TargetSelection
from homeassistant.helpers.typing import ConfigType
import voluptuous as vol

from .const import DOMAIN
from .entity import WORDS_OF_POLLUTANT

CONF_MINIMUM_CONFIDENCE = "minimum_confidence"
CONFIDENCE_BELOW_MINIMUM = "confidence_below_minimum"
PERCENT = vol.All(vol.Coerce(float), vol.Range(min=0, max=100))  # Percent.


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


def minimum_confidence(options: dict[str, Any]) -> float | None:
    """Return the confidence that the options require (0 to 1), None if they require none."""
    percent: float | None = options.get(CONF_MINIMUM_CONFIDENCE)
    return None if percent is None else percent / 100


def is_confident(state: State, minimum: float | None) -> bool:
    """Tell whether a statement has the required confidence; unknown confidence is not enough."""
    confidence: float | None = state.attributes.get("confidence")
    return minimum is None or (confidence is not None and confidence >= minimum)


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
