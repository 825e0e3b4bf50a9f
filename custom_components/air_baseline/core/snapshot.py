"""A channel as plain JSON values and back; the only place that knows the stored form.

Days and entries are tables: their columns are named once, each row is a list. Loading
checks everything it reads: what is not exactly of the stored form raises SnapshotError.
"""

from datetime import tzinfo
from enum import StrEnum
from itertools import pairwise
from typing import TYPE_CHECKING, Any, Final

from . import stored
from .alert import HELD_SLOTS, Promise
from .binning import INTERVALS_KEPT, LEAST_STEP
from .channel import Channel
from .day import PARTS, PLAIN_SLOTS, SLOT_S, iso_day, parse_day, part_slots
from .digest import (
    ALL_PARTS,
    DayKind,
    Digest,
    OpenDay,
    PartLevels,
    decode_counts,
    encode_counts,
    pack_record,
)
from .facts import BUCKETS
from .ledger import WINDOW_DAYS, Cause, Entry, EntryKind, Episode, EpisodeEnd, Ledger
from .quantity import QUANTITIES, Kind
from .state import LearningState
from .stored import SnapshotError

if TYPE_CHECKING:
    from collections.abc import Mapping

VERSION = 1
MOST_ENTRIES = 5000  # An automation that corrects every hour of the 120 days gives 2880.

DAY_COLUMNS: Final = (
    "day",
    "kind",
    "histogram",
    "slots",
    "peaks",
    "ranges",
    "mark",
    "head",
    "state",
    "eligible",
    "longest_run_h",
    "outdoor_temperature",
    "window_open",
)
ENTRY_COLUMNS: Final = (
    "id",
    "at",
    "kind",
    "from_day",
    "to_day",
    "parts",
    "weight",
    "level",
    "until_day",
    "episode",
    "target",
    "cause",
)
EPISODE_COLUMNS: Final = (
    "id",
    "day",
    "part",
    "opened_level",
    "alert_level",
    "high",
    "beaten",
    "compared",
    "peak",
    "end",
    "outcome",
)


class NewerSnapshotError(SnapshotError):
    """Stored data of a version that this code does not know yet."""


def dump(channel: Channel) -> dict[str, Any]:
    """Return a channel as plain JSON values.

    >>> from datetime import UTC
    >>> kept = dump(Channel(QUANTITIES[Kind.PM25], UTC))
    >>> load(kept, UTC, Promise.MONTH).quantity.kind
    <Kind.PM25: 'pm25'>
    """
    return {
        "version": VERSION,
        "quantity": channel.quantity.kind.value,
        "paused": channel.paused,
        "source": _dump_source(channel),
        "today": _dump_today(channel),
        "facts": [list(bucket) for bucket in channel.facts.buckets] if channel.facts else [],
        "above": channel.facts.above if channel.facts else None,
        "low_since": channel.facts.low_since if channel.facts else None,
        "root": channel.ledger.root,
        "days_columns": list(DAY_COLUMNS),
        "days": [_dump_day(digest) for digest in channel.ledger.days],
        "entries_columns": list(ENTRY_COLUMNS),
        "entries": [_dump_entry(entry) for entry in channel.ledger.entries],
        "episodes_columns": list(EPISODE_COLUMNS),
        "episodes": [_dump_episode(episode) for episode in channel.episodes],
    }


def load(data: object, zone: tzinfo, promise: Promise) -> Channel:
    """Return the channel that `dump` wrote, with today's forecast written again.

    The value that the source held ends with the restart. Raises NewerSnapshotError for a
    version this code does not know and SnapshotError for anything that is not of this form.
    """
    try:
        return _load(stored.mapping(data), zone, promise)
    except (KeyError, IndexError, TypeError, OverflowError) as error:
        message = f"not of the stored form: {error!r}"
        raise SnapshotError(message) from error
    except SnapshotError:
        raise
    except ValueError as error:
        raise SnapshotError(str(error)) from error


def _load(data: Mapping[str, Any], zone: tzinfo, promise: Promise) -> Channel:
    version = stored.integer(data["version"], 1)
    if version > VERSION:
        message = f"version {version}; this code knows {VERSION}"
        raise NewerSnapshotError(message)
    channel = Channel(QUANTITIES[stored.code(Kind, data["quantity"])], zone, promise)
    channel.paused = stored.flag(data["paused"])
    channel.ledger = Ledger(
        days=_load_days(data),
        entries=_load_entries(data),
        episodes=_load_episodes(data),
        root=stored.integer(data["root"], 0),
    )
    _load_source(channel, stored.mapping(data["source"]))
    if channel.facts is not None:
        longest = channel.facts.bucket_s
        channel.facts.buckets = [
            (
                stored.integer(index, 0),
                stored.number(total, 0.0, stored.HIGHEST * longest),
                stored.number(seconds, 0.0, longest),
            )
            for index, total, seconds in stored.rows(data["facts"], 3, BUCKETS + 1)
        ]
        channel.facts.above = stored.optional(stored.flag, data["above"])
        channel.facts.low_since = stored.optional(stored.time, data["low_since"])
    if data["today"] is not None:
        _load_today(channel, stored.mapping(data["today"]))
    return channel


