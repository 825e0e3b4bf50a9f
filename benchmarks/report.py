"""The report: a short page for people who know no statistics, with plots and a few tables."""

from collections.abc import Iterator, Sequence
from math import isfinite
from pathlib import Path
from typing import Final

from custom_components.air_baseline.core.alerting.promise import Promise
from custom_components.air_baseline.core.codes import LearningState

from .detection import OURS, of_plumes
from .intervals import between
from .layout import (
    Table,
    change_table,
    cooking_table,
    kinds_table,
    repeated_table,
    smoke_table,
    thin_table,
)
from .plots import draw_all
from .plumes import TRIES
from .promises import allowed_rate
from .results import NAMES, Comparison, Group, Results
from .seeds import name_of

PAGE: Final = "README.md"
SETTINGS: Final = {Promise.MONTH: "once a month", Promise.FORTNIGHT: "once a fortnight"}


def write_report(results: Results, broken: Sequence[str], folder: Path) -> None:
    """Write the page and its plots into a folder, which is created if needed."""
    folder.mkdir(parents=True, exist_ok=True)
    draw_all(results, folder)
    text = "\n\n".join(block for block in _page(results, broken) if block)
    (folder / PAGE).write_text(text + "\n", encoding="utf-8")


def _page(results: Results, broken: Sequence[str]) -> Iterator[str]:
    yield "# Does it keep its word?"
    yield (
        "Air Baseline ran over made-up homes that a program generates, and over recordings of real "
        "homes, strictly in order: it said everything about a moment before it saw that moment. "
        "The rules that people use today ran on the same readings. There are "
        f"{results.homes} made-up homes of each kind, with {results.days} days each: "
        f"{name_of(results.block)}. Each interval says how far a figure may be off with so few "
        "homes: it comes from drawing the homes again. Homes of sixteen more kinds have "
        "[a page of their own](regimes.md), and so have [three years of a room](year.md). One "
        "command writes this page, its plots and all figures:"
    )
    yield "```sh\npython -m benchmarks.honesty --data FOLDER --report docs/honesty\n```"
    yield from _verdict(broken)
    yield from _range(results)
    yield from _alarms(results)
    yield from _plumes(results)
    yield from _confidence(results)
    yield from _seasons(results)
    yield from _thin(results)


def _verdict(broken: Sequence[str]) -> Iterator[str]:
    yield "## In short"
    if not broken:
        yield "On the made-up homes every promise below was kept."
        return
    yield f"On the made-up homes {len(broken)} checks of the promises below **failed**:"
    yield "\n".join(f"- {what}" for what in broken)


def _range(results: Results) -> Iterator[str]:
    yield "## Does the range hold?"
    yield "The usual range should hold 80 % of the time: not less, and not much more."
    yield "![How often the range held, by age of the sensor](range.svg)"
    yield (
        "In the first weeks the range is wide on purpose, because little is known. From three "
        "weeks on the line should lie in the green band. A sensor that shows whole numbers often "
        "sits on an edge of the range. Such time counts only in part here, so that the sensor "
        "gets no undeserved credit."
    )
    header = ("learned ranges", "held", "weekdays", "weekends", "rooms between 70 and 90 %")
    rows = [
        (
            _title(group),
            _percent(group.by_state[LearningState.LEARNED].fair),
            _percent(group.week.fair),
            _percent(group.weekend.fair),
            f"{group.band.number} of {group.band.of}",
        )
        for group in (*results.groups, *results.recorded)
        if group.promise is Promise.MONTH
    ]
    yield Table("", header, rows).markdown()


def _alarms(results: Results) -> Iterator[str]:
    yield "## How often does it cry wolf?"
    yield "![False alarms in a month: Air Baseline and the rules people use](alarms.svg)"
    yield (
        "Nothing special happened in these homes, so every alarm is a false one. The dotted line "
        "is one a month. Air Baseline promises at most one alert in 35 days at the setting once a "
        "month, and one in 14 at once a fortnight. Once a month is checked against a limit of one "
        "in 30 days."
    )
    header = ("made-up homes and recordings", "setting", "alerts in 30 days", "limit",
              "95 % interval", "worst room in ten")  # fmt: skip
    rows = [
        (
            _title(group),
            SETTINGS.get(group.promise, str(group.promise)),
            f"{group.kept.rate:.2f}",
            f"{allowed_rate(group.promise):.2f}",
            between(group.kept.low, group.kept.high),
            f"{group.kept.worst_room:.2f}",
        )
        for group in (*results.groups, *results.recorded)
    ]
    yield Table("", header, rows).markdown()


