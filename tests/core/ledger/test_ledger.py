"""Days, entries and what follows from them; corrections can always be undone."""

from dataclasses import replace
from typing import Any

from hypothesis import given, strategies as st
import pytest

from custom_components.air_baseline.core.day import WINDOW_DAYS
from custom_components.air_baseline.core.ledger.correction import exclude_days
from custom_components.air_baseline.core.ledger.day_summary import DayOrigin, DaySummary
from custom_components.air_baseline.core.ledger.entries import (
    Cause,
    ChangePassed,
    ChangeReported,
    ChangeSuspected,
    Correction,
    CorrectionCode,
    DaysExcluded,
    Draft,
    Entry,
    EpisodeNormal,
    EpisodeReal,
    LooksRight,
    Missed,
    Named,
    Relearned,
    Reset,
    Season,
    StopAsking,
    StopReporting,
    Trouble,
)
from custom_components.air_baseline.core.ledger.episode import Episode
from custom_components.air_baseline.core.ledger.histogram import ALL_PARTS
from custom_components.air_baseline.core.ledger.ledger import Ledger, UndoError
from tests.core.properties import repeatable
from tests.core.rooms import MONDAY, a_correction, a_day, a_ledger, a_mapping, an_entry

DAY = 86_400.0
NOW = 1_770_000_000.0
RANGE_STAYS = {
    CorrectionCode.LOOKS_RIGHT,
    CorrectionCode.NAMED,
    CorrectionCode.EPISODE_NORMAL,
    CorrectionCode.STOP_ASKING,
    CorrectionCode.STOP_REPORTING,
}


def made(correction: Correction, number: int = 1, **given: Any) -> Entry:
    return an_entry(correction, number, **{"at": NOW} | given)


def excluded(first: int, last: int | None = None) -> DaysExcluded:
    """Return an exclusion of some days after MONDAY."""
    return DaysExcluded(from_day=MONDAY + first, to_day=MONDAY + (first if last is None else last))


def suspected(first: int) -> ChangeSuspected:
    """Return a change since a day after MONDAY, suspected on that day."""
    day = MONDAY + first
    return ChangeSuspected(from_day=day, found_day=day, weight=0.25, cause=Cause.LEVEL_SHIFT)


def reported(first: int, weight: float = 0.0) -> ChangeReported:
    """Return a change since a day after MONDAY, reported on that day."""
    return ChangeReported(from_day=MONDAY + first, found_day=MONDAY + first, weight=weight)


def real(day: int, parts: int, episode: int = 1) -> EpisodeReal:
    """Return that an episode on a day after MONDAY was real."""
    return EpisodeReal(episode=episode, day=MONDAY + day, parts=parts)


def normal(parts: int, level: float, until: int, episode: int = 1) -> EpisodeNormal:
    """Return that air up to a level is normal, until a day after MONDAY."""
    return EpisodeNormal(episode=episode, parts=parts, alert_level=level, until_day=MONDAY + until)


def an_episode(day: int, number: int = 1, part: int = 5) -> Episode:
    return Episode(
        id=number,
        day=day,
        part=part,
        opened_level=60.0,
        alert_level=50.0,
        high=20.0,
        beaten=34,
        compared=34,
        peak=64.0,
    )


def days(number: int, **given: Any) -> list[DaySummary]:
    return [a_day(MONDAY + index, **given) for index in range(number)]


def test_only_the_last_ninety_days_are_kept() -> None:
    ledger = a_ledger([], episodes=(an_episode(MONDAY), an_episode(MONDAY + 10, 2)))
    for summary in days(100):
        ledger = ledger.with_day(summary)
    assert [summary.day for summary in ledger.days] == list(range(MONDAY + 10, MONDAY + 100))
    assert len(ledger.days) == WINDOW_DAYS
    assert [episode.id for episode in ledger.episodes] == [2]


def test_the_window_counts_calendar_days() -> None:
    ledger = a_ledger(days(5)).with_day(a_day(MONDAY + 92))
    assert [summary.day - MONDAY for summary in ledger.days] == [3, 4, 92]


def test_a_day_replaces_the_same_day() -> None:
    again = a_day(MONDAY + 2, {50.0: 36})
    assert a_ledger(days(3)).with_day(again).days == (*days(2), again)


