"""The flows about settings that no longer fit: a source belongs to another room, or it moved."""

from collections.abc import Awaitable
from typing import override

from homeassistant.components.repairs import RepairsFlowResult
from homeassistant.helpers import area_registry as ar

from ..const import CONF_PLACES
from ..coordinator import RoomCoordinator
from ..core.pollutant import Pollutant
from ..corrections import Corrected
from ..inputs.eligibility import name_of
from ..inputs.places import present_place
from ..issues.question_store import async_answered
from ..words.explanation import escape
from .room_flow import UserInput
from .source import SourceFlow


class SourceTakenFlow(SourceFlow):
    """Another room has the source: tell the user who, and open the settings."""

    async def async_step_init(self, user_input: UserInput = None) -> RepairsFlowResult:
        """Tell the user who has the source and offer the answers."""
        room, pollutant = self.find_room(), self.pollutant
        if room is None or pollutant not in room.taken:
            return self.async_abort(reason="gone")
        owner = room.config_entry.subentries.get(room.taken[pollutant])
        if owner is None:
            return await self.async_step_outdoors()
        return self.async_show_menu(
            step_id="init",
            menu_options=self.with_earlier(room, ["room_settings", "not_now"]),
            description_placeholders={
                "source": escape(name_of(self.hass, room.sources[pollutant].entity_id)),
                "other": escape(owner.title),
            },
        )

    async def async_step_outdoors(self, user_input: UserInput = None) -> RepairsFlowResult:
        """Tell the user that the source is an outdoor sensor and offer the answers."""
        room, pollutant = self.find_room(), self.pollutant
        if room is None or pollutant not in room.sources:
            return self.async_abort(reason="gone")
        return self.async_show_menu(
            step_id="outdoors",
            menu_options=self.with_earlier(room, ["room_settings", "not_now"]),
            description_placeholders={
                "source": escape(name_of(self.hass, room.sources[pollutant].entity_id)),
            },
        )


class SourceMovedFlow(SourceFlow):
    """The source is in another area now: does it measure other air?"""

    async def async_step_init(self, user_input: UserInput = None) -> RepairsFlowResult:
        """Tell the user where the source is and offer the answers."""
        room, pollutant = self.find_room(), self.pollutant
        if room is None or pollutant not in room.sources:
            return self.async_abort(reason="gone")
        entity_id = room.sources[pollutant].entity_id
        area = ar.async_get(self.hass).async_get_area(present_place(self.hass, entity_id) or "")
        return self.async_show_menu(
            step_id="init",
            menu_options=self.with_earlier(
                room, ["room_settings", "changed", "same_place", "not_now"]
            ),
            description_placeholders={
                "source": escape(name_of(self.hass, entity_id)),
                "area": escape(area.name) if area else "–",
            },
        )

    async def async_step_same_place(self, user_input: UserInput = None) -> RepairsFlowResult:
        """Note that the source measures the same air as before."""
        room = self.find_room()
        if room is None or self.pollutant not in room.sources:
            return self.async_abort(reason="gone")
        self._accept(room)
        return self.async_abort(reason="same_place")

    @override
    def pollutants(self, room: RoomCoordinator) -> list[Pollutant]:
        """Return the pollutant of the source that moved."""
        return [self.pollutant]

    @override
    async def finish(
        self, room: RoomCoordinator, answer: Awaitable[Corrected], done: str
    ) -> RepairsFlowResult:
        """Apply an answer; after it, the source belongs where it is."""
        result = await super().finish(room, answer, done)
        if result.get("reason") != "refused":
            self._accept(room)
        return result

    def _accept(self, room: RoomCoordinator) -> None:
        """Note where the source is; close the question at once."""
        entity_id = room.sources[self.pollutant].entity_id
        place = present_place(self.hass, entity_id)
        known = room.subentry.data.get(CONF_PLACES, {})
        if place is not None:
            data = {**room.subentry.data, CONF_PLACES: {**known, entity_id: place}}
            self.hass.config_entries.async_update_subentry(
                room.config_entry, room.subentry, data=data
            )
        async_answered(room, self.issue_id)
