"""What deserves a repair, from when to when; each can be answered."""

import asyncio
from collections.abc import Iterable
from datetime import datetime, timedelta
from functools import partial

from homeassistant.config_entries import ConfigSubentry
from homeassistant.core import CALLBACK_TYPE, HomeAssistant, callback
from homeassistant.helpers import issue_registry as ir
from homeassistant.helpers.dispatcher import async_dispatcher_connect
from homeassistant.helpers.event import async_track_time_interval

from ..clock import Phase
from ..const import DOMAIN, SIGNAL_ROOMS_CHANGED
from ..coordinator import AirBaselineConfigEntry, RoomCoordinator
from ..core.event import Event
from ..core.pollutant import Pollutant
from .clock import async_review_clock
from .question_store import (
    CLOCK_BEHIND,
    OF_THE_HOME,
    ROOM_UNREADABLE,
    STORE_NEWER,
    STORE_RECOVERED,
    rises_of,
)
from .questions import Questions
from .settings import async_review_settings
from .sources import SourceIssues

REVIEW = timedelta(hours=1)  # By judgement: questions also expire in rooms where nothing changes.


@callback
def async_watch_issues(hass: HomeAssistant, entry: AirBaselineConfigEntry) -> CALLBACK_TYPE:
    """Raise and clear the repairs of an entry's rooms; return what ends that."""
    ir.async_delete_issue(hass, DOMAIN, STORE_NEWER)
    _async_report_damage(hass, entry)
    # Days are read later than all else.
    entry.runtime_data.store.on_damage = lambda: _async_report_damage(hass, entry)
    return HomeIssues(hass, entry).async_start()


@callback
def async_clear_issues(hass: HomeAssistant) -> None:
    """Remove the repairs that are raised again when the entry is loaded again.

    One that was ignored stays, or its "ignored" would be forgotten.
    """
    for issue in _issues(hass):
        lasts = issue.issue_id in OF_THE_HOME and issue.issue_id != CLOCK_BEHIND
        if issue.dismissed_version is None and not lasts:
            ir.async_delete_issue(hass, DOMAIN, issue.issue_id)


@callback
def async_forget_issues(hass: HomeAssistant) -> None:
    """Remove all repairs of the integration, and Home Assistant's own about its files."""
    for issue in list(ir.async_get(hass).issues.values()):
        if DOMAIN in (issue.domain, issue.issue_domain):
            ir.async_delete_issue(hass, issue.domain, issue.issue_id)


@callback
def async_report_newer_store(hass: HomeAssistant) -> None:
    """Report that a newer version wrote the store."""
    ir.async_create_issue(
        hass,
        DOMAIN,
        STORE_NEWER,
        is_fixable=True,
        severity=ir.IssueSeverity.ERROR,
        translation_key=STORE_NEWER,
    )


@callback
def async_report_unreadable_room(hass: HomeAssistant, room: ConfigSubentry) -> None:
    """Report that a room is left out until its sensors are chosen again."""
    ir.async_create_issue(
        hass,
        DOMAIN,
        _unreadable_issue_id(room.subentry_id),
        is_fixable=False,
        severity=ir.IssueSeverity.ERROR,
        translation_key=ROOM_UNREADABLE,
        translation_placeholders={"room": room.title},
    )


def _unreadable_issue_id(room_id: str) -> str:
    return f"{ROOM_UNREADABLE}_{room_id}_settings"


@callback
def _async_forget_gone_rooms(hass: HomeAssistant, rooms: Iterable[str]) -> None:
    """Remove the repairs of rooms that are gone, ignored ones as well."""
    for issue in _issues(hass):
        of_room = any(_is_of(issue, room) for room in rooms)
        if not of_room and issue.issue_id not in OF_THE_HOME:
            ir.async_delete_issue(hass, DOMAIN, issue.issue_id)


@callback
def issues_by_room(hass: HomeAssistant) -> dict[str, list[ir.IssueEntry]]:
    """Return the repairs that wait for an answer by the id of each room that they are about."""
    found: dict[str, list[ir.IssueEntry]] = {}
    for issue in _issues(hass):
        if issue.active and issue.dismissed_version is None:
            for room_id in _rooms_of(issue):
                found.setdefault(room_id, []).append(issue)
    return found


def _rooms_of(issue: ir.IssueEntry) -> set[str]:
    """Return the rooms that a repair is about; the id of one is a word of its own id."""
    return {*issue.issue_id.split("_"), *(rise.room for rise in rises_of(issue.data))}


def _is_of(issue: ir.IssueEntry, room_id: str) -> bool:
    return f"_{room_id}_" in issue.issue_id


def _issues(hass: HomeAssistant) -> list[ir.IssueEntry]:
    return [issue for issue in ir.async_get(hass).issues.values() if issue.domain == DOMAIN]


