"""The flows about inferences: a range, an episode, a suspected change."""

import asyncio
from collections.abc import Mapping
from datetime import date
from typing import override

from homeassistant.components.repairs import RepairsFlowResult
from homeassistant.helpers.selector import DateSelector
from homeassistant.util import dt as dt_util
import voluptuous as vol

from ..const import ATTR_QUANTITY
from ..coordinator import RoomCoordinator, loaded_rooms
from ..core.explaining.explain import suspected_change
from ..core.explaining.explanation import Subject
from ..core.ledger.correction import episode_real, exclude_days
from ..core.ledger.entries import Change, Entry
from ..core.ledger.episode import Episode
from ..core.pollutant import Pollutant
from ..corrections import (
    async_agree,
    async_answer,
    async_at_fault,
    async_season,
    async_stop_asking,
    today,
)
from ..entity import card_path
from ..issues.question_store import ATTR_EPOCH, rises_of, unanswered_episode
from ..permissions import room_names
from ..words.explanation import Explained, Page, Words, async_page, history_link, set_off
from ..words.preview import PreviewWords
from .room_flow import FIELD_DATE, RoomRepairFlow, UserInput


class RangeLearnedFlow(RoomRepairFlow):
    """A range was learned: does it look right?"""

    async def async_step_init(self, user_input: UserInput = None) -> RepairsFlowResult:
        """Explain the range and offer the answers."""
        room = self.find_room()
        if room is None:
            return self.async_abort(reason="gone")
        page = await _async_page(
            self, [(room, pollutant, None) for pollutant in room.channels], Subject.RANGE
        )
        return self.async_show_menu(
            step_id="init",
            menu_options=self.with_earlier(
                room, ["looks_right", "something_off", "not_now", "stop_asking"]
            ),
            description_placeholders={"page": card_path(room), **page.set_off()},
        )

    async def async_step_looks_right(self, user_input: UserInput = None) -> RepairsFlowResult:
        """Record the answer as an entry; nothing else changes."""
        room = self.find_room()
        if room is None:
            return self.async_abort(reason="gone")
        return await self.finish(room, async_agree(room), "agreed")

    async def async_step_something_off(self, user_input: UserInput = None) -> RepairsFlowResult:
        """Offer the reasons why a range can be wrong."""
        room = self.find_room()
        if room is None:
            return self.async_abort(reason="gone")
        return self.async_show_menu(
            step_id="something_off",
            menu_options=["changed", "strike", "start_over", "init"],
        )

    async def async_step_stop_asking(self, user_input: UserInput = None) -> RepairsFlowResult:
        """Stop asking about the ranges of this room."""
        room = self.find_room()
        if room is None:
            return self.async_abort(reason="gone")
        return await self.finish(room, async_stop_asking(room), "stopped_asking")


class UnusualEpisodeFlow(RoomRepairFlow):
    """An episode began, in one room or in several at a time: what was it?"""

    async def async_step_init(self, user_input: UserInput = None) -> RepairsFlowResult:
        """Explain the episode and offer the answers."""
        targets = self.targets()
        if not targets:
            return self.async_abort(reason="gone")
        page = await _async_page(self, targets, Subject.EPISODE)
        first = self.find_room()  # Answers that are not about the episodes are about this room.
        return self.async_show_menu(
            step_id="init",
            menu_options=self.with_earlier(
                first,
                ["real", "normal", "changed", "start_over", "not_now", "stop_asking"]
                if all(room is first for room, _, _ in targets)
                else ["real", "normal", "not_now", "stop_asking"],
            ),
            description_placeholders={
                "history": history_link(targets, dt_util.utcnow().timestamp()),
                "page": card_path(targets[0][0]),
                **page.set_off(),
            },
        )

    async def async_step_real(self, user_input: UserInput = None) -> RepairsFlowResult:
        """Tell the user which hours will be excluded."""
        targets = self.targets()
        if not targets:
            return self.async_abort(reason="gone")
        words = await self.async_words(PreviewWords)
        now = dt_util.utcnow().timestamp()
        return self.async_show_menu(
            step_id="real",
            menu_options=["keep_out", "init"],
            description_placeholders={
                "page": card_path(targets[0][0]),
                "preview": set_off(await words.async_leaving(targets, now)),
                "consequence": set_off(await _async_left(words, targets, now)),
            },
        )

    async def async_step_keep_out(self, user_input: UserInput = None) -> RepairsFlowResult:
        """Exclude the hours."""
        return await self._answer("kept_out", normal=False)

    async def async_step_normal(self, user_input: UserInput = None) -> RepairsFlowResult:
        """Tell the user the new alert level and until when."""
        targets = self.targets()
        if not targets:
            return self.async_abort(reason="gone")
        words = await self.async_words(PreviewWords)
        return self.async_show_menu(
            step_id="normal",
            menu_options=["lift_level", "init"],
            description_placeholders={
                "page": card_path(targets[0][0]),
                "preview": set_off(await words.async_lifts(targets, dt_util.utcnow().timestamp())),
            },
        )

    async def async_step_lift_level(self, user_input: UserInput = None) -> RepairsFlowResult:
        """Set the new alert level."""
        return await self._answer("level_lifted", normal=True)

    async def _answer(self, done: str, *, normal: bool) -> RepairsFlowResult:
        targets = self.targets()
        if not targets:
            return self.async_abort(reason="gone")
        answers = [
            (room, async_answer(room, episodes, normal=normal))
            for room, episodes in _by_room(targets)
        ]
        return await self.finish_all(self.find_room() or targets[0][0], answers, done)

    async def async_step_stop_asking(self, user_input: UserInput = None) -> RepairsFlowResult:
        """Stop asking about the episodes of these rooms."""
        targets = self.targets()
        if not targets:
            return self.async_abort(reason="gone")
        stops = [
            (room, async_stop_asking(room, episode=min(one.id for one in episodes.values())))
            for room, episodes in _by_room(targets)
        ]
        return await self.finish_all(self.find_room() or targets[0][0], stops, "stopped_asking")

    def targets(self) -> list[Explained]:
        """Return the episodes of the issue that exist and are not answered."""
        rooms = loaded_rooms(self.hass)
        return [
            (room, rise.pollutant, episode)
            for rise in rises_of(self.data)
            if (room := rooms.get(rise.room)) is not None
            and (episode := unanswered_episode(room, rise)) is not None
        ]


