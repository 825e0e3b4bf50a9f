"""What the years of rooms add up to; intervals are over homes."""

from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass
from functools import partial
from typing import Final

from scipy.stats import chi2

from .intervals import UNCERTAIN, Estimate, ratio
from .tables import PER_DAYS
from .year_rooms import SeasonTally, YearTally
from .years import KINDS, YEAR, Turn

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


def unseen(rooms: Iterable[YearTally], *, year: bool = True) -> Estimate:
    """Return the share of days with a condition that was new, where conditions are known."""
    known = [room for room in rooms if room.context]
    days = [room.review.unseen if year else room.review.unseen_without for room in known]
    return ratio(
        [float(_number_later(some)) for some in days],
        [float(sum(one.days for one in later(room))) for room in known],
    )


def false_changes(rooms: Iterable[YearTally], *, year: bool = True) -> Bounded:
    """Return how often a change was suspected in homes in which only the seasons changed."""
    return changes([room for room in rooms if room.steady], year=year)


def false_creeps(rooms: Iterable[YearTally]) -> Bounded:
    """Return how often a creep was stated in homes in which only the seasons changed."""
    return creeps([room for room in rooms if room.steady])


def changes(rooms: Sequence[YearTally], *, year: bool = True) -> Bounded:
    """Return how often a change was suspected after the first year, true or false."""
    return _bounded(rooms, lambda room: suspected(room, year=year))


def creeps(rooms: Sequence[YearTally]) -> Bounded:
    """Return how often a creep was stated, true or false."""
    return _bounded(rooms, lambda room: room.review.creeps)


def found_creeps(rooms: Iterable[YearTally]) -> Estimate:
    """Return the share of creeping sensors of which a creep was stated."""
    creeping = [room for room in rooms if room.kind in CREEPS and not room.twin]
    return _share([bool(room.review.creeps) for room in creeping])


def found_turns(
    rooms: Iterable[YearTally], *, turn: Turn | None = None, twin: bool = False, year: bool = True
) -> Estimate:
    """Return the share of sensors that turned (any turn: None) of which was asked soon.

    With `twin`, it is that of the same rooms in the same weeks without what happened.
    """
    kinds = {kind.name for kind in KINDS if kind.turns and turn in (None, kind.turn)}
    turned = [room for room in rooms if room.kind in kinds and room.twin is twin]
    return _share([_noticed(room, year=year) for room in turned])


def suspected(room: YearTally, *, year: bool = True) -> list[int]:
    """Return the days on which a change was suspected, with the year or without it."""
    return room.review.changes if year else room.changes


def _noticed(room: YearTally, *, year: bool) -> bool:
    turned = room.turned or 0
    return any(turned <= day < turned + NOTICED_DAYS for day in suspected(room, year=year))


def _share(found: Sequence[bool]) -> Estimate:
    return ratio([float(one) for one in found], [1.0] * len(found))


def _number_later(days: Iterable[int]) -> int:
    """Return how many days lie after the first year."""
    return sum(day >= YEAR for day in days)


def _bounded(rooms: Sequence[YearTally], of: Callable[[YearTally], list[int]]) -> Bounded:
    numbers = [float(_number_later(of(room))) for room in rooms]
    years = [sum(one.days for one in later(room)) / YEAR for room in rooms]
    if not sum(years):
        return Bounded(0, 0.0, float("nan"))
    number = int(sum(numbers))
    poisson = float(chi2.ppf(1.0 - UNCERTAIN, 2 * (number + 1))) / 2.0 / sum(years)
    homes: dict[str, list[float]] = {}
    for room, said, length in zip(rooms, numbers, years, strict=True):
        sums = homes.setdefault(f"{room.kind} {room.seed}", [0.0, 0.0])
        sums[0], sums[1] = sums[0] + said, sums[1] + length
    over_homes = ratio([one for one, _ in homes.values()], [one for _, one in homes.values()])
    return Bounded(number, sum(years), max(poisson, over_homes.high if len(homes) > 1 else 0.0))


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
