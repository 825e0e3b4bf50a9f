"""What is written down before a day begins: ranges, alert levels and what they are based on."""

from array import array
from collections.abc import Sequence
from dataclasses import dataclass, field, replace
from math import inf, isfinite

import numpy as np

from ..codes import Basis, LearningState
from ..day import HOURS, PART_HOURS, WINDOW_DAYS
from ..learning.confidence import coverage_ahead
from ..learning.level_shift import high_days
from ..learning.standing import Standing, standing
from ..learning.typical_range import (
    NoRangeError,
    PartRange,
    build_ranges,
    medians_by_day,
    mixture,
    own_share,
    stack,
    tail,
    weighted_sums,
    widening_of,
)
from ..learning.weather_limits import WeatherLimits, weather_limits
from ..ledger.day_summary import counts_by_day, day_counts
from ..ledger.histogram import ALL_PARTS, Counts
from ..ledger.ledger import Ledger
from ..ledger.mapping import mapped_counts
from ..pollutant import PollutantSpec
from ..year.week import Week
from .promise import MONTH_DAYS
from .threshold import (
    NO_LEVELS,
    AlertThreshold,
    Levels,
    alert_days,
    alert_levels,
    alert_threshold,
    levels_before,
    margin,
    notable_levels,
)


@dataclass(frozen=True, slots=True, kw_only=True)
class Forecast:
    """The ranges of one day, issued at its start from earlier days alone.

    `ranges` has one range for each part, or none. `shown` says whether to show them: a prior that
    means little for this sensor is used but not shown. `own_share` is the weight of the room's own
    days in them, and `widening` a share of time. `confidence` is the probability that they hold 70
    to 90 % of the next 14 days, `next_14_days` the low and high percent that they should hold.

    There is at most one alert in `promise_days`, in the parts of the mask `scored`. `resolution`
    is the step of the sensor, `noticeable` the smallest rise above the range that is worth an
    alert, and `highest` the end of the sensor's scale (base unit). `alert_levels` and
    `notable_levels` (of each hold and hour, base unit) assume that the air before each part is as
    usual, until the part begins; `part` is the last part that began. `reported` says that the
    days have been high in a row since an alert: the same rise is not reported again.
    """

    day: int
    resolution: float
    standing: Standing
    ranges: tuple[PartRange, ...] = ()
    basis: Basis | None = None
    shown: bool = False
    own_share: float = 0.0
    widening: float = 0.0
    confidence: float | None = None
    next_14_days: tuple[int, int] | None = None
    threshold: AlertThreshold = field(default_factory=AlertThreshold)
    alert_levels: Levels = NO_LEVELS
    notable_levels: Levels = NO_LEVELS
    scored: int = ALL_PARTS
    noticeable: float = 0.0
    highest: float = field(default=inf, compare=False)
    promise_days: int = MONTH_DAYS
    reported: bool = False
    part: int | None = None
    weather_limits: WeatherLimits = field(default_factory=WeatherLimits)

    @property
    def eligible(self) -> bool:
        """Tell whether the evidence of the day allows an alert."""
        return self.learned and self.threshold.enough and not self.reported

    @property
    def learned(self) -> bool:
        """Tell whether the range is learned: only then is it this room's."""
        return self.standing.state is LearningState.LEARNED

    @property
    def begun(self) -> Sequence[int]:
        """Return the parts that have begun, in order."""
        return range(0 if self.part is None else self.part + 1)

    def sees(self, part: int) -> bool:
        """Tell whether the source is usually on in a part, so that it has a range of its own."""
        return bool(self.standing.seen >> part & 1)

    def in_reach(self, part: int) -> bool:
        """Tell whether some alert level of a part is within the sensor's scale."""
        first, levels = part * PART_HOURS, self.alert_levels
        short, long = (levels[hour : hour + PART_HOURS] for hour in (first, HOURS + first))
        return min(*short, *long) < inf

    def alert_level(self, part: int) -> float | None:
        """Return the level (base unit) that 15 minutes of a part must exceed for an alert.

        It is that of its most sensitive hour; None if there are no alerts.
        """
        first = part * PART_HOURS
        lowest = min(self.alert_levels[first : first + PART_HOURS])
        return lowest if isfinite(lowest) else None

    @property
    def issued(self) -> tuple[float, ...]:
        """Return low and high of each part in turn (base unit), as a day summary keeps them."""
        return tuple(round(edge, 1) for part in self.ranges for edge in (part.low, part.high))


