"""The page about years, in plain words, with a few tables and a figure."""

from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from functools import partial
from pathlib import Path
from typing import Final, Protocol

import matplotlib as mpl
from matplotlib.axes import Axes
from matplotlib.figure import Figure

from custom_components.air_baseline.core.pollutant import Pollutant

from . import year_rates as rate
from .intervals import Estimate
from .layout import Table
from .plots import OUR_COLOUR, QUIET_COLOUR
from .results import NAMES
from .seeds import TUNING, name_of
from .year_rates import Bounded
from .year_rooms import SEASONS, WINTER, YearTally
from .years import KINDS, YEAR, YEARS, Turn

COMMAND: Final = "python -m benchmarks.year_report --data FOLDER --page docs/honesty/year.md"
FIGURE: Final = "year.svg"
HOW: Final = ("without the year", "with it")
MONTHS: Final = 12

type Rate = Callable[[Sequence[YearTally]], Estimate | Bounded]


class BothWays(Protocol):
    """A rate without the year, and with it."""

    def __call__(self, rooms: Sequence[YearTally], *, year: bool) -> Estimate | Bounded:
        """Return the rate."""


@dataclass(frozen=True, slots=True, kw_only=True)
class YearReport:
    """What was run: rooms of three years, and recordings of more than one."""

    block: range
    rooms: Sequence[YearTally]
    recorded: Sequence[YearTally] = ()

    def of(self, pollutant: Pollutant) -> list[YearTally]:
        """Return the rooms of a pollutant that kept no year while their days were made."""
        return [room for room in self.rooms if room.pollutant == pollutant and not room.year]

    def alerts(self, pollutant: Pollutant, *, year: bool) -> list[YearTally]:
        """Return the rooms run slot by slot both ways, without the year or with it."""
        both = {room.home for room in self.rooms if room.year}
        return [
            room
            for room in self.rooms
            if room.pollutant == pollutant and room.home in both and room.year is year
        ]


def page(report: YearReport) -> str:
    """Return the page."""
    parts = (_head, _ranges, _changes, _weather, _kinds, _recorded)
    return "\n\n".join(block for part in parts for block in part(report)) + "\n"


def draw(report: YearReport, folder: Path) -> None:
    """Draw how often something changed was suspected in each season, without the year and with."""
    with mpl.rc_context({"svg.hashsalt": "air-baseline", "svg.fonttype": "path", "font.size": 10}):
        figure = Figure(figsize=(9.0, 3.8), layout="constrained")
        for axes, (pollutant, name) in zip(figure.subplots(1, 2), NAMES.items(), strict=True):
            _draw_changes(axes, [room for room in report.of(pollutant) if room.steady])
            axes.set_title(name, loc="left", fontweight="bold")
        figure.savefig(folder / FIGURE, metadata={"Date": None})


def _draw_changes(axes: Axes, rooms: Sequence[YearTally]) -> None:
    for year, colour, label in (
        (False, QUIET_COLOUR, "without the year"),
        (True, OUR_COLOUR, "with it"),
    ):
        days = sorted(day for room in rooms for day in rate.suspected(room, year=year))
        so_far = [(place + 1) / max(len(rooms), 1) for place in range(len(days))]
        last = so_far[-1] if so_far else 0.0
        months = [day * MONTHS / YEAR for day in days]
        axes.step(
            [0.0, *months, YEARS * MONTHS], [0.0, *so_far, last],
            where="post", color=colour, linewidth=2, label=label,
        )  # fmt: skip
    axes.axvline(MONTHS, color=QUIET_COLOUR, linestyle=":", linewidth=1)
    axes.set(xlim=(0, YEARS * MONTHS), ylim=(0, None), xlabel="month")
    axes.set_ylabel("needless questions so far per sensor")
    axes.spines[["top", "right"]].set_visible(False)
    axes.legend(loc="upper left", frameon=False, fontsize=8)


def _head(report: YearReport) -> Iterator[str]:
    yield "# Three years of a room"
    chosen = (
        "Rules are chosen on such homes, so do not publish this."
        if report.block == TUNING
        else "Rules and constants were chosen on the tuning seeds, before any of these homes had "
        "been run."
    )
    rooms = [room for room in report.rooms if not room.year]
    days = sum(one.days for room in rooms for one in rate.later(room))
    yield (
        f"Air Baseline ran over made-up homes of three years, strictly in order: {len(rooms)} "
        f"sensors from the {name_of(report.block)}. {chosen} Of the homes whose sensor is moved or "
        "replaced, and of the same homes without that, most end two months after it. Each home "
        "has its own winters and summers in level, spread and habits, and no two of its years are "
        "alike. Nobody answers a question. All figures are of the second and the third year, in "
        f"which there is a year before to compare with: {days / YEAR:.0f} room-years."
    )
    yield (
        "*Without the year* is a home that keeps 90 days only. The figures in brackets are 95 % "
        "intervals over homes; *at most* is the upper bound of a rate."
    )
    yield f"```sh\n{COMMAND}\n```"


def _ranges(report: YearReport) -> Iterator[str]:
    yield "## Does the range hold when the season changes?"
    yield (
        "The year moves no range: with it and without it, the range comes from the last 90 days, "
        "and widens within days where it held too little. So these figures are the same with it. "
        "The first cold weeks should hold 75 to 85 %."
    )
    rows = [_row(report, "first four weeks of winter", _first_weeks(WINTER))]
    rows += [
        _row(report, f"first four weeks of {name}", _first_weeks(season))
        for season, name in enumerate(SEASONS)
        if season != WINTER
    ]
    rows += [
        _row(report, "all weeks", rate.held),
        _row(report, "days with a learned range", rate.learned),
        _row(report, "alerts in 30 days on which one was possible", rate.alerts),
    ]
    yield Table("", ("share of time inside the range", *NAMES.values()), rows).markdown()


