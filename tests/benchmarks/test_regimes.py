"""The rates of the regimes, checked on hand-made rooms; the page, the record and the ablation."""

from collections.abc import Sequence
from dataclasses import replace
from datetime import timedelta
from importlib import import_module
from pathlib import Path

import numpy as np
import pytest

from benchmarks import ablation, ablation_rules, june_smoke, regime_rates as rate, regime_report
from benchmarks.cache import cached
from benchmarks.compute import KINDS
from benchmarks.layout import Table
from benchmarks.regime_page import Report, page
from benchmarks.regimes import AUTUMN, MOVED, PLAIN, REGIMES
from benchmarks.rooms import Job, PlumeTally, Tally, as_json, from_json, run_room
from benchmarks.runs import STATES, Run
from benchmarks.seeds import REPORTING, TUNING
from custom_components.air_baseline.core.codes import LearningState
from custom_components.air_baseline.core.pollutant import Pollutant
from tests.benchmarks.test_tables import bins_of

SHIFTS = REGIMES[0]
HOUR_OF_DAY = "hour-of-day"


def plume(minutes: float | None, size: float = 3.0, start: int = 0, **kwargs: object) -> PlumeTally:
    fields = {"eligible": True, "simple": {HOUR_OF_DAY: None}, **kwargs}
    return PlumeTally(size, start, minutes=minutes, **fields)  # type: ignore[arg-type]


def room(seed: int, plumes: Sequence[PlumeTally] = (), **kwargs: object) -> Tally:
    fields = {
        "regime": SHIFTS.name, "pollutant": "pm25", "days": 240, "eligible": 200, "alerts": 5,
        "rarities": [], "changes": [], "learned": 22, "slots": 1000, "learned_slots": 800,
        "able_slots": 700, "held": 640.0, "closed": 720.0, "fortnights": 10, "kept": 9,
        "brier": 1.0, **kwargs,
    }  # fmt: skip
    return Tally(seed=seed, plumes=list(plumes), **fields)  # type: ignore[arg-type]


def test_found_is_of_all_plumes_also_of_those_it_could_not_tell() -> None:
    rooms = [room(1, [plume(30.0), plume(None, eligible=False)]), room(2, [plume(None)] * 2)]
    assert rate.found(rooms).value == 0.25
    assert rate.found(rooms, rate.while_able).value == pytest.approx(1.0 / 3.0)
    assert np.isnan(rate.found(rooms, rate.of_size(6.0)).value)


def test_a_gain_is_of_the_same_plumes_in_the_same_homes() -> None:
    before = [room(1, [plume(None), plume(9.0)]), room(2, [plume(None, start=5), plume(9.0)])]
    after = [
        room(2, [plume(9.0, start=5), plume(9.0)]),
        room(1, [plume(9.0), plume(None)]),
        room(3),
    ]
    assert rate.gain(before, after).value == 0.25
    other = [room(1, [plume(9.0, start=7), plume(None)])]
    with pytest.raises(ValueError, match="other plumes"):
        rate.gain(before, other)


def test_we_are_compared_with_a_rule_on_the_same_plumes() -> None:
    rooms = [room(1, [plume(9.0), plume(None, simple={HOUR_OF_DAY: 5.0}), plume(9.0)])]
    assert rate.best_simple(rooms) == HOUR_OF_DAY
    assert rate.found(rooms, rule=HOUR_OF_DAY).value == pytest.approx(1.0 / 3.0)
    assert rate.ahead(rooms, HOUR_OF_DAY).value == pytest.approx(1.0 / 3.0)


def test_the_delay_is_of_the_plumes_that_were_found() -> None:
    rooms = [room(1, [plume(30.0), plume(None), plume(50.0), plume(1.0, size=6.0)])]
    assert rate.median_delay(rooms, rate.of_size(3.0)) == 40.0


def test_alerts_are_of_eligible_days_and_the_worst_room_is_one_in_ten() -> None:
    rooms = [room(seed, alerts=seed, eligible=30) for seed in range(11)]
    assert rate.alerts(rooms).value == 5.0
    assert rate.worst_room(rooms) == 9.0
    assert rate.worst_room([room(1, eligible=3, alerts=9), room(2, eligible=30, alerts=1)]) == 1.0


