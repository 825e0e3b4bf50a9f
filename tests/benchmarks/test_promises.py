"""The check of the promises names what is broken and nothing else; the report can be read."""

from pathlib import Path
from xml.etree import ElementTree as ET

import pytest

from benchmarks.detection import OURS, Found, Rate
from benchmarks.layout import all_tables, cooking_table
from benchmarks.plumes import Plume, PlumeKind
from benchmarks.promises import allowed_rate, broken
from benchmarks.regimes import MOVED, PLAIN
from benchmarks.relearning import AfterChange, Smoke
from benchmarks.report import write_report
from benchmarks.results import Comparison, RecordedSmoke, Results, group
from benchmarks.runs import Run
from benchmarks.scenarios import Thin
from benchmarks.seeds import REPORTING
from benchmarks.trust import Tenth, Trust
from custom_components.air_baseline.core.alerting.promise import Promise
from custom_components.air_baseline.core.pollutant import Pollutant
from tests.benchmarks.test_tables import days, run

HONEST = Trust(40, (Tenth(0.8, 0.8, 40),), 0.0, -0.1, 0.1, 0.15, 0.16)
RULE = "±50 % of an EMA"


def plumes(size: float, *, ours: bool, theirs: bool) -> list[Found]:
    plume = Plume(size=size, kind=PlumeKind.DAY, start=0.0, burn_s=1.0, air_changes=1.0, height=1.0)
    delays = {OURS: 600.0 if ours else None, RULE: 600.0 if theirs else None}
    return [Found("home", plume, eligible=True, usual=delays, tuned=delays)]


def results(room: Run, found: list[Found], trust: Trust = HONEST, claims: int = 0) -> Results:
    seeded = group("plain homes", PLAIN, Promise.MONTH, [room])
    table = [Rate(OURS, 0.8, 0.0, float("nan"), float("nan")), Rate(RULE, 20.0, 25.0, 0.5, 4.0)]
    smoke = Smoke(rooms=2, episodes=1, most=1, same=2, low=1.0, high=1.1)
    return Results(
        block=REPORTING,
        homes=1,
        days=180,
        groups=[seeded],
        recorded=[group("recordings", None, Promise.MONTH, [room])],
        pooled={Pollutant.PM25: trust},
        smoke=[(Pollutant.PM25, Promise.MONTH, smoke)],
        recorded_smoke=[RecordedSmoke(Promise.MONTH, 6, 2, 1, 1)],
        changed=[(MOVED, Pollutant.PM25, AfterChange(90, (0.7,) * 8, 1, 1, 1.0))],
        thin=[(Pollutant.PM25, Thin("two days", 4, claims))],
        comparisons=[Comparison(Pollutant.PM25, table, found, found)],
        recorded_comparisons=[Comparison(Pollutant.PM25, table, found, found)],
        cooking=[("a", {RULE: 300.0}), ("b", {RULE: None})],
        autumn={Pollutant.PM25: {OURS: [90.0], RULE: [1.0, 2.0, 3.0]}},
    )


def good_room() -> Run:
    return run([3.0] * 240 + [9.0] * 60, days=days(60), episodes=[0.0], learned=[22])


def good() -> Results:
    return results(good_room(), plumes(3.0, ours=True, theirs=False))


def test_nothing_is_broken_when_every_promise_is_kept() -> None:
    assert broken(good()) == []


def test_each_promise_can_be_broken() -> None:
    wild = run([3.0] * 300, days=days(60), episodes=[0.0] * 4, learned=[12])
    wild.claims_before_learned = 1
    blind = plumes(3.0, ours=False, theirs=True)
    flat = Trust(40, (), -0.2, -0.3, -0.1, 0.17, 0.16)
    bad = results(wild, blind, flat, claims=2)
    bad.smoke = [(Pollutant.PM25, Promise.MONTH, Smoke(2, 4, 3, 1, 1.0, 2.0))]
    words = "\n".join(broken(bad))
    for part in (
        "the learned range held 1.000",
        "0 of 1 rooms held",
        "2.00 episodes in 30 days",
        "2.00 in the 90th-percentile room",
        "1 claims before learned",
        "learned on day 12",
        "0.00 of 1 plumes of 3 x noticed",
        f"{RULE} notices 1.00 at our false alarms, ours 0.00",
        "confidence is off by -0.300 to -0.100",
        "Brier score 0.170",
        "3 episodes of one room in smoke",
        "edges after smoke match those without it in 1 of 2",
        "two days: 2 personal claims",
    ):
        assert part in words


def test_a_promise_allows_what_the_settings_say() -> None:
    assert allowed_rate(Promise.MONTH) == 1.0
    assert allowed_rate(Promise.FORTNIGHT) == 2.14


def test_every_row_of_a_table_has_one_cell_per_heading() -> None:
    for table in all_tables(good()):
        assert table.rows
        assert {len(row) for row in table.rows} == {len(table.header)}
        assert table.title in table.text()


def test_a_rule_that_could_not_alert_is_shown_as_not_eligible() -> None:
    rows = {row[0]: row[1:] for row in cooking_table(good()).rows}
    assert rows == {OURS: ("-", "0 eligible", "-"), RULE: ("0.50", "2 eligible", "5")}


def test_the_report_has_plots_and_is_reproducible(tmp_path: Path) -> None:
    for folder in (tmp_path / "one", tmp_path / "two"):
        write_report(good(), ["plain homes: 2.00 episodes in 30 days"], folder)
    page = (tmp_path / "one" / "README.md").read_text(encoding="utf-8")
    assert "- plain homes: 2.00 episodes in 30 days" in page
    for file in (tmp_path / "one").iterdir():
        assert file.read_bytes() == (tmp_path / "two" / file.name).read_bytes()
        if file.suffix == ".svg":
            assert f"({file.name})" in page
            # It was written a moment ago.
            assert ET.parse(file).getroot().tag.endswith("svg")  # noqa: S314


@pytest.mark.parametrize("missing", ["recorded", "recorded_comparisons", "cooking"])
def test_a_report_without_recordings_can_be_written(missing: str, tmp_path: Path) -> None:
    some = good()
    setattr(some, missing, [])
    write_report(some, [], tmp_path)
    assert "every promise below was kept" in (tmp_path / "README.md").read_text(encoding="utf-8")
