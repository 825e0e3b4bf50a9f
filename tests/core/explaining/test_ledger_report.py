"""The ledger report: everything that is stored is in it, and nothing needs decoding."""

import json
from typing import Any

import pytest

from custom_components.air_baseline.core.channel import Channel
from custom_components.air_baseline.core.day import day_start, iso_day
from custom_components.air_baseline.core.explaining.ledger_report import cell_span, ledger_report
from custom_components.air_baseline.core.ledger.correction import episode_real, exclude_days
from custom_components.air_baseline.core.pollutant import POLLUTANTS, Pollutant
from custom_components.air_baseline.core.storage.days import DAY_COLUMNS
from custom_components.air_baseline.core.storage.ledger import ENTRY_COLUMNS, EPISODE_COLUMNS
from tests.core.rooms import LONDON, MONDAY, breathe, learned_channel

START = day_start(MONDAY, LONDON)
HOUR = 3600.0

# Where to find each stored column of a day that has another name in the report.
DAY_NAMES = {
    "kind": "from",
    "histogram": "parts",
    "slots": "observed",
    "hours": "parts",
    "ranges": "parts",
    "head": "issued_under",
    "eligible": "alert_possible",
    "longest_run_h": "longest_run_of_one_value_h",
    "context": "outdoor_temperature",
}


def used_channel(**given: Any) -> Channel:
    channel = learned_channel(**given)
    breathe(channel, START, 120, 8.0)
    breathe(channel, START + 2 * HOUR, 60, 60.0)
    breathe(channel, START + 3 * HOUR, 60, 8.0)
    (episode,) = channel.episodes
    at = START + 4 * HOUR
    channel.correct(at, episode_real(episode, at, LONDON))
    channel.correct(START + 5 * HOUR, exclude_days([MONDAY - 2]))
    return channel


def test_everything_stored_is_reported() -> None:
    report = ledger_report(used_channel())
    assert json.loads(json.dumps(report)) == report
    assert {DAY_NAMES.get(name, name) for name in DAY_COLUMNS} <= set(report["days"][0])
    assert set(ENTRY_COLUMNS) <= set(report["corrections"][0])
    assert set(EPISODE_COLUMNS) <= set(report["episodes"][0])
    assert len(report["days"]) == 40
    assert report["marks"][iso_day(MONDAY - 1)] == 0.8
    assert iso_day(MONDAY - 2) not in report["marks"]


def test_days_and_parts_can_be_read() -> None:
    report = ledger_report(used_channel(next_14_days=(71, 87)))
    day, excluded_day = report["days"][-1], report["days"][-2]
    assert (day["day"], day["counts"], day["struck_parts"]) == (iso_day(MONDAY - 1), 1.0, [])
    assert (excluded_day["counts"], excluded_day["struck_parts"]) == (0.0, [*range(8)])
    assert day["next_14_days"] == [71, 87]
    part = day["parts"][5]
    assert part["hours"] == "19 to 22"
    assert part["minutes_at_level"] == {"4.47 to 5.05": 60, "7.17 to 8.03": 60, "11.2 to 12.5": 60}
    assert part["highest_held"] == pytest.approx(12.0, rel=0.03)
    held = [part["highest_held"]] * 3
    assert (part["hours_held_15_minutes"], part["hours_held_60_minutes"]) == (held, held)
    today = report["today"]
    assert today["day"] == iso_day(MONDAY)
    assert sum(today["parts"][0]["minutes_at_level"].values()) == 180
    assert today["parts"][0]["high"] is not None
    assert today["parts"][0]["highest_held"] == pytest.approx(60.0, rel=0.03)
    assert today["parts"][0]["hours_held_60_minutes"][0] == pytest.approx(8.0, rel=0.03)
    assert today["parts"][7]["highest_held"] is None
    assert today["gets_a_mark"] is False


def test_corrections_and_episodes_can_be_read() -> None:
    report = ledger_report(used_channel())
    real, strike = report["corrections"]
    assert (real["kind"], real["from_day"], real["parts"]) == ("episode_real", iso_day(MONDAY), [0])
    assert (strike["from_day"], strike["to_day"]) == (iso_day(MONDAY - 2),) * 2
    (episode,) = report["episodes"]
    assert episode["verdict"] == "episode_real"
    assert episode["noticed"] == "2026-01-05T06:15:00+00:00"
    assert episode["end"] == "2026-01-05T07:30:00+00:00"


def test_an_empty_channel_can_be_reported_too() -> None:
    report = ledger_report(Channel(POLLUTANTS[Pollutant.VOC_INDEX], LONDON))
    assert (report["today"], report["days"], report["guideline_hours"]) == (None, [], [])
    assert json.dumps(report)


def test_cells_cover_the_scale_without_a_gap() -> None:
    ends = [cell_span(cell).split(" to ")[-1] for cell in range(98)]
    starts = [cell_span(cell).split(" ")[0] for cell in range(1, 99)]
    assert ends == starts
