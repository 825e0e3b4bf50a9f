"""The surroundings of a past rise: the other rooms and the air outdoors."""

import pytest

from custom_components.air_baseline.core.channel import Channel
from custom_components.air_baseline.core.codes import OtherRooms
from custom_components.air_baseline.core.day import day_start
from custom_components.air_baseline.core.past_rise import (
    PastHours,
    outdoors_beside,
    rooms_beside,
)
from custom_components.air_baseline.core.pollutant import Pollutant
from tests.core.rooms import LONDON, MONDAY, breathe, learned_channel

START = day_start(MONDAY, LONDON)
HOUR = 3600.0
ROSE = START + 10 * HOUR


def noon(level: float, hours: int = 14, at: int = 10, days: int | None = None) -> Channel:
    """Return a channel with an hour of a level ten hours into its day, and so many hours after."""
    channel = learned_channel() if days is None else learned_channel(days)
    for hour in range(at + 1 + hours):
        calm = 7.0 + hour % 3  # A sensor that never moves tells nothing.
        breathe(channel, START + hour * HOUR, 60, level if hour == at else calm)
    return channel


def beside(*others: Channel) -> tuple[OtherRooms, tuple[str, ...]]:
    known = [PastHours(f"room {number}", channel) for number, channel in enumerate(others)]
    own = PastHours("kitchen", noon(60.0))
    found = rooms_beside("kitchen", Pollutant.PM25, ROSE, [own, *known])
    return found.other_rooms, found.rooms


@pytest.mark.parametrize("hours", [1, 14], ids=["today", "a day later"])
def test_a_rise_that_others_had_too_is_shared(hours: int) -> None:
    assert beside(noon(60.0, hours), noon(8.0, hours)) == (OtherRooms.SHARED, ("room 0",))


@pytest.mark.parametrize("hours", [1, 14], ids=["today", "a day later"])
def test_a_rise_that_no_other_had_is_of_this_room(hours: int) -> None:
    assert beside(noon(8.0, hours)) == (OtherRooms.ONLY_THIS_ROOM, ("room 0",))


@pytest.mark.parametrize(("at", "found"), [(9, "shared"), (11, "shared"), (13, "only_this_room")])
def test_what_was_within_an_hour_is_the_same_rise(at: int, found: str) -> None:
    assert beside(noon(60.0, at=at))[0] == found


def test_nothing_is_said_of_rooms_that_are_not_known() -> None:
    thin, unwatched = noon(60.0, days=5), learned_channel()
    assert beside() == (OtherRooms.UNKNOWN, ())
    assert beside(thin) == (OtherRooms.UNKNOWN, ())
    assert beside(noon(8.0), unwatched) == (OtherRooms.UNKNOWN, ())


def test_the_air_outdoors_rose_by_the_rule_of_episodes() -> None:
    first = int(ROSE // HOUR)
    calm = {first - hours: 12.0 for hours in range(1, 25)}
    assert (rose := outdoors_beside(calm | {first: 38.0}, ROSE, ROSE + HOUR)) is not None
    assert rose.rose
    assert (same := outdoors_beside(calm | {first: 13.0}, ROSE, ROSE + HOUR)) is not None
    assert not same.rose
    assert outdoors_beside(calm, ROSE, ROSE + HOUR) is None, "nothing of the rise itself"
    few = {first - hours: 12.0 for hours in range(1, 6)} | {first: 38.0}
    assert outdoors_beside(few, ROSE, ROSE + HOUR) is None, "too little from before"
