"""What the history of a source is worth, before it becomes one: nothing is changed."""

from dataclasses import dataclass
from datetime import date

from homeassistant.core import HomeAssistant
from homeassistant.util import dt as dt_util

from ..core.alerting.promise import MONTH_DAYS
from ..core.day import locate
from ..core.past.history_import import Past
from ..core.past.replay import HistoryWorth, ReplaySetting, history_worth
from ..core.past.year_import import EarlierDays, earlier_days
from ..core.pollutant import POLLUTANTS
from ..inputs.eligibility import Measurement
from .recorder import HistoryError, NoHistory, async_read, async_read_hours
from .year_span import YearSpan


@dataclass(frozen=True, slots=True)
class Survey:
    """What the history of a source is worth, for a user who is about to choose the source.

    `usable_days` counts a day of hourly means as half. `earliest_learned` is the first date on
    which the room could be learned; without history, as if it started today. `year_since` is the
    first date of its year, None if that has to begin now. `no_history` says why the history
    cannot be read, None if it can.
    """

    usable_days: int
    earliest_learned: date | None
    year_since: date | None = None
    no_history: NoHistory | None = None


async def async_survey(hass: HomeAssistant, entity_id: str, source: Measurement) -> Survey:
    """Return what the history of an entity is worth as a source."""
    spec = POLLUTANTS[source.pollutant]
    zone, now = dt_util.get_default_time_zone(), dt_util.utcnow().timestamp()
    span, no_history = YearSpan.before(locate(now, zone)[0], zone), None
    past, hours = Past(), None
    try:
        past = await async_read(hass, entity_id, spec)
        hours = await async_read_hours(hass, entity_id, spec, span.since, span.until)
    except HistoryError as error:
        no_history = error.reason
    setting = ReplaySetting(spec=spec, zone=zone, promise_days=MONTH_DAYS)

    def look() -> tuple[HistoryWorth, EarlierDays]:
        earlier = earlier_days(hours or (), spec, zone, span.first, span.end)
        return history_worth(past, setting, now), earlier

    worth, earlier = await hass.async_add_executor_job(look)
    return Survey(
        usable_days=int(worth.usable_days),
        earliest_learned=None if worth.earliest is None else date.fromordinal(worth.earliest),
        year_since=date.fromordinal(earlier.days[0].day) if earlier.days else None,
        no_history=no_history,
    )
