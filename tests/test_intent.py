"""Voice without a model: the sentences that people copy, in Home Assistant's own agent."""

from collections.abc import Iterator
from datetime import timedelta
import json
from pathlib import Path
import re
from typing import Any

from freezegun.api import FrozenDateTimeFactory
from homeassistant.auth.models import User
from homeassistant.core import Context, HomeAssistant
from homeassistant.helpers import area_registry as ar, device_registry as dr, intent
from homeassistant.util.yaml import load_yaml_dict
import pytest
from pytest_homeassistant_custom_component.common import MockConfigEntry

from custom_components.air_baseline import intent as ours
from custom_components.air_baseline.core.pollutant import Pollutant
from custom_components.air_baseline.storage.store import LEDGER_KEY
from tests.assistants import Assistant
from tests.home import (
    BEDROOM,
    INDEX,
    KITCHEN,
    PM25,
    a_home,
    a_room,
    a_store,
    act,
    learned,
    pass_time,
    set_up,
    steady,
    usual,
)
from tests.words import FOLDER, words

SENTENCES = FOLDER / "sentences"
LANGUAGES = ["en", "de"]
HOUR = timedelta(hours=1)
AGENT = "conversation.home_assistant"
ASKED = {
    "en": (
        "how is the kitchen compared with usual",
        "why was there an alert in the kitchen",
        "what was that at 2 in the kitchen",
        "it was the candles in the kitchen",
        "yes, record that",
    ),
    "de": (
        "wie ist die Luft in der Küche verglichen mit sonst",
        "warum gab es eine Luftmeldung in Küche",
        "was war das um 14 Uhr in der Küche",
        "das waren die Kerzen in der Küche",
        "ja, trag das ein",
    ),
}


@pytest.fixture
def copied(hass: HomeAssistant) -> Iterator[None]:
    """Copy the sentences to where Home Assistant looks for them, as the page says."""
    copies = []
    for language in LANGUAGES:
        path = Path(hass.config.path("custom_sentences", language, "air_baseline.yaml"))
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_bytes((SENTENCES / language / "air_baseline.yaml").read_bytes())
        copies.append(path)
    yield
    for path in copies:
        path.unlink()


@pytest.fixture
async def assistant(
    hass: HomeAssistant,
    clock: FrozenDateTimeFactory,
    hass_storage: dict[str, Any],
    hass_admin_user: User,
    copied: None,
) -> Assistant:
    """Let somebody speak about a kitchen that is exposed, in a home with a bedroom that is not."""
    hass_storage[LEDGER_KEY] = a_store(
        {
            KITCHEN: {Pollutant.PM25: learned(Pollutant.PM25, 36)},
            BEDROOM: {Pollutant.VOC_INDEX: learned(Pollutant.VOC_INDEX, 36)},
        }
    )
    areas = ar.async_get(hass)
    kitchen = areas.async_get_area_by_name("Kitchen")
    assert kitchen is not None
    areas.async_update(kitchen.id, aliases={"Küche"})
    entry = a_home(
        a_room(KITCHEN, "kitchen", Pollutant.PM25),
        a_room(BEDROOM, "bedroom", Pollutant.VOC_INDEX),
    )
    await set_up(hass, entry)
    assistant = Assistant(hass, hass_admin_user)
    await assistant.set_up()
    assistant.expose("sensor.kitchen_pm25_compared", PM25)
    return assistant


async def plume(hass: HomeAssistant, clock: FrozenDateTimeFactory) -> None:
    """Let the kitchen have an hour of usual air, one of high air, and two of usual air again."""
    for hours, level in ((1, usual), (1, steady(80)), (2, usual)):
        await pass_time(hass, clock, hours * HOUR, {PM25: level, INDEX: steady(100)})


async def verdict(hass: HomeAssistant) -> str | None:
    (episode,) = (await act(hass, "get_ledger"))["quantities"]["pm25"]["episodes"]
    found: str | None = episode["verdict"]
    return found


@pytest.mark.parametrize("language", LANGUAGES)
async def test_the_questions_are_understood_and_answered_in_the_language(
    hass: HomeAssistant, clock: FrozenDateTimeFactory, assistant: Assistant, language: str
) -> None:
    await plume(hass, clock)
    texts = words(language)["common"]
    replies = [
        await assistant.say(text, language=language, agent=AGENT) for text in ASKED[language][:4]
    ]
    compared, alert, then, proposed = replies
    assert texts["answer_compared"].split("{")[1].partition("}")[2] in compared
    assert texts["answer_no_alert_below"].partition("{alert}")[0].partition("}")[2] in alert
    assert "80 μg/m³" in then
    assert texts["answer_confirm"] in proposed
    assert await verdict(hass) is None
    recorded = await assistant.say(ASKED[language][4], language=language, agent=AGENT)
    assert recorded == texts["answer_recorded"]
    assert await verdict(hass) == "episode_real"
    candles = {"en": "candles", "de": "Kerzen"}[language]
    assert f'"{candles}"' in json.dumps((await act(hass, "get_ledger"))["quantities"]["pm25"])
    for reply in replies:
        assert texts["answer_credit"] not in reply, "no assistant worded it"
        assert not re.search(r"[*_`]|\n", reply)


