"""What people have answered, in one line each: when, about what, and what they said."""

from collections.abc import Mapping
from typing import Self, override

from homeassistant.core import HomeAssistant
from homeassistant.helpers import translation

from ..const import DOMAIN
from ..core.ledger.entries import Entry, EpisodeNormal, EpisodeReal, Named
from ..core.pollutant import Pollutant
from .explanation import Words

KINDS = f"component.{DOMAIN}.entity.event.inference.state_attributes.correction_kind.state."


class GivenWords(Words):
    """The sentences about answers, with the names that corrections and states have."""

    names: Mapping[str, str]

    @classmethod
    @override
    async def async_load(cls, hass: HomeAssistant, language: str | None = None) -> Self:
        """Return the words of a language."""
        words = await super().async_load(hass, language)
        words.names = await translation.async_get_translations(
            hass, language or hass.config.language, "entity", [DOMAIN]
        )
        return words

    def given(self, pollutant: Pollutant, entry: Entry) -> str:
        """Return an answer: when it was given, about which pollutant, and what it was."""
        when = f"{self.time(entry.at)}, {self.say(f'quantity_{pollutant}')}"
        return self.say("in_room", room=self.capital(when), quantity=self._what(entry))

    def _what(self, entry: Entry) -> str:
        match entry.correction:
            case EpisodeReal(episode=episode):
                return self.say("logbook_real", time=self.time(episode))
            case EpisodeNormal(episode=episode):
                return self.say("logbook_normal", time=self.time(episode))
            case Named(name=name):
                return self.say("card_named", name=name)
        return self.names[KINDS + entry.code]
