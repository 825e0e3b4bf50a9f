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
from .home_feed import HomeFeed, HomeViewer

FEEDS: HassKey[CardFeeds] = HassKey(f"{DOMAIN}_card_feeds")


@callback
def async_show_room(hass: HomeAssistant, room_id: str, viewer: Viewer) -> CALLBACK_TYPE:
    """Send a room to a card, now and at every change; return what ends that."""
    return _feeds(hass).async_join(room_id, viewer)


@callback
def async_show_home(hass: HomeAssistant, viewer: HomeViewer) -> CALLBACK_TYPE:
    """Send the home in brief to a browser, now and at every change; return what ends that."""
    return _feeds(hass).async_join_home(viewer)


@callback
def _feeds(hass: HomeAssistant) -> CardFeeds:
    if FEEDS not in hass.data:
        hass.data[FEEDS] = CardFeeds(hass)
    return hass.data[FEEDS]


class CardFeeds:
    """The rooms that cards show, each followed once, and the home in brief."""

    def __init__(self, hass: HomeAssistant) -> None:
        """Start with no room."""
        self._hass = hass
        self._feeds: dict[str, RoomFeed] = {}
        self._home = HomeFeed(hass, self._async_due)
        self._due: dict[str, None] = {}
        self._questions: Questions | None = None  # None: they have to be looked up again.
        self._shown_questions: Questions = {}
        self._working = False
        self._of_home: list[CALLBACK_TYPE] = []

    @callback
    def async_join(self, room_id: str, viewer: Viewer) -> CALLBACK_TYPE:
        """Send a room to one more card; return what ends that."""
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
    def async_join_home(self, viewer: HomeViewer) -> CALLBACK_TYPE:
        """Send the home in brief to one more browser; return what ends that."""
        self._async_listen()
        self._home.viewers.append(viewer)
        if len(self._home.viewers) == 1:
            self._home.async_follow()
        self._async_work()

        @callback
        def leave() -> None:
            if viewer in self._home.viewers:
                self._home.viewers.remove(viewer)
                if not self._home.viewers:
                    self._home.async_leave()
                    self._async_unlisten()

        return leave

    @callback
    def _async_close(self, room_id: str, feed: RoomFeed) -> None:
        feed.async_leave()
        del self._feeds[room_id]
        self._async_unlisten()

    @callback
    def _async_unlisten(self) -> None:
        if not self._feeds and not self._home.viewers:
            while self._of_home:
                self._of_home.pop()()

    @callback
    def _async_listen(self) -> None:
        if self._of_home:
            return
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
        if self._home.viewers:
            self._home.async_follow()
            self._async_work()

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
            while self._due or self._questions is None or self._home.waits:
                self._async_ask()
                if self._due:
                    room_id = next(iter(self._due))
                    del self._due[room_id]
                    await self._async_send_room(room_id)
                    await self._async_take_turns(self._home.turns(room_id, self._shown_questions))
                elif self._home.waits:
                    await self._async_take_turns(self._home.whole_turns())
        finally:
            self._working = False

    async def _async_send_room(self, room_id: str) -> None:
        feed = self._feeds.get(room_id)
        if feed is not None and feed.async_is_outdated():
            self._hass.async_create_task(self._async_follow(feed), f"{DOMAIN} card")
        elif feed is not None:
            await self._async_take_turns(feed.turns(self._shown_questions))

    async def _async_take_turns(self, turns: Iterator[None]) -> None:
        """Draw and send, with a turn for others after each step."""
        with _logged():
            for _ in turns:
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
        for room_id in {*before, *self._questions}:
            if before.get(room_id) != self._questions.get(room_id):
                self._due[room_id] = None


@contextmanager
def _logged() -> Iterator[None]:
    """Confine a failure to one room: the cards of others go on."""
    try:
        yield
    except Exception:  # noqa: BLE001 - whatever it is
        LOGGER.exception("The cards of a room could not be updated")
