"""The demo home is written by script/demo; there is nothing to set up."""

from homeassistant.config_entries import ConfigFlow

from demo.house import SENSORS_DOMAIN


class DemoHomeConfigFlow(ConfigFlow, domain=SENSORS_DOMAIN):
    """Home Assistant requires this class, and nothing more."""