def test_some_days_can_be_replaced() -> None:
    other = a_day(MONDAY + 1, {50.0: 36})
    assert a_ledger(days(3)).with_days({MONDAY + 1: other}).days[1] == other


def test_an_episode_is_updated_and_not_duplicated() -> None:
    first, second = an_episode(MONDAY, 1), an_episode(MONDAY, 2)
    ledger = a_ledger([]).with_episode(first).with_episode(second)
    ended = replace(first, end=NOW)
    assert ledger.with_episode(ended).episodes == (second, ended)


@pytest.mark.parametrize("code", CorrectionCode)
def test_undoing_a_correction_restores_the_ledger(code: CorrectionCode) -> None:
    ledger = a_ledger(days(3), entries=(made(excluded(0, 2), 1),))
    assert ledger.with_correction(NOW, Draft((a_correction(code),))).undo(NOW, 2) == ledger


def test_undo_removes_the_last_correction_of_the_user() -> None:
    ledger = a_ledger([], entries=(made(excluded(0), 1), made(suspected(0), 2)))
    assert [entry.correction for entry in ledger.undo(NOW).entries] == [suspected(0)]


def test_undo_removes_the_correction_that_is_named_even_an_inferred_one() -> None:
    ledger = a_ledger([], entries=(made(suspected(0), 1), made(excluded(0), 2)))
    assert [entry.correction for entry in ledger.undo(NOW, 1).entries] == [excluded(0)]


@pytest.mark.parametrize(
    ("entries", "named", "reason"),
    [
        ((), None, "nothing"),
        ((made(suspected(0), 1),), None, "nothing"),
        ((made(excluded(0), 1),), 7, "entry 7"),
        ((made(excluded(0), 1, at=NOW - 30 * DAY - 1),), 1, "entry 1"),
        ((made(excluded(0), 1, at=NOW - 30 * DAY - 1),), None, "nothing"),
    ],
)
def test_a_missing_or_too_old_correction_cannot_be_undone(
    entries: tuple[Entry, ...], named: int | None, reason: str
) -> None:
    with pytest.raises(UndoError, match=reason):
        a_ledger([], entries=entries).undo(NOW, named)


def test_a_correction_can_still_be_undone_after_thirty_days() -> None:
    old = made(excluded(0), 1, at=NOW - 30 * DAY)
    assert a_ledger([], entries=(old,)).undo(NOW, 1).entries == ()


@pytest.mark.parametrize("code", CorrectionCode)
def test_coverage_counts_only_under_corrections_still_in_force(code: CorrectionCode) -> None:
    outside = a_correction(code, MONDAY - 9, MONDAY - 9)
    ledger = a_ledger([a_day(MONDAY, coverage=0.7)], entries=(made(outside, 1),))
    ledger = ledger.with_day(a_day(MONDAY + 1, coverage=0.9, head=ledger.head))
    assert ledger.coverages() == [(MONDAY, 0.7), (MONDAY + 1, 0.9)]
    kept = [(MONDAY, 0.7), (MONDAY + 1, 0.9)] if code in RANGE_STAYS else [(MONDAY, 0.7)]
    assert ledger.undo(NOW, 1).coverages() == kept


def test_coverage_under_a_later_correction_is_lost_when_an_earlier_one_is_undone() -> None:
    ledger = a_ledger([a_day(MONDAY, coverage=0.6)])
    for number in (1, 2):
        ledger = ledger.with_correction(NOW, exclude_days([MONDAY - 9]))
        ledger = ledger.with_day(a_day(MONDAY + number, coverage=0.8, head=ledger.head))
    undone = ledger.undo(NOW, 1)
    assert undone.coverages() == [(MONDAY, 0.6)]
    assert [entry.correction for entry in undone.entries] == [excluded(-9)]
    assert ledger.undo(NOW, 2).coverages() == [(MONDAY, 0.6), (MONDAY + 1, 0.8)]


def test_the_season_still_replaces_its_change_when_an_earlier_entry_is_undone() -> None:
    ledger = a_ledger(
        [],
        entries=(
            made(excluded(0), 1),
            made(suspected(20), 2),
            made(Season(), 3, replaces=2),
        ),
    )
    assert list(ledger.undo(NOW, 1).changes()) == []


