"""What the flows about a room share: how they find it, and the answers that several offer."""

from abc import abstractmethod
from collections.abc import Awaitable, Callable, Mapping, Sequence
from datetime import date
from typing import Any

from homeassistant.auth.models import User
from homeassistant.components.repairs import RepairsFlow, RepairsFlowResult
from homeassistant.exceptions import ServiceValidationError
from homeassistant.helpers.selector import (
    BooleanSelector,
    DateSelector,
    SelectOptionDict,
    SelectSelector,
    SelectSelectorConfig,
    SelectSelectorMode,
)
from homeassistant.util import dt as dt_util
import voluptuous as vol

from ..const import ATTR_SUBENTRY
from ..coordinator import RoomCoordinator, loaded_rooms
from ..core.day import parse_day
from ..core.explaining.timeline import answers
from ..core.ledger.correction import exclude_days, report_change, start_over
from ..core.ledger.entries import Draft, Entry
from ..core.pollutant import Pollutant
from ..corrections import (
    Corrected,
    async_all,
    async_change,
    async_exclude_days,
    async_reset,
    async_undo,
    check_past,
    today,
)
from ..entity import card_path
from ..issues.question_store import async_answered, async_snooze
from ..storage.store import NotSavedError
from ..words.explanation import Words, set_off
from ..words.given import GivenWords
from ..words.preview import PreviewWords
from ..words.times import SERVER, Formats

FIELD_DATE = "date"
FIELD_SIMILAR = "similar"
FIELD_DAYS = "days"
FIELD_ANSWERS = "answers"

NO_FIELDS = vol.Schema({})

type UserInput = dict[str, Any] | None


def _last_page(done: str) -> Callable[[RoomRepairFlow, UserInput], Awaitable[RepairsFlowResult]]:
    """Return the step that shows what was done; the flow manager asks for one by this name."""

    async def show(flow: RoomRepairFlow, _input: UserInput = None) -> RepairsFlowResult:
        return flow.async_show_menu(step_id=done, menu_options=["undo", "close"])

    return show


