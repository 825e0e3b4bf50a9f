"""Explain, reset and undo, as automations and scripts call them."""

from collections.abc import Awaitable
from datetime import timedelta
import json
import re
from typing import Any

from freezegun.api import FrozenDateTimeFactory
from homeassistant.auth.models import User
from homeassistant.core import Context, HomeAssistant, ServiceResponse
from homeassistant.exceptions import HomeAssistantError, ServiceValidationError, Unauthorized
from homeassistant.helpers import device_registry as dr
import pytest
from pytest_homeassistant_custom_component.common import MockConfigEntry, MockUser
import voluptuous as vol

from custom_components.air_baseline.core.pollutant import Pollutant
from custom_components.air_baseline.storage.store import LEDGER_KEY
from tests.conftest import DOMAIN
from tests.home import (
    BEDROOM,
    KITCHEN,
    PM25,
    VOC,
    a_home,
    a_kitchen,
    a_store,
    act,
    device_id,
    learned,
    pass_time,
    report,
    saved,
    set_up,
    shown,
    steady,
    usual,
)

LEARNING = "sensor.kitchen_pm25_learning"
VOC_LEARNING = "sensor.kitchen_voc_learning"
MINUTE, HOUR, DAY = timedelta(minutes=1), timedelta(hours=1), timedelta(days=1)


@pytest.fixture
async def entry(
    hass: HomeAssistant, clock: FrozenDateTimeFactory, hass_storage: dict[str, Any]
) -> MockConfigEntry:
    """Set up a home whose kitchen has 36 days of both its pollutants."""
    pollutants = (Pollutant.PM25, Pollutant.VOC_RATIO)
    hass_storage[LEDGER_KEY] = a_store(
        {KITCHEN: {pollutant: learned(pollutant, 36) for pollutant in pollutants}}
    )
    entry = a_home()
    await set_up(hass, entry)
    return entry


async def words(hass: HomeAssistant, pollutant: str = "pm25", **given: Any) -> dict[str, str]:
    """Return the explanation of one pollutant in words."""
    quantities = (await act(hass, "explain", **given))["quantities"]
    found: dict[str, str] = quantities[pollutant]["words"]
    return found


def counted(texts: dict[str, str]) -> set[int]:
    """Return the days in the first line of the evidence, except those of the window."""
    first, *_ = texts["because"].splitlines()
    assert "usable days" in first
    return {int(number) for number in re.findall(r"(?<![\d.])\d+(?![\d.])", first)} - {60}


@pytest.mark.usefixtures("entry")
async def test_explain_gives_numbers_and_words_for_every_pollutant(
    hass: HomeAssistant, clock: FrozenDateTimeFactory
) -> None:
    await pass_time(hass, clock, HOUR, {PM25: usual, VOC: steady(120)})
    answer = await act(hass, "explain")
    assert answer["room"] == "Kitchen"
    assert set(answer["quantities"]) == {"pm25", "voc_ratio"}
    for explained in answer["quantities"].values():
        assert set(explained["words"]) == {
            "ready",
            *("what_to_do", "measured", "inferred", "because", "not_known", "next"),
        }
        assert explained["numbers"]["state"] == "learned"
        assert explained["numbers"]["evidence"]["usable_days"] == 36
        assert len(explained["numbers"]["day_ranges"]) == 8
    assert json.loads(json.dumps(answer))["room"] == "Kitchen", "it can be sent"


@pytest.mark.usefixtures("entry")
async def test_explain_says_what_two_weeks_should_hold_and_how_such_forecasts_came_out(
    hass: HomeAssistant, clock: FrozenDateTimeFactory
) -> None:
    def said(answer: dict[str, Any]) -> tuple[dict[str, Any], str]:
        explained = answer["quantities"]["pm25"]
        return explained["numbers"]["record"], explained["words"]["because"]

    await pass_time(hass, clock, HOUR, {PM25: usual, VOC: steady(120)})
    record, because = said(await act(hass, "explain", quantity="pm25"))
    low, high = record["next_14_days"]
    assert f"inside the range {low} to {high}% of the time." in because
    scored, kept = record["forecasts_scored"], record["forecasts_kept"]
    assert f"in the last 90 days: {scored}. Came true: {kept};" in because
    assert scored == 1, "since the range was learned"
    await pass_time(hass, clock, timedelta(hours=25))
    record, because = said(await act(hass, "explain", quantity="pm25"))
    assert record["next_14_days"] is None
    assert "In the next 14 days" not in because
    assert "forecasts" not in because


@pytest.mark.parametrize(("quantity", "found"), [("pm25", "pm25"), ("voc", "voc_ratio")])
@pytest.mark.usefixtures("entry")
async def test_explain_can_be_called_for_one_pollutant(
    hass: HomeAssistant, quantity: str, found: str
) -> None:
    answer = await act(hass, "explain", quantity=quantity)
    assert set(answer["quantities"]) == {found}


