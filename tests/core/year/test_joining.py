"""Days join the year once, and corrections reach into it and back out of it."""

from collections.abc import Callable, Iterable
from dataclasses import replace
from datetime import UTC

import pytest

from custom_components.air_baseline.core.day import DAY_S, WINDOW_DAYS
from custom_components.air_baseline.core.ledger.correction import (
    change_passed,
    exclude_days,
    report_change,
    start_over,
    suspect_change,
)
from custom_components.air_baseline.core.ledger.day_summary import DayOrigin, DaySummary
from custom_components.air_baseline.core.ledger.entries import (
    Cause,
    Draft,
    EpisodeNormal,
    EpisodeReal,
    LooksRight,
)
from custom_components.air_baseline.core.ledger.folding import EPOCH, ROOM_DAYS, UNDO_DAYS
from custom_components.air_baseline.core.ledger.ledger import Ledger
from custom_components.air_baseline.core.year.joining import filled, followed, joined
from custom_components.air_baseline.core.year.week import week_of
from custom_components.air_baseline.core.year.year import NO_YEAR, YEAR_WEEKS, Year
from custom_components.air_baseline.home_history.year_span import YearSpan
from tests.core.rooms import MONDAY, a_day

FIRST = MONDAY - 13 * 7  # A Monday: as MONDAY closes, this week has left by two days.
LEAVING = FIRST + WINDOW_DAYS  # The day with which the first week joins.


class Room:
    """A ledger and its year, from day to day."""

    def __init__(self, first: int = FIRST, last: int = LEAVING - 1) -> None:
        self.ledger = Ledger()
        self.year: Year = NO_YEAR
        self.today = first
        self.live(last)

    @property
    def at(self) -> float:
        return (self.today - EPOCH) * DAY_S

    def live(self, last: int) -> None:
        """Close the days up to the last one."""
        for day in range(self.today, last + 1):
            self.today = day + 1
            self.year = joined(self.year, self.ledger, day, self.at)
            self.ledger = self.ledger.with_day(a_day(day)).pruned(self.at)

    def correct(self, draft: Draft) -> None:
        self.ledger = self.ledger.with_correction(self.at, draft)
        self.year = followed(self.year, self.ledger, self.at)

    def undo(self) -> None:
        self.ledger = self.ledger.undo(self.at)
        self.year = followed(self.year, self.ledger, self.at)

    def settle(self) -> None:
        self.live(self.today + UNDO_DAYS)

    @property
    def days(self) -> list[int]:
        """Return the days of all weeks that count."""
        return [day for week in self.year.weeks for day in week.seen_days]


def span(first: int, last: int) -> list[int]:
    return list(range(first, last + 1))


def test_a_week_joins_whole_when_its_first_day_leaves() -> None:
    room = Room()
    assert room.year == NO_YEAR
    room.live(LEAVING)
    assert room.days == span(FIRST, FIRST + 6)
    before = room.year
    room.live(LEAVING + 6)
    assert room.year is before, "it changes once a week"
    room.live(LEAVING + 7)
    assert room.days == span(FIRST, FIRST + 13)


def test_what_leaves_together_joins_together() -> None:
    room = Room(last=FIRST + 30)
    room.today += 200  # Nobody watched for months.
    room.live(room.today)
    assert room.days == span(FIRST, FIRST + 30)


def test_a_week_that_has_joined_does_not_join_again() -> None:
    """A restart, or a ledger from the good copy, brings days back that have joined."""
    room = Room()
    kept = room.ledger
    room.live(LEAVING)
    week = room.year.weeks[0]
    assert joined(room.year, kept, LEAVING, room.at).weeks == [week]


def test_two_years_and_five_weeks_are_kept() -> None:
    room = Room()
    room.live(LEAVING + 770)
    assert week_of(room.today) - room.year.weeks[0].number in {109, 110}


def test_excluded_days_that_leave_wait_until_that_is_settled() -> None:
    room = Room()
    room.correct(exclude_days([FIRST, FIRST + 2]))
    room.live(LEAVING)
    assert room.days == [FIRST + 1, *span(FIRST + 3, FIRST + 6)]
    assert [summary.day for summary in room.year.waiting] == [FIRST, FIRST + 2]
    undone = replace_room(room)
    undone.undo()
    assert undone.days == span(FIRST, FIRST + 6)
    assert undone.year.waiting == ()
    room.settle()
    assert FIRST not in room.days
    assert room.days[0] == FIRST + 1
    assert room.year.waiting == ()


