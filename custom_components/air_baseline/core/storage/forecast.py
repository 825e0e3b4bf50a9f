"""Today's forecast as plain JSON values, because it must not be computed again.

It stays as it was issued before the day, through a restart or another version of the method.
"""

from array import array
from dataclasses import astuple
from math import log
from typing import TYPE_CHECKING, Any, Final

from .. import checked
from ..alerting.forecast import Forecast
from ..alerting.promise import RARITIES, Promise
from ..alerting.tail import LEAST_SCALE, Tail
from ..alerting.threshold import MARGIN_HIGH, MARGIN_LOW, AlertThreshold
from ..checked import StoredFormError
from ..codes import Basis, LearningState, Missing
from ..day import HOURS, PARTS, WINDOW_DAYS
from ..learning.forecast_record import ForecastRecord
from ..learning.standing import Standing, Tally
from ..learning.typical_range import PartRange
from ..learning.weather_limits import WeatherLimits
from ..ledger.histogram import ALL_PARTS
from ..ledger.hour_peaks import HOLDS
from ..reading.binning import LEAST_STEP

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence


RANGE_WIDTH: Final = 12  # Numbers: three in the base unit, three on the scale, two cells of three.
MOST_SCALE: Final = 15.0  # On the scale: follows from `checked.HIGHEST`, whose ln(1 + x) is lower.
MOST_SCORE: Final = 2.0 * MOST_SCALE / LEAST_SCALE  # Nats: follows from the two.
LEAST_SHARE, MOST_SHARE = 0.01, 0.4  # Of the days in a tail, by judgement.
MOST_PROMISE_DAYS: Final = 100_000  # Days, by judgement: of a home with very many sensors.


def dump_forecast(written: Forecast) -> dict[str, Any]:
    """Return a forecast without its day, which the open day has, and without its levels.

    The levels follow from the alert threshold; see `with_levels`.
    """
    return {
        "resolution": written.resolution,
        "promise": written.promise_days,
        "standing": _dump_standing(written.standing),
        "part": written.part,
        **(_dump_ranges(written) if written.ranges else {}),
    }


def load_forecast(data: Mapping[str, Any], day: int) -> Forecast:
    """Return the forecast of a day that `dump_forecast` wrote; `with_levels` completes it.

    Raises StoredFormError, KeyError, TypeError, ValueError or OverflowError for anything else.
    """
    return Forecast(
        day=day,
        resolution=checked.number(data["resolution"], LEAST_STEP, checked.HIGHEST),
        promise_days=_promise_days(data["promise"]),
        standing=_load_standing(checked.mapping(data["standing"])),
        part=None if data["part"] is None else checked.integer(data["part"], 0, PARTS - 1),
        **(_load_ranges(data) if "ranges" in data else {}),
    )


def _dump_ranges(written: Forecast) -> dict[str, Any]:
    """Return the ranges and everything that a forecast only has with them."""
    limits = written.weather_limits
    return {
        "ranges": [_dump_range(part) for part in written.ranges],
        "basis": written.basis,
        "shown": written.shown,
        "own_share": written.own_share,
        "theta": written.widening,
        "confidence": written.confidence,
        **({"next_14_days": list(written.next_14_days)} if written.next_14_days else {}),
        "noticeable": written.noticeable,
        "told": written.reported,
        **({"scored": written.scored} if written.scored != ALL_PARTS else {}),
        "temperatures": limits.temperatures and list(limits.temperatures),
        "windows": limits.windows and list(limits.windows),
        "threshold": _dump_threshold(written.threshold) if written.threshold.bars else None,
    }


