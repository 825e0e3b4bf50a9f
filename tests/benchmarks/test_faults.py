"""The table of trials, from hand-made reports and from a real run."""

from collections.abc import Callable
from xml.etree import ElementTree as ET

import pytest

from benchmarks.faults import BROKEN, KEPT, NOT_RUN, Trial, main, trials
from tests.faults import Faults

type Try = Callable[[Faults], None]


def tried(test: Try | None = None, end: str | None = None) -> list[Trial]:
    """Return the rows of one test, given what it tried and how it ended."""
    case = ET.Element("testcase", classname="tests.storage.test_crash", name="test_kills")

    def record(name: str, value: object) -> None:
        ET.SubElement(case, "property", name=name, value=str(value))

    if test is not None:
        try:
            test(Faults("few", record))
        except AssertionError:
            end = "failure"
    if end is not None:
        ET.SubElement(case, end)
    return list(trials(case))


def test_a_kept_limit_gets_a_row() -> None:
    def test(faults: Faults) -> None:
        faults.check("kills", "20 kills", [], "0")
        faults.measure("lost", "20 kills", 61.2345, 900, "s")

    assert tried(test) == [
        Trial("kills", "20 kills", "0", "0", KEPT),
        Trial("lost", "20 kills", "61.2 s", "900 s", KEPT),
    ]


def test_a_broken_limit_gets_a_row_that_says_so() -> None:
    assert tried(lambda faults: faults.check("kills", "20 kills", ["a wrong number"], "0")) == [
        Trial("kills", "20 kills", "1", "0", BROKEN)
    ]
    assert tried(lambda faults: faults.measure("lost", "20 kills", 901, 900, "s")) == [
        Trial("lost", "20 kills", "901 s", "900 s", BROKEN)
    ]


@pytest.mark.parametrize("end", ["failure", "error", "skipped"])
def test_a_test_that_broke_off_counts_as_not_run(end: str) -> None:
    assert tried(end=end) == [Trial("tests.storage.test_crash.test_kills", outcome=NOT_RUN)]
    rows = tried(lambda faults: faults.check("kills", "20 kills", [], "0"), end)
    assert [row.outcome for row in rows] == [KEPT, NOT_RUN]


def test_a_test_that_recorded_nothing_counts_as_not_run() -> None:
    assert tried(lambda _: None) == [Trial("tests.storage.test_crash.test_kills", outcome=NOT_RUN)]


def test_the_trials_of_a_file_are_run_and_shown(capfd: pytest.CaptureFixture[str]) -> None:
    """Of all its tests, only those that try something run."""
    assert main(["--faults", "few", "tests/script/test_fuzz_replay.py"]) == 0
    output = capfd.readouterr().out
    assert "replay of odd rows   150 files      0  a sentence or a result  ok" in output
    assert "NOT" not in output
