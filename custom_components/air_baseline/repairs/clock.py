"""The flows about the clock: it is behind, or it was ahead and days were set aside."""

from homeassistant.components.repairs import RepairsFlow, RepairsFlowResult
from homeassistant.exceptions import ServiceValidationError
from homeassistant.helpers import issue_registry as ir

from ..const import DOMAIN
from ..coordinator import AirBaselineConfigEntry
from ..core.day import iso_day
from ..corrections import async_all, async_undo
from ..issues.clock import SetAside, set_aside
from ..issues.question_store import CLOCK_AHEAD
from ..storage.store import NotSavedError
from ..words.explanation import escape
from .room_flow import NO_FIELDS, UserInput


class _ClockFlow(RepairsFlow):
    @property
    def _entry(self) -> AirBaselineConfigEntry | None:
        entries: list[AirBaselineConfigEntry] = self.hass.config_entries.async_loaded_entries(
            DOMAIN
        )
        return entries[0] if entries else None

    def _said(self, name: str) -> str:
        """Return a time as the issue says it."""
        return str((self.data or {}).get(name))


class ClockBehindFlow(_ClockFlow):
    """The clock shows less than was known: wait, or say that it is right and was ahead before."""

    async def async_step_init(self, user_input: UserInput = None) -> RepairsFlowResult:
        """Tell the user what the clock shows, and what is awaited."""
        if self._entry is None or self._entry.runtime_data.clock.wrong is None:
            return self.async_abort(reason="gone")
        return self.async_show_menu(
            step_id="init",
            menu_options=["wait", "it_is_right"],
            description_placeholders={"shown": self._said("shown"), "known": self._said("known")},
        )

    async def async_step_wait(self, user_input: UserInput = None) -> RepairsFlowResult:
        """Change nothing: everything continues once the clock is right."""
        return self.async_abort(reason="waiting")

    async def async_step_it_is_right(self, user_input: UserInput = None) -> RepairsFlowResult:
        """Tell the user what is set aside, then take the clock as right."""
        if self._entry is None or self._entry.runtime_data.clock.wrong is None:
            return self.async_abort(reason="gone")
        if user_input is None:
            return self.async_show_form(
                step_id="it_is_right",
                data_schema=NO_FIELDS,
                description_placeholders={"shown": self._said("shown")},
            )
        self._entry.runtime_data.clock.async_trust()
        return self.async_abort(reason="trusted")


class ClockAheadFlow(_ClockFlow):
    """The clock was ahead: leave the days of that time out, or count them by their real dates."""

    async def async_step_init(self, user_input: UserInput = None) -> RepairsFlowResult:
        """Tell the user which days were set aside and offer the answers."""
        aside = self._aside
        if not aside:
            return self.async_abort(reason="gone")
        return self.async_show_menu(
            step_id="init",
            menu_options=["leave_out", "count"],
            description_placeholders={
                "before": self._said("before"),
                "after": self._said("after"),
                "days": _days(aside),
            },
        )

    async def async_step_leave_out(self, user_input: UserInput = None) -> RepairsFlowResult:
        """Close the repair; the days stay set aside."""
        ir.async_delete_issue(self.hass, DOMAIN, CLOCK_AHEAD)
        return self.async_abort(reason="left_out")

    async def async_step_count(self, user_input: UserInput = None) -> RepairsFlowResult:
        """Count the days."""
        aside = self._aside
        if not aside:
            return self.async_abort(reason="gone")
        if user_input is None:
            return self.async_show_form(
                step_id="count",
                data_schema=NO_FIELDS,
                description_placeholders={"days": _days(aside)},
            )
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


def _days(aside: SetAside) -> str:
    """Return which days were set aside in which room."""
    spans = {
        (escape(room.subentry.title), one.correction.from_day, one.correction.to_day)
        for room, _, one in aside
    }
    return "\n".join(
        f"- {room}: {iso_day(first)}" + ("" if first == last else f" – {iso_day(last)}")
        for room, first, last in sorted(spans)
    )
