"""Run the core over a recording, strictly in order, and write what it would have said.

Uses no Home Assistant. Range values are those in force before each moment was seen.
"""

import argparse
from collections import Counter
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import UTC, date, datetime
import json
from pathlib import Path
import sys
from typing import TextIO

from custom_components.air_baseline.core.alerting.judgement import Judgement
from custom_components.air_baseline.core.alerting.promise import Promise
from custom_components.air_baseline.core.channel import Channel
from custom_components.air_baseline.core.codes import LearningState
from custom_components.air_baseline.core.day import PARTS, day_start, iso_day
from custom_components.air_baseline.core.event import Event, EventKind
from custom_components.air_baseline.core.explaining.year_facts import (
    UsualThen,
    last_year,
    seasons,
    year_months,
)
from custom_components.air_baseline.core.learning.seasons import Seasons
from custom_components.air_baseline.core.ledger.day_summary import DaySummary, valid_days
from custom_components.air_baseline.core.ledger.episode import Episode
from custom_components.air_baseline.core.pollutant import POLLUTANTS, Pollutant, UnitError
from custom_components.air_baseline.core.reading.cadence import reports_only_changes
from custom_components.air_baseline.core.reading.number import plain_float
from custom_components.air_baseline.core.reading.surroundings import SurroundingMean, Surroundings
from script.csv_file import NO_VALUE, RecordingError, chosen_column, rows, zone_named

# How a sensor reports, and what is said of it; a file shows no other signs of life of its device.
HOLDS = {
    "changes": "the sensor reports only changes: a value holds until the next, for 24 h at most",
    "intervals": "the sensor reports at intervals: a value holds for a few of them",
}


@dataclass(slots=True)
class Tally:
    """What the summary reports."""

    bins: Counter[str] = field(default_factory=Counter)
    inside: Counter[str] = field(default_factory=Counter)
    ranged: Counter[str] = field(default_factory=Counter)
    first: dict[str, str] = field(default_factory=dict)
    episodes: list[str] = field(default_factory=list)
    months: list[str] = field(default_factory=list)
    days: int = 0
    valid_days: int = 0
    eligible_days: int = 0
    unreadable: int = 0


def main(arguments: list[str] | None = None) -> int:
    """Run the command line; return its exit status."""
    options = _parser().parse_args(arguments)
    try:
        channel = _channel(options)
        tally = _run(channel, options)
    except (RecordingError, OSError) as error:
        said = "".join(sign if sign.isprintable() else "?" for sign in str(error))
        sys.stderr.write(f"replay: {said}\n")
        return 1
    if options.summary:
        sys.stdout.write(_summary(channel, tally, options))
    return 0


def _parser() -> argparse.ArgumentParser:
    parser = argparse.ArgumentParser(prog="script/replay", description=__doc__)
    parser.add_argument(
        "file",
        type=Path,
        help="a CSV file with a column for the time, or Home Assistant's export (.csv, .gz)",
    )
    parser.add_argument(
        "--column", help="the column or entity that holds the level, if there are several"
    )
    parser.add_argument(
        "--quantity", required=True, choices=[pollutant.value for pollutant in Pollutant]
    )
    parser.add_argument("--unit", default="", help='the unit of the column, such as "μg/m³" or ppb')
    parser.add_argument(
        "--holds",
        choices=[*HOLDS],
        help="whether the sensor reports only changes, or at intervals; else the file decides",
    )
    parser.add_argument("--timezone", default="UTC", help="the home's zone, such as Europe/London")
    parser.add_argument(
        "--promise", default=Promise.MONTH.value, choices=[promise.value for promise in Promise]
    )
    beside = "; an empty cell is no new reading"
    parser.add_argument("--outdoor", metavar="COLUMN", help=f"PM2.5 outdoors in μg/m³{beside}")
    parser.add_argument(
        "--outdoor-temperature", metavar="COLUMN", help=f"temperature outdoors in °C{beside}"
    )
    parser.add_argument(
        "--window",
        metavar="COLUMN",
        help="1 while a window is open, 0 while all are shut, or the share in between; it holds "
        "over empty cells for as long as there are rows",
    )
    parser.add_argument(
        "--latitude", type=float, help="degrees north, for the names of the seasons"
    )
    parser.add_argument("--jsonl", type=Path, help="write one JSON object per bin and per day")
    parser.add_argument("--summary", action="store_true", help="print a table for people")
    return parser


