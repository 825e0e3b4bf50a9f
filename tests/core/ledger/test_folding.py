"""Folding old entries changes nothing that the ledger says of its days."""

from collections.abc import Callable, Sequence
from dataclasses import replace
from functools import cache
import json
from random import Random
from typing import Any

import pytest

from custom_components.air_baseline.core.checked import StoredFormError
from custom_components.air_baseline.core.codes import LearningState
from custom_components.air_baseline.core.day import PARTS
from custom_components.air_baseline.core.learning.standing import standing
from custom_components.air_baseline.core.ledger.correction import exclude_days
from custom_components.air_baseline.core.ledger.entries import (
    Cause,
    ChangePassed,
    ChangeReported,
    ChangeSuspected,
    Correction,
    DaysExcluded,
    Draft,
    EpisodeNormal,
    EpisodeReal,
    LooksRight,
    Missed,
    Named,
    Reset,
    Season,
    StopAsking,
)
from custom_components.air_baseline.core.ledger.entry_list import MOST_PLAIN, Entries
from custom_components.air_baseline.core.ledger.episode import Episode
from custom_components.air_baseline.core.ledger.folding import EPOCH
from custom_components.air_baseline.core.ledger.histogram import ALL_PARTS
from custom_components.air_baseline.core.ledger.ledger import Ledger, UndoError
from custom_components.air_baseline.core.storage.ledger import (
    MOST_ENTRIES,
    MOST_PLAIN_ROWS,
    dump_ledger,
    load_ledger,
)
from tests.core.rooms import MONDAY, a_day, a_ledger, a_mapping, an_entry

DAY_S = 86_400.0
HOUR_S = 3_600.0
NOON_S = 12 * HOUR_S
WINDOW = 90


def at_noon(day: int) -> float:
    return (day - EPOCH) * DAY_S + NOON_S


def an_episode(day: int, number: int) -> Episode:
    return Episode(
        id=number,
        day=day,
        part=5,
        opened_level=60.0,
        alert_level=50.0,
        high=20.0,
        beaten=34,
        compared=34,
        peak=64.0,
    )


# Kinds of steps, some of them more often; see `a_draft`.
TURNS = [0, 0, 0, 1, 1, 2, 2, 3, 4, 4, 5, 6, 7, 8, 9, 10, 11, 11, 12, 13, 13]
RESETS, UNDO = {4, 5, 12}, 13


class Unfolded(Ledger):
    """A ledger whose entries are only dropped once they touch no kept day."""

    __slots__ = ()

    @property
    def _many(self) -> bool:
        return False


def said(ledger: Ledger, today: int) -> dict[str, Any]:
    """Return all that a ledger says of its days."""
    days = range(today - WINDOW, today + 40)
    known = standing(ledger, today)
    return {
        "factor": [ledger.factor(day) for day in days],
        "excluded": [ledger.excluded_parts(day) for day in days],
        "by people": [ledger.excluded_parts(day, by_people=True) for day in days],
        "coverages": ledger.coverages(),
        "lifted": [ledger.lifted_levels(day) for day in range(today, today + 70)],
        "alerts": [ledger.alert_days(today, within) for within in (30, WINDOW + 1)],
        "reference": [summary.day for summary in ledger.reference(69)],
        "number": ledger.in_force(today),
        "epoch": (ledger.epoch_day, ledger.change_day),
        "answered": [ledger.is_answered(episode.id) for episode in ledger.episodes],
        "answers": [
            entry.correction if entry else None
            for entry in (ledger.correction_of(episode.id) for episode in ledger.episodes)
        ],
        "asks": (ledger.asks(episodes=True), ledger.asks(episodes=False)),
        "state": (known.state, known.since, known.scored_days, known.earliest),
        "days": [summary.day for summary in ledger.days],
        "names": {
            entry.correction.moment: entry.correction.name
            for entry in ledger.of(Named)
            if entry.correction.moment // DAY_S + EPOCH > today - WINDOW
        },
        "missed": [
            entry.correction for entry in ledger.of(Missed) if entry.correction.day > today - WINDOW
        ],
        "mappings": [
            [one for one in ledger.effects.mappings if day < one[0]]
            for day in days
            if day > today - WINDOW and ledger.factor(day)
        ],
        "shift": ledger.shift and ledger.shift.correction,
    }


