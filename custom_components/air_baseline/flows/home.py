"""The settings of the home: how many alerts, the outdoor sources, and who may correct."""

from collections.abc import Iterable, Mapping
from typing import Any

from homeassistant.config_entries import ConfigEntryState, ConfigFlowResult, OptionsFlow
from homeassistant.core import HomeAssistant
from homeassistant.helpers.selector import (
    BooleanSelector,
    NumberSelector,
    NumberSelectorConfig,
    NumberSelectorMode,
    SelectSelector,
    SelectSelectorConfig,
)
import voluptuous as vol

from ..const import (
    CONF_BUDGET,
    CONF_EVERYONE,
    CONF_HISTORY,
    CONF_ONLY_90_DAYS,
    CONF_OUTDOOR_PM25,
    CONF_OUTDOOR_TEMPERATURE,
    CONF_PROMISE,
)
from ..coordinator import AirBaselineConfigEntry
from ..core.alerting.promise import Promise
from ..inputs.eligibility import refuse_outdoor_pm25, refuse_outdoor_temperature
from ..inputs.promise import promise_days, sensors_of
from .room_form import SOURCE_KEYS, sensor_of_class

# Alerts of the home in 30 days, by judgement: more than one a day is no budget.
_BUDGET = NumberSelector(NumberSelectorConfig(min=1, max=30, step=1, mode=NumberSelectorMode.BOX))
HOME_SCHEMA = vol.Schema(
    {
        vol.Required(CONF_PROMISE, default=Promise.MONTH.value): SelectSelector(
            SelectSelectorConfig(
                options=[promise.value for promise in Promise], translation_key="promise"
            )
        ),
        vol.Optional(CONF_BUDGET): vol.All(_BUDGET, vol.Coerce(int)),
        vol.Optional(CONF_OUTDOOR_PM25): sensor_of_class("pm25"),
        vol.Optional(CONF_OUTDOOR_TEMPERATURE): sensor_of_class("temperature"),
    }
)
_ONLY_90_DAYS = {vol.Required(CONF_ONLY_90_DAYS, default=False): BooleanSelector()}
OPTIONS_SCHEMA = HOME_SCHEMA.extend(
    {**_ONLY_90_DAYS, vol.Required(CONF_EVERYONE, default=False): BooleanSelector()}
)
SET_UP_SCHEMA = vol.Schema(
    {vol.Required(CONF_HISTORY, default=True): BooleanSelector(), **_ONLY_90_DAYS}
)

_REFUSE_OUTDOORS = {
    CONF_OUTDOOR_PM25: refuse_outdoor_pm25,
    CONF_OUTDOOR_TEMPERATURE: refuse_outdoor_temperature,
}


class AirBaselineOptionsFlow(OptionsFlow):
    """Change how many alerts, the outdoor sources, what is kept and who may correct.

    What was learned stays, except what is older than 90 days if that is not to be kept.
    """

    def __init__(self) -> None:
        """Start without an answer."""
        self._wanted: dict[str, Any] = {}

    async def async_step_init(self, user_input: dict[str, Any] | None = None) -> ConfigFlowResult:
        """Ask for these settings, and say what those on the page come to with today's sensors."""
        rooms = [room.data for room in self.config_entry.subentries.values()]
        errors = home_errors(self.hass, user_input or {}, rooms)
        if user_input is not None and not errors:
            self._wanted = user_input
            if user_input[CONF_ONLY_90_DAYS] and _has_years(self.config_entry):
                return await self.async_step_forget()
            return self.async_create_entry(data=user_input)
        known = self.config_entry.options if user_input is None else user_input
        schema = self.add_suggested_values_to_schema(OPTIONS_SCHEMA, known)
        sensors = sensors_of(self.config_entry)
        return self.async_show_form(
            step_id="init",
            data_schema=schema,
            errors=errors,
            description_placeholders={
                "sensors": str(sensors),
                "days": str(promise_days(known, sensors)),
            },
        )

    async def async_step_forget(self, user_input: dict[str, Any] | None = None) -> ConfigFlowResult:
        """Say first what is deleted; closing the page changes nothing."""
        if user_input is not None:
            return self.async_create_entry(data=self._wanted)
        return self.async_show_form(step_id="forget", data_schema=vol.Schema({}))


def _has_years(entry: AirBaselineConfigEntry) -> bool:
    """Tell whether a home has anything older than 90 days, as far as it is loaded."""
    loaded = entry.state is ConfigEntryState.LOADED
    return loaded and any(room.all_years() for room in entry.runtime_data.stored.values())


def home_errors(
    hass: HomeAssistant, user_input: Mapping[str, Any], rooms: Iterable[Mapping[str, Any]]
) -> dict[str, str]:
    """Return the errors of the page for the home, by field; `rooms` are the data of its rooms."""
    errors: dict[str, str] = {}
    indoors = [room.get(key) for room in rooms for key in SOURCE_KEYS]
    for key, refuse in _REFUSE_OUTDOORS.items():
        if entity_id := user_input.get(key):
            if entity_id in indoors:
                errors[key] = "source_indoors"
            elif refusal := refuse(hass, entity_id):
                errors[key] = refusal.value
    return errors
