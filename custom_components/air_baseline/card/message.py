"""A room as a message for the card: numbers in the units of its sources, and words.

The numbers are computed once for all who look at the room, the sentences once for all
who may see the same.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from homeassistant.auth.models import User
from homeassistant.auth.permissions.const import POLICY_READ
from homeassistant.core import callback
from homeassistant.helpers import issue_registry as ir
from homeassistant.util import dt as dt_util

from ..coordinator import RoomCoordinator
from ..core.channel import Channel
from ..core.codes import Missing
from ..core.explaining.advice import combined
from ..core.explaining.day_chart import EpisodeSpan, PartOfDay, day_chart
from ..core.explaining.explain import explain
from ..core.explaining.explanation import Explanation
from ..core.explaining.year_facts import year_version
from ..core.pollutant import Pollutant
from ..core.reading.binning import Bin
from ..home_history.recorder import has_recorder
from ..inputs.room_config import RoomSource
from ..permissions import may_correct, room_names
from .brief import channel_brief, in_unit
from .past import outdoors
from .sentences import Sentences

type CardMessage = dict[str, Any]
type Bins = Mapping[Pollutant, Mapping[int, Bin]]  # By slot.


@dataclass(frozen=True, slots=True)
class Sight:
    """What one user may see of a picture: sources by entity id, and the names of other rooms.

    `may_answer` says whether they may answer its questions.
    """

    sources: frozenset[str]
    names: frozenset[tuple[str, str | None]]
    may_answer: bool


@dataclass(frozen=True, slots=True)
class _ChannelPicture:
    source: RoomSource
    explanation: Explanation
    numbers: CardMessage


@dataclass(frozen=True, slots=True)
class RoomPicture:
    """What a card can show of a room at a moment, whoever looks."""

    room: RoomCoordinator
    questions: Sequence[CardMessage]
    channels: Sequence[_ChannelPicture]

    @callback
    def sight_of(self, user: User) -> Sight:
        """Return what a user may see of it."""
        check, channels = user.permissions.check_entity, self.channels
        sources = (one.source.entity_id for one in channels)
        rooms = {room for one in channels for room in one.explanation.surroundings.rooms}
        return Sight(
            sources=frozenset(source for source in sources if check(source, POLICY_READ)),
            names=frozenset(room_names(self.room, user, rooms).items()),
            may_answer=may_correct(self.room.hass, user, self.room),
        )

    def message(self, sight: Sight) -> CardMessage:
        """Return the message for users who may see the same."""
        unit = self.room.hass.config.units.temperature_unit
        words = Sentences(unit)
        suggestions = combined(one for it in self.channels for one in it.explanation.what_to_do)
        return {
            "room": self.room.subentry.title,
            "what_to_do": [words.sentence(text) for text in words.what_to_do(suggestions)],
            "recorder": has_recorder(self.room.hass),
            "questions": self.questions,
            "may_answer": sight.may_answer,
            "channels": [_in_words(one, Sentences(unit), sight) for one in self.channels],
        }


@callback
def room_picture(
    room: RoomCoordinator, bins: Bins, open_issues: Sequence[ir.IssueEntry]
) -> RoomPicture:
    """Return what cards can show of a room at present."""
    questions = [
        {
            "id": issue.issue_id if issue.is_fixable else None,
            "kind": issue.translation_key,
            "numbers": _numbers(issue),
        }
        for issue in open_issues
    ]
    channels = [
        _channel(room, source, bins.get(source.pollutant, {})) for source in room.sources.values()
    ]
    return RoomPicture(room, questions, channels)


def _channel(room: RoomCoordinator, source: RoomSource, bins: Mapping[int, Bin]) -> _ChannelPicture:
    now, channel = dt_util.utcnow().timestamp(), room.channels[source.pollutant]
    shown, today = room.data[source.pollutant], day_chart(channel, now)
    numbers = {
        **channel_brief(room, source, shown, now),
        "mean": _mean(channel, source, now),
        "basis": shown.basis,
        "outdoor": source.pollutant is Pollutant.PM25 and outdoors(room) is not None,
        "not_seen": shown.not_seen,
        "year": year_version(channel, now),
        "start": today.start,
        "end": today.end,
        "firm": today.firm,
        "parts": [_part(part, source) for part in today.parts],
        "episodes": [_episode(span) for span in today.episodes],
        "line": [
            [bin_.start, in_unit(bin_.value, source)]
            for _, bin_ in sorted(bins.items())
            if today.start <= bin_.start < today.end
        ],
    }
    return _ChannelPicture(source, explain(channel, now), numbers)


def _in_words(picture: _ChannelPicture, words: Sentences, sight: Sight) -> CardMessage:
    """Return one pollutant; only users who may read the source itself get its readings."""
    explanation, source = picture.explanation, picture.source
    hidden = {} if source.entity_id in sight.sources else {"source": None, "line": None}
    names = {room: name and words.name(name) for room, name in sight.names}
    page = words.page(explanation, source, names)
    missing = words.missing(_without_days(explanation.evidence.missing))
    return {
        **picture.numbers,
        **hidden,
        "missing": [words.sentence(text) for text in missing],
        "words": {name: words.lines(text) for name, text in page.placeholders().items()},
    }


def _mean(channel: Channel, source: RoomSource, at: float) -> CardMessage | None:
    """Return the mean of the guideline so far, None if nothing was observed."""
    guideline = channel.guideline
    found = guideline.so_far(channel.shown_at(at)) if guideline else None
    if guideline is None or found is None or channel.clock_wrong:
        return None
    return {
        "level": in_unit(found.mean, source),
        "is_least": found.is_least,
        "hours": round(found.hours, 2),
        "enough": found.enough,
    }


def _without_days(missing: Mapping[Missing, int]) -> dict[Missing, int]:
    """Return what is missing apart from days, which the card draws as a number."""
    return {what: number for what, number in missing.items() if what is not Missing.DAYS}


def _numbers(issue: ir.IssueEntry) -> dict[str, str]:
    """Return the numbers in the title of a repair; the card knows the room."""
    values = issue.translation_placeholders or {}
    return {name: value for name, value in values.items() if name != "room"}


def _part(part: PartOfDay, source: RoomSource) -> CardMessage:
    return {
        "start": part.start,
        "end": part.end,
        "low": in_unit(part.low, source),
        "high": in_unit(part.high, source),
    }


def _episode(span: EpisodeSpan) -> CardMessage:
    return {
        "start": span.start,
        "end": span.end,
        "running": span.running,
        "rarity_days": span.rarity,
    }
