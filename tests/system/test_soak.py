"""Weeks of bad luck, in minutes: nothing grows, nothing fails, and the promise is kept."""

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import UTC, date, datetime, timedelta
import logging
from math import sqrt
from time import sleep
from typing import override

from freezegun.api import FrozenDateTimeFactory
from homeassistant.const import EVENT_STATE_CHANGED
from homeassistant.core import Event, EventStateChangedData, HomeAssistant, callback
from homeassistant.helpers import entity_registry as er
from homeassistant.util import dt as dt_util
import pytest
from pytest_homeassistant_custom_component.common import MockConfigEntry

from custom_components.air_baseline.core.pollutant import Pollutant
from custom_components.air_baseline.storage.store import LEDGER_KEY
from tests.census import census, weight
from tests.faults import Faults, complaints
from tests.files import disk, write
from tests.home import (
    ATTRIBUTES,
    KITCHEN,
    PM25,
    VOC,
    ZONE,
    a_home,
    a_room,
    a_store,
    days_kept,
    learned,
    missing_days,
    pass_time,
    report,
    set_up,
    usual,
)

pytestmark = pytest.mark.on_disk

HOUR, DAY = timedelta(hours=1), timedelta(days=1)
STEP = timedelta(minutes=10)
POLLUTANTS = (Pollutant.PM25, Pollutant.VOC_RATIO)
NAMES = (PM25, "sensor.scullery_pm25")  # One is renamed to the other.
PROMISED_DAYS = 35  # The default: one false alarm a channel in that many days.
WINDOW_DAYS = 90
LEARNED_DAYS = 36  # Before the bad luck begins.
MOST_SILENT = 0.5  # Share of the days: where no alert is possible, none is false.
# Per ledger: its budget, a share of what else the room holds, and what is kept for 30 days of a
# clock that was ahead (four times here).
MEMORY_KB = 60.0 + 4.0 + 4.0
DISK_KB = 32.0  # Per ledger; a retired one and the last good copy come on top.

AUTUMN = datetime(2027, 10, 28, 12, 0, 3, tzinfo=UTC)  # The clocks go back.
SPRING = datetime(2028, 2, 25, 12, 0, 3, tzinfo=UTC)  # A leap day; the clocks go forward.


@dataclass
class Life:
    """A kitchen that has learned, and each day another misfortune."""

    hass: HomeAssistant
    clock: FrozenDateTimeFactory
    entry: MockConfigEntry
    name: str = PM25

    async def breathe(self, duration: timedelta, *, factor: float = 1.0, **unit: str) -> None:
        """Let time pass with usual air; `factor` and `unit_of_measurement` are the source's."""
        end = dt_util.utcnow() + duration
        while (now := dt_util.utcnow()) < end:
            level = usual(now.timestamp()) * factor
            report(self.hass, self.name, level, **{**ATTRIBUTES[PM25], **unit})
            report(self.hass, VOC, usual(now.timestamp(), Pollutant.VOC_RATIO))
            await pass_time(self.hass, self.clock, STEP, step=STEP)

    async def restart(self) -> None:
        """Unload, be off for an hour, load from the file."""
        assert await self.hass.config_entries.async_unload(self.entry.entry_id)
        await pass_time(self.hass, self.clock, HOUR, step=STEP)
        assert await self.hass.config_entries.async_setup(self.entry.entry_id)
        await self.hass.async_block_till_done()

    async def flood(self) -> None:
        """Take a hundred updates a second for a minute."""
        for _ in range(60):
            at = dt_util.utcnow().timestamp()
            for number in range(100):
                self.clock.tick(timedelta(milliseconds=10))
                report(self.hass, self.name, usual(at) + number / 100, **ATTRIBUTES[PM25])
            await self.hass.async_block_till_done()

    async def vanish(self) -> None:
        """Lose both sources for eight hours, one of them without notice."""
        self.hass.states.async_remove(self.name)
        report(self.hass, VOC, "unavailable")
        await pass_time(self.hass, self.clock, 8 * HOUR, step=STEP)

    async def rename(self) -> None:
        """Rename the source; its room follows."""
        (new,) = set(NAMES) - {self.name}
        self.hass.states.async_remove(self.name)
        er.async_get(self.hass).async_update_entity(self.name, new_entity_id=new)
        self.name = new
        await self.hass.async_block_till_done()
        assert self.entry.subentries[KITCHEN].data["pm25_source"] == new

    async def change_unit(self) -> None:
        """Report in another unit that fits, then in one that does not."""
        await self.breathe(8 * HOUR, factor=0.001, unit_of_measurement="mg/m³")
        await self.breathe(3 * HOUR, unit_of_measurement="ppb")

    async def step_clock(self) -> None:
        """Set the clock back by half an hour; later it is ahead for five hours."""
        self.clock.move_to(dt_util.utcnow() - HOUR / 2)
        await self.breathe(2 * HOUR)
        self.clock.move_to(dt_util.utcnow() + 2 * HOUR)
        await self.breathe(5 * HOUR)
        self.clock.move_to(dt_util.utcnow() - 2 * HOUR)
        await self.breathe(HOUR)

    async def come_to_rest(self) -> None:
        """Save what is waiting, and wait until its thread has released it: both are counted."""
        await self.entry.runtime_data.store.async_save()
        await self.hass.async_add_executor_job(sleep, 0.1)

    async def live(self, days: int) -> None:
        """Run for `days` days, each with a misfortune in the morning."""
        misfortunes = (
            self.restart,
            self.flood,
            self.vanish,
            self.rename,
            self.change_unit,
            self.step_clock,
        )
        end = dt_util.utcnow() + days * DAY
        day = 0
        while dt_util.utcnow() < end:
            if day % 7 < len(misfortunes):
                await misfortunes[day % 7]()
            day += 1
            await self.breathe(end - days * DAY + day * DAY - dt_util.utcnow())


