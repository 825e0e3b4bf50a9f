"""The past days of a pollutant in a room, as a chart asks for them: nothing is sent by itself."""

from collections.abc import Iterable, Sequence
from datetime import datetime
from enum import StrEnum
from typing import Any, Final, NamedTuple

from homeassistant.auth.models import User
from homeassistant.auth.permissions.const import POLICY_READ
from homeassistant.util import dt as dt_util

from ..const import CONF_OUTDOOR_PM25
from ..coordinator import RoomCoordinator
from ..core.day import DAY_S, HOUR_S
from ..core.explaining.past_chart import PastChart, past_chart
from ..core.past.history_import import Past, Row
from ..core.pollutant import POLLUTANTS, Pollutant, PollutantSpec
from ..home_history.recorder import HistoryError, async_read
from ..inputs.room_config import RoomSource
from .brief import in_unit

# Seconds of states to read where there are no means. By judgement: they are many, and the recorder
# keeps them for ten days unless it is told otherwise.
STATES_S = 7 * DAY_S

type Points = list[list[float]]  # Start (POSIX seconds) and level (unit of the source) of each.


class Span(StrEnum):
    """What a chart can show."""

    TODAY = "today"
    YESTERDAY = "yesterday"
    WEEK = "week"
    MONTH = "month"


class _Days(NamedTuple):
    back: int  # Days from the first one to today.
    number: int


# Days; follows from the names of the spans.
_DAYS: Final = {
    Span.TODAY: _Days(0, 1),
    Span.YESTERDAY: _Days(1, 1),
    Span.WEEK: _Days(6, 7),
    Span.MONTH: _Days(29, 30),
}


def outdoors(room: RoomCoordinator) -> str | None:
    """Return the sensor of PM2.5 outdoors, None if the home has none."""
    entity_id: str | None = room.config_entry.options.get(CONF_OUTDOOR_PM25)
    return entity_id


async def async_past(
    room: RoomCoordinator, pollutant: Pollutant, span: Span, user: User
) -> dict[str, Any]:
    """Return past days of a pollutant in a room for a user, in the unit of its source.

    `line` and `outdoor` are five-minute means, and `hourly` and `outdoor_hourly` the hourly ones
    from before those; None where the user may not read the sensor, or nobody knows. They begin
    earlier than the days if a guideline needs that, so that its mean can be drawn. `kept` says
    whether the recorder could be read.
    """
    source, channel = room.sources[pollutant], room.channels[pollutant]
    now = dt_util.utcnow().timestamp()
    chart = past_chart(channel, now, *_DAYS[span])
    guideline = channel.spec.guideline
    lead_s = guideline.hours * HOUR_S if guideline else 0.0
    since = dt_util.utc_from_timestamp(chart.start - lead_s)
    end = min(chart.end, now)
    kept, line = True, _Line(None, None)
    outdoor = _Line(None, None)
    try:
        if user.permissions.check_entity(source.entity_id, POLICY_READ):
            line = await _async_line(room, source.entity_id, channel.spec, source, since, end)
        outside = outdoors(room)
        if (
            pollutant is Pollutant.PM25
            and outside
            and user.permissions.check_entity(outside, POLICY_READ)
        ):
            spec = POLLUTANTS[Pollutant.PM25]
            outdoor = await _async_line(room, outside, spec, source, since, end)
    except HistoryError:
        kept = False
    return {
        **_of_ledger(chart, source),
        "kept": kept,
        "line": line.five_minute,
        "hourly": line.hourly,
        "outdoor": outdoor.five_minute,
        "outdoor_hourly": outdoor.hourly,
    }


class _Line(NamedTuple):
    five_minute: Points | None
    hourly: Points | None


async def _async_line(  # noqa: PLR0913, PLR0917 - what is read, in which unit, and from when to when
    room: RoomCoordinator,
    entity_id: str,
    spec: PollutantSpec,
    source: RoomSource,
    since: datetime,
    end: float,
) -> _Line:
    hass = room.hass
    states_since = dt_util.utc_from_timestamp(max(since.timestamp(), end - STATES_S))
    past = await async_read(hass, entity_id, spec, since, states_since)
    return await hass.async_add_executor_job(_line, past, source, since.timestamp(), end)


def _line(past: Past, source: RoomSource, start: float, end: float) -> _Line:
    """Return the means between two POSIX times, hourly ones where there are none of five minutes.

    A month has thousands of them, so this runs in a thread.
    """
    known = {int(row.start // HOUR_S) for row in past.five_minute}
    hourly = [row for row in past.hourly if int(row.start // HOUR_S) not in known]
    return _Line(_points(past.five_minute, source, start, end), _points(hourly, source, start, end))


def _points(rows: Iterable[Row], source: RoomSource, start: float, end: float) -> Points:
    shown = sorted(row for row in rows if start <= row.start < end)
    return [[row.start, in_unit(row.mean, source)] for row in shown]


def _of_ledger(chart: PastChart, source: RoomSource) -> dict[str, Any]:
    parts: Sequence[dict[str, float]] = [
        {
            "start": part.start,
            "end": part.end,
            "low": in_unit(part.low, source),
            "high": in_unit(part.high, source),
        }
        for part in chart.parts
    ]
    return {
        "start": chart.start,
        "end": chart.end,
        "parts": parts,
        "episodes": [
            {
                "start": one.start,
                "end": one.end,
                "running": one.running,
                "rarity_days": one.rarity,
                "answer": one.answer,
            }
            for one in chart.episodes
        ],
    }