def a_draft(kind: int, today: int, first: int, more: int, ledger: Ledger) -> Draft:
    """Return a step of a kind about days around `first`."""
    episode = ledger.episodes[more % len(ledger.episodes)] if ledger.episodes else None
    suspected = [e for e in ledger.changes() if isinstance(e.correction, ChangeSuspected)]
    replaces = suspected[-1].id if suspected and more % 2 else None
    cause = Cause.TIME_ZONE if more % 3 else Cause.LEVEL_SHIFT
    corrections: Sequence[Correction] = (
        DaysExcluded(from_day=first, to_day=first + more % 3),
        EpisodeReal(episode=episode.id if episode else 1, day=first, parts=1 + more % ALL_PARTS),
        EpisodeNormal(
            episode=episode.id if episode else 1,
            parts=1 << more % PARTS,
            alert_level=float(more),
            until_day=today + 60,
        ),
        LooksRight(),
        ChangeReported(from_day=first, found_day=today, weight=0.25 * (more % 2)),
        Reset(from_day=first),
        StopAsking(episode=None if more % 2 else 1),
        ChangeSuspected(from_day=first, found_day=today, weight=0.25, cause=cause),
        ChangePassed(from_day=first, to_day=first + 3),
        Season(),
        Missed(since=more, until=more + 1, day=first, parts=1 + more % ALL_PARTS),
        Named(moment=(first - EPOCH) * int(DAY_S) + more % 3, name=f"cake {more}"),
        a_mapping(min(first, today), today),
    )
    correction = corrections[kind]
    withdraws = isinstance(correction, Season | ChangePassed)
    if withdraws and not suspected:
        correction = LooksRight()
    if kind == 0 and more % 5 == 0:
        return exclude_days({first, first + 2, first + 4, today - 1})
    return Draft((correction,), replaces if correction.withdraws else None)


@pytest.mark.parametrize("resets", [False, True])
@pytest.mark.parametrize("seed", range(2))
def test_a_ledger_with_folding_says_the_same_as_one_without(seed: int, *, resets: bool) -> None:
    """Let 150 days pass with some random steps on each, and undo some."""
    chance = Random(seed)  # noqa: S311 - repeatable
    folded: Ledger = Ledger()
    plain: Ledger = Unfolded()
    for today in range(MONDAY, MONDAY + 150):
        at = at_noon(today)
        if today % 3 == 0:
            episode = an_episode(today, today - EPOCH)
            folded, plain = folded.with_episode(episode), plain.with_episode(episode)
        for number in range(chance.randrange(4)):
            kind, first = chance.choice(TURNS), today + 20 - chance.randrange(110)
            if kind == UNDO:
                folded, plain = undone(folded, plain, at + number, chance)
            elif resets or kind not in RESETS:
                draft = a_draft(kind, today, first, chance.randrange(256), plain)
                same = with_ids_of(draft, plain, folded)
                folded = folded.with_correction(at + number, same).fold(at + number)
                plain = plain.with_correction(at + number, draft)
        closed = a_day(today, coverage=0.6 + 0.4 * chance.random(), state=LearningState.LEARNED)
        close = at_noon(today) + 16 * HOUR_S
        folded = folded.with_day(replace(closed, head=folded.head)).pruned(close)
        plain = plain.with_day(replace(closed, head=plain.head)).pruned(close)
        if today % 6 == 0:
            folded = load_ledger(json.loads(json.dumps(dump_ledger(folded))))
            assert said(folded, today + 1) == said(plain, today + 1), today - MONDAY
    assert len(folded.entries) < len(plain.entries)


def undone(folded: Ledger, plain: Ledger, at: float, chance: Random) -> tuple[Ledger, Ledger]:
    """Undo the same step in both: the last one, or one of the last entries by its id."""
    if not plain.entries or chance.random() < 0.3:
        named: tuple[int | None, int | None] = None, None
    else:
        wanted = chance.choice(plain.entries[-9:])
        same = [e for e in folded.entries if (e.at, e.correction) == (wanted.at, wanted.correction)]
        named = same[0].id if same else 10**9, wanted.id
    results = [
        undo(ledger, at, number) for ledger, number in zip((folded, plain), named, strict=True)
    ]
    assert (results[0] is None) == (results[1] is None)
    return results[0] or folded, results[1] or plain


def undo(ledger: Ledger, at: float, number: int | None) -> Ledger | None:
    """Return the ledger without a step, None if it cannot be undone."""
    try:
        return ledger.undo(at, number)
    except UndoError:
        return None


def with_ids_of(draft: Draft, plain: Ledger, folded: Ledger) -> Draft:
    """Return a draft with the id that the same suspected change has in the folded ledger."""
    if draft.replaces is None:
        return draft
    change = next(one for one in plain.changes() if one.id == draft.replaces)
    known = change.at, change.correction
    same = next(one for one in folded.changes() if (one.at, one.correction) == known)
    return replace(draft, replaces=same.id)


@cache
def busy(number: int, *, since: float = at_noon(MONDAY)) -> Ledger:
    """Return a ledger with a step each hour, each about other days."""
    ledger = a_ledger(a_day(day, coverage=0.8) for day in range(MONDAY - 40, MONDAY))
    for hour in range(number):
        days = {MONDAY - 1 - hour % 37, MONDAY - 39 + hour % 35}
        ledger = ledger.with_correction(since + hour * HOUR_S, exclude_days(days))
    return ledger


