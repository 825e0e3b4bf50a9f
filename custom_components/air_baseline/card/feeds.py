"""All open cards of a home: what is new goes out room by room, one turn of the loop after another.

A change can concern every room at once (a repair, a round, a reload), and many browsers can be
open. So nothing is drawn where a change is heard of: the room becomes due, and one task draws and
sends what is due.
"""

import asyncio
from collections.abc import Iterator
from contextlib import contextmanager

from homeassistant.config_entries import (
    SIGNAL_CONFIG_ENTRY_CHANGED,
    ConfigEntry,
    ConfigEntryChange,
)
from homeassistant.core import CALLBACK_TYPE, Event, HomeAssistant, callback
from homeassistant.helpers import issue_registry as ir
from homeassistant.helpers.dispatcher import async_dispatcher_connect
from homeassistant.util.hass_dict import HassKey

from ..const import DOMAIN, LOGGER, SIGNAL_ROOMS_CHANGED
from ..issues.lifecycle import issues_by_room
from .feed import Questions, RoomFeed, Viewer

FEEDS: HassKey[CardFeeds] = HassKey(f"{DOMAIN}_card_feeds")


@callback
def async_show_room(hass: HomeAssistant, room_id: str, viewer: Viewer) -> CALLBACK_TYPE:
    """Send a room to a card, now and at every change; return what ends that."""
    feeds = hass.data.get(FEEDS)
    if feeds is None:
        feeds = hass.data[FEEDS] = CardFeeds(hass)
    return feeds.async_join(room_id, viewer)


class CardFeeds:
    """The rooms that cards show, each followed once."""

    def __init__(self, hass: HomeAssistant) -> None:
        """Start with no room."""
        self._hass = hass
        self._feeds: dict[str, RoomFeed] = {}
        self._due: dict[str, None] = {}
        self._questions: Questions | None = None  # None: they have to be looked up again.
        self._shown_questions: Questions = {}
        self._working = False
        self._of_home: list[CALLBACK_TYPE] = []

    @callback
    def async_join(self, room_id: str, viewer: Viewer) -> CALLBACK_TYPE:
        """Send a room to one more card; return what ends that."""
        if not self._feeds:
            self._async_listen()
        feed = self._feeds.get(room_id)
        if feed is None:
            feed = self._feeds[room_id] = RoomFeed(
                self._hass, room_id, lambda: self._async_due(room_id)
            )
        feed.viewers.append(viewer)
        self._async_due(room_id)

        @callback
        def leave() -> None:
            if viewer in feed.viewers:
                feed.viewers.remove(viewer)
                if not feed.viewers:
                    self._async_close(room_id, feed)

        return leave

    @callback
    def _async_close(self, room_id: str, feed: RoomFeed) -> None:
        feed.async_leave()
        del self._feeds[room_id]
        if not self._feeds:
            while self._of_home:
                self._of_home.pop()()

    @callback
    def _async_listen(self) -> None:
        self._questions = None
        self._of_home = [
            async_dispatcher_connect(
                self._hass, SIGNAL_CONFIG_ENTRY_CHANGED, self._async_entry_changed
            ),
            async_dispatcher_connect(self._hass, SIGNAL_ROOMS_CHANGED, self._async_all_due),
            self._hass.bus.async_listen(
                ir.EVENT_REPAIRS_ISSUE_REGISTRY_UPDATED, self._async_issue_changed
            ),
        ]

    @callback
    def _async_entry_changed(self, _change: ConfigEntryChange, entry: ConfigEntry) -> None:
        if entry.domain == DOMAIN:
            self._async_all_due()

    @callback
    def _async_issue_changed(self, event: Event[ir.EventIssueRegistryUpdatedData]) -> None:
        if event.data["domain"] == DOMAIN:
            self._questions = None
            self._async_work()

    @callback
    def _async_all_due(self) -> None:
        for room_id in self._feeds:
            self._async_due(room_id)

    @callback
    def _async_due(self, room_id: str) -> None:
        self._due[room_id] = None
        self._async_work()

    @callback
    def _async_work(self) -> None:
        if not self._working:
            self._working = True
            self._hass.async_create_task(self._async_send(), f"{DOMAIN} cards", eager_start=False)

    async def _async_send(self) -> None:
        """Draw and send what is due, with a turn for others after each step."""
        try:
            while self._due or self._questions is None:
                self._async_ask()
                if self._due:
                    room_id = next(iter(self._due))
                    del self._due[room_id]
                    await self._async_send_room(room_id)
        finally:
            self._working = False

    async def _async_send_room(self, room_id: str) -> None:
        feed = self._feeds.get(room_id)
        if feed is not None and feed.async_is_outdated():
            self._hass.async_create_task(self._async_follow(feed), f"{DOMAIN} card")
        elif feed is not None:
            with _logged():
                for _ in feed.turns(self._shown_questions):
                    await asyncio.sleep(0)
        await asyncio.sleep(0)

    async def _async_follow(self, feed: RoomFeed) -> None:
        with _logged():
            await feed.async_follow()

    @callback
    def _async_ask(self) -> None:
        """Look up what is asked about the rooms, if a repair has changed; note where it has."""
        if self._questions is not None:
            return
        before, self._questions = self._shown_questions, issues_by_room(self._hass)
        self._shown_questions = self._questions
        for room_id in self._feeds:
            if before.get(room_id) != self._questions.get(room_id):
                self._due[room_id] = None


@contextmanager
def _logged() -> Iterator[None]:
    """Confine a failure to one room: the cards of others go on."""
    try:
        yield
    except Exception:  # noqa: BLE001 - whatever it is
        LOGGER.exception("The cards of a room could not be updated")
