"""What a home is asked, once each: rooms that rise together are one question, three a day.

Pure, and without memory: the caller keeps what it asked and passes it in each time.

    offered = [about_episode(room, pollutant, episode), ...]     all there is to ask about now
    asked = [AskedQuestion(question=..., asked_at=..., answered=...), ...]     all asked before
    planned = plan(offered, asked, now, zone, reported=...)

Then ask `planned.ask` (keep each as an `AskedQuestion` with `asked_at=now`), put each of
`planned.joined` in the place of the question with the same `key` (the question stays, and its id:
it is now about more), treat `planned.replaced` as answered, and offer `planned.waiting` again
later while it still holds. Offering again what was asked before, answered or not, does nothing.
`tests/core/test_questions.py` has such a loop.
"""

from collections.abc import Container, Iterable, Sequence
from dataclasses import dataclass, replace
from datetime import tzinfo
from enum import StrEnum

from .day import DAY_S, locate
from .ledger.episode import Episode
from .other_rooms import SAME_RISE_S
from .pollutant import Pollutant

QUESTIONS_A_DAY = 3  # In a home, from 04:00 to 04:00. By judgement: more would not be read.


class Topic(StrEnum):
    """What a home can be asked about."""

    RANGE_LEARNED = "range_learned"
    UNUSUAL_EPISODE = "unusual_episode"
    CHANGE_SUSPECTED = "change_suspected"
    SLOW_CHANGE = "slow_change"


@dataclass(frozen=True, slots=True, kw_only=True)
class Rise:
    """An episode in a room: `episode` is its id, the POSIX time at which it opened."""

    room: str
    pollutant: Pollutant
    episode: int

    @property
    def channel(self) -> tuple[str, Pollutant]:
        """Return which channel rose."""
        return self.room, self.pollutant

    @property
    def identity(self) -> tuple[str, Pollutant, int]:
        """Return what identifies the episode."""
        return self.room, self.pollutant, self.episode


@dataclass(frozen=True, slots=True, kw_only=True)
class Question:
    """One thing to ask once.

    `topic`, `room` and `epoch` (the first episode, the day from which a range learns, the day of
    a suspected change, the season of a slow one) are its identity, with `pollutant` where it is
    about one channel. `at` is the POSIX time at which it became true. `rises` are the episodes it
    is about, oldest first.
    """

    topic: Topic
    room: str
    epoch: int
    at: float
    pollutant: Pollutant | None = None
    rises: tuple[Rise, ...] = ()

    @property
    def key(self) -> tuple[str, ...]:
        """Return the identity, which does not change when other rises join."""
        return self.topic, self.room, self.pollutant or "", str(self.epoch)

    @property
    def rooms(self) -> tuple[str, ...]:
        """Return the rooms it is about, in the order in which they rose.

        If there are several, the air was shared or spread: no sign of outdoor air.
        """
        return tuple(dict.fromkeys(rise.room for rise in self.rises)) or (self.room,)

    def with_rises(self, *others: Question) -> Question:
        """Return the question with the rises of others added to its own."""
        rises = [*self.rises, *(rise for other in others for rise in other.rises)]
        rises.sort(key=lambda rise: (rise.episode, *rise.channel))
        return replace(self, rises=tuple(rises))

    def within(self, rooms: Container[str]) -> Question | None:
        """Return the question with only the rises in some rooms, None if there are none."""
        rises = tuple(rise for rise in self.rises if rise.room in rooms)
        if not rises:
            return None
        return replace(self, room=rises[0].room, epoch=rises[0].episode, rises=rises)

    def supersedes(self, other: Question) -> bool:
        """Tell whether it replaces an older one: the same topic, and no other room."""
        return (
            self.topic is other.topic
            and self.pollutant is other.pollutant
            and (other.at, other.key) < (self.at, self.key)
            and set(other.rooms) <= set(self.rooms)
        )


@dataclass(frozen=True, slots=True, kw_only=True)
class AskedQuestion:
    """A question that was asked, when (POSIX time), and whether it is over."""

    question: Question
    asked_at: float
    answered: bool = False


@dataclass(frozen=True, slots=True, kw_only=True)
class Plan:
    """What to do now: see the module."""

    ask: tuple[Question, ...] = ()
    joined: tuple[Question, ...] = ()
    replaced: tuple[Question, ...] = ()
    waiting: tuple[Question, ...] = ()


def about_episode(room: str, pollutant: Pollutant, episode: Episode) -> Question:
    """Return the question about one episode, before others join it."""
    return _about(Rise(room=room, pollutant=pollutant, episode=episode.id))


