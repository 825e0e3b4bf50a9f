"""The store is killed in the middle of its writes, a thousand times; see `tests/store_process.py`.

What was confirmed is on the disk at that moment: the set of excluded days grows, so a save that
comes later is found. No pace is required.
"""

import json
from multiprocessing.process import BaseProcess
from pathlib import Path
from random import Random
import time
from typing import Any

import pytest
from pytest_socket import socket_allow_hosts

from custom_components.air_baseline.core.channel import Channel
from custom_components.air_baseline.core.day import WINDOW_DAYS
from custom_components.air_baseline.core.pollutant import Pollutant
from custom_components.air_baseline.core.storage.days import dump_day
from custom_components.air_baseline.storage.store import GOOD_KEY, LEDGER_KEY, OPEN_KEY
from demo import storage
from tests.faults import Faults
from tests.files import kept
from tests.home import KITCHEN, NOON, a_store, learned
from tests.store_process import DIARY, excluded, started

MOST_LOST_S = 15 * 60.0  # Of learning, in virtual time.
LIFE_S = 0.4  # At most: some writes of each kind.
HANGS_S = 60.0  # No machine is that slow.

type Json = dict[str, Any]


@pytest.fixture
def folder(tmp_path: Path, socket_enabled: None) -> Path:
    """Write a store with a kitchen that has learned for 36 days."""
    socket_allow_hosts([storage.ADDRESS], allow_unix_socket=True)  # The fork server uses one.
    (tmp_path / ".storage").mkdir()
    stored = a_store({KITCHEN: {Pollutant.PM25: learned(Pollutant.PM25, 36)}})
    stored["data"]["kept_at"] = NOON.timestamp()
    for key in (LEDGER_KEY, GOOD_KEY):
        (tmp_path / ".storage" / key).write_text(json.dumps({**stored, "key": key}), "utf-8")
    return tmp_path


@pytest.mark.timeout(2 * 3600)
def test_a_killed_store_has_all_that_was_confirmed_and_nothing_else(
    folder: Path, faults: Faults
) -> None:
    kills, chance = faults.times(20, 1000), Random(8)  # noqa: S311 - moments, not secrets
    found, corrections, lost_s, writes = list[str](), 0, 0.0, set[bytes]()
    before = on_disk(folder)
    for number in range(kills):
        lines = live_and_be_killed(folder, chance)
        now = on_disk(folder)
        wrong, late_s = wrongs(before, now, lines)
        found += [f"kill {number}: {one}" for one in wrong]
        lost_s = max(lost_s, late_s)
        corrections += sum("confirmed" in line for line in lines)
        writes.add((folder / ".storage" / LEDGER_KEY).read_bytes())
        before = now
    assert corrections > kills / 2, "there was hardly anything to lose"
    assert len(writes) > kills / 2, "the whole was hardly written"
    done = f"{kills} kills, {corrections} corrections"
    faults.check("store killed under writes", done, found, "0")
    faults.measure("learning lost by a killed store", f"{kills} kills", lost_s, MOST_LOST_S, "s")


def live_and_be_killed(folder: Path, chance: Random) -> list[Json]:
    """Run the store for a moment; return the lines of its diary, without one that was cut off."""
    diary = folder / DIARY
    diary.unlink(missing_ok=True)
    process = started(folder)
    _await_diary(diary, process)
    time.sleep(chance.uniform(0.0, LIFE_S))
    process.kill()
    process.join()
    return [json.loads(line) for line in diary.read_text("utf-8").split("\n")[:-1]]


def _await_diary(diary: Path, process: BaseProcess) -> None:
    deadline = time.monotonic() + HANGS_S
    while not (diary.is_file() and diary.stat().st_size):
        if time.monotonic() > deadline or not process.is_alive():
            pytest.fail("the store did not start")
        time.sleep(0.005)


def on_disk(folder: Path) -> Channel:
    ledger, opened = (folder / ".storage" / key for key in (LEDGER_KEY, OPEN_KEY))
    return kept(ledger.read_bytes(), opened.read_bytes() if opened.is_file() else b"")


def wrongs(before: Channel, now: Channel, lines: list[Json]) -> tuple[list[str], float]:
    """Return what is wrong on the disk after a kill, and how much learning is lost (s)."""
    known = excluded(before)
    allowed, found, last = [known], list[str](), now.binner.counted_to or 0.0
    for line in lines:
        if line.get("damage"):
            found.append("damage at its start")
        elif "tried" in line:
            allowed = [known, line["tried"]]
        elif "confirmed" in line:
            allowed = [known := line["confirmed"]]
    if excluded(now) not in allowed:
        found.append(f"{excluded(now)} is excluded, but {known} was confirmed")
    oldest = now.ledger.days[-1].day - WINDOW_DAYS
    was, is_ = ({one.day: dump_day(one) for one in each.ledger.days} for each in (before, now))
    if any(is_.get(day) != line for day, line in was.items() if day > oldest):
        found.append("other days")
    read = max((line["read"] for line in lines if "read" in line), default=last)
    return found, max(read - last, 0.0)