@given(
    codes=st.lists(st.sampled_from(CorrectionCode), max_size=12),
    undone=st.lists(st.integers(0, 11), max_size=6),
)
@repeatable
def test_ids_are_never_used_twice(codes: list[CorrectionCode], undone: list[int]) -> None:
    ledger = a_ledger([])
    seen: set[int] = set()
    for index, code in enumerate(codes):
        ledger = ledger.with_correction(NOW, Draft((a_correction(code),)))
        entry = ledger.entries[-1]
        assert entry.id not in seen
        ledger = ledger.with_day(a_day(MONDAY + index, head=entry.id))
        seen |= {entry.id for entry in ledger.entries}
        if index in undone:
            ledger = ledger.undo(NOW, ledger.entries[index % len(ledger.entries)].id)
            seen |= {entry.id for entry in ledger.entries}
    ids = [entry.id for entry in ledger.entries]
    assert len(set(ids)) == len(ids)


@pytest.mark.parametrize(
    ("correction", "factors"),
    [
        (Reset(from_day=MONDAY + 2), [0.0, 0.0, 1.0]),
        (reported(1), [0.0, 1.0, 1.0]),
        (reported(1, 0.25), [0.25, 1.0, 1.0]),
        (a_mapping(MONDAY + 1), [0.25, 1.0, 1.0]),
        (suspected(2), [0.25, 0.25, 1.0]),
        (excluded(1), [1.0, 0.0, 1.0]),
        (excluded(1, 9), [1.0, 0.0, 0.0]),
        (excluded(-9, 1), [0.0, 0.0, 1.0]),
        (ChangePassed(from_day=MONDAY + 1, to_day=MONDAY + 1), [1.0, 0.0, 1.0]),
        (real(0, 0b1111), [1.0, 1.0, 1.0]),
        (real(0, ALL_PARTS), [0.0, 1.0, 1.0]),
        (normal(ALL_PARTS, 70.0, 9), [1.0, 1.0, 1.0]),
        (Missed(since=1, until=2, day=MONDAY, parts=0b1111), [1.0, 1.0, 1.0]),
        (Missed(since=1, until=2, day=MONDAY, parts=ALL_PARTS), [0.0, 1.0, 1.0]),
        (Named(moment=1, name="cooking"), [1.0, 1.0, 1.0]),
        (Relearned(from_day=MONDAY + 2), [1.0, 1.0, 1.0]),
        (Season(), [1.0, 1.0, 1.0]),
        (LooksRight(), [1.0, 1.0, 1.0]),
        (StopAsking(), [1.0, 1.0, 1.0]),
    ],
)
def test_each_correction_sets_what_a_day_counts_for(
    correction: Correction, factors: list[float]
) -> None:
    ledger = a_ledger(days(3), entries=(made(correction),))
    assert [ledger.factor(MONDAY + index) for index in range(3)] == factors
    counted = [summary.day - MONDAY for summary in ledger.evidence(MONDAY + 3, 60)]
    assert counted == [index for index, factor in enumerate(factors) if factor]


def test_of_two_changes_the_one_that_leaves_less_applies() -> None:
    ledger = a_ledger(
        [],
        entries=(
            made(reported(1, 0.5), 1),
            made(suspected(2), 2),
        ),
    )
    assert [ledger.factor(MONDAY + index) for index in range(3)] == [0.25, 0.25, 1.0]
    assert ledger.change_day == MONDAY + 2


def test_parts_excluded_twice_add_up() -> None:
    ledger = a_ledger(
        [],
        entries=(
            made(real(0, 0b0011, 1), 1),
            made(real(0, 0b0110, 2), 2),
        ),
    )
    assert ledger.excluded_parts(MONDAY) == 0b0111
    assert ledger.excluded_parts(MONDAY + 1) == 0


def test_evidence_is_the_valid_days_of_the_window_before_today() -> None:
    thin = a_day(MONDAY + 3, {8.0: 20})
    ledger = a_ledger([*days(3), thin, a_day(MONDAY + 4), a_day(MONDAY + 5)])
    assert [d.day - MONDAY for d in ledger.evidence(MONDAY + 5, 4)] == [1, 2, 4]


