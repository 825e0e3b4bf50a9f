"""What the card asks for, over the WebSocket as the frontend does."""

from datetime import timedelta
from typing import Any

from freezegun.api import FrozenDateTimeFactory
from homeassistant.auth.const import GROUP_ID_READ_ONLY, GROUP_ID_USER
from homeassistant.auth.models import User
from homeassistant.auth.permissions import PolicyPermissions
from homeassistant.core import HomeAssistant
from homeassistant.helpers import device_registry as dr
from homeassistant.util import dt as dt_util
import pytest
from pytest_homeassistant_custom_component.common import MockConfigEntry
from pytest_homeassistant_custom_component.typing import WebSocketGenerator

from tests.automations import Kitchen
from tests.card_client import Answer, Card, channels
from tests.frontend.messages import a_channel, a_room as a_message
from tests.home import PM25, VOC, a_home, a_room, device_id, pass_time, report, set_up

KITCHEN_TWO = "01KITCHENTWO"
SLOT = timedelta(minutes=5)
MOMENT = timedelta(seconds=40)  # A connection is given up when nothing answers for 55 s.


async def test_a_learned_room(kitchen: Kitchen, card: Card) -> None:
    await kitchen.learn()
    await kitchen.breathe()
    picture = await card.open()
    assert (picture["room"], picture["questions"], picture["recorder"]) == ("Kitchen", [], False)
    pm25, voc = channels(picture)["pm25"], channels(picture)["voc_ratio"]
    assert (pm25["unit"], voc["unit"]) == ("μg/m³", "ppb")
    assert (pm25["state"], pm25["compared"], pm25["firm"]) == ("learned", "usual", True)
    assert (pm25["usable_days"], pm25["needed"], pm25["missing"]) == (36, 21, [])
    assert len(pm25["parts"]) == len(voc["parts"]) == 8
    now = dt_util.utcnow().timestamp()
    (part,) = [part for part in pm25["parts"] if part["start"] <= now < part["end"]]
    low, high = "sensor.kitchen_pm25_usual_low", "sensor.kitchen_pm25_usual_high"
    assert part["low"] == float(kitchen.says(low))
    assert part["high"] == float(kitchen.says(high))
    assert pm25["words"]["inferred"] == [
        f"PM2.5: usual here early in the afternoon (13:00 to 16:00): {low_high(part)} μg/m³."
    ]
    await card.close()


def low_high(part: Answer) -> str:
    return f"{part['low']:.0f} to {part['high']:.0f}"


async def test_the_tests_of_the_card_are_sent_what_the_server_sends(
    kitchen: Kitchen, card: Card
) -> None:
    await kitchen.learn()
    await kitchen.breathe()
    await kitchen.plume()
    picture = await card.open()
    assert picture.keys() == a_message().keys()
    example, said = a_channel(), channels(picture)["pm25"]
    assert said.keys() == example.keys()
    assert said["words"].keys() == example["words"].keys()
    assert said["parts"][0].keys() == example["parts"][0].keys()
    (episode,) = said["episodes"]
    assert episode.keys() == {"start", "end", "running"}
    (question,) = picture["questions"]
    assert question.keys() == {"kind"}
    await card.close()


async def test_an_unusual_room(kitchen: Kitchen, card: Card) -> None:
    await kitchen.learn()
    await kitchen.breathe()
    rise = dt_util.utcnow().timestamp()
    await kitchen.plume()
    picture = await card.open()
    pm25 = channels(picture)["pm25"]
    assert pm25["compared"] == "unusual"
    (episode,) = pm25["episodes"]
    assert abs(episode["start"] - rise) < SLOT.total_seconds()
    assert episode["running"]
    assert [question["kind"] for question in picture["questions"]] == ["unusual_episode"]
    assert channels(picture)["voc_ratio"]["episodes"] == []
    await card.close()


async def test_a_room_that_has_just_begun(
    hass: HomeAssistant, clock: FrozenDateTimeFactory, card: Card
) -> None:
    await set_up(hass, a_home())
    report(hass, PM25, 6)
    report(hass, VOC, 120)
    pm25 = channels(await card.open())["pm25"]
    assert (pm25["state"], pm25["compared"]) == ("collecting", "not_enough_data")
    assert (pm25["basis"], pm25["firm"]) == ("everyone", False)
    assert (pm25["usable_days"], pm25["needed"]) == (0, 21)
    assert pm25["missing"][0] == "Weekend days still needed: 4."
    voc = channels(await card.open())["voc_ratio"]
    assert (voc["parts"], voc["basis"]) == ([], None)
    await card.close()


async def test_levels_are_in_the_unit_of_the_source(
    hass: HomeAssistant, clock: FrozenDateTimeFactory, card: Card
) -> None:
    milligrams = {"voc_source": VOC, "voc_kind": "voc_mass", "voc_unit": "mg/m³"}
    await set_up(hass, a_home(a_room(KITCHEN_TWO, "kitchen", **milligrams)))
    unit = {
        "unit_of_measurement": "mg/m³",
        "device_class": "volatile_organic_compounds",
    }
    device = device_id(hass, KITCHEN_TWO)
    report(hass, VOC, 0.325, **unit)
    await pass_time(hass, clock, SLOT - MOMENT)
    assert channels(await card.open(device))["voc_mass"]["unit"] == "mg/m³"
    await pass_time(hass, clock, MOMENT)
    ((_, value),) = channels(await card.picture())["voc_mass"]["line"]
    assert value == 0.325
    await card.close()


