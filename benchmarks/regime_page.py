"""The page about homes of sixteen kinds, in plain words, with a few tables."""

from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from functools import partial
from math import isfinite
from typing import Final

from custom_components.air_baseline.core.pollutant import Pollutant

from . import regime_rates as rate
from .intervals import Estimate
from .june_smoke import Smoked, smoke_table
from .layout import Table
from .plumes import SIZES
from .regimes import AUTUMN, MOVED, PLAIN, REGIMES
from .results import NAMES
from .rooms import Tally
from .seeds import TUNING, name_of
from .sensing import MOVED_DAY

CHANNELS: Final = (2, 5, 10)
COMMAND: Final = "python -m benchmarks.regime_report --smoke FOLDER --page docs/honesty/regimes.md"


type Rate = Callable[[Sequence[Tally]], Estimate | float]


@dataclass(frozen=True, slots=True, kw_only=True)
class Report:
    """What was run: homes of each regime; moved homes and their unmoved twins; smoke.

    `before` are the tallies of an earlier run of the same homes, if there was one.
    """

    block: range
    homes: int
    days: int
    rooms: Sequence[Tally]
    twins: Sequence[Tally]
    before: Sequence[Tally] = ()
    smoke: Sequence[Smoked] = ()

    def of(self, pollutant: Pollutant, regime: str | None = None) -> list[Tally]:
        """Return the tallies of a pollutant, of one regime or of all."""
        return [
            room
            for room in self.rooms
            if room.pollutant == pollutant and regime in (None, room.regime)
        ]


def page(report: Report) -> str:
    """Return the page."""
    parts = (_head, _short, _gain, _regimes, _plumes, _changes, _moves, _rarity, _smoke)
    return "\n\n".join(block for part in parts for block in part(report)) + "\n"


def _head(report: Report) -> Iterator[str]:
    yield "# Homes of sixteen kinds"
    chosen = (
        "Rules are chosen on such homes, so do not publish this."
        if report.block == TUNING
        else "No rule and no constant was chosen on them. What earlier rules came to on them has "
        "led to new ones, see [rank and gain](../developers/statistics.md#rank-and-gain)."
    )
    yield (
        "Air Baseline ran over made-up homes of sixteen kinds, strictly in order. There are "
        f"{report.homes} homes of each kind, with {report.days} days each, and no two kinds share "
        f"a home. They are from the {name_of(report.block)}. {chosen} Plumes are put into the air, "
        "before the sensor adds its noise, rounds, and decides what to report."
    )
    yield (
        "The figures in brackets are 95 % intervals. They come from drawing whole homes again, "
        "because the days and the plumes of one home are alike."
    )
    yield f"```sh\n{COMMAND}\n```"


def _short(report: Report) -> Iterator[str]:
    yield "## In short"
    rows = [
        _row(report, "plumes found, of all", rate.found),
        _row(report, "found while it could alert", partial(rate.found, chosen=rate.while_able)),
        *[
            _row(report, f"found of {size:g} x", partial(rate.found, chosen=rate.of_size(size)))
            for size in SIZES
        ],
        _row(report, "found by the best simple rule, tuned to our alerts", _simple),
        _row(report, "we find more than it, by", _ahead),
        *[
            _row(
                report,
                f"minutes until a found plume of {size:g} x is told (median)",
                partial(rate.median_delay, chosen=rate.of_size(size)),
                "{:.0f}",
            )
            for size in SIZES[1:]
        ],
        _row(report, "alerts in 30 days on which it could alert", rate.alerts),
        _row(report, "the same, worst room in ten", rate.worst_room),
        _row(report, "time that the learned range held, edges in part", rate.held),
        _row(report, "the same, edges in full", rate.closed),
        _row(report, "fortnights held 70 to 90 %", rate.fortnights),
        _row(report, "fortnights inside the 80 % interval said before", rate.interval_held),
        _row(report, "time with a learned range", rate.learned_time),
        _row(report, "time in which it could alert", rate.able_time),
    ]
    yield Table("", ("", *NAMES.values()), rows).markdown()
    names = {NAMES[one]: rate.best_simple(report.of(one)) for one in NAMES}
    best = ", ".join(f"{rule} for {name}" for name, rule in names.items() if rule)
    yield (
        f"The best simple rule is {best}. One threshold for all homes was tuned with the outcome "
        "known, so that it gives as many alerts as Air Baseline. The promise is a budget of "
        "alerts, not of false ones: any alert that nobody answers counts."
    )


