"""The power fails at any moment of some days: the next start knows all that was confirmed.

The disk keeps only what was synced: a file that was renamed before it was synced counts as
empty afterwards.
"""

from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from datetime import datetime, timedelta
import os
from pathlib import Path
from typing import Any

from freezegun.api import FrozenDateTimeFactory
from homeassistant.core import CoreState, HomeAssistant
from homeassistant.util import dt as dt_util
import pytest
from pytest_homeassistant_custom_component.common import MockConfigEntry

from custom_components.air_baseline.core.channel import Channel
from custom_components.air_baseline.core.day import iso_day
from custom_components.air_baseline.core.pollutant import Pollutant
from custom_components.air_baseline.storage.store import GOOD_KEY, LEDGER_KEY, OPEN_KEY
from tests.faults import Faults
from tests.files import damage, disk, kept, kitchen, write
from tests.home import (
    BEDROOM,
    INDEX,
    KITCHEN,
    NOON,
    PM25,
    a_home,
    a_room,
    act,
    issues,
    pass_time,
    set_up,
    usual,
)

pytestmark = [pytest.mark.on_disk, pytest.mark.timeout(3600)]

MINUTE = timedelta(minutes=1)
MOST_LOST_MIN = 15.0
LEARNED_DAYS = 36
OURS = {LEDGER_KEY, OPEN_KEY, GOOD_KEY}
AIR = {PM25: usual, INDEX: lambda at: usual(at, Pollutant.VOC_INDEX)}
DAYS = [str(NOON.date() - timedelta(days=ago)) for ago in (3, 5, 7)]

type Numbers = dict[str, Any]


@dataclass(frozen=True, slots=True)
class Cut:
    """What a power cut would have left on disk; the excluded days are one of `allowed`."""

    at: datetime
    files: dict[str, bytes]
    allowed: list[list[str]]


@dataclass(slots=True)
class Disk:
    """A disk whose power fails before and after one of our files gets or loses its name."""

    folder: Path
    allowed: list[list[str]] = field(default_factory=lambda: [[]])
    cuts: list[Cut] = field(default_factory=list)
    synced: set[int] = field(default_factory=set)

    def sync(self, file: int) -> None:
        """Keep what was written to a file."""
        os.fsync(file)
        self.synced.add(os.fstat(file).st_ino)

    def move(self, rename: Callable[[str, str], None], source: str, target: str) -> None:
        """Give a file another name."""
        old, new = Path(source).name, Path(target).name
        if not OURS & {old, new}:
            rename(source, target)
            return
        lost = old not in OURS and Path(source).stat().st_ino not in self.synced
        self._cut({})
        rename(source, target)
        self._cut({new: b""} if lost else {})

    def _cut(self, lost: dict[str, bytes]) -> None:
        there = [key for key in OURS if (self.folder / key).is_file()]
        files = {key: (self.folder / key).read_bytes() for key in there} | lost
        self.cuts.append(Cut(dt_util.utcnow(), files, self.allowed))


@pytest.fixture
def drive(hass: HomeAssistant, monkeypatch: pytest.MonkeyPatch) -> Disk:
    """Look at the disk whenever one of our files gets or loses its name."""
    drive = Disk(disk(hass, ""))
    rename, replace = os.rename, os.replace
    monkeypatch.setattr(os, "rename", lambda *names: drive.move(rename, *names))
    monkeypatch.setattr(os, "replace", lambda *names: drive.move(replace, *names))
    monkeypatch.setattr("atomicwrites._proper_fsync", drive.sync)
    return drive


async def begin(hass: HomeAssistant, *, damaged: bool = False) -> MockConfigEntry:
    """Begin with a kitchen that has learned and a bedroom that has not."""
    for key in (LEDGER_KEY, GOOD_KEY):
        write(hass, key, kitchen(LEARNED_DAYS))
    if damaged:
        damage(hass, LEDGER_KEY, lambda whole: whole[:1000])
    entry = a_home(
        a_room(KITCHEN, "kitchen", Pollutant.PM25), a_room(BEDROOM, "bedroom", Pollutant.VOC_INDEX)
    )
    await set_up(hass, entry)
    return entry