def _changes(report: YearReport) -> Iterator[str]:
    yield "## Did something change, or is it the season?"
    yield (
        "A level inside what the same weeks of earlier years had is no suspected change. What a "
        "moved sensor adds is as large as what a hard winter adds, so some moves are no longer "
        "asked about. Without the year, as few needless questions would leave "
        "[still fewer moves found](../developers/statistics.md#what-the-year-earns) (tuning seeds)."
    )
    yield f"![Needless questions so far, month by month]({FIGURE})"
    header = ("", *[f"{name}, {how}" for name in NAMES.values() for how in HOW])
    rows = [
        _pair(report, "needless questions in a room-year", rate.false_changes),
        _pair(
            report, "moved sensors, asked about within 60 days",
            partial(rate.found_turns, turn=Turn.MOVED),
        ),
        _pair(
            report, "replaced sensors, asked about within 60 days",
            partial(rate.found_turns, turn=Turn.REPLACED),
        ),
        _pair(
            report, "the same sensors in the same weeks, with nothing changed",
            partial(rate.found_turns, twin=True),
        ),
    ]  # fmt: skip
    yield Table("", header, rows).markdown()
    yield (
        "Where four weeks in a row lie beyond all of the same weeks of last year, Air Baseline "
        "says that the air is *slowly higher* or *lower*, at most once in a season:"
    )
    rows = [
        _row(report, "sensors that read 40 % more each year, said in two years", rate.found_creeps),
        _row(report, "said in a room-year where nothing creeps", rate.false_creeps),
    ]
    yield Table("", ("", *NAMES.values()), rows).markdown()


def _weather(report: YearReport) -> Iterator[str]:
    yield "## Weather never seen"
    yield (
        "One home in three has an outdoor thermometer and window contacts. What the year has seen "
        "is not new, so alerts are possible on more days."
    )
    header = ("", *[f"{name}, {how}" for name in NAMES.values() for how in HOW])
    rows = [_pair(report, "days with weather or windows never seen", rate.unseen)]
    rooms = {
        (pollutant, year): report.alerts(pollutant, year=year)
        for pollutant in NAMES
        for year in (False, True)
    }
    if all(rooms.values()):
        rows += [
            (
                "days on which an alert was possible",
                *[str(rate.able(some)) for some in rooms.values()],
            ),
            ("alerts in 30 of them", *[str(rate.alerts(some)) for some in rooms.values()]),
        ]
    yield Table("", header, rows).markdown()


def _kinds(report: YearReport) -> Iterator[str]:
    yield "## By kind of home"
    header = (
        "", "sensors", "first four weeks of winter held", *[f"of {one}" for one in SEASONS[1:]],
        "all weeks held", "days learned",
        "*something changed* in a room-year, without the year", "with it",
        "*slowly higher or lower* in a room-year",
    )  # fmt: skip
    for pollutant, name in NAMES.items():
        yield f"**{name}**"
        rows = []
        for kind in KINDS:
            rooms = [
                room for room in report.of(pollutant) if room.kind == kind.name and not room.twin
            ]
            if rooms:
                rows.append(
                    (
                        kind.what,
                        str(len(rooms)),
                        *[
                            _two(rate.first_weeks_held(rooms, season).value)
                            for season in range(len(SEASONS))
                        ],
                        _two(rate.held(rooms).value),
                        _two(rate.learned(rooms).value),
                        _two(rate.changes(rooms, year=False).rate),
                        _two(rate.changes(rooms).rate),
                        _two(rate.creeps(rooms).rate),
                    )
                )
        yield Table("", header, rows).markdown()


def _recorded(report: YearReport) -> Iterator[str]:
    if not report.recorded:
        return
    yield "## Recordings of more than a year"
    yield (
        "Outdoor sensors, so no evidence about rooms; seasons by the calendar. Only the days after "
        "the first year count."
    )
    rows = []
    for room in report.recorded:
        seasons = rate.later(room)
        rows.append(
            (
                room.kind.split("/")[-1],
                str(sum(one.days for one in seasons)),
                _two(rate.held([room]).value),
                _two(rate.learned([room]).value),
                str(sum(one.alerts for one in seasons)),
                str(rate.changes([room], year=False).number),
                str(rate.changes([room]).number),
                str(rate.creeps([room]).number),
            )
        )
    header = (
        "", "days", "held", "days learned", "alerts", "*something changed*, without the year",
        "with it", "*slowly higher or lower*",
    )  # fmt: skip
    yield Table("", header, rows).markdown()


def _first_weeks(season: int) -> Rate:
    return lambda rooms: rate.first_weeks_held(rooms, season)


def _row(report: YearReport, what: str, of: Rate) -> tuple[str, ...]:
    return what, *[str(of(report.of(pollutant))) for pollutant in NAMES]


def _pair(report: YearReport, what: str, of: BothWays) -> tuple[str, ...]:
    return (
        what,
        *[
            str(of(report.of(pollutant), year=year))
            for pollutant in NAMES
            for year in (False, True)
        ],
    )


def _two(number: float) -> str:
    return f"{number:.2f}" if number == number else "-"  # noqa: PLR0124 - NaN
