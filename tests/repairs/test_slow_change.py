"""A kitchen whose air is unlike that of last year is asked about once a season."""

from datetime import timedelta
from typing import Any

from freezegun.api import FrozenDateTimeFactory
from homeassistant.core import HomeAssistant
import pytest
from pytest_homeassistant_custom_component.common import MockConfigEntry

from custom_components.air_baseline.core.channel import Channel
from custom_components.air_baseline.core.ledger.histogram import ALL_PARTS
from custom_components.air_baseline.core.pollutant import Pollutant
from custom_components.air_baseline.core.year.year import Year
from tests.conftest import Fixer
from tests.core.rooms import a_day
from tests.home import KITCHEN, PM25, a_kitchen, act, issues, pass_time, usual

HOUR, DAY = timedelta(hours=1), timedelta(days=1)
YEAR_DAYS = 364


def channel_of(entry: MockConfigEntry) -> Channel:
    channel: Channel = entry.runtime_data.rooms[KITCHEN].channels[Pollutant.PM25]
    return channel


@pytest.fixture
async def unlike(
    hass: HomeAssistant, clock: FrozenDateTimeFactory, hass_storage: dict[str, Any]
) -> MockConfigEntry:
    """Set up a kitchen whose air was far lower a year ago, and let a day close."""
    entry = await a_kitchen(hass, hass_storage, 40)
    channel = channel_of(entry)
    assert channel.open_day is not None
    then = range(channel.open_day.day - YEAR_DAYS - 60, channel.open_day.day - YEAR_DAYS + 30)
    channel.year = Year().with_days([(a_day(day, {1.0: 30, 2.0: 6}), ALL_PARTS) for day in then])
    await pass_time(hass, clock, 17 * HOUR, {PM25: usual})
    return entry


def asked(hass: HomeAssistant) -> list[str]:
    return [one for one in issues(hass) if one.startswith("slow_change")]


async def test_it_is_explained_and_answered_once_in_a_season(
    hass: HomeAssistant, clock: FrozenDateTimeFactory, unlike: MockConfigEntry, fixer: Fixer
) -> None:
    (question,) = asked(hass)
    assert question.startswith(f"slow_change_{KITCHEN}_pm25_")
    page = await fixer.begin(question)
    assert page["menu_options"] == ["fine", "changed", "not_now", "stop_asking"]
    said = page["description_placeholders"]["inferred"]
    assert said.lstrip("> ").startswith("Slowly higher than last year: usually about ")
    assert "the sensor, the season or the room" in said
    done = await fixer.choose(page, "fine")
    assert (done["type"], done["step_id"]) == ("menu", "agreed")
    assert not asked(hass)
    await pass_time(hass, clock, DAY, {PM25: usual})
    assert channel_of(unlike).year_says.creep is not None, "it is still so"
    assert not asked(hass), "but was answered"


async def test_it_is_known_and_asked_right_after_a_restart(
    hass: HomeAssistant, unlike: MockConfigEntry
) -> None:
    (question,) = asked(hass)
    said = channel_of(unlike).year_says
    assert said.creep is not None
    await hass.config_entries.async_reload(unlike.entry_id)
    await hass.async_block_till_done(wait_background_tasks=True)
    assert channel_of(unlike).year_says == said
    words = (await act(hass, "explain"))["quantities"]["pm25"]["words"]
    assert "Slowly higher than last year" in words["because"]
    assert asked(hass) == [question]


@pytest.mark.usefixtures("unlike")
async def test_no_more_questions_about_ranges_are_none_about_last_year(
    hass: HomeAssistant, clock: FrozenDateTimeFactory, fixer: Fixer
) -> None:
    (question,) = asked(hass)
    done = await fixer.choose(await fixer.begin(question), "stop_asking")
    assert (done["type"], done["step_id"]) == ("menu", "stopped_asking")
    await pass_time(hass, clock, DAY, {PM25: usual})
    assert not asked(hass)


@pytest.mark.usefixtures("unlike")
async def test_the_sensor_can_be_learned_again_from_a_day(
    hass: HomeAssistant, fixer: Fixer
) -> None:
    (question,) = asked(hass)
    page = await fixer.choose(await fixer.begin(question), "changed")
    assert page["step_id"] == "changed"
    assert page["type"] == "form"
