"""Whether a clock can be right: what is known of the time decides, and no clock deletes it."""

from itertools import pairwise

from hypothesis import given, strategies as st
import pytest

from custom_components.air_baseline.core.known_time import (
    CORRECTION_S,
    EARLIEST,
    KEPT_S,
    LEAP_S,
    KnownTime,
    Leap,
    Verdict,
    look,
    set_back,
    with_recorded,
)
from tests.core.properties import thorough

MINUTE, HOUR, DAY, YEAR = 60.0, 3600.0, 86_400.0, 365 * 86_400.0
NOON = 1_772_452_803.0  # 2 March 2026.
ROUND = 300.0
KNOWN = KnownTime(NOON)
BACK = {
    "a minute": (MINUTE, Verdict.FINE),
    "five minutes": (CORRECTION_S, Verdict.FINE),
    "six minutes": (6 * MINUTE, Verdict.BEHIND),
    "20 minutes": (20 * MINUTE, Verdict.BEHIND),
    "an hour": (HOUR, Verdict.BEHIND),
    "8 hours": (8 * HOUR, Verdict.BEHIND),
    "25 hours": (25 * HOUR, Verdict.BEHIND),
    "26 hours": (26 * HOUR, Verdict.BEHIND),
    "3 days": (3 * DAY, Verdict.BEHIND),
    "a month": (30 * DAY, Verdict.BEHIND),
    "a year": (YEAR, Verdict.BEHIND),
    "1970": (NOON, Verdict.BEHIND),
}


def watched(known: KnownTime, seconds: float) -> KnownTime:
    """Look at a clock that goes as time does."""
    end = known.latest + seconds
    while known.latest < end:
        known = look(known, min(known.latest + ROUND, end)).known
    return known


@pytest.mark.parametrize(("back_s", "verdict"), BACK.values(), ids=BACK)
def test_a_clock_that_shows_less_than_was_known_is_behind(back_s: float, verdict: Verdict) -> None:
    found = look(KNOWN, NOON - back_s)
    assert (found.verdict, found.back_s) == (verdict, 0.0 if verdict is Verdict.FINE else back_s)
    assert found.known == KNOWN


def test_a_clock_before_the_first_version_is_wrong_even_if_nothing_is_known() -> None:
    assert look(KnownTime(), 946_684_800.0).verdict is Verdict.BEHIND
    assert look(KnownTime(), EARLIEST + YEAR).verdict is Verdict.FINE


@pytest.mark.parametrize("ahead_s", [61 * MINUTE, 8 * HOUR, 3 * DAY, YEAR, 50 * YEAR])
@pytest.mark.parametrize("for_s", [0.0, HOUR, 2 * DAY, 29 * DAY])
def test_a_clock_that_leaped_and_goes_back_was_ahead(ahead_s: float, for_s: float) -> None:
    leaped = look(KNOWN, NOON + ahead_s)
    assert leaped.verdict is Verdict.LEAPED
    assert leaped.known.slack_s == ahead_s
    right = look(watched(leaped.known, for_s), NOON + for_s)
    assert (right.verdict, right.back_s) == (Verdict.SET_BACK, ahead_s)
    assert right.leap == Leap(NOON, NOON + ahead_s)
    assert right.known.latest == NOON + for_s


def test_a_leap_explains_no_larger_step_and_none_after_thirty_days() -> None:
    leaped = look(KNOWN, NOON + 8 * HOUR).known
    assert look(leaped, NOON - HOUR).verdict is Verdict.BEHIND
    assert look(leaped, 946_684_800.0).verdict is Verdict.BEHIND
    later = watched(leaped, KEPT_S + HOUR)
    assert later.leaps == ()
    assert look(later, later.latest - 8 * HOUR).verdict is Verdict.BEHIND


