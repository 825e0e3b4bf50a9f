"""A channel as plain values and back, and what is refused."""

from collections.abc import Callable
from dataclasses import replace
from datetime import UTC, tzinfo
import json
from pathlib import Path
from typing import Any
from zlib import crc32
from zoneinfo import ZoneInfo

import pytest

from custom_components.air_baseline.core.alerting.promise import MONTH_DAYS
from custom_components.air_baseline.core.channel import Channel
from custom_components.air_baseline.core.checked import StoredFormError
from custom_components.air_baseline.core.codes import LearningState
from custom_components.air_baseline.core.day import day_start
from custom_components.air_baseline.core.ledger.entries import CorrectionCode, DaysExcluded, Draft
from custom_components.air_baseline.core.ledger.hour_peaks import part_peaks
from custom_components.air_baseline.core.pollutant import POLLUTANTS, Pollutant
from custom_components.air_baseline.core.storage.channel import (
    VERSION,
    NewerFormError,
    dump_channel,
    freeze_channel,
    load_channel,
)
from custom_components.air_baseline.core.storage.days import FORMER_DAY_COLUMNS, dump_days
from tests.core.rooms import (
    LONDON,
    MONDAY,
    ROOMS,
    a_correction,
    a_ledger,
    an_entry,
    breathe,
    learned_channel,
    play,
)
from tests.stored import in_columns_of_today

START = day_start(MONDAY, LONDON)
HOUR = 3600.0
FIXTURES = Path(__file__).parent / "fixtures"
type Json = dict[str, Any]


def eventful() -> Channel:
    """Return a channel with a running episode, and steps of every kind of correction."""
    channel = learned_channel()
    for code in CorrectionCode:
        correction = a_correction(code, MONDAY - 80, MONDAY - 70)
        replaces = 1 if correction.withdraws else None
        channel.correct(START, Draft((correction, correction), replaces))
    breathe(channel, START, 120, 8.0)
    breathe(channel, START + 2 * HOUR, 60, 61.0)
    breathe(channel, START + 3 * HOUR, 10, 90.0)
    return channel


def kept(channel: Channel) -> Json:
    text = json.dumps(dump_channel(channel), allow_nan=False)
    found: Json = json.loads(text)
    return found


def back(data: object, zone: tzinfo = LONDON) -> Channel:
    return load_channel(data, zone, MONTH_DAYS)


LEAVES_THE_RANGE = {
    CorrectionCode.EPISODE_NORMAL,
    CorrectionCode.LOOKS_RIGHT,
    CorrectionCode.NAMED,
    CorrectionCode.STOP_ASKING,
    CorrectionCode.STOP_REPORTING,
}


@pytest.mark.parametrize("code", CorrectionCode)
def test_a_day_with_any_correction_is_restored_and_void_if_the_range_moved(
    code: CorrectionCode,
) -> None:
    channel = learned_channel(60)
    breathe(channel, START, 120, 8.0)
    correction = a_correction(code, MONDAY - 40, MONDAY - 30)
    channel.correct(START + 2 * HOUR, Draft((correction,), 1 if correction.withdraws else None))
    restored = back(kept(channel))
    assert kept(restored) == kept(channel)
    assert kept(restored)["today"]["void"] is (code not in LEAVES_THE_RANGE)


def test_everything_is_restored() -> None:
    channel = eventful()
    restored = back(kept(channel))
    assert kept(restored) == kept(channel)
    assert restored.ledger.days == channel.ledger.days
    assert restored.ledger.entries == channel.ledger.entries
    assert restored.episodes == channel.episodes
    assert restored.episode_watch.current == channel.episode_watch.current is not None
    assert restored.forecast == channel.forecast


@pytest.mark.parametrize("pollutant", Pollutant)
def test_an_unused_channel_is_restored(pollutant: Pollutant) -> None:
    channel = Channel(POLLUTANTS[pollutant], UTC)
    restored = back(kept(channel), UTC)
    assert kept(restored) == kept(channel)
    assert restored.spec is channel.spec


def test_a_dump_shares_nothing_with_the_channel() -> None:
    channel = eventful()
    data = dump_channel(channel)
    text = json.dumps(data)
    breathe(channel, START + 4 * HOUR, 30 * 60, 8.0)
    assert json.dumps(data) == text


def test_the_last_value_ends_with_a_restart() -> None:
    channel = learned_channel()
    channel.read(START, 8.0)
    restored = back(kept(channel))
    assert list(restored.advance(START + HOUR)) == []
    assert restored.state(START + HOUR) is LearningState.LEARNED


def test_the_nights_in_which_clocks_change_keep_their_length() -> None:
    channel = ROOMS[Pollutant.PM25].channel()
    play(channel, ROOMS[Pollutant.PM25].readings(3, first=MONDAY + 81))
    slots = [summary.slots for summary in back(kept(channel)).ledger.days]
    assert slots == [(36,) * 8, (36,) * 7 + (24,)]