async def live(hass: HomeAssistant, clock: FrozenDateTimeFactory, duration: timedelta) -> None:
    """Let time pass by minutes; each waits for what is saved in it."""
    for _ in range(duration // MINUTE):
        await pass_time(hass, clock, MINUTE, AIR, step=MINUTE)
        await hass.async_block_till_done(wait_background_tasks=True)


async def correct(hass: HomeAssistant, drive: Disk, excluded: list[str]) -> None:
    """Exclude a day, or undo that; then it is confirmed which days are excluded."""
    drive.allowed = [*drive.allowed, excluded]
    if excluded:
        await act(hass, "strike_days", start_date=excluded[-1])
    else:
        await act(hass, "undo")
    drive.allowed = [excluded]


async def test_a_power_cut_costs_at_most_fifteen_minutes_of_learning(
    hass: HomeAssistant, clock: FrozenDateTimeFactory, drive: Disk, faults: Faults
) -> None:
    entry = await begin(hass)
    hours = faults.times(few=4, many=48)
    await live(hass, clock, timedelta(hours=hours))
    lost = [minutes_lost(cut) for cut in drive.cuts]
    faults.measure(
        "learning lost by a power cut", f"{len(lost)} cuts", max(lost), MOST_LOST_MIN, "min"
    )
    cuts = drive.cuts[:: faults.times(few=2, many=1)]
    found = await after_each(hass, clock, entry, cuts)
    faults.check("power cut while learning", f"{len(cuts)} cuts", found, "0")


async def test_a_save_for_something_else_delays_no_other(
    hass: HomeAssistant, clock: FrozenDateTimeFactory, drive: Disk
) -> None:
    """A correction is saved at once; the next save is at most 15 minutes later."""
    await begin(hass)
    for minutes in range(1, 6):
        await live(hass, clock, timedelta(minutes=10 + minutes))
        await correct(hass, drive, [] if minutes % 2 == 0 else DAYS[:1])
        await live(hass, clock, timedelta(minutes=20))
    assert max(minutes_lost(cut) for cut in drive.cuts) <= MOST_LOST_MIN


async def test_a_power_cut_undoes_nothing_that_was_confirmed(
    hass: HomeAssistant, clock: FrozenDateTimeFactory, drive: Disk, faults: Faults
) -> None:
    """Days are excluded and restored, the good copy is made, a room is removed from both files."""
    entry = await begin(hass)
    for number in range(faults.times(few=2, many=12)):
        await correct(hass, drive, [DAYS[number % len(DAYS)]])
        await pass_time(hass, clock, timedelta(minutes=20), AIR)
        await correct(hass, drive, [])
        await pass_time(hass, clock, timedelta(hours=13), AIR, step=timedelta(hours=6))
    await correct(hass, drive, DAYS[:1])
    hass.config_entries.async_remove_subentry(entry, BEDROOM)
    await hass.async_block_till_done()
    assert BEDROOM.encode() not in b"".join(drive.cuts[-1].files.values())
    cuts = list(drive.cuts)
    found = await after_each(hass, clock, entry, cuts)
    faults.check("power cut while correcting", f"{len(cuts)} cuts", found, "0")


async def test_a_power_cut_does_not_lose_what_the_good_copy_has_saved(
    hass: HomeAssistant, clock: FrozenDateTimeFactory, drive: Disk, faults: Faults
) -> None:
    """From the start that finds the ledger damaged to the next good copy."""
    entry = await begin(hass, damaged=True)
    await pass_time(hass, clock, timedelta(hours=1), AIR)
    await pass_time(hass, clock, timedelta(hours=25), AIR, step=timedelta(hours=6))
    cuts = list(drive.cuts)
    assert any(LEDGER_KEY not in cut.files for cut in cuts), "it was set aside"
    found = [
        wrong
        for wrong in await after_each(hass, clock, entry, cuts)
        if not wrong.endswith("store_recovered")
    ]
    faults.check("power cut while recovering", f"{len(cuts)} cuts", found, "0")


async def after_each(
    hass: HomeAssistant, clock: FrozenDateTimeFactory, entry: MockConfigEntry, cuts: Sequence[Cut]
) -> list[str]:
    """Start from what each power cut has left; return what was wrong then."""
    learned = {day["day"]: numbers(day) for day in (await ledger(hass))["days"]}
    await hass.config_entries.async_unload(entry.entry_id)
    found: list[str] = []
    for number, cut in enumerate(cuts):
        clock.move_to(cut.at)
        for key in OURS:
            disk(hass, key).unlink(missing_ok=True)
            if key in cut.files:
                disk(hass, key).write_bytes(cut.files[key])
        await hass.config_entries.async_setup(entry.entry_id)
        await hass.async_block_till_done()
        wrong = wrongs(cut, (await ledger(hass))["days"], learned)
        wrong += [issue for issue in issues(hass) if issue.startswith("store")]
        found += [f"cut {number}, {cut.at}: {one}" for one in wrong]
        await hass.config_entries.async_unload(entry.entry_id)
    return found


def wrongs(cut: Cut, known: list[Numbers], learned: dict[str, Numbers]) -> list[str]:
    """Return what a start shows that is wrong.

    A day that it closes itself lacks the minutes that were lost.
    """
    excluded = [day["day"] for day in known if day["struck_parts"]]
    found = [] if excluded in cut.allowed else [f"{excluded} is excluded, allowed is {cut.allowed}"]
    if [day["day"] for day in known][:LEARNED_DAYS] != list(learned)[:LEARNED_DAYS]:
        found.append("days are gone")
    closed = {iso_day(summary.day) for summary in on_disk(cut).ledger.days}
    return found + [
        f"other numbers on {day['day']}"
        for day in known
        if day["day"] in closed and numbers(day) != learned[day["day"]]
    ]


def on_disk(cut: Cut) -> Channel:
    """Return the channel that a power cut has left, in the ledger or in the good copy."""
    try:
        return kept(cut.files[LEDGER_KEY], cut.files.get(OPEN_KEY, b""))
    except KeyError, ValueError:
        return kept(cut.files[GOOD_KEY])


async def ledger(hass: HomeAssistant) -> dict[str, Any]:
    """Return all that is known of the kitchen's PM2.5."""
    report: dict[str, Any] = (await act(hass, "get_ledger"))["quantities"]["pm25"]
    return report


def numbers(day: Numbers) -> Numbers:
    """Return a day without what a correction changes."""
    return day | {"counts": None, "struck_parts": None}


def minutes_lost(cut: Cut) -> float:
    """Return how many minutes before a cut the latest reading on disk was.

    These tests begin at noon, some seconds after the last reading before it.
    """
    last = on_disk(cut).health.last_read or 0.0
    return (cut.at.timestamp() - max(last, NOON.timestamp())) / 60.0


async def test_a_correction_while_home_assistant_stops_is_saved_before_it_is_confirmed(
    hass: HomeAssistant, clock: FrozenDateTimeFactory
) -> None:
    """Home Assistant writes at the end of its shutdown, which it might not reach."""
    write(hass, LEDGER_KEY, kitchen(36))
    await set_up(hass, a_home(a_room(KITCHEN, "kitchen", Pollutant.PM25)))
    hass.set_state(CoreState.stopping)
    await act(hass, "strike_days", start_date=DAYS[0])
    assert len(kept(disk(hass, LEDGER_KEY).read_bytes()).ledger.entries) == 1
    hass.set_state(CoreState.running)