async def test_explain_says_what_is_still_missing(
    hass: HomeAssistant, clock: FrozenDateTimeFactory
) -> None:
    await set_up(hass, a_home())
    texts = await words(hass)
    assert texts["measured"].startswith("PM2.5: too few readings")
    assert "no readings" in texts["inferred"]
    assert counted(texts) == {0, 21}
    await pass_time(hass, clock, HOUR, {PM25: usual, VOC: steady(120)})
    texts = await words(hass)
    assert "not enough data" in texts["inferred"]
    assert counted(texts) == {0, 21}
    assert "23 March" in texts["next"]
    lines = (await words(hass, "voc_ratio"))["because"].splitlines()
    assert "48" in lines[-1], "hours until the sensor is warm"


async def test_explain_says_that_a_provisional_range_is_an_estimate(
    hass: HomeAssistant, clock: FrozenDateTimeFactory, hass_storage: dict[str, Any]
) -> None:
    await a_kitchen(hass, hass_storage, 12)
    await pass_time(hass, clock, HOUR, {PM25: usual})
    texts = await words(hass)
    assert "first estimate" in texts["inferred"]
    assert 12 in counted(texts)


async def test_explain_says_when_alerts_become_possible(
    hass: HomeAssistant, clock: FrozenDateTimeFactory, hass_storage: dict[str, Any]
) -> None:
    await a_kitchen(hass, hass_storage, 30)
    await pass_time(hass, clock, HOUR, {PM25: usual})
    texts = await words(hass)
    assert "29 of 34" in texts["because"], "complete days to compare with"
    assert texts["next"].endswith("before alerts are possible: 5.")


@pytest.mark.usefixtures("entry")
async def test_explain_is_about_the_episode_while_one_runs(
    hass: HomeAssistant, clock: FrozenDateTimeFactory
) -> None:
    await pass_time(hass, clock, HOUR, {PM25: steady(80)})
    measured = (await words(hass))["measured"]
    assert "so far" in measured
    assert "(noticed: today 12:15)" in measured
    await pass_time(hass, clock, HOUR, {PM25: usual})
    assert "sustained for the last 15 minutes" in (await words(hass))["measured"]


@pytest.mark.usefixtures("entry")
async def test_explain_has_the_day_of_a_suspected_change_and_the_range_goes_on(
    hass: HomeAssistant, clock: FrozenDateTimeFactory
) -> None:
    quadrupled = {PM25: lambda at: 4 * usual(at)}
    await pass_time(hass, clock, 9 * DAY, quadrupled, step=10 * MINUTE)
    assert shown(hass, LEARNING).state == "learned"
    explained = (await act(hass, "explain"))["quantities"]["pm25"]
    assert explained["numbers"]["change"]["from_day"] == "2026-03-02"
    assert "Something changed" not in explained["words"]["inferred"]


@pytest.mark.usefixtures("entry")
async def test_explain_names_the_days_that_a_passed_change_excludes(
    hass: HomeAssistant, clock: FrozenDateTimeFactory
) -> None:
    smoke = {PM25: lambda at: 4 * usual(at)}
    await pass_time(hass, clock, 9 * DAY, smoke, step=10 * MINUTE)
    assert "as before again" not in (await words(hass))["because"]
    await pass_time(hass, clock, 4 * DAY, {PM25: usual}, step=10 * MINUTE)
    assert shown(hass, LEARNING).state == "learned"
    left_out = "is as before again. The days from 2 March to 11 March are excluded."
    assert left_out in (await words(hass))["because"]


@pytest.mark.usefixtures("entry")
async def test_explain_says_that_the_range_is_old(
    hass: HomeAssistant, clock: FrozenDateTimeFactory
) -> None:
    await pass_time(hass, clock, 11 * DAY, step=6 * HOUR)
    await pass_time(hass, clock, HOUR, {PM25: usual})
    assert "too few recent days" in (await words(hass))["inferred"]


@pytest.mark.usefixtures("entry")
async def test_a_language_without_translations_falls_back_to_english(hass: HomeAssistant) -> None:
    hass.config.language = "eo"
    assert 36 in counted(await words(hass))


