"""A channel as plain JSON values and back.

With `rows`, `day_lines` and `written` it is all that knows the stored form.

Context has a form of its own, since channels share it. What came later than the first stored
form may be missing, and is left alone by code that does not know it.

Loading checks everything it reads: what is not exactly of the stored form raises
StoredFormError.
"""

from dataclasses import dataclass, replace
from datetime import tzinfo
from typing import TYPE_CHECKING, Any

from ..alerting.episode import LASTING_INSIDE_SLOTS
from ..alerting.forecast import Forecast
from ..alerting.guideline import BUCKETS, GuidelineMean
from ..alerting.promise import Promise
from ..channel import Channel
from ..codes import HistoryState
from ..day import (
    DAY_S,
    HOUR_S,
    PARTS,
    SLOT_S,
    SLOTS_PER_HOUR,
    SUSTAINED_SLOTS,
    day_start,
    iso_day,
    parse_day,
    part_slots,
)
from ..ledger.histogram import Counts
from ..ledger.histogram_text import decode_counts, encode_counts
from ..ledger.ledger import Ledger
from ..ledger.open_day import OpenDay
from ..pollutant import POLLUTANTS, Pollutant
from ..reading.binning import INTERVALS_KEPT, LEAST_STEP, Binner
from ..reading.surroundings import HOURS, SurroundingMean
from . import checked
from .checked import StoredFormError
from .forecast import dump_forecast, load_forecast
from .ledger import dump_ledger, load_ledger

if TYPE_CHECKING:
    from collections.abc import Mapping


VERSION = 1
READ = frozenset({HistoryState.READ, HistoryState.EMPTY})  # What need not be tried again.


class NewerFormError(StoredFormError):
    """Stored data of a version that this code does not know yet."""


@dataclass(frozen=True, slots=True)
class FrozenChannel:
    """A channel as it was at a moment: copies of what changes, and its ledger, a value."""

    running: dict[str, Any]
    today: dict[str, Any] | None
    counts: Counts
    ledger: Ledger

    def dump(self) -> dict[str, Any]:
        """Return it as plain JSON values; any thread may ask."""
        today, running = self.today, self.running
        if today is not None:
            recent = [list(pair) for pair in today["recent"]]
            today = {
                **today,
                "recent": recent,
                "histogram": encode_counts(self.counts),
                "forecast": dump_forecast(today["forecast"]),
            }
        facts = [list(bucket) for bucket in running["facts"]]
        return {**running, "facts": facts, "today": today, **dump_ledger(self.ledger)}


