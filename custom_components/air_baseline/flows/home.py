"""The settings of the home: the promise, the outdoor sources, and who may correct."""

from collections.abc import Iterable, Mapping
from typing import Any

from homeassistant.config_entries import ConfigFlowResult, ConfigSubentry, OptionsFlow
from homeassistant.core import HomeAssistant
from homeassistant.helpers.selector import BooleanSelector, SelectSelector, SelectSelectorConfig
import voluptuous as vol

from ..const import (
    CONF_EVERYONE,
    CONF_HISTORY,
    CONF_OUTDOOR_PM25,
    CONF_OUTDOOR_TEMPERATURE,
    CONF_PROMISE,
)
from ..core.alerting.promise import Promise
from ..inputs.eligibility import refuse_outdoor_pm25, refuse_outdoor_temperature
from .room_form import SOURCE_KEYS, sensor_of_class

HOME_SCHEMA = vol.Schema(
    {
        vol.Required(CONF_PROMISE, default=Promise.MONTH.value): SelectSelector(
            SelectSelectorConfig(
                options=[promise.value for promise in Promise], translation_key="promise"
            )
        ),
        vol.Optional(CONF_OUTDOOR_PM25): sensor_of_class("pm25"),
        vol.Optional(CONF_OUTDOOR_TEMPERATURE): sensor_of_class("temperature"),
    }
)
OPTIONS_SCHEMA = HOME_SCHEMA.extend({vol.Required(CONF_EVERYONE, default=False): BooleanSelector()})
SET_UP_SCHEMA = HOME_SCHEMA.extend({vol.Required(CONF_HISTORY, default=True): BooleanSelector()})

_REFUSE_OUTDOORS = {
    CONF_OUTDOOR_PM25: refuse_outdoor_pm25,
    CONF_OUTDOOR_TEMPERATURE: refuse_outdoor_temperature,
}


class AirBaselineOptionsFlow(OptionsFlow):
    """Change the promise, the outdoor sources and who may correct; what was learned stays."""

    async def async_step_init(self, user_input: dict[str, Any] | None = None) -> ConfigFlowResult:
        """Ask for the promise, the outdoor sources and who may correct."""
        rooms = self.config_entry.subentries.values()
        errors = home_errors(self.hass, user_input or {}, rooms)
        if user_input is not None and not errors:
            return self.async_create_entry(data=user_input)
        known = self.config_entry.options if user_input is None else user_input
        schema = self.add_suggested_values_to_schema(OPTIONS_SCHEMA, known)
        return self.async_show_form(step_id="init", data_schema=schema, errors=errors)


def home_errors(
    hass: HomeAssistant, user_input: Mapping[str, Any], rooms: Iterable[ConfigSubentry]
) -> dict[str, str]:
    """Return the errors of the page for the home, by field."""
    errors: dict[str, str] = {}
    indoors = [room.data.get(key) for room in rooms for key in SOURCE_KEYS]
    for key, refuse in _REFUSE_OUTDOORS.items():
        if entity_id := user_input.get(key):
            if entity_id in indoors:
                errors[key] = "source_indoors"
            elif refusal := refuse(hass, entity_id):
                errors[key] = refusal.value
    return errors
