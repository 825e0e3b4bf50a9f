"""What a room learns from a sensor that reports only changes, compared with the same air in full.

    python -m benchmarks.changes_only FOLDER [FILE ...]

FOLDER holds recordings of 30 days or more (see `recordings`). Each is reduced to its changes: a row
that repeats the value before it is dropped, and a gap of over 30 minutes becomes one row without a
value. A FILE is more air without gaps, with columns `timestamp` and `pm25`. Exits with 1 where the
day on which the room is learned or can first alert differs by over two days, or the coverage by
two points.
"""

from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
import sys
from typing import Final

from custom_components.air_baseline.core.channel import Channel
from custom_components.air_baseline.core.codes import LearningState
from custom_components.air_baseline.core.day import DAY_S
from custom_components.air_baseline.core.pollutant import POLLUTANTS, Pollutant
from custom_components.air_baseline.core.reading.number import plain_float
from script.csv_file import rows

from .recordings import Source, read, readings, sources

LEAST_DAYS: Final = 30.0
GAP_S: Final = 1800.0  # Seconds; a longer gap is known to be one.
MOST_DAYS, MOST_COVERAGE = 2, 0.02  # The budgets.
LEFT_OUT: Final = "pmstuck0"  # A broken sensor.

type Air = list[tuple[float, float | None]]


@dataclass(frozen=True, slots=True)
class Learned:
    """The day on which a room was learned and could alert (from the first, None: never)."""

    learned: int | None
    alert: int | None
    coverage: float | None
    usable: int


def with_gaps(air: Air) -> Air:
    """Return readings with a row without a value in each gap."""
    found: Air = []
    for at, value in air:
        if found and at - found[-1][0] > GAP_S:
            found.append((found[-1][0] + GAP_S, None))
        found.append((at, value))
    return found


def changes(air: Air) -> Air:
    """Return the rows whose value differs from that of the row before."""
    return [
        row for before, row in zip([(0.0, None), *air], air, strict=False) if row[1] != before[1]
    ]


def follow(air: Air, source: Source) -> Learned:
    """Return what a room learns from readings."""
    channel = Channel(POLLUTANTS[source.pollutant], source.zone)
    first: dict[str, int] = {}
    start = air[0][0]
    for at, value in air:
        judged = channel.lose(at) if value is None else channel.read(at, value)
        for judgement in judged:
            if judgement.bin is None:
                continue
            day = int((judgement.bin.start - start) // DAY_S)
            if judgement.state is LearningState.LEARNED:
                first.setdefault("learned", day)
                if judgement.reason is None:
                    first.setdefault("alert", day)
        channel.take_events()
    known = [day.coverage for day in channel.ledger.days if day.coverage is not None]
    return Learned(
        first.get("learned"),
        first.get("alert"),
        sum(known) / len(known) if known else None,
        sum(day.valid for day in channel.ledger.days),
    )


def differs(full: Learned, reduced: Learned) -> bool:
    """Tell whether a room learns more slowly, or worse, from changes."""
    pairs = ((full.learned, reduced.learned), (full.alert, reduced.alert))
    late = any(
        (one is None) != (other is None)
        or (one is not None and other is not None and abs(one - other) > MOST_DAYS)
        for one, other in pairs
    )
    if full.coverage is None or reduced.coverage is None:
        return late or full.coverage is not reduced.coverage
    return late or abs(full.coverage - reduced.coverage) > MOST_COVERAGE


def recorded(folder: Path, files: list[Path]) -> Iterator[tuple[Source, Air]]:
    """Yield each source that lasts long enough, with its readings."""
    for pollutant in (Pollutant.PM25, Pollutant.VOC_RATIO):
        for source in sources(folder, pollutant):
            air: Air = list(readings(*read(source)))
            if air[-1][0] - air[0][0] >= LEAST_DAYS * DAY_S and LEFT_OUT not in source.name:
                yield source, with_gaps(air)
    for file in files:
        yield (
            Source(file, Pollutant.PM25),
            [(at, plain_float(text)) for at, (text,) in rows(file, ["pm25"])],
        )


def main(arguments: list[str]) -> int:
    """Print a table; return the exit status."""
    if not arguments:
        sys.stderr.write(f"{__doc__}\n")
        return 2
    missed = 0
    print(f"{'source':44}{'learned':>14}{'alerts':>14}{'coverage':>18}{'usable':>12}")
    for source, air in recorded(Path(arguments[0]), [Path(name) for name in arguments[1:]]):
        one, other = follow(air, source), follow(changes(air), source)
        missed += differs(one, other)
        name = f"{source.name} {source.pollutant.value}"
        print(
            f"{name:44}{one.learned!s:>7}{other.learned!s:>7}{one.alert!s:>7}{other.alert!s:>7}"
            f"{_share(one.coverage):>9}{_share(other.coverage):>9}{one.usable:>6}{other.usable:>6}"
            f"{'  differs' if differs(one, other) else ''}"
        )
    print(f"{missed or 'none'} differ")
    return int(missed > 0)


def _share(value: float | None) -> str:
    return "none" if value is None else f"{value:.3f}"


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
