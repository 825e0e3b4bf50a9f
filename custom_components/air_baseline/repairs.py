"""The pages of the repairs: first the explanation, then the choices, then the consequence."""

from collections.abc import Mapping
from typing import Any

from homeassistant.components.repairs import FlowType, RepairsFlow, RepairsFlowResult
from homeassistant.config_entries import (
    SOURCE_RECONFIGURE,
    ConfigEntryState,
    SubentryFlowContext,
)
from homeassistant.core import HomeAssistant
from homeassistant.helpers import issue_registry as ir
import voluptuous as vol

from .const import ATTR_EPISODE, ATTR_QUANTITY, ATTR_SUBENTRY, DOMAIN, SUBENTRY_ROOM
from .coordinator import AirBaselineConfigEntry, RoomCoordinator
from .core.explanation import Subject
from .core.ledger import Entry, EntryKind, Episode
from .core.quantity import Kind
from .corrections import async_correct_all, async_reset
from .explanation_text import Words, async_page, escape
from .issues import (
    RANGE_LEARNED,
    STORE_RECOVERED,
    UNUSUAL_EPISODE,
    async_answered,
    async_snooze,
)

_NO_FIELDS = vol.Schema({})


async def async_create_fix_flow(
    hass: HomeAssistant, issue_id: str, data: dict[str, str | int | float | None] | None
) -> RepairsFlow:
    """Return the flow that answers an issue."""
    if issue_id.startswith(RANGE_LEARNED):
        return RangeLearnedFlow()
    if issue_id.startswith(UNUSUAL_EPISODE):
        return UnusualEpisodeFlow()
    if issue_id == STORE_RECOVERED:
        return StoreRecoveredFlow()
    return SourceFlow()


class RoomFlow(RepairsFlow):
    """What the flows about one room share."""

    def find_room(self) -> RoomCoordinator | None:
        """Return the room the issue is about, None if it is gone or not loaded."""
        entries: list[AirBaselineConfigEntry] = self.hass.config_entries.async_loaded_entries(
            DOMAIN
        )
        subentry_id = str((self.data or {}).get(ATTR_SUBENTRY))
        return next(
            (
                entry.runtime_data.rooms[subentry_id]
                for entry in entries
                if entry.state is ConfigEntryState.LOADED
                and subentry_id in entry.runtime_data.rooms
            ),
            None,
        )

    async def async_step_not_now(
        self, user_input: dict[str, str] | None = None
    ) -> RepairsFlowResult:
        """Hide the question for a week."""
        if room := self.find_room():
            async_snooze(room, self.issue_id)
        return self.async_abort(reason="not_now")

    async def async_step_start_over(
        self, user_input: dict[str, str] | None = None
    ) -> RepairsFlowResult:
        """Say what starting over means, then do it."""
        room = self.find_room()
        if room is None:
            return self.async_abort(reason="gone")
        if user_input is None:
            words = await Words.async_load(self.hass)
            return self.async_show_form(
                step_id="start_over",
                data_schema=_NO_FIELDS,
                description_placeholders={
                    "room": escape(room.subentry.title),
                    "consequence": words.start_over(room),
                },
            )
        async_answered(room, self.issue_id)
        await async_reset(room, tuple(room.channels))
        ir.async_delete_issue(self.hass, DOMAIN, self.issue_id)
        return self.async_abort(reason="started_over")


class RangeLearnedFlow(RoomFlow):
    """A range was learned: does it look right?"""

    async def async_step_init(self, user_input: dict[str, str] | None = None) -> RepairsFlowResult:
        """Explain the range and offer what can be done."""
        room = self.find_room()
        if room is None:
            return self.async_abort(reason="gone")
        page = await async_page(self.hass, room, tuple(room.channels), subject=Subject.RANGE)
        return self.async_show_menu(
            step_id="init",
            menu_options=["looks_right", "start_over", "not_now"],
            description_placeholders={
                "room": escape(room.subentry.title),
                **page.placeholders(),
            },
        )

    async def async_step_looks_right(
        self, user_input: dict[str, str] | None = None
    ) -> RepairsFlowResult:
        """Keep the answer as an entry; nothing else changes."""
        room = self.find_room()
        if room is None:
            return self.async_abort(reason="gone")
        async_answered(room, self.issue_id)
        await async_correct_all(room, Entry(id=0, at=0.0, kind=EntryKind.LOOKS_RIGHT))
        return self.async_create_entry(data={})


