"""The plots of the report: the same results always give the same file."""

from collections.abc import Callable, Iterable, Sequence
from pathlib import Path
from typing import Final, Literal

import matplotlib as mpl
from matplotlib.axes import Axes
from matplotlib.figure import Figure

from custom_components.air_baseline.core.alerting.promise import Promise
from custom_components.air_baseline.core.pollutant import Pollutant

from .detection import OURS, Found, of_plumes
from .plumes import SIZES
from .regimes import PLAIN
from .results import NAMES, Comparison, Group, Results

OUR_COLOUR, OTHER_COLOUR, QUIET_COLOUR = "#0b6e99", "#b9b4ab", "#5f5b53"
GOOD_COLOUR, AUTUMN_COLOUR, OTHERS_BEST = "#e4efe3", "#f3ece0", "#c8553d"
AGE_NAMES: Final = ("0–2", "2–7", "7–21", "21–60", "60+")
NAIVE: Final = {
    "HA statistics 7 d, mean + 3 sd": OTHERS_BEST,
    "hour-of-day 99 % quantile, 28 d": "#d79b36",
    "k-means, 18 models agree": "#7a6c9d",
}
WIDE, TALL = 9.0, 3.6


def draw_all(results: Results, folder: Path) -> None:
    """Draw every plot into a folder."""
    with mpl.rc_context({"svg.hashsalt": "air-baseline", "svg.fonttype": "path", "font.size": 10}):
        _save(folder / "range.svg", TALL, results, _range)
        _save(folder / "alarms.svg", 5.4, results, _alarms)
        _save(folder / "plumes.svg", TALL, results, _plumes)
        _save(folder / "confidence.svg", 4.4, results, _confidence)
        _save(folder / "autumn.svg", TALL, results, _autumn)


def _save(
    path: Path, tall: float, results: Results, draw: Callable[[Axes, Results, Pollutant], None]
) -> None:
    figure = Figure(figsize=(WIDE, tall), layout="constrained")
    both = figure.subplots(1, len(NAMES))
    for axes, (pollutant, name) in zip(both, NAMES.items(), strict=True):
        draw(axes, results, pollutant)
        axes.set_title(name, loc="left", fontweight="bold")
        axes.spines[["top", "right"]].set_visible(False)
    figure.savefig(path, metadata={"Date": None})


def _range(axes: Axes, results: Results, pollutant: Pollutant) -> None:
    axes.axhspan(75, 85, color=GOOD_COLOUR, label="should be: 75 to 85 %")
    places = range(len(AGE_NAMES))
    for title, group, colour in (
        ("made-up homes", _plain(results.groups, pollutant), OUR_COLOUR),
        ("recordings", _recorded(results.recorded, pollutant), OTHERS_BEST),
    ):
        if group is not None:
            shares = [100.0 * found.fair for found in group.by_age]
            axes.plot(places, shares, "o-", color=colour, label=title)
    axes.set_xticks(places, AGE_NAMES)
    axes.set(ylim=(30, 100), xlabel="age of the sensor in days", ylabel="time inside the range, %")
    _legend(axes, "lower left")


def _alarms(axes: Axes, results: Results, pollutant: Pollutant) -> None:
    comparison = _comparison(results.comparisons, pollutant)
    rates = sorted(comparison.rates, key=lambda rate: -rate.usual) if comparison else []
    names = [rate.name for rate in rates]
    bars = axes.barh(names, [rate.usual for rate in rates], color=_colours(names))
    axes.bar_label(bars, fmt="%.1f", padding=3, color=QUIET_COLOUR)
    axes.axvline(1.0, color=QUIET_COLOUR, linestyle=":", linewidth=1)
    axes.margins(x=0.15)
    axes.set(xlabel="false alarms in 30 days")


