"""Draw how a room is learned, for docs/how-it-learns.md: `python -m benchmarks.figure`.

One seeded home: each afternoon as it was, and the range that was issued before it.
"""

from pathlib import Path
from typing import Final

import matplotlib as mpl
from matplotlib.axes import Axes
from matplotlib.figure import Figure
import numpy as np

from custom_components.air_baseline.core.codes import LearningState
from custom_components.air_baseline.core.day import PARTS
from custom_components.air_baseline.core.pollutant import Pollutant

from .plots import OTHERS_BEST, OUR_COLOUR, QUIET_COLOUR
from .regimes import PLAIN
from .runs import STATES, Said
from .sensors import home_sensor, run
from .series import Array

OUTPUT: Final = Path(__file__).parent.parent / "docs" / "images" / "learning.svg"
SEED: Final = 2
DAYS: Final = 56
AFTERNOON: Final = 3  # The part from 13:00 to 16:00.
FIRST_HOUR: Final = 4
SHOWN: Final = {
    LearningState.COLLECTING: ("not enough data yet", "#ece8df"),
    LearningState.PROVISIONAL: ("first picture", "#dfe7ea"),
    LearningState.LEARNED: ("learned", "#e4efe3"),
}


def main() -> None:
    """Draw the figure."""
    said = run(home_sensor(SEED, DAYS, PLAIN, Pollutant.VOC_RATIO)).said
    with mpl.rc_context({"svg.hashsalt": "air-baseline", "svg.fonttype": "path", "font.size": 10}):
        figure = Figure(figsize=(9.0, 3.8), layout="constrained")
        _draw(figure.subplots(), said)
        figure.savefig(OUTPUT, metadata={"Date": None})


def _draw(axes: Axes, said: Said) -> None:
    hours = 24 // PARTS
    local = (said.start % 86400.0) / 3600.0  # The seeded homes are in UTC.
    afternoon = (local - FIRST_HOUR) // hours == AFTERNOON
    for day in range(DAYS):
        here = afternoon & (said.age >= day) & (said.age < day + 1)
        if here.any():
            _afternoon(axes, day, said, here)
    _states(axes, said)
    axes.plot([], [], color=OUR_COLOUR, lw=6, alpha=0.35, label="written down that morning")
    axes.plot([], [], color=QUIET_COLOUR, lw=2, label="how the afternoon was (80 % of it)")
    axes.plot([], [], color=OTHERS_BEST, lw=2, label="the same, partly outside")
    axes.set(xlim=(0, DAYS), ylim=(0, None), xlabel="day", ylabel="VOC early in the afternoon, ppb")
    axes.spines[["top", "right"]].set_visible(False)
    axes.legend(loc="upper right", frameon=False)


def _afternoon(axes: Axes, day: int, said: Said, here: Array) -> None:
    low, high = said.low[here][0], said.high[here][0]
    bottom, top = np.nanquantile(said.level[here], (0.1, 0.9))
    if np.isfinite(low):
        axes.fill_between((day, day + 1), low, high, color=OUR_COLOUR, alpha=0.3, lw=0)
    outside = bottom < low or top > high  # Never where no range was issued (NaN).
    colour = OTHERS_BEST if outside else QUIET_COLOUR
    axes.plot((day + 0.5,) * 2, (bottom, top), color=colour, lw=2)


def _states(axes: Axes, said: Said) -> None:
    for number, (state, (name, colour)) in enumerate(SHOWN.items()):
        ages = said.age[said.state == STATES.index(state)]
        if len(ages):
            axes.axvspan(ages.min(), min(ages.max(), DAYS), color=colour, zorder=0, lw=0)
            place = ages.min() + 0.4, 0.97 - 0.07 * (number % 2)
            axes.text(*place, name, va="top", transform=axes.get_xaxis_transform())


if __name__ == "__main__":
    main()
