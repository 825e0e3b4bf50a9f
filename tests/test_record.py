"""The record of a room as an action, an event and the page of the dashboard give it."""

from typing import Any

from freezegun.api import FrozenDateTimeFactory
from homeassistant.auth.models import User
from homeassistant.auth.permissions import PolicyPermissions
from homeassistant.core import HomeAssistant
from homeassistant.util import dt as dt_util
import pytest
import voluptuous as vol

from custom_components.air_baseline.core.event import Event, EventKind
from custom_components.air_baseline.core.pollutant import Pollutant
from tests.automations import Kitchen
from tests.card_client import Card
from tests.home import KITCHEN, act, device_id, shown

ASK = "air_baseline/record"
INFERENCE = "event.kitchen_inference"
MARCH = "2026-03"


async def an_answered_episode(kitchen: Kitchen) -> None:
    """Live through an episode that is asked about and answered."""
    await kitchen.learn()
    await kitchen.breathe()
    await kitchen.plume()
    await kitchen.breathe()
    await act(kitchen.hass, "correct_episode", verdict="real")


async def test_the_action_gives_facts_and_sentences(hass: HomeAssistant, kitchen: Kitchen) -> None:
    await an_answered_episode(kitchen)
    answer = await act(hass, "record", quantity="pm25", month=MARCH)
    assert answer["room"] == "Kitchen"
    pm25 = answer["quantities"]["pm25"]
    (episode,) = pm25["facts"]["episodes"]
    assert (episode["peak"], episode["asked"], episode["verdict"]) == (80, True, "episode_real")
    assert pm25["facts"]["unit"] == "μg/m³"
    said = " ".join(pm25["words"])
    assert "Unusual episodes: 1. Highest level: 80 μg/m³." in said
    assert "Asked about: 1. Answered as real: 1. Inside" in said
    assert "Not known: outdoor air" in said
    week = (await act(hass, "record", quantity="pm25", days=7))["quantities"]["pm25"]
    assert (week["facts"]["days"], week["facts"]["episodes"]) == (7, ())
    assert "No unusual episodes, and nothing was marked as missed." in week["words"]
    assert not any(": 0." in line for line in week["words"]), "what there was none of is not listed"
    titles = [one["title"] for one in pm25["sections"]]
    assert titles == [
        "What happened",
        "Questions and answers",
        "How well the range held",
        "What is not known",
    ]
    assert [line for one in pm25["sections"] for line in one["lines"]] == pm25["words"]
    assert any("the target is 80%" in line for line in week["words"])


@pytest.mark.parametrize("given", [{"month": "2026-13"}, {"month": "March"}, {"days": 0}])
async def test_a_span_that_is_none_is_refused(
    hass: HomeAssistant, kitchen: Kitchen, given: dict[str, Any]
) -> None:
    await kitchen.learn()
    with pytest.raises(vol.Invalid):
        await act(hass, "record", **given)


async def test_the_event_of_a_month_has_the_same_numbers(
    hass: HomeAssistant, kitchen: Kitchen
) -> None:
    await an_answered_episode(kitchen)
    room = kitchen.entry.runtime_data.rooms[KITCHEN]
    channel = room.channels[Pollutant.PM25]

    def close(at: float) -> None:
        last = dt_util.now().date().toordinal()
        channel.events.append(Event(kind=EventKind.MONTH_CLOSED, at=at, last_day=last))

    await room.async_correct(close)
    told = shown(hass, INFERENCE).attributes
    facts = (await act(hass, "record", month=MARCH))["quantities"]["pm25"]["facts"]
    assert told["event_type"] == "month_closed"
    assert (told["quantity"], told["first_day"]) == ("pm25", "2026-03-01")
    assert {key: told[key] for key in facts["summary"]} == facts["summary"]
    assert (told["highest"], told["real"], told["inside"]) == (80, 1, facts["inside"])


async def test_the_page_gets_the_rooms_that_its_user_may_read(
    hass: HomeAssistant, kitchen: Kitchen, card: Card, hass_admin_user: User
) -> None:
    await an_answered_episode(kitchen)
    answer = await card.ask(ASK, month=MARCH)
    await card.close()
    (room,) = answer["result"]["rooms"]
    assert (room["room"], room["device"]) == ("Kitchen", device_id(hass))
    assert [one["quantity"] for one in room["quantities"]] == ["pm25", "voc_ratio"]
    assert room["quantities"][0]["summary"]["episodes"] == 1
    hass_admin_user.groups = []
    hass_admin_user.permissions = PolicyPermissions({}, None)  # type: ignore[arg-type]
    answer = await card.ask(ASK, month=MARCH)
    await card.close()
    assert answer["result"]["rooms"] == []


async def test_a_month_that_is_none_is_refused(
    hass: HomeAssistant, clock: FrozenDateTimeFactory, kitchen: Kitchen, card: Card
) -> None:
    await kitchen.learn()
    answer = await card.ask(ASK, month="2026-00")
    await card.close()
    assert answer["error"]["code"] == "invalid_format"
