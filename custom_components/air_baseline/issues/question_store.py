"""What was asked in a home and what came of it; a repair is only how it is shown.

What was asked is kept in the store, with the first room that it is about, so that a question
is asked once: a restart shows it again, an answer ends it, and a new one gets a new id, since
Home Assistant remembers by id what the user ignored.
"""

from collections.abc import Iterator, Mapping
from typing import Any

from homeassistant.core import HomeAssistant, callback
from homeassistant.helpers import issue_registry as ir
from homeassistant.util import dt as dt_util

from ..const import ATTR_EPISODE, ATTR_QUANTITY, ATTR_SUBENTRY, DOMAIN
from ..coordinator import RoomCoordinator
from ..core.day import DAY_S, locate
from ..core.pollutant import Pollutant
from ..core.questions import AskedQuestion, Question, Rise, Topic

SOURCE_MISSING = "source_missing"
SOURCE_UNIT_CHANGED = "source_unit_changed"
SOURCE_STUCK = "source_stuck"
SOURCE_IMPLAUSIBLE = "source_implausible"
ROOM_UNREADABLE = "room_unreadable"
STORE_RECOVERED = "store_recovered"
STORE_NEWER = "store_newer"
OF_THE_HOME = frozenset({STORE_RECOVERED, STORE_NEWER})  # Issues that are about no room.

ATTR_OTHERS = "others"
ATTR_EPOCH = "epoch"
SNOOZE_DAYS = 7  # Days, by judgement.

type Kept = dict[str, Any]  # A question as it is stored; `store` checks its form on loading.


def issue_id_of(question: Question) -> str:
    """Return the id of the repair that asks about a statement."""
    return "_".join(part for part in question.key if part)


def statement_of(room: str, issue_id: str, kept: Mapping[str, Any]) -> Question | None:
    """Return what a stored question is about, None where it is no question with a date."""
    try:
        topic = Topic(kept["kind"])
        *_, rest = issue_id.split(f"{topic}_{room}_", 1)
        kind, _, epoch = rest.rpartition("_")
        return Question(
            topic=topic,
            room=room,
            pollutant=Pollutant(kind) if kind else None,
            epoch=int(epoch),
            at=kept["at"],
            rises=_rises(room, kept),
        )
    except ValueError:
        return None


def _rises(room: str, kept: Mapping[str, Any]) -> tuple[Rise, ...]:
    rises = [
        Rise(room=room, pollutant=Pollutant(kind), episode=episode)
        for kind, episode in kept["episodes"].items()
    ]
    rises += [
        Rise(room=other, pollutant=Pollutant(kind), episode=episode)
        for other, kind, episode in kept.get("others", [])
    ]
    return tuple(sorted(rises, key=lambda rise: (rise.episode, *rise.channel)))


def keep(question: Question, asked_at: float | None, before: Mapping[str, Any]) -> Kept:
    """Return a question in its stored form, with what is known of it from before."""
    own = {
        rise.pollutant.value: rise.episode for rise in question.rises if rise.room == question.room
    }
    return {
        "kind": question.topic.value,
        "at": question.at,
        "answered": False,
        **before,
        "asked_at": asked_at,
        "episodes": own,
        "others": [
            [rise.room, rise.pollutant.value, rise.episode]
            for rise in question.rises
            if rise.room != question.room
        ],
    }


def all_asked(
    rooms: Mapping[str, RoomCoordinator],
) -> Iterator[tuple[RoomCoordinator, str, Kept, Question]]:
    """Yield every question with a date: where it is kept, its id, its stored form, its subject."""
    for room_id, room in rooms.items():
        if not room.last_update_success:
            continue  # What is asked about a room that has failed can wait.
        for issue_id, kept in list(room.stored.asked.items()):
            question = statement_of(room_id, issue_id, kept)
            if question is not None:
                yield room, issue_id, kept, question


def as_asked(hass: HomeAssistant, issue_id: str, kept: Kept, question: Question) -> AskedQuestion:
    """Return a question for the core; one that the user ignored is over."""
    over = kept["answered"] or ignored(hass, issue_id)
    return AskedQuestion(question=question, asked_at=kept["asked_at"], answered=over)


def sources_reported(rooms: Mapping[str, RoomCoordinator], now: float) -> int:
    """Return how many troubles of sources were told since 04:00."""
    zone = dt_util.get_default_time_zone()
    today = locate(now, zone)[0]
    topics = set(Topic)
    return sum(
        kept["kind"] not in topics and locate(kept["at"], zone)[0] == today
        for room in rooms.values()
        for kept in room.stored.asked.values()
    )


@callback
def async_answered(room: RoomCoordinator, issue_id: str) -> None:
    """Note that a question was answered; it is never asked again."""
    if issue_id in room.stored.asked:
        room.stored.asked[issue_id]["answered"] = True
    ir.async_delete_issue(room.hass, DOMAIN, issue_id)
    room.async_schedule_save()


@callback
def async_snooze(room: RoomCoordinator, issue_id: str) -> None:
    """Hide a question for a week."""
    if issue_id in room.stored.asked:
        until = dt_util.utcnow().timestamp() + SNOOZE_DAYS * DAY_S
        room.stored.asked[issue_id]["hidden_until"] = until
    ir.async_delete_issue(room.hass, DOMAIN, issue_id)
    room.async_schedule_save()


@callback
def async_show(room: RoomCoordinator, issue_id: str, question: Question, names: str) -> None:
    """Show a question; showing it again changes nothing but what it is about."""
    data: dict[str, str | int | float | None] = {
        f"{ATTR_EPISODE}_{rise.pollutant}": rise.episode
        for rise in question.rises
        if rise.room == question.room
    }
    others = [rise for rise in question.rises if rise.room != question.room]
    if others:
        data[ATTR_OTHERS] = " ".join(f"{one.room}:{one.pollutant}:{one.episode}" for one in others)
    data[ATTR_EPOCH] = question.epoch
    if question.pollutant is not None:
        data[ATTR_QUANTITY] = question.pollutant.value
    async_show_issue(room, issue_id, question.topic, data, names)


def other_rooms(data: Mapping[str, object] | None) -> list[str]:
    """Return which rooms a repair is about besides its first, from the data of the repair."""
    return [one.partition(":")[0] for one in str((data or {}).get(ATTR_OTHERS) or "").split()]


@callback
def async_show_issue(
    room: RoomCoordinator,
    issue_id: str,
    what: str,
    data: Mapping[str, str | int | float | None],
    names: str,
) -> None:
    """Show a repair about a room, or about several with their names."""
    ir.async_create_issue(
        room.hass,
        DOMAIN,
        issue_id,
        data={ATTR_SUBENTRY: room.subentry.subentry_id, **data},
        is_fixable=True,
        severity=ir.IssueSeverity.WARNING,
        translation_key=what,
        translation_placeholders={"room": names},
    )


@callback
def async_hide(hass: HomeAssistant, issue_id: str) -> None:
    """Remove a repair; one that was ignored stays, or its "ignored" would be forgotten."""
    if not ignored(hass, issue_id):
        ir.async_delete_issue(hass, DOMAIN, issue_id)


def ignored(hass: HomeAssistant, issue_id: str) -> bool:
    """Tell whether the user chose to ignore a repair."""
    issue = ir.async_get(hass).async_get_issue(DOMAIN, issue_id)
    return issue is not None and issue.dismissed_version is not None
