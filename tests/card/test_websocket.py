"""The card's subscription, over the WebSocket as the frontend uses it."""

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

from custom_components.air_baseline.card.sentences import PreviewSentences, Sentences
from custom_components.air_baseline.words.explanation import Words
from custom_components.air_baseline.words.preview import PreviewWords
from tests.automations import Kitchen
from tests.card_client import Answer, Card, channels
from tests.card_words import lines
from tests.frontend.messages import a_channel, a_room as a_message
from tests.home import PM25, VOC, a_home, a_room, device_id, pass_time, report, set_up

KITCHEN_TWO = "01KITCHENTWO"
SLOT = timedelta(minutes=5)
MOMENT = timedelta(seconds=40)  # A connection is closed after 55 s without an answer.


async def test_a_learned_room_is_sent_with_its_range(kitchen: Kitchen, card: Card) -> None:
    await kitchen.learn()
    await kitchen.breathe()
    message = await card.open()
    assert (message["room"], message["questions"], message["recorder"]) == ("Kitchen", [], False)
    pm25, voc = channels(message)["pm25"], channels(message)["voc_ratio"]
    assert (pm25["unit"], voc["unit"]) == ("μg/m³", "ppb")
    assert (pm25["state"], pm25["compared"], pm25["firm"]) == ("learned", "usual", True)
    assert (pm25["usable_days"], pm25["needed"], pm25["missing"]) == (36, 21, [])
    assert len(pm25["parts"]) == len(voc["parts"]) == 8
    now = dt_util.utcnow().timestamp()
    (part,) = [part for part in pm25["parts"] if part["start"] <= now < part["end"]]
    low, high = "sensor.kitchen_pm25_usual_low", "sensor.kitchen_pm25_usual_high"
    assert part["low"] == float(kitchen.says(low))
    assert part["high"] == float(kitchen.says(high))
    assert lines(pm25["words"]["inferred"]) == [
        f"PM2.5: usual here early in the afternoon (13:00 to 16:00): {low_high(part)} μg/m³."
    ]
    await card.close()


def low_high(part: Answer) -> str:
    return f"{part['low']:.0f} to {part['high']:.0f}"


async def test_the_example_messages_have_the_fields_that_the_server_sends(
    kitchen: Kitchen, card: Card
) -> None:
    await kitchen.learn()
    await kitchen.breathe()
    await kitchen.plume()
    message = await card.open()
    assert message.keys() == a_message().keys()
    example, sent = a_channel(), channels(message)["pm25"]
    assert sent.keys() == example.keys()
    assert sent["words"].keys() == example["words"].keys()
    assert sent["parts"][0].keys() == example["parts"][0].keys()
    (episode,) = sent["episodes"]
    assert episode.keys() == {"start", "end", "running", "rarity_days"}
    (question,) = message["questions"]
    assert question.keys() == {"id", "kind", "numbers"}
    await card.close()


async def test_an_unusual_room_is_sent_with_its_episode(kitchen: Kitchen, card: Card) -> None:
    kitchen.rare(60)
    await kitchen.learn()
    await kitchen.breathe()
    rise = dt_util.utcnow().timestamp()
    await kitchen.plume()
    message = await card.open()
    pm25 = channels(message)["pm25"]
    assert pm25["compared"] == "unusual"
    (episode,) = pm25["episodes"]
    assert abs(episode["start"] - rise) < SLOT.total_seconds()
    assert episode["running"]
    assert episode["rarity_days"] == 60
    (inferred,) = lines(pm25["words"]["inferred"])
    assert "As rare as once in 60 days here, or rarer." in inferred
    assert [question["kind"] for question in message["questions"]] == ["unusual_episode"]
    assert channels(message)["voc_ratio"]["episodes"] == []
    await card.close()


async def test_a_new_room_is_sent_as_collecting(
    hass: HomeAssistant, clock: FrozenDateTimeFactory, card: Card
) -> None:
    await set_up(hass, a_home())
    report(hass, PM25, 6)
    report(hass, VOC, 120)
    pm25 = channels(await card.open())["pm25"]
    assert (pm25["state"], pm25["compared"]) == ("collecting", "not_enough_data")
    assert (pm25["basis"], pm25["firm"]) == ("everyone", False)
    assert (pm25["usable_days"], pm25["needed"]) == (0, 21)
    assert lines(pm25["missing"])[0] == "Weekend days still needed: 4."
    voc = channels(await card.open())["voc_ratio"]
    assert (voc["parts"], voc["basis"]) == ([], None)
    await card.close()


