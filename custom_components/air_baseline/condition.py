"""Conditions: the air of a room is unusual, the air is usual, or the range is learned.

An unknown or unavailable entity never passes, and neither does a target without entities. Home
Assistant's own conditions ignore unknown entities, and "all" of no entities would pass.
"""

from typing import override

from homeassistant.components.binary_sensor import DOMAIN as BINARY_SENSOR_DOMAIN
from homeassistant.components.sensor import DOMAIN as SENSOR_DOMAIN
from homeassistant.const import STATE_ON
from homeassistant.core import HomeAssistant, State
from homeassistant.helpers.condition import Condition, ConditionConfig

from .automation_bases import StatementCondition
from .automation_targets import (
    CONF_MINIMUM_RARITY,
    RARITY_BELOW_MINIMUM,
    RARITY_OPTIONS,
    is_rare,
)
from .core.codes import Compared, LearningState


class IsUnusual(
    StatementCondition,
    domain=BINARY_SENSOR_DOMAIN,
    states=(STATE_ON,),
    options=RARITY_OPTIONS,
):
    """Tests whether the air is unusual, and as rarely as required."""

    statement = "unusual"

    def __init__(self, hass: HomeAssistant, config: ConditionConfig) -> None:
        """Take the required rarity."""
        super().__init__(hass, config)
        self._minimum: float = (config.options or {}).get(CONF_MINIMUM_RARITY, 0.0)

    @override
    def reads_attributes(self) -> bool:
        """Tell whether the rarity decides too."""
        return self._minimum > 0

    @override
    def is_valid_state(self, entity_state: State) -> bool:
        """Tell whether a room is unusual, and as rarely as required."""
        if not super().is_valid_state(entity_state):
            return False
        if is_rare(entity_state, self._minimum):
            return True
        self.reasons[entity_state.entity_id] = RARITY_BELOW_MINIMUM
        return False


class IsUsual(StatementCondition, domain=SENSOR_DOMAIN, states=(Compared.LOWER, Compared.USUAL)):
    """Tests whether the air is usual or lower; higher, notable and unknown do not pass."""

    statement = "compared"


class IsLearned(StatementCondition, domain=SENSOR_DOMAIN, states=(LearningState.LEARNED,)):
    """Tests whether a range is learned."""

    statement = "learning"


CONDITIONS: dict[str, type[Condition]] = {
    "is_unusual": IsUnusual,
    "is_usual": IsUsual,
    "is_learned": IsLearned,
}


async def async_get_conditions(hass: HomeAssistant) -> dict[str, type[Condition]]:
    """Return the conditions by name."""
    return CONDITIONS