def _load_ranges(data: Mapping[str, Any]) -> dict[str, Any]:
    ranges = checked.rows(data["ranges"], RANGE_WIDTH, PARTS)
    if len(ranges) != PARTS:
        raise StoredFormError(f"{len(ranges)} ranges instead of {PARTS}")
    return {
        "ranges": tuple(_load_range(row) for row in ranges),
        "basis": checked.code(Basis, data["basis"]),
        "shown": checked.flag(data["shown"]),
        "own_share": checked.share(data["own_share"]),
        "widening": checked.number(data["theta"], -1.0, 1.0),
        "confidence": checked.optional(checked.share, data["confidence"]),
        "next_14_days": checked.optional(_next_14_days, data.get("next_14_days")),
        "noticeable": checked.concentration(data["noticeable"]),
        "reported": checked.flag(data["told"]),
        "scored": checked.integer(data.get("scored", ALL_PARTS), 1, ALL_PARTS),
        "weather_limits": WeatherLimits(
            temperatures=checked.optional(_temperatures, data["temperatures"]),
            windows=checked.optional(_windows, data["windows"]),
        ),
        "threshold": _load_threshold(data.get("threshold")),
    }


def _dump_range(part: PartRange) -> list[float]:
    lower, upper = part.cells
    quantiles = [part.low, part.middle, part.high, part.y_low, part.y_middle, part.y_high]
    return [*quantiles, *lower, *upper]


def _load_range(row: Sequence[Any]) -> PartRange:
    numbers = checked.numbers(row, RANGE_WIDTH, -checked.HIGHEST, 2.0 * checked.HIGHEST)
    low, middle, high, y_low, y_middle, y_high, *cells = numbers
    lower, upper = (cells[0], cells[1], cells[2]), (cells[3], cells[4], cells[5])
    ordered = 0.0 <= low <= middle <= high and 0.0 <= y_low <= y_middle <= y_high <= MOST_SCALE
    if not ordered or not 0.0 <= min(lower[2], upper[2]) <= max(lower[2], upper[2]) <= 1.0:
        raise StoredFormError(f"{low}, {middle} and {high} are not a range")
    return PartRange(low, middle, high, y_low, y_middle, y_high, (lower, upper))


def _next_14_days(data: object) -> tuple[int, int]:
    ((low, high),) = checked.rows([data], 2, 1)
    return checked.integer(low, 0, 100), checked.integer(high, checked.integer(low), 100)


def _temperatures(data: object) -> tuple[float, float]:
    lowest, highest = checked.numbers(data, 2)
    return lowest, highest


def _windows(data: object) -> tuple[int, int]:
    ((shut, mostly_open),) = checked.rows([data], 2, 1)
    return checked.integer(shut), checked.integer(mostly_open)


def _promise_days(data: object) -> int:
    """Return the days of a promise; before a home could have a budget, it had a name."""
    if isinstance(data, str):
        return checked.code(Promise, data).days
    return checked.integer(data, 1, MOST_PROMISE_DAYS)


def _dump_threshold(threshold: AlertThreshold) -> dict[str, Any]:
    """Return a threshold as code from before the level of six hours was one number reads it, too.

    That has a tail in place of the number and its scale, a margin for each rarity, and a width of
    each tail.
    """
    scale = threshold.level_scale
    return {
        "scores": list(threshold.scores),
        "days": threshold.days,
        "bars": [[days, bar, threshold.margin] for days, bar in threshold.bars.items()],
        "notable": threshold.notable,
        "highest": -log(MOST_SHARE),
        "tail": _dump_tail(threshold.tail),
        "level_tail": [[threshold.highest], [scale], [scale], MOST_SHARE],
        "before": list(threshold.before),
        "floor": list(threshold.floor),
    }


