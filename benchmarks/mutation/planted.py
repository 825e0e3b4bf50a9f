"""Faults that people planted to see whether tests can fail, and the tests that must.

Each is a replacement of text in the code. Where that text is gone, the fault has to be written
anew: the table says so, and so does tests/benchmarks/test_mutation.py. A new fault is one more
entry of `PLANTED`.
"""

from collections.abc import Sequence
from dataclasses import dataclass
import sys
from typing import Final

from benchmarks.layout import Table

from .areas import PACKAGE
from .copies import ROOT, Copy, copies

HEAD: Final = ("planted", "test", "")
RED, GREEN, GONE, ALREADY_RED = "red", "STILL GREEN", "ITS TEXT IS GONE", "RED WITHOUT IT"


@dataclass(frozen=True, slots=True)
class Planted:
    """A fault: in which file (from the integration's folder) which text is replaced by which.

    Each of `tests` must fail: a file, or a file and a name as pytest takes them.
    """

    name: str
    path: str
    text: str
    instead: str
    tests: tuple[str, ...]

    def source(self) -> str | None:
        """Return the file with the fault, None if the text is not there exactly once."""
        source = (ROOT / PACKAGE / self.path).read_text("utf-8")
        return source.replace(self.text, self.instead) if source.count(self.text) == 1 else None


SOAK: Final = "tests/system/test_soak.py::test_weeks_of_bad_luck_leave_nothing_behind_and_keep_the_promise[autumn]"  # noqa: E501
FUZZ_HOME: Final = "tests/system/test_fuzz_home.py"
RELOADS: Final = "tests/system/test_reloads.py"
TURNS: Final = "tests/system/test_turns.py"
RACES: Final = "tests/storage/test_races.py"
DISK: Final = "tests/storage/test_disk.py"
IMPORTS: Final = "tests/home_history/test_import_failures.py"
STEPS: Final = "tests/core/test_clock_steps.py"
WRONG_CLOCK: Final = "tests/system/test_wrong_clock.py"

