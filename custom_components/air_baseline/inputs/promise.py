"""How often each sensor of a home may give an alert, by the settings and the sensors of now."""

from collections.abc import Mapping
from typing import Any

from homeassistant.config_entries import ConfigEntry

from ..const import CONF_BUDGET, CONF_PM25_SOURCE, CONF_PROMISE, CONF_VOC_SOURCE
from ..core.alerting.promise import Promise, shared_days


def promise_days_of(entry: ConfigEntry) -> int:
    """Return N of the promise of a home: at most one alert in N days from each sensor."""
    return promise_days(entry.options, sensors_of(entry))


def promise_days(options: Mapping[str, Any], sensors: int) -> int:
    """Return N of the promise of a home with these settings and that many sensors."""
    return shared_days(promise_of(options).days, sensors, options.get(CONF_BUDGET))


def promise_of(options: Mapping[str, Any]) -> Promise:
    """Return what these settings promise of each sensor alone."""
    return Promise(options.get(CONF_PROMISE, Promise.MONTH))


def sensors_of(entry: ConfigEntry) -> int:
    """Return how many sensors the rooms of a home have, readable or not, paused or not."""
    return sum(
        bool(room.data.get(key))
        for room in entry.subentries.values()
        for key in (CONF_PM25_SOURCE, CONF_VOC_SOURCE)
    )