def forecast(  # noqa: PLR0913 - each argument changes independently
    ledger: Ledger,
    day: int,
    spec: PollutantSpec,
    promise_days: int,
    resolution: float,
    *,
    weeks: Sequence[Week] = (),
) -> Forecast:
    """Return the forecast of a day from the days before it; `resolution` is in the base unit.

    The conditions of `weeks`, which have left the ledger, have been seen as well.
    """
    known = standing(ledger, day)
    summaries = ledger.evidence(day, WINDOW_DAYS)
    written = Forecast(day=day, resolution=resolution, standing=known)
    if spec.prior is None and known.state is LearningState.COLLECTING:
        return written
    own = day_counts(summaries, ledger.days)
    converted = mapped_counts(own, [one.day for one in summaries], ledger.effects.mappings)
    days = stack(summaries, converted, ledger, day)
    coverages = [coverage for _, coverage in ledger.coverages()]
    widening, ahead = widening_of(coverages), coverage_ahead(coverages)
    try:
        law = mixture(weighted_sums(days), spec.prior)
    except NoRangeError:
        return written
    basis = Basis.MIXED if summaries else Basis.EVERYONE
    ranges = build_ranges(law, tail(widening), resolution)
    scored = ledger.common_parts(day)
    written = replace(
        written,
        ranges=tuple(part.up_to(spec.highest) for part in ranges),
        basis=Basis.THIS_ROOM if known.state is LearningState.LEARNED else basis,
        shown=bool(summaries) or (spec.prior is not None and spec.prior.shown),
        own_share=own_share(days, spec.prior),
        widening=widening,
        confidence=ahead.confidence if ahead else None,
        next_14_days=ahead.interval if ahead else None,
        scored=scored,
        noticeable=max(2.0 * max(resolution, 1.0), spec.effect),
        highest=spec.highest,
        reported=_reported(ledger, medians_by_day(summaries, own, scored)),
        weather_limits=weather_limits(summaries, weeks),
    )
    return with_threshold(written, ledger, promise_days)


def with_threshold(written: Forecast, ledger: Ledger, promise_days: int) -> Forecast:
    """Return a forecast with the threshold of a promise, from the days before its own."""
    written = replace(written, promise_days=promise_days)
    if not written.ranges:
        return written
    reference = ledger.reference(WINDOW_DAYS, written.scored)
    threshold = alert_threshold(
        reference,
        levels_before(counts_by_day(ledger.days), [one.day for one in reference], written.ranges),
        *alert_days(ledger, written.day),
        promise_days=promise_days,
        margin=margin(ledger, written.day, promise_days),
        parts=written.scored,
    )
    return with_levels(replace(written, threshold=threshold), ledger)


def begin(written: Forecast, parts: Sequence[int], today: Counts, ledger: Ledger) -> Forecast:
    """Return the forecast with the exact alert levels of parts that have begun, in order.

    They depend on the air of the six hours before each and on the alerts so far. `today` are the
    counts of the open day.
    """
    if not parts:
        return written
    written = replace(written, part=parts[-1])
    if not written.threshold.bars:
        return written
    counts = {**counts_by_day(ledger.days[-1:]), written.day: np.array(today, dtype=np.uint8)}
    (before,) = levels_before(counts, [written.day], written.ranges)
    known = written.threshold.after({part: before[part] for part in parts})
    now = replace(known, margin=margin(ledger, written.day, written.promise_days))
    return with_levels(replace(written, threshold=now), ledger)


def with_levels(written: Forecast, ledger: Ledger) -> Forecast:
    """Return a forecast with the levels from its threshold and from corrections by people."""
    if not written.ranges:
        return written
    lifted = ledger.lifted_levels(written.day)
    threshold, ranges = written.threshold, written.ranges
    levels = alert_levels(threshold, ranges, written.noticeable, lifted, written.scored)
    return replace(
        written,
        alert_levels=array("d", [one if one < written.highest else inf for one in levels]),
        notable_levels=notable_levels(threshold, ranges, written.scored),
    )


def _reported(ledger: Ledger, medians: Sequence[tuple[int, float]]) -> bool:
    high = high_days(medians)
    return bool(high) and any(episode.day >= high[0][0] - 1 for episode in ledger.episodes)
