"""The line of today: what the recorder has is binned in the same way as in the room."""

from datetime import timedelta
from itertools import pairwise

from homeassistant.components.recorder import Recorder
from homeassistant.core import HomeAssistant
from homeassistant.util import dt as dt_util
import pytest
from pytest_homeassistant_custom_component.components.recorder.common import (
    async_wait_recording_done,
)

from custom_components.air_baseline.core.pollutant import Pollutant
from tests.automations import Kitchen
from tests.card_client import Card, channels
from tests.card_words import lines
from tests.home import steady

HOUR = timedelta(hours=1)


@pytest.fixture(autouse=True)
def _custom_integrations(recorder_mock: Recorder, enable_custom_integrations: None) -> None:
    """Create the recorder, which must be there before Home Assistant."""


async def test_the_line_of_today_comes_from_the_recorder(
    hass: HomeAssistant, kitchen: Kitchen, card: Card
) -> None:
    """The same bins as those that the room has learned from."""
    await kitchen.learn()
    heard: list[tuple[float, float]] = []
    (room,) = kitchen.entry.runtime_data.rooms.values()
    room.async_add_bin_listener(
        lambda pollutant, bin_: (
            heard.append((bin_.start, bin_.value)) if pollutant is Pollutant.PM25 else None
        )
    )
    await kitchen.breathe(2 * HOUR)
    await kitchen.breathe(HOUR, pm25=steady(7))
    await kitchen.silence(2 * HOUR)
    await kitchen.breathe(HOUR / 2, pm25=steady(9))
    await async_wait_recording_done(hass)
    message = await card.open()
    assert message["recorder"] is True
    line = [(at, value) for at, value in channels(message)["pm25"]["line"]]
    assert line == [(at, float(f"{value:.4g}")) for at, value in heard]
    gaps = {after - at for (at, _), (after, _) in pairwise(line)}
    assert max(gaps) > HOUR.total_seconds(), "silence is a gap"
    await card.close()


@pytest.mark.parametrize("back", [timedelta(days=2), timedelta(days=9_000)])
async def test_while_the_clock_is_behind_the_line_is_that_of_before(
    hass: HomeAssistant, kitchen: Kitchen, card: Card, back: timedelta
) -> None:
    await kitchen.learn()
    await kitchen.breathe(2 * HOUR, pm25=steady(7))
    await async_wait_recording_done(hass)
    known = dt_util.utcnow().timestamp()
    kitchen.clock.move_to(dt_util.utcnow() - back)
    await kitchen.breathe(timedelta(minutes=20), pm25=steady(300))
    await async_wait_recording_done(hass)
    sent = channels(await card.open())["pm25"]
    assert sent["state"] == "clock_wrong"
    assert sent["start"] <= known < sent["end"]
    assert {value for _, value in sent["line"]} == {7.0}
    assert lines(sent["words"]["measured"]) == [
        "PM2.5: readings do not count while the clock is wrong."
    ]
    await card.close()
