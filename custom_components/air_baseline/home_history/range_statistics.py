"""Each learned range as hourly statistics, for Home Assistant's own graphs.

A row is written once its hour has begun, with the range that was in force then. An hour in which
nothing was learned, or Home Assistant did not run, has no row and never gets one.
"""

import asyncio
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from functools import partial

from homeassistant.components.recorder.models import (
    StatisticData,
    StatisticMeanType,
    StatisticMetaData,
)
from homeassistant.components.recorder.statistics import (
    STATISTIC_UNIT_TO_UNIT_CONVERTER,
    async_add_external_statistics,
    get_metadata,
    statistics_during_period,
)
from homeassistant.core import CALLBACK_TYPE, HomeAssistant, callback
from homeassistant.helpers.dispatcher import async_dispatcher_connect
from homeassistant.helpers.recorder import async_migration_in_progress, get_instance
from homeassistant.util import dt as dt_util
from homeassistant.util.hass_dict import HassKey
from sqlalchemy.exc import SQLAlchemyError

from ..clock import Phase
from ..const import DOMAIN, LOGGER, SIGNAL_ROOMS_CHANGED
from ..coordinator import AirBaselineConfigEntry, RoomCoordinator
from ..core.alerting.hourly_ranges import HOURS_KEPT
from ..core.explaining.day_chart import hour_range
from ..core.pollutant import POLLUTANTS, Pollutant
from ..inputs.room_config import RoomSource
from ..words.explanation import Words
from .recorder import has_recorder

BEGINNING = datetime(1970, 1, 1, tzinfo=UTC)  # POSIX time 0.

# Seconds, by judgement: tidying reads each range once at most, and a recorder that hangs must not
# hold what is written later.
PATIENCE_S = 600.0
REMOVAL_PATIENCE_S = 10.0  # Seconds, by judgement: removing the integration must not hang either.
# The ids of the statistics that were written in this run: the recorder knows one only once it has
# worked off its queue, which can be after its room was removed.
_WRITTEN: HassKey[set[str]] = HassKey(f"{DOMAIN}_range_statistics")

type Known = dict[str, tuple[int, StatisticMetaData]]


def range_statistic_id(subentry_id: str, pollutant: Pollutant) -> str:
    """Return the id of the statistics of one range."""
    return f"{DOMAIN}:{subentry_id.lower()}_{pollutant}_usual"


@callback
def async_write_range_statistics(
    hass: HomeAssistant, entry: AirBaselineConfigEntry
) -> CALLBACK_TYPE:
    """Write the range of each hour as it begins, and now; return what ends it.

    Without a recorder, nothing is written.
    """
    if not has_recorder(hass):
        return lambda: None
    bands = _Bands(hass, entry)

    @callback
    def write(moments: Sequence[float]) -> None:
        if entry.runtime_data.clock.wrong:
            return
        # Rooms and cards never wait for the recorder. It ends with the entry, so that nothing is
        # written after what was written was removed.
        entry.async_create_background_task(hass, bands.async_write(moments), f"{DOMAIN} statistics")

    @callback
    def follow() -> None:
        bands.async_rooms_changed()
        write([dt_util.utcnow().timestamp()])

    write([dt_util.utcnow().timestamp()])
    clock = entry.runtime_data.clock
    unsubscribes = (
        clock.async_on(Phase.STATISTICS, lambda round_: write(round_.hours)),
        async_dispatcher_connect(hass, SIGNAL_ROOMS_CHANGED, follow),
    )

    @callback
    def stop() -> None:
        for unsubscribe in unsubscribes:
            unsubscribe()

    return stop


async def async_remove_bands(hass: HomeAssistant, entry: AirBaselineConfigEntry) -> None:
    """Remove all statistics of the integration, including those that are still queued."""
    if not has_recorder(hass):
        return
    ids = set(hass.data.get(_WRITTEN, ()))
    ids |= {
        range_statistic_id(room, pollutant) for room in entry.subentries for pollutant in Pollutant
    }
    try:
        async with asyncio.timeout(REMOVAL_PATIENCE_S):
            ids |= set(await _async_known(hass))
    except (SQLAlchemyError, RuntimeError, OSError) as error:  # A TimeoutError is an OSError.
        LOGGER.warning("Statistics of rooms that are long gone may remain: %s", error)
    get_instance(hass).async_clear_statistics(sorted(ids))


@dataclass(frozen=True, slots=True)
class _Band:
    """One range and the statistics it is written to."""

    room: RoomCoordinator
    source: RoomSource
    metadata: StatisticMetaData

    @property
    def id(self) -> str:
        """Return the id of the statistics."""
        return self.metadata["statistic_id"]

    def rows(self, moments: Iterable[float]) -> list[StatisticData]:
        """Return the row of each moment's hour, in the unit of the source, where one is known."""
        channel, factor = self.room.channels.get(self.source.pollutant), self.source.factor
        if channel is None:
            return []
        ranges = [hour_range(channel, moment) for moment in moments]
        return [
            StatisticData(
                start=datetime.fromtimestamp(hour.start, UTC),
                min=hour.low / factor,
                mean=hour.middle / factor,
                max=hour.high / factor,
            )
            for hour in ranges
            if hour is not None
        ]


