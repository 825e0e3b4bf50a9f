"""The table of the trials, from reports made by hand and from a real run."""

from collections.abc import Callable
from xml.etree import ElementTree as ET

import pytest

from benchmarks.faults import BROKEN, KEPT, NOT_RUN, Trial, main, trials
from tests.faults import Faults

type Try = Callable[[Faults], None]


def tried(test: Try | None = None, end: str | None = None) -> list[Trial]:
    """Return the rows of one test that tried something and ended somehow."""
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


def test_what_kept_its_limit_is_a_row() -> None:
    def test(faults: Faults) -> None:
        faults.check("kills", "20 kills", [], "0")
        faults.measure("lost", "20 kills", 61.2345, 900, "s")

    assert tried(test) == [
        Trial("kills", "20 kills", "0", "0", KEPT),
        Trial("lost", "20 kills", "61.2 s", "900 s", KEPT),
    ]


def test_what_was_found_is_a_row_that_says_so() -> None:
    assert tried(lambda faults: faults.check("kills", "20 kills", ["a wrong number"], "0")) == [
        Trial("kills", "20 kills", "1", "0", BROKEN)
    ]
    assert tried(lambda faults: faults.measure("lost", "20 kills", 901, 900, "s")) == [
        Trial("lost", "20 kills", "901 s", "900 s", BROKEN)
    ]


@pytest.mark.parametrize("end", ["failure", "error", "skipped"])
def test_what_broke_off_did_not_run(end: str) -> None:
    assert tried(end=end) == [Trial("tests.storage.test_crash.test_kills", outcome=NOT_RUN)]
    rows = tried(lambda faults: faults.check("kills", "20 kills", [], "0"), end)
    assert [row.outcome for row in rows] == [KEPT, NOT_RUN]


def test_a_test_that_took_nothing_down_did_not_run() -> None:
    assert tried(lambda _: None) == [Trial("tests.storage.test_crash.test_kills", outcome=NOT_RUN)]


def test_the_trials_of_a_file_are_run_and_shown(capfd: pytest.CaptureFixture[str]) -> None:
    """Of all its tests, those alone that try something."""
    assert main(["--faults", "few", "tests/script/test_fuzz_replay.py"]) == 0
    said = capfd.readouterr().out
    assert "replay of odd rows   150 files      0  a sentence or a result  ok" in said
    assert "NOT" not in said