async def test_a_room_that_is_not_exposed_is_not_spoken_of(
    hass: HomeAssistant, clock: FrozenDateTimeFactory, assistant: Assistant
) -> None:
    await plume(hass, clock)
    for text in ("how is the bedroom compared with usual", "why no alert in the bedroom"):
        reply = await assistant.say(text, agent=AGENT)
        assert reply == "No such room is exposed to this assistant."
    reply = await assistant.say("how is the air compared with usual", agent=AGENT)
    assert "PM2.5" in reply
    assert "VOC" not in reply


async def test_the_room_of_a_satellite_is_meant_where_none_is_named(
    hass: HomeAssistant, clock: FrozenDateTimeFactory, assistant: Assistant
) -> None:
    assistant.expose("sensor.bedroom_voc_compared", INDEX)
    await pass_time(hass, clock, HOUR, {PM25: usual, INDEX: steady(100)})
    both = await assistant.say("how is the air compared with usual", agent=AGENT)
    assert both.index("Bedroom: VOC index") < both.index("Kitchen: PM2.5")
    voice = MockConfigEntry(domain="voice")
    voice.add_to_hass(hass)
    satellite = dr.async_get(hass).async_get_or_create(
        config_entry_id=voice.entry_id, identifiers={("voice", "1")}
    )
    area = ar.async_get(hass).async_get_area_by_name("Bedroom")
    assert area is not None
    dr.async_get(hass).async_update_device(satellite.id, area_id=area.id)
    response = await intent.async_handle(
        hass,
        "conversation",
        ours.COMPARE,
        {},
        "how is the air here compared with usual",
        Context(),
        "en",
        assistant="conversation",
        device_id=satellite.id,
    )
    speech = response.speech["plain"]["speech"]
    assert "VOC index" in speech
    assert "PM2.5" not in speech


async def test_a_yes_counts_only_for_what_was_proposed_before(
    hass: HomeAssistant, clock: FrozenDateTimeFactory, assistant: Assistant
) -> None:
    await plume(hass, clock)
    nothing = words()["common"]["answer_not_confirmed"]
    assert await assistant.say("yes record that", agent=AGENT) == nothing
    await assistant.say("the alert was real", agent=AGENT)
    clock.tick(timedelta(minutes=6))
    assert await assistant.say("yes record that", agent=AGENT) == nothing
    assert await verdict(hass) is None


async def test_a_model_that_calls_an_intent_cannot_record(
    hass: HomeAssistant, clock: FrozenDateTimeFactory, assistant: Assistant
) -> None:
    """It passes no sentence; for models there is a tool with a token."""
    await plume(hass, clock)
    await assistant.say("the alert was real", agent=AGENT)
    assert assistant.user is not None
    response = await intent.async_handle(
        hass,
        "scripted",
        ours.RECORD,
        {},
        None,
        Context(user_id=assistant.user.id),
        "en",
        assistant="conversation",
    )
    assert response.speech["plain"]["speech"] == words()["common"]["answer_not_confirmed"]
    assert await verdict(hass) is None


@pytest.mark.parametrize("language", LANGUAGES)
def test_each_file_has_sentences_for_each_question(language: str) -> None:
    content = load_yaml_dict(str(SENTENCES / language / "air_baseline.yaml"))
    assert content["language"] == language
    questions = {ours.COMPARE, ours.WHY_NO_ALERT, ours.WHAT_WAS, ours.PROPOSE, ours.RECORD}
    assert set(content["intents"]) == questions


ALSO_SAID = {
    "en": (
        ("How's the kitchen compared with usual?", "PM2.5 compared with usual"),
        ("how is kitchen compared to what's usual", "PM2.5 compared with usual"),
        ("How's it here compared with usual?", "PM2.5 compared with usual"),
        ("Why is there no alert?", "PM2.5: no alert"),
        ("Why isn't there an alert in the kitchen?", "PM2.5: no alert"),
        ("Why was there an alert?", "PM2.5: no alert"),
        ("What was that at 2 pm?", "today 13:20"),
        ("What was it in the kitchen at 2pm?", "today 13:20"),
        ("What was that at 2 am?", "today 02:00"),
        ("What was that at 0?", "today 00:00"),
        ("It was candles", "Is that what you want?"),
        ("That was just the incense in the kitchen", "Is that what you want?"),
        ("It's some candles", "Is that what you want?"),
    ),
    "de": (
        ("Wie ist die Küche verglichen mit sonst?", "PM2,5"),
        ("Wie ist es in der Küche im Vergleich zu sonst?", "PM2,5"),
        ("Warum gibt es keine Meldung?", "keine Meldung"),
        ("Wieso gab es in der Küche keine Meldung?", "keine Meldung"),
        ("Was war das um 0 Uhr?", "00:00"),
        ("Es waren die Kerzen", "Ist das so gewollt?"),
        ("Das waren Kerzen", "Ist das so gewollt?"),
        ("Es war der Kamin in der Küche", "Ist das so gewollt?"),
    ),
}


@pytest.mark.parametrize("language", LANGUAGES)
async def test_what_people_say_in_other_words_is_understood_too(
    hass: HomeAssistant, clock: FrozenDateTimeFactory, assistant: Assistant, language: str
) -> None:
    """Short forms, articles left out, and no room where there is only one."""
    await plume(hass, clock)
    texts = words(language)["common"]
    for said, expected in ALSO_SAID[language]:
        reply = await assistant.say(said, language=language, agent=AGENT)
        wanted = texts["answer_confirm"] if "?" in expected else expected
        assert wanted.replace("PM2,5", texts["quantity_pm25"]) in reply, said
