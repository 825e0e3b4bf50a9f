"""What was found in a home, in words: the list that the pages of set-up show."""

from collections.abc import Collection, Iterable, Mapping
from typing import Self

from homeassistant.core import HomeAssistant
from homeassistant.helpers import area_registry as ar, translation
from homeassistant.helpers.selector import (
    SelectOptionDict,
    SelectSelector,
    SelectSelectorConfig,
    SelectSelectorMode,
)

from ..const import DOMAIN
from ..core.pollutant import Pollutant
from ..inputs.eligibility import Refusal
from ..words.explanation import Words, escape
from .candidates import Candidate
from .discovery import Choice, Doubt, FoundRoom, doubt_of

MOST_LINES = 20  # Of a list. By judgement: more would push the answers off the page.
_REFUSALS = f"component.{DOMAIN}.config_subentries.room.error."


class FoundWords:
    """The sentences about what was found, in one language."""

    def __init__(self, words: Words, refusals: Mapping[str, str], areas: Mapping[str, str]) -> None:
        """Take the words, the sentence of each refusal, and the names of areas by their ids."""
        self._words = words
        self._refusals = refusals
        self._areas = areas

    @classmethod
    async def async_load(cls, hass: HomeAssistant) -> Self:
        """Return the words of the server's language: a placeholder knows no other."""
        refusals = await translation.async_get_translations(
            hass, hass.config.language, "config_subentries", [DOMAIN]
        )
        areas = {area.id: area.name for area in ar.async_get(hass).async_list_areas()}
        return cls(await Words.async_load(hass), refusals, areas)

    def quantity(self, pollutant: Pollutant) -> str:
        """Return the name of what is measured."""
        return self._words.say(f"quantity_{pollutant}")

    def refusal(self, refusal: Refusal) -> str:
        """Return why a sensor is not taken."""
        return self._refusals[_REFUSALS + refusal]

    def room(self, room: FoundRoom) -> str:
        """Return a room with what it measures; where there was a choice, with the sensor chosen."""
        said = []
        for choice in room.sources.values():
            name = self.quantity(choice.measurement.pollutant)
            said.append(f"{name} ({choice.chosen.name})" if choice.others else name)
        return self._doubted(f"{room.name}: {', '.join(said)}", room.doubt)

    def sensor(self, one: Candidate) -> str:
        """Return a sensor with what it measures."""
        name = self.quantity(one.measurement.pollutant) if one.measurement else ""
        return f"{one.name}: {name}"

    def found(self, rooms: Collection[FoundRoom], known: Iterable[Candidate]) -> str:
        """Return lists of the choices between sensors, and of what is not taken and why."""
        choices = [
            self._choice(room, choice)
            for room in rooms
            for choice in room.sources.values()
            if choice.others
        ]
        left_out = [
            self._doubted(self._named(one), doubt_of(one))
            for room in rooms
            for one in room.left_out
        ]
        return _lists(
            self._list(self._words.say("found_choices"), choices),
            self._list(self._words.say("found_refused"), [*left_out, *self._refused(known)]),
        )

    def taken(self, known: Collection[Candidate]) -> str:
        """Return lists of the sensors that can be taken, and of what is not taken and why."""
        taken = [
            f"{self._named(one)}: {self.quantity(one.measurement.pollutant)}"
            for one in known
            if one.measurement
        ]
        return _lists(
            self._list(self._words.say("found_taken"), taken),
            self._list(self._words.say("found_refused"), self._refused(known)),
        )

    def said_selector(self, known: Iterable[Candidate]) -> SelectSelector | None:
        """Return a list of what somebody may say of sensors, None where there is nothing to say."""
        options = [
            SelectOptionDict(
                value=f"{pollutant}:{one.entity_id}",
                label=f"{one.name}: {self.quantity(pollutant)}",
            )
            for one in sorted(known, key=lambda one: not one.speaks)
            for pollutant in one.sayable
        ]
        if not options:
            return None
        return SelectSelector(
            SelectSelectorConfig(options=options, multiple=True, mode=SelectSelectorMode.DROPDOWN)
        )

    def _choice(self, room: FoundRoom, choice: Choice) -> str:
        return self._words.say(
            "found_choice",
            room=escape(room.name),
            quantity=self.quantity(choice.measurement.pollutant),
            sensor=self._with_days(choice.chosen),
            others=", ".join(self._with_days(other) for other in choice.others),
        )

    def _with_days(self, one: Candidate) -> str:
        return self._words.say("found_days", sensor=escape(one.name), days=one.days)

    def _refused(self, known: Iterable[Candidate]) -> list[str]:
        """Return a line for each sensor of the air that is not taken, with the sentence why."""
        return [
            f"{self._named(one)}: {self.refusal(one.refusal)}"
            for one in known
            if one.refusal and one.speaks
        ]

    def _list(self, heading: str, lines: list[str]) -> str:
        """Return a list in Markdown, nothing where there are no lines."""
        if (more := len(lines) - MOST_LINES) > 0:
            lines = [*lines[:MOST_LINES], self._words.say("found_more", number=more)]
        return "\n".join([f"**{heading}**\n", *(f"- {line}" for line in lines)]) if lines else ""

    def _doubted(self, found: str, doubt: Doubt | None) -> str:
        """Return something that was found with what speaks against it."""
        match doubt:
            case None:
                return found
            case Doubt.OUTDOORS:
                return self._words.say("found_outdoors", found=found)
            case Doubt.SERVICE:
                return self._words.say("found_service", found=found)

    def _named(self, one: Candidate) -> str:
        """Return the name of a sensor, and that of its area unless the name says it."""
        area = self._areas.get(one.area_id or "", "")
        name = escape(one.name)
        return (
            name
            if not area or area.casefold() in one.name.casefold()
            else f"{name} ({escape(area)})"
        )


def _lists(*lists: str) -> str:
    return "\n\n".join(filter(None, lists))