def test_shares_of_time_are_of_what_they_say() -> None:
    rooms = [room(1)]
    assert rate.held(rooms).value == 0.8
    assert rate.closed(rooms).value == 0.9
    assert rate.fortnights(rooms).value == 0.9
    assert rate.learned_time(rooms).value == 0.8
    assert rate.able_time(rooms).value == 0.7


def test_intervals_are_of_the_rooms_whose_record_knows_them() -> None:
    assert rate.interval_held([room(1, inside=7), room(2), room(3, inside=9)]).value == 0.8
    assert np.isnan(rate.interval_held([room(1)]).value)


def test_needless_questions_are_counted_in_a_year_and_a_month() -> None:
    rooms = [room(1, changes=[50, 90], days=365), room(2, days=365)]
    assert rate.changes(rooms).value == pytest.approx(1.0, rel=1e-3)
    assert rate.questions(rooms).value == pytest.approx(30.0 * 12 / 730)


def test_rare_alerts_are_counted_in_as_many_days() -> None:
    rooms = [room(1, rarities=[70.0, 36.0, 1.1], eligible=70)]
    found, number = rate.rare_alerts(rooms, 35)
    assert (found.value, number) == (1.0, 2)
    assert rate.rare_alerts(rooms, 90)[1] == 0


def test_a_move_is_noticed_in_the_sixty_days_after_it_by_rooms_that_were_learned() -> None:
    rooms = [
        room(1, changes=[95]),
        room(2, changes=[89, 151]),
        room(3, changes=[95], learned=None),
        room(4, changes=[95], learned=91),
    ]
    found = rate.noticed_change(rooms, 90)
    assert (found.value, found.homes) == (0.5, 2)


@pytest.mark.parametrize("name", ["record", "record.jsonl.gz"])
def test_a_record_gives_back_what_was_kept(tmp_path: Path, name: str) -> None:
    rooms = [room(1, [plume(30.0, simple={}), plume(None, eligible=False, simple={})]), room(2)]
    assert [from_json(as_json(one)) for one in rooms] == rooms
    path = tmp_path / name
    regime_report._keep(path, rooms)  # noqa: SLF001
    assert regime_report._kept(path) == rooms  # noqa: SLF001


def test_the_page_says_which_seeds_it_is_from_and_has_whole_tables() -> None:
    rooms = [
        room(seed, [plume(9.0, size) for size in (1.5, 3.0, 6.0)], pollutant=pollutant)
        for seed in (1, 2)
        for pollutant in ("pm25", "voc_ratio")
    ]
    twins = [replace(one, regime=kind.name) for one in rooms for kind in (MOVED, PLAIN, AUTUMN)]
    smoke = [june_smoke.Smoked("a", None, 200.0, 3, 100), june_smoke.Smoked("b", 5.0, 90.0, 1, 90)]
    text = page(
        Report(
            block=REPORTING, homes=2, days=240, rooms=rooms, twins=twins, before=rooms, smoke=smoke
        )
    )
    assert "reporting seeds (10000 to 19999). No rule" in text
    assert "| a | 200 | never | no | 3 | 100 |" in text
    assert (
        "| PM2.5, all | 1.00 (1.00 to 1.00) | 1.00 (1.00 to 1.00) | 0.00 (0.00 to 0.00) |" in text
    )
    for block in text.split("\n\n"):
        if block.startswith("|"):
            assert len({line.count("|") for line in block.splitlines()}) == 1


def test_a_page_is_never_written_from_tuning_seeds(tmp_path: Path) -> None:
    with pytest.raises(SystemExit):
        regime_report.main(["--tuning", "--page", str(tmp_path / "page.md")])


def test_a_room_is_run_and_its_rules_are_tuned_to_ours() -> None:
    job = Job(SHIFTS, 3, 70, Pollutant.PM25)
    rooms = [run_room(job)]
    assert rooms[0].tally.days == 70
    assert rooms[0].tally.learned in range(20, 40)
    assert rooms[0].tally.learned_slots > 0.8 * 40 * 288
    assert len(rooms[0].observed.run.said.start) == 0


