"""The flows about the clock: it is behind, or it was ahead and days were set aside."""

from datetime import datetime

from homeassistant.components.repairs import RepairsFlow, RepairsFlowResult
from homeassistant.exceptions import ServiceValidationError
from homeassistant.helpers import issue_registry as ir

from ..clock import Clock
from ..const import DOMAIN
from ..coordinator import AirBaselineConfigEntry
from ..core.day import iso_day
from ..corrections import async_all, async_undo
from ..issues.clock import SetAside, set_aside
from ..issues.question_store import CLOCK_AHEAD
from ..storage.store import NotSavedError
from ..words.explanation import Words, escape
from .room_flow import UserInput


class _ClockFlow(RepairsFlow):
    @property
    def _entry(self) -> AirBaselineConfigEntry | None:
        entries: list[AirBaselineConfigEntry] = self.hass.config_entries.async_loaded_entries(
            DOMAIN
        )
        return entries[0] if entries else None

    async def _async_said(self, first: str, second: str) -> dict[str, str]:
        """Return two times of the issue as people say them."""
        words, data = await Words.async_load(self.hass), self.data or {}
        one, other = (datetime.fromisoformat(str(data[name])) for name in (first, second))
        return {first: words.in_full(one, other), second: words.in_full(other, one)}


class ClockBehindFlow(_ClockFlow):
    """The clock shows less than was known: wait, or say that it is right and was ahead before."""

    async def async_step_init(self, user_input: UserInput = None) -> RepairsFlowResult:
        """Tell the user what the clock shows, and what is awaited."""
        if self._clock is None:
            return self.async_abort(reason="gone")
        said = await self._async_said("shown", "known")
        return self.async_show_menu(
            step_id="init",
            menu_options=["wait", "it_is_right"],
            description_placeholders={"shown": said["shown"], "known": said["known"]},
        )

    async def async_step_wait(self, user_input: UserInput = None) -> RepairsFlowResult:
        """Change nothing: everything continues once the clock is right."""
        return self.async_abort(reason="waiting")

    async def async_step_it_is_right(self, user_input: UserInput = None) -> RepairsFlowResult:
        """Tell the user what is set aside."""
        if self._clock is None:
            return self.async_abort(reason="gone")
        said = await self._async_said("shown", "known")
        return self.async_show_menu(
            step_id="it_is_right",
            menu_options=["trust", "init"],
            description_placeholders={"shown": said["shown"]},
        )

    async def async_step_trust(self, user_input: UserInput = None) -> RepairsFlowResult:
        """Take the clock as right."""
        clock = self._clock
        if clock is None:
            return self.async_abort(reason="gone")
        clock.async_trust()
        return self.async_abort(reason="trusted")

    @property
    def _clock(self) -> Clock | None:
        """Return the clock while it is wrong."""
        clock = self._entry.runtime_data.clock if self._entry else None
        return clock if clock and clock.wrong is not None else None


class ClockAheadFlow(_ClockFlow):
    """The clock was ahead: leave the days of that time out, or count them by their real dates."""

    async def async_step_init(self, user_input: UserInput = None) -> RepairsFlowResult:
        """Tell the user which days were set aside and offer the answers."""
        aside = self._aside
        if not aside:
            return self.async_abort(reason="gone")
        said = await self._async_said("before", "after")
        return self.async_show_menu(
            step_id="init",
            menu_options=["leave_out", "count"],
            description_placeholders={
                "before": said["before"],
                "after": said["after"],
                "days": await self._async_days(aside),
            },
        )

    async def async_step_leave_out(self, user_input: UserInput = None) -> RepairsFlowResult:
        """Close the repair; the days stay set aside."""
        ir.async_delete_issue(self.hass, DOMAIN, CLOCK_AHEAD)
        return self.async_abort(reason="left_out")

    async def async_step_count(self, user_input: UserInput = None) -> RepairsFlowResult:
        """Tell the user which days would count."""
        aside = self._aside
        if not aside:
            return self.async_abort(reason="gone")
        return self.async_show_menu(
            step_id="count",
            menu_options=["count_now", "init"],
            description_placeholders={"days": await self._async_days(aside)},
        )

    async def async_step_count_now(self, user_input: UserInput = None) -> RepairsFlowResult:
        """Count the days."""
        aside = self._aside
        if not aside:
            return self.async_abort(reason="gone")
        try:
            await async_all(async_undo(room, [kind], one.id) for room, kind, one in aside)
        except ServiceValidationError:
            return self.async_abort(reason="gone")
        except NotSavedError:
            return self.async_abort(reason="not_saved")
        ir.async_delete_issue(self.hass, DOMAIN, CLOCK_AHEAD)
        return self.async_abort(reason="counted")

    @property
    def _aside(self) -> SetAside:
        return set_aside(self._entry) if self._entry else []

    async def _async_days(self, aside: SetAside) -> str:
        """Return which days were set aside in which room."""
        words = await Words.async_load(self.hass)
        spans = {
            (escape(room.subentry.title), one.correction.from_day, one.correction.to_day)
            for room, _, one in aside
        }
        return "\n".join(
            f"- {room}: {' – '.join(words.date(iso_day(day)) for day in sorted({first, last}))}"
            for room, first, last in sorted(spans)
        )