def replace_room(room: Room) -> Room:
    other = Room(last=FIRST - 1)
    other.ledger, other.year, other.today = room.ledger, room.year, room.today
    return other


def test_parts_that_were_an_event_stay_out() -> None:
    room = Room(last=LEAVING - UNDO_DAYS - 3)
    room.correct(Draft((EpisodeReal(episode=7, day=FIRST + 1, parts=0b1),)))
    room.live(LEAVING)
    assert room.days == span(FIRST, FIRST + 6)
    assert [int(part.sum()) for part in room.year.weeks[0].counts] == [36 * 6, *[36 * 7] * 7]


def test_what_passed_by_itself_joins() -> None:
    room = Room(last=LEAVING - UNDO_DAYS - 3)
    room.correct(change_passed(FIRST, FIRST + 1))
    room.live(LEAVING)
    assert room.days == span(FIRST, FIRST + 6)


def test_a_week_of_a_day_excluded_later_stops_to_count_until_that_is_undone() -> None:
    room = Room()
    room.live(LEAVING + 7)
    room.correct(exclude_days([FIRST + 13]))
    assert room.days == span(FIRST, FIRST + 6)
    undone = replace_room(room)
    undone.undo()
    assert undone.days == span(FIRST, FIRST + 13)
    room.settle()
    assert not set(room.days) & {*span(FIRST + 7, FIRST + 13)}
    assert len(room.year.all_weeks) == len(room.year.weeks)


@pytest.mark.parametrize("similar", [True, False])
def test_a_move_ends_the_weeks_before_it(*, similar: bool) -> None:
    room = Room()
    room.live(LEAVING + 20)
    moved = room.today - 5
    before = room.days
    room.correct(report_change(moved, room.today, similar=similar))
    assert room.days == []
    undone = replace_room(room)
    undone.live(undone.today + UNDO_DAYS - 1)
    undone.undo()
    assert undone.days == span(FIRST, undone.days[-1])
    assert undone.days[: len(before)] == before
    room.settle()
    assert room.year.all_weeks == ()
    room.live(moved + WINDOW_DAYS + 6)
    assert room.days[0] == moved, "what was learned since the move joins"


def test_starting_over_ends_all_weeks() -> None:
    room = Room()
    room.live(LEAVING + 20)
    room.correct(start_over(room.today + 1))
    assert room.days == []
    room.settle()
    assert room.year.all_weeks == ()
    assert room.year.waiting == ()
    first = room.year.room.settled
    room.live(first + 200)
    assert room.days[0] == first, "the entry is long gone"


def test_what_leaves_after_starting_over_can_come_back_with_it() -> None:
    room = Room()
    room.live(LEAVING + 20)
    room.correct(start_over(room.today + 1))
    room.live(room.today + UNDO_DAYS - 1)
    assert room.year.waiting
    room.undo()
    assert room.days == span(FIRST, room.days[-1])
    assert room.year.waiting == ()


def test_another_time_zone_ends_no_week_but_its_hours() -> None:
    room = Room()
    room.live(LEAVING + 20)
    room.correct(suspect_change(room.today, room.today, Cause.TIME_ZONE))
    first = room.year.hours.now
    assert room.days
    room.settle()
    assert room.year.hours.settled == first
    assert room.days[0] == FIRST


@pytest.mark.parametrize(
    "draft",
    [
        Draft((LooksRight(),)),
        Draft((EpisodeNormal(episode=7, parts=1, alert_level=70.0, until_day=MONDAY),)),
        suspect_change(MONDAY, MONDAY, Cause.LEVEL_SHIFT),
    ],
)
def test_other_corrections_reach_no_week(draft: Draft) -> None:
    room = Room()
    room.live(LEAVING + 20)
    before = room.year
    room.correct(draft)
    assert room.year == before


def an_hourly(days: Iterable[int]) -> list[DaySummary]:
    return [a_day(day, {30.0: 36}, origin=DayOrigin.HOURLY) for day in days]


