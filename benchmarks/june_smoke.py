"""The smoke of 6 to 8 June 2023 on outdoor sensors: does an episode open on its first day?

    python -m benchmarks.june_smoke FOLDER

The folder has recordings like `<set>/<sensor>.csv.gz` of the eastern United States. A sensor
counts if ours had learned it before the smoke came. The first day is the 24 hours from when the
sustained level passed what this air never reaches otherwise.
"""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path
import sys
from typing import Final
from zoneinfo import ZoneInfo

import numpy as np

from custom_components.air_baseline.core.codes import LearningState

from .layout import Table
from .recordings import outdoor_sources
from .runs import STATES, Run
from .sensors import recorded_sensor, run

ZONE: Final = ZoneInfo("America/New_York")
FROM: Final = datetime(2023, 6, 5, tzinfo=ZONE).timestamp()
UNTIL: Final = datetime(2023, 6, 9, tzinfo=ZONE).timestamp()
SMOKY: Final = 35.0  # μg/m³: what the air of these sensors hardly ever holds for half an hour.
HELD_SLOTS: Final = 6


@dataclass(frozen=True, slots=True)
class Smoked:
    """A sensor in the smoke: hours until ours alerted (None: never), and until its highest.

    `alerts` came in the `eligible` days of the whole recording.
    """

    sensor: str
    hours: float | None
    highest: float
    alerts: int
    eligible: int

    @property
    def first_day(self) -> bool:
        """Tell whether ours alerted on the first day."""
        return self.hours is not None and self.hours <= 24.0  # noqa: PLR2004


def smoked(folder: Path) -> Iterator[Smoked]:
    """Yield the sensors of a folder that were learned before the smoke came."""
    for source in outdoor_sources(folder):
        ours = run(recorded_sensor(source))
        begun = begin(ours)
        if begun is not None:
            yield _of(source.name, ours, begun)


def begin(ours: Run) -> float | None:
    """Return when the smoke came to a sensor (POSIX), None if it did not or was not learned."""
    said = ours.said
    here = np.flatnonzero((said.start >= FROM) & (said.start < UNTIL))
    if not len(here) or said.state[here[0]] != STATES.index(LearningState.LEARNED):
        return None
    for place in here.tolist():
        if said.level[place - HELD_SLOTS + 1 : place + 1].min(initial=np.inf) > SMOKY:
            return float(said.start[place - HELD_SLOTS + 1])
    return None


def _of(name: str, ours: Run, begun: float) -> Smoked:
    during = (ours.said.start >= begun) & (ours.said.start < UNTIL)
    late = [(at - begun) / 3600.0 for at in ours.episodes if begun <= at < UNTIL]
    return Smoked(
        name.rpartition("/")[2],
        min(late, default=None),
        float(ours.said.level[during].max()),
        len(ours.episodes),
        len(ours.eligible),
    )


def smoke_table(sensors: Sequence[Smoked]) -> Table:
    """Return when an episode opened on each sensor."""
    rows = [
        (
            one.sensor,
            f"{one.highest:.0f}",
            "never" if one.hours is None else f"{one.hours:.1f}",
            "yes" if one.first_day else "no",
            str(one.alerts),
            str(one.eligible),
        )
        for one in sensors
    ]
    header = ("sensor", "highest, μg/m³", "hours until the alert", "on the first day",
              "alerts in all", "eligible days")  # fmt: skip
    return Table("The smoke of June 2023", header, rows)


def main(arguments: list[str]) -> int:
    """Print the table."""
    if len(arguments) != 1:
        sys.stderr.write(f"{__doc__}\n")
        return 2
    found = list(smoked(Path(arguments[0])))
    sys.stdout.write(smoke_table(found).text())
    early = sum(one.first_day for one in found)
    sys.stdout.write(f"\nAn episode opened on the first day on {early} of {len(found)} sensors.\n")
    return 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
