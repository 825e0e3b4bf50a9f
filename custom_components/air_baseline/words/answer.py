"""Answers to spoken questions, in finished sentences without markup and without names."""

from collections.abc import Iterable
from dataclasses import replace
from typing import Self, override

from homeassistant.core import HomeAssistant
from homeassistant.helpers import translation
from homeassistant.util import language as language_util

from ..const import DOMAIN
from ..core.explaining.advice import Advice
from ..core.explaining.explanation import Explanation, SurroundingsFacts
from ..core.ledger.episode import Episode
from ..core.pollutant import Pollutant
from ..inputs.room_config import RoomSource
from .explanation import LEARNING
from .preview import PreviewWords

LANGUAGES = ("de", "en", "es", "fr", "it", "nl", "pl", "pt-BR")
# What follows from the air outdoors; without it, the advice for everybody stands.
_OF_OUTDOORS = frozenset({Advice.SHUT_WINDOWS, Advice.VENTILATE})
_STATES = f"component.{DOMAIN}.entity"


def seen_only(explanation: Explanation, *, outdoors: bool, windows: bool) -> Explanation:
    """Return an explanation without the surroundings that may not be told, and no other room."""
    around = replace(explanation.surroundings, rooms=())
    if not outdoors:
        around = replace(
            around,
            outdoor=None,
            outdoor_before=None,
            outdoor_rose=None,
            outdoor_temperature=None,
            seen_temperatures=None,
        )
    if not windows:
        around = replace(around, window_open=None)
    if not (outdoors and windows):
        around = replace(around, unseen=())
    advice = explanation.what_to_do if outdoors else _without_outdoors(explanation.what_to_do)
    return replace(explanation, surroundings=around, what_to_do=advice)


def _without_outdoors(advice: Iterable[Advice]) -> tuple[Advice, ...]:
    kept = [Advice.VENTILATE_IF_CLEAN if one in _OF_OUTDOORS else one for one in advice]
    return tuple(dict.fromkeys(kept))


class AnswerWords(PreviewWords):
    """The sentences of answers."""

    states: dict[str, str]  # The words of states and attributes, by their full keys.

    @override
    @classmethod
    async def async_load(cls, hass: HomeAssistant, language: str | None = None) -> Self:
        """Load the words of the closest language that has any, by default the server's."""
        if language in (None, "*"):
            language = hass.config.language
        matches = language_util.matches(str(language), LANGUAGES)
        language = matches[0] if matches else "en"
        words = await super().async_load(hass, language)
        words.states = await translation.async_get_translations(hass, language, "entity", [DOMAIN])
        return words

    def compared(self, explanation: Explanation) -> str:
        """Return in one sentence how the air compares with what is usual."""
        code = explanation.compared
        if code is None:
            return self.say(
                "answer_compared_not_known", quantity=self._quantity(explanation.pollutant)
            )
        return self.say(
            "answer_compared",
            quantity=self._quantity(explanation.pollutant),
            compared=self.states[f"{_STATES}.sensor.pm25_compared.state.{code}"],
        )

    def alert(self, explanation: Explanation, source: RoomSource) -> str:
        """Return in one sentence whether there is an alert, and if not, what one needs."""
        quantity = self._quantity(explanation.pollutant)
        running = explanation.episode
        if explanation.unusual and running is not None:
            return self.say("answer_alert_now", quantity=quantity, when=self.time(running.id))
        if explanation.reason is not None:
            attribute = f"{_STATES}.binary_sensor.pm25_unusual.state_attributes.reason"
            reason = self.states[f"{attribute}.state.{explanation.reason}"]
            return self.say("answer_no_alert_possible", quantity=quantity, reason=reason)
        level = explanation.typical.alert_level if explanation.typical else None
        if level is None:
            return self.say("answer_no_alert", quantity=quantity)
        return self.say("answer_no_alert_below", quantity=quantity, alert=self.limit(level, source))

    def then(
        self, pollutant: Pollutant, source: RoomSource, at: float, highest: float | None
    ) -> str:
        """Return what was measured around a POSIX time; `highest` (base unit) can be unknown."""
        quantity, when = self._quantity(pollutant), self.time(at)
        if highest is None:
            return self.say("answer_level_not_known", quantity=quantity, when=when)
        return self.say(
            "answer_level_then",
            quantity=quantity,
            when=when,
            level=self.concentration(highest, source),
        )

    def no_alert_then(self, at: float, *, possible: bool) -> str:
        """Return that there was no alert; where none was possible, that says nothing."""
        if possible:
            return self.say("answer_no_alert_then", when=self.time(at))
        return self.say("answer_not_watched", when=self.time(at))

    def sentences(self, explanation: Explanation, source: RoomSource, *, hidden: bool) -> list[str]:
        """Return what was measured, inferred and is not known, and what happens next.

        Of a room that is learning, it begins with when that is over; the rest is evidence.
        `hidden` says that something is known of the surroundings that may not be told.
        """
        page = self.page(explanation, source, {})
        not_known = ", ".join(self.say(f"not_known_{code}") for code in explanation.not_known)
        learning = explanation.state in LEARNING
        return [
            page.measured,
            *([] if learning else [page.inferred]),
            *([self.say("answer_not_known", what=not_known)] if not_known else []),
            *([self.say("answer_hidden")] if hidden else []),
            *page.what_to_do,
            *([] if learning else [page.next]),
        ]

    def ready_first(self, explanation: Explanation) -> list[str]:
        """Return when a room that is learning can be ready, nothing of another."""
        ready = self.ready(explanation)
        quantity = self._quantity(explanation.pollutant)
        return [self.say("in_room", room=quantity, quantity=ready)] if ready else []

    def evidence(self, explanation: Explanation, source: RoomSource) -> str:
        """Return the days and the record behind an explanation, as sentences."""
        page = self.page(explanation, source, {})
        if explanation.state not in LEARNING:
            return plain(page.because)
        return " ".join([page.inferred, plain(page.because), page.next])

    def already_answered(self, episodes: Iterable[Episode]) -> str:
        """Return that the latest of some episodes has its answer."""
        latest = max(episode.id for episode in episodes)
        return self.say("answer_already", when=self.time(latest))

    def _quantity(self, pollutant: Pollutant) -> str:
        return self.say(f"quantity_{pollutant}")


def knows_around(facts: SurroundingsFacts) -> tuple[bool, bool]:
    """Tell whether anything is known of the air outdoors, and of the windows."""
    outdoors = (facts.outdoor, facts.outdoor_temperature)
    return any(one is not None for one in outdoors), facts.window_open is not None


def plain(lines: str) -> str:
    """Return lines of a list as sentences after each other."""
    return " ".join(line.removeprefix("- ") for line in lines.splitlines() if line)