@pytest.mark.parametrize("zone", ["Pacific/Kiritimati", "Pacific/Midway"])
def test_a_channel_continues_in_another_time_zone(zone: str) -> None:
    channel = learned_channel()
    breathe(channel, START, 10 * 60, 8.0)
    moved = back(kept(channel), ZoneInfo(zone))
    for hour in range(10, 100):
        breathe(moved, START + hour * HOUR, 60, 8.0 + hour % 3)
    assert kept(back(kept(moved), ZoneInfo(zone))) == kept(moved)
    assert moved.state(START + 100 * HOUR) is LearningState.CHANGING


def test_the_forecast_for_today_stays_whatever_the_days_would_give_now() -> None:
    channel = learned_channel()
    breathe(channel, START, 16 * 60, 8.0)
    data = kept(channel)
    other = back(data | dump_days(channel.ledger.days[35:]))
    assert other.forecast == channel.forecast
    other.advance(START + 24 * HOUR)
    assert other.ledger.days[-1].coverage is not None


def test_another_promise_has_another_threshold_from_the_restart_on() -> None:
    channel = ROOMS[Pollutant.PM25].channel()
    play(channel, ROOMS[Pollutant.PM25].readings(60))
    restored = load_channel(kept(channel), LONDON, 14)
    before, after = channel.forecast, restored.forecast
    assert before is not None
    assert after is not None
    assert (after.promise_days, after.issued) == (14, before.issued)
    assert after.threshold.bar < before.threshold.bar
    assert list(after.threshold.bars) == [14, 35, 60, 90]
    assert restored.open_day is not None
    assert restored.open_day.void is False


@pytest.mark.parametrize(
    "damage",
    [
        lambda today: today.pop("forecast"),
        lambda today: change(today, "forecast", to="lost"),
        lambda today: change(today, "forecast", "threshold", "bars", 0, 2, to=7.0),
        lambda today: change(today, "forecast", "ranges", 0, 0, to=None),
        lambda today: today["forecast"].pop("theta"),
    ],
)
def test_a_forecast_that_cannot_be_read_costs_the_coverage_of_a_day(
    damage: Callable[[Json], object],
) -> None:
    channel = learned_channel()
    breathe(channel, START, 16 * 60, 8.0)
    data = kept(channel)
    damage(data["today"])
    restored = back(data)
    assert restored.ledger.days == channel.ledger.days
    breathe(restored, START + 16 * HOUR, 60, 8.0)
    breathe(channel, START + 16 * HOUR, 60, 8.0)
    assert restored.forecast == channel.forecast
    restored.advance(START + 24 * HOUR)
    assert restored.ledger.days[-1].coverage is None


def test_another_promise_keeps_the_range_that_an_earlier_method_wrote() -> None:
    channel = learned_channel()
    breathe(channel, START, 16 * 60, 8.0)
    data = kept(channel)
    data["today"]["forecast"]["ranges"][0][2] += 1.0
    restored = load_channel(data, LONDON, 14)
    assert restored.forecast is not None
    assert restored.forecast.ranges[0].high == data["today"]["forecast"]["ranges"][0][2]
    restored.advance(START + 24 * HOUR)
    assert restored.ledger.days[-1].coverage is not None, "the day had one range"


@pytest.mark.parametrize("data", [None, [], "air", 3, {}, {"version": 0}, {"version": "1"}])
def test_what_is_not_a_dump_is_refused(data: object) -> None:
    with pytest.raises(StoredFormError):
        back(data)


def test_a_newer_version_is_distinguished_from_damage() -> None:
    with pytest.raises(NewerFormError, match=f"version {VERSION + 1}"):
        back({"version": VERSION + 1})


def test_entries_of_a_busy_automation_can_still_be_read() -> None:
    channel = learned_channel()
    channel.ledger = a_ledger(
        channel.ledger.days,
        entries=tuple(
            an_entry(DaysExcluded(from_day=MONDAY, to_day=MONDAY), hour, START)
            for hour in range(1, 24 * 120 + 1)
        ),
    )
    assert len(back(kept(channel)).ledger.entries) == 24 * 120


def change(data: Json, *path: str | int, to: object) -> None:
    for step in path[:-1]:
        data = data[step]  # type: ignore[index]
    data[path[-1]] = to  # type: ignore[index]


@pytest.mark.parametrize(
    "damage",
    [
        lambda data: data.pop("days"),
        lambda data: data["today"].pop("recent"),
        lambda data: data["days"].reverse(),
        lambda data: data["days"].append(data["days"][-1]),
        lambda data: data["days"].extend(data["days"] * 3),
        lambda data: change(data, "days_columns", to=data["days_columns"][::-1]),
        lambda data: change(data, "days", 0, to=None),
        lambda data: change(data, "days", 0, to=data["days"][0].replace("live", "LIVE")),
        lambda data: change(data, "days", 0, to=f"{data['days'][0]} "),
        lambda data: change(data, "days_checksum", to=None),
        lambda data: data["entries"].append(data["entries"][0]),
        lambda data: change(data, "today", "peaks", to=[]),
        lambda data: change(data, "today", "peaks", to=[None] * 7),
        lambda data: change(data, "today", "peaks", to="0" * 59),
        lambda data: change(data, "today", "peaks", to="-"),
        lambda data: change(data, "episodes", 0, 12, to=-1),
        lambda data: change(data, "episodes", 0, 12, to=35.5),
        lambda data: change(data, "episodes", 0, 13, to=1),
        lambda data: change(data, "episodes_columns", to=data["episodes_columns"][:-1]),
        lambda data: change(data, "today", "day", to="9999-12-31"),
        lambda data: change(data, "today", "inside", to=1e9),
        lambda data: change(data, "source", "observed_s", to=301.0),
        lambda data: change(data, "quantity", to="radon"),
        lambda data: change(data, "facts", 0, to=[1, 2]),
        lambda data: change(data, "episodes", 0, 2, to=8),
    ],
)
def test_damage_is_refused(damage: Callable[[Json], object]) -> None:
    data = kept(eventful())
    damage(data)
    with pytest.raises(StoredFormError):
        back(data)