class ChangeSuspectedFlow(RoomRepairFlow):
    """Something seems to have changed for good: what was it?"""

    fault_day: date

    async def async_step_init(self, user_input: UserInput = None) -> RepairsFlowResult:
        """Explain the suspected change and offer the answers."""
        room, change = self.find_room(), self.find_change()
        if room is None or change is None:
            return self.async_abort(reason="gone")
        page = await _async_page(
            self,
            [(room, pollutant, None) for pollutant in self.pollutants(room)],
            Subject.CHANGE,
        )
        return self.async_show_menu(
            step_id="init",
            menu_options=self.with_earlier(room, ["changed", "season", "at_fault", "not_now"]),
            description_placeholders={"page": card_path(room), **page.set_off()},
        )

    async def async_step_season(self, user_input: UserInput = None) -> RepairsFlowResult:
        """Tell the user what "It is seasonal" does."""
        if self.find_room() is None or self.find_change() is None:
            return self.async_abort(reason="gone")
        return self.async_show_menu(step_id="season", menu_options=["dismiss", "init"])

    async def async_step_dismiss(self, user_input: UserInput = None) -> RepairsFlowResult:
        """Dismiss the suspected change."""
        room, change = self.find_room(), self.find_change()
        if room is None or change is None:
            return self.async_abort(reason="gone")
        (pollutant,) = self.pollutants(room)
        return await self.finish(room, async_season(room, pollutant, change.id), "withdrawn")

    async def async_step_at_fault(self, user_input: UserInput = None) -> RepairsFlowResult:
        """Ask since when the sensor has been faulty."""
        room, change = self.find_room(), self.find_change()
        if room is None or change is None:
            return self.async_abort(reason="gone")
        errors: dict[str, str] = {}
        if user_input is not None:
            self.fault_day = date.fromisoformat(user_input[FIELD_DATE])
            errors = self.check(room, self.fault_day)
            if not errors:
                return await self.async_step_at_fault_confirm()
        return self.async_show_form(
            step_id="at_fault",
            data_schema=vol.Schema(
                {
                    vol.Required(
                        FIELD_DATE, default=self.suspected_day(room).isoformat()
                    ): DateSelector()
                }
            ),
            errors=errors,
        )

    async def async_step_at_fault_confirm(self, user_input: UserInput = None) -> RepairsFlowResult:
        """Tell the user which days are excluded and that learning pauses."""
        room, change = self.find_room(), self.find_change()
        if room is None or change is None:
            return self.async_abort(reason="gone")
        (pollutant,) = self.pollutants(room)
        days = range(self.fault_day.toordinal(), today(room).toordinal() + 1)
        draft = exclude_days(days, replaces=change.id)
        return self.async_show_menu(
            step_id="at_fault_confirm",
            menu_options=["exclude_and_pause", "at_fault", "init"],
            description_placeholders={
                "page": card_path(room),
                "date": await self.said_dates(self.fault_day),
                "consequence": await self.consequence(room, {pollutant: draft}, paused=True),
            },
        )

    async def async_step_exclude_and_pause(self, user_input: UserInput = None) -> RepairsFlowResult:
        """Exclude the days and pause."""
        room, change = self.find_room(), self.find_change()
        if room is None or change is None:
            return self.async_abort(reason="gone")
        (pollutant,) = self.pollutants(room)
        answer = async_at_fault(room, pollutant, self.fault_day, change.id)
        return await self.finish(room, answer, "at_fault_paused")

    @override
    def pollutants(self, room: RoomCoordinator) -> list[Pollutant]:
        """Return the quantity that the issue is about."""
        return _of_issue(self.data, room)

    @override
    def suspected_day(self, room: RoomCoordinator) -> date:
        """Return the day from which the change is suspected."""
        change = self.find_change()
        return date.fromordinal(change.correction.from_day) if change else today(room)

    @override
    def replaces(self) -> int | None:
        """Return the id of the suspected change."""
        change = self.find_change()
        return change.id if change else None

    def find_change(self) -> Entry[Change] | None:
        """Return the change that the issue is about, None if it is no longer suspected."""
        room = self.find_room()
        changes = (
            [suspected_change(room.channels[pollutant]) for pollutant in self.pollutants(room)]
            if room
            else []
        )
        epoch = (self.data or {}).get(ATTR_EPOCH)
        return next((one for one in changes if one and one.correction.from_day == epoch), None)


