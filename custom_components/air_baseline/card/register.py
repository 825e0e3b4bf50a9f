"""The card and the dashboard: one folder of modules that the frontend loads by itself."""

from hashlib import sha256
from pathlib import Path
from typing import Final

from homeassistant.components.frontend import add_extra_js_url, remove_extra_js_url
from homeassistant.components.http import StaticPathConfig
from homeassistant.core import CALLBACK_TYPE, HomeAssistant, callback
from homeassistant.util.hass_dict import HassKey

from ..const import DOMAIN

MODULE: Final = "air-baseline.js"
FOLDER: Final = Path(__file__).parent.parent / "frontend"
ADDRESS: HassKey[str] = HassKey(f"{DOMAIN}_frontend_address")


async def async_serve_modules(hass: HomeAssistant) -> None:
    """Let browsers fetch the modules, where there is a frontend at all.

    Their address holds a digest of them: browsers keep what they fetched for a month, and an
    update brings other modules at another address, those that import each other as well.
    """
    if "frontend" not in hass.config.components:
        return
    address = f"/{DOMAIN}/{await hass.async_add_executor_job(_digest)}"
    await hass.http.async_register_static_paths(
        [StaticPathConfig(address, str(FOLDER), cache_headers=True)]
    )
    hass.data[ADDRESS] = f"{address}/{MODULE}"


@callback
def async_load_module(hass: HomeAssistant) -> CALLBACK_TYPE:
    """Let every open and future page load the card and the dashboard; return what ends that.

    A page that has loaded them keeps them until it is loaded anew.
    """
    address = hass.data.get(ADDRESS)
    if address is None:
        return lambda: None
    add_extra_js_url(hass, address)
    return lambda: remove_extra_js_url(hass, address)


def _digest() -> str:
    digest = sha256()
    for path in sorted(FOLDER.glob("*.js")):
        digest.update(path.name.encode() + path.read_bytes())
    return digest.hexdigest()[:12]
