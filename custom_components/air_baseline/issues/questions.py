"""Ask the questions of a home that `core.questions` plans, and close those that are over."""

import asyncio
from collections.abc import Collection, Iterable, Mapping
from dataclasses import replace
from functools import partial
from itertools import batched

from homeassistant.core import CALLBACK_TYPE, HomeAssistant, callback
from homeassistant.util import dt as dt_util

from ..coordinator import RoomCoordinator
from ..core.channel import Channel
from ..core.codes import LearningState
from ..core.day import DAY_S, day_start
from ..core.event import Event, EventKind
from ..core.explaining.explain import suspected_change
from ..core.ledger.entries import (
    Cause,
    Correction,
    Entry,
    EpisodeNormal,
    EpisodeReal,
    LooksRight,
    StopAsking,
)
from ..core.pollutant import Pollutant
from ..core.questions import Plan, Question, Rise, Topic, about_episode, plan, questions_left
from ..storage.question_record import QuestionRecord
from .question_store import (
    all_questions,
    as_asked,
    asked_or_reported_at,
    async_hide,
    async_show,
    is_over,
    issue_id_of,
    record_of,
    reported_at,
    unanswered_episode,
)

OPEN_DAYS = 14  # Days after which an unanswered question closes, by judgement.
FORGET_DAYS = 90  # Days after which a closed question is forgotten, by judgement.
BATCH = 25  # Rooms looked at in one go. By judgement: a few milliseconds of the event loop.
LISTED_ROOMS = 12  # Rooms named in a title. By judgement: more would not be read.

_LEARNING = frozenset({LearningState.COLLECTING, LearningState.PROVISIONAL})


