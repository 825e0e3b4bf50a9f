"""What Home Assistant's recorder knows of a source, read in small steps off the event loop.

Only the recorder's own functions are used, so that any of its databases will do.
"""

from collections.abc import Callable, Iterator
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from enum import StrEnum
from functools import partial
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
from sqlalchemy.exc import SQLAlchemyError

from ..const import LOGGER
from ..core.alerting.promise import Promise
from ..core.past.history_import import Past, Row, means, oldest_start
from ..core.past.replay import HistoryWorth, ReplaySetting, history_worth
from ..core.pollutant import POLLUTANTS, PollutantSpec
from ..inputs.eligibility import Measurement
from ..inputs.readings import Reading, UnitChangedError, readings_of, unit_factor

# One step in the recorder's executor: small enough that others get their turn.
STEP_OF_HOURS = timedelta(days=30)
STEP_OF_SLOTS = timedelta(days=2)
STEP_OF_STATES = timedelta(days=1)


class NoHistory(StrEnum):
    """Why history cannot be read."""

    NO_RECORDER = "there is no recorder"
    NOT_READY = "the database is being updated or does not answer"


class HistoryError(Exception):
    """The recorder cannot be read."""

    def __init__(self, reason: NoHistory) -> None:
        """Keep why."""
        super().__init__(reason)
        self.reason = reason


@dataclass(frozen=True, slots=True)
class Survey:
    """What the history of a source is worth, for who is about to choose it.

    How many usable days it has (an hourly one is half a day), and the earliest date on which
    the room could be learned. Without history that is as if it began today; `no_history` says
    why it cannot be read, None where it can.
    """

    usable_days: int
    earliest_learned: date | None
    no_history: NoHistory | None = None


@callback
def has_recorder(hass: HomeAssistant) -> bool:
    """Tell whether Home Assistant has a recorder whose database could be opened."""
    return RECORDER_DOMAIN in hass.config.components


async def async_survey(hass: HomeAssistant, entity_id: str, source: Measurement) -> Survey:
    """Return what the history of an entity is worth as a source; changes nothing."""
    spec = POLLUTANTS[source.pollutant]
    no_history = None
    try:
        past = await async_read(hass, entity_id, spec)
    except HistoryError as error:
        past, no_history = Past(), error.reason
    setting = ReplaySetting(spec=spec, zone=dt_util.get_default_time_zone(), promise=Promise.MONTH)
    now = dt_util.utcnow().timestamp()
    found: HistoryWorth = await hass.async_add_executor_job(history_worth, past, setting, now)
    return Survey(
        usable_days=int(found.usable_days),
        earliest_learned=None if found.earliest is None else date.fromordinal(found.earliest),
        no_history=no_history,
    )


async def async_read(hass: HomeAssistant, entity_id: str, spec: PollutantSpec) -> Past:
    """Return what the recorder kept of an entity that can be of use, in the base unit.

    Means where there are any, else states. Raises HistoryError where the recorder is absent,
    at work on its database, or fails.
    """
    if not has_recorder(hass):
        raise HistoryError(NoHistory.NO_RECORDER)
    if async_migration_in_progress(hass) and not async_migration_is_live(hass):
        raise HistoryError(NoHistory.NOT_READY)
    try:
        return await _Reader(hass, entity_id, spec).async_read()
    except (SQLAlchemyError, RuntimeError) as error:  # The latter: it is shutting down.
        LOGGER.warning("The history of %s cannot be read: %s", entity_id, error)
        raise HistoryError(NoHistory.NOT_READY) from error


class _Reader:
    """Read one entity."""

    def __init__(self, hass: HomeAssistant, entity_id: str, spec: PollutantSpec) -> None:
        self._hass = hass
        self._entity_id = entity_id
        self._quantity = spec
        self._now = dt_util.utcnow()
        since = oldest_start(self._now.timestamp(), dt_util.get_default_time_zone())
        self._since = dt_util.utc_from_timestamp(since)

    async def async_read(self) -> Past:
        fine, coarse = list[Row](), list[Row]()
        units = await self._async_run(self._units)
        if units is not None:
            fine = await self._async_means("5minute", STEP_OF_SLOTS, units)
            coarse = await self._async_means("hour", STEP_OF_HOURS, units)
        if not fine:
            fine = await self._async_states()
        return Past(fine, coarse)

    async def _async_run[T](self, target: Callable[[], T]) -> T:
        return await get_instance(self._hass).async_add_executor_job(target)

    def _units(self) -> tuple[dict[str, str], float] | None:
        """Return the unit of the kept means, by its class, and what it is in the base unit.

        None where no means are kept, or the unit is that of another quantity.
        """
        known = get_metadata(self._hass, statistic_ids={self._entity_id}).get(self._entity_id)
        if known is None:
            return None
        unit = known[1]["unit_of_measurement"]
        try:
            factor = unit_factor(unit, self._quantity)
        except UnitChangedError:
            LOGGER.warning(
                "The statistics of %s are kept in %r, which is no unit of %s; they are not used",
                self._entity_id,
                unit,
                self._quantity.pollutant.value,
            )
            return None
        # Asked for in the unit they are kept in, means are not converted by the recorder.
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
        for start, end in self._steps(step):
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
        found = statistics_during_period(
            self._hass, start, end, {self._entity_id}, period, units, {"mean", "min"}
        )
        return [
            Row(row["start"], mean * factor, None if low is None else low * factor)
            for row in found.get(self._entity_id, ())
            for mean, low in ((row.get("mean"), row.get("min")),)
            if mean is not None
        ]

    async def _async_states(self) -> list[Row]:
        readings: list[Reading] = []
        for start, end in self._steps(STEP_OF_STATES):
            readings += await self._async_run(partial(self._states, start, end))
        if not readings:
            return []
        return await self._hass.async_add_executor_job(means, readings, self._now.timestamp())

    def _states(self, start: datetime, end: datetime) -> list[Reading]:
        # The recorder leaves out what was said at the very start.
        found = history.state_changes_during_period(
            self._hass,
            start - timedelta(microseconds=1),
            end,
            self._entity_id,
            include_start_time_state=False,
        )
        return [
            reading
            for state in found.get(self._entity_id, ())
            for reading in readings_of(state, self._quantity, state.last_reported_timestamp)
        ]

    def _steps(self, length: timedelta) -> Iterator[tuple[datetime, datetime]]:
        start = self._since
        while start < self._now:
            end = min(start + length, self._now)
            yield start, end
            start = end