class _Bands:
    """The ranges of an entry."""

    def __init__(self, hass: HomeAssistant, entry: AirBaselineConfigEntry) -> None:
        self._hass = hass
        self._entry = entry
        self._bands: list[_Band] = []
        self._outdated = True
        self._written = hass.data.setdefault(_WRITTEN, set())
        self._due: list[float] = []  # The moments whose hours are still to be written.
        self._busy = False
        self._logged: type[Exception] | None = None

    @callback
    def async_rooms_changed(self) -> None:
        """Tidy again before the next row is written."""
        self._outdated = True

    async def async_write(self, moments: Sequence[float]) -> None:
        """Write the row of each moment's hour (POSIX seconds).

        The first time, and after the rooms have changed, tidy what was written before. Hours that
        cannot be written now are written with a later one.
        """
        self._due = [*self._due, *moments][-HOURS_KEPT:]
        if self._busy or async_migration_in_progress(self._hass):
            return
        self._busy = True
        try:
            while self._due or self._outdated:
                if self._outdated:
                    await self._async_tidy()
                due, self._due = self._due, []
                for band in self._bands:
                    with band.room.guarded():
                        self._async_write_rows(band, due)
                    await asyncio.sleep(0)  # Other tasks can run: there may be a thousand ranges.
        except Exception as error:  # noqa: BLE001 - whatever it is, the next hour tries again
            self._outdated = True
            if self._logged is not type(error):
                self._logged = type(error)
                LOGGER.warning("Statistics cannot be written; trying again in an hour: %r", error)
        else:
            self._logged = None
        finally:
            self._busy = False

    @callback
    def _async_write_rows(self, band: _Band, moments: Sequence[float]) -> None:
        if rows := band.rows(moments):
            self._written.add(band.id)
            async_add_external_statistics(self._hass, band.metadata, rows)

    async def _async_tidy(self) -> None:
        """Remove what is gone; fail where the recorder does not answer."""
        self._outdated = False
        async with asyncio.timeout(PATIENCE_S):
            self._bands = await self._async_bands()
            await self._async_put_in_order({band.id: band for band in self._bands})

    async def _async_bands(self) -> list[_Band]:
        words = await Words.async_load(self._hass)
        return [
            _Band(room, source, _metadata(words, room, source))
            for room in self._entry.runtime_data.rooms.values()
            for source in room.sources.values()
        ]

    async def _async_put_in_order(self, bands: dict[str, _Band]) -> None:
        """Remove the statistics of rooms that are gone; update names and units.

        Statistics that the last run queued are not known yet: the next start tidies them.
        """
        known = await _async_known(self._hass)
        left_out = {
            range_statistic_id(room, pollutant)
            for room in self._entry.runtime_data.unreadable
            for pollutant in Pollutant
        }
        if gone := sorted((known.keys() | self._written) - bands.keys() - left_out):
            get_instance(self._hass).async_clear_statistics(gone)
            self._written.difference_update(gone)
        for statistic_id in known.keys() & bands.keys():
            band, old = bands[statistic_id], known[statistic_id][1]
            unit = old["unit_of_measurement"]
            moved = unit != band.metadata["unit_of_measurement"]
            rows = await self._async_converted(band, unit) if moved else []
            if moved or old["name"] != band.metadata["name"]:
                async_add_external_statistics(self._hass, band.metadata, rows)

    async def _async_converted(self, band: _Band, unit: str | None) -> list[StatisticData]:
        """Return all rows in the present unit: the recorder converts only its own statistics."""
        read = partial(
            statistics_during_period,
            self._hass,
            BEGINNING,
            None,
            {band.id},
            "hour",
            None,
            {"min", "mean", "max"},
        )
        rows = await get_instance(self._hass).async_add_executor_job(read)
        factor = POLLUTANTS[band.source.pollutant].factor(unit) / band.source.factor
        return [
            StatisticData(
                start=datetime.fromtimestamp(row["start"], UTC),
                min=(row["min"] or 0.0) * factor,
                mean=(row["mean"] or 0.0) * factor,
                max=(row["max"] or 0.0) * factor,
            )
            for row in rows.get(band.id, [])
        ]


def _metadata(words: Words, room: RoomCoordinator, source: RoomSource) -> StatisticMetaData:
    unit = source.shown_unit or None
    converter = STATISTIC_UNIT_TO_UNIT_CONVERTER.get(unit) if unit else None
    return StatisticMetaData(
        source=DOMAIN,
        statistic_id=range_statistic_id(room.subentry.subentry_id, source.pollutant),
        name=words.say(
            "usual_in_room",
            room=room.subentry.title,
            quantity=words.say(f"quantity_{source.pollutant}"),
        ),
        unit_of_measurement=unit,
        unit_class=converter.UNIT_CLASS if converter else None,
        mean_type=StatisticMeanType.ARITHMETIC,
        has_sum=False,
    )


async def _async_known(hass: HomeAssistant) -> Known:
    """Return the statistics that the integration has in the recorder."""
    read = partial(get_metadata, hass, statistic_source=DOMAIN)
    return await get_instance(hass).async_add_executor_job(read)
