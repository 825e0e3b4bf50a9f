"""The entity ids that Home Assistant gives: after the names, in the language of the home."""

from typing import Any

from freezegun.api import FrozenDateTimeFactory
from homeassistant.core import HomeAssistant
from homeassistant.helpers import area_registry as ar, device_registry as dr, entity_registry as er
import pytest
from pytest_homeassistant_custom_component.common import MockConfigEntry

from custom_components.air_baseline.const import DOMAIN
from custom_components.air_baseline.core.pollutant import Pollutant
from tests.home import BEDROOM, INDEX, KITCHEN, a_home, a_room, device_id, give_ids

pytestmark = pytest.mark.usefixtures("clock")


async def set_up(hass: HomeAssistant, entry: MockConfigEntry) -> None:
    """Set an entry up for the first time: no entity has an id yet."""
    entry.add_to_hass(hass)
    await hass.config_entries.async_setup(entry.entry_id)
    await hass.async_block_till_done()


def ids(hass: HomeAssistant, room: str = KITCHEN) -> dict[str, str]:
    """Return the entity ids of a room by the translation keys of the entities."""
    known = er.async_get(hass).entities.values()
    ours = [one for one in known if one.platform == DOMAIN and one.config_subentry_id == room]
    return {str(one.translation_key): one.entity_id for one in ours}


async def test_an_id_is_the_room_and_the_name_of_the_entity(hass: HomeAssistant) -> None:
    await set_up(hass, a_home())
    found, expected = (
        ids(hass) | ids(hass, BEDROOM),
        {
            "pm25_compared": "sensor.kitchen_pm2_5_against_usual",
            "pm25_unusual": "binary_sensor.kitchen_pm2_5_unusual",
            "voc_learning": "sensor.bedroom_voc_learning",
            "keep_learning": "switch.bedroom_keep_learning",
            "start_over": "button.bedroom_start_over",
            "inference": "event.bedroom_inference",
        },
    )
    assert found | expected == found


@pytest.mark.parametrize(
    ("language", "id_of_switch"),
    [
        ("de", "switch.kuche_weiterlernen"),
        ("fr", "switch.kuche_apprentissage_actif"),
        # Home Assistant makes no ids in these languages.
        ("el", "switch.kuche_keep_learning"),
    ],
)
async def test_an_id_is_in_the_language_of_the_home(
    hass: HomeAssistant, language: str, id_of_switch: str
) -> None:
    hass.config.language = language
    ar.async_get(hass).async_update("kitchen", name="Küche")
    await set_up(hass, a_home({**a_room(KITCHEN, "kitchen", Pollutant.PM25), "title": "Küche"}))
    assert ids(hass)["keep_learning"] == id_of_switch
    assert (ids(hass)["pm25_learning"] == "sensor.kuche_pm2_5_learning") is (language == "el")


@pytest.mark.parametrize(("area", "room"), [("kitchen", "Kitchen"), ("kitchen", "By the stove")])
async def test_an_id_names_the_room_once_and_not_its_area(
    hass: HomeAssistant, area: str, room: str
) -> None:
    await set_up(hass, a_home({**a_room(KITCHEN, area, Pollutant.PM25), "title": room}))
    start = room.lower().replace(" ", "_")
    assert ids(hass)["keep_learning"] == f"switch.{start}_keep_learning"


async def test_an_owner_who_chose_what_ids_are_made_of_gets_that(hass: HomeAssistant) -> None:
    registry = er.async_get(hass)
    parts = (er.EntityNamePart.ENTITY, er.EntityNamePart.AREA, er.EntityNamePart.DEVICE)
    registry.settings = er.EntityRegistrySettings(entity_id_parts=parts)
    await set_up(hass, a_home())
    assert ids(hass)["keep_learning"] == "switch.keep_learning_kitchen_kitchen"


async def test_two_rooms_of_one_name_have_different_ids(hass: HomeAssistant) -> None:
    await set_up(
        hass,
        a_home(
            a_room(KITCHEN, "kitchen", Pollutant.PM25),
            {**a_room(BEDROOM, "bedroom", Pollutant.VOC_INDEX), "title": "Kitchen"},
        ),
    )
    assert ids(hass)["keep_learning"] == "switch.kitchen_keep_learning"
    assert ids(hass, BEDROOM)["keep_learning"] == "switch.kitchen_keep_learning_2"


async def test_a_rename_changes_no_id(hass: HomeAssistant) -> None:
    entry = a_home()
    await set_up(hass, entry)
    before = ids(hass)
    hass.config_entries.async_update_subentry(entry, entry.subentries[KITCHEN], title="Galley")
    await hass.async_block_till_done()
    await hass.config_entries.async_reload(entry.entry_id)
    await hass.async_block_till_done()
    assert ids(hass) == before


async def test_entities_of_an_older_version_keep_their_ids(hass: HomeAssistant) -> None:
    entry = a_home()
    entry.add_to_hass(hass)
    give_ids(hass, entry)
    await hass.config_entries.async_setup(entry.entry_id)
    await hass.async_block_till_done()
    assert ids(hass)["pm25_compared"] == "sensor.kitchen_pm25_compared"


async def test_an_entity_that_is_added_later_is_named_after_the_owners_name_of_the_room(
    hass: HomeAssistant, clock: FrozenDateTimeFactory, hass_storage: dict[str, Any]
) -> None:
    entry = a_home(a_room(KITCHEN, "kitchen", Pollutant.PM25))
    await set_up(hass, entry)
    dr.async_get(hass).async_update_device(device_id(hass), name_by_user="Mine")
    data = {**entry.subentries[KITCHEN].data, "voc_source": INDEX, "voc_unit": ""}
    data["voc_kind"] = "voc_index"
    hass.config_entries.async_update_subentry(entry, entry.subentries[KITCHEN], data=data)
    await hass.async_block_till_done()
    assert ids(hass)["voc_learning"] == "sensor.mine_voc_learning"
    assert ids(hass)["pm25_learning"] == "sensor.kitchen_pm2_5_learning"
