"""Which questions a home was asked, and the result; a repair only shows a question.

The store keeps a record of each question, with the first room that it is about, so that a
question is asked once: a restart shows it again, an answer ends it, and a new one gets a new id,
since Home Assistant remembers by id what the user ignored.
"""

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import replace
from typing import Any

from homeassistant.core import HomeAssistant, callback
from homeassistant.helpers import issue_registry as ir
from homeassistant.util import dt as dt_util

from ..const import ATTR_EPISODE, ATTR_QUANTITY, ATTR_SUBENTRY, DOMAIN
from ..coordinator import RoomCoordinator
from ..core.day import DAY_S
from ..core.ledger.episode import Episode
from ..core.pollutant import Pollutant
from ..core.questions import AskedQuestion, Question, Rise, Topic
from ..storage.question_record import QuestionRecord

SOURCE_TAKEN = "source_taken"
SOURCE_MOVED = "source_moved"
ROOM_UNREADABLE = "room_unreadable"
STORE_RECOVERED = "store_recovered"
STORE_NEWER = "store_newer"
CLOCK_BEHIND = "clock_behind"
CLOCK_AHEAD = "clock_ahead"
OF_THE_HOME = frozenset(
    {STORE_RECOVERED, STORE_NEWER, CLOCK_BEHIND, CLOCK_AHEAD}
)  # Issues that are about no room.

_TOPICS = frozenset(topic.value for topic in Topic)
_NOT_REPORTS = _TOPICS | {SOURCE_TAKEN, SOURCE_MOVED}

ATTR_OTHERS = "others"
ATTR_EPOCH = "epoch"
SNOOZE_DAYS = 7  # Days, by judgement.


def issue_id_of(question: Question) -> str:
    """Return the id of the repair that asks a question."""
    return "_".join(part for part in question.key if part)


def question_of(room: str, issue_id: str, record: QuestionRecord) -> Question | None:
    """Return the question of a room's record, None if it is not one or its id is damaged."""
    own = [
        Rise(room=room, pollutant=pollutant, episode=episode)
        for pollutant, episode in record.episodes.items()
    ]
    rises = sorted([*own, *record.others], key=lambda rise: (rise.episode, *rise.channel))
    try:
        topic = Topic(record.what)
        name, _, epoch = issue_id.removeprefix(f"{topic}_{room}_").rpartition("_")
        question = Question(
            topic=topic,
            room=room,
            pollutant=Pollutant(name) if name else None,
            epoch=int(epoch),
            at=record.at,
            rises=tuple(rises),
        )
    except ValueError:
        return None
    return question if issue_id_of(question) == issue_id else None


def record_of(
    question: Question, asked_at: float | None, known: QuestionRecord | None
) -> QuestionRecord:
    """Return the record of a question, with what was kept of it before.

    `asked_at` is when it was asked (POSIX time), None while it waits.
    """
    record = known or QuestionRecord(what=question.topic.value, at=question.at, asked_at=asked_at)
    return replace(
        record,
        asked_at=asked_at,
        episodes={rise.pollutant: rise.episode for rise in _own_rises(question)},
        others=_other_rises(question),
    )


def _own_rises(question: Question) -> tuple[Rise, ...]:
    return tuple(rise for rise in question.rises if rise.room == question.room)


def _other_rises(question: Question) -> tuple[Rise, ...]:
    return tuple(rise for rise in question.rises if rise.room != question.room)


def all_questions(
    rooms: Mapping[str, RoomCoordinator],
) -> Iterator[tuple[QuestionRecord, Question]]:
    """Yield every question, asked or waiting, with its record."""
    for room_id, room in rooms.items():
        if not room.last_update_success:
            continue  # Questions about a room that has failed can wait.
        for issue_id, record in list(room.stored.question_records.items()):
            question = question_of(room_id, issue_id, record)
            if question is not None:
                yield record, question


def as_asked(
    hass: HomeAssistant, questions: Iterable[tuple[QuestionRecord, Question]]
) -> list[AskedQuestion]:
    """Return those of some questions that were asked."""
    return [
        AskedQuestion(
            question=question, asked_at=record.asked_at, answered=is_over(hass, record, question)
        )
        for record, question in questions
        if record.asked_at is not None
    ]


