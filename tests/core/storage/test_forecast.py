"""Today's forecast as plain values and back, and what is refused."""

from datetime import date
import json
from math import inf, nan
from typing import Any

import pytest

from custom_components.air_baseline.core.alerting.forecast import Forecast, forecast, with_levels
from custom_components.air_baseline.core.alerting.promise import MONTH_DAYS
from custom_components.air_baseline.core.checked import StoredFormError
from custom_components.air_baseline.core.codes import LearningState
from custom_components.air_baseline.core.day import day_start
from custom_components.air_baseline.core.learning.forecast_record import ForecastRecord
from custom_components.air_baseline.core.learning.weather_limits import WeatherLimits
from custom_components.air_baseline.core.ledger.hour_peaks import PEAKS
from custom_components.air_baseline.core.ledger.ledger import Ledger
from custom_components.air_baseline.core.pollutant import POLLUTANTS, Pollutant
from custom_components.air_baseline.core.storage.forecast import dump_forecast, load_forecast
from tests.core.rooms import LONDON, MONDAY, ROOMS, a_day, a_ledger, breathe, learned_channel, play

type Json = dict[str, Any]


def kept(written: Forecast) -> Json:
    found: Json = json.loads(json.dumps(dump_forecast(written), allow_nan=False))
    return found


def back(data: Json, ledger: Ledger) -> Forecast:
    return with_levels(load_forecast(data, MONDAY), ledger)


def a_forecast() -> Forecast:
    """Return the forecast of a learned room for today; some parts have begun."""
    channel = learned_channel()
    breathe(channel, day_start(MONDAY, LONDON), 16 * 60, 8.0)
    assert channel.forecast is not None
    return channel.forecast


@pytest.mark.parametrize("pollutant", Pollutant)
@pytest.mark.parametrize("days", [0, 1, 6, 20, 30])
def test_everything_is_restored_at_every_age(pollutant: Pollutant, days: int) -> None:
    channel = ROOMS[pollutant].channel()
    play(channel, ROOMS[pollutant].readings(days + 1, first=MONDAY - days))
    written = channel.forecast
    assert written is not None
    channel.forecast = None
    channel.resume(load_forecast(kept(written), written.day))
    assert channel.forecast == written


def test_the_conditions_seen_are_restored() -> None:
    known: dict[str, Any] = {"outdoor_temperature": 7.5, "window_open": 0.25}
    ledger = a_ledger([a_day(MONDAY - ago, **known) for ago in range(30, 0, -1)])
    written = forecast(ledger, MONDAY, POLLUTANTS[Pollutant.PM25], 60, 1.0)
    assert written.weather_limits == WeatherLimits(temperatures=(7.5, 7.5), windows=(30, 0))
    assert back(kept(written), ledger) == written


def test_what_was_said_of_two_weeks_is_restored_and_can_be_missing() -> None:
    ledger = a_ledger(
        [
            a_day(MONDAY - ago, coverage=0.8, next_14_days=(71, 87), state=LearningState.LEARNED)
            for ago in range(60, 0, -1)
        ]
    )
    written = forecast(ledger, MONDAY, POLLUTANTS[Pollutant.PM25], MONTH_DAYS, 1.0)
    assert written.next_14_days is not None
    assert written.standing.forecasts == ForecastRecord(4, 4)
    assert back(kept(written), ledger) == written
    older = kept(written)
    del older["next_14_days"], older["standing"]["forecasts"]
    before = back(older, ledger)
    assert (before.next_14_days, before.standing.forecasts) == (None, ForecastRecord())
    assert before.confidence == written.confidence


def test_the_state_that_it_is_based_on_is_restored() -> None:
    written = a_forecast()
    restored = load_forecast(kept(written), written.day)
    assert restored.standing == written.standing
    assert restored.standing.state is LearningState.LEARNED
    assert restored.eligible


NUMBERS = (nan, inf, -inf, "1", None, True, 1e300, -1e300)


def places(data: Any, *path: str | int) -> list[tuple[str | int, ...]]:  # noqa: ANN401
    """Return the path to every value."""
    if isinstance(data, dict):
        return [place for key in data for place in places(data[key], *path, key)]
    if isinstance(data, list):
        return [place for index, item in enumerate(data) for place in places(item, *path, index)]
    return [path]


