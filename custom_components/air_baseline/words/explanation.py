"""From an explanation to sentences; only this module words explanations."""

import asyncio
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, date, datetime, timedelta
from typing import Self
from urllib.parse import urlencode

from homeassistant.auth.models import User
from homeassistant.auth.permissions.const import POLICY_READ
from homeassistant.components.http.auth import async_sign_path
from homeassistant.const import UnitOfTemperature
from homeassistant.core import HomeAssistant, callback
from homeassistant.helpers import translation
from homeassistant.util import dt as dt_util
from homeassistant.util.unit_conversion import TemperatureConverter

from ..const import DOMAIN
from ..coordinator import RoomCoordinator
from ..core.codes import LearningState, Missing, OtherRooms, Reason
from ..core.explaining.advice import Advice, combined
from ..core.explaining.explain import explain
from ..core.explaining.explanation import (
    ChangeFacts,
    CorrectionInForce,
    CreepFacts,
    EpisodeFacts,
    Explanation,
    Next,
    Silence,
    Subject,
    TrackRecord,
    TypicalRange,
)
from ..core.explaining.year_facts import UsualThen
from ..core.learning.confidence import CONFIDENCE_DAYS
from ..core.ledger.correction import episode_span
from ..core.ledger.entries import Cause
from ..core.ledger.episode import Episode, EpisodeEnd
from ..core.pollutant import POLLUTANTS, Pollutant, plain_number
from ..inputs.room_config import RoomSource
from .times import SERVER, said_date, said_in_full, said_time
from .year import last_year, year_lines

LISTED_CORRECTIONS = 3  # Corrections. By judgement: more would push what matters off the page.
LISTED_ROOMS = 12  # Rooms named in a sentence. By judgement: more would not be read.
PICTURE_EXPIRES = timedelta(hours=24)  # By judgement: a notification is read within a day.
AROUND_S = 2 * 3600.0  # Seconds of history shown before and after an episode, by judgement.

# The names of rooms by their ids; None for one that exists but may not be named to the reader.
type Names = Mapping[str, str | None]
type Explained = tuple[RoomCoordinator, Pollutant, Episode | None]

# What is still missing apart from days; the first of these is said next to when a range is ready.
_LACKS = (
    Missing.WARM_UP,
    Missing.HOURS,
    Missing.WEEKEND_DAYS,
    Missing.WEEK_DAYS,
    Missing.PARTS,
    Missing.RECORD,
    Missing.SCORED_DAYS,
)
LEARNING = frozenset({LearningState.COLLECTING, LearningState.PROVISIONAL})
_MOVED = frozenset({Next.NEEDS_DAYS, Next.NEEDS_TIMES, Next.NEEDS_RECORD})

_MARKDOWN = str.maketrans({sign: f"\\{sign}" for sign in "\\`*_{}[]()<>#+-.!|~:&"})


@dataclass(frozen=True, slots=True, kw_only=True)
class Page:
    """An explanation in words; every page shows its texts in this order.

    `what_to_do` are sentences, none without an episode.
    """

    what_to_do: tuple[str, ...]
    measured: str
    inferred: str
    because: str
    not_known: str
    next: str

    def placeholders(self) -> dict[str, str]:
        """Return the texts as placeholders of a translated page."""
        return {
            "what_to_do": "\n".join(self.what_to_do),
            "measured": self.measured,
            "inferred": self.inferred,
            "because": self.because,
            "not_known": self.not_known,
            "next": self.next,
        }

    def set_off(self) -> dict[str, str]:
        """Return the texts as parts of one block that is set off, for a page of a flow."""
        return {name: set_off(text) for name, text in self.placeholders().items()}


def escape(name: str) -> str:
    """Return a name escaped for Markdown, so that no part of it acts as markup."""
    return " ".join(name.split()).translate(_MARKDOWN)


def set_off(text: str) -> str:
    """Return a text in this system's language as a block of Markdown, a dash where it is empty."""
    return "\n".join(f"> {line}".rstrip() for line in (text or "–").splitlines())


