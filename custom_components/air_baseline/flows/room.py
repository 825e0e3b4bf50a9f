"""Add a room, or change its area and its sources; the answers are checked in `room_form`."""

from collections.abc import Iterable, Mapping, Set as AbstractSet
from typing import Any

from homeassistant.config_entries import ConfigSubentry, ConfigSubentryFlow, SubentryFlowResult
from homeassistant.core import callback
from homeassistant.exceptions import ServiceValidationError
from homeassistant.helpers import area_registry as ar, device_registry as dr
import voluptuous as vol

from ..const import CONF_AREA, CONF_HISTORY, CONF_OUTDOOR_PM25, CONF_START_ANEW, DOMAIN
from ..coordinator import loaded_rooms
from ..core.pollutant import Pollutant
from ..corrections import async_convert
from ..entity import card_path
from ..inputs.eligibility import name_of
from ..inputs.room_config import RoomSource, room_sources
from ..issues.sources import async_forget_troubles
from ..storage.store import NotSavedError
from ..words.explanation import escape, set_off
from .candidates import async_candidates
from .found_words import FoundWords
from .history_survey import async_worth
from .replaced import Conversions, async_conversions
from .room_form import area_name, async_check_room, room_schema, sources_of


class RoomFlow(ConfigSubentryFlow):
    """Add a room, or change its sources."""

    _changed: dict[str, Any]
    _conversions = Conversions({}, {})

    async def async_step_user(self, user_input: dict[str, Any] | None = None) -> SubentryFlowResult:
        """Ask for the area and its sources."""
        errors: dict[str, str] = {}
        if user_input is not None:
            data, errors = await async_check_room(self.hass, self._get_entry(), user_input, None)
            if not errors:
                self._changed = data
                return await self.async_step_history() if data[CONF_HISTORY] else self._add()
        home = {CONF_HISTORY: self._get_entry().data.get(CONF_HISTORY, True)}
        return await self._async_form("user", user_input or home, errors)

    async def async_step_history(
        self, user_input: dict[str, Any] | None = None
    ) -> SubentryFlowResult:
        """Show what the history of the sources is worth before the room is added."""
        if user_input is not None:
            return self._add()
        return self.async_show_form(
            step_id="history",
            data_schema=vol.Schema({}),
            description_placeholders={
                "worth": set_off(await async_worth(self.hass, self._changed))
            },
        )

    async def async_step_reconfigure(
        self, user_input: dict[str, Any] | None = None
    ) -> SubentryFlowResult:
        """Change the area or the sources; if a source was replaced, ask about its ledger."""
        room = self._get_reconfigure_subentry()
        errors: dict[str, str] = {}
        if user_input is not None:
            data, errors = await async_check_room(self.hass, self._get_entry(), user_input, room)
            if not errors:
                self._changed = data
                if waiting := room.data.get(CONF_START_ANEW):
                    data[CONF_START_ANEW] = waiting
                return await self.async_step_replaced() if self._replaced() else self._finish()
        return await self._async_form("reconfigure", user_input or room.data, errors)

    async def async_step_replaced(
        self, _user_input: dict[str, Any] | None = None
    ) -> SubentryFlowResult:
        """Ask whether what was learned from a source applies to its replacement."""
        replaced = self._replaced()
        learned = self._learned_from()
        both = [pair for one, pair in self._of_other_sources().items() if one in learned]
        self._conversions = await async_conversions(self.hass, both)
        said = self._conversions.sentences
        lines = [f"{line}. {said[one]}" if one in said else line for one, line in replaced.items()]
        convert = ["convert"] if self._conversions.mappings else []
        return self.async_show_menu(
            step_id="replaced",
            menu_options=[*convert, "keep_ledger", "start_anew"],
            description_placeholders={"sources": set_off("\n".join(lines))},
        )

    async def async_step_convert(
        self, _user_input: dict[str, Any] | None = None
    ) -> SubentryFlowResult:
        """Convert the days of the replaced sources; those that cannot be converted start anew."""
        room = loaded_rooms(self.hass).get(self._get_reconfigure_subentry().subentry_id)
        mappings = self._conversions.mappings
        if room is None or not mappings.keys() <= self._learned_from():
            return self.async_abort(reason="not_converted")
        try:
            await async_convert(room, mappings)
        except ServiceValidationError:
            return self.async_abort(reason="not_converted")
        except NotSavedError:
            pass  # It is in force, and saved later.
        self._start_anew([one for one in self._replaced() if one not in mappings])
        return self.async_abort(
            reason="converted", description_placeholders={"page": card_path(room)}
        )

    async def async_step_keep_ledger(
        self, _user_input: dict[str, Any] | None = None
    ) -> SubentryFlowResult:
        """Continue with what was learned."""
        return self._finish()

    async def async_step_start_anew(
        self, _user_input: dict[str, Any] | None = None
    ) -> SubentryFlowResult:
        """Set what was learned from the replaced sources aside when this is applied."""
        return self._start_anew(self._replaced())

    @callback
    def _start_anew(self, pollutants: Iterable[Pollutant]) -> SubentryFlowResult:
        """Let some pollutants start with an empty ledger, after those that wait for that."""
        if anew := [pollutant.value for pollutant in pollutants]:
            waiting = self._changed.get(CONF_START_ANEW, [])
            self._changed[CONF_START_ANEW] = [*waiting, *anew]
        return self._finish()

    @callback
    def _add(self) -> SubentryFlowResult:
        """Add the room under the name of its area."""
        area_id = self._changed[CONF_AREA]
        return self.async_create_entry(
            title=area_name(self.hass, area_id), data=self._changed, unique_id=area_id
        )

    @callback
    def _finish(self) -> SubentryFlowResult:
        """Change the room; `listeners.settings` applies it."""
        entry, room, data = self._get_entry(), self._get_reconfigure_subentry(), self._changed
        if loaded := loaded_rooms(self.hass).get(room.subentry_id):
            async_forget_troubles(loaded, self._of_other_sources())
        self._async_move_device(room, data[CONF_AREA])
        return self.async_update_and_abort(
            entry,
            room,
            title=self._title(room, data[CONF_AREA]),
            unique_id=data[CONF_AREA],
            data=data,
        )

    @callback
    def _replaced(self) -> dict[Pollutant, str]:
        """Return a line for each source that another one of the same pollutant replaces.

        A source that waits to start again is left out: nothing was learned from it yet.
        """
        waiting = self._changed.get(CONF_START_ANEW, ())
        return {
            pollutant: f"- {self._names(old.entity_id, new.entity_id)}"
            for pollutant, (old, new) in self._of_other_sources().items()
            if pollutant not in waiting
        }

    @callback
    def _learned_from(self) -> AbstractSet[Pollutant]:
        """Return the pollutants whose replaced source has left days in a room that runs."""
        loaded = loaded_rooms(self.hass).get(self._get_reconfigure_subentry().subentry_id)
        channels = loaded.channels if loaded else {}
        return {
            pollutant
            for pollutant in self._replaced()
            if pollutant in channels and channels[pollutant].ledger.days
        }

    @callback
    def _of_other_sources(self) -> dict[Pollutant, tuple[RoomSource, RoomSource]]:
        """Return the old and the new source of each pollutant that gets another one."""
        old = room_sources(self._get_reconfigure_subentry().data)
        new = room_sources(self._changed)
        return {
            pollutant: (source, new[pollutant])
            for pollutant, source in old.items()
            if pollutant in new and new[pollutant].entity_id != source.entity_id
        }

    def _names(self, old: str, new: str) -> str:
        """Return the names of two sources, or their ids if the names are the same."""
        names = [escape(name_of(self.hass, entity_id)) for entity_id in (old, new)]
        return " → ".join(names if len({*names}) > 1 else [escape(old), escape(new)])

    @callback
    def _async_move_device(self, room: ConfigSubentry, area_id: str) -> None:
        """Move the room's device to its new area, unless the user has put it elsewhere."""
        entry = self._get_entry()
        device = dr.async_get(self.hass).async_get_device_by_identifier(
            (DOMAIN, room.subentry_id), entry.entry_id
        )
        if device is not None and device.area_id == room.data.get(CONF_AREA):
            dr.async_get(self.hass).async_update_device(device.id, area_id=area_id)

    def _title(self, room: ConfigSubentry, area_id: str) -> str:
        """Return the name of the room: that of its area, unless the user gave it another one."""
        area = ar.async_get(self.hass).async_get_area(str(room.data.get(CONF_AREA)))
        follows = area is None or room.title == area.name
        return area_name(self.hass, area_id) if follows else room.title

    async def _async_form(
        self, step_id: str, values: Mapping[str, Any], errors: dict[str, str]
    ) -> SubentryFlowResult:
        """Show the page of a room, with all that was found beside the sources of the rooms."""
        entry = self._get_entry()
        taken = sources_of(entry.subentries.values())
        if outdoors := entry.options.get(CONF_OUTDOOR_PM25):
            taken.add(outdoors)
        found = await async_candidates(self.hass, taken)
        words = await FoundWords.async_load(self.hass)
        schema = room_schema(self.hass, found, words.said_selector(found))
        return self.async_show_form(
            step_id=step_id,
            data_schema=self.add_suggested_values_to_schema(schema, values),
            errors=errors,
            description_placeholders={"found": set_off(words.taken(found))},
        )
