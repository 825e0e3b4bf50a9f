"""What to do about an unusual episode: suggestions that hold for everybody, in their order."""

from collections.abc import Iterable
from enum import StrEnum

from ..channel import Channel
from ..ledger.episode import Episode
from ..pollutant import Pollutant
from ..reading.surroundings import Surroundings

# Share of the room's level outdoors, by judgement: two consumer sensors can differ by a third.
CLEANER = 0.5
FALLEN = 0.5  # Share of the peak, by judgement: then most of it has gone by itself.


class Advice(StrEnum):
    """A suggestion; none is a verdict about health."""

    VENTILATE = "ventilate"
    VENTILATE_IF_CLEAN = "ventilate_if_clean"
    SHUT_WINDOWS = "shut_windows"
    FIND_SOURCE = "find_source"
    FIND_VAPOR = "find_vapor"
    FIND_ANY = "find_any"
    RUN_PURIFIER = "run_purifier"
    WAIT = "wait"
    OVER = "over"


def advise(
    channel: Channel,
    episode: Episode | None,
    sustained: float | None,
    at: float,
    around: Surroundings | None = None,
) -> tuple[Advice, ...]:
    """Return what to do about an episode at a POSIX time, given the sustained level (base unit).

    `around` are the surroundings, if not those of the channel. Outdoor PM2.5 decides about the
    windows where it is known; of vapor outdoors nothing is known.
    """
    if episode is None or channel.clock_wrong:
        return ()
    if episode.end is not None:
        return (Advice.OVER,)
    waits = sustained is not None and sustained <= FALLEN * episode.peak
    wait = (Advice.WAIT,) if waits else ()
    if channel.spec.pollutant is not Pollutant.PM25:
        return (Advice.VENTILATE_IF_CLEAN, Advice.FIND_VAPOR, *wait)
    windows = _windows(channel.surroundings if around is None else around, sustained, at)
    source = () if windows == (Advice.SHUT_WINDOWS,) else (Advice.FIND_SOURCE,)
    return (*windows, *source, Advice.RUN_PURIFIER, *wait)


def combined(suggestions: Iterable[Advice]) -> tuple[Advice, ...]:
    """Return the suggestions about several pollutants as one list that does not contradict itself.

    >>> pm25 = (Advice.SHUT_WINDOWS, Advice.FIND_SOURCE, Advice.WAIT)
    >>> voc = (Advice.VENTILATE_IF_CLEAN, Advice.FIND_VAPOR, Advice.OVER)
    >>> [str(one) for one in combined((*pm25, *voc))]
    ['shut_windows', 'find_any', 'wait']
    """
    given = set(suggestions)
    if {Advice.FIND_SOURCE, Advice.FIND_VAPOR} <= given:
        given = given - {Advice.FIND_SOURCE, Advice.FIND_VAPOR} | {Advice.FIND_ANY}
    if given & {Advice.SHUT_WINDOWS, Advice.VENTILATE}:
        given.discard(Advice.VENTILATE_IF_CLEAN)
    if len(given) > 1:
        given.discard(Advice.OVER)
    return tuple(one for one in Advice if one in given)


def _windows(around: Surroundings, sustained: float | None, at: float) -> tuple[Advice, ...]:
    """Return what PM2.5 of the last hour outdoors says about the windows, if anything."""
    known = around.outdoor_pm25
    outdoor = known.of_last_hour(at) if known else None
    if outdoor is None or sustained is None:
        return (Advice.VENTILATE_IF_CLEAN,)
    if outdoor >= sustained:
        return (Advice.SHUT_WINDOWS,)
    return (Advice.VENTILATE,) if outdoor <= CLEANER * sustained else ()
