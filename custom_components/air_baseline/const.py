"""Names that several modules of the integration share; tuning numbers live in core."""

import logging
from typing import Final

from homeassistant.const import Platform

DOMAIN: Final = "air_baseline"
# Of the configuration, major and minor. 1.2: a room knows in which areas its sensors belong.
# 1.3: the home can have a budget of alerts. 1.4: it can keep the last 90 days only.
ENTRY_VERSION: Final = (1, 4)
LOGGER: Final = logging.getLogger(__package__)
PLATFORMS: Final = (
    Platform.BINARY_SENSOR,
    Platform.BUTTON,
    Platform.EVENT,
    Platform.SENSOR,
    Platform.SWITCH,
)

SUBENTRY_ROOM: Final = "room"

CONF_PROMISE: Final = "promise"
CONF_BUDGET: Final = "alerts_of_home"  # How many in 30 days, of all sensors; absent: any number.
CONF_ONLY_90_DAYS: Final = "keep_90_days_only"  # Absent: the year is kept too.
CONF_EVERYONE: Final = "everyone_may_correct"
CONF_AREA: Final = "area_id"
CONF_PM25_SOURCE: Final = "pm25_source"
CONF_PM25_UNIT: Final = "pm25_unit"
CONF_VOC_SOURCE: Final = "voc_source"
CONF_VOC_KIND: Final = "voc_kind"
CONF_VOC_UNIT: Final = "voc_unit"
CONF_OUTDOOR_PM25: Final = "outdoor_pm25"
CONF_OUTDOOR_TEMPERATURE: Final = "outdoor_temperature"
CONF_WINDOWS: Final = "windows"
CONF_REGISTERED: Final = "registered"  # The ids of the sources in the registry, by entity id.
CONF_PLACES: Final = "places"  # The areas in which the sources belong, by entity id.
CONF_START_ANEW: Final = "start_anew"  # Pollutants that start again with an empty ledger.
CONF_HISTORY: Final = "use_history"  # Whether a new room may start from the recorder's history.

SIGNAL_HISTORY_READ: Final = f"{DOMAIN}_history_read"  # Of all sources that waited for it.
EVENT_CORRECTED: Final = f"{DOMAIN}_corrected"  # On the bus, for the logbook.
SIGNAL_ROOMS_CHANGED: Final = f"{DOMAIN}_rooms_changed"  # Sent after each round of settings.

ATTR_QUANTITY: Final = "quantity"
ATTR_CORRECTION: Final = "correction"
ATTR_EPISODE: Final = "episode"
ATTR_RARITY_DAYS: Final = "rarity_days"
ATTR_SUBENTRY: Final = "subentry_id"

MONTH: Final = r"^(19[7-9]\d|2\d{3})-(0[1-9]|1[0-2])\Z"  # A month as actions and pages name it.
PAGE: Final = "/air_baseline"  # The page of the integration in the frontend; see card/register.