def _about(rise: Rise) -> Question:
    return Question(
        topic=Topic.UNUSUAL_EPISODE,
        room=rise.room,
        epoch=rise.episode,
        at=float(rise.episode),
        rises=(rise,),
    )


def questions_left(asked_at: Iterable[float], now: float, zone: tzinfo) -> int:
    """Return how many more may be asked or reported in the day of a time.

    `asked_at` are the times (POSIX) of all that was asked or reported in the home.
    """
    today = locate(now, zone)[0]
    recent = (at for at in asked_at if abs(now - at) < 2 * DAY_S)  # Of hundreds in 90 days.
    return max(QUESTIONS_A_DAY - sum(locate(at, zone)[0] == today for at in recent), 0)


def plan(
    offered: Iterable[Question],
    asked: Sequence[AskedQuestion],
    now: float,
    zone: tzinfo,
    *,
    reported: Iterable[float] = (),
) -> Plan:
    """Return what to ask now, given what is offered and what was asked before.

    Rises within an hour of the first are one question, in any room. A newer question
    replaces an open one that is about no other room. Of the rest at most three a day are asked,
    the oldest first, and the others wait. `reported` are the times of other reports, which count
    as questions. `now` and all times are POSIX times.
    """
    open_now = {item.question.key: _Group(item.question) for item in asked if not item.answered}
    joined: dict[tuple[str, ...], _Group] = {}
    fresh: dict[tuple[str, ...], _Group] = {}
    known = {item.question.key for item in asked}
    for offer in _unasked(offered, asked):
        if (taking := _taking(offer, open_now.values())) is not None:
            taking.add(offer)
            joined[taking.question.key] = taking
        elif offer.key not in known:
            if (taking := _taking(offer, fresh.values())) is not None:
                taking.add(offer)
            else:
                fresh.setdefault(offer.key, _Group(offer))
    opened = [group.whole() for group in open_now.values()]
    asking = _not_superseded([group.whole() for group in fresh.values()], opened)
    left = questions_left([*(item.asked_at for item in asked), *reported], now, zone)
    joining = tuple(group.whole() for group in joined.values())
    newer = [*asking[:left], *joining]
    return Plan(
        ask=tuple(asking[:left]),
        joined=joining,
        replaced=tuple(old for old in opened if any(one.supersedes(old) for one in newer)),
        waiting=tuple(asking[left:]),
    )


class _Group:
    """A question while others join it, one by one."""

    def __init__(self, question: Question) -> None:
        self.question = question
        self._joining: list[Question] = []
        self._channels = {rise.channel for rise in question.rises}

    def takes(self, other: Question) -> bool:
        """Tell whether another joins this one: rises within the hour, of other channels."""
        return (
            bool(self._channels)
            and abs(other.at - self.question.at) <= SAME_RISE_S
            and self._channels.isdisjoint(rise.channel for rise in other.rises)
        )

    def add(self, other: Question) -> None:
        self._joining.append(other)
        self._channels.update(rise.channel for rise in other.rises)

    def whole(self) -> Question:
        """Return the question with those that have joined it."""
        return self.question.with_rises(*self._joining) if self._joining else self.question


def _taking(offer: Question, groups: Iterable[_Group]) -> _Group | None:
    """Return the first group that an offer joins; only rises do."""
    return next((group for group in groups if group.takes(offer)), None) if offer.rises else None


def _not_superseded(asking: Sequence[Question], opened: Sequence[Question]) -> list[Question]:
    """Return the questions that no other one replaces.

    One that does is about the same first room, so hundreds of rooms need no comparison of each
    with each.
    """
    by_room: dict[tuple[str, str | None, str], list[Question]] = {}
    for one in (*asking, *opened):
        for room in one.rooms:
            by_room.setdefault((one.topic, one.pollutant, room), []).append(one)
    return [
        one
        for one in asking
        if not any(
            other.supersedes(one) for other in by_room[one.topic, one.pollutant, one.rooms[0]]
        )
    ]


def _unasked(offered: Iterable[Question], asked: Sequence[AskedQuestion]) -> list[Question]:
    """Return the offers, oldest first, one per rise, without those that were asked about."""
    known = {rise.identity for item in asked for rise in item.question.rises}
    found: list[Question] = []
    for offer in offered:
        for rise in offer.rises:
            if rise.identity not in known:
                known.add(rise.identity)
                found.append(_about(rise))
        if not offer.rises:
            found.append(offer)
    return sorted(found, key=lambda one: (one.at, one.key, [rise.pollutant for rise in one.rises]))
