"""A room as a message for the card: numbers in the units of its sources, and words."""

from collections.abc import Mapping
from typing import Any

from homeassistant.auth.models import User
from homeassistant.auth.permissions.const import POLICY_READ
from homeassistant.core import HomeAssistant, callback
from homeassistant.helpers import issue_registry as ir
from homeassistant.util import dt as dt_util

from ..coordinator import RoomCoordinator
from ..core.codes import Missing
from ..core.explaining.day_chart import EpisodeSpan, PartOfDay, day_chart
from ..core.explaining.explain import explain
from ..core.pollutant import REFUSED_FROM, Pollutant
from ..core.reading.binning import Bin
from ..entity import WORDS_OF_POLLUTANT
from ..home_history.recorder import has_recorder
from ..inputs.room_config import RoomSource
from ..issues.lifecycle import open_issues
from ..words.explanation import Words, names_of, times

type CardMessage = dict[str, Any]
type Bins = Mapping[Pollutant, Mapping[int, Bin]]  # By slot.


@callback
def card_message(
    hass: HomeAssistant, room: RoomCoordinator, bins: Bins, words: Words, user: User
) -> CardMessage:
    """Return what the card shows of a room at present."""
    return {
        "room": room.subentry.title,
        "recorder": has_recorder(hass),
        "questions": [
            {"kind": issue.translation_key, "numbers": _numbers(issue)}
            for issue in open_issues(hass, room.subentry.subentry_id)
        ],
        "channels": [
            _channel(room, source, bins.get(source.pollutant, {}), words, user)
            for source in room.sources.values()
        ],
    }


def _channel(
    room: RoomCoordinator, source: RoomSource, bins: Mapping[int, Bin], words: Words, user: User
) -> CardMessage:
    """Return one pollutant; only users who may read the source itself get its readings."""
    now, channel = dt_util.utcnow().timestamp(), room.channels[source.pollutant]
    shown, today = room.data[source.pollutant], day_chart(channel, now)
    explanation = explain(channel, now)
    silence = explanation.measured.silence
    readable = user.permissions.check_entity(source.entity_id, POLICY_READ)
    page = words.page(explanation, source, names_of(room, str))
    return {
        "quantity": source.pollutant,
        "words_of": WORDS_OF_POLLUTANT[source.pollutant],
        "unit": source.shown_unit,
        "highest": _shown(channel.spec.highest, source),
        "refused_from": _shown(REFUSED_FROM * channel.spec.highest, source),
        "no_reading": sorted(channel.spec.sentinels.get(source.factor, ())),
        "lapsed": silence is not None and not silence.counts,
        "source": source.entity_id if readable else None,
        "state": shown.state,
        "compared": shown.compared,
        "basis": shown.basis,
        "usable_days": shown.usable_days,
        "needed": shown.needed_days,
        "not_seen": times(shown.not_seen),
        "missing": words.missing(_without_days(explanation.evidence.missing)),
        "start": today.start,
        "end": today.end,
        "firm": today.firm,
        "parts": [_part(part, source) for part in today.parts],
        "episodes": [_episode(span) for span in today.episodes],
        "line": [
            [bin_.start, _shown(bin_.value, source)]
            for _, bin_ in sorted(bins.items())
            if today.start <= bin_.start < today.end
        ]
        if readable
        else None,
        "words": {name: _lines(text) for name, text in page.placeholders().items()},
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
        "low": _shown(part.low, source),
        "high": _shown(part.high, source),
    }


def _episode(span: EpisodeSpan) -> CardMessage:
    return {"start": span.start, "end": span.end, "running": span.running}


def _shown(value: float, source: RoomSource) -> float:
    """Return a concentration in the unit of the source, with four significant digits."""
    return float(f"{value / source.factor:.4g}")


def _lines(text: str) -> list[str]:
    """Return the lines of a text without their list signs."""
    return [line.removeprefix("- ") for line in text.splitlines() if line]