def _channel(options: argparse.Namespace) -> Channel:
    return Channel(
        POLLUTANTS[Pollutant(options.quantity)],
        zone_named(options.timezone),
        Promise(options.promise).days,
    )


def _run(channel: Channel, options: argparse.Namespace) -> Tally:
    tally = Tally()
    options.column = chosen_column(options.file, options.column)
    columns = _context_columns(channel, options)
    _hold(channel, options)
    try:
        factor = channel.spec.factor(options.unit)
    except UnitError as error:
        known = ", ".join(sorted(unit or "none" for unit in channel.spec.units))
        raise RecordingError(f"{error}; known: {known}") from error
    with _output(options.jsonl) as out:
        at = 0.0
        for at, text in _rows(options.file, options.column, columns, channel.surroundings):
            if text:  # An empty cell is no new reading: the last value still holds.
                value = _level(text, tally)
                if value is None:
                    judged = channel.lose(at)
                else:
                    judged = channel.read(at, value * factor, factor)
                _write(out, channel, judged, tally)
            elif columns:
                _write(out, channel, channel.advance(at), tally)
        if at:
            _write(out, channel, channel.advance(at + 300.0), tally)
    if (days := channel.ledger.days) and date.fromordinal(days[-1].day + 1).day != 1:
        _count_month(days[-1].day, channel, tally)
    if channel.health.last_read is None:
        doubt = "; its unit is probably another one" if channel.unit_check.doubted else ""
        raise RecordingError(
            f"{options.file.name} has no value that can be believed in its column "
            f"{options.column!r}: {_not_believed(channel, tally)}; expected are values from 0 to "
            f"{channel.spec.highest / factor:g} {options.unit}".rstrip()
            + doubt
        )
    sys.stderr.write(f"{options.file.name}: {HOLDS[options.holds]} (--holds)\n")
    return tally


def _hold(channel: Channel, options: argparse.Namespace) -> None:
    """Say how the sensor reports; only this looks ahead in the file."""
    if options.holds is None:
        air = (
            (at, plain_float(text)) for at, (text,) in rows(options.file, [options.column]) if text
        )
        options.holds = "changes" if reports_only_changes(air) else "intervals"
    channel.binner.cadence.said = options.holds == "changes"


def _output(path: Path | None) -> TextIO:
    return Path("/dev/null" if path is None else path).open("w", encoding="utf-8")


def _context_columns(channel: Channel, options: argparse.Namespace) -> dict[str, SurroundingMean]:
    """Give the channel its surroundings; return which column feeds which value."""
    names = {
        "outdoor_pm25": options.outdoor,
        "outdoor_temperature": options.outdoor_temperature,
        "window_open": options.window,
    }
    means = {value: SurroundingMean(channel.zone) for value, column in names.items() if column}
    channel.surroundings = Surroundings(**means, latitude=options.latitude)
    return {names[value]: mean for value, mean in means.items()}


def _rows(
    path: Path, column: str, columns: Mapping[str, SurroundingMean], surroundings: Surroundings
) -> Iterator[tuple[float, str]]:
    """Yield time and cell of each row, after its cells of surroundings were read."""
    beside = [_ContextCell(mean, mean is surroundings.window_open) for mean in columns.values()]
    for at, (text, *others) in rows(path, [column, *columns]):
        for cell, other in zip(beside, others, strict=True):
            cell.read(at, other)
        if text or beside:
            yield at, text