class SlowChangeFlow(RoomRepairFlow):
    """The air is unlike that of last year: the sensor, the season or the room?"""

    async def async_step_init(self, user_input: UserInput = None) -> RepairsFlowResult:
        """Say how the weeks compare, and offer the answers."""
        room = self.find_room()
        if room is None or not self.pollutants(room):
            return self.async_abort(reason="gone")
        targets: list[Explained] = [(room, pollutant, None) for pollutant in self.pollutants(room)]
        page = await _async_page(self, targets, Subject.CREEP)
        return self.async_show_menu(
            step_id="init",
            menu_options=self.with_earlier(room, ["fine", "changed", "not_now", "stop_asking"]),
            description_placeholders={"page": card_path(room), **page.set_off()},
        )

    async def async_step_fine(self, user_input: UserInput = None) -> RepairsFlowResult:
        """Record that the room or the season explains it; nothing else changes."""
        room = self.find_room()
        if room is None:
            return self.async_abort(reason="gone")
        return await self.finish(room, async_agree(room), "agreed")

    async def async_step_stop_asking(self, user_input: UserInput = None) -> RepairsFlowResult:
        """Stop asking about the ranges of this room."""
        room = self.find_room()
        if room is None:
            return self.async_abort(reason="gone")
        return await self.finish(room, async_stop_asking(room), "stopped_asking")

    @override
    def pollutants(self, room: RoomCoordinator) -> list[Pollutant]:
        """Return the quantity that the issue is about."""
        return _of_issue(self.data, room)


def _of_issue(data: Mapping[str, object] | None, room: RoomCoordinator) -> list[Pollutant]:
    """Return the quantity of a room that an issue is about."""
    pollutant = Pollutant(str((data or {}).get(ATTR_QUANTITY)))
    return [pollutant] if pollutant in room.channels else []


def _by_room(targets: list[Explained]) -> list[tuple[RoomCoordinator, dict[Pollutant, Episode]]]:
    """Return the episodes of each room."""
    found: dict[str, tuple[RoomCoordinator, dict[Pollutant, Episode]]] = {}
    for room, kind, episode in targets:
        if episode is not None:
            found.setdefault(room.subentry.subentry_id, (room, {}))[1][kind] = episode
    return list(found.values())


async def _async_page(flow: RoomRepairFlow, targets: list[Explained], subject: Subject) -> Page:
    """Return the explanation as one page, for whoever reads it."""
    names = room_names(targets[0][0], flow.user, targets[0][0].config_entry.subentries)
    words = await flow.async_words(Words)
    return await async_page(flow.hass, targets, names, subject, words)


async def _async_left(words: PreviewWords, targets: list[Explained], now: float) -> str:
    """Return what "it was real" would leave in each room."""
    rooms = _by_room(targets)
    zone = dt_util.get_default_time_zone()
    lines = []
    for room, episodes in rooms:
        drafts = {pollutant: episode_real(one, now, zone) for pollutant, one in episodes.items()}
        lines.append(words.consequence(room, drafts, now, named=len(rooms) > 1))
        await asyncio.sleep(0)
    return "\n".join(lines)
