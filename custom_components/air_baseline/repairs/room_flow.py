"""What the flows about a room share: how they find it, and the answers that several offer."""

from collections.abc import Awaitable, Mapping
from datetime import date
from typing import Any

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
from ..core.day import iso_day, parse_day
from ..core.ledger.correction import exclude_days, report_change, start_over
from ..core.ledger.entries import Draft
from ..core.pollutant import Pollutant
from ..corrections import async_change, async_exclude_days, async_reset, check_past, today
from ..issues.question_store import async_answered, async_snooze
from ..storage.store import NotSavedError
from ..words.preview import PreviewWords

FIELD_DATE = "date"
FIELD_SIMILAR = "similar"
FIELD_DAYS = "days"

NO_FIELDS = vol.Schema({})

type UserInput = dict[str, Any] | None


class RoomRepairFlow(RepairsFlow):
    """Find the room, hide the question, start over, mark a change, exclude days."""

    change_day: date
    similar = False
    days: tuple[date, ...] = ()

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
        self, room: RoomCoordinator, answer: Awaitable[object], reason: str
    ) -> RepairsFlowResult:
        """Apply an answer, close the question, and tell the user what was done.

        The room may have changed since the page was opened.
        """
        try:
            await answer
        except ServiceValidationError:
            return self.async_abort(reason="refused")
        except NotSavedError:
            reason = "not_saved"
        async_answered(room, self.issue_id)
        return self.async_abort(reason=reason)

    async def async_step_not_now(self, user_input: UserInput = None) -> RepairsFlowResult:
        """Hide the question for a week."""
        if room := self.find_room():
            async_snooze(room, self.issue_id)
        return self.async_abort(reason="not_now")

    async def async_step_start_over(self, user_input: UserInput = None) -> RepairsFlowResult:
        """Tell the user what starting over does, then do it."""
        room = self.find_room()
        if room is None:
            return self.async_abort(reason="gone")
        if user_input is None:
            draft = start_over(today(room).toordinal() + 1)
            return self.async_show_form(
                step_id="start_over",
                data_schema=NO_FIELDS,
                description_placeholders={
                    "consequence": await self.consequence(
                        room, dict.fromkeys(self.pollutants(room), draft)
                    ),
                },
            )
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
        """Tell the user what relearning from a day does, then do it."""
        room = self.find_room()
        if room is None:
            return self.async_abort(reason="gone")
        if user_input is None:
            draft = report_change(
                self.change_day.toordinal(),
                today(room).toordinal(),
                similar=self.similar,
                replaces=self.replaces(),
            )
            return self.async_show_form(
                step_id="changed_confirm",
                data_schema=NO_FIELDS,
                description_placeholders={
                    "date": self.change_day.isoformat(),
                    "consequence": await self.consequence(
                        room, dict.fromkeys(self.pollutants(room), draft)
                    ),
                },
            )
        change = async_change(
            room,
            self.pollutants(room),
            self.change_day,
            similar=self.similar,
            replaces=self.replaces(),
        )
        return await self.finish(room, change, "change_told")

    async def async_step_strike(self, user_input: UserInput = None) -> RepairsFlowResult:
        """Ask which days to exclude."""
        room = self.find_room()
        if room is None:
            return self.async_abort(reason="gone")
        words = await PreviewWords.async_load(self.hass)
        listed = words.days_to_exclude(room, dt_util.utcnow().timestamp())
        errors: dict[str, str] = {}
        if user_input is not None:
            self.days = tuple(date.fromordinal(parse_day(day)) for day in user_input[FIELD_DAYS])
            if self.days:
                return await self.async_step_strike_confirm()
            errors[FIELD_DAYS] = "no_days"
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
            errors=errors,
        )

    async def async_step_strike_confirm(self, user_input: UserInput = None) -> RepairsFlowResult:
        """Tell the user what excluding days does, then do it."""
        room = self.find_room()
        if room is None:
            return self.async_abort(reason="gone")
        if user_input is None:
            days = sorted(day.toordinal() for day in self.days)
            return self.async_show_form(
                step_id="strike_confirm",
                data_schema=NO_FIELDS,
                description_placeholders={
                    "days": ", ".join(iso_day(day) for day in days),
                    "consequence": await self.consequence(
                        room, dict.fromkeys(self.pollutants(room), exclude_days(days))
                    ),
                },
            )
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
        """Return the sentences about what an answer would leave."""
        words = await PreviewWords.async_load(self.hass)
        return words.consequence(room, drafts, dt_util.utcnow().timestamp(), paused=paused)
