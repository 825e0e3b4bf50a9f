"""The icons, as hassfest accepts them; test_translations*.py checks that none is missing."""

from collections.abc import Iterator
from importlib.resources import files
import json
from typing import Any

from homeassistant.helpers import config_validation as cv
import pytest
import voluptuous as vol

from tests.words import FOLDER, icons, leaves

KNOWN = {
    f"mdi:{icon['name']}"
    for icon in json.loads(
        files("hass_frontend").joinpath("static", "mdi", "iconList.json").read_text("utf-8")
    )
}
ICON = vol.In(KNOWN)


def no_state_has_the_default_icon(icon: dict[str, Any]) -> dict[str, Any]:
    if icon["default"] in icon.get("state", {}).values():
        raise vol.Invalid("a state has the icon that it would have anyway")
    return icon


OF_STATES = {vol.Required("default"): ICON, vol.Optional("state"): {cv.slug: ICON}}
LOOK = vol.All(
    {
        **OF_STATES,
        vol.Optional("state_attributes"): {cv.slug: vol.Schema(OF_STATES)},
    },
    no_state_has_the_default_icon,
)
ICONS = vol.Schema(
    {
        vol.Required("conditions"): {cv.underscore_slug: {vol.Required("condition"): ICON}},
        vol.Required("entity"): {cv.slug: {cv.slug: LOOK}},
        vol.Required("services"): {cv.slug: {vol.Required("service"): ICON}},
        vol.Required("triggers"): {cv.underscore_slug: {vol.Required("trigger"): ICON}},
    }
)


def test_the_icons_have_the_form_that_hassfest_accepts() -> None:
    ICONS(icons())


@pytest.mark.parametrize(
    "wrong",
    [
        {"default": "mdi:no-such-icon"},
        {"default": "hue:lamp"},
        {"default": "mdi:pause", "state": {"off": "mdi:pause"}},
        {"state": {"off": "mdi:pause"}},
        {"default": "mdi:pause", "range": {"0": "mdi:pause"}},
    ],
)
def test_what_hassfest_would_refuse_is_refused(wrong: dict[str, Any]) -> None:
    with pytest.raises(vol.Invalid):
        ICONS(icons() | {"entity": {"switch": {"keep_learning": wrong}}})


def icons_in_code() -> Iterator[str]:
    """Yield the lines that name an icon outside icons.json."""
    for ending in ("*.py", "*.yaml"):
        for path in FOLDER.rglob(ending):
            for line in path.read_text("utf-8").splitlines():
                if "mdi:" in line or "_attr_icon" in line:
                    yield f"{path.name}: {line.strip()}"


def test_no_icon_is_named_elsewhere() -> None:
    assert [*leaves(icons())]
    assert [*icons_in_code()] == []