async def test_undoing_a_start_over_restores_what_was_there_byte_for_byte(
    hass: HomeAssistant,
    clock: FrozenDateTimeFactory,
    entry: MockConfigEntry,
    hass_storage: dict[str, Any],
) -> None:
    await pass_time(hass, clock, HOUR, {PM25: usual, VOC: steady(120)})
    kept = ("days", "entries", "episodes", "root", "source", "facts")
    before = await saved(hass, hass_storage)
    answer = await act(hass, "reset")
    assert answer == {
        "corrections": [
            {"quantity": "pm25", "kind": "reset", "correction": 1},
            {"quantity": "voc_ratio", "kind": "reset", "correction": 1},
        ]
    }
    assert shown(hass, LEARNING).state == "collecting"
    assert shown(hass, VOC_LEARNING).state == "collecting"
    *_, number, which = (await words(hass))["because"].splitlines()
    assert number.endswith(": 1."), "one correction"
    assert which == "- Today 13:00: started over; days before 3 March do not count."
    answer = await act(hass, "undo")
    assert [undone["quantity"] for undone in answer["corrections"]] == ["pm25", "voc_ratio"]
    assert shown(hass, LEARNING).state == "learned"
    assert shown(hass, VOC_LEARNING).state == "learned"
    after = await saved(hass, hass_storage)
    assert {part: after[part] for part in kept} == {part: before[part] for part in kept}


@pytest.mark.usefixtures("entry")
async def test_one_pollutant_alone_can_be_started_over_and_undone(hass: HomeAssistant) -> None:
    await act(hass, "reset", quantity="voc")
    assert shown(hass, LEARNING).state == "learned"
    assert shown(hass, VOC_LEARNING).state == "collecting"
    with pytest.raises(ServiceValidationError) as error:
        await act(hass, "undo", quantity="pm25")
    assert error.value.translation_key == "nothing_to_undo"
    answer = await act(hass, "undo")
    assert [undone["quantity"] for undone in answer["corrections"]] == ["voc_ratio"]


@pytest.mark.usefixtures("entry")
async def test_the_last_correction_is_undone_first_whatever_its_pollutant(
    hass: HomeAssistant, clock: FrozenDateTimeFactory
) -> None:
    for quantity in ("pm25", "voc"):
        clock.tick(MINUTE)
        await act(hass, "reset", quantity=quantity)
    for quantity in ("voc_ratio", "pm25"):
        answer = await act(hass, "undo")
        assert [undone["quantity"] for undone in answer["corrections"]] == [quantity]


@pytest.mark.usefixtures("entry")
async def test_corrections_are_undone_last_first_or_by_number(
    hass: HomeAssistant, clock: FrozenDateTimeFactory, hass_storage: dict[str, Any]
) -> None:
    numbers = []
    strike = {"start_date": "2026-02-20"}
    for action, given in (("reset", {}), ("strike_days", strike), ("reset", {})):
        clock.tick(MINUTE)
        answer = await act(hass, action, quantity="pm25", **given)
        numbers.append(answer["corrections"][0]["correction"])
    assert numbers == [1, 2, 3]
    await act(hass, "undo", correction=1)
    assert len((await saved(hass, hass_storage))["entries"]) == 2
    await act(hass, "undo")
    await act(hass, "undo")
    assert shown(hass, LEARNING).state == "learned"
    assert (await saved(hass, hass_storage))["entries"] == []


@pytest.mark.parametrize(
    ("given", "why", "message"),
    [
        ({}, "nothing_to_undo", "There is no correction from the last 30 days to undo"),
        (
            {"correction": 1},
            "correction_too_old",
            "Correction 1 is more than 30 days old and can no longer be undone",
        ),
        ({"correction": 7}, "correction_unknown", "Kitchen has no correction number 7"),
    ],
)
@pytest.mark.usefixtures("entry")
async def test_a_missing_or_too_old_correction_cannot_be_undone(
    hass: HomeAssistant,
    clock: FrozenDateTimeFactory,
    given: dict[str, int],
    why: str,
    message: str,
) -> None:
    await act(hass, "reset", quantity="pm25")
    await pass_time(hass, clock, 30 * DAY + HOUR, {PM25: usual}, step=6 * HOUR)
    state = shown(hass, LEARNING).state
    with pytest.raises(ServiceValidationError) as error:
        await act(hass, "undo", **given)
    assert error.value.translation_domain == DOMAIN
    assert error.value.translation_key == why
    assert str(error.value) == message
    assert shown(hass, LEARNING).state == state


@pytest.mark.usefixtures("entry")
async def test_a_correction_can_be_undone_until_the_thirtieth_day(
    hass: HomeAssistant, clock: FrozenDateTimeFactory
) -> None:
    await act(hass, "reset", quantity="pm25")
    await pass_time(hass, clock, 30 * DAY - HOUR, {PM25: usual}, step=6 * HOUR)
    days = shown(hass, LEARNING).attributes["usable_days"]
    await act(hass, "undo")
    assert shown(hass, LEARNING).attributes["usable_days"] > days


