"""All kinds of made-up homes: how people live there, what happens to the air, what ails the sensor.

`SEASONS` are the homes that the method was made with; `REGIMES` are what those lack.
"""

from dataclasses import dataclass
from typing import Final

from .habits import OCCUPANT_DAY, Life
from .influences import PURIFIER_DAY, Influence
from .sensing import MOVED_DAY, MOVED_GAIN, Fault


@dataclass(frozen=True, slots=True, kw_only=True)
class Regime:
    """One kind of home; `what` says it in words.

    `lasting` tells whether something changed for good, or for weeks, so that "something changed"
    is true at some time.
    """

    name: str
    what: str
    life: Life = Life.USUAL
    influence: Influence = Influence.NONE
    fault: Fault = Fault.NONE
    lasting: bool = False

    def __str__(self) -> str:
        """Return its name."""
        return self.name


PLAIN: Final = Regime(name="plain", what="nothing special")
AUTUMN: Final = Regime(
    name="autumn",
    what="long rises from about day 90 on, more and higher each week",
    influence=Influence.AUTUMN,
    lasting=True,
)
WINTER: Final = Regime(
    name="winter",
    what="cold from day 75 on: windows stay shut, stoves burn outdoors",
    influence=Influence.WINTER,
    lasting=True,
)
SMOKE: Final = Regime(
    name="smoke", what="nine days of smoke", influence=Influence.SMOKE, lasting=True
)
MOVED: Final = Regime(
    name="moved",
    what=f"the sensor reads {MOVED_GAIN} times as much from day {MOVED_DAY} on",
    fault=Fault.MOVED,
    lasting=True,
)
AGEING: Final = Regime(
    name="ageing",
    what="the sensor reads half as much again after 150 days",
    fault=Fault.AGEING,
    lasting=True,
)
HOLIDAY: Final = Regime(name="holiday", what="nobody is there for twelve days", life=Life.HOLIDAY)
SEASONS: Final = (PLAIN, AUTUMN, WINTER, SMOKE, MOVED, AGEING, HOLIDAY)

REGIMES: Final = (
    Regime(name="shifts", what="rotating shifts: early, late, night", life=Life.SHIFTS),
    Regime(name="cottage", what="somebody is there at most weekends only", life=Life.COTTAGE),
    Regime(name="term", what="seven weeks of school, two of holidays", life=Life.TERM),
    Regime(name="candles", what="a month of candles", life=Life.CANDLES),
    Regime(name="two cooks", what="two cooks in turn: one simmers, one fries", life=Life.COOKS),
    Regime(
        name="new occupant",
        what=f"one more person from day {OCCUPANT_DAY} on",
        life=Life.OCCUPANT,
        lasting=True,
    ),
    Regime(
        name="wildfire",
        what="a fortnight of smoke that takes three days to rise",
        influence=Influence.WILDFIRE,
        lasting=True,
    ),
    Regime(
        name="open windows",
        what="windows open day and night for 60 days",
        influence=Influence.OPEN,
        lasting=True,
    ),
    Regime(
        name="purifier",
        what=f"a purifier from day {PURIFIER_DAY} on",
        influence=Influence.PURIFIER,
        lasting=True,
    ),
    Regime(
        name="on change",
        what="the sensor reports changes beyond a dead band, else once an hour",
        fault=Fault.ON_CHANGE,
    ),
    Regime(name="zeros", what="the sensor shows 0 for 80 % of the time", fault=Fault.ZEROS),
    Regime(
        name="re-zeroing",
        what="every few weeks the sensor takes its lowest level for 0",
        fault=Fault.REZERO,
        lasting=True,
    ),
    Regime(
        name="reboots", what="after each restart the sensor reads too much", fault=Fault.REBOOTS
    ),
    Regime(
        name="fouling",
        what="the sensor reads 40 % more after a year",
        fault=Fault.FOULING,
        lasting=True,
    ),
    Regime(
        name="gain jumps",
        what="twice the sensor jumps by a quarter to a half",
        fault=Fault.JUMPS,
        lasting=True,
    ),
    Regime(name="long gaps", what="the sensor is off for days, five times", fault=Fault.LONG_GAPS),
)
