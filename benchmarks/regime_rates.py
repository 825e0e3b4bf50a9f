"""The rates that the tallies of rooms add up to, each with its interval over homes.

All tallies that are pooled here are of one pollutant, so each is another home.
"""

from collections.abc import Callable, Iterable, Sequence
from typing import Final

import numpy as np

from .intervals import Estimate, ratio
from .rooms import PlumeTally, Tally
from .tables import OLD_ENOUGH_DAYS, PER_DAYS, WORST_ROOM, YEAR_DAYS

MOVE_NOTICED_DAYS: Final = 60  # So long after a move a suspected change is taken to be about it.
RARITIES: Final = (35, 60, 90)

type Chosen = Callable[[PlumeTally], bool]


def any_plume(_: PlumeTally) -> bool:
    """Choose every plume, also those that came while ours could not alert."""
    return True


def while_able(plume: PlumeTally) -> bool:
    """Choose the plumes that began while ours could alert."""
    return plume.eligible


def of_size(size: float) -> Chosen:
    """Return what chooses the plumes of a size."""
    return lambda plume: plume.size == size


def found(rooms: Sequence[Tally], chosen: Chosen = any_plume, rule: str | None = None) -> Estimate:
    """Return the share of the plumes that ours, or a simple rule, noticed."""
    some = [[plume for plume in room.plumes if chosen(plume)] for room in rooms]
    seen = [sum(_noticed(plume, rule) for plume in plumes) for plumes in some]
    return ratio(seen, [len(plumes) for plumes in some])


def ahead(rooms: Sequence[Tally], rule: str, chosen: Chosen = any_plume) -> Estimate:
    """Return by how much ours notices more plumes than a simple rule, on the same plumes."""
    some = [[plume for plume in room.plumes if chosen(plume)] for room in rooms]
    more = [sum(_noticed(plume) - _noticed(plume, rule) for plume in plumes) for plumes in some]
    return ratio(more, [len(plumes) for plumes in some])


def best_simple(rooms: Sequence[Tally]) -> str | None:
    """Return the simple rule that notices the most plumes."""
    names = next((plume.simple for room in rooms for plume in room.plumes), {})
    return max(names, key=lambda name: found(rooms, rule=name).value, default=None)


def gain(before: Iterable[Tally], after: Iterable[Tally], chosen: Chosen = any_plume) -> Estimate:
    """Return how much more is noticed after than before, on the same plumes in the same homes.

    Homes that were not run before are left out.
    """
    earlier = {room.home: room for room in before}
    more, number = [], []
    for room in after:
        if room.home not in earlier:
            continue
        pairs = [
            pair
            for pair in zip(earlier[room.home].plumes, room.plumes, strict=True)
            if chosen(pair[1])
        ]
        if any((one.size, one.start) != (other.size, other.start) for one, other in pairs):
            msg = f"{room.home} had other plumes before"
            raise ValueError(msg)
        more.append(sum(_noticed(new) - _noticed(old) for old, new in pairs))
        number.append(len(pairs))
    return ratio(more, number)


def median_delay(rooms: Iterable[Tally], chosen: Chosen) -> float:
    """Return the median minutes from the start of a plume until ours noticed it."""
    minutes = [
        plume.minutes
        for room in rooms
        for plume in room.plumes
        if chosen(plume) and plume.minutes is not None
    ]
    return float(np.median(minutes)) if minutes else float("nan")


def alerts(rooms: Sequence[Tally]) -> Estimate:
    """Return the alerts in 30 eligible days with nothing put in."""
    return ratio([room.alerts for room in rooms], [room.eligible for room in rooms], PER_DAYS)


def worst_room(rooms: Iterable[Tally]) -> float:
    """Return the alerts in 30 eligible days of the 90th-percentile room."""
    each = [
        PER_DAYS * room.alerts / room.eligible for room in rooms if room.eligible >= OLD_ENOUGH_DAYS
    ]
    return float(np.quantile(each, WORST_ROOM)) if each else float("nan")


def fortnights(rooms: Sequence[Tally]) -> Estimate:
    """Return the share of fortnights in which the range held 70 to 90 %."""
    return ratio([room.kept for room in rooms], [room.fortnights for room in rooms])


def interval_held(rooms: Sequence[Tally]) -> Estimate:
    """Return the share of fortnights in which the range held what its 80 % interval had said."""
    known = [(room.inside, room.fortnights) for room in rooms if room.inside is not None]
    return ratio([inside for inside, _ in known], [number for _, number in known])


def held(rooms: Sequence[Tally]) -> Estimate:
    """Return how much of the time learned ranges held, edges counted in part."""
    return ratio([room.held for room in rooms], [room.learned_slots for room in rooms])


def closed(rooms: Sequence[Tally]) -> Estimate:
    """Return how much of the time learned ranges held, edges counted in full."""
    return ratio([room.closed for room in rooms], [room.learned_slots for room in rooms])


def changes(rooms: Sequence[Tally]) -> Estimate:
    """Return how often "something changed" was suspected in a room and year."""
    return ratio([len(room.changes) for room in rooms], [room.days for room in rooms], YEAR_DAYS)


def brier(rooms: Sequence[Tally]) -> Estimate:
    """Return the mean squared error of confidence about fortnights."""
    return ratio([room.brier for room in rooms], [room.fortnights for room in rooms])


def learned_time(rooms: Sequence[Tally]) -> Estimate:
    """Return the share of the time that was judged by a learned range."""
    return ratio([room.learned_slots for room in rooms], [room.slots for room in rooms])


def able_time(rooms: Sequence[Tally]) -> Estimate:
    """Return the share of the time in which ours could alert."""
    return ratio([room.able_slots for room in rooms], [room.slots for room in rooms])


def questions(rooms: Sequence[Tally]) -> Estimate:
    """Return the alerts and suspected changes of one channel in 30 days."""
    asked = [room.alerts + len(room.changes) for room in rooms]
    return ratio(asked, [room.days for room in rooms], PER_DAYS)


def rare_alerts(rooms: Sequence[Tally], days: int) -> tuple[Estimate, int]:
    """Return how often alerts of a rarity came in as many eligible days, and their number."""
    number = [sum(rarity >= days for rarity in room.rarities) for room in rooms]
    return ratio(number, [room.eligible for room in rooms], days), sum(number)


def noticed_change(rooms: Iterable[Tally], day: int) -> Estimate:
    """Return the share of rooms, learned by a day, that suspect a change soon after it."""
    known = [room for room in rooms if room.learned is not None and room.learned < day]
    seen = [any(day <= one < day + MOVE_NOTICED_DAYS for one in room.changes) for room in known]
    return ratio(seen, [1.0] * len(known))


def _noticed(plume: PlumeTally, rule: str | None = None) -> bool:
    """Tell whether ours, or a simple rule, noticed a plume."""
    return (plume.minutes if rule is None else plume.simple[rule]) is not None
