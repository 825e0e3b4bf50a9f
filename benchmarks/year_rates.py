"""What the years of rooms add up to; intervals are over homes."""

from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass
from functools import partial
from typing import Final

from scipy.stats import chi2

from .intervals import UNCERTAIN, Estimate, ratio
from .tables import PER_DAYS
from .year_rooms import SeasonTally, YearTally
from .years import KINDS, YEAR

FIRST_YEAR: Final = 0
NOTICED_DAYS: Final = 60  # So long after its sensor changed a suspicion is taken to be about it.
CREEPS: Final = frozenset(kind.name for kind in KINDS if kind.creeps)

type Amount = Callable[[SeasonTally], float]


@dataclass(frozen=True, slots=True)
class Bounded:
    """How often something was said in so many room-years, and what that is at most.

    The bound is that of a Poisson rate (one side, 95 %), or the upper end of the interval over
    homes if that is higher.
    """

    number: int
    room_years: float
    most: float

    @property
    def rate(self) -> float:
        """Return how often in a room-year."""
        return self.number / self.room_years if self.room_years else float("nan")

    def __str__(self) -> str:
        """Return it for a table."""
        if not self.room_years:
            return "-"
        return f"{self.rate:.2f} (at most {self.most:.2f})"


def later(room: YearTally) -> list[SeasonTally]:
    """Return the seasons after the first year."""
    return [season for season in room.seasons if season.year != FIRST_YEAR]


def of_first_year(room: YearTally) -> list[SeasonTally]:
    """Return the seasons of the first year."""
    return [season for season in room.seasons if season.year == FIRST_YEAR]


def first_weeks_held(rooms: Iterable[YearTally], season: int) -> Estimate:
    """Return how much learned ranges held in the first four weeks of a season, after a year."""
    return _by_home(rooms, partial(_of, season, "first_held"), partial(_of, season, "first_scored"))


def held(rooms: Iterable[YearTally]) -> Estimate:
    """Return how much learned ranges held after the first year."""
    return _by_home(rooms, lambda one: one.held, lambda one: one.scored)


def learned(rooms: Iterable[YearTally]) -> Estimate:
    """Return the share of the days after the first year that had a learned range."""
    return _by_home(rooms, lambda one: one.learned, lambda one: one.days)


def alerts(rooms: Iterable[YearTally]) -> Estimate:
    """Return the alerts in 30 days on which one was possible, of the rooms run slot by slot."""
    known = [room for room in rooms if room.alerts]
    return _by_home(known, lambda one: PER_DAYS * one.alerts, lambda one: one.eligible)


def able(rooms: Iterable[YearTally]) -> Estimate:
    """Return the share of days on which an alert was possible, of the rooms run slot by slot."""
    known = [room for room in rooms if room.alerts]
    return _by_home(known, lambda one: one.eligible, lambda one: one.days)


def unseen(rooms: Iterable[YearTally]) -> Estimate:
    """Return the share of days with a condition that was new, where conditions are known."""
    known = [room for room in rooms if room.context]
    return _by_home(known, lambda one: one.unseen, lambda one: one.days)


def false_changes(rooms: Iterable[YearTally]) -> Bounded:
    """Return how often a change was suspected in homes in which only the seasons changed."""
    return _bounded([room for room in rooms if room.steady], lambda one: one.changes)


def false_creeps(rooms: Iterable[YearTally]) -> Bounded:
    """Return how often a creep was stated in homes in which only the seasons changed."""
    return _bounded([room for room in rooms if room.steady], lambda one: one.creeps)


def changes(rooms: Iterable[YearTally]) -> float:
    """Return how often a change was suspected in a room-year, true or false."""
    return _bounded(list(rooms), lambda one: one.changes).rate


def creeps(rooms: Iterable[YearTally]) -> float:
    """Return how often a creep was stated in a room-year, true or false."""
    return _bounded(list(rooms), lambda one: one.creeps).rate


def found_creeps(rooms: Iterable[YearTally]) -> Estimate:
    """Return the share of creeping sensors of which a creep was stated."""
    creeping = [room for room in rooms if room.kind in CREEPS and not room.twin]
    return _share([bool(room.creeps) for room in creeping])


def found_turns(rooms: Iterable[YearTally]) -> Estimate:
    """Return the share of moved or replaced sensors after which a change was suspected soon."""
    turned = [room for room in rooms if room.turned is not None and not room.twin]
    return _share([_noticed(room) for room in turned])


def found_without(rooms: Iterable[YearTally]) -> Estimate:
    """Return the same share of the same rooms in the same weeks, without what happened."""
    twins = [room for room in rooms if room.turned is not None and room.twin]
    return _share([_noticed(room) for room in twins])


def _noticed(room: YearTally) -> bool:
    turned = room.turned or 0
    return any(turned <= day < turned + NOTICED_DAYS for day in room.changes)


def _share(found: Sequence[bool]) -> Estimate:
    return ratio([float(one) for one in found], [1.0] * len(found))


def _bounded(rooms: Sequence[YearTally], amount: Amount) -> Bounded:
    number = int(sum(amount(one) for room in rooms for one in later(room)))
    room_years = sum(one.days for room in rooms for one in later(room)) / YEAR
    if not room_years:
        return Bounded(0, 0.0, float("nan"))
    poisson = float(chi2.ppf(1.0 - UNCERTAIN, 2 * (number + 1))) / 2.0 / room_years
    over_homes = _by_home(rooms, lambda one: YEAR * amount(one), lambda one: one.days)
    return Bounded(number, room_years, max(poisson, over_homes.high if len(rooms) > 1 else 0.0))


def _of(season: int, name: str, one: SeasonTally) -> float:
    return float(getattr(one, name)) if one.season == season else 0.0


def _by_home(rooms: Iterable[YearTally], top: Amount, bottom: Amount) -> Estimate:
    """Return a ratio of sums over the seasons after the first year; homes are resampled whole."""
    homes: dict[str, list[float]] = {}
    for room in rooms:
        sums = homes.setdefault(room.home, [0.0, 0.0])
        sums[0] += sum(top(one) for one in later(room))
        sums[1] += sum(bottom(one) for one in later(room))
    return ratio([top for top, _ in homes.values()], [bottom for _, bottom in homes.values()])
