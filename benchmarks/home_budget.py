"""Alerts of a whole home against the budget that its sensors share.

    python -m benchmarks.home_budget [--sensors N] [--budget N] [--homes N] [--regimes NAME ...]

A home has so many sensors, PM2.5 and VOC in turn, in rooms of one regime. Nobody answers an alert.
Each sensor's alerts are counted on the days on which it could have given one.
"""

import argparse
from collections.abc import Sequence
from dataclasses import dataclass
from functools import partial
import os
from pathlib import Path
import sys
from typing import Final

from custom_components.air_baseline.core.alerting.promise import (
    BUDGET_DAYS,
    MONTH_DAYS,
    shared_days,
)
from custom_components.air_baseline.core.channel import Channel
from custom_components.air_baseline.core.pollutant import POLLUTANTS, Pollutant

from .cache import cached
from .compute import KINDS, Workers, workers
from .intervals import Estimate, ratio
from .layout import Table
from .recordings import readings
from .regimes import REGIMES, Regime
from .runs import replay
from .seeds import REPORTING, TUNING, name_of, seeds
from .sensors import home_sensor

DAYS: Final = 240
HEAD: Final = ("home", f"alerts in {BUDGET_DAYS} days", "most in one home")


@dataclass(frozen=True, slots=True)
class Member:
    """A sensor of a home: its regime, seed and pollutant, and N of one alert in N days."""

    regime: Regime
    seed: int
    days: int
    pollutant: Pollutant
    promise_days: int


@dataclass(frozen=True, slots=True)
class Plan:
    """Which homes to run: seeds, homes of each regime, sensors of each, days, their budget."""

    block: range
    homes: int
    sensors: int
    days: int
    budget: int | None

    @property
    def promise_days(self) -> int:
        """Return N of one alert in N days for each sensor."""
        return shared_days(MONTH_DAYS, self.sensors, self.budget)

    def members(self, regime: Regime) -> list[list[Member]]:
        """Return the sensors of each home of a regime; no two have seed and pollutant alike."""
        rooms = -(-self.sensors // len(KINDS))
        found = []
        for home in range(self.homes):
            chosen = seeds(self.block, self.homes * rooms, REGIMES.index(regime))
            pairs = [(seed, kind) for seed in chosen[home * rooms :][:rooms] for kind in KINDS]
            found.append(
                [
                    Member(regime, seed, self.days, kind, self.promise_days)
                    for seed, kind in pairs[: self.sensors]
                ]
            )
        return found


def rate(member: Member, folder: Path | None = None) -> float:
    """Return the alerts of a sensor in 30 eligible days, from a folder if it was run before."""
    return cached(folder, member, lambda: _rate(member))


def _rate(member: Member) -> float:
    sensor = home_sensor(member.seed, member.days, member.regime, member.pollutant)
    channel = Channel(POLLUTANTS[member.pollutant], sensor.zone, member.promise_days)
    ours = replay(sensor.name, channel, readings(sensor.times, sensor.levels))
    return BUDGET_DAYS * len(ours.episodes) / max(len(ours.eligible), 1)


def of_homes(homes: Sequence[Sequence[float]]) -> tuple[Estimate, float]:
    """Return the mean alerts of homes, and the most of one, from those of their sensors.

    >>> mean, most = of_homes([[0.25, 0.5], [0.75, 0.5]])
    >>> str(mean), most
    ('1.00 (0.75 to 1.25)', 1.25)
    """
    totals = [sum(rates) for rates in homes]
    return ratio(totals, [1.0] * len(totals)), max(totals)


def main(arguments: list[str] | None = None) -> int:
    """Print the table; return 1 if a kind of home has more alerts than its budget."""
    options = _parser().parse_args(arguments)
    block = TUNING if options.tuning else REPORTING
    plan = Plan(block, options.homes, options.sensors, options.days, options.budget)
    rows, kept = [], True
    with workers(options.jobs) as pool:
        for regime in REGIMES:
            if options.regimes and regime.name not in options.regimes:
                continue
            sys.stderr.write(f"running: {regime}\n")
            mean, most = of_homes(_rates(plan, regime, pool, options.cache))
            rows.append((regime.what, str(mean), f"{most:.2f}"))
            kept = kept and mean.value <= options.budget
    note = (
        f"{plan.homes} homes of each kind, {plan.sensors} sensors in each, {plan.days} days, "
        f"{name_of(block)}; budget {plan.budget}: one alert in {plan.promise_days} days for each"
    )
    sys.stdout.write(Table("The budget of a home", HEAD, rows, note).text())
    return int(not kept)


def _rates(plan: Plan, regime: Regime, pool: Workers, folder: Path | None) -> list[Sequence[float]]:
    homes = plan.members(regime)
    found = pool.each(partial(rate, folder=folder), [one for home in homes for one in home])
    return [found[first : first + plan.sensors] for first in range(0, len(found), plan.sensors)]


def _parser() -> argparse.ArgumentParser:
    parser = argparse.ArgumentParser(prog="python -m benchmarks.home_budget", description=__doc__)
    parser.add_argument("--sensors", type=int, default=10)
    parser.add_argument("--budget", type=int, default=2, help="alerts in 30 days of the home")
    parser.add_argument("--homes", type=int, default=2, help="homes of each regime")
    parser.add_argument("--days", type=int, default=DAYS)
    parser.add_argument("--regimes", nargs="*", default=[], help="names of regimes; all without")
    parser.add_argument(
        "--tuning", action="store_true", help="homes that rules are chosen on; never published"
    )
    parser.add_argument("--cache", type=Path, help="a folder that keeps each sensor")
    parser.add_argument("--jobs", type=int, default=os.process_cpu_count() or 1)
    return parser


if __name__ == "__main__":
    sys.exit(main())
