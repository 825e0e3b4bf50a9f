"""The questions that only read: compared with usual, why no alert, what was that."""

from dataclasses import dataclass, replace

from homeassistant.core import HomeAssistant
from homeassistant.util import dt as dt_util

from ..core.channel import Channel
from ..core.day import locate
from ..core.explaining.explain import explain
from ..core.explaining.explanation import Explanation
from ..core.explaining.timeline import happening_at, timeline
from ..core.ledger.correction import episode_span
from ..core.ledger.episode import Episode
from ..core.pollutant import Pollutant
from ..home_history.today import async_measured
from ..words.answer import AnswerWords
from .exposed import ExposedRoom

NEAR_S = 1800.0  # Seconds, by judgement: who says "at seven" rounds to the half hour.


@dataclass(frozen=True, slots=True, kw_only=True)
class Answer:
    """What is said of one pollutant of a room: sentences, and the evidence behind them.

    `name` is what a person called it, None for nothing: text, in which nothing is believed.
    """

    room: str
    quantity: str
    sentences: str
    evidence: str
    name: str | None = None


def compare(words: AnswerWords, exposed: ExposedRoom) -> list[Answer]:
    """Answer how a room is compared with usual."""
    answers = []
    for pollutant in exposed.pollutants:
        explanation = _explained(exposed, pollutant)
        answers.append(_answer(words, exposed, explanation, words.compared(explanation)))
    return answers


def why_no_alert(words: AnswerWords, exposed: ExposedRoom) -> list[Answer]:
    """Answer why there is an alert, or why there is none."""
    answers = []
    for pollutant in exposed.pollutants:
        explanation = _explained(exposed, pollutant)
        source = exposed.room.sources[pollutant]
        alert = words.alert(explanation, source, hidden=exposed.hidden_conditions)
        answers.append(_answer(words, exposed, explanation, alert))
    return answers


async def async_what_was(
    hass: HomeAssistant, words: AnswerWords, exposed: ExposedRoom, at: float
) -> list[Answer]:
    """Answer what was measured around a POSIX time, and whether there was an alert."""
    answers = []
    for pollutant in exposed.pollutants:
        channel, source = exposed.room.channels[pollutant], exposed.room.sources[pollutant]
        episode = episode_at(channel, at)
        if episode is not None:
            told = _answer(words, exposed, _explained(exposed, pollutant, episode))
            answers.append(replace(told, name=_name_at(channel, float(episode.id))))
            continue
        bins = await async_measured(hass, exposed.room, pollutant, at - NEAR_S, at + NEAR_S)
        highest = max((one.value for one in bins), default=None)
        sentences = [
            words.then(pollutant, source, at, highest),
            words.no_alert_then(
                at, possible=highest is not None and _watched(channel, at, exposed)
            ),
        ]
        said = _said(words, exposed, pollutant, sentences)
        answers.append(replace(said, name=_name_at(channel, at)))
    return answers


def _name_at(channel: Channel, at: float) -> str | None:
    """Return the name of what happened at a POSIX time, None if it has none."""
    happened = happening_at(timeline(channel, dt_util.utcnow().timestamp()), at)
    return happened.name.correction.name if happened and happened.name else None


def episode_at(channel: Channel, at: float) -> Episode | None:
    """Return the episode that a person means who names a POSIX time, None if there was none."""
    now = dt_util.utcnow().timestamp()
    near = {}
    for episode in channel.episodes:
        if episode.withdrawn:
            continue  # Whether it was unusual is no longer known.
        start, end = episode_span(episode, now)
        away = max(start - at, at - end, 0.0)
        if away <= NEAR_S:
            near[episode.id] = (away, episode)
    return min(near.values(), key=lambda pair: pair[0])[1] if near else None


def _watched(channel: Channel, at: float, exposed: ExposedRoom) -> bool:
    """Tell whether an alert was possible in the part of the day that a POSIX time is in.

    That of a past day also depends on its conditions, so that where those may not be told, it
    counts as not known.
    """
    day, part = locate(at, channel.zone)
    today = channel.forecast
    if today is not None and today.day == day:
        return today.eligible and today.sees(part)
    return not exposed.hidden_conditions and any(
        summary.eligible and summary.usable >> part & 1
        for summary in channel.ledger.days
        if summary.day == day
    )


def _explained(
    exposed: ExposedRoom, pollutant: Pollutant, episode: Episode | None = None
) -> Explanation:
    """Return the explanation as if nothing were known of what may not be told."""
    now = dt_util.utcnow().timestamp()
    explanation = explain(exposed.room.channels[pollutant], now, episode, told=exposed.told)
    if exposed.hidden_conditions:  # They decide which days are eligible.
        record = replace(explanation.record, eligible_days=0)
        return replace(explanation, record=record)
    return explanation


def _answer(
    words: AnswerWords, exposed: ExposedRoom, explanation: Explanation, *first: str
) -> Answer:
    """Return the first sentences and after them the explanation."""
    source = exposed.room.sources[explanation.pollutant]
    sentences = [
        *words.ready_first(explanation),
        *first,
        *words.sentences(explanation, source, hidden=exposed.hidden),
    ]
    evidence = words.evidence(explanation, source)
    return _said(words, exposed, explanation.pollutant, sentences, evidence)


def _said(
    words: AnswerWords,
    exposed: ExposedRoom,
    pollutant: Pollutant,
    sentences: list[str],
    evidence: str = "",
) -> Answer:
    return Answer(
        room=exposed.name,
        quantity=words.say(f"quantity_{pollutant}"),
        sentences=" ".join(sentence for sentence in sentences if sentence),
        evidence=evidence,
    )