# The source and what is being observed.


def _dump_source(channel: Channel) -> dict[str, Any]:
    binner, source = channel.binner, channel.source
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


def _load_source(channel: Channel, data: Mapping[str, Any]) -> None:
    binner, source = channel.binner, channel.source
    binner.counted_to = stored.optional(stored.time, data["counted_to"])
    passed_s = (binner.counted_to or 0.0) % SLOT_S
    binner.observed_s = stored.number(data["observed_s"], 0.0, passed_s)
    binner.area = stored.number(data["area"], 0.0, stored.HIGHEST * binner.observed_s)
    binner.intervals.extend(
        stored.number(item, 0.0) for item in stored.items(data["intervals"], INTERVALS_KEPT)
    )
    binner.step = stored.optional(stored.level, data["step"])
    binner.last_value = stored.optional(stored.level, data["last_value"])
    binner.late = stored.integer(data["late"], 0)
    source.last_read = stored.optional(stored.time, data["last_read"])
    source.warm_until = stored.optional(stored.time, data["warm_until"])
    source.flat_value = stored.optional(stored.level, data["flat_value"])
    source.flat_since = stored.time(data["flat_since"])
    source.flat_longest_h = stored.integer(data["flat_longest_h"], 0)
    source.stuck = stored.flag(data["stuck"])
    source.rejected = stored.integer(data["rejected"], 0)


def _dump_today(channel: Channel) -> dict[str, Any] | None:
    today, known, watch = channel.open_day, channel.forecast, channel.watch
    if today is None or known is None:
        return None
    return {
        "day": iso_day(today.day),
        "histogram": encode_counts(today.counts),
        "peaks": list(today.peaks),
        "inside": today.inside,
        "marked": today.marked,
        "void": today.void,
        "issued": list(known.issued),
        "resolution": known.resolution,
        "recent": [list(pair) for pair in channel.held.bins],
        "episode": watch.current.id if watch.current else None,
        "inside_slots": watch.inside_slots,
        "blocked_slots": watch.blocked_slots,
        "cool_until": watch.cool_until,
    }


def _load_today(channel: Channel, data: Mapping[str, Any]) -> None:
    day = parse_day(stored.text(data["day"]))
    today = OpenDay(day, part_slots(day, channel.zone))
    today.counts = decode_counts(stored.text(data["histogram"]))
    peaks = [stored.optional(stored.level, peak) for peak in stored.items(data["peaks"], PARTS)]
    if len(peaks) != PARTS:
        message = f"{len(peaks)} peaks"
        raise SnapshotError(message)
    today.peaks = peaks
    today.marked = stored.integer(data["marked"], 0)
    today.inside = stored.number(data["inside"], 0.0, float(today.marked))
    today.void = stored.flag(data["void"])
    channel.open_day = today
    channel.held.bins = [
        (stored.integer(slot, 0), stored.level(value))
        for slot, value in stored.rows(data["recent"], 2, HELD_SLOTS)
    ]
    running = stored.optional(stored.integer, data["episode"])
    channel.watch.current = next(
        (episode for episode in channel.ledger.episodes if episode.id == running), None
    )
    channel.watch.inside_slots = stored.integer(data["inside_slots"], 0)
    channel.watch.blocked_slots = stored.integer(data["blocked_slots"], 0)
    channel.watch.cool_until = stored.time(data["cool_until"])
    channel.resume(
        [stored.level(edge) for edge in stored.items(data["issued"], 2 * PARTS)],
        stored.number(data["resolution"], LEAST_STEP, stored.HIGHEST),
    )


# Days, entries, episodes.


def _dump_day(digest: Digest) -> list[Any]:
    plain = digest.slots == PLAIN_SLOTS
    return [
        iso_day(digest.day),
        digest.kind.value,
        digest.histogram,
        None if plain else list(digest.slots),
        _short(digest.part_peaks),
        _short(digest.issued),
        digest.mark,
        digest.head,
        digest.state.value,
        int(digest.eligible),
        digest.longest_run_h,
        digest.outdoor_temperature,
        digest.window_open,
    ]