def freeze_channel(channel: Channel) -> FrozenChannel:
    """Return a channel as it is now, in little time: dumping the days is most of the work."""
    facts, running = channel.guideline, channel.episode_watch.current
    counts = channel.open_day.counts if channel.open_day else []
    return FrozenChannel(
        running={
            "version": VERSION,
            "quantity": channel.spec.pollutant.value,
            "paused": channel.paused,
            **({"history": channel.history.value} if channel.history in READ else {}),
            "source": _dump_source(channel),
            "facts": facts.buckets[:] if facts else [],
            "above": facts.above if facts else None,
            "low_since": facts.low_since if facts else None,
        },
        today=_dump_today(channel),
        counts=[bytearray(part) for part in counts],
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
    """Return the channel that `dump` wrote, with today's forecast as it was written.

    The value that the source held ends with the restart. Raises NewerFormError for a
    version this code does not know and StoredFormError for anything that is not of this form.
    """
    try:
        return _load(checked.mapping(data), zone, promise)
    except (KeyError, IndexError, TypeError, OverflowError) as error:
        message = f"not of the stored form: {error!r}"
        raise StoredFormError(message) from error
    except StoredFormError:
        raise
    except ValueError as error:
        raise StoredFormError(str(error)) from error


def dump_surrounding(mean: SurroundingMean) -> dict[str, Any]:
    """Return a value of context as plain JSON values.

    >>> from datetime import UTC
    >>> load_surrounding(dump_surrounding(SurroundingMean(UTC)), UTC).hours
    []
    """
    binner = mean.binner
    return {
        "counted_to": binner.counted_to,
        "area": binner.area,
        "observed_s": binner.observed_s,
        "intervals": list(binner.intervals),
        "bins": [list(pair) for pair in mean.bins],
        "hours": [list(row) for row in mean.hours],
        "days": [list(row) for row in mean.days],
    }


def load_surrounding(data: object, zone: tzinfo) -> SurroundingMean:
    """Return the value that `dump_surrounding` wrote; the value held ends with the restart.

    Raises StoredFormError for anything that is not of this form.
    """
    try:
        return _load_context(checked.mapping(data), zone)
    except KeyError as error:
        message = f"not of the stored form: {error!r}"
        raise StoredFormError(message) from error


def _load_context(data: Mapping[str, Any], zone: tzinfo) -> SurroundingMean:
    mean = SurroundingMean(zone)
    _load_running(mean.binner, data)
    counted_to = mean.binner.counted_to or 0.0
    mean.bins = [
        (
            checked.integer(slot, 0, int(counted_to // SLOT_S)),
            checked.number(value, -checked.HIGHEST, checked.HIGHEST),
        )
        for slot, value in checked.rows(data["bins"], 2, SLOTS_PER_HOUR)
    ]
    mean.hours = _load_sums(data["hours"], HOURS + 2, int(counted_to // HOUR_S), HOUR_S)
    mean.days = _load_sums(data["days"], 2, checked.LATEST_DAY, 2 * DAY_S)
    return mean


def _load_sums(
    data: object, most: int, last: int, longest_s: float
) -> list[tuple[int, float, float]]:
    """Return sums over stretches of time: the index up to the last, the area, the seconds."""
    found = []
    for index, area, observed in checked.rows(data, 3, most):
        seconds = checked.number(observed, 0.0, longest_s)
        highest = checked.HIGHEST * seconds
        found.append(
            (checked.integer(index, 0, last), checked.number(area, -highest, highest), seconds)
        )
    return found


def _load(data: Mapping[str, Any], zone: tzinfo, promise: Promise) -> Channel:
    version = checked.integer(data["version"], 1)
    if version > VERSION:
        message = f"version {version}; this code knows {VERSION}"
        raise NewerFormError(message)
    channel = Channel(POLLUTANTS[checked.code(Pollutant, data["quantity"])], zone, promise)
    channel.paused = checked.flag(data["paused"])
    if "history" in data:
        channel.history = checked.code(HistoryState, data["history"])
    channel.ledger = load_ledger(data)
    _load_source(channel, checked.mapping(data["source"]))
    if channel.guideline is not None:
        _load_facts(channel.guideline, data, channel.binner.counted_to or 0.0)
    if data["today"] is not None:
        last = data["days"][-1:]  # Not read as a day: that waits until days are asked for.
        last_day = parse_day(last[0].split(" ")[0]) if last else 0
        _load_today(channel, checked.mapping(data["today"]), last_day)
    return channel


def _dump_source(channel: Channel) -> dict[str, Any]:
    binner, source = channel.binner, channel.health
    return {
        "counted_to": binner.counted_to,
        "area": binner.area,
        "observed_s": binner.observed_s,
        "intervals": list(binner.intervals),
        "step": binner.step,
        "last_value": binner.last_value,
        "late": binner.late,
        "last_read": source.last_read,
        "warm_until": source.warm_until,
        "flat_value": source.flat_value,
        "flat_since": source.flat_since,
        "flat_longest_h": source.flat_longest_h,
        "stuck": source.stuck,
        "rejected": source.rejected,
    }


def _load_facts(facts: GuidelineMean, data: Mapping[str, Any], counted_to: float) -> None:
    last = int(counted_to // facts.bucket_s)
    facts.buckets = _load_sums(data["facts"], BUCKETS + 1, last, facts.bucket_s)
    for _, total, _ in facts.buckets:
        checked.number(total, 0.0)
    facts.above = checked.optional(checked.flag, data["above"])
    low_since = data["low_since"]
    facts.low_since = None if low_since is None else checked.number(low_since, 0.0, counted_to)


def _load_running(binner: Binner, data: Mapping[str, Any]) -> None:
    binner.counted_to = checked.optional(checked.time, data["counted_to"])
    passed_s = (binner.counted_to or 0.0) % SLOT_S
    binner.observed_s = checked.number(data["observed_s"], 0.0, passed_s)
    most = checked.HIGHEST * binner.observed_s
    binner.area = checked.number(data["area"], -most, most)
    binner.intervals.extend(
        checked.number(item, 0.0) for item in checked.items(data["intervals"], INTERVALS_KEPT)
    )


def _load_source(channel: Channel, data: Mapping[str, Any]) -> None:
    binner, source = channel.binner, channel.health
    _load_running(binner, data)
    checked.number(binner.area, 0.0)
    step, warm_until = data["step"], data["warm_until"]
    binner.step = None if step is None else checked.number(step, LEAST_STEP, checked.HIGHEST)
    binner.last_value = checked.optional(checked.level, data["last_value"])
    binner.late = checked.integer(data["late"], 0)
    source.last_read = checked.optional(checked.time, data["last_read"])
    last_read = source.last_read or 0.0
    if warm_until is not None:
        latest = last_read + source.spec.warm_up_s
        source.warm_until = checked.number(warm_until, 0.0, latest)
    source.flat_value = checked.optional(checked.level, data["flat_value"])
    source.flat_since = checked.number(data["flat_since"], 0.0, last_read)
    source.flat_longest_h = checked.integer(data["flat_longest_h"], 0)
    source.stuck = checked.flag(data["stuck"])
    source.rejected = checked.integer(data["rejected"], 0)


def _dump_today(channel: Channel) -> dict[str, Any] | None:
    today, known, watch = channel.open_day, channel.forecast, channel.episode_watch
    if today is None or known is None:
        return None
    return {
        "day": iso_day(today.day),
        "peaks": list(today.peaks),
        "inside": today.inside,
        "marked": today.scored_slots,
        "void": today.void,
        "forecast": known,
        "recent": channel.sustained.bins[:],
        "episode": watch.current.id if watch.current else None,
        "inside_slots": watch.inside_slots,
        "blocked_slots": watch.blocked_slots,
        "cool_until": watch.cool_until,
        **({"unseen": True} if today.unseen else {}),
    }


def _load_today(channel: Channel, data: Mapping[str, Any], last_day: int) -> None:
    day = checked.day(parse_day(checked.text(data["day"])))
    if day <= last_day:
        message = f"{iso_day(day)} is open after a later day was closed"
        raise StoredFormError(message)
    today = OpenDay(day, part_slots(day, channel.zone))
    today.counts = decode_counts(checked.text(data["histogram"]))
    peaks = [checked.optional(checked.level, peak) for peak in checked.items(data["peaks"], PARTS)]
    if len(peaks) != PARTS:
        message = f"{len(peaks)} peaks"
        raise StoredFormError(message)
    today.peaks = peaks
    today.scored_slots = checked.integer(data["marked"], 0)
    today.inside = checked.number(data["inside"], 0.0, float(today.scored_slots))
    today.void = checked.flag(data["void"])
    today.unseen = checked.flag(data.get("unseen", False))
    channel.open_day = today
    last = int((channel.binner.counted_to or 0.0) // SLOT_S)
    channel.sustained.bins = [
        (checked.integer(slot, 0, last), checked.level(value))
        for slot, value in checked.rows(data["recent"], 2, SUSTAINED_SLOTS)
    ]
    _load_watch(channel, data, day)
    channel.resume(_load_forecast(data.get("forecast"), day))


def _load_forecast(data: object, day: int) -> Forecast | None:
    """Return today's forecast, None where it cannot be read.

    It follows from the ledger, which must not be lost with it: another version of the method may
    have written what this one never would.
    """
    try:
        return load_forecast(checked.mapping(data), day)
    except KeyError, TypeError, ValueError, OverflowError:
        return None


def _load_watch(channel: Channel, data: Mapping[str, Any], day: int) -> None:
    running = checked.optional(checked.integer, data["episode"])
    channel.episode_watch.current = next(
        (episode for episode in channel.ledger.episodes if episode.id == running), None
    )
    channel.episode_watch.inside_slots = checked.integer(data["inside_slots"], 0)
    channel.episode_watch.blocked_slots = checked.integer(
        data["blocked_slots"], 0, LASTING_INSIDE_SLOTS
    )
    # It ends some hours after an episode, and no episode ends after the open day; the rest is
    # for homes that have moved to another time zone.
    latest = day_start(day + 3, channel.zone)
    channel.episode_watch.cool_until = checked.number(data["cool_until"], 0.0, latest)
