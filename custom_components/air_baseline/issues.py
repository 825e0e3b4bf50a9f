"""Which statements deserve a repair, from when to when; each can be answered.

What was asked is kept in the store, so that a question is asked once: a restart shows it
again, an answer ends it, and a new one gets a new id, since Home Assistant remembers by id
what the user ignored.
"""

from collections.abc import Iterable, Mapping
from datetime import datetime, timedelta
from typing import Any

from homeassistant.core import CALLBACK_TYPE, HomeAssistant, callback
from homeassistant.helpers import issue_registry as ir
from homeassistant.helpers.event import async_track_time_interval
from homeassistant.util import dt as dt_util

from .const import ATTR_EPISODE, ATTR_QUANTITY, ATTR_SUBENTRY, DOMAIN
from .coordinator import AirBaselineConfigEntry, RoomCoordinator
from .core.day import DAY_S
from .core.event import Event, EventKind
from .core.quantity import Kind
from .core.state import LearningState

RANGE_LEARNED = "range_learned"
UNUSUAL_EPISODE = "unusual_episode"
SOURCE_UNIT_CHANGED = "source_unit_changed"
SOURCE_STUCK = "source_stuck"
SOURCE_IMPLAUSIBLE = "source_implausible"
STORE_RECOVERED = "store_recovered"

OPEN_DAYS = 14  # A question nobody answers goes by itself.
SNOOZE_DAYS = 7
SAME_EPISODE_S = 3600.0  # PM2.5 and VOC rising within an hour are one question.
FORGET_DAYS = 90
REVIEW = timedelta(hours=1)  # Time ends a question even in a room where nothing changes.

_QUESTIONS = frozenset({RANGE_LEARNED, UNUSUAL_EPISODE})
_LEARNING = frozenset({LearningState.COLLECTING, LearningState.PROVISIONAL})


@callback
def async_watch_issues(hass: HomeAssistant, entry: AirBaselineConfigEntry) -> CALLBACK_TYPE:
    """Raise and clear the repairs of an entry's rooms; return what ends that."""
    _async_forget_gone_rooms(hass, entry.runtime_data.rooms)
    watches = [RoomIssues(hass, room) for room in entry.runtime_data.rooms.values()]
    unsubscribes = [watch.async_start() for watch in watches]
    _async_tell_damage(hass, entry)

    @callback
    def review(_now: datetime) -> None:
        for watch in watches:
            watch.async_review()

    unsubscribes.append(async_track_time_interval(hass, review, REVIEW))

    return _together(unsubscribes)


def _together(unsubscribes: Iterable[CALLBACK_TYPE]) -> CALLBACK_TYPE:
    """Return what ends several subscriptions at once."""

    @callback
    def stop() -> None:
        for unsubscribe in unsubscribes:
            unsubscribe()

    return stop


@callback
def async_clear_issues(hass: HomeAssistant) -> None:
    """Remove the repairs that are raised again when the entry is loaded again.

    One that was ignored stays, or its "ignored" would be forgotten.
    """
    for issue in _issues(hass):
        if issue.dismissed_version is None and issue.issue_id != STORE_RECOVERED:
            ir.async_delete_issue(hass, DOMAIN, issue.issue_id)


@callback
def async_forget_issues(hass: HomeAssistant) -> None:
    """Remove all repairs of the integration."""
    for issue in _issues(hass):
        ir.async_delete_issue(hass, DOMAIN, issue.issue_id)


@callback
def _async_forget_gone_rooms(hass: HomeAssistant, rooms: Iterable[str]) -> None:
    """Remove the repairs of rooms that are gone, ignored ones as well."""
    for issue in _issues(hass):
        of_room = any(f"_{room}_" in issue.issue_id for room in rooms)
        if not of_room and issue.issue_id != STORE_RECOVERED:
            ir.async_delete_issue(hass, DOMAIN, issue.issue_id)