async def test_concentrations_are_sent_in_the_unit_of_the_source(
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
    ((_, value),) = channels(await card.message())["voc_mass"]["line"]
    assert value == 0.325
    await card.close()


async def test_new_measurements_are_sent(hass: HomeAssistant, kitchen: Kitchen, card: Card) -> None:
    await kitchen.learn()
    await kitchen.breathe()
    report(hass, PM25, 9)
    began = dt_util.utcnow().timestamp()
    await pass_time(hass, kitchen.clock, SLOT - MOMENT)
    assert channels(await card.open())["pm25"]["line"] == []
    await pass_time(hass, kitchen.clock, MOMENT, step=MOMENT - timedelta(seconds=1))
    ((at, value),) = channels(await card.message())["pm25"]["line"]
    assert at <= began < at + SLOT.total_seconds()
    assert 8.9 < value <= 9.0
    await card.close()


async def test_the_room_is_sent_again_after_a_reload_and_its_removal_is_reported(
    hass: HomeAssistant, kitchen: Kitchen, card: Card
) -> None:
    entry = await kitchen.learn()
    await card.open()
    await hass.config_entries.async_unload(entry.entry_id)
    await hass.async_block_till_done()
    assert await card.message() == {"status": "not_loaded"}
    await hass.config_entries.async_setup(entry.entry_id)
    await hass.async_block_till_done()
    assert (await card.message())["room"] == "Kitchen"
    (subentry,) = entry.subentries
    hass.config_entries.async_remove_subentry(entry, subentry)
    await hass.async_block_till_done()
    statuses = [(await card.message())["status"]]
    while statuses[-1] != "gone":
        statuses.append((await card.message())["status"])
    assert set(statuses) <= {"shown", "not_loaded", "gone"}
    await card.close()


async def test_a_closed_card_leaves_no_listener(
    hass: HomeAssistant, kitchen: Kitchen, card: Card
) -> None:
    entry = await kitchen.learn()
    (room,) = entry.runtime_data.rooms.values()
    before = len(room._bin_listeners)  # noqa: SLF001 - what would leak
    await card.open()
    assert len(room._bin_listeners) == before + 1  # noqa: SLF001
    await card.close()
    assert len(room._bin_listeners) == before  # noqa: SLF001


async def test_a_device_that_is_not_a_room_is_refused(
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
    "subscription",
    [{}, {"device_id": 3}, {"device_id": "x", "more": 1}],
)
async def test_malformed_requests_are_refused(
    kitchen: Kitchen, card: Card, subscription: dict[str, Any]
) -> None:
    await kitchen.learn()
    assert (await card.ask(**subscription))["error"]["code"] == "invalid_format"
    await card.close()


async def test_numbers_dates_and_keys_are_sent_and_no_sentence(
    hass: HomeAssistant, kitchen: Kitchen, card: Card
) -> None:
    """Whoever reads them has a language and formats of their own."""
    await kitchen.learn(9)
    await kitchen.breathe()
    sent_channel = channels(await card.open())["pm25"]
    sent = sent_channel["words"]
    (measured,) = sent["measured"]
    (held,) = measured
    assert (held["say"], set(held["with"])) == ("measured_held", {"quantity", "level"})
    assert held["with"]["quantity"] == [{"say": "quantity_pm25"}]
    number, unit = held["with"]["level"]
    assert (set(number), unit) == ({"number"}, " μg/m³")
    ((earliest,),) = sent["next"]
    assert earliest["with"]["date"] == [{"date": sent_channel["earliest"]}]
    await card.close()


def test_what_the_card_says_is_what_the_server_says() -> None:
    """Words and sentences differ only in who writes numbers, times and dates."""
    own = {"name", "lines", "sentence", "_mark"}
    for sentences, words in ((Sentences, Words), (PreviewSentences, PreviewWords)):
        overridden = {name for name in vars(sentences) if not name.startswith("__")} - own
        assert overridden <= vars(words).keys()


@pytest.fixture
async def somebody(
    hass: HomeAssistant, hass_owner_user: User, hass_ws_client: WebSocketGenerator
) -> Card:
    """Return the card of a user who is not an administrator."""
    user = await hass.auth.async_create_user("Somebody", group_ids=[GROUP_ID_USER])
    return Card(hass, user, hass_ws_client)


async def test_a_user_who_may_read_sees_the_room(
    hass: HomeAssistant, kitchen: Kitchen, hass_owner_user: User, hass_ws_client: WebSocketGenerator
) -> None:
    await kitchen.learn()
    user = await hass.auth.async_create_user("Reader", group_ids=[GROUP_ID_READ_ONLY])
    reader = Card(hass, user, hass_ws_client)
    assert (await reader.open())["room"] == "Kitchen"
    await reader.close()


async def test_a_user_who_may_not_read_the_room_is_refused(
    hass: HomeAssistant, kitchen: Kitchen, somebody: Card
) -> None:
    await kitchen.learn()
    allow_only(somebody, PM25)
    answer = await somebody.ask(device_id=device_id(hass))
    assert answer["error"]["code"] == "unauthorized"
    await somebody.close()


async def test_a_user_who_may_not_read_the_source_does_not_see_the_line(
    kitchen: Kitchen, somebody: Card
) -> None:
    await kitchen.learn()
    allow_only(somebody, "sensor.kitchen_pm25_compared")
    pm25 = channels(await somebody.open())["pm25"]
    assert (pm25["line"], pm25["source"]) == (None, None)
    assert pm25["parts"]
    await somebody.close()


def allow_only(card: Card, entity_id: str) -> None:
    """Let a user read only one entity, as a policy of Home Assistant would."""
    policy = {"entities": {"entity_ids": {entity_id: {"read": True}}}}
    card._user.__dict__["permissions"] = PolicyPermissions(policy, None)  # type: ignore[arg-type] # noqa: SLF001


async def test_names_are_sent_as_they_are(
    hass: HomeAssistant, kitchen: Kitchen, card: Card
) -> None:
    """Nothing is escaped here: the card shows all words as text."""
    entry = await kitchen.learn()
    (subentry,) = entry.subentries.values()
    name = "<b>*Kitchen*</b> & Co"
    hass.config_entries.async_update_subentry(entry, subentry, title=name)
    await hass.async_block_till_done()
    assert (await card.open())["room"] == name
    await card.close()
