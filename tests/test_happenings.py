"""Names in the owner's own words and missed stretches, as actions give and undo them."""

from datetime import datetime, timedelta
import json
from typing import Any

from homeassistant.core import HomeAssistant
from homeassistant.exceptions import ServiceValidationError
from homeassistant.util import dt as dt_util
import pytest

from custom_components.air_baseline.diagnostics import async_get_config_entry_diagnostics
from tests.automations import Kitchen
from tests.conftest import DOMAIN
from tests.home import act, shown

HOUR, DAY = timedelta(hours=1), timedelta(days=1)
NAME = "Großmutters Räucherkerze <b>&{x}"


async def kept(hass: HomeAssistant) -> dict[str, Any]:
    """Return the PM2.5 ledger of the kitchen."""
    report = await act(hass, "get_ledger", quantity="pm25")
    found: dict[str, Any] = report["quantities"]["pm25"]
    return found


def corrections(hass: HomeAssistant) -> int:
    """Return how many corrections the entities say are in force."""
    number: int = shown(hass, "binary_sensor.kitchen_pm25_unusual").attributes["corrections"]
    return number


def local(at: datetime) -> str:
    """Return a time as a person enters it."""
    return dt_util.as_local(at).strftime("%Y-%m-%d %H:%M:%S")


async def an_episode(kitchen: Kitchen) -> None:
    """Let an episode open in the kitchen."""
    await kitchen.learn()
    await kitchen.breathe()
    await kitchen.plume()


async def test_an_episode_is_named_by_its_time_and_the_name_is_kept_and_undone(
    hass: HomeAssistant, kitchen: Kitchen
) -> None:
    await an_episode(kitchen)
    (made,) = (
        await act(hass, "name_episode", name=f" {NAME}\n", episode_time=local(dt_util.utcnow()))
    )["corrections"]
    ledger = await kept(hass)
    (name,) = ledger["names"]
    assert (name["name"], name["correction"]) == (NAME, made["correction"])
    assert name["of"] == ledger["episodes"][0]["noticed"]
    assert corrections(hass) == 0
    await act(hass, "undo", correction=made["correction"])
    assert (await kept(hass))["names"] == []


async def test_without_a_time_the_last_episode_is_named(
    hass: HomeAssistant, kitchen: Kitchen
) -> None:
    await an_episode(kitchen)
    await act(hass, "name_episode", name="toast")
    assert [one["name"] for one in (await kept(hass))["names"]] == ["toast"]


@pytest.mark.parametrize(
    ("given", "key"),
    [
        ({"name": " \n\u202e"}, "name_empty"),
        ({"name": "x" * 81}, "name_too_long"),
        ({"name": "cake", "episode_time": "2026-01-01 12:00:00"}, "episode_unknown"),
        ({"name": "cake", "episode": 7}, "episode_unknown"),
    ],
)
async def test_a_name_that_cannot_be_given_is_refused_and_changes_nothing(
    hass: HomeAssistant, kitchen: Kitchen, given: dict[str, Any], key: str
) -> None:
    await an_episode(kitchen)
    before = await kept(hass)
    with pytest.raises(ServiceValidationError) as error:
        await act(hass, "name_episode", **given)
    assert error.value.translation_key == key
    assert (await kept(hass))["corrections"] == before["corrections"]


async def test_an_answer_is_given_and_undone_by_times_alone(
    hass: HomeAssistant, kitchen: Kitchen
) -> None:
    await an_episode(kitchen)
    now = local(dt_util.utcnow())
    await act(hass, "correct_episode", verdict="real", episode_time=now)
    assert (await kept(hass))["episodes"][0]["verdict"] == "episode_real"
    await act(hass, "undo", correction_time=now)
    assert (await kept(hass))["episodes"][0]["verdict"] is None
    with pytest.raises(ServiceValidationError) as error:
        await act(hass, "undo", correction_time=now)
    assert error.value.translation_key == "correction_unknown_at"


