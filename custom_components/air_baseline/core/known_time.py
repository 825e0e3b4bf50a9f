"""Whether the clock can be right, from what is known of the time; a wrong one deletes nothing.

Time only goes on. A clock that shows less than was known before is behind, or it was ahead before.
It was ahead if it had leaped: nobody knows how long Home Assistant was off, or whether a clock that
went on at once was set right or wrong. So a leap is kept in mind for 30 days, and a clock that
goes back by no more than it had leaped undoes the leap. Any other clock that goes back is wrong.

Pure: the caller looks at least every five minutes by a timer that no clock moves, and at the
start with what was stored. So a pause between two looks is a leap, whatever it was. All times are
POSIX seconds.

>>> start = KnownTime(latest=1_800_000_000.0)
>>> look(start, 946_684_800.0).verdict  # The year 2000.
<Verdict.BEHIND: 'behind'>
>>> ahead = look(start, 1_800_000_000.0 + 8 * 3600)
>>> ahead.verdict, look(ahead.known, 1_800_000_300.0).verdict
(<Verdict.LEAPED: 'leaped'>, <Verdict.SET_BACK: 'set_back'>)
"""

from collections.abc import Iterable
from dataclasses import dataclass, replace
from enum import StrEnum
from typing import NamedTuple

# Seconds by which a clock can go back and be right, by judgement: a time server corrects a clock
# that runs by less. Zones and summer time do not move POSIX time.
CORRECTION_S = 300.0
# Seconds that are a leap, by judgement. A step back by less is waited out: parts of the day have
# three hours, so what was learned meanwhile is worth more than its exact time.
LEAP_S = 3600.0
KEPT_S = 30 * 86_400.0  # Seconds for which a leap can be undone, by judgement: as corrections.
EARLIEST = 1_735_689_600.0  # POSIX time of 1 January 2025, by judgement: before the first version.


class Leap(NamedTuple):
    """The clock went on from `since` to `until`, and nobody knows how much time passed."""

    since: float
    until: float

    @property
    def size_s(self) -> float:
        """Return by how much the clock went on, in seconds."""
        return self.until - self.since


@dataclass(frozen=True, slots=True)
class KnownTime:
    """The latest time that the clock has shown, and the leaps that it can undo, oldest first.

    Each leap is larger than all later ones, which would explain a step back before it does.
    """

    latest: float = EARLIEST
    leaps: tuple[Leap, ...] = ()

    @property
    def slack_s(self) -> float:
        """Return by how many seconds the clock can be ahead.

        What is deleted by age must be older by that much.
        """
        return sum(leap.size_s for leap in self.leaps)

    def after(self, leap: Leap) -> KnownTime:
        """Return what is known once the clock has leaped."""
        return KnownTime(leap.until, with_leap(self.leaps, leap))


class Verdict(StrEnum):
    """What a look at the clock finds."""

    FINE = "fine"
    LEAPED = "leaped"  # It went on by more than was watched: it can be right, or ahead from now on.
    BEHIND = "behind"  # It cannot be right.
    SET_BACK = "set_back"  # It was ahead since a leap, and is right now.


@dataclass(frozen=True, slots=True)
class Look:
    """A look at the clock at the time `now`, and what is known after it.

    `leap` is the one that just happened, or the one that was undone. `back_s` is by how many
    seconds the clock went back.
    """

    verdict: Verdict
    now: float
    known: KnownTime
    leap: Leap | None = None
    back_s: float = 0.0


def look(known: KnownTime, now: float) -> Look:
    """Return what a look at the clock finds."""
    back_s = known.latest - now
    if back_s <= CORRECTION_S:
        return _went_on(known, now)
    leap = next((one for one in reversed(known.leaps) if _undoes(back_s, one)), None)
    if leap is None or back_s <= LEAP_S:
        return Look(Verdict.BEHIND, now, known, back_s=back_s)
    return set_back(known, now, leap)


def with_recorded(known: KnownTime, recorded: float, false_until: float) -> KnownTime:
    """Return what is known of the time given also the time of the newest record elsewhere.

    A record up to `false_until` says nothing: the clock was ahead up to then.
    """
    if recorded <= max(known.latest, false_until) + CORRECTION_S:
        return known
    return replace(known, latest=recorded)


def set_back(known: KnownTime, now: float, leap: Leap) -> Look:
    """Return the look that finds that the clock was ahead since a leap, and is right now."""
    earlier = KnownTime(leap.since, tuple(one for one in known.leaps if one.until < leap.until))
    rest = Leap(leap.since, now)
    after = earlier.after(rest) if rest.size_s > LEAP_S else replace(earlier, latest=now)
    return Look(Verdict.SET_BACK, now, after, leap, known.latest - now)


def with_leap(leaps: Iterable[Leap], leap: Leap) -> tuple[Leap, ...]:
    """Return the leaps that can still be undone after another one."""
    return (*(one for one in leaps if one.size_s > leap.size_s and _is_kept(one, leap.since)), leap)


def _went_on(known: KnownTime, now: float) -> Look:
    leaps = tuple(one for one in known.leaps if _is_kept(one, known.latest))
    if known.latest > EARLIEST and now - known.latest > LEAP_S:
        leap = Leap(known.latest, now)
        return Look(Verdict.LEAPED, now, known.after(leap), leap)
    return Look(Verdict.FINE, now, KnownTime(max(known.latest, now), leaps))


def _is_kept(leap: Leap, at: float) -> bool:
    return at - leap.until <= KEPT_S


def _undoes(back_s: float, leap: Leap) -> bool:
    """Tell whether a step back can undo a leap: then the clock is not earlier than before it."""
    return back_s <= leap.size_s + CORRECTION_S
