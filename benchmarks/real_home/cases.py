"""Wrong clocks: how wrong, for how long, what the sensors send, and which claims are false then."""

from collections.abc import Sequence
from dataclasses import dataclass
from enum import Enum
from typing import Final

from custom_components.air_baseline.core.day import DAY_S, HOUR_S

CALM, SMOKE = 6.0, 300.0  # μg/m³ of PM2.5: usual in the trial home, and never usual anywhere.
YEAR_2000_S: Final = 946_684_800.0  # POSIX time.
HOUR_1970_S: Final = 3600.0  # The same, an hour after the first second.
LONG_MIN: Final = 120.0  # Minutes: longer than the check of the good copy.
SET_RIGHT: Final = "set right while it runs"
RESTARTED: Final = "set right, and started again"


class Claims(Enum):
    """Which claims are false in a stage."""

    NONE_FALSE = "any may be true"
    ALL_FALSE = "the clock is known to be wrong"  # And with it the hour of the day.
    USUAL_FALSE = "300 μg/m³ arrive"


@dataclass(frozen=True, slots=True)
class Stage:
    """How wrong the clock is (s), for how long (min), what arrives, and what must not be said.

    `starts` says that `hass` starts with it; else the clock is set while `hass` runs.
    """

    name: str
    wrong_s: float
    minutes: float
    pm25: float
    claims: Claims
    starts: bool = False
    real_time: bool = False


@dataclass(frozen=True, slots=True)
class Case:
    """Stages that follow each other in one home."""

    name: str
    stages: tuple[Stage, ...]


def cases(now: float, after_min: float) -> dict[str, Case]:
    """Return all cases by name; the clock is right for `after_min` minutes at the end of each."""
    behind = {
        "2000-minute": (YEAR_2000_S - now, 1.0),
        "2000": (YEAR_2000_S - now, LONG_MIN),
        "1970": (HOUR_1970_S - now, LONG_MIN),
        "month-behind": (-30 * DAY_S, LONG_MIN),
    }
    ahead = {"year-ahead": 365 * DAY_S, "hours-ahead": 8 * HOUR_S}
    found = []
    for restarted in (False, True):
        for name, (wrong_s, minutes) in behind.items():
            wrong = Stage(
                "clock behind at the start",
                wrong_s,
                minutes,
                SMOKE,
                Claims.ALL_FALSE,
                starts=True,
                real_time=minutes == 1.0,
            )
            found.append(_then_right(name, [wrong], after_min, restarted=restarted))
        for name, wrong_s in ahead.items():
            wrong = Stage(
                "clock ahead at the start",
                wrong_s,
                LONG_MIN,
                CALM,
                Claims.NONE_FALSE,
                starts=True,
            )
            found.append(_then_right(name, [wrong], after_min, restarted=restarted))
    begun = Stage("clock right", 0.0, LONG_MIN / 2, CALM, Claims.NONE_FALSE, starts=True)
    back = Stage("clock set a month back", -30 * DAY_S, LONG_MIN, SMOKE, Claims.ALL_FALSE)
    on = Stage("clock set 8 hours ahead", 8 * HOUR_S, LONG_MIN, CALM, Claims.NONE_FALSE)
    for name, step in (("runs-set-back", back), ("runs-set-ahead", on)):
        found.append(_then_right(name, [begun, step], after_min, restarted=False))
    return {case.name: case for case in found}


def _then_right(name: str, wrong: Sequence[Stage], after_min: float, *, restarted: bool) -> Case:
    right = Stage(
        RESTARTED if restarted else SET_RIGHT,
        0.0,
        after_min,
        SMOKE,
        Claims.USUAL_FALSE,
        starts=restarted,
    )
    return Case(f"{name}-restart" if restarted else name, (*wrong, right))