@dataclass(slots=True)
class _ContextCell:
    """A column of surroundings. A window stays as it is, so an empty cell `repeats` its value."""

    mean: SurroundingMean
    repeats: bool
    held: float | None = None

    def read(self, at: float, text: str) -> None:
        if not text:
            if self.repeats and self.held is not None:
                self.mean.read(at, self.held)
            return
        self.held = plain_float(text)
        if self.held is None:
            self.mean.lose(at)
        else:
            self.mean.read(at, self.held)


def _level(text: str, tally: Tally) -> float | None:
    value = plain_float(text)
    tally.unreadable += value is None and text.strip() not in NO_VALUE
    return value


def _write(out: TextIO, channel: Channel, judged: Sequence[Judgement], tally: Tally) -> None:
    for judgement in judged:
        _count(judgement, tally)
        out.write(json.dumps(_line(judgement), ensure_ascii=False) + "\n")
    for event in channel.take_events():
        _count_event(event, channel, tally)
        if event.summary is not None:
            out.write(json.dumps(_day_line(event.summary, channel), ensure_ascii=False) + "\n")


def _line(judgement: Judgement) -> dict[str, object]:
    typical, bin_ = judgement.typical, judgement.bin
    if bin_ is None:
        raise RecordingError("a judgement without a bin")
    return {
        "at": datetime.fromtimestamp(bin_.start, UTC).isoformat(),
        "measured": round(bin_.value, 3),
        "state": judgement.state,
        "low": typical.low if typical else None,
        "middle": typical.middle if typical else None,
        "high": typical.high if typical else None,
        "range_basis": judgement.basis,
        "confidence": judgement.confidence,
        "compared": judgement.compared,
        "unusual": judgement.unusual,
        "reason": judgement.reason,
        "episode": judgement.episode,
    }


def _day_line(summary: DaySummary, channel: Channel) -> dict[str, object]:
    standing = channel.forecast.standing if channel.forecast else None
    return {
        "day": iso_day(summary.day),
        "digest": {
            "histogram": summary.histogram,
            "cover": round(summary.observed_share, 4),
            "valid": valid_days([summary], channel.ledger.seen_parts(summary.day + 1))[0],
            "peaks": summary.part_peaks,
            "ranges": summary.part_ranges,
            "state": summary.state,
            "eligible": summary.eligible,
            "outdoor_pm25": summary.surroundings.outdoor_pm25,
            "outdoor_temperature": summary.surroundings.outdoor_temperature,
            "window_open": summary.surroundings.window_open,
        },
        "track": {
            "mark": summary.coverage,
            "marks": standing.scored_days if standing else 0,
            "recent": standing.recent_coverage if standing else None,
            "held": standing.coverage_28d if standing else None,
            "confidence": channel.forecast.confidence if channel.forecast else None,
            "theta": channel.forecast.widening if channel.forecast else None,
        },
    }


def _count(judgement: Judgement, tally: Tally) -> None:
    state, typical, bin_ = judgement.state.value, judgement.typical, judgement.bin
    tally.bins[state] += 1
    if bin_ is not None:
        day = datetime.fromtimestamp(bin_.start, UTC).date().isoformat()
        tally.first.setdefault(state, day)
        if judgement.reason is None:
            tally.first.setdefault("alerts possible", day)
        if typical is not None:
            tally.ranged[state] += 1
            tally.inside[state] += typical.low <= bin_.value <= typical.high


