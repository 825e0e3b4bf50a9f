"""The trials of a real `hass`: its clocks, and the judgement of what was seen and kept."""

from collections import Counter
import json
from pathlib import Path
from typing import Any

import pytest

from benchmarks.fake_clock import Outcome
from benchmarks.kills.__main__ import wrong_in
from benchmarks.real_home.cases import SMOKE, Case, Claims, Stage, cases
from benchmarks.real_home.judging import claims_at_end, false_claims, seen_in
from benchmarks.real_home.life import Life, rooms_on_disk
from benchmarks.real_home.run_hass import ORDER, PASSED, STAMP, Clocks, put
from custom_components.air_baseline.storage.packed import pack
from custom_components.air_baseline.storage.store import LEDGER_KEY, OPEN_KEY

HOUR_S = 3600.0
ONE, OTHER = (("Study", "pm25", day, day) for day in ("2026-01-01", "2026-01-02"))
WRONG = "clock ahead"


def stage(claims: Claims, *, starts: bool = False) -> Stage:
    return Stage(WRONG, HOUR_S, 60.0, SMOKE, claims, starts=starts)


def line(after: float, key: str, state: str, **more: str) -> dict[str, Any]:
    entity = f"sensor.study_{key}"
    return {"stage": WRONG, "after": after, "entity": entity, "key": key, "state": state, **more}


def order(folder: Path, wrong_s: float, rate: float) -> None:
    put(folder / ORDER, json.dumps({"wrong_s": wrong_s, "rate": rate}))