class HomeIssues:
    """All repairs of a home, reviewed once however many rooms have news at a time."""

    def __init__(self, hass: HomeAssistant, entry: AirBaselineConfigEntry) -> None:
        """Watch questions and sources."""
        self._hass = hass
        self._entry = entry
        self._rooms = entry.runtime_data.rooms
        self._clock = entry.runtime_data.clock
        self._questions = Questions(hass, self._rooms)
        self._known: dict[str, RoomCoordinator] = {}
        self._sources: dict[str, SourceIssues] = {}
        self._due: dict[str, None] = {}
        self._reviewing: asyncio.Task[None] | None = None
        self._turn = asyncio.Lock()
        self._following: list[CALLBACK_TYPE] = []
        self._unsubscribes: list[CALLBACK_TYPE] = []

    @callback
    def async_start(self) -> CALLBACK_TYPE:
        """Listen to the rooms; return what ends that."""
        self._unsubscribes = [
            async_track_time_interval(self._hass, self._async_all_due, REVIEW),
            async_dispatcher_connect(self._hass, SIGNAL_ROOMS_CHANGED, self._async_rooms_changed),
            self._clock.async_on(Phase.REPAIRS, lambda _: self._async_review_due()),
        ]
        self._async_rooms_changed()
        return self._async_stop

    @callback
    def _async_stop(self) -> None:
        self._due.clear()
        if self._reviewing is not None:
            self._reviewing.cancel()
        self._async_leave()
        while self._unsubscribes:
            self._unsubscribes.pop()()

    @callback
    def _async_leave(self) -> None:
        while self._following:
            self._following.pop()()

    @callback
    def _async_rooms_changed(self) -> None:
        """Listen to the rooms that there are now; what was gone takes its repairs with it."""
        self._async_leave()
        gone = {room_id: self._known[room_id] for room_id in self._known.keys() - self._rooms}
        self._questions.async_hand_over(gone)
        self._known = dict(self._rooms)
        self._sources = {
            room_id: self._sources.get(room_id)
            or SourceIssues(self._hass, room, self._questions.questions_left)
            for room_id, room in self._rooms.items()
        }
        _async_forget_gone_rooms(self._hass, self._entry.subentries)
        for room_id in self._entry.subentries:
            if room_id in self._entry.runtime_data.unreadable:
                async_report_unreadable_room(self._hass, self._entry.subentries[room_id])
            else:
                ir.async_delete_issue(self._hass, DOMAIN, _unreadable_issue_id(room_id))
        self._following = [] if self._clock.wrong else self._questions.async_follow()
        for room_id, room in self._rooms.items():
            self._following += [
                room.async_add_listener(partial(self._async_due, room_id)),
                room.async_add_event_listener(partial(self._async_happened, room_id)),
            ]
        self._async_all_due()

    @callback
    def _async_due(self, room_id: str) -> None:
        """Review when what is happening now is over: rooms have news at the same moments."""
        self._due[room_id] = None
        if self._reviewing is None and not self._clock.running:  # A round has a phase for it.
            self._reviewing = self._hass.async_create_task(
                self._async_review_soon(), f"{DOMAIN} repairs", eager_start=False
            )

    @callback
    def _async_happened(self, room_id: str, _pollutant: Pollutant, _event: Event) -> None:
        self._async_due(room_id)

    @callback
    def _async_all_due(self, _now: datetime | None = None) -> None:
        for room_id in self._sources:
            self._async_due(room_id)

    async def _async_review_soon(self) -> None:
        try:
            await self._async_review_due()
        finally:
            self._reviewing = None

    async def _async_review_due(self) -> None:
        """Review the rooms with news, with a turn for others after each.

        While the clock is wrong nothing has a time, so they wait until it is right.
        """
        async with self._turn:
            while self._due and self._clock.wrong is None:
                due, self._due = self._due, {}
                async_review_clock(self._hass, self._entry)
                await self._questions.async_review(due)
                for room_id in due:
                    self._async_review_room(room_id)
                    await asyncio.sleep(0)

    @callback
    def _async_review_room(self, room_id: str) -> None:
        room, sources = self._rooms.get(room_id), self._sources.get(room_id)
        if room is not None and sources is not None:
            with room.guarded():
                sources.async_review()
                async_review_settings(self._hass, room)


@callback
def _async_report_damage(hass: HomeAssistant, entry: AirBaselineConfigEntry) -> None:
    """Report what was lost when the store was read, until the user has seen it."""
    damage = entry.runtime_data.damage
    fates = {"lost": damage.lost, "recovered": damage.recovered, "partly": damage.partly}
    rooms = {fate: {room for room, _ in found} for fate, found in fates.items()}
    if not any(rooms.values()):
        return
    ir.async_create_issue(
        hass,
        DOMAIN,
        STORE_RECOVERED,
        data={
            fate: " ".join(sorted(found))
            for fate, found in rooms.items()
            if found or fate != "partly"
        },
        is_fixable=True,
        is_persistent=True,  # A restart finds no damage, so it could not be reported again.
        severity=ir.IssueSeverity.ERROR,
        translation_key=STORE_RECOVERED,
    )
