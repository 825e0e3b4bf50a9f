"""What Home Assistant's recorder has of a source, read in small steps off the event loop.

Only the recorder's own functions are used, so every database that it supports works.
"""

import asyncio
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from datetime import datetime, timedelta
from enum import StrEnum
from functools import partial
from logging import WARNING
from typing import Literal

from homeassistant.components.recorder import DOMAIN as RECORDER_DOMAIN, history
from homeassistant.components.recorder.statistics import (
    STATISTIC_UNIT_TO_UNIT_CONVERTER,
    get_metadata,
    statistics_during_period,
)
from homeassistant.core import HomeAssistant, callback
from homeassistant.helpers.recorder import (
    async_migration_in_progress,
    async_migration_is_live,
    get_instance,
)
from homeassistant.util import dt as dt_util

from ..core.past.history_import import Past, Row, means, new_binner, oldest_start
from ..core.pollutant import Pollutant, PollutantSpec
from ..core.reading.binning import Reading
from ..inputs.readings import UnitChangedError, reading_of, unit_factor
from ..inputs.room_config import RoomSource
from ..inputs.source_log import source_log

# The time that one step in the recorder's executor covers, small enough to let others in.
STEP_OF_HOURS = timedelta(days=30)  # By judgement.
STEP_OF_SLOTS = timedelta(days=2)  # By judgement.
STEP_OF_STATES = timedelta(days=1)  # By judgement.
ASKED_SOURCES = 3  # Sources whose newest record is looked up, by judgement: all have one clock.
PATIENCE_S = 5.0  # Seconds, by judgement: a database that hangs must not keep rooms from starting.
# Seconds that one step may take, by judgement: a purge can lock a database for minutes. One that
# hangs must not keep the other rooms waiting.
STEP_PATIENCE_S = 600.0


class NoHistory(StrEnum):
    """Why history cannot be read."""

    NO_RECORDER = "there is no recorder"
    NOT_READY = "the database is being updated or does not answer"
    RENAMED = "its source was renamed or replaced meanwhile"
    CLOCK_SET = "the clock was set back meanwhile"


class HistoryError(Exception):
    """The recorder cannot be read."""

    def __init__(self, reason: NoHistory, error: Exception | None = None) -> None:
        """Keep the reason, and the failure that shows it, if any."""
        super().__init__(f"{reason} ({error!r})" if error else reason)
        self.reason = reason


@callback
def has_recorder(hass: HomeAssistant) -> bool:
    """Tell whether Home Assistant has a recorder with an open database."""
    return RECORDER_DOMAIN in hass.config.components


async def async_newest_record(
    hass: HomeAssistant, rooms: Mapping[str, Mapping[Pollutant, RoomSource]]
) -> float:
    """Return the POSIX time of the newest record of some sources, 0 if it is not known."""
    if not has_recorder(hass) or async_migration_in_progress(hass):
        return 0.0

    sources = [one.entity_id for room in rooms.values() for one in room.values()]

    def newest() -> float:
        states = (
            state
            for entity_id in sources[:ASKED_SOURCES]
            for found in history.get_last_state_changes(hass, 1, entity_id).values()
            for state in found
        )
        return max((state.last_updated_timestamp for state in states), default=0.0)

    try:
        async with asyncio.timeout(PATIENCE_S):
            return await get_instance(hass).async_add_executor_job(newest)
    except Exception:  # noqa: BLE001 - a database can fail in ways that nobody has thought of
        return 0.0


async def async_read(
    hass: HomeAssistant,
    entity_id: str,
    spec: PollutantSpec,
    since: datetime | None = None,
    states_since: datetime | None = None,
) -> Past:
    """Return what the recorder has of an entity since a time, in the base unit.

    By default that is its useful part. Five-minute means come from its statistics if there are
    any, otherwise from states, which are read from `states_since` on (default: all of them).
    Raises HistoryError if the recorder is absent, busy with its database, or fails.
    """
    with _failures(hass):
        return await _Reader(hass, entity_id, spec, since, states_since).async_read()


async def async_read_hours(
    hass: HomeAssistant, entity_id: str, spec: PollutantSpec, since: float, until: float
) -> list[Row] | None:
    """Return the hourly means of an entity between two POSIX times, in the base unit.

    None if they are in a unit that the pollutant does not have. Raises HistoryError if the
    recorder is absent, busy with its database, or fails.
    """
    with _failures(hass):
        start, end = map(dt_util.utc_from_timestamp, (since, until))
        return await _Reader(hass, entity_id, spec, start).async_read_hours(end)


@contextmanager
def _failures(hass: HomeAssistant) -> Iterator[None]:
    """Raise HistoryError if the recorder cannot be read, or cannot meanwhile."""
    if not has_recorder(hass):
        raise HistoryError(NoHistory.NO_RECORDER)
    if async_migration_in_progress(hass) and not async_migration_is_live(hass):
        raise HistoryError(NoHistory.NOT_READY)
    try:
        yield
    except Exception as error:  # A database can fail in ways that nobody has thought of.
        raise HistoryError(NoHistory.NOT_READY, error) from error


def recorded(  # noqa: PLR0913 - what is read, and from when to when
    hass: HomeAssistant,
    entity_id: str,
    spec: PollutantSpec,
    since: datetime,
    until: datetime,
    *,
    before: float | None = None,
    with_start: bool = False,
) -> list[Reading]:
    """Return the readings that the recorder has of an entity, oldest first; it blocks.

    `before` is the level before them (base unit), if known. `with_start` adds the state that held
    at the start. The recorder stores the last report of a state only at the next change, so that
    of the present state is Home Assistant's.
    """
    # Only this query of the recorder has the time of the last report of an unchanged state.
    states = history.state_changes_during_period(
        hass, since, until, entity_id, include_start_time_state=with_start
    )
    now = hass.states.get(entity_id)
    readings = []
    for state in states.get(entity_id, ()):
        last = state.last_reported_timestamp
        if now is not None and state.last_updated == now.last_updated:
            last = now.last_reported_timestamp
        reading = reading_of(state, spec, last, before)
        readings.append(reading)
        before = before if reading.value is None else reading.value
    return readings


