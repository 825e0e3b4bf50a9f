"""The card and the dashboard: one folder of modules that the frontend loads automatically.

The blueprints are served with them, for the page that makes a notification of one.
"""

from hashlib import sha256
from pathlib import Path
from typing import Final

from homeassistant.components.frontend import (
    add_extra_js_url,
    async_panel_exists,
    async_register_built_in_panel,
    async_remove_panel,
    remove_extra_js_url,
)
from homeassistant.components.http import StaticPathConfig
from homeassistant.core import CALLBACK_TYPE, HomeAssistant, callback
from homeassistant.util.hass_dict import HassKey

from ..const import DOMAIN
from .picture import PictureView

MODULE: Final = "air-baseline.js"
FOLDER: Final = Path(__file__).parent.parent / "frontend"
BLUEPRINTS: Final = FOLDER.parent / "blueprints"
# Without a title, so it is not in the sidebar. A dashboard cannot have this address: theirs have a
# hyphen, and one with the title "Air Baseline" has air-baseline.
PANEL: Final = DOMAIN
ELEMENT: Final = "air-baseline-panel"  # As air-baseline.js defines it.
ADDRESS: HassKey[str] = HassKey(f"{DOMAIN}_frontend_address")


async def async_serve_modules(hass: HomeAssistant) -> None:
    """Serve the modules and blueprints to browsers, if there is a frontend.

    Browsers keep what they fetched for a month, so the address contains a hash of all files.
    After an update every module has a new address, including those that import each other.
    """
    if "frontend" not in hass.config.components:
        return
    address = f"/{DOMAIN}/{await hass.async_add_executor_job(_hash_files)}"
    await hass.http.async_register_static_paths(
        [
            StaticPathConfig(f"{address}/{BLUEPRINTS.name}", str(BLUEPRINTS), cache_headers=True),
            StaticPathConfig(address, str(FOLDER), cache_headers=True),
        ]
    )
    hass.data[ADDRESS] = f"{address}/{MODULE}"
    hass.http.register_view(PictureView())


@callback
def async_load_module(hass: HomeAssistant) -> CALLBACK_TYPE:
    """Load the card and the dashboard in every open and future page; return what ends that.

    A page that has loaded them keeps them until it is reloaded.
    """
    address = hass.data.get(ADDRESS)
    if address is None:
        return lambda: None
    add_extra_js_url(hass, address)
    if not async_panel_exists(hass, PANEL):
        custom = {"name": ELEMENT, "module_url": address, "embed_iframe": False}
        async_register_built_in_panel(
            hass,
            component_name="custom",
            frontend_url_path=PANEL,
            config={"_panel_custom": {**custom, "trust_external": False}},
        )

    @callback
    def unload() -> None:
        remove_extra_js_url(hass, address)
        async_remove_panel(hass, PANEL)

    return unload


def _hash_files() -> str:
    served = sha256()
    for path in sorted([*FOLDER.rglob("*.js"), *BLUEPRINTS.glob("*.yaml")]):
        served.update(path.name.encode() + path.read_bytes())
    return served.hexdigest()[:12]