@pytest.mark.parametrize("path", sorted(FIXTURES.glob("channel_v*.json")), ids=lambda p: p.name)
def test_every_form_ever_released_still_loads(path: Path) -> None:
    channel = back(json.loads(path.read_text()))
    assert len(channel.ledger.days) >= 29
    assert channel.forecast is not None
    assert channel.forecast.standing.state is LearningState.LEARNED
    assert back(kept(channel)).forecast == channel.forecast


def test_the_current_form_is_among_those_released() -> None:
    data = json.loads((FIXTURES / f"channel_v{VERSION}.json").read_text())
    again = kept(back(data))
    older, threshold = (each["today"]["forecast"].pop("threshold") for each in (data, again))
    assert again == in_columns_of_today(data)
    assert threshold.keys() == older.keys(), "some of it has become simpler within the form"


def test_a_frozen_channel_stays_as_it_was_while_the_channel_continues() -> None:
    channel = eventful()
    frozen, before = freeze_channel(channel), dump_channel(channel)
    breathe(channel, START + 4 * HOUR, 30 * 60, 12.0)
    assert frozen.dump() == before != dump_channel(channel)


def of_form_2(channel: Channel) -> Json:
    """Return a channel as it was stored before hours had peaks and episodes a rarity."""
    data = kept(channel)
    place = FORMER_DAY_COLUMNS.index("peaks")
    lines = []
    for line, summary in zip(data["days"], channel.ledger.days, strict=True):
        values = line.split(" ")[: len(FORMER_DAY_COLUMNS)]
        values[place] = ",".join("-" if peak is None else str(peak) for peak in summary.part_peaks)
        lines.append(" ".join(values))
    data["days"], data["days_checksum"] = lines, crc32("\n".join(lines).encode())
    data["days_columns"] = " ".join(FORMER_DAY_COLUMNS)
    data["episodes_columns"] = data["episodes_columns"][:-2]
    data["episodes"] = [row[:-2] for row in data["episodes"]]
    data["today"]["peaks"] = list(part_peaks(bytes(channel.open_day.peaks)))  # type: ignore[union-attr]
    data["today"]["cool_until"] = 0.0
    data["today"]["recent"] = data["today"]["recent"][-6:]
    forecast = data["today"]["forecast"]
    forecast["bar"] = {"scores": [1.0] * 40, "ranked": 3.0, "margin": 0.0}
    del forecast["threshold"]
    forecast["promise"], forecast["standing"]["quota"] = "month", False
    return data | {"version": 2}


def test_an_installed_home_keeps_its_right_to_alert_from_the_first_minute() -> None:
    """Its ranges stay; its threshold is made again, from the peaks of parts."""
    channel = learned_channel()
    breathe(channel, START, 16 * 60, 8.0)
    restored = back(of_form_2(channel))
    before, after = channel.forecast, restored.forecast
    assert before is not None
    assert after is not None
    assert (after.ranges, after.issued, after.part) == (before.ranges, before.issued, before.part)
    assert after.eligible
    assert after.threshold.enough
    assert after.threshold == before.threshold, "its days had the same peaks in all hours"
    judged = breathe(restored, START + 16 * HOUR, 15, 60.0)
    assert judged[-1].unusual is True
    restored.advance(START + 24 * HOUR)
    assert restored.ledger.days[-1].coverage is not None, "the day had one range"


def test_episodes_of_before_they_had_a_rarity_stay() -> None:
    channel = eventful()
    restored = back(of_form_2(channel))
    assert [replace(one, rarity=None) for one in channel.episodes] == list(restored.episodes)
    assert restored.episode_watch.current is not None
    assert {one.rarity for one in restored.episodes} == {None}
    assert kept(back(kept(restored))) == kept(restored)


@pytest.mark.parametrize("bars", [[], [[14, 3.0, 0.0]], [[35, 3.0, 0.0]], [[90, 3.0, 0.0]]])
def test_a_threshold_of_other_rarities_is_made_again(bars: list[list[float]]) -> None:
    channel = learned_channel()
    breathe(channel, START, 16 * 60, 8.0)
    data = kept(channel)
    data["today"]["forecast"]["threshold"]["bars"] = bars
    restored = back(data)
    assert restored.forecast == channel.forecast
    breathe(restored, START + 16 * HOUR, 8 * 60, 8.0)
