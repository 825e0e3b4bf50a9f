"""The flow about a source without values, or with values that cannot be learned from."""

from homeassistant.components.repairs import FlowType, RepairsFlowResult
from homeassistant.config_entries import SOURCE_RECONFIGURE, SubentryFlowContext
from homeassistant.const import ATTR_UNIT_OF_MEASUREMENT
from homeassistant.exceptions import ServiceValidationError
from homeassistant.util import dt as dt_util

from ..const import ATTR_QUANTITY, SUBENTRY_ROOM
from ..coordinator import RoomCoordinator
from ..core.ledger.entries import Trouble
from ..core.pollutant import POLLUTANTS, Pollutant, normal_unit, plain_number
from ..corrections import async_pause, async_stop_reporting
from ..inputs.eligibility import name_of
from ..issues.question_store import async_answered
from ..issues.sources import how_often
from ..storage.store import NotSavedError
from ..words.explanation import escape
from .room_flow import RoomRepairFlow, UserInput


class SourceFlow(RoomRepairFlow):
    """Tell the user what was measured, and open the settings or pause."""

    async def async_step_init(self, user_input: UserInput = None) -> RepairsFlowResult:
        """Tell the user what was measured and offer the answers."""
        room, pollutant = self.find_room(), self.pollutant
        if room is None or pollutant not in room.sources:
            return self.async_abort(reason="gone")
        often = self._how_often(room)
        return self.async_show_menu(
            step_id="init",
            menu_options=self.with_earlier(
                room, ["room_settings", "pause", "not_now", "stop_asking"]
            ),
            description_placeholders={
                "source": escape(name_of(self.hass, room.sources[pollutant].entity_id)),
                "unit": escape(self._unit(room, pollutant)) or "–",
                "end": escape(self._end(room, pollutant)),
                "days": often["days"],
                "of": often["of"],
            },
        )

    def _unit(self, room: RoomCoordinator, pollutant: Pollutant) -> str:
        """Return the unit in which the source reports."""
        source = room.sources[pollutant]
        state = self.hass.states.get(source.entity_id)
        stated = state.attributes.get(ATTR_UNIT_OF_MEASUREMENT) if state else None
        return room.unit_problem.get(pollutant) or normal_unit(stated) or source.unit

    def _end(self, room: RoomCoordinator, pollutant: Pollutant) -> str:
        """Return the end of the span in the unit of the source, with the unit."""
        factor = room.channels[pollutant].unit_check.factor or 1.0
        end = plain_number(POLLUTANTS[pollutant].highest / factor)
        return f"{end} {self._unit(room, pollutant)}".strip()

    async def async_step_room_settings(self, user_input: UserInput = None) -> RepairsFlowResult:
        """Open the room's settings."""
        room = self.find_room()
        if room is None:
            return self.async_abort(reason="gone")
        settings = await self.hass.config_entries.subentries.async_init(
            (room.config_entry.entry_id, SUBENTRY_ROOM),
            context=SubentryFlowContext(
                source=SOURCE_RECONFIGURE, subentry_id=room.subentry.subentry_id
            ),
        )
        return self.async_abort(
            reason="room_settings",
            next_flow=(FlowType.CONFIG_SUBENTRIES_FLOW, settings["flow_id"]),
        )

    async def async_step_pause(self, user_input: UserInput = None) -> RepairsFlowResult:
        """Tell the user what a pause does."""
        room, pollutant = self.find_room(), self.pollutant
        if room is None or pollutant not in room.channels:
            return self.async_abort(reason="gone")
        return self.async_show_menu(
            step_id="pause",
            menu_options=["pause_now", "init"],
            description_placeholders={
                "source": escape(name_of(self.hass, room.sources[pollutant].entity_id)),
            },
        )

    async def async_step_pause_now(self, user_input: UserInput = None) -> RepairsFlowResult:
        """Pause; the switch resumes."""
        room, pollutant = self.find_room(), self.pollutant
        if room is None or pollutant not in room.channels:
            return self.async_abort(reason="gone")
        try:
            await async_pause(room, pollutant)
        except ServiceValidationError:
            return self.async_abort(reason="refused")
        except NotSavedError:
            async_answered(room, self.issue_id)
            return self.async_abort(reason="not_saved")
        async_answered(room, self.issue_id)
        return self.async_abort(reason="paused")

    async def async_step_stop_asking(self, user_input: UserInput = None) -> RepairsFlowResult:
        """Stop reports about this trouble of the source, until the user undoes that."""
        room, pollutant, trouble = self.find_room(), self.pollutant, self._trouble
        if room is None or pollutant not in room.channels or trouble is None:
            return self.async_abort(reason="gone")
        stopped = async_stop_reporting(room, pollutant, trouble)
        return await self.finish(room, stopped, "stopped_asking")

    @property
    def _trouble(self) -> Trouble | None:
        return next((one for one in Trouble if self.issue_id.startswith(one)), None)

    def _how_often(self, room: RoomCoordinator) -> dict[str, str]:
        record = room.stored.question_records.get(self.issue_id)
        return how_often(record.days if record else (), dt_util.utcnow().timestamp())

    @property
    def pollutant(self) -> Pollutant:
        """Return the pollutant of the source."""
        return Pollutant(str((self.data or {}).get(ATTR_QUANTITY)))
