"""A quick look at the past of many sensors at once, before one of them becomes a source."""

from collections.abc import Callable, Collection
from datetime import datetime, timedelta

from homeassistant.components.recorder import history
from homeassistant.components.recorder.statistics import statistics_during_period
from homeassistant.core import HomeAssistant, State
from homeassistant.helpers.recorder import (
    async_migration_in_progress,
    async_migration_is_live,
    get_instance,
)
from homeassistant.util import dt as dt_util
from sqlalchemy.exc import SQLAlchemyError

from ..const import LOGGER
from ..core.day import HOUR_S
from ..core.past.history_import import oldest_start
from ..inputs.described import Seen
from .recorder import has_recorder

LOOK_BACK = timedelta(hours=3)  # By judgement: enough values to see words, or a wrong unit.
STATES_KEPT = timedelta(days=10)  # The recorder keeps states so long, as it is specified.
BETWEEN_LOOKS = timedelta(hours=6)  # By judgement: tells days from minutes in few looks.


async def async_seen(hass: HomeAssistant, entity_ids: Collection[str]) -> dict[str, Seen]:
    """Return the values of the last hours, with that of now, by entity."""
    now = dt_util.utcnow()
    past = await _async_read(hass, lambda: _states(hass, now - LOOK_BACK, now, entity_ids))
    return {
        entity_id: Seen.of([*(past or {}).get(entity_id, ()), *_now(hass.states.get(entity_id))])
        for entity_id in entity_ids
    }


async def async_days(hass: HomeAssistant, entity_ids: Collection[str]) -> dict[str, float]:
    """Return how many days of values the recorder has, by entity; hours add up to days."""
    return await _async_read(hass, lambda: _days(hass, entity_ids)) or {}


def _now(state: State | None) -> list[str]:
    return [] if state is None else [state.state]


async def _async_read[T](hass: HomeAssistant, read: Callable[[], T]) -> T | None:
    """Return what the recorder says, None where it cannot be asked."""
    if not has_recorder(hass):
        return None
    if async_migration_in_progress(hass) and not async_migration_is_live(hass):
        return None
    try:
        return await get_instance(hass).async_add_executor_job(read)
    except (SQLAlchemyError, RuntimeError) as error:  # RuntimeError: it is shutting down.
        LOGGER.warning("The recorder cannot be asked about sensors: %s", error)
        return None


def _states(
    hass: HomeAssistant, start: datetime, end: datetime, entity_ids: Collection[str]
) -> dict[str, list[str]]:
    """Return what entities said in a stretch of time, from what they said as it began."""
    if not entity_ids:
        return {}
    found = history.get_significant_states(
        hass,
        start,
        end,
        list(entity_ids),
        significant_changes_only=False,
        no_attributes=True,
    )
    return {
        entity_id: [state.state for state in states if isinstance(state, State)]
        for entity_id, states in found.items()
    }


def _days(hass: HomeAssistant, entity_ids: Collection[str]) -> dict[str, float]:
    """Count the hours that have a mean; for those that have none, look at states now and then."""
    if not entity_ids:
        return {}
    now = dt_util.utcnow()
    since = dt_util.utc_from_timestamp(
        oldest_start(now.timestamp(), dt_util.get_default_time_zone())
    )
    rows = statistics_during_period(hass, since, None, {*entity_ids}, "hour", None, {"mean"})
    hours = {
        entity_id: {
            row["start"] // HOUR_S for row in rows.get(entity_id, ()) if row.get("mean") is not None
        }
        for entity_id in entity_ids
    }
    days = {
        entity_id: timedelta(hours=len(known)) / timedelta(days=1)
        for entity_id, known in hours.items()
    }
    at = now - STATES_KEPT
    while at < now:
        said = _states(hass, at, at + timedelta(seconds=1), entity_ids)
        for entity_id, states in said.items():
            if at.timestamp() // HOUR_S not in hours[entity_id] and Seen.of(states[-1:]).numbers:
                days[entity_id] += BETWEEN_LOOKS / timedelta(days=1)
        at += BETWEEN_LOOKS
    return days
