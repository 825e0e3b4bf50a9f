"""What a room with too little data says, wherever it says anything: nothing that needs a range.

Confidence, what the range has held, how forecasts came out, rarity and alert levels are of a range
that is in force. This walks over everything that the integration gives to anybody.
"""

from collections.abc import Iterator, Mapping, Sequence
from datetime import timedelta
import re
from typing import Any

from homeassistant.auth.models import User
from homeassistant.components import conversation
from homeassistant.components.homeassistant.exposed_entities import async_expose_entity
from homeassistant.core import Context, HomeAssistant, ServiceCall
from homeassistant.helpers import entity_registry as er, intent, issue_registry as ir
from homeassistant.helpers.llm import LLM_API_ASSIST, LLMContext, ToolInput
from homeassistant.setup import async_setup_component
from homeassistant.util import dt as dt_util
import pytest
from pytest_homeassistant_custom_component.common import async_capture_events

from custom_components.air_baseline import intent as ours
from custom_components.air_baseline.const import EVENT_CORRECTED
from custom_components.air_baseline.core.event import Event, EventKind
from custom_components.air_baseline.core.pollutant import Pollutant
from custom_components.air_baseline.diagnostics import async_get_config_entry_diagnostics
from custom_components.air_baseline.llm import async_get_tools
from tests.assistants import data_of
from tests.automations import Kitchen, automate, when
from tests.card_client import ASK_PAST, ASK_RECORD, ASK_TIMELINE, ASK_YEAR, Card
from tests.conftest import DOMAIN, Fixer
from tests.home import KITCHEN, PM25, VOC, act, device_id, found, shown

# What only a range in force has, by the names under which it is given anywhere.
OF_A_RANGE = frozenset(
    {
        "confidence",
        "next_14_days",
        "next_14_days_low",
        "next_14_days_high",
        "forecasts",
        "forecasts_scored",
        "forecasts_kept",
        "range_held",
        "recent_mark",
        "inside",
        "inside_share",
        "latest",
        "mark",
        "alert_level",
        "rarity_days",
        "usual_high",
    }
)
# The same in sentences: shares of time, and how rare or how high an alert would be.
SAID = re.compile(r"\d ?%|As rare as|starts? above|8 in 10|came true", re.IGNORECASE)
NEVER = "sensor.kitchen_pm25_confidence", "sensor.kitchen_pm25_usual_high"
MARCH = "2026-03"


def claims(given: Any, path: str = "") -> Iterator[str]:  # noqa: ANN401 - JSON
    """Yield what is claimed of a range, with where it stands."""
    if isinstance(given, Mapping):
        in_force = given.get("state") == "learned"  # A day whose range was, when it was written.
        for name, value in given.items():
            here = f"{path}.{name}"
            if name in OF_A_RANGE and value not in (None, 0, [], [0, 0]) and not in_force:
                yield f"{here} = {value!r}"
            if name == "held" and path.endswith((".record", ".standing")) and value is not None:
                yield f"{here} = {value!r}"
            if name == "marks" and isinstance(value, Mapping) and value:
                yield f"{here} = {value!r}"
            yield from claims(value, here)
    elif isinstance(given, str):
        if SAID.search(given) and not path.endswith(".unit_of_measurement"):
            yield f"{path}: {given}"
    elif isinstance(given, Sequence | set | frozenset):
        for place, item in enumerate(given):
            yield from claims(item, f"{path}[{place}]")


async def a_new_room(kitchen: Kitchen) -> None:
    await kitchen.learn(2)


async def three_weeks(kitchen: Kitchen) -> None:
    await kitchen.learn(20)


async def after_a_reset(kitchen: Kitchen) -> None:
    await kitchen.learn(36)
    await kitchen.plume()  # It runs while the room starts over.
    await act(kitchen.hass, "reset")


async def after_a_move(kitchen: Kitchen) -> None:
    await kitchen.learn(36)
    yesterday = dt_util.now().date() - timedelta(days=1)
    await act(kitchen.hass, "mark_change", date=yesterday, similar=True)


async def after_a_move_elsewhere(kitchen: Kitchen) -> None:
    await kitchen.learn(36)
    yesterday = dt_util.now().date() - timedelta(days=1)
    await act(kitchen.hass, "mark_change", date=yesterday)


ROOMS = {
    "collecting": a_new_room,
    "provisional": three_weeks,
    "collecting after a reset": after_a_reset,
    "changing": after_a_move,
    "collecting after a move": after_a_move_elsewhere,
}