@pytest.mark.parametrize("action", ["explain", "reset", "undo"])
@pytest.mark.parametrize(
    ("room", "quantity", "named"),
    [
        (BEDROOM, "pm25", "Bedroom has no sensor for PM2.5 (μg/m³)"),
        (BEDROOM, "voc_ratio", "Bedroom has no sensor for VOC (ppb)"),
        (KITCHEN, "voc_index", "Kitchen has no sensor for VOC index"),
    ],
)
@pytest.mark.usefixtures("entry")
async def test_a_pollutant_that_a_room_does_not_measure_is_refused(
    hass: HomeAssistant, action: str, room: str, quantity: str, named: str
) -> None:
    with pytest.raises(ServiceValidationError) as error:
        await act(hass, action, device_id=device_id(hass, room), quantity=quantity)
    assert str(error.value) == named


async def test_voc_in_a_room_with_only_pm25_is_refused(
    hass: HomeAssistant, clock: FrozenDateTimeFactory, hass_storage: dict[str, Any]
) -> None:
    await a_kitchen(hass, hass_storage, 3)
    with pytest.raises(ServiceValidationError, match="Kitchen has no sensor for VOC"):
        await act(hass, "explain", quantity="voc")


@pytest.mark.parametrize("action", ["explain", "reset", "undo"])
async def test_a_device_that_is_not_a_room_is_refused(
    hass: HomeAssistant,
    entry: MockConfigEntry,
    device_registry: dr.DeviceRegistry,
    action: str,
) -> None:
    ours = device_registry.async_get_or_create(
        config_entry_id=entry.entry_id, identifiers={(DOMAIN, "stray")}
    )
    with pytest.raises(ServiceValidationError) as error:
        await act(hass, action, device_id=ours.id)
    assert str(error.value) == "This device is not an Air Baseline room"
    other = MockConfigEntry(domain="other")
    other.add_to_hass(hass)
    device = device_registry.async_get_or_create(
        config_entry_id=other.entry_id, identifiers={("other", "1")}
    )
    for unknown in (device.id, "nowhere"):
        with pytest.raises(HomeAssistantError) as refused:
            await act(hass, action, device_id=unknown)
        assert refused.value.translation_key is not None


async def test_a_home_that_is_not_loaded_is_refused(
    hass: HomeAssistant, entry: MockConfigEntry
) -> None:
    kitchen = device_id(hass)
    await hass.config_entries.async_unload(entry.entry_id)
    with pytest.raises(HomeAssistantError) as error:
        await act(hass, "explain", device_id=kitchen)
    assert error.value.translation_key is not None


@pytest.mark.parametrize("given", [{"quantity": "radon"}, {"correction": -1}, {"days": 3}])
@pytest.mark.usefixtures("entry")
async def test_what_an_action_does_not_accept_is_refused(
    hass: HomeAssistant, given: dict[str, Any]
) -> None:
    with pytest.raises(vol.Invalid):
        await act(hass, "undo", **given)


@pytest.mark.usefixtures("entry")
async def test_everybody_can_explain_but_only_administrators_can_correct(
    hass: HomeAssistant, hass_read_only_user: MockUser, hass_admin_user: User
) -> None:
    def call(user: User, action: str) -> Awaitable[ServiceResponse]:
        return hass.services.async_call(
            DOMAIN,
            action,
            {"device_id": device_id(hass)},
            blocking=True,
            return_response=True,
            context=Context(user_id=user.id),
        )

    assert await call(hass_read_only_user, "explain")
    for action in ("reset", "undo"):
        with pytest.raises(Unauthorized):
            await call(hass_read_only_user, action)
    assert shown(hass, LEARNING).state == "learned"
    await call(hass_admin_user, "reset")
    await call(hass_admin_user, "undo")


@pytest.mark.usefixtures("entry")
async def test_an_automation_need_not_take_the_response(
    hass: HomeAssistant, clock: FrozenDateTimeFactory
) -> None:
    report(hass, PM25, 5)
    await hass.services.async_call(DOMAIN, "reset", {"device_id": device_id(hass)}, blocking=True)
    assert shown(hass, LEARNING).state == "collecting"


@pytest.mark.usefixtures("entry")
async def test_a_correction_that_is_given_again_says_so(
    hass: HomeAssistant, hass_storage: dict[str, Any]
) -> None:
    given = {"start_date": "2026-02-20", "quantity": "pm25"}
    first = await act(hass, "strike_days", **given)
    before = (await saved(hass, hass_storage))["entries"]
    again = await act(hass, "strike_days", **given)
    (made,), (known,) = first["corrections"], again["corrections"]
    assert known == made | {"already_given": True}
    assert (await saved(hass, hass_storage))["entries"] == before
    (undone,) = (await act(hass, "undo"))["corrections"]
    assert undone == made