@pytest.mark.parametrize(
    "time",
    [
        "0001-01-01T00:00:00+14:00",
        "0001-01-01T00:00:00",
        "0001-12-31T23:59:00-12:00",
        "9999-12-31T23:59:59-12:00",
        "9999-12-31T23:59:59+14:00",
    ],
)
async def test_a_time_without_a_date_in_other_zones_is_refused(
    hass: HomeAssistant, kitchen: Kitchen, time: str
) -> None:
    await an_episode(kitchen)
    now = local(dt_util.utcnow())
    given: tuple[tuple[str, dict[str, Any]], ...] = (
        ("undo", {"correction_time": time}),
        ("correct_episode", {"episode_time": time, "verdict": "real"}),
        ("name_episode", {"episode_time": time, "name": NAME}),
        ("mark_missed", {"from": time, "to": now}),
        ("mark_missed", {"from": time, "to": time.replace("00:00:00", "01:00:00")}),
        ("mark_missed", {"from": now, "to": time}),
    )
    for action, values in given:
        with pytest.raises(ServiceValidationError) as error:
            await act(hass, action, **values)
        assert error.value.translation_key == "time_impossible"
        assert "9999" in str(error.value)
    assert not (await kept(hass))["corrections"]


async def test_a_missed_stretch_leaves_the_range_and_comes_back(
    hass: HomeAssistant, kitchen: Kitchen
) -> None:
    await kitchen.learn()
    await kitchen.breathe()
    end = dt_util.utcnow() - 2 * DAY
    before = await kept(hass)
    given = {"from": local(end - HOUR), "to": local(end), "quantity": "pm25"}
    await act(hass, "mark_missed", **given)
    ledger = await kept(hass)
    (missed,) = ledger["missed"]
    assert datetime.fromisoformat(missed["to"]) == end.replace(microsecond=0)
    (day,) = [day for day in ledger["days"] if day["struck_parts"]]
    assert day["day"] == str(dt_util.as_local(end).date())
    assert corrections(hass) == 1
    await act(hass, "undo")
    assert (await kept(hass))["corrections"] == before["corrections"]


@pytest.mark.parametrize(
    ("start_h", "end_h", "key"),
    [
        (-2.0, -3.0, "stretch_reversed"),
        (-2.0, 1.0, "stretch_in_future"),
        (-60.0, -10.0, "stretch_too_long"),
        (-2200.0, -2199.0, "day_too_old"),
        (-0.5, 0.0, "stretch_has_episode"),
        (-31.0, -29.0, "stretch_marked"),
    ],
)
async def test_a_stretch_that_cannot_be_marked_is_refused(
    hass: HomeAssistant, kitchen: Kitchen, start_h: float, end_h: float, key: str
) -> None:
    await an_episode(kitchen)
    now = dt_util.utcnow()
    marked = {"from": local(now - 30 * HOUR), "to": local(now - 28 * HOUR), "quantity": "pm25"}
    await act(hass, "mark_missed", **marked)
    before = await kept(hass)
    given = {"from": local(now + start_h * HOUR), "to": local(now + end_h * HOUR)}
    with pytest.raises(ServiceValidationError) as error:
        await act(hass, "mark_missed", **given, quantity="pm25")
    assert error.value.translation_key == key
    assert (await kept(hass))["corrections"] == before["corrections"]


async def test_only_so_many_stretches_are_kept(hass: HomeAssistant, kitchen: Kitchen) -> None:
    await kitchen.learn()
    now = dt_util.utcnow()
    for number in range(40):
        end = now - DAY - number * HOUR
        await act(
            hass,
            "mark_missed",
            **{"from": local(end - HOUR / 2), "to": local(end)},
            quantity="pm25",
        )
    given = {"from": local(now - 9 * DAY), "to": local(now - 9 * DAY + HOUR)}
    with pytest.raises(ServiceValidationError) as error:
        await act(hass, "mark_missed", **given, quantity="pm25")
    assert error.value.translation_key == "too_many_missed"


async def test_a_name_is_in_no_state_no_event_and_no_diagnostics(
    hass: HomeAssistant, kitchen: Kitchen
) -> None:
    """Whoever sees an entity, or gets a bug report, need not know what was cooked."""
    await an_episode(kitchen)
    fired: list[str] = []
    hass.bus.async_listen("*", lambda event: fired.append(str(event.data)))
    for number in range(20):  # More than are kept as rows: the others are packed.
        await act(hass, "name_episode", name=f"secret cake {number}", quantity="pm25")
    await kitchen.breathe()
    called = [one for one in fired if "secret" in one and "service_data" not in one]
    assert called == []
    assert not [one for one in hass.states.async_all() if "secret" in str(one.as_dict())]
    (entry,) = hass.config_entries.async_entries(DOMAIN)
    told = await async_get_config_entry_diagnostics(hass, entry)
    assert "secret" not in json.dumps(told, default=str)
    stored = told["rooms"][0]["pm25"]["stored"]
    assert len(stored["entries"]) == 20
    assert "entries_packed" not in stored
