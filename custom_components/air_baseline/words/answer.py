"""Answers to spoken questions, in finished sentences without markup and without names."""

from collections.abc import Iterable
from typing import Self, override

from homeassistant.core import HomeAssistant
from homeassistant.helpers import translation
from homeassistant.util import language as language_util

from ..const import DOMAIN
from ..core.explaining.explanation import Explanation
from ..core.ledger.episode import Episode
from ..core.pollutant import Pollutant
from ..inputs.room_config import RoomSource
from .explanation import LEARNING
from .preview import PreviewWords

LANGUAGES = ("de", "en", "es", "fr", "it", "nl", "pl", "pt-BR")
_STATES = f"component.{DOMAIN}.entity"


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

    def alert(self, explanation: Explanation, source: RoomSource, *, hidden: bool) -> str:
        """Return whether there is an alert, and if not, what one needs.

        `hidden` says that there are conditions that may not be told: they can rule an alert out.
        """
        quantity = self._quantity(explanation.pollutant)
        running = explanation.episode
        if explanation.unusual and running is not None:
            return self.say("answer_alert_now", quantity=quantity, when=self.time(running.id))
        if explanation.reason is not None:
            attribute = f"{_STATES}.binary_sensor.pm25_unusual.state_attributes.reason"
            reason = self.states[f"{attribute}.state.{explanation.reason}"]
            return self.say("answer_no_alert_possible", quantity=quantity, reason=reason)
        level = explanation.typical.alert_level if explanation.typical else None
        none = self.say("answer_no_alert", quantity=quantity)
        if level is not None:
            limit = self.limit(level, source)
            none = self.say("answer_no_alert_below", quantity=quantity, alert=limit)
        return f"{none} {self.say('answer_hidden_conditions')}" if hidden else none

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
        `hidden` says that sensors of the surroundings may not be told of, whatever they know.
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


def plain(lines: str) -> str:
    """Return lines of a list as sentences after each other."""
    return " ".join(line.removeprefix("- ") for line in lines.splitlines() if line)