def test_a_small_step_back_is_waited_out_after_a_leap_too() -> None:
    leaped = watched(look(KNOWN, NOON + DAY).known, 5 * DAY)
    found = look(leaped, leaped.latest - 20 * MINUTE)
    assert (found.verdict, found.known) == (Verdict.BEHIND, leaped)


def test_what_is_left_of_a_leap_can_be_undone_too() -> None:
    """A year ahead, then eight hours ahead, then right."""
    known = watched(look(KNOWN, NOON + YEAR + 8 * HOUR).known, HOUR)
    first = look(known, NOON + 9 * HOUR)
    assert (first.verdict, first.known.leaps) == (Verdict.SET_BACK, (Leap(NOON, NOON + 9 * HOUR),))
    second = look(first.known, NOON + HOUR)
    assert (second.verdict, second.leap) == (Verdict.SET_BACK, Leap(NOON, NOON + 9 * HOUR))


def test_the_newest_leap_that_is_large_enough_is_undone() -> None:
    """A year ahead at a start, off for a night, then right."""
    year = look(KNOWN, NOON + YEAR).known
    night = look(year, NOON + YEAR + 8 * HOUR).known
    assert [leap.size_s for leap in night.leaps] == [YEAR, 8 * HOUR]
    assert look(night, NOON + 8 * HOUR).leap == year.leaps[0]
    assert look(night, NOON + YEAR).leap == night.leaps[1]


def test_a_person_can_say_that_the_clock_is_right() -> None:
    found = set_back(KNOWN, NOON - DAY, Leap(NOON - DAY, NOON - DAY))
    assert (found.verdict, found.back_s, found.known) == (
        Verdict.SET_BACK,
        DAY,
        KnownTime(NOON - DAY),
    )


def test_a_newer_record_elsewhere_is_known_too_unless_it_is_known_to_be_false() -> None:
    assert with_recorded(KNOWN, NOON + DAY, 0.0).latest == NOON + DAY
    assert with_recorded(KNOWN, NOON - DAY, 0.0) == KNOWN
    assert with_recorded(KNOWN, NOON + DAY, NOON + DAY) == KNOWN


moves = st.lists(
    st.one_of(
        st.just(ROUND),
        st.floats(-2 * YEAR, 2 * YEAR),
        st.sampled_from([sign * size for sign in (-1, 1) for size in (MINUTE, HOUR, DAY, YEAR)]),
    ),
    max_size=20,
)


@thorough
@given(moves)
def test_however_a_clock_moves(made: list[float]) -> None:
    """What is known goes back only as far as a leap had gone on, and never without one."""
    known, now = KNOWN, NOON
    for move in made:
        now = max(now + move, 0.0)
        found = look(known, now)
        if found.verdict is Verdict.SET_BACK:
            assert found.leap in known.leaps
            assert found.known.latest == now >= found.leap.since - CORRECTION_S
            assert found.back_s > LEAP_S
        elif found.verdict is Verdict.BEHIND:
            assert found.known == known
            assert now < known.latest - CORRECTION_S
        else:
            assert found.known.latest == max(known.latest, now)
            assert (found.leap is None) is (found.verdict is Verdict.FINE)
        known = found.known
        assert all(a.size_s > b.size_s > LEAP_S for a, b in pairwise(known.leaps))
        assert all(leap.until <= known.latest + CORRECTION_S for leap in known.leaps)


@thorough
@given(moves, st.floats(0.0, 29 * DAY))
def test_whatever_a_clock_shows_meanwhile_nothing_is_forgotten_while_it_is_behind(
    made: list[float], for_s: float
) -> None:
    known, now = watched(KNOWN, HOUR), NOON - 40 * YEAR
    for move in made:
        now = min(max(now + abs(move) / 100, 0.0), NOON)
        found = look(known, now)
        assert (found.verdict, found.known) == (Verdict.BEHIND, known)
    right = look(known, NOON + HOUR + for_s)
    assert right.verdict in (Verdict.FINE, Verdict.LEAPED)
    assert right.known.latest == NOON + HOUR + for_s
