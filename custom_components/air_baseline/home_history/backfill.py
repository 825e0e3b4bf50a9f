"""Fills new rooms from the recorder's history, one source after the other, until it has worked.

Each source is on its own: whatever goes wrong with one is noted there and tried again by itself,
and the others go on. What a restart or a reload cuts short begins again, since the state of an
import is stored only once it is over.
"""

from dataclasses import dataclass
from datetime import datetime
from logging import INFO, WARNING
from time import monotonic

from homeassistant.core import CALLBACK_TYPE, CoreState, HomeAssistant, callback
from homeassistant.exceptions import ServiceValidationError
from homeassistant.helpers.dispatcher import async_dispatcher_connect, async_dispatcher_send
from homeassistant.helpers.event import async_call_later
from homeassistant.helpers.start import async_at_started

from ..const import CONF_HISTORY, DOMAIN, LOGGER, SIGNAL_HISTORY_READ, SIGNAL_ROOMS_CHANGED
from ..coordinator import AirBaselineConfigEntry, RoomCoordinator
from ..core.channel import Channel
from ..core.codes import HistoryState
from ..core.ledger.day_summary import DayOrigin
from ..core.past.replay import filled
from ..core.pollutant import Pollutant
from ..inputs.source_log import source_log
from ..storage.store import NotSavedError
from .recorder import HistoryError, NoHistory
from .relearn import async_find, async_replay

# Seconds to the second try, by judgement: a database that was locked or restarted is back by then.
RETRY_S = 5 * 60.0
# Seconds between tries at most, by judgement: a database takes hours to be updated or repaired,
# and a try costs one query.
LONGEST_RETRY_S = 6 * 3600.0


@callback
def async_backfill(hass: HomeAssistant, entry: AirBaselineConfigEntry) -> CALLBACK_TYPE:
    """Fill channels from history once Home Assistant has started; return what ends that.

    Each source is filled once, unless the user declined for the room.
    """
    return Backfill(hass, entry).async_start()


def retry_s(failures: int) -> float:
    """Return how long to wait after a number of failures in a row, in seconds.

    >>> [retry_s(failures) / 60 for failures in (1, 2, 3, 9)]
    [5.0, 10.0, 20.0, 360.0]
    """
    return min(RETRY_S * 2.0 ** min(failures - 1, 16), LONGEST_RETRY_S)


@dataclass(slots=True)
class _Failed:
    """An import that failed: how often in a row, and what ends the wait for the next try."""

    channel: Channel
    failures: int = 0
    kind: type[BaseException] | None = None  # Of the last failure.
    cancel: CALLBACK_TYPE | None = None


