"""A real Home Assistant is killed while somebody corrects it: is anything confirmed missing?

    python -m benchmarks.kills [--kills 100] [--waits 5] [--integration FOLDER]

Somebody excludes stretches of days over HTTP, each of them once, as fast as they are confirmed;
nothing is ever undone, so what has to be there grows. At a random moment, mostly with a correction
under way, `hass` gets a SIGKILL. After the next start each confirmed correction must be there
once, and the one under way once or not at all. Between these lives others pass 60 times as fast
without corrections, for 20 to 60 minutes: their kill may cost 15 minutes of air.

Exits with 1 if something is missing, is there twice, or too much air was lost.
"""

import argparse
from collections import Counter
from dataclasses import dataclass, field
from http.client import HTTPException
from pathlib import Path
from random import Random
import signal
import sys
from tempfile import TemporaryDirectory
import threading
import time
from typing import Any, Final

from benchmarks.fake_clock import faketime
from benchmarks.layout import Table
from benchmarks.real_home.cases import CALM
from benchmarks.real_home.founding import INTEGRATION, ZONE, Founder, set_clock
from benchmarks.real_home.life import TrialError, life_in, rooms_on_disk
from custom_components.air_baseline.core.alerting.promise import MONTH_DAYS
from custom_components.air_baseline.core.storage.channel import load_channel
from demo.sign_in import act, device_id, free_port, sign_in
from tests.hass_process import OUTPUT, running

PATIENCE_S: Final = 240.0  # No start takes longer.
POLL_S: Final = 0.1
MOST_CORRECTIONS: Final = 6  # From a start to the kill.
STARTING: Final = 0.1  # The share of kills that come while it starts.
SHOWN: Final = 20  # Of what was wrong.
RATE: Final = 60.0
WAIT_MIN: Final = (20.0, 60.0)  # Minutes without corrections: more than a save takes.
MOST_LOST_S: Final = 15 * 60.0 + 60.0  # And a minute, for the reading and the clock of the trial.

type Correction = tuple[str, str, str, str]  # Room, quantity, first and last day.


class KillError(Exception):
    """The trial cannot go on; the message says why."""


@dataclass(slots=True)
class Person:
    """Somebody who corrects: what was confirmed, what was tried last, what is left to do."""

    todo: list[Correction]
    confirmed: set[Correction] = field(default_factory=set)
    trying: Correction | None = None
    call_s: float = 0.1  # How long the last correction took.

    def correct(self, port: int, tokens: dict[str, Any], rooms: dict[str, str]) -> None:
        """Correct without rest until Home Assistant answers no more."""
        while self.todo:
            self.trying = room, quantity, first, last = self.todo[-1]
            began = time.monotonic()
            try:
                data = {"device_id": rooms[room], "quantity": quantity}
                data |= {"start_date": first, "end_date": last}
                act(port, tokens, "air_baseline/strike_days", data)
            except OSError, HTTPException, ValueError:
                return
            self.call_s = time.monotonic() - began
            self.confirmed.add(self.todo.pop())
            self.trying = None


@dataclass(slots=True)
class Found:
    """What was wrong, and how much air was lost."""

    wrong: list[str] = field(default_factory=list)
    lost_s: float = 0.0
    kills: int = 0


def main(arguments: list[str] | None = None) -> int:
    """Kill as often as asked; return the exit status."""
    parser = argparse.ArgumentParser(
        prog="python -m benchmarks.kills",
        description=__doc__,
        formatter_class=argparse.RawDescriptionHelpFormatter,
    )
    parser.add_argument("--kills", type=int, default=100)
    parser.add_argument("--waits", type=int, default=5, help="lives without corrections")
    parser.add_argument("--seed", type=int, default=15)
    parser.add_argument(
        "--integration", type=Path, default=INTEGRATION, help="another one, such as a mutant"
    )
    options = parser.parse_args(arguments)
    signal.signal(signal.SIGTERM, lambda *_: sys.exit(1))  # So that `hass` is ended too.
    chance, founder = Random(options.seed), Founder(time.time())  # noqa: S311 - moments
    found = Found()
    with TemporaryDirectory() as temporary:
        folder, port = Path(temporary) / "home", free_port()
        founder.found(folder, port, integration=options.integration.absolute())
        founder.air(folder, "kills", CALM)
        person = Person(_corrections(founder, chance))
        try:
            for number in range(options.kills):
                _live_and_be_killed(folder, port, person, chance, found)
                print(f"kill {number + 1}: {len(person.confirmed)} confirmed", *found.wrong[:1])
            _check_once_more(folder, port, person, found)
            for number in range(options.waits):
                lost_s = _wait_and_be_killed(folder, chance)
                found.lost_s = max(found.lost_s, lost_s)
                print(f"wait {number + 1}: {lost_s:.0f} s of air lost")
        except (KillError, TrialError) as error:
            found.wrong.append(str(error))
    rows = [
        _row("confirmed, then killed", f"{found.kills} kills", f"{len(found.wrong)} wrong", "0"),
        _row("corrections", "confirmed", str(len(person.confirmed)), ""),
        _row("air lost by a kill", f"{options.waits} kills", f"{found.lost_s:.0f} s", "960 s"),
    ]
    sys.stdout.write(Table("Kills of a real hass", ("", "", "found", "limit"), rows).text())
    sys.stdout.writelines(f"{wrong}\n" for wrong in found.wrong[:SHOWN])
    return int(bool(found.wrong) or found.lost_s > MOST_LOST_S)