class _Reader:
    """Reads one entity."""

    def __init__(
        self,
        hass: HomeAssistant,
        entity_id: str,
        spec: PollutantSpec,
        since: datetime | None,
        states_since: datetime | None = None,
    ) -> None:
        self._hass = hass
        self._entity_id = entity_id
        self._spec = spec
        self._level: float | None = None  # The last one that was read (base unit).
        self._now = dt_util.utcnow()
        useful = oldest_start(self._now.timestamp(), dt_util.get_default_time_zone())
        self._since = since or dt_util.utc_from_timestamp(useful)
        self._states_since = states_since or self._since

    async def async_read_hours(self, until: datetime) -> list[Row] | None:
        await self._async_commit()
        self._now = min(until, self._now)
        try:
            units = await self._async_units()
        except UnitChangedError:
            return None
        return [] if units is None else await self._async_means("hour", STEP_OF_HOURS, units)

    async def async_read(self) -> Past:
        await self._async_commit()
        five_minute, hourly = list[Row](), list[Row]()
        try:
            units = await self._async_units()
        except UnitChangedError:
            units = None
        if units is not None:
            five_minute = await self._async_means("5minute", STEP_OF_SLOTS, units)
            hourly = await self._async_means("hour", STEP_OF_HOURS, units)
        if not five_minute:
            five_minute = await self._async_states()
        return Past(five_minute, hourly)

    async def _async_commit(self) -> None:
        """Wait for what is queued: it belongs to the past as well.

        Above all that the source was renamed: until that is done, the recorder knows nothing
        under the new id.
        """
        if (queued := get_instance(self._hass).async_get_commit_future()) is not None:
            async with asyncio.timeout(STEP_PATIENCE_S):
                await queued

    async def _async_run[T](self, target: Callable[[], T]) -> T:
        async with asyncio.timeout(STEP_PATIENCE_S):
            return await get_instance(self._hass).async_add_executor_job(target)

    async def _async_units(self) -> tuple[dict[str, str], float] | None:
        """Return the unit of the stored means by its class, and its factor into the base unit.

        None if no means are stored. Raises UnitChangedError, and notes it in the log, if the unit
        is that of another pollutant.
        """
        entity_id = self._entity_id
        stored = await self._async_run(partial(get_metadata, self._hass, statistic_ids={entity_id}))
        known = stored.get(entity_id)
        if known is None:
            return None
        unit = known[1]["unit_of_measurement"]
        try:
            factor = unit_factor(unit, self._spec)
        except UnitChangedError:
            pollutant = self._spec.pollutant.value
            text = (
                f"The statistics of {entity_id} are in {unit!r}, which is not a unit of "
                f"{pollutant}; they are not used"
            )
            source_log(self._hass).async_log(WARNING, "statistics", entity_id, text)
            raise
        # The recorder does not convert means that are requested in their own unit.
        converter = STATISTIC_UNIT_TO_UNIT_CONVERTER.get(unit)
        classes = {known[1]["unit_class"], converter.UNIT_CLASS if converter else None}
        return {name: unit for name in classes if name and unit}, factor

    async def _async_means(
        self,
        period: Literal["5minute", "hour"],
        step: timedelta,
        units: tuple[dict[str, str], float],
    ) -> list[Row]:
        rows: list[Row] = []
        for start, end in self._steps(self._since, step):
            rows += await self._async_run(partial(self._means, period, start, end, *units))
        return rows

    def _means(
        self,
        period: Literal["5minute", "hour"],
        start: datetime,
        end: datetime,
        units: dict[str, str],
        factor: float,
    ) -> list[Row]:
        statistics = statistics_during_period(
            self._hass, start, end, {self._entity_id}, period, units, {"mean", "min", "max"}
        )
        return [
            Row(row["start"], mean * factor, None if low is None else low * factor)
            for row in statistics.get(self._entity_id, ())
            for mean, low, high in ((row.get("mean"), row.get("min"), row.get("max")),)
            if mean is not None and self._is_air(low, high, factor)
        ]

    def _is_air(self, low: float | None, high: float | None, factor: float) -> bool:
        """Tell whether a mean has only air in it: one word for "no reading" makes it a lie.

        The lowest reading stands for the air before the highest one.
        """
        if low is None or high is None:
            return True
        return self._spec.level(high * factor, factor, max(low * factor, 0.0)) is not None

    async def _async_states(self) -> list[Row]:
        readings: list[Reading] = []
        for start, end in self._steps(self._states_since, STEP_OF_STATES):
            readings += await self._async_run(partial(self._states, start, end))
        if not readings:
            return []
        return await self._hass.async_add_executor_job(
            means, readings, self._now.timestamp(), new_binner(self._spec)
        )

    def _states(self, start: datetime, end: datetime) -> list[Reading]:
        # The recorder leaves out a state at exactly the start.
        since = start - timedelta(microseconds=1)
        readings = recorded(self._hass, self._entity_id, self._spec, since, end, before=self._level)
        self._level = next(
            (reading.value for reading in reversed(readings) if reading.value is not None),
            self._level,
        )
        return readings

    def _steps(self, start: datetime, length: timedelta) -> Iterator[tuple[datetime, datetime]]:
        while start < self._now:
            end = min(start + length, self._now)
            yield start, end
            start = end
