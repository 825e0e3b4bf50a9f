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

from .day import locate
from .ledger.episode import Episode
from .other_rooms import SAME_RISE_S
from .pollutant import Pollutant

QUESTIONS_A_DAY = 3  # In a home, from 04:00 to 04:00. By judgement: more would not be read.


class Topic(StrEnum):
    """What a home can be asked about."""

    RANGE_LEARNED = "range_learned"
    UNUSUAL_EPISODE = "unusual_episode"
    CHANGE_SUSPECTED = "change_suspected"


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
    a suspected change) are its identity, with `pollutant` where it is about one channel. `at` is
    the POSIX time at which it became true. `rises` are the episodes it is about, oldest first.
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

    def takes(self, other: Question) -> bool:
        """Tell whether another joins this one: rises within the hour, of other channels."""
        channels = {rise.channel for rise in self.rises}
        return (
            bool(self.rises and other.rises)
            and abs(other.at - self.at) <= SAME_RISE_S
            and channels.isdisjoint(rise.channel for rise in other.rises)
        )

    def with_rises(self, other: Question) -> Question:
        """Return the question with the rises of another added to its own."""
        rises = sorted([*self.rises, *other.rises], key=lambda rise: (rise.episode, *rise.channel))
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
    return max(QUESTIONS_A_DAY - sum(locate(at, zone)[0] == today for at in asked_at), 0)


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
    open_now = {item.question.key: item.question for item in asked if not item.answered}
    joined: dict[tuple[str, ...], Question] = {}
    fresh: list[Question] = []
    known = {item.question.key for item in asked}
    for offer in _unasked(offered, asked):
        taking = next((one for one in open_now.values() if one.takes(offer)), None)
        if taking is not None:
            open_now[taking.key] = joined[taking.key] = taking.with_rises(offer)
        elif offer.key not in known:
            _gather(offer, fresh)
    current = [*fresh, *open_now.values()]
    fresh = [one for one in fresh if not any(other.supersedes(one) for other in current)]
    left = questions_left([*(item.asked_at for item in asked), *reported], now, zone)
    newer = [*fresh[:left], *joined.values()]
    return Plan(
        ask=tuple(fresh[:left]),
        joined=tuple(joined.values()),
        replaced=tuple(
            old for old in open_now.values() if any(one.supersedes(old) for one in newer)
        ),
        waiting=tuple(fresh[left:]),
    )


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


def _gather(offer: Question, fresh: list[Question]) -> None:
    """Add a question to those to ask, or its rises to an earlier one that takes them."""
    for index, question in enumerate(fresh):
        if question.takes(offer):
            fresh[index] = question.with_rises(offer)
            return
        if question.key == offer.key:
            return
    fresh.append(offer)