def test_history_fills_what_the_ledger_is_too_young_for() -> None:
    room = Room()
    room.live(LEAVING + 1)
    lived = room.year.weeks[0]
    year = filled(room.year, room.ledger, an_hourly(span(FIRST - 900, room.today)), room.today)
    assert week_of(room.today) - year.weeks[0].number == YEAR_WEEKS
    assert [week for week in year.weeks if week.number == week_of(FIRST)] == [lived]
    assert [day for week in year.weeks for day in week.seen_days][-8:] == span(FIRST - 1, FIRST + 6)


BOUNDS: dict[str, Callable[[int, int], Draft]] = {
    "started over": lambda day, _: start_over(day),
    "moved, or replaced": lambda day, today: report_change(day, today, similar=False),
    "moved to a similar place": lambda day, today: report_change(day, today, similar=True),
}


@pytest.mark.parametrize("bound", BOUNDS.values(), ids=BOUNDS.keys())
@pytest.mark.parametrize("later", [90, 150, 500])
@pytest.mark.parametrize("answers", [0, 80], ids=["few entries", "many entries"])
def test_a_fill_however_late_brings_nothing_back_from_before(
    bound: Callable[[int, int], Draft], later: int, answers: int
) -> None:
    """As a home does that kept 90 days only, whose year was lost, or whose recorder was away."""
    room = Room(last=FIRST + 20)
    room.correct(bound(FIRST + 15, room.today))
    room.settle()
    room.live(room.today + later)
    for number in range(answers):
        room.correct(exclude_days([room.today - 1 - number % 30]))
    room.live(room.today + 2)
    filling = an_hourly(span(FIRST - 50, room.today))
    for year in (NO_YEAR, room.year):
        days = [
            day
            for week in filled(year, room.ledger, filling, room.today).weeks
            for day in week.seen_days
        ]
        assert days
        assert min(days) == FIRST + 15
    room.live(room.today + ROOM_DAYS)
    assert not [one for one in room.ledger.entries if one.correction.room_since], "nor for ever"


def test_the_bound_of_before_comes_back_with_the_undo_of_a_later_one() -> None:
    room = Room(last=FIRST + 20)
    room.correct(report_change(FIRST + 5, room.today))
    room.settle()
    room.live(room.today + 150)
    room.correct(start_over(room.today))
    room.live(room.today + 20)
    room.undo()
    year = filled(NO_YEAR, room.ledger, an_hourly(span(FIRST - 50, room.today)), room.today)
    assert year.weeks[0].seen_days[0] == FIRST + 5


def test_only_the_last_bound_is_kept() -> None:
    room = Room(last=FIRST + 20)
    for _ in range(5):
        room.correct(start_over(room.today))
        room.live(room.today + 40)
    room.live(room.today + 200)
    assert len(room.ledger.entries) == 1
    room.live(room.today + ROOM_DAYS)
    assert not room.ledger.entries


def test_no_fill_reaches_further_back_than_a_bound_is_kept() -> None:
    span = YearSpan.before(MONDAY + 6, UTC)
    assert MONDAY + 5 - span.first < ROOM_DAYS


def test_excluded_days_are_not_filled_in() -> None:
    room = Room(last=FIRST + 20)
    room.correct(exclude_days([FIRST + 3]))
    room.correct(Draft((EpisodeReal(episode=7, day=FIRST + 4, parts=0b1),)))
    room.live(FIRST + 105)
    room.ledger = replace(room.ledger, days=room.ledger.days[-60:])
    year = filled(NO_YEAR, room.ledger, an_hourly(span(FIRST, FIRST + 6)), room.today)
    assert [day for week in year.weeks for day in week.seen_days] == [
        *span(FIRST, FIRST + 2),
        *span(FIRST + 4, FIRST + 6),
    ]
    assert [int(part.sum()) for part in year.weeks[0].counts] == [36 * 5, *[36 * 6] * 7]


def test_a_false_future_leaves_nothing() -> None:
    room = Room()
    room.live(LEAVING + 7)
    struck = replace(room.year, struck=((FIRST + 8, 0),))
    year = struck.before(FIRST + 7)
    assert [day for week in year.weeks for day in week.seen_days] == span(FIRST, FIRST + 6)
    assert year.struck == ()