def _gain(report: Report) -> Iterator[str]:
    if not report.before:
        return
    yield "## Before and after"
    yield "The same plumes in the same homes, with the method as it was and as it is:"
    rows = []
    for pollutant, name in NAMES.items():
        now = report.of(pollutant)
        then = [room for room in report.before if room.pollutant == pollutant]
        kinds = [("all", rate.any_plume), *[(f"{s:g} x", rate.of_size(s)) for s in SIZES]]
        rows += [
            (
                f"{name}, {kind}",
                str(rate.found(then, chosen)),
                str(rate.found(now, chosen)),
                str(rate.gain(then, now, chosen)),
            )
            for kind, chosen in kinds
        ]
        rows.append(
            (f"{name}, alerts in 30 days", str(rate.alerts(then)), str(rate.alerts(now)), "")
        )
        rows.append(
            (f"{name}, fortnights held", str(rate.fortnights(then)), str(rate.fortnights(now)), "")
        )
        rows.append(
            (f"{name}, changes a room-year", str(rate.changes(then)), str(rate.changes(now)), "")
        )
    yield Table("", ("", "before", "after", "gain"), rows).markdown()


def _regimes(report: Report) -> Iterator[str]:
    yield "## By kind of home"
    header = ("", "found, of all", "alerts in 30 days", "worst room in ten", "held",
              "edges in full", "fortnights held 70 to 90 %", "80 % interval held",
              "able to alert")  # fmt: skip
    for pollutant, name in NAMES.items():
        yield f"**{name}**"
        rows = []
        for regime in REGIMES:
            rooms = report.of(pollutant, regime.name)
            if rooms:
                rows.append(
                    (
                        regime.what,
                        str(rate.found(rooms)),
                        str(rate.alerts(rooms)),
                        _two(rate.worst_room(rooms)),
                        _two(rate.held(rooms).value),
                        _two(rate.closed(rooms).value),
                        _two(rate.fortnights(rooms).value),
                        _two(rate.interval_held(rooms).value),
                        _two(rate.able_time(rooms).value),
                    )
                )
        yield Table("", header, rows).markdown()


def _plumes(report: Report) -> Iterator[str]:
    yield "## Plumes by size"
    yield (
        "A plume is 1.5, 3 or 6 times as high as the level that the room exceeds one tenth of "
        "the time. Minutes are from its start, when something begins to burn."
    )
    header = ("", "plumes", "found", "minutes", "best simple rule", "more than it")
    rows = []
    for pollutant, name in NAMES.items():
        rooms = report.of(pollutant)
        rule = rate.best_simple(rooms)
        for size in SIZES:
            chosen = rate.of_size(size)
            number = sum(chosen(plume) for room in rooms for plume in room.plumes)
            rows.append(
                (
                    f"{name}, {size:g} x",
                    str(number),
                    str(rate.found(rooms, chosen)),
                    _whole(rate.median_delay(rooms, chosen)),
                    str(rate.found(rooms, chosen, rule)) if rule else "-",
                    str(rate.ahead(rooms, rule, chosen)) if rule else "-",
                )
            )
    yield Table("", header, rows).markdown()


def _changes(report: Report) -> Iterator[str]:
    yield "## “Something changed”"
    yield (
        "How often it suspects in a room and year that something changed for good. Where nothing "
        "changed, each of these questions is needless."
    )
    rows = [
        (what, *[str(rate.changes(_of_kind(report.of(one), lasting=lasting))) for one in NAMES])
        for what, lasting in (
            ("where nothing changed", False),
            ("where something changed, at some time", True),
        )
    ]
    rows += [
        (regime.what, *[str(rate.changes(report.of(one, regime.name))) for one in NAMES])
        for regime in REGIMES
        if report.of(Pollutant.PM25, regime.name)
    ]
    yield Table("", ("changes suspected in a room-year", *NAMES.values()), rows).markdown()
    yield "Alerts and suspected changes together, before those of one hour become one question:"
    per = rate.questions(report.rooms).value
    asked = [(str(number), f"{number * per:.1f}") for number in CHANNELS]
    yield Table("", ("sensors in a home", "questions in 30 days"), asked).markdown()


