"""Which statements of a home deserve a question, from when to when.

Together with `core.home`: what rises together is one question, a newer one takes the place of
an older one, and at most three new ones come a day.
"""

from collections.abc import Container, Iterable, Mapping
from dataclasses import replace
from functools import partial

from homeassistant.core import CALLBACK_TYPE, HomeAssistant, callback
from homeassistant.util import dt as dt_util

from ..coordinator import RoomCoordinator
from ..core.codes import LearningState
from ..core.day import DAY_S, locate
from ..core.event import Event, EventKind
from ..core.explaining.explain import suspected_change
from ..core.pollutant import Pollutant
from ..core.questions import QUESTIONS_A_DAY, Plan, Question, Topic, about_episode, plan
from .question_store import (
    all_asked,
    as_asked,
    async_hide,
    async_show,
    ignored,
    issue_id_of,
    keep,
    sources_reported,
)

OPEN_DAYS = 14  # Days after which an unanswered question closes, by judgement.
FORGET_DAYS = 90  # Days after which a closed question is forgotten, by judgement.

_LEARNING = frozenset({LearningState.COLLECTING, LearningState.PROVISIONAL})


class Questions:
    """The questions of a home."""

    def __init__(self, hass: HomeAssistant, rooms: Mapping[str, RoomCoordinator]) -> None:
        """Take the questions asked before from the rooms' store."""
        self._hass = hass
        self._rooms = rooms

    @callback
    def async_start(self) -> list[CALLBACK_TYPE]:
        """Listen to the rooms, and ask again what is still open; return what ends that."""
        offered: list[Question] = []
        unsubscribes: list[CALLBACK_TYPE] = []
        for room_id, room in self._rooms.items():
            happened = partial(self._async_happened, room_id)
            unsubscribes.append(room.async_add_event_listener(happened))
            offered += [
                about_episode(room_id, pollutant, channel.episode_watch.current)
                for pollutant, channel in room.channels.items()
                if channel.episode_watch.current is not None
            ]
        self._async_ask(offered)
        return unsubscribes

    @callback
    def async_review(self, rooms: Iterable[str]) -> None:
        """Show what is open, hide what is over, ask what has waited or is new in some rooms."""
        now = dt_util.utcnow().timestamp()
        for room, issue_id, kept, question in all_asked(self._rooms):
            over = kept["answered"] or self._too_old(question, now)
            if over or not self._still_true(question, now):
                async_hide(self._hass, issue_id)
                if now - kept["at"] > FORGET_DAYS * DAY_S:
                    del room.stored.asked[issue_id]
            elif kept["asked_at"] is not None and now >= kept.get("hidden_until", 0.0):
                self._async_show(room, issue_id, question)
        self._async_ask(self._suspicions(rooms, now))

    @callback
    def async_hand_over(self, gone: Container[str]) -> None:
        """Keep with another of its rooms what was asked first of one that is gone."""
        there = [room_id for room_id in self._rooms if room_id not in gone]
        for _, issue_id, kept, question in all_asked(self._rooms):
            left = question.within(there)
            if question.room in gone and left is not None:
                over = kept["answered"] or ignored(self._hass, issue_id)
                self._rooms[left.room].stored.asked[issue_id_of(left)] = keep(
                    left, kept["asked_at"], {**kept, "answered": over}
                )

    @callback
    def _async_happened(self, room_id: str, pollutant: Pollutant, event: Event) -> None:
        if event.kind is EventKind.RANGE_LEARNED:
            self._async_ask(self._range(room_id, event.at))
        if event.kind is EventKind.UNUSUAL_STARTED and event.episode is not None:
            self._async_ask([about_episode(room_id, pollutant, event.episode)])

    def _range(self, room_id: str, at: float) -> list[Question]:
        """Return the range of a room, once no channel is still on its way to a first one."""
        channels = self._rooms[room_id].channels.values()
        if any(channel.state(at) in _LEARNING for channel in channels):
            return []
        epoch = max(channel.ledger.change_day for channel in channels)
        return [Question(topic=Topic.RANGE_LEARNED, room=room_id, epoch=epoch, at=at)]

    def _suspicions(self, rooms: Iterable[str], now: float) -> list[Question]:
        """Return the changes that are suspected in some rooms now."""
        return [
            Question(
                topic=Topic.CHANGE_SUSPECTED,
                room=room_id,
                pollutant=pollutant,
                epoch=change.correction.from_day,
                at=change.at,
            )
            for room_id, room in ((room_id, self._rooms[room_id]) for room_id in rooms)
            if room.last_update_success
            for pollutant, channel in room.channels.items()
            if channel.state(now) is LearningState.CHANGING
            and (change := suspected_change(channel)) is not None
        ]

    @callback
    def _async_ask(self, offered: Iterable[Question]) -> None:
        """Ask what is new, as the core plans it; what must wait is kept beside what was asked."""
        now = dt_util.utcnow().timestamp()
        known = list(all_asked(self._rooms))
        waiting = [one for _, _, kept, one in known if kept["asked_at"] is None]
        before = {issue_id: kept for _, issue_id, kept, _ in known}
        fresh = [
            one
            for one in (*waiting, *offered)
            if self._still_true(one, now) and not self._too_old(one, now)
        ]
        if not fresh and not waiting:
            return
        asked = [
            as_asked(self._hass, issue_id, kept, one)
            for _, issue_id, kept, one in known
            if kept["asked_at"] is not None
        ]
        planned = plan(fresh, asked, now, dt_util.get_default_time_zone())
        for one in waiting:
            self._rooms[one.room].stored.asked.pop(issue_id_of(one), None)
        self._async_carry_out(planned, before, now)

    @callback
    def _async_carry_out(
        self, planned: Plan, before: Mapping[str, Mapping[str, object]], now: float
    ) -> None:
        free = max(QUESTIONS_A_DAY - self.new_today(now), 0)
        for number, one in enumerate([*planned.ask, *planned.waiting]):
            self._async_keep(one, now if number < min(free, len(planned.ask)) else None, before)
        for one in planned.joined:
            self._async_keep(one, 0.0, before)
        newer = [*planned.ask[:free], *planned.joined]
        for old in planned.replaced:
            if any(one.supersedes(old) for one in newer):
                self._rooms[old.room].stored.asked[issue_id_of(old)]["answered"] = True
                async_hide(self._hass, issue_id_of(old))
        for room in self._rooms.values():
            room.async_schedule_save()

    @callback
    def _async_keep(
        self,
        question: Question,
        asked_at: float | None,
        before: Mapping[str, Mapping[str, object]],
    ) -> None:
        room, issue_id = self._rooms[question.room], issue_id_of(question)
        known = before.get(issue_id, {})
        when = known.get("asked_at") or asked_at
        room.stored.asked[issue_id] = keep(
            question, when if isinstance(when, float) else None, known
        )
        now = dt_util.utcnow().timestamp()
        if when is not None and now >= room.stored.asked[issue_id].get("hidden_until", 0.0):
            self._async_show(room, issue_id, question)

    @callback
    def _async_show(self, room: RoomCoordinator, issue_id: str, question: Question) -> None:
        left = self._still_open(question)
        names = ", ".join(self._rooms[other].subentry.title for other in left.rooms)
        async_show(room, issue_id, left, names)

    def new_today(self, now: float) -> int:
        """Return how much was asked or told since 04:00, sources included."""
        zone = dt_util.get_default_time_zone()
        today = locate(now, zone)[0]
        asked = sum(
            kept["asked_at"] is not None and locate(kept["asked_at"], zone)[0] == today
            for _, _, kept, _ in all_asked(self._rooms)
        )
        return asked + sources_reported(self._rooms, now)

    def _too_old(self, question: Question, now: float) -> bool:
        lasts = question.topic is Topic.CHANGE_SUSPECTED  # As long as the doubt does.
        return not lasts and now - question.at > OPEN_DAYS * DAY_S

    def _still_true(self, question: Question, now: float) -> bool:
        """Tell whether a statement still holds, and may be asked about."""
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
        if channel is None or channel.state(now) is not LearningState.CHANGING:
            return False
        change = suspected_change(channel)
        return change is not None and change.correction.from_day == question.epoch

    def _still_open(self, question: Question) -> Question:
        """Return a statement with those rises alone that it still asks about."""
        rises = [
            rise
            for rise in question.rises
            if rise.room in self._rooms
            and _open(self._rooms[rise.room], rise.pollutant, rise.episode)
        ]
        return replace(question, rises=tuple(rises))


def _open(room: RoomCoordinator, pollutant: Pollutant, episode_id: int) -> bool:
    """Tell whether an episode still counts, was not answered, and may be asked about."""
    channel = room.channels.get(pollutant)
    if channel is None or not channel.ledger.asks(episodes=True):
        return False
    return channel.ledger.correction_of(episode_id) is None and any(
        episode.id == episode_id and episode.day >= channel.ledger.epoch_day
        for episode in channel.episodes
    )
