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

PLANTED: Final = (
    Planted(
        "forget the whole ledger every night",
        "core/channel.py",
        "self.ledger = self.ledger.with_day(summary).pruned(at)",
        "self.ledger = Ledger()",
        (SOAK, FUZZ_HOME, RELOADS, "tests/storage/test_disk.py"),
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
        "confirm a correction, save it some seconds later",
        "coordinator.py",
        "        await self._store.async_save_or_raise()",
        "        self._store.async_save_soon()",
        ("tests/storage/test_crash.py", "tests/storage/test_disk.py"),
    ),
    Planted(
        "write all rooms without a turn between two of them",
        "storage/store.py",
        "            await asyncio.sleep(0)\n",
        "",
        ("tests/system/test_scale.py",),
    ),
    Planted(
        "save without waiting for the round of all rooms",
        "storage/store.py",
        "        async with self.turn:\n            pass",
        "        return",
        ("tests/test_clock.py",),
    ),
    Planted(
        "claim as before when the clock steps back",
        "core/channel.py",
        "        self.open_day = None\n        self.forecast = None\n        self.hours",
        "        self.hours",
        ("tests/core/test_channel.py",),
    ),
    Planted(
        "import again only once the disk takes something",
        "coordinator.py",
        "        try:\n            act(now)\n",
        "        await self._store.async_save_or_raise()\n        try:\n            act(now)\n",
        ("tests/storage/test_disk.py",),
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
            end = RED if copy.verdict([test]).failed else GREEN
        if end == RED and (failed := copy.verdict([test]).failed):
            sys.stderr.write(f"{failed} fails without any fault:\n{copy.output[-2000:]}\n")
            end = ALREADY_RED
        rows.append((one.name, test.partition("::")[0], end))
        sys.stderr.write(f"{' | '.join(rows[-1])}\n")
    return rows
