"""Everything that a channel keeps, in a form that people can read.

Days are ISO dates, times ISO 8601 in UTC, concentrations in the pollutant's base unit. The
histogram of a part is written as minutes by concentration, so nothing needs decoding. What a range
has held is said only of those that were in force, which are the learned ones.
"""

from collections.abc import Sequence
from dataclasses import asdict
from datetime import UTC, datetime
from typing import Any

from ..channel import Channel
from ..codes import LearningState
from ..day import PART_HOURS, PARTS, SLOTS_PER_HOUR, iso_day, part_hours
from ..ledger.day_summary import DaySummary, valid_days
from ..ledger.entries import Entry, Missed, Named, entry_columns
from ..ledger.episode import Episode
from ..ledger.histogram import Counts
from ..ledger.histogram_text import decode_counts
from ..ledger.hour_peaks import hour_levels, part_peaks
from ..ledger.ledger import Ledger
from ..pollutant import CELL_WIDTH, CELLS, PollutantSpec, cell_index, from_scale, plain_number
from .released import released

MINUTES_PER_SLOT = 60 // SLOTS_PER_HOUR  # Minutes; follows from the slots of an hour.


def ledger_report(channel: Channel) -> dict[str, Any]:
    """Return everything that a channel keeps as plain JSON values."""
    ledger, health, binner = channel.ledger, channel.health, channel.binner
    aside = ledger.set_aside
    learned = {one.day for one in ledger.days if one.state is LearningState.LEARNED}
    return {
        "quantity": channel.spec.pollutant.value,
        "unit": channel.spec.unit,
        "paused": channel.paused,
        "source": {
            "last_reading": _time(health.last_read),
            "warming_up_until": _time(health.warm_until),
            "one_value_since": None if health.flat_value is None else _time(health.flat_since),
            "stuck": health.stuck,
            "implausible_readings": health.rejected,
            "late_readings": binner.late,
            "step": binner.step,
        },
        "today": _today(channel),
        "span_end": channel.spec.highest,
        "days": [_day(ledger, summary, channel.spec) for summary in ledger.days],
        **({"set_aside_days": [iso_day(one.day) for one in aside]} if aside else {}),
        "corrections": [_entry(ledger, entry) for entry in ledger.entries],
        "episodes": [_episode(ledger, episode) for episode in channel.episodes],
        "names": [
            {
                "of": _time(float(entry.correction.moment)),
                "name": entry.correction.name,
                "correction": entry.id,
            }
            for entry in ledger.of(Named)
        ],
        "missed": [
            {
                "from": _time(float(entry.correction.since)),
                "to": _time(float(entry.correction.until)),
                "correction": entry.id,
            }
            for entry in ledger.of(Missed)
            if entry.step is None
        ],
        "marks": {iso_day(day): mark for day, mark in ledger.coverages() if day in learned}
        if channel.forecast is not None and channel.forecast.learned
        else {},
        "guideline_hours": [
            {
                "from": _time(index * channel.guideline.bucket_s),
                "mean": round(total / seconds, 1) if seconds else None,
                "observed_minutes": round(seconds / 60.0),
            }
            for index, total, seconds in channel.guideline.buckets
        ]
        if channel.guideline
        else [],
    }


def _today(channel: Channel) -> dict[str, Any] | None:
    today = channel.open_day
    if today is None:
        return None
    issued = channel.forecast.issued if channel.forecast else ()
    in_force = channel.forecast is not None and channel.forecast.learned
    scored = today.scored_slots if in_force else 0
    return {
        "day": iso_day(today.day),
        "inside_share": round(today.inside / scored, 4) if scored else None,
        "gets_a_mark": not today.void,
        "parts": _parts(today.counts, bytes(today.peaks), _edges(issued), channel.spec),
    }


