"""The flows about the store: it was damaged, or a newer version wrote it."""

from homeassistant.components.repairs import RepairsFlow, RepairsFlowResult
from homeassistant.config_entries import ConfigEntry, ConfigEntryState
from homeassistant.helpers import issue_registry as ir
from homeassistant.util import dt as dt_util

from ..const import DOMAIN
from ..coordinator import RoomCoordinator, loaded_rooms
from ..corrections import async_all, async_reset
from ..inputs.promise import promise_days_of
from ..issues.question_store import STORE_NEWER, STORE_RECOVERED
from ..storage.store import LedgerStore, NotSavedError
from ..words.explanation import escape
from .room_flow import NO_FIELDS, UserInput


class StoreRecoveredFlow(RepairsFlow):
    """The store was damaged: what was lost, and what to do with what was recovered.

    Damaged parts have already been replaced from the last good copy: the user can keep them or
    start over.
    """

    async def async_step_init(self, user_input: UserInput = None) -> RepairsFlowResult:
        """Show what was lost and what was recovered."""
        if not self._rooms("recovered"):
            return await self.async_step_confirm()
        return self.async_show_menu(
            step_id="init",
            menu_options=["keep", "start_over"],
            description_placeholders={
                "lost": self._names("lost"),
                "recovered": self._names("recovered"),
                "partly": self._names("partly"),
            },
        )

    async def async_step_confirm(self, user_input: UserInput = None) -> RepairsFlowResult:
        """Show what was lost if nothing could be recovered."""
        if user_input is not None:
            return self.async_create_entry(data={})
        return self.async_show_form(
            step_id="confirm",
            data_schema=NO_FIELDS,
            description_placeholders={
                "lost": self._names("lost"),
                "partly": self._names("partly"),
            },
        )

    async def async_step_keep(self, user_input: UserInput = None) -> RepairsFlowResult:
        """Continue with what was recovered."""
        ir.async_delete_issue(self.hass, DOMAIN, STORE_RECOVERED)
        return self.async_abort(reason="kept")

    async def async_step_start_over(self, user_input: UserInput = None) -> RepairsFlowResult:
        """Tell the user what starting over does."""
        if not self._recovered():
            return self.async_abort(reason="gone")
        return self.async_show_menu(
            step_id="start_over",
            menu_options=["start_over_now", "init"],
            description_placeholders={"recovered": self._names("recovered")},
        )

    async def async_step_start_over_now(self, user_input: UserInput = None) -> RepairsFlowResult:
        """Start over in the recovered rooms."""
        rooms = self._recovered()
        if not rooms:
            return self.async_abort(reason="gone")
        ir.async_delete_issue(self.hass, DOMAIN, STORE_RECOVERED)
        try:
            await async_all(async_reset(room, room.channels) for room in rooms)
        except NotSavedError:
            return self.async_abort(reason="not_saved")
        return self.async_abort(reason="started_over")

    def _recovered(self) -> list[RoomCoordinator]:
        """Return the rooms that were recovered and are loaded."""
        loaded = loaded_rooms(self.hass)
        return [loaded[key] for key in self._rooms("recovered") if key in loaded]

    def _rooms(self, fate: str) -> list[str]:
        """Return the ids of the rooms with a result (lost or recovered) that still exist."""
        named = str((self.data or {}).get(fate) or "").split()
        return [room for room in named if room in self._titles()]

    def _names(self, fate: str) -> str:
        """Return the names of the rooms with a result."""
        titles = self._titles()
        return ", ".join(escape(titles[room]) for room in self._rooms(fate)) or "–"

    def _titles(self) -> dict[str, str]:
        """Return the names of all rooms, loaded or not, by their ids."""
        return {
            room_id: room.title
            for entry in self.hass.config_entries.async_entries(DOMAIN)
            for room_id, room in entry.subentries.items()
        }


class StoreNewerFlow(RepairsFlow):
    """A newer version wrote the store: go back to that version, to the good copy, or start over."""

    async def async_step_init(self, user_input: UserInput = None) -> RepairsFlowResult:
        """Tell the user what was found and offer the choices."""
        if self._entry is None:
            return self.async_abort(reason="gone")
        readable = any(await self._async_readable(self._entry))
        return self.async_show_menu(
            step_id="init",
            menu_options=["restore", "start_over", "leave"]
            if readable
            else ["start_over", "leave"],
        )

    async def async_step_restore(self, user_input: UserInput = None) -> RepairsFlowResult:
        """Tell the user what is lost."""
        if self._entry is None or not any(await self._async_readable(self._entry)):
            return self.async_abort(reason="gone")
        return self.async_show_menu(step_id="restore", menu_options=["restore_now", "init"])

    async def async_step_restore_now(self, user_input: UserInput = None) -> RepairsFlowResult:
        """Set the newer file aside and load what can be read."""
        readable = (False, False)
        if self._entry is not None:
            readable = await self._async_readable(self._entry)
        if self._entry is None or not any(readable):
            return self.async_abort(reason="gone")
        return await self._async_put_aside(self._entry, readable, "restored")

    async def async_step_start_over(self, user_input: UserInput = None) -> RepairsFlowResult:
        """Tell the user what starting over does."""
        if self._entry is None:
            return self.async_abort(reason="gone")
        return self.async_show_menu(step_id="start_over", menu_options=["start_over_now", "init"])

    async def async_step_start_over_now(self, user_input: UserInput = None) -> RepairsFlowResult:
        """Set both files aside and load nothing."""
        if self._entry is None:
            return self.async_abort(reason="gone")
        return await self._async_put_aside(self._entry, (False, False), "started_over")

    async def async_step_leave(self, user_input: UserInput = None) -> RepairsFlowResult:
        """Change nothing: the newer version can be installed again."""
        return self.async_abort(reason="left")

    @property
    def _entry(self) -> ConfigEntry | None:
        """Return the entry that could not be loaded."""
        entries = self.hass.config_entries.async_entries(DOMAIN)
        return next(
            (entry for entry in entries if entry.state is not ConfigEntryState.LOADED), None
        )

    async def _async_readable(self, entry: ConfigEntry) -> tuple[bool, bool]:
        return await LedgerStore(self.hass, dict).async_readable(
            dt_util.get_default_time_zone(), promise_days_of(entry), list(entry.subentries)
        )

    async def _async_put_aside(
        self, entry: ConfigEntry, kept: tuple[bool, bool], reason: str
    ) -> RepairsFlowResult:
        """Set aside the files that are not kept, and load the rest."""
        ledger, good = kept
        await LedgerStore(self.hass, dict).async_put_aside(ledger=not ledger, good=not good)
        ir.async_delete_issue(self.hass, DOMAIN, STORE_NEWER)
        await self.hass.config_entries.async_reload(entry.entry_id)
        return self.async_abort(reason=reason)