def _issues(hass: HomeAssistant) -> list[ir.IssueEntry]:
    return [issue for issue in ir.async_get(hass).issues.values() if issue.domain == DOMAIN]


@callback
def async_answered(room: RoomCoordinator, issue_id: str) -> None:
    """Note that a question was answered; it is never asked again."""
    if issue_id in room.stored.asked:
        room.stored.asked[issue_id]["answered"] = True
    room.async_schedule_save()


@callback
def async_snooze(room: RoomCoordinator, issue_id: str) -> None:
    """Hide a question for a week."""
    if issue_id in room.stored.asked:
        until = dt_util.utcnow().timestamp() + SNOOZE_DAYS * DAY_S
        room.stored.asked[issue_id]["hidden_until"] = until
    ir.async_delete_issue(room.hass, DOMAIN, issue_id)
    room.async_schedule_save()


class RoomIssues:
    """The questions of one room."""

    def __init__(self, hass: HomeAssistant, room: RoomCoordinator) -> None:
        """Take the questions asked before from the room's store."""
        self._hass = hass
        self._room = room
        self._asked = room.stored.asked

    @callback
    def async_start(self) -> CALLBACK_TYPE:
        """Listen to the room, and ask again what is still open; return what ends that."""
        unsubscribes = (
            self._room.async_add_event_listener(self._async_happened),
            self._room.async_add_listener(self.async_review),
        )
        for kind, channel in self._room.channels.items():
            if channel.watch.current is not None:
                self._ask_about_episode(kind, channel.watch.current.id)
        self.async_review()
        return _together(unsubscribes)

    @callback
    def _async_happened(self, kind: Kind, event: Event) -> None:
        if event.kind is EventKind.RANGE_LEARNED:
            self._ask_about_range(event.at)
        if event.kind is EventKind.UNUSUAL_STARTED and event.episode is not None:
            self._ask_about_episode(kind, event.episode.id)

    def _ask_about_range(self, at: float) -> None:
        """Ask once, when no channel of the room is still on its way to a first range."""
        channels = self._room.channels.values()
        if any(channel.state(at) in _LEARNING for channel in channels):
            return
        epoch = max(channel.ledger.change_day for channel in channels)
        self._ask(RANGE_LEARNED, str(epoch), at, {})

    def _ask_about_episode(self, kind: Kind, episode: int) -> None:
        """Ask once about an episode (its id is the time at which it opened)."""
        at = float(episode)
        if any(asked["episodes"].get(kind.value) == episode for asked in self._asked.values()):
            return
        for asked in self._asked.values():
            if asked["kind"] != UNUSUAL_EPISODE or asked["answered"]:
                continue
            if at - asked["at"] <= SAME_EPISODE_S and kind.value not in asked["episodes"]:
                asked["episodes"][kind.value] = episode
                return
        self._ask(UNUSUAL_EPISODE, str(episode), at, {kind.value: episode})

    def _ask(self, what: str, epoch: str, at: float, episodes: dict[str, int]) -> None:
        issue_id = f"{what}_{self._room.subentry.subentry_id}_{epoch}"
        if issue_id in self._asked:
            return
        for other_id, other in self._asked.items():
            if other["kind"] == what and not other["answered"]:
                other["answered"] = True
                self._async_hide(other_id)
        self._asked[issue_id] = {"kind": what, "at": at, "answered": False, "episodes": episodes}
        self._room.async_schedule_save()
        self._async_show(issue_id, what, _episode_data(episodes))

    @callback
    def async_review(self) -> None:
        """Show what is open, hide what is over, and follow the state of the sources."""
        now = dt_util.utcnow().timestamp()
        for issue_id, asked in list(self._asked.items()):
            if asked["kind"] in _QUESTIONS:
                self._async_review_question(issue_id, asked, now)
        for kind, channel in self._room.channels.items():
            self._async_tell(SOURCE_STUCK, kind, now, shown=channel.source.stuck)
            if kind not in self._room.unit_problem:
                continue  # Nothing was heard since the start; what was told before stands.
            for what, wrong in (
                (SOURCE_UNIT_CHANGED, self._room.unit_problem[kind] is not None),
                (SOURCE_IMPLAUSIBLE, self._room.implausible(kind)),
            ):
                if not wrong or self._room.proven(kind):
                    self._async_tell(what, kind, now, shown=wrong)

    @callback
    def _async_review_question(self, issue_id: str, asked: Mapping[str, Any], now: float) -> None:
        age_s = now - asked["at"]
        if age_s > FORGET_DAYS * DAY_S:
            del self._asked[issue_id]
        if asked["answered"] or age_s > OPEN_DAYS * DAY_S or not self._still_true(asked):
            self._async_hide(issue_id)
        elif now >= asked.get("hidden_until", 0.0):
            self._async_show(issue_id, asked["kind"], _episode_data(asked["episodes"]))

    def _still_true(self, asked: Mapping[str, Any]) -> bool:
        """Tell whether a question still is about something that holds."""
        if asked["kind"] == RANGE_LEARNED:
            return any(view.state is LearningState.LEARNED for view in self._room.data.values())
        return any(
            episode.id == asked["episodes"].get(kind.value)
            and episode.day >= channel.ledger.epoch_day
            for kind, channel in self._room.channels.items()
            for episode in channel.ledger.episodes
        )

    @callback
    def _async_tell(self, what: str, kind: Kind, now: float, *, shown: bool) -> None:
        """Follow the state of a source; when it is over, what was answered is forgotten."""
        issue_id = f"{what}_{self._room.subentry.subentry_id}_{kind.value}"
        if not shown:
            if self._asked.pop(issue_id, None) is not None:
                ir.async_delete_issue(self._hass, DOMAIN, issue_id)
            return
        asked = self._asked.setdefault(
            issue_id, {"kind": what, "at": now, "answered": False, "episodes": {}}
        )
        if now >= asked.get("hidden_until", 0.0):
            self._async_show(issue_id, what, {ATTR_QUANTITY: kind.value})

    @callback
    def _async_show(self, issue_id: str, what: str, data: Mapping[str, str | int]) -> None:
        ir.async_create_issue(
            self._hass,
            DOMAIN,
            issue_id,
            data={ATTR_SUBENTRY: self._room.subentry.subentry_id, **data},
            is_fixable=True,
            severity=ir.IssueSeverity.WARNING,
            translation_key=what,
            translation_placeholders={"room": self._room.subentry.title},
        )

    @callback
    def _async_hide(self, issue_id: str) -> None:
        """Remove a repair; one that was ignored stays, or its "ignored" would be forgotten."""
        issue = ir.async_get(self._hass).async_get_issue(DOMAIN, issue_id)
        if issue is not None and issue.dismissed_version is None:
            ir.async_delete_issue(self._hass, DOMAIN, issue_id)


def _episode_data(episodes: Mapping[str, int]) -> dict[str, int]:
    return {f"{ATTR_EPISODE}_{kind}": episode for kind, episode in episodes.items()}


@callback
def _async_tell_damage(hass: HomeAssistant, entry: AirBaselineConfigEntry) -> None:
    """Say what was lost when the store was read, until that was seen."""
    damage = entry.runtime_data.damage
    lost, recovered = ({room for room, _ in rooms} for rooms in (damage.lost, damage.recovered))
    if not lost and not recovered:
        return
    ir.async_create_issue(
        hass,
        DOMAIN,
        STORE_RECOVERED,
        data={"lost": " ".join(sorted(lost)), "recovered": " ".join(sorted(recovered))},
        is_fixable=True,
        is_persistent=True,  # A restart finds no damage, so it could not be told again.
        severity=ir.IssueSeverity.ERROR,
        translation_key=STORE_RECOVERED,
    )