def test_coverage_of_excluded_days_and_of_days_before_a_change_does_not_count() -> None:
    ledger = a_ledger(
        days(4, coverage=0.8),
        entries=(
            made(suspected(1), 1),
            made(real(2, 0b1), 2),
        ),
    )
    assert [day - MONDAY for day, _ in ledger.coverages()] == [1, 3]


def test_reference_days_are_the_latest_complete_and_comparable_days() -> None:
    short = a_day(MONDAY + 1, [{8.0: 17}] + [{8.0: 36}] * 7)
    coarse = a_day(MONDAY + 2, origin=DayOrigin.HOURLY)
    replayed = a_day(MONDAY + 3, origin=DayOrigin.REPLAYED)
    peakless = a_day(MONDAY + 4, peaks=[None, *[8.0] * 7])
    touched, whole = a_day(MONDAY + 5), a_day(MONDAY + 6)
    before, exclusion = made(suspected(1), 1), made(real(5, 0b1), 2)
    ledger = a_ledger(
        [a_day(MONDAY), short, coarse, replayed, peakless, touched, whole],
        entries=(before, exclusion),
    )
    assert ledger.reference(69) == [replayed, whole]
    assert ledger.reference(1) == [whole]


def test_a_raised_alert_level_applies_to_its_part_until_its_day() -> None:
    first = made(normal(0b100000, 70.0, 60), 1)
    later = made(normal(0b100010, 65.0, 70), 2)
    ledger = a_ledger([], entries=(first, later))
    assert ledger.lifted_levels(MONDAY + 60) == {1: 65.0, 5: 70.0}
    assert ledger.lifted_levels(MONDAY + 61) == {1: 65.0, 5: 65.0}
    assert ledger.lifted_levels(MONDAY + 71) == {}


def test_a_level_that_is_raised_in_all_parts_applies_to_all() -> None:
    entry = made(normal(ALL_PARTS, 70.0, 0))
    assert a_ledger([], entries=(entry,)).lifted_levels(MONDAY) == dict.fromkeys(range(8), 70.0)


def test_alert_days_are_the_latest_ones_that_nobody_corrected() -> None:
    episodes = [an_episode(MONDAY + day, number) for number, day in enumerate((0, 1, 1, 5, 9))]
    corrected = made(real(5, ALL_PARTS, 3), 1), made(normal(0b100000, 70.0, 60, 4), 2)
    ledger = a_ledger([], episodes=tuple(episodes))
    assert ledger.alert_days(MONDAY + 9, 30) == [MONDAY, MONDAY + 1, MONDAY + 5, MONDAY + 9]
    assert ledger.alert_days(MONDAY + 30, 30) == [MONDAY + 1, MONDAY + 5, MONDAY + 9]
    with_corrections = replace(ledger, entries=corrected)
    assert with_corrections.alert_days(MONDAY + 9, 30) == [MONDAY, MONDAY + 1]
    changed = replace(ledger, entries=(made(reported(5, 0.25)),))
    assert changed.alert_days(MONDAY + 9, 30) == [MONDAY + 5, MONDAY + 9]


def test_days_before_a_reset_are_dropped_when_it_can_no_longer_be_undone() -> None:
    ledger = a_ledger(days(10), entries=(made(Reset(from_day=MONDAY + 6)),))
    assert ledger.pruned(NOW + 30 * DAY) is ledger
    assert len(ledger.pruned(NOW + 30 * DAY + 1).days) == 4


def test_an_old_entry_is_dropped_and_coverage_issued_under_it_still_counts() -> None:
    old = made(excluded(-99), 4)
    ledger = a_ledger([a_day(MONDAY, coverage=0.8, head=4)], entries=(old,))
    assert ledger.pruned(NOW + 120 * DAY) is ledger
    later = ledger.pruned(NOW + 120 * DAY + 1)
    assert later.entries == ()
    assert (later.head, later.next_id) == (4, 5)
    assert later.coverages() == [(MONDAY, 0.8)]