def _plumes(axes: Axes, results: Results, pollutant: Pollutant) -> None:
    comparison = _comparison(results.comparisons, pollutant)
    eligible = [one for one in comparison.found if one.eligible] if comparison else []
    for rate in comparison.rates[1:] if comparison else []:
        axes.plot(*_by_size(eligible, rate.name), color=OTHER_COLOUR, linewidth=1)
    if eligible:
        best = max(
            (rate.name for rate in comparison.rates[1:]) if comparison else (),
            key=lambda name: of_plumes(eligible, name).share,
        )
        axes.plot(*_by_size(eligible, best), "o-", color=OTHERS_BEST, label=f"best other: {best}")
        axes.plot(*_by_size(eligible, OURS), "o-", color=OUR_COLOUR, linewidth=3, label=OURS)
    axes.set(ylim=(-3, 115), xlabel="height of the plume", ylabel="noticed, %")
    _legend(axes, "upper left")


def _confidence(axes: Axes, results: Results, pollutant: Pollutant) -> None:
    axes.plot([0, 100], [0, 100], color=QUIET_COLOUR, linestyle=":", linewidth=1)
    axes.text(12, 16, "as stated", color=QUIET_COLOUR, rotation=45, rotation_mode="anchor")
    recorded = _recorded(results.recorded, pollutant)
    for title, trust, colour in (
        ("made-up homes", results.pooled.get(pollutant), OUR_COLOUR),
        ("recordings", recorded.trust if recorded else None, OTHERS_BEST),
    ):
        if trust is not None:
            stated = [100.0 * row.stated for row in trust.tenths]
            came = [100.0 * row.came for row in trust.tenths]
            sizes = [8.0 + 3.0 * row.number**0.7 for row in trust.tenths]
            axes.scatter(stated, came, s=sizes, color=colour, alpha=0.8, label=title)
    axes.set(xlim=(0, 102), ylim=(-3, 103), xlabel="confidence stated, %", ylabel="observed, %")
    axes.set_box_aspect(1)
    _legend(axes, "upper left")


def _autumn(axes: Axes, results: Results, pollutant: Pollutant) -> None:
    ages = results.autumn.get(pollutant, {})
    for name, colour in {**NAIVE, OURS: OUR_COLOUR}.items():
        if name in ages:
            days, number = _counted(ages[name], results)
            wide = 3 if name == OURS else 1.5
            axes.step(days, number, where="post", color=colour, linewidth=wide, label=name)
    axes.axvspan(75, results.days, color=AUTUMN_COLOUR, zorder=0)
    axes.set(xlim=(0, results.days), xlabel="day (autumn shaded)", ylabel="alerts so far per home")
    _legend(axes, "upper left")


def _legend(axes: Axes, where: Literal["lower left", "upper left"]) -> None:
    if axes.get_legend_handles_labels()[0]:
        axes.legend(loc=where, frameon=False, fontsize=8)


def _counted(ages: Sequence[float], results: Results) -> tuple[list[float], list[float]]:
    """Return days and the mean number of alerts per home until then."""
    number = [(place + 1) / results.homes for place in range(len(ages))]
    last = number[-1] if number else 0.0
    return [0.0, *ages, float(results.days)], [0.0, *number, last]


def _by_size(found: Sequence[Found], name: str) -> tuple[list[str], list[float]]:
    """Return sizes and the share of plumes noticed of each, in percent."""
    shares = [
        100.0 * of_plumes([one for one in found if one.plume.size == size], name).share
        for size in SIZES
    ]
    return [f"{size:g} x" for size in SIZES], shares


def _colours(names: Iterable[str]) -> list[str]:
    return [OUR_COLOUR if name == OURS else OTHER_COLOUR for name in names]


def _plain(groups: Iterable[Group], pollutant: Pollutant) -> Group | None:
    return next(
        (
            group
            for group in groups
            if (group.pollutant, group.season, group.promise) == (pollutant, PLAIN, Promise.MONTH)
        ),
        None,
    )


def _recorded(groups: Iterable[Group], pollutant: Pollutant) -> Group | None:
    return next((group for group in groups if group.pollutant is pollutant), None)


def _comparison(comparisons: Iterable[Comparison], pollutant: Pollutant) -> Comparison | None:
    return next(
        (comparison for comparison in comparisons if comparison.pollutant is pollutant), None
    )