def _load_days(data: Mapping[str, Any]) -> tuple[Digest, ...]:
    rows = stored.table(data, "days", DAY_COLUMNS, WINDOW_DAYS)
    days = tuple(_load_day(row) for row in rows)
    if any(later.day <= earlier.day for earlier, later in pairwise(days)):
        message = "days out of order or twice"
        raise SnapshotError(message)
    return days


def _load_day(row: Mapping[str, Any]) -> Digest:
    peaks, ranges = stored.items(row["peaks"], PARTS), stored.items(row["ranges"], 2 * PARTS)
    if len(peaks) != PARTS or len(ranges) not in (0, 2 * PARTS):
        message = f"{len(peaks)} peaks, {len(ranges)} edges"
        raise SnapshotError(message)
    slots = row["slots"]
    return Digest(
        day=parse_day(stored.text(row["day"])),
        kind=stored.code(DayKind, row["kind"]),
        slots=PLAIN_SLOTS if slots is None else _load_slots(slots),
        record=pack_record(
            stored.text(row["histogram"]),
            [stored.optional(stored.level, peak) for peak in peaks],
            [stored.level(edge) for edge in ranges],
        ),
        mark=stored.optional(stored.share, row["mark"]),
        head=stored.integer(row["head"], 0),
        state=stored.code(LearningState, row["state"]),
        eligible=bool(stored.integer(row["eligible"], 0, 1)),
        longest_run_h=stored.integer(row["longest_run_h"], 0),
        outdoor_temperature=stored.optional(stored.number, row["outdoor_temperature"]),
        window_open=stored.optional(stored.share, row["window_open"]),
    )


def _load_slots(data: object) -> tuple[int, ...]:
    slots = tuple(stored.integer(number, 0, 48) for number in stored.items(data, PARTS))
    if len(slots) != PARTS or not sum(slots):
        message = f"slots of a day: {slots}"
        raise SnapshotError(message)
    return slots


def _dump_entry(entry: Entry) -> list[Any]:
    row = [getattr(entry, column) for column in ENTRY_COLUMNS]
    return [value.value if isinstance(value, StrEnum) else value for value in row]


def _load_entries(data: Mapping[str, Any]) -> tuple[Entry, ...]:
    rows = stored.table(data, "entries", ENTRY_COLUMNS, MOST_ENTRIES)
    entries = tuple(_load_entry(row) for row in rows)
    if len({entry.id for entry in entries}) != len(entries):
        message = "two entries with one id"
        raise SnapshotError(message)
    return entries


def _load_entry(row: Mapping[str, Any]) -> Entry:
    return Entry(
        id=stored.integer(row["id"], 1),
        at=stored.time(row["at"]),
        kind=stored.code(EntryKind, row["kind"]),
        from_day=stored.optional(stored.integer, row["from_day"]),
        to_day=stored.optional(stored.integer, row["to_day"]),
        parts=None if row["parts"] is None else stored.integer(row["parts"], 0, ALL_PARTS),
        weight=stored.share(row["weight"]),
        level=stored.optional(stored.level, row["level"]),
        until_day=stored.optional(stored.integer, row["until_day"]),
        episode=stored.optional(stored.integer, row["episode"]),
        target=stored.optional(stored.integer, row["target"]),
        cause=None if row["cause"] is None else stored.code(Cause, row["cause"]),
    )


def _dump_episode(episode: Episode) -> list[Any]:
    row = [getattr(episode, column) for column in EPISODE_COLUMNS]
    return [value.value if isinstance(value, StrEnum) else value for value in row]


def _load_episodes(data: Mapping[str, Any]) -> tuple[Episode, ...]:
    rows = stored.table(data, "episodes", EPISODE_COLUMNS, MOST_ENTRIES)
    return tuple(_load_episode(row) for row in rows)


def _load_episode(row: Mapping[str, Any]) -> Episode:
    outcome = row["outcome"]
    return Episode(
        id=stored.integer(row["id"], 0),
        day=stored.integer(row["day"], 1),
        part=stored.integer(row["part"], 0, PARTS - 1),
        opened_level=stored.level(row["opened_level"]),
        alert_level=stored.level(row["alert_level"]),
        high=stored.level(row["high"]),
        beaten=stored.integer(row["beaten"], 0),
        compared=stored.integer(row["compared"], 0),
        peak=stored.level(row["peak"]),
        end=stored.optional(stored.time, row["end"]),
        outcome=None if outcome is None else stored.code(EpisodeEnd, outcome),
    )


def _short(levels: PartLevels) -> list[float | int | None]:
    """Return levels with whole numbers as integers, which are shorter."""
    return [int(level) if level is not None and level == int(level) else level for level in levels]
