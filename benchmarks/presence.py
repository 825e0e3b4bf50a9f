"""Whether days without anybody at home are worth a question: what striking them changes.

Homes of the regime "holiday" stand empty for twelve days. One channel learns from these days like
from any others, a copy of it strikes them when people are back. Both go on for four weeks, and
meet the same plumes one by one.

    python -m benchmarks.presence --homes 24
"""

import argparse
from collections.abc import Sequence
from concurrent.futures import ProcessPoolExecutor
from dataclasses import dataclass
from functools import partial
from typing import Final

import numpy as np

from custom_components.air_baseline.core.day import DAY_S, locate
from custom_components.air_baseline.core.ledger.correction import exclude_days
from custom_components.air_baseline.core.pollutant import Pollutant

from .alone import copy_of, plumes_met
from .habits import HOLIDAY_DAYS
from .intervals import difference, ratio
from .plumes import Plume, delay_s, draw_tries
from .recordings import readings
from .regimes import HOLIDAY
from .runs import Recorder
from .seeds import REPORTING, TUNING, name_of, seeds
from .sensors import Sensor, home_sensor, new_channel

BACK_DAY: Final = HOLIDAY_DAYS[1]  # Days from the first reading.
FOLLOWED_DAYS: Final = 28
WAYS: Final = ("kept", "struck")


@dataclass(frozen=True, slots=True)
class After:
    """The four weeks after the empty days: of `slots` `held` lay inside, alerts, plumes found."""

    slots: int
    held: float
    alerts: int
    changes: int
    plumes: int
    found: int


def run_home(seed: int, pollutant: Pollutant) -> tuple[After, After]:
    """Return the four weeks of a home with its empty days kept, and with them struck."""
    sensor = home_sensor(seed, BACK_DAY + FOLLOWED_DAYS + 2, HOLIDAY, pollutant)
    first = float(sensor.times[0])
    back = first + (BACK_DAY + 0.5) * DAY_S
    kept = Recorder("kept", new_channel(sensor))
    done = int(np.searchsorted(sensor.times, back))
    kept.read(readings(sensor.times[:done], sensor.levels[:done]))
    struck = Recorder("struck", copy_of(kept.channel))
    empty = {locate(first + day * DAY_S, struck.channel.zone)[0] for day in range(*HOLIDAY_DAYS)}
    struck.channel.correct(back, exclude_days(sorted(empty)))
    plumes = [
        plume
        for plume in draw_tries(sensor.awake, sensor.measured, seed, sensor.offset_s)
        if back + DAY_S <= plume.start < back + FOLLOWED_DAYS * DAY_S
    ]
    kept.judged.clear()
    kept.run.episodes.clear()
    kept.run.changes.clear()
    return _follow(sensor, kept, plumes, done), _follow(sensor, struck, plumes, done)


def _follow(sensor: Sensor, recorder: Recorder, plumes: Sequence[Plume], done: int) -> After:
    found = sum(
        delay_s(plume.start, plume.end, other.run.episodes) is not None
        for plume, other in plumes_met(sensor, recorder, plumes, done)
    )
    run = recorder.result()
    inside = run.said.inside[np.isfinite(run.said.inside)]
    return After(
        slots=len(inside),
        held=float(inside.sum()),
        alerts=len(run.episodes),
        changes=len(run.changes),
        plumes=len(plumes),
        found=found,
    )


def main(arguments: list[str] | None = None) -> None:
    """Print a table."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--homes", type=int, default=24)
    parser.add_argument("--processes", type=int, default=1)
    parser.add_argument("--reporting", action="store_true", help="the reporting seeds")
    options = parser.parse_args(arguments)
    block = REPORTING if options.reporting else TUNING
    print(f"{options.homes} homes of each pollutant, {name_of(block)}, {FOLLOWED_DAYS} days")
    for pollutant in (Pollutant.PM25, Pollutant.VOC_RATIO):
        with ProcessPoolExecutor(options.processes) as pool:
            homes = list(
                pool.map(partial(run_home, pollutant=pollutant), seeds(block, options.homes))
            )
        ways = list(zip(*homes, strict=True))
        for name, way in zip(WAYS, ways, strict=True):
            held = ratio([one.held for one in way], [one.slots for one in way])
            found = ratio([one.found for one in way], [one.plumes for one in way])
            alerts = ratio([one.alerts for one in way], [1.0] * len(way))
            changes = ratio([one.changes for one in way], [1.0] * len(way))
            print(f"{pollutant} {name}: held {held}, found {found}, alerts {alerts}, {changes}")
        kept, struck = ways
        gain = difference(
            ([one.found for one in struck], [one.plumes for one in struck]),
            ([one.found for one in kept], [one.plumes for one in kept]),
        )
        closer = difference(
            ([one.held for one in struck], [one.slots for one in struck]),
            ([one.held for one in kept], [one.slots for one in kept]),
        )
        print(f"{pollutant} struck minus kept: found {gain}, held {closer}")


if __name__ == "__main__":
    main()