async def async_page(
    hass: HomeAssistant,
    targets: Sequence[Explained],
    names: Names,
    subject: Subject | None = None,
    words: Words | None = None,
) -> Page:
    """Return the explanation of channels, of one or several rooms, as one page.

    `names` are as they are, not escaped. The words are by default those of the server's language.
    After each channel, other tasks can run.
    """
    words = words or await Words.async_load(hass)
    now = dt_util.utcnow().timestamp()
    several = len({room.subentry.subentry_id for room, _, _ in targets}) > 1
    names = {room_id: name and escape(name) for room_id, name in names.items()}
    pages, suggestions = list[Page](), list[Advice]()
    for room, pollutant, episode in targets:
        name = escape(room.subentry.title) if several else ""
        explanation = explain(room.channels[pollutant], now, episode, subject)
        pages.append(words.page(explanation, room.sources[pollutant], names, name))
        suggestions += explanation.what_to_do
        await asyncio.sleep(0)
    return Page(
        what_to_do=words.what_to_do(combined(suggestions)),
        measured=_lines(page.measured for page in pages),
        inferred=_lines(page.inferred for page in pages),
        because=_lines(page.because for page in pages),
        not_known=_lines(dict.fromkeys(page.not_known for page in pages)),
        next=_lines(dict.fromkeys(page.next for page in pages)),
    )


def history_link(targets: Sequence[Explained], now: float) -> str:
    """Return the path of the history graph of the sources around the time of their episodes."""
    spans = [episode_span(episode, now) for _, _, episode in targets if episode is not None]
    start = min((start for start, _ in spans), default=now) - AROUND_S
    end = min(max((end for _, end in spans), default=now) + AROUND_S, now)
    sources = [room.sources[pollutant].entity_id for room, pollutant, _ in targets]
    query = {
        "entity_id": ",".join(sources),
        "start_date": datetime.fromtimestamp(start, UTC).isoformat(timespec="seconds"),
        "end_date": datetime.fromtimestamp(end, UTC).isoformat(timespec="seconds"),
    }
    return f"/history?{urlencode(query)}"


@callback
def async_picture_path(
    hass: HomeAssistant, room: RoomCoordinator, pollutant: Pollutant, user: User | None
) -> str | None:
    """Return a path of the day's chart that works for a day, None if a user may not read it."""
    may_read = user is None or user.permissions.check_entity(
        room.sources[pollutant].entity_id, POLICY_READ
    )
    if not may_read or "http" not in hass.config.components:
        return None
    path = f"/api/{DOMAIN}/picture/{room.subentry.subentry_id}/{pollutant}"
    return async_sign_path(hass, path, PICTURE_EXPIRES, use_content_user=True)


