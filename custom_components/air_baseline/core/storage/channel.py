"""A channel as plain JSON values and back; its parts dump and restore themselves.

Only this module, `ledger`, `days` and `forecast` know the stored form. Surroundings are stored
separately, because channels share them. Values added after the first stored form can be missing,
and code that does not know them ignores them.

Loading checks every value: anything that is not exactly of the stored form raises
StoredFormError.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import tzinfo
from typing import Any, Final

from .. import checked
from ..alerting.forecast import Forecast
from ..channel import Channel
from ..checked import StoredFormError
from ..codes import HistoryState
from ..day import SLOT_S, parse_day, part_slots
from ..learning.time_zone import DayHours
from ..ledger.histogram import Counts
from ..ledger.histogram_text import encode_counts
from ..ledger.kept_leap import KeptLeap
from ..ledger.ledger import Ledger
from ..ledger.open_day import OpenDay
from ..pollutant import POLLUTANTS, Pollutant
from ..reading.surroundings import SurroundingMean
from .days import StoredDays
from .forecast import dump_forecast, load_forecast
from .leaps import dump_leaps, load_leaps
from .ledger import dump_ledger, load_ledger
from .open_part import StoredWhole, open_part
from .salvage import STRICT, Salvage

VERSION = 5  # Of the stored form; what 1 to 4 did not know may be missing.
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
    leaps: Sequence[KeptLeap]

    @property
    def day(self) -> str | None:
        """Return the open day as a date, None if there is none."""
        return None if self.today is None else self.today["day"]

    def dump(self, *, days: bool = True) -> dict[str, Any]:
        """Return it as plain JSON values, without days if not `days`; any thread may call this."""
        today = self.today
        if today is not None and self.forecast is not None:
            forecast = dump_forecast(self.forecast)
            today = {**today, "histogram": encode_counts(self.counts), "forecast": forecast}
        leaps = {"leaps": dump_leaps(self.leaps)} if self.leaps else {}
        return {**self.running, "today": today, **dump_ledger(self.ledger, days=days), **leaps}

    def continues(self, stored: StoredWhole) -> bool:
        """Tell whether the open part is enough: no day was closed since, nothing was relearned."""
        return self.day == stored.day and self.ledger.former is stored.former

    def dump_open(self, stored: StoredWhole) -> dict[str, Any]:
        """Return what has changed since the whole was stored; any thread may call this."""
        return open_part(self.dump(days=self.ledger.days is not stored.days), stored)


def freeze_channel(channel: Channel) -> FrozenChannel:
    """Return a frozen copy of a channel; this is fast, while dumping the days is slow."""
    guideline, open_day = channel.guideline, channel.open_day
    running = channel.episode_watch.current
    return FrozenChannel(
        running={
            "version": VERSION,
            "quantity": channel.spec.pollutant.value,
            "paused": channel.paused,
            **({"history": channel.history.value} if channel.history.over else {}),
            **({"day_hours": channel.day_hours.dump()} if channel.day_hours else {}),
            "source": {**channel.binner.dump(), **channel.health.dump()},
            **channel.unit_check.dump(),
            **_dump_false_until(channel),
            **(guideline.dump() if guideline else NO_GUIDELINE),
        },
        today=_dump_today(channel),
        counts=[bytearray(part) for part in open_day.counts] if open_day else [],
        forecast=channel.forecast,
        ledger=replace(channel.ledger, episodes=channel.episodes) if running else channel.ledger,
        leaps=channel.leaps,
    )


def dump_channel(channel: Channel) -> dict[str, Any]:
    """Return a channel as plain JSON values.

    >>> from datetime import UTC
    >>> kept = dump_channel(Channel(POLLUTANTS[Pollutant.PM25], UTC))
    >>> load_channel(kept, UTC, 35).spec.pollutant
    <Pollutant.PM25: 'pm25'>
    """
    return freeze_channel(channel).dump()


def load_channel(
    data: object, zone: tzinfo, promise_days: int, salvage: Salvage = STRICT
) -> Channel:
    """Return the channel that `dump_channel` wrote, with today's forecast as it was written.

    The current value is not kept across a restart. Raises NewerFormError for a newer version and
    StoredFormError for anything else that is not of this form. `salvage` can replace rows that
    cannot be read, or leave them out.
    """
    try:
        return _load(checked.mapping(data), zone, promise_days, salvage)
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


def check_channel(data: object, zone: tzinfo, promise_days: int) -> None:
    """Raise StoredFormError for a channel that cannot be loaded as a whole, with all its days."""
    channel = load_channel(data, zone, promise_days)
    for ledger in (channel.ledger, channel.ledger.former):
        days = ledger.days if ledger is not None else ()
        if isinstance(days, StoredDays):
            days.check()


def _load(data: Mapping[str, Any], zone: tzinfo, promise_days: int, salvage: Salvage) -> Channel:
    version = checked.integer(data["version"], 1)
    if version > VERSION:
        raise NewerFormError(f"version {version}; this code knows {VERSION}")
    channel = Channel(POLLUTANTS[checked.code(Pollutant, data["quantity"])], zone, promise_days)
    channel.paused = checked.flag(data["paused"])
    if "history" in data:
        channel.history = checked.code(HistoryState, data["history"])
    if "day_hours" in data:
        channel.day_hours = DayHours.restored(data["day_hours"])
    today = None if data["today"] is None else checked.mapping(data["today"])
    day = None if today is None else checked.day(parse_day(checked.text(today["day"])))
    channel.ledger = load_ledger(data, day, salvage)
    channel.false_until = checked.time(data.get("false_until", 0.0))
    channel.leaps = load_leaps(data.get("leaps", []), zone, salvage)
    source = checked.mapping(data["source"])
    channel.binner.restore(source)
    channel.health.restore(source)
    if "unit_check" in data:
        channel.unit_check.restore(checked.mapping(data["unit_check"]))
    elif data["days"]:  # Of before there was such a check.
        channel.unit_check.settle()
    if channel.guideline is not None:
        channel.guideline.restore(data, channel.binner.counted_to or 0.0)
    if today is not None and day is not None:
        _load_today(channel, today, day)
    return channel


def _dump_false_until(channel: Channel) -> dict[str, Any]:
    """Return until when a clock was ahead, nothing once that time has come."""
    passed = channel.false_until <= (channel.binner.counted_to or 0.0)
    return {} if passed else {"false_until": channel.false_until}


def _dump_today(channel: Channel) -> dict[str, Any] | None:
    """Return the open day without its counts and its forecast, which take longer."""
    if channel.open_day is None or channel.forecast is None:
        return None
    return {
        **channel.open_day.dump(),
        "recent": channel.sustained.dump(),
        **channel.episode_watch.dump(),
    }


def _load_today(channel: Channel, data: Mapping[str, Any], day: int) -> None:
    channel.open_day = OpenDay(day, part_slots(day, channel.zone))
    channel.open_day.restore(data)
    channel.sustained.restore(data["recent"], int((channel.binner.counted_to or 0.0) // SLOT_S))
    channel.episode_watch.restore(data, channel.ledger.episodes)
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