class RoomRepairFlow(RepairsFlow):
    """Find the room, hide the question, start over, mark a change, exclude days.

    A page that says what an answer does leads back, and nothing is changed before it. Words are
    in `language`, None for the server's, and in `formats`. They name the rooms that `user` may
    know, None for all.
    """

    change_day: date
    similar = False
    days: tuple[date, ...] = ()
    language: str | None = None
    formats: Formats = SERVER
    user: User | None = None

    def __init__(self) -> None:
        """Start with no correction made."""
        self.made: list[tuple[RoomCoordinator, Corrected]] = []

    @abstractmethod
    async def async_step_init(self, user_input: UserInput = None) -> RepairsFlowResult:
        """Explain what is asked, and offer the answers."""

    async def async_words[W: Words](self, kind: type[W]) -> W:
        """Return words of a kind, as whoever answers reads them."""
        words = await kind.async_load(self.hass, self.language)
        words.formats = self.formats
        return words

    def find_room(self) -> RoomCoordinator | None:
        """Return the room that the issue is about, None if it is gone or not loaded."""
        return loaded_rooms(self.hass).get(str((self.data or {}).get(ATTR_SUBENTRY)))

    def pollutants(self, room: RoomCoordinator) -> list[Pollutant]:
        """Return the pollutants that an answer is about."""
        return list(room.channels)

    def suspected_day(self, room: RoomCoordinator) -> date:
        """Return the day to suggest for a change."""
        return today(room)

    def replaces(self) -> int | None:
        """Return the id of the suspected change that an answer replaces."""
        return None

    async def finish(
        self, room: RoomCoordinator, answer: Awaitable[Corrected], done: str
    ) -> RepairsFlowResult:
        """Apply an answer that concerns a room; see `finish_all`."""
        return await self.finish_all(room, [(room, answer)], done)

    async def finish_all(
        self,
        asked: RoomCoordinator,
        answers: Sequence[tuple[RoomCoordinator, Awaitable[Corrected]]],
        done: str,
    ) -> RepairsFlowResult:
        """Apply the answers of some rooms, close the question of the room that was `asked`.

        Then tell the user what was done, on a page that can undo it. A room may have changed
        since the page was opened.
        """
        try:
            await async_all(self._apply(room, answer) for room, answer in answers)
        except ServiceValidationError:
            return self.async_abort(reason="refused")
        except NotSavedError:
            async_answered(asked, self.issue_id)
            return self.async_abort(reason="not_saved")
        async_answered(asked, self.issue_id)
        return await _last_page(done)(self, None)

    async def _apply(self, room: RoomCoordinator, answer: Awaitable[Corrected]) -> None:
        self.made.append((room, await answer))

    async_step_agreed = _last_page("agreed")
    async_step_at_fault_paused = _last_page("at_fault_paused")
    async_step_change_told = _last_page("change_told")
    async_step_days_struck = _last_page("days_struck")
    async_step_kept_out = _last_page("kept_out")
    async_step_level_lifted = _last_page("level_lifted")
    async_step_started_over = _last_page("started_over")
    async_step_stopped_asking = _last_page("stopped_asking")
    async_step_withdrawn = _last_page("withdrawn")

    async def async_step_undo(self, user_input: UserInput = None) -> RepairsFlowResult:
        """Undo what was done, so that the question is asked again."""
        try:
            await async_all(
                async_undo(room, [pollutant], entry.id)
                for room, corrected in self.made
                for pollutant, entry in corrected.items()
            )
        except ServiceValidationError:
            return self.async_abort(reason="refused")
        except NotSavedError:
            return self.async_abort(reason="not_saved")
        return self.async_abort(reason="undone")

    async def async_step_close(self, user_input: UserInput = None) -> RepairsFlowResult:
        """End: everything was said."""
        return self.async_create_entry(data={})

    def with_earlier(self, room: RoomCoordinator | None, options: list[str]) -> list[str]:
        """Return the choices of a first page, with the earlier answers if there are any."""
        return [*options, "earlier"] if room is not None and self._earlier(room) else options

    def _earlier(self, room: RoomCoordinator) -> dict[str, tuple[Pollutant, Entry]]:
        """Return what was answered in a room and can be undone, newest first."""
        now = dt_util.utcnow().timestamp()
        known = [
            (pollutant, entry)
            for pollutant, channel in room.channels.items()
            for entry in answers(channel.ledger, now)
        ]
        known.sort(key=lambda pair: (pair[1].at, pair[1].id), reverse=True)
        return {f"{pollutant}_{entry.id}": (pollutant, entry) for pollutant, entry in known}

    async def async_step_earlier(self, user_input: UserInput = None) -> RepairsFlowResult:
        """List what was answered earlier, and undo what is chosen; nothing leads back."""
        room = self.find_room()
        earlier = self._earlier(room) if room is not None else {}
        if room is None or not earlier:
            return self.async_abort(reason="gone")
        if user_input is not None:
            chosen = [earlier[one] for one in user_input[FIELD_ANSWERS] if one in earlier]
            if not chosen:
                return await self.async_step_init()
            self.made = [(room, {pollutant: entry}) for pollutant, entry in chosen]
            return await self.async_step_undo()
        words = await self.async_words(GivenWords)
        options = [
            SelectOptionDict(value=key, label=words.given(pollutant, entry))
            for key, (pollutant, entry) in earlier.items()
        ]
        selector = SelectSelector(
            SelectSelectorConfig(options=options, multiple=True, mode=SelectSelectorMode.LIST)
        )
        return self.async_show_form(
            step_id="earlier",
            data_schema=vol.Schema({vol.Required(FIELD_ANSWERS, default=[]): selector}),
            description_placeholders={"page": card_path(room)},
        )

    async def async_step_not_now(self, user_input: UserInput = None) -> RepairsFlowResult:
        """Hide the question for a week."""
        if room := self.find_room():
            async_snooze(room, self.issue_id)
        return self.async_abort(reason="not_now")

    async def async_step_start_over(self, user_input: UserInput = None) -> RepairsFlowResult:
        """Tell the user what starting over does."""
        room = self.find_room()
        if room is None:
            return self.async_abort(reason="gone")
        draft = start_over(today(room).toordinal() + 1)
        return self.async_show_menu(
            step_id="start_over",
            menu_options=["start_over_now", "init"],
            description_placeholders={
                "page": card_path(room),
                "consequence": await self.consequence(
                    room, dict.fromkeys(self.pollutants(room), draft)
                ),
            },
        )

    async def async_step_start_over_now(self, user_input: UserInput = None) -> RepairsFlowResult:
        """Start over."""
        room = self.find_room()
        if room is None:
            return self.async_abort(reason="gone")
        return await self.finish(room, async_reset(room, self.pollutants(room)), "started_over")

    async def async_step_changed(self, user_input: UserInput = None) -> RepairsFlowResult:
        """Ask when the sensor or the room changed."""
        room = self.find_room()
        if room is None:
            return self.async_abort(reason="gone")
        errors: dict[str, str] = {}
        if user_input is not None:
            self.change_day = date.fromisoformat(user_input[FIELD_DATE])
            self.similar = user_input[FIELD_SIMILAR]
            errors = self.check(room, self.change_day)
            if not errors:
                return await self.async_step_changed_confirm()
        return self.async_show_form(
            step_id="changed",
            data_schema=vol.Schema(
                {
                    vol.Required(
                        FIELD_DATE, default=self.suspected_day(room).isoformat()
                    ): DateSelector(),
                    vol.Required(FIELD_SIMILAR, default=False): BooleanSelector(),
                }
            ),
            errors=errors,
        )

    async def async_step_changed_confirm(self, user_input: UserInput = None) -> RepairsFlowResult:
        """Tell the user what relearning from a day does."""
        room = self.find_room()
        if room is None:
            return self.async_abort(reason="gone")
        draft = report_change(
            self.change_day.toordinal(),
            today(room).toordinal(),
            similar=self.similar,
            replaces=self.replaces(),
        )
        return self.async_show_menu(
            step_id="changed_confirm",
            menu_options=["relearn", "changed", "init"],
            description_placeholders={
                "date": await self.said_dates(self.change_day),
                "page": card_path(room),
                "consequence": await self.consequence(
                    room, dict.fromkeys(self.pollutants(room), draft)
                ),
            },
        )

    async def async_step_relearn(self, user_input: UserInput = None) -> RepairsFlowResult:
        """Relearn from the day."""
        room = self.find_room()
        if room is None:
            return self.async_abort(reason="gone")
        change = async_change(
            room,
            self.pollutants(room),
            self.change_day,
            similar=self.similar,
            replaces=self.replaces(),
        )
        return await self.finish(room, change, "change_told")

    async def async_step_strike(self, user_input: UserInput = None) -> RepairsFlowResult:
        """Ask which days to exclude; none leads back."""
        room = self.find_room()
        if room is None:
            return self.async_abort(reason="gone")
        words = await self.async_words(PreviewWords)
        listed = words.days_to_exclude(room, dt_util.utcnow().timestamp())
        if user_input is not None:
            self.days = tuple(date.fromordinal(parse_day(day)) for day in user_input[FIELD_DAYS])
            if not self.days:
                return await self.async_step_init()
            return await self.async_step_strike_confirm()
        options = [SelectOptionDict(value=day, label=said) for day, said in listed.items()]
        return self.async_show_form(
            step_id="strike",
            data_schema=vol.Schema(
                {
                    vol.Required(FIELD_DAYS, default=[]): SelectSelector(
                        SelectSelectorConfig(
                            options=options, multiple=True, mode=SelectSelectorMode.DROPDOWN
                        )
                    )
                }
            ),
        )

    async def async_step_strike_confirm(self, user_input: UserInput = None) -> RepairsFlowResult:
        """Tell the user what excluding days does."""
        room = self.find_room()
        if room is None:
            return self.async_abort(reason="gone")
        days = sorted(day.toordinal() for day in self.days)
        return self.async_show_menu(
            step_id="strike_confirm",
            menu_options=["exclude", "strike", "init"],
            description_placeholders={
                "page": card_path(room),
                "days": await self.said_dates(*map(date.fromordinal, days)),
                "consequence": await self.consequence(
                    room, dict.fromkeys(self.pollutants(room), exclude_days(days))
                ),
            },
        )

    async def async_step_exclude(self, user_input: UserInput = None) -> RepairsFlowResult:
        """Exclude the days."""
        room = self.find_room()
        if room is None:
            return self.async_abort(reason="gone")
        exclusion = async_exclude_days(room, self.pollutants(room), self.days)
        return await self.finish(room, exclusion, "days_struck")

    def check(self, room: RoomCoordinator, day: date) -> dict[str, str]:
        """Return the error of a day that is not past or no longer kept, None if there is none."""
        try:
            check_past(room, day)
        except ServiceValidationError as error:
            return {FIELD_DATE: str(error.translation_key)}
        return {}

    async def consequence(
        self,
        room: RoomCoordinator,
        drafts: Mapping[Pollutant, Draft],
        *,
        paused: bool = False,
    ) -> str:
        """Return the sentences about what an answer would leave, set off."""
        words = await self.async_words(PreviewWords)
        now = dt_util.utcnow().timestamp()
        return set_off(words.consequence(room, drafts, now, paused=paused))

    async def said_dates(self, *days: date) -> str:
        """Return dates as people say them."""
        words = await self.async_words(PreviewWords)
        return ", ".join(words.date(day.isoformat()) for day in days)
