"""Results as tables of text: each is a title, a header and rows, for a terminal or a page."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from math import isfinite

from custom_components.air_baseline.core.alerting.promise import Promise

from .detection import OURS, detection, of_plumes
from .intervals import between
from .plumes import KINDS, SIZES
from .results import NAMES, Comparison, Group, Results
from .tables import AGES, Coverage
from .trust import Trust


@dataclass(frozen=True, slots=True)
class Table:
    """One table; `note` says what it is about."""

    title: str
    header: tuple[str, ...]
    rows: Sequence[tuple[str, ...]]
    note: str = ""

    def text(self) -> str:
        """Return it for a terminal: the first column to the left, numbers to the right."""
        lines = [self.header, *self.rows]
        widths = [max(len(line[place]) for line in lines) for place in range(len(self.header))]
        shown = ["  ".join(_cells(line, widths)).rstrip() for line in lines]
        head = f"\n{self.title}\n" + (f"({self.note})\n" if self.note else "")
        return head + "\n".join(shown) + "\n"

    def markdown(self) -> str:
        """Return it for a page."""
        coverages = ["---", *["---:"] * (len(self.header) - 1)]
        return "\n".join(f"| {' | '.join(line)} |" for line in (self.header, coverages, *self.rows))


def all_tables(results: Results) -> Iterator[Table]:
    """Yield every table."""
    groups = [*results.groups, *results.recorded]
    monthly = [group for group in groups if group.promise is Promise.MONTH]
    for group in monthly:  # The promise moves alerts, and hardly ever a range.
        yield coverage_table(group)
    yield promise_table(groups)
    yield rooms_table(monthly)
    yield first_table(groups)
    yield trust_table(results, monthly)
    for pollutant, trust in results.pooled.items():
        if trust is not None:
            yield reliability_table(f"Confidence on {NAMES[pollutant]}, all seasons", trust)
    for group in results.recorded:
        if group.trust is not None:
            yield reliability_table(
                f"Confidence on {NAMES[group.pollutant]}, {group.title}", group.trust
            )
    yield change_table(results)
    yield unseen_table(groups)
    yield smoke_table(results)
    for comparison in results.comparisons:
        yield rules_table(comparison, "made-up homes")
        yield kinds_table(comparison)
    for comparison in results.recorded_comparisons:
        yield rules_table(comparison, "long recordings")
    if results.comparisons:
        yield repeated_table(results)
    if results.cooking:
        yield cooking_table(results)
    yield thin_table(results)


def coverage_table(group: Group) -> Table:
    """Return coverage by state and age, on weekdays and at weekends."""
    rows = [(state.value, _age(ages), *_covered(found)) for state, ages, found in group.states]
    rows += [
        ("learned", name, *_covered(found))
        for name, found in (("weekdays", group.week), ("weekends", group.weekend))
    ]
    header = ("state", "days old", "bins", "closed", "open", "fair", "width", "pinball")
    return Table(f"How often the range held: {group.name}, {group.sensors} sensors", header, rows)


def promise_table(groups: Sequence[Group]) -> Table:
    """Return how often there was an episode."""
    rows = [
        (
            group.name,
            str(group.kept.episodes),
            str(group.kept.days),
            _two(group.kept.rate),
            between(group.kept.low, group.kept.high),
            _two(group.kept.worst_room),
            _two(group.changes),
            str(group.too_early),
        )
        for group in groups
    ]
    header = (
        "promise", "episodes", "eligible days", "in 30", "95 % interval", "p90 room",
        "changes in a room-year", "claimed too early",
    )  # fmt: skip
    return Table("Episodes on days when an alert was possible", header, rows)


def rooms_table(groups: Sequence[Group]) -> Table:
    """Return the share of rooms that held 70 to 90 %."""
    rows = [
        (
            group.name,
            f"{group.band.number} of {group.band.of}",
            _two(group.band.share),
            between(group.band.low, group.band.high),
        )
        for group in groups
    ]
    header = ("rooms", "held 70 to 90 %", "share", "95 % interval")
    return Table("Rooms older than 21 days whose learned range held 70 to 90 %", header, rows)


def first_table(groups: Sequence[Group]) -> Table:
    """Return when something was first said about the room itself."""
    rows = [
        (
            group.name,
            f"{group.first.learned_rooms} of {group.first.rooms}",
            _days(group.first.earliest),
            _days(group.first.learned),
            _days(group.first.learned_late),
            f"{group.first.alert_rooms} of {group.first.rooms}",
            _days(group.first.alert),
        )
        for group in groups
    ]
    header = ("days until", "learned", "first", "median", "p90", "alert possible", "median")
    return Table("How long it takes until something is said about a room", header, rows)


def trust_table(results: Results, groups: Sequence[Group]) -> Table:
    """Return how well confidence was calibrated."""
    said = [(group.name, group.trust) for group in groups]
    said += [
        (f"all seasons, {NAMES[pollutant]}", trust) for pollutant, trust in results.pooled.items()
    ]
    rows = [
        (
            name,
            str(trust.number),
            f"{trust.gap:+.3f}",
            between(trust.gap_low, trust.gap_high, "+.3f"),
            f"{trust.brier:.3f}",
            f"{trust.constant:.3f}",
        )
        for name, trust in said
        if trust is not None
    ]
    header = ("confidence", "statements", "observed − stated", "95 % interval", "Brier",
              "constant forecast")  # fmt: skip
    note = "windows of 14 days that do not overlap; interval from a bootstrap over rooms"
    return Table("Did confidence come true", header, rows, note)


def reliability_table(title: str, trust: Trust) -> Table:
    """Return stated and observed confidence."""
    rows = [(_two(row.stated), _two(row.came), str(row.number)) for row in trust.tenths]
    return Table(title, ("stated", "observed", "number"), rows)


def change_table(results: Results) -> Table:
    """Return the weeks after a change."""
    rows = [
        (
            f"{season}, {NAMES[pollutant]}, day {after.day}",
            *[_two(week) for week in after.weeks],
            f"{after.asked} of {after.rooms}",
            _two(after.episodes),
        )
        for season, pollutant, after in results.changed
    ]
    weeks = [f"week {week}" for week in range(1, 9)]
    header = ("after", *weeks, "asked about", "episodes in 30 days")
    return Table("After something changed: how often the range held", header, rows)


def unseen_table(groups: Sequence[Group]) -> Table:
    """Return coverage on days in conditions never seen before."""
    rows = [
        (group.name, *_covered(group.unseen), str(group.unseen_claims))
        for group in groups
        if group.unseen.bins
    ]
    header = ("conditions never seen", "bins", "closed", "open", "fair", "width", "pinball",
              "with confidence")  # fmt: skip
    return Table("Days in conditions never seen", header, rows or [("none", *["-"] * 7)])


def smoke_table(results: Results) -> Table:
    """Return what nine days of smoke did."""
    rows = [
        (f"made-up homes, {NAMES[pollutant]}, {chosen}", str(smoke.rooms), str(smoke.episodes),
         str(smoke.most), f"{smoke.same} of {smoke.rooms}", _two(smoke.low), _two(smoke.high))
        for pollutant, chosen, smoke in results.smoke
    ]  # fmt: skip
    rows += [
        (f"Southwark recordings, {one.promise}", f"{one.rooms} ({one.eligible} could alert)",
         str(one.episodes), str(one.most), "-", "-", "-")
        for one in results.recorded_smoke
    ]  # fmt: skip
    header = ("smoke", "rooms", "episodes", "most in one room", "same edges 14 days later",
              "low, ratio", "high, ratio")  # fmt: skip
    rose, episodes = results.outdoor_rose
    note = f"outdoor air known: {rose} of {episodes} episodes in smoke say that it rose as well"
    return Table("Nine days of smoke", header, rows, note if episodes else "")


def rules_table(comparison: Comparison, where: str) -> Table:
    """Return false alarms and noticed plumes of ours and the rules."""
    eligible = [one for one in comparison.found if one.eligible]
    rows = []
    for rate in comparison.rates:
        tuned = of_plumes(eligible, rate.name)
        usual = of_plumes(eligible, rate.name, usual=True)
        sizes = [
            of_plumes([one for one in eligible if one.plume.size == size], rate.name)
            for size in SIZES
        ]
        rows.append(
            (
                rate.name,
                _two(rate.usual),
                _two(rate.first_weeks),
                _two(usual.share),
                str(tuned),
                *[_two(size.share) for size in sizes],
                _days(tuned.minutes),
                _two(of_plumes(comparison.found, rate.name).share),
            )
        )
    header = ("rule", "alarms in 30 days", "weeks 1-5", "noticed", "tuned: all",
              *[f"{size:g} x" for size in SIZES], "minutes", "of every plume")  # fmt: skip
    note = f"{len(eligible)} of {len(comparison.found)} plumes while ours could alert; tuned to our"
    title = f"False alarms and plumes noticed: {NAMES[comparison.pollutant]}, {where}"
    return Table(title, header, rows, f"{note} rate of false alarms")


def kinds_table(comparison: Comparison) -> Table:
    """Return what ours noticed by size and kind of plume."""
    rows = []
    for size in SIZES:
        some = [one for one in comparison.found if one.eligible and one.plume.size == size]
        cells = []
        for kind in KINDS:
            found = of_plumes([one for one in some if one.plume.kind is kind], OURS)
            cells.append(f"{_two(found.share)} of {found.number}, {_days(found.minutes)} min")
        found = of_plumes(some, OURS)
        rows.append((f"{size:g} x", *cells, f"{found} of {found.number}"))
    return Table(
        f"Plumes that ours noticed: {NAMES[comparison.pollutant]}", ("plume", *KINDS, "all"), rows
    )


def repeated_table(results: Results) -> Table:
    """Return what ours noticed of plumes that came every 21 days and were never answered."""
    rows = []
    known = [("made-up homes", comparison) for comparison in results.comparisons]
    known += [("long recordings", comparison) for comparison in results.recorded_comparisons]
    for where, comparison in known:
        eligible = [one for one in comparison.repeated if one.eligible]
        cells = [
            of_plumes([one for one in eligible if one.plume.size == size], OURS) for size in SIZES
        ]
        shares = [f"{_two(cell.share)} of {cell.number}" for cell in cells]
        rows.append((f"{NAMES[comparison.pollutant]}, {where}", *shares))
    header = ("every 21 days, unanswered", *[f"{size:g} x" for size in SIZES])
    return Table("Plumes that keep coming: what ours noticed", header, rows)


def cooking_table(results: Results) -> Table:
    """Return which rules noticed labelled cooking."""
    rows = []
    names = dict.fromkeys([OURS, *(name for _, meal in results.cooking for name in meal)])
    for name in names:
        found = detection([(room, meal[name]) for room, meal in results.cooking if name in meal])
        rows.append((name, _two(found.share), f"{found.number} eligible", _days(found.minutes)))
    title = f"{len(results.cooking)} labelled meals that raised the main room by 10 or more"
    return Table(title, ("rule", "noticed", "meals", "minutes"), rows)


def thin_table(results: Results) -> Table:
    """Return how often something personal was said on thin data."""
    rows = [
        (f"{one.name}, {NAMES[pollutant]}", str(one.rooms), str(one.claims))
        for pollutant, one in results.thin
    ]
    return Table("Thin data", ("scenario", "rooms", "personal claims"), rows)


def _covered(found: Coverage) -> tuple[str, ...]:
    shares = (found.closed, found.open, found.fair, found.width, found.pinball)
    return str(found.bins), *[f"{share:.3f}" if isfinite(share) else "-" for share in shares]


def _age(ages: tuple[int, int]) -> str:
    return f"{ages[0]}+" if ages == AGES[-1] else f"{ages[0]}-{ages[1]}"


def _two(number: float) -> str:
    return f"{number:.2f}" if isfinite(number) else "-"


def _days(number: float) -> str:
    return f"{number:.0f}" if isfinite(number) else "-"


def _cells(line: Sequence[str], widths: Sequence[int]) -> Iterator[str]:
    for place, (cell, width) in enumerate(zip(line, widths, strict=True)):
        yield cell.ljust(width) if place == 0 else cell.rjust(width)
