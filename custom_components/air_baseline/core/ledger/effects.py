"""What the entries of a ledger do to its days, worked out once for each list of entries.

Without these tables, each question about a day would look at every entry.
"""

from array import array
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from typing import Self, TypeIs, cast

from .entries import (
    Cause,
    Change,
    ChangeSuspected,
    Correction,
    Entry,
    EpisodeNormal,
    EpisodeReal,
    Reset,
    SensorMapped,
    Span,
)


@dataclass(frozen=True, slots=True)
class Masks:
    """Masks of the excluded parts, one byte for each day from the day `first` on."""

    first: int = 0
    masks: bytes = b""

    @classmethod
    def of(cls, spans: Iterable[Span]) -> Self:
        """Return the masks of some spans together."""
        known = list(spans)
        if not known:
            return cls()
        first = min(span.first for span in known)
        masks = bytearray(max(span.last for span in known) - first + 1)
        for span in known:
            for place in range(span.first - first, span.last - first + 1):
                masks[place] |= span.parts
        return cls(first, bytes(masks))

    def __getitem__(self, day: int) -> int:
        """Return the mask of a day, 0 for no part."""
        place = day - self.first
        return self.masks[place] if 0 <= place < len(self.masks) else 0


@dataclass(frozen=True, slots=True, kw_only=True)
class Effects:
    """What a list of entries does.

    `epoch_day` is the first day that still counts; `change_day` is the first day whose coverage
    and peaks are comparable with those of today. Both are 0 if that is every day. `changes` are
    those in force that the epoch does not cover; `shift` is a suspected one that is open: the last
    change of all, so that none of before comes back. `suspected_day` is the latest first day of
    any suspected one, open or not. `weights` are (day, what each day before it counts for at
    most), `mappings` are (day, offset, spread) of what converts the days before it, in order.
    `moving` are the ids of entries that moved the range, in order. `answered` are the episodes
    with a correction, sorted. `lifted` are last day, mask of parts and alert level of one after
    another. `resets` are (POSIX time, first day that counts). `lasting` counts the steps by people
    that have no end, and `ends` are the last days of the others.
    """

    epoch_day: int = 0
    change_day: int = 0
    excluded: Masks = Masks()
    excluded_by_people: Masks = Masks()
    changes: tuple[Entry[Change], ...] = ()
    shift: Entry[Change] | None = None
    suspected_day: int = 0
    weights: tuple[tuple[int, float], ...] = ()
    mappings: tuple[tuple[int, float, float], ...] = ()
    moving: Sequence[int] = ()
    highest_id: int = 0
    answered: Sequence[int] = ()
    lifted: Sequence[float] = ()
    resets: tuple[tuple[float, int], ...] = ()
    preferences: tuple[Entry, ...] = ()
    lasting: int = 0
    ends: Sequence[int] = ()

    def in_force(self, today: int) -> int:
        """Return the number of steps by people that are in force on a day."""
        return self.lasting + sum(today <= day for day in self.ends)


NO_EFFECTS = Effects()


def effects_of(entries: Sequence[Entry]) -> Effects:
    """Return what entries do; they are in the order in which they took effect."""
    if not entries:
        return NO_EFFECTS
    epoch_day = max(entry.correction.counts_from for entry in entries)
    known = [one for one in _changes(entries) if one.correction.from_day >= epoch_day]
    changes = tuple(one for one in known if one.moves_range)
    normal = [one.correction for one in entries if isinstance(one.correction, EpisodeNormal)]
    real = {one.correction.episode for one in entries if isinstance(one.correction, EpisodeReal)}
    steps = steps_by_people(entries)
    ends = [one.correction.until_day for one in steps if isinstance(one.correction, EpisodeNormal)]
    return Effects(
        epoch_day=epoch_day,
        change_day=max((epoch_day, *(entry.correction.from_day for entry in changes))),
        excluded=Masks.of(_spans(entries)),
        excluded_by_people=Masks.of(_spans(one for one in entries if not one.correction.inferred)),
        changes=changes,
        shift=_open_shift(entries, known),
        suspected_day=max(
            (one.correction.from_day for one in entries if is_shift(one.correction)), default=0
        ),
        weights=_weights(changes),
        mappings=_mappings(changes),
        moving=_whole_numbers(entry.id for entry in entries if entry.moves_range),
        highest_id=max(entry.id for entry in entries),
        answered=_whole_numbers(sorted({*real, *(one.episode for one in normal)})),
        lifted=_lifted(normal),
        resets=_resets(entries),
        preferences=tuple(entry for entry in entries if entry.correction.preference),
        lasting=len(steps) - len(ends),
        ends=_whole_numbers(ends),
    )