async def test_what_is_measured_from_now_on_is_sent(
    hass: HomeAssistant, kitchen: Kitchen, card: Card
) -> None:
    await kitchen.learn()
    await kitchen.breathe()
    report(hass, PM25, 9)
    began = dt_util.utcnow().timestamp()
    await pass_time(hass, kitchen.clock, SLOT - MOMENT)
    assert channels(await card.open())["pm25"]["line"] == []
    await pass_time(hass, kitchen.clock, MOMENT, step=MOMENT - timedelta(seconds=1))
    ((at, value),) = channels(await card.picture())["pm25"]["line"]
    assert at <= began < at + SLOT.total_seconds()
    assert 8.9 < value <= 9.0
    await card.close()


async def test_the_room_is_sent_again_after_a_reload_and_says_when_it_is_gone(
    hass: HomeAssistant, kitchen: Kitchen, card: Card
) -> None:
    entry = await kitchen.learn()
    await card.open()
    await hass.config_entries.async_unload(entry.entry_id)
    await hass.async_block_till_done()
    assert await card.picture() == {"status": "not_loaded"}
    await hass.config_entries.async_setup(entry.entry_id)
    await hass.async_block_till_done()
    assert (await card.picture())["room"] == "Kitchen"
    (subentry,) = entry.subentries
    hass.config_entries.async_remove_subentry(entry, subentry)
    await hass.async_block_till_done()
    statuses = [(await card.picture())["status"]]
    while statuses[-1] != "gone":
        statuses.append((await card.picture())["status"])
    assert set(statuses) <= {"shown", "not_loaded", "gone"}
    await card.close()


async def test_a_card_that_is_closed_leaves_nothing_listening(
    hass: HomeAssistant, kitchen: Kitchen, card: Card
) -> None:
    entry = await kitchen.learn()
    (room,) = entry.runtime_data.rooms.values()
    before = len(room._bin_listeners)  # noqa: SLF001 - what would leak
    await card.open()
    assert len(room._bin_listeners) == before + 1  # noqa: SLF001
    await card.close()
    assert len(room._bin_listeners) == before  # noqa: SLF001


async def test_a_device_that_is_no_room_is_refused(
    hass: HomeAssistant, kitchen: Kitchen, card: Card
) -> None:
    await kitchen.learn()
    other = MockConfigEntry(domain="other")
    other.add_to_hass(hass)
    stranger = dr.async_get(hass).async_get_or_create(
        config_entry_id=other.entry_id, identifiers={("other", "x")}
    )
    for device in (stranger.id, "nothing", ""):
        answer = await card.ask(device_id=device)
        assert answer["error"]["translation_key"] == "room_gone"
    await card.close()


@pytest.mark.parametrize(
    "said",
    [{}, {"device_id": 3}, {"device_id": "x", "language": ""}, {"device_id": "x", "more": 1}],
)
async def test_other_questions_are_refused(
    kitchen: Kitchen, card: Card, said: dict[str, Any]
) -> None:
    await kitchen.learn()
    assert (await card.ask(**said))["error"]["code"] == "invalid_format"
    await card.close()


async def test_a_language_without_words_gets_english(
    hass: HomeAssistant, kitchen: Kitchen, card: Card
) -> None:
    await kitchen.learn()
    await card.ask(device_id=device_id(hass), language="tlh")
    words = channels(await card.picture())["pm25"]["words"]
    assert words["next"][0].startswith("The range is recalculated")
    await card.close()


@pytest.fixture
async def somebody(
    hass: HomeAssistant, hass_owner_user: User, hass_ws_client: WebSocketGenerator
) -> Card:
    """Let somebody who is no administrator look."""
    user = await hass.auth.async_create_user("Somebody", group_ids=[GROUP_ID_USER])
    return Card(hass, user, hass_ws_client)


async def test_who_may_read_may_look(
    hass: HomeAssistant, kitchen: Kitchen, hass_owner_user: User, hass_ws_client: WebSocketGenerator
) -> None:
    await kitchen.learn()
    user = await hass.auth.async_create_user("Reader", group_ids=[GROUP_ID_READ_ONLY])
    reader = Card(hass, user, hass_ws_client)
    assert (await reader.open())["room"] == "Kitchen"
    await reader.close()


async def test_who_may_not_read_the_room_is_refused(
    hass: HomeAssistant, kitchen: Kitchen, somebody: Card
) -> None:
    await kitchen.learn()
    allow_only(somebody, PM25)
    answer = await somebody.ask(device_id=device_id(hass))
    assert answer["error"]["code"] == "unauthorized"
    await somebody.close()


async def test_who_may_not_read_the_source_does_not_see_the_line(
    kitchen: Kitchen, somebody: Card
) -> None:
    await kitchen.learn()
    allow_only(somebody, "sensor.kitchen_pm25_compared")
    pm25 = channels(await somebody.open())["pm25"]
    assert (pm25["line"], pm25["source"]) == (None, None)
    assert pm25["parts"]
    await somebody.close()


def allow_only(card: Card, entity_id: str) -> None:
    """Let a user read one entity alone, as a policy of Home Assistant would."""
    policy = {"entities": {"entity_ids": {entity_id: {"read": True}}}}
    card._user.__dict__["permissions"] = PolicyPermissions(policy, None)  # type: ignore[arg-type] # noqa: SLF001


async def test_names_are_sent_as_they_are(
    hass: HomeAssistant, kitchen: Kitchen, card: Card
) -> None:
    """They are no markup here: the card shows all words as text."""
    entry = await kitchen.learn()
    (subentry,) = entry.subentries.values()
    name = "<b>*Kitchen*</b> & Co"
    hass.config_entries.async_update_subentry(entry, subentry, title=name)
    await hass.async_block_till_done()
    assert (await card.open())["room"] == name
    await card.close()
