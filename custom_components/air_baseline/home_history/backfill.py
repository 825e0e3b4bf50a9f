"""Fills new rooms from the recorder's history, one source after the other, until it has worked.

The state of an import is stored only once it is over, so what is cut short begins again.
"""

from dataclasses import dataclass
from datetime import datetime
from logging import INFO, WARNING
from time import monotonic
from typing import override

from homeassistant.core import CALLBACK_TYPE, HomeAssistant, callback
from homeassistant.exceptions import ServiceValidationError
from homeassistant.helpers.dispatcher import async_dispatcher_send
from homeassistant.helpers.event import async_call_later

from ..const import CONF_HISTORY, LOGGER, SIGNAL_HISTORY_READ
from ..coordinator import AirBaselineConfigEntry, RoomCoordinator
from ..core.channel import Channel
from ..core.codes import HistoryState
from ..core.ledger.day_summary import DayOrigin
from ..core.past.replay import filled
from ..core.pollutant import Pollutant
from ..inputs.source_log import source_log
from .in_turn import InTurn, Turn, retry_s
from .recorder import HistoryError, NoHistory
from .relearn import async_find, async_replay


@callback
def async_backfill(hass: HomeAssistant, entry: AirBaselineConfigEntry) -> CALLBACK_TYPE:
    """Fill channels from history once Home Assistant has started; return what ends that.

    Each source is filled once, unless the user declined for the room.
    """
    return Backfill(hass, entry).async_start()


@dataclass(slots=True)
class _Failed:
    """An import that failed: how often in a row, and what ends the wait for the next try."""

    channel: Channel
    failures: int = 0
    kind: type[BaseException] | None = None  # Of the last failure.
    cancel: CALLBACK_TYPE | None = None


class Backfill(InTurn):
    """The imports of a home; one that failed waits for its next try."""

    def __init__(self, hass: HomeAssistant, entry: AirBaselineConfigEntry) -> None:
        """Prepare; nothing is read before `async_start`."""
        super().__init__(hass, entry, "history")
        self._failed: dict[tuple[str, Pollutant], _Failed] = {}

    @callback
    @override
    def async_start(self) -> CALLBACK_TYPE:
        """Let the channels to fill wait; begin once Home Assistant has started."""
        self._async_find_waiting()
        return super().async_start()

    @callback
    @override
    def _async_stop(self) -> None:
        super()._async_stop()
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
    @override
    def _async_rooms_changed(self) -> None:
        """Look again: a room may be new, or a source may have got its name back."""
        for failed in self._failed.values():
            self._async_end_wait(failed)
        self._async_look()

    @callback
    @override
    def _async_look(self) -> None:
        self._async_find_waiting()
        super()._async_look()

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

    @override
    def _next(self) -> tuple[RoomCoordinator, Pollutant] | None:
        for room in self._entry.runtime_data.rooms.values():
            for pollutant, channel in room.channels.items():
                if channel.history is HistoryState.WAITING and not room.stopped:
                    return room, pollutant
        return None

    @override
    async def _async_all(self) -> None:
        await super()._async_all()
        async_dispatcher_send(self._hass, SIGNAL_HISTORY_READ)

    @override
    async def _async_fill(self, turn: Turn) -> None:
        """Fill one channel with the days before its own days."""
        turn.channel.history = HistoryState.READING
        try:
            await _async_fill(turn)
        except ServiceValidationError:
            turn.channel.history = HistoryState.UNUSED
            raise
        self._failed.pop((turn.room.subentry.subentry_id, turn.pollutant), None)

    @callback
    @override
    def _async_failed(self, turn: Turn, error: Exception) -> None:
        self._async_wait(turn, error)
        turn.channel.history = HistoryState.UNREADABLE
        with turn.room.guarded():
            turn.room.async_show()

    @callback
    def _async_wait(self, turn: Turn, error: Exception) -> None:
        """Wait for the next try of a channel, and say why; the same reason is said once."""
        key = turn.room.subentry.subentry_id, turn.pollutant
        failed = self._failed.get(key)
        if failed is None or failed.channel is not turn.channel:
            failed = self._failed[key] = _Failed(turn.channel)
        failed.failures += 1
        wait_s = retry_s(failed.failures)
        kind = type(error.__cause__ or error)  # What it says can differ each time.
        if kind is not failed.kind:
            failed.kind = kind
            LOGGER.log(
                INFO if _is_without_recorder(error) else WARNING,
                "%s: the history of %s cannot be read: %s; trying again in %d minutes",
                turn.room.name,
                turn.pollutant.value,
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


async def _async_fill(turn: Turn) -> None:
    room, pollutant, source = turn.room, turn.pollutant, turn.source
    started, log = monotonic(), source_log(room.hass)
    log.async_log(INFO, "import", source, f"Reading the history of {source}")
    room.async_show()
    past = await async_find(room, pollutant)
    await async_replay(room, pollutant, turn.channel, past, filled)
    hourly = sum(day.origin is DayOrigin.HOURLY for day in past.days.values())
    text = (
        f"Read the history of {source} in {monotonic() - started:.1f} s: "
        f"{len(past.days) - hourly} days of five-minute means, {hourly} of hourly means, "
        f"{past.ignored} rows ignored"
    )
    log.async_log(INFO, "imported", source, text)