def _load_threshold(stored: object) -> AlertThreshold:
    """Return a threshold, one without bars if none was stored in this form."""
    if stored is None:
        return AlertThreshold()
    data = checked.mapping(stored)
    scores = checked.items(data["scores"], WINDOW_DAYS)
    bars = [
        (_promise_days(days), _score(bar), checked.number(margin, MARGIN_LOW, MARGIN_HIGH))
        for days, bar, margin in checked.rows(data["bars"], 3, len(RARITIES) + 1)
    ]
    level_tail = _load_tail(data["level_tail"], 1)
    return AlertThreshold(
        scores=array("d", checked.numbers(scores, len(scores), -MOST_SCORE, MOST_SCORE)),
        days=checked.integer(data["days"], 0, len(scores)),
        bars={days: bar for days, bar, _ in bars},
        margin=next((margin for _, _, margin in bars), 0.0),
        notable=_score(data["notable"]),
        tail=_load_tail(data["tail"], len(HOLDS) * HOURS),
        before=array("d", checked.numbers(data["before"], PARTS, 0.0, MOST_SCALE)),
        floor=array("d", checked.numbers(data["floor"], PARTS, 0.0, MOST_SCALE)),
        highest=min(max(float(level_tail.levels(_score(data["highest"]))[0]), 0.0), MOST_SCALE),
        level_scale=level_tail.scale[0],
    )


def _dump_tail(tail: Tail | None) -> list[Any]:
    return [list(tail.start), list(tail.scale), list(tail.scale), tail.share] if tail else []


def _load_tail(data: object, cells: int) -> Tail:
    ((start, scale, _, share),) = checked.rows([data], 4, 1)
    return Tail(
        array("d", checked.numbers(start, cells, -MOST_SCALE, MOST_SCALE)),
        array("d", checked.numbers(scale, cells, LEAST_SCALE, MOST_SCALE)),
        checked.number(share, LEAST_SHARE, MOST_SHARE),
    )


def _score(data: object) -> float:
    return checked.number(data, -MOST_SCORE, MOST_SCORE)


def _dump_standing(known: Standing) -> dict[str, Any]:
    counted = known.tally
    return {
        "state": known.state,
        "tally": [counted.days, counted.weekend, counted.week],
        "parts": list(counted.parts),
        "first": known.first,
        "marks": known.scored_days,
        "recent_mark": known.recent_coverage,
        "held": known.coverage_28d,
        "missing": [[what, number] for what, number in known.missing],
        "earliest": known.earliest,
        "since": known.since,
        "from_history": known.from_history,
        **({"unseen": known.unseen} if known.unseen else {}),
        **({"slid": known.slid} if known.slid else {}),
        **({"forecasts": list(astuple(known.forecasts))} if known.forecasts.scored else {}),
    }


def _load_standing(data: Mapping[str, Any]) -> Standing:
    most = float(WINDOW_DAYS)
    days, weekend, week = checked.numbers(data["tally"], 3, 0.0, most)
    return Standing(
        state=checked.code(LearningState, data["state"]),
        tally=Tally(days, weekend, week, tuple(checked.numbers(data["parts"], PARTS, 0.0, most))),
        first=checked.optional(checked.day, data["first"]),
        scored_days=checked.integer(data["marks"], 0, WINDOW_DAYS),
        recent_coverage=checked.optional(checked.share, data["recent_mark"]),
        coverage_28d=checked.optional(checked.share, data["held"]),
        missing=tuple(
            (checked.code(Missing, what), checked.integer(number, 0, WINDOW_DAYS))
            for what, number in checked.rows(data["missing"], 2, len(Missing))
        ),
        earliest=checked.optional(checked.day, data["earliest"]),
        since=checked.optional(checked.day, data["since"]),
        from_history=checked.integer(data["from_history"], 0, WINDOW_DAYS),
        unseen=checked.integer(data.get("unseen", 0), 0, ALL_PARTS),
        slid=checked.integer(data.get("slid", 0)),
        forecasts=_load_record(data.get("forecasts", [0, 0])),
    )


def _load_record(data: object) -> ForecastRecord:
    ((scored, kept),) = checked.rows([data], 2, 1)
    scored = checked.integer(scored, 0, WINDOW_DAYS)
    return ForecastRecord(scored, checked.integer(kept, 0, scored))