@pytest.fixture(params=ROOMS)
async def state(
    request: pytest.FixtureRequest, hass: HomeAssistant, kitchen: Kitchen, card: Card
) -> str:
    """Set up a room without a range in force, with all its entities; return its learning state."""
    for component in ("homeassistant", "conversation"):
        assert await async_setup_component(hass, component, {})
    await ROOMS[request.param](kitchen)
    registry = er.async_get(hass)
    for one in er.async_entries_for_config_entry(registry, kitchen.entry.entry_id):
        registry.async_update_entity(one.entity_id, disabled_by=None)
        async_expose_entity(hass, conversation.DOMAIN, one.entity_id, should_expose=True)
    for source in (PM25, VOC):
        async_expose_entity(hass, conversation.DOMAIN, source, should_expose=True)
    await hass.config_entries.async_reload(kitchen.entry.entry_id)
    await hass.async_block_till_done()
    await kitchen.breathe()
    wanted = str(request.param).split()[0]
    assert shown(hass, "sensor.kitchen_pm25_learning").state == wanted
    return wanted


def entities(hass: HomeAssistant) -> dict[str, Any]:
    """Return the states of all our entities, each with its attributes."""
    known = er.async_get(hass).entities.values()
    ids = [one.entity_id for one in known if one.platform == DOMAIN]
    states = {entity_id: hass.states.get(entity_id) for entity_id in ids}
    return {
        entity_id: {"is": state.state, "attributes": dict(state.attributes)}
        for entity_id, state in states.items()
        if state is not None
    }


async def tool_answers(hass: HomeAssistant, user: User) -> dict[str, Any]:
    """Return what each tool that reads answers to an assistant."""
    context = LLMContext(
        platform="scripted",
        context=Context(user_id=user.id),
        language="en",
        assistant=conversation.DOMAIN,
        device_id=None,
    )
    tools = async_get_tools(hass, context, LLM_API_ASSIST)
    assert tools is not None
    answers = {}
    for tool in tools.tools:
        given = {"time": "11:30"} if "what_was" in tool.name else {}
        if not tool.name.endswith(("propose_answer", "record_answer")):
            answer = await tool.async_call(hass, ToolInput(tool.name, given), context)
            answers[tool.name] = data_of(answer)
    assert len(answers) == 3
    return answers


async def voice_answers(hass: HomeAssistant, user: User) -> dict[str, str]:
    """Return what is said to each question that reads."""
    said = {}
    for name, slots in (
        (ours.COMPARE, {}),
        (ours.WHY_NO_ALERT, {}),
        (ours.WHAT_WAS, {"hour": {"value": 11}}),
    ):
        response = await intent.async_handle(
            hass,
            "conversation",
            name,
            slots,
            "?",
            Context(user_id=user.id),
            "en",
            assistant=conversation.DOMAIN,
        )
        said[name] = response.speech["plain"]["speech"]
    return said


async def card_answers(hass: HomeAssistant, card: Card) -> dict[str, Any]:
    """Return what a browser gets: the room, the home, and what it asks for."""
    given: dict[str, Any] = {"room": await card.open()}
    await card.close()
    given["home"] = await card.open_home()
    await card.close()
    device = device_id(hass)
    for kind, fields in (
        (ASK_PAST, {"device_id": device, "quantity": "pm25", "span": "month"}),
        (ASK_RECORD, {"month": MARCH}),
        (ASK_TIMELINE, {"device_id": device}),
        (ASK_YEAR, {"device_id": device, "quantity": "pm25"}),
    ):
        answer = await card.ask(kind, **fields)
        assert answer["success"], answer
        given[kind] = answer["result"]
        await card.close()
    return given


def repairs(hass: HomeAssistant) -> dict[str, Any]:
    """Return the titles of our repairs, by what is in them."""
    known = ir.async_get(hass).issues.values()
    return {
        one.issue_id: {**(one.data or {}), "placeholders": one.translation_placeholders}
        for one in known
        if one.domain == DOMAIN and one.active
    }


async def test_nothing_is_claimed_of_a_range_that_is_not_in_force(
    hass: HomeAssistant, kitchen: Kitchen, card: Card, state: str, hass_admin_user: User
) -> None:
    given: dict[str, Any] = {"entities": entities(hass), "repairs": repairs(hass)}
    assert len(given["entities"]) == 19
    for entity_id in NEVER:
        assert given["entities"][found(hass, entity_id)]["is"] == "unknown"
    for action in ("explain", "record", "get_ledger"):
        given[action] = await act(hass, action)
    given["week"] = await act(hass, "record", days=7)
    given["diagnostics"] = await async_get_config_entry_diagnostics(hass, kitchen.entry)
    given["tools"] = await tool_answers(hass, hass_admin_user)
    given["voice"] = await voice_answers(hass, hass_admin_user)
    given["card"] = await card_answers(hass, card)
    # As stored, days are encoded, and slots are counted.
    stored = re.compile(r"\.stored\.(days\[|today\.inside)")
    assert not "\n".join(one for one in claims(given) if not stored.search(one))