@pytest.mark.parametrize("rule", ablation_rules.RULES, ids=lambda rule: rule.name)
def test_each_rule_can_be_switched_off_and_comes_back(rule: ablation_rules.Rule) -> None:
    places = [
        (import_module(f"{ablation_rules.CORE}.{path}"), name) for path, name, _ in rule.without
    ]
    before = [getattr(module, name) for module, name in places]
    with ablation_rules.switched_off(rule):
        assert all(
            getattr(module, name) is not value
            for (module, name), value in zip(places, before, strict=True)
        )
        run_room(Job(SHIFTS, 3, 30, Pollutant.PM25, plumes=False, rules=False))
    assert [getattr(module, name) for module, name in places] == before


def test_a_rule_that_does_something_changes_what_rooms_come_to() -> None:
    job = Job(MOVED, 3, 45, Pollutant.VOC_RATIO, plumes=False, rules=False)
    whole = ablation._room(job, None, "")  # noqa: SLF001
    without = ablation._room(job, None, "widening")  # noqa: SLF001
    assert without.held != whole.held
    assert ablation._room(job, None, "quota") == whole  # noqa: SLF001


def test_what_a_rule_earns_is_what_there_is_more_with_it() -> None:
    whole = [room(seed, [plume(9.0), plume(9.0)], alerts=10) for seed in (1, 2)]
    without = [room(seed, [plume(9.0), plume(None)], alerts=20, changes=[50]) for seed in (1, 2)]
    found, alerts, fortnights, needless, _ = ablation.earned(whole, without)
    assert found == "+0.500 (+0.500 to +0.500)"
    assert alerts == "-1.500 (-1.500 to -1.500)"
    assert fortnights.startswith("+0.000")
    assert needless.startswith("-1.522")
    assert set(ablation.earned(whole, whole)) == {"the same"}


def test_ablation_runs_each_home_once_and_both_pollutants() -> None:
    jobs = ablation.ablation_jobs(TUNING, 2, 180, [])
    assert len(jobs) == len({(job.regime.name, job.seed) for job in jobs})
    assert {job.pollutant for job in jobs if job.regime is SHIFTS} == set(KINDS)


def smoky(level_from: dict[float, float], state: LearningState = LearningState.LEARNED) -> Run:
    """Return a run over the days of the smoke, with levels from some hours on."""
    said = bins_of([5.0] * (6 * 288))
    said.start[:] = june_smoke.FROM - timedelta(days=1).total_seconds() + 300.0 * np.arange(6 * 288)
    said.state[:] = STATES.index(state)
    for hours, level in level_from.items():
        said.level[said.start >= june_smoke.FROM + 3600.0 * hours] = level
    return Run(name="set/sensor", pollutant=Pollutant.PM25, said=said)


def test_smoke_begins_when_it_holds_for_half_an_hour() -> None:
    assert june_smoke.begin(smoky({10.0: 80.0})) == june_smoke.FROM + 36_000.0
    assert (
        june_smoke.begin(smoky({10.0: 80.0, 10.25: 5.0, 20.0: 80.0})) == june_smoke.FROM + 72_000.0
    )
    assert june_smoke.begin(smoky({10.0: 30.0})) is None
    assert june_smoke.begin(smoky({10.0: 80.0}, LearningState.PROVISIONAL)) is None


@pytest.mark.parametrize(
    ("hours", "early"), [(3.0, True), (23.9, True), (24.1, False), (None, False)]
)
def test_the_first_day_of_smoke_is_its_first_24_hours(hours: float | None, early: bool) -> None:  # noqa: FBT001
    run = smoky({10.0: 80.0})
    run.episodes = [june_smoke.FROM - 3600.0]
    if hours is not None:
        run.episodes.append(june_smoke.FROM + 36_000.0 + 3600.0 * hours)
    found = june_smoke._of("set/sensor", run, june_smoke.FROM + 36_000.0)  # noqa: SLF001
    assert found.first_day is early
    assert found.sensor == "sensor"
    assert isinstance(june_smoke.smoke_table([found]), Table)


def test_a_result_is_made_once_for_each_name(tmp_path: Path) -> None:
    made: list[int] = []

    def make() -> int:
        made.append(1)
        return len(made)

    assert cached(tmp_path, "a", make) == cached(tmp_path, "a", make) == 1
    assert cached(tmp_path, "b", make) == 2
    assert cached(None, "a", make) == 3
