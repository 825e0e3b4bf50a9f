"""Conditions: the air of a room is unusual, the air is usual, or the range is learned.

An unknown or unavailable entity never passes, and neither does a target without entities. Home
Assistant's own conditions ignore unknown entities, and "all" of no entities would pass.
"""

from datetime import datetime
from typing import Any, ClassVar, override

from homeassistant.components.binary_sensor import DOMAIN as BINARY_SENSOR_DOMAIN
from homeassistant.components.sensor import DOMAIN as SENSOR_DOMAIN
from homeassistant.const import CONF_OPTIONS, STATE_ON
from homeassistant.core import HomeAssistant, State
from homeassistant.helpers.automation import DomainSpec
from homeassistant.helpers.condition import (
    ENTITY_STATE_CONDITION_SCHEMA_ANY_ALL,
    Condition,
    ConditionConfig,
    EntityStateConditionBase,
    condition_trace_update_result,
)
from homeassistant.helpers.typing import ConfigType
import voluptuous as vol

from .automation_targets import (
    CONF_MINIMUM_CONFIDENCE,
    CONFIDENCE_BELOW_MINIMUM,
    PERCENT,
    check_target,
    is_confident,
    minimum_confidence,
    reason_of,
    that_say,
)
from .core.codes import Compared, LearningState


class StatementCondition(EntityStateConditionBase):
    """Tests the states of our entities; the trace has the reasons of those that did not pass."""

    _statement: ClassVar[str]

    @override
    @classmethod
    async def async_validate_config(cls, hass: HomeAssistant, config: ConfigType) -> ConfigType:
        """Validate the options and the target."""
        return check_target(hass, await super().async_validate_config(hass, config), cls._statement)

    def __init__(self, hass: HomeAssistant, config: ConditionConfig) -> None:
        """Start without reasons."""
        super().__init__(hass, config)
        self._reasons: dict[str, str] = {}

    @override
    def entity_filter(self, entities: set[str]) -> set[str]:
        """Keep the entities that make the statement."""
        return that_say(self._hass, entities, self._statement)

    @override
    def _should_include(self, _state: State) -> bool:
        return True

    @override
    def is_valid_state(self, entity_state: State) -> bool:
        """Tell whether an entity passes, and keep the reason if it does not."""
        passes = super().is_valid_state(entity_state)
        if not passes:
            self._reasons[entity_state.entity_id] = reason_of(entity_state)
        return passes

    @override
    def _check_all_match_state(self, states: list[State]) -> bool:
        return bool(states) and super()._check_all_match_state(states)

    @override
    def _async_check(self, **kwargs: Any) -> bool:
        self._reasons.clear()
        passes = super()._async_check(**kwargs)
        if not passes and self._reasons:
            condition_trace_update_result(reasons=dict(self._reasons))
        return passes


class IsUnusual(StatementCondition):
    """Tests whether the air is unusual, with the required confidence."""

    _statement = "unusual"
    _domain_specs = {BINARY_SENSOR_DOMAIN: DomainSpec()}
    _states = {STATE_ON}
    _schema = ENTITY_STATE_CONDITION_SCHEMA_ANY_ALL.extend(
        {
            vol.Required(CONF_OPTIONS, default={}): {
                vol.Optional(CONF_MINIMUM_CONFIDENCE): PERCENT,
            },
        }
    )

    def __init__(self, hass: HomeAssistant, config: ConditionConfig) -> None:
        """Take the required confidence."""
        super().__init__(hass, config)
        self._minimum = minimum_confidence(config.options or {})

    @property
    @override
    def _needs_duration_tracking(self) -> bool:
        return self._minimum is not None or super()._needs_duration_tracking

    @override
    def _state_valid_since(self, _state: State) -> datetime:
        return _state.last_updated  # Called only if an attribute, the confidence, decides too.

    @override
    def is_valid_state(self, entity_state: State) -> bool:
        """Tell whether a room is unusual, with the required confidence."""
        if not super().is_valid_state(entity_state):
            return False
        if is_confident(entity_state, self._minimum):
            return True
        self._reasons[entity_state.entity_id] = CONFIDENCE_BELOW_MINIMUM
        return False


class IsUsual(StatementCondition):
    """Tests whether the air is usual or lower; higher, notable and unknown do not pass."""

    _statement = "compared"
    _domain_specs = {SENSOR_DOMAIN: DomainSpec()}
    _states = {Compared.LOWER, Compared.USUAL}


class IsLearned(StatementCondition):
    """Tests whether a range is learned."""

    _statement = "learning"
    _domain_specs = {SENSOR_DOMAIN: DomainSpec()}
    _states = {LearningState.LEARNED}


CONDITIONS: dict[str, type[Condition]] = {
    "is_unusual": IsUnusual,
    "is_usual": IsUsual,
    "is_learned": IsLearned,
}


async def async_get_conditions(hass: HomeAssistant) -> dict[str, type[Condition]]:
    """Return the conditions by name."""
    return CONDITIONS
