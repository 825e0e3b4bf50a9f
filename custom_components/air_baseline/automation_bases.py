"""The bases of our triggers and conditions: the only place that knows Home Assistant's inner ones.

Home Assistant's own integrations build on these bases in the same way, but their names begin with
an underscore and may change in any release. `tests/test_automation_bases.py` fails if one of them
does; Home Assistant itself would silently go on with its own rule.
"""

from collections.abc import Collection
from datetime import datetime
from typing import Any, ClassVar, override

from homeassistant.const import CONF_OPTIONS, STATE_UNAVAILABLE
from homeassistant.core import HomeAssistant, State
from homeassistant.helpers.automation import DomainSpec
from homeassistant.helpers.condition import (
    ENTITY_STATE_CONDITION_SCHEMA_ANY_ALL,
    ConditionConfig,
    EntityStateConditionBase,
    condition_trace_update_result,
)
from homeassistant.helpers.trigger import (
    ENTITY_STATE_TRIGGER_SCHEMA_WITH_BEHAVIOR,
    EntityTransitionTriggerBase,
)
from homeassistant.helpers.typing import ConfigType
import voluptuous as vol

from .automation_targets import Options, check_target, reason_of, that_say


class StatementTrigger(EntityTransitionTriggerBase):
    """Fires when one of our entities goes from one state to another."""

    statement: ClassVar[str]

    def __init_subclass__(
        cls,
        *,
        domain: str | None = None,
        begins: Collection[str] = (),
        ends: Collection[str] = (),
        options: Options | None = None,
        **more: Any,
    ) -> None:
        """Take the entity domain, the states before and after, and further options.

        A state before that is not `unavailable` counts, even `unknown`.
        """
        super().__init_subclass__(**more)
        if domain is not None:
            cls._domain_specs = {domain: DomainSpec()}
        if begins and ends:
            cls._from_states, cls._to_states = set(begins), set(ends)
            cls._excluded_from_states = frozenset({STATE_UNAVAILABLE})
        if options is not None:
            cls._schema = ENTITY_STATE_TRIGGER_SCHEMA_WITH_BEHAVIOR.extend(
                {vol.Required(CONF_OPTIONS, default={}): options}
            )

    @property
    def hass(self) -> HomeAssistant:
        """Return Home Assistant."""
        return self._hass

    @property
    def target(self) -> dict[str, Any]:
        """Return the target."""
        return self._target

    @property
    def options(self) -> dict[str, Any]:
        """Return the options."""
        return self._options

    @override
    @classmethod
    async def async_validate_config(cls, hass: HomeAssistant, config: ConfigType) -> ConfigType:
        """Validate the options and the target."""
        return check_target(hass, await super().async_validate_config(hass, config), cls.statement)

    @override
    def entity_filter(self, entities: set[str]) -> set[str]:
        """Keep the entities that make the statement."""
        return that_say(self.hass, entities, self.statement)


class StatementCondition(EntityStateConditionBase):
    """Tests the states of our entities; the trace has the reasons of those that did not pass.

    An unknown or unavailable entity does not pass, and neither does a target without entities.
    """

    statement: ClassVar[str]

    def __init_subclass__(
        cls,
        *,
        domain: str,
        states: Collection[str],
        options: Options | None = None,
        **more: Any,
    ) -> None:
        """Take the entity domain, the states that pass, and further options."""
        super().__init_subclass__(**more)
        cls._domain_specs = {domain: DomainSpec()}
        cls._states = set(states)
        if options is not None:
            cls._schema = ENTITY_STATE_CONDITION_SCHEMA_ANY_ALL.extend(
                {vol.Required(CONF_OPTIONS, default={}): options}
            )

    def __init__(self, hass: HomeAssistant, config: ConditionConfig) -> None:
        """Start without reasons."""
        super().__init__(hass, config)
        self.reasons: dict[str, str] = {}  # Why an entity did not pass, by its id.

    @property
    def hass(self) -> HomeAssistant:
        """Return Home Assistant."""
        return self._hass

    def reads_attributes(self) -> bool:
        """Tell whether an attribute decides too, so that "for" counts from its last change."""
        return False

    @override
    @classmethod
    async def async_validate_config(cls, hass: HomeAssistant, config: ConfigType) -> ConfigType:
        """Validate the options and the target."""
        return check_target(hass, await super().async_validate_config(hass, config), cls.statement)

    @override
    def entity_filter(self, entities: set[str]) -> set[str]:
        """Keep the entities that make the statement."""
        return that_say(self.hass, entities, self.statement)

    @override
    def is_valid_state(self, entity_state: State) -> bool:
        """Tell whether an entity passes, and keep the reason if it does not."""
        passes = super().is_valid_state(entity_state)
        if not passes:
            self.reasons[entity_state.entity_id] = reason_of(entity_state)
        return passes

    @override
    def _should_include(self, _state: State) -> bool:
        return True

    @override
    def _check_all_match_state(self, states: list[State]) -> bool:
        return bool(states) and super()._check_all_match_state(states)

    @override
    def _async_check(self, **kwargs: Any) -> bool:
        self.reasons.clear()
        passes = super()._async_check(**kwargs)
        if not passes and self.reasons:
            condition_trace_update_result(reasons=dict(self.reasons))
        return passes

    @property
    @override
    def _needs_duration_tracking(self) -> bool:
        return self.reads_attributes() or super()._needs_duration_tracking

    @override
    def _state_valid_since(self, _state: State) -> datetime:
        return (
            _state.last_updated if self.reads_attributes() else super()._state_valid_since(_state)
        )