class Questions:
    """The questions of a home."""

    def __init__(self, hass: HomeAssistant, rooms: Mapping[str, RoomCoordinator]) -> None:
        """Take the questions asked before from the rooms' store."""
        self._hass = hass
        self._rooms = rooms
        self._offered: list[Question] = []  # What has happened since the last review.

    @callback
    def async_follow(self) -> list[CALLBACK_TYPE]:
        """Listen to the rooms, and note what was missed; return what ends that."""
        unsubscribes: list[CALLBACK_TYPE] = []
        for room_id, room in self._rooms.items():
            happened = partial(self._async_happened, room_id)
            unsubscribes.append(room.async_add_event_listener(happened))
            self._offered += [
                about_episode(room_id, pollutant, channel.episode_watch.current)
                for pollutant, channel in room.channels.items()
                if channel.episode_watch.current is not None
            ]
        return unsubscribes

    async def async_review(self, rooms: Collection[str]) -> None:
        """Show open questions, hide those that are over, ask waiting and new ones.

        Other tasks can run in between: a home can have thousands of questions.
        """
        suspected: list[Question] = []
        for batch in batched(tuple(rooms), BATCH, strict=False):
            suspected += self._suspicions(batch)
            await asyncio.sleep(0)
        for room_id in tuple(rooms):  # What the year says takes milliseconds, once a day.
            suspected += self._creeps(room_id)
            await asyncio.sleep(0)
        for batch in batched(tuple(self._rooms), BATCH, strict=False):
            for room_id in batch:
                self._async_review_room(room_id)
            await asyncio.sleep(0)
        offered, self._offered = self._offered, []
        known = self._rooms.keys()
        self._async_ask([one for one in (*offered, *suspected) if one.room in known])

    @callback
    def _async_review_room(self, room_id: str) -> None:
        """Show the open questions of a room, and hide those that are over."""
        now = dt_util.utcnow().timestamp()
        room = self._rooms.get(room_id)
        if room is None:
            return
        clock = room.config_entry.runtime_data.clock
        for record, question in all_questions({room_id: room}):
            over = record.answered or self._too_old(question, now)
            if over or not self._still_true(question, now):
                async_hide(self._hass, issue_id_of(question))
                if now - clock.slack_s - record.at > FORGET_DAYS * DAY_S:
                    del self._records(question.room)[issue_id_of(question)]
            else:
                self._async_show(record, question, now)

    @callback
    def async_hand_over(self, gone: Mapping[str, RoomCoordinator]) -> None:
        """Move the questions of rooms that are gone to another of their rooms."""
        for record, question in all_questions(gone):
            left = question.within(list(self._rooms))
            if left is not None:
                known = replace(record, answered=is_over(self._hass, record, question))
                self._records(left.room)[issue_id_of(left)] = record_of(
                    left, record.asked_at, known
                )

    def questions_left(self, now: float) -> int:
        """Return how many more may be asked or reported today."""
        return questions_left(
            asked_or_reported_at(self._rooms), now, dt_util.get_default_time_zone()
        )

    @callback
    def _async_happened(self, room_id: str, pollutant: Pollutant, event: Event) -> None:
        if event.kind is EventKind.RANGE_LEARNED:
            self._offered += self._range(room_id, event.at)
        if event.kind is EventKind.UNUSUAL_STARTED and event.episode is not None:
            self._offered.append(about_episode(room_id, pollutant, event.episode))
        if event.kind is EventKind.UNDONE and event.correction is not None:
            self._async_open_again(room_id, pollutant, event.correction)

    @callback
    def _async_open_again(self, room_id: str, pollutant: Pollutant, undone: Entry) -> None:
        """Ask again what an undone answer had answered; the next review shows it."""
        for record, question in all_questions(self._rooms):
            if record.answered and _is_answered_by(question, room_id, pollutant, undone.correction):
                self._records(question.room)[issue_id_of(question)] = replace(
                    record, answered=False
                )

    def _range(self, room_id: str, at: float) -> list[Question]:
        """Return the question about a range, once no channel waits for its first one."""
        channels = self._rooms[room_id].channels.values()
        if any(channel.state(at) in _LEARNING for channel in channels):
            return []
        epoch = max(channel.ledger.change_day for channel in channels)
        return [Question(topic=Topic.RANGE_LEARNED, room=room_id, epoch=epoch, at=at)]

    def _suspicions(self, rooms: Iterable[str]) -> list[Question]:
        """Return the questions about the changes that are suspected in some rooms now."""
        return [
            Question(
                topic=Topic.CHANGE_SUSPECTED,
                room=room_id,
                pollutant=pollutant,
                epoch=change.correction.from_day,
                at=change.at,
            )
            for room_id in rooms
            if (room := self._rooms.get(room_id)) is not None and room.last_update_success
            for pollutant, channel in room.channels.items()
            if (change := suspected_change(channel)) is not None
            and change.correction.cause is not Cause.TIME_ZONE  # Its owner changed it.
        ]

    def _creeps(self, room_id: str) -> list[Question]:
        """Return the questions about channels of a room that are unlike last year."""
        zone, room = dt_util.get_default_time_zone(), self._rooms.get(room_id)
        if room is None or not room.last_update_success:
            return []
        return [
            Question(
                topic=Topic.SLOW_CHANGE,
                room=room_id,
                pollutant=pollutant,
                epoch=creep.season_day,
                at=day_start(creep.last_day + 1, zone),
            )
            for pollutant, channel in room.channels.items()
            if (creep := channel.year_says.creep) is not None
        ]

    @callback
    def _async_ask(self, offered: Iterable[Question]) -> None:
        """Ask what is new, as the core plans it, and keep a record of what has to wait."""
        now = dt_util.utcnow().timestamp()
        known = list(all_questions(self._rooms))
        waiting = [question for record, question in known if record.asked_at is None]
        fresh = [
            one
            for one in (*waiting, *offered)
            if self._still_true(one, now) and not self._too_old(one, now)
        ]
        if not fresh and not waiting:
            return
        planned = plan(
            fresh,
            as_asked(self._hass, known),
            now,
            dt_util.get_default_time_zone(),
            reported=reported_at(self._rooms),
        )
        for one in waiting:
            del self._records(one.room)[issue_id_of(one)]
        self._async_carry_out(planned, {one.key: record for record, one in known}, now)

    @callback
    def _async_carry_out(
        self, planned: Plan, known: Mapping[tuple[str, ...], QuestionRecord], now: float
    ) -> None:
        for one in planned.ask:
            self._async_keep(one, record_of(one, now, known.get(one.key)), now)
        for one in planned.waiting:
            self._async_keep(one, record_of(one, None, known.get(one.key)), now)
        for one in planned.joined:
            self._async_keep(one, record_of(one, known[one.key].asked_at, known[one.key]), now)
        for one in planned.replaced:
            records, issue_id = self._records(one.room), issue_id_of(one)
            records[issue_id] = replace(records[issue_id], answered=True)
            async_hide(self._hass, issue_id)
        for room in tuple(self._rooms.values())[:1]:
            room.async_schedule_save()  # It saves all rooms.

    @callback
    def _async_keep(self, question: Question, record: QuestionRecord, now: float) -> None:
        self._records(question.room)[issue_id_of(question)] = record
        self._async_show(record, question, now)

    @callback
    def _async_show(self, record: QuestionRecord, question: Question, now: float) -> None:
        """Show a question unless it waits or is hidden."""
        if record.is_shown_at(now):
            left = self._still_open(question)
            titles = [self._rooms[other].subentry.title for other in left.rooms[:LISTED_ROOMS]]
            names = ", ".join([*titles, *(["…"] if len(left.rooms) > LISTED_ROOMS else [])])
            async_show(self._rooms[question.room], issue_id_of(question), left, names)

    def _records(self, room_id: str) -> dict[str, QuestionRecord]:
        """Return the records of a room by issue id."""
        return self._rooms[room_id].stored.question_records

    def _too_old(self, question: Question, now: float) -> bool:
        return now - question.at > OPEN_DAYS * DAY_S

    def _still_true(self, question: Question, now: float) -> bool:
        """Tell whether what a question is about still holds and the user wants to be asked."""
        channels = self._rooms[question.room].channels
        if question.topic is Topic.UNUSUAL_EPISODE:
            return bool(self._still_open(question).rises)
        if question.topic is Topic.RANGE_LEARNED:
            learned = any(
                channel.state(now) is LearningState.LEARNED for channel in channels.values()
            )
            return learned and all(
                channel.ledger.asks(episodes=False) for channel in channels.values()
            )
        channel = channels.get(question.pollutant) if question.pollutant else None
        if question.topic is Topic.SLOW_CHANGE:
            return channel is not None and _creeps_still(channel, question)
        change = suspected_change(channel) if channel else None
        return change is not None and change.correction.from_day == question.epoch

    def _still_open(self, question: Question) -> Question:
        """Return a question with only those rises that it still asks about."""
        rises = tuple(rise for rise in question.rises if self._is_open(rise))
        return replace(question, rises=rises)

    def _is_open(self, rise: Rise) -> bool:
        """Tell whether an episode counts, was not answered, and the user wants to be asked."""
        room = self._rooms.get(rise.room)
        episode = unanswered_episode(room, rise) if room else None
        if room is None or episode is None:
            return False
        ledger = room.channels[rise.pollutant].ledger
        return ledger.asks(episodes=True) and episode.day >= ledger.epoch_day


def _creeps_still(channel: Channel, question: Question) -> bool:
    """Tell whether a creep still holds, and the user wants to be asked."""
    creep = channel.year_says.creep
    same = creep is not None and creep.season_day == question.epoch
    return same and channel.ledger.asks(episodes=False)


def _is_answered_by(
    question: Question, room_id: str, pollutant: Pollutant, answer: Correction
) -> bool:
    """Tell whether a correction of a channel is an answer to a question."""
    match answer:
        case EpisodeReal() | EpisodeNormal():
            rise = Rise(room=room_id, pollutant=pollutant, episode=answer.episode)
            return rise in question.rises
        case StopAsking() if answer.episode is not None:
            return any(rise.channel == (room_id, pollutant) for rise in question.rises)
        case LooksRight() | StopAsking():
            about = question.topic in (Topic.RANGE_LEARNED, Topic.SLOW_CHANGE)
            return about and question.room == room_id
    suspected = question.topic is Topic.CHANGE_SUSPECTED and answer.withdraws
    return suspected and (question.room, question.pollutant) == (room_id, pollutant)