async def begin(hass: HomeAssistant, clock: FrozenDateTimeFactory, start: datetime) -> Life:
    """Begin in a kitchen that has learned."""
    clock.move_to(start)
    write(
        hass,
        LEDGER_KEY,
        a_store(
            {
                KITCHEN: {
                    pollutant: learned(pollutant, LEARNED_DAYS, end=start)
                    for pollutant in POLLUTANTS
                }
            }
        ),
    )
    er.async_get(hass).async_get_or_create(
        "sensor", "test", "pm25", suggested_object_id="kitchen_pm25"
    )
    entry = a_home(a_room(KITCHEN, "kitchen", *POLLUTANTS))
    await set_up(hass, entry)
    return Life(hass, clock, entry)


class WarningRecorder(logging.Handler):
    """Record what is logged as a warning or worse; the rest of a year is not kept."""

    def __init__(self) -> None:
        super().__init__(logging.WARNING)
        self.records: list[logging.LogRecord] = []

    @override
    def emit(self, record: logging.LogRecord) -> None:
        self.records.append(record)


@pytest.fixture
def logged(caplog: pytest.LogCaptureFixture) -> Iterator[list[logging.LogRecord]]:
    """Record the log."""
    caplog.set_level(logging.WARNING)
    recorder = WarningRecorder()
    logging.getLogger().addHandler(recorder)
    yield recorder.records
    logging.getLogger().removeHandler(recorder)


@pytest.mark.timeout(3600)  # A year takes some ten minutes.
@pytest.mark.parametrize("when", [(AUTUMN, 8, 8), (SPRING, 35, 366)], ids=["autumn", "spring"])
async def test_weeks_of_bad_luck_leave_nothing_behind_and_keep_the_promise(
    hass: HomeAssistant,
    clock: FrozenDateTimeFactory,
    faults: Faults,
    logged: list[logging.LogRecord],
    when: tuple[datetime, int, int],
) -> None:
    start, *times = when
    days = faults.times(*times)
    alarms: list[Event[EventStateChangedData]] = []

    @callback
    def collect(event: Event[EventStateChangedData]) -> None:
        alarms.append(event)

    hass.bus.async_listen(EVENT_STATE_CHANGED, collect, event_filter=alarm)
    life = await begin(hass, clock, start)
    await life.live(7)
    await life.come_to_rest()
    before = census(hass)
    await life.live(days - 7)
    await life.come_to_rest()
    after, weighs = census(hass), weight(life.entry.runtime_data) / 1024 / len(POLLUTANTS)
    kept = {quantity: await days_kept(hass, quantity) for quantity in POLLUTANTS}
    rooms = life.entry.runtime_data.rooms.values()
    channels = [channel for room in rooms for channel in room.channels.values()]
    await hass.config_entries.async_unload(life.entry.entry_id)
    before["object DaySummary"] = len(POLLUTANTS) * (WINDOW_DAYS + 1)  # They grow for that long.
    before["object Episode"] = sum(len(channel.episodes) for channel in channels)
    # Each leap of the clock is larger than the next one, and none is kept for over 30 days.
    before["object Leap"] = before["object KeptLeap"] = 4 * len(POLLUTANTS)
    found = [f"{what}: {before[what]} to {n}" for what, n in after.items() if n > before[what]]
    found += complaints(logged, "not in a unit of pm25", "The clock ")  # They are, on purpose.
    for quantity, known in kept.items():
        found += [f"{quantity}: {one}" for one in missing_days(known, first_kept(start))]
        silent = [day for day in list(known)[-days:] if not known[day]["alert_possible"]]
        if len(silent) > days * MOST_SILENT:
            found.append(f"{quantity}: no alert was possible on {len(silent)} of {days} days")
    done = f"{days} days"
    faults.check(
        "life with a misfortune a day", done, found, "nothing grows or is forgotten, no complaint"
    )
    size = disk(hass, LEDGER_KEY).stat().st_size / 1024 / len(POLLUTANTS)
    faults.measure("its file, per ledger", done, size, DISK_KB, "KB")
    faults.measure("its memory, per ledger", done, weighs, MEMORY_KB, "KB")
    promised = len(POLLUTANTS) * days / PROMISED_DAYS
    faults.measure("its false alarms", done, len(alarms), promised + 2 * sqrt(promised), "")


def first_kept(start: datetime) -> date:
    """Return the first whole day that must be there: none of the window is forgotten."""
    oldest = dt_util.utcnow() - timedelta(days=WINDOW_DAYS)
    return max(start - timedelta(days=LEARNED_DAYS - 1), oldest).astimezone(ZONE).date()


@callback
def alarm(data: EventStateChangedData) -> bool:
    """Return whether a state shows that an episode began; the air of these tests is usual."""
    if not data["entity_id"].endswith("_unusual"):
        return False
    old, new = data["old_state"], data["new_state"]
    return new is not None and new.state == "on" and (old is None or old.state != "on")