@pytest.mark.parametrize("code", [CorrectionCode.STRIKE, CorrectionCode.CHANGE_PASSED])
def test_days_are_excluded_whole_from_the_first_to_the_last(code: CorrectionCode) -> None:
    ledger = a_ledger([], entries=(made(a_correction(code, MONDAY, MONDAY + 1)),))
    masks = [ledger.excluded_parts(day) for day in range(MONDAY - 1, MONDAY + 3)]
    assert masks == [0, ALL_PARTS, ALL_PARTS, 0]
    by_people = ledger.excluded_parts(MONDAY, by_people=True)
    assert by_people == (ALL_PARTS if code is CorrectionCode.STRIKE else 0)


def test_without_a_change_all_days_can_be_compared() -> None:
    assert Ledger().change_day == 0


def test_days_excluded_far_ahead_stay_excluded_as_long_as_they_are_kept() -> None:
    ahead = made(excluded(0, 60))
    later = NOW + 125 * DAY
    inside = a_ledger([a_day(MONDAY + 125)], entries=(ahead,)).pruned(later)
    assert inside.entries == (ahead,), "the last of these days is still within the window"
    assert a_ledger([a_day(MONDAY + 150)], entries=(ahead,)).pruned(later).entries == ()


def test_a_preference_stays_until_it_is_undone() -> None:
    stop, about_episodes = made(StopAsking(), 1), made(StopAsking(episode=9), 2)
    later = NOW + 400 * DAY
    ledger = a_ledger([], entries=(stop, about_episodes)).pruned(later)
    assert ledger.entries == (stop, about_episodes)
    assert not ledger.asks(episodes=False)
    with pytest.raises(UndoError):
        ledger.undo(later)
    undone = ledger.undo(later, 2)
    assert undone.asks(episodes=True)
    assert not undone.asks(episodes=False)


def test_a_trouble_is_silenced_alone_and_until_another_source_takes_over() -> None:
    silenced = made(StopReporting(trouble=Trouble.STUCK), 1)
    ledger = a_ledger([], entries=(silenced, made(excluded(0), 2)))
    assert (ledger.reports(Trouble.STUCK), ledger.reports(Trouble.MISSING)) == (False, True)
    assert ledger.asks(episodes=True)
    assert ledger.asks(episodes=False)
    assert ledger.undo(NOW + 400 * DAY, 1).reports(Trouble.STUCK)
    replaced = ledger.of_another_source()
    assert replaced.reports(Trouble.STUCK)
    assert [entry.id for entry in replaced.entries] == [2]


def test_corrections_in_force_are_those_of_the_user_that_still_change_something() -> None:
    ledger = a_ledger(
        [],
        entries=(
            made(suspected(0), 1),
            made(LooksRight(), 2),
            made(normal(0b1, 70.0, 2), 3),
            made(excluded(0), 4),
            made(excluded(2), 5, step=4),
            made(StopAsking(), 6),
        ),
    )
    assert [entry.id for entry in ledger.corrections(MONDAY + 2)] == [3, 4]
    assert [entry.id for entry in ledger.corrections(MONDAY + 3)] == [4]


def test_a_correction_of_several_entries_is_undone_whole_and_later_ones_stay() -> None:
    ledger = a_ledger(days(4)).with_correction(NOW, exclude_days([MONDAY, MONDAY + 2]))
    ledger = ledger.with_correction(NOW, exclude_days([MONDAY + 3]))
    assert [(entry.id, entry.step) for entry in ledger.entries] == [(1, None), (2, 1), (3, None)]
    ledger = ledger.with_more(NOW, ledger.entries[1], [excluded(0)])
    assert (ledger.entries[-1].id, ledger.entries[-1].step) == (4, 1)
    assert {entry.replaces for entry in ledger.entries} == {None}
    (left,) = ledger.undo(NOW, 2).entries
    assert (left.correction, left.id) == (excluded(3), 5)


