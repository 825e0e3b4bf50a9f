"""At most one line in the log per kind, source and hour, whatever a source does."""

from collections.abc import Callable
from datetime import timedelta
import logging
from typing import Any

from freezegun.api import FrozenDateTimeFactory
from homeassistant.core import HomeAssistant
import pytest

from custom_components.air_baseline.core.pollutant import Pollutant
from custom_components.air_baseline.inputs.source_log import source_log
from tests.home import (
    KITCHEN,
    PM25,
    VOC,
    a_kitchen,
    issues,
    log_lines,
    pass_time,
    report,
    steady,
)

SECOND, MINUTE, HOUR = timedelta(seconds=1), timedelta(minutes=1), timedelta(hours=1)
UNIT_CHANGED = f"source_unit_changed_{KITCHEN}_pm25"

type Act = Callable[[HomeAssistant, int], None]


def flip_unit(hass: HomeAssistant, number: int) -> None:
    report(hass, PM25, 5 + number % 3, unit_of_measurement=("μg/m³", "ppm")[number % 2])


def flip_among_units(hass: HomeAssistant, number: int) -> None:
    unit = ("ppm", "ppb", "°C", "μg/m³")[number % 4]
    report(hass, PM25, 5 + number % 3, unit_of_measurement=unit)


def flap(hass: HomeAssistant, number: int) -> None:
    report(hass, PM25, "unavailable" if number % 2 else 5 + number % 3)


def refused(hass: HomeAssistant, number: int) -> None:
    report(hass, PM25, -1 - number % 3 if number % 2 else 20_000 + number % 5)


def sentinels(hass: HomeAssistant, number: int) -> None:
    report(hass, PM25, 65535 if number % 2 else 6)


def wrong_unit_from_the_start(hass: HomeAssistant, number: int) -> None:
    report(hass, VOC, 450 + number % 3, unit_of_measurement="ppm")


@pytest.mark.parametrize(
    "act", [flip_unit, flip_among_units, flap, refused, sentinels, wrong_unit_from_the_start]
)
async def test_each_kind_is_one_line_an_hour(
    hass: HomeAssistant,
    clock: FrozenDateTimeFactory,
    hass_storage: dict[str, Any],
    caplog: pytest.LogCaptureFixture,
    act: Act,
) -> None:
    caplog.set_level(logging.INFO)
    await a_kitchen(hass, hass_storage, 3, Pollutant.PM25, Pollutant.VOC_RATIO)
    caplog.clear()
    hours = 3
    for minute in range(hours * 60):
        for second in range(59):
            clock.tick(SECOND)
            act(hass, 60 * minute + second)
        await pass_time(hass, clock, SECOND, step=SECOND)
    lines = log_lines(caplog)
    assert len(lines) <= hours + 1
    assert len(set(lines)) == len(lines)
    if act in (flip_unit, flip_among_units):
        assert lines
        assert UNIT_CHANGED in issues(hass)
    if act is flip_among_units:
        assert "more times in the last hour)" in lines[1]
    if act in (flap, sentinels):
        assert not issues(hass)


async def test_what_was_left_out_is_counted(
    hass: HomeAssistant, clock: FrozenDateTimeFactory, caplog: pytest.LogCaptureFixture
) -> None:
    log = source_log(hass)
    assert source_log(hass) is log
    for number in range(1800):
        log.async_log(logging.WARNING, "unit", PM25, f"{PM25} no. {number}")
        clock.tick(SECOND)
    log.async_log(logging.WARNING, "unit", VOC, f"{VOC} too")
    log.async_log(logging.INFO, "state", PM25, f"{PM25} otherwise")
    assert log_lines(caplog) == [f"{PM25} no. 0", f"{VOC} too", f"{PM25} otherwise"]
    caplog.clear()
    clock.tick(HOUR)
    log.async_log(logging.WARNING, "unit", PM25, f"{PM25} again")
    assert log_lines(caplog) == [f"{PM25} no. 1799 (and 1799 more times in the last hour)"]
    caplog.clear()
    clock.tick(HOUR)
    log.async_log(logging.WARNING, "unit", PM25, f"{PM25} later")
    assert log_lines(caplog) == [f"{PM25} again (and once more in the last hour)"]
    caplog.clear()
    clock.tick(5 * HOUR)
    log.async_log(logging.WARNING, "unit", VOC, f"{VOC} later")
    assert log_lines(caplog) == [
        f"{PM25} later (and once more in the last hour)",
        f"{VOC} later",
    ]


async def test_a_right_source_is_not_in_the_log(
    hass: HomeAssistant,
    clock: FrozenDateTimeFactory,
    hass_storage: dict[str, Any],
    caplog: pytest.LogCaptureFixture,
) -> None:
    caplog.set_level(logging.INFO)
    await a_kitchen(hass, hass_storage, 3)
    caplog.clear()
    await pass_time(hass, clock, 3 * HOUR, {PM25: steady(7)})
    assert not log_lines(caplog)