def _moves(report: Report) -> Iterator[str]:
    if not report.twins:
        return
    yield "## Moved sensors"
    yield (
        f"On day {MOVED_DAY} a sensor begins to read 1.6 times as much. The table has the share "
        f"of homes, learned by then, in which a change is suspected in the next "
        f"{rate.MOVE_NOTICED_DAYS} days, and that of the same homes in the same weeks without it."
    )
    rows = []
    for regime, what in (
        (MOVED, "moved"),
        (PLAIN, "not moved"),
        (AUTUMN, "not moved, but an autumn of long rises"),
    ):
        cells = []
        for pollutant in NAMES:
            rooms = [
                room
                for room in report.twins
                if (room.pollutant, room.regime) == (pollutant, regime.name)
            ]
            seen = rate.noticed_change(rooms, MOVED_DAY)
            cells.append(f"{seen} of {seen.homes}" if rooms else "-")
        rows.append((what, *cells))
    yield Table("", ("", *NAMES.values()), rows).markdown()


def _rarity(report: Report) -> Iterator[str]:
    yield "## How rare is an alert?"
    yield (
        "An alert that is said to be as rare as once in N days should come at most once in N "
        "days on which an alert is possible. The table has how often it came in N such days; at "
        "most 1 is right."
    )
    rows = []
    for pollutant, name in NAMES.items():
        rooms = report.of(pollutant)
        for days in rate.RARITIES:
            came, number = rate.rare_alerts(rooms, days)
            each = {
                regime.what: rate.rare_alerts(some, days)[0].value
                for regime in REGIMES
                if (some := report.of(pollutant, regime.name))
            }
            worst = max(each, key=lambda what: each[what] if isfinite(each[what]) else -1.0)
            rows.append((f"{name}, once in {days} days", str(number),
                         str(came) if number else "-", f"{_two(each[worst])}: {worst}"
                         if number else "-"))  # fmt: skip
    header = ("", "alerts so rare", "in N days", "most, by kind of home")
    yield Table("", header, rows).markdown()


def _smoke(report: Report) -> Iterator[str]:
    if not report.smoke:
        return
    yield "## Real smoke"
    yield (
        "From 6 to 8 June 2023 smoke lay over the north-east of the United States for 63 hours. "
        "These outdoor sensors had learned their air before it. Does an episode open on the "
        "first day? How much of the margin counts for a level was chosen on them."
    )
    yield smoke_table(report.smoke).markdown()


def _of_kind(rooms: Sequence[Tally], *, lasting: bool) -> list[Tally]:
    """Return the rooms in which something changed for good, or those in which nothing did."""
    kind = {regime.name for regime in REGIMES if regime.lasting is lasting}
    return [room for room in rooms if room.regime in kind]


def _simple(rooms: Sequence[Tally]) -> Estimate | float:
    rule = rate.best_simple(rooms)
    return rate.found(rooms, rule=rule) if rule else float("nan")


def _ahead(rooms: Sequence[Tally]) -> Estimate | float:
    rule = rate.best_simple(rooms)
    return rate.ahead(rooms, rule) if rule else float("nan")


def _row(report: Report, what: str, of: Rate, shown: str = "{:.2f}") -> tuple[str, ...]:
    found = [of(report.of(pollutant)) for pollutant in NAMES]
    cells = [
        str(one) if isinstance(one, Estimate) else (shown.format(one) if isfinite(one) else "-")
        for one in found
    ]
    return what, *cells


def _two(number: float) -> str:
    return f"{number:.2f}" if isfinite(number) else "-"


def _whole(number: float) -> str:
    return f"{number:.0f}" if isfinite(number) else "-"
