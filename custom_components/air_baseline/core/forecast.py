"""What is written down before a day begins: ranges, alert levels and what they stand on."""

from dataclasses import dataclass, field

from .alert import RULES, Bar, Promise, alert_level, bar, reference_scores
from .baseline import (
    NoRangeError,
    PartRange,
    dial,
    issue,
    mixture,
    own_share,
    stack,
    tail,
    weighted_sums,
)
from .conditions import Seen, seen
from .day import PARTS
from .evidence import Standing, standing
from .ledger import WINDOW_DAYS, Ledger
from .quantity import Quantity
from .state import Basis, LearningState


@dataclass(frozen=True, slots=True, kw_only=True)
class Forecast:
    """The ranges of one day, issued at its start from earlier days alone.

    `ranges` is empty where none can be made. `shown` says whether they may be shown at all:
    a law of homes in general that means nothing for this sensor is used but not shown.
    `resolution` is the step of the sensor as it was known (base unit).
    """

    day: int
    resolution: float
    standing: Standing
    ranges: tuple[PartRange, ...] = ()
    basis: Basis | None = None
    shown: bool = False
    own_share: float = 0.0
    theta: float = 0.0
    bar: Bar = field(default_factory=Bar)
    alert_levels: tuple[float | None, ...] = (None,) * PARTS
    seen: Seen = field(default_factory=Seen)

    @property
    def eligible(self) -> bool:
        """Tell whether the day's evidence allows an alert."""
        return self.learned and self.bar.unusual is not None

    @property
    def learned(self) -> bool:
        """Tell whether the range may be called this room's."""
        return self.standing.state is LearningState.LEARNED

    @property
    def issued(self) -> tuple[float, ...]:
        """Return the ranges as a digest keeps them: low and high of each part."""
        return tuple(round(edge, 1) for part in self.ranges for edge in (part.low, part.high))


def forecast(
    ledger: Ledger, day: int, quantity: Quantity, promise: Promise, resolution: float
) -> Forecast:
    """Write down what is usual on a day, from the days before it.

    `resolution` is the step of the sensor in the base unit.
    """
    known = standing(ledger, day)
    digests = ledger.evidence(day, WINDOW_DAYS)
    if quantity.prior is None and known.state is LearningState.COLLECTING:
        return Forecast(day=day, resolution=resolution, standing=known)
    days = stack(digests, ledger, day)
    theta = dial([mark for _, mark in ledger.marks()])
    try:
        law = mixture(weighted_sums(days), quantity.prior)
    except NoRangeError:
        return Forecast(day=day, resolution=resolution, standing=known)
    ranges = issue(law, tail(theta), resolution)
    rule = RULES[promise]
    reference = ledger.reference(rule.window)
    levels = bar(reference_scores(reference, days, quantity.prior, theta), rule)
    lifted = ledger.lifted_levels(day)
    return Forecast(
        day=day,
        resolution=resolution,
        standing=known,
        ranges=ranges,
        basis=_basis(known, own_days=bool(digests)),
        shown=bool(digests) or (quantity.prior is not None and quantity.prior.shown),
        own_share=own_share(days, quantity.prior),
        theta=theta,
        bar=levels,
        alert_levels=tuple(
            alert_level(levels, part, quantity, resolution, lifted.get(index, 0.0))
            for index, part in enumerate(ranges)
        ),
        seen=seen(digests),
    )


def _basis(known: Standing, *, own_days: bool) -> Basis:
    if known.state is LearningState.LEARNED:
        return Basis.THIS_ROOM
    return Basis.MIXED if own_days else Basis.EVERYONE