@pytest.mark.parametrize("last", [MONDAY + 20, MONDAY + 23, MONDAY + 28])
def test_what_is_known_before_a_day_does_not_depend_on_that_day(last: int) -> None:
    """Days from 20 on lack the evening, so that one of them too many would show."""
    evening_off = [{8.0: 36}] * 5 + [{}] * 3
    days = [
        a_day(day, None if day < MONDAY + 20 else evening_off, coverage=0.8)
        for day in range(MONDAY, last)
    ]
    known = a_ledger(days)
    later = a_ledger([*days, *(a_day(day, evening_off) for day in range(last, last + 30))])
    for before in (last, last - 1):
        assert later.usual_parts(before) == a_ledger(days[: before - MONDAY]).usual_parts(before)
        assert later.seen_parts(before) == a_ledger(days[: before - MONDAY]).seen_parts(before)
        assert later.common_parts(before) == a_ledger(days[: before - MONDAY]).common_parts(before)
    assert later.evidence(last, 60) == known.evidence(last, 60)


def test_a_day_that_was_lived_since_relearning_stays_when_that_is_undone() -> None:
    """From the first day on that was lived under the relearned ledger, and none before it."""
    former = a_ledger(a_day(day, {5.0: 36}) for day in range(MONDAY, MONDAY + 10))
    relearned = made(Relearned(from_day=MONDAY + 10), 1)
    ledger = a_ledger(
        (a_day(day, {9.0: 36}) for day in range(MONDAY + 5, MONDAY + 12)),
        entries=(relearned,),
        former=former,
    )
    undone = ledger.undo(NOW)
    assert [day.day for day in undone.days] == list(range(MONDAY, MONDAY + 12))
    assert [round(day.part_peaks[0] or 0.0) for day in undone.days] == [5] * 10 + [9] * 2


def test_what_can_no_longer_be_undone_is_dropped_a_second_later() -> None:
    """A start over keeps its days, and relearning its former ledger, for thirty days."""
    ledger = a_ledger(
        [a_day(MONDAY), a_day(MONDAY + 1)],
        entries=(made(Reset(from_day=MONDAY + 1), 1), made(Relearned(from_day=MONDAY + 2), 2)),
        former=a_ledger([a_day(MONDAY)]),
    )
    last_chance = ledger.pruned(NOW + 30 * DAY)
    assert last_chance is ledger
    gone = ledger.pruned(NOW + 30 * DAY + 1.0)
    assert [day.day for day in gone.days] == [MONDAY + 1]
    assert gone.former is None
    assert gone.entries == ledger.entries


def test_the_longest_run_counts_from_its_first_day() -> None:
    days = [a_day(MONDAY, longest_run_h=30), a_day(MONDAY + 1, longest_run_h=20)]
    ledger = a_ledger(days)
    assert [ledger.longest_run_h(MONDAY + since) for since in range(3)] == [30, 20, 0]


def test_a_day_counts_from_the_day_of_a_change_or_a_start_over_on() -> None:
    for correction, before in (
        (Reset(from_day=MONDAY + 1), 0.0),
        (reported(1), 0.0),
        (reported(1, 0.25), 0.25),
        (suspected(1), 0.25),
    ):
        ledger = a_ledger([a_day(MONDAY), a_day(MONDAY + 1)], entries=(made(correction),))
        assert [ledger.factor(MONDAY + after) for after in range(3)] == [before, 1.0, 1.0]
        assert [day.day for day in ledger.reference(9)] == [MONDAY + 1]
        assert not [day for day, _ in ledger.coverages() if day < MONDAY + 1]


def test_a_ledger_without_days_answers_everything() -> None:
    ledger = Ledger()
    assert not ledger.reference(9)
    assert not ledger.coverages()
    assert not ledger.evidence(MONDAY, 60)
    assert ledger.longest_run_h(0) == 0
    assert ledger.usual_parts(MONDAY) == ledger.seen_parts(MONDAY) == ALL_PARTS
    assert ledger.common_parts(MONDAY) == ALL_PARTS
    assert not ledger.alert_days(MONDAY, 30)
    assert not ledger.corrections(MONDAY)
    assert (ledger.factor(MONDAY), ledger.excluded_parts(MONDAY)) == (1.0, 0)
    assert ledger.asks(episodes=True)
    assert ledger.asks(episodes=False)
    assert all(map(ledger.reports, Trouble))
    assert ledger.pruned(NOW) is ledger
    with pytest.raises(UndoError):
        ledger.undo(NOW)
