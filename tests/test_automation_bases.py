"""What our triggers and conditions need of Home Assistant's bases is still there, and still asked.

Each override below would be silently ignored if a release renamed what it overrides.
"""

from collections.abc import Mapping
from datetime import datetime
import inspect
from typing import Any

from homeassistant.core import HomeAssistant, State
from homeassistant.helpers.automation import DomainSpec
from homeassistant.helpers.condition import (
    ConditionConfig,
    EntityConditionBase,
    EntityStateConditionBase,
)
from homeassistant.helpers.trigger import EntityTransitionTriggerBase, TriggerConfig
import pytest

from custom_components.air_baseline.automation_bases import StatementCondition, StatementTrigger
from custom_components.air_baseline.condition import CONDITIONS, IsUnusual
from custom_components.air_baseline.trigger import TRIGGERS
from tests.automations import Kitchen

UNUSUAL, LEARNING = "binary_sensor.kitchen_pm25_unusual", "sensor.kitchen_pm25_learning"
SIGNATURES: Mapping[str, str] = {
    "_should_include": "(self, _state: State) -> bool",
    "_check_all_match_state": "(self, states: list[State]) -> bool",
    "_check_any_match_state": "(self, states: list[State]) -> bool",
    "_state_valid_since": "(self, _state: State) -> datetime",
    "is_valid_state": "(self, entity_state: State) -> bool",
    "entity_filter": "(self, entities: set[str]) -> set[str]",
}


def bare(function: object) -> str:
    """Return a signature without the modules of its types."""
    text = str(inspect.signature(function))  # type: ignore[arg-type]
    return text.replace("homeassistant.core.", "").replace("datetime.datetime", "datetime")


@pytest.mark.parametrize(("name", "signature"), SIGNATURES.items())
def test_the_overridden_methods_of_conditions_have_the_known_signatures(
    name: str, signature: str
) -> None:
    assert bare(getattr(EntityConditionBase, name)) == signature


def test_a_condition_is_asked_by_one_method_and_a_property_says_what_for_counts_from() -> None:
    (self, kwargs) = inspect.signature(EntityStateConditionBase._async_check).parameters.values()  # noqa: SLF001
    assert (self.name, kwargs.kind) == ("self", inspect.Parameter.VAR_KEYWORD)
    assert isinstance(EntityConditionBase._needs_duration_tracking, property)  # noqa: SLF001


def test_the_bases_declare_what_ours_set() -> None:
    declared = {
        EntityStateConditionBase: {"_states", "_domain_specs", "_schema"},
        EntityTransitionTriggerBase: {
            "_domain_specs",
            "_schema",
            "_from_states",
            "_to_states",
            "_excluded_from_states",
        },
    }
    for base, names in declared.items():
        known = {name for one in base.__mro__ for name in inspect.get_annotations(one)}
        assert names <= known


@pytest.mark.parametrize("name", CONDITIONS)
def test_each_condition_has_its_states_where_the_base_looks(name: str) -> None:
    condition = CONDITIONS[name]
    assert issubclass(condition, StatementCondition)
    (spec,) = condition._domain_specs.values()  # noqa: SLF001
    assert spec == DomainSpec()
    assert condition._states  # noqa: SLF001


@pytest.mark.parametrize("name", TRIGGERS)
def test_each_trigger_has_its_states_where_the_base_looks(name: str) -> None:
    trigger = TRIGGERS[name]
    assert issubclass(trigger, StatementTrigger)
    assert trigger._from_states  # noqa: SLF001
    assert trigger._to_states  # noqa: SLF001
    assert "unavailable" not in trigger._from_states  # noqa: SLF001


class Watched(IsUnusual, domain="binary_sensor", states=("on",)):
    """A condition that notes which of our overrides its base asks."""

    def __init__(self, hass: HomeAssistant, config: ConditionConfig) -> None:
        self.asked: list[str] = []
        super().__init__(hass, config)

    def _should_include(self, _state: State) -> bool:
        self.asked.append("_should_include")
        return super()._should_include(_state)

    def _check_all_match_state(self, states: list[State]) -> bool:
        self.asked.append("_check_all_match_state")
        return super()._check_all_match_state(states)

    def _async_check(self, **kwargs: Any) -> bool:
        self.asked.append("_async_check")
        return super()._async_check(**kwargs)

    @property
    def _needs_duration_tracking(self) -> bool:
        self.asked.append("_needs_duration_tracking")
        return super()._needs_duration_tracking

    def _state_valid_since(self, _state: State) -> datetime:
        self.asked.append("_state_valid_since")
        return super()._state_valid_since(_state)


async def test_the_base_of_conditions_asks_every_override(
    hass: HomeAssistant, kitchen: Kitchen
) -> None:
    kitchen.rare(35)
    await kitchen.learn()
    await kitchen.plume()
    assert kitchen.says(UNUSUAL) == "on"
    config = await IsUnusual.async_validate_config(
        hass,
        {
            "target": {"entity_id": [UNUSUAL]},
            "options": {"behavior": "all", "for": {"minutes": 1}, "minimum_rarity": 1},
        },
    )
    condition = Watched(hass, ConditionConfig(config["options"], config["target"]))
    await condition.async_setup()
    await kitchen.plume()
    assert condition.async_check(variables=None) is True
    assert set(condition.asked) == {
        "_should_include",
        "_check_all_match_state",
        "_async_check",
        "_needs_duration_tracking",
        "_state_valid_since",
    }
    condition.async_unload()


async def test_a_trigger_has_what_its_base_was_given(hass: HomeAssistant) -> None:
    target = {"entity_id": [UNUSUAL]}
    trigger = TRIGGERS["unusual_detected"]
    config = await trigger.async_validate_config(
        hass, {"target": target, "options": {"minimum_rarity": 60}}
    )
    made: Any = trigger(hass, TriggerConfig("x", config["target"], config["options"]))
    assert made.hass is hass
    assert made.target["entity_id"] == [UNUSUAL]
    assert made.options["minimum_rarity"] == 60
