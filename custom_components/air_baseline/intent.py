"""Voice without a model: the same questions as sentences that Assist recognizes by itself.

The sentences are in `sentences/`; people copy them to where Home Assistant looks for them.
"""

from collections.abc import Mapping
from typing import Any, ClassVar, override

from homeassistant.core import HomeAssistant
from homeassistant.helpers import config_validation as cv, intent
from homeassistant.util import dt as dt_util
import voluptuous as vol

from .answers.exposed import Asker, ExposedRoom, async_asker, find_rooms
from .answers.moment import hour_meant
from .answers.proposals import Meant, NotPossibleError, async_propose, async_record
from .answers.reading import Answer, async_what_was, compare, why_no_alert
from .words.answer import AnswerWords

COMPARE = "AirBaselineCompare"
WHY_NO_ALERT = "AirBaselineWhyNoAlert"
WHAT_WAS = "AirBaselineWhatWas"
PROPOSE = "AirBaselinePropose"
RECORD = "AirBaselineRecord"
type Slots = Mapping[str | vol.Marker, Any]
_ROOM: Slots = {vol.Optional("area"): cv.string}
# An hour as it can be said; follows from clocks: midnight is 0 or 24.
_HOUR = vol.All(vol.Coerce(int), vol.Range(min=0, max=24))


async def async_setup_intents(hass: HomeAssistant) -> None:
    """Register the questions."""
    for handler in (CompareIntent, WhyNoAlertIntent, WhatWasIntent, ProposeIntent, RecordIntent):
        intent.async_register(hass, handler())


class _RoomIntent(intent.IntentHandler):
    """A question about rooms that are exposed to the assistant."""

    slots: ClassVar[Slots] = _ROOM

    @property
    @override
    def slot_schema(self) -> dict[Any, Any]:
        """Return what can be said with the question."""
        return dict(self.slots)

    @override
    async def async_handle(self, intent_obj: intent.Intent) -> intent.IntentResponse:
        """Say the answer, or why there is none."""
        hass, slots = intent_obj.hass, self.async_validate_slots(intent_obj.slots)
        given = {name: slot["value"] for name, slot in slots.items()}
        asker = await async_asker(hass, intent_obj)
        words = await AnswerWords.async_load(hass, asker.language)
        try:
            said = await self.async_say(intent_obj, words, asker, given)
        except NotPossibleError as error:
            said = str(error)
        response = intent_obj.create_response()
        response.async_set_speech(said)
        return response

    async def async_say(
        self, intent_obj: intent.Intent, words: AnswerWords, asker: Asker, given: dict[str, Any]
    ) -> str:
        """Return what to say. Raises NotPossibleError."""
        raise NotImplementedError


class CompareIntent(_RoomIntent):
    """How is the bedroom compared with usual?"""

    intent_type = COMPARE
    description = "Tells how the air of a room is compared with what is usual there"

    @override
    async def async_say(
        self, intent_obj: intent.Intent, words: AnswerWords, asker: Asker, given: dict[str, Any]
    ) -> str:
        """Compare one room or all of them."""
        rooms = _rooms(intent_obj.hass, words, asker, given)
        return _speech(words, [answer for room in rooms for answer in compare(words, room)])


class WhyNoAlertIntent(_RoomIntent):
    """Why is there no alert?"""

    intent_type = WHY_NO_ALERT
    description = "Tells why there is an alert about the air of a room, or why there is none"

    @override
    async def async_say(
        self, intent_obj: intent.Intent, words: AnswerWords, asker: Asker, given: dict[str, Any]
    ) -> str:
        """Explain the alerts of one room or all of them."""
        rooms = _rooms(intent_obj.hass, words, asker, given)
        return _speech(words, [answer for room in rooms for answer in why_no_alert(words, room)])


class WhatWasIntent(_RoomIntent):
    """What was that at seven?"""

    intent_type = WHAT_WAS
    description = "Tells what the air of a room did at an hour"
    slots: ClassVar[Slots] = {
        **_ROOM,
        vol.Required("hour"): _HOUR,
        vol.Optional("half"): vol.In(["am", "pm"]),
    }

    @override
    async def async_say(
        self, intent_obj: intent.Intent, words: AnswerWords, asker: Asker, given: dict[str, Any]
    ) -> str:
        """Tell of the hour in one room or all of them."""
        hass = intent_obj.hass
        at = hour_meant(given["hour"], dt_util.utcnow(), given.get("half"))
        answers = [
            answer
            for room in _rooms(hass, words, asker, given)
            for answer in await async_what_was(hass, words, room, at)
        ]
        return _speech(words, answers)


class ProposeIntent(_RoomIntent):
    """It was real; that is normal here."""

    intent_type = PROPOSE
    description = "Says what would change if the last episode of a room gets an answer"
    slots: ClassVar[Slots] = {
        **_ROOM,
        vol.Required("verdict"): vol.In(["real", "normal"]),
        vol.Optional("thing"): cv.string,
    }

    @override
    async def async_say(
        self, intent_obj: intent.Intent, words: AnswerWords, asker: Asker, given: dict[str, Any]
    ) -> str:
        """Say what would change, and wait for a yes."""
        hass = intent_obj.hass
        rooms = _rooms(hass, words, asker, given)
        if len(rooms) > 1:
            raise NotPossibleError(words.say("answer_which_room"))
        meant = Meant(normal=given["verdict"] == "normal", name=given.get("thing", ""))
        text, _ = await async_propose(words, asker, rooms[0], meant)
        return text


class RecordIntent(_RoomIntent):
    """Yes, record that."""

    intent_type = RECORD
    description = "Records the answer that was just proposed"
    slots: ClassVar[Slots] = {}

    @override
    async def async_say(
        self, intent_obj: intent.Intent, words: AnswerWords, asker: Asker, given: dict[str, Any]
    ) -> str:
        """Record it; a model, which passes no sentence, has a tool with a token for that."""
        if intent_obj.text_input is None:
            raise NotPossibleError(words.say("answer_not_confirmed"))
        return await async_record(intent_obj.hass, words, asker, None)


def _rooms(
    hass: HomeAssistant, words: AnswerWords, asker: Asker, given: dict[str, Any]
) -> list[ExposedRoom]:
    """Return the rooms that are meant, at least one. Raises NotPossibleError."""
    rooms = find_rooms(hass, asker, given.get("area"))
    if not rooms:
        raise NotPossibleError(words.say("answer_no_room"))
    return rooms


def _speech(words: AnswerWords, answers: list[Answer]) -> str:
    """Return answers to say after each other; the name of the room only if there are several."""
    if len({answer.room for answer in answers}) == 1:
        return " ".join(answer.sentences for answer in answers)
    return " ".join(
        words.say("in_room", room=answer.room, quantity=answer.sentences) for answer in answers
    )