def _day(ledger: Ledger, summary: DaySummary, spec: PollutantSpec) -> dict[str, Any]:
    excluded = ledger.excluded_parts(summary.day)
    in_force = summary.state is LearningState.LEARNED
    said = summary.next_14_days if in_force else None
    return {
        "day": iso_day(summary.day),
        "from": summary.origin.value,
        "observed": round(summary.observed_share, 3),
        "usable": valid_days([summary], ledger.seen_parts(ledger.days[-1].day + 1))[0],
        "counts": ledger.factor(summary.day),
        "struck_parts": [part for part in range(PARTS) if excluded >> part & 1],
        "gets_a_mark": summary.coverage is not None,
        "mark": summary.coverage if in_force else None,
        "next_14_days": list(said) if said else None,
        "issued_under": summary.head,
        "state": summary.state.value,
        "alert_possible": summary.eligible,
        "longest_run_of_one_value_h": summary.longest_run_h,
        "outdoor_pm25": summary.surroundings.outdoor_pm25,
        "outdoor_temperature": summary.surroundings.outdoor_temperature,
        "window_open": summary.surroundings.window_open,
        "parts": _parts(decode_counts(summary.histogram), summary.peaks, summary.part_ranges, spec),
    }


def _parts(
    counts: Counts,
    peaks: bytes,
    ranges: Sequence[tuple[float, float]],
    spec: PollutantSpec,
) -> list[dict[str, Any]]:
    """Return for each part its hours, the minutes at each concentration, its peaks and range.

    Of each of its hours, the highest levels that 15 and that 60 minutes held are listed.
    """
    last = cell_index(spec.highest)
    highest, (short, long) = part_peaks(peaks), hour_levels(peaks)
    return [
        {
            "hours": "{:02d} to {:02d}".format(*part_hours(part)),
            "minutes_at_level": {
                cell_span(cell, last): slots * MINUTES_PER_SLOT
                for cell, slots in enumerate(counts[part])
                if slots
            },
            "highest_held": highest[part],
            "hours_held_15_minutes": short[part * PART_HOURS : (part + 1) * PART_HOURS],
            "hours_held_60_minutes": long[part * PART_HOURS : (part + 1) * PART_HOURS],
            "low": ranges[part][0] if ranges else None,
            "high": ranges[part][1] if ranges else None,
        }
        for part in range(PARTS)
    ]


def cell_span(cell: int, last: int = CELLS - 1) -> str:
    """Return the concentrations (base unit) of one cell of a histogram as text.

    `last` is the cell of the end of the span, which holds all beyond it.

    >>> cell_span(0), cell_span(6), cell_span(99), cell_span(69, 69)
    ('0 to 0.105', '0.822 to 1.01', '19929 and more', '991 and more')
    """
    low = plain_number(from_scale(cell * CELL_WIDTH))
    if cell >= last:
        return f"{low} and more"
    return f"{low} to {plain_number(from_scale((cell + 1) * CELL_WIDTH))}"


def _entry(ledger: Ledger, entry: Entry) -> dict[str, Any]:
    plain = entry_columns(entry) | {"at": _time(entry.at)}
    for name in ("from_day", "to_day", "until_day"):
        plain[name] = None if plain[name] is None else iso_day(plain[name])
    plain["until"] = None if plain["until"] is None else _time(float(plain["until"]))
    mask = plain["parts"]
    plain["parts"] = None if mask is None else [part for part in range(PARTS) if mask >> part & 1]
    plain["moves_range"] = entry.id in ledger.chain
    return plain


def _episode(ledger: Ledger, episode: Episode) -> dict[str, Any]:
    correction = ledger.correction_of(episode.id)
    return asdict(episode, dict_factory=released) | {
        "day": iso_day(episode.day),
        "noticed": _time(float(episode.id)),
        "end": _time(episode.end),
        "rooms": list(episode.rooms),
        "verdict": correction.code.value if correction else None,
        "rarity_days": episode.said_rarity,
        "beaten": episode.said_beaten,
        "alert_level": episode.said_alert_level,
    }


def _edges(issued: Sequence[float]) -> tuple[tuple[float, float], ...]:
    return tuple(zip(issued[::2], issued[1::2], strict=True))


def _time(at: float | None) -> str | None:
    return None if at is None else datetime.fromtimestamp(at, UTC).isoformat(timespec="seconds")