PLANTED: Final = (
    Planted(
        "confirm a correction, save it some seconds later",
        "coordinator.py",
        "            await self._store.async_save_or_raise()\n",
        "            self._store.async_save_soon()\n",
        (RACES, DISK, "tests/storage/test_crash.py"),
    ),
    Planted(
        "forget the whole ledger every night",
        "core/channel.py",
        "        self.ledger = kept.pruned(at - slack)\n",
        "        self.ledger = Ledger()\n",
        (SOAK, FUZZ_HOME, RELOADS, DISK),
    ),
    Planted(
        "warn at every reading",
        "coordinator.py",
        "            reported = self._concentration(pollutant, state, at)\n",
        "            reported = self._concentration(pollutant, state, at)\n"
        '            LOGGER.warning("%s reported", entity_id)\n',
        (SOAK, FUZZ_HOME, RELOADS, "tests/test_coordinator.py", "tests/test_sensor.py"),
    ),
    Planted(
        "say something at every publishing",
        "coordinator.py",
        "        self.async_set_updated_data(views)\n",
        '        LOGGER.info("%s published", self.name)\n'
        "        self.async_set_updated_data(views)\n",
        ("tests/test_coordinator.py", "tests/test_sensor.py"),
    ),
    Planted(
        "save all rooms without a turn between two of them",
        "storage/store.py",
        "            await asyncio.sleep(0)\n",
        "",
        (TURNS,),
    ),
    Planted(
        "advance all sources of a room in one turn",
        "listeners/rooms.py",
        "                room.async_advance(pollutant, at)\n"
        "                await asyncio.sleep(0)\n",
        "                room.async_advance(pollutant, at)\n",
        (TURNS,),
    ),
    Planted(
        "compare all rooms that rose in one turn",
        "listeners/other_rooms.py",
        "                one.compare(others)\n        await asyncio.sleep(0)\n",
        "                one.compare(others)\n",
        (TURNS,),
    ),
    Planted(
        "save without waiting for the round of all rooms",
        "storage/store.py",
        "        async with self.turn:\n            pass",
        "        return",
        (TURNS,),
    ),
    Planted(
        "remove the files without waiting for a write",
        "storage/store.py",
        "        async with self._writing:\n            self.async_close()\n            for store",
        "        if True:\n            self.async_close()\n            for store",
        (RACES,),
    ),
    Planted(
        "write although the home was removed meanwhile",
        "storage/store.py",
        "            if self._closed:\n                return\n            self._saved_at",
        "            self._saved_at",
        (RACES,),
    ),
    Planted(
        "write while another write goes on",
        "storage/store.py",
        "        async with self._writing:\n            if self._closed:\n",
        "        if True:\n            if self._closed:\n",
        (RACES,),
    ),
    Planted(
        "give up saving after two days on a full disk",
        "storage/store.py",
        "        except NotWrittenError:\n"
        "            return  # Home Assistant has logged it, and the next save tries again.\n",
        "        except NotWrittenError:\n"
        '            self._failures = getattr(self, "_failures", 0) + 1\n'
        "            self._closed = self._failures > 2 * 24 * 3\n"
        "            return\n",
        (DISK,),
    ),
    Planted(
        "forget the morning of a day on a full disk",
        "storage/store.py",
        "        except NotWrittenError:\n"
        "            return  # Home Assistant has logged it, and the next save tries again.\n",
        "        except NotWrittenError:\n"
        '            self._failures = getattr(self, "_failures", 0) + 1\n'
        "            for room in self._rooms().values() if self._failures == 200 else ():\n"
        "                for channel in room.channels.values():\n"
        "                    channel.open_day = None\n"
        "            return\n",
        (DISK,),
    ),
    Planted(
        "import again only once the disk takes something",
        "coordinator.py",
        "        try:\n            act(now)\n",
        "        await self._store.async_save_or_raise()\n        try:\n            act(now)\n",
        (DISK, IMPORTS),
    ),
    Planted(
        "end the import of all rooms with one that could not be saved",
        "home_history/in_turn.py",
        "        except NotSavedError as error:\n",
        "        except NotSavedError as error:\n            raise\n",
        (IMPORTS,),
    ),
    Planted(
        "end the import of all rooms with one that failed",
        "home_history/in_turn.py",
        "            self._async_failed(turn, error)\n",
        "            raise\n",
        (IMPORTS,),
    ),
    Planted(
        "take readings while the clock is wrong",
        "core/channel.py",
        "        if self.clock_wrong:\n            return ()\n        level",
        "        level",
        (STEPS,),
    ),
    Planted(
        "claim while the clock is wrong",
        "core/channel.py",
        "        self.clock_wrong = True\n",
        "        self.clock_wrong = False\n",
        (STEPS, WRONG_CLOCK),
    ),
    Planted(
        "never find that the clock is behind",
        "clock.py",
        "found if found.verdict is Verdict.BEHIND else None",
        "None",
        (WRONG_CLOCK,),
    ),
    Planted(
        "claim from the false time when the clock steps back",
        "core/channel.py",
        "        self.sustained, self.hours = SustainedWindow(), HourlyRanges()\n",
        "        self.hours = HourlyRanges()\n",
        (STEPS,),
    ),
    Planted(
        "drop days beyond the window while the clock can be ahead",
        "core/channel.py",
        "        before, slack = self.ledger, slack_s(self.leaps)\n",
        "        before, slack = self.ledger, 0.0\n",
        (STEPS,),
    ),
    Planted(
        "overwrite the good copy with fewer days",
        "storage/good_copy.py",
        "        if missing:\n",
        "        if False:\n",
        ("tests/storage/test_good_copy.py", WRONG_CLOCK),
    ),
)


def run_planted(names: Sequence[str]) -> int:
    """Plant each fault, or the named ones; print the table and return the exit status."""
    wanted = [one for one in PLANTED if not names or any(name in one.name for name in names)]
    with copies(1) as (copy,):
        rows = [row for one in wanted for row in _rows(copy, one)]
    sys.stdout.write(Table("Planted faults", HEAD, rows).text())
    return int(any(row[-1] != RED for row in rows))


def _rows(copy: Copy, one: Planted) -> list[tuple[str, str, str]]:
    source = one.source()
    if source is None:
        return [(one.name, one.path, GONE)]
    rows = []
    for test in one.tests:
        with copy.changed({f"{PACKAGE}/{one.path}": source}):
            failed = copy.verdict([test]).failed
        end = RED if failed else GREEN
        if failed and (alone := copy.verdict([failed.partition("[")[0]]).failed):
            sys.stderr.write(f"{alone} fails without any fault:\n{copy.output[-2000:]}\n")
            end = ALREADY_RED
        rows.append((one.name, test.partition("::")[0], end))
        sys.stderr.write(f"{' | '.join(rows[-1])}\n")
    return rows