def test_what_can_be_undone_is_kept_however_much_it_is() -> None:
    ledger = busy(720)
    now = at_noon(MONDAY) + 720 * HOUR_S
    assert ledger.fold(now).entries == ledger.entries
    for number in (1, ledger.entries[700].id):
        assert ledger.undoable(now - HOUR_S, number).id <= number
    later = now + 31 * DAY_S
    folded = ledger.fold(later)
    assert len(folded.entries) < 80
    assert said(folded, MONDAY)["excluded"] == said(ledger, MONDAY)["excluded"]
    assert folded.coverages() == ledger.coverages()
    assert folded.in_force(MONDAY) == 720, "all of them still count"
    assert folded.in_force(MONDAY + 400) < 80


def test_entries_that_are_folded_leave_no_id_to_be_used_again() -> None:
    ledger = busy(60)
    highest = ledger.entries[-1].id
    folded = ledger.fold(at_noon(MONDAY) + 60 * DAY_S)
    assert len(folded.entries) < len(ledger.entries)
    assert folded.next_id > highest


def test_few_entries_are_not_folded() -> None:
    ledger = busy(MOST_PLAIN // 2)
    assert ledger.fold(at_noon(MONDAY) + 60 * DAY_S) is ledger


@pytest.mark.parametrize("number", [MOST_PLAIN + 1, MOST_PLAIN_ROWS + 1, 400])
def test_many_entries_are_stored_and_packed_without_loss(number: int) -> None:
    ledger = busy(number, since=1_771_002_003.123457)
    ledger = ledger.with_correction(1_771_002_003.5, Draft((StopAsking(),)))
    data = json.loads(json.dumps(dump_ledger(ledger)))
    assert 0 < len(data["entries"]) <= MOST_PLAIN_ROWS
    assert ("entries_packed" in data) is (len(ledger.entries) > MOST_PLAIN_ROWS)
    restored = load_ledger(data)
    assert restored == ledger
    assert tuple(restored.entries) == tuple(ledger.entries)


def test_a_room_with_hundreds_of_entries_stays_small() -> None:
    ledger = busy(720)
    assert len(json.dumps(dump_ledger(ledger)["entries_packed"])) < 10 * 1024
    assert len(Entries(ledger.entries).packed or b"") < 8 * 1024


@pytest.mark.parametrize(
    "damage",
    [
        lambda text: text[:-9],
        lambda text: text[9:],
        lambda text: text[:0],
        lambda text: [text],
        lambda text: "é" + text,
        lambda text: text + text,
    ],
)
def test_packed_entries_that_are_damaged_are_refused(damage: Callable[[str], Any]) -> None:
    data = dump_ledger(busy(60))
    data["entries_packed"] = damage(data["entries_packed"])
    with pytest.raises((StoredFormError, ValueError, TypeError, KeyError)):
        load_ledger(data)


def test_packed_entries_are_checked_like_rows() -> None:
    late = an_entry(Reset(from_day=MONDAY + 4000), 1, at_noon(MONDAY))
    ledger = Ledger(entries=[late, *(an_entry(LooksRight(), n, NOON_S) for n in range(2, 60))])
    with pytest.raises(StoredFormError):
        load_ledger(dump_ledger(ledger))


def test_more_than_people_can_make_can_still_be_loaded() -> None:
    """The channel adds entries by itself, whatever people have made."""
    entries = [
        an_entry(DaysExcluded(from_day=MONDAY, to_day=MONDAY), number, at_noon(MONDAY))
        for number in range(1, MOST_ENTRIES + 400)
    ]
    assert len(load_ledger(dump_ledger(Ledger(entries=entries))).entries) == len(entries)


def test_a_mapping_stays_as_long_as_it_converts_days_that_are_kept() -> None:
    """A later change leaves no more of these days, but does not convert them."""
    mapped, moved = MONDAY + 5, MONDAY + 9
    ledger = a_ledger([a_day(day) for day in range(MONDAY, MONDAY + 40)])
    ledger = ledger.with_correction(at_noon(mapped), Draft((a_mapping(mapped),)))
    again = ChangeReported(from_day=moved, found_day=moved, weight=0.25)
    ledger = ledger.with_correction(at_noon(moved), Draft((again,)))
    for _ in range(20):
        ledger = ledger.with_correction(at_noon(moved), Draft((LooksRight(),)))
    folded = ledger.fold(at_noon(MONDAY + 45))
    assert [entry.correction for entry in folded.entries] == [a_mapping(mapped), again]
    assert folded.effects.mappings == ledger.effects.mappings
    for day in range(MONDAY + 40, mapped + WINDOW + 1):
        folded = folded.with_day(a_day(day))
    for _ in range(20):
        folded = folded.with_correction(at_noon(moved), Draft((LooksRight(),)))
    gone = folded.fold(at_noon(mapped + WINDOW + 1))
    assert [entry.correction for entry in gone.entries] == [again], "no day before it is kept"