def _whole_numbers(values: Iterable[int]) -> Sequence[int]:
    """Return numbers from 0 on as an array, of four bytes each if that is enough."""
    known = list(values)
    return array("I" if max(known, default=0) < 1 << 32 else "Q", known)


def first_entries(entries: Sequence[Entry]) -> list[Entry]:
    """Return the first entry of each step."""
    ids = {entry.id for entry in entries}
    return [entry for entry in entries if entry.step not in ids]


def steps_by_people(entries: Sequence[Entry]) -> list[Entry]:
    """Return the first entry of each step by people that corrects anything."""
    return [
        entry
        for entry in first_entries(entries)
        if not (entry.correction.inferred or entry.correction.agrees)
    ]


def is_shift(correction: Correction) -> TypeIs[ChangeSuspected]:
    """Tell whether a correction suspects a lasting shift, in force or not."""
    return isinstance(correction, ChangeSuspected) and correction.cause is Cause.LEVEL_SHIFT


def _open_shift(entries: Sequence[Entry], known: Sequence[Entry[Change]]) -> Entry[Change] | None:
    """Return the last change if it is one of those in force, and a shift that has not passed.

    One that has passed has no days: it begins on the day on which that was found.
    """
    changes = (entry for entry in reversed(entries) if isinstance(entry.correction, Change))
    if not known or known[-1] != next(changes):
        return None
    change = known[-1].correction
    return known[-1] if is_shift(change) and change.from_day < change.found_day else None


def _spans(entries: Iterable[Entry]) -> Iterable[Span]:
    return (one.correction.excluded for one in entries if one.correction.excluded is not None)


def _changes(entries: Sequence[Entry]) -> Iterable[Entry[Change]]:
    """Yield the changes in force: reported, or suspected and not withdrawn."""
    found = [entry for entry in entries if isinstance(entry.correction, Change)]
    changes = cast("list[Entry[Change]]", found)
    if not changes:
        return
    withdrawn = {entry.replaces for entry in entries if entry.correction.withdraws}
    for entry in changes:
        if not (isinstance(entry.correction, ChangeSuspected) and entry.id in withdrawn):
            yield entry


def _weights(changes: Iterable[Entry[Change]]) -> tuple[tuple[int, float], ...]:
    """Return (day, weight) of the changes that matter: a later day, or a lower weight."""
    known = sorted((-entry.correction.from_day, entry.correction.weight) for entry in changes)
    weights: list[tuple[int, float]] = []
    for day, weight in known:
        if not weights or weight < weights[-1][1]:
            weights.append((-day, weight))
    return tuple(weights)


def _mappings(changes: Iterable[Entry[Change]]) -> tuple[tuple[int, float, float], ...]:
    """Return (day, offset, spread) of the mappings from one sensor to the next, in order."""
    found = [one.correction for one in changes if isinstance(one.correction, SensorMapped)]
    return tuple(sorted((one.from_day, one.offset, one.spread) for one in found))


def _lifted(normal: Iterable[EpisodeNormal]) -> Sequence[float]:
    """Return last day, parts and level of each that no other one outlasts and exceeds."""
    known = sorted(((one.until_day, one.alert_level, one.parts) for one in normal), reverse=True)
    highest: dict[int, float] = {}  # By part, of those that last at least as long.
    lifted = array("d")  # Tuples would take eight times the memory.
    for until, level, parts in known:
        new = [
            p for p in range(parts.bit_length()) if parts >> p & 1 and level > highest.get(p, -1)
        ]
        if new:
            highest |= dict.fromkeys(new, level)
            lifted.extend((until, parts, level))
    return lifted


def _resets(entries: Iterable[Entry]) -> tuple[tuple[float, int], ...]:
    """Return (POSIX time, first day that counts) of each reset beyond those made before it."""
    known = sorted(
        (entry.at, entry.correction.from_day)
        for entry in entries
        if isinstance(entry.correction, Reset)
    )
    resets: list[tuple[float, int]] = []
    for at, first in known:
        if not resets or first > resets[-1][1]:
            resets.append((at, first))
    return tuple(resets)
