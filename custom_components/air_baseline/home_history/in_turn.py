"""Work on the history of channels in the background, one after the other, in one home.

Each channel is on its own: whatever goes wrong with one is noted there and tried again, and the
others go on. What a restart or a reload cuts short begins again.
"""

from abc import ABC, abstractmethod
from dataclasses import dataclass
from logging import WARNING

from homeassistant.core import CALLBACK_TYPE, CoreState, HomeAssistant, callback
from homeassistant.exceptions import ServiceValidationError
from homeassistant.helpers.dispatcher import async_dispatcher_connect
from homeassistant.helpers.start import async_at_started

from ..const import DOMAIN, SIGNAL_ROOMS_CHANGED
from ..coordinator import AirBaselineConfigEntry, RoomCoordinator
from ..core.channel import Channel
from ..core.pollutant import Pollutant
from ..inputs.source_log import source_log
from ..storage.store import NotSavedError

# Seconds to the second try, by judgement: a database that was locked or restarted is back by then.
RETRY_S = 5 * 60.0
# Seconds between tries at most, by judgement: a database takes hours to be updated or repaired,
# and a try costs one query.
LONGEST_RETRY_S = 6 * 3600.0


def retry_s(failures: int) -> float:
    """Return how long to wait after a number of failures in a row, in seconds.

    >>> [retry_s(failures) / 60 for failures in (1, 2, 3, 9)]
    [5.0, 10.0, 20.0, 360.0]
    """
    return min(RETRY_S * 2.0 ** min(failures - 1, 16), LONGEST_RETRY_S)


@dataclass(frozen=True, slots=True)
class Turn:
    """The turn of a channel, with the entity id of its source as it begins."""

    room: RoomCoordinator
    pollutant: Pollutant
    channel: Channel
    source: str


class InTurn(ABC):
    """What is done to the channels of a home: at most one has its turn.

    `what` is read for them, as the log calls it.
    """

    def __init__(self, hass: HomeAssistant, entry: AirBaselineConfigEntry, what: str) -> None:
        """Prepare; nothing is read before `async_start`."""
        self._hass = hass
        self._entry = entry
        self._what = what
        self._busy = False
        self._unsubscribes: tuple[CALLBACK_TYPE, ...] = ()

    @callback
    def async_start(self) -> CALLBACK_TYPE:
        """Begin once Home Assistant has started; return what ends that."""
        self._unsubscribes = (
            async_at_started(self._hass, self._async_begin),
            async_dispatcher_connect(self._hass, SIGNAL_ROOMS_CHANGED, self._async_rooms_changed),
            *self._async_listen(),
        )
        return self._async_stop

    @callback
    def _async_stop(self) -> None:
        """Begin nothing more; the entry ends what runs."""
        for unsubscribe in self._unsubscribes:
            unsubscribe()

    @callback
    def _async_listen(self) -> tuple[CALLBACK_TYPE, ...]:
        """Listen to what else lets it look again; return what ends that."""
        return ()

    @callback
    def _async_rooms_changed(self) -> None:
        self._async_look()

    @callback
    def _async_look(self) -> None:
        """Look again for channels whose turn can come."""
        if self._hass.state is CoreState.running:
            self._async_begin()

    @callback
    def _async_begin(self, _hass: HomeAssistant | None = None) -> None:
        if not self._busy and self._next() is not None:
            self._busy = True
            self._entry.async_create_background_task(
                self._hass, self._async_all(), f"{DOMAIN} {self._what}"
            )

    async def _async_all(self) -> None:
        try:
            await self._entry.runtime_data.clock.async_wait_until_right()
            while (source := self._next()) is not None:
                await self._async_try(*source)
                await self._entry.runtime_data.clock.async_wait_until_right()
        finally:
            self._busy = False

    async def _async_try(self, room: RoomCoordinator, pollutant: Pollutant) -> None:
        """Let one channel have its turn; whatever goes wrong, the others go on."""
        source = room.sources[pollutant].entity_id
        turn = Turn(room, pollutant, room.channels[pollutant], source)
        try:
            await self._async_fill(turn)
        except ServiceValidationError:
            return  # Its room or its source went meanwhile.
        except NotSavedError as error:
            # The days are in force, and the room saves them with what it learns next.
            text = f"The {self._what} of {source} is not saved yet: {error}"
            source_log(self._hass).async_log(WARNING, f"{self._what} not saved", source, text)
        except Exception as error:  # noqa: BLE001 - whatever it is, the other rooms go on
            self._async_failed(turn, error)

    @abstractmethod
    def _next(self) -> tuple[RoomCoordinator, Pollutant] | None:
        """Return the next channel that waits, None if none does."""

    @abstractmethod
    async def _async_fill(self, turn: Turn) -> None:
        """Fill the channel of a turn from the history of its source."""

    @abstractmethod
    def _async_failed(self, turn: Turn, error: Exception) -> None:
        """Note that a channel could not be filled, and when it is tried again."""