def _count_event(event: Event, channel: Channel, tally: Tally) -> None:
    if event.summary is not None:
        tally.days += 1
        seen = channel.ledger.seen_parts(event.summary.day + 1)
        tally.valid_days += valid_days([event.summary], seen)[0]
        tally.eligible_days += event.summary.eligible
        if date.fromordinal(event.summary.day + 1).day == 1:
            _count_month(event.summary.day, channel, tally)
    if event.kind is EventKind.UNUSUAL_ENDED and event.episode is not None:
        episode = event.episode
        start = datetime.fromtimestamp(episode.id, channel.zone)
        minutes = round(((episode.end or episode.id) - episode.id) / 60)
        tally.episodes.append(
            f"{start:%Y-%m-%d %H:%M}  {minutes:5d} min  peak {episode.peak:g}, usual up to "
            f"{episode.high:g}, higher than on {episode.beaten} of {episode.compared} days"
            + _outdoors(episode)
        )


def _count_month(day: int, channel: Channel, tally: Tally) -> None:
    """Note with the last day of a month what the year says of it, if it knows that of last year.

    The weeks around that day can be known of a last year whose month was hardly seen.
    """
    months = year_months(channel, day_start(day, channel.zone))
    weeks = last_year(channel, day, range(PARTS))
    if months and months[-1].usual and months[0].usual:
        tally.months.append(
            f"{iso_day(day)[:7]}  usual {_span(months[-1].usual)}, "
            f"last year {_span(months[0].usual)}; the same weeks of last year {_span(weeks)}"
        )


def _span(usual: UsualThen | None) -> str:
    return f"{usual.low:g} to {usual.high:g}" if usual else "not seen"


def _seasons(channel: Channel) -> Iterator[str]:
    days = channel.ledger.days
    known = seasons(channel, days[-1].day) if days else Seasons()
    for season in known.following():
        yield f"  {season}: {', '.join(known.seen[season]) or 'not seen'}"


def _outdoors(episode: Episode) -> str:
    if episode.outdoor_rose is None:
        return ""
    said = "outdoor air rose too" if episode.outdoor_rose else "outdoor air did not rise"
    return f"; {said}: {episode.outdoor:g}, {episode.outdoor_before:g} before"


def _not_believed(channel: Channel, tally: Tally) -> str:
    return (
        f"{channel.health.rejected} impossible, {tally.unreadable} unreadable, "
        f"{channel.binner.late} late"
    )


def _summary(channel: Channel, tally: Tally, options: argparse.Namespace) -> str:
    unit = channel.spec.unit
    lines = [
        f"{options.file.name}: {options.column} as {options.quantity}"
        + (f" in {unit}" if unit else ""),
        f"days closed {tally.days}, usable {tally.valid_days}, able to alert {tally.eligible_days}",
        *(() if tally.days else ("the file ends before its first day does (at 04:00)",)),
        HOLDS[options.holds],
        f"promise: one alert in {channel.promise_days} days at the most, by chance",
        f"readings not believed: {_not_believed(channel, tally)}"
        + ("; the sensor is stuck on one value" if channel.health.stuck else ""),
        "",
        f"{'state':<16}{'first seen':<14}{'bins':>8}  {'in its range':>12}",
    ]
    for state in LearningState:
        if tally.bins[state.value]:
            ranged = tally.ranged[state.value]
            held = f"{tally.inside[state.value] / ranged:.0%}" if ranged else "no range"
            first = tally.first[state.value]
            lines.append(f"{state.value:<16}{first:<14}{tally.bins[state.value]:>8}  {held:>12}")
    possible = tally.first.get("alerts possible", "not yet")
    confidence = channel.forecast.confidence if channel.forecast else None
    said = "none yet" if confidence is None else f"{confidence:.2f}"
    lines += ["", f"alerts possible from: {possible}; confidence at the end: {said}"]
    lines.append(f"episodes: {len(tally.episodes) or 'none'}")
    lines += [f"  {line}" for line in tally.episodes]
    lines.append(f"months of which last year is known: {len(tally.months) or 'none'}")
    lines += [f"  {line}" for line in tally.months]
    if seen := [*_seasons(channel)]:
        lines += ["seasons seen:", *seen]
    return "\n".join(lines) + "\n"


if __name__ == "__main__":
    sys.exit(main())