class UnusualEpisodeFlow(RoomFlow):
    """An episode was opened: what was it?"""

    async def async_step_init(self, user_input: dict[str, str] | None = None) -> RepairsFlowResult:
        """Explain the episode and offer what can be done."""
        room = self.find_room()
        episodes = _episodes(room, self.data or {}) if room else {}
        if room is None or not episodes:
            return self.async_abort(reason="gone")
        page = await async_page(
            self.hass, room, tuple(episodes), episodes=episodes, subject=Subject.EPISODE
        )
        return self.async_show_menu(
            step_id="init",
            menu_options=["start_over", "not_now"],
            description_placeholders={
                "room": escape(room.subentry.title),
                **page.placeholders(),
            },
        )


class SourceFlow(RoomFlow):
    """A source gives something that cannot be learned from."""

    async def async_step_init(self, user_input: dict[str, str] | None = None) -> RepairsFlowResult:
        """Say what was measured and offer the room's settings."""
        room = self.find_room()
        kind = Kind(str((self.data or {}).get(ATTR_QUANTITY)))
        if room is None or kind not in room.sources:
            return self.async_abort(reason="gone")
        return self.async_show_menu(
            step_id="init",
            menu_options=["room_settings", "not_now"],
            description_placeholders={
                "room": escape(room.subentry.title),
                "source": escape(room.sources[kind].entity_id),
                "unit": escape(room.unit_problem.get(kind) or "") or "–",
            },
        )

    async def async_step_room_settings(
        self, user_input: dict[str, str] | None = None
    ) -> RepairsFlowResult:
        """Open the room's settings."""
        room = self.find_room()
        if room is None:
            return self.async_abort(reason="gone")
        flow = await self.hass.config_entries.subentries.async_init(
            (room.config_entry.entry_id, SUBENTRY_ROOM),
            context=SubentryFlowContext(
                source=SOURCE_RECONFIGURE, subentry_id=room.subentry.subentry_id
            ),
        )
        return self.async_abort(
            reason="room_settings",
            next_flow=(FlowType.CONFIG_SUBENTRIES_FLOW, flow["flow_id"]),
        )


class StoreRecoveredFlow(RepairsFlow):
    """What was stored was damaged; say what was lost."""

    async def async_step_init(self, user_input: dict[str, str] | None = None) -> RepairsFlowResult:
        """Go on to the page; this step is called with the issue, as if it had been answered."""
        return await self.async_step_confirm()

    async def async_step_confirm(
        self, user_input: dict[str, str] | None = None
    ) -> RepairsFlowResult:
        """Show what was lost and what was kept."""
        if user_input is not None:
            return self.async_create_entry(data={})
        data = self.data or {}
        return self.async_show_form(
            step_id="confirm",
            data_schema=_NO_FIELDS,
            description_placeholders={
                fate: self._names(str(data.get(fate) or "")) for fate in ("lost", "recovered")
            },
        )

    def _names(self, rooms: str) -> str:
        """Return the names of rooms by their ids, as far as they are still there."""
        names = {
            room.subentry_id: room.title
            for entry in self.hass.config_entries.async_entries(DOMAIN)
            for room in entry.subentries.values()
        }
        return ", ".join(escape(names[room]) for room in rooms.split() if room in names) or "–"


def _episodes(room: RoomCoordinator, data: Mapping[str, Any]) -> dict[Kind, Episode]:
    """Return the episodes that an issue is about, as far as they still exist."""
    wanted = {kind: data.get(f"{ATTR_EPISODE}_{kind.value}") for kind in room.channels}
    return {
        kind: episode
        for kind, channel in room.channels.items()
        for episode in channel.episodes
        if episode.id == wanted[kind]
    }