def test_quick_time_moves_both_clocks_and_a_step_only_one(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    real = 1000.0
    monkeypatch.setattr("benchmarks.real_home.run_hass._real_monotonic", lambda: real)
    order(tmp_path, 0.0, 60.0)
    clocks = Clocks(tmp_path)
    for _ in range(50):
        real += 0.04
        clocks.turned = True
        clocks.move()
    assert clocks.monotonic() == pytest.approx(1000.0 + 120.0)
    assert float((tmp_path / STAMP).read_text()) == pytest.approx(118.0)
    order(tmp_path, -HOUR_S, 1.0)
    clocks.move()
    real += 2.0
    clocks.turned = True
    clocks.move()
    assert clocks.monotonic() == pytest.approx(1000.0 + 122.0)
    assert float((tmp_path / STAMP).read_text()) == pytest.approx(118.0 - HOUR_S)


def test_no_time_is_skipped_while_the_event_loop_is_busy(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    real = 1000.0
    monkeypatch.setattr("benchmarks.real_home.run_hass._real_monotonic", lambda: real)
    order(tmp_path, 0.0, 60.0)
    clocks = Clocks(tmp_path)
    real += 5.0
    clocks.move()
    assert clocks.moved == 0.0
    clocks.turned = True
    real += 5.0
    clocks.move()
    assert 0.0 < clocks.moved <= 3.0


def test_the_next_process_goes_on_from_the_time_that_passed(tmp_path: Path) -> None:
    order(tmp_path, HOUR_S, 1.0)
    (tmp_path / PASSED).write_text("500.0\n")
    assert Clocks(tmp_path).moved == 0.0
    assert float((tmp_path / STAMP).read_text()) == pytest.approx(HOUR_S + 500.0)


@pytest.mark.parametrize(
    ("key", "state", "while_wrong", "while_smoke"),
    [
        ("pm25_unusual", "off", 1, 1),
        ("pm25_unusual", "on", 1, 0),
        ("pm25_unusual", "unknown", 0, 0),
        ("pm25_compared", "usual", 1, 1),
        ("pm25_compared", "unusual", 1, 0),
        ("pm25_compared", "not_enough_data", 0, 0),
        ("voc_compared", "usual", 1, 0),  # VOC stays calm.
        ("pm25_above_guideline", "off", 1, 0),  # Over 24 hours, that may be so.
        ("pm25_usual_high", "12.0", 1, 0),
        ("pm25_learning", "learned", 0, 0),
        ("pm25_usual_high", "unavailable", 0, 0),
    ],
)
def test_a_claim_is_false_if_it_stands_while_it_cannot_be_known(
    key: str, state: str, while_wrong: int, while_smoke: int
) -> None:
    seen = seen_in(WRONG, [line(0.0, key, state)])
    assert len(false_claims(stage(Claims.ALL_FALSE), seen)) == while_wrong
    assert len(false_claims(stage(Claims.USUAL_FALSE), seen)) == while_smoke
    assert false_claims(stage(Claims.NONE_FALSE), seen) == []


def test_a_claim_may_stand_for_a_minute_after_the_clock_was_set_while_it_ran() -> None:
    diary = [line(0.0, "pm25_unusual", "off"), line(59.0, "pm25_unusual", "unknown")]
    seen = seen_in(WRONG, diary)
    assert false_claims(stage(Claims.ALL_FALSE), seen) == []
    assert len(false_claims(stage(Claims.ALL_FALSE, starts=True), seen)) == 1
    seen = seen_in(WRONG, [diary[0], line(61.0, "pm25_unusual", "unknown")])
    assert len(false_claims(stage(Claims.ALL_FALSE), seen)) == 1


def test_each_stage_has_its_own_lines_and_its_last_state() -> None:
    other = line(5.0, "pm25_compared", "usual") | {"stage": "other"}
    diary = [line(0.0, "pm25_compared", "usual"), line(9.0, "pm25_compared", "unknown"), other]
    assert claims_at_end(seen_in(WRONG, diary)) == (0, 1)
    assert claims_at_end(seen_in("other", diary)) == (1, 1)
    with_reason = [line(0.0, "pm25_unusual", "unknown", reason="silent")]
    assert seen_in(WRONG, with_reason).last() == {"sensor.study_pm25_unusual": "unknown (silent)"}


@pytest.mark.parametrize(
    ("more", "lost", "verdict"),
    [
        ({}, 0, "ok"),
        ({"days_after": {"a": {"1", "2", "3"}}}, 0, "ok"),
        ({"days_after": {"a": {"2", "3"}}}, 1, "NOT OK"),
        ({"days_after": {}}, 2, "NOT OK"),
        ({"invented": 1}, 0, "NOT OK"),
        ({"false": 1}, 0, "NOT OK"),
        ({"claims": (1, 2)}, 0, "NOT OK"),
        ({"claims": (0, 0)}, 0, "NOT OK"),
        ({"failed": "it hung"}, 0, "it hung"),
    ],
)
def test_an_outcome_is_kept_only_if_nothing_is_lost_invented_or_unsaid(
    more: dict[str, Any], lost: int, verdict: str
) -> None:
    given: dict[str, Any] = {"days_after": {"a": {"1", "2"}}, "claims": (2, 2), **more}
    outcome = Outcome(Case("one", ()), days_before={"a": {"1", "2"}}, **given)
    assert (outcome.lost, outcome.row[-1]) == (lost, verdict)
    assert outcome.kept == (verdict == "ok")


def test_every_case_ends_with_a_clock_that_is_right() -> None:
    known = cases(2e9, 100.0)
    assert len(known) == 14
    for case in known.values():
        assert (case.stages[-1].wrong_s, case.stages[-1].minutes) == (0.0, 100.0)
        assert case.stages[0].starts
        assert case.stages[-1].starts == case.name.endswith("-restart")


@pytest.mark.parametrize(
    ("listed", "trying", "found"),
    [
        ([ONE], None, 0),
        ([ONE], OTHER, 0),
        ([ONE, OTHER], OTHER, 0),
        ([], None, 1),
        ([OTHER], OTHER, 1),
        ([ONE, ONE], None, 1),
        ([ONE, OTHER, OTHER], OTHER, 1),
        ([ONE, OTHER], None, 1),
    ],
)
def test_a_correction_is_wrong_if_it_is_missing_or_there_twice_or_never_tried(
    listed: list[tuple[str, str, str, str]],
    trying: tuple[str, str, str, str] | None,
    found: int,
) -> None:
    assert len(wrong_in(Counter(listed), {ONE}, trying)) == found


def test_days_are_read_as_the_open_parts_continue_the_whole(tmp_path: Path) -> None:
    before, after = ["2026-01-01 a"], ["2026-01-01 a", "2026-01-02 b"]
    whole = {"id": "this", "rooms": {"r": {"asked": {}, "channels": {"pm25": {"days": before}}}}}
    part = {"channels": {"pm25": {"days": [[0, 1], [after[1]]], "today": None}}}
    (tmp_path / ".storage").mkdir()
    (tmp_path / ".storage" / LEDGER_KEY).write_text(json.dumps({"data": whole}))
    life = Life(tmp_path, tmp_path)
    assert life.days_on_disk() == ({"r pm25": {"2026-01-01"}}, {})
    for continues, days in (("this", after), ("another", before)):
        opened = {"continues": continues, "rooms": {"r": pack(part)}}
        (tmp_path / ".storage" / OPEN_KEY).write_text(json.dumps({"data": opened}))
        assert rooms_on_disk(tmp_path)["r"]["channels"]["pm25"]["days"] == days
        assert life.days_on_disk()[0] == {"r pm25": {day.partition(" ")[0] for day in days}}