async def test_nothing_is_claimed_in_what_is_reported(
    hass: HomeAssistant, kitchen: Kitchen, state: str
) -> None:
    room = kitchen.entry.runtime_data.rooms[KITCHEN]
    told = async_capture_events(hass, EVENT_CORRECTED)
    inference = found(hass, "event.kitchen_inference")

    def close(at: float) -> None:
        last = dt_util.now().date().toordinal()
        closed = Event(kind=EventKind.MONTH_CLOSED, at=at, last_day=last)
        room.channels[Pollutant.PM25].events.append(closed)

    await room.async_correct(close)
    month = shown(hass, inference).attributes
    assert month["event_type"] == "month_closed"
    assert [*claims({"month": dict(month)})] == []
    await act(hass, "strike_days", start_date=dt_util.now().date())
    assert told, "a correction is reported"
    assert [*claims({"events": [dict(one.data) for one in told]})] == []
    assert [*claims({"event": dict(shown(hass, inference).attributes)})] == []


async def test_no_trigger_fires_and_no_condition_passes(
    hass: HomeAssistant, kitchen: Kitchen, state: str, runs: list[ServiceCall]
) -> None:
    target = {"area_id": "kitchen"}
    passes = [
        {"condition": f"air_baseline.{name}", "target": target}
        for name in ("is_unusual", "is_usual", "is_learned")
    ]
    checks = [
        {
            "triggers": [{"trigger": "event", "event_type": "look"}],
            "conditions": [one],
            "actions": [{"action": "test.run", "data": {"entity_id": one["condition"]}}],
        }
        for one in passes
    ]
    await automate(
        hass,
        when("unusual_detected", target),
        when("unusual_cleared", target),
        when("range_learned", target),
        *checks,
    )
    hass.bus.async_fire("look")
    await hass.async_block_till_done()
    await kitchen.plume(timedelta(hours=2))
    await kitchen.breathe(timedelta(hours=2))
    assert [one.data["entity_id"] for one in runs] == []


async def test_when_it_is_ready_comes_first(
    hass: HomeAssistant, kitchen: Kitchen, card: Card, state: str, hass_admin_user: User
) -> None:
    explained = (await act(hass, "explain"))["quantities"]["pm25"]["words"]
    name, ready = next(iter(explained.items()))
    assert name == "ready"
    if state == "changing":
        assert ready == "", "it is not learning"
        return
    assert re.fullmatch(r"Ready about \d+ (March|April)\. [\d.]+ of 21 days so far(; .+)?\.", ready)
    attributes = shown(hass, "sensor.kitchen_pm25_learning").attributes
    ours_of = [name for name in attributes if name != "options"]
    assert ours_of[:3] == ["earliest", "usable_days", "needed"]
    (pm25, _) = (await tool_answers(hass, hass_admin_user))[f"{DOMAIN}__compare_with_usual"][
        "answers"
    ]
    assert pm25["answer"].startswith(f"PM2.5: {ready} ")
    assert "Nothing about this room" not in pm25["answer"], "the rest is why"
    for said in (await voice_answers(hass, hass_admin_user)).values():
        assert said.startswith((f"PM2.5: {ready} ", "PM2.5, "))
    message = await card.open()
    await card.close()
    assert message["channels"][0]["earliest"] == attributes["earliest"]


async def test_the_walk_finds_claims_of_a_range_in_force(
    hass: HomeAssistant, kitchen: Kitchen
) -> None:
    await kitchen.learn(36)
    await kitchen.breathe()
    given = {"entities": entities(hass), "explain": await act(hass, "explain")}
    wrong = [*claims(given)]
    assert any(".confidence = " in one for one in wrong)
    assert any("% of the time" in one for one in wrong)


@pytest.mark.usefixtures("state")
async def test_no_repair_asks_about_a_range(hass: HomeAssistant, fixer: Fixer) -> None:
    for issue_id in repairs(hass):
        page = await fixer.begin(issue_id)
        assert [*claims(dict(page))] == [], issue_id