def is_over(hass: HomeAssistant, record: QuestionRecord, question: Question) -> bool:
    """Tell whether the user answered a question or chose to ignore its repair."""
    return record.answered or ignored(hass, issue_id_of(question))


def reported_at(rooms: Mapping[str, RoomCoordinator]) -> list[float]:
    """Return when each trouble of a source was reported, as POSIX times.

    What follows from something that a person has just done does not count.
    """
    return [record.at for record in _records(rooms) if record.what not in _NOT_REPORTS]


def asked_or_reported_at(rooms: Mapping[str, RoomCoordinator]) -> list[float]:
    """Return when each question was asked and each trouble was reported, as POSIX times."""
    asked = [
        record.asked_at
        for record in _records(rooms)
        if record.what in _TOPICS and record.asked_at is not None
    ]
    return asked + reported_at(rooms)


def _records(rooms: Mapping[str, RoomCoordinator]) -> Iterator[QuestionRecord]:
    for room in rooms.values():
        yield from room.stored.question_records.values()


def unanswered_episode(room: RoomCoordinator, rise: Rise) -> Episode | None:
    """Return the episode of a rise, None if the user answered it or it is gone."""
    channel = room.channels.get(rise.pollutant)
    if channel is None or channel.ledger.correction_of(rise.episode) is not None:
        return None
    return next((one for one in channel.episodes if one.id == rise.episode), None)


@callback
def async_answered(room: RoomCoordinator, issue_id: str) -> None:
    """Record that a question was answered; it is never asked again."""
    _async_close(room, issue_id, answered=True)


@callback
def async_snooze(room: RoomCoordinator, issue_id: str) -> None:
    """Hide a question for a week."""
    until = dt_util.utcnow().timestamp() + SNOOZE_DAYS * DAY_S
    _async_close(room, issue_id, hidden_until=until)


@callback
def _async_close(room: RoomCoordinator, issue_id: str, **changed: Any) -> None:
    """Remove a repair, and keep the reason in its record."""
    records = room.stored.question_records
    if issue_id in records:
        records[issue_id] = replace(records[issue_id], **changed)
    ir.async_delete_issue(room.hass, DOMAIN, issue_id)
    room.async_schedule_save()


@callback
def async_show(room: RoomCoordinator, issue_id: str, question: Question, names: str) -> None:
    """Show a question; showing it again changes nothing but what it is about."""
    data: dict[str, str | int | float | None] = {
        f"{ATTR_EPISODE}_{rise.pollutant}": rise.episode for rise in _own_rises(question)
    }
    if others := _other_rises(question):
        data[ATTR_OTHERS] = " ".join(f"{one.room}:{one.pollutant}:{one.episode}" for one in others)
    data[ATTR_EPOCH] = question.epoch
    if question.pollutant is not None:
        data[ATTR_QUANTITY] = question.pollutant.value
    async_show_issue(room, issue_id, question.topic, data, names)


def rises_of(data: Mapping[str, object] | None) -> list[Rise]:
    """Return the rises that a repair is about, from its data as `async_show` writes it."""
    data = data or {}
    own = [
        (str(data.get(ATTR_SUBENTRY)), name.removeprefix(f"{ATTR_EPISODE}_"), str(episode))
        for name, episode in data.items()
        if name.startswith(f"{ATTR_EPISODE}_")
    ]
    others = [one.split(":") for one in str(data.get(ATTR_OTHERS) or "").split()]
    return [
        Rise(room=room, pollutant=Pollutant(pollutant), episode=int(episode))
        for room, pollutant, episode in (*own, *others)
    ]


@callback
def async_show_issue(
    room: RoomCoordinator,
    issue_id: str,
    what: str,
    data: Mapping[str, str | int | float | None],
    names: str,
    **numbers: str,
) -> None:
    """Show a repair about a room, or about several with their names, with numbers to say."""
    ir.async_create_issue(
        room.hass,
        DOMAIN,
        issue_id,
        data={ATTR_SUBENTRY: room.subentry.subentry_id, **data},
        is_fixable=True,
        severity=ir.IssueSeverity.WARNING,
        translation_key=what,
        translation_placeholders={"room": names, **numbers},
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
