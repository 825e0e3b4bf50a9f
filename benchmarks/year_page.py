"""The page about years, in plain words, with a few tables and a figure."""

from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Final

import matplotlib as mpl
from matplotlib.axes import Axes
from matplotlib.figure import Figure

from custom_components.air_baseline.core.pollutant import Pollutant

from . import year_rates as rate
from .intervals import Estimate
from .layout import Table
from .plots import GOOD_COLOUR, OUR_COLOUR, QUIET_COLOUR
from .results import NAMES
from .seeds import TUNING, name_of
from .year_rates import Bounded
from .year_rooms import SEASONS, WINTER, YearTally
from .years import KINDS, YEAR

COMMAND: Final = (
    "python -m benchmarks.year_report --data FOLDER --before docs/honesty/year-before.jsonl.gz "
    "--page docs/honesty/year.md"
)
FIGURE: Final = "year.svg"
HELD: Final = (0.75, 0.85)  # What the first cold weeks should hold.

type Rate = Callable[[Sequence[YearTally]], Estimate | Bounded]


@dataclass(frozen=True, slots=True, kw_only=True)
class YearReport:
    """What was run: rooms of three years, and recordings; the same without the year before it."""

    block: range
    rooms: Sequence[YearTally]
    recorded: Sequence[YearTally] = ()
    before: Sequence[YearTally] = ()

    def of(self, pollutant: Pollutant, *, before: bool = False) -> list[YearTally]:
        """Return the rooms of a pollutant, those that were run before the year or those with it."""
        rooms = self.before if before else self.rooms
        return [room for room in rooms if room.pollutant == pollutant and "/" not in room.kind]


def page(report: YearReport) -> str:
    """Return the page."""
    parts = (_head, _table, _figure, _kinds, _recorded)
    return "\n\n".join(block for part in parts for block in part(report)) + "\n"


def draw(report: YearReport, folder: Path) -> None:
    """Draw what the first four weeks of each season held, with the year and before it."""
    with mpl.rc_context({"svg.hashsalt": "air-baseline", "svg.fonttype": "path", "font.size": 10}):
        figure = Figure(figsize=(9.0, 3.8), layout="constrained")
        for axes, (pollutant, name) in zip(figure.subplots(1, 2), NAMES.items(), strict=True):
            _draw_seasons(axes, report, pollutant)
            axes.set_title(name, loc="left", fontweight="bold")
        figure.savefig(folder / FIGURE, metadata={"Date": None})


def _draw_seasons(axes: Axes, report: YearReport, pollutant: Pollutant) -> None:
    low, high = HELD
    axes.axhspan(100 * low, 100 * high, color=GOOD_COLOUR, label="should be: 75 to 85 %")
    for before, aside, colour, label in (
        (True, -0.12, QUIET_COLOUR, "without the year"),
        (False, 0.12, OUR_COLOUR, "with it"),
    ):
        rooms = report.of(pollutant, before=before)
        found = [rate.first_weeks_held(rooms, season) for season in range(len(SEASONS))]
        places = [place + aside for place in range(len(SEASONS))]
        middles = [100.0 * one.value for one in found]
        ends = [
            [100.0 * (one.value - one.low) for one in found],
            [100.0 * (one.high - one.value) for one in found],
        ]
        axes.errorbar(places, middles, ends, fmt="o", color=colour, capsize=3, label=label)
    axes.set_xticks(range(len(SEASONS)), SEASONS)
    axes.set(ylim=(60, 100), ylabel="first four weeks inside the range, %")
    axes.spines[["top", "right"]].set_visible(False)
    axes.legend(loc="upper left", frameon=False, fontsize=8)


def _head(report: YearReport) -> Iterator[str]:
    yield "# Three years of a room"
    chosen = (
        "Rules are chosen on such homes, so do not publish this."
        if report.block == TUNING
        else "No rule and no constant was chosen on them."
    )
    days = sum(one.days for room in report.rooms for one in rate.later(room))
    yield (
        f"Air Baseline ran over made-up homes of three years, strictly in order: {len(report.rooms)} "
        f"sensors from the {name_of(report.block)}. {chosen} Each home has its own winters and "
        "summers in level, spread and habits, and no two of its years are alike. Nobody answers a "
        "question. All figures are of the second and the third year, in which there is a year "
        f"before to compare with: {days / YEAR:.0f} room-years."
    )
    yield (
        "*Without the year* is the method as it was when it forgot everything after 90 days. The "
        "figures in brackets are 95 % intervals over homes; *at most* is the upper end of one."
    )
    yield f"```sh\n{COMMAND}\n```"


