"""Fills the year of each channel once, from the hourly means that the recorder keeps for good.

It comes after the import of the last weeks, one channel after the other. What a restart cuts
short begins again, because a year is stored only with all of its weeks: no day joins it twice.
"""

from dataclasses import replace
from datetime import datetime
from logging import INFO, WARNING
from time import monotonic

from homeassistant.core import CALLBACK_TYPE, CoreState, HomeAssistant, callback
from homeassistant.exceptions import ServiceValidationError
from homeassistant.helpers.dispatcher import async_dispatcher_connect
from homeassistant.helpers.event import async_call_later
from homeassistant.helpers.start import async_at_started
from homeassistant.util import dt as dt_util

from ..const import CONF_HISTORY, DOMAIN, SIGNAL_HISTORY_READ, SIGNAL_ROOMS_CHANGED
from ..coordinator import AirBaselineConfigEntry, RoomCoordinator
from ..core.channel import Channel
from ..core.codes import YearGap
from ..core.day import locate
from ..core.past.year_import import EarlierDays, earlier_days
from ..core.pollutant import Pollutant
from ..core.year.joining import filled
from ..inputs.source_log import source_log
from ..storage.store import NotSavedError
from .backfill import retry_s
from .recorder import HistoryError, NoHistory, async_read_hours, has_recorder
from .relearn import async_read_whole
from .year_span import YearSpan


@callback
def async_fill_years(hass: HomeAssistant, entry: AirBaselineConfigEntry) -> CALLBACK_TYPE:
    """Fill years once Home Assistant has started; return what ends that."""
    return FirstFill(hass, entry).async_start()


class FirstFill:
    """The first fills of a home: at most one runs, and what failed is tried again together."""

    def __init__(self, hass: HomeAssistant, entry: AirBaselineConfigEntry) -> None:
        """Prepare; nothing is read before `async_start`."""
        self._hass = hass
        self._entry = entry
        self._busy = False
        self._failures = 0
        self._failed: list[Channel] = []
        self._retry: CALLBACK_TYPE | None = None
        self._unsubscribes: tuple[CALLBACK_TYPE, ...] = ()

    @callback
    def async_start(self) -> CALLBACK_TYPE:
        """Begin once Home Assistant has started."""
        self._unsubscribes = (
            async_at_started(self._hass, self._async_begin),
            async_dispatcher_connect(self._hass, SIGNAL_ROOMS_CHANGED, self._async_look),
            async_dispatcher_connect(self._hass, SIGNAL_HISTORY_READ, self._async_look),
        )
        return self._async_stop

    @callback
    def _async_stop(self) -> None:
        """Begin nothing more; the entry ends the fill that runs."""
        for unsubscribe in self._unsubscribes:
            unsubscribe()
        if self._retry is not None:
            self._retry()

    @callback
    def _async_look(self) -> None:
        if self._hass.state is CoreState.running:
            self._async_begin()

    @callback
    def _async_begin(self, _hass: HomeAssistant | None = None) -> None:
        if not self._busy and self._next() is not None:
            self._busy = True
            self._entry.async_create_background_task(
                self._hass, self._async_fill_all(), f"{DOMAIN} years"
            )

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

    async def _async_fill_all(self) -> None:
        try:
            await self._entry.runtime_data.clock.async_wait_until_right()
            while (source := self._next()) is not None:
                await self._async_try(*source)
                await self._entry.runtime_data.clock.async_wait_until_right()
        finally:
            self._busy = False

    async def _async_try(self, room: RoomCoordinator, pollutant: Pollutant) -> None:
        """Fill one year; whatever goes wrong, it is tried again, and the others go on."""
        channel, source = room.channels[pollutant], room.sources[pollutant].entity_id
        try:
            await _async_fill(room, pollutant, channel, source)
        except ServiceValidationError:
            return  # Its room or its source went meanwhile.
        except NotSavedError as error:
            text = f"The year of {source} is not saved yet: {error}"
            source_log(self._hass).async_log(WARNING, "year not saved", source, text)
        except Exception as error:  # noqa: BLE001 - whatever it is, the other rooms go on
            self._async_wait(room, channel, source, error)

    @callback
    def _async_wait(
        self, room: RoomCoordinator, channel: Channel, source: str, error: Exception
    ) -> None:
        """Leave a channel until the next try of all that failed."""
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


async def _async_fill(
    room: RoomCoordinator, pollutant: Pollutant, channel: Channel, source: str
) -> None:
    """Fill one year with what lies before the days that the ledger keeps."""
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
