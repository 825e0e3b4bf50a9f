"""A channel as plain JSON values and back; its parts dump and restore themselves.

Only this module, `ledger`, `days` and `forecast` know the stored form. Surroundings are stored
separately, because channels share them. Values added after the first stored form can be missing,
and code that does not know them ignores them.

Loading checks every value: anything that is not exactly of the stored form raises
StoredFormError.
"""

from collections.abc import Mapping
from dataclasses import dataclass, replace
from datetime import tzinfo
from typing import Any, Final

from .. import checked
from ..alerting.forecast import Forecast
from ..alerting.promise import Promise
from ..channel import Channel
from ..checked import StoredFormError
from ..codes import HistoryState
from ..day import SLOT_S, day_start, iso_day, parse_day, part_slots
from ..learning.time_zone import DayHours
from ..ledger.histogram import Counts
from ..ledger.histogram_text import encode_counts
from ..ledger.ledger import Ledger
from ..ledger.open_day import OpenDay
from ..pollutant import POLLUTANTS, Pollutant
from ..reading.surroundings import SurroundingMean
from .forecast import dump_forecast, load_forecast
from .ledger import dump_ledger, load_ledger

VERSION = 2  # Of the stored form; what 1 did not know may be missing.
READ = frozenset({HistoryState.READ, HistoryState.EMPTY})  # These need no further attempt.
NO_GUIDELINE: Final[Mapping[str, Any]] = {"facts": [], "above": None, "low_since": None}


class NewerFormError(StoredFormError):
    """Stored data of a newer version than this code knows."""


@dataclass(frozen=True, slots=True)
class FrozenChannel:
    """A channel at one moment: copies of what changes, and values that do not change."""

    running: dict[str, Any]
    today: dict[str, Any] | None
    counts: Counts
    forecast: Forecast | None
    ledger: Ledger

    def dump(self) -> dict[str, Any]:
        """Return it as plain JSON values; any thread may call this."""
        today = self.today
        if today is not None and self.forecast is not None:
            forecast = dump_forecast(self.forecast)
            today = {**today, "histogram": encode_counts(self.counts), "forecast": forecast}
        return {**self.running, "today": today, **dump_ledger(self.ledger)}


def freeze_channel(channel: Channel) -> FrozenChannel:
    """Return a frozen copy of a channel; this is fast, while dumping the days is slow."""
    guideline, open_day = channel.guideline, channel.open_day
    running = channel.episode_watch.current
    return FrozenChannel(
        running={
            "version": VERSION,
            "quantity": channel.spec.pollutant.value,
            "paused": channel.paused,
            **({"history": channel.history.value} if channel.history in READ else {}),
            **({"day_hours": channel.day_hours.dump()} if channel.day_hours else {}),
            "source": {**channel.binner.dump(), **channel.health.dump()},
            **channel.unit_check.dump(),
            **(guideline.dump() if guideline else NO_GUIDELINE),
        },
        today=_dump_today(channel),
        counts=[bytearray(part) for part in open_day.counts] if open_day else [],
        forecast=channel.forecast,
        ledger=replace(channel.ledger, episodes=channel.episodes) if running else channel.ledger,
    )


def dump_channel(channel: Channel) -> dict[str, Any]:
    """Return a channel as plain JSON values.

    >>> from datetime import UTC
    >>> kept = dump_channel(Channel(POLLUTANTS[Pollutant.PM25], UTC))
    >>> load_channel(kept, UTC, Promise.MONTH).spec.pollutant
    <Pollutant.PM25: 'pm25'>
    """
    return freeze_channel(channel).dump()


def load_channel(data: object, zone: tzinfo, promise: Promise) -> Channel:
    """Return the channel that `dump_channel` wrote, with today's forecast as it was written.

    The current value is not kept across a restart. Raises NewerFormError for a newer version and
    StoredFormError for anything else that is not of this form.
    """
    try:
        return _load(checked.mapping(data), zone, promise)
    except (KeyError, IndexError, TypeError, OverflowError) as error:
        raise StoredFormError(f"not of the stored form: {error!r}") from error
    except StoredFormError:
        raise
    except ValueError as error:
        raise StoredFormError(str(error)) from error


def load_surrounding(data: object, zone: tzinfo) -> SurroundingMean:
    """Return the mean that `SurroundingMean.dump` wrote.

    Raises StoredFormError for anything that is not of this form.
    """
    mean = SurroundingMean(zone)
    try:
        mean.restore(checked.mapping(data))
    except KeyError as error:
        raise StoredFormError(f"not of the stored form: {error!r}") from error
    return mean


def _load(data: Mapping[str, Any], zone: tzinfo, promise: Promise) -> Channel:
    version = checked.integer(data["version"], 1)
    if version > VERSION:
        raise NewerFormError(f"version {version}; this code knows {VERSION}")
    channel = Channel(POLLUTANTS[checked.code(Pollutant, data["quantity"])], zone, promise)
    channel.paused = checked.flag(data["paused"])
    if "history" in data:
        channel.history = checked.code(HistoryState, data["history"])
    if "day_hours" in data:
        channel.day_hours = DayHours.restored(data["day_hours"])
    channel.ledger = load_ledger(data)
    source = checked.mapping(data["source"])
    channel.binner.restore(source)
    channel.health.restore(source)
    if "unit_check" in data:
        channel.unit_check.restore(checked.mapping(data["unit_check"]))
    elif data["days"]:  # Of before there was such a check.
        channel.unit_check.settle()
    if channel.guideline is not None:
        channel.guideline.restore(data, channel.binner.counted_to or 0.0)
    if data["today"] is not None:
        last = data["days"][-1:]  # Only its date is read: days are read when they are needed.
        last_day = parse_day(last[0].split(" ")[0]) if last else 0
        _load_today(channel, checked.mapping(data["today"]), last_day)
    return channel


def _dump_today(channel: Channel) -> dict[str, Any] | None:
    """Return the open day without its counts and its forecast, which take longer."""
    if channel.open_day is None or channel.forecast is None:
        return None
    return {
        **channel.open_day.dump(),
        "recent": channel.sustained.dump(),
        **channel.episode_watch.dump(),
    }


def _load_today(channel: Channel, data: Mapping[str, Any], last_day: int) -> None:
    day = checked.day(parse_day(checked.text(data["day"])))
    if day <= last_day:
        raise StoredFormError(f"{iso_day(day)} is open, but that or a later day is closed")
    channel.open_day = OpenDay(day, part_slots(day, channel.zone))
    channel.open_day.restore(data)
    channel.sustained.restore(data["recent"], int((channel.binner.counted_to or 0.0) // SLOT_S))
    # A cooldown ends hours after its episode, which ends on the open day at the latest. The rest
    # of three days is for homes that have moved to another time zone.
    latest = day_start(day + 3, channel.zone)
    channel.episode_watch.restore(data, channel.ledger.episodes, latest)
    channel.resume(_load_forecast(data.get("forecast"), day))


def _load_forecast(data: object, day: int) -> Forecast | None:
    """Return today's forecast, None if it cannot be read.

    Another version of the method may have written what this one never would. The forecast can be
    computed from the ledger, which must not be lost because of it.
    """
    try:
        return load_forecast(checked.mapping(data), day)
    except KeyError, TypeError, ValueError, OverflowError:
        return None