class Backfill:
    """The imports of a home: at most one runs, and one that failed waits for its next try."""

    def __init__(self, hass: HomeAssistant, entry: AirBaselineConfigEntry) -> None:
        """Prepare; nothing is read before `async_start`."""
        self._hass = hass
        self._entry = entry
        self._busy = False
        self._failed: dict[tuple[str, Pollutant], _Failed] = {}
        self._unsubscribes: tuple[CALLBACK_TYPE, ...] = ()

    @callback
    def async_start(self) -> CALLBACK_TYPE:
        """Let the channels to fill wait; begin once Home Assistant has started."""
        self._async_find_waiting()
        self._unsubscribes = (
            async_at_started(self._hass, self._async_begin),
            async_dispatcher_connect(self._hass, SIGNAL_ROOMS_CHANGED, self._async_rooms_changed),
        )
        return self._async_stop

    @callback
    def _async_stop(self) -> None:
        """Begin nothing more; the entry ends the import that runs."""
        for unsubscribe in self._unsubscribes:
            unsubscribe()
        for failed in self._failed.values():
            self._async_end_wait(failed)

    @callback
    def _async_end_wait(self, failed: _Failed) -> None:
        """Let an import that failed be wanted again."""
        if failed.cancel is not None:
            failed.cancel()
            failed.cancel = None
        if failed.channel.history is HistoryState.UNREADABLE:
            failed.channel.history = HistoryState.UNUSED

    @callback
    def _async_rooms_changed(self) -> None:
        """Look again: a room may be new, or a source may have got its name back."""
        for failed in self._failed.values():
            self._async_end_wait(failed)
        self._async_look()

    @callback
    def _async_look(self) -> None:
        self._async_find_waiting()
        if self._hass.state is CoreState.running:
            self._async_begin()

    @callback
    def _async_find_waiting(self) -> None:
        """Let what is to be filled wait for its turn, and nothing else.

        A source that somebody else has is not read; the room gets its history once it is free.
        """
        for room in self._entry.runtime_data.rooms.values():
            for pollutant, channel in room.channels.items():
                wanted = room.subentry.data.get(CONF_HISTORY, False)
                wanted = wanted and pollutant not in room.taken
                if channel.history is HistoryState.UNUSED and wanted:
                    channel.history = HistoryState.WAITING
                elif channel.history is HistoryState.WAITING and not wanted:
                    channel.history = HistoryState.UNUSED

    @callback
    def _async_begin(self, _hass: HomeAssistant | None = None) -> None:
        if not self._busy and self._next() is not None:
            self._busy = True
            self._entry.async_create_background_task(
                self._hass, self._async_fill_all(), f"{DOMAIN} history"
            )

    def _next(self) -> tuple[RoomCoordinator, Pollutant] | None:
        """Return the next channel that waits, None if none does."""
        for room in self._entry.runtime_data.rooms.values():
            for pollutant, channel in room.channels.items():
                if channel.history is HistoryState.WAITING and not room.stopped:
                    return room, pollutant
        return None

    async def _async_fill_all(self) -> None:
        try:
            await self._entry.runtime_data.clock.async_wait_until_right()
            while (source := self._next()) is not None:
                await self._async_try(*source)
                await self._entry.runtime_data.clock.async_wait_until_right()
        finally:
            self._busy = False
        async_dispatcher_send(self._hass, SIGNAL_HISTORY_READ)

    async def _async_try(self, room: RoomCoordinator, pollutant: Pollutant) -> None:
        """Fill one channel; whatever goes wrong, it is tried again, and the others go on."""
        channel = room.channels[pollutant]
        source = room.sources[pollutant].entity_id
        channel.history = HistoryState.READING
        try:
            await _async_fill(room, pollutant, channel, source)
        except ServiceValidationError:
            channel.history = HistoryState.UNUSED  # Its room or its source went meanwhile.
        except NotSavedError as error:
            # The days are in force, and the room saves them with what it learns next.
            text = f"The history of {source} is not saved yet: {error}"
            source_log(self._hass).async_log(WARNING, "not saved", source, text)
        except Exception as error:  # noqa: BLE001 - whatever it is, the other rooms go on
            self._async_wait(room, pollutant, channel, error)
            channel.history = HistoryState.UNREADABLE
            with room.guarded():
                room.async_show()
        else:
            self._failed.pop((room.subentry.subentry_id, pollutant), None)

    @callback
    def _async_wait(
        self, room: RoomCoordinator, pollutant: Pollutant, channel: Channel, error: Exception
    ) -> None:
        """Wait for the next try of a channel, and say why; the same reason is said once."""
        key = room.subentry.subentry_id, pollutant
        failed = self._failed.get(key)
        if failed is None or failed.channel is not channel:
            failed = self._failed[key] = _Failed(channel)
        failed.failures += 1
        wait_s = retry_s(failed.failures)
        kind = type(error.__cause__ or error)  # What it says can differ each time.
        if kind is not failed.kind:
            failed.kind = kind
            LOGGER.log(
                INFO if _is_without_recorder(error) else WARNING,
                "%s: the history of %s cannot be read: %s; trying again in %d minutes",
                room.name,
                pollutant.value,
                error,
                wait_s // 60,
                exc_info=None if isinstance(error, HistoryError) else error,
            )

        @callback
        def again(_now: datetime) -> None:
            failed.cancel = None
            self._async_end_wait(failed)
            self._async_look()

        failed.cancel = async_call_later(self._hass, wait_s, again)


def _is_without_recorder(error: Exception) -> bool:
    """Tell whether the home has no recorder, which is no fault."""
    return isinstance(error, HistoryError) and error.reason is NoHistory.NO_RECORDER


async def _async_fill(
    room: RoomCoordinator, pollutant: Pollutant, channel: Channel, source: str
) -> None:
    """Fill one channel with the days before its own days."""
    started, log = monotonic(), source_log(room.hass)
    log.async_log(INFO, "import", source, f"Reading the history of {source}")
    room.async_show()
    past = await async_find(room, pollutant)
    await async_replay(room, pollutant, channel, past, filled)
    hourly = sum(day.origin is DayOrigin.HOURLY for day in past.days.values())
    text = (
        f"Read the history of {source} in {monotonic() - started:.1f} s: "
        f"{len(past.days) - hourly} days of five-minute means, {hourly} of hourly means, "
        f"{past.ignored} rows ignored"
    )
    log.async_log(INFO, "imported", source, text)
