"""Which promises are broken on the seeded homes: the verdict on the whole run."""

from collections.abc import Iterator
from math import isnan
from typing import Final

from custom_components.air_baseline.core.alerting.promise import Promise
from custom_components.air_baseline.core.codes import LearningState

from .detection import OURS, Found, of_plumes
from .results import NAMES, Comparison, Group, Results

COVERED: Final = (0.75, 0.85)
LEAST_ROOMS: Final = 0.80
WORST_ROOM: Final = 1.5  # Episodes in 30 days at the month's setting.
DAYS_PER_RATE: Final = 30.0
HONEST: Final = 0.05  # Observed minus stated confidence is allowed to be off by this.
FOUND: Final = {3.0: 0.55, 6.0: 0.75}
FIRST_DAY: Final = 21  # No room can be learned sooner.

type Check = tuple[str, bool]


def broken(results: Results) -> list[str]:
    """Return the promises that are broken, in words."""
    found: list[str] = []
    for group in results.groups:
        found += [f"{group.name}: {what}" for what, kept in _of_group(group) if not kept]
    checks = [*_of_detection(results), *_of_confidence(results), *_of_smoke(results)]
    checks += [
        (f"{NAMES[pollutant]}, {thin.name}: {thin.claims} personal claims", thin.claims == 0)
        for pollutant, thin in results.thin
    ]
    return found + [what for what, kept in checks if not kept]


def allowed_rate(chosen: Promise) -> float:
    """Return how many episodes in 30 days a promise allows; a month's allows one."""
    return max(round(DAYS_PER_RATE / chosen.days, 2), 1.0)


def _of_group(group: Group) -> Iterator[Check]:
    learned = group.by_state[LearningState.LEARNED]
    if learned.bins:
        yield (
            f"the learned range held {learned.closed:.3f} (closed), {learned.open:.3f} (open)",
            learned.closed >= COVERED[0] and learned.open <= COVERED[1],
        )
    for state in (LearningState.PROVISIONAL, LearningState.CHANGING):
        closed = group.by_state[state].closed
        yield f"in {state} the range held {closed:.3f}", isnan(closed) or closed >= COVERED[0]
    band = group.band
    yield (
        f"{band.number} of {band.of} rooms held 70 to 90 %",
        not band.of or band.share >= LEAST_ROOMS,
    )
    kept, most = group.kept, allowed_rate(group.promise)
    yield f"{kept.rate:.2f} episodes in 30 days", kept.rate <= most
    if group.promise is Promise.MONTH:
        yield f"{kept.worst_room:.2f} in the 90th-percentile room", kept.worst_room <= WORST_ROOM
    yield f"{group.too_early} claims before learned", group.too_early == 0
    earliest = group.first.earliest
    yield f"learned on day {earliest:.0f}", isnan(earliest) or earliest >= FIRST_DAY - 1
    yield f"{group.unseen_claims} confident in unseen conditions", group.unseen_claims == 0


def _of_detection(results: Results) -> Iterator[Check]:
    for comparison in results.comparisons:
        name = NAMES[comparison.pollutant]
        eligible = [one for one in comparison.found if one.eligible]
        for size, least in FOUND.items():
            found = of_plumes([one for one in eligible if one.plume.size == size], OURS)
            yield (
                f"{name}: {found} of {found.number} plumes of {size:g} x noticed",
                not found.number or found.share >= least,
            )
        yield from _above_all(comparison, eligible)


def _above_all(comparison: Comparison, eligible: list[Found]) -> Iterator[Check]:
    if not eligible:
        return
    name, ours = NAMES[comparison.pollutant], of_plumes(eligible, OURS)
    for rate in comparison.rates[1:]:
        theirs = of_plumes(eligible, rate.name)
        yield (
            f"{name}: {rate.name} notices {theirs} at our false alarms, ours {ours}",
            ours.share >= theirs.share,
        )


def _of_confidence(results: Results) -> Iterator[Check]:
    for pollutant, trust in results.pooled.items():
        if trust is not None:
            name, low, high = NAMES[pollutant], trust.gap_low, trust.gap_high
            yield (
                f"{name}: confidence is off by {low:+.3f} to {high:+.3f}",
                low <= HONEST and high >= -HONEST,
            )
            yield (
                f"{name}: Brier score {trust.brier:.3f}, of a constant {trust.constant:.3f}",
                trust.brier < trust.constant,
            )


def _of_smoke(results: Results) -> Iterator[Check]:
    for pollutant, chosen, smoke in results.smoke:
        where = f"{NAMES[pollutant]}, {chosen}"
        yield f"{where}: {smoke.most} episodes of one room in smoke", smoke.most <= 1
        yield (
            f"{where}: edges after smoke match those without it in {smoke.same} of {smoke.rooms}",
            smoke.same == smoke.rooms,
        )