@pytest.mark.parametrize("value", NUMBERS, ids=repr)
def test_no_field_accepts_what_makes_no_forecast(value: object) -> None:
    whole = kept(a_forecast())
    for place in places(whole):
        data = json.loads(json.dumps(whole))
        holder = data
        for step in place[:-1]:
            holder = holder[step]
        holder[place[-1]] = value
        try:
            written = back(data, Ledger())
        except StoredFormError, TypeError:
            continue
        for levels in (written.alert_levels, written.notable_levels):
            assert len(levels) == PEAKS
            assert all(level >= 0.0 for level in levels), "nor NaN"


@pytest.mark.parametrize(
    ("path", "value"),
    [
        (("ranges",), []),
        (("ranges", 0), [1.0] * 11),
        (("ranges", 0, 0), 900.0),
        (("ranges", 0, 3), 14.0),
        (("threshold", "scores"), [0.0] * 91),
        (("threshold", "scores", 0), 1e4),
        (("threshold", "days"), 80),
        (("threshold", "bars", 0, 0), 0),
        (("threshold", "bars", 0, 0), "never"),
        (("threshold", "bars", 0, 1), 1e4),
        (("threshold", "bars", 0, 2), 7.0),
        (("threshold", "bars", 0), [35, 3.0]),
        (("threshold", "bars"), [[days, 3.0, 0.0] for days in range(35, 41)]),
        (("threshold", "notable"), None),
        (("threshold", "highest"), -1e4),
        (("threshold", "tail"), []),
        (("threshold", "tail", 0), [1.0] * 47),
        (("threshold", "tail", 1, 0), 0.0),
        (("threshold", "tail", 3), 0.5),
        (("threshold", "tail", 3), 0.0),
        (("threshold", "level_tail", 0), [1.0] * 2),
        (("threshold", "level_tail", 1, 0), -1.0),
        (("threshold", "before", 0), -0.1),
        (("threshold", "before"), [1.0] * 7),
        (("threshold", "floor", 0), 16.0),
        (("promise",), 0),
        (("promise",), 35.5),
        (("temperatures",), [1.0]),
        (("windows",), [1, 2, 3]),
        (("promise",), "never"),
        (("basis",), "gossip"),
        (("part",), 8),
        (("next_14_days",), [71]),
        (("next_14_days",), [87, 71]),
        (("next_14_days",), [71, 101]),
        (("next_14_days",), [71.5, 87]),
        (("standing", "forecasts"), [3]),
        (("standing", "forecasts"), [3, 4]),
        (("standing", "forecasts"), [91, 0]),
        (("standing", "state"), "sure"),
        (("standing", "missing"), [["days"]]),
        (("standing", "first"), date(9999, 1, 1).toordinal()),
    ],
    ids=repr,
)
def test_what_could_not_have_been_written_is_refused(
    path: tuple[str | int, ...], value: object
) -> None:
    data: Any = kept(a_forecast())
    holder = data
    for step in path[:-1]:
        holder = holder[step]
    holder[path[-1]] = value
    with pytest.raises(StoredFormError):
        load_forecast(data, MONDAY)


@pytest.mark.parametrize(("name", "days"), [("fortnight", 14), ("month", 35), ("two_months", 60)])
def test_a_promise_that_had_a_name_is_that_of_its_days(name: str, days: int) -> None:
    assert load_forecast(kept(a_forecast()) | {"promise": name}, MONDAY).promise_days == days


@pytest.mark.parametrize("score", [-599.0, 599.0])
def test_levels_of_scores_far_away_are_levels(score: float) -> None:
    """What is damaged or of an odd room must not cost more than its alerts."""
    data = kept(a_forecast())
    threshold = data["threshold"]
    for row in threshold["bars"]:
        row[1] = score
    threshold["notable"] = threshold["highest"] = score
    threshold["tail"][1] = [15.0] * PEAKS
    threshold["level_tail"][1] = [15.0]
    written = back(data, Ledger())
    for levels in (written.alert_levels, written.notable_levels):
        assert all(level >= 0.0 for level in levels)
