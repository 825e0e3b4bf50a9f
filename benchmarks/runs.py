"""One strictly prequential run of the core over one sensor's recording.

Everything recorded here was said before the moment it is about was seen: ranges are frozen
at 04:00, a bin is judged by the range in force before it.
"""

from collections.abc import Iterable
from dataclasses import dataclass, field
from datetime import tzinfo

import numpy as np
from numpy.typing import NDArray

from core.alert import Promise
from core.channel import Channel
from core.day import DAY_S
from core.event import Event, EventKind
from core.judgement import Judgement
from core.quantity import QUANTITIES, Kind
from core.state import Basis, Compared, LearningState

type Array = NDArray[np.float64]

STATES = tuple(LearningState)
MISSING = float("nan")


@dataclass(frozen=True, slots=True, kw_only=True)
class Said:
    """What was said about each bin, as arrays of one length.

    `age` in days since the first reading, `state` as index into STATES, `inside` the share of
    the bin that counts as inside on a coarse sensor; NaN where no range was shown.
    """

    age: Array
    state: NDArray[np.int8]
    level: Array
    low: Array
    high: Array
    inside: Array


@dataclass(slots=True, kw_only=True)
class Run:
    """A run: what was said, and what happened on which day since the first reading."""

    name: str
    kind: Kind
    said: Said
    episodes: list[float] = field(default_factory=list)
    eligible: list[int] = field(default_factory=list)
    changes: list[int] = field(default_factory=list)
    learned: list[int] = field(default_factory=list)
    days: list[tuple[int, float | None, float | None]] = field(default_factory=list)
    claims_before_learned: int = 0


def replay(
    name: str,
    kind: Kind,
    readings: Iterable[tuple[float, float]],
    zone: tzinfo,
    promise: Promise = Promise.MONTH,
) -> Run:
    """Run the core over time-ordered readings (POSIX seconds, base unit; NaN: lost)."""
    channel = Channel(QUANTITIES[kind], zone, promise)
    run = Run(name=name, kind=kind, said=_said([], 0.0))
    judged: list[Judgement] = []
    first: float | None = None
    for at, level in readings:
        first = at if first is None else first
        new = channel.lose(at) if level != level else channel.read(at, level)  # noqa: PLR0124
        judged.extend(new)
        if new:
            for event in channel.take_events():
                _note(run, event, first, channel)
    run.said = _said(judged, first or 0.0)
    run.claims_before_learned = sum(_claims_too_early(judgement) for judgement in judged)
    return run


def _note(run: Run, event: Event, first: float, channel: Channel) -> None:
    age = int((event.at - first) // DAY_S)
    if event.kind is EventKind.UNUSUAL_STARTED:
        run.episodes.append(event.at)
    elif event.kind is EventKind.CHANGE_SUSPECTED:
        run.changes.append(age)
    elif event.kind is EventKind.RANGE_LEARNED:
        run.learned.append(age)
    elif event.digest is not None:
        run.eligible += [age] * event.digest.eligible
        confidence = channel.forecast.standing.confidence if channel.forecast else None
        run.days.append((age, event.digest.mark, confidence))


def _claims_too_early(judgement: Judgement) -> bool:
    """Tell whether something personal was said in a state that does not allow it."""
    if judgement.state in (LearningState.LEARNED, LearningState.CHANGING):
        return False
    personal = judgement.basis is Basis.THIS_ROOM or judgement.unusual is not None
    return personal or judgement.compared not in (None, Compared.NOT_ENOUGH_DATA)


def _said(judged: list[Judgement], first: float) -> Said:
    bins = [judgement.bin for judgement in judged if judgement.bin is not None]
    ranges = [judgement.typical for judgement in judged]
    levels = [bin_.value for bin_ in bins]
    return Said(
        age=np.array([(bin_.start - first) / DAY_S for bin_ in bins]),
        state=np.array([STATES.index(judgement.state) for judgement in judged], dtype=np.int8),
        level=np.array(levels),
        low=np.array([part.low if part else MISSING for part in ranges]),
        high=np.array([part.high if part else MISSING for part in ranges]),
        inside=np.array(
            [
                part.inside(level) if part else MISSING
                for part, level in zip(ranges, levels, strict=True)
            ]
        ),
    )