def _plumes(results: Results) -> Iterator[str]:
    yield "## Does it notice when something happens?"
    yield "![Plumes noticed, at the same number of false alarms](plumes.svg)"
    yield (
        "In each home something burned now and then. Its plume was 1.5, 3 or 6 times as high as "
        "the level that the room exceeds one tenth of the time. Each home was tried "
        f"{TRIES} times over, so that each size came equally often by day, by night and for long. "
        "Every other rule (grey) was tuned, with the outcome known, to give as many false alarms "
        "as Air Baseline. The best of them is in red."
    )
    for comparison in results.comparisons:
        kind = NAMES[comparison.pollutant]
        yield f"**{kind}**, plumes that began while Air Baseline could alert:"
        yield _rules(comparison).markdown()
        yield f"{kind} plumes that Air Baseline noticed, and how soon:"
        yield kinds_table(comparison).markdown()
    for comparison in results.recorded_comparisons:
        found = [one for one in comparison.found if one.eligible]
        ours = of_plumes(found, OURS)
        if ours.number:
            low, high = 100.0 * ours.of_all.low, 100.0 * ours.of_all.high
            interval = f" (95 % interval in percent: {between(low, high, '.0f')})"
            sure = interval if isfinite(low) else ""
            yield (
                f"In long recordings of real {NAMES[comparison.pollutant]} it noticed "
                f"{_percent(ours.share)} of {ours.number} such plumes{sure}."
            )
    yield (
        "Each of these plumes came alone. When one comes every three weeks and nobody ever "
        "answers, each alert counts as false and raises the level that the next alert needs. The "
        "promise is kept, and less is noticed:"
    )
    yield repeated_table(results).markdown()
    if results.cooking:
        yield (
            "Real cooking was recorded for two weeks in nine homes. That is less than the five "
            "weeks that Air Baseline needs, so it could not alert at all. The other rules could:"
        )
        yield cooking_table(results).markdown()


def _confidence(results: Results) -> Iterator[str]:
    yield "## Is its confidence honest?"
    yield "![Confidence: stated and observed](confidence.svg)"
    yield (
        "Confidence is the chance that the range holds 70 to 90 % of the next two weeks. On the "
        "dotted line it comes true exactly as often as stated. A large dot stands for many "
        "statements. The score is the mean squared error: lower is better. Confidence is worth "
        "having only if it scores below a constant forecast, which always states the same."
    )
    header = ("", "statements", "observed − stated", "95 % interval", "score",
              "constant forecast")  # fmt: skip
    said = [
        (f"made-up homes, {NAMES[pollutant]}", trust) for pollutant, trust in results.pooled.items()
    ]
    said += [(_title(group), group.trust) for group in results.recorded]
    rows = [
        (
            name,
            str(trust.number),
            f"{100.0 * trust.gap:+.0f} points",
            between(100.0 * trust.gap_low, 100.0 * trust.gap_high, "+.0f"),
            f"{trust.brier:.3f}",
            f"{trust.constant:.3f}",
        )
        for name, trust in said
        if trust is not None
    ]
    yield Table("", header, rows).markdown()


def _seasons(results: Results) -> Iterator[str]:
    yield "## What if the air itself changes?"
    yield "![Alerts per home through an autumn that changes the air](autumn.svg)"
    yield (
        "In these homes long rises begin in autumn, several a week. A rule that does not notice "
        "that its own record no longer holds keeps alerting all through it."
    )
    yield "How often the range held in the weeks after something changed:"
    yield change_table(results).markdown()
    yield (
        "Nine days of smoke from outdoors, and the range 14 days later compared with that of the "
        "same home without smoke:"
    )
    yield smoke_table(results).markdown()


def _thin(results: Results) -> Iterator[str]:
    yield "## Does it stay quiet when it knows too little?"
    yield "How often it made a claim about the room itself with data missing (limit: never):"
    yield thin_table(results).markdown()


def _rules(comparison: Comparison) -> Table:
    eligible = [one for one in comparison.found if one.eligible]
    rows = []
    for rate in comparison.rates:
        usual = of_plumes(eligible, rate.name, usual=True)
        tuned = of_plumes(eligible, rate.name)
        interval = between(100.0 * tuned.of_all.low, 100.0 * tuned.of_all.high, ".0f")
        shares = _percent(usual.share), _percent(tuned.share)
        rows.append((rate.name, f"{rate.usual:.1f}", *shares, interval))
    header = ("rule", "false alarms in 30 days", "noticed", "noticed at our false alarms",
              "95 % interval, %")  # fmt: skip
    return Table("", header, rows)


def _title(group: Group) -> str:
    return f"{group.title}, {NAMES.get(group.pollutant, str(group.pollutant))}"


def _percent(share: float) -> str:
    return "–" if share != share else f"{100.0 * share:.0f} %"  # noqa: PLR0124
