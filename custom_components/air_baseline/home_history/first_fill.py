"""Fills the year of each channel once, from the hourly means that the recorder keeps for good.

It comes after the import of the last weeks. A year is stored only with all of its weeks, so what
is cut short begins again and no day joins it twice.
"""

from dataclasses import replace
from datetime import datetime
from logging import INFO, WARNING
from time import monotonic
from typing import override

from homeassistant.core import CALLBACK_TYPE, HomeAssistant, callback
from homeassistant.helpers.dispatcher import async_dispatcher_connect
from homeassistant.helpers.event import async_call_later
from homeassistant.util import dt as dt_util

from ..const import CONF_HISTORY, SIGNAL_HISTORY_READ
from ..coordinator import AirBaselineConfigEntry, RoomCoordinator
from ..core.channel import Channel
from ..core.codes import YearGap
from ..core.day import locate
from ..core.past.year_import import EarlierDays, earlier_days
from ..core.pollutant import Pollutant
from ..core.year.joining import filled
from ..inputs.source_log import source_log
from .in_turn import InTurn, Turn, retry_s
from .recorder import HistoryError, NoHistory, async_read_hours, has_recorder
from .relearn import async_read_whole
from .year_span import YearSpan


@callback
def async_fill_years(hass: HomeAssistant, entry: AirBaselineConfigEntry) -> CALLBACK_TYPE:
    """Fill years once Home Assistant has started; return what ends that."""
    return FirstFill(hass, entry).async_start()


class FirstFill(InTurn):
    """The first fills of a home; what failed is tried again together."""

    def __init__(self, hass: HomeAssistant, entry: AirBaselineConfigEntry) -> None:
        """Prepare; nothing is read before `async_start`."""
        super().__init__(hass, entry, "year")
        self._failures = 0
        self._failed: list[Channel] = []
        self._retry: CALLBACK_TYPE | None = None

    @callback
    @override
    def _async_listen(self) -> tuple[CALLBACK_TYPE, ...]:
        return (async_dispatcher_connect(self._hass, SIGNAL_HISTORY_READ, self._async_look),)

    @callback
    @override
    def _async_stop(self) -> None:
        super()._async_stop()
        if self._retry is not None:
            self._retry()

    @override
    def _next(self) -> tuple[RoomCoordinator, Pollutant] | None:
        """Return the next channel to fill, None if there is none.

        A source that somebody else has is not read, and the last weeks come first.
        """
        for room in self._entry.runtime_data.rooms.values():
            for pollutant, channel in room.channels.items():
                wanted = room.subentry.data.get(CONF_HISTORY, False) and channel.keeps_year
                free = not room.stopped and pollutant not in room.taken
                due = channel.history.over or not has_recorder(self._hass)
                done = channel.year.read or channel in self._failed
                if wanted and free and due and not done:
                    return room, pollutant
        return None

    @override
    async def _async_fill(self, turn: Turn) -> None:
        await _async_fill(turn)

    @callback
    @override
    def _async_failed(self, turn: Turn, error: Exception) -> None:
        """Leave a channel until the next try of all that failed."""
        room, channel, source = turn.room, turn.channel, turn.source
        without = isinstance(error, HistoryError) and error.reason is NoHistory.NO_RECORDER
        if without and channel.year.gap is not YearGap.NO_RECORDER:
            with room.guarded():
                channel.year = replace(channel.year, gap=YearGap.NO_RECORDER)
                room.async_show()
        if not without:  # The import of the last weeks has said that there is no recorder.
            text = f"The long-term statistics of {source} cannot be read: {error}"
            level = INFO if isinstance(error, HistoryError) else WARNING
            source_log(self._hass).async_log(level, "year", source, text)
        self._failed.append(channel)
        if self._retry is None:
            self._failures += 1
            self._retry = async_call_later(
                self._hass, retry_s(self._failures), self._async_try_again
            )

    @callback
    def _async_try_again(self, _now: datetime) -> None:
        self._retry, self._failed = None, []
        self._async_look()


async def _async_fill(turn: Turn) -> None:
    """Fill one year with what lies before the days that the ledger keeps."""
    room, pollutant, channel, source = turn.room, turn.pollutant, turn.channel, turn.source
    started, hass = monotonic(), room.hass
    zone = channel.zone
    today = locate(dt_util.utcnow().timestamp(), zone)[0]
    span = YearSpan.before(today, zone)
    rows = await async_read_whole(
        room,
        pollutant,
        lambda entity_id: async_read_hours(hass, entity_id, channel.spec, span.since, span.until),
    )
    found = EarlierDays(gap=YearGap.OTHER_UNIT)
    if rows is not None:
        found = await hass.async_add_executor_job(
            earlier_days, rows, channel.spec, zone, span.first, span.end
        )
    while True:
        ledger, year = channel.ledger, channel.year
        with_days = await hass.async_add_executor_job(filled, year, ledger, found.days, today)
        if room.stopped or room.channels.get(pollutant) is not channel:
            return
        if channel.ledger is ledger and channel.year is year:
            break

    def take(_at: float) -> None:
        channel.year = replace(with_days, read=True, gap=found.gap)

    await room.async_correct(take)
    weeks = len(with_days.all_weeks) - len(year.all_weeks)
    text = (
        f"Read the year of {source} in {monotonic() - started:.1f} s: {weeks} weeks of hourly "
        f"means" + (f"; nothing from before ({found.gap})" if found.gap else "")
    )
    source_log(hass).async_log(INFO, "year", source, text)
