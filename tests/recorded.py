"""A past for the tests: what the recorder would have stored of a source."""

from collections.abc import Iterable
from datetime import UTC, datetime, timedelta
from typing import Any
from unittest.mock import patch

from homeassistant.components.recorder import get_instance, statistics
from homeassistant.components.recorder.db_schema import Statistics, StatisticsShortTerm
from homeassistant.components.recorder.models import (
    StatisticData,
    StatisticMeanType,
    StatisticMetaData,
)
from homeassistant.core import HomeAssistant
from pytest_homeassistant_custom_component.components.recorder.common import (
    async_wait_recording_done,
)

from tests.home import NOON, PM25, ZONE, Level, usual

SLOT, HOUR = timedelta(minutes=5), timedelta(hours=1)
TODAY = NOON.astimezone(ZONE).replace(hour=4, minute=0, second=0, microsecond=0)


def times(start: datetime, end: datetime, step: timedelta) -> Iterable[datetime]:
    at = start.astimezone(UTC)  # Local times would be there twice when clocks go back.
    while at < end:
        yield at
        at += step


async def keep(  # noqa: PLR0913 - all that can differ
    hass: HomeAssistant,
    step: timedelta,
    days: float,
    *,
    until: datetime = NOON,
    source: str = PM25,
    level: Level = usual,
    unit: str | None = "μg/m³",
    factor: float = 1.0,
    highest: Level | None = None,
) -> None:
    """Give the recorder the means of a source over some days before today.

    `highest` gives the highest value of each mean, by default the mean itself.
    """
    table: Any = StatisticsShortTerm if step == SLOT else Statistics
    start = TODAY - timedelta(days=days)
    metadata = StatisticMetaData(
        mean_type=StatisticMeanType.ARITHMETIC,
        has_sum=False,
        name=None,
        source="recorder",
        statistic_id=source,
        unit_class="concentration" if unit and "m³" in unit else None,
        unit_of_measurement=unit,
    )
    rows = [
        StatisticData(
            start=at,
            mean=value,
            min=value,
            max=highest(at.timestamp()) if highest else value,
        )
        for at in times(start, until.replace(minute=0, second=0), step)
        for value in (_mean(level, at.timestamp(), step) * factor,)
    ]
    # One look per row; there is none of that name from 2026.11 on, where one look is for all rows.
    with patch(f"{statistics.__name__}._statistics_exists", lambda *_: None, create=True):
        get_instance(hass).async_import_statistics(metadata, rows, table)
        await async_wait_recording_done(hass)


def _mean(level: Level, at: float, step: timedelta) -> float:
    slots = range(0, int(step.total_seconds()), 300)
    return sum(level(at + after) for after in slots) / len(slots)