def wrong_in(
    listed: Counter[Correction], confirmed: set[Correction], trying: Correction | None
) -> list[str]:
    """Return what is missing, there twice, or there without having been tried."""
    wrong = [f"{one} was confirmed and is missing" for one in confirmed - listed.keys()]
    wrong += [f"{one} is there {times} times" for one, times in listed.items() if times > 1]
    known = confirmed | {trying}
    return [*wrong, *(f"{one} was not tried" for one in listed.keys() - known)]


def _corrections(founder: Founder, chance: Random) -> list[Correction]:
    """Return each stretch of the learned days of each ledger once, in any order."""
    found = []
    for name, quantity, dates in founder.learned():
        days = sorted(dates)
        found += [
            (name, quantity, first, last)
            for place, first in enumerate(days)
            for last in days[place:]
        ]
    chance.shuffle(found)
    return found


def _live_and_be_killed(
    folder: Path, port: int, person: Person, chance: Random, found: Found
) -> None:
    """Start, look whether all is there, correct, be killed."""
    with running(folder) as process:
        if chance.random() < STARTING:
            time.sleep(chance.uniform(0.0, 10.0))
        else:
            tokens, rooms = _await_rooms(port, folder)
            _compare(port, tokens, rooms, person, found)
            before, more = len(person.confirmed), chance.randint(1, MOST_CORRECTIONS)
            busy = threading.Thread(target=person.correct, args=(port, tokens, rooms))
            busy.start()
            while len(person.confirmed) < before + more and busy.is_alive():
                time.sleep(POLL_S / 10)
            time.sleep(chance.uniform(0.0, 2.0 * person.call_s))
            if not busy.is_alive():
                found.wrong.append(f"{person.trying} was refused")
            process.kill()
            busy.join()
    found.kills += 1


def _check_once_more(folder: Path, port: int, person: Person, found: Found) -> None:
    with running(folder) as process:
        tokens, rooms = _await_rooms(port, folder)
        _compare(port, tokens, rooms, person, found)
        process.terminate()
        process.join(PATIENCE_S)


def _compare(
    port: int, tokens: dict[str, Any], rooms: dict[str, str], person: Person, found: Found
) -> None:
    """Compare what the ledgers list with what was confirmed; accept what was under way."""
    listed: Counter[Correction] = Counter()
    for room, device in rooms.items():
        answer = act(port, tokens, "air_baseline/get_ledger", {"device_id": device})
        for quantity, ledger in answer["quantities"].items():
            listed.update(
                (room, quantity, one["from_day"], one["to_day"] or one["from_day"])
                for one in ledger["corrections"]
            )
    found.wrong += wrong_in(listed, person.confirmed, person.trying)
    if person.trying in listed:
        person.confirmed.add(person.todo.pop())
    person.trying = None
    person.confirmed &= listed.keys()  # What is missing is reported once.


def _await_rooms(port: int, folder: Path) -> tuple[dict[str, Any], dict[str, str]]:
    """Return tokens, and the devices of the rooms, once Air Baseline answers."""
    deadline = time.monotonic() + PATIENCE_S
    while time.monotonic() < deadline:
        try:
            tokens = sign_in(port)
            rooms = {name: device_id(port, tokens, name) for name in ("Living room", "Kitchen")}
            for device in rooms.values():
                act(port, tokens, "air_baseline/get_ledger", {"device_id": device})
        except OSError, HTTPException, ValueError:
            time.sleep(POLL_S)
        else:
            return tokens, rooms
    output = (folder / OUTPUT).read_text("utf-8", "replace")
    raise KillError(f"hass did not start to work:\n{output[-2000:]}")


def _wait_and_be_killed(folder: Path, chance: Random) -> float:
    """Live without corrections for a while, in quick time; return the seconds of air lost."""
    set_clock(folder, 0.0)
    with life_in(folder, faketime()) as life:
        life.start()
        set_clock(folder, 0.0, RATE)
        life.wait(chance.uniform(*WAIT_MIN) * 60.0, RATE)
        life.kill()
        return life.now() - _last_reading(folder)


def _last_reading(folder: Path) -> float:
    """Return the time of the oldest last reading of the ledgers on disk (POSIX seconds)."""
    return min(
        load_channel(channel, ZONE, MONTH_DAYS).health.last_read or 0.0
        for room in rooms_on_disk(folder).values()
        for channel in room["channels"].values()
    )


def _row(*cells: str) -> tuple[str, ...]:
    return cells


if __name__ == "__main__":
    sys.exit(main())