def _table(report: YearReport) -> Iterator[str]:
    yield "## In short"
    names = list(NAMES.values())
    header = ("", *[f"{name}, {how}" for name in names for how in ("without the year", "with it")])
    rows = [_row(report, f"first cold weeks: time inside the range", _first_weeks(WINTER))]
    rows += [
        _row(report, f"first four weeks of {name}", _first_weeks(season))
        for season, name in enumerate(SEASONS)
        if season != WINTER
    ]
    rows += [
        _row(report, "all weeks", rate.held),
        _row(report, "days with a learned range", rate.learned),
        _row(report, "false *something changed* in a room-year", rate.false_changes),
        _row(report, "moved or replaced sensors it asked about within 60 days", rate.found_turns),
        _row(report, "the same sensors in the same weeks, neither moved nor replaced",
             rate.found_without),  # fmt: skip
        _row(report, "creeping sensors it asked about", rate.found_creeps),
        _row(report, "false *slowly higher or lower* in a room-year", rate.false_creeps),
        _row(report, "days with weather or windows never seen, where they are known", rate.unseen),
        _row(report, "alerts in 30 days on which one was possible", rate.alerts),
        _row(report, "days on which an alert was possible", rate.able),
    ]
    yield Table("", header, rows).markdown()


def _figure(report: YearReport) -> Iterator[str]:
    if report.before:
        yield "## The first weeks of each season"
        yield f"![The share of time inside the range in the first weeks of each season]({FIGURE})"


def _kinds(report: YearReport) -> Iterator[str]:
    yield "## By kind of home"
    header = (
        "", "sensors", "first cold weeks held", "all weeks held", "days learned",
        "*something changed* in a room-year", "the same, without the year",
        "*slowly higher or lower* in a room-year",
    )  # fmt: skip
    for pollutant, name in NAMES.items():
        yield f"**{name}**"
        rows = []
        for kind in KINDS:
            rooms = [room for room in report.of(pollutant) if room.kind == kind.name and not room.twin]
            before = [
                room
                for room in report.of(pollutant, before=True)
                if room.kind == kind.name and not room.twin
            ]
            if rooms:
                rows.append(
                    (
                        kind.what,
                        str(len(rooms)),
                        _two(rate.first_weeks_held(rooms, WINTER).value),
                        _two(rate.held(rooms).value),
                        _two(rate.learned(rooms).value),
                        _two(rate.changes(rooms)),
                        _two(rate.changes(before)) if before else "-",
                        _two(rate.creeps(rooms)),
                    )
                )
        yield Table("", header, rows).markdown()


def _recorded(report: YearReport) -> Iterator[str]:
    if not report.recorded:
        return
    yield "## Recordings of more than a year"
    yield (
        "Outdoor sensors, so no evidence about rooms; seasons by the calendar. Days after the "
        "first year alone."
    )
    before = {room.kind: room for room in report.before if "/" in room.kind}
    rows = []
    for room in report.recorded:
        seasons = rate.later(room)
        then = before.get(room.kind)
        rows.append(
            (
                room.kind.split("/")[-1],
                str(sum(one.days for one in seasons)),
                _two(rate.held([room]).value),
                _two(rate.learned([room]).value),
                str(sum(one.alerts for one in seasons)),
                str(sum(one.changes for one in rate.later(then))) if then else "-",
                str(sum(one.changes for one in seasons)),
                str(sum(one.creeps for one in seasons)),
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
    return (
        what,
        *[
            str(of(rooms)) if (rooms := report.of(pollutant, before=before)) else "-"
            for pollutant in NAMES
            for before in (True, False)
        ],
    )


def _two(number: float) -> str:
    return f"{number:.2f}" if number == number else "-"  # noqa: PLR0124 - NaN