class Words:
    """The sentences of one language, in the formats of whoever reads them."""

    formats = SERVER

    def __init__(self, texts: dict[str, str], temperature_unit: str) -> None:
        """Take the translated fragments by their full keys, and the unit of temperatures."""
        self._texts = texts
        self._temperature_unit = temperature_unit

    @classmethod
    async def async_load(cls, hass: HomeAssistant, language: str | None = None) -> Self:
        """Return the words of a language, by default the server's; English fills the gaps."""
        language = language or hass.config.language
        return cls(
            await translation.async_get_translations(hass, language, "common", [DOMAIN]),
            hass.config.units.temperature_unit,
        )

    @classmethod
    @callback
    def async_cached(cls, hass: HomeAssistant) -> Self:
        """Return the words of the server's language, which are in memory while it is set up."""
        return cls(
            translation.async_get_cached_translations(hass, hass.config.language, "common", DOMAIN),
            hass.config.units.temperature_unit,
        )

    @property
    def loaded(self) -> bool:
        """Tell whether there are words."""
        return bool(self._texts)

    def say(self, key: str, **parts: str | int) -> str:
        """Return one translated fragment."""
        return self._texts[f"component.{DOMAIN}.common.{key}"].format(**parts)

    def number(self, value: float) -> str:
        """Return a number as the language writes it, with up to three significant digits."""
        mark = self.formats.decimal_mark or self.say("decimal_mark")
        return plain_number(value).replace(".", mark)

    def what_to_do(self, suggestions: Iterable[Advice]) -> tuple[str, ...]:
        """Return suggestions as sentences."""
        return tuple(self.say(f"advice_{code}") for code in suggestions)

    def whole(self, value: float) -> str:
        """Return a number without decimals."""
        return f"{value:.0f}"

    def time(self, at: float) -> str:
        """Return a POSIX time as people say it."""
        now = dt_util.now(self.formats.zone)
        return said_time(self.say, datetime.fromtimestamp(at, now.tzinfo), now, self.formats)

    def in_full(self, at: datetime, other: datetime) -> str:
        """Return a local time with its date, next to another one, where a clock is in doubt."""
        return said_in_full(self.say, at, other, self.formats)

    def date(self, iso: str | None) -> str:
        """Return an ISO date as people say it, nothing for none."""
        return said_date(self.say, date.fromisoformat(iso), dt_util.now().date()) if iso else ""

    def times(self, not_seen: Sequence[str]) -> str:
        """Return times of day ("01:00-04:00")."""
        return ", ".join(
            "–".join(self.formats.clock(*map(int, end.split(":"))) for end in stretch.split("-"))
            for stretch in not_seen
        )

    def capital(self, text: str) -> str:
        """Return a text that begins with a capital letter."""
        return text[:1].upper() + text[1:]

    def page(
        self, explanation: Explanation, source: RoomSource, names: Names, room: str = ""
    ) -> Page:
        """Return an explanation in words, with the name of the room if one is given.

        `names` are those of the other rooms, escaped as the page needs.
        """
        quantity = self.say(f"quantity_{explanation.pollutant}")
        quantity = self.say("in_room", room=room, quantity=quantity) if room else quantity
        return Page(
            what_to_do=self.what_to_do(explanation.what_to_do),
            measured=" ".join(
                [
                    self._measured(explanation, source, quantity),
                    *self._silence(explanation.measured.silence),
                    *self._around(explanation),
                ]
            ),
            inferred=" ".join(
                [
                    self._inferred(explanation, source, quantity),
                    *last_year(self, explanation, source),
                    *self._rarity(explanation),
                    *self._others(explanation, names),
                ]
            ),
            because=self._because(explanation, source, quantity),
            not_known=self._not_known(explanation),
            next=" ".join(self._next(explanation, code) for code in explanation.next_steps),
        )

    def concentration(self, value: float, source: RoomSource) -> str:
        """Return a concentration (base unit) in the unit of the source, with the unit.

        At the end of the sensor's span it says "at least", because the air can be any higher.
        """
        limit = self.limit(value, source)
        at_end = POLLUTANTS[source.pollutant].at_end(value)
        return self.say("at_least", level=limit) if at_end else limit

    def limit(self, value: float, source: RoomSource) -> str:
        """Return a level that is compared with, up to the end of the span, with the unit."""
        value = min(value, POLLUTANTS[source.pollutant].highest)
        return f"{self.number(value / source.factor)} {source.shown_unit}".strip()

    def span(self, typical: TypicalRange | UsualThen, source: RoomSource) -> str:
        """Return a range in the unit of the source, with the unit."""
        return self.say(
            "span",
            low=self.number(typical.low / source.factor),
            high=self.concentration(typical.high, source),
        )

    def missing(self, missing: Mapping[Missing, int]) -> list[str]:
        """Return a sentence for each thing that is missing until the range is learned."""
        return [self.say(f"missing_{what}", number=number) for what, number in missing.items()]

    def ready(self, explanation: Explanation) -> str:
        """Return when the range of a room that is learning can be ready, and what it still needs.

        Nothing once it is learned, or while nothing can be learned.
        """
        if explanation.state not in LEARNING:
            return ""
        evidence = explanation.evidence
        needed = evidence.needed_days
        so_far = self.say(
            "card_so_far", days=self.number(min(evidence.usable_days, needed)), needed=needed
        )
        lack = next((what for what in _LACKS if what in evidence.missing), None)
        still = f"{so_far}."
        if lack is not None:
            still = self.say("card_still", so_far=so_far, lacks=self.say(f"card_lacks_{lack}"))
        if evidence.earliest is None:
            return still
        return f"{self.say('card_ready', date=self.date(evidence.earliest))}. {still}"

    def _measured(self, explanation: Explanation, source: RoomSource, quantity: str) -> str:
        measured, change = explanation.measured, explanation.change
        if explanation.subject is Subject.CHANGE and change and change.before and change.since:
            return self.say(
                "measured_change",
                quantity=quantity,
                date=self.date(change.from_day),
                before=self.concentration(change.before, source),
                since=self.concentration(change.since, source),
            )
        if explanation.episode is not None and measured.peak is not None:
            ended = explanation.episode.end is not None
            return self.say(
                "measured_episode" if ended else "measured_episode_running",
                quantity=quantity,
                level=self.concentration(measured.peak, source),
                minutes=measured.minutes or 0,
                when=self.time(explanation.episode.id),
            )
        if explanation.state is LearningState.CLOCK_WRONG:
            return self.say("measured_clock_wrong", quantity=quantity)
        if measured.sustained is None:
            return self.say("measured_nothing", quantity=quantity)
        return self.say(
            "measured_held", quantity=quantity, level=self.concentration(measured.sustained, source)
        )

    def _silence(self, silence: Silence | None) -> list[str]:
        """Return what is known of a source without a new report."""
        if silence is None:
            return []
        since = self.time(silence.since)
        if not silence.counts:
            heard = silence.since if silence.device_at is None else silence.device_at
            return [self.say("silence_over", since=self.time(heard))]
        if silence.device_at is not None:
            return [self.say("silence_alive", since=since, heard=self.time(silence.device_at))]
        if silence.changes_only:
            return [self.say("silence_steady", since=since)]
        return [self.say("silence_slow", since=since)]

    def _inferred(self, explanation: Explanation, source: RoomSource, quantity: str) -> str:
        if (about := self._of_subject(explanation, source)) is not None:
            return about
        typical = explanation.typical
        if explanation.state in (LearningState.PROVISIONAL, LearningState.LEARNED) and typical:
            return self.say(
                f"inferred_{explanation.state}",
                quantity=quantity,
                span=self.span(typical, source),
                part=self.say(f"part_{typical.part}"),
            )
        if explanation.evidence.not_seen and typical is None and explanation.day_ranges:
            return self.say("inferred_not_seen", quantity=quantity)
        if Next.SOURCE_FREED in explanation.next_steps:
            return self.say("inferred_source_taken")
        return self.say(f"inferred_{explanation.state}")

    def _of_subject(self, explanation: Explanation, source: RoomSource) -> str | None:
        """Return what is inferred of an episode, a creep or a change, None of a range."""
        subject, change = explanation.subject, explanation.change
        changing = explanation.state is LearningState.CHANGING
        if subject is Subject.EPISODE and explanation.episode is not None:
            return self._rank(explanation, explanation.episode, source)
        if subject is Subject.CREEP and explanation.creep is not None:
            return self._crept(explanation.creep, source)
        if change is not None and (changing or subject is Subject.CHANGE):
            return self._changed(change, waits=changing)
        return None

    def _rarity(self, explanation: Explanation) -> list[str]:
        """Return how rare an episode is, if that is known."""
        episode = explanation.episode
        if episode is None or episode.rarity is None:
            return []
        return [self.say("rarity", days=episode.rarity)]

    def _rank(self, explanation: Explanation, episode: EpisodeFacts, source: RoomSource) -> str:
        if episode.outcome is EpisodeEnd.WITHDRAWN:
            return self.say("inferred_withdrawn")
        beaten, days = explanation.comparison.beaten or 0, explanation.comparison.days
        high = self.concentration(episode.high, source)
        if beaten < days:
            return self.say("inferred_rank", beaten=beaten, days=days, high=high)
        return self.say(
            "inferred_level" if episode.by_level else "inferred_record", days=days, high=high
        )

    def _changed(self, change: ChangeFacts, *, waits: bool) -> str:
        if change.cause is Cause.TIME_ZONE:
            return self.say("inferred_time_zone", date=self.date(change.from_day))
        if waits:
            return self.say("inferred_changing")
        return self.say("inferred_change", date=self.date(change.from_day))

    def _crept(self, creep: CreepFacts, source: RoomSource) -> str:
        return self.say(
            "creep_higher" if creep.higher else "creep_lower",
            now=self.concentration(creep.now, source),
            then=self.concentration(creep.then, source),
            first=self.date(creep.first_day),
            last=self.date(creep.last_day),
        )

    def _around(self, explanation: Explanation) -> list[str]:
        """Return what was measured of the surroundings of an episode."""
        around, lines = explanation.surroundings, []
        if explanation.subject is not Subject.EPISODE:
            return []
        if around.outdoor_rose is not None:
            outdoor, spec = around.outdoor or 0.0, POLLUTANTS[Pollutant.PM25]
            level = f"{self.number(outdoor)} {spec.unit}"
            lines.append(
                self.say(
                    "measured_outdoor_rose" if around.outdoor_rose else "measured_outdoor_same",
                    level=self.say("at_least", level=level) if spec.at_end(outdoor) else level,
                    before=self.number(around.outdoor_before or 0.0),
                )
            )
        if around.window_open is not None:
            opened = around.window_open > 0.0
            lines.append(self.say("measured_window_open" if opened else "measured_window_shut"))
        return lines

    def _others(self, explanation: Explanation, names: Names) -> list[str]:
        """Return what is known of the other rooms; a room that is gone is left out."""
        around = explanation.surroundings
        known = [names[room] for room in around.rooms if room in names]
        if around.other_rooms is OtherRooms.UNKNOWN or not known:
            return []
        named = [name for name in known if name is not None][:LISTED_ROOMS]
        unnamed = len(known) - len(named)
        if unnamed:
            named.append(self.say("another_room" if unnamed == 1 else "other_rooms"))
        return [self.say(f"together_{around.other_rooms}", rooms=", ".join(named))]

    def _unseen(self, explanation: Explanation) -> list[str]:
        """Return a sentence for each present condition that has not been seen before."""
        around = explanation.surroundings
        return [
            self.say(
                f"unseen_{condition}",
                now=self.temperature(around.outdoor_temperature),
                low=self.temperature((around.seen_temperatures or (None, None))[0]),
                high=self.temperature((around.seen_temperatures or (None, None))[1]),
            )
            for condition in around.unseen
        ]

    def temperature(self, celsius: float | None) -> str:
        """Return a temperature in the unit of the home, nothing if it is not known."""
        if celsius is None:
            return ""
        shown = TemperatureConverter.convert(
            celsius, UnitOfTemperature.CELSIUS, self._temperature_unit
        )
        return f"{self.whole(shown)} {self._temperature_unit}"

    def _last_year(self, explanation: Explanation, source: RoomSource) -> list[str]:
        """Return how the air compares with that of last year."""
        lines = []
        if explanation.as_last_year is not None:
            lines.append(self.say("because_as_last_year", date=self.date(explanation.as_last_year)))
        if explanation.creep is not None and explanation.subject is not Subject.CREEP:
            lines.append(self._crept(explanation.creep, source))
        return lines

    def _because(self, explanation: Explanation, source: RoomSource, quantity: str) -> str:
        evidence, record = explanation.evidence, explanation.record
        comparison = explanation.comparison
        lines = [
            self.say(
                "because_days",
                quantity=quantity,
                days=self.number(evidence.usable_days),
                weekend=self.number(evidence.weekend_days),
                needed=evidence.needed_days,
            )
        ]
        lines += year_lines(self, explanation)
        if evidence.replayed_days:
            lines.append(
                self.say(
                    "because_history_hourly" if evidence.hourly_days else "because_history",
                    days=evidence.replayed_days,
                    hourly=evidence.hourly_days,
                )
            )
        lines += self._held(record)
        if explanation.subject is Subject.STATE:
            lines += self.missing(evidence.missing)
        if evidence.not_seen:
            lines.append(self.say("because_not_seen", times=self.times(evidence.not_seen)))
        if record.eligible_days:
            lines.append(
                self.say("because_record", alerts=record.alerts, days=record.eligible_days)
            )
        elif explanation.reason is Reason.REFERENCE_DAYS:
            lines.append(
                self.say("because_reference", days=comparison.days, needed=comparison.needed)
            )
        lines += self._unseen(explanation)
        lines += [
            self.say(
                "because_passed", first=self.date(change.from_day), last=self.date(change.to_day)
            )
            for change in explanation.passed
        ]
        lines += self._last_year(explanation, source)
        corrections, folded = explanation.corrections, explanation.folded_corrections
        if corrections or folded:
            lines.append(self.say("because_corrections", number=len(corrections) + folded))
            lines += [self._correction(one, source) for one in corrections[-LISTED_CORRECTIONS:]]
        if folded:
            lines.append(self.say("because_folded", number=folded))
        return "\n".join(f"- {line}" for line in lines)

    def _held(self, record: TrackRecord) -> list[str]:
        """Return what the range has held and should hold, and how such forecasts came out."""
        lines = []
        if record.coverage_28d is not None and record.scored_days >= CONFIDENCE_DAYS:
            lines.append(
                self.say(
                    "because_held",
                    held=round(100 * record.coverage_28d),
                    target=round(100 * record.target),
                )
            )
        if record.next_14_days is not None:
            low, high = record.next_14_days
            lines.append(self.say("because_next_14_days", low=low, high=high))
            if record.forecasts_scored:
                scored, kept = record.forecasts_scored, record.forecasts_kept
                lines.append(self.say("because_forecasts", scored=scored, kept=kept))
        return lines

    def mapped(
        self, levels: tuple[float, float, float, float], source: RoomSource
    ) -> tuple[str, str, str, str]:
        """Return a level of an old sensor, and the new one's, at least and at most (base unit)."""
        old, new, low, high = levels
        return (
            self.limit(old, source),
            self.limit(new, source),
            self.number(low / source.factor),
            self.number(high / source.factor),
        )

    def _correction(self, correction: CorrectionInForce, source: RoomSource) -> str:
        if correction.mapping is not None:
            old, new, low, high = self.mapped(correction.mapping, source)
            return self.say(
                "correction_sensor_mapped",
                said=self.capital(self.time(correction.at)),
                first=self.date(correction.from_day),
                old=old,
                new=new,
                low=low,
                high=high,
            )
        return self.say(
            f"correction_{correction.code}",
            said=self.capital(self.time(correction.at)),
            first=self.date(correction.from_day),
            last=self.date(correction.to_day),
            until=self.date(correction.until_day),
        )

    def _not_known(self, explanation: Explanation) -> str:
        said = [self.say(f"not_known_{code}") for code in explanation.not_known]
        what = ", ".join(said or [self.say("not_known_nothing")])
        return self.say("not_known", what=self.capital(what))

    def _next(self, explanation: Explanation, code: str) -> str:
        evidence, comparison = explanation.evidence, explanation.comparison
        if code == "range_after_days" and evidence.earliest is not None:
            return self.say("next_range_from", date=self.date(evidence.earliest))
        said = self.say(
            f"next_{code}",
            days=max(comparison.needed - comparison.days, 0),
            short=evidence.short_days,
            of=evidence.of_days,
        )
        if code in _MOVED and evidence.earliest is not None:
            return f"{self.say('next_range_from', date=self.date(evidence.earliest))} {said}"
        return said


def _lines(texts: Iterable[str]) -> str:
    return "\n\n".join(texts)
